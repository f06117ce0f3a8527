/** What the scripts of a page know of a node; everything else about it stands in its row. */
interface PageNode {
  /** The id of its row in the page, and so what follows the `#` in its address. */
  readonly anchor: string
  readonly label: string
  readonly kind: string
  /** The key of the shape in the picture; several nodes may share one. */
  readonly shape?: string
  /** The node from which it was reached; -1 for the root. */
  readonly from: number
}

/** What the scripts of a page know of a lineage. Nodes are named by their position. */
export interface PageGraph {
  /** In order of the lineage: the root is the first. */
  readonly nodes: readonly PageNode[]
  /** How relations are read from their source to their target, and back. */
  readonly words: readonly (readonly [forth: string, back: string])[]
  /** From the later to the earlier, each with the position of its words. */
  readonly relations: readonly (readonly [source: number, words: number, target: number])[]
}

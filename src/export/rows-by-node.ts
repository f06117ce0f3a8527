/**
 * Rows that were read for a window of nodes, in the same order as the nodes: each node takes its own as its turn comes.
 *
 * The first column is the key of the node.
 */
export class RowsByNode<Row extends readonly [number, ...unknown[]]> {
  readonly #rows: readonly Row[]
  #next = 0

  constructor(rows: readonly Row[]) {
    this.#rows = rows
  }

  /** The rows of the next node, which must not come after one that comes later in the window. */
  of(key: number): readonly Row[] {
    const start = this.#next
    while (this.#rows[this.#next]?.[0] === key) this.#next++
    return this.#rows.slice(start, this.#next)
  }
}

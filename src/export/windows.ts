import { chunksOf } from '../chunks.js'
import { compareText } from '../compare-text.js'
import type { Reader } from '../store/store.js'
import type { NodeKind } from '../vocabulary.js'

/** How many nodes one window holds at most. */
const WINDOW_SIZE = 1_000

/** Some nodes of one kind. */
export interface NodeWindow {
  /** Their keys in order of their uuids, as a JSON array. */
  readonly keys: string
  readonly count: number
}

/** The windows of each kind of node, in order. */
export type Windows = ReadonlyMap<NodeKind, readonly NodeWindow[]>

/** What the nodes `n` of a window are read from; bind its `keys` first. Cross joins keep the order of the reading. */
export const WINDOW = 'json_each(?) k CROSS JOIN nodes n'

/** The condition that picks the nodes of a window from {@link WINDOW}. */
export const IN_WINDOW = 'n.key = k.value'

/** What rows are ordered by so that they come in the order of the window. */
export const WINDOW_ORDER = 'k.key'

/** A node as it is sorted into windows. */
export type ListedNode = readonly [uuid: string, kind: NodeKind, namespace: string, key: number]

/** Cuts nodes, which come in order of their uuids, into windows, kind by kind. */
export class WindowCutter {
  readonly #windows = new Map<NodeKind, NodeWindow[]>()
  readonly #begun = new Map<NodeKind, number[]>()

  add(kind: NodeKind, key: number): void {
    const keys = this.#begun.get(kind) ?? []
    if (keys.length === 0) this.#begun.set(kind, keys)
    keys.push(key)
    if (keys.length === WINDOW_SIZE) this.#end(kind, keys)
  }

  /** All windows; nothing more is to be added. */
  cut(): Windows {
    for (const [kind, keys] of this.#begun) if (keys.length > 0) this.#end(kind, keys)
    return this.#windows
  }

  #end(kind: NodeKind, keys: number[]): void {
    const windows = this.#windows.get(kind)
    const window = { keys: JSON.stringify(keys), count: keys.length }
    if (windows === undefined) this.#windows.set(kind, [window])
    else windows.push(window)
    keys.length = 0
  }
}

/** All nodes, or those of one namespace, in order of their uuids, a thousand at a time. */
export async function* listNodes(reader: Reader, namespace: string | null): AsyncGenerator<readonly ListedNode[]> {
  for (let after = ''; ; ) {
    const nodes = await reader.rows<[...ListedNode]>(
      'SELECT uuid, kind, namespace, key FROM nodes WHERE uuid > ? ORDER BY uuid LIMIT ?',
      after,
      WINDOW_SIZE,
    )
    yield namespace === null ? nodes : nodes.filter((node) => node[2] === namespace)
    if (nodes.length < WINDOW_SIZE) return
    after = nodes.at(-1)![0]
  }
}

/** These nodes in order of their uuids. The cost grows with their number, not with the record. */
export async function* listNodesOf(reader: Reader, keys: ReadonlySet<number>): AsyncGenerator<readonly ListedNode[]> {
  const nodes: ListedNode[] = []
  for (const some of chunksOf([...keys], WINDOW_SIZE)) {
    const rows = await reader.rows<[...ListedNode]>(
      `SELECT n.uuid, n.kind, n.namespace, n.key FROM ${WINDOW} WHERE ${IN_WINDOW} ORDER BY ${WINDOW_ORDER}`,
      JSON.stringify(some),
    )
    for (const row of rows) nodes.push(row)
    yield []
  }
  yield nodes.sort((a, b) => compareText(a[0], b[0]))
}

import type { AbstractGraph, Attributes } from 'graphology-types'

/** The edges of a graph between numbered nodes, several between the same two counted once, in compressed rows. */
export class Adjacency {
  readonly ids: readonly string[]
  readonly #firsts: Int32Array
  readonly #targets: Int32Array

  constructor(graph: AbstractGraph<Attributes, Attributes>) {
    const ids = graph.nodes()
    const index = new Map(ids.map((id, node) => [id, node]))
    const rows: number[][] = ids.map(() => [])
    graph.forEachEdge((_edge, _attributes, source, target) => {
      rows[index.get(source)!]!.push(index.get(target)!)
    })
    this.ids = ids
    this.#firsts = new Int32Array(ids.length + 1)
    this.#targets = new Int32Array(graph.size)
    let end = 0
    for (const [node, row] of rows.entries()) {
      let last = -1
      for (const target of row.sort((one, other) => one - other)) {
        if (target !== last) this.#targets[end++] = target
        last = target
      }
      this.#firsts[node + 1] = end
    }
  }

  /** The nodes that edges lead to from this one, in order. */
  targets(node: number): Int32Array {
    return this.#targets.subarray(this.#firsts[node], this.#firsts[node + 1])
  }
}

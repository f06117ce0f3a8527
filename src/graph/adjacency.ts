/** Edges between numbered nodes, in rows: several between the same two counted once, targets in order. */
export class Adjacency {
  /** How many nodes there are: 0, 1, 2 … */
  readonly size: number
  readonly #firsts: Int32Array
  readonly #targets: Int32Array

  /** Edge after edge, its source and its target, in any order. */
  constructor(size: number, sources: ArrayLike<number>, targets: ArrayLike<number>) {
    this.size = size
    // Sorted by target first: sorting into rows keeps that order within each row.
    const byTarget = intoRows(size, targets, sources)
    const sorted = new Int32Array(sources.length)
    for (let node = 0; node < size; node++) sorted.fill(node, byTarget.firsts[node], byTarget.firsts[node + 1])
    const bySource = intoRows(size, byTarget.values, sorted)
    this.#firsts = new Int32Array(size + 1)
    this.#targets = bySource.values
    let end = 0
    for (let node = 0; node < size; node++) {
      let last = -1
      for (let at = bySource.firsts[node]!; at < bySource.firsts[node + 1]!; at++) {
        const target = this.#targets[at]!
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

  /** The same with every edge turned round. */
  reversed(): Adjacency {
    const edges = this.#firsts[this.size]!
    const sources = new Int32Array(edges)
    for (let node = 0; node < this.size; node++) sources.fill(node, this.#firsts[node], this.#firsts[node + 1])
    return new Adjacency(this.size, this.#targets.subarray(0, edges), sources)
  }
}

/** Values by their keys, which are below `size`: those of one key in the order in which they are given. */
export function intoRows(
  size: number,
  keys: ArrayLike<number>,
  values: ArrayLike<number>,
): { readonly firsts: Int32Array; readonly values: Int32Array } {
  const firsts = new Int32Array(size + 1)
  for (let at = 0; at < keys.length; at++) firsts[keys[at]! + 1]!++
  for (let key = 0; key < size; key++) firsts[key + 1]! += firsts[key]!
  const next = firsts.slice()
  const sorted = new Int32Array(keys.length)
  for (let at = 0; at < keys.length; at++) sorted[next[keys[at]!]!++] = values[at]!
  return { firsts, values: sorted }
}

/** 0, 1, 2 … */
export function numbersBelow(end: number): Int32Array {
  const numbers = new Int32Array(end)
  for (let number = 0; number < end; number++) numbers[number] = number
  return numbers
}

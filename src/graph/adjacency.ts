/** Edges between numbered nodes, in rows: of each node, those to which its edges lead, in the order of the edges. */
export class Adjacency {
  /** How many nodes there are: 0, 1, 2 … */
  readonly size: number
  /** Where the row of each node begins in `targets`; that of the next one is where it ends. */
  readonly firsts: Int32Array
  readonly targets: Int32Array

  /** Edge after edge, its source and its target, in any order. */
  constructor(size: number, sources: Int32Array, targets: Int32Array) {
    this.size = size
    const { firsts, values } = intoRows(size, sources, targets)
    this.firsts = firsts
    this.targets = values
  }

  /** The row of one node; where there are many, loops from `firsts` to `firsts` make no object for each. */
  targetsOf(node: number): Int32Array {
    return this.targets.subarray(this.firsts[node], this.firsts[node + 1])
  }

  /** The same with every edge turned round. */
  reversed(): Adjacency {
    const sources = new Int32Array(this.targets.length)
    for (let node = 0; node < this.size; node++) sources.fill(node, this.firsts[node], this.firsts[node + 1])
    return new Adjacency(this.size, this.targets, sources)
  }
}

/** Values by their keys, which are below `size`: those of one key in the order in which they are given. */
export function intoRows(
  size: number,
  keys: Int32Array,
  values: Int32Array,
): { readonly firsts: Int32Array; readonly values: Int32Array } {
  // Where each row ends, and then, as values are put in from its end on, where it begins.
  const firsts = new Int32Array(size + 1)
  for (let at = 0; at < keys.length; at++) firsts[keys[at]!]!++
  for (let key = 1; key <= size; key++) firsts[key]! += firsts[key - 1]!
  const sorted = new Int32Array(keys.length)
  for (let at = keys.length - 1; at >= 0; at--) sorted[--firsts[keys[at]!]!] = values[at]!
  return { firsts, values: sorted }
}

/** 0, 1, 2 … */
export function numbersBelow(end: number): Int32Array {
  const numbers = new Int32Array(end)
  for (let number = 0; number < end; number++) numbers[number] = number
  return numbers
}

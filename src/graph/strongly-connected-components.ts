import type { Adjacency } from './adjacency.js'

/** Which nodes lie on cycles with one another. */
export interface Components {
  readonly count: number
  /** For each node the number of its component. An edge never leads to a component of a higher number. */
  readonly componentOf: Int32Array
}

/**
 * The strongly connected components of a graph, in linear time.
 *
 * Tarjan's algorithm ("Depth-first search and linear graph algorithms", 1972) with a stack of its own: a chain of any length
 * does not exhaust the call stack.
 */
export function stronglyConnectedComponents(adjacency: Adjacency): Components {
  const { size, firsts, targets } = adjacency
  const componentOf = new Int32Array(size).fill(-1)
  const number = new Int32Array(size)
  const low = new Int32Array(size)
  const next = firsts.slice()
  // Nodes whose component is not known yet, and those of them that lead from the start of the search to where it is.
  const open = new Int32Array(size)
  const path = new Int32Array(size)
  let numbered = 0
  let count = 0
  let opened = 0
  let depth = 0
  const enter = (node: number) => {
    number[node] = low[node] = ++numbered
    open[opened++] = node
    path[depth++] = node
  }
  for (let start = 0; start < size; start++) {
    if (number[start] !== 0) continue
    enter(start)
    while (depth > 0) {
      const node = path[depth - 1]!
      if (next[node]! < firsts[node + 1]!) {
        const target = targets[next[node]!++]!
        if (number[target] === 0) enter(target)
        else if (componentOf[target] === -1) low[node] = Math.min(low[node]!, number[target]!)
        continue
      }
      depth--
      if (depth > 0) low[path[depth - 1]!] = Math.min(low[path[depth - 1]!]!, low[node]!)
      if (low[node] !== number[node]) continue
      let last: number
      do {
        last = open[--opened]!
        componentOf[last] = count
      } while (last !== node)
      count++
    }
  }
  return { count, componentOf }
}

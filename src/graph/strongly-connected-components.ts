import type { Adjacency } from './adjacency.js'

/**
 * The strongly connected components of a graph that hold an edge, each with its nodes in order; components in the order of
 * their first nodes.
 *
 * Tarjan's algorithm with a stack of its own: a chain of any length does not exhaust the call stack.
 */
export function stronglyConnectedComponents(adjacency: Adjacency): number[][] {
  const size = adjacency.ids.length
  const number = new Int32Array(size)
  const low = new Int32Array(size)
  const next = new Int32Array(size)
  const isOpen = new Uint8Array(size)
  const open: number[] = []
  const path: number[] = []
  const components: number[][] = []
  let count = 0
  const enter = (node: number) => {
    number[node] = low[node] = ++count
    isOpen[node] = 1
    open.push(node)
    path.push(node)
  }
  for (let start = 0; start < size; start++) {
    if (number[start] !== 0) continue
    enter(start)
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const targets = adjacency.targets(node)
      if (next[node]! < targets.length) {
        const target = targets[next[node]!++]!
        if (number[target] === 0) enter(target)
        else if (isOpen[target] === 1) low[node] = Math.min(low[node]!, number[target]!)
        continue
      }
      path.pop()
      const before = path.at(-1)
      if (before !== undefined) low[before] = Math.min(low[before]!, low[node]!)
      if (low[node] !== number[node]) continue
      const component: number[] = []
      let last: number
      do {
        last = open.pop()!
        isOpen[last] = 0
        component.push(last)
      } while (last !== node)
      if (component.length > 1 || adjacency.targets(node).includes(node)) {
        components.push(component.sort((one, other) => one - other))
      }
    }
  }
  return components.sort((one, other) => one[0]! - other[0]!)
}

import type { AbstractGraph, Attributes } from 'graphology-types'
import { Adjacency, intoRows, numbersBelow } from './adjacency.js'
import { ShortestCycles } from './shortest-cycle.js'
import { stronglyConnectedComponents } from './strongly-connected-components.js'
import { requireDirected } from './waiting.js'

/**
 * One shortest cycle of each strongly connected component of a directed graph, whatever its nodes and edges mean: the
 * nodes in the order of the edges, the first of them repeated last, as in the path of a `CycleDetectedError`. A cycle
 * begins at whichever of its nodes stands first in the graph, and cycles are in the order of these.
 *
 * A record has no cycles of waiting, but data from elsewhere may. One cycle of each component is listed, since there can be
 * exponentially many; a node with an edge to itself is a cycle of its own. All edges count, of whatever kind: of a task
 * graph, tell `taskGraph` the kinds.
 *
 * Linear in nodes and edges where there are no cycles. Of a component, as many searches are made as nodes must be taken
 * out, those of most edges first, until no cycle is left; each ends where it can find nothing shorter. That is one for a
 * ring, few where cycles are short, and at worst nodes times edges.
 *
 * @throws {InvalidInputError} the graph is no directed graphology graph.
 */
export function findCycles(graph: AbstractGraph<Attributes, Attributes>): readonly (readonly string[])[] {
  requireDirected('findCycles', graph)
  const ids = graph.nodes()
  const numbers = new Map(ids.map((id, node) => [id, node]))
  const sources = new Int32Array(graph.size)
  const targets = new Int32Array(graph.size)
  let edges = 0
  let lastId: string | undefined
  let source = -1
  graph.forEachEdge((_edge, _attributes, sourceId, targetId) => {
    // Edges mostly come source by source, and looking nodes up is what takes longest.
    if (sourceId !== lastId) source = numbers.get(sourceId)!
    lastId = sourceId
    sources[edges] = source
    targets[edges++] = numbers.get(targetId)!
  })
  const adjacency = new Adjacency(ids.length, sources, targets)
  const { count, componentOf } = stronglyConnectedComponents(adjacency)
  const { firsts, values } = intoRows(count, componentOf, numbersBelow(ids.length))
  let shortest: ShortestCycles | undefined
  const cycles: number[][] = []
  for (let component = 0; component < count; component++) {
    const [first, end] = [firsts[component]!, firsts[component + 1]!]
    if (end - first > 1) {
      shortest ??= new ShortestCycles(adjacency, componentOf)
      cycles.push(fromFirst(shortest.within(values.subarray(first, end))))
    } else if (adjacency.targetsOf(values[first]!).includes(values[first]!)) {
      cycles.push([values[first]!, values[first]!])
    }
  }
  cycles.sort((one, other) => one[0]! - other[0]!)
  return cycles.map((cycle) => cycle.map((node) => ids[node]!))
}

/** The same cycle from its first node in the graph on. */
function fromFirst(cycle: readonly number[]): number[] {
  const open = cycle.slice(1)
  const at = open.indexOf(open.reduce((least, node) => Math.min(least, node)))
  return [...open.slice(at), ...open.slice(0, at), open[at]!]
}

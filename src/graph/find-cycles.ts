import type { AbstractGraph, Attributes } from 'graphology-types'
import { Adjacency } from './adjacency.js'
import { shortestCycle } from './shortest-cycle.js'
import { stronglyConnectedComponents } from './strongly-connected-components.js'
import { requireDirected } from './waiting.js'

/**
 * One shortest cycle of each strongly connected component of a directed graph, whatever its nodes and edges mean: the
 * nodes in the order of the edges, the first of them repeated last; components in the order of their first nodes.
 *
 * A record has no cycles of waiting, but data from elsewhere may. One cycle of each component is listed, since there can be
 * exponentially many. Most graphs take linear time; at worst, a component costs its nodes times its edges.
 *
 * @throws {InvalidInputError} the graph is no directed graphology graph.
 */
export function findCycles(graph: AbstractGraph<Attributes, Attributes>): readonly (readonly string[])[] {
  requireDirected('findCycles', graph)
  const adjacency = new Adjacency(graph)
  const cycles: string[][] = []
  for (const component of stronglyConnectedComponents(adjacency)) {
    const cycle = shortestCycle(adjacency, component)
    if (cycle !== undefined) cycles.push(cycle.map((node) => adjacency.ids[node]!))
  }
  return cycles
}

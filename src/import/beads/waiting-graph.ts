import { DirectedGraph } from 'graphology'
import type { Moment } from '../../record/relations/registry.js'
import { arrowsOf, arrowWithin, type TaskRelation, toTasks } from '../../record/relations/waits.js'

/**
 * Who waits for whom among the tasks of an import and of the record: what is asked before a relation is planned, so that
 * a dry run knows which relations the record will refuse.
 *
 * The rules are those of the relation registry. What cannot lie on a cycle at all is found once, by taking away again
 * and again what nothing leads to or leads nowhere; only the rest is searched, so an import without cycles costs what it
 * holds.
 */
export class WaitingGraph {
  readonly #graph = new DirectedGraph()
  /** Moments that may lie on a cycle. */
  readonly #suspects: ReadonlySet<string>

  /** `relations`: all that may be added. */
  constructor(relations: Iterable<TaskRelation<string>>) {
    const everything = new DirectedGraph()
    for (const relation of relations) drawAll(everything, relation)
    const loose = everything.filterNodes((moment) => isLoose(everything, moment))
    for (let moment = loose.pop(); moment !== undefined; moment = loose.pop()) {
      if (!everything.hasNode(moment)) continue
      const neighbors = everything.neighbors(moment)
      everything.dropNode(moment)
      for (const neighbor of neighbors) if (isLoose(everything, neighbor)) loose.push(neighbor)
    }
    this.#suspects = new Set(everything.nodes())
  }

  /** Takes a relation in. */
  add(relation: TaskRelation<string>): void {
    drawAll(this.#graph, relation)
  }

  /** The tasks of a cycle that the relation would close, the first repeated last. */
  findCycle(relation: TaskRelation<string>): string[] | undefined {
    const arrows = arrowsOf(relation, momentOf).filter(
      ({ from, to }) => this.#suspects.has(from) && this.#suspects.has(to),
    )
    for (const { from, to } of arrows) {
      const path = this.#findPath(to, from)
      if (path !== undefined) return toTasks([from, ...path], taskOf)
    }
    return undefined
  }

  #findPath(start: string, end: string): string[] | undefined {
    const cameFrom = new Map<string, string | undefined>([[start, undefined]])
    const waiting = [start]
    for (let moment = waiting.pop(); moment !== undefined; moment = waiting.pop()) {
      if (moment === end) return pathTo(end, cameFrom)
      if (!this.#graph.hasNode(moment)) continue
      for (const next of this.#graph.outNeighbors(moment)) {
        if (cameFrom.has(next) || !this.#suspects.has(next)) continue
        cameFrom.set(next, moment)
        waiting.push(next)
      }
    }
    return undefined
  }
}

function pathTo(end: string, cameFrom: ReadonlyMap<string, string | undefined>): string[] {
  const path: string[] = []
  for (let moment: string | undefined = end; moment !== undefined; moment = cameFrom.get(moment)) path.push(moment)
  return path.reverse()
}

function isLoose(graph: DirectedGraph, moment: string): boolean {
  return graph.inDegree(moment) === 0 || graph.outDegree(moment) === 0
}

/** Draws the arrows of a relation, and those within each of its tasks. */
function drawAll(graph: DirectedGraph, relation: TaskRelation<string>): void {
  const arrows = arrowsOf(relation, momentOf)
  if (arrows.length === 0) return
  const within = [relation.source, relation.target].map((task) => arrowWithin(task, momentOf))
  for (const { from, to } of [...within, ...arrows]) graph.mergeEdge(from, to)
}

function momentOf(task: string, moment: Moment): string {
  return `${moment}:${task}`
}

function taskOf(moment: string): string {
  return moment.slice(moment.indexOf(':') + 1)
}

import type { AbstractGraph, Attributes } from 'graphology-types'
import { InvalidInputError } from '../errors.js'
import type { TaskId } from '../ids.js'
import type { Gate, Outcome, Status } from '../vocabulary.js'

/**
 * The least that the analyses ask of a graph: any directed graphology graph, whose nodes have a `status` (and, closed, an
 * `outcome`) and whose edges have a `kind` and, as blocked_by, a `gate` (`closed` unless told).
 */
export type WaitingInput = AbstractGraph<Attributes, Attributes>

/**
 * What waits for what among the tasks of a graph, in two moments for each task: its gates are open, it is finished.
 *
 * Moment `2 × task` is that the gates of a task and of all that it is part of are open; `2 × task + 1` is that it is
 * finished. Tasks are numbered as in the graph.
 *
 * - gates wait for each blocker whose gate is not satisfied, for the gates of the parent, and for a parent on hold
 * - an open task waits to be finished for its gates and for its open children; one that is under way waits for nothing
 * - what is superseded or a duplicate is no work itself: it is finished with its replacements
 */
export interface Waiting {
  readonly ids: readonly TaskId[]
  readonly indexById: ReadonlyMap<string, number>
  /** Work that is to be done or under way: not closed, not replaced. */
  readonly isWork: readonly boolean[]
  readonly status: readonly Status[]
  /** Tasks that nothing but the others lets be finished: what is on hold. */
  readonly isHeld: readonly boolean[]
  readonly isReplaced: readonly boolean[]
  /** For each moment, the moments that wait for it. */
  readonly dependents: readonly (readonly number[])[]
  /** For each moment, how many others it waits for; more than are in `dependents` where it can never come. */
  readonly waitsFor: Int32Array
}

/** The moment at which the gates of a task are open. */
export function gatesOf(task: number): number {
  return 2 * task
}

/** The moment at which a task is finished. */
export function finishOf(task: number): number {
  return 2 * task + 1
}

/** The task whose moment it is. */
export function taskOf(moment: number): number {
  return moment >> 1
}

/** @throws {InvalidInputError} the graph is no directed graphology graph. */
export function requireDirected(operation: string, graph: WaitingInput): void {
  if (typeof graph !== 'object' || graph === null || typeof graph.forEachNode !== 'function') {
    throw new InvalidInputError(operation, [{ field: 'graph', message: 'expected a graphology graph' }])
  }
  if (graph.type === 'undirected' || graph.undirectedSize > 0) {
    throw new InvalidInputError(operation, [{ field: 'graph', message: 'expected a directed graph' }])
  }
}

/** Works out what waits for what. @throws {InvalidInputError} the graph is no directed graphology graph. */
export function waitingOf(operation: string, graph: WaitingInput): Waiting {
  requireDirected(operation, graph)
  const ids: TaskId[] = []
  const indexById = new Map<string, number>()
  const status: Status[] = []
  const outcome: (Outcome | undefined)[] = []
  graph.forEachNode((id, task) => {
    indexById.set(id, ids.length)
    ids.push(id as TaskId)
    status.push(task.status ?? 'open')
    outcome.push(task.outcome)
  })
  const isClosed = status.map((value) => value === 'closed')
  const isReplaced = status.map(() => false)
  graph.forEachEdge((_edge, { kind }, source, target) => {
    if (kind === 'supersedes') isReplaced[indexById.get(target)!] = true
    if (kind === 'duplicate_of') isReplaced[indexById.get(source)!] = true
  })
  const isWork = status.map((_, task) => !isClosed[task] && !isReplaced[task])
  const dependents: number[][] = Array.from({ length: 2 * ids.length }, () => [])
  const waitsFor = new Int32Array(2 * ids.length)
  const wait = (waiter: number, moment: number | undefined) => {
    waitsFor[waiter]!++
    if (moment !== undefined) dependents[moment]!.push(waiter)
  }
  for (const task of ids.keys()) if (isWork[task] && status[task] === 'open') wait(finishOf(task), gatesOf(task))
  graph.forEachEdge((_edge, { kind, gate = 'closed' }, sourceId, targetId) => {
    const source = indexById.get(sourceId)!
    const target = indexById.get(targetId)!
    switch (kind) {
      case 'blocked_by':
        if (isClosed[target]) {
          if (!isSatisfied(gate, outcome[target])) wait(gatesOf(source), undefined)
        } else wait(gatesOf(source), gate === 'failed' ? undefined : finishOf(target))
        break
      case 'parent':
        wait(gatesOf(source), gatesOf(target))
        if (status[target] === 'blocked') wait(gatesOf(source), finishOf(target))
        if (!isClosed[source] && isWork[target] && status[target] === 'open') wait(finishOf(target), finishOf(source))
        break
      case 'supersedes':
        if (!isClosed[target] && !isClosed[source]) wait(finishOf(target), finishOf(source))
        break
      case 'duplicate_of':
        if (!isClosed[source] && !isClosed[target]) wait(finishOf(source), finishOf(target))
        break
    }
  })
  const isHeld = status.map((value, task) => value === 'blocked' && !isReplaced[task])
  return { ids, indexById, isWork, status, isHeld, isReplaced, dependents, waitsFor }
}

function isSatisfied(gate: Gate, outcome: Outcome | undefined): boolean {
  return gate === 'closed' || gate === outcome
}

/** The moments in an order in which each comes after those that it waits for; those that never come are left out. */
export function momentsInOrder({ isHeld, dependents, waitsFor }: Waiting): Int32Array {
  const rest = Int32Array.from(waitsFor)
  for (const [task, held] of isHeld.entries()) if (held) rest[finishOf(task)]!++
  const order = new Int32Array(rest.length)
  let end = 0
  for (let moment = 0; moment < rest.length; moment++) if (rest[moment] === 0) order[end++] = moment
  for (let next = 0; next < end; next++) {
    for (const dependent of dependents[order[next]!]!) if (--rest[dependent]! === 0) order[end++] = dependent
  }
  return order.subarray(0, end)
}

/**
 * How many of the moments that each waits for have not come yet as things stand: nothing is finished but what is closed.
 */
export function stillWaitsFor({ ids, dependents, waitsFor }: Waiting): Int32Array {
  const rest = Int32Array.from(waitsFor)
  const come: number[] = []
  for (const task of ids.keys()) if (rest[gatesOf(task)] === 0) come.push(gatesOf(task))
  for (let moment = come.pop(); moment !== undefined; moment = come.pop()) {
    for (const dependent of dependents[moment]!) {
      if (--rest[dependent]! === 0 && dependent === gatesOf(taskOf(dependent))) come.push(dependent)
    }
  }
  return rest
}

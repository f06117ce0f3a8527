import type { AbstractGraph, Attributes } from 'graphology-types'
import { InvalidInputError } from '../errors.js'
import type { TaskId } from '../ids.js'
import { GATES, type Gate, OUTCOMES, type Outcome, STATUSES, type Status } from '../vocabulary.js'
import { Adjacency } from './adjacency.js'

/**
 * The least that the analyses ask of a graph: any directed graphology graph, whose nodes have a `status` (`open` unless
 * told) and, closed, an `outcome` (`completed` unless told), and whose edges have a `kind` and, as blocked_by, a `gate`
 * (`closed` unless told). Edges of other kinds than blocked_by, parent, supersedes and duplicate_of make nothing wait.
 */
export type WaitingInput = AbstractGraph<Attributes, Attributes>

/**
 * What waits for what among the tasks of a graph, where whatever is finished is finished as completed.
 *
 * Tasks are numbered as in the graph. Each has two moments: `gatesOf(task)`, from which on it and its children may start,
 * and `finishOf(task)`.
 *
 * - gates wait for each blocker that is not closed, and for the gates of the parent
 * - an open task waits to be finished for its gates; what is under way has started, and waits for them no more
 * - a task waits to be finished for its children and, as it is no work itself where it is replaced, for its replacements
 * - gates of a task on hold never come, nor do those behind a gate that completing the blocker does not satisfy
 */
export interface Waiting {
  readonly ids: readonly TaskId[]
  readonly indexById: ReadonlyMap<string, number>
  readonly status: readonly Status[]
  /** 1 where another task stands in for it: it is superseded, or a duplicate. */
  readonly isReplaced: Uint8Array
  /** For each moment, those that wait for it. */
  readonly dependents: Adjacency
  /** For each moment, how many others it waits for, and one more for a hold and for each gate that is never satisfied. */
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

/** Whether a moment is that at which its task is finished. */
export function isFinish(moment: number): boolean {
  return (moment & 1) === 1
}

/** A task that somebody has to do, or is doing. */
export function isWork({ status, isReplaced }: Waiting, task: number): boolean {
  return status[task] !== 'closed' && isReplaced[task] === 0
}

/** Somebody works on it, or judges it. */
export function isUnderWay(status: Status): boolean {
  return status === 'in_progress' || status === 'in_review'
}

/** Work that has not begun: it is open or on hold. */
export function isToBegin(waiting: Waiting, task: number): boolean {
  return isWork(waiting, task) && !isUnderWay(waiting.status[task]!)
}

/** @throws {InvalidInputError} it is no directed graphology graph. */
export function requireDirected(operation: string, graph: WaitingInput): void {
  if (typeof graph !== 'object' || graph === null || typeof graph.forEachEdge !== 'function') {
    throw new InvalidInputError(operation, [{ field: 'graph', message: 'expected a graphology graph' }])
  }
  if (graph.type === 'undirected' || graph.undirectedSize > 0) {
    throw new InvalidInputError(operation, [{ field: 'graph', message: 'expected a directed graph' }])
  }
}

/**
 * Works out what waits for what, in time that is linear in nodes and edges.
 *
 * @throws {InvalidInputError} the graph is no directed graphology graph, has a word that is no status, outcome or gate, or
 * an edge without a kind.
 */
export function waitingOf(operation: string, graph: WaitingInput): Waiting {
  requireDirected(operation, graph)
  const ids: TaskId[] = []
  const indexById = new Map<string, number>()
  const status: Status[] = []
  const outcome: (Outcome | undefined)[] = []
  graph.forEachNode((id, task) => {
    indexById.set(id, ids.length)
    ids.push(id as TaskId)
    const now = wordOf(operation, STATUSES, 'status', task.status ?? 'open', id)
    status.push(now)
    outcome.push(now === 'closed' ? wordOf(operation, OUTCOMES, 'outcome', task.outcome ?? 'completed', id) : undefined)
  })
  const isReplaced = new Uint8Array(ids.length)
  const waitsFor = new Int32Array(2 * ids.length)
  // A task waits for its own gates, and an edge makes two moments wait at most.
  const awaited = new Int32Array(ids.length + 2 * graph.size)
  const waiters = new Int32Array(awaited.length)
  let count = 0
  const wait = (waiter: number, moment: number) => {
    waiters[count] = waiter
    awaited[count++] = moment
  }
  /** A closed task is finished, and nobody waits for it to be; but it still passes gates on to its children. */
  const waitToFinish = (waiter: number, task: number) => {
    if (status[waiter] !== 'closed' && status[task] !== 'closed') wait(finishOf(waiter), finishOf(task))
  }
  for (const [task, word] of status.entries()) {
    if (word === 'blocked') waitsFor[gatesOf(task)]!++
    if (word !== 'closed' && !isUnderWay(word)) wait(finishOf(task), gatesOf(task))
  }
  // Relations mostly come source by source, and looking tasks up is what takes longest.
  let lastId: string | undefined
  let source = -1
  graph.forEachEdge((_edge, relation, sourceId, targetId) => {
    if (sourceId !== lastId) source = indexById.get(sourceId)!
    lastId = sourceId
    const target = indexById.get(targetId)!
    switch (relation.kind) {
      case 'blocked_by': {
        const gate: Gate = wordOf(operation, GATES, 'gate', relation.gate ?? 'closed', `${sourceId} → ${targetId}`)
        const isClosed = status[target] === 'closed'
        const isMet = gate === 'closed' || gate === (isClosed ? outcome[target] : 'completed')
        if (!isMet) waitsFor[gatesOf(source)]!++
        else if (!isClosed) wait(gatesOf(source), finishOf(target))
        break
      }
      case 'parent':
        wait(gatesOf(source), gatesOf(target))
        waitToFinish(target, source)
        break
      case 'supersedes':
        isReplaced[target] = 1
        waitToFinish(target, source)
        break
      case 'duplicate_of':
        isReplaced[source] = 1
        waitToFinish(source, target)
        break
      case undefined:
        throw new InvalidInputError(operation, [
          { field: 'kind', message: `is missing on the edge from "${sourceId}" to "${targetId}"; such as blocked_by` },
        ])
    }
  })
  const dependents = new Adjacency(2 * ids.length, awaited.subarray(0, count), waiters.subarray(0, count))
  for (let at = 0; at < count; at++) waitsFor[waiters[at]!]!++
  return { ids, indexById, status, isReplaced, dependents, waitsFor }
}

/** The word as the vocabulary has it: to compare texts that are one object costs least. */
function wordOf<Word extends string>(
  operation: string,
  words: readonly Word[],
  field: string,
  given: unknown,
  of: string,
): Word {
  const word = words[words.indexOf(given as Word)]
  if (word !== undefined) return word
  const message = `is ${JSON.stringify(given)} on "${of}"; expected one of ${words.join(', ')}`
  throw new InvalidInputError(operation, [{ field, message }])
}

/** The moments in an order in which each comes after those that it waits for; those that never come are left out. */
export function momentsInOrder({ dependents: { firsts, targets }, waitsFor }: Waiting): Int32Array {
  const rest = waitsFor.slice()
  const order = new Int32Array(rest.length)
  let end = 0
  for (let moment = 0; moment < rest.length; moment++) if (rest[moment] === 0) order[end++] = moment
  for (let next = 0; next < end; next++) {
    const moment = order[next]!
    for (let at = firsts[moment]!; at < firsts[moment + 1]!; at++) {
      const dependent = targets[at]!
      if (--rest[dependent]! === 0) order[end++] = dependent
    }
  }
  return order.subarray(0, end)
}

/** How many of the moments that each waits for have not come as things stand: nothing is finished but what is closed. */
export function stillWaitsFor({ ids, dependents: { firsts, targets }, waitsFor }: Waiting): Int32Array {
  const rest = waitsFor.slice()
  const come: number[] = []
  for (let task = 0; task < ids.length; task++) if (rest[gatesOf(task)] === 0) come.push(gatesOf(task))
  for (let moment = come.pop(); moment !== undefined; moment = come.pop()) {
    for (let at = firsts[moment]!; at < firsts[moment + 1]!; at++) {
      const dependent = targets[at]!
      if (--rest[dependent]! === 0 && !isFinish(dependent)) come.push(dependent)
    }
  }
  return rest
}

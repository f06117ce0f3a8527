import { InvalidInputError, NotFoundError } from '../errors.js'
import type { TaskId } from '../ids.js'
import {
  finishOf,
  gatesOf,
  isFinish,
  isToBegin,
  isUnderWay,
  isWork,
  stillWaitsFor,
  taskOf,
  type Waiting,
  type WaitingInput,
  waitingOf,
} from './waiting.js'

/** What the completion of a task frees. */
export interface Impact {
  /** What becomes ready at once, in order of the graph. */
  readonly direct: readonly TaskId[]
  /** Every task that is open or on hold and waits for it, directly or through others; nearest first. */
  readonly eventual: readonly TaskId[]
}

/**
 * What completing a task frees at once, and what waits for it in the end.
 *
 * A closed task frees nothing. What is superseded or a duplicate is no work and is not listed, but what waits for it is.
 * A gate that asks for failure waits for no completion. Children of a task on hold wait for it, since closing it ends
 * the hold. Cost is linear in nodes and edges.
 *
 * @throws {NotFoundError} the graph has no such task.
 * @throws {InvalidInputError} the graph is no directed graphology graph, or has a word that is no status, outcome or gate.
 */
export function impact(graph: WaitingInput, id: string): Impact {
  const waiting = waitingOf('impact', graph)
  if (typeof id !== 'string') throw new InvalidInputError('impact', [{ field: 'id', message: 'expected a string' }])
  const task = waiting.indexById.get(id)
  if (task === undefined) throw new NotFoundError(id, ['task'])
  const { ids, status } = waiting
  if (status[task] === 'closed') return { direct: [], eventual: [] }
  return {
    direct: freedBy(waiting, stillWaitsFor(waiting), task).map((freed) => ids[freed]!),
    eventual: waitingFor(waiting, task).map((waiter) => ids[waiter]!),
  }
}

/** What waits for a task waits for this moment: to let children start, a task on hold need only be closed. */
export function closingOf({ status }: Waiting, task: number): number {
  return status[task] === 'blocked' ? gatesOf(task) : finishOf(task)
}

/**
 * The tasks that become ready when this one, which is not closed, is completed; `rest` is what `stillWaitsFor` gives, and is
 * left as it was.
 *
 * The gates of a task are opened by one other at most, so for all tasks together the cost is linear, too.
 */
export function freedBy(waiting: Waiting, rest: Int32Array, task: number): number[] {
  const { status, dependents } = waiting
  const freed: number[] = []
  const counted: number[] = []
  const come = [finishOf(task)]
  const count = (moment: number) => {
    counted.push(moment)
    if (--rest[moment]! > 0) return
    const waiter = taskOf(moment)
    if (!isFinish(moment)) come.push(moment)
    else if (waiter !== task && isWork(waiting, waiter) && status[waiter] === 'open') freed.push(waiter)
  }
  if (status[task] === 'blocked') count(gatesOf(task))
  for (let moment = come.pop(); moment !== undefined; moment = come.pop()) {
    for (const dependent of dependents.targetsOf(moment)) count(dependent)
  }
  for (const moment of counted) rest[moment]!++
  return freed.sort((one, other) => one - other)
}

/** The tasks to begin that wait for this one, directly or through others: nearest first, then in order. */
function waitingFor(waiting: Waiting, task: number): number[] {
  const { ids, status, dependents } = waiting
  const isSeen = new Uint8Array(2 * ids.length)
  const found: number[] = []
  for (let level = [...new Set([closingOf(waiting, task), finishOf(task)])]; level.length > 0; ) {
    const next: number[] = []
    const see = (moment: number) => {
      if (isSeen[moment] === 1) return
      isSeen[moment] = 1
      next.push(moment)
    }
    for (const moment of level) {
      for (const dependent of dependents.targetsOf(moment)) {
        see(dependent)
        // A task whose gates wait, waits itself, and is no further away.
        const waiter = taskOf(dependent)
        if (!isFinish(dependent) && status[waiter] !== 'closed' && !isUnderWay(status[waiter]!)) see(finishOf(waiter))
      }
    }
    level = next.sort((one, other) => one - other)
    for (const moment of level) {
      const waiter = taskOf(moment)
      if (isFinish(moment) && waiter !== task && isToBegin(waiting, waiter)) found.push(waiter)
    }
  }
  return found
}

import { NotFoundError } from '../errors.js'
import type { TaskId } from '../ids.js'
import { finishOf, gatesOf, stillWaitsFor, taskOf, type Waiting, type WaitingInput, waitingOf } from './waiting.js'

/** What the completion of a task frees. */
export interface Impact {
  /** What becomes ready at once; in order of the graph. */
  readonly direct: readonly TaskId[]
  /** Every task that is open or on hold and waits for it, directly or through others; nearest first. */
  readonly eventual: readonly TaskId[]
}

/**
 * What completing a task frees at once, and what waits for it in the end. A closed task frees nothing. Cost is linear
 * in tasks and relations.
 *
 * @throws {NotFoundError} the graph has no such task.
 * @throws {InvalidInputError} the graph is no directed graphology graph.
 */
export function impact(graph: WaitingInput, id: TaskId): Impact {
  const waiting = waitingOf('impact', graph)
  const task = waiting.indexById.get(id)
  if (task === undefined) throw new NotFoundError(String(id), ['task'])
  const { ids, status } = waiting
  if (status[task] === 'closed') return { direct: [], eventual: [] }
  return {
    direct: freedBy(waiting, stillWaitsFor(waiting), task).map((freed) => ids[freed]!),
    eventual: waitingFor(waiting, task).map((waiter) => ids[waiter]!),
  }
}

/** The tasks that become ready when this one, which is not closed, is completed; `rest` is left as it was. */
export function freedBy({ isWork, status, dependents }: Waiting, rest: Int32Array, task: number): number[] {
  const freed: number[] = []
  const counted: number[] = []
  const come = [finishOf(task)]
  for (let moment = come.pop(); moment !== undefined; moment = come.pop()) {
    for (const dependent of dependents[moment]!) {
      counted.push(dependent)
      if (--rest[dependent]! > 0) continue
      const waiter = taskOf(dependent)
      if (dependent === gatesOf(waiter)) come.push(dependent)
      else if (waiter !== task && isWork[waiter] && status[waiter] === 'open') freed.push(waiter)
    }
  }
  for (const moment of counted) rest[moment]!++
  return freed.sort((one, other) => one - other)
}

/** The tasks that wait for this one, directly or through others, nearest first. */
export function waitingFor({ isWork, status, dependents }: Waiting, task: number): number[] {
  const seen = new Set([finishOf(task)])
  const found = new Set<number>()
  for (const moment of seen) {
    for (const dependent of dependents[moment]!) {
      seen.add(dependent)
      const waiter = taskOf(dependent)
      if (waiter !== task && isWork[waiter] && (status[waiter] === 'open' || status[waiter] === 'blocked')) {
        found.add(waiter)
      }
    }
  }
  return [...found]
}

import { InvalidInputError } from '../errors.js'
import type { TaskId } from '../ids.js'
import { freedBy, waitingFor } from './impact.js'
import { estimateReach } from './reach-estimates.js'
import { finishOf, stillWaitsFor, type WaitingInput, waitingOf } from './waiting.js'

/** A task and how many others its completion frees. */
export interface Bottleneck {
  readonly task: TaskId
  /** How many become ready at once. */
  readonly direct: number
  /** How many wait for it in the end. */
  readonly eventual: number
}

const DEFAULT_LIMIT = 10
const MAX_LIMIT = 1_000
/** Up to as many tasks, all are counted exactly. */
const ALL_COUNTED = 2_000
/** How many times as many tasks as are asked for are counted exactly, those of the highest estimates. */
const CANDIDATES = 4
const MIN_CANDIDATES = 40

/**
 * The tasks for which most others wait: by what they free in the end, then at once, then in order of the graph. Tasks
 * for which nothing waits are left out.
 *
 * The figures are exact. In a graph of more than 2,000 tasks those that are counted are chosen by an estimate, whose error
 * is about 18 %, as counting for every task would cost the square of their number: of two tasks that differ by less, the
 * smaller may be listed in place of the greater, where neither is among the first quarter of those counted. So cost
 * is linear in tasks and relations, for a given limit.
 *
 * @throws {InvalidInputError} the graph is no directed graphology graph, or `limit` is not 1 to 1,000.
 */
export function bottlenecks(graph: WaitingInput, options: { readonly limit?: number } = {}): readonly Bottleneck[] {
  const limit = options.limit ?? DEFAULT_LIMIT
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new InvalidInputError('bottlenecks', [{ field: 'limit', message: `must be 1 to ${MAX_LIMIT}` }])
  }
  const waiting = waitingOf('bottlenecks', graph)
  const { ids, status, dependents } = waiting
  const open = [...ids.keys()].filter((task) => status[task] !== 'closed' && dependents[finishOf(task)]!.length > 0)
  const rest = stillWaitsFor(waiting)
  return candidates(open)
    .map((task) => ({
      index: task,
      task: ids[task]!,
      direct: freedBy(waiting, rest, task).length,
      eventual: waitingFor(waiting, task).length,
    }))
    .filter(({ eventual }) => eventual > 0)
    .sort((one, other) => other.eventual - one.eventual || other.direct - one.direct || one.index - other.index)
    .slice(0, limit)
    .map(({ task, direct, eventual }) => ({ task, direct, eventual }))

  function candidates(tasks: number[]): number[] {
    if (tasks.length <= ALL_COUNTED) return tasks
    const reach = estimateReach(waiting)
    return tasks
      .sort((one, other) => reach[finishOf(other)]! - reach[finishOf(one)]! || one - other)
      .slice(0, Math.max(MIN_CANDIDATES, CANDIDATES * limit))
  }
}

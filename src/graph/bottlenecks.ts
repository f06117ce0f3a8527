import { z } from 'zod'
import type { TaskId } from '../ids.js'
import { validate } from '../input.js'
import { intoRows, numbersBelow } from './adjacency.js'
import { closingOf, freedBy } from './impact.js'
import { estimateReach } from './reach-estimates.js'
import { type Components, stronglyConnectedComponents } from './strongly-connected-components.js'
import { finishOf, isToBegin, isWork, stillWaitsFor, type Waiting, type WaitingInput, waitingOf } from './waiting.js'

/** A task and how many others its completion frees. */
export interface Bottleneck {
  readonly task: TaskId
  /** How many become ready at once: the length of `direct` of `impact`. */
  readonly direct: number
  /** How many wait for it in the end: the length of `eventual` of `impact`. */
  readonly eventual: number
}

/** What `bottlenecks` takes besides the graph. */
export interface BottleneckOptions {
  /** How many to list: 1 to 1,000; 10 unless told. */
  readonly limit?: number
}

const optionsSchema = z.strictObject({ limit: z.int().min(1).max(1_000).optional() })

const DEFAULT_LIMIT = 10
/** Of up to as many tasks that something waits for, all are counted. */
const ALL_COUNTED = 10_000
/** Of more, how many for each that is listed, and how many besides. */
const CANDIDATES = 4
const SPARE_CANDIDATES = 256
/** How many tasks are counted for in one go: one bit each. */
const BITS = 32

/**
 * The tasks for which most others wait: by what they free in the end, then at once, then by id. Tasks for which nothing
 * waits are left out.
 *
 * The figures are exact, always. So is the ranking where something waits for no more than 10,000 tasks. Counting for
 * each of more would cost the square of their number, so those that are counted are chosen by an estimate with a standard
 * error of 18 %: 256, and four for each that is listed. A task for which fewer wait can then take the place of one for
 * which more do only where hundreds lie within that error of each other; and never of one that it waits for itself. Cost is
 * linear in nodes and edges, for a given limit.
 *
 * @throws {InvalidInputError} the graph is no directed graphology graph, or has a word that is no status, outcome or gate;
 * or `limit` is not 1 to 1,000.
 */
export function bottlenecks(graph: WaitingInput, options?: BottleneckOptions): readonly Bottleneck[] {
  const { limit = DEFAULT_LIMIT } = validate('bottlenecks', optionsSchema, options ?? {})
  const waiting = waitingOf('bottlenecks', graph)
  const { ids, dependents } = waiting
  const components = stronglyConnectedComponents(dependents)
  const awaited = [...ids.keys()].filter(
    (task) => isWork(waiting, task) && dependents.targetsOf(closingOf(waiting, task)).length > 0,
  )
  const candidates = awaited.length <= ALL_COUNTED ? awaited : choose(waiting, components, awaited, limit)
  const eventual = countWaiters(waiting, components, candidates)
  const rest = stillWaitsFor(waiting)
  return candidates
    .map((task, index): Bottleneck => {
      return { task: ids[task]!, direct: freedBy(waiting, rest, task).length, eventual: eventual[index]! }
    })
    .filter((one) => one.eventual > 0)
    .sort(
      (one, other) => other.eventual - one.eventual || other.direct - one.direct || (one.task < other.task ? -1 : 1),
    )
    .slice(0, limit)
}

/** The tasks of the highest estimates; of the same, those first for which others of them wait. */
function choose(waiting: Waiting, components: Components, tasks: readonly number[], limit: number): number[] {
  const estimates = estimateReach(waiting, components)
  const componentOf = (task: number) => components.componentOf[closingOf(waiting, task)]!
  return tasks
    .toSorted((one, other) => {
      const [component, another] = [componentOf(one), componentOf(other)]
      return estimates[another]! - estimates[component]! || another - component || one - other
    })
    .slice(0, CANDIDATES * limit + SPARE_CANDIDATES)
}

/** For each of some tasks, how many tasks to begin wait for it, directly or through others. */
function countWaiters(waiting: Waiting, { count, componentOf }: Components, tasks: readonly number[]): Int32Array {
  const { ids } = waiting
  const { firsts, targets } = waiting.dependents
  const moments = intoRows(count, componentOf, numbersBelow(componentOf.length))
  const counts = new Int32Array(tasks.length)
  // Which of the tasks of one go each component waits for.
  const masks = new Int32Array(count)
  for (let first = 0; first < tasks.length; first += BITS) {
    const some = tasks.slice(first, first + BITS)
    masks.fill(0)
    for (const [bit, task] of some.entries()) masks[componentOf[closingOf(waiting, task)]!]! |= 1 << bit
    for (let component = count - 1; component >= 0; component--) {
      const mask = masks[component]!
      if (mask === 0) continue
      for (let at = moments.firsts[component]!; at < moments.firsts[component + 1]!; at++) {
        const moment = moments.values[at]!
        for (let edge = firsts[moment]!; edge < firsts[moment + 1]!; edge++)
          masks[componentOf[targets[edge]!]!]! |= mask
      }
    }
    for (const task of ids.keys()) {
      let mask = masks[componentOf[finishOf(task)]!]!
      if (mask === 0 || !isToBegin(waiting, task)) continue
      for (; mask !== 0; mask &= mask - 1) counts[first + 31 - Math.clz32(mask & -mask)]!++
    }
    // A task reaches itself, and does not wait for itself.
    for (const [bit, task] of some.entries()) if (isToBegin(waiting, task)) counts[first + bit]!--
  }
  return counts
}

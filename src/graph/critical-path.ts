import type { Attributes } from 'graphology-types'
import { InvalidInputError } from '../errors.js'
import type { TaskId } from '../ids.js'
import { finishOf, momentsInOrder, taskOf, type WaitingInput, waitingOf } from './waiting.js'

/** The chain that takes longest. */
export interface CriticalPath {
  /** First to last; empty where there is nothing to do. */
  readonly tasks: readonly TaskId[]
  /** The sum of their weights. */
  readonly length: number
}

/** What `criticalPath` takes besides the graph. */
export interface CriticalPathOptions<NodeAttributes extends Attributes = Attributes> {
  /** How much a task weighs, such as its estimate in hours: 0 or more; 1 unless told. */
  readonly weight?: (task: NodeAttributes, id: TaskId) => number
}

/**
 * The heaviest chain of tasks that must be done one after another, however many work on them: open work only, by what
 * waits for what. Of several, the one whose end stands first in the graph. Work that never comes (see `waves`) is
 * left out. Cost is linear in tasks and relations.
 *
 * @throws {InvalidInputError} the graph is no directed graphology graph, or a weight is no number of 0 or more.
 */
export function criticalPath<NodeAttributes extends Attributes = Attributes>(
  graph: WaitingInput,
  options: CriticalPathOptions<NodeAttributes> = {},
): CriticalPath {
  const waiting = waitingOf('criticalPath', graph)
  const { ids, isWork, dependents } = waiting
  const weights = weightsOf(graph, ids, isWork, options.weight)
  const length = new Float64Array(2 * ids.length)
  const before = new Int32Array(2 * ids.length).fill(-1)
  let last = -1
  for (const moment of momentsInOrder(waiting)) {
    const task = taskOf(moment)
    const isWorked = moment === finishOf(task) && isWork[task]!
    if (isWorked) {
      length[moment]! += weights[task]!
      if (last < 0 || length[moment]! > length[last]! || (length[moment] === length[last] && moment < last))
        last = moment
    }
    for (const dependent of dependents[moment]!) {
      if (before[dependent] === -1 || length[moment]! > length[dependent]!) {
        length[dependent] = length[moment]!
        before[dependent] = moment
      }
    }
  }
  const tasks: TaskId[] = []
  for (let moment = last; moment >= 0; moment = before[moment]!) {
    const task = taskOf(moment)
    if (moment === finishOf(task) && isWork[task]) tasks.push(ids[task]!)
  }
  return { tasks: tasks.reverse(), length: last < 0 ? 0 : length[last]! }
}

function weightsOf<NodeAttributes extends Attributes>(
  graph: WaitingInput,
  ids: readonly TaskId[],
  isWork: readonly boolean[],
  weight: CriticalPathOptions<NodeAttributes>['weight'],
): Float64Array {
  const weights = new Float64Array(ids.length).fill(1)
  if (weight === undefined) return weights
  if (typeof weight !== 'function') {
    throw new InvalidInputError('criticalPath', [{ field: 'weight', message: 'expected a function' }])
  }
  for (const [task, id] of ids.entries()) {
    if (!isWork[task]) continue
    const value = weight(graph.getNodeAttributes(id) as NodeAttributes, id)
    if (typeof value !== 'number' || !(value >= 0) || value === Number.POSITIVE_INFINITY) {
      throw new InvalidInputError('criticalPath', [
        { field: 'weight', message: `gave ${String(value)} for "${id}"; expected a number of 0 or more` },
      ])
    }
    weights[task] = value
  }
  return weights
}

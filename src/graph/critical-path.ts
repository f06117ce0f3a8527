import type { AbstractGraph, Attributes } from 'graphology-types'
import { z } from 'zod'
import { InvalidInputError } from '../errors.js'
import type { TaskId } from '../ids.js'
import { callback, validate } from '../input.js'
import { isFinish, isWork, momentsInOrder, taskOf, type Waiting, waitingOf } from './waiting.js'

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

const optionsSchema = z.strictObject({
  weight: callback().optional(),
})

/**
 * The heaviest chain of tasks that must be done one after another, however many work on them: open work only, by what
 * waits for what. Work that never comes (`stuck` of `waves`) is left out. Of several chains as heavy, the one of most tasks
 * and, of these, that whose tasks stand first in the graph, the last of them compared first. Cost is linear in nodes and
 * edges.
 *
 * @throws {InvalidInputError} the graph is no directed graphology graph, or has a word that is no status, outcome or gate;
 * or a weight is no number of 0 or more.
 */
export function criticalPath<NodeAttributes extends Attributes = Attributes>(
  graph: AbstractGraph<NodeAttributes, Attributes>,
  options?: CriticalPathOptions<NodeAttributes>,
): CriticalPath {
  const weight = weightOf(options)
  const waiting = waitingOf('criticalPath', graph)
  const { ids } = waiting
  const { firsts, targets } = waiting.dependents
  // Of each moment: the weight and number of tasks on the heaviest chain before it, and the last moment of that chain.
  const length = new Float64Array(2 * ids.length)
  const count = new Int32Array(2 * ids.length)
  const before = new Int32Array(2 * ids.length).fill(-1)
  const isHeavier = (one: number, other: number) =>
    other === -1 ||
    length[one]! > length[other]! ||
    (length[one] === length[other] && (count[one]! > count[other]! || (count[one] === count[other] && one < other)))
  let last = -1
  for (const moment of momentsInOrder(waiting)) {
    const chain = before[moment]!
    if (chain !== -1) {
      length[moment] = length[chain]!
      count[moment] = count[chain]!
    }
    if (isChained(waiting, moment)) {
      length[moment]! += weighed(graph, ids[taskOf(moment)]!, weight)
      count[moment]!++
      if (isHeavier(moment, last)) last = moment
    }
    for (let at = firsts[moment]!; at < firsts[moment + 1]!; at++) {
      const dependent = targets[at]!
      if (isHeavier(moment, before[dependent]!)) before[dependent] = moment
    }
  }
  const tasks: TaskId[] = []
  for (let moment = last; moment !== -1; moment = before[moment]!) {
    if (isChained(waiting, moment)) tasks.push(ids[taskOf(moment)]!)
  }
  return { tasks: tasks.reverse(), length: last === -1 ? 0 : length[last]! }
}

function isChained(waiting: Waiting, moment: number): boolean {
  return isFinish(moment) && isWork(waiting, taskOf(moment))
}

function weightOf<NodeAttributes extends Attributes>(
  options: CriticalPathOptions<NodeAttributes> | undefined,
): CriticalPathOptions<NodeAttributes>['weight'] {
  const { weight } = validate('criticalPath', optionsSchema, options ?? {})
  return weight as CriticalPathOptions<NodeAttributes>['weight']
}

function weighed<NodeAttributes extends Attributes>(
  graph: AbstractGraph<NodeAttributes, Attributes>,
  id: TaskId,
  weight: CriticalPathOptions<NodeAttributes>['weight'],
): number {
  if (weight === undefined) return 1
  const value: unknown = weight(graph.getNodeAttributes(id), id)
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value
  throw new InvalidInputError('criticalPath', [
    {
      field: 'weight',
      message: `gave ${typeof value === 'string' ? JSON.stringify(value) : String(value)} for "${id}"; expected a number of 0 or more`,
    },
  ])
}

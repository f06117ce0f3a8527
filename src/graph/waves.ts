import type { TaskId } from '../ids.js'
import {
  finishOf,
  isFinish,
  isUnderWay,
  isWork,
  momentsInOrder,
  taskOf,
  type WaitingInput,
  waitingOf,
} from './waiting.js'

/** What can run in parallel, generation by generation. */
export interface Waves {
  /**
   * What is ready or under way, then what is ready once that is completed, and so on; each in order of the graph. The
   * first is empty where nothing is ready, and all waits for replaced tasks that only have to be closed.
   */
  readonly waves: readonly (readonly TaskId[])[]
  /**
   * Tasks that never come, even if all the rest is completed: on hold, behind a hold, behind a gate that completing does
   * not satisfy, or in or behind a cycle of waiting, which only foreign data has.
   */
  readonly stuck: readonly TaskId[]
}

/**
 * Generations of work: every task stands in the first wave in which all that it waits for is finished.
 *
 * It is assumed that whatever starts ends as completed. A task that is under way stands in the first wave, and ends with
 * the last of its children where it has open ones. What is superseded or a duplicate is no work and stands in no wave: it
 * ends with its replacement and its children, after the first wave at the earliest. Only relations of the graph count:
 * in a graph of part of a record, what waits for another part seems ready. Cost is linear in nodes and edges.
 *
 * @throws {InvalidInputError} the graph is no directed graphology graph, or has a word that is no status, outcome or gate.
 */
export function waves(graph: WaitingInput): Waves {
  const waiting = waitingOf('waves', graph)
  const { ids, status } = waiting
  const { firsts, targets } = waiting.dependents
  // The wave at whose end each moment comes; −1 before the first one. What never comes stays undefined.
  const endOf = new Int32Array(2 * ids.length).fill(-1)
  const comes = new Uint8Array(2 * ids.length)
  for (const moment of momentsInOrder(waiting)) {
    comes[moment] = 1
    const task = taskOf(moment)
    if (isFinish(moment) && status[task] !== 'closed') {
      if (isWork(waiting, task) && status[task] === 'open') endOf[moment]!++
      else endOf[moment] = Math.max(endOf[moment]!, 0)
    }
    for (let at = firsts[moment]!; at < firsts[moment + 1]!; at++) {
      const dependent = targets[at]!
      endOf[dependent] = Math.max(endOf[dependent]!, endOf[moment]!)
    }
  }
  const found: TaskId[][] = []
  const stuck: TaskId[] = []
  const put = (wave: number, id: TaskId) => {
    while (found.length <= wave) found.push([])
    found[wave]!.push(id)
  }
  for (const [task, id] of ids.entries()) {
    if (status[task] === 'closed') continue
    if (isWork(waiting, task) && isUnderWay(status[task]!)) put(0, id)
    else if (comes[finishOf(task)] === 0) stuck.push(id)
    else if (isWork(waiting, task)) put(endOf[finishOf(task)]!, id)
  }
  return { waves: found, stuck }
}

import type { TaskId } from '../ids.js'
import { finishOf, momentsInOrder, taskOf, type WaitingInput, waitingOf } from './waiting.js'

/** What can run in parallel, generation by generation. */
export interface Waves {
  /** What is ready or under way, then what is ready once all of that is completed, and so on; each in order of the graph. */
  readonly waves: readonly (readonly TaskId[])[]
  /**
   * Work that never comes, even if all the rest is completed: it is on hold, behind a hold, behind a gate that completing
   * does not satisfy, or in or behind a cycle of waiting, which only foreign data has.
   */
  readonly stuck: readonly TaskId[]
}

/**
 * Generations of work: every task stands in the first wave in which all that it waits for is completed.
 *
 * It is assumed that whatever starts ends as completed, and that what is superseded or a duplicate is closed together
 * with its replacement, after the first wave at the earliest; such a task is no work and stands in no wave. Cost is linear
 * in tasks and relations.
 *
 * @throws {InvalidInputError} the graph is no directed graphology graph.
 */
export function waves(graph: WaitingInput): Waves {
  const waiting = waitingOf('waves', graph)
  const { ids, isWork, isReplaced, dependents } = waiting
  // For each moment, the wave in which it comes: that from which on gates are open, or at the end of which a task is done.
  const wave = new Int32Array(2 * ids.length).fill(0)
  const comes = new Uint8Array(2 * ids.length)
  for (const moment of momentsInOrder(waiting)) {
    comes[moment] = 1
    const isFinish = moment === finishOf(taskOf(moment))
    for (const dependent of dependents[moment]!) {
      const task = taskOf(dependent)
      const after = isFinish && !(dependent === finishOf(task) && isReplaced[task]) ? wave[moment]! + 1 : wave[moment]!
      if (after > wave[dependent]!) wave[dependent] = after
    }
  }
  const found: TaskId[][] = []
  const stuck: TaskId[] = []
  for (const [task, id] of ids.entries()) {
    if (!isWork[task]) continue
    if (comes[finishOf(task)] === 0) {
      stuck.push(id)
      continue
    }
    const number = wave[finishOf(task)]!
    while (found.length <= number) found.push([])
    found[number]!.push(id)
  }
  return { waves: found, stuck }
}

import { intoRows, numbersBelow } from './adjacency.js'
import type { Components } from './strongly-connected-components.js'
import { finishOf, isToBegin, taskOf, type Waiting } from './waiting.js'

/** How many of the smallest ranks are kept for each component: the standard error is 1 / √(SKETCH_SIZE − 2), or 18 %. */
const SKETCH_SIZE = 32

/**
 * About how many tasks to begin wait, in the end, for the moments of each component of waiting, in time that is linear in
 * what there is.
 *
 * Each task draws a rank; the smallest ranks among all that waits for a moment tell how many there are (E. Cohen,
 * "Size-Estimation Framework with Applications to Transitive Closure and Reachability", 1997). Ranks are hashes of the
 * numbers of the tasks, so the same graph gives the same estimates; up to 31 they are exact. For what waits for a
 * moment, the estimate is never higher than for the moment.
 */
export function estimateReach(waiting: Waiting, { count, componentOf }: Components): Float64Array {
  const { firsts, targets } = waiting.dependents
  const sketches = new Uint32Array(count * SKETCH_SIZE)
  const sizes = new Uint8Array(count)
  const merged = new Uint32Array(SKETCH_SIZE)
  const rank = new Uint32Array(1)
  const moments = intoRows(count, componentOf, numbersBelow(componentOf.length))

  /** Takes the ranks from `first` up to `end` into the sketch of a component: the smallest of both, each once. */
  const take = (component: number, from: Uint32Array, first: number, end: number) => {
    const start = component * SKETCH_SIZE
    const startEnd = start + sizes[component]!
    let one = start
    let other = first
    let size = 0
    while (size < SKETCH_SIZE && (one < startEnd || other < end)) {
      const left = one < startEnd ? sketches[one]! : Number.POSITIVE_INFINITY
      const right = other < end ? from[other]! : Number.POSITIVE_INFINITY
      merged[size++] = left < right ? left : right
      if (left <= right) one++
      if (right <= left) other++
    }
    for (let at = 0; at < size; at++) sketches[start + at] = merged[at]!
    sizes[component] = size
  }

  // What waits for a component has a lower number: its sketch is there already.
  for (let component = 0; component < count; component++) {
    for (let at = moments.firsts[component]!; at < moments.firsts[component + 1]!; at++) {
      const moment = moments.values[at]!
      const task = taskOf(moment)
      if (moment === finishOf(task) && isToBegin(waiting, task)) {
        rank[0] = rankOf(task)
        take(component, rank, 0, 1)
      }
      for (let edge = firsts[moment]!; edge < firsts[moment + 1]!; edge++) {
        const waiter = componentOf[targets[edge]!]!
        if (waiter !== component) take(component, sketches, waiter * SKETCH_SIZE, waiter * SKETCH_SIZE + sizes[waiter]!)
      }
    }
  }
  return Float64Array.from(sizes, (size, component) =>
    size < SKETCH_SIZE ? size : ((SKETCH_SIZE - 1) * 2 ** 32) / (sketches[(component + 1) * SKETCH_SIZE - 1]! + 1),
  )
}

/** A whole number of 32 bits, another for each task, that looks drawn at random (the finalizer of MurmurHash3). */
function rankOf(task: number): number {
  let hash = task + 0x9e3779b9
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

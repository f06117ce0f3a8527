import { taskOf, type Waiting } from './waiting.js'

/** How many of the smallest ranks are kept of each moment: the relative error is about 1 / √(SKETCH_SIZE − 2). */
const SKETCH_SIZE = 32

/**
 * About how many open tasks wait for each moment, in the end, in time that is linear in what there is.
 *
 * Each task draws a rank; the smallest ranks among all that waits for a moment tell how many there are (E. Cohen,
 * "Size-Estimation Framework with Applications to Transitive Closure and Reachability", 1997). Ranks are hashes of the
 * numbers of the tasks, so that the same graph gives the same estimates. Moments of a cycle count what was known when
 * they were come to.
 */
export function estimateReach(waiting: Waiting): Float64Array {
  const { ids, isWork, status, dependents } = waiting
  const sketches = new Float64Array(2 * ids.length * SKETCH_SIZE).fill(1)
  const sizes = new Uint8Array(2 * ids.length)
  const merged = new Float64Array(SKETCH_SIZE)
  for (const moment of dependentsFirst(waiting)) {
    for (const dependent of dependents[moment]!) {
      mergeInto(sketches, sizes, moment, dependent, merged)
      const task = taskOf(dependent)
      if (isWork[task] && (status[task] === 'open' || status[task] === 'blocked')) {
        insert(sketches, sizes, moment, rankOf(task))
      }
    }
  }
  return Float64Array.from(sizes, (size, moment) =>
    size < SKETCH_SIZE ? size : (SKETCH_SIZE - 1) / sketches[(moment + 1) * SKETCH_SIZE - 1]!,
  )
}

/** All moments, each after those that wait for it, as far as there is such an order. */
function dependentsFirst({ dependents }: Waiting): Int32Array {
  const order = new Int32Array(dependents.length)
  const state = new Uint8Array(dependents.length)
  const next = new Int32Array(dependents.length)
  const stack: number[] = []
  let end = 0
  for (let start = 0; start < dependents.length; start++) {
    if (state[start] !== 0) continue
    state[start] = 1
    stack.push(start)
    for (let moment = stack.at(-1); moment !== undefined; moment = stack.at(-1)) {
      const waiters = dependents[moment]!
      const index = next[moment]!
      if (index === waiters.length) {
        order[end++] = moment
        stack.pop()
        continue
      }
      next[moment] = index + 1
      const waiter = waiters[index]!
      if (state[waiter] !== 0) continue
      state[waiter] = 1
      stack.push(waiter)
    }
  }
  return order
}

/** A number above 0 and up to 1 that looks drawn at random (the finalizer of MurmurHash3). */
function rankOf(task: number): number {
  let hash = task + 0x9e3779b9
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (((hash ^ (hash >>> 16)) >>> 0) + 1) / 2 ** 32
}

function insert(sketches: Float64Array, sizes: Uint8Array, moment: number, rank: number): void {
  const first = moment * SKETCH_SIZE
  let size = sizes[moment]!
  if (size === SKETCH_SIZE && rank >= sketches[first + size - 1]!) return
  let at = size
  while (at > 0 && sketches[first + at - 1]! >= rank) at--
  if (at < size && sketches[first + at] === rank) return
  size = Math.min(size + 1, SKETCH_SIZE)
  sketches.copyWithin(first + at + 1, first + at, first + size - 1)
  sketches[first + at] = rank
  sizes[moment] = size
}

/** The smallest ranks of both, each once. */
function mergeInto(sketches: Float64Array, sizes: Uint8Array, into: number, from: number, merged: Float64Array): void {
  const sizeOfInto = sizes[into]!
  const sizeOfFrom = sizes[from]!
  if (sizeOfFrom === 0) return
  let one = into * SKETCH_SIZE
  let other = from * SKETCH_SIZE
  const endOfInto = one + sizeOfInto
  const endOfFrom = other + sizeOfFrom
  let size = 0
  while (size < SKETCH_SIZE && (one < endOfInto || other < endOfFrom)) {
    const left = one < endOfInto ? sketches[one]! : 2
    const right = other < endOfFrom ? sketches[other]! : 2
    merged[size++] = Math.min(left, right)
    if (left <= right) one++
    if (right <= left) other++
  }
  sketches.set(merged.subarray(0, size), into * SKETCH_SIZE)
  sizes[into] = size
}

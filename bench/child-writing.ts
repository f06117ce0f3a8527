import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { openBenchTracker } from './open-bench-tracker.js'

/** What one process says in the end. */
export interface CreatingReport {
  readonly creates: number
  /** The longest that one create took. */
  readonly longestWaitMs: number
  /** The longest that a timer came too late. */
  readonly longestStallMs: number
}

/** When to begin and to end, by `Date.now()`. */
export interface Window {
  readonly from: number
  readonly to: number
}

/** About as long as a create takes. */
const TURN_MS = 0.2

const path = process.argv[2]
const window = new Promise<Window>((resolve) => process.once('message', (message) => resolve(message as Window)))
if (path === undefined) {
  process.send!('ready')
  process.send!(await repeat(await window, compute))
} else {
  const tracker = await openBenchTracker(path)
  process.send!('ready')
  process.send!(await repeat(await window, () => tracker.tasks.create({ title: 'One of many' })))
  await tracker.close()
}
process.disconnect()

async function repeat({ from, to }: Window, work: () => Promise<unknown>): Promise<CreatingReport> {
  await new Promise((resolve) => setTimeout(resolve, from - Date.now()))
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  let creates = 0
  let longestWaitMs = 0
  while (Date.now() < to) {
    const startedAt = performance.now()
    await work()
    longestWaitMs = Math.max(longestWaitMs, performance.now() - startedAt)
    creates++
  }
  delay.disable()
  return { creates, longestWaitMs, longestStallMs: delay.max / 1e6 }
}

/** A turn of the event loop without a file: its stalls are those that the machine makes. */
async function compute(): Promise<void> {
  const startedAt = performance.now()
  while (performance.now() - startedAt < TURN_MS);
  await setImmediate()
}

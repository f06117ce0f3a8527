import { monitorEventLoopDelay } from 'node:perf_hooks'
import { openBenchTracker } from './open-bench-tracker.js'

/** What one process that creates tasks says in the end. */
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

const tracker = await openBenchTracker(process.argv[2]!)
const window = new Promise<Window>((resolve) => process.once('message', (message) => resolve(message as Window)))
process.send!('open')
process.send!(await createUntilTheEnd(await window))
await tracker.close()
process.disconnect()

async function createUntilTheEnd({ from, to }: Window): Promise<CreatingReport> {
  await new Promise((resolve) => setTimeout(resolve, from - Date.now()))
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  let creates = 0
  let longestWaitMs = 0
  while (Date.now() < to) {
    const startedAt = performance.now()
    await tracker.tasks.create({ title: 'One of many' })
    longestWaitMs = Math.max(longestWaitMs, performance.now() - startedAt)
    creates++
  }
  delay.disable()
  return { creates, longestWaitMs, longestStallMs: delay.max / 1e6 }
}

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import type { Tracker } from 'provtrail'
import { openBenchTracker } from './open-bench-tracker.js'

/** What a process does one after another: create tasks, claim and complete them, or only compute. */
export type Work = keyof typeof works

/** What one process says in the end. */
export interface WritingReport {
  /** How often it did its work. */
  readonly times: number
  /** The longest that one of its commands took. */
  readonly longestWaitMs: number
  /** The longest that a timer came too late. */
  readonly longestStallMs: number
}

/** When to begin and to end, by `Date.now()`. */
export interface Window {
  readonly from: number
  readonly to: number
}

type Wait = <Result>(command: () => Promise<Result>) => Promise<Result>

/** About as long as a create takes. */
const TURN_MS = 0.2

const works = {
  async create(tracker: Tracker, wait: Wait): Promise<void> {
    await wait(() => tracker.tasks.create({ title: 'One of many' }))
  },

  async claim(tracker: Tracker, wait: Wait): Promise<void> {
    const claimed = await wait(() => tracker.claims.next())
    if (claimed === null) throw new Error('there is nothing left to claim')
    await wait(() => tracker.claims.complete(claimed.token, { outcome: 'done' }))
  },

  /** A turn of the event loop without a file: its stalls are those that the machine makes. */
  async compute(): Promise<void> {
    const startedAt = performance.now()
    while (performance.now() - startedAt < TURN_MS);
    await setImmediate()
  },
}

const [work, path] = process.argv.slice(2) as [Work, string | undefined]
const window = new Promise<Window>((resolve) => process.once('message', (message) => resolve(message as Window)))
const tracker = await openBenchTracker(path ?? ':memory:')
const { id } = await tracker.agents.registerSoftware({ name: `Process ${process.pid}` })
const own = tracker.as(id)
process.send!('ready')
process.send!(await repeat(await window))
await tracker.close()
process.disconnect()

async function repeat({ from, to }: Window): Promise<WritingReport> {
  await new Promise((resolve) => setTimeout(resolve, from - Date.now()))
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  let times = 0
  let longestWaitMs = 0
  const wait: Wait = async (command) => {
    const startedAt = performance.now()
    const result = await command()
    longestWaitMs = Math.max(longestWaitMs, performance.now() - startedAt)
    return result
  }
  while (Date.now() < to) {
    await works[work](own, wait)
    times++
  }
  delay.disable()
  return { times, longestWaitMs, longestStallMs: delay.max / 1e6 }
}

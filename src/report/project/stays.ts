import { STATUSES, type Status } from '../../vocabulary.js'
import type { TimeInStatus } from './project-report.js'

/** Measures how long tasks stay in each status. */
export class Stays {
  readonly #since: number
  readonly #durations = new Map<Status, number[]>()
  /** Where each task stands that is not closed, and since when. */
  readonly #open = new Map<string, { readonly status: Status; readonly start: number }>()

  /** Counts from `since` on. */
  constructor(since: string | undefined) {
    this.#since = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since)
  }

  /** A task enters a status, and leaves the one in which it was. */
  enter(task: string, status: Status, at: string): void {
    const time = Date.parse(at)
    const stay = this.#open.get(task)
    if (stay !== undefined) this.#count(stay.status, stay.start, time)
    if (status === 'closed') this.#open.delete(task)
    else this.#open.set(task, { status, start: time })
  }

  /** What was measured, in the order of the statuses; stays that still last are measured up to `asOf`. */
  measured(asOf: string | undefined): TimeInStatus[] {
    if (asOf !== undefined) {
      const end = Date.parse(asOf)
      for (const { status, start } of this.#open.values()) this.#count(status, start, end)
      this.#open.clear()
    }
    return STATUSES.flatMap((status) => {
      const durations = this.#durations.get(status)
      if (status === 'closed' || durations === undefined) return []
      const sorted = Float64Array.from(durations).sort()
      return [
        {
          status,
          stays: sorted.length,
          medianMs: medianOf(sorted),
          longestMs: sorted.at(-1)!,
          totalMs: sorted.reduce((total, ms) => total + ms, 0),
        },
      ]
    })
  }

  /** Times may be entered that contradict the order of the log: such a stay took no time. */
  #count(status: Status, start: number, end: number): void {
    if (start < this.#since && end <= this.#since) return
    const duration = Math.max(0, end - Math.max(start, this.#since))
    const durations = this.#durations.get(status)
    if (durations === undefined) this.#durations.set(status, [duration])
    else durations.push(duration)
  }
}

function medianOf(sorted: Float64Array): number {
  const middle = sorted.length / 2
  return Math.round((sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2)
}

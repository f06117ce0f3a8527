import { STATUSES, type Status } from '../../vocabulary.js'
import type { TimeInStatus } from './project-report.js'

interface Stay {
  readonly status: Status
  readonly start: number
}

/** Measures how long tasks stay in each status. */
export class Stays {
  readonly #since: number
  readonly #durations = new Map<Status, number[]>()
  /** Where each task stands that is not closed, and since when. */
  readonly #open = new Map<string, Stay>()

  /** Counts from `since` on. */
  constructor(since: string | undefined) {
    this.#since = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since)
  }

  /** A task enters a status, and leaves the one in which it was. */
  enter(task: string, status: Status, at: string): void {
    const time = Date.parse(at)
    const stay = this.#open.get(task)
    if (stay !== undefined) this.#count(this.#durations, stay, time)
    if (status === 'closed') this.#open.delete(task)
    else this.#open.set(task, { status, start: time })
  }

  /** What was measured, in the order of the statuses; stays that still last are measured up to `asOf`. */
  measured(asOf: string | undefined): TimeInStatus[] {
    const lasting = asOf === undefined ? new Map<Status, number[]>() : this.#lasting(Date.parse(asOf))
    return STATUSES.flatMap((status) => {
      const durations = [...(this.#durations.get(status) ?? []), ...(lasting.get(status) ?? [])]
      if (status === 'closed' || durations.length === 0) return []
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

  /** The stays that have not ended, measured up to a time. */
  #lasting(end: number): Map<Status, number[]> {
    const durations = new Map<Status, number[]>()
    for (const stay of this.#open.values()) this.#count(durations, stay, end)
    return durations
  }

  /** Times may be entered that contradict the order of the log: such a stay took no time. */
  #count(durationsByStatus: Map<Status, number[]>, { status, start }: Stay, end: number): void {
    if (start < this.#since && end <= this.#since) return
    const duration = Math.max(0, end - Math.max(start, this.#since))
    const durations = durationsByStatus.get(status)
    if (durations === undefined) durationsByStatus.set(status, [duration])
    else durations.push(duration)
  }
}

function medianOf(sorted: Float64Array): number {
  const middle = sorted.length / 2
  return Math.round((sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2)
}

import { realpathSync } from 'node:fs'

/** The latest time that was seen: a clock that jumps backwards revives no lease. ISO times of one form sort as texts. */
export class LeaseClock {
  #latest = ''

  /** `time`, or the latest one seen if that is later. */
  see(time: string): string {
    if (time > this.#latest) this.#latest = time
    return this.#latest
  }
}

const clocks = new WeakMap<() => number, Map<string, LeaseClock>>()

/**
 * The one clock of all trackers of a process that are open on a file, by whatever path, and tell the time alike. The secret
 * tells the file from one that was there before.
 */
export function leaseClockOf(path: string, secret: string, now: () => number): LeaseClock {
  // Two records in memory have nothing to do with one another.
  if (path === ':memory:') return new LeaseClock()
  const byFile = clocks.get(now) ?? new Map<string, LeaseClock>()
  clocks.set(now, byFile)
  const file = `${realpathSync(path)} ${secret}`
  const clock = byFile.get(file) ?? new LeaseClock()
  byFile.set(file, clock)
  return clock
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEPS = [1, 5, 15, 30]
  .map((n) => n * MINUTE)
  .concat(
    [1, 3, 6, 12].map((n) => n * HOUR),
    [1, 2, 7, 14, 28, 91, 182, 364, 728, 1820, 3640].map((n) => n * DAY),
  )
const MOST_TICKS = 7

/** A mark on the axis: where it is, in percent of the width, and what stands there. */
export interface Tick {
  readonly at: number
  readonly label: string
}

/** A straight axis of time, from the first to the last of what it shows. */
export class TimeAxis {
  readonly #from: number
  readonly #length: number

  constructor(from: number, to: number) {
    this.#from = from
    this.#length = Math.max(to - from, MINUTE)
  }

  /** Where a time is, in percent of the width, to a hundredth. */
  at(ms: number): number {
    return Math.round(((ms - this.#from) / this.#length) * 10_000) / 100
  }

  /** Round times at even distances, with their days where these change. */
  ticks(): readonly Tick[] {
    const step = STEPS.find((candidate) => this.#length / candidate <= MOST_TICKS) ?? STEPS.at(-1)! * 10
    const ticks: Tick[] = []
    let day = ''
    for (let ms = Math.ceil(this.#from / step) * step; ms <= this.#from + this.#length; ms += step) {
      const at = this.at(ms)
      if (at > 97) break
      const iso = new Date(ms).toISOString()
      const isNewDay = iso.slice(0, 10) !== day
      day = iso.slice(0, 10)
      ticks.push({ at, label: step >= DAY ? day : isNewDay ? `${day} ${iso.slice(11, 16)}` : iso.slice(11, 16) })
    }
    return ticks
  }
}

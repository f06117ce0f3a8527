/** A clock that stands still until it is moved, forward or back. */
export class HandClock {
  time: number

  constructor(start = '2026-01-05T09:00:00.000Z') {
    this.time = Date.parse(start)
  }

  readonly now = (): number => this.time

  move(ms: number): void {
    this.time += ms
  }

  /** The time so many milliseconds from now, as records write it. */
  in(ms: number): string {
    return new Date(this.time + ms).toISOString()
  }
}

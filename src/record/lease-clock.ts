/** The latest time that was seen: a clock that jumps backwards revives no lease. ISO times of one form sort as texts. */
export class LeaseClock {
  #latest = ''

  /** `time`, or the latest one seen if that is later. */
  see(time: string): string {
    if (time > this.#latest) this.#latest = time
    return this.#latest
  }
}

import { setImmediate } from 'node:timers/promises'

/** How long work may go on before timers and I/O get a turn. */
const TURN_MS = 10

/**
 * Gives the event loop a turn every so often.
 *
 * Work on the embedded store consists of promises that are settled already: without this, a loop of awaited commands
 * would never let a timer fire.
 */
export class Pacer {
  #turnedAt = performance.now()

  /** Whether a turn is due; ask before awaiting `turn`, where the loop is tight. */
  get due(): boolean {
    return performance.now() - this.#turnedAt >= TURN_MS
  }

  async turn(): Promise<void> {
    if (!this.due) return
    await setImmediate()
    this.#turnedAt = performance.now()
  }
}

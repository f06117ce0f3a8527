import { setTimeout } from 'node:timers/promises'
import { FileLockedError } from '../errors.js'
import { isBusy, translateError } from './sqlite-errors.js'

/** Far longer than a transaction lasts by default: whoever holds the lock for this long is not waiting for us. */
const PATIENCE_MS = 60_000
/** Flat jitter: backing off would starve whoever has waited longest. */
const JITTER_MS = 16

/** Repeats `attempt` until no other connection is in the way, by timers, so that the event loop goes on. */
export async function untilNotBusy<T>(path: string, attempt: () => T): Promise<T> {
  const startedAt = performance.now()
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error)) throw translateError(error, path)
      const waitedMs = Math.round(performance.now() - startedAt)
      if (waitedMs > PATIENCE_MS) throw new FileLockedError(path, waitedMs, error)
      await setTimeout(Math.random() * JITTER_MS)
    }
  }
}

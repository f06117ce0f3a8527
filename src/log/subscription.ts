import type { Watch } from '../store/store.js'
import type { LogEvent } from './event.js'

const PAGE = 100

/** Where a subscription reads events from. */
export interface EventFeed {
  /** The first so many events after this one. */
  read(after: number, limit: number): Promise<readonly LogEvent[]>
  watch(): Watch
}

/** The events after one, and those that are committed later, until it is ended. */
export class Subscription implements AsyncIterableIterator<LogEvent> {
  readonly #feed: EventFeed
  readonly #signal: AbortSignal | undefined
  readonly #abort = (): void => this.#end()
  /** What was read and not asked for yet: one page at most. */
  #page: LogEvent[] = []
  #after: number
  /** Whether there may be more than what was read. */
  #mayHaveMore = true
  #watch: Watch | undefined
  #ended = false
  #last: Promise<unknown> = Promise.resolve()

  constructor(feed: EventFeed, after: number, signal: AbortSignal | undefined) {
    this.#feed = feed
    this.#after = after
    this.#signal = signal
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<LogEvent> {
    return this
  }

  /** Calls that are made before others have settled are answered in their order. */
  next(): Promise<IteratorResult<LogEvent, undefined>> {
    const result = this.#last.then(() => this.#next())
    this.#last = result.catch(() => undefined)
    return result
  }

  /** Ends it at once, also for a call of `next` that waits. */
  async return(): Promise<IteratorResult<LogEvent, undefined>> {
    this.#end()
    return { done: true, value: undefined }
  }

  async #next(): Promise<IteratorResult<LogEvent, undefined>> {
    try {
      while (this.#begin() && this.#page.length === 0) {
        if (this.#mayHaveMore) await this.#read()
        else if (await this.#watch!.next()) this.#mayHaveMore = true
        else this.#end()
      }
    } catch (error) {
      const isClosed = this.#ended || this.#watch?.closed === true
      this.#end()
      // Where it was ended while something was read, what became of that is of no concern.
      if (!isClosed) throw error
    }
    const value = this.#ended ? undefined : this.#page.shift()
    return value === undefined ? { done: true, value: undefined } : { done: false, value }
  }

  /** Whether it goes on; the first time it begins to watch, before anything is read. */
  #begin(): boolean {
    if (this.#signal?.aborted === true || this.#watch?.closed === true) this.#end()
    if (this.#ended) return false
    if (this.#watch === undefined) {
      this.#watch = this.#feed.watch()
      this.#signal?.addEventListener('abort', this.#abort, { once: true })
    }
    return true
  }

  async #read(): Promise<void> {
    const events = await this.#feed.read(this.#after, PAGE)
    this.#page = [...events]
    this.#after = events.at(-1)?.seq ?? this.#after
    this.#mayHaveMore = events.length === PAGE
  }

  #end(): void {
    this.#ended = true
    this.#page = []
    this.#watch?.close()
    this.#signal?.removeEventListener('abort', this.#abort)
  }
}

import type { AgentId, NodeId } from '../ids.js'
import type { Page } from '../page.js'
import type { EventType, LogEvent, LogHead, Verification } from './event.js'

/** Which events. */
export interface EventFilter {
  /** Those after this `seq`. */
  readonly after?: number
  /** 1 to 1,000; 100 unless told. */
  readonly limit?: number
  readonly cursor?: string
  readonly subject?: NodeId | string
  readonly actor?: AgentId
  readonly type?: EventType | readonly EventType[]
}

/** What `log.verify` checks besides the chain. */
export interface VerifyOptions {
  /** Compare the state tables with a replay of the log. */
  readonly state?: boolean
  /** A head noted earlier: it must still be in the log, so that a tail that was cut off is found. */
  readonly expect?: LogHead
}

/** The log: every event since the file was made. */
export interface Log {
  /** Events in the order of `seq`. */
  events(filter?: EventFilter): Promise<Page<LogEvent>>
  head(): Promise<LogHead>
  /** Whether the log is as it was written: gapless, each event's digests right, each one chained to the one before. */
  verify(options?: VerifyOptions): Promise<Verification>
  /** Empties the state tables and fills them again from the log. Resolves to the number of events replayed. */
  rebuild(): Promise<number>
  /**
   * Erases the data of one event for good, in the log and in the state; the chain still holds.
   *
   * What is left are the envelope and the fields without free text, which the event `log.redacted` keeps, so that a
   * replay still gives a whole record. Erased texts read `[redacted]`.
   *
   * @throws {EventNotFoundError} no event has this number.
   */
  redact(seq: number, options: { readonly reason: string }): Promise<LogEvent>
}

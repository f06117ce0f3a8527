import type { ActivityId, AgentId, NodeId } from '../ids.js'
import type { Page, PageOptions } from '../page.js'
import type { EventType, LogEvent, LogHead, Verification } from './event.js'

/** What `log.events` takes: every field that is given must match. */
export interface EventListOptions extends PageOptions {
  /** Those after this `seq`. */
  readonly after?: number
  /** As in `LogEvent`: an id, the namespace of the file, or what a redaction is about. */
  readonly subject?: NodeId | string | readonly (NodeId | string)[]
  readonly actor?: AgentId | readonly AgentId[]
  /** Those within one of these activities; what is about an activity has it as its subject. */
  readonly activity?: ActivityId | readonly ActivityId[]
  readonly type?: EventType | readonly EventType[]
  /** 1 to 1,000 events; 100 unless told. */
  readonly limit?: number
}

/** What `log.verify` checks besides the chain. */
export interface VerifyOptions {
  /** Compare the state tables with a replay of the log, which takes as long as the log is long. */
  readonly state?: boolean
  /** A head noted earlier: it must still be in the log, so that a tail that was cut off is found. */
  readonly expect?: LogHead
}

/** The log: every event since the file was made. It is no part of a transaction; failures are those of `Groups`. */
export interface Log {
  /**
   * Events in the order of `seq`.
   *
   * @throws {UnreadableEventError} one of them was changed from outside, or written by a newer version.
   */
  events(options?: EventListOptions): Promise<Page<LogEvent>>
  head(): Promise<LogHead>
  /**
   * Whether the log is as it was written: gapless, each event's digests right, each one chained to the one before, and
   * data missing only where a redaction says so. Reads one snapshot; others read and write meanwhile.
   */
  verify(options?: VerifyOptions): Promise<Verification>
  /**
   * Empties the state tables and fills them again from the log. Resolves to the number of events replayed.
   *
   * It takes as long as the log is long and holds the write lock meanwhile: writers of other processes wait, and give
   * up with `FileLockedError` after a minute. Readers see the former state until it is done.
   *
   * @throws {UnreadableEventError} an event cannot be replayed; the state is left as it was.
   */
  rebuild(): Promise<number>
  /**
   * Erases the data of one event, in the log and in the state; the chain still holds. Resolves to what is left of the
   * event. One that was erased before is left as it is.
   *
   * What stays are the envelope and the fields without free text, which the event `log.redacted` keeps, so that a
   * replay still gives a whole record. Erased texts read `[redacted]`. Where the event has an `inputDigest`, whoever
   * has the file can check a guess of the whole input against it.
   *
   * It rebuilds the state, holding the write lock as `rebuild` does. The text is gone from the file once nobody reads
   * an older state; this waits one second for that, and then resolves all the same. Copies of the file keep the text.
   *
   * @throws {EventNotFoundError} no event has this number.
   * @throws {UnreadableEventError} an event cannot be replayed; nothing was erased.
   */
  redact(seq: number, options: { readonly reason: string }): Promise<LogEvent>
}

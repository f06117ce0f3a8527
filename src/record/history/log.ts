import type { ActivityId, AgentId, NodeId, TaskId } from '../../ids.js'
import type { EventType, LogEvent, LogHead, Verification } from '../../log/event.js'
import type { SealKey } from '../../log/seal.js'
import type { LogSource } from '../../log/split-lines.js'
import type { Page, PageOptions } from '../../page.js'
import type { Activity } from '../activities/activity.js'
import type { Agent } from '../agents/agent.js'
import type { Artifact } from '../artifacts/artifact.js'
import type { Run } from '../claims/claim.js'
import type { ContractVersion } from '../contracts/contract.js'
import type { Evidence } from '../evidence/evidence.js'
import type { Decision, Learning } from '../knowledge/knowledge.js'
import type { Relation } from '../relations/relation.js'
import type { Review } from '../reviews/review.js'
import type { Comment, Task } from '../tasks/task.js'

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
  /**
   * The public half of an Ed25519 key that seals the log: every seal of it must be right, and there must be one, so that
   * a log is found that was written anew as a whole. A private key serves too.
   */
  readonly publicKey?: SealKey
}

/** A seal: what was signed, and with which key. */
export interface Seal extends LogHead {
  /** SHA-256 of the public key (SPKI, DER) in hexadecimal digits. */
  readonly keyId: string
  readonly sealedAt: string
}

/** Which part of a record `log.snapshot` takes. */
export interface SnapshotOptions {
  /** Only nodes of this namespace, and the relations that begin or end at one; all unless told. */
  readonly namespace?: string
}

/** What a record says: every node, in the order in which they were made, and the relations by their two ends. */
export interface RecordState {
  readonly agents: readonly Agent[]
  readonly tasks: readonly Task[]
  readonly activities: readonly Activity[]
  readonly artifacts: readonly Artifact[]
  readonly comments: readonly Comment[]
  /** The contracts of tasks, in every version that they had. */
  readonly contracts: readonly ContractVersion[]
  /** The attempts at tasks, as `runs.list` has them. */
  readonly runs: readonly Run[]
  readonly reviews: readonly Review[]
  readonly evidence: readonly Evidence[]
  /** Decisions and learnings. */
  readonly knowledge: readonly (Decision | Learning)[]
  readonly relations: readonly Relation[]
}

/** A consistent cut through a record: nothing of it is older or newer than `seq`. */
export interface LogSnapshot {
  readonly state: RecordState
  /** The tasks that are ready at `capturedAt`, in the order of `tasks.ready`. */
  readonly ready: readonly TaskId[]
  readonly capturedAt: string
  /** The last event that it knows of; `log.subscribe({ after: seq })` goes on from there. */
  readonly seq: number
  /**
   * SHA-256 over the canonical JSON (RFC 8785) of `{ namespace, state }`, the namespace being the one asked for, or `null`.
   *
   * The same for the same state, wherever and whenever it is captured: time, `ready`, which turns on the time, and `seq`
   * have no part in it.
   */
  readonly digest: string
}

/** What `log.exportEvents` takes. */
export interface ExportEventsOptions {
  /** Those after this `seq`: what a file that has the ones before does not know yet. */
  readonly after?: number
}

/** What `log.importEvents` has done. */
export interface LogImport {
  /** Events in the source. */
  readonly read: number
  /** Those of them that were new. */
  readonly written: number
  /** How far the log goes now. */
  readonly head: LogHead
}

/** What `log.subscribe` takes. */
export interface SubscribeOptions {
  /** The last event that was dealt with; from the first event on unless told. */
  readonly after?: number
  /** Ends the subscription once it is aborted. */
  readonly signal?: AbortSignal
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
  /**
   * Signs the head of the log, and with it all before it: an event `log.sealed` says so, right after the event that it
   * seals. From then on `verify({ publicKey })` finds it when the log is written anew as a whole, which nobody can sign
   * again without the key. Resolves to what was sealed.
   *
   * Where the log ends with a seal of the same key, which is right, that one is given back and nothing is written.
   *
   * @throws {InvalidInputError} it is no Ed25519 private key in PEM or as a `KeyObject`; nothing of it is repeated.
   * @throws {EmptyLogError} there is nothing to seal.
   */
  seal(options: { readonly privateKey: SealKey }): Promise<Seal>
  /**
   * The state of the record and what is ready, from one reading: others write meanwhile and do not show. All of it is
   * held in memory.
   */
  snapshot(options?: SnapshotOptions): Promise<LogSnapshot>
  /**
   * The log as JSON Lines, for `importEvents` of another file: a line that says what it is and how far it goes, then one
   * event a line, in canonical JSON (RFC 8785), whatever was erased left out.
   *
   * Everything is read from one snapshot, which is taken when the first piece is asked for and let go of after the last
   * one, or as soon as the consumer stops. What the file keeps beside its log, the secret that tokens are made with
   * among it, is no part of it.
   *
   * @throws {InvalidInputError} at once: an option is not as it should be; with the first piece: `after` is beyond the end
   * of the log.
   */
  exportEvents(options?: ExportEventsOptions): AsyncGenerator<string, void, undefined>
  /**
   * Replicates what `exportEvents` of another file wrote: afterwards this file has the same events, with their digests
   * and times, and the same state. Events that it has already are compared, and left as they are; data that was erased
   * there is erased here too, in the log, in the state and in the file, as `redact` does.
   *
   * Every line is checked before anything is committed, and all is one transaction: it holds the write lock until the
   * source is at its end, so that what comes slowly is best put in a file first. A replica should have no writer of its
   * own: an event that only one of two files has parts them for good. A vocabulary that the log defines becomes that of
   * this tracker; trackers of other processes that have opened the file while it was empty must be opened anew. Claims
   * are copied, their tokens are good in the file alone that gave them.
   *
   * What the source itself throws passes through, and nothing is written.
   *
   * @throws {LogImportError} a line is not as it was exported, is missing, or cannot be replayed.
   * @throws {LogDivergedError} the two logs say different things.
   * @throws {LogGapError} the export begins after the end of this log.
   * @throws {LogNamespaceError} it is the log of a file with another namespace.
   */
  importEvents(source: LogSource): Promise<LogImport>
  /**
   * The events of the log and, as soon as they are committed, those that follow, by whichever process: none twice and
   * none left out. Keep the `seq` of the last one that was dealt with, and begin with it as `after` the next time.
   *
   * A consumer that is slow lets nothing pile up: events are read as they are asked for. It ends, as a loop that is
   * through, when `signal` is aborted, at `return()` (leaving a `for await` calls it) and when the tracker is closed; what
   * was not asked for by then stays in the log. Only a call of `next` that waits keeps the process alive.
   *
   * @throws {InvalidInputError} at once: an option is not as it should be.
   * @throws {UnreadableEventError} with the next event: it was changed from outside, or written by a newer version.
   */
  subscribe(options?: SubscribeOptions): AsyncIterableIterator<LogEvent>
}

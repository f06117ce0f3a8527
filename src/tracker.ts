/// <reference lib="esnext.disposable" preserve="true" />
import { InvalidInputError } from './errors.js'
import type { ActivityId, AgentId } from './ids.js'
import type { ModelRegistry } from './models/registry.js'
import type { Activities } from './record/activities/activity.js'
import type { Agents } from './record/agents/agent.js'
import type { Artifacts } from './record/artifacts/artifact.js'
import type { Claims, Runs } from './record/claims/claim.js'
import type { ReadContext } from './record/context/context.js'
import type { Contracts } from './record/contracts/contract.js'
import type { EvidenceGroup } from './record/evidence/evidence.js'
import type { Log } from './record/history/log.js'
import type { Decisions, Knowledge, Learnings } from './record/knowledge/knowledge.js'
import type { Relations } from './record/relations/relation.js'
import type { Reviews } from './record/reviews/review.js'
import { refuseInsideTransaction } from './record/runner.js'
import type { Tasks } from './record/tasks/task.js'
import type { Snapshot, Store } from './store/store.js'
import type { Vocabulary } from './vocabulary.js'

/**
 * Commands and queries on one record, by one actor and, where one is named, within one activity.
 *
 * Times come out in ISO 8601, in UTC with milliseconds (`2026-01-05T09:00:00.000Z`), and may go in with any zone.
 *
 * A method names the failures of its own. Besides them, each may reject with
 *
 * - `InvalidInputError`: an argument is not as it should be
 * - `NotFoundError`: a node that it is about does not exist, or is of another kind; a filter may name any id
 * - `TrackerClosedError`, or `TransactionClosedError` on the tracker of a transaction that is over
 * - `TrackerInTransactionError`: the outer tracker was used inside of `transaction`
 * - `FileLockedError`, `DiskFullError`, `CorruptFileError`, `UnreadableEventError`, `StorageError`: the file fails
 *
 * and each command with
 *
 * - `ReadOnlyError`: the tracker was opened with `readOnly`, or the file is write-protected
 * - `NotFoundError`: the actor is no agent of the record, or what it acts within no activity of it
 * - `IdempotencyConflictError` and, with `expectedRevision`, `StaleRevisionError`
 */
export interface Groups {
  readonly tasks: Tasks
  readonly relations: Relations
  readonly agents: Agents
  readonly activities: Activities
  readonly artifacts: Artifacts
  readonly claims: Claims
  readonly runs: Runs
  readonly contracts: Contracts
  readonly reviews: Reviews
  readonly evidence: EvidenceGroup
  readonly decisions: Decisions
  readonly learnings: Learnings
  readonly knowledge: Knowledge
  readonly context: ReadContext
}

/** What `transaction` passes to its callback: everything that can be part of one commit. */
export interface TransactionTracker extends Groups {
  /** The same transaction, with another actor; the activity stays. */
  as(actor: AgentId): TransactionTracker
  /** The same transaction, within an activity, which may be one that it has begun itself; the actor stays. */
  within(activity: ActivityId): TransactionTracker
}

/** A record of work in one file. */
export interface Tracker extends Groups, AsyncDisposable {
  /** Absolute, or `:memory:`. */
  readonly path: string
  /** Where nodes go that are made without a namespace; fixed when the file was made. */
  readonly namespace: string
  /** The phases, roles, task types and stop reasons of the file. */
  readonly vocabulary: Vocabulary
  /** The models that ML agents may name. */
  readonly models: ModelRegistry
  readonly log: Log
  /**
   * The same record, with another actor: every event names who brought it about. The activity stays. Closing either
   * closes both.
   *
   * @throws {InvalidInputError} the text is no id. Whether such an agent exists is checked by each command.
   */
  as(actor: AgentId): Tracker
  /**
   * The same record, within an activity: every event of its commands names the activity as its circumstances. The actor
   * stays, and need not be the agent of the activity. Closing either closes both.
   *
   * The activity may have ended: what is entered late is still known to belong to it. It is no part of what
   * `idempotencyKey` compares, so that a command which is repeated within another activity gives its first result.
   *
   * @throws {InvalidInputError} the text is no id. Whether such an activity exists is checked by each command.
   */
  within(activity: ActivityId): Tracker
  /**
   * All or nothing: what `work` does with the tracker that it is passed is committed at once when it resolves, and
   * nothing of it when it rejects. Resolves to what `work` returns; rejects with what it throws.
   *
   * It holds the only write lock of the file meanwhile, so it has a deadline, `transactionTimeoutMs`. A command that
   * was refused has written nothing: `work` may catch that and go on.
   *
   * @throws {TransactionClosedError} the deadline passed, and all was rolled back.
   * @throws {TrackerInTransactionError} a transaction on the same file is open in the same call.
   * @throws {ReadOnlyError} the tracker was opened with `readOnly`.
   */
  transaction<Result>(work: (t: TransactionTracker) => Promise<Result>): Promise<Result>
  /**
   * Waits for what was begun, then lets go of the file. May be called twice.
   *
   * @throws {TrackerInTransactionError} it is called inside of `transaction`, which it would wait for.
   */
  close(): Promise<void>
}

const storesByTracker = new WeakMap<Tracker, Store>()
const clocksByTracker = new WeakMap<Tracker, () => string>()

/** Remembers where the record of a tracker is kept, and its clock. */
export function noteStore(tracker: Tracker, store: Store, clock: () => string): void {
  storesByTracker.set(tracker, store)
  clocksByTracker.set(tracker, clock)
}

/** What time it is by the clock of a tracker, for what is built beside it. */
export function timeOf(tracker: Tracker, operation: string): string {
  requireTracker(tracker, operation)
  return clocksByTracker.get(tracker)!()
}

/** A consistent reading of the whole record, for what is built beside the tracker, until it is closed. */
export async function snapshotOf(tracker: Tracker, operation: string): Promise<Snapshot> {
  return requireTracker(tracker, operation).snapshot()
}

/** The store of what a function is called with, which must be a whole tracker, and not that of a transaction. */
export function requireTracker(tracker: Tracker, operation: string): Store {
  const store = storesByTracker.get(tracker)
  if (store === undefined) {
    throw new InvalidInputError(operation, [
      { field: 'tracker', message: 'expected what openTracker resolved to; a transaction must be over before' },
    ])
  }
  refuseInsideTransaction(operation, store, 'Call it when the transaction is over.')
  return store
}

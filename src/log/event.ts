import type { ActivityId, AgentId, NodeId } from '../ids.js'
import type { Json } from '../json.js'

/** The digest that the first event follows: 64 zeros. */
export const ZERO_DIGEST = '0'.repeat(64)

/** The types of event, and with each the number of the layout of its data. */
export const EVENT_VERSIONS = {
  'activity.ended': 1,
  'activity.started': 1,
  'agent.registered': 1,
  'agent.updated': 1,
  'artifact.added': 1,
  'claim.acquired': 1,
  'claim.completed': 1,
  'claim.expired': 1,
  'claim.released': 1,
  'claim.renewed': 1,
  'claim.reset': 1,
  'comment.added': 1,
  'contract.revised': 1,
  'decision.recorded': 1,
  'evidence.added': 1,
  'label.added': 1,
  'label.removed': 1,
  'learning.recorded': 1,
  'log.redacted': 1,
  'log.sealed': 1,
  'relation.added': 1,
  'relation.removed': 1,
  'review.recorded': 1,
  'task.closed': 1,
  'task.created': 1,
  'task.held': 1,
  'task.reopened': 1,
  'task.unheld': 1,
  'task.updated': 1,
  'vocabulary.defined': 1,
} as const

/** What happened. */
export type EventType = keyof typeof EVENT_VERSIONS

/** The data of an event: a JSON object. */
export type EventData = { readonly [key: string]: Json }

/** One entry of the log. */
export interface LogEvent {
  /** Its place in the log: 1, 2, 3 … without a gap. The only order there is. */
  readonly seq: number
  /** A uuid, from the option `newUuid`. */
  readonly id: string
  /** Version of the layout of `data`. */
  readonly version: number
  readonly type: EventType
  /** The node that it is about; the file's namespace for the file itself, and `namespace#seq` for an event erased. */
  readonly subject: NodeId | string
  /** The agent that brought it about. */
  readonly actor: AgentId
  /** The activity within which it was brought about, where the caller named one: `within`, `activities.during`. */
  readonly activity?: ActivityId
  /** When it was so. */
  readonly at: string
  /** When it was written down; differs from `at` for what was imported or entered later. */
  readonly recordedAt: string
  /** The same for all events of one transaction: the id of the first of them. */
  readonly transaction: string
  readonly idempotencyKey?: string
  /** SHA-256 over the idempotency key, the command, its actor and its input; only beside an idempotency key. */
  readonly inputDigest?: string
  /** Absent once it has been erased by `log.redact`. */
  readonly data?: EventData
  /** Goes with `data`. */
  readonly salt?: string
  /** SHA-256 over `salt` and the canonical JSON (RFC 8785) of `data`. */
  readonly dataDigest: string
  /** The `digest` of the event before; 64 zeros for the first. */
  readonly previousDigest: string
  /** SHA-256 over the canonical JSON of the other fields, without `data` and `salt`. */
  readonly digest: string
}

/** How far the log goes: `{ seq: 0, digest: '00…' }` when it is empty. */
export interface LogHead {
  readonly seq: number
  readonly digest: string
}

/**
 * What a verification found: `checked` events, or a flaw.
 *
 * `sealed` is there where a `publicKey` was given: the last event that a seal of that key vouches for, with all before it.
 * What came after it is chained to it, and whoever can write to the file could have written it anew.
 *
 * `seq` is the event that is not as it was written, or is missing; for a log without a seal of the key, the one after
 * the last. Where a sealed event has another digest than its seal says, it or one before it was written anew. For an odd
 * row of the state it is the event that made the relation or node of that row, and for the vocabulary the head of the
 * log. It is 0 where `expect` has the `seq` 0 and a digest that is not 64 zeros.
 */
export type Verification =
  | { readonly ok: true; readonly checked: number; readonly sealed?: number }
  | { readonly ok: false; readonly seq: number; readonly reason: string }

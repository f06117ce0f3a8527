import type { AgentId, NodeId } from '../ids.js'
import type { Json } from '../json.js'

/** The digest that the first event follows: 64 zeros. */
export const ZERO_DIGEST = '0'.repeat(64)

/** The types of event, and with each the number of the layout of its data. */
export const EVENT_VERSIONS = {
  'activity.ended': 1,
  'activity.started': 1,
  'agent.registered': 1,
  'artifact.added': 1,
  'comment.added': 1,
  'label.added': 1,
  'label.removed': 1,
  'log.redacted': 1,
  'relation.added': 1,
  'relation.removed': 1,
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
  readonly id: string
  /** Version of the layout of `data`. */
  readonly version: number
  readonly type: EventType
  /** The node that it is about; the namespace of the file for events about the file itself. */
  readonly subject: NodeId | string
  /** The agent that brought it about. */
  readonly actor: AgentId
  /** When it was so. */
  readonly at: string
  /** When it was written down; differs from `at` for what was imported or entered later. */
  readonly recordedAt: string
  /** The same for all events of one transaction: the id of the first of them. */
  readonly transaction: string
  readonly idempotencyKey?: string
  readonly inputDigest?: string
  /** Absent once it has been erased by `log.redact`. */
  readonly data?: EventData
  readonly salt?: string
  readonly dataDigest: string
  readonly previousDigest: string
  readonly digest: string
}

/** How far the log goes: `{ seq: 0, digest: '00…' }` when it is empty. */
export interface LogHead {
  readonly seq: number
  readonly digest: string
}

/** What a verification found: `seq` is the first event that is not as it was written. */
export type Verification =
  | { readonly ok: true; readonly checked: number }
  | { readonly ok: false; readonly seq: number; readonly reason: string }

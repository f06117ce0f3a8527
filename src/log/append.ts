import type { ActivityId, AgentId, NodeId } from '../ids.js'
import { canonicalJson } from '../json.js'
import type { Writer } from '../store/store.js'
import { dataDigestOf, digestOf } from './chain.js'
import { EVENT_VERSIONS, type EventData, type EventType, type LogHead } from './event.js'
import { insertEvent, readHead } from './event-row.js'
import type { ReadableEvent } from './read-events.js'

/** What a command decided: an event that is not in the log yet. */
export interface NewEvent {
  readonly type: EventType
  readonly subject: NodeId | string
  readonly data: EventData
  /** When it was so, where that is not when the command says. */
  readonly at?: string
}

/** What the events of one command have in common. */
export interface Envelope {
  readonly actor: AgentId
  readonly activity?: ActivityId
  readonly at: string
  readonly recordedAt: string
  readonly idempotencyKey?: string
  readonly inputDigest?: string
}

/** Where an event takes its id and its salt from. */
export interface EventSource {
  uuid(): string
  salt(): string
}

/**
 * Chains one event to the end of the log. The caller holds the write lock.
 *
 * `transaction` is the id of the first event of the transaction, where there is one already.
 */
export async function append(
  writer: Writer,
  source: EventSource,
  event: NewEvent,
  envelope: Envelope,
  transaction: string | undefined,
): Promise<ReadableEvent> {
  const head = headByTransaction.get(writer.transaction) ?? (await readHead(writer))
  const id = source.uuid()
  const salt = source.salt()
  const data = canonicalJson(event.data)
  const row = {
    seq: head.seq + 1,
    id,
    version: EVENT_VERSIONS[event.type],
    type: event.type,
    subject: event.subject,
    actor: envelope.actor,
    activity: envelope.activity ?? null,
    at: event.at ?? envelope.at,
    recorded_at: envelope.recordedAt,
    transaction: transaction ?? id,
    idempotency_key: envelope.idempotencyKey ?? null,
    input_digest: envelope.inputDigest ?? null,
    data,
    salt,
    data_digest: dataDigestOf(salt, data),
    previous_digest: head.digest,
    digest: '',
  }
  row.digest = digestOf(row)
  await insertEvent(writer, row)
  headByTransaction.set(writer.transaction, row)
  // As toEvent would read it back, field by field: this is the quickest way, and every write goes it.
  return {
    seq: row.seq,
    id,
    version: row.version,
    type: event.type,
    subject: row.subject,
    actor: row.actor,
    activity: envelope.activity,
    at: row.at,
    recordedAt: row.recorded_at,
    transaction: row.transaction,
    idempotencyKey: envelope.idempotencyKey,
    inputDigest: envelope.inputDigest,
    dataDigest: row.data_digest,
    previousDigest: row.previous_digest,
    data: event.data,
    salt,
    digest: row.digest,
  }
}

/** How far the log goes in a transaction that has written to it; what was rolled back is forgotten with it. */
const headByTransaction = new WeakMap<object, LogHead>()

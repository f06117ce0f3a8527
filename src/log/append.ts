import type { AgentId, NodeId } from '../ids.js'
import { canonicalJson } from '../json.js'
import type { Writer } from '../store/store.js'
import { dataDigestOf, digestOf } from './chain.js'
import { EVENT_VERSIONS, type EventData, type EventType, type LogEvent } from './event.js'
import { EVENT_COLUMNS, readHead } from './event-row.js'

/** What a command decided: an event that is not in the log yet. */
export interface NewEvent {
  readonly type: EventType
  readonly subject: NodeId | string
  readonly data: EventData
}

/** What the events of one command have in common. */
export interface Envelope {
  readonly actor: AgentId
  readonly at: string
  readonly recordedAt: string
  /** The id of the first event of the transaction, where there was one before. */
  readonly transaction: string | undefined
  readonly idempotencyKey?: string
  readonly inputDigest?: string
}

/** Where an event takes its id and its salt from. */
export interface EventSource {
  uuid(): string
  salt(): string
}

const INSERT = `INSERT INTO events (${EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** Chains one event to the end of the log. The caller holds the write lock. */
export async function append(
  writer: Writer,
  source: EventSource,
  event: NewEvent,
  envelope: Envelope,
): Promise<LogEvent & { readonly data: EventData }> {
  const head = await readHead(writer)
  const id = source.uuid()
  const salt = source.salt()
  const data = canonicalJson(event.data)
  const unsigned = {
    seq: head.seq + 1,
    id,
    version: EVENT_VERSIONS[event.type],
    type: event.type,
    subject: event.subject,
    actor: envelope.actor,
    at: envelope.at,
    recordedAt: envelope.recordedAt,
    transaction: envelope.transaction ?? id,
    idempotencyKey: envelope.idempotencyKey,
    inputDigest: envelope.inputDigest,
    dataDigest: dataDigestOf(salt, data),
    previousDigest: head.digest,
  }
  const digest = digestOf(unsigned)
  await writer.run(
    INSERT,
    unsigned.seq,
    id,
    unsigned.version,
    unsigned.type,
    unsigned.subject,
    unsigned.actor,
    unsigned.at,
    unsigned.recordedAt,
    unsigned.transaction,
    envelope.idempotencyKey ?? null,
    envelope.inputDigest ?? null,
    data,
    salt,
    unsigned.dataDigest,
    unsigned.previousDigest,
    digest,
  )
  return { ...unsigned, data: event.data, salt, digest }
}

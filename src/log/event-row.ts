import { UnreadableEventError } from '../errors.js'
import type { ActivityId, AgentId } from '../ids.js'
import type { Awaitable, Reader, SqlValue, Writer } from '../store/store.js'
import { EVENT_VERSIONS, type EventData, type EventType, type LogEvent, type LogHead, ZERO_DIGEST } from './event.js'

/** One row of `events`. */
export interface EventRow {
  readonly seq: number
  readonly id: string
  readonly version: number
  readonly type: string
  readonly subject: string
  readonly actor: string
  readonly activity: string | null
  readonly at: string
  readonly recorded_at: string
  readonly transaction: string
  readonly idempotency_key: string | null
  readonly input_digest: string | null
  readonly data: string | null
  readonly salt: string | null
  readonly data_digest: string
  readonly previous_digest: string
  readonly digest: string
}

/** The columns of an event row, in the order of the schema. */
export const EVENT_COLUMNS = `seq, id, version, type, subject, actor, activity, at, recorded_at, "transaction",
  idempotency_key, input_digest, data, salt, data_digest, previous_digest, digest`

const INSERT = `INSERT INTO events (${EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** Adds a row at the end of the log. */
export function insertEvent(writer: Writer, row: EventRow): Awaitable<void> {
  return writer.run(
    INSERT,
    row.seq,
    row.id,
    row.version,
    row.type,
    row.subject,
    row.actor,
    row.activity,
    row.at,
    row.recorded_at,
    row.transaction,
    row.idempotency_key,
    row.input_digest,
    row.data,
    row.salt,
    row.data_digest,
    row.previous_digest,
    row.digest,
  )
}

/** The row whose columns have these values, in the order of `EVENT_COLUMNS`: quicker to read than rows by name. */
export function toRow(values: readonly SqlValue[]): EventRow {
  return {
    seq: values[0] as number,
    id: values[1] as string,
    version: values[2] as number,
    type: values[3] as string,
    subject: values[4] as string,
    actor: values[5] as string,
    activity: values[6] as string | null,
    at: values[7] as string,
    recorded_at: values[8] as string,
    transaction: values[9] as string,
    idempotency_key: values[10] as string | null,
    input_digest: values[11] as string | null,
    data: values[12] as string | null,
    salt: values[13] as string | null,
    data_digest: values[14] as string,
    previous_digest: values[15] as string,
    digest: values[16] as string,
  }
}

/** @throws {UnreadableEventError} its type or layout is unknown, or its data is no JSON object. */
export function toEvent(row: EventRow): LogEvent {
  return {
    ...envelopeOf(row),
    ...contentOf(row),
    ...(row.salt !== null && { salt: row.salt }),
    digest: row.digest,
  }
}

/**
 * What an event says, apart from its envelope.
 *
 * @throws {UnreadableEventError} as {@link toEvent} does.
 */
export function contentOf({
  seq,
  type: word,
  version,
  data,
}: Pick<EventRow, 'seq' | 'type' | 'version' | 'data'>): Pick<LogEvent, 'type' | 'data'> {
  if (!Object.hasOwn(EVENT_VERSIONS, word)) throw new UnreadableEventError(seq, `its type "${word}" is unknown`)
  const type = word as EventType
  if (version !== EVENT_VERSIONS[type]) throw new UnreadableEventError(seq, `version ${version} of ${type} is unknown`)
  return data === null ? { type } : { type, data: parseData(seq, data) }
}

/** What the digest of an event covers, as the row says it. */
function envelopeOf(row: EventRow): Omit<LogEvent, 'data' | 'salt' | 'digest'> {
  return {
    seq: row.seq,
    id: row.id,
    version: row.version,
    type: row.type as EventType,
    subject: row.subject,
    actor: row.actor as AgentId,
    ...(row.activity !== null && { activity: row.activity as ActivityId }),
    at: row.at,
    recordedAt: row.recorded_at,
    transaction: row.transaction,
    ...(row.idempotency_key !== null && { idempotencyKey: row.idempotency_key }),
    ...(row.input_digest !== null && { inputDigest: row.input_digest }),
    dataDigest: row.data_digest,
    previousDigest: row.previous_digest,
  }
}

function parseData(seq: number, text: string): EventData {
  try {
    const data: unknown = JSON.parse(text)
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as EventData
  } catch {
    // Said below, with the number of the event in place of a position in a text that nobody sees.
  }
  throw new UnreadableEventError(seq, 'its data is no JSON object')
}

/** The last event, or the zeros that come before the first. */
export async function readHead(reader: Reader): Promise<LogHead> {
  const head = await reader.get<{ seq: number; digest: string }>(
    'SELECT seq, digest FROM events ORDER BY seq DESC LIMIT 1',
  )
  return head ?? { seq: 0, digest: ZERO_DIGEST }
}

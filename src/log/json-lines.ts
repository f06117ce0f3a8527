import { LogImportError, UnreadableEventError } from '../errors.js'
import { parseId } from '../ids.js'
import { canonicalJson } from '../json.js'
import { toTimestamp } from '../time.js'
import { dataDigestOf, digestOf } from './chain.js'
import type { LogHead } from './event.js'
import { contentOf, type EventRow } from './event-row.js'

/** What an exported log begins with, and the layout of its lines. */
const FORMAT = 'provtrail-log'
const VERSION = 1

/** The first line of an exported log. */
export interface LogHeader {
  readonly namespace: string
  /** The event that it goes on from; 0 for a whole log. */
  readonly after: number
  /** The last event in it. */
  readonly head: LogHead
}

/** The first line, with its end. */
export function writeHeader({ namespace, after, head }: LogHeader): string {
  const { seq, digest } = head
  return `${canonicalJson({ after, format: FORMAT, head: { digest, seq }, namespace, version: VERSION })}\n`
}

/** An event as a line, with its end: what the file keeps of it as canonical JSON, the data being that already. */
export function writeEvent(row: EventRow): string {
  const first = JSON.stringify({ activity: row.activity ?? undefined, actor: row.actor, at: row.at })
  const rest = JSON.stringify({
    dataDigest: row.data_digest,
    digest: row.digest,
    id: row.id,
    idempotencyKey: row.idempotency_key ?? undefined,
    inputDigest: row.input_digest ?? undefined,
    previousDigest: row.previous_digest,
    recordedAt: row.recorded_at,
    salt: row.salt ?? undefined,
    seq: row.seq,
    subject: row.subject,
    transaction: row.transaction,
    type: row.type,
    version: row.version,
  })
  return `${first.slice(0, -1)},${row.data === null ? '' : `"data":${row.data},`}${rest.slice(1)}\n`
}

/** @throws {LogImportError} it is not the first line of an exported log, or that of a newer version. */
export function readHeader(text: string | undefined): LogHeader {
  const refuse = (reason: string): never => {
    throw new LogImportError(1, 0, reason)
  }
  if (text === undefined) return refuse('it is empty')
  const header = parseObject(text, refuse)
  const { format, version, namespace, after, head } = header
  if (format !== FORMAT) refuse('it does not begin as log.exportEvents does')
  if (version !== VERSION) refuse(`it has the version ${JSON.stringify(version)} of the format, which is unknown here`)
  if (typeof namespace !== 'string') return refuse('it does not say which namespace it is of')
  const { seq, digest } = (typeof head === 'object' && head !== null ? head : {}) as Record<string, unknown>
  if (!isCount(after) || !isCount(seq) || typeof digest !== 'string' || !DIGEST.test(digest) || seq < after) {
    return refuse('it does not say from where to where it goes')
  }
  const read = { namespace, after, head: { seq, digest } }
  if (`${text}\n` !== writeHeader(read)) refuse('it is not as it was exported')
  return read
}

/**
 * The event of a line, whose digests are right.
 *
 * @throws {LogImportError} it is not as it was exported: a byte of it was changed, it stands in another place, or a newer
 * version has written it.
 */
export function readEvent(text: string, line: number, seq: number): EventRow {
  const refuse = (reason: string): never => {
    throw new LogImportError(line, seq, reason)
  }
  const event = parseObject(text, refuse)
  if (event.seq !== seq) {
    refuse(isCount(event.seq) ? `event ${seq} is missing; here is event ${event.seq}` : 'it has no number')
  }
  const { data } = event
  if (data !== undefined && (typeof data !== 'object' || data === null || Array.isArray(data))) {
    refuse('its data is no JSON object')
  }
  const row: EventRow = {
    seq,
    id: textOf(event, 'id', refuse),
    version: isCount(event.version) ? event.version : refuse('its version is no number'),
    type: textOf(event, 'type', refuse),
    subject: textOf(event, 'subject', refuse),
    actor: idOf(event, 'actor', refuse),
    activity: event.activity === undefined ? null : idOf(event, 'activity', refuse),
    at: timeOf(event, 'at', refuse),
    recorded_at: timeOf(event, 'recordedAt', refuse),
    transaction: textOf(event, 'transaction', refuse),
    idempotency_key: event.idempotencyKey === undefined ? null : textOf(event, 'idempotencyKey', refuse),
    input_digest: event.inputDigest === undefined ? null : digestIn(event, 'inputDigest', refuse),
    data: data === undefined ? null : canonicalJson(data as object),
    salt: event.salt === undefined ? null : textOf(event, 'salt', refuse),
    data_digest: digestIn(event, 'dataDigest', refuse),
    previous_digest: digestIn(event, 'previousDigest', refuse),
    digest: digestIn(event, 'digest', refuse),
  }
  if (row.digest !== digestOf(row)) refuse('its envelope was changed')
  if ((row.data === null) !== (row.salt === null)) refuse('its data or its salt is missing')
  if (row.data !== null && row.data_digest !== dataDigestOf(row.salt!, row.data)) refuse('its data was changed')
  // What reads the same and is written in another way was changed too.
  if (`${text}\n` !== writeEvent(row)) refuse('it is not as it was exported')
  try {
    contentOf(row)
  } catch (error) {
    if (error instanceof UnreadableEventError) refuse(`${error.reason}; a newer version may have written it`)
    throw error
  }
  return row
}

type Refuse = (reason: string) => never
type Fields = Readonly<Record<string, unknown>>

const DIGEST = /^[0-9a-f]{64}$/

function parseObject(text: string, refuse: Refuse): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refuse('it is no JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('it is no JSON object')
  return value as Fields
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** A text that the file gives back as it is. */
function textOf(fields: Fields, field: string, refuse: Refuse): string {
  const value = fields[field]
  if (typeof value !== 'string') return refuse(`its ${field} is no text`)
  return /[\0\p{Surrogate}]/u.test(value) ? refuse(`its ${field} holds U+0000 or a lone surrogate`) : value
}

function idOf(fields: Fields, field: string, refuse: Refuse): string {
  const id = textOf(fields, field, refuse)
  try {
    parseId(id)
  } catch {
    refuse(`its ${field} is no id`)
  }
  return id
}

function timeOf(fields: Fields, field: string, refuse: Refuse): string {
  const time = textOf(fields, field, refuse)
  return toTimestamp(time) === time ? time : refuse(`its ${field} is no time in UTC with milliseconds`)
}

function digestIn(fields: Fields, field: string, refuse: Refuse): string {
  const digest = textOf(fields, field, refuse)
  return DIGEST.test(digest) ? digest : refuse(`its ${field} is no digest`)
}

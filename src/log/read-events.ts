import { UnreadableEventError } from '../errors.js'
import type { Json } from '../json.js'
import type { Reader, SqlValue } from '../store/store.js'
import type { EventData, LogEvent } from './event.js'
import { EVENT_COLUMNS, type EventRow, toEvent } from './event-row.js'

/** An event as a replay reads it: what was erased is replaced by what was kept of it. */
export type ReadableEvent = LogEvent & { readonly data: EventData }

/** What the event `log.redacted` holds. */
export type Redaction = {
  readonly seq: number
  readonly reason: string
  readonly kept: EventData
}

/**
 * A text that a redaction does not repeat: it stands in the data of an earlier event, in a field or in a list there, and
 * goes when that event is erased.
 */
export type TextElsewhere = {
  readonly event: number
  readonly field: string
  readonly index?: number
}

/** What was kept of each erased event, by its `seq`. */
export async function readRedactions(reader: Reader): Promise<ReadonlyMap<number, EventData>> {
  const rows = await reader.all<EventRow>(
    `SELECT ${EVENT_COLUMNS} FROM events WHERE type = 'log.redacted' ORDER BY seq`,
  )
  const keptBySeq = new Map<number, EventData>()
  const erased: LogEvent[] = []
  for (const row of rows) {
    const event = toEvent(row)
    if (event.data === undefined) {
      erased.push(event)
      continue
    }
    const redaction = event.data as unknown as Redaction
    if (typeof redaction.kept !== 'object' || redaction.kept === null) {
      throw new UnreadableEventError(event.seq, 'it does not say what was kept')
    }
    keptBySeq.set(redaction.seq, redaction.kept)
  }
  // A redaction that was itself erased is kept by a later one, which has been read by now.
  for (const event of erased.reverse()) {
    const redaction = keptBySeq.get(event.seq) as unknown as Redaction | undefined
    if (redaction !== undefined) keptBySeq.set(redaction.seq, redaction.kept)
  }
  for (const [seq, kept] of keptBySeq) keptBySeq.set(seq, await withTexts(reader, kept))
  return keptBySeq
}

/** What was kept, with the texts that stand in other events, as far as they still do. */
async function withTexts(reader: Reader, kept: EventData): Promise<EventData> {
  const { textElsewhere, ...rest } = kept
  if (textElsewhere === undefined) return kept
  const texts: Record<string, Json> = {}
  for (const [field, place] of Object.entries(textElsewhere as unknown as Record<string, TextElsewhere>)) {
    const row = await reader.get<EventRow>(`SELECT ${EVENT_COLUMNS} FROM events WHERE seq = ?`, place.event)
    const value = row && toEvent(row).data?.[place.field]
    const text = Array.isArray(value) ? (value as readonly Json[])[place.index!] : (value as Json | undefined)
    if (text !== undefined) texts[field] = text
  }
  return { ...rest, ...texts }
}

/** The events that one idempotency key brought about, in order. */
export function readEventsByKey(reader: Reader, idempotencyKey: string): Promise<readonly ReadableEvent[]> {
  return readWhere(reader, 'idempotency_key = ?', idempotencyKey)
}

/** The events about one node up to and including `last`, in order. */
export function readSubjectEvents(reader: Reader, subject: string, last: number): Promise<readonly ReadableEvent[]> {
  return readWhere(reader, 'subject = ? AND seq <= ?', subject, last)
}

/** The events about one node after this one, in order. */
export function readSubjectEventsAfter(
  reader: Reader,
  subject: string,
  seq: number,
): Promise<readonly ReadableEvent[]> {
  return readWhere(reader, 'subject = ? AND seq > ?', subject, seq)
}

/** The event of this number, which there is. */
export async function readEvent(reader: Reader, seq: number): Promise<ReadableEvent> {
  return (await readWhere(reader, 'seq = ?', seq))[0]!
}

async function readWhere(
  reader: Reader,
  condition: string,
  ...values: readonly SqlValue[]
): Promise<readonly ReadableEvent[]> {
  const sql = `SELECT ${EVENT_COLUMNS} FROM events WHERE ${condition} ORDER BY seq`
  return readable(reader, await reader.all<EventRow>(sql, ...values))
}

async function readable(reader: Reader, rows: readonly EventRow[]): Promise<readonly ReadableEvent[]> {
  if (rows.length === 0) return []
  const kept = rows.some((row) => row.data === null) ? await readRedactions(reader) : undefined
  return rows.map((row) => toReadable(row, kept))
}

/** The event with its data, or with what was kept of it. */
export function toReadable(row: EventRow, keptBySeq: ReadonlyMap<number, EventData> | undefined): ReadableEvent {
  const event = toEvent(row)
  return { ...event, data: event.data ?? keptBySeq?.get(event.seq) ?? {} }
}

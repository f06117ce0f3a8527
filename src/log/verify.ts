import type { Pacer } from '../store/pacer.js'
import type { Reader } from '../store/store.js'
import { dataDigestOf, digestOf } from './chain.js'
import { type LogHead, type Verification, ZERO_DIGEST } from './event.js'
import { EVENT_COLUMNS, type EventRow, envelopeOf } from './event-row.js'

const PAGE = 1_000

/**
 * Follows the chain from its beginning: no gap, every digest right, every event chained to the one before, and no data
 * missing that no redaction accounts for.
 */
export async function verifyChain(reader: Reader, pacer: Pacer, expect: LogHead | undefined): Promise<Verification> {
  const redacted = new Set(await readRedactedSeqs(reader))
  // Data without a redaction that accounts for it: where the redaction itself was changed, that is the flaw to name.
  let unaccounted: number | undefined
  let head: LogHead = { seq: 0, digest: ZERO_DIGEST }
  if (expect?.seq === 0 && expect.digest !== ZERO_DIGEST) return { ok: false, seq: 0, reason: EXPECTED }
  for (;;) {
    await pacer.turn()
    const rows = await reader.all<EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT ${PAGE}`,
      // What stands before the first event is found too.
      head.seq === 0 ? Number.MIN_SAFE_INTEGER : head.seq,
    )
    for (const row of rows) {
      const reason =
        flawOf(row, head) ??
        (await flawOfBytes(reader, row)) ??
        (expect?.seq === row.seq && expect.digest !== row.digest ? EXPECTED : undefined)
      if (row.data === null && !redacted.has(row.seq)) unaccounted ??= row.seq
      if (reason !== undefined) return { ok: false, seq: Math.min(row.seq, head.seq + 1), reason }
      head = { seq: row.seq, digest: row.digest }
    }
    if (rows.length < PAGE) break
  }
  if (expect !== undefined && expect.seq > head.seq) {
    return { ok: false, seq: head.seq + 1, reason: `the log ends at ${head.seq}, before the head that was expected` }
  }
  if (unaccounted !== undefined) {
    return { ok: false, seq: unaccounted, reason: 'its data is missing, and no redaction says why' }
  }
  return { ok: true, checked: head.seq }
}

const EXPECTED = 'its digest is not that of the head that was expected'

async function readRedactedSeqs(reader: Reader): Promise<number[]> {
  const rows = await reader.all<{ subject: string }>(
    "SELECT subject FROM events WHERE type = 'log.redacted' ORDER BY seq",
  )
  return rows.map((row) => Number(row.subject.replace(/^.*#/, '')))
}

function flawOf(row: EventRow, before: LogHead): string | undefined {
  if (row.seq !== before.seq + 1) return `event ${before.seq + 1} is missing; the next is ${row.seq}`
  if (row.previous_digest !== before.digest) return 'it does not follow the event before it'
  if (row.digest !== digestOf(envelopeOf(row))) return 'its envelope was changed'
  if (row.data !== null && row.salt !== null) {
    return row.data_digest === dataDigestOf(row.salt, row.data) ? undefined : 'its data was changed'
  }
  return row.data === null && row.salt === null ? undefined : 'its data or its salt is missing'
}

const TEXT_COLUMNS = EVENT_COLUMNS.split(',').filter((column) => !/\b(seq|version)\b/.test(column))

/** Bytes that are no UTF-8 all read as U+FFFD: where that stands in a text, the bytes themselves are compared. */
async function flawOfBytes(reader: Reader, row: EventRow): Promise<string | undefined> {
  const texts = Object.values(row).filter((value) => typeof value === 'string')
  if (!texts.some((text) => text.includes('\ufffd'))) return undefined
  const [bytes] = await reader.rows<string[]>(
    `SELECT ${TEXT_COLUMNS.map((column) => `hex(CAST(${column} AS BLOB))`).join(', ')} FROM events WHERE seq = ?`,
    row.seq,
  )
  const read = TEXT_COLUMNS.map((column) => row[column.replaceAll('"', '').trim() as keyof EventRow] ?? '')
  const same = read.every((text, index) => Buffer.from(`${text}`).toString('hex').toUpperCase() === bytes![index])
  return same ? undefined : 'it holds bytes that are no UTF-8'
}

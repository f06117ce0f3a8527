import { createHash } from 'node:crypto'
import { raw, tamper } from './raw.js'

/** A row of `events`, by column. */
export type EventRow = Record<string, string | number | null>

const ZEROS = '0'.repeat(64)

/** Keys sorted by code unit, no white space: RFC 8785 for what events hold, written down without the library. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The digest of an event, by the words of the design. */
function digestOf(row: EventRow): string {
  return sha256(
    canonical({
      seq: row.seq,
      id: row.id,
      version: row.version,
      type: row.type,
      subject: row.subject,
      actor: row.actor,
      activity: row.activity ?? undefined,
      at: row.at,
      recordedAt: row.recorded_at,
      transaction: row.transaction,
      idempotencyKey: row.idempotency_key ?? undefined,
      inputDigest: row.input_digest ?? undefined,
      dataDigest: row.data_digest,
      previousDigest: row.previous_digest,
    }),
  )
}

/** Every event of a file, past the library. */
export function eventRows(path: string): EventRow[] {
  return raw(path, (db) => db.prepare('SELECT * FROM events ORDER BY seq').all() as EventRow[])
}

/** Puts other events in place of all that a file has. */
export function putEventRows(path: string, rows: readonly EventRow[]): void {
  tamper(path, (db) => {
    const columns = Object.keys(rows[0]!)
    const insert = db.prepare(
      `INSERT INTO events (${columns.map((c) => `"${c}"`).join(', ')}) VALUES (${columns.map((c) => `@${c}`).join(', ')})`,
    )
    db.transaction(() => {
      db.exec('DELETE FROM events')
      for (const row of rows) insert.run(row)
    })()
  })
}

/** The events with every digest computed anew: a whole chain again, whatever they say. */
export function rechained(rows: readonly EventRow[]): EventRow[] {
  let previous = ZEROS
  return rows.map((row) => {
    const dataDigest = row.data === null ? row.data_digest : sha256(`${row.salt}${row.data}`)
    const written: EventRow = { ...row, data_digest: dataDigest!, previous_digest: previous }
    written.digest = digestOf(written)
    previous = written.digest
    return written
  })
}

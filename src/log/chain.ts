import { hash } from 'node:crypto'
import type { EventRow } from './event-row.js'

/** SHA-256 of a UTF-8 text, as 64 hexadecimal digits. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex')
}

/** What stands for the data in the chain; the salt keeps erased data from being guessed. */
export function dataDigestOf(salt: string, canonicalData: string): string {
  return sha256(salt + canonicalData)
}

/** The digest of an event: over its envelope, which holds the digest of its data and that of the event before. */
export function digestOf(row: Omit<EventRow, 'digest' | 'data' | 'salt'>): string {
  // The keys are in order, so that their text is the canonical one (RFC 8785). Absent ones are left out: one that a
  // later version adds changes no digest of an event that does not have it.
  return sha256(
    JSON.stringify({
      activity: row.activity ?? undefined,
      actor: row.actor,
      at: row.at,
      dataDigest: row.data_digest,
      id: row.id,
      idempotencyKey: row.idempotency_key ?? undefined,
      inputDigest: row.input_digest ?? undefined,
      previousDigest: row.previous_digest,
      recordedAt: row.recorded_at,
      seq: row.seq,
      subject: row.subject,
      transaction: row.transaction,
      type: row.type,
      version: row.version,
    }),
  )
}

import { UnreadableEventError } from '../errors.js'
import type { Pacer } from '../store/pacer.js'
import type { Reader, SqlValue } from '../store/store.js'
import { dataDigestOf, digestOf } from './chain.js'
import { type EventData, type LogHead, type Verification, ZERO_DIGEST } from './event.js'
import { contentOf, EVENT_COLUMNS, type EventRow, toRow } from './event-row.js'
import { readRedactions } from './read-events.js'
import { isSealBy, isSigned, type NamedKey } from './seal.js'

const PAGE = 1_000

/** What a log is checked against, besides itself. */
export interface Expectations {
  /** A head noted earlier. */
  readonly expect?: LogHead | undefined
  /** Whose seals must be right, one of them at least, in the file of this namespace. */
  readonly sealedBy?: (NamedKey & { readonly namespace: string }) | undefined
}

type Flaw = Extract<Verification, { ok: false }>

/**
 * Follows the chain from its beginning: no gap, every digest right, every event chained to the one before, no data
 * missing that no redaction accounts for, and every seal right. Its memory does not grow with the log, redactions aside.
 */
export async function verifyChain(
  reader: Reader,
  pacer: Pacer,
  { expect, sealedBy }: Expectations,
): Promise<Verification> {
  const redacted = new Set(await readRedactedSeqs(reader))
  // Data without a redaction that accounts for it: where the redaction itself was changed, that is the flaw to name.
  let unaccounted: number | undefined
  let head: LogHead = { seq: 0, digest: ZERO_DIGEST }
  const seals = sealedBy && new Seals(sealedBy)
  if (expect?.seq === 0 && expect.digest !== ZERO_DIGEST) return { ok: false, seq: 0, reason: EXPECTED }
  for (;;) {
    await pacer.turn()
    const rows = await reader.rows<SqlValue[]>(
      `SELECT ${EVENT_COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT ${PAGE}`,
      // What stands before the first event is found too.
      head.seq === 0 ? Number.MIN_SAFE_INTEGER : head.seq,
    )
    for (const values of rows) {
      const row = toRow(values)
      const reason =
        flawOf(row, head) ??
        (await flawOfBytes(reader, values)) ??
        (expect?.seq === row.seq && expect.digest !== row.digest ? EXPECTED : undefined)
      if (row.data === null && !redacted.has(row.seq)) unaccounted ??= row.seq
      if (reason !== undefined) return { ok: false, seq: Math.min(row.seq, head.seq + 1), reason }
      const flaw = row.type === 'log.sealed' ? seals?.check(row) : undefined
      if (flaw !== undefined) return flaw
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
  if (seals === undefined) return { ok: true, checked: head.seq }
  const flaw = await seals.checkErased(reader)
  if (flaw !== undefined) return flaw
  if (seals.sealed === undefined) {
    return { ok: false, seq: head.seq + 1, reason: `the log ends at ${head.seq} without a seal of this key` }
  }
  return { ok: true, checked: head.seq, sealed: seals.sealed }
}

const EXPECTED = 'its digest is not that of the head that was expected'

async function readRedactedSeqs(reader: Reader): Promise<number[]> {
  const rows = await reader.rows<[subject: string]>(
    "SELECT subject FROM events WHERE type = 'log.redacted' ORDER BY seq",
  )
  return rows.map(([subject]) => redactedSeqOf(subject))
}

/** The number of the event that a redaction with this subject is about; NaN for one that names none. */
export function redactedSeqOf(subject: string): number {
  return Number(subject.slice(subject.lastIndexOf('#') + 1))
}

function flawOf(row: EventRow, before: LogHead): string | undefined {
  if (row.seq !== before.seq + 1) return `event ${before.seq + 1} is missing; the next is ${row.seq}`
  if (row.previous_digest !== before.digest) return 'it does not follow the event before it'
  if (row.digest !== digestOf(row)) return 'its envelope was changed'
  if (row.data !== null && row.salt !== null) {
    return row.data_digest === dataDigestOf(row.salt, row.data) ? undefined : 'its data was changed'
  }
  return row.data === null && row.salt === null ? undefined : 'its data or its salt is missing'
}

/** The seals of one key, in the order of the log. */
class Seals {
  readonly #key: NamedKey & { readonly namespace: string }
  /** Seals that were redacted: what was kept of them is told by events after them. */
  readonly #erased: { readonly seq: number; readonly previous_digest: string }[] = []
  /** The last event that is sealed. */
  sealed: number | undefined

  constructor(key: NamedKey & { readonly namespace: string }) {
    this.#key = key
  }

  /** The flaw of a seal, whose digests are right; of another key's there is nothing to say. */
  check(row: EventRow): Flaw | undefined {
    if (row.data === null) {
      this.#erased.push({ seq: row.seq, previous_digest: row.previous_digest })
      return undefined
    }
    try {
      return this.#judge(row, contentOf(row).data ?? {})
    } catch (error) {
      if (error instanceof UnreadableEventError) return { ok: false, seq: error.seq, reason: error.reason }
      throw error
    }
  }

  async checkErased(reader: Reader): Promise<Flaw | undefined> {
    if (this.#erased.length === 0) return undefined
    try {
      const keptBySeq = await readRedactions(reader)
      for (const row of this.#erased) {
        const flaw = this.#judge(row, keptBySeq.get(row.seq) ?? {})
        if (flaw !== undefined) return flaw
      }
      return undefined
    } catch (error) {
      if (error instanceof UnreadableEventError) return { ok: false, seq: error.seq, reason: error.reason }
      throw error
    }
  }

  #judge({ seq, previous_digest }: { seq: number; previous_digest: string }, data: EventData): Flaw | undefined {
    if (!isSealBy(data, this.#key)) return undefined
    if (!isSigned(this.#key.namespace, data, this.#key)) {
      return { ok: false, seq, reason: 'it is a seal that names this key, and its signature is not by it' }
    }
    if (data.seq !== seq - 1) {
      return { ok: false, seq, reason: `it seals event ${data.seq}, which is not the one right before it` }
    }
    if (data.digest !== previous_digest) {
      return {
        ok: false,
        seq: seq - 1,
        reason: `it or one before it was written anew after event ${seq} had sealed it`,
      }
    }
    this.sealed = Math.max(this.sealed ?? 0, seq - 1)
    return undefined
  }
}

const COLUMNS = EVENT_COLUMNS.split(',').map((column) => column.trim())
/** The places of the columns that hold text. */
const TEXTS = COLUMNS.flatMap((column, place) => (column === 'seq' || column === 'version' ? [] : [place]))
const HEX_OF_TEXTS = TEXTS.map((place) => `hex(CAST(${COLUMNS[place]} AS BLOB))`).join(', ')

/** Bytes that are no UTF-8 all read as U+FFFD: where that stands in a text, the bytes themselves are compared. */
async function flawOfBytes(reader: Reader, values: readonly SqlValue[]): Promise<string | undefined> {
  if (!TEXTS.some((place) => (values[place] as string | null)?.includes('\ufffd'))) return undefined
  const [bytes] = await reader.rows<string[]>(`SELECT ${HEX_OF_TEXTS} FROM events WHERE seq = ?`, values[0]!)
  const same = TEXTS.every(
    (place, index) =>
      Buffer.from(`${values[place] ?? ''}`)
        .toString('hex')
        .toUpperCase() === bytes![index],
  )
  return same ? undefined : 'it holds bytes that are no UTF-8'
}

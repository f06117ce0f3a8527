import { LogDivergedError, LogGapError, LogImportError, LogNamespaceError, UnreadableEventError } from '../../errors.js'
import { ZERO_DIGEST } from '../../log/event.js'
import { insertEvent, readHead } from '../../log/event-row.js'
import { type LogHeader, readEvent, readHeader } from '../../log/json-lines.js'
import { type LogSource, type SourceLine, splitLines } from '../../log/split-lines.js'
import { redactedSeqOf } from '../../log/verify.js'
import type { Pacer } from '../../store/pacer.js'
import type { Reader, Writer } from '../../store/store.js'
import type { LogImport } from './log.js'
import { eraseData } from './redact.js'
import { rebuildState, replay } from './replay.js'

/** What an import did, and whether it erased something that the file had said. */
export interface Imported extends LogImport {
  readonly erased: boolean
}

/** An exported log whose first line has been read. */
export class ExportedLog {
  readonly #lines: AsyncGenerator<SourceLine, void, undefined>
  readonly header: LogHeader

  private constructor(lines: AsyncGenerator<SourceLine, void, undefined>, header: LogHeader) {
    this.#lines = lines
    this.header = header
  }

  /**
   * Reads the first line, so that what is no log of this namespace is refused before anybody has to wait.
   *
   * @throws {LogImportError | LogNamespaceError}
   */
  static async open(source: LogSource, namespace: string): Promise<ExportedLog> {
    let after = 0
    const lines = splitLines(source, (line) => (line === 1 ? 0 : seqAt(after, line)))
    try {
      const first = await lines.next()
      const header = readHeader(first.value?.text)
      if (header.namespace !== namespace) throw new LogNamespaceError(namespace, header.namespace)
      after = header.after
      return new ExportedLog(lines, header)
    } catch (error) {
      await lines.return()
      throw error
    }
  }

  /** Carries the events over into a file; what it throws undoes nothing: the transaction is the caller's. */
  async importInto(writer: Writer, pacer: Pacer): Promise<Imported> {
    const { after, head } = this.header
    const before = await readHead(writer)
    if (after > before.seq) throw new LogGapError(before.seq, after)
    /** The digest that the next event must follow, and the events whose data is erased by one that is new. */
    let last = { seq: after, digest: after === 0 ? ZERO_DIGEST : (await digestAt(writer, after))! }
    let erased = false
    for await (const { text, line } of this.#lines) {
      if (pacer.due) await pacer.turn()
      const seq = last.seq + 1
      const row = readEvent(text, line, seq)
      if (seq > head.seq) throw new LogImportError(line, seq, `the first line says that event ${head.seq} is the last`)
      if (row.previous_digest !== last.digest) {
        if (seq === after + 1 && after > 0) throw new LogDivergedError(after)
        throw new LogImportError(line, seq, 'it does not follow the event before it')
      }
      if (seq <= before.seq) {
        if (row.digest !== (await digestAt(writer, seq))) throw new LogDivergedError(seq)
      } else {
        await insertEvent(writer, row)
        if (row.type === 'log.redacted') erased = (await this.#erase(writer, row.subject, before.seq)) || erased
      }
      last = { seq, digest: row.digest }
    }
    this.#requireEnd(last)
    await this.#requireAccounts(writer, before.seq)
    if (last.seq > before.seq) await this.#carryOver(writer, pacer, erased ? 0 : before.seq)
    const written = Math.max(last.seq - before.seq, 0)
    return { read: last.seq - after, written, head: written > 0 ? last : before, erased }
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    await this.#lines.return()
  }

  /** Erases what a new redaction is about; `true` where it stands in the state already, as events up to `known` do. */
  async #erase(writer: Writer, subject: string, known: number): Promise<boolean> {
    const seq = redactedSeqOf(subject)
    const row = await writer.get('SELECT seq FROM events WHERE seq = ? AND data IS NOT NULL', seq)
    if (row === undefined) return false
    await eraseData(writer, seq)
    return seq <= known
  }

  #requireEnd(last: { readonly seq: number; readonly digest: string }): void {
    const { after, head } = this.header
    if (last.seq < head.seq) {
      const reason = `it is missing, and the first line says that event ${head.seq} is the last`
      throw new LogImportError(lineOf(after, last.seq + 1), last.seq + 1, reason)
    }
    if (last.digest === head.digest) return
    // Without any event in between, the two heads are what there is to compare.
    if (last.seq === after && after > 0) throw new LogDivergedError(after)
    throw new LogImportError(lineOf(after, last.seq), last.seq, 'its digest is not that which the first line says')
  }

  /** Data may be missing only where a redaction says so, which comes later. */
  async #requireAccounts(reader: Reader, known: number): Promise<void> {
    const row = await reader.get<{ seq: number }>(
      `SELECT e.seq FROM events e
       WHERE e.seq > ? AND e.data IS NULL
         AND NOT EXISTS (SELECT 1 FROM events r WHERE r.subject = ? || '#' || e.seq AND r.type = 'log.redacted')
       ORDER BY e.seq LIMIT 1`,
      known,
      this.header.namespace,
    )
    if (row === undefined) return
    const reason = 'its data is missing, and no redaction says why'
    throw new LogImportError(lineOf(this.header.after, row.seq), row.seq, reason)
  }

  async #carryOver(writer: Writer, pacer: Pacer, known: number): Promise<void> {
    try {
      if (known === 0) await rebuildState(writer, pacer)
      else await replay(writer, writer, pacer, known)
    } catch (error) {
      if (!(error instanceof UnreadableEventError)) throw error
      throw new LogImportError(lineOf(this.header.after, error.seq), error.seq, error.reason, error)
    }
  }
}

/** Where an event stands in an export that goes on from `after`, below the first line. */
function lineOf(after: number, seq: number): number {
  return seq - after + 1
}

function seqAt(after: number, line: number): number {
  return after + line - 1
}

async function digestAt(reader: Reader, seq: number): Promise<string | undefined> {
  const row = await reader.get<{ digest: string }>('SELECT digest FROM events WHERE seq = ?', seq)
  return row?.digest
}

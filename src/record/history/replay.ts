import { NotFoundError, StorageError, UnreadableEventError } from '../../errors.js'
import { EVENT_COLUMNS, toRow } from '../../log/event-row.js'
import { readRedactions, toReadable } from '../../log/read-events.js'
import type { Pacer } from '../../store/pacer.js'
import type { Reader, SqlValue, Writer } from '../../store/store.js'
import { evolve } from '../evolve.js'
import { STATE_TABLES } from './projection.js'

const PAGE = 500

/**
 * Carries the events of `log` over into the state tables of `state`, which say what those up to `after` brought about (0:
 * which are empty). Resolves to the number of the last one.
 *
 * @throws {UnreadableEventError} an event cannot be read, or says what cannot be.
 */
export async function replay(log: Reader, state: Writer, pacer: Pacer, after = 0): Promise<number> {
  const keptBySeq = await readRedactions(log)
  let seq = after
  for (;;) {
    const rows = await log.rows<SqlValue[]>(
      `SELECT ${EVENT_COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT ${PAGE}`,
      seq,
    )
    for (const values of rows) {
      const event = toReadable(toRow(values), keptBySeq)
      seq = event.seq
      try {
        await evolve(state, event)
      } catch (error) {
        if (isOfTheEvent(error)) throw new UnreadableEventError(seq, 'what it says cannot be carried over', error)
        throw error
      }
      if (pacer.due) await pacer.turn()
    }
    if (rows.length < PAGE) return seq
  }
}

/** Whether it is the event's fault, and not that of the disk: it has not the layout of its type, or contradicts others. */
function isOfTheEvent(error: unknown): boolean {
  if (error instanceof StorageError) return /\(SQLITE_(CONSTRAINT|MISMATCH)/.test(error.message)
  return (
    error instanceof NotFoundError ||
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof SyntaxError
  )
}

/** Empties the state tables and fills them again from the log of the same file. */
export async function rebuildState(writer: Writer, pacer: Pacer): Promise<number> {
  for (const table of STATE_TABLES) await writer.run(`DELETE FROM ${table.name}`)
  return replay(writer, writer, pacer)
}

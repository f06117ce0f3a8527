import { EVENT_COLUMNS, type EventRow } from '../../log/event-row.js'
import { readRedactions, toReadable } from '../../log/read-events.js'
import type { Pacer } from '../../store/pacer.js'
import type { Reader, Writer } from '../../store/store.js'
import { evolve } from '../evolve.js'
import { STATE_TABLES } from './projection.js'

const PAGE = 500

/** Carries every event of `log` over into the empty state tables of `state`; resolves to their number. */
export async function replay(log: Reader, state: Writer, pacer: Pacer): Promise<number> {
  const keptBySeq = await readRedactions(log)
  let seq = 0
  for (;;) {
    const rows = await log.all<EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT ${PAGE}`,
      seq,
    )
    for (const row of rows) {
      await evolve(state, toReadable(row, keptBySeq))
      seq = row.seq
      if (pacer.due) await pacer.turn()
    }
    if (rows.length < PAGE) return seq
  }
}

/** Empties the state tables and fills them again from the log of the same file. */
export async function rebuildState(writer: Writer, pacer: Pacer): Promise<number> {
  for (const table of STATE_TABLES) await writer.run(`DELETE FROM ${table.name}`)
  return replay(writer, writer, pacer)
}

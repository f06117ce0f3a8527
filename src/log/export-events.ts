import { InvalidInputError } from '../errors.js'
import type { Pacer } from '../store/pacer.js'
import type { Reader, SqlValue } from '../store/store.js'
import { EVENT_COLUMNS, readHead, toRow } from './event-row.js'
import { writeEvent, writeHeader } from './json-lines.js'

const PAGE = 200
/** About as long as a piece becomes. */
const PIECE_LENGTH = 64 * 1024

/** The log after an event as JSON Lines, in pieces. */
export async function* exportLog(
  reader: Reader,
  pacer: Pacer,
  namespace: string,
  after: number,
): AsyncGenerator<string, void, undefined> {
  const head = await readHead(reader)
  if (after > head.seq) {
    const message = `is beyond the end of the log, which is ${head.seq}`
    throw new InvalidInputError('log.exportEvents', [{ field: 'after', message }])
  }
  let piece = writeHeader({ namespace, after, head })
  let seq = after
  for (;;) {
    await pacer.turn()
    const rows = await reader.rows<SqlValue[]>(
      `SELECT ${EVENT_COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT ${PAGE}`,
      seq,
    )
    for (const values of rows) {
      const row = toRow(values)
      piece += writeEvent(row)
      seq = row.seq
      if (piece.length >= PIECE_LENGTH) {
        yield piece
        piece = ''
      }
    }
    if (rows.length < PAGE) break
  }
  if (piece !== '') yield piece
}

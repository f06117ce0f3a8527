import { UnreadableEventError } from '../../errors.js'
import type { Verification } from '../../log/event.js'
import { readHead } from '../../log/event-row.js'
import type { Pacer } from '../../store/pacer.js'
import { openSqliteStore } from '../../store/sqlite-store.js'
import type { Reader, Row, SqlValue } from '../../store/store.js'
import { STATE_TABLES, type StateTable } from './projection.js'
import { replay } from './replay.js'

const PAGE = 1_000

/** Whether the state tables are what a replay of the log gives; `seq` is the event that the first odd row comes from. */
export async function compareState(reader: Reader, pacer: Pacer): Promise<Verification> {
  const settings = () => ({ namespace: 'replay' })
  const scratch = await openSqliteStore({ path: ':memory:', readOnly: false, durability: 'normal', settings })
  const held = await scratch.begin()
  try {
    const checked = await replay(reader, held.writer, pacer)
    for (const table of STATE_TABLES) {
      const odd = await firstDifference(reader, held.writer, table, pacer)
      if (odd !== undefined) {
        const seq = table.seq === undefined ? (await readHead(reader)).seq : (odd[table.seq] as number)
        return { ok: false, seq, reason: `the table ${table.name} does not say what the log says` }
      }
    }
    return { ok: true, checked }
  } catch (error) {
    if (error instanceof UnreadableEventError) return { ok: false, seq: error.seq, reason: error.reason }
    throw error
  } finally {
    await held.rollback()
    await scratch.close()
  }
}

/** The first row in which a table of two databases differs. */
async function firstDifference(
  stored: Reader,
  replayed: Reader,
  table: StateTable,
  pacer: Pacer,
): Promise<Row | undefined> {
  const key = table.key.join(', ')
  const select = `SELECT * FROM ${table.name}`
  const order = `ORDER BY ${key} LIMIT ${PAGE}`
  const after = `WHERE (${key}) > (${table.key.map(() => '?').join(', ')})`
  let last: SqlValue[] | undefined
  for (;;) {
    await pacer.turn()
    const sql = last === undefined ? `${select} ${order}` : `${select} ${after} ${order}`
    const [ours, theirs] = [await stored.all(sql, ...(last ?? [])), await replayed.all(sql, ...(last ?? []))]
    for (let index = 0; index < Math.max(ours.length, theirs.length); index++) {
      if (JSON.stringify(ours[index]) !== JSON.stringify(theirs[index])) return theirs[index] ?? ours[index]
    }
    if (ours.length < PAGE) return undefined
    last = table.key.map((column) => ours.at(-1)![column]!)
  }
}

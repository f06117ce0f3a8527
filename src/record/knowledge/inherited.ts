import { validate, withOptions } from '../../input.js'
import type { Reader } from '../../store/store.js'
import { requireNode } from '../nodes.js'
import { type Condition, whereOf } from '../paging.js'
import type { Session } from '../session.js'
import type { Inherited, Knowledge, KnowledgeOptions } from './knowledge.js'
import { KNOWLEDGE_COLUMNS, KNOWLEDGE_JOINS, type KnowledgeRow, toKnowledge } from './knowledge-rows.js'
import { inheritedSchema } from './schema.js'
import { notSuperseded } from './supersessions.js'

/** The query `knowledge` of one session. */
export function knowledgeOf(session: Session): Knowledge {
  return async (task, options) => {
    const input = validate('knowledge', inheritedSchema, withOptions('knowledge', { task }, options))
    return session.query('knowledge', async (reader) => {
      const { key, namespace } = await requireNode(reader, input.task, ['task'])
      return readInherited(reader, key, namespace, input, session.leaseNow())
    })
  }
}

/**
 * The tasks that a task is part of, itself first, and what is attached to them; after the root, what holds for the namespace.
 * CROSS keeps SQLite from going through all that there is to find a little.
 */
const HOLDING = `WITH RECURSIVE
  up (task, distance) AS (
    SELECT ?, 0
    UNION ALL
    SELECT p.target, up.distance + 1 FROM up CROSS JOIN relations p ON p.source = up.task AND p.kind = 'parent'
  ),
  holding (key, distance) AS (
    SELECT k.key, up.distance FROM up CROSS JOIN knowledge k ON k.attached_to = up.task
    UNION ALL
    SELECT k.key, (SELECT max(distance) FROM up) + 1 FROM knowledge k WHERE k.attached_to IS NULL AND k.namespace = ?
  )`

/** That `k` is valid now: it is so already, and nothing that is so has taken its place. */
function inForce(now: string): Condition[] {
  return [{ sql: 'k.valid_from <= ?', values: [now] }, notSuperseded(undefined, now)]
}

/** What holds for a task, nearest first, and of one distance in the order of the log. Cost grows with what is found. */
async function readInherited(
  reader: Reader,
  task: number,
  namespace: string,
  { includeSuperseded }: KnowledgeOptions,
  now: string,
): Promise<Inherited[]> {
  const where = whereOf(includeSuperseded === true ? [] : inForce(now))
  const rows = await reader.all<InheritedRow>(
    `${HOLDING} SELECT ${KNOWLEDGE_COLUMNS}, h.distance FROM holding h CROSS JOIN knowledge k ON k.key = h.key ${KNOWLEDGE_JOINS}
     ${where.sql} ORDER BY h.distance, h.key`,
    task,
    namespace,
    ...where.values,
  )
  return toInherited(reader, rows)
}

/** The nearest of what holds for a task, and how much more there is. */
interface Nearest {
  readonly items: Inherited[]
  /** How many there are besides at the distance of the last one, all of them older, and how many farther away. */
  readonly older: number
  readonly farther: number
}

/**
 * The same as far as it is in force, and no more than so much of it: of the last place that is looked at, the
 * newest. `chain` is the task and what it is part of, nearest first.
 */
export async function readNearest(
  reader: Reader,
  chain: readonly number[],
  namespace: string,
  limit: number,
  now: string,
): Promise<Nearest> {
  const conditions = inForce(now)
  const sql = conditions.map((condition) => condition.sql).join(' AND ')
  const values = conditions.flatMap((condition) => condition.values)
  const found: InheritedRow[] = []
  const read = async (place: string, value: number | string, distance: number) => {
    const rows = await reader.all<KnowledgeRow>(
      `SELECT ${KNOWLEDGE_COLUMNS} FROM knowledge k ${KNOWLEDGE_JOINS} WHERE ${place} AND ${sql} ORDER BY k.key DESC LIMIT ?`,
      value,
      ...values,
      limit + 1 - found.length,
    )
    for (const row of rows.reverse()) found.push({ ...row, distance })
  }
  for (const [distance, task] of chain.entries()) {
    if (found.length <= limit) await read('k.attached_to = ?', task, distance)
  }
  if (found.length <= limit) await read('k.attached_to IS NULL AND k.namespace = ?', namespace, chain.length)
  if (found.length <= limit) return { items: await toInherited(reader, found), older: 0, farther: 0 }
  // The one too many is the oldest of the last place.
  found.splice(
    found.findIndex(({ distance }) => distance === found.at(-1)!.distance),
    1,
  )
  const { distance } = found.at(-1)!
  const counted = await reader.get<{ near: number; farther: number }>(
    `${HOLDING} SELECT count(*) FILTER (WHERE h.distance <= ?) AS near, count(*) FILTER (WHERE h.distance > ?) AS farther
     FROM holding h CROSS JOIN knowledge k ON k.key = h.key WHERE ${sql}`,
    chain[0]!,
    namespace,
    distance,
    distance,
    ...values,
  )
  const { near, farther } = counted!
  return { items: await toInherited(reader, found), older: near - limit, farther }
}

type InheritedRow = KnowledgeRow & { readonly distance: number }

async function toInherited(reader: Reader, rows: readonly InheritedRow[]): Promise<Inherited[]> {
  const items = await toKnowledge(reader, rows)
  return items.map((item, index) => {
    const { attachedTo } = item
    const { distance } = rows[index]!
    return { item, ...(attachedTo !== undefined && { from: attachedTo }), distance }
  })
}

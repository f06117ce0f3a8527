import type { Page, PageOptions } from '../page.js'
import type { Reader, SqlValue } from '../store/store.js'
import { readCursor, writeCursor } from './cursor.js'

/** Part of a WHERE clause, and what it binds. */
export interface Condition {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

/** That a column has the value, or one of the values; a new list of values needs no new statement. */
export function among(column: string, values: SqlValue | readonly SqlValue[] | undefined): Condition[] {
  if (values === undefined) return []
  if (typeof values === 'object' && values !== null) {
    return [{ sql: `${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(values)] }]
  }
  return [{ sql: `${column} = ?`, values: [values] }]
}

/** The keys of the nodes that a JSON array of ids names, for an `IN (…)`. */
export const KEYS_OF_IDS = `SELECT i.key FROM json_each(?) v
  JOIN nodes i ON i.uuid = substr(v.value, -36) AND i.namespace || '--' || i.uuid = v.value`

/** That a column holds the key of one of these nodes. */
export function amongNodes(column: string, ids: string | readonly string[] | undefined): Condition[] {
  if (ids === undefined) return []
  return [{ sql: `${column} IN (${KEYS_OF_IDS})`, values: [JSON.stringify([ids].flat())] }]
}

/** A list in a total order. */
export interface ListQuery<Row> {
  /** As in errors, such as `tasks.list`. */
  readonly operation: string
  readonly columns: string
  /** Tables and joins; `countFrom` where counting needs fewer of them. */
  readonly from: string
  readonly countFrom?: string
  readonly conditions: readonly Condition[]
  /** Names the order, so that a cursor of another one is refused. */
  readonly order: string
  readonly orderBy: readonly string[]
  readonly direction?: 'ASC' | 'DESC'
  /** The values of `orderBy` in a row. */
  readonly position: (row: Row) => readonly SqlValue[]
}

const DEFAULT_LIMIT = 50

/** One page of a list, with the number of items in the whole of it. */
export async function readPage<Row extends object, Item>(
  reader: Reader,
  query: ListQuery<Row>,
  options: PageOptions,
  toItems: (rows: readonly Row[]) => readonly Item[] | Promise<readonly Item[]>,
): Promise<Page<Item>> {
  const { orderBy, order, direction = 'ASC' } = query
  const limit = options.limit ?? DEFAULT_LIMIT
  const all = whereOf(query.conditions)
  const counted = await reader.get<{ total: number }>(
    `SELECT count(*) AS total FROM ${query.countFrom ?? query.from} ${all.sql}`,
    ...all.values,
  )
  const rest = whereOf([...query.conditions, ...after(query, direction, options.cursor)])
  const rows = await reader.all<Row>(
    `SELECT ${query.columns} FROM ${query.from} ${rest.sql}
     ORDER BY ${orderBy.map((column) => `${column} ${direction}`).join(', ')} LIMIT ?`,
    ...rest.values,
    limit + 1,
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: await toItems(page),
    total: counted!.total,
    ...(rows.length > limit && last !== undefined && { nextCursor: writeCursor(order, query.position(last)) }),
  }
}

function after<Row>(query: ListQuery<Row>, direction: 'ASC' | 'DESC', cursor: string | undefined): Condition[] {
  if (cursor === undefined) return []
  const { operation, order, orderBy } = query
  return [
    {
      sql: `(${orderBy.join(', ')}) ${direction === 'ASC' ? '>' : '<'} (${orderBy.map(() => '?').join(', ')})`,
      values: readCursor(operation, order, orderBy.length, cursor),
    },
  ]
}

/** The WHERE clause of all of these. */
export function whereOf(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.length === 0 ? '' : `WHERE ${conditions.map((condition) => condition.sql).join(' AND ')}`,
    values: conditions.flatMap((condition) => condition.values),
  }
}

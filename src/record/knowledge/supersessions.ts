import type { ReadableEvent } from '../../log/read-events.js'
import type { Reader, Writer } from '../../store/store.js'
import { toId } from '../nodes.js'
import type { Condition } from '../paging.js'

/** Notes that one decision or learning supersedes another; between nodes of other kinds, nothing. */
export async function beginSupersession(
  writer: Writer,
  later: number,
  earlier: number,
  event: ReadableEvent,
): Promise<void> {
  await writer.run(
    `INSERT INTO supersessions (earlier, later, added, known_from)
     SELECT e.key, l.key, ?, ? FROM knowledge e JOIN knowledge l ON l.key = ? WHERE e.key = ?`,
    event.seq,
    event.recordedAt,
    later,
    earlier,
  )
}

/** Notes that it does so no more: what was known before stays known as that. */
export async function endSupersession(
  writer: Writer,
  later: number,
  earlier: number,
  event: ReadableEvent,
): Promise<void> {
  await writer.run(
    'UPDATE supersessions SET known_to = ? WHERE earlier = ? AND later = ? AND known_to IS NULL',
    event.recordedAt,
    earlier,
    later,
  )
}

/** That a row `s` of supersessions was known at a time, or is known now. */
function known(knownAt: string | undefined): Condition {
  return knownAt === undefined
    ? { sql: 's.known_to IS NULL', values: [] }
    : { sql: 's.known_from <= ? AND (s.known_to IS NULL OR s.known_to > ?)', values: [knownAt, knownAt] }
}

/** That nothing which was known then supersedes `k`; with `validAt`, nothing that was valid then already. */
export function notSuperseded(knownAt: string | undefined, validAt?: string): Condition {
  const { sql, values } = known(knownAt)
  const from = 'supersessions s JOIN knowledge l ON l.key = s.later'
  return {
    sql: `NOT EXISTS (SELECT 1 FROM ${from} WHERE s.earlier = k.key AND ${sql}
      ${knownAt === undefined ? '' : 'AND l.recorded_at <= ?'} ${validAt === undefined ? '' : 'AND l.valid_from <= ?'})`,
    values: [...values, ...(knownAt === undefined ? [] : [knownAt]), ...(validAt === undefined ? [] : [validAt])],
  }
}

/** The other end of a supersession. */
export interface Neighbour {
  readonly id: string
  readonly validFrom: string
}

/** What took the place of each of these items, by key: of several the one that was valid first, then the older. */
export function readSuccessors(
  reader: Reader,
  keys: readonly number[],
  knownAt: string | undefined,
): Promise<ReadonlyMap<number, Neighbour>> {
  return readNeighbours(reader, keys, knownAt, ['earlier', 'later'], 'o.valid_from, o.key')
}

/** Whose place each of these items took, by key: of several the one that was named first. */
export function readPredecessors(
  reader: Reader,
  keys: readonly number[],
  knownAt: string | undefined,
): Promise<ReadonlyMap<number, Neighbour>> {
  return readNeighbours(reader, keys, knownAt, ['later', 'earlier'], 's.added, o.key')
}

async function readNeighbours(
  reader: Reader,
  keys: readonly number[],
  knownAt: string | undefined,
  [near, far]: readonly ['earlier' | 'later', 'earlier' | 'later'],
  order: string,
): Promise<ReadonlyMap<number, Neighbour>> {
  const { sql, values } = known(knownAt)
  const rows = await reader.rows<[key: number, namespace: string, uuid: string, validFrom: string]>(
    `SELECT s.${near}, n.namespace, n.uuid, o.valid_from FROM json_each(?) j
     JOIN supersessions s ON s.${near} = j.value
     JOIN knowledge o ON o.key = s.${far}
     JOIN nodes n ON n.key = o.key
     WHERE ${sql} ${knownAt === undefined ? '' : 'AND o.recorded_at <= ?'} ORDER BY ${order}`,
    JSON.stringify(keys),
    ...values,
    ...(knownAt === undefined ? [] : [knownAt]),
  )
  const first = new Map<number, Neighbour>()
  for (const [key, namespace, uuid, validFrom] of rows) {
    if (!first.has(key)) first.set(key, { id: toId(namespace, uuid), validFrom })
  }
  return first
}

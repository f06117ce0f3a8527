import { chunksOf } from '../../chunks.js'
import type { Reader, SqlValue } from '../../store/store.js'
import type { Gate } from '../../vocabulary.js'
import { RELATION_KINDS, type RelationKind } from '../relations/registry.js'
import type { LineageKind } from './lineage-relation.js'

/** One relation, by the keys of its nodes. */
export interface StoredStep {
  readonly source: number
  readonly kind: LineageKind
  readonly target: number
  /** The activity that a delegation is limited to, or 0. */
  readonly activity: number
  readonly gate: Gate | null
  readonly createdAt: string
}

/**
 * - `origins`: from effect to cause, along every relation
 * - `effects`: from cause to effect, against every relation
 * - `accounts`: some of those that lie along relations: to those who bear the responsibility, to the decisions and learnings
 *   that an activity used, and to what a piece of evidence points at
 * - `grounds`: some of those that lie against relations: to the decisions and learnings that are attached to a task, to what
 *   took the place of one, to evidence, and to the reviews of an attempt
 */
export type StepDirection = 'origins' | 'effects' | 'accounts' | 'grounds'

/** A relation of the registry, or a field of a node that stands for one, as rows are found by one end. */
interface StepSource {
  readonly kinds: readonly LineageKind[]
  readonly columns: string
  readonly from: string
  /** The column by which rows are found. */
  readonly by: string
  /** The column that holds the other end. */
  readonly other: string
  readonly where?: string
}

const RESPONSIBLE_KINDS: readonly RelationKind[] = ['attributed_to', 'acted_on_behalf_of']

const RELATION = {
  kinds: RELATION_KINDS,
  columns: 'r.source, r.kind, r.target, r.activity, r.gate, r.created_at',
  from: 'relations r',
} as const

/** A field that stands for a relation from its node to the one that it names. */
interface Field {
  readonly kind: LineageKind
  /** The table, and what it is called in a statement. */
  readonly table: string
  readonly alias: string
  /** The column of the node that is named. */
  readonly column: string
  /** When it came about; `created_at` unless told. */
  readonly since?: string
  readonly isOptional?: true
}

const ASSOCIATION: Field = {
  kind: 'associated_with',
  table: 'activities',
  alias: 'v',
  column: 'agent',
  since: 'started_at',
}
const PLAN: Field = {
  kind: 'had_plan',
  table: 'activities',
  alias: 'v',
  column: 'task',
  since: 'started_at',
  isOptional: true,
}
const COMMENTED: Field = { kind: 'comment_on', table: 'comments', alias: 'c', column: 'task' }
const JUDGED: Field = { kind: 'judged', table: 'reviews', alias: 'w', column: 'attempt' }
const ATTACHED: Field = {
  kind: 'attached_to',
  table: 'knowledge',
  alias: 'k',
  column: 'attached_to',
  isOptional: true,
}
const PROVEN: Field = { kind: 'evidence_for', table: 'evidence', alias: 'e', column: 'subject' }
const PROOF: Field = { kind: 'points_at', table: 'evidence', alias: 'e', column: 'artifact', isOptional: true }
const AUTHORS: readonly Field[] = [
  { kind: 'attributed_to', table: 'comments', alias: 'c', column: 'author' },
  { kind: 'attributed_to', table: 'knowledge', alias: 'k', column: 'agent' },
  { kind: 'attributed_to', table: 'evidence', alias: 'e', column: 'agent' },
]
const FIELDS: readonly Field[] = [ASSOCIATION, PLAN, COMMENTED, JUDGED, ATTACHED, PROVEN, PROOF, ...AUTHORS]

/** Relations that start from one of some nodes. */
function along(field: Field): StepSource {
  return { ...sourceOf(field), by: `${field.alias}.key`, other: `${field.alias}.${field.column}` }
}

/** Relations that lead to one of some nodes. */
function against(field: Field): StepSource {
  return { ...sourceOf(field), by: `${field.alias}.${field.column}`, other: `${field.alias}.key` }
}

function sourceOf({ kind, table, alias, column, since = 'created_at', isOptional }: Field) {
  const target = `${alias}.${column}`
  const conditions = [
    ...(isOptional ? [`${target} IS NOT NULL`] : []),
    // Somebody may have said the same by a relation, which counts once.
    ...(kind === 'attributed_to'
      ? [
          `NOT EXISTS (SELECT 1 FROM relations x
    WHERE x.source = ${alias}.key AND x.kind = 'attributed_to' AND x.target = ${target})`,
        ]
      : []),
  ]
  return {
    kinds: [kind],
    columns: `${alias}.key, '${kind}', ${target}, 0, NULL, ${alias}.${since}`,
    from: `${table} ${alias}`,
    ...(conditions.length > 0 && { where: conditions.join(' AND ') }),
  }
}

const SOURCES: Readonly<Record<StepDirection, readonly StepSource[]>> = {
  origins: [{ ...RELATION, by: 'r.source', other: 'r.target' }, ...FIELDS.map(along)],
  effects: [{ ...RELATION, by: 'r.target', other: 'r.source' }, ...FIELDS.map(against)],
  accounts: [
    { ...RELATION, kinds: RESPONSIBLE_KINDS, by: 'r.source', other: 'r.target' },
    {
      ...RELATION,
      kinds: ['used'],
      by: 'r.source',
      other: 'r.target',
      where: 'EXISTS (SELECT 1 FROM knowledge x WHERE x.key = r.target)',
    },
    ...[ASSOCIATION, PROOF, ...AUTHORS].map(along),
  ],
  grounds: [
    {
      ...RELATION,
      kinds: ['supersedes'],
      by: 'r.target',
      other: 'r.source',
      where: 'EXISTS (SELECT 1 FROM knowledge x WHERE x.key = r.source)',
    },
    ...[JUDGED, ATTACHED, PROVEN].map(against),
  ],
}

/** Relations of several nodes. */
export interface Steps {
  readonly steps: readonly StoredStep[]
  /** The nodes that have more relations than were asked for; none of theirs are in `steps`. */
  readonly tooMany: ReadonlySet<number>
}

type StepRow = [
  source: number,
  kind: LineageKind,
  target: number,
  activity: number,
  gate: Gate | null,
  createdAt: string,
]

/** How many nodes are looked up at once. */
const CHUNK = 500

/**
 * The relations of nodes, read in one direction along indexes, so that the cost is that of what is found.
 *
 * A million relations of one node need not be read whole: `all` leaves such nodes out, `nearest`, `within` and `count` look
 * at one of them.
 */
export class StepReader {
  readonly #reader: Reader
  readonly #kinds: readonly LineageKind[] | undefined

  constructor(reader: Reader, kinds: readonly LineageKind[] | undefined) {
    this.#reader = reader
    this.#kinds = kinds
  }

  /** All relations of these nodes, those aside that have more than the limit. */
  async all(direction: StepDirection, keys: readonly number[], limit: number | undefined): Promise<Steps> {
    const steps: StoredStep[] = []
    const tooMany = new Set<number>()
    for (const source of this.#sources(direction)) {
      const { sql, values } = selectionOf(source, `${source.by} IN (SELECT value FROM json_each(?))`)
      const read = async (chunk: readonly number[]): Promise<void> => {
        const bound = [JSON.stringify(chunk), ...values]
        const rows = await this.#reader.rows<StepRow>(`${sql} LIMIT ?`, ...bound, limit === undefined ? -1 : limit + 1)
        if (limit === undefined || rows.length <= limit) {
          for (const row of rows) steps.push(toStep(row))
        } else if (chunk.length === 1) {
          tooMany.add(chunk[0]!)
        } else {
          await read(chunk.slice(0, chunk.length >> 1))
          await read(chunk.slice(chunk.length >> 1))
        }
      }
      for (const chunk of chunksOf(keys, CHUNK)) await read(chunk)
    }
    if (tooMany.size === 0) return { steps, tooMany }
    return { steps: steps.filter((step) => !tooMany.has(ownEnd(direction, step))), tooMany }
  }

  /** Of each kind, a relation with each of the oldest nodes that there are relations with, `limit` of them at most. */
  async nearest(direction: StepDirection, key: number, limit: number): Promise<StoredStep[]> {
    const steps: StoredStep[] = []
    for (const source of this.#sources(direction)) {
      for (const kind of source.kinds) {
        const { sql, values } = selectionOf({ ...source, kinds: [kind] }, `${source.by} = ?`, 'min(r.activity)')
        const group = source.from === RELATION.from ? `GROUP BY ${source.other} ` : ''
        const rows = await this.#reader.rows<StepRow>(
          `${sql} ${group}ORDER BY ${source.other} LIMIT ?`,
          key,
          ...values,
          limit,
        )
        for (const row of rows) steps.push(toStep(row))
      }
    }
    return steps
  }

  /** The relations of a node with these others. */
  async within(direction: StepDirection, key: number, others: Iterable<number>): Promise<StoredStep[]> {
    const steps: StoredStep[] = []
    const chosen = JSON.stringify([...others])
    for (const source of this.#sources(direction)) {
      // The plus keeps SQLite from looking each of the others up under each kind: reading the node's own rows is never
      // dearer than counting them.
      const { sql, values } = selectionOf(source, `${source.by} = ?`)
      const rows = await this.#reader.rows<StepRow>(
        `${sql} AND +${source.other} IN (SELECT value FROM json_each(?))`,
        key,
        ...values,
        chosen,
      )
      for (const row of rows) steps.push(toStep(row))
    }
    return steps
  }

  /** How many relations a node has. */
  async count(direction: StepDirection, key: number): Promise<number> {
    let total = 0
    for (const source of this.#sources(direction)) {
      const { sql, values } = selectionOf(source, `${source.by} = ?`)
      const [[count]] = (await this.#reader.rows<[number]>(`SELECT count(*) FROM (${sql})`, key, ...values)) as [
        [number],
      ]
      total += count
    }
    return total
  }

  /** Where relations of the kinds that are wanted are kept. */
  #sources(direction: StepDirection): StepSource[] {
    const kinds = this.#kinds
    if (kinds === undefined) return [...SOURCES[direction]]
    return SOURCES[direction]
      .map((source) => ({ ...source, kinds: source.kinds.filter((kind) => kinds.includes(kind)) }))
      .filter((source) => source.kinds.length > 0)
  }
}

/** The node that a relation was read for. */
export function ownEnd(direction: StepDirection, { source, target }: StoredStep): number {
  return liesAgainst(direction) ? target : source
}

/** Whether steps of this direction lead from the target of a relation to its source. */
export function liesAgainst(direction: StepDirection): boolean {
  return direction === 'effects' || direction === 'grounds'
}

/** The relations of a source that meet a condition, which binds its values before those that are given here. */
function selectionOf(
  { columns, from, where, kinds }: StepSource,
  condition: string,
  activity = 'r.activity',
): { readonly sql: string; readonly values: readonly SqlValue[] } {
  // Fields stand for one kind each: their rows need no condition.
  const isChoice = from === RELATION.from && kinds.length < RELATION_KINDS.length
  const conditions = [
    condition,
    ...(where === undefined ? [] : [where]),
    ...(isChoice ? [kinds.length === 1 ? 'r.kind = ?' : 'r.kind IN (SELECT value FROM json_each(?))'] : []),
  ]
  return {
    sql: `SELECT ${columns.replace('r.activity', activity)} FROM ${from} WHERE ${conditions.join(' AND ')}`,
    values: isChoice ? [kinds.length === 1 ? kinds[0]! : JSON.stringify(kinds)] : [],
  }
}

function toStep([source, kind, target, activity, gate, createdAt]: StepRow): StoredStep {
  return { source, kind, target, activity, gate, createdAt }
}

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
 * - `responsible`: to those who bear the responsibility, from what they did or made
 */
export type StepDirection = 'origins' | 'effects' | 'responsible'

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
const ASSOCIATION = {
  kinds: ['associated_with'],
  columns: "v.key, 'associated_with', v.agent, 0, NULL, v.started_at",
  from: 'activities v',
} as const
const PLAN = {
  kinds: ['had_plan'],
  columns: "v.key, 'had_plan', v.task, 0, NULL, v.started_at",
  from: 'activities v',
  where: 'v.task IS NOT NULL',
} as const
const SUBJECT = {
  kinds: ['comment_on'],
  columns: "c.key, 'comment_on', c.task, 0, NULL, c.created_at",
  from: 'comments c',
} as const
const AUTHOR = {
  kinds: ['attributed_to'],
  columns: "c.key, 'attributed_to', c.author, 0, NULL, c.created_at",
  from: 'comments c',
  // Somebody may have said the same by a relation, which counts once.
  where: `NOT EXISTS (SELECT 1 FROM relations x
    WHERE x.source = c.key AND x.kind = 'attributed_to' AND x.target = c.author)`,
} as const

const SOURCES: Readonly<Record<StepDirection, readonly StepSource[]>> = {
  origins: [
    { ...RELATION, by: 'r.source', other: 'r.target' },
    { ...ASSOCIATION, by: 'v.key', other: 'v.agent' },
    { ...PLAN, by: 'v.key', other: 'v.task' },
    { ...SUBJECT, by: 'c.key', other: 'c.task' },
    { ...AUTHOR, by: 'c.key', other: 'c.author' },
  ],
  effects: [
    { ...RELATION, by: 'r.target', other: 'r.source' },
    { ...ASSOCIATION, by: 'v.agent', other: 'v.key' },
    { ...PLAN, by: 'v.task', other: 'v.key' },
    { ...SUBJECT, by: 'c.task', other: 'c.key' },
    { ...AUTHOR, by: 'c.author', other: 'c.key' },
  ],
  responsible: [
    { ...RELATION, kinds: RESPONSIBLE_KINDS, by: 'r.source', other: 'r.target' },
    { ...ASSOCIATION, by: 'v.key', other: 'v.agent' },
    { ...AUTHOR, by: 'c.key', other: 'c.author' },
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
  return direction === 'effects' ? target : source
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

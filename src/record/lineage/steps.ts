import type { Reader } from '../../store/store.js'
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
}

const RELATION_COLUMNS = 'r.source, r.kind, r.target, r.activity, r.gate, r.created_at'
const RESPONSIBLE_KINDS: readonly RelationKind[] = ['attributed_to', 'acted_on_behalf_of']

const ASSOCIATION = {
  kinds: ['associated_with'],
  columns: "v.key, 'associated_with', v.agent, 0, NULL, v.started_at",
  from: 'activities v',
} as const
const PLAN = {
  kinds: ['had_plan'],
  columns: "v.key, 'had_plan', v.task, 0, NULL, v.started_at",
  from: 'activities v',
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
} as const

const SOURCES: Readonly<Record<StepDirection, readonly StepSource[]>> = {
  origins: [
    { kinds: RELATION_KINDS, columns: RELATION_COLUMNS, from: 'relations r', by: 'r.source' },
    { ...ASSOCIATION, by: 'v.key' },
    { ...PLAN, by: 'v.task IS NOT NULL AND v.key' },
    { ...SUBJECT, by: 'c.key' },
    { ...AUTHOR, by: 'c.key' },
  ],
  effects: [
    { kinds: RELATION_KINDS, columns: RELATION_COLUMNS, from: 'relations r', by: 'r.target' },
    { ...ASSOCIATION, by: 'v.agent' },
    { ...PLAN, by: 'v.task' },
    { ...SUBJECT, by: 'c.task' },
    { ...AUTHOR, by: 'c.author' },
  ],
  responsible: [
    { kinds: RESPONSIBLE_KINDS, columns: RELATION_COLUMNS, from: 'relations r', by: 'r.source' },
    { ...ASSOCIATION, by: 'v.key' },
    { ...AUTHOR, by: 'c.key' },
  ],
}

/** Which relations are read, and how many for one node at most. */
export interface StepOptions {
  readonly kinds?: readonly LineageKind[]
  readonly limit?: number
}

/** Relations of several nodes, and of those that have more than the limit, how many were not read. */
export interface Steps {
  readonly steps: readonly StoredStep[]
  readonly unread: ReadonlyMap<number, number>
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

/** The relations of these nodes in one direction, read along indexes: the cost is that of what is found. */
export async function readSteps(
  reader: Reader,
  direction: StepDirection,
  keys: readonly number[],
  { kinds, limit }: StepOptions,
): Promise<Steps> {
  const steps: StoredStep[] = []
  const unread = new Map<number, number>()
  for (const source of SOURCES[direction]) {
    const wanted = kinds === undefined ? source.kinds : source.kinds.filter((kind) => kinds.includes(kind))
    if (wanted.length === 0) continue
    const select = selectionOf(source, wanted)
    for (let first = 0; first < keys.length; first += CHUNK) {
      await readChunk(reader, select, keys.slice(first, first + CHUNK), limit, steps, unread)
    }
  }
  return { steps, unread }
}

/** The two statements for one source: rows, and their number. Both bind the keys, then the kinds where they matter. */
interface Selection {
  readonly rows: string
  readonly count: string
  readonly values: readonly string[]
}

function selectionOf({ columns, from, by, kinds }: StepSource, wanted: readonly LineageKind[]): Selection {
  // Fields have one kind each: their rows need no condition.
  const chosen = from === 'relations r' && wanted.length < RELATION_KINDS.length
  const where = `FROM ${from} WHERE ${by} IN (SELECT value FROM json_each(?))${
    chosen ? ' AND r.kind IN (SELECT value FROM json_each(?))' : ''
  }`
  return {
    rows: `SELECT ${columns} ${where}`,
    count: `SELECT count(*) ${where}`,
    values: chosen ? [JSON.stringify(wanted.length === kinds.length ? kinds : wanted)] : [],
  }
}

/** Where several nodes have more rows than the limit together, each is read on its own. */
async function readChunk(
  reader: Reader,
  { rows: select, count, values }: Selection,
  keys: readonly number[],
  limit: number | undefined,
  steps: StoredStep[],
  unread: Map<number, number>,
): Promise<void> {
  const bound = [JSON.stringify(keys), ...values]
  const rows =
    limit === undefined
      ? await reader.rows<StepRow>(select, ...bound)
      : await reader.rows<StepRow>(`${select} LIMIT ?`, ...bound, limit + 1)
  const isCut = limit !== undefined && rows.length > limit
  if (isCut && keys.length > 1) {
    for (const key of keys) await readChunk(reader, { rows: select, count, values }, [key], limit, steps, unread)
    return
  }
  if (isCut) {
    const [[total]] = (await reader.rows<[number]>(count, ...bound)) as [[number]]
    unread.set(keys[0]!, (unread.get(keys[0]!) ?? 0) + total - limit)
    rows.length = limit
  }
  for (const [source, kind, target, activity, gate, createdAt] of rows) {
    steps.push({ source, kind, target, activity, gate, createdAt })
  }
}

import { chunksOf } from '../../chunks.js'
import type { Reader, SqlValue } from '../../store/store.js'
import type { NodeKind } from '../../vocabulary.js'
import { durationOf } from '../text/duration.js'
import { momentOf } from '../text/moment.js'
import { ending, stopped } from '../timeline/wording.js'
import type { Gap } from './lineage.js'
import { type NamedNode, readNodes } from './read-nodes.js'

/** How a gap is found among nodes `n`, and said. */
interface GapDefinition {
  readonly from: string
  readonly where: string
  /** The key of another node that has to do with it. */
  readonly other?: string
  /** Texts of the record that the sentence tells. */
  readonly told?: readonly string[]
  readonly sentence: (name: string, gap: Found, kind: NodeKind, other: string) => string
}

/** Along `events_by_subject` from the node, and along the uuids of nodes from the event. */
const SUBJECT = "e.subject = n.namespace || '--' || n.uuid AND n.uuid = substr(e.subject, -36)"

/** Of an activity from what it used, of a whole record from what there is to use: SQLite chooses. */
const USED =
  "relations r JOIN knowledge k ON k.key = r.target AND r.kind = 'used' JOIN activities u ON u.key = r.source"

/**
 * Since when a decision or learning `k` is superseded, and which event says so: since its successor stood in the record and
 * was valid. A use `r` is dated like that where its time lies within the activity `u`; else it may be as old as that.
 */
const SUPERSEDED = `(SELECT min(max(x.created_at, l.valid_from) || printf(' %020d', x.added))
  FROM relations x JOIN knowledge l ON l.key = x.source WHERE x.target = k.key AND x.kind = 'supersedes')`
const USE = `CASE WHEN r.created_at BETWEEN u.started_at AND coalesce(u.ended_at, r.created_at) THEN r.created_at
  ELSE u.started_at END || printf(' %020d', r.added)`

const GAPS: Readonly<Record<Gap['kind'], GapDefinition>> = {
  activity_without_end: {
    from: 'activities v',
    where: 'v.key = n.key AND v.ended_at IS NULL',
    sentence: (name) => `The activity ${name} has not ended.`,
  },
  task_without_attribution: {
    from: 'tasks t',
    where: `t.key = n.key
      AND NOT EXISTS (SELECT 1 FROM relations r WHERE r.source = n.key AND r.kind = 'attributed_to')`,
    sentence: (name) => `No author is known for the task ${name}.`,
  },
  artifact_without_origin: {
    from: 'artifacts f',
    where: `f.key = n.key
      AND NOT EXISTS (SELECT 1 FROM relations r WHERE r.source = n.key AND r.kind = 'generated_by')`,
    sentence: (name) => `No activity is known to have made the artifact ${name}.`,
  },
  model_without_version: {
    from: 'agents a',
    where: "a.key = n.key AND a.kind = 'ml' AND a.version IS NULL",
    sentence: (name) => `${name} does not say which version of its model it is.`,
  },
  closed_without_activity: {
    from: 'tasks t',
    where: `t.key = n.key AND t.status = 'closed'
      AND NOT EXISTS (SELECT 1 FROM activities v WHERE v.task = n.key)
      AND NOT EXISTS (SELECT 1 FROM events e WHERE ${SUBJECT} AND e.type = 'task.closed' AND e.activity IS NOT NULL)`,
    sentence: (name) => `The task ${name} is closed, and no activity is known to have worked on it.`,
  },
  lease_ran_out: {
    from: 'attempts p',
    where: "p.key = n.key AND p.ended_by = 'expired'",
    sentence: (name) => `The lease of the activity ${name} ran out, and what became of the work is not known.`,
  },
  forced: {
    from: 'tasks t',
    where: 't.key = n.key AND t.forced IS NOT NULL',
    told: ['t.forced'],
    sentence: (name, { told: [reason] }) =>
      stopped(`The status of the task ${name} was changed by force, round its contract or a claim: ${ending(reason!)}`),
  },
  superseded: {
    from: USED,
    where: `r.source = n.key AND ${SUPERSEDED} <= ${USE}`,
    other: 'k.key',
    told: [SUPERSEDED, USE],
    sentence: (name, { told: [since, use] }, _kind, other) =>
      `The activity ${name} used the ${other}, which had been superseded ${howLong(timeOf(since!), timeOf(use!))} before.`,
  },
  superseded_since: {
    from: USED,
    where: `r.source = n.key AND ${SUPERSEDED} > ${USE}`,
    other: 'k.key',
    told: [SUPERSEDED],
    sentence: (name, { told: [since] }, _kind, other) =>
      `The activity ${name} used the ${other}, which stood then and is superseded as of ${momentOf(timeOf(since!))}.`,
  },
  erased: {
    from: 'events e',
    // What made a comment, an attempt, a review or evidence is an event about another node, and found by its own key.
    where: `e.data IS NULL AND (${SUBJECT} OR e.seq = n.key)`,
    sentence: (name, _gap, kind) => `Part of what was written about the ${kind} ${name} has been erased.`,
  },
}

const GAP_KINDS = Object.keys(GAPS) as Gap['kind'][]
/** How many nodes are looked at at once. */
const BATCH = 500

/** A gap as it is found: the keys of its node and of the other one that it tells of, and the texts that it tells. */
interface Found {
  readonly kind: Gap['kind']
  readonly key: number
  readonly other: number | null
  readonly told: readonly string[]
}

/** The columns of a gap, named as in {@link FoundRow}. */
function columnsOf({ other = 'NULL', told = [] }: GapDefinition): string {
  return `n.key, ${other} AS other, json_array(${told.join(', ')}) AS told`
}

type FoundRow = readonly [key: number, other: number | null, told: string]

function toFound(kind: Gap['kind'], [key, other, told]: FoundRow): Found {
  return { kind, key, other, told: JSON.parse(told) }
}

/** What the record does not know about these nodes, kind by kind, in order of age. */
export async function readGaps(reader: Reader, keys: readonly number[]): Promise<Gap[]> {
  const found: Found[] = []
  for (const kind of GAP_KINDS) {
    const { from, where } = GAPS[kind]
    for (const some of chunksOf(keys, BATCH)) {
      const rows = await reader.rows<FoundRow>(
        `SELECT DISTINCT ${columnsOf(GAPS[kind])} FROM nodes n CROSS JOIN ${from}
         WHERE n.key IN (SELECT value FROM json_each(?)) AND ${where}`,
        JSON.stringify(some),
      )
      for (const row of rows) found.push(toFound(kind, row))
    }
  }
  return tell(
    reader,
    found.sort(
      (one, another) =>
        orderOf(one.kind) - orderOf(another.kind) || one.key - another.key || Number(one.other) - Number(another.other),
    ),
  )
}

/** What the record does not know about the nodes of a namespace, or about any: the first of the gaps, and their number. */
export async function readGapsOf(
  reader: Reader,
  namespace: string | null,
  limit: number,
): Promise<{ readonly gaps: readonly Gap[]; readonly total: number }> {
  const found: Found[] = []
  let total = 0
  for (const kind of GAP_KINDS) {
    const { from, where } = GAPS[kind]
    const all = `SELECT DISTINCT ${columnsOf(GAPS[kind])} FROM ${from} CROSS JOIN nodes n
      WHERE ${where} AND n.namespace = coalesce(?, n.namespace)`
    const [[count]] = (await reader.rows<[number]>(`SELECT count(*) FROM (${all})`, namespace)) as [[number]]
    total += count
    if (found.length >= limit) continue
    const values: SqlValue[] = [namespace, limit - found.length]
    const rows = await reader.rows<FoundRow>(`${all} ORDER BY n.key, other LIMIT ?`, ...values)
    for (const row of rows) found.push(toFound(kind, row))
  }
  return { gaps: await tell(reader, found), total }
}

function orderOf(kind: Gap['kind']): number {
  return GAP_KINDS.indexOf(kind)
}

async function tell(reader: Reader, found: readonly Found[]): Promise<Gap[]> {
  const keys = found.flatMap(({ key, other }) => (other === null ? [key] : [key, other]))
  const nodes = await readNodes(reader, [...new Set(keys)])
  return found.map((gap) => {
    const { kind, key } = gap
    const node = nodes.get(key)!
    const other = gap.other === null ? undefined : nodes.get(gap.other)!
    const others = other === undefined ? '' : `${other.kind} ${nameOf(other)}`
    return { kind, node: node.id, sentence: GAPS[kind].sentence(nameOf(node), gap, node.kind, others) }
  })
}

function nameOf({ kind, label }: NamedNode): string {
  return kind === 'agent' ? label : `"${label}"`
}

/** The time of a moment that is told with the number of its event. */
function timeOf(moment: string): string {
  return moment.slice(0, moment.indexOf(' '))
}

function howLong(from: string, to: string): string {
  const ms = Date.parse(to) - Date.parse(from)
  return ms < 1 ? 'just' : durationOf(ms)
}

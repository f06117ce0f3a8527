import { chunksOf } from '../../chunks.js'
import type { Reader, SqlValue } from '../../store/store.js'
import type { NodeKind } from '../../vocabulary.js'
import type { Gap } from './lineage.js'
import { type NamedNode, readNodes } from './read-nodes.js'

/** How a gap is found among nodes `n`, and said. */
interface GapDefinition {
  readonly from: string
  readonly where: string
  readonly sentence: (name: string, kind: NodeKind) => string
}

/** Along `events_by_subject` from the node, and along the uuids of nodes from the event. */
const SUBJECT = "e.subject = n.namespace || '--' || n.uuid AND n.uuid = substr(e.subject, -36)"

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
  erased: {
    from: 'events e',
    // The event that added a comment is about its task, and found by the comment's key.
    where: `e.data IS NULL AND (${SUBJECT} OR e.seq = n.key)`,
    sentence: (name, kind) => `Part of what was written about the ${kind} ${name} has been erased.`,
  },
}

const GAP_KINDS = Object.keys(GAPS) as Gap['kind'][]
/** How many nodes are looked at at once. */
const BATCH = 500

/** What the record does not know about these nodes, kind by kind, in order of age. */
export async function readGaps(reader: Reader, keys: readonly number[]): Promise<Gap[]> {
  const found: (readonly [Gap['kind'], number])[] = []
  for (const kind of GAP_KINDS) {
    const { from, where } = GAPS[kind]
    for (const some of chunksOf(keys, BATCH)) {
      const rows = await reader.rows<[number]>(
        `SELECT DISTINCT n.key FROM nodes n CROSS JOIN ${from}
         WHERE n.key IN (SELECT value FROM json_each(?)) AND ${where}`,
        JSON.stringify(some),
      )
      for (const [key] of rows) found.push([kind, key])
    }
  }
  return tell(
    reader,
    found.sort((one, other) => orderOf(one[0]) - orderOf(other[0]) || one[1] - other[1]),
  )
}

/** What the record does not know about the nodes of a namespace, or about any: the first of the gaps, and their number. */
export async function readGapsOf(
  reader: Reader,
  namespace: string | null,
  limit: number,
): Promise<{ readonly gaps: readonly Gap[]; readonly total: number }> {
  const found: (readonly [Gap['kind'], number])[] = []
  let total = 0
  for (const kind of GAP_KINDS) {
    const { from, where } = GAPS[kind]
    const all = `SELECT DISTINCT n.key FROM ${from} CROSS JOIN nodes n
      WHERE ${where} AND n.namespace = coalesce(?, n.namespace)`
    const [[count]] = (await reader.rows<[number]>(`SELECT count(*) FROM (${all})`, namespace)) as [[number]]
    total += count
    if (found.length >= limit) continue
    const values: SqlValue[] = [namespace, limit - found.length]
    for (const [key] of await reader.rows<[number]>(`${all} ORDER BY n.key LIMIT ?`, ...values)) found.push([kind, key])
  }
  return { gaps: await tell(reader, found), total }
}

function orderOf(kind: Gap['kind']): number {
  return GAP_KINDS.indexOf(kind)
}

async function tell(reader: Reader, found: readonly (readonly [Gap['kind'], number])[]): Promise<Gap[]> {
  const nodes = await readNodes(reader, [...new Set(found.map(([, key]) => key))])
  return found.map(([kind, key]) => {
    const node = nodes.get(key)!
    return { kind, node: node.id, sentence: GAPS[kind].sentence(nameOf(node), node.kind) }
  })
}

function nameOf({ kind, label }: NamedNode): string {
  return kind === 'agent' ? label : `"${label}"`
}

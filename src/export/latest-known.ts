import { RELATION_KINDS, relationDefinition } from '../record/relations/registry.js'
import { TASK_EVENT_TYPES } from '../record/tasks/apply-event.js'
import type { Reader } from '../store/store.js'

/** An activity that an event names. */
const ACTIVITY_OF_EVENT = 'events e CROSS JOIN nodes a CROSS JOIN activities c'
const IS_OF_EVENT = 'a.uuid = substr(e.activity, -36) AND c.key = a.key'

/** When what used a node did so, or began, where that is all that is told. */
const USED = `SELECT max(CASE WHEN r.created_at >= c.started_at AND (c.ended_at IS NULL OR r.created_at <= c.ended_at)
    THEN r.created_at ELSE c.started_at END)
  FROM relations r CROSS JOIN activities c
  WHERE r.target = k.value AND r.kind = 'used' AND c.key = r.source`

/** When what derived something from it began: by inference 11 of PROV-CONSTRAINTS it used the node. */
const DERIVED = `SELECT max(c.started_at)
  FROM relations r CROSS JOIN ${ACTIVITY_OF_EVENT}
  WHERE r.target = k.value AND r.kind IN ('derived_from', 'supersedes') AND e.seq = r.added AND ${IS_OF_EVENT}`

/** When what generated it began. */
const GENERATED = `SELECT max(c.started_at)
  FROM relations r CROSS JOIN activities c
  WHERE r.source = k.value AND r.kind = 'generated_by' AND c.key = r.target`

const REVISING = RELATION_KINDS.filter((kind) => relationDefinition(kind).raisesRevision === true)

/** When a task was changed: each of its revisions is a specialization of it. Of what was erased, any may have been a change. */
const CHANGED = `SELECT max(e.at)
  FROM nodes n CROSS JOIN events e
  WHERE n.key = k.value AND n.kind = 'task' AND e.subject = n.namespace || '--' || n.uuid
    AND e.type IN (${texts(TASK_EVENT_TYPES)})
    AND (e.data IS NULL OR e.type NOT IN ('relation.added', 'relation.removed') OR json_extract(e.data, '$.kind') IN (${texts(REVISING)}))`

const LATEST = `SELECT k.value, max(${[USED, DERIVED, GENERATED, CHANGED].map((sql) => `coalesce((${sql}), '')`).join(', ')})
  FROM json_each(?) k`

/**
 * The latest time of each node that PROV-CONSTRAINTS puts before its invalidation (usage-precedes-invalidation,
 * generation-precedes-invalidation, specialization-invalidation-ordering); empty where there is none.
 *
 * It is read from the whole record, and alike in summary and in full, so that no two documents contradict each other.
 */
export async function readLatestKnown(reader: Reader, keys: ReadonlySet<number>): Promise<ReadonlyMap<number, string>> {
  if (keys.size === 0) return new Map()
  return new Map(await reader.rows<[key: number, at: string]>(LATEST, JSON.stringify([...keys])))
}

function texts(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ')
}

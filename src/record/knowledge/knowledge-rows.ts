import type { AgentId, DecisionId, EvidenceId, LearningId, TaskId } from '../../ids.js'
import type { ReadableEvent } from '../../log/read-events.js'
import type { Reader } from '../../store/store.js'
import { namespaceOf, toId } from '../nodes.js'
import type { BornRelation } from '../relations/relation-rows.js'
import type { Decision, Learning } from './knowledge.js'
import { readPredecessors, readSuccessors } from './supersessions.js'

/** A decision or a learning, by the kind of its node. */
export type KnowledgeKind = 'decision' | 'learning'

/** The item that a kind names. */
export type ItemOf<Kind extends KnowledgeKind> = Kind extends 'decision' ? Decision : Learning

/** The id of the item that a kind names. */
export type IdOf<Kind extends KnowledgeKind> = Kind extends 'decision' ? DecisionId : LearningId

/** Data of `decision.recorded` and `learning.recorded`, whose subject is the item. */
export type KnowledgeRecorded = {
  readonly agent: AgentId
  readonly alternatives: readonly string[]
  readonly attachedTo?: TaskId
  /** What the events after it add about it. */
  readonly evidence: readonly EvidenceId[]
  readonly rationale: string
  /** What it supersedes, and the activity that it was recorded within. */
  readonly relations: readonly BornRelation[]
  readonly title: string
  readonly validFrom: string
}

/** A row of `KNOWLEDGE`. */
export interface KnowledgeRow {
  readonly key: number
  readonly kind: KnowledgeKind
  readonly namespace: string
  readonly uuid: string
  readonly agent_namespace: string
  readonly agent_uuid: string
  readonly task_namespace: string | null
  readonly task_uuid: string | null
  readonly title: string
  readonly rationale: string
  readonly alternatives: string
  readonly valid_from: string
  readonly created_at: string
  readonly recorded_at: string
}

export const KNOWLEDGE_COLUMNS = `k.key, k.kind, n.namespace, n.uuid, g.namespace AS agent_namespace, g.uuid AS agent_uuid,
  t.namespace AS task_namespace, t.uuid AS task_uuid, k.title, k.rationale, k.alternatives, k.valid_from, k.created_at,
  k.recorded_at`

export const KNOWLEDGE_JOINS = `JOIN nodes n ON n.key = k.key
  JOIN nodes g ON g.key = k.agent
  LEFT JOIN nodes t ON t.key = k.attached_to`

/** The item with this key, which there is. */
export async function readKnowledge<Kind extends KnowledgeKind>(reader: Reader, key: number): Promise<ItemOf<Kind>> {
  const row = await reader.get<KnowledgeRow>(
    `SELECT ${KNOWLEDGE_COLUMNS} FROM knowledge k ${KNOWLEDGE_JOINS} WHERE k.key = ?`,
    key,
  )
  return (await toKnowledge(reader, [row!]))[0] as ItemOf<Kind>
}

/** Rows as items, with what supersedes them and their evidence, as it was known at a time, or is now. */
export async function toKnowledge(
  reader: Reader,
  rows: readonly KnowledgeRow[],
  knownAt?: string,
): Promise<(Decision | Learning)[]> {
  const keys = rows.map((row) => row.key)
  const successors = await readSuccessors(reader, keys, knownAt)
  const predecessors = await readPredecessors(reader, keys, knownAt)
  const evidence = await readEvidenceIds(reader, keys, knownAt)
  return rows.map((row) => {
    const successor = successors.get(row.key)
    const predecessor = predecessors.get(row.key)
    return {
      kind: row.kind,
      id: toId(row.namespace, row.uuid),
      namespace: row.namespace,
      agent: toId<AgentId>(row.agent_namespace, row.agent_uuid),
      title: row.title,
      rationale: row.rationale,
      alternatives: JSON.parse(row.alternatives),
      ...(row.task_uuid !== null && { attachedTo: toId<TaskId>(row.task_namespace!, row.task_uuid) }),
      evidence: evidence.get(row.key) ?? [],
      validFrom: row.valid_from,
      ...(successor !== undefined && { validTo: successor.validFrom, supersededBy: successor.id }),
      ...(predecessor !== undefined && { supersedes: predecessor.id }),
      createdAt: row.created_at,
      recordedAt: row.recorded_at,
    } as Decision | Learning
  })
}

async function readEvidenceIds(
  reader: Reader,
  keys: readonly number[],
  knownAt: string | undefined,
): Promise<ReadonlyMap<number, EvidenceId[]>> {
  const rows = await reader.rows<[subject: number, namespace: string, uuid: string]>(
    `SELECT e.subject, n.namespace, n.uuid FROM json_each(?) j
     JOIN evidence e ON e.subject = j.value
     JOIN nodes n ON n.key = e.key
     ${knownAt === undefined ? '' : 'JOIN events v ON v.seq = e.key AND v.recorded_at <= ?'} ORDER BY e.key`,
    JSON.stringify(keys),
    ...(knownAt === undefined ? [] : [knownAt]),
  )
  const bySubject = new Map<number, EvidenceId[]>()
  for (const [subject, namespace, uuid] of rows) {
    const ids = bySubject.get(subject) ?? []
    ids.push(toId(namespace, uuid))
    bySubject.set(subject, ids)
  }
  return bySubject
}

/** An item as the event that recorded it says: nothing has taken its place yet. */
export function knowledgeAsRecorded<Kind extends KnowledgeKind>(event: ReadableEvent): ItemOf<Kind> {
  const { relations, ...fields } = event.data as unknown as KnowledgeRecorded
  const earlier = relations.find(({ kind }) => kind === 'supersedes')
  const id = event.subject as DecisionId | LearningId
  return {
    kind: event.type === 'decision.recorded' ? 'decision' : 'learning',
    id,
    namespace: namespaceOf(id),
    ...fields,
    ...(earlier !== undefined && { supersedes: earlier.target }),
    createdAt: event.at,
    recordedAt: event.recordedAt,
  } as ItemOf<Kind>
}

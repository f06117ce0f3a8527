import { chunksOf } from '../../chunks.js'
import { groupBy } from '../../group-by.js'
import type { NodeId } from '../../ids.js'
import { ACTIVITIES, ACTIVITY_COLUMNS, type ActivityRow, toActivity } from '../../record/activities/activity-rows.js'
import { AGENT_COLUMNS, AGENTS, type AgentRow, toAgent } from '../../record/agents/agent-rows.js'
import { ARTIFACT_COLUMNS, ARTIFACTS, type ArtifactRow, toArtifact } from '../../record/artifacts/artifact-rows.js'
import type { Run } from '../../record/claims/claim.js'
import { ATTEMPT_COLUMNS, ATTEMPTS, type AttemptRow, toRun } from '../../record/claims/lists.js'
import { EVIDENCE, EVIDENCE_COLUMNS, type EvidenceRow, toEvidence } from '../../record/evidence/evidence-rows.js'
import {
  KNOWLEDGE_COLUMNS,
  KNOWLEDGE_JOINS,
  type KnowledgeRow,
  toKnowledge,
} from '../../record/knowledge/knowledge-rows.js'
import type { Review } from '../../record/reviews/review.js'
import { REVIEW_COLUMNS, REVIEWS, type ReviewRow, toReview } from '../../record/reviews/review-rows.js'
import { COMMENT_COLUMNS, COMMENTS, type CommentRow, toComment } from '../../record/tasks/comments.js'
import { readTasks } from '../../record/tasks/task-rows.js'
import type { Reader } from '../../store/store.js'
import type { NodeKind } from '../../vocabulary.js'
import { labelOf } from './label.js'
import type { NodeFields } from './lineage.js'

/** A node with its fields, and what people call it. */
export type NamedNode = { readonly id: NodeId; readonly label: string } & NodeFields

/** How many nodes are read at once. */
const BATCH = 500

/** Reads what is kept of the nodes of one kind, by their keys. */
type FieldsReader = (reader: Reader, keys: readonly number[]) => Promise<(readonly [key: number, node: NodeFields])[]>

const READERS: Readonly<Record<NodeKind, FieldsReader>> = {
  async task(reader, keys) {
    const tasks = await readTasks(reader, keys)
    return tasks.map((fields, index) => [keys[index]!, { kind: 'task', fields }])
  },
  async artifact(reader, keys) {
    const rows = await byKeys<ArtifactRow>(reader, `SELECT ${ARTIFACT_COLUMNS} FROM ${ARTIFACTS} WHERE f.key`, keys)
    return rows.map((row) => [row.key, { kind: 'artifact', fields: toArtifact(row) }])
  },
  async comment(reader, keys) {
    const rows = await byKeys<CommentRow>(reader, `SELECT ${COMMENT_COLUMNS} FROM ${COMMENTS} WHERE c.key`, keys)
    return rows.map((row) => [row.key, { kind: 'comment', fields: toComment(row) }])
  },
  async agent(reader, keys) {
    const rows = await byKeys<AgentRow>(reader, `SELECT ${AGENT_COLUMNS} FROM ${AGENTS} WHERE a.key`, keys)
    return rows.map((row) => [row.key, { kind: 'agent', fields: toAgent(row) }])
  },
  async activity(reader, keys) {
    const rows = await byKeys<ActivityRow>(reader, `SELECT ${ACTIVITY_COLUMNS} FROM ${ACTIVITIES} WHERE v.key`, keys)
    const runs = await readRunsOf(reader, keys)
    const reviews = await readReviewsOf(reader, keys)
    return rows.map((row) => {
      const run = runs.get(row.key)
      const fields = toActivity(row)
      return [row.key, { kind: 'activity', fields, ...(run !== undefined && { run }), ...reviews.get(row.key) }]
    })
  },
  decision: readKnowledgeOf,
  learning: readKnowledgeOf,
  async evidence(reader, keys) {
    const rows = await byKeys<EvidenceRow>(reader, `SELECT ${EVIDENCE_COLUMNS} FROM ${EVIDENCE} WHERE e.key`, keys)
    return rows.map((row) => [row.key, { kind: 'evidence', fields: toEvidence(row) }])
  },
}

async function readKnowledgeOf(reader: Reader, keys: readonly number[]) {
  const sql = `SELECT ${KNOWLEDGE_COLUMNS} FROM knowledge k ${KNOWLEDGE_JOINS} WHERE k.key`
  const rows = await byKeys<KnowledgeRow>(reader, sql, keys)
  const items = await toKnowledge(reader, rows)
  return items.map((fields, index) => [rows[index]!.key, { kind: fields.kind, fields } as NodeFields] as const)
}

/** Those of these activities that a claim started, as runs, by key. */
async function readRunsOf(reader: Reader, keys: readonly number[]): Promise<ReadonlyMap<number, Run>> {
  const rows = await byKeys<AttemptRow>(reader, `SELECT ${ATTEMPT_COLUMNS} FROM ${ATTEMPTS} WHERE p.key`, keys)
  return new Map(rows.map((row) => [row.key, toRun(row)]))
}

/** Those of these activities that are reviews, with the numbers of the attempts that they judge, by key. */
async function readReviewsOf(
  reader: Reader,
  keys: readonly number[],
): Promise<ReadonlyMap<number, { readonly review: Review; readonly judged: number }>> {
  const rows = await byKeys<ReviewRow & { readonly number: number }>(
    reader,
    `SELECT ${REVIEW_COLUMNS}, a.number FROM ${REVIEWS} JOIN attempts a ON a.key = w.attempt WHERE w.key`,
    keys,
  )
  return new Map(rows.map((row) => [row.key, { review: toReview(row), judged: row.number }]))
}

/** The nodes with these keys, which there are. */
export async function readNodes(reader: Reader, keys: readonly number[]): Promise<ReadonlyMap<number, NamedNode>> {
  const kinds = await pairs<NodeKind>(reader, 'SELECT key, kind FROM nodes WHERE key', keys)
  const byKind = groupBy(kinds, ([, kind]) => kind)
  const titles = new Map(
    await pairs<string>(
      reader,
      'SELECT v.key, t.title FROM activities v JOIN tasks t ON t.key = v.task WHERE v.key',
      (byKind.get('activity') ?? []).map(([key]) => key),
    ),
  )
  const nodes = new Map<number, NamedNode>()
  for (const [kind, ofKind] of byKind) {
    for (const some of chunksOf(ofKind, BATCH)) {
      const keysOfSome = some.map(([key]) => key)
      for (const [key, node] of await READERS[kind](reader, keysOfSome)) {
        nodes.set(key, { id: node.fields.id, label: labelOf(node, titles.get(key)), ...node })
      }
    }
  }
  return nodes
}

async function byKeys<Row extends object>(reader: Reader, sql: string, keys: readonly number[]): Promise<Row[]> {
  return reader.all<Row>(`${sql} IN (SELECT value FROM json_each(?))`, JSON.stringify(keys))
}

async function pairs<Value extends string>(
  reader: Reader,
  sql: string,
  keys: readonly number[],
): Promise<[number, Value][]> {
  const found: [number, Value][] = []
  for (const some of chunksOf(keys, BATCH)) {
    const rows = await reader.rows<[number, Value]>(`${sql} IN (SELECT value FROM json_each(?))`, JSON.stringify(some))
    for (const row of rows) found.push(row)
  }
  return found
}

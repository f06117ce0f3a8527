import { createHash } from 'node:crypto'
import type { TaskId } from '../../ids.js'
import { canonicalJson } from '../../json.js'
import { readHead } from '../../log/event-row.js'
import type { Pacer } from '../../store/pacer.js'
import type { Reader, SqlValue } from '../../store/store.js'
import { ACTIVITIES, ACTIVITY_COLUMNS, type ActivityRow, toActivity } from '../activities/activity-rows.js'
import { AGENT_COLUMNS, AGENTS, type AgentRow, toAgent } from '../agents/agent-rows.js'
import { ARTIFACT_COLUMNS, ARTIFACTS, type ArtifactRow, toArtifact } from '../artifacts/artifact-rows.js'
import { ATTEMPT_COLUMNS, ATTEMPTS, type AttemptRow, toRun } from '../claims/lists.js'
import { CONTRACT_COLUMNS, CONTRACTS, type ContractRow, toContractVersion } from '../contracts/contract-rows.js'
import { EVIDENCE, EVIDENCE_COLUMNS, type EvidenceRow, toEvidence } from '../evidence/evidence-rows.js'
import { KNOWLEDGE_COLUMNS, KNOWLEDGE_JOINS, type KnowledgeRow, toKnowledge } from '../knowledge/knowledge-rows.js'
import type { Condition } from '../paging.js'
import {
  LISTED_RELATION_COLUMNS,
  LISTED_RELATIONS,
  type ListedRelationRow,
  toListedRelation,
} from '../relations/relation-rows.js'
import { REVIEW_COLUMNS, REVIEWS, type ReviewRow, toReview } from '../reviews/review-rows.js'
import { COMMENT_COLUMNS, COMMENTS, type CommentRow, toComment } from '../tasks/comments.js'
import { readyTasks } from '../tasks/lists.js'
import { TASK_COLUMNS, TASK_JOINS, type TaskRow, toTask } from '../tasks/task-rows.js'
import type { LogSnapshot, RecordState } from './log.js'

const PAGE = 1_000

/** How one part of the state is read: rows in a total order, whose `position` is that of `orderBy`. */
interface Part<Row, Item> {
  readonly columns: string
  readonly from: string
  /** The columns that say which namespaces a row belongs to. */
  readonly namespaces: readonly string[]
  readonly orderBy: readonly string[]
  readonly position: (row: Row) => readonly SqlValue[]
  readonly toItems: (rows: readonly Row[], reader: Reader) => readonly Item[] | Promise<readonly Item[]>
}

/** A part that consists of nodes, oldest first; `alias` is the table whose key is that of the node. */
function nodes<Row extends { readonly key: number }, Item>(
  alias: string,
  columns: string,
  from: string,
  toItems: Part<Row, Item>['toItems'],
): Part<Row, Item> {
  const position = (row: Row) => [row.key]
  return { columns, from, namespaces: ['n.namespace'], orderBy: [`${alias}.key`], position, toItems }
}

/** Each part of `RecordState`: for another one, a field there and an entry here. */
const PARTS: { readonly [Name in keyof RecordState]: Part<never, RecordState[Name][number]> } = {
  agents: nodes('a', AGENT_COLUMNS, AGENTS, (rows: readonly AgentRow[]) => rows.map(toAgent)),
  tasks: nodes('t', TASK_COLUMNS, `tasks t ${TASK_JOINS}`, (rows: readonly TaskRow[]) => rows.map(toTask)),
  activities: nodes('v', ACTIVITY_COLUMNS, ACTIVITIES, (rows: readonly ActivityRow[]) => rows.map(toActivity)),
  artifacts: nodes('f', ARTIFACT_COLUMNS, ARTIFACTS, (rows: readonly ArtifactRow[]) => rows.map(toArtifact)),
  comments: nodes('c', COMMENT_COLUMNS, COMMENTS, (rows: readonly CommentRow[]) => rows.map(toComment)),
  contracts: {
    columns: CONTRACT_COLUMNS,
    from: CONTRACTS,
    namespaces: ['n.namespace'],
    orderBy: ['c.task', 'c.version'],
    position: (row: ContractRow) => [row.task, row.version],
    toItems: (rows: readonly ContractRow[]) => rows.map(toContractVersion),
  },
  runs: nodes('p', ATTEMPT_COLUMNS, ATTEMPTS, (rows: readonly AttemptRow[]) => rows.map(toRun)),
  reviews: nodes('w', REVIEW_COLUMNS, REVIEWS, (rows: readonly ReviewRow[]) => rows.map(toReview)),
  evidence: nodes('e', EVIDENCE_COLUMNS, EVIDENCE, (rows: readonly EvidenceRow[]) => rows.map(toEvidence)),
  knowledge: nodes('k', KNOWLEDGE_COLUMNS, `knowledge k ${KNOWLEDGE_JOINS}`, (rows: readonly KnowledgeRow[], reader) =>
    toKnowledge(reader, rows),
  ),
  relations: {
    columns: LISTED_RELATION_COLUMNS,
    from: LISTED_RELATIONS,
    namespaces: ['s.namespace', 't.namespace'],
    orderBy: ['r.source', 'r.kind', 'r.target', 'r.activity'],
    position: (row: ListedRelationRow) => [row.source_key, row.kind, row.target_key, row.activity],
    toItems: (rows: readonly ListedRelationRow[]) => rows.map(toListedRelation),
  },
}

/** A cut through the record, as `reader` sees it; `capturedAt` is what decides on what is ready. */
export async function captureState(
  reader: Reader,
  pacer: Pacer,
  namespace: string | undefined,
  capturedAt: string,
): Promise<LogSnapshot> {
  const state: Record<string, readonly object[]> = {}
  const hash = createHash('sha256').update(`{"namespace":${JSON.stringify(namespace ?? null)},"state":{`)
  // Piece by piece, as the whole may be longer than a text can be; the names in the order of canonical JSON.
  for (const [index, name] of Object.keys(PARTS).sort().entries()) {
    const part = PARTS[name as keyof RecordState] as Part<object, object>
    hash.update(`${index === 0 ? '' : ','}${JSON.stringify(name)}:[`)
    const items: object[] = []
    for await (const page of pagesOf(reader, part, namespace)) {
      for (const item of page) {
        hash.update(`${items.length === 0 ? '' : ','}${canonicalJson(item)}`)
        items.push(item)
        if (pacer.due) await pacer.turn()
      }
    }
    hash.update(']')
    state[name] = items
  }
  const digest = hash.update('}}').digest('hex')
  const { seq } = await readHead(reader)
  const ready = await readReady(reader, pacer, namespace, capturedAt)
  return { state: state as unknown as RecordState, ready, capturedAt, seq, digest }
}

async function* pagesOf<Row, Item>(
  reader: Reader,
  { columns, from, namespaces, orderBy, position, toItems }: Part<Row, Item>,
  namespace: string | undefined,
): AsyncGenerator<readonly Item[], void, undefined> {
  const within: Condition[] =
    namespace === undefined
      ? []
      : [
          {
            sql: `(${namespaces.map((column) => `${column} = ?`).join(' OR ')})`,
            values: namespaces.map(() => namespace),
          },
        ]
  let after: Condition[] = []
  for (;;) {
    const conditions = [...within, ...after]
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`
    const rows = await reader.all<Row & object>(
      `SELECT ${columns} FROM ${from} ${where} ORDER BY ${orderBy.join(', ')} LIMIT ${PAGE}`,
      ...conditions.flatMap(({ values }) => values),
    )
    yield await toItems(rows, reader)
    if (rows.length < PAGE) return
    const sql = `(${orderBy.join(', ')}) > (${orderBy.map(() => '?').join(', ')})`
    after = [{ sql, values: position(rows.at(-1)!) }]
  }
}

async function readReady(reader: Reader, pacer: Pacer, namespace: string | undefined, now: string): Promise<TaskId[]> {
  const ready: TaskId[] = []
  let cursor: string | undefined
  do {
    const page = {
      limit: PAGE,
      ...(namespace !== undefined && { namespace }),
      ...(cursor !== undefined && { cursor }),
    }
    const { items, nextCursor } = await readyTasks(reader, page, now)
    for (const { id } of items) ready.push(id)
    cursor = nextCursor
    await pacer.turn()
  } while (cursor !== undefined)
  return ready
}

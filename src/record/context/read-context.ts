import { z } from 'zod'
import type { AgentId, TaskId } from '../../ids.js'
import { taskId, validate, withOptions } from '../../input.js'
import type { Reader, SqlValue } from '../../store/store.js'
import type { Gate } from '../../vocabulary.js'
import { agentNames } from '../agents/agent-names.js'
import { ARTIFACT_COLUMNS, ARTIFACTS, type ArtifactRow, toArtifact } from '../artifacts/artifact-rows.js'
import { ATTEMPT_COLUMNS, ATTEMPTS, type AttemptRow, toRun } from '../claims/lists.js'
import { EVIDENCE, EVIDENCE_COLUMNS, type EvidenceRow, toEvidence } from '../evidence/evidence-rows.js'
import { readNearest } from '../knowledge/inherited.js'
import { requireNode } from '../nodes.js'
import { findParent } from '../relations/parent.js'
import { REVIEW_COLUMNS, REVIEWS, type ReviewRow, toReview } from '../reviews/review-rows.js'
import type { Session } from '../session.js'
import { COMMENT_COLUMNS, COMMENTS, type CommentRow, toComment } from '../tasks/comments.js'
import type { Task } from '../tasks/task.js'
import { readTask, readTasks } from '../tasks/task-rows.js'
import type { BlockerResult, ReadContext, TaskContext } from './context.js'
import { type ContextData, type Unread, writeContext } from './write-context.js'

const schema = z.strictObject({ task: taskId, maxChars: z.int().min(1_000).max(10_000_000).optional() })

const DEFAULT_MAX_CHARS = 20_000
/** How many items of a list are read. */
const LIMIT = 50

/** The query `context` of one session. */
export function contextOf(session: Session): ReadContext {
  return async (task, options) => {
    const input = validate('context', schema, withOptions('context', { task }, options))
    const maxChars = input.maxChars ?? DEFAULT_MAX_CHARS
    return session.query('context', (reader) => readContext(reader, input.task, maxChars, session.leaseNow()))
  }
}

/** Costs what the lists that are read cost: each by an index, and no more than `LIMIT` of it. */
async function readContext(reader: Reader, id: TaskId, maxChars: number, now: string): Promise<TaskContext> {
  const { key, namespace } = await requireNode(reader, id, ['task'])
  const task = await readTask(reader, key)
  const chain = await readChain(reader, key)
  const parents = await readTasks(reader, chain.slice(1, LIMIT + 1))
  const [previous, next] = await readNeighbours(reader, key)
  const blockers = await readBlockers(reader, key)
  const attempts = await readSome<AttemptRow>(reader, {
    columns: ATTEMPT_COLUMNS,
    from: ATTEMPTS,
    where: 'p.task = ? AND p.ended_at IS NOT NULL',
    values: [key],
    orderBy: 'p.number DESC',
  })
  const reviews = await readSome<ReviewRow>(reader, {
    columns: REVIEW_COLUMNS,
    from: REVIEWS,
    where: 'w.task = ?',
    values: [key],
    orderBy: 'w.key DESC',
  })
  const comments = await readSome<CommentRow>(reader, {
    columns: COMMENT_COLUMNS,
    from: COMMENTS,
    where: 'c.task = ?',
    values: [key],
    orderBy: 'c.created_at DESC, c.key DESC',
  })
  const knowledge = await readNearest(reader, chain, namespace, LIMIT, now)
  const evidence = await readSome<EvidenceRow>(reader, {
    columns: EVIDENCE_COLUMNS,
    from: EVIDENCE,
    where: 'e.subject = ?',
    values: [key],
    orderBy: 'e.key DESC',
  })
  const artifacts = await readSome<ArtifactRow>(reader, {
    columns: ARTIFACT_COLUMNS,
    // CROSS keeps SQLite from going through all artifacts to have them in order.
    from: `(${ARTIFACTS_OF_TASK}) w CROSS JOIN ${ARTIFACTS}`,
    where: 'f.key = w.key',
    values: [key, key, key],
    orderBy: 'f.key DESC',
  })
  const data: ContextData = {
    task,
    ...(task.contract !== undefined && { contract: task.contract }),
    parents,
    ...(previous !== undefined && { previous }),
    ...(next !== undefined && { next }),
    blockers: blockers.items,
    attempts: attempts.rows.reverse().map(toRun),
    reviews: reviews.rows.reverse().map(toReview),
    comments: comments.rows.reverse().map(toComment),
    knowledge: knowledge.items,
    evidence: evidence.rows.reverse().map(toEvidence),
    artifacts: artifacts.rows.reverse().map(toArtifact),
  }
  const unread: Unread = {
    parents: chain.length - 1 - parents.length,
    blockers: blockers.unread,
    attempts: attempts.unread,
    reviews: reviews.unread,
    comments: comments.unread,
    olderKnowledge: knowledge.older,
    fartherKnowledge: knowledge.farther,
    evidence: evidence.unread,
    artifacts: artifacts.unread,
  }
  const names = await agentNames(reader, agentsOf(data))
  const { markdown, cut } = writeContext(data, unread, names, maxChars)
  return { ...data, markdown, cut }
}

/** The agents that the document names. */
function agentsOf({ task, blockers, attempts, reviews, comments, evidence }: ContextData): AgentId[] {
  return [
    ...(task.owner === undefined ? [] : [task.owner]),
    ...blockers.flatMap(({ run, review }) => [...(run ? [run.agent] : []), ...(review ? [review.reviewer] : [])]),
    ...attempts.map(({ agent }) => agent),
    ...reviews.map(({ reviewer }) => reviewer),
    ...comments.map(({ author }) => author),
    ...evidence.map(({ agent }) => agent),
  ]
}

/** A list, of which only so much is read. */
interface SomeQuery {
  readonly columns: string
  readonly from: string
  readonly where: string
  readonly values: readonly SqlValue[]
  readonly orderBy: string
}

/** The first `LIMIT` rows, and how many more there are, which are counted only where there are more. */
async function readSome<Row extends object>(
  reader: Reader,
  { columns, from, where, values, orderBy }: SomeQuery,
): Promise<{ rows: Row[]; unread: number }> {
  const rows = await reader.all<Row>(
    `SELECT ${columns} FROM ${from} WHERE ${where} ORDER BY ${orderBy} LIMIT ${LIMIT + 1}`,
    ...values,
  )
  if (rows.length <= LIMIT) return { rows, unread: 0 }
  const counted = await reader.get<{ total: number }>(`SELECT count(*) AS total FROM ${from} WHERE ${where}`, ...values)
  return { rows: rows.slice(0, LIMIT), unread: counted!.total - LIMIT }
}

/** What the activities of a task made and used, and what the task itself comes from. */
const ARTIFACTS_OF_TASK = `
  SELECT r.source AS key FROM activities v JOIN relations r ON r.target = v.key AND r.kind = 'generated_by' WHERE v.task = ?
  UNION SELECT r.target FROM activities v JOIN relations r ON r.source = v.key AND r.kind = 'used' WHERE v.task = ?
  UNION SELECT r.target FROM relations r WHERE r.source = ? AND r.kind = 'derived_from'`

/** The keys of a task and of all that it is part of, the nearest first. */
async function readChain(reader: Reader, task: number): Promise<number[]> {
  const chain = [task]
  for (;;) {
    const parent = await findParent(reader, chain.at(-1)!)
    if (parent === undefined) return chain
    chain.push(parent)
  }
}

/** The children of the same parent before and after a task, in the order in which they were created. */
async function readNeighbours(reader: Reader, task: number): Promise<[Task | undefined, Task | undefined]> {
  const parent = await findParent(reader, task)
  if (parent === undefined) return [undefined, undefined]
  const find = async (comparison: '<' | '>', direction: 'ASC' | 'DESC') => {
    const row = await reader.get<{ source: number }>(
      `SELECT source FROM relations WHERE target = ? AND kind = 'parent' AND source ${comparison} ?
       ORDER BY source ${direction} LIMIT 1`,
      parent,
      task,
    )
    return row && readTask(reader, row.source)
  }
  return [await find('<', 'DESC'), await find('>', 'ASC')]
}

/** What blocks a task, oldest first, each with its last submission and the last review of that. */
async function readBlockers(reader: Reader, task: number): Promise<{ items: BlockerResult[]; unread: number }> {
  const { rows, unread } = await readSome<{ target: number; gate: Gate }>(reader, {
    columns: 'target, gate',
    from: 'relations',
    where: "source = ? AND kind = 'blocked_by'",
    values: [task],
    orderBy: 'target DESC',
  })
  rows.reverse()
  const keys = rows.map(({ target }) => target)
  const tasks = await readTasks(reader, keys)
  const submissions = await reader.all<AttemptRow & { readonly task_key: number; readonly output: string | null }>(
    `SELECT ${ATTEMPT_COLUMNS}, p.task AS task_key, p.output FROM json_each(?) k JOIN ${ATTEMPTS} WHERE p.key =
       (SELECT l.key FROM attempts l WHERE l.task = k.value AND l.submitted IS NOT NULL ORDER BY l.number DESC LIMIT 1)`,
    JSON.stringify(keys),
  )
  const reviews = await reader.all<ReviewRow & { readonly attempt_key: number }>(
    `SELECT ${REVIEW_COLUMNS}, w.attempt AS attempt_key FROM json_each(?) k JOIN ${REVIEWS} WHERE w.key =
       (SELECT max(l.key) FROM reviews l WHERE l.attempt = k.value)`,
    JSON.stringify(submissions.map(({ key }) => key)),
  )
  const submissionByTask = new Map(submissions.map((row) => [row.task_key, row]))
  const reviewByAttempt = new Map(reviews.map((row) => [row.attempt_key, row]))
  const items = rows.map(({ target, gate }, index): BlockerResult => {
    const submission = submissionByTask.get(target)
    const review = submission && reviewByAttempt.get(submission.key)
    return {
      task: tasks[index]!,
      gate,
      ...(submission !== undefined && { run: toRun(submission) }),
      ...(submission !== undefined && submission.output !== null && { output: JSON.parse(submission.output) }),
      ...(review !== undefined && { review: toReview(review) }),
    }
  })
  return { items, unread }
}

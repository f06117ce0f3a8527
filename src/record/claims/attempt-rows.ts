import type { ActivityId, AgentId, TaskId } from '../../ids.js'
import { canonicalJson } from '../../json.js'
import type { ReadableEvent } from '../../log/read-events.js'
import type { Reader, Writer } from '../../store/store.js'
import type { ClaimEnd } from '../../vocabulary.js'
import { idOf, keyOf, type NodeRow, nameOf, toId } from '../nodes.js'
import type { ClaimCompleted } from './events.js'

/** A row of `attempts`, as the rules of claims need it. */
export interface Attempt {
  readonly key: number
  readonly activity: ActivityId
  readonly task: number
  readonly taskId: TaskId
  readonly agent: AgentId
  readonly number: number
  readonly ttlMs: number
  readonly startedAt: string
  readonly expiresAt: string
  readonly endedAt: string | null
  readonly endedBy: ClaimEnd | null
}

interface AttemptRow extends Omit<Attempt, 'activity' | 'taskId' | 'agent'> {
  readonly namespace: string
  readonly uuid: string
  readonly taskNamespace: string
  readonly taskUuid: string
  readonly agentNamespace: string
  readonly agentUuid: string
}

const ATTEMPT = `SELECT p.key, n.namespace, n.uuid, p.task, t.namespace AS taskNamespace, t.uuid AS taskUuid,
    g.namespace AS agentNamespace, g.uuid AS agentUuid, p.number, p.ttl_ms AS ttlMs, p.started_at AS startedAt,
    p.expires_at AS expiresAt, p.ended_at AS endedAt, p.ended_by AS endedBy
  FROM attempts p JOIN nodes n ON n.key = p.key JOIN nodes t ON t.key = p.task JOIN nodes g ON g.key = p.agent`

const BY_KEY = `${ATTEMPT} WHERE p.key = ?`
const BY_UUID = `${ATTEMPT} WHERE n.uuid = ?`
const LAST_OF_TASK = `${ATTEMPT} WHERE p.task = ? ORDER BY p.number DESC LIMIT 1`

/** The attempt with this key, if the node is one. */
export async function findAttempt(reader: Reader, key: number): Promise<Attempt | undefined> {
  return toAttempt(await reader.get<AttemptRow>(BY_KEY, key))
}

/** The attempt with this id, if there is one. */
export async function findAttemptById(reader: Reader, id: ActivityId): Promise<Attempt | undefined> {
  const attempt = toAttempt(await reader.get<AttemptRow>(BY_UUID, nameOf(id).uuid))
  return attempt?.activity === id ? attempt : undefined
}

/** The last attempt at a task, whether it has ended or not: the only one that may not have. */
export async function findLastAttempt(reader: Reader, task: number): Promise<Attempt | undefined> {
  return toAttempt(await reader.get<AttemptRow>(LAST_OF_TASK, task))
}

/** The claim on a task that has not ended; its lease may have run out. */
export async function findOpenClaim(reader: Reader, task: number): Promise<Attempt | undefined> {
  const last = await findLastAttempt(reader, task)
  return last?.endedAt === null ? last : undefined
}

/** Whether an agent has worked on a task: by an attempt of its own, or by handing in what came of another's. */
export async function hasWorkedOn(reader: Reader, task: number, agent: NodeRow): Promise<boolean> {
  const row = await reader.get(
    `SELECT 1 FROM attempts p INDEXED BY attempts_by_task LEFT JOIN events e ON e.seq = p.submitted
     WHERE p.task = ? AND (p.agent = ? OR e.actor = ?) LIMIT 1`,
    task,
    agent.key,
    idOf(agent),
  )
  return row !== undefined
}

function toAttempt(row: AttemptRow | undefined): Attempt | undefined {
  if (row === undefined) return undefined
  return {
    key: row.key,
    activity: toId<ActivityId>(row.namespace, row.uuid),
    task: row.task,
    taskId: toId<TaskId>(row.taskNamespace, row.taskUuid),
    agent: toId<AgentId>(row.agentNamespace, row.agentUuid),
    number: row.number,
    ttlMs: row.ttlMs,
    startedAt: row.startedAt,
    expiresAt: row.expiresAt,
    endedAt: row.endedAt,
    endedBy: row.endedBy,
  }
}

/** How an attempt came to its end. */
interface AttemptEnd {
  readonly endedAt: string
  readonly endedBy: ClaimEnd
  /** Why its holder gave it back, or why it was taken away. */
  readonly reason?: string | undefined
  /** It failed, for this reason. */
  readonly failure?: string | undefined
  /** What it came to, and the event that says so. */
  readonly submitted?: { readonly by: ReadableEvent; readonly data: ClaimCompleted }
}

/** Ends an attempt and its activity. */
export async function endAttempt(writer: Writer, attempt: ActivityId, end: AttemptEnd): Promise<void> {
  const { endedAt, endedBy, reason, failure, submitted } = end
  const { outcome, stopReason, stopText, summary, output, criteria } = submitted?.data.submission ?? {}
  const key = await keyOf(writer, attempt)
  // Clocks of two processes may differ: nothing ends before it begins.
  await writer.run(
    `UPDATE attempts SET ended_at = max(?, started_at), ended_by = ?, end_reason = ?, outcome = ?, stop_reason = ?, stop_text = ?,
       summary = ?, output = ?, criteria = ?, contract_version = ?, submitted = ?
     WHERE key = ?`,
    endedAt,
    endedBy,
    reason ?? null,
    outcome ?? null,
    stopReason ?? null,
    stopText ?? null,
    summary ?? null,
    output === undefined ? null : canonicalJson(output),
    criteria === undefined ? null : canonicalJson(criteria),
    submitted?.data.contractVersion ?? null,
    submitted?.by.seq ?? null,
    key,
  )
  await writer.run(
    'UPDATE activities SET ended_at = max(?, started_at), stage = ?, failure = ? WHERE key = ?',
    endedAt,
    endedBy === 'completed' && failure === undefined ? 'complete' : 'in_progress',
    failure ?? null,
    key,
  )
}

/** Counts an attempt that failed, was rejected or ran out. */
export async function countCost(writer: Writer, task: number): Promise<void> {
  await writer.run(
    'UPDATE tasks SET attempts_spent = attempts_spent + 1, attempts_left = max(0, attempts_left - 1) WHERE key = ?',
    task,
  )
}

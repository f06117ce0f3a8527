import type { ActivityId, AgentId } from '../../ids.js'
import { type ReadableEvent, readEvent, readSubjectEventsAfter } from '../../log/read-events.js'
import type { Reader } from '../../store/store.js'
import { type GivenResult, readEvidenceKinds } from '../contracts/obligations.js'
import { toId } from '../nodes.js'
import type { Task } from '../tasks/task.js'
import type { ClaimCompleted } from './events.js'

/** A submission that is to be judged, named by the attempt that it comes from. */
export interface SubmissionInReview {
  readonly key: number
  readonly attempt: ActivityId
  /** The number of its event. */
  readonly submitted: number
  readonly endedAt: string
  /** The contract that it was held against. */
  readonly contractVersion: number | null
}

interface AttemptRow extends Omit<SubmissionInReview, 'attempt' | 'submitted'> {
  readonly namespace: string
  readonly uuid: string
  readonly submitted: number | null
  readonly outcome: string | null
}

/**
 * What is to be judged of a task: the submission of its last attempt, as long as the task stays in review. One that was turned
 * down, or whose task has left review since, is not judged again, whichever way the task got here.
 */
export async function findSubmissionInReview(
  reader: Reader,
  key: number,
  task: Task,
): Promise<SubmissionInReview | undefined> {
  if (task.status !== 'in_review') return undefined
  const row = await reader.get<AttemptRow>(
    `SELECT p.key, p.submitted, p.ended_at AS endedAt, p.contract_version AS contractVersion, p.outcome, n.namespace, n.uuid
     FROM attempts p JOIN nodes n ON n.key = p.key
     WHERE p.task = ? ORDER BY p.number DESC LIMIT 1`,
    key,
  )
  if (row === undefined || row.submitted === null) return undefined
  if (row.outcome !== 'done' && row.outcome !== 'pending_review') return undefined
  const turnedDown = await reader.get(
    "SELECT 1 FROM reviews WHERE attempt = ? AND verdict <> 'approve' LIMIT 1",
    row.key,
  )
  if (turnedDown !== undefined) return undefined
  if ((await readSubjectEventsAfter(reader, task.id, row.submitted)).some(returnsToReview)) return undefined
  const { key: attempt, namespace, uuid, submitted, endedAt, contractVersion } = row
  return { key: attempt, attempt: toId<ActivityId>(namespace, uuid), submitted, endedAt, contractVersion }
}

/** How a task that has left review gets back without another attempt. */
function returnsToReview({ type, data }: ReadableEvent): boolean {
  return type === 'task.updated' && data.status === 'in_review'
}

/** What a submission, and the record beside it, has to show for a contract. */
export async function readResult(reader: Reader, key: number, submission: SubmissionInReview): Promise<GivenResult> {
  const { data } = await readEvent(reader, submission.submitted)
  const { criteria = [], evidence = [], output } = (data as unknown as ClaimCompleted).submission
  const ids = [...evidence, ...criteria.flatMap((criterion) => criterion.evidence ?? [])]
  return { output, criteria, evidenceKinds: await readEvidenceKinds(reader, key, submission.key, ids) }
}

/** The distinct reviewers who have approved a submission. */
export async function readApprovers(reader: Reader, submission: SubmissionInReview): Promise<Set<AgentId>> {
  const rows = await reader.all<{ namespace: string; uuid: string }>(
    `SELECT n.namespace, n.uuid FROM reviews r JOIN nodes n ON n.key = r.reviewer
     WHERE r.attempt = ? AND r.verdict = 'approve'`,
    submission.key,
  )
  return new Set(rows.map(({ namespace, uuid }) => toId<AgentId>(namespace, uuid)))
}

import type { ActivityId, AgentId } from '../../ids.js'
import { readSubjectEvents } from '../../log/read-events.js'
import type { Reader } from '../../store/store.js'
import type { ClaimCompleted } from '../claims/events.js'
import { type GivenResult, readEvidenceKinds } from '../contracts/obligations.js'
import { toId } from '../nodes.js'
import type { Task } from '../tasks/task.js'

/** A submission that is to be judged, named by the attempt that it comes from. */
export interface SubmissionInReview {
  readonly key: number
  readonly attempt: ActivityId
  /** The number of its event. */
  readonly submitted: number
  /** The contract that it was held against. */
  readonly contractVersion: number | null
}

interface AttemptRow extends Omit<SubmissionInReview, 'attempt'> {
  readonly namespace: string
  readonly uuid: string
  readonly outcome: string
}

/**
 * What is to be judged of a task: its latest submission, while the task is in review, unless that was turned down already
 * and the task got here by another way.
 */
export async function findSubmissionInReview(
  reader: Reader,
  key: number,
  task: Task,
): Promise<SubmissionInReview | undefined> {
  if (task.status !== 'in_review') return undefined
  const row = await reader.get<AttemptRow>(
    `SELECT p.key, p.submitted, p.contract_version AS contractVersion, p.outcome, n.namespace, n.uuid
     FROM attempts p JOIN nodes n ON n.key = p.key
     WHERE p.task = ? AND p.submitted IS NOT NULL ORDER BY p.number DESC LIMIT 1`,
    key,
  )
  if (row === undefined || !(row.outcome === 'done' || row.outcome === 'pending_review')) return undefined
  const turnedDown = await reader.get(
    "SELECT 1 FROM reviews WHERE attempt = ? AND verdict <> 'approve' LIMIT 1",
    row.key,
  )
  if (turnedDown !== undefined) return undefined
  const { namespace, uuid, submitted, contractVersion } = row
  return { key: row.key, attempt: toId<ActivityId>(namespace, uuid), submitted, contractVersion }
}

/** What a submission, and the record beside it, has to show for a contract. */
export async function readResult(
  reader: Reader,
  key: number,
  task: Task,
  submission: SubmissionInReview,
): Promise<GivenResult> {
  const events = await readSubjectEvents(reader, task.id, submission.submitted)
  const { criteria = [], evidence = [], output } = (events.at(-1)!.data as unknown as ClaimCompleted).submission
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

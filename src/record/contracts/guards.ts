import type { MissingObligation } from '../../errors.js'
import type { EvidenceId } from '../../ids.js'
import type { Reader } from '../../store/store.js'
import type { Status } from '../../vocabulary.js'
import type { Attempt } from '../claims/attempt-rows.js'
import type { Submission } from '../claims/claim.js'
import {
  findSubmissionInReview,
  readApprovers,
  readResult,
  type SubmissionInReview,
} from '../claims/submission-in-review.js'
import type { GivenEvidence } from '../evidence/evidence.js'
import type { Task } from '../tasks/task.js'
import type { CompletionPolicy } from './contract.js'
import { readEvidenceKinds, unmetObligations } from './obligations.js'
import { approvalsNeeded, approvedBy, asksOthers, policyOf } from './policy.js'

/** What a contract asks for, and a submission that is `done` or `pending_review` does not have; nothing for another. */
export async function missingToSubmit(
  reader: Reader,
  { contract }: Task,
  attempt: Attempt,
  submission: Submission,
): Promise<MissingObligation[]> {
  const { criteria = [], outcome, output } = submission
  if (contract === undefined || !(outcome === 'done' || outcome === 'pending_review')) return []
  const shown = shownBy(submission)
  const ids = shown.filter((piece): piece is EvidenceId => typeof piece === 'string')
  const evidenceKinds = await readEvidenceKinds(reader, attempt.task, attempt.key, ids)
  for (const piece of shown) if (typeof piece !== 'string') evidenceKinds.add(piece.kind)
  return unmetObligations(contract, { output, criteria, evidenceKinds }, outcome)
}

/** The evidence that a submission brings or names, about the task and its criteria. */
export function shownBy({ evidence = [], criteria = [] }: Submission): GivenEvidence[] {
  return [...evidence, ...criteria.flatMap((criterion) => criterion.evidence ?? [])]
}

/**
 * What a contract asks for and is not there to complete a task. A submission counts while the task is in review: one that
 * was reopened takes another.
 */
export async function missingToComplete(reader: Reader, key: number, task: Task): Promise<MissingObligation[]> {
  const { contract } = task
  if (contract === undefined) return []
  const submission = await findSubmissionInReview(reader, key, task)
  const given =
    submission === undefined
      ? { criteria: [], evidenceKinds: await readEvidenceKinds(reader, key, undefined) }
      : await readResult(reader, key, submission)
  const missing = unmetObligations(contract, given, 'done')
  const policy = policyOf(contract)
  if (asksOthers(policy)) missing.push(await missingApprovals(reader, policy, submission))
  return missing
}

/**
 * What a contract asks for and is not there to move a task into review or out of it otherwise than by claims.complete, which
 * leads there, and reviews.record, which leads away.
 */
export async function missingToMove(reader: Reader, key: number, task: Task, to: Status): Promise<MissingObligation[]> {
  if (task.contract === undefined || task.status === to) return []
  if (to === 'in_review') return missingToComplete(reader, key, task)
  const submission = await findSubmissionInReview(reader, key, task)
  return submission === undefined ? [] : [await missingApprovals(reader, policyOf(task.contract), submission)]
}

async function missingApprovals(
  reader: Reader,
  policy: CompletionPolicy,
  submission: SubmissionInReview | undefined,
): Promise<MissingObligation> {
  const given = submission === undefined ? 0 : (await readApprovers(reader, submission)).size
  return { kind: 'review', approvals: Math.max(1, approvalsNeeded(policy) - given), by: approvedBy(policy) }
}

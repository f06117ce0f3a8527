import { ContractNotMetError, InvalidInputError, NothingToReviewError, ReviewerNotAllowedError } from '../../errors.js'
import { type AgentId, newActivityId, type TaskId } from '../../ids.js'
import type { ReadableEvent } from '../../log/read-events.js'
import type { Reader } from '../../store/store.js'
import { hasWorkedOn } from '../claims/attempt-rows.js'
import { findFreed } from '../claims/freed.js'
import { readSpent } from '../claims/settle-lease.js'
import {
  findSubmissionInReview,
  readApprovers,
  readResult,
  type SubmissionInReview,
} from '../claims/submission-in-review.js'
import type { Command } from '../command.js'
import { unmetObligations } from '../contracts/obligations.js'
import { approvalsNeeded, policyOf } from '../contracts/policy.js'
import { planEvidence } from '../evidence/plan-evidence.js'
import { Born, findNode, namespaceOf } from '../nodes.js'
import { defaultWord } from '../per-vocabulary.js'
import type { Session } from '../session.js'
import { applyTaskEvent, taskAsOf } from '../tasks/apply-event.js'
import { requireTask } from '../tasks/commands.js'
import type { Task } from '../tasks/task.js'
import { type TaskTransition, transitionAfterCost, transitionBack } from '../tasks/transition.js'
import type { ReviewRecorded } from './events.js'
import type { NewReview, Reviewed } from './review.js'
import { reviewAsRecorded } from './review-rows.js'

/** Decides `reviews.record`. */
export function recordReview(session: Session, input: NewReview & { readonly task: TaskId }): Command<Reviewed> {
  const { vocabulary, newUuid } = session.settings
  const id = input.id ?? newActivityId(namespaceOf(input.task), newUuid)
  const { verdict, comment = '' } = input
  return {
    operation: 'reviews.record',
    input,
    async decide(reader, { actor, now }) {
      const { key, task } = await requireTask(reader, input.task, input.expectedRevision)
      const born = new Born()
      await born.add(reader, id, 'activity')
      const submission = await findSubmissionInReview(reader, key, task)
      if (submission === undefined) throw new NothingToReviewError(task.id, task.status)
      const at = timeOfReview(input.at, submission, now)
      await refuseReviewer(reader, key, task, actor, verdict)
      if (verdict === 'approve') await refuseOutdated(reader, key, task, submission)
      const evidence = await planEvidence(reader, session, task.id, input.evidence ?? [], { actor, born })
      const becomes = await transitionOf(reader, key, task, submission, actor, verdict, now)
      const freed = becomes === undefined ? [] : await findFreed(reader, key, becomes, now)
      // In the order of the keys, which is the canonical one.
      const data: ReviewRecorded = {
        attempt: submission.attempt,
        ...(becomes !== undefined && { becomes }),
        ...(comment !== '' && { comment }),
        costs: verdict === 'reject',
        evidence: evidence.ids,
        ...(freed.length > 0 && { freed }),
        phase: vocabulary.phases.includes('review') ? 'review' : defaultWord(vocabulary.phases, 'unscoped'),
        review: id,
        reviewer: actor,
        verdict,
      }
      return {
        events: [...evidence.events, { type: 'review.recorded', subject: task.id, data, at }],
        result: (written) => reviewed(written.at(-1)!, applyTaskEvent(task, written.at(-1)!)),
      }
    },
    async repeat(reader, written) {
      const last = written.at(-1)!
      return reviewed(last, await taskAsOf(reader, last.subject, last.seq))
    },
  }
}

function reviewed(event: ReadableEvent, task: Task): Reviewed {
  const { freed = [] } = event.data as unknown as ReviewRecorded
  return { review: reviewAsRecorded(event), task, freed }
}

/**
 * Clocks of two processes may differ: nothing is judged before it was handed in.
 *
 * @throws {InvalidInputError} the caller says an earlier time.
 */
function timeOfReview(given: string | undefined, { endedAt }: SubmissionInReview, now: string): string {
  if (given === undefined) return now > endedAt ? now : endedAt
  if (given >= endedAt) return given
  const message = `must not be before the submission, which was handed in at ${endedAt}`
  throw new InvalidInputError('reviews.record', [{ field: 'at', message }])
}

/** @throws {ReviewerNotAllowedError} it is the reviewer's own work, or the policy asks for a human's approval. */
async function refuseReviewer(
  reader: Reader,
  key: number,
  task: Task,
  actor: AgentId,
  verdict: NewReview['verdict'],
): Promise<void> {
  // An actor that is about to be registered is a program, and has done nothing yet.
  const agent = await findNode(reader, actor)
  if (agent !== undefined && (await hasWorkedOn(reader, key, agent))) {
    throw new ReviewerNotAllowedError(task.id, actor, 'own_work')
  }
  if (verdict !== 'approve' || policyOf(task.contract) !== 'human') return
  const isHuman =
    agent !== undefined && (await reader.get("SELECT 1 FROM agents WHERE key = ? AND kind = 'human'", agent.key))
  if (!isHuman) throw new ReviewerNotAllowedError(task.id, actor, 'not_human')
}

/**
 * Refuses to approve what was handed in under another contract, and does not meet that of now. What a review verifies is
 * met by the approval.
 *
 * @throws {ContractNotMetError} with everything that is missing.
 */
async function refuseOutdated(reader: Reader, key: number, task: Task, submission: SubmissionInReview): Promise<void> {
  const { contract, contractVersion = null } = task
  if (contract === undefined || submission.contractVersion === contractVersion) return
  const missing = unmetObligations(contract, await readResult(reader, key, submission), 'pending_review')
  if (missing.length > 0) throw new ContractNotMetError(task.id, missing)
}

/** What the review leads the task to; `undefined` where further approvals are needed. */
async function transitionOf(
  reader: Reader,
  key: number,
  task: Task,
  submission: SubmissionInReview,
  actor: AgentId,
  verdict: NewReview['verdict'],
  now: string,
): Promise<TaskTransition | undefined> {
  if (verdict === 'request_changes') return transitionBack(task.contract, await readSpent(reader, key))
  if (verdict === 'reject') return transitionAfterCost('rejected', task, await readSpent(reader, key), now)
  const approvers = (await readApprovers(reader, submission)).add(actor)
  if (approvers.size < approvalsNeeded(policyOf(task.contract))) return undefined
  return { outcome: 'completed', status: 'closed' }
}

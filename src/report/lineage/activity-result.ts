import type { Activity } from '../../record/activities/activity.js'
import type { Run } from '../../record/claims/claim.js'
import type { ClaimEnd, SubmissionOutcome, Verdict } from '../../vocabulary.js'
import { words } from '../text/words.js'
import type { NodeFields } from './lineage.js'

/** How an attempt ended that came to no submission. */
const END_WORDS: Readonly<Record<Exclude<ClaimEnd, 'completed'>, string>> = {
  released: 'given back',
  reset: 'taken away',
  expired: 'lease ran out',
  closed: 'cut off',
}

/** What a submission says of the work. */
const OUTCOME_WORDS: Readonly<Record<SubmissionOutcome, string>> = {
  done: 'done',
  pending_review: 'handed in for review',
  failed: 'failed',
  blocked: 'blocked',
}

/** What a reviewer says of it. */
const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  approve: 'approved',
  reject: 'rejected',
  request_changes: 'changes requested',
}

/**
 * How an activity ended, in a word or two: `failed`, or the stage in which it ended; `not ended` while it goes on. Of an
 * attempt what was handed in, or how else it ended; of a review the verdict.
 */
export function activityResult({ fields, run, review }: Extract<NodeFields, { kind: 'activity' }>): string {
  if (review !== undefined) return VERDICT_WORDS[review.verdict]
  if (run !== undefined) return runResult(run)
  const { failure, endedAt, stage } = fields
  if (failure !== undefined) return 'failed'
  return endedAt === undefined ? 'not ended' : words(stage)
}

function runResult({ endedBy, outcome }: Run): string {
  if (outcome !== undefined) return OUTCOME_WORDS[outcome]
  return endedBy === undefined || endedBy === 'completed' ? 'not ended' : END_WORDS[endedBy]
}

/** How long an activity took; `undefined` while it goes on. */
export function activityMs({ startedAt, endedAt }: Activity): number | undefined {
  return endedAt === undefined ? undefined : Date.parse(endedAt) - Date.parse(startedAt)
}

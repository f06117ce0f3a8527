import type { Activity } from '../../record/activities/activity.js'
import type { Run } from '../../record/claims/claim.js'
import type { ClaimEnd, SubmissionOutcome, Verdict } from '../../vocabulary.js'
import { listed } from '../text/listed.js'
import { words } from '../text/words.js'
import type { CutOff, Judgement, NodeFields } from './lineage.js'

type ActivityFields = Extract<NodeFields, { kind: 'activity' }>

/** How an attempt ended that came to no submission. */
const END_WORDS: Readonly<Record<Exclude<ClaimEnd, 'completed'>, string>> = {
  released: 'given back',
  reset: 'taken away',
  expired: 'lease ran out',
  closed: 'cut off',
}

/** What the holder of a claim did to the task, which ended the attempt. */
const CUT_WORDS: Readonly<Record<CutOff['how'], string>> = {
  closed: 'closed the task',
  held: 'put the task on hold',
  moved: 'moved the task',
}

/** What a submission says of the work. */
const OUTCOME_WORDS: Readonly<Record<SubmissionOutcome, string>> = {
  done: 'done',
  pending_review: 'handed in for review',
  failed: 'failed',
  blocked: 'blocked',
}

/** What a reviewer says of it. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  approve: 'approved',
  reject: 'rejected',
  request_changes: 'changes requested',
}

/**
 * How an activity ended, in a word or two: `failed`, or the stage in which it ended; `not ended` while it goes on. Of an
 * attempt what was handed in or, where that was turned down, how; or how else it ended; of a review the verdict.
 */
export function activityResult(node: ActivityFields): string {
  const { fields, run, review } = node
  if (review !== undefined) return VERDICT_WORDS[review.verdict]
  if (run !== undefined) return runResult(run, node)
  const { failure, endedAt, stage } = fields
  if (failure !== undefined) return 'failed'
  return endedAt === undefined ? 'not ended' : words(stage)
}

function runResult({ endedBy, outcome }: Run, node: ActivityFields): string {
  const { cutOff } = node
  const turnedDown = turnedDownBy(node)
  if (turnedDown !== undefined) return VERDICT_WORDS[turnedDown.verdict]
  if (outcome !== undefined) return OUTCOME_WORDS[outcome]
  if (cutOff !== undefined) return cutOff.byHolder ? CUT_WORDS[cutOff.how] : 'cut off by force'
  return endedBy === undefined || endedBy === 'completed' ? 'not ended' : END_WORDS[endedBy]
}

/** Who, beside its agent, made an activity end as it did, to stand after the result: ` by Ada`, `, approved by Ada and Ben`. */
export function resultBy(node: ActivityFields): string {
  const { judgements = [], cutOff } = node
  if (cutOff !== undefined) return cutOff.byHolder ? '' : ` by ${cutOff.byName}`
  const turnedDown = turnedDownBy(node)
  if (turnedDown !== undefined) return ` by ${turnedDown.reviewerName}`
  const approvers = [...new Set(judgements.map(({ reviewerName }) => reviewerName))]
  return approvers.length === 0 ? '' : `, ${VERDICT_WORDS.approve} by ${listed(approvers, MOST_APPROVERS)}`
}

/** How many of those who approved are named. */
const MOST_APPROVERS = 3

/** The review that turned down what an attempt handed in: the last that judged it. */
export function turnedDownBy({ judgements = [] }: ActivityFields): Judgement | undefined {
  return judgements.find(({ verdict }) => verdict !== 'approve')
}

/** Whether an activity came to nothing: it failed, or what it handed in was rejected. Requested changes are no failure. */
export function hasFailed(node: ActivityFields): boolean {
  return node.fields.failure !== undefined || turnedDownBy(node)?.verdict === 'reject'
}

/** How long an activity took; `undefined` while it goes on. */
export function activityMs({ startedAt, endedAt }: Activity): number | undefined {
  return endedAt === undefined ? undefined : Date.parse(endedAt) - Date.parse(startedAt)
}

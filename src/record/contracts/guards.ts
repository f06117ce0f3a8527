import { ContractNotMetError, type MissingObligation } from '../../errors.js'
import type { Reader } from '../../store/store.js'
import type { Status } from '../../vocabulary.js'
import type { Attempt } from '../claims/attempt-rows.js'
import type { Submission } from '../claims/claim.js'
import { findSubmissionInReview, readApprovers, readResult, type SubmissionInReview } from '../reviews/submission.js'
import type { Task } from '../tasks/task.js'
import type { CompletionPolicy } from './contract.js'
import { checkCriteria, checkWaivers, readEvidenceKinds, unmetObligations } from './obligations.js'
import { approvalsNeeded, approvedBy, asksOthers, policyOf } from './policy.js'

/** What is handed in, and by which attempt. */
interface Handed {
  readonly operation: string
  readonly task: Task
  readonly attempt: Attempt
  readonly submission: Submission
  /** The kinds of evidence that it brings, or names. */
  readonly evidence: ReadonlySet<string>
}

/**
 * Refuses a submission that says of criteria what it may not, however it came out; and one that is `done` or
 * `pending_review` though its contract asks for more.
 *
 * @throws {InvalidInputError} it names a criterion that the contract does not have, or one twice, or is waived by its maker.
 * @throws {NotFoundError} who waived a criterion is no agent.
 * @throws {ContractNotMetError} with everything that is missing.
 */
export async function refuseUnmetSubmission(reader: Reader, handed: Handed): Promise<void> {
  const { operation, task, attempt, submission, evidence } = handed
  const { contract } = task
  const { criteria = [], outcome, output } = submission
  checkCriteria(operation, contract, criteria)
  await checkWaivers(reader, operation, attempt.task, contract, criteria)
  if (contract === undefined || !(outcome === 'done' || outcome === 'pending_review')) return
  const recorded = await readEvidenceKinds(reader, attempt.task, attempt.key)
  const evidenceKinds = new Set([...recorded, ...evidence])
  const missing = unmetObligations(contract, { output, criteria, evidenceKinds }, outcome)
  if (missing.length > 0) throw new ContractNotMetError(task.id, missing)
}

/**
 * Refuses to complete a task past its contract. A submission counts while the task is in review: one that was reopened
 * takes another.
 *
 * @throws {ContractNotMetError} with everything that is missing.
 */
export async function refuseUnmet(reader: Reader, key: number, task: Task): Promise<void> {
  const { contract } = task
  if (contract === undefined) return
  const submission = await findSubmissionInReview(reader, key, task)
  const given =
    submission === undefined
      ? { criteria: [], evidenceKinds: await readEvidenceKinds(reader, key, undefined) }
      : await readResult(reader, key, task, submission)
  const missing = unmetObligations(contract, given, 'done')
  const policy = policyOf(contract)
  if (asksOthers(policy)) missing.push(await missingApprovals(reader, policy, submission))
  if (missing.length > 0) throw new ContractNotMetError(task.id, missing)
}

/**
 * Refuses to move a task into review or out of it past its contract: claims.complete leads there, reviews.record away.
 *
 * @throws {ContractNotMetError} with everything that is missing.
 */
export async function refuseMove(reader: Reader, key: number, task: Task, to: Status): Promise<void> {
  if (task.contract === undefined || task.status === to) return
  if (to === 'in_review') return refuseUnmet(reader, key, task)
  const submission = await findSubmissionInReview(reader, key, task)
  if (submission === undefined) return
  throw new ContractNotMetError(task.id, [await missingApprovals(reader, policyOf(task.contract), submission)])
}

async function missingApprovals(
  reader: Reader,
  policy: CompletionPolicy,
  submission: SubmissionInReview | undefined,
): Promise<MissingObligation> {
  const given = submission === undefined ? 0 : (await readApprovers(reader, submission)).size
  return { kind: 'review', approvals: Math.max(1, approvalsNeeded(policy) - given), by: approvedBy(policy) }
}

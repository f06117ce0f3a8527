import type { ActivityId, AgentId, EvidenceId, TaskId } from '../../ids.js'
import type { Page, PageOptions } from '../../page.js'
import type { Verdict } from '../../vocabulary.js'
import type { GivenEvidence } from '../evidence/evidence.js'
import type { RevisionOptions } from '../options.js'
import type { Task } from '../tasks/task.js'

/** A judgement of a submission: a prov:Activity of the reviewer, who used the submission. */
export interface Review {
  readonly id: ActivityId
  readonly task: TaskId
  /** The attempt whose submission it judges. */
  readonly attempt: ActivityId
  readonly reviewer: AgentId
  readonly verdict: Verdict
  readonly comment: string
  readonly evidence: readonly EvidenceId[]
  readonly createdAt: string
}

/** What `reviews.record` takes. */
export interface NewReview extends RevisionOptions {
  readonly verdict: Verdict
  readonly comment?: string
  /** About the task, or evidence of the record. */
  readonly evidence?: readonly GivenEvidence[]
  /** An id of the caller's own making. */
  readonly id?: ActivityId
}

/** What `reviews.record` gives. */
export interface Reviewed {
  readonly review: Review
  readonly task: Task
  /** The tasks that became ready by it. */
  readonly freed: readonly TaskId[]
}

/** What `reviews.list` takes. */
export interface ReviewListOptions extends PageOptions {
  readonly task?: TaskId | readonly TaskId[]
  readonly reviewer?: AgentId | readonly AgentId[]
}

/** Reviews: what others say of a submission. */
export interface Reviews {
  /**
   * Judges the latest submission of a task that is in review, by the actor. Enough approvals by distinct reviewers close
   * the task as completed. A rejection costs an attempt, and reopens the task or, where none remains, closes it as failed;
   * requested changes reopen it at no cost.
   *
   * @throws {NothingToReviewError} the task is not in review, or its last attempt has handed in nothing, or what was turned down,
   * or the task has left review since.
   * @throws {InvalidInputError} `at` is before the submission.
   * @throws {ReviewerNotAllowedError} the actor has had an attempt at the task, or approves and is not the human whom the
   * policy asks for.
   * @throws {ContractNotMetError} it is approved, and does not meet the contract, which was revised since it was handed in.
   */
  record(task: TaskId, review: NewReview): Promise<Reviewed>
  /** In the order in which they were recorded. */
  list(options?: ReviewListOptions): Promise<Page<Review>>
}

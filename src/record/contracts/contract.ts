import type { AgentId, EvidenceId, TaskId } from '../../ids.js'
import type { Json } from '../../json.js'
import type { VerificationMethod } from '../../vocabulary.js'
import type { RevisionOptions } from '../options.js'
import type { Task } from '../tasks/task.js'

/** One thing that the work must come to. */
export type Criterion = {
  /** Names it within its contract. */
  readonly id: string
  readonly text: string
  /** How it is shown to be met; one that is verified by `review` is judged by the reviewer. */
  readonly verification?: VerificationMethod
  /** A submission that is `done` must meet it, or say who waived it. */
  readonly required: boolean
}

/**
 * Who must agree before a task counts as completed.
 *
 * - `self`: whoever does the work
 * - `review`: somebody else than anyone with an attempt
 * - `{ quorum: n }`: as many distinct such reviewers
 * - `human`: a human such reviewer
 */
export type CompletionPolicy = 'self' | 'review' | 'human' | { readonly quorum: number }

/** How often a task may be tried. */
export type RetryPolicy = {
  /** Failed, rejected and expired attempts count; released ones do not. */
  readonly maxAttempts: number
  /** How long after the first failure the task is not ready; 0 unless told. */
  readonly backoffMs?: number
  /** What the wait is multiplied with after each further failure; 1 unless told. */
  readonly multiplier?: number
}

/** What is asked of those who work on a task: a prov:Plan (PROV-O, class Plan). */
export type Contract = {
  readonly criteria: readonly Criterion[]
  /** JSON Schema 2020-12 for the output of a submission; it may refer to nothing outside of itself. */
  readonly outputSchema?: { readonly [key: string]: Json }
  /** Kinds of evidence that must be there, one of each at least. */
  readonly requiredEvidence?: readonly string[]
  /** `self` unless told. */
  readonly completionPolicy?: CompletionPolicy
  /** Without it a failed attempt closes the task as failed; rejected and expired ones reopen it as often as it takes. */
  readonly retry?: RetryPolicy
}

/** One version of a task's contract. */
export interface ContractVersion {
  readonly task: TaskId
  /** 1, 2, 3 … */
  readonly version: number
  readonly contract: Contract
  /** Who set it. */
  readonly agent: AgentId
  /** Why it was revised; absent for the first, which the task was created with. */
  readonly reason?: string
  readonly evidence: readonly EvidenceId[]
  readonly createdAt: string
}

/** Contracts: what counts as done, in every version that a task had. */
export interface Contracts {
  /**
   * Gives a task another contract; the same again writes nothing.
   *
   * `evidence` takes ids of evidence of the record, about whatever it is: `evidence.add` adds it before.
   *
   * @throws {PolicyLoosenedError} work is under way, and the completion policy would ask for less.
   * @throws {InvalidInputError} the contract is not as it should be, or its `outputSchema` is no JSON Schema.
   */
  revise(
    task: TaskId,
    contract: Contract,
    options: RevisionOptions & { readonly reason: string; readonly evidence?: readonly EvidenceId[] },
  ): Promise<Task>
  /** Every version of a task's contract, oldest first; none for a task without one. */
  list(task: TaskId): Promise<readonly ContractVersion[]>
}

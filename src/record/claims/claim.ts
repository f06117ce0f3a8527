import type { ActivityId, AgentId, ArtifactId, DecisionId, LearningId, TaskId } from '../../ids.js'
import type { Json } from '../../json.js'
import type { Page, PageOptions } from '../../page.js'
import type { ClaimEnd, CriterionStatus, StopReason, SubmissionOutcome } from '../../vocabulary.js'
import type { NewArtifact } from '../artifacts/artifact.js'
import type { GivenEvidence } from '../evidence/evidence.js'
import type { NewKnowledge } from '../knowledge/knowledge.js'
import type { Blocker, Task, TaskFilter, TaskRequirements, TaskSort } from '../tasks/task.js'

/** What the commands on claims take besides their own fields. A lease is about now, so that none of them takes `at`. */
export interface ClaimOptions {
  /** As in `CommandOptions`. */
  readonly idempotencyKey?: string
}

/** A claim that has not ended: one agent works on a task, for as long as the lease runs. */
export interface Claim {
  readonly task: TaskId
  /** The activity that the claim started: the attempt. */
  readonly activity: ActivityId
  readonly agent: AgentId
  /** 1 for the first attempt at the task, 2 for the next. */
  readonly attempt: number
  readonly startedAt: string
  readonly ttlMs: number
  /** When the lease runs out, unless it is extended. */
  readonly expiresAt: string
  /** The lease has run out: the task is ready for whoever claims it, this holder among them. */
  readonly expired: boolean
}

/** What `claims.next` and `claims.claim` give. */
export interface Claimed {
  readonly task: Task
  /**
   * What the holder shows to extend, release or complete the claim. Whoever has it holds the claim, so keep it as you would
   * a password; it is stored nowhere.
   */
  readonly token: string
  readonly activity: ActivityId
  readonly attempt: number
  readonly expiresAt: string
}

/** What `claims.next` takes: which tasks, which of them first, and for how long. */
export interface NextOptions extends Omit<TaskFilter, 'status'>, ClaimOptions {
  readonly sort?: TaskSort
  /** How long the lease runs: 1 ms to 30 days; 5 minutes unless told. */
  readonly ttlMs?: number
  /** Only tasks that require this role, and these capabilities at least. */
  readonly requires?: TaskRequirements
}

/** What a submission says of one criterion of the contract. */
export type CriterionResult = {
  readonly id: string
  readonly status: CriterionStatus
  readonly evidence?: readonly GivenEvidence[]
  /** Who lets it pass, and why, by the word of whoever hands in; for `waived`, and only there. */
  readonly waiver?: { readonly reason: string; readonly by: AgentId }
}

/** What `claims.complete` takes: how the attempt came out, and what came of it. */
export interface Submission extends ClaimOptions {
  readonly outcome: SubmissionOutcome
  readonly summary?: string
  /** What the contract's `outputSchema` describes. */
  readonly output?: Json
  readonly criteria?: readonly CriterionResult[]
  /** Made by the attempt: artifacts of the record, or new ones. */
  readonly artifacts?: readonly (ArtifactId | Omit<NewArtifact, 'generatedBy' | 'idempotencyKey' | 'at'>)[]
  /** About the task. */
  readonly evidence?: readonly GivenEvidence[]
  /** Taken in the attempt; attached to the task unless told. */
  readonly decisions?: readonly NewKnowledge<DecisionId>[]
  readonly learnings?: readonly NewKnowledge<LearningId>[]
  /** What the task has to wait for: for `blocked`, which needs one at least, and only there. */
  readonly blockedBy?: readonly (TaskId | Blocker)[]
  /** Why the work stopped: for `failed`, which needs it, and only there; `other` needs a text. */
  readonly stopReason?: StopReason | { readonly reason: StopReason; readonly text: string }
  /** Refuse with `StaleRevisionError` unless the task is at this revision. */
  readonly expectedRevision?: number
}

/** What `claims.complete` gives. */
export interface Completion {
  readonly task: Task
  /** The tasks that became ready by it. */
  readonly freed: readonly TaskId[]
}

/** What `claims.list` takes. */
export interface ClaimListOptions extends PageOptions {
  readonly agent?: AgentId | readonly AgentId[]
  /** `true`: those whose lease has run out; `false`: those whose lease runs. */
  readonly expired?: boolean
}

/** One claim from its start to its end, as the log tells it. */
export interface Run {
  readonly task: TaskId
  readonly activity: ActivityId
  readonly agent: AgentId
  readonly attempt: number
  readonly startedAt: string
  readonly endedAt?: string
  /** From start to end; absent while it goes on. */
  readonly durationMs?: number
  readonly endedBy?: ClaimEnd
  /** Why it was released or taken away. */
  readonly endReason?: string
  /** What its submission says. */
  readonly outcome?: SubmissionOutcome
  readonly stopReason?: StopReason
  readonly stopText?: string
  readonly summary?: string
}

/** What `runs.list` takes. */
export interface RunListOptions extends PageOptions {
  readonly task?: TaskId | readonly TaskId[]
  readonly agent?: AgentId | readonly AgentId[]
}

/** Claims: one worker at a time on a task, for as long as a lease runs. */
export interface Claims {
  /**
   * Claims the first ready task that the actor fits, in one transaction; `null` where there is none.
   *
   * Leases that ran out and leave no further attempt are recorded on the way, so that what waits for the failure of
   * their tasks is freed.
   *
   * @throws {ClaimLimitError} the actor has `maxClaims` live claims.
   */
  next(options?: NextOptions): Promise<Claimed | null>
  /**
   * Claims this task for the actor.
   *
   * @throws {NotClaimableError} it is not ready, with the reasons of `tasks.explain`, or the actor does not fit.
   * @throws {ClaimLimitError} the actor has `maxClaims` live claims.
   */
  claim(task: TaskId, options?: ClaimOptions & { readonly ttlMs?: number }): Promise<Claimed>
  /**
   * Says that the work goes on: the lease runs for its full length again. While half of it remains, nothing is written.
   *
   * @throws {InvalidTokenError} the text is no token of this file.
   * @throws {ClaimLostError} the claim is over.
   * @throws {ClaimExpiredError} the lease has run out: `renew` may still help.
   */
  heartbeat(token: string, options?: ClaimOptions): Promise<Claim>
  /**
   * Lets the lease run for its full length, or `ttlMs`, from now: also after it ran out, for `renewalGraceMs`, while nobody
   * else has claimed the task. The attempt goes on.
   *
   * @throws {InvalidTokenError | ClaimLostError} as `heartbeat` does.
   * @throws {ClaimExpiredError} the lease ran out longer ago.
   * @throws {ClaimLimitError} it ran out, and its agent has `maxClaims` live claims by now.
   */
  renew(token: string, options?: ClaimOptions & { readonly ttlMs?: number }): Promise<Claim>
  /**
   * Gives the task back: it is open again, and the attempt does not count.
   *
   * @throws {InvalidTokenError | ClaimLostError | ClaimExpiredError} as `heartbeat` does.
   */
  release(token: string, options?: ClaimOptions & { readonly reason?: string }): Promise<Task>
  /**
   * Hands in what came of the attempt, and ends it: also after the lease ran out, while nobody else has claimed the task.
   *
   * `done` closes the task as completed or, where its contract asks others to agree, moves it to in_review, as
   * `pending_review` always does. `failed` closes it as failed, unless its contract has `retry` and attempts remain: then it
   * is open again, not before the wait that the contract sets. `blocked` reopens it, waiting for `blockedBy`.
   *
   * @throws {InvalidTokenError | ClaimLostError} as `heartbeat` does.
   * @throws {ContractNotMetError} `done` or `pending_review` with an unmet obligation.
   * @throws {StaleRevisionError} the task is not at `expectedRevision`.
   * @throws {NotFoundError} something that the submission names does not exist.
   * @throws {AlreadyExistsError} the uuid of an id that it brings is taken, or comes twice.
   * @throws {CycleDetectedError} with `blockedBy`, tasks would wait for one another.
   * @throws {GateConflictError} the task waits for one of `blockedBy` already, through another gate.
   * @throws {RelationDomainError} `blockedBy` names the task itself.
   */
  complete(token: string, submission: Submission): Promise<Completion>
  /**
   * Takes the claim on a task away from its holder: it is open again, and the attempt does not count. One whose lease has run
   * out is recorded as that.
   *
   * @throws {NotClaimedError} nobody has claimed it.
   */
  reset(task: TaskId, options: ClaimOptions & { readonly reason: string }): Promise<Task>
  /** The claims that have not ended, in the order in which they were made. */
  list(options?: ClaimListOptions): Promise<Page<Claim>>
}

/** Runs: every claim from its start to its end. */
export interface Runs {
  /** In the order in which they began. */
  list(options?: RunListOptions): Promise<Page<Run>>
}

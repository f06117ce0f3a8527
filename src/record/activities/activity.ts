import type { ActivityId, AgentId, EntityId, TaskId } from '../../ids.js'
import type { Page, PageOptions } from '../../page.js'
import type { Groups } from '../../tracker.js'
import type { Phase, Stage } from '../../vocabulary.js'
import type { CommandOptions } from '../options.js'

/** Bounded work by an agent: a prov:Activity (PROV-DM 5.1.2). */
export interface Activity {
  readonly id: ActivityId
  readonly namespace: string
  /** Who carried it out: prov:wasAssociatedWith. */
  readonly agent: AgentId
  readonly phase: Phase
  readonly stage: Stage
  readonly notes: string
  /** The task that it carried out: the plan of the association. */
  readonly task?: TaskId
  readonly startedAt: string
  readonly endedAt?: string
  /** Why it failed, where it did. */
  readonly failure?: string
}

/** What `activities.start` takes. */
export interface NewActivity extends CommandOptions {
  /** The actor unless told. */
  readonly agent?: AgentId
  /** `unscoped` unless told, or the first phase of the file's own vocabulary. */
  readonly phase?: Phase
  /** `in_progress` unless told. */
  readonly stage?: Stage
  readonly notes?: string
  /** That of the file unless told. */
  readonly namespace?: string
  /** With the id of an activity that exists, that one is returned as it is and nothing is written. */
  readonly id?: ActivityId
  readonly used?: readonly EntityId[]
  readonly informedBy?: readonly ActivityId[]
  readonly task?: TaskId
}

/** What `activities.end` takes. */
export interface ActivityEnd extends CommandOptions {
  /** `complete` unless told; a failed activity keeps its stage. */
  readonly stage?: Stage
  /** Replace the notes. */
  readonly notes?: string
  readonly generated?: readonly EntityId[]
  /** It failed, for this reason. */
  readonly failed?: string
}

/** What `activities.list` takes. */
export interface ActivityListOptions extends PageOptions {
  readonly agent?: AgentId | readonly AgentId[]
  readonly phase?: Phase | readonly Phase[]
  readonly task?: TaskId | readonly TaskId[]
  /** `true`: not ended; `false`: ended. */
  readonly open?: boolean
}

/** Activities: what was done, by whom, when, with what. */
export interface Activities {
  /**
   * Starts an activity.
   *
   * @throws {NotFoundError} the agent, the task or another node that it names does not exist.
   * @throws {AlreadyExistsError} the uuid of `id` is taken by another node.
   * @throws {RelationDomainError} it is informed by itself.
   */
  start(activity?: NewActivity): Promise<Activity>
  /**
   * Ends an activity.
   *
   * @throws {ActivityEndedError} it has ended.
   * @throws {ActivityOfClaimError} it is the attempt of a claim, and ends with that.
   * @throws {NotFoundError} the activity, or what it generated, does not exist.
   */
  end(id: ActivityId, end?: ActivityEnd): Promise<Activity>
  /** The activity as it is now. */
  get(id: ActivityId): Promise<Activity>
  /** Activities in order of their start, then in that of the log. */
  list(options?: ActivityListOptions): Promise<Page<Activity>>
  /**
   * Starts an activity, runs `work`, and ends the activity, unless `work` has done so: as failed, with the error's
   * message, when `work` throws. `idempotencyKey` and `at` are those of the start.
   *
   * What `work` does with `t`, the second argument, is recorded as done within the activity, by the same actor and, in
   * a transaction, in that transaction; what it does with another tracker is not. The start and the end that `during`
   * writes are no part of the activity that they bound: they are recorded as within the one that this tracker is
   * `within`, if any. An end that `work` writes by `t` is a part of it.
   *
   * Resolves to what `work` returns; rejects with what it throws, even where the end cannot be recorded then, and
   * otherwise as `start` and `end` do.
   *
   * @throws {ActivityEndedError} the activity with this `id` has ended already; `work` is not begun.
   */
  during<Result>(
    activity: NewActivity,
    work: (activity: Activity, t: Groups) => Promise<Result> | Result,
  ): Promise<Result>
}

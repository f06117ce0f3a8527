import type { ActivityId, AgentId, CommentId, EntityId, TaskId } from '../../ids.js'
import type { Page, PageOptions } from '../../page.js'
import type { Gate, Outcome, Phase, Priority, Role, Status, TaskType } from '../../vocabulary.js'
import type { Contract } from '../contracts/contract.js'
import type { CommandOptions, RevisionOptions } from '../options.js'
import type { RelationKind } from '../relations/registry.js'

/** The same task in another system, such as `{ system: 'github', id: 'acme/shop#17' }`. */
export type ExternalRef = {
  readonly system: string
  readonly id: string
  readonly url?: string
}

/** What a task asks of those who claim it. */
export type TaskRequirements = {
  /** That of an ML agent; `human` is met by every human. */
  readonly role?: Role
  /** In code unit order, each once. */
  readonly capabilities?: readonly string[]
}

/** A unit of work: a prov:Entity, and the prov:Plan of the activities that work on it. */
export interface Task {
  readonly id: TaskId
  readonly namespace: string
  readonly title: string
  readonly description: string
  readonly status: Status
  /** How it ended, while it is closed. */
  readonly outcome?: Outcome
  readonly priority: Priority
  readonly type: TaskType
  readonly phase: Phase
  readonly owner?: AgentId
  readonly notes: string
  /** In code unit order, each once. */
  readonly labels: readonly string[]
  /** In order of system and id, each once. */
  readonly externalRefs: readonly ExternalRef[]
  readonly parent?: TaskId
  /** 1 when created; rises with fields, labels, status, parent and outgoing blocked_by. */
  readonly revision: number
  readonly createdAt: string
  /** When its revision last rose. */
  readonly updatedAt: string
  readonly closedAt?: string
  readonly closeReason?: string
  readonly holdReason?: string
  /** Why its status was changed by force, for as long as it stands as it was forced. */
  readonly forced?: string
  /** It and its children are not ready before this time. */
  readonly notBefore?: string
  /** As `notBefore`, for somebody who does not want to see it before. */
  readonly snoozedUntil?: string
  /** When it should be closed; that holds nothing back. */
  readonly dueAt?: string
  readonly requires?: TaskRequirements
  /** What counts as done; earlier versions are in `contracts.list`. */
  readonly contract?: Contract
  /** The version of `contract`; there with it. */
  readonly contractVersion?: number
}

/** A note by an agent on a task. */
export interface Comment {
  readonly id: CommentId
  readonly task: TaskId
  readonly author: AgentId
  readonly body: string
  readonly createdAt: string
}

/** A blocker, and what it must have come to before the blocked task may start; `closed` unless told. */
export interface Blocker {
  readonly task: TaskId
  readonly gate: Gate
}

/** What `tasks.create` takes. */
export interface NewTask extends CommandOptions {
  readonly title: string
  readonly description?: string
  readonly type?: TaskType
  readonly priority?: Priority
  readonly phase?: Phase
  /** That of the file unless told. */
  readonly namespace?: string
  /** An id of the caller's own making; its namespace is the task's, whatever `namespace` says. */
  readonly id?: TaskId
  readonly owner?: AgentId
  readonly labels?: readonly string[]
  readonly parent?: TaskId
  readonly blockedBy?: readonly (TaskId | Blocker)[]
  readonly notes?: string
  readonly externalRefs?: readonly ExternalRef[]
  readonly notBefore?: string
  readonly snoozedUntil?: string
  readonly dueAt?: string
  readonly requires?: TaskRequirements
  /** What counts as done; it is changed by `contracts.revise`. */
  readonly contract?: Contract
  readonly generatedBy?: ActivityId
  readonly derivedFrom?: readonly EntityId[]
  /** Whose work it is to have thought of it; the actor unless told. */
  readonly attributedTo?: AgentId
}

/** What `tasks.update` changes: an absent field is left alone, `null` clears it. */
export interface TaskChanges {
  readonly title?: string
  readonly description?: string | null
  readonly status?: 'open' | 'in_progress' | 'in_review'
  readonly priority?: Priority
  readonly type?: TaskType
  readonly phase?: Phase
  readonly owner?: AgentId | null
  readonly notes?: string | null
  /** All of them: labels that are not named are removed. */
  readonly labels?: readonly string[] | null
  /** All of them: references that are not named are removed. */
  readonly externalRefs?: readonly ExternalRef[] | null
  readonly parent?: TaskId | null
  readonly notBefore?: string | null
  readonly snoozedUntil?: string | null
  readonly dueAt?: string | null
  readonly requires?: TaskRequirements | null
}

/** To change the status of a task where a claim of somebody else, a contract or its policy stands against it. */
export interface ForceOptions {
  /** Do it all the same; needs a `reason`. Where nothing stands against it, it is a change like any other. */
  readonly force?: boolean
  /**
   * Why it was forced: recorded where something stood against it, and shown in every report. `tasks.close` takes it without
   * `force` as well, as why the task was closed, and records it always.
   */
  readonly reason?: string
}

/** One value or several of which any will do; an empty array matches nothing. */
export type OneOf<Value> = Value | readonly Value[]

/** Which tasks: every field that is given must match. */
export interface TaskFilter {
  readonly status?: OneOf<Status>
  readonly type?: OneOf<TaskType>
  readonly priority?: OneOf<Priority>
  readonly phase?: OneOf<Phase>
  readonly namespace?: OneOf<string>
  readonly owner?: OneOf<AgentId>
  /** Children of this task, or of any of these. */
  readonly parent?: OneOf<TaskId>
  readonly labelsAll?: readonly string[]
  readonly labelsAny?: readonly string[]
  /** At this time or later. */
  readonly createdAfter?: string
  /** Before this time. */
  readonly createdBefore?: string
  readonly updatedAfter?: string
  readonly updatedBefore?: string
  /** Stands in the title, the description or the notes; letters of ASCII in either case. */
  readonly text?: string
}

/**
 * `priority`: most urgent first, then oldest. `oldest`, `newest`: by creation. `due`: those with a `dueAt` first, earliest
 * first, then by priority.
 */
export type TaskSort = 'priority' | 'oldest' | 'newest' | 'due'

/** What `tasks.list` takes. */
export interface TaskListOptions extends TaskFilter, PageOptions {
  /** `oldest` unless told. */
  readonly sort?: TaskSort
}

/** What `tasks.overdue` takes. */
export interface OverdueOptions extends TaskFilter, PageOptions {}

/** What `tasks.blocked` takes. */
export interface BlockedOptions extends TaskFilter, PageOptions {
  readonly sort?: TaskSort
}

/** What `tasks.ready` takes. */
export interface ReadyOptions extends BlockedOptions {
  /** Also the tasks in progress that nothing holds back. */
  readonly includeInProgress?: boolean
}

/**
 * One thing that keeps a task from being ready.
 *
 * - `status`: it is in_progress, in_review or closed
 * - `claimed`: an agent has claimed it, with a lease that runs `until` then
 * - `exhausted`: no attempt remains of those that its contract allows
 * - `not_before`, `snoozed`: it, or `via`, which it is part of, is held back `until` then
 * - `requires`: the agent `lacks` the role, or capabilities, that it asks for; of `claims.claim` only
 * - `hold`: it is on hold
 * - `gate`: `task` blocks it, through `gate`
 * - `inherited_gate`: `task` blocks `via`, which it is part of, through `gate`
 * - `inherited_hold`: `via`, which it is part of, is on hold
 * - `superseded`: `task` supersedes it
 * - `duplicate`: it is a duplicate of `task`
 * - `child`: its child `task` is not closed
 */
export interface Reason {
  readonly kind:
    | 'status'
    | 'claimed'
    | 'exhausted'
    | 'hold'
    | 'not_before'
    | 'snoozed'
    | 'gate'
    | 'inherited_gate'
    | 'inherited_hold'
    | 'superseded'
    | 'duplicate'
    | 'child'
    | 'requires'
  readonly task?: TaskId
  /** When the lease runs out, or the time until which it is held back. */
  readonly until?: string
  /** Who has claimed it. */
  readonly agent?: AgentId
  readonly attempt?: ActivityId
  /** Its parent, or the parent of that, and so on. */
  readonly via?: TaskId
  readonly gate?: Gate
  /** What of the role and the capabilities that it requires the agent does not have. */
  readonly lacks?: TaskRequirements
  /** The blocker is closed with another outcome: unless it is reopened, the gate will never open. */
  readonly impossible?: true
}

/** Whether a task is ready, and if not, everything that holds it back. */
export interface Explanation {
  readonly ready: boolean
  readonly reasons: readonly Reason[]
  /** The same in one English sentence. */
  readonly sentence: string
}

/** A task reached along blocked_by, and by how many steps at least. */
export interface TaskAtDistance {
  readonly task: Task
  readonly distance: number
}

/** How far to walk. */
export interface WalkOptions {
  /** 1 or more steps; all of them unless told. */
  readonly maxDepth?: number
}

/** One blocked_by relation of a dependency tree. */
export interface Dependency {
  readonly source: TaskId
  readonly kind: Extract<RelationKind, 'blocked_by'>
  readonly target: TaskId
  readonly gate: Gate
  /** How many steps `source` is from the root of the tree. */
  readonly depth: number
}

/** Tasks: what there is to do, what is ready, and why the rest is not. */
export interface Tasks {
  /**
   * Adds a task.
   *
   * @throws {NotFoundError} the owner, parent, a blocker or another node that it names does not exist.
   * @throws {AlreadyExistsError} the uuid of `id` is taken.
   * @throws {CycleDetectedError} its parent and blockers together would wait for one another.
   * @throws {GateConflictError} it names one blocker with two gates.
   * @throws {RelationDomainError} it names itself.
   */
  create(task: NewTask): Promise<Task>
  /** The task as it is now. */
  get(id: TaskId): Promise<Task>
  /** The task, or `undefined` where nothing has this id. @throws {NotFoundError} it is the id of another kind. */
  find(id: TaskId): Promise<Task | undefined>
  /** The task with this external reference, and of several the one that came first into the record. */
  findByExternalRef(system: string, id: string): Promise<Task | undefined>
  /**
   * Changes fields, or moves between open, in_progress and in_review. What is already so writes nothing.
   *
   * A change of status ends a live claim of one's own.
   *
   * @throws {IllegalTransitionError} the status is not one that `update` moves from, or to.
   * @throws {TaskClaimedError} the status would change, and somebody else has claimed the task.
   * @throws {ContractNotMetError} the status would move to in_review, or from it, past the contract.
   * @throws {NotFoundError} the task, its new owner or its new parent does not exist.
   * @throws {CycleDetectedError} with its new parent, tasks would wait for one another.
   * @throws {RelationDomainError} it is named as its own parent.
   */
  update(id: TaskId, changes: TaskChanges, options?: RevisionOptions & ForceOptions): Promise<Task>
  /**
   * Ends a task, `completed` unless told, and with it a live claim of one's own. Children and blockers may still be open.
   *
   * @throws {AlreadyClosedError} it is closed.
   * @throws {TaskClaimedError} somebody else has claimed it.
   * @throws {ContractNotMetError} it would be completed though its contract or its policy asks for more.
   */
  close(id: TaskId, options?: RevisionOptions & ForceOptions & { readonly outcome?: Outcome }): Promise<Task>
  /** Opens a closed task again; the log keeps how it was closed. @throws {IllegalTransitionError} it is not closed. */
  reopen(id: TaskId, options?: RevisionOptions & { readonly reason?: string }): Promise<Task>
  /**
   * Puts a task on hold: its status becomes `blocked`, and a live claim of one's own ends.
   *
   * @throws {IllegalTransitionError} it is closed or on hold.
   * @throws {TaskClaimedError} somebody else has claimed it.
   * @throws {ContractNotMetError} it is in review, and its contract asks for that.
   */
  hold(id: TaskId, options: RevisionOptions & { readonly reason: string; readonly force?: boolean }): Promise<Task>
  /** Ends a hold: the status becomes `open`. @throws {IllegalTransitionError} it is not on hold. */
  unhold(id: TaskId, options?: RevisionOptions): Promise<Task>
  /** Tasks in order of `createdAt`, oldest first, unless told. */
  list(options?: TaskListOptions): Promise<Page<Task>>
  /**
   * Open tasks that nothing holds back: no unsatisfied gate, no hold or unsatisfied gate of a task that they are part
   * of, not superseded, not a duplicate, no child that is not closed, no time still to come until which they or a task
   * that they are part of are held back, and an attempt left. A claim whose lease has run out counts for nothing: its task
   * is open in this sense. What is ready can be claimed.
   */
  ready(options?: ReadyOptions): Promise<Page<Task>>
  /** The open tasks that are not ready, and those on hold. */
  blocked(options?: BlockedOptions): Promise<Page<Task>>
  /** The tasks that are not closed though their `dueAt` has passed, the longest overdue first. */
  overdue(options?: OverdueOptions): Promise<Page<Task>>
  /** Whether the task is ready, and everything that holds it back. */
  explain(id: TaskId): Promise<Explanation>
  /**
   * Every task that must finish before `id` can start, by blocked_by, nearest first.
   *
   * A task reached along several paths appears once, at its shortest distance; `id` itself is left out.
   * Cost grows with the tasks visited, not with the tasks stored. A parent is no ancestor in this sense.
   */
  ancestors(id: TaskId, options?: WalkOptions): Promise<readonly TaskAtDistance[]>
  /** Every task that waits for `id`, by blocked_by, nearest first; the mirror of `ancestors`. */
  descendants(id: TaskId, options?: WalkOptions): Promise<readonly TaskAtDistance[]>
  /** The blocked_by relations below `id` in depth-first order, each once. */
  dependencyTree(id: TaskId): Promise<readonly Dependency[]>
  /** Adds a label; one that is there already writes nothing. */
  addLabel(id: TaskId, label: string, options?: RevisionOptions): Promise<Task>
  /** Removes a label; one that is not there writes nothing. */
  removeLabel(id: TaskId, label: string, options?: RevisionOptions): Promise<Task>
  /** Its labels in code unit order. */
  labels(id: TaskId): Promise<readonly string[]>
  /**
   * Adds a comment, by the actor unless told.
   *
   * @throws {NotFoundError} the task or the author does not exist.
   * @throws {AlreadyExistsError} the uuid of the comment's `id` is taken.
   */
  addComment(
    id: TaskId,
    comment: CommandOptions & { readonly body: string; readonly author?: AgentId; readonly id?: CommentId },
  ): Promise<Comment>
  /** All comments on a task, oldest first. */
  comments(id: TaskId): Promise<readonly Comment[]>
}

import type { AgentId, DecisionId, EvidenceId, LearningId, TaskId } from '../../ids.js'
import type { Page, PageOptions } from '../../page.js'
import type { NewEvidence } from '../evidence/evidence.js'
import type { CommandOptions } from '../options.js'

/** What a decision and a learning have in common. */
interface KnowledgeBase<Id> {
  readonly id: Id
  readonly namespace: string
  /** Who decided or learned it. */
  readonly agent: AgentId
  readonly title: string
  readonly rationale: string
  /** What else was thought of. */
  readonly alternatives: readonly string[]
  /** The task that it was attached to; without one it holds for its namespace. */
  readonly attachedTo?: TaskId
  /** What was added about it, with it or later. */
  readonly evidence: readonly EvidenceId[]
  readonly validFrom: string
  /** The `validFrom` of what supersedes it: it is valid before that, and at no time where that is no later than its own. */
  readonly validTo?: string
  /** Of several, the one that was named first. */
  readonly supersedes?: Id
  /** Of several, the one that is valid first. */
  readonly supersededBy?: Id
  readonly createdAt: string
  /** When it was written down: since then it is known. */
  readonly recordedAt: string
}

/** A durable choice: a prov:Entity. */
export interface Decision extends KnowledgeBase<DecisionId> {
  readonly kind: 'decision'
}

/** A durable lesson: a prov:Entity. */
export interface Learning extends KnowledgeBase<LearningId> {
  readonly kind: 'learning'
}

/** What is recorded of a decision or learning. */
export type NewKnowledge<Id> = {
  readonly title: string
  readonly rationale: string
  readonly alternatives?: readonly string[]
  /**
   * The task that it is about, and with it all that are part of it. Where neither this nor `namespace` is given, what
   * supersedes another is attached as that is, what a submission brings to its task, and all else to the namespace.
   */
  readonly attachTo?: TaskId
  /** That of `attachTo`, or of the file, unless told. */
  readonly namespace?: string
  readonly evidence?: readonly NewEvidence[]
  /** Since when it is so; since now unless told. */
  readonly validFrom?: string
  /** An id of the caller's own making. */
  readonly id?: Id
}

/**
 * What `decisions.list` and `learnings.list` take: every field that is given must match. CONCEPTS.md, "Evidence, decisions,
 * learnings", tells what the two times ask for, each by itself and together.
 */
export interface KnowledgeListOptions extends PageOptions {
  /** Those that are valid at this time: their `validFrom` has come, and that of nothing that supersedes them. */
  readonly validAt?: string
  /**
   * As the record told it at this time: only what was recorded by then counts. By itself it asks for what nothing superseded
   * then.
   */
  readonly knownAt?: string
  /** Also those that something supersedes, be that valid yet or not. With `validAt` it means nothing: the time decides. */
  readonly includeSuperseded?: boolean
  /** Attached to one of these tasks. */
  readonly attachedTo?: TaskId | readonly TaskId[]
  readonly namespace?: string | readonly string[]
}

/** What there is to do with decisions, and alike with learnings. */
export interface KnowledgeGroup<Id, Item> {
  /**
   * Records it.
   *
   * @throws {NotFoundError} `attachTo` or an artifact of the evidence does not exist.
   * @throws {AlreadyExistsError} the uuid of `id` is taken.
   */
  record(item: NewKnowledge<Id> & CommandOptions): Promise<Item>
  /**
   * Records what takes the place of an earlier one, which stays as it was. It is attached where the earlier one was,
   * unless told. A relation `supersedes` that is added by hand means the same, and may be removed again.
   *
   * @throws {AlreadySupersededError} something has taken its place already.
   * @throws {InvalidInputError} it would be valid before the earlier one is.
   */
  supersede(id: Id, item: NewKnowledge<Id> & CommandOptions): Promise<Item>
  get(id: Id): Promise<Item>
  /** In order of `validFrom`, then in that of the log. */
  list(options?: KnowledgeListOptions): Promise<Page<Item>>
}

/** Decisions: durable choices, and why they were made. */
export interface Decisions extends KnowledgeGroup<DecisionId, Decision> {}

/** Learnings: durable lessons. */
export interface Learnings extends KnowledgeGroup<LearningId, Learning> {}

/** A decision or learning that holds for a task, and where it comes from. */
export interface Inherited {
  readonly item: Decision | Learning
  /** The task that it is attached to: the task itself or one that it is part of; absent for the namespace. */
  readonly from?: TaskId
  /** 0 for the task itself, 1 for its parent, and so on; the namespace comes after the root. */
  readonly distance: number
}

/** What `knowledge` takes. */
export interface KnowledgeOptions {
  /** Also those that something has taken the place of, and those that are not valid yet. */
  readonly includeSuperseded?: boolean
}

/**
 * The decisions and learnings that hold for a task now: its own, those of the tasks that it is part of up to the root, and
 * those of its namespace, nearest first, and of one distance in the order of the log.
 *
 * @throws {NotFoundError} no task has this id.
 */
export type Knowledge = (task: TaskId, options?: KnowledgeOptions) => Promise<readonly Inherited[]>

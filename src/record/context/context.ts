import type { TaskId } from '../../ids.js'
import type { Json } from '../../json.js'
import type { Gate } from '../../vocabulary.js'
import type { Artifact } from '../artifacts/artifact.js'
import type { Run } from '../claims/claim.js'
import type { Contract } from '../contracts/contract.js'
import type { Evidence } from '../evidence/evidence.js'
import type { Inherited } from '../knowledge/knowledge.js'
import type { Review } from '../reviews/review.js'
import type { Comment, Task } from '../tasks/task.js'

/** What `context` takes. */
export interface ContextOptions {
  /** How long the Markdown may be, in UTF-16 code units: 1,000 or more; 20,000 unless told. */
  readonly maxChars?: number
}

/** A blocker, and what came of it. */
export interface BlockerResult {
  readonly task: Task
  readonly gate: Gate
  /** The attempt that handed in its last submission, if there is one. */
  readonly run?: Run
  /** What that submission gave out. */
  readonly output?: Json
  /** The last review of that submission, if there is one. */
  readonly review?: Review
}

/**
 * What an agent reads that has just claimed a task. No list holds more than 50 items: of parents and knowledge the nearest,
 * and of what is equally near, as of all else, the newest; `cut` says how many more there are.
 */
export interface TaskContext {
  readonly task: Task
  readonly contract?: Contract
  /** What it is part of, the parent first, up to the root. */
  readonly parents: readonly Task[]
  /** The child of the same parent that was created before it, and the one after it. */
  readonly previous?: Task
  readonly next?: Task
  /** What it is blocked by itself, oldest first. */
  readonly blockers: readonly BlockerResult[]
  /** Attempts that have ended, oldest first. */
  readonly attempts: readonly Run[]
  /** Oldest first. */
  readonly reviews: readonly Review[]
  /** Oldest first. */
  readonly comments: readonly Comment[]
  /** As `knowledge` gives it, without what is superseded. */
  readonly knowledge: readonly Inherited[]
  /** About the task itself, oldest first. */
  readonly evidence: readonly Evidence[]
  /** What its activities made and used, and what it comes from, oldest first. */
  readonly artifacts: readonly Artifact[]
  /**
   * The same as a document of Markdown, the most important first. Texts of the record stand in it as quotations or
   * escaped, so that none can pass for a part of the document. Agents go by their names.
   */
  readonly markdown: string
  /** What did not fit into the document, or was too much to read, a sentence each; the document says so in place. */
  readonly cut: readonly string[]
}

/**
 * What an agent that has just claimed a task reads, as data and as one Markdown document.
 *
 * @throws {NotFoundError} no task has this id.
 */
export type ReadContext = (task: TaskId, options?: ContextOptions) => Promise<TaskContext>

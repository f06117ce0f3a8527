import type { MultiDirectedGraph } from 'graphology'
import { z } from 'zod'
import { validate, withOptions } from '../input.js'
import { resolveScope, scopeSchema } from '../record/lineage/resolve-scope.js'
import type { Scope } from '../record/lineage/scope.js'
import type { RelationKind } from '../record/relations/registry.js'
import type { Task } from '../record/tasks/task.js'
import { snapshotOf, type Tracker } from '../tracker.js'
import type { Gate } from '../vocabulary.js'
import { readTaskGraph } from './read-task-graph.js'

/** The kinds of relation that join two tasks. */
export const TASK_RELATION_KINDS = [
  'blocked_by',
  'parent',
  'derived_from',
  'supersedes',
  'duplicate_of',
  'discovered_from',
  'related',
] as const satisfies readonly RelationKind[]

/** A kind of relation that joins two tasks. */
export type TaskRelationKind = (typeof TASK_RELATION_KINDS)[number]

/** What an edge of a task graph knows; it leads from the source of the relation to its target. */
export interface TaskEdge {
  readonly kind: TaskRelationKind
  /** Of a blocked_by. */
  readonly gate?: Gate
  readonly createdAt: string
}

/** Tasks by their ids, with their fields as attributes, and the relations between them. */
export type TaskGraph = MultiDirectedGraph<Task, TaskEdge>

/** What `taskGraph` takes besides the tracker. */
export interface TaskGraphOptions {
  /** The whole record unless told. */
  readonly scope?: Scope
  /** Relations of these kinds only. */
  readonly kinds?: readonly TaskRelationKind[]
}

const optionsSchema = z.strictObject({
  scope: scopeSchema.optional(),
  kinds: z.array(z.enum(TASK_RELATION_KINDS)).max(TASK_RELATION_KINDS.length).optional(),
})

/**
 * The tasks of a record as a graph in memory, for the analyses beside it and for algorithms of the caller's own.
 *
 * Nodes are added in order of age, edges by the age of their sources; a relation to a task outside of the scope is left
 * out. It is a copy: changing it changes no record. Others have their turn while it is read.
 *
 * @throws {NotFoundError} the scope names a node that does not exist, or as `partOf` one that is no task.
 */
export async function taskGraph(tracker: Tracker, options?: TaskGraphOptions): Promise<TaskGraph> {
  const input = validate('taskGraph', optionsSchema, withOptions('taskGraph', {}, options))
  const snapshot = await snapshotOf(tracker, 'taskGraph')
  try {
    return await readTaskGraph(snapshot, await resolveScope(snapshot, input.scope), input.kinds)
  } finally {
    await snapshot.close()
  }
}

import type { MultiDirectedGraph } from 'graphology'
import type { Scope } from '../record/lineage/scope.js'
import type { RelationKind } from '../record/relations/registry.js'
import type { Task } from '../record/tasks/task.js'
import type { Gate } from '../vocabulary.js'

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

/** What an edge of a task graph knows; it leads from the source of the relation to its target. */
export interface TaskEdge {
  readonly kind: (typeof TASK_RELATION_KINDS)[number]
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
  readonly kinds?: readonly (typeof TASK_RELATION_KINDS)[number][]
}

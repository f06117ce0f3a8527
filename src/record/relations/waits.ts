import { type Moment, type RelationKind, relationDefinition } from './registry.js'

/** A relation between tasks, as far as waiting goes. `Task` is what stands for a task: a key, or an id. */
export interface TaskRelation<Task> {
  readonly source: Task
  readonly kind: RelationKind
  readonly target: Task
}

/** One moment waits for another, of another task or of the same. `Key` is what stands for a moment. */
export interface Arrow<Key> {
  readonly from: Key
  readonly to: Key
}

/**
 * The arrows of waiting that a relation draws, by the registry: both the record and the plan of an import go by these.
 */
export function arrowsOf<Task, Key>(
  { source, kind, target }: TaskRelation<Task>,
  momentOf: (task: Task, moment: Moment) => Key,
): Arrow<Key>[] {
  return (relationDefinition(kind).waits ?? []).map(({ waiter, moment, for: awaited }) =>
    waiter === 'source'
      ? { from: momentOf(source, moment), to: momentOf(target, awaited) }
      : { from: momentOf(target, moment), to: momentOf(source, awaited) },
  )
}

/** The arrow within every task: it is finished only after its gates have opened. */
export function arrowWithin<Task, Key>(task: Task, momentOf: (task: Task, moment: Moment) => Key): Arrow<Key> {
  return { from: momentOf(task, 'finished'), to: momentOf(task, 'gates') }
}

/** The tasks of a path of moments: both moments of a task, one after the other, are one step. */
export function toTasks<Task, Key>(path: readonly Key[], taskOf: (moment: Key) => Task): Task[] {
  return path.map(taskOf).filter((task, index, tasks) => task !== tasks[index - 1])
}

import { NotFoundError } from '../../errors.js'
import { groupBy } from '../../group-by.js'
import type { CommentId, NodeId, TaskId } from '../../ids.js'
import type { RelationKind } from '../../record/relations/registry.js'
import type { Relation } from '../../record/relations/relation.js'
import type { Task } from '../../record/tasks/task.js'
import type { Tracker } from '../../tracker.js'
import type { DesiredComment } from './desired-comment.js'
import { inChunks } from './in-chunks.js'

/** The tasks that the record holds already, of those that an import asks for. */
export interface StoredTasks {
  readonly taskById: ReadonlyMap<TaskId, Task>
  /** Ids that are taken by something that is no task, and what it is. */
  readonly takenById: ReadonlyMap<TaskId, string>
}

/** What the record holds beside those tasks. */
export interface Stored extends StoredTasks {
  readonly comments: ReadonlySet<CommentId>
  /** Relations that touch these tasks, or tasks that are related to them, however far away. */
  readonly relations: readonly Relation[]
}

/** The kinds of relation that dependencies become. */
export const IMPORTED_KINDS: readonly RelationKind[] = [
  'blocked_by',
  'parent',
  'supersedes',
  'duplicate_of',
  'discovered_from',
  'related',
]

/** Looks for tasks. */
export async function findTasks(
  tracker: Tracker,
  ids: readonly TaskId[],
  onProgress: (done: number, total: number) => void,
): Promise<StoredTasks> {
  const taskById = new Map<TaskId, Task>()
  const takenById = new Map<TaskId, string>()
  const find = async (id: TaskId): Promise<void> => {
    try {
      const task = await tracker.tasks.find(id)
      if (task !== undefined) taskById.set(id, task)
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error
      takenById.set(id, error.found ?? 'something else')
    }
  }
  await inChunks(ids, find, (done) => onProgress(done, ids.length))
  return { taskById, takenById }
}

/** Reads what the tasks that are there already have: comments and relations. */
export async function readDetails(
  tracker: Tracker,
  found: StoredTasks,
  comments: readonly DesiredComment[],
): Promise<Stored> {
  return {
    ...found,
    comments: await readComments(tracker, found.taskById, comments),
    relations: await readRelations(tracker, [...found.taskById.keys()]),
  }
}

async function readComments(
  tracker: Tracker,
  taskById: ReadonlyMap<TaskId, Task>,
  comments: readonly DesiredComment[],
): Promise<Set<CommentId>> {
  const known = new Set<CommentId>()
  const commented = [...groupBy(comments, ({ task }) => task.id).keys()].filter((id) => taskById.has(id))
  const read = async (id: TaskId): Promise<void> => {
    for (const comment of await tracker.tasks.comments(id)) known.add(comment.id)
  }
  await inChunks(commented, read, () => {})
  return known
}

async function readRelations(tracker: Tracker, start: readonly TaskId[]): Promise<Relation[]> {
  const relationByKey = new Map<string, Relation>()
  const visited = new Set<NodeId>(start)
  for (let level: readonly NodeId[] = start; level.length > 0; ) {
    const next: NodeId[] = []
    const read = async (id: NodeId): Promise<void> => {
      for (const relation of await listRelations(tracker, id)) {
        relationByKey.set(relationKeyOf(relation), relation)
        for (const end of [relation.source, relation.target]) {
          if (visited.has(end)) continue
          visited.add(end)
          next.push(end)
        }
      }
    }
    await inChunks(level, read, () => {})
    level = next
  }
  return [...relationByKey.values()]
}

async function listRelations(tracker: Tracker, id: NodeId): Promise<Relation[]> {
  const relations: Relation[] = []
  let cursor: string | undefined
  do {
    const page = await tracker.relations.list(id, {
      kind: IMPORTED_KINDS,
      limit: 1_000,
      ...(cursor === undefined ? {} : { cursor }),
    })
    relations.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return relations
}

/** What makes two relations between the same tasks the same. */
export function relationKeyOf(relation: Pick<Relation, 'source' | 'kind' | 'target'>): string {
  return JSON.stringify([relation.source, relation.kind, relation.target])
}

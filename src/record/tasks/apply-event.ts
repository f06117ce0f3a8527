import type { AgentId, TaskId } from '../../ids.js'
import type { EventData, EventType } from '../../log/event.js'
import { type ReadableEvent, readSubjectEvents } from '../../log/read-events.js'
import type { Reader } from '../../store/store.js'
import type { Outcome, Phase, Priority, Status, TaskType } from '../../vocabulary.js'
import { namespaceOf } from '../nodes.js'
import { relationDefinition } from '../relations/registry.js'
import type { BornRelation, RelationData } from '../relations/relation-rows.js'
import type { ExternalRef, Task } from './task.js'

/** Data of `task.created`. */
export type TaskCreated = {
  readonly title: string
  readonly description: string
  readonly type: TaskType
  readonly priority: Priority
  readonly phase: Phase
  readonly owner?: AgentId
  readonly labels: readonly string[]
  readonly notes: string
  readonly externalRefs: readonly ExternalRef[]
  /** What it was created with: its parent, blockers, attribution and origins. */
  readonly relations: readonly BornRelation[]
}

/** Data of `task.updated`: the fields that changed; `null` where one was cleared. */
export type TaskUpdated = {
  readonly title?: string
  readonly description?: string
  readonly status?: Status
  readonly priority?: Priority
  readonly type?: TaskType
  readonly phase?: Phase
  readonly owner?: AgentId | null
  readonly notes?: string
  readonly labels?: readonly string[]
  readonly externalRefs?: readonly ExternalRef[]
  readonly parent?: TaskId | null
}

/** Data of `task.closed`. */
type TaskClosed = {
  readonly outcome: Outcome
  readonly reason?: string
}

/** What of an event tells how a task changed. */
export type TaskChange = Pick<ReadableEvent, 'type' | 'subject' | 'at' | 'data'>

/** The types of event that can change the task that they are about, as {@link applyTaskEvent} tells. */
export const TASK_EVENT_TYPES = [
  'task.created',
  'task.updated',
  'task.closed',
  'task.reopened',
  'task.held',
  'task.unheld',
  'label.added',
  'label.removed',
  'relation.added',
  'relation.removed',
] as const satisfies readonly EventType[]

/**
 * A task as it is after one more event about it: a function of the two alone.
 *
 * The fold of all events whose subject is the task gives the task; of the first of them, the task as it was.
 */
export function applyTaskEvent(before: Task | undefined, event: TaskChange): Task {
  if (event.type === 'task.created') return createdTask(event)
  const task = before!
  const changed = { ...task, revision: task.revision + 1, updatedAt: event.at }
  switch (event.type) {
    case 'task.updated':
      return applyFields(changed, event.data as unknown as TaskUpdated)
    case 'task.closed': {
      const { outcome, reason } = event.data as unknown as TaskClosed
      const { holdReason: _, ...rest } = changed
      return {
        ...rest,
        status: 'closed',
        outcome,
        closedAt: event.at,
        ...(reason !== undefined && { closeReason: reason }),
      }
    }
    case 'task.reopened': {
      const { outcome: _outcome, closedAt: _closedAt, closeReason: _closeReason, ...rest } = changed
      return { ...rest, status: 'open' }
    }
    case 'task.held':
      return { ...changed, status: 'blocked', holdReason: textOf(event.data, 'reason') }
    case 'task.unheld': {
      const { holdReason: _, ...rest } = changed
      return { ...rest, status: 'open' }
    }
    case 'label.added':
      // An erased label is not known any more; that there was a change still counts.
      return 'label' in event.data
        ? { ...changed, labels: [...task.labels, textOf(event.data, 'label')].sort() }
        : changed
    case 'label.removed':
      return { ...changed, labels: task.labels.filter((label) => label !== event.data.label) }
    case 'relation.added':
    case 'relation.removed':
      return applyRelation(task, changed, event)
    default:
      return task
  }
}

/** A task as it was right after an event about it. */
export async function taskAsOf(reader: Reader, id: string, seq: number): Promise<Task> {
  const events = await readSubjectEvents(reader, id, seq)
  return events.reduce<Task | undefined>((task, event) => applyTaskEvent(task, event), undefined)!
}

function createdTask(event: TaskChange): Task {
  const data = event.data as unknown as TaskCreated
  const id = event.subject as TaskId
  const task: Task = {
    id,
    namespace: namespaceOf(id),
    title: data.title,
    description: data.description,
    status: 'open',
    priority: data.priority,
    type: data.type,
    phase: data.phase,
    notes: data.notes,
    labels: data.labels,
    externalRefs: data.externalRefs,
    revision: 1,
    createdAt: event.at,
    updatedAt: event.at,
  }
  const parent = data.relations.find((relation) => relation.kind === 'parent')?.target as TaskId | undefined
  if (data.owner === undefined && parent === undefined) return task
  return { ...task, ...optional('owner', data.owner), ...optional('parent', parent) }
}

function applyFields(task: Task, data: TaskUpdated): Task {
  const { owner, parent, ...fields } = data
  const { owner: ownerBefore, parent: parentBefore, ...rest } = task
  return {
    ...rest,
    ...fields,
    ...optional('owner', owner === undefined ? ownerBefore : owner),
    ...optional('parent', parent === undefined ? parentBefore : parent),
  }
}

function applyRelation(task: Task, changed: Task, event: TaskChange): Task {
  const { kind, target } = event.data as unknown as RelationData
  if (!relationDefinition(kind).raisesRevision) return task
  if (kind !== 'parent') return changed
  const { parent: _, ...rest } = changed
  return event.type === 'relation.added' ? { ...rest, parent: target as TaskId } : rest
}

function optional<Key extends string, Value>(key: Key, value: Value | null | undefined): { [K in Key]?: Value } {
  return (value === null || value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value }
}

function textOf(data: EventData, field: string): string {
  return data[field] as string
}

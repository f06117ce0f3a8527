import type { ActivityId, AgentId, TaskId } from '../../ids.js'
import type { EventData, EventType } from '../../log/event.js'
import { type ReadableEvent, readSubjectEvents } from '../../log/read-events.js'
import type { Reader } from '../../store/store.js'
import type { Outcome, Phase, Priority, Status, TaskType } from '../../vocabulary.js'
import type { Contract } from '../contracts/contract.js'
import type { ContractRevised } from '../contracts/events.js'
import { namespaceOf } from '../nodes.js'
import { REDACTED } from '../redacted.js'
import { relationDefinition } from '../relations/registry.js'
import type { BornRelation, RelationData } from '../relations/relation-rows.js'
import type { ExternalRef, Task, TaskRequirements } from './task.js'
import type { TaskTransition } from './transition.js'

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
  readonly notBefore?: string
  readonly snoozedUntil?: string
  readonly dueAt?: string
  readonly requires?: TaskRequirements
  readonly contract?: Contract
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
  readonly notBefore?: string | null
  readonly snoozedUntil?: string | null
  readonly dueAt?: string | null
  readonly requires?: TaskRequirements | null
} & Interference

/** What `tasks.update`, `tasks.close` or `tasks.hold` overrides or ends by a change of status: a contract or a claim. */
export type Interference = {
  /** Somebody else's claim, or a contract, stood against it. */
  readonly forced?: true
  /** Why; there with `forced`, and at the closing of a task. */
  readonly reason?: string
  /** The attempt that it ends. */
  readonly attempt?: ActivityId
}

/** Data of `task.closed`. */
export type TaskClosed = {
  readonly outcome: Outcome
} & Interference

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
  'claim.acquired',
  'claim.completed',
  'claim.expired',
  'claim.released',
  'claim.reset',
  'contract.revised',
  'review.recorded',
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
      return applyFields(changed, event)
    case 'task.closed': {
      const { outcome, reason } = event.data as unknown as TaskClosed
      return {
        ...transitionTo(changed, { status: 'closed', outcome, ...optional('closeReason', reason) }, event.at),
        ...forcedBy(event),
      }
    }
    case 'task.reopened':
    case 'task.unheld':
      return transitionTo(changed, { status: 'open' }, event.at)
    case 'task.held':
      return {
        ...transitionTo(changed, { status: 'blocked' }, event.at),
        holdReason: textOf(event.data, 'reason'),
        ...forcedBy(event),
      }
    case 'claim.acquired':
    case 'claim.completed':
    case 'claim.expired':
    case 'claim.released':
    case 'claim.reset':
      return transitionTo(changed, event.data.becomes as unknown as TaskTransition, event.at)
    case 'review.recorded':
      // An approval that is not the last one that is needed changes nothing yet.
      return event.data.becomes === undefined
        ? task
        : transitionTo(changed, event.data.becomes as unknown as TaskTransition, event.at)
    case 'contract.revised': {
      const { contract, version, becomes } = event.data as unknown as ContractRevised
      const revised = { ...changed, contract, contractVersion: version }
      return becomes === undefined ? revised : transitionTo(revised, becomes, event.at)
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
  return foldTask(undefined, await readSubjectEvents(reader, id, seq))
}

/** A task after further events about it, of which the first makes it where there is none before. */
export function foldTask(before: Task | undefined, events: readonly TaskChange[]): Task {
  return events.reduce<Task | undefined>(applyTaskEvent, before)!
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
    ...optional('notBefore', data.notBefore),
    ...optional('snoozedUntil', data.snoozedUntil),
    ...optional('dueAt', data.dueAt),
    ...optional('requires', data.requires),
    ...(data.contract !== undefined && { contract: data.contract, contractVersion: 1 }),
  }
  const parent = data.relations.find((relation) => relation.kind === 'parent')?.target as TaskId | undefined
  if (data.owner === undefined && parent === undefined) return task
  return { ...task, ...optional('owner', data.owner), ...optional('parent', parent) }
}

/** Fields that are absent where `null` has cleared them. */
const CLEARABLE = ['owner', 'parent', 'notBefore', 'snoozedUntil', 'dueAt', 'requires'] as const

function applyFields(before: Task, event: TaskChange): Task {
  const {
    forced: _forced,
    reason: _reason,
    attempt: _attempt,
    status,
    ...fields
  } = event.data as unknown as TaskUpdated
  const task = {
    ...(status === undefined ? before : { ...transitionTo(before, { status }, event.at), ...forcedBy(event) }),
    ...fields,
  } as { -readonly [Field in keyof Task]: Task[Field] }
  for (const field of CLEARABLE) if (fields[field] === null) delete task[field]
  return task
}

/** The task with another status: what was said about the former one goes with it. */
function transitionTo(task: Task, transition: TaskTransition, at: string): Task {
  const {
    outcome: _outcome,
    closedAt: _closedAt,
    closeReason: _close,
    holdReason: _hold,
    forced: _forced,
    ...rest
  } = task
  return { ...rest, ...transition, ...(transition.status === 'closed' && { closedAt: at }) }
}

function forcedBy({ data }: TaskChange): { readonly forced?: string } {
  if (data.forced !== true) return {}
  return { forced: data.reason === undefined ? REDACTED : textOf(data, 'reason') }
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

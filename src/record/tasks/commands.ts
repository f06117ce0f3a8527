import {
  AlreadyClosedError,
  CycleDetectedError,
  GateConflictError,
  IllegalTransitionError,
  StaleRevisionError,
} from '../../errors.js'
import {
  type AgentId,
  type CommentId,
  type NodeId,
  newCommentId,
  newTaskId,
  newUuid as ownUuid,
  type TaskId,
} from '../../ids.js'
import type { NewEvent } from '../../log/append.js'
import type { EventData } from '../../log/event.js'
import type { ReadableEvent } from '../../log/read-events.js'
import type { Reader } from '../../store/store.js'
import type { Gate, Outcome } from '../../vocabulary.js'
import { interfere } from '../claims/interference.js'
import { readSpent, settleLease, writeDownExpiry } from '../claims/settle-lease.js'
import { type Circumstances, type Command, DoFirst } from '../command.js'
import { idsOf, namespaceOf, requireFree, requireNode } from '../nodes.js'
import type { CommandOptions, RevisionOptions } from '../options.js'
import { defaultWord } from '../per-vocabulary.js'
import { findParent } from '../relations/parent.js'
import type { BornRelation } from '../relations/relation-rows.js'
import { requireTarget } from '../relations/targets.js'
import { findCycleOfWaiting, findCycleThroughNewTask } from '../relations/waiting.js'
import type { Session } from '../session.js'
import { applyTaskEvent, foldTask, type TaskUpdated, taskAsOf } from './apply-event.js'
import { toComment } from './events.js'
import type { Blocker, Comment, ForceOptions, NewTask, Task, TaskChanges } from './task.js'
import { readTask } from './task-rows.js'
import { isUnderWay, transitionBack } from './transition.js'

/** What `tasks.update` takes, as its schema gives it back. */
export interface TaskUpdate extends RevisionOptions {
  readonly id: TaskId
  readonly changes: TaskChanges & { readonly status?: string }
  readonly force?: boolean
  readonly reason?: string
}

/** Decides `tasks.create`. */
export function createTask(session: Session, input: NewTask): Command<Task> {
  const { namespace, vocabulary, newUuid } = session.settings
  const id = input.id ?? newTaskId(input.namespace ?? namespace, newUuid)
  return {
    operation: 'tasks.create',
    input,
    async decide(reader, { actor }) {
      // A uuid of our own making is free: RFC 9562 is there for that, and the schema would refuse it otherwise.
      if (input.id !== undefined || newUuid !== ownUuid) await requireFree(reader, id)
      if (input.owner !== undefined) await requireNode(reader, input.owner, ['agent'])
      const relations = await relationsOfNewTask(reader, id, input, actor)
      const event: NewEvent = {
        type: 'task.created',
        subject: id,
        // In the order of the keys, which is the canonical one.
        data: {
          description: input.description ?? '',
          externalRefs: input.externalRefs ?? [],
          labels: input.labels ?? [],
          notes: input.notes ?? '',
          ...(input.contract !== undefined && { contract: input.contract }),
          ...(input.dueAt !== undefined && { dueAt: input.dueAt }),
          ...(input.notBefore !== undefined && { notBefore: input.notBefore }),
          ...(input.owner !== undefined && { owner: input.owner }),
          ...(input.requires !== undefined && { requires: input.requires }),
          ...(input.snoozedUntil !== undefined && { snoozedUntil: input.snoozedUntil }),
          phase: input.phase ?? defaultWord(vocabulary.phases, 'unscoped'),
          priority: input.priority ?? 'medium',
          relations: relations,
          title: input.title,
          type: input.type ?? defaultWord(vocabulary.taskTypes, 'task'),
        },
      }
      return { events: [event], result: ([written]) => applyTaskEvent(undefined, written!) }
    },
    repeat: taskAsWritten,
  }
}

async function relationsOfNewTask(
  reader: Reader,
  id: TaskId,
  input: NewTask,
  actor: AgentId,
): Promise<readonly BornRelation[]> {
  const relations: BornRelation[] = []
  const add = async (kind: BornRelation['kind'], target: NodeId, gate?: Gate): Promise<number> => {
    const { key } = await requireTarget(reader, id, kind, target)
    const twin = relations.find((relation) => relation.kind === kind && relation.target === target)
    if (twin === undefined) relations.push(gate === undefined ? { kind, target } : { gate, kind, target })
    else if (twin.gate !== gate) throw new GateConflictError(id, target, `${twin.gate}`, `${gate}`)
    return key
  }
  const parent = input.parent && (await add('parent', input.parent))
  const blockers: number[] = []
  for (const blocker of input.blockedBy ?? []) {
    const { task, gate }: Blocker = typeof blocker === 'string' ? { task: blocker, gate: 'closed' } : blocker
    blockers.push(await add('blocked_by', task, gate))
  }
  for (const origin of input.derivedFrom ?? []) await add('derived_from', origin)
  if (input.generatedBy !== undefined) await add('generated_by', input.generatedBy)
  if (input.attributedTo !== undefined) await add('attributed_to', input.attributedTo)
  // The actor exists, or is about to be registered.
  else relations.push({ kind: 'attributed_to', target: actor })
  if (typeof parent === 'number' && blockers.length > 0) {
    // 0 is no node's key, so it can stand for the task to be.
    const cycle = await findCycleThroughNewTask(reader, 0, parent, blockers)
    if (cycle !== undefined) {
      const ids = await idsOf(reader, cycle)
      throw new CycleDetectedError(
        'blocked_by',
        ids.map((known) => known ?? id),
      )
    }
  }
  return relations
}

/** Decides `tasks.update`. */
export function updateTask(input: TaskUpdate): Command<Task> {
  return onTask(
    'tasks.update',
    input,
    async (reader, key, task, circumstances) => {
      const changes = await changedFields(reader, key, task, input.changes)
      if (Object.keys(changes).length === 0) return undefined
      const { status } = changes
      const interference =
        status === undefined ? {} : await interfere(reader, key, task, { ...input, to: status }, circumstances)
      return { type: 'task.updated', data: { ...changes, ...interference } as EventData }
    },
    { isMove: input.changes.status !== undefined },
  )
}

const MOVABLE = ['open', 'in_progress', 'in_review']

async function changedFields(
  reader: Reader,
  key: number,
  task: Task,
  changes: TaskUpdate['changes'],
): Promise<TaskUpdated> {
  const changed: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(changes)) {
    const cleared = value === null ? CLEARED[field as keyof typeof CLEARED] : value
    if (value !== undefined && !isSame(task[field as keyof Task] ?? null, cleared)) changed[field] = cleared
  }
  if (changes.status !== undefined) checkMove(task, changes.status)
  if (typeof changed.owner === 'string') await requireNode(reader, changed.owner, ['agent'])
  if (typeof changed.parent === 'string') await checkNewParent(reader, key, task, changed.parent as TaskId)
  return changed
}

/** What a field holds once `null` has cleared it. */
const CLEARED = {
  description: '',
  notes: '',
  labels: [],
  externalRefs: [],
  owner: null,
  parent: null,
  notBefore: null,
  snoozedUntil: null,
  dueAt: null,
  requires: null,
}

function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after)
}

function checkMove(task: Task, to: string): void {
  if (MOVABLE.includes(task.status) && MOVABLE.includes(to)) return
  throw new IllegalTransitionError(
    task.id,
    task.status,
    to,
    task.status === 'closed'
      ? 'Use tasks.reopen first.'
      : task.status === 'blocked'
        ? 'Use tasks.unhold first.'
        : to === 'closed'
          ? 'Use tasks.close.'
          : 'Use tasks.hold.',
  )
}

async function checkNewParent(reader: Reader, key: number, task: Task, parent: TaskId): Promise<void> {
  const { key: target } = await requireTarget(reader, task.id, 'parent', parent)
  const before = await findParent(reader, key)
  const cycle = await findCycleOfWaiting(
    reader,
    { source: key, kind: 'parent', target },
    before === undefined ? undefined : { source: key, kind: 'parent', target: before },
  )
  if (cycle !== undefined) throw new CycleDetectedError('parent', (await idsOf(reader, cycle)) as string[])
}

/** Decides `tasks.close`. */
export function closeTask(input: { id: TaskId; outcome?: Outcome } & ForceOptions & RevisionOptions): Command<Task> {
  const outcome = input.outcome ?? 'completed'
  return onTask(
    'tasks.close',
    input,
    async (reader, key, task, circumstances) => {
      if (task.status === 'closed') throw new AlreadyClosedError(task.id, task.closedAt!)
      const interference = await interfere(reader, key, task, { ...input, to: 'closed', outcome }, circumstances)
      return { type: 'task.closed', data: { outcome, ...withReason(input.reason), ...interference } }
    },
    MOVE,
  )
}

/** Decides `tasks.reopen`. */
export function reopenTask(input: { id: TaskId; reason?: string } & RevisionOptions): Command<Task> {
  return onTask(
    'tasks.reopen',
    input,
    async (_reader, _key, task) => {
      if (task.status !== 'closed') {
        throw new IllegalTransitionError(task.id, task.status, 'open', 'Only closed tasks are reopened.')
      }
      return { type: 'task.reopened', data: withReason(input.reason) }
    },
    MOVE,
  )
}

/** Decides `tasks.hold`. */
export function holdTask(input: { id: TaskId; reason: string; force?: boolean } & RevisionOptions): Command<Task> {
  return onTask(
    'tasks.hold',
    input,
    async (reader, key, task, circumstances) => {
      if (!MOVABLE.includes(task.status)) {
        const hint = task.status === 'closed' ? 'Use tasks.reopen first.' : 'It is on hold already.'
        throw new IllegalTransitionError(task.id, task.status, 'blocked', hint)
      }
      const interference = await interfere(reader, key, task, { ...input, to: 'blocked' }, circumstances)
      return { type: 'task.held', data: { reason: input.reason, ...interference } }
    },
    MOVE,
  )
}

/** Decides `tasks.unhold`. */
export function unholdTask(input: { id: TaskId } & RevisionOptions): Command<Task> {
  return onTask(
    'tasks.unhold',
    input,
    async (_reader, _key, task) => {
      if (task.status !== 'blocked') {
        throw new IllegalTransitionError(task.id, task.status, 'open', 'Only tasks on hold can be taken off it.')
      }
      return { type: 'task.unheld', data: {} }
    },
    MOVE,
  )
}

/** Decides `tasks.addLabel` and `tasks.removeLabel`. */
export function changeLabel(
  type: 'label.added' | 'label.removed',
  input: { id: TaskId; label: string } & RevisionOptions,
): Command<Task> {
  const operation = type === 'label.added' ? 'tasks.addLabel' : 'tasks.removeLabel'
  return onTask(operation, input, async (_reader, _key, task) =>
    task.labels.includes(input.label) === (type === 'label.added') ? undefined : { type, data: { label: input.label } },
  )
}

/** Decides `tasks.addComment`. */
export function addComment(
  session: Session,
  task: TaskId,
  comment: { body: string; author?: AgentId; id?: CommentId } & CommandOptions,
): Command<Comment> {
  const { body, author } = comment
  const input = { ...comment, task }
  const id = comment.id ?? newCommentId(namespaceOf(task), session.settings.newUuid)
  return {
    operation: 'tasks.addComment',
    input,
    async decide(reader, { actor }) {
      await requireNode(reader, task, ['task'])
      if (author !== undefined) await requireNode(reader, author, ['agent'])
      await requireFree(reader, id)
      const data = { id, author: author ?? actor, body }
      return {
        events: [{ type: 'comment.added', subject: task, data }],
        result: ([written]) => toComment(written!),
      }
    },
    repeat: async (_reader, [written]) => toComment(written!),
  }
}

const MOVE = { isMove: true }

interface TaskInput extends RevisionOptions {
  readonly id: TaskId
}

/**
 * A command on one task that exists: the event that changes it, or `undefined` where nothing changes. One that moves it to
 * another status is a `move`, and has to do with its claim.
 */
export function onTask(
  operation: string,
  input: TaskInput,
  decide: (
    reader: Reader,
    key: number,
    task: Task,
    circumstances: Circumstances,
  ) => Promise<Omit<NewEvent, 'subject'> | undefined>,
  { isMove = false }: { readonly isMove?: boolean } = {},
): Command<Task> {
  return {
    operation,
    input,
    async decide(reader, circumstances) {
      const { key, task } = await requireTask(reader, input.id, input.expectedRevision)
      // Whoever moves the task writes down that its lease has run out; another label takes nobody's work away.
      const { before, settled } = isMove
        ? await settleLease(reader, key, task, circumstances.now)
        : { before: [], settled: task }
      const event = await decide(reader, key, settled, circumstances).catch((refusal: unknown) => {
        // The end of the last attempt closes the task, which is so whatever else is refused.
        throw before.length > 0 && settled.status === 'closed'
          ? new DoFirst(writeDownExpiry(operation, key), refusal)
          : refusal
      })
      const events = event === undefined ? [] : [{ ...event, subject: input.id }]
      const after = isMove ? await closeExhausted(reader, key, settled, events[0], circumstances) : []
      return { events: [...before, ...events, ...after], result: (written) => foldTask(task, written) }
    },
    repeat: taskAsWritten,
  }
}

/** What ends work by taking its task back ends the task, where its contract was revised meanwhile to allow no more. */
async function closeExhausted(
  reader: Reader,
  key: number,
  before: Task,
  event: NewEvent | undefined,
  { at }: Circumstances,
): Promise<NewEvent[]> {
  if (event === undefined || !isUnderWay(before) || before.contract?.retry === undefined) return []
  const { status } = applyTaskEvent(before, { ...event, at })
  if (isUnderWay({ status }) || status === 'closed') return []
  const { outcome, closeReason } = transitionBack(before.contract, await readSpent(reader, key))
  if (outcome === undefined) return []
  return [{ type: 'task.closed', subject: before.id, data: { outcome, reason: closeReason! } }]
}

/**
 * The task that a command is about.
 *
 * @throws {NotFoundError} there is none.
 * @throws {StaleRevisionError} it is at another revision than the caller expects.
 */
export async function requireTask(
  reader: Reader,
  id: TaskId,
  expectedRevision: number | undefined,
): Promise<{ readonly key: number; readonly task: Task }> {
  const { key } = await requireNode(reader, id, ['task'])
  const task = await readTask(reader, key)
  if (expectedRevision !== undefined && expectedRevision !== task.revision) {
    throw new StaleRevisionError(id, expectedRevision, task.revision)
  }
  return { key, task }
}

/** The task as a command left it: the fold of its events up to the last that the command wrote. */
export function taskAsWritten(reader: Reader, written: readonly ReadableEvent[]): Promise<Task> {
  const last = written.at(-1)!
  return taskAsOf(reader, last.subject, last.seq)
}

function withReason(reason: string | undefined): { reason?: string } {
  return reason === undefined || reason === '' ? {} : { reason }
}

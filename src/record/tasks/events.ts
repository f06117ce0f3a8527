import type { AgentId, CommentId, TaskId } from '../../ids.js'
import type { EventData } from '../../log/event.js'
import { type ReadableEvent, readSubjectEvents, type TextElsewhere } from '../../log/read-events.js'
import type { Reader, Writer } from '../../store/store.js'
import { endAttempt } from '../claims/attempt-rows.js'
import { eraseContract, insertContract } from '../contracts/events.js'
import type { EventDefinition } from '../event-definition.js'
import { insertNode, keyOf } from '../nodes.js'
import { countTimes } from '../readiness.js'
import { dropFields, redactTexts } from '../redacted.js'
import { findParent } from '../relations/parent.js'
import { deleteRelation, insertBornRelations, insertRelation } from '../relations/relation-rows.js'
import { applyTaskEvent, type Interference, type TaskCreated, type TaskUpdated } from './apply-event.js'
import { ownerKey, replaceTask } from './replace-task.js'
import type { Comment, Task } from './task.js'
import { insertExternalRefs, insertLabels, insertTask } from './task-rows.js'

/** Data of `comment.added`, whose subject is the task. */
type CommentAdded = {
  readonly id: CommentId
  readonly author: AgentId
  readonly body: string
}

/** The comment that an event added. */
export function toComment(event: ReadableEvent): Comment {
  const { id, author, body } = event.data as unknown as CommentAdded
  return { id, task: event.subject as TaskId, author, body, createdAt: event.at }
}

/** Events whose subject is a task and which change it. */
export const TASK_EVENTS = {
  'task.created': { evolve: evolveCreated, erase: eraseTaskTexts },
  'task.updated': { evolve: evolveUpdated, erase: eraseTaskTexts },
  'task.closed': { evolve: evolveMove, erase: (data) => dropFields(data, ['reason']) },
  'task.reopened': { evolve: evolveTask, erase: (data) => dropFields(data, ['reason']) },
  'task.held': { evolve: evolveMove, erase: (data) => redactTexts(data, ['reason']) },
  'task.unheld': { evolve: evolveTask, erase: (data) => data },
  'label.added': { evolve: evolveLabels, erase: (data) => dropFields(data, ['label']) },
  'label.removed': { evolve: evolveLabels, erase: eraseRemovedLabel },
} satisfies Record<string, EventDefinition>

/** `comment.added`: about a task, without changing it. */
export const COMMENT_EVENTS = {
  'comment.added': {
    async evolve(writer, event) {
      const comment = toComment(event)
      await insertNode(writer, event.seq, 'comment', comment.id)
      await writer.run(
        'INSERT INTO comments (key, task, author, body, created_at) VALUES (?, ?, ?, ?, ?)',
        event.seq,
        await keyOf(writer, comment.task),
        await keyOf(writer, comment.author),
        comment.body,
        comment.createdAt,
      )
    },
    erase: (data) => redactTexts(data, ['body']),
  },
} satisfies Record<string, EventDefinition>

/** Labels can name a person as well as a title can, so they go too; the relations stay. */
function eraseTaskTexts(data: EventData): EventData {
  const kept = dropFields(redactTexts(data, ['title', 'description', 'notes']), ['reason'])
  return {
    ...kept,
    ...('contract' in kept && { contract: eraseContract(kept.contract as EventData) }),
    ...('labels' in kept && { labels: [] }),
    ...('externalRefs' in kept && { externalRefs: [] }),
  }
}

/** Where the label came from says which one went, without repeating it. */
async function eraseRemovedLabel(data: EventData, event: ReadableEvent, reader: Reader): Promise<EventData> {
  let place: TextElsewhere | undefined
  let task: Task | undefined
  for (const earlier of await readSubjectEvents(reader, event.subject, event.seq - 1)) {
    const before: readonly string[] = task?.labels ?? []
    task = applyTaskEvent(task, earlier)
    const label = data.label as string
    if (!task.labels.includes(label) || before.includes(label)) continue
    const labels = earlier.data.labels as readonly string[] | undefined
    place =
      labels === undefined
        ? { event: earlier.seq, field: 'label' }
        : { event: earlier.seq, field: 'labels', index: labels.indexOf(label) }
  }
  return place === undefined ? {} : { textElsewhere: { label: place } }
}

async function evolveCreated(writer: Writer, event: ReadableEvent): Promise<void> {
  const task = applyTaskEvent(undefined, event)
  const { relations } = event.data as unknown as TaskCreated
  await insertNode(writer, event.seq, 'task', task.id)
  await insertTask(writer, event.seq, task, await ownerKey(writer, task))
  if (task.labels.length > 0) await insertLabels(writer, event.seq, task.labels)
  if (task.externalRefs.length > 0) await insertExternalRefs(writer, event.seq, task.externalRefs)
  if (task.contract !== undefined) {
    await insertContract(writer, event, event.seq, { version: 1, contract: task.contract })
  }
  if (task.notBefore !== undefined || task.snoozedUntil !== undefined) await countTimes(writer, event.seq)
  await insertBornRelations(writer, event.seq, relations, event)
}

async function evolveTask(writer: Writer, event: ReadableEvent): Promise<void> {
  const key = await keyOf(writer, event.subject)
  await replaceTask(writer, event, key)
}

/** A change of status that may end a claim. */
async function evolveMove(writer: Writer, event: ReadableEvent): Promise<void> {
  const key = await keyOf(writer, event.subject)
  await replaceTask(writer, event, key)
  await endInterferedAttempt(writer, event, key)
}

async function endInterferedAttempt(writer: Writer, event: ReadableEvent, task: number): Promise<void> {
  const { attempt } = event.data as Interference
  if (attempt === undefined) return
  // Leases are about now, whenever the task is said to have been closed.
  await endAttempt(writer, attempt, { endedAt: event.recordedAt, endedBy: 'closed' })
  await writer.run('UPDATE tasks SET lease_until = NULL WHERE key = ?', task)
}

async function evolveLabels(writer: Writer, event: ReadableEvent): Promise<void> {
  const key = await keyOf(writer, event.subject)
  const task = await replaceTask(writer, event, key)
  await writer.run('DELETE FROM task_labels WHERE task = ?', key)
  await insertLabels(writer, key, task.labels)
}

async function evolveUpdated(writer: Writer, event: ReadableEvent): Promise<void> {
  const key = await keyOf(writer, event.subject)
  const changes = event.data as unknown as TaskUpdated
  const task = await replaceTask(writer, event, key)
  if (changes.labels !== undefined) {
    await writer.run('DELETE FROM task_labels WHERE task = ?', key)
    await insertLabels(writer, key, task.labels)
  }
  if (changes.externalRefs !== undefined) {
    await writer.run('DELETE FROM external_refs WHERE task = ?', key)
    await insertExternalRefs(writer, key, task.externalRefs)
  }
  if (changes.parent !== undefined) await moveTask(writer, event, key, changes.parent)
  if (changes.notBefore !== undefined || changes.snoozedUntil !== undefined) await countTimes(writer, key)
  await endInterferedAttempt(writer, event, key)
}

async function moveTask(writer: Writer, event: ReadableEvent, key: number, parent: TaskId | null): Promise<void> {
  const before = await findParent(writer, key)
  if (before !== undefined) await deleteRelation(writer, { source: key, kind: 'parent', target: before, gate: null })
  if (parent !== null) {
    await insertRelation(writer, { source: key, kind: 'parent', target: await keyOf(writer, parent) }, event)
  }
}

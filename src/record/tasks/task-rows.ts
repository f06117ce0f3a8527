import { chunksOf } from '../../chunks.js'
import { compareText } from '../../compare-text.js'
import type { AgentId, TaskId } from '../../ids.js'
import { canonicalJson } from '../../json.js'
import type { Awaitable, Reader, SqlValue, Writer } from '../../store/store.js'
import { type Outcome, PRIORITIES, type Status } from '../../vocabulary.js'
import { toId } from '../nodes.js'
import type { ExternalRef, Task, TaskRequirements } from './task.js'

/** A row of `TASKS`. */
export interface TaskRow {
  readonly key: number
  readonly namespace: string
  readonly uuid: string
  readonly status: Status
  readonly outcome: Outcome | null
  readonly priority: number
  readonly type: string
  readonly phase: string
  readonly revision: number
  readonly created_at: string
  readonly updated_at: string
  readonly closed_at: string | null
  readonly title: string
  readonly description: string
  readonly notes: string
  readonly close_reason: string | null
  readonly hold_reason: string | null
  readonly forced: string | null
  readonly not_before: string | null
  readonly snoozed_until: string | null
  readonly due_at: string | null
  readonly required_role: string | null
  readonly required_capabilities: string | null
  readonly contract: string | null
  readonly contract_version: number
  readonly owner_namespace: string | null
  readonly owner_uuid: string | null
  readonly parent_namespace: string | null
  readonly parent_uuid: string | null
  /** JSON: an array of words. */
  readonly labels: string
  /** JSON: an array of systems, each with the id and the URL there. */
  readonly external_refs: string
}

/**
 * The columns of a task, of tasks `t` and what it is joined to by `TASK_JOINS`. Not for a query that sorts: the last two
 * would be read for every row that is sorted.
 */
export const TASK_COLUMNS = `t.key, n.namespace, n.uuid, t.status, t.outcome, t.priority, t.type, t.phase, t.revision, t.created_at,
  t.updated_at, t.closed_at, t.title, t.description, t.notes, t.close_reason, t.hold_reason, t.forced, t.not_before,
  t.snoozed_until, t.due_at, t.required_role, t.required_capabilities, t.contract, t.contract_version,
  o.namespace AS owner_namespace, o.uuid AS owner_uuid, pn.namespace AS parent_namespace, pn.uuid AS parent_uuid,
  (SELECT json_group_array(l.label) FROM task_labels l WHERE l.task = t.key) AS labels,
  (SELECT json_group_array(json_array(e.system, e.id, e.url)) FROM external_refs e WHERE e.task = t.key) AS external_refs`

export const TASK_JOINS = `JOIN nodes n ON n.key = t.key
  LEFT JOIN nodes o ON o.key = t.owner
  LEFT JOIN relations p ON p.source = t.key AND p.kind = 'parent'
  LEFT JOIN nodes pn ON pn.key = p.target`

const BY_KEY = `SELECT ${TASK_COLUMNS} FROM tasks t ${TASK_JOINS} WHERE t.key = ?`
const BY_KEYS = `SELECT ${TASK_COLUMNS} FROM json_each(?) k JOIN tasks t ON t.key = k.value ${TASK_JOINS}`

/** How many tasks are read at once. */
const BATCH = 500

/** The task with this key, which there is. */
export async function readTask(reader: Reader, key: number): Promise<Task> {
  return toTask((await reader.get<TaskRow>(BY_KEY, key))!)
}

/** The tasks with these keys, in the same order. */
export async function readTasks(reader: Reader, keys: readonly number[]): Promise<Task[]> {
  const tasks: Task[] = []
  for (const some of chunksOf(keys, BATCH)) {
    const rows = await reader.all<TaskRow>(BY_KEYS, JSON.stringify(some))
    const positions = new Map(some.map((key, index) => [key, index]))
    rows.sort((one, other) => positions.get(one.key)! - positions.get(other.key)!)
    tasks.push(...rows.map(toTask))
  }
  return tasks
}

type ExternalRefRow = [system: string, id: string, url: string | null]

function toExternalRef([system, id, url]: ExternalRefRow): ExternalRef {
  return { system, id, ...(url !== null && { url }) }
}

/** The order of a task's external references. */
export function compareExternalRefs(one: ExternalRef, other: ExternalRef): number {
  return compareText(one.system, other.system) || compareText(one.id, other.id)
}

export function toTask(row: TaskRow): Task {
  return {
    id: toId<TaskId>(row.namespace, row.uuid),
    namespace: row.namespace,
    title: row.title,
    description: row.description,
    status: row.status,
    ...(row.outcome !== null && { outcome: row.outcome }),
    priority: PRIORITIES[row.priority]!,
    type: row.type,
    phase: row.phase,
    ...(row.owner_uuid !== null && { owner: toId<AgentId>(row.owner_namespace!, row.owner_uuid) }),
    notes: row.notes,
    labels: listOf<string>(row.labels).sort(),
    externalRefs: listOf<ExternalRefRow>(row.external_refs).map(toExternalRef).sort(compareExternalRefs),
    ...(row.parent_uuid !== null && { parent: toId<TaskId>(row.parent_namespace!, row.parent_uuid) }),
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ...(row.closed_at !== null && { closedAt: row.closed_at }),
    ...(row.close_reason !== null && { closeReason: row.close_reason }),
    ...(row.hold_reason !== null && { holdReason: row.hold_reason }),
    ...(row.forced !== null && { forced: row.forced }),
    ...(row.not_before !== null && { notBefore: row.not_before }),
    ...(row.snoozed_until !== null && { snoozedUntil: row.snoozed_until }),
    ...(row.due_at !== null && { dueAt: row.due_at }),
    ...((row.required_role !== null || row.required_capabilities !== null) && { requires: toRequirements(row) }),
    ...(row.contract !== null && { contract: JSON.parse(row.contract), contractVersion: row.contract_version }),
  }
}

function listOf<Item>(json: string): Item[] {
  return json === '[]' ? [] : JSON.parse(json)
}

function toRequirements(row: TaskRow): TaskRequirements {
  return {
    ...(row.required_capabilities !== null && { capabilities: JSON.parse(row.required_capabilities) }),
    ...(row.required_role !== null && { role: row.required_role }),
  }
}

/** Columns that a task is created with and that updates write anew, in the order of `laterValues`. */
const LATER_COLUMNS = [
  'forced',
  'not_before',
  'snoozed_until',
  'due_at',
  'required_role',
  'required_capabilities',
  'contract',
  'contract_version',
]

function laterValues(task: Task): SqlValue[] {
  const { role, capabilities } = task.requires ?? {}
  return [
    task.forced ?? null,
    task.notBefore ?? null,
    task.snoozedUntil ?? null,
    task.dueAt ?? null,
    role ?? null,
    capabilities === undefined || capabilities.length === 0 ? null : JSON.stringify(capabilities),
    task.contract === undefined ? null : canonicalJson(task.contract),
    task.contractVersion ?? 0,
  ]
}

const INSERT = `INSERT INTO tasks
    (key, status, priority, type, phase, owner, revision, created_at, updated_at, title, description, notes,
     ${LATER_COLUMNS.join(', ')})
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${LATER_COLUMNS.map(() => '?').join(', ')})`

/** Adds the row of a task that has just been created; `owner` is a key. What holds it back is counted elsewhere. */
export function insertTask(writer: Writer, key: number, task: Task, owner: number | null): Awaitable<void> {
  return writer.run(
    INSERT,
    key,
    task.status,
    PRIORITIES.indexOf(task.priority),
    task.type,
    task.phase,
    owner,
    task.revision,
    task.createdAt,
    task.updatedAt,
    task.title,
    task.description,
    task.notes,
    ...laterValues(task),
  )
}

const UPDATE = `UPDATE tasks SET status = ?, outcome = ?, priority = ?, type = ?, phase = ?, owner = ?, revision = ?, updated_at = ?,
    closed_at = ?, title = ?, description = ?, notes = ?, close_reason = ?, hold_reason = ?,
    ${LATER_COLUMNS.map((column) => `${column} = ?`).join(', ')}
  WHERE key = ?`

/** Writes the row of a task anew; what holds it back, its lease and its attempts are kept elsewhere. */
export async function updateTask(writer: Writer, key: number, task: Task, owner: number | null): Promise<void> {
  await writer.run(
    UPDATE,
    task.status,
    task.outcome ?? null,
    PRIORITIES.indexOf(task.priority),
    task.type,
    task.phase,
    owner,
    task.revision,
    task.updatedAt,
    task.closedAt ?? null,
    task.title,
    task.description,
    task.notes,
    task.closeReason ?? null,
    task.holdReason ?? null,
    ...laterValues(task),
    key,
  )
}

/** Raises the revision of a task whose relations changed. */
export async function touchTask(writer: Writer, key: number, at: string): Promise<void> {
  await writer.run('UPDATE tasks SET revision = revision + 1, updated_at = ? WHERE key = ?', at, key)
}

export async function insertLabels(writer: Writer, key: number, labels: readonly string[]): Promise<void> {
  for (const label of labels) await writer.run('INSERT INTO task_labels (task, label) VALUES (?, ?)', key, label)
}

export async function insertExternalRefs(writer: Writer, key: number, refs: readonly ExternalRef[]): Promise<void> {
  for (const { system, id, url } of refs) {
    await writer.run(
      'INSERT INTO external_refs (task, system, id, url) VALUES (?, ?, ?, ?)',
      key,
      system,
      id,
      url ?? null,
    )
  }
}

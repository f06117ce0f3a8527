import { deterministicId, type TaskId } from '../../ids.js'
import type { ExternalRef } from '../../record/tasks/task.js'
import type { Outcome, Priority, TaskType, Vocabulary } from '../../vocabulary.js'
import type { Fields } from './fields.js'
import { type Deed, type IssueHistory, readHistory, type StatusChange } from './history.js'
import { isBefore, type Moment } from './moment.js'
import { composeNotes } from './notes.js'
import { type Roster, BEADS_ITSELF } from './roster.js'
import type { BeadsEvent, BeadsIssue, BeadsLabel } from './records.js'
import type { Report } from './report.js'
import { type Repaired, repairLabel, repairLine, repairText } from './text.js'
import { mapExternalRef, mapPriority, mapStatus, mapType } from './mappings.js'

/** The system of the external references that hold Beads ids. */
const BEADS_SYSTEM = 'beads'

/** How a task should stand in the end. */
type DesiredStatus =
  | { readonly status: 'open' | 'in_progress' | 'in_review' }
  | { readonly status: 'blocked'; readonly reason: string }
  | ({ readonly status: 'closed'; readonly outcome: Outcome; readonly reason: string | undefined } & Deed)

/** A label, and who added it when, where that is known. */
export interface DesiredLabel {
  readonly label: string
  readonly deed?: Deed
  /** One that the import adds, to keep a word that the record does not have. */
  readonly isMark: boolean
}

/** A task as the source wants it. */
export interface DesiredTask {
  readonly issue: BeadsIssue
  readonly id: TaskId
  readonly title: string
  readonly description: string
  readonly type: TaskType
  readonly priority: Priority
  readonly notes: string
  /** The name of an agent. */
  readonly owner: string | undefined
  readonly externalRefs: readonly ExternalRef[]
  readonly labels: readonly DesiredLabel[]
  readonly created: Deed
  /** When it was last changed; what changes without a time of its own is said to have changed then. */
  readonly updatedAt: Moment | undefined
  readonly statuses: readonly StatusChange[]
  readonly status: DesiredStatus
}

/** The id of the task that an issue becomes. */
export function taskIdOf(namespace: string, issue: string): TaskId {
  return deterministicId<TaskId>(namespace, 'beads', issue)
}

/** What planning a task needs besides its issue. */
export interface TaskContext {
  readonly namespace: string
  readonly vocabulary: Vocabulary
  readonly roster: Roster
  readonly report: Report
}

/** The fields that say how Beads keeps an issue and nothing about the work. */
const BOOKKEEPING = ['content_hash', 'dependency_count', 'dependent_count', 'comment_count']
const FLAGS = ['ephemeral', 'no_history', 'pinned', 'is_template']

/** What an issue becomes. Takes all of its fields. */
export function planTask(
  issue: BeadsIssue,
  labels: readonly BeadsLabel[],
  events: readonly BeadsEvent[],
  context: TaskContext,
): DesiredTask {
  const { fields, id, line } = issue
  const { namespace, report, roster } = context
  const repaired = (field: string, { text, repair }: Repaired): string => {
    if (repair !== undefined) report.warn('repaired_text', id, line, `${field} ${repair}`)
    return text
  }
  const marks: string[] = []
  const mark = (label: string): string => {
    marks.push(label)
    return `label ${label}`
  }
  const closedAt = fields.time('closed_at')
  const closing = closedAt.kind === 'time' ? closedAt.moment : undefined
  const history = readHistory(issue, events, {
    labels: new Set(labels.map(({ label }) => label)),
    closedAt: closing,
    namespace,
    report,
  })
  const created = readCreation(issue, history, closing)
  const createdBy = roster.note(created.by, created.at)
  const word = fields.text('status')
  const mapped = mapStatus(word)
  if (mapped.isNearest) report.unmapped('status', word, `${mapped.status}, ${mark(`beads:status:${word}`)}`, id)
  const status = readStatus(issue, mapped.status, word, history, closedAt, context, repaired)
  const title = repaired('title', repairLine(issue.title, '(untitled)'))
  const description = repaired('description', repairText(fields.text('description')))
  const type = readType(fields, context.vocabulary, id, report, mark)
  const priority = readPriority(fields, id, report)
  const owner = readOwner(fields, id, created.at, roster, report, mark)
  for (const flag of FLAGS.filter((name) => fields.flag(name))) {
    report.unmapped('field', flag, mark(`beads:${flag}`), id)
  }
  const reference = fields.text('external_ref').trim()
  const externalRefs = [{ system: BEADS_SYSTEM, id }]
  if (reference !== '' && isReference(reference)) externalRefs.push(mapExternalRef(reference))
  else if (reference !== '') report.unmapped('field', 'external_ref', 'not kept: no text that refers to anything', id)
  for (const field of BOOKKEEPING.filter((name) => fields.drop(name))) {
    report.unmapped('field', field, 'not kept: it says how Beads keeps the issue', id)
  }
  const fullTitle = issue.title.length > title.length ? issue.title : ''
  const notes = repaired('notes', repairText(composeNotes(issue, fullTitle, report)))
  const task: DesiredTask = {
    issue,
    id: taskIdOf(namespace, id),
    title,
    description,
    type,
    priority,
    notes,
    owner,
    externalRefs,
    labels: readLabels(labels, marks, history, roster, repaired),
    created: { by: createdBy, at: created.at },
    updatedAt: issue.updatedAt ?? created.at,
    statuses: history.statuses.map((change) => ({ ...change, by: roster.note(change.by, change.at) })),
    status,
  }
  checkTimes(task, report)
  if (!keepsTimeOfUpdate(task))
    report.unmapped('field', 'updated_at', 'not kept: nothing that is known happened then', id)
  return task
}

function readCreation(issue: BeadsIssue, history: IssueHistory, closedAt: Moment | undefined): Deed {
  const by = issue.fields.text('created_by') || history.createdBy || BEADS_ITSELF
  return { by, at: issue.createdAt ?? issue.updatedAt ?? closedAt }
}

function readStatus(
  issue: BeadsIssue,
  status: DesiredStatus['status'],
  word: string,
  history: IssueHistory,
  closedAt: ReturnType<Fields['time']>,
  { report, roster }: TaskContext,
  repaired: (field: string, text: Repaired) => string,
): DesiredStatus {
  const { fields, id, line } = issue
  if (status !== 'closed') {
    if (closedAt.kind === 'time') report.unmapped('field', 'closed_at', 'not kept: the issue is not closed', id)
    if (status !== 'blocked') return { status }
    return { status, reason: word === 'blocked' ? 'Blocked in Beads' : `${word} in Beads` }
  }
  const at = closedAt.kind === 'time' ? closedAt.moment : (issue.updatedAt ?? issue.createdAt)
  if (closedAt.kind !== 'time') {
    report.warn(
      'missing_time',
      id,
      line,
      'it is closed, and closed_at is missing or no time; the time of its last update stands for it',
    )
  }
  const reason = repaired('close_reason', repairText(fields.text('close_reason')))
  const by = roster.note(history.closedBy ?? BEADS_ITSELF, at)
  return { status, outcome: 'completed', reason: reason.trim() === '' ? undefined : reason, by, at }
}

function readType(
  fields: Fields,
  vocabulary: Vocabulary,
  id: string,
  report: Report,
  mark: (label: string) => string,
): TaskType {
  const word = fields.text('issue_type')
  const { type, isNearest } = mapType(word, vocabulary)
  if (isNearest) report.unmapped('type', word, `${type}, ${mark(`beads:type:${word || 'task'}`)}`, id)
  return type
}

function readPriority(fields: Fields, id: string, report: Report): Priority {
  const number = fields.integer('priority')
  const { priority, isNearest } = mapPriority(number)
  if (isNearest)
    report.unmapped('priority', number === undefined ? '(none, or no number)' : String(number), priority, id)
  return priority
}

/** The assignee, or else the owner; an owner beside an assignee is kept as a label. */
function readOwner(
  fields: Fields,
  id: string,
  at: Moment | undefined,
  roster: Roster,
  report: Report,
  mark: (label: string) => string,
): string | undefined {
  const [assignee, owner] = [fields.text('assignee').trim(), fields.text('owner').trim()]
  if (assignee !== '' && owner !== '' && owner !== assignee) {
    report.unmapped('field', 'owner', `${mark(`beads:owner:${owner}`)}; the task is owned by the assignee`, id)
  }
  const name = assignee || owner
  return name === '' ? undefined : roster.note(name, at)
}

function readLabels(
  labels: readonly BeadsLabel[],
  marks: readonly string[],
  history: IssueHistory,
  roster: Roster,
  repaired: (field: string, text: Repaired) => string,
): DesiredLabel[] {
  const desiredByLabel = new Map<string, DesiredLabel>()
  for (const { label: original } of labels) {
    const label = repairLabel(original)
    // A blank one was reported where it was read.
    if (label === undefined) continue
    const deed = history.labelled.get(original)
    const text = repaired('a label', label)
    const by = deed && { by: roster.note(deed.by, deed.at), at: deed.at }
    desiredByLabel.set(text, { label: text, isMark: false, ...(by === undefined ? {} : { deed: by }) })
  }
  for (const mark of marks) {
    const text = repaired('a label', repairLabel(mark)!)
    if (!desiredByLabel.has(text)) desiredByLabel.set(text, { label: text, isMark: true })
  }
  return [...desiredByLabel.values()]
}

function isReference(text: string): boolean {
  return text.length <= 1_000 && !/[\p{Cc}\p{Surrogate}]/u.test(text)
}

/** Times that contradict each other stay as they are, and someone is told. */
function checkTimes({ issue, status }: DesiredTask, report: Report): void {
  const { createdAt, updatedAt, id, line } = issue
  const say = (what: string, at: Moment) =>
    report.warn(
      'contradicting_times',
      id,
      line,
      `it was ${what} at ${at.iso}, before it was created at ${createdAt!.iso}`,
    )
  if (isBefore(updatedAt, createdAt)) say('updated', updatedAt!)
  if (status.status === 'closed' && isBefore(status.at, createdAt)) say('closed', status.at!)
}

/** Whether an event of the task has the time at which Beads last changed the issue. */
function keepsTimeOfUpdate({ issue, created, labels, statuses, status }: DesiredTask): boolean {
  const last = statuses.at(-1)?.status ?? 'open'
  const isMoved = status.status !== 'closed' && status.status !== last
  if (issue.updatedAt === undefined || isMoved) return true
  const times = [created.at, ...labels.map(({ deed }) => deed?.at), ...statuses.map(({ at }) => at)]
  if (status.status === 'closed') times.push(status.at)
  return times.some((time) => time?.iso === issue.updatedAt?.iso)
}

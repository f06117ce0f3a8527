import { deterministicId, type TaskId } from '../../ids.js'
import type { ExternalRef } from '../../record/tasks/task.js'
import type { Outcome, Priority, TaskType, Vocabulary } from '../../vocabulary.js'
import { type Deed, type IssueHistory, readHistory, type StatusChange } from './history.js'
import { mapExternalRef, mapPriority, mapStatus, mapType } from './mappings.js'
import { isBefore, type Moment } from './moment.js'
import { composeNotes } from './notes.js'
import type { BeadsEvent, BeadsIssue, BeadsLabel } from './records.js'
import type { Report } from './report.js'
import type { BeadsUnmapped, BeadsWarning } from './result.js'
import { BEADS_ITSELF, type Roster } from './roster.js'
import { type Repaired, repairLabel, repairLine, repairText } from './text.js'

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

/** An issue on its way to a task: what the readers of its parts share. */
class Draft {
  readonly closedAt: Moment | undefined
  readonly history: IssueHistory
  /** Labels that keep what the record has no word for. */
  readonly marks: string[] = []

  constructor(
    readonly issue: BeadsIssue,
    readonly labels: readonly BeadsLabel[],
    events: readonly BeadsEvent[],
    readonly context: TaskContext,
  ) {
    const closedAt = issue.fields.time('closed_at')
    this.closedAt = closedAt.kind === 'time' ? closedAt.moment : undefined
    this.history = readHistory(issue, events, {
      labels: new Set(labels.map(({ label }) => label)),
      closedAt: this.closedAt,
      namespace: context.namespace,
      report: context.report,
    })
  }

  /** Adds a label, and gives it back as messages name it. */
  mark(label: string): string {
    this.marks.push(label)
    return `label ${label}`
  }

  /** The text of a field; what was done to it is reported. */
  repaired(field: string, { text, repair }: Repaired): string {
    if (repair !== undefined) this.warn('repaired_text', `${field} ${repair}`)
    return text
  }

  warn(kind: BeadsWarning['kind'], reason: string): void {
    this.context.report.warn(kind, this.issue.id, this.issue.line, reason)
  }

  unmapped(kind: BeadsUnmapped['kind'], original: string, became: string): void {
    this.context.report.unmapped(kind, original, became, this.issue.id)
  }
}

/** What an issue becomes. Takes all of its fields. */
export function planTask(
  issue: BeadsIssue,
  labels: readonly BeadsLabel[],
  events: readonly BeadsEvent[],
  context: TaskContext,
): DesiredTask {
  const draft = new Draft(issue, labels, events, context)
  const created = readCreation(draft)
  const status = readStatus(draft)
  const title = draft.repaired('title', repairLine(issue.title, '(untitled)'))
  const description = draft.repaired('description', repairText(issue.fields.text('description')))
  const type = readType(draft)
  const priority = readPriority(draft)
  const owner = readOwner(draft, created.at)
  markFlags(draft)
  const externalRefs = readExternalRefs(draft)
  dropBookkeeping(draft)
  const task: DesiredTask = {
    issue,
    id: taskIdOf(context.namespace, issue.id),
    title,
    description,
    type,
    priority,
    // Last, as it takes every field that is left.
    notes: readNotes(draft, title),
    owner,
    externalRefs,
    labels: readLabels(draft),
    created,
    updatedAt: issue.updatedAt ?? created.at,
    statuses: draft.history.statuses.map((change) => ({ ...change, by: context.roster.note(change.by, change.at) })),
    status,
  }
  checkTimes(draft, task)
  return task
}

function readCreation({ issue, history, closedAt, context }: Draft): Deed {
  const by = issue.fields.text('created_by') || history.createdBy || BEADS_ITSELF
  const at = issue.createdAt ?? issue.updatedAt ?? closedAt
  return { by: context.roster.note(by, at), at }
}

function readStatus(draft: Draft): DesiredStatus {
  const { issue, history, closedAt, context } = draft
  const word = issue.fields.text('status')
  const { status, isNearest } = mapStatus(word)
  if (isNearest) draft.unmapped('status', word, `${status}, ${draft.mark(`beads:status:${word}`)}`)
  if (status !== 'closed') {
    if (closedAt !== undefined) draft.unmapped('field', 'closed_at', 'not kept: the issue is not closed')
    if (status !== 'blocked') return { status }
    return { status, reason: word === 'blocked' ? 'Blocked in Beads' : `${word} in Beads` }
  }
  const at = closedAt ?? issue.updatedAt ?? issue.createdAt
  if (closedAt === undefined) {
    draft.warn(
      'missing_time',
      'it is closed, and closed_at is missing or no time; the time of its last update stands for it',
    )
  }
  const reason = draft.repaired('close_reason', repairText(issue.fields.text('close_reason')))
  const by = context.roster.note(history.closedBy ?? BEADS_ITSELF, at)
  return { status, outcome: 'completed', reason: reason.trim() === '' ? undefined : reason, by, at }
}

function readType(draft: Draft): TaskType {
  const word = draft.issue.fields.text('issue_type')
  const { type, isNearest } = mapType(word, draft.context.vocabulary)
  if (isNearest) draft.unmapped('type', word, `${type}, ${draft.mark(`beads:type:${word || 'task'}`)}`)
  return type
}

function readPriority(draft: Draft): Priority {
  const number = draft.issue.fields.integer('priority')
  const { priority, isNearest } = mapPriority(number)
  if (isNearest) draft.unmapped('priority', number === undefined ? '(none, or no number)' : String(number), priority)
  return priority
}

/** The assignee, or else the owner; an owner beside an assignee is kept as a label. */
function readOwner(draft: Draft, createdAt: Moment | undefined): string | undefined {
  const { fields } = draft.issue
  const [assignee, owner] = [fields.text('assignee').trim(), fields.text('owner').trim()]
  if (assignee !== '' && owner !== '' && owner !== assignee) {
    draft.unmapped('field', 'owner', `${draft.mark(`beads:owner:${owner}`)}; the task is owned by the assignee`)
  }
  const name = assignee || owner
  return name === '' ? undefined : draft.context.roster.note(name, createdAt)
}

function markFlags(draft: Draft): void {
  for (const flag of FLAGS.filter((name) => draft.issue.fields.flag(name))) {
    draft.unmapped('field', flag, draft.mark(`beads:${flag}`))
  }
}

function readExternalRefs(draft: Draft): ExternalRef[] {
  const { fields, id } = draft.issue
  const refs: ExternalRef[] = [{ system: BEADS_SYSTEM, id }]
  const text = fields.text('external_ref').trim()
  if (text !== '' && isReference(text)) refs.push(mapExternalRef(text))
  else if (text !== '') draft.unmapped('field', 'external_ref', 'not kept: no text that refers to anything')
  return refs
}

function dropBookkeeping(draft: Draft): void {
  for (const field of BOOKKEEPING.filter((name) => draft.issue.fields.drop(name))) {
    draft.unmapped('field', field, 'not kept: it says how Beads keeps the issue')
  }
}

/** `title`: what the task has of the issue's title. */
function readNotes(draft: Draft, title: string): string {
  const { issue, context } = draft
  const fullTitle = issue.title.length > title.length ? issue.title : ''
  return draft.repaired('notes', repairText(composeNotes(issue, fullTitle, context.report)))
}

function readLabels(draft: Draft): DesiredLabel[] {
  const { history, context } = draft
  const desiredByLabel = new Map<string, DesiredLabel>()
  for (const { label: original } of draft.labels) {
    const label = repairLabel(original)
    // A blank one was reported where it was read.
    if (label === undefined) continue
    const deed = history.labelled.get(original)
    const text = draft.repaired('a label', label)
    const by = deed && { by: context.roster.note(deed.by, deed.at), at: deed.at }
    desiredByLabel.set(text, { label: text, isMark: false, ...(by === undefined ? {} : { deed: by }) })
  }
  for (const mark of draft.marks) {
    const text = draft.repaired('a label', repairLabel(mark)!)
    if (!desiredByLabel.has(text)) desiredByLabel.set(text, { label: text, isMark: true })
  }
  return [...desiredByLabel.values()]
}

function isReference(text: string): boolean {
  return text.length <= 1_000 && !/[\p{Cc}\p{Surrogate}]/u.test(text)
}

/** Times that contradict each other stay as they are, and someone is told. */
function checkTimes(draft: Draft, task: DesiredTask): void {
  const { createdAt, updatedAt } = draft.issue
  const { status } = task
  const say = (what: string, at: Moment) =>
    draft.warn('contradicting_times', `it was ${what} at ${at.iso}, before it was created at ${createdAt!.iso}`)
  if (isBefore(updatedAt, createdAt)) say('updated', updatedAt!)
  if (status.status === 'closed' && isBefore(status.at, createdAt)) say('closed', status.at!)
  if (!keepsTimeOfUpdate(task)) draft.unmapped('field', 'updated_at', 'not kept: nothing that is known happened then')
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

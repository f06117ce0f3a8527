import type { TaskId } from '../../ids.js'
import type { Relation } from '../../record/relations/relation.js'
import type { ExternalRef, Task, TaskChanges, Tasks } from '../../record/tasks/task.js'
import type { DesiredComment } from './desired-comment.js'
import { type DesiredRelation, describe } from './desired-relation.js'
import type { DesiredLabel, DesiredTask } from './desired-task.js'
import type { Moment } from './moment.js'
import type { BeadsIssue, Place } from './records.js'
import type { Report } from './report.js'
import type { BeadsImportProgress, BeadsSkipped } from './result.js'
import { BEADS_ITSELF, type Roster } from './roster.js'
import { repairText } from './text.js'

/** One command that the import gives, and what is counted when it has been carried out. */
export interface Step {
  readonly phase: Exclude<BeadsImportProgress['phase'], 'read' | 'compare' | 'agents'>
  /** 0 unless it must wait for earlier steps on the same task in the same phase. */
  readonly round: number
  readonly what: BeadsSkipped['kind']
  readonly issue: string
  readonly place: Place
  /** What it was to do, in messages. */
  readonly label?: string
  readonly run: () => Promise<unknown>
  readonly count?: (report: Report) => void
}

/** `at`, where a time is known. */
function at(moment: Moment | undefined): { at?: string } {
  return moment === undefined ? {} : { at: moment.iso }
}

function step(
  phase: Step['phase'],
  issue: BeadsIssue,
  rest: Omit<Step, 'phase' | 'round' | 'issue' | 'place' | 'what'> & Partial<Step>,
): Step {
  return { phase, round: 0, what: 'issue', issue: issue.id, place: issue, ...rest }
}

/** The steps that make a task that is not there. Labels with a time of their own, and the status, follow. */
export function stepsToCreate(task: DesiredTask, namespace: string, roster: Roster): Step[] {
  const { issue, created } = task
  const now = task.labels.filter(({ deed }) => deed === undefined)
  const create = step('tasks', issue, {
    run: () =>
      roster.as(created.by).tasks.create({
        id: task.id,
        namespace,
        title: task.title,
        description: task.description,
        type: task.type,
        priority: task.priority,
        notes: task.notes,
        labels: now.map(({ label }) => label),
        externalRefs: task.externalRefs,
        ...(task.owner === undefined ? {} : { owner: roster.idOf(task.owner) }),
        ...at(created.at),
      }),
    count: ({ imported }) => {
      imported.tasks++
      imported.labels += now.filter(({ isMark }) => !isMark).length
    },
  })
  const later = task.labels.filter(({ deed }) => deed !== undefined)
  return [
    create,
    ...later.map((label) => stepToLabel(task, label, roster)),
    ...stepsToStatus(task, undefined, new Set(), roster),
  ]
}

function stepToLabel(task: DesiredTask, { label, deed, isMark }: DesiredLabel, roster: Roster): Step {
  const when = deed === undefined ? task.updatedAt : deed.at
  const by = deed === undefined ? roster.note(BEADS_ITSELF, when) : deed.by
  return step('labels', task.issue, {
    what: 'label',
    run: () => roster.as(by).tasks.addLabel(task.id, label, at(when)),
    count: ({ imported }) => {
      if (!isMark) imported.labels++
    },
  })
}

/**
 * The steps that make a task that is there what the source says. Labels in `ours` were added here and stay.
 *
 * What the source says wins: a field that was changed here is changed back.
 */
export function stepsToChange(
  task: DesiredTask,
  stored: Task,
  ours: ReadonlySet<string>,
  idempotencyKeys: ReadonlySet<string>,
  roster: Roster,
): Step[] {
  const { issue, updatedAt } = task
  const steps: Step[] = []
  const changes = changedFields(task, stored, roster)
  if (Object.keys(changes).length > 0) {
    const by = roster.note(BEADS_ITSELF, updatedAt)
    steps.push(step('changes', issue, { run: () => roster.as(by).tasks.update(task.id, changes, at(updatedAt)) }))
  }
  for (const label of task.labels.filter((wanted) => !stored.labels.includes(wanted.label))) {
    steps.push(stepToLabel(task, label, roster))
  }
  for (const label of stored.labels) {
    if (ours.has(label) || task.labels.some((wanted) => wanted.label === label)) continue
    const by = roster.note(BEADS_ITSELF, updatedAt)
    steps.push(
      step('labels', issue, {
        what: 'label',
        run: () => roster.as(by).tasks.removeLabel(task.id, label, at(updatedAt)),
        count: ({ removed }) => removed.labels++,
      }),
    )
  }
  return [...steps, ...stepsToStatus(task, stored, idempotencyKeys, roster)]
}

function changedFields(task: DesiredTask, stored: Task, roster: Roster): TaskChanges {
  const { title, description, type, priority, notes } = task
  const owner = task.owner === undefined ? null : roster.idOf(task.owner)
  const externalRefs = mergeRefs(stored.externalRefs, task.externalRefs)
  return {
    ...(title === stored.title ? {} : { title }),
    ...(description === stored.description ? {} : { description }),
    ...(type === stored.type ? {} : { type }),
    ...(priority === stored.priority ? {} : { priority }),
    ...(notes === stored.notes ? {} : { notes }),
    ...(owner === (stored.owner ?? null) ? {} : { owner }),
    ...(externalRefs === undefined ? {} : { externalRefs }),
  }
}

/** The references of the task with those of the source in place of others to the same systems, if that is a change. */
function mergeRefs(stored: readonly ExternalRef[], wanted: readonly ExternalRef[]): readonly ExternalRef[] | undefined {
  const isThere = (refs: readonly ExternalRef[], { system, id, url }: ExternalRef) =>
    refs.some((ref) => ref.system === system && ref.id === id && ref.url === url)
  const merged = [...stored.filter(({ system }) => !wanted.some((ref) => ref.system === system)), ...wanted]
  const isSame = merged.length === stored.length && merged.every((ref) => isThere(stored, ref))
  return isSame ? undefined : merged
}

/** The steps from the status of the record to that of the source, through those between. One a round. */
function stepsToStatus(
  task: DesiredTask,
  stored: Task | undefined,
  idempotencyKeys: ReadonlySet<string>,
  roster: Roster,
): Step[] {
  const { id, issue, status: wanted, updatedAt } = task
  const pending = task.statuses.filter(({ idempotencyKey }) => !idempotencyKeys.has(idempotencyKey))
  if (stored !== undefined && isAsWanted(wanted, stored)) return []
  const steps: Step[] = []
  const then = (by: string, run: (tasks: Tasks) => Promise<unknown>) =>
    steps.push(step('status', issue, { run: () => run(roster.as(by).tasks), round: steps.length }))
  const somebody = () => roster.note(BEADS_ITSELF, updatedAt)
  let status = stored?.status ?? 'open'
  if (status === 'closed') {
    then(somebody(), (tasks) => tasks.reopen(id, at(updatedAt)))
    status = 'open'
  }
  if (status === 'blocked' && (pending.length > 0 || wanted.status !== 'closed')) {
    then(somebody(), (tasks) => tasks.unhold(id, at(updatedAt)))
    status = 'open'
  }
  for (const { status: next, by, at: when, idempotencyKey } of pending) {
    if (next === status) continue
    then(by, (tasks) => tasks.update(id, { status: next }, { ...at(when), idempotencyKey }))
    status = next
  }
  if (wanted.status === 'closed') {
    const { by, at: closedAt, outcome, reason } = wanted
    then(by, (tasks) => tasks.close(id, { outcome, ...(reason === undefined ? {} : { reason }), ...at(closedAt) }))
  } else if (wanted.status === 'blocked') {
    then(somebody(), (tasks) => tasks.hold(id, { reason: wanted.reason, ...at(updatedAt) }))
  } else if (wanted.status !== status) {
    then(somebody(), (tasks) => tasks.update(id, { status: wanted.status }, at(updatedAt)))
  }
  return steps
}

function isAsWanted(wanted: DesiredTask['status'], stored: Task): boolean {
  if (wanted.status !== stored.status) return false
  if (wanted.status === 'blocked') return wanted.reason === stored.holdReason
  if (wanted.status !== 'closed') return true
  const isSameTime = wanted.at === undefined || wanted.at.iso === stored.closedAt
  return isSameTime && wanted.reason === stored.closeReason
}

/** The step that closes the task of an issue that has been deleted since it was imported. */
export function stepToCancel(issue: BeadsIssue, task: TaskId, roster: Roster): Step {
  const { fields } = issue
  const deletedAt = fields.time('deleted_at')
  const when = deletedAt.kind === 'time' ? deletedAt.moment : issue.updatedAt
  const by = roster.note(fields.text('deleted_by') || BEADS_ITSELF, when)
  const { text: reason } = repairText(fields.text('delete_reason').slice(0, 10_000))
  return step('status', issue, {
    run: () =>
      roster.as(by).tasks.close(task, {
        outcome: 'cancelled',
        reason: reason === '' ? 'Deleted in Beads' : `Deleted in Beads: ${reason}`,
        ...at(when),
      }),
  })
}

/** The step that adds a relation, or gives a task another parent. */
export function stepToRelate(relation: DesiredRelation, isMove: boolean, roster: Roster): Step {
  const { source, kind, target, gate, by, dependency } = relation
  const when = at(relation.at)
  return {
    phase: 'relations',
    // What is removed makes room first.
    round: 1,
    what: 'dependency',
    issue: dependency.issue,
    place: dependency,
    label: describe(dependency),
    run: () =>
      isMove
        ? roster.as(by).tasks.update(source, { parent: target }, when)
        : roster.as(by).relations.add(source, kind, target, { ...(gate === undefined ? {} : { gate }), ...when }),
    count: ({ imported }) => imported.relations++,
  }
}

/** The step that removes a relation that the source no longer has. */
export function stepToUnrelate({ source, kind, target }: Relation, task: DesiredTask, roster: Roster): Step {
  const by = roster.note(BEADS_ITSELF, task.updatedAt)
  return step('relations', task.issue, {
    what: 'dependency',
    run: () => roster.as(by).relations.remove(source, kind, target, at(task.updatedAt)),
    count: ({ removed }) => removed.relations++,
  })
}

/** The step that adds a comment. */
export function stepToComment({ id, task, author, body, at: when, comment }: DesiredComment, roster: Roster): Step {
  return {
    phase: 'comments',
    round: 0,
    what: 'comment',
    issue: task.issue.id,
    place: comment,
    run: () => roster.as(author).tasks.addComment(task.id, { id, body, author: roster.idOf(author), ...at(when) }),
    count: ({ imported }) => imported.comments++,
  }
}

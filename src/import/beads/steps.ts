import type { Relation } from '../../record/relations/relation.js'
import type { ExternalRef, Task, TaskChanges, Tasks } from '../../record/tasks/task.js'
import type { DesiredComment } from './desired-comment.js'
import { type DesiredRelation, describe } from './desired-relation.js'
import type { DesiredLabel, DesiredTask } from './desired-task.js'
import type { Merge } from './merge.js'
import type { Moment } from './moment.js'
import { markOf, type PastStatus } from './past.js'
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
export function stepsToCreate(task: DesiredTask, merge: Merge, namespace: string, roster: Roster): Step[] {
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
        ...merge.dated(created.at, 'create'),
      }),
    count: ({ imported }) => {
      imported.tasks++
      imported.labels += now.filter(({ isMark }) => !isMark).length
    },
  })
  const later = task.labels.filter(({ deed }) => deed !== undefined)
  return [
    create,
    ...later.map((label) => stepToLabel(task, label, merge, roster)),
    ...stepsToStatus(task, undefined, merge, roster),
  ]
}

function stepToLabel(task: DesiredTask, { label, deed, isMark }: DesiredLabel, merge: Merge, roster: Roster): Step {
  const when = deed === undefined ? task.updatedAt : deed.at
  const by = deed === undefined ? roster.note(BEADS_ITSELF, when) : deed.by
  return step('labels', task.issue, {
    what: 'label',
    run: () =>
      roster
        .as(by)
        .tasks.addLabel(
          task.id,
          label,
          deed === undefined ? merge.now(when, 'label', label) : merge.dated(when, 'label', label),
        ),
    count: ({ imported }) => {
      if (!isMark) imported.labels++
    },
  })
}

/** Whether a task that is there differs from what the source says: only then its past is of interest. */
export function differs(task: DesiredTask, stored: Task, roster: Roster): boolean {
  return (
    Object.keys(differingFields(task, stored, roster)).length > 0 ||
    task.labels.length !== stored.labels.length ||
    task.labels.some(({ label }) => !stored.labels.includes(label)) ||
    !isAsWanted(task.status, stored)
  )
}

/** The steps that bring what changed in the source to a task that is there. What was changed here stays. */
export function stepsToChange(task: DesiredTask, stored: Task, merge: Merge, roster: Roster): Step[] {
  const { issue, updatedAt } = task
  const steps: Step[] = []
  const changes = changedFields(task, stored, merge, roster)
  if (Object.keys(changes).length > 0) {
    const by = roster.note(BEADS_ITSELF, updatedAt)
    const run = () => roster.as(by).tasks.update(task.id, changes, merge.now(updatedAt, 'update'))
    steps.push(step('changes', issue, { run }))
  }
  for (const label of task.labels.filter((wanted) => !stored.labels.includes(wanted.label))) {
    if (!merge.takes('a label', label.label, merge.past.labels.has(label.label), true)) continue
    steps.push(stepToLabel(task, label, merge, roster))
  }
  for (const label of stored.labels) {
    if (task.labels.some((wanted) => wanted.label === label)) continue
    if (isKept(label, merge) || !merge.takes('a label', label, false, true)) continue
    const by = roster.note(BEADS_ITSELF, updatedAt)
    steps.push(
      step('labels', issue, {
        what: 'label',
        run: () => roster.as(by).tasks.removeLabel(task.id, label, merge.now(updatedAt, 'unlabel', label)),
        count: ({ removed }) => removed.labels++,
      }),
    )
  }
  return [...steps, ...stepsToStatus(task, stored, merge, roster)]
}

/** Whether a label that the source does not have was added here, which is reported. */
function isKept(label: string, { past, issue, report }: Merge): boolean {
  if (past.labels.has(label) && !past.labelsOfOurs.has(label)) return false
  const reason = `the label ${JSON.stringify(label)} was added here; Beads does not have it`
  report.warn('kept', issue.id, issue.line, reason)
  return true
}

/** The fields that are not as the source says. */
function differingFields(task: DesiredTask, stored: Task, roster: Roster): TaskChanges {
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

/** Those of them that are to be written. */
function changedFields(task: DesiredTask, stored: Task, merge: Merge, roster: Roster): TaskChanges {
  const { past } = merge
  const isTaken = ([field, wanted]: [string, unknown]): boolean => {
    if (past.isErased) return refuseErased(field, merge)
    if (field === 'externalRefs') {
      const systems = new Set(task.externalRefs.map(({ system }) => system))
      const before = (past.fields.get(field) ?? []) as readonly ExternalRef[]
      const isHereAsBefore = mergeRefs(
        stored.externalRefs,
        before.filter(({ system }) => systems.has(system)),
      )
      return merge.takes(field, field, past.hasRefs(task.externalRefs), isHereAsBefore === undefined)
    }
    const before = past.fields.get(field) ?? null
    return merge.takes(field, field, before === wanted, before === (stored[field as keyof Task] ?? null))
  }
  return Object.fromEntries(Object.entries(differingFields(task, stored, roster)).filter(isTaken))
}

function refuseErased(what: string, { issue, report }: Merge): false {
  report.warn(
    'kept',
    issue.id,
    issue.line,
    `${what} stays as it is here: what was imported has been erased from the log`,
  )
  return false
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
function stepsToStatus(task: DesiredTask, stored: Task | undefined, merge: Merge, roster: Roster): Step[] {
  const { id, issue, status: wanted, updatedAt } = task
  const { statusChanges } = merge.past
  const pending = task.statuses.filter(({ idempotencyKey }) => !statusChanges.has(idempotencyKey))
  if (stored !== undefined && (isAsWanted(wanted, stored) || !takesStatus(wanted, stored, merge))) return []
  const steps: Step[] = []
  const then = (by: string, run: (tasks: Tasks) => Promise<unknown>) =>
    steps.push(step('status', issue, { run: () => run(roster.as(by).tasks), round: steps.length }))
  const somebody = () => roster.note(BEADS_ITSELF, updatedAt)
  const now = (change: string) => merge.now(updatedAt, change)
  let status = stored?.status ?? 'open'
  if (status === 'closed') {
    then(somebody(), (tasks) => tasks.reopen(id, now('reopen')))
    status = 'open'
  }
  if (status === 'blocked' && (pending.length > 0 || wanted.status !== 'closed')) {
    then(somebody(), (tasks) => tasks.unhold(id, now('unhold')))
    status = 'open'
  }
  for (const { status: next, by, at: when, idempotencyKey } of pending) {
    if (next === status) continue
    const options = { ...merge.dated(when), idempotencyKey: markOf(idempotencyKey, issue.updatedAt, when) }
    then(by, (tasks) => tasks.update(id, { status: next }, options))
    status = next
  }
  if (wanted.status === 'closed') {
    const { by, at: closedAt, outcome, reason } = wanted
    const options = merge.dated(closedAt, 'close')
    then(by, (tasks) => tasks.close(id, { outcome, ...(reason === undefined ? {} : { reason }), ...options }))
  } else if (wanted.status === 'blocked') {
    then(somebody(), (tasks) => tasks.hold(id, { reason: wanted.reason, ...now('hold') }))
  } else if (wanted.status !== status) {
    then(somebody(), (tasks) => tasks.update(id, { status: wanted.status }, now('status')))
  }
  return steps
}

function takesStatus(wanted: DesiredTask['status'], stored: Task, merge: Merge): boolean {
  const { status: before, isErased } = merge.past
  if (isErased && before?.status === wanted.status) return false
  return merge.takes('the status', 'status', isAsImported(wanted, before), isUntouched(stored, before))
}

/** Whether the source says of the status what it said at the last import. */
function isAsImported(wanted: DesiredTask['status'], before: PastStatus | undefined): boolean {
  if (wanted.status !== before?.status) return false
  if (wanted.status === 'blocked') return wanted.reason === before.reason
  if (wanted.status !== 'closed') return true
  const isSameTime = wanted.at === undefined || wanted.at.iso === before.claimedAt
  return isSameTime && wanted.reason === before.reason && wanted.outcome === before.outcome
}

/** Whether the status is what the last import made it. */
function isUntouched(stored: Task, before: PastStatus | undefined): boolean {
  if (stored.status !== before?.status) return false
  if (stored.status === 'blocked') return stored.holdReason === before.reason
  if (stored.status !== 'closed') return true
  return stored.closedAt === before.closedAt && stored.closeReason === before.reason
}

function isAsWanted(wanted: DesiredTask['status'], stored: Task): boolean {
  if (wanted.status !== stored.status) return false
  if (wanted.status === 'blocked') return wanted.reason === stored.holdReason
  if (wanted.status !== 'closed') return true
  const isSameTime = wanted.at === undefined || wanted.at.iso === stored.closedAt
  return isSameTime && wanted.reason === stored.closeReason
}

/** The step that closes the task of an issue that has been deleted since it was imported. */
export function stepToCancel(issue: BeadsIssue, stored: Task, merge: Merge, roster: Roster): Step | undefined {
  const { fields } = issue
  const deletedAt = fields.time('deleted_at')
  const when = deletedAt.kind === 'time' ? deletedAt.moment : issue.updatedAt
  const isDeletedBefore = merge.past.status?.outcome === 'cancelled'
  if (!merge.takes('the status', 'status', isDeletedBefore, isUntouched(stored, merge.past.status))) return undefined
  const by = roster.note(fields.text('deleted_by') || BEADS_ITSELF, when)
  const { text: reason } = repairText(fields.text('delete_reason').slice(0, 10_000))
  return step('status', issue, {
    run: () =>
      roster.as(by).tasks.close(stored.id, {
        outcome: 'cancelled',
        reason: reason === '' ? 'Deleted in Beads' : `Deleted in Beads: ${reason}`,
        ...merge.now(when, 'cancel'),
      }),
  })
}

/** The step that adds a relation. */
export function stepToRelate(relation: DesiredRelation, merge: Merge, roster: Roster): Step {
  const { source, kind, target, gate, by, dependency } = relation
  const when = merge.dated(relation.at, 'relate', kind, target)
  return {
    phase: 'relations',
    // What is removed makes room first.
    round: 1,
    what: 'dependency',
    issue: dependency.issue,
    place: dependency,
    label: describe(dependency),
    run: () => roster.as(by).relations.add(source, kind, target, { ...(gate === undefined ? {} : { gate }), ...when }),
    count: ({ imported }) => imported.relations++,
  }
}

/** The step that removes a relation that the source no longer has. */
export function stepToUnrelate(relation: Relation, task: DesiredTask, merge: Merge, roster: Roster): Step {
  const { source, kind, target } = relation
  const by = roster.note(BEADS_ITSELF, task.updatedAt)
  return step('relations', task.issue, {
    what: 'dependency',
    run: () =>
      roster.as(by).relations.remove(source, kind, target, merge.now(task.updatedAt, 'unrelate', kind, target)),
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

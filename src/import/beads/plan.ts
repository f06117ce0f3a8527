import { groupBy } from '../../group-by.js'
import type { TaskId } from '../../ids.js'
import type { Task } from '../../record/tasks/task.js'
import type { Tracker } from '../../tracker.js'
import { planComments } from './desired-comment.js'
import { planRelations } from './desired-relation.js'
import { type DesiredTask, planTask, type TaskContext, taskIdOf } from './desired-task.js'
import { TOMBSTONE } from './mappings.js'
import { Merge } from './merge.js'
import { byAge, parentsFirst } from './parents-first.js'
import { Pasts, TaskPast } from './past.js'
import type { BeadsData, BeadsEvent, BeadsIssue, BeadsLabel } from './records.js'
import { compareRelations } from './relation-plan.js'
import { abbreviate, type Report } from './report.js'
import type { BeadsImportProgress } from './result.js'
import type { Roster } from './roster.js'
import {
  differs,
  type Step,
  stepsToChange,
  stepsToCreate,
  stepToCancel,
  stepToComment,
  stepToRelate,
  stepToUnrelate,
} from './steps.js'
import { findTasks, readDetails, type Stored, type StoredTasks } from './stored.js'

/** What planning needs. */
export interface PlanContext {
  readonly tracker: Tracker
  readonly namespace: string
  readonly roster: Roster
  readonly report: Report
  readonly onProgress: (progress: BeadsImportProgress) => void
}

/** The steps from the record as it is to what the source says. Reads the record and writes nothing. */
export async function planImport(data: BeadsData, context: PlanContext): Promise<Step[]> {
  const { tracker, namespace, roster, report, onProgress } = context
  const isTombstone = ({ fields }: BeadsIssue) => fields.says('status', TOMBSTONE)
  const tombstones = [...data.issueById.values()].filter(isTombstone)
  report.tombstones = tombstones.length
  const all = planTasks(data, isTombstone, { namespace, vocabulary: tracker.vocabulary, roster, report })
  const ids = [...all.map(({ id }) => id), ...tombstones.map(({ id }) => taskIdOf(namespace, id))]
  const found = await findTasks(tracker, ids, (done, total) => onProgress({ phase: 'compare', done, total }))
  await roster.recognise()

  const tasks = all.filter((task) => isFree(task, found, report))
  const taskByIssue = new Map(tasks.map((task) => [task.issue.id, task]))
  const relations = planRelations(data, taskByIssue, roster, report)
  const comments = planComments(data, taskByIssue, namespace, roster, report)
  const stored = await readDetails(tracker, found, comments)

  const taskById = new Map<string, DesiredTask>(tasks.map((task) => [task.id, task]))
  const merges = new Merges(stored, tracker, report)
  const { add, remove } = await compareRelations(relations, {
    stored,
    isOfSource: (id) => taskById.has(id),
    mergeOf: (id) => (stored.taskById.has(id) ? merges.of(taskById.get(id)!) : undefined),
    nameOf: (id) => taskById.get(id)?.issue.id ?? id,
    report,
  })
  const parents = add.filter(({ kind }) => kind === 'parent')
  const ordered = parentsFirst(tasks, parents)
  await merges.prepare(ordered.filter(({ id }) => isChanged(id)).map(({ id }) => id))
  function isChanged(id: TaskId): boolean {
    const known = stored.taskById.get(id)
    return known !== undefined && differs(taskById.get(id)!, known, roster)
  }
  const steps: Step[] = []
  for (const task of ordered) {
    const known = stored.taskById.get(task.id)
    if (known === undefined) {
      steps.push(...stepsToCreate(task, await merges.of(task), namespace, roster))
      continue
    }
    report.known.add(task.issue.id)
    if (isChanged(task.id)) steps.push(...stepsToChange(task, known, await merges.of(task), roster))
  }
  for (const relation of remove) {
    const task = taskById.get(relation.source)!
    steps.push(stepToUnrelate(relation, task, await merges.of(task), roster))
  }
  for (const relation of add) {
    steps.push(stepToRelate(relation, await merges.of(taskById.get(relation.source)!), roster))
  }
  return [
    ...steps,
    ...comments.filter(({ id }) => !stored.comments.has(id)).map((comment) => stepToComment(comment, roster)),
    ...(await planCancellations(tombstones, stored.taskById, merges, context)),
  ]
}

/** What issues say against what is known of their tasks, each read once. */
class Merges {
  readonly #stored: Stored
  readonly #pasts: Pasts
  readonly #report: Report
  readonly #mergeByTask = new Map<TaskId, Merge>()

  constructor(stored: Stored, tracker: Tracker, report: Report) {
    this.#stored = stored
    this.#pasts = new Pasts(tracker)
    this.#report = report
  }

  async of({ id, issue }: { readonly id: TaskId; readonly issue: BeadsIssue }): Promise<Merge> {
    const known = this.#mergeByTask.get(id)
    if (known !== undefined) return known
    const past = this.#stored.taskById.has(id) ? await this.#pasts.of(id) : new TaskPast()
    const merge = new Merge(id, past, issue, this.#report)
    this.#mergeByTask.set(id, merge)
    return merge
  }

  /** Reads what is known of many tasks at once. */
  prepare(ids: readonly TaskId[]): Promise<void> {
    return this.#pasts.prepare(ids)
  }
}

/** The tasks that the issues become, oldest first. */
function planTasks(data: BeadsData, isTombstone: (issue: BeadsIssue) => boolean, context: TaskContext): DesiredTask[] {
  const { report } = context
  const isAlive = ({ issue: id, ...place }: BeadsLabel | BeadsEvent): boolean => {
    const issue = data.issueById.get(id)
    if (issue !== undefined && !isTombstone(issue)) return true
    const reason = issue === undefined ? `the source has no issue ${abbreviate(id)}` : 'its issue is a tombstone'
    const kind = 'label' in place ? 'label' : 'event'
    report.skip({ kind, id, file: place.file, line: place.line, reason })
    return false
  }
  const labels = groupBy(data.labels.filter(isAlive), ({ issue }) => issue)
  const events = groupBy(data.events.filter(isAlive), ({ issue }) => issue)
  const issues = [...data.issueById.values()].filter((issue) => !isTombstone(issue))
  return byAge(issues.map((issue) => planTask(issue, labels.get(issue.id) ?? [], events.get(issue.id) ?? [], context)))
}

function isFree({ id, issue }: DesiredTask, { takenById }: StoredTasks, report: Report): boolean {
  const kind = takenById.get(id)
  if (kind === undefined) return true
  const reason = `its id ${id} is taken by a node of kind ${kind}; import into another namespace`
  report.skip({ kind: 'issue', id: issue.id, file: issue.file, line: issue.line, reason })
  return false
}

/** Issues that were deleted since they were imported. */
async function planCancellations(
  tombstones: readonly BeadsIssue[],
  taskById: ReadonlyMap<TaskId, Task>,
  merges: Merges,
  { namespace, roster, report }: PlanContext,
): Promise<Step[]> {
  const steps: Step[] = []
  for (const issue of tombstones) {
    const id = taskIdOf(namespace, issue.id)
    const task = taskById.get(id)
    if (task === undefined || task.status === 'closed') continue
    report.known.add(issue.id)
    const cancel = stepToCancel(issue, task, await merges.of({ id, issue }), roster)
    if (cancel !== undefined) steps.push(cancel)
  }
  return steps
}

import type { TaskId } from '../../ids.js'
import type { Task } from '../../record/tasks/task.js'
import type { Tracker } from '../../tracker.js'
import { planComments } from './desired-comment.js'
import { planRelations } from './desired-relation.js'
import { type DesiredTask, planTask, type TaskContext, taskIdOf } from './desired-task.js'
import { groupBy } from './group-by.js'
import { TOMBSTONE } from './mappings.js'
import { byAge, parentsFirst } from './parents-first.js'
import type { BeadsData, BeadsEvent, BeadsIssue, BeadsLabel } from './records.js'
import { compareRelations } from './relation-plan.js'
import { abbreviate, type Report } from './report.js'
import type { BeadsImportProgress } from './result.js'
import type { Roster } from './roster.js'
import {
  type Step,
  stepsToChange,
  stepsToCreate,
  stepToCancel,
  stepToComment,
  stepToRelate,
  stepToUnrelate,
} from './steps.js'
import { findTasks, isLabelOfOurs, isRelationOfOurs, readDetails, type Stored, type StoredTasks } from './stored.js'

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
  const stored = await readDetails(tracker, found, tasks, comments)

  const taskById = new Map<string, DesiredTask>(tasks.map((task) => [task.id, task]))
  const { add, move, remove } = await compareRelations(relations, {
    stored,
    isOfSource: (id) => taskById.has(id),
    isOurs: (relation) => isRelationOfOurs(tracker, relation),
    nameOf: (id) => taskById.get(id)?.issue.id ?? id,
    report,
  })
  const parents = [...add, ...move].filter(({ kind }) => kind === 'parent')
  return [
    ...(await planTaskSteps(parentsFirst(tasks, parents), stored, context)),
    ...remove.map((relation) => stepToUnrelate(relation, taskById.get(relation.source)!, roster)),
    ...move.map((relation) => stepToRelate(relation, true, roster)),
    ...add.map((relation) => stepToRelate(relation, false, roster)),
    ...comments.filter(({ id }) => !stored.comments.has(id)).map((comment) => stepToComment(comment, roster)),
    ...planCancellations(tombstones, stored.taskById, context),
  ]
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

async function planTaskSteps(tasks: readonly DesiredTask[], stored: Stored, context: PlanContext): Promise<Step[]> {
  const { namespace, roster, report } = context
  const steps: Step[] = []
  for (const task of tasks) {
    const known = stored.taskById.get(task.id)
    if (known === undefined) {
      steps.push(...stepsToCreate(task, namespace, roster))
    } else {
      report.known.add(task.issue.id)
      steps.push(
        ...stepsToChange(task, known, await labelsOfOurs(task, known, context), stored.idempotencyKeys, roster),
      )
    }
  }
  return steps
}

/** The labels that the source does not have and that were added here. */
async function labelsOfOurs(task: DesiredTask, known: Task, { tracker, report }: PlanContext): Promise<Set<string>> {
  const ours = new Set<string>()
  for (const label of known.labels) {
    if (task.labels.some((wanted) => wanted.label === label)) continue
    if (!(await isLabelOfOurs(tracker, task.id, label))) continue
    ours.add(label)
    report.warn(
      'kept',
      task.issue.id,
      task.issue.line,
      `the label ${JSON.stringify(label)} was added here; Beads does not have it`,
    )
  }
  return ours
}

/** Issues that were deleted since they were imported. */
function planCancellations(
  tombstones: readonly BeadsIssue[],
  taskById: ReadonlyMap<TaskId, Task>,
  { namespace, roster, report }: PlanContext,
): Step[] {
  const deleted = tombstones.filter(({ id }) => {
    const task = taskById.get(taskIdOf(namespace, id))
    return task !== undefined && task.status !== 'closed'
  })
  for (const { id } of deleted) report.known.add(id)
  return deleted.map((issue) => stepToCancel(issue, taskIdOf(namespace, issue.id), roster))
}

import { groupBy } from '../../group-by.js'
import type { TaskId } from '../../ids.js'
import type { TaskRelation } from '../../record/relations/waits.js'
import type { Gate } from '../../vocabulary.js'
import type { DesiredTask } from './desired-task.js'
import { type DependencyMapping, mapDependency, TOMBSTONE } from './mappings.js'
import { byMoment, isBefore, type Moment } from './moment.js'
import type { BeadsData, BeadsDependency } from './records.js'
import { abbreviate, type Report } from './report.js'
import { BEADS_ITSELF, type Roster } from './roster.js'

/** A relation as the source wants it. */
export interface DesiredRelation extends TaskRelation<TaskId> {
  readonly gate?: Gate
  readonly by: string
  readonly at: Moment | undefined
  readonly dependency: BeadsDependency
}

/** What the dependencies of a source ask for. */
export interface DesiredRelations {
  /** For each task that has any, its parents: the first that does not close a cycle becomes its parent. */
  readonly parentsByChild: ReadonlyMap<TaskId, readonly DesiredRelation[]>
  /** All others, oldest first. */
  readonly others: readonly DesiredRelation[]
}

/**
 * What dependencies become, as far as both ends are imported. What is left out is reported with the reason.
 *
 * `taskByIssue` holds the tasks in the order in which they are created, which is that of `parentsByChild`.
 */
export function planRelations(
  data: BeadsData,
  taskByIssue: ReadonlyMap<string, DesiredTask>,
  roster: Roster,
  report: Report,
): DesiredRelations {
  const parents: DesiredRelation[] = []
  const others: DesiredRelation[] = []
  for (const dependency of data.dependencies) {
    const ends = findEnds(dependency, data, taskByIssue)
    if (typeof ends === 'string') {
      const { issue: id, file, line } = dependency
      report.skip({ kind: 'dependency', id, file, line, reason: `${describe(dependency)}: ${ends}` })
      continue
    }
    const mapping = mapDependency(dependency.type)
    if (mapping.isNearest) report.unmapped('dependency', dependency.type, mapping.kind, dependency.issue)
    const relation = toRelation(dependency, mapping, ends, roster, report)
    if (mapping.kind === 'parent') parents.push(relation)
    else others.push(relation)
  }
  const parentsByChild = new Map<TaskId, DesiredRelation[]>()
  const bySource = groupBy(parents, ({ source }) => source)
  for (const { id } of taskByIssue.values()) {
    const candidates = bySource.get(id)
    if (candidates !== undefined) parentsByChild.set(id, candidates.toSorted(byClaimToParenthood))
  }
  return { parentsByChild, others: others.toSorted((one, other) => byMoment(one.at, other.at)) }
}

/** How a dependency is called in messages. */
export function describe({ issue, dependsOn, type }: BeadsDependency): string {
  return `${issue} ${type === '' ? 'depends on' : abbreviate(type)} ${abbreviate(dependsOn)}`
}

interface Ends {
  readonly task: DesiredTask
  readonly target: DesiredTask
}

function findEnds(
  { issue, dependsOn }: BeadsDependency,
  data: BeadsData,
  taskByIssue: ReadonlyMap<string, DesiredTask>,
): Ends | string {
  if (issue === dependsOn) return 'an issue cannot depend on itself'
  for (const id of [issue, dependsOn]) {
    if (taskByIssue.has(id)) continue
    const name = abbreviate(id)
    const issue = data.issueById.get(id)
    if (issue === undefined) return `the source has no issue ${name}`
    return `${name} ${issue.fields.says('status', TOMBSTONE) ? 'is a tombstone' : 'was skipped'}`
  }
  return { task: taskByIssue.get(issue)!, target: taskByIssue.get(dependsOn)! }
}

function toRelation(
  dependency: BeadsDependency,
  { kind, gate, isReversed }: DependencyMapping,
  { task, target }: Ends,
  roster: Roster,
  report: Report,
): DesiredRelation {
  const { issue, line, createdAt, createdBy } = dependency
  if (isBefore(createdAt, task.issue.createdAt)) {
    const since = task.issue.createdAt!.iso
    report.warn(
      'contradicting_times',
      issue,
      line,
      `${describe(dependency)} since ${createdAt!.iso}, before the issue was created at ${since}`,
    )
  }
  const at = createdAt ?? task.created.at
  const [source, to] = isReversed ? [target.id, task.id] : [task.id, target.id]
  const by = roster.note(createdBy || BEADS_ITSELF, at)
  return { source, kind, target: to, ...(gate === undefined ? {} : { gate }), by, at, dependency }
}

/** The parent that the child's id names (`bd-7.2` is a child of `bd-7`), then the one that it had first. */
function byClaimToParenthood(one: DesiredRelation, other: DesiredRelation): number {
  return Number(isNamedAfter(other)) - Number(isNamedAfter(one)) || byMoment(one.at, other.at)
}

function isNamedAfter({ dependency: { issue, dependsOn } }: DesiredRelation): boolean {
  return issue.slice(0, issue.lastIndexOf('.')) === dependsOn
}

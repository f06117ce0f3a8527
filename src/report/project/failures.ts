import { compareText } from '../../compare-text.js'
import { ACTIVITIES, ACTIVITY_COLUMNS, type ActivityRow, toActivity } from '../../record/activities/activity-rows.js'
import type { Reader } from '../../store/store.js'
import { readNodes } from '../lineage/read-nodes.js'
import { agentNames, holdersOf, taskTitles } from './names.js'
import type { Period } from './period.js'
import type { Failure } from './project-report.js'
import type { TaskMove } from './task-log.js'

/**
 * The activities that failed, and every closing of a task as failed, also where it was reopened: newest first. They are
 * called by the names that they have now.
 */
export async function readFailures(
  reader: Reader,
  period: Period,
  closings: readonly TaskMove[],
): Promise<readonly Failure[]> {
  const failures = [...(await failedTasks(reader, closings)), ...(await failedActivities(reader, period))]
  const names = await agentNames(
    reader,
    failures.map(({ agent }) => agent),
  )
  return failures
    .map((failure): Failure => ({ ...failure, agentName: names.get(failure.agent)! }))
    .sort((one, other) => compareText(other.at, one.at))
}

type Unnamed = Omit<Failure, 'agentName'>

async function failedTasks(reader: Reader, closings: readonly TaskMove[]): Promise<Unnamed[]> {
  const titles = await taskTitles(
    reader,
    closings.map(({ task }) => task),
  )
  const holders = await holdersOf(
    reader,
    closings.flatMap(({ type, attempt }) => (type.startsWith('claim.') && attempt !== undefined ? [attempt] : [])),
  )
  return closings.toReversed().map(({ task, at, actor, reason, attempt }) => ({
    kind: 'task',
    id: task,
    name: titles.get(task)!,
    at,
    // Whoever found that a lease had run out, or showed somebody's token, is not who failed.
    agent: (attempt && holders.get(attempt)) ?? actor,
    reason: reason ?? '',
  }))
}

async function failedActivities(reader: Reader, { namespace, since }: Period): Promise<Unnamed[]> {
  const rows = await reader.all<ActivityRow>(
    `SELECT ${ACTIVITY_COLUMNS} FROM ${ACTIVITIES}
     WHERE v.failure IS NOT NULL AND v.ended_at >= coalesce(?, v.ended_at) AND n.namespace = coalesce(?, n.namespace)
     ORDER BY v.key DESC`,
    since ?? null,
    namespace ?? null,
  )
  const nodes = await readNodes(
    reader,
    rows.map(({ key }) => key),
  )
  return rows.map((row) => {
    const { id, agent, endedAt, failure } = toActivity(row)
    return { kind: 'activity', id, name: nodes.get(row.key)!.label, at: endedAt!, agent, reason: failure! }
  })
}

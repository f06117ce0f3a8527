import { compareText } from '../../compare-text.js'
import type { EventType } from '../../log/event.js'
import { ACTIVITIES, ACTIVITY_COLUMNS, type ActivityRow, toActivity } from '../../record/activities/activity-rows.js'
import { agentNames } from '../../record/agents/agent-names.js'
import { REVIEW_COLUMNS, REVIEWS, type ReviewRow, toReview } from '../../record/reviews/review-rows.js'
import type { Reader } from '../../store/store.js'
import { type NamedNode, readNodes } from '../lineage/read-nodes.js'
import { holdersOf, taskTitles } from './names.js'
import type { Period } from './period.js'
import type { Failure } from './project-report.js'
import type { TaskMove } from './task-log.js'

/**
 * The activities that failed, the attempts that were rejected, and every closing of a task as failed, also where it was
 * reopened: newest first. They are called by the names that they have now.
 */
export async function readFailures(
  reader: Reader,
  period: Period,
  closings: readonly TaskMove[],
): Promise<readonly Failure[]> {
  const failures = [
    ...(await failedTasks(reader, closings)),
    ...(await rejectedAttempts(reader, period)),
    ...(await failedActivities(reader, period)),
  ]
  const names = await agentNames(
    reader,
    failures.flatMap(({ agent, rejectedBy }) => (rejectedBy === undefined ? [agent] : [agent, rejectedBy])),
  )
  return failures
    .map(
      (failure): Failure => ({
        ...failure,
        agentName: names.get(failure.agent)!,
        ...(failure.rejectedBy !== undefined && { rejectedByName: names.get(failure.rejectedBy)! }),
      }),
    )
    .sort((one, other) => compareText(other.at, one.at))
}

type Unnamed = Omit<Failure, 'agentName' | 'rejectedByName'>

async function failedTasks(reader: Reader, closings: readonly TaskMove[]): Promise<Unnamed[]> {
  const titles = await taskTitles(
    reader,
    closings.map(({ task }) => task),
  )
  const holders = await holdersOf(
    reader,
    closings.flatMap(({ type, attempt }) => (isEndOfAttempt(type) && attempt !== undefined ? [attempt] : [])),
  )
  return closings.toReversed().map(({ task, at, actor, reviewer, reason, attempt }) => ({
    kind: 'task',
    id: task,
    name: titles.get(task)!,
    at,
    // Whoever found that a lease had run out, showed somebody's token, or rejected the work, is not who failed.
    agent: (attempt && holders.get(attempt)) ?? actor,
    ...(reviewer !== undefined && { rejectedBy: reviewer }),
    reason: reason ?? '',
  }))
}

/** Whether an event is about how an attempt came out, and not about what somebody else did to its task. */
function isEndOfAttempt(type: EventType): boolean {
  return type.startsWith('claim.') || type === 'review.recorded'
}

async function rejectedAttempts(reader: Reader, { namespace, since }: Period): Promise<Unnamed[]> {
  const rows = await reader.all<ReviewRow & { readonly attempt: number }>(
    `SELECT ${REVIEW_COLUMNS}, w.attempt FROM ${REVIEWS}
     WHERE w.verdict = 'reject' AND w.created_at >= coalesce(?, w.created_at) AND p.namespace = coalesce(?, p.namespace)
     ORDER BY w.key DESC`,
    since ?? null,
    namespace ?? null,
  )
  const attempts = await readNodes(
    reader,
    rows.map(({ attempt }) => attempt),
  )
  return rows.map((row) => {
    const { attempt: id, reviewer, comment, createdAt } = toReview(row)
    const attempt = attempts.get(row.attempt) as NamedNode & { readonly kind: 'activity' }
    const agent = attempt.fields.agent
    return { kind: 'activity', id, name: attempt.label, at: createdAt, agent, rejectedBy: reviewer, reason: comment }
  })
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

import { z } from 'zod'
import type { AgentId } from '../../ids.js'
import { namespace, time, validate, withOptions } from '../../input.js'
import { readHead } from '../../log/event-row.js'
import { readyTasks } from '../../record/tasks/lists.js'
import type { Reader } from '../../store/store.js'
import { snapshotOf, type Tracker, timeOf } from '../../tracker.js'
import { STATUSES, type Status } from '../../vocabulary.js'
import { agentsAtWork, type TaskDoings } from './agents-at-work.js'
import { readClaims } from './claims-at-work.js'
import { readCriticalPath } from './critical-path.js'
import { readFailures } from './failures.js'
import { readForcedChanges } from './forced-changes.js'
import { readOverdue } from './overdue.js'
import type { Period } from './period.js'
import { readProjectGaps } from './project-gaps.js'
import type { ProjectReport, ProjectReportOptions } from './project-report.js'
import { readReviewsWaitedFor } from './reviews-waited-for.js'
import { Stays } from './stays.js'
import { type TaskMove, taskMoves } from './task-log.js'
import { Throughput } from './throughput.js'
import { readWaiting } from './waiting.js'

const optionsSchema = z.strictObject({ namespace: namespace.optional(), since: time.optional() })

/**
 * How a project stands, and how it came there: all of it from one snapshot, while commands go on and do not show.
 *
 * `since` cuts what happened (throughput, time in status, agents, failures), and not how things stand (tasks by status,
 * what is ready, what waits, the critical path, gaps). A namespace of which the record holds nothing gives an empty
 * report. It reads the log once, and takes as long as that is long; memory grows with the tasks, not with the log.
 */
export async function projectReport(tracker: Tracker, options?: ProjectReportOptions): Promise<ProjectReport> {
  const period = validate('projectReport', optionsSchema, withOptions('projectReport', {}, options))
  const now = timeOf(tracker, 'projectReport')
  const snapshot = await snapshotOf(tracker, 'projectReport')
  try {
    return await readReport(snapshot, period, now)
  } finally {
    await snapshot.close()
  }
}

async function readReport(reader: Reader, period: Period, now: string): Promise<ProjectReport> {
  const latest = await reader.get<{ at: string | null }>('SELECT max(at) AS at FROM events')
  const asOf = latest?.at ?? undefined
  const { throughput, stays, doings, failed, forced } = await readMoves(reader, period)
  return {
    kind: 'project',
    ...period,
    head: await readHead(reader),
    ...(asOf !== undefined && { asOf }),
    now,
    tasks: await countByStatus(reader, period),
    ready: (await readyTasks(reader, { limit: 1, ...scopeOf(period) }, now)).total,
    throughput: throughput.weeks(),
    timeInStatus: stays.measured(asOf),
    agents: await agentsAtWork(reader, period, doings),
    ...(await readClaims(reader, period, now)),
    ...(await readReviewsWaitedFor(reader, period)),
    ...(await readOverdue(reader, period, now)),
    ...(await readWaiting(reader, period, now)),
    criticalPath: await readCriticalPath(reader, period),
    failures: await readFailures(reader, period, failed),
    forced: await readForcedChanges(reader, forced),
    ...(await readProjectGaps(reader, period)),
  }
}

/** What one reading of the log tells. */
async function readMoves(reader: Reader, { namespace, since }: Period) {
  const throughput = new Throughput()
  const stays = new Stays(since)
  const doings = new Map<AgentId, TaskDoings>()
  const failed: TaskMove[] = []
  const forced: TaskMove[] = []
  for await (const move of taskMoves(reader, namespace)) {
    const { type, task, actor, at, status } = move
    stays.enter(task, status, at)
    if (since !== undefined && at < since) continue
    if (move.forced) forced.push(move)
    if (type === 'task.created') {
      throughput.created(at)
      doingsOf(doings, actor).created++
    } else if (type === 'task.reopened') {
      throughput.reopened(at)
    } else if (status === 'closed') {
      throughput.closed(at, move.outcome!)
      // Whoever found that a lease had run out did not close the task.
      if (type !== 'claim.expired') doingsOf(doings, actor).closed++
      if (move.outcome === 'failed') failed.push(move)
    }
  }
  return { throughput, stays, doings, failed, forced }
}

function doingsOf(doings: Map<AgentId, TaskDoings>, agent: AgentId): TaskDoings {
  let done = doings.get(agent)
  if (done === undefined) {
    done = { created: 0, closed: 0 }
    doings.set(agent, done)
  }
  return done
}

async function countByStatus(reader: Reader, { namespace }: Period): Promise<Record<Status, number>> {
  const rows = await reader.rows<[status: Status, count: number]>(
    `SELECT t.status, count(*) FROM tasks t JOIN nodes n ON n.key = t.key
     WHERE n.namespace = coalesce(?, n.namespace) GROUP BY t.status`,
    namespace ?? null,
  )
  const counts = new Map(rows)
  return Object.fromEntries(STATUSES.map((status) => [status, counts.get(status) ?? 0])) as Record<Status, number>
}

function scopeOf({ namespace }: Period): { readonly namespace?: string } {
  return namespace === undefined ? {} : { namespace }
}

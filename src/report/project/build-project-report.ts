import { z } from 'zod'
import type { AgentId } from '../../ids.js'
import { namespace, time, validate, withOptions } from '../../input.js'
import { readHead } from '../../log/event-row.js'
import { readyTasks } from '../../record/tasks/lists.js'
import type { Reader } from '../../store/store.js'
import { snapshotOf, type Tracker } from '../../tracker.js'
import { STATUSES, type Status } from '../../vocabulary.js'
import { agentsAtWork, type TaskDoings } from './agents-at-work.js'
import { readCriticalPath } from './critical-path.js'
import { readFailures } from './failures.js'
import type { Period } from './period.js'
import { readProjectGaps } from './project-gaps.js'
import type { ProjectReport, ProjectReportOptions } from './project-report.js'
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
  const snapshot = await snapshotOf(tracker, 'projectReport')
  try {
    return await readReport(snapshot, period)
  } finally {
    await snapshot.close()
  }
}

async function readReport(reader: Reader, period: Period): Promise<ProjectReport> {
  const latest = await reader.get<{ at: string | null }>('SELECT max(at) AS at FROM events')
  const asOf = latest?.at ?? undefined
  const { throughput, stays, doings, failed } = await readMoves(reader, period)
  return {
    kind: 'project',
    ...period,
    head: await readHead(reader),
    ...(asOf !== undefined && { asOf }),
    tasks: await countByStatus(reader, period),
    ready: (await readyTasks(reader, { limit: 1, ...scopeOf(period) })).total,
    throughput: throughput.weeks(),
    timeInStatus: stays.measured(asOf),
    agents: await agentsAtWork(reader, period, doings),
    ...(await readWaiting(reader, period)),
    criticalPath: await readCriticalPath(reader, period),
    failures: await readFailures(reader, period, failed),
    ...(await readProjectGaps(reader, period)),
  }
}

/** What one reading of the log tells. */
async function readMoves(reader: Reader, { namespace, since }: Period) {
  const throughput = new Throughput()
  const stays = new Stays(since)
  const doings = new Map<AgentId, TaskDoings>()
  const failed: TaskMove[] = []
  for await (const move of taskMoves(reader, namespace)) {
    const { type, task, actor, at, status } = move
    stays.enter(task, status, at)
    if (since !== undefined && at < since) continue
    if (type === 'task.created') {
      throughput.created(at)
      doingsOf(doings, actor).created++
    } else if (type === 'task.reopened') {
      throughput.reopened(at)
    } else if (type === 'task.closed') {
      throughput.closed(at, move.outcome!)
      doingsOf(doings, actor).closed++
      if (move.outcome === 'failed') failed.push(move)
    }
  }
  return { throughput, stays, doings, failed }
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

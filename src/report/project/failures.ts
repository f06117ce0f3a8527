import type { AgentId } from '../../ids.js'
import { ACTIVITIES, ACTIVITY_COLUMNS, type ActivityRow, toActivity } from '../../record/activities/activity-rows.js'
import { AGENT_COLUMNS, AGENTS, type AgentRow, toAgent } from '../../record/agents/agent-rows.js'
import { toId } from '../../record/nodes.js'
import { KEYS_OF_IDS } from '../../record/paging.js'
import type { Reader } from '../../store/store.js'
import { labelOf } from '../lineage/label.js'
import type { Period } from './period.js'
import type { Failure } from './project-report.js'
import type { TaskMove } from './task-log.js'

/** How many tasks or agents are named at once. */
const BATCH = 500

interface FailedActivityRow extends ActivityRow {
  readonly title: string | null
}

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
  const names = await agentNames(reader, [...new Set(failures.map(({ agent }) => agent))])
  return failures
    .map((failure): Failure => ({ ...failure, agentName: names.get(failure.agent)! }))
    .sort((one, other) => compareText(other.at, one.at))
}

type Unnamed = Omit<Failure, 'agentName'>

async function failedTasks(reader: Reader, closings: readonly TaskMove[]): Promise<Unnamed[]> {
  const titles = new Map<string, string>()
  const tasks = [...new Set(closings.map(({ task }) => task))]
  for (let first = 0; first < tasks.length; first += BATCH) {
    const rows = await reader.rows<[namespace: string, uuid: string, title: string]>(
      `SELECT n.namespace, n.uuid, t.title FROM tasks t JOIN nodes n ON n.key = t.key WHERE t.key IN (${KEYS_OF_IDS})`,
      JSON.stringify(tasks.slice(first, first + BATCH)),
    )
    for (const [namespace, uuid, title] of rows) titles.set(toId(namespace, uuid), title)
  }
  return closings.toReversed().map(({ task, at, actor, reason }) => ({
    kind: 'task',
    id: task,
    name: titles.get(task)!,
    at,
    agent: actor,
    reason: reason ?? '',
  }))
}

async function failedActivities(reader: Reader, { namespace, since }: Period): Promise<Unnamed[]> {
  const rows = await reader.all<FailedActivityRow>(
    `SELECT ${ACTIVITY_COLUMNS}, p.title FROM ${ACTIVITIES} LEFT JOIN tasks p ON p.key = v.task
     WHERE v.failure IS NOT NULL AND v.ended_at >= coalesce(?, v.ended_at) AND n.namespace = coalesce(?, n.namespace)
     ORDER BY v.key DESC`,
    since ?? null,
    namespace ?? null,
  )
  return rows.map((row) => {
    const fields = toActivity(row)
    const { id, agent, endedAt, failure } = fields
    const name = labelOf({ kind: 'activity', fields }, row.title ?? undefined)
    return { kind: 'activity', id, name, at: endedAt!, agent, reason: failure! }
  })
}

async function agentNames(reader: Reader, agents: readonly AgentId[]): Promise<Map<AgentId, string>> {
  const names = new Map<AgentId, string>()
  for (let first = 0; first < agents.length; first += BATCH) {
    const rows = await reader.all<AgentRow>(
      `SELECT ${AGENT_COLUMNS} FROM ${AGENTS} WHERE a.key IN (${KEYS_OF_IDS})`,
      JSON.stringify(agents.slice(first, first + BATCH)),
    )
    for (const row of rows) {
      const fields = toAgent(row)
      names.set(fields.id, labelOf({ kind: 'agent', fields }))
    }
  }
  return names
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

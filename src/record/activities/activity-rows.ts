import type { ActivityId, AgentId, TaskId } from '../../ids.js'
import type { Reader } from '../../store/store.js'
import type { Stage } from '../../vocabulary.js'
import { toId } from '../nodes.js'
import type { Activity } from './activity.js'

/** A row of `activities`, joined to its node, agent and task. */
export interface ActivityRow {
  readonly key: number
  readonly namespace: string
  readonly uuid: string
  readonly phase: string
  readonly stage: Stage
  readonly notes: string
  readonly started_at: string
  readonly ended_at: string | null
  readonly failure: string | null
  readonly agent_namespace: string
  readonly agent_uuid: string
  readonly task_namespace: string | null
  readonly task_uuid: string | null
}

export const ACTIVITY_COLUMNS = `v.key, n.namespace, n.uuid, v.phase, v.stage, v.notes, v.started_at, v.ended_at, v.failure,
  g.namespace AS agent_namespace, g.uuid AS agent_uuid, t.namespace AS task_namespace, t.uuid AS task_uuid`

export const ACTIVITIES = `activities v
  JOIN nodes n ON n.key = v.key
  JOIN nodes g ON g.key = v.agent
  LEFT JOIN nodes t ON t.key = v.task`

/** The activity with this key, which there is. */
export async function readActivity(reader: Reader, key: number): Promise<Activity> {
  const row = await reader.get<ActivityRow>(`SELECT ${ACTIVITY_COLUMNS} FROM ${ACTIVITIES} WHERE v.key = ?`, key)
  return toActivity(row!)
}

export function toActivity(row: ActivityRow): Activity {
  return {
    id: toId<ActivityId>(row.namespace, row.uuid),
    namespace: row.namespace,
    agent: toId<AgentId>(row.agent_namespace, row.agent_uuid),
    phase: row.phase,
    stage: row.stage,
    notes: row.notes,
    ...(row.task_uuid !== null && { task: toId<TaskId>(row.task_namespace!, row.task_uuid) }),
    startedAt: row.started_at,
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    ...(row.failure !== null && { failure: row.failure }),
  }
}

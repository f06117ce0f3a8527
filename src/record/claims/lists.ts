import type { ActivityId, AgentId, TaskId } from '../../ids.js'
import type { Page } from '../../page.js'
import type { Reader } from '../../store/store.js'
import type { ClaimEnd, SubmissionOutcome } from '../../vocabulary.js'
import { toId } from '../nodes.js'
import { amongNodes, type Condition, readPage } from '../paging.js'
import type { Claim, ClaimListOptions, Run, RunListOptions } from './claim.js'

/** A row of `ATTEMPTS`. */
export interface AttemptRow {
  readonly key: number
  readonly namespace: string
  readonly uuid: string
  readonly task_namespace: string
  readonly task_uuid: string
  readonly agent_namespace: string
  readonly agent_uuid: string
  readonly number: number
  readonly ttl_ms: number
  readonly started_at: string
  readonly expires_at: string
  readonly ended_at: string | null
  readonly ended_by: ClaimEnd | null
  readonly end_reason: string | null
  readonly outcome: SubmissionOutcome | null
  readonly stop_reason: string | null
  readonly stop_text: string | null
  readonly summary: string | null
}

export const ATTEMPT_COLUMNS = `p.key, n.namespace, n.uuid, t.namespace AS task_namespace, t.uuid AS task_uuid,
  g.namespace AS agent_namespace, g.uuid AS agent_uuid, p.number, p.ttl_ms, p.started_at, p.expires_at, p.ended_at, p.ended_by,
  p.end_reason, p.outcome, p.stop_reason, p.stop_text, p.summary`

const ATTEMPT_JOINS = `JOIN nodes n ON n.key = p.key
  JOIN nodes t ON t.key = p.task
  JOIN nodes g ON g.key = p.agent`

export const ATTEMPTS = `attempts p ${ATTEMPT_JOINS}`

/** The page of `claims.list`; `now` tells which leases have run out. */
export function listClaims(reader: Reader, options: ClaimListOptions, now: string): Promise<Page<Claim>> {
  const { agent, expired } = options
  const conditions: Condition[] = [{ sql: 'p.ended_at IS NULL', values: [] }, ...amongNodes('p.agent', agent)]
  if (expired !== undefined) conditions.push({ sql: `p.expires_at ${expired ? '<=' : '>'} ?`, values: [now] })
  // Few are live among many that are not: their index is the way in, whatever the order.
  return readAttempts(reader, 'claims.list', 'attempts p INDEXED BY attempts_live', conditions, options, (row) => ({
    ...startOf(row),
    ttlMs: row.ttl_ms,
    expiresAt: row.expires_at,
    expired: row.expires_at <= now,
  }))
}

/** The page of `runs.list`. */
export function listRuns(reader: Reader, options: RunListOptions): Promise<Page<Run>> {
  const conditions = [
    ...amongNodes('p.task', options.task),
    ...amongNodes('v.agent', options.agent).map(({ sql, values }) => ({
      sql: `p.key IN (SELECT v.key FROM activities v WHERE ${sql})`,
      values,
    })),
  ]
  return readAttempts(reader, 'runs.list', 'attempts p', conditions, options, toRun)
}

function readAttempts<Item>(
  reader: Reader,
  operation: string,
  table: string,
  conditions: readonly Condition[],
  options: ClaimListOptions | RunListOptions,
  toItem: (row: AttemptRow) => Item,
): Promise<Page<Item>> {
  return readPage<AttemptRow, Item>(
    reader,
    {
      operation,
      columns: ATTEMPT_COLUMNS,
      from: `${table} ${ATTEMPT_JOINS}`,
      countFrom: table,
      conditions,
      // Keys are numbers of events: the order in which the claims were made.
      order: 'start',
      orderBy: ['p.key'],
      position: (row) => [row.key],
    },
    options,
    (rows) => rows.map(toItem),
  )
}

function startOf(row: AttemptRow) {
  return {
    task: toId<TaskId>(row.task_namespace, row.task_uuid),
    activity: toId<ActivityId>(row.namespace, row.uuid),
    agent: toId<AgentId>(row.agent_namespace, row.agent_uuid),
    attempt: row.number,
    startedAt: row.started_at,
  }
}

export function toRun(row: AttemptRow): Run {
  return {
    ...startOf(row),
    ...(row.ended_at !== null && {
      endedAt: row.ended_at,
      durationMs: Date.parse(row.ended_at) - Date.parse(row.started_at),
    }),
    ...(row.ended_by !== null && { endedBy: row.ended_by }),
    ...(row.end_reason !== null && { endReason: row.end_reason }),
    ...(row.outcome !== null && { outcome: row.outcome }),
    ...(row.stop_reason !== null && { stopReason: row.stop_reason }),
    ...(row.stop_text !== null && { stopText: row.stop_text }),
    ...(row.summary !== null && { summary: row.summary }),
  }
}

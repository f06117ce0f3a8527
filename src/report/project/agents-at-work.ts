import type { AgentId } from '../../ids.js'
import { AGENT_COLUMNS, AGENTS, type AgentRow, toAgent } from '../../record/agents/agent-rows.js'
import { KEYS_OF_IDS } from '../../record/paging.js'
import type { Reader } from '../../store/store.js'
import { labelOf } from '../lineage/label.js'
import type { Period } from './period.js'
import type { AgentAtWork } from './project-report.js'

/** How many agents are looked up at once. */
const BATCH = 500

/** What an agent did to tasks, by the log. */
export interface TaskDoings {
  created: number
  closed: number
}

interface Counts {
  activities: number
  failedActivities: number
  activeMs: number
  artifactsMade: number
  tasksCreated: number
  tasksClosed: number
}

interface Known {
  readonly agent: AgentId
  readonly name: string
}

/** Everyone who did something, the busiest first; of equals, who came first. */
export async function agentsAtWork(
  reader: Reader,
  period: Period,
  doings: ReadonlyMap<AgentId, TaskDoings>,
): Promise<AgentAtWork[]> {
  const counts = await countWork(reader, period)
  for (const [key, { created, closed }] of await keyed(reader, doings)) {
    const count = countsOf(counts, key)
    count.tasksCreated = created
    count.tasksClosed = closed
  }
  const working = [...counts.keys()].sort((one, other) => one - other)
  const principals = await readPrincipals(reader, working)
  const known = await readAgents(
    reader,
    new Set([...working, ...principals.keys(), ...[...principals.values()].flat()]),
  )
  return working
    .map((key) => ({
      ...known.get(key)!,
      onBehalfOf: chainOf(key, principals).map((principal) => known.get(principal)!),
      ...counts.get(key)!,
    }))
    .sort((one, other) => doneBy(other) - doneBy(one))
}

function doneBy({ activities, tasksCreated, tasksClosed, artifactsMade }: Counts): number {
  return activities + tasksCreated + tasksClosed + artifactsMade
}

function countsOf(counts: Map<number, Counts>, key: number): Counts {
  let count = counts.get(key)
  if (count === undefined) {
    count = { activities: 0, failedActivities: 0, activeMs: 0, tasksCreated: 0, tasksClosed: 0, artifactsMade: 0 }
    counts.set(key, count)
  }
  return count
}

/** Counts by the key of the agent: the activities that went on in the period, the attempts that were rejected, and the artifacts that came into it. */
async function countWork(reader: Reader, { namespace, since }: Period): Promise<Map<number, Counts>> {
  const counts = new Map<number, Counts>()
  const activities = await reader.rows<[agent: number, activities: number, failed: number, ms: number]>(
    `WITH period (since, namespace) AS (VALUES (?, ?))
     SELECT v.agent, count(*), count(v.failure), CAST(coalesce(sum(max(0, round(86400000 * (
         julianday(v.ended_at) - julianday(max(v.started_at, coalesce(p.since, v.started_at)))
       )))), 0) AS INTEGER)
     FROM period p JOIN activities v JOIN nodes n ON n.key = v.key
     WHERE n.namespace = coalesce(p.namespace, n.namespace)
       AND (p.since IS NULL OR v.ended_at IS NULL OR v.ended_at >= p.since OR v.started_at >= p.since)
     GROUP BY v.agent`,
    since ?? null,
    namespace ?? null,
  )
  for (const [agent, total, failed, ms] of activities) {
    Object.assign(countsOf(counts, agent), { activities: total, failedActivities: failed, activeMs: ms })
  }
  const rejections = await reader.rows<[agent: number, rejected: number]>(
    `SELECT p.agent, count(*) FROM reviews w JOIN attempts p ON p.key = w.attempt JOIN nodes n ON n.key = p.key
     WHERE w.verdict = 'reject' AND w.created_at >= coalesce(?, w.created_at) AND n.namespace = coalesce(?, n.namespace)
     GROUP BY p.agent`,
    since ?? null,
    namespace ?? null,
  )
  for (const [agent, rejected] of rejections) countsOf(counts, agent).failedActivities += rejected
  const artifacts = await reader.rows<[agent: number, made: number]>(
    `WITH made (key) AS (
       SELECT f.key FROM artifacts f JOIN nodes n ON n.key = f.key
       WHERE f.created_at >= coalesce(?, f.created_at) AND n.namespace = coalesce(?, n.namespace)
     )
     SELECT agent, count(*) FROM (
       SELECT v.agent, m.key FROM made m
         JOIN relations r ON r.source = m.key AND r.kind = 'generated_by' JOIN activities v ON v.key = r.target
       UNION
       SELECT r.target, m.key FROM made m JOIN relations r ON r.source = m.key AND r.kind = 'attributed_to'
     ) GROUP BY agent`,
    since ?? null,
    namespace ?? null,
  )
  for (const [agent, made] of artifacts) countsOf(counts, agent).artifactsMade = made
  return counts
}

async function keyed(reader: Reader, doings: ReadonlyMap<AgentId, TaskDoings>): Promise<Map<number, TaskDoings>> {
  const ids = [...doings.keys()]
  const found = new Map<number, TaskDoings>()
  for (let first = 0; first < ids.length; first += BATCH) {
    const rows = await reader.all<AgentRow>(
      `SELECT ${AGENT_COLUMNS} FROM ${AGENTS} WHERE a.key IN (${KEYS_OF_IDS})`,
      JSON.stringify(ids.slice(first, first + BATCH)),
    )
    for (const row of rows) found.set(row.key, doings.get(toAgent(row).id)!)
  }
  return found
}

/** On whose behalf agents act, directly, for these agents and all that they act for in the end. */
async function readPrincipals(reader: Reader, keys: readonly number[]): Promise<Map<number, number[]>> {
  const principals = new Map<number, number[]>()
  let level: readonly number[] = keys
  while (level.length > 0) {
    const next = new Set<number>()
    for (const key of level) principals.set(key, [])
    for (let first = 0; first < level.length; first += BATCH) {
      const rows = await reader.rows<[source: number, target: number]>(
        `SELECT source, target FROM relations WHERE source IN (SELECT value FROM json_each(?))
           AND kind = 'acted_on_behalf_of' GROUP BY source, target ORDER BY min(added)`,
        JSON.stringify(level.slice(first, first + BATCH)),
      )
      for (const [source, target] of rows) {
        principals.get(source)!.push(target)
        next.add(target)
      }
    }
    level = [...next].filter((key) => !principals.has(key))
  }
  return principals
}

/** Everyone that an agent acts for in the end, nearest first, each once. */
function chainOf(agent: number, principals: ReadonlyMap<number, readonly number[]>): number[] {
  const reached = new Set([agent])
  for (const key of reached) for (const principal of principals.get(key) ?? []) reached.add(principal)
  reached.delete(agent)
  return [...reached]
}

async function readAgents(reader: Reader, keys: ReadonlySet<number>): Promise<Map<number, Known>> {
  const known = new Map<number, Known>()
  const wanted = [...keys]
  for (let first = 0; first < wanted.length; first += BATCH) {
    const rows = await reader.all<AgentRow>(
      `SELECT ${AGENT_COLUMNS} FROM ${AGENTS} WHERE a.key IN (SELECT value FROM json_each(?))`,
      JSON.stringify(wanted.slice(first, first + BATCH)),
    )
    for (const row of rows) {
      const fields = toAgent(row)
      known.set(row.key, { agent: fields.id, name: labelOf({ kind: 'agent', fields }) })
    }
  }
  return known
}

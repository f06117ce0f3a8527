import type { Reader, Writer } from '../store/store.js'
import type { Gate, Outcome, Status } from '../vocabulary.js'
import type { Condition } from './paging.js'
import { findParent } from './relations/parent.js'

/**
 * Readiness, in one place: what may be claimed, what `tasks.ready` lists, and what `tasks.explain` has no reason against.
 *
 * What holds a task back is kept beside it, by relations (counters) and by time (`held_until`, `lease_until`), and knows
 * no clock: a replay gives the same. Whoever asks says what time it is: `session.leaseNow()`.
 */

/** No relation holds the task `t` back. The same words as in the indexes of schema.sql, so that SQLite can use them. */
const UNHINDERED = 't.open_gates = 0 AND t.held_from_above = 0 AND t.open_children = 0 AND t.replaced = 0'

/** The negation of `UNHINDERED`. */
const HINDERED = 't.open_gates > 0 OR t.held_from_above > 0 OR t.open_children > 0 OR t.replaced > 0'

/** In the words of the indexes `tasks_ready` and `tasks_ready_by_age`, which hold nothing else. */
const IN_READY_INDEXES = `t.status IN ('open', 'in_progress') AND ${UNHINDERED}`

/** In the words of the index `tasks_blocked`: what is blocked, or may be so at one time and not at another. */
const IN_BLOCKED_INDEX = `(t.status = 'blocked' OR (t.status IN ('open', 'in_progress')
  AND (${HINDERED} OR t.held_until > '' OR t.attempts_left IS NOT NULL)))`

/** An attempt is left; one whose lease has run out counts among those that are spent. */
const OPEN_WITH_ATTEMPT = "(t.status = 'open' AND (t.attempts_left IS NULL OR t.attempts_left > 0))"
const RUN_OUT_WITH_ATTEMPT =
  "(t.status = 'in_progress' AND t.lease_until <= ? AND (t.attempts_left IS NULL OR t.attempts_left > 1))"

/** That the task `t`, were no relation to hold it back, could be claimed at this time. */
export function startableCondition(now: string): Condition {
  return {
    sql: `t.held_until <= ? AND (${OPEN_WITH_ATTEMPT} OR ${RUN_OUT_WITH_ATTEMPT})`,
    values: [now, now],
  }
}

/**
 * That the task `t` is ready at this time: it can be claimed. With `includeInProgress`, also what is in progress and held
 * back by nothing, whoever works on it.
 */
export function readyCondition(now: string, options: { readonly includeInProgress?: boolean } = {}): Condition {
  if (options.includeInProgress === true) {
    return {
      sql: `${IN_READY_INDEXES} AND t.held_until <= ? AND (t.status = 'in_progress' OR ${OPEN_WITH_ATTEMPT})`,
      values: [now],
    }
  }
  const { sql, values } = startableCondition(now)
  return { sql: `${IN_READY_INDEXES} AND ${sql}`, values }
}

/** That the task `t` is on hold, or open at this time (a lease that has run out makes it so) and not ready. */
export function blockedCondition(now: string): Condition {
  return {
    sql: `${IN_BLOCKED_INDEX} AND (t.status = 'blocked'
      OR (t.status = 'open' AND (${HINDERED} OR t.held_until > ? OR t.attempts_left < 1))
      OR (t.status = 'in_progress' AND t.lease_until <= ? AND (${HINDERED} OR t.held_until > ? OR t.attempts_left < 2)))`,
    values: [now, now, now],
  }
}

/** How a task stands towards those that wait for it. */
export interface Standing {
  readonly status: Status
  readonly outcome: Outcome | null
}

interface Counters extends Standing {
  readonly key: number
  readonly open_gates: number
  readonly held_from_above: number
  readonly held_until: string
}

/** Whether what the gate asks of its blocker has come to pass. */
export function isSatisfied(gate: Gate, blocker: Standing): boolean {
  return blocker.status === 'closed' && (gate === 'closed' || gate === blocker.outcome)
}

/** A relation between two nodes, as the state keeps it. */
export interface StoredRelation {
  readonly source: number
  readonly kind: string
  readonly target: number
  readonly gate: Gate | null
}

/** Carries a relation that was added (`by` 1) or removed (`by` -1) over to what holds its tasks back. */
export async function countRelation(writer: Writer, relation: StoredRelation, by: 1 | -1): Promise<void> {
  const { source, target } = relation
  if (relation.kind === 'blocked_by') {
    if (!isSatisfied(relation.gate!, await countersOf(writer, target))) await changeGates(writer, source, by)
  } else if (relation.kind === 'parent') {
    const parent = await countersOf(writer, target)
    const child = await countersOf(writer, source)
    if (child.status !== 'closed') await changeOpenChildren(writer, target, by)
    await hold(writer, child, by === 1 && holdsChildren(parent))
    if (parent.held_until !== '') await countTimes(writer, source)
  } else if (relation.kind === 'supersedes') {
    await writer.run('UPDATE tasks SET replaced = replaced + ? WHERE key = ?', by, target)
  } else if (relation.kind === 'duplicate_of') {
    await writer.run('UPDATE tasks SET replaced = replaced + ? WHERE key = ?', by, source)
  }
}

/** Carries a change of status, which is written already, over to those that wait for the task. */
export async function countStatus(writer: Writer, key: number, before: Standing, after: Standing): Promise<void> {
  const dependents = await writer.all<{ source: number; gate: Gate }>(
    "SELECT source, gate FROM relations WHERE target = ? AND kind = 'blocked_by' ORDER BY source",
    key,
  )
  for (const { source, gate } of dependents) {
    const change = Number(isSatisfied(gate, before)) - Number(isSatisfied(gate, after))
    if (change !== 0) await changeGates(writer, source, change)
  }
  const closing = Number(after.status === 'closed') - Number(before.status === 'closed')
  if (closing !== 0) {
    const parent = await findParent(writer, key)
    if (parent !== undefined) await changeOpenChildren(writer, parent, -closing)
  }
  const counters = await countersOf(writer, key)
  await passDown(writer, { ...counters, ...before }, counters)
}

async function countersOf(reader: Reader, key: number): Promise<Counters> {
  return (await reader.get<Counters>(
    'SELECT key, status, outcome, open_gates, held_from_above, held_until FROM tasks WHERE key = ?',
    key,
  ))!
}

/** Whether the children of a task have to wait because of it. */
function holdsChildren(task: Counters): boolean {
  return task.held_from_above > 0 || task.open_gates > 0 || task.status === 'blocked'
}

async function changeGates(writer: Writer, key: number, by: number): Promise<void> {
  const before = await countersOf(writer, key)
  await writer.run('UPDATE tasks SET open_gates = open_gates + ? WHERE key = ?', by, key)
  await passDown(writer, before, { ...before, open_gates: before.open_gates + by })
}

async function changeOpenChildren(writer: Writer, key: number, by: number): Promise<void> {
  await writer.run('UPDATE tasks SET open_children = open_children + ? WHERE key = ?', by, key)
}

async function hold(writer: Writer, task: Counters, held: boolean): Promise<void> {
  if (task.held_from_above === Number(held)) return
  await writer.run('UPDATE tasks SET held_from_above = ? WHERE key = ?', Number(held), task.key)
  await passDown(writer, task, { ...task, held_from_above: Number(held) })
}

/** Tells the descendants, as far as none of them holds its own children back anyway. */
async function passDown(writer: Writer, before: Counters, after: Counters): Promise<void> {
  if (holdsChildren(before) === holdsChildren(after)) return
  const child = await writer.get("SELECT 1 FROM relations WHERE target = ? AND kind = 'parent' LIMIT 1", after.key)
  if (child === undefined) return
  await writer.run(
    `WITH RECURSIVE affected (key) AS (
       SELECT source FROM relations WHERE target = ? AND kind = 'parent'
       UNION ALL
       SELECT r.source
       FROM affected a
         JOIN tasks t ON t.key = a.key AND t.open_gates = 0 AND t.status <> 'blocked'
         JOIN relations r ON r.target = a.key AND r.kind = 'parent'
     )
     UPDATE tasks SET held_from_above = ? WHERE key IN (SELECT key FROM affected)`,
    after.key,
    Number(holdsChildren(after)),
  )
}

/** The latest of the times that hold the task `t` back: its own, and `above`. */
function latestOf(above: string): string {
  return `max(coalesce(t.not_before, ''), coalesce(t.snoozed_until, ''), ${above})`
}

/**
 * Carries a change of a task's own times, or of what it is part of, which is written already, over to `held_until`: its
 * own and, as far as that changes, those of its descendants.
 */
export async function countTimes(writer: Writer, key: number): Promise<void> {
  await writer.run(
    `WITH RECURSIVE affected (key, held_until) AS (
       SELECT t.key, ${latestOf("coalesce(p.held_until, '')")} AS latest
       FROM tasks t
         LEFT JOIN relations r ON r.source = t.key AND r.kind = 'parent'
         LEFT JOIN tasks p ON p.key = r.target
       WHERE t.key = ? AND t.held_until <> latest
       UNION ALL
       SELECT t.key, ${latestOf('a.held_until')} AS latest
       FROM affected a
         JOIN relations r ON r.target = a.key AND r.kind = 'parent'
         JOIN tasks t ON t.key = r.source
       WHERE t.held_until <> latest
     )
     -- The sign keeps the planner from going through all tasks.
     UPDATE tasks SET held_until = a.held_until FROM affected a WHERE tasks.key = +a.key`,
    key,
  )
}

import type { Reader, Writer } from '../store/store.js'
import type { Gate, Outcome, Status } from '../vocabulary.js'
import { findParent } from './relations/parent.js'

/**
 * Nothing holds the task `t` back: with the status open (and in progress, where asked for), what makes it ready.
 *
 * The same words as in the indexes of schema.sql, so that SQLite can use them.
 */
export const UNHINDERED = 't.open_gates = 0 AND t.held_from_above = 0 AND t.open_children = 0 AND t.replaced = 0'

/** The negation of `UNHINDERED`, in the words of the index `tasks_blocked`. */
export const HINDERED = '(t.open_gates > 0 OR t.held_from_above > 0 OR t.open_children > 0 OR t.replaced > 0)'

/** How a task stands towards those that wait for it. */
export interface Standing {
  readonly status: Status
  readonly outcome: Outcome | null
}

interface Counters extends Standing {
  readonly key: number
  readonly open_gates: number
  readonly held_from_above: number
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
    'SELECT key, status, outcome, open_gates, held_from_above FROM tasks WHERE key = ?',
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

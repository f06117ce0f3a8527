import type { TaskId } from '../../ids.js'
import type { Reader } from '../../store/store.js'
import type { Gate, Outcome, Status } from '../../vocabulary.js'
import { idOf } from '../nodes.js'
import { isSatisfied } from '../readiness.js'
import { findParent } from '../relations/parent.js'
import type { Explanation, Reason } from './task.js'

interface Neighbour {
  readonly namespace: string
  readonly uuid: string
  readonly title: string
  readonly status: Status
  readonly outcome: Outcome | null
  readonly gate: Gate | null
}

/** A reason, and the clause that says it. */
interface Said {
  readonly reason: Reason
  readonly clause: string
}

const NEIGHBOUR = 'n.namespace, n.uuid, t.title, t.status, t.outcome, r.gate'
const OUTWARD = `SELECT ${NEIGHBOUR} FROM relations r JOIN tasks t ON t.key = r.target JOIN nodes n ON n.key = t.key
  WHERE r.source = ? AND r.kind = ? ORDER BY r.added, r.target`
const INWARD = `SELECT ${NEIGHBOUR} FROM relations r JOIN tasks t ON t.key = r.source JOIN nodes n ON n.key = t.key
  WHERE r.target = ? AND r.kind = ? ORDER BY r.added, r.source`
const ITSELF = `SELECT n.namespace, n.uuid, t.title, t.status, t.outcome, NULL AS gate
  FROM tasks t JOIN nodes n ON n.key = t.key WHERE t.key = ?`

/** How many reasons the sentence says: the list of them is complete. */
const MAX_CLAUSES = 10

/** Everything that keeps a task from being ready, read from the relations themselves and not from what is counted. */
export async function explainTask(reader: Reader, key: number): Promise<Explanation> {
  const task = (await reader.get<Neighbour>(ITSELF, key))!
  const said: Said[] = [
    ...ofStatus(task),
    ...(await ofGates(reader, key)),
    ...(await ofAncestors(reader, key)),
    ...(await ofReplacements(reader, key)),
    ...(await ofChildren(reader, key)),
  ]
  const reasons = said.map(({ reason }) => reason)
  const name = quoted(task)
  if (reasons.length === 0) return { ready: true, reasons, sentence: `${name} is ready.` }
  const clauses = said.slice(0, MAX_CLAUSES).map(({ clause }) => clause)
  if (said.length > MAX_CLAUSES) clauses.push(`and ${said.length - MAX_CLAUSES} reasons more`)
  return { ready: false, reasons, sentence: `${name} is not ready: ${clauses.join('; ')}.` }
}

function ofStatus(task: Neighbour): Said[] {
  if (task.status === 'open') return []
  if (task.status === 'blocked') return [{ reason: { kind: 'hold' }, clause: 'it is on hold' }]
  return [{ reason: { kind: 'status' }, clause: `it is ${words(task.status)}` }]
}

async function ofGates(reader: Reader, key: number): Promise<Said[]> {
  return (await unsatisfiedBlockers(reader, key)).map((blocker) => ({
    reason: { kind: 'gate', ...gateOf(blocker) },
    clause: `it waits for ${quoted(blocker)} ${gateClause(blocker)}`,
  }))
}

async function ofAncestors(reader: Reader, key: number): Promise<Said[]> {
  const said: Said[] = []
  let ancestor = await findParent(reader, key)
  for (; ancestor !== undefined; ancestor = await findParent(reader, ancestor)) {
    const task = (await reader.get<Neighbour>(ITSELF, ancestor))!
    const via = idOf<TaskId>(task)
    if (task.status === 'blocked') {
      said.push({ reason: { kind: 'inherited_hold', via }, clause: `${quoted(task)}, which it is part of, is on hold` })
    }
    for (const blocker of await unsatisfiedBlockers(reader, ancestor)) {
      said.push({
        reason: { kind: 'inherited_gate', via, ...gateOf(blocker) },
        clause: `${quoted(task)}, which it is part of, waits for ${quoted(blocker)} ${gateClause(blocker)}`,
      })
    }
  }
  return said
}

async function ofReplacements(reader: Reader, key: number): Promise<Said[]> {
  const successors = await reader.all<Neighbour>(INWARD, key, 'supersedes')
  const originals = await reader.all<Neighbour>(OUTWARD, key, 'duplicate_of')
  return [
    ...successors.map(
      (task): Said => ({
        reason: { kind: 'superseded', task: idOf(task) },
        clause: `it is superseded by ${quoted(task)}`,
      }),
    ),
    ...originals.map(
      (task): Said => ({
        reason: { kind: 'duplicate', task: idOf(task) },
        clause: `it is a duplicate of ${quoted(task)}`,
      }),
    ),
  ]
}

async function ofChildren(reader: Reader, key: number): Promise<Said[]> {
  const children = await reader.all<Neighbour>(INWARD, key, 'parent')
  return children
    .filter((child) => child.status !== 'closed')
    .map((child) => ({
      reason: { kind: 'child', task: idOf(child) },
      clause: `its part ${quoted(child)} is not closed`,
    }))
}

async function unsatisfiedBlockers(reader: Reader, key: number): Promise<Neighbour[]> {
  const blockers = await reader.all<Neighbour>(OUTWARD, key, 'blocked_by')
  return blockers.filter((blocker) => !isSatisfied(blocker.gate!, blocker))
}

function gateOf(blocker: Neighbour): Pick<Reason, 'task' | 'gate' | 'impossible'> {
  return { task: idOf(blocker), gate: blocker.gate!, ...(isImpossible(blocker) && { impossible: true as const }) }
}

/** An unsatisfied gate of a closed blocker: only reopening it could still satisfy the gate. */
function isImpossible(blocker: Neighbour): boolean {
  return blocker.status === 'closed'
}

function gateClause(blocker: Neighbour): string {
  const awaited = blocker.gate === 'closed' ? 'to be closed' : `to be closed as ${blocker.gate}`
  return isImpossible(blocker) ? `${awaited}, which cannot happen as it is closed as ${blocker.outcome}` : awaited
}

function quoted(task: Neighbour): string {
  const title = task.title.replace(/\s+/g, ' ')
  return `"${title.length > 80 ? `${title.slice(0, 79)}…` : title}"`
}

function words(status: Status): string {
  return status.replace('_', ' ')
}

import type { ActivityId, AgentId, TaskId } from '../../ids.js'
import type { Reader } from '../../store/store.js'
import type { Gate, Outcome, Status } from '../../vocabulary.js'
import type { Contract } from '../contracts/contract.js'
import { idOf, toId } from '../nodes.js'
import { isSatisfied } from '../readiness.js'
import { findParent } from '../relations/parent.js'
import { OF_KIND } from '../relations/relation-rows.js'
import type { Explanation, Reason } from './task.js'

interface Neighbour {
  readonly namespace: string
  readonly uuid: string
  readonly title: string
  readonly status: Status
  readonly outcome: Outcome | null
  readonly gate: Gate | null
}

/** The task itself, or one that it is part of, with the times that hold it back. */
interface Timed extends Neighbour {
  readonly not_before: string | null
  readonly snoozed_until: string | null
}

/** The task itself. */
interface Explained extends Timed {
  readonly contract: string | null
}

/** The claim of a task that has not ended. */
interface OpenClaim {
  readonly expires_at: string
  readonly attempt_namespace: string
  readonly attempt_uuid: string
  readonly agent_namespace: string
  readonly agent_uuid: string
  readonly agent_name: string | null
}

/** A reason, and the clause that says it. */
interface Said {
  readonly reason: Reason
  readonly clause: string
}

const NEIGHBOUR = 'n.namespace, n.uuid, t.title, t.status, t.outcome, r.gate'
const OUTWARD = `SELECT ${NEIGHBOUR} FROM relations r JOIN tasks t ON t.key = r.target JOIN nodes n ON n.key = t.key
  WHERE r.source = ? AND r.${OF_KIND} ORDER BY r.added, r.target`
const INWARD = `SELECT ${NEIGHBOUR} FROM relations r JOIN tasks t ON t.key = r.source JOIN nodes n ON n.key = t.key
  WHERE r.target = ? AND r.${OF_KIND} ORDER BY r.added, r.source`
const ITSELF = `SELECT n.namespace, n.uuid, t.title, t.status, t.outcome, NULL AS gate, t.not_before, t.snoozed_until, t.contract
  FROM tasks t JOIN nodes n ON n.key = t.key WHERE t.key = ?`
const OPEN_CLAIM = `SELECT a.expires_at, n.namespace AS attempt_namespace, n.uuid AS attempt_uuid,
    g.namespace AS agent_namespace, g.uuid AS agent_uuid, coalesce(w.name, w.model) AS agent_name
  FROM attempts a
    JOIN nodes n ON n.key = a.key
    JOIN nodes g ON g.key = a.agent
    JOIN agents w ON w.key = a.agent
  WHERE a.task = ? AND a.ended_at IS NULL ORDER BY a.number DESC LIMIT 1`
const SPENT = `SELECT count(*) AS spent FROM attempts a
  WHERE a.task = ? AND (a.outcome = 'failed' OR a.ended_by = 'expired'
    OR EXISTS (SELECT 1 FROM reviews r WHERE r.attempt = a.key AND r.verdict = 'reject'))`

/** How many reasons the sentence says: the list of them is complete. */
const MAX_CLAUSES = 10

/**
 * Everything that keeps a task from being ready at this time, read from the relations, the attempts and the fields
 * themselves and not from what is counted.
 */
export async function explainTask(reader: Reader, key: number, now: string): Promise<Explanation> {
  const task = (await reader.get<Explained>(ITSELF, key))!
  const claim = await reader.get<OpenClaim>(OPEN_CLAIM, key)
  const hasRunOut = claim !== undefined && claim.expires_at <= now
  const said: Said[] = [
    ...(claim === undefined ? ofStatus(task) : hasRunOut ? [] : ofClaim(claim)),
    ...(await ofAttempts(reader, key, task, hasRunOut)),
    ...ofTimes(task, now),
    ...(await ofGates(reader, key)),
    ...(await ofAncestors(reader, key, now)),
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

function ofClaim(claim: OpenClaim): Said[] {
  const agent = toId<AgentId>(claim.agent_namespace, claim.agent_uuid)
  const attempt = toId<ActivityId>(claim.attempt_namespace, claim.attempt_uuid)
  const until = claim.expires_at
  const name = claim.agent_name === null ? agent : quotedText(claim.agent_name)
  return [{ reason: { kind: 'claimed', agent, attempt, until }, clause: `it is claimed by ${name} until ${until}` }]
}

/** An attempt whose lease has run out is spent, whether that is written down yet or not. */
async function ofAttempts(reader: Reader, key: number, task: Explained, hasRunOut: boolean): Promise<Said[]> {
  const maxAttempts = task.contract === null ? undefined : (JSON.parse(task.contract) as Contract).retry?.maxAttempts
  if (maxAttempts === undefined) return []
  const { spent } = (await reader.get<{ spent: number }>(SPENT, key))!
  if (spent + Number(hasRunOut) < maxAttempts) return []
  const clause = `no attempt remains of the ${maxAttempts} that its contract allows`
  return [{ reason: { kind: 'exhausted' }, clause }]
}

/** The times that hold a task back, or, `via` one that it is part of, its part. */
function ofTimes(task: Timed, now: string, via?: TaskId): Said[] {
  const inherited = via === undefined ? {} : { via }
  const name = via === undefined ? 'it' : `${quoted(task)}, which it is part of,`
  const said: Said[] = []
  const { not_before: notBefore, snoozed_until: snoozedUntil } = task
  if (notBefore !== null && notBefore > now) {
    const reason: Reason = { kind: 'not_before', until: notBefore, ...inherited }
    said.push({ reason, clause: `${name} may not start before ${notBefore}` })
  }
  if (snoozedUntil !== null && snoozedUntil > now) {
    const reason: Reason = { kind: 'snoozed', until: snoozedUntil, ...inherited }
    said.push({ reason, clause: `${name} is snoozed until ${snoozedUntil}` })
  }
  return said
}

async function ofGates(reader: Reader, key: number): Promise<Said[]> {
  return (await unsatisfiedBlockers(reader, key)).map((blocker) => ({
    reason: { kind: 'gate', ...gateOf(blocker) },
    clause: `it waits for ${quoted(blocker)} ${gateClause(blocker)}`,
  }))
}

async function ofAncestors(reader: Reader, key: number, now: string): Promise<Said[]> {
  const said: Said[] = []
  let ancestor = await findParent(reader, key)
  for (; ancestor !== undefined; ancestor = await findParent(reader, ancestor)) {
    const task = (await reader.get<Timed>(ITSELF, ancestor))!
    const via = idOf<TaskId>(task)
    said.push(...ofTimes(task, now, via))
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
  return quotedText(task.title)
}

function quotedText(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return `"${line.length > 80 ? `${line.slice(0, 79)}…` : line}"`
}

function words(status: Status): string {
  return status.replace('_', ' ')
}

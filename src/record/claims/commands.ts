import {
  ClaimExpiredError,
  ClaimLimitError,
  ClaimLostError,
  IllegalTransitionError,
  InvalidTokenError,
  NotClaimableError,
} from '../../errors.js'
import { type AgentId, newActivityId, type TaskId } from '../../ids.js'
import type { NewEvent } from '../../log/append.js'
import type { EventData } from '../../log/event.js'
import type { ReadableEvent } from '../../log/read-events.js'
import type { Reader } from '../../store/store.js'
import { timestampOf } from '../../time.js'
import { readAgent } from '../agents/agent-rows.js'
import { type Command, DoFirst } from '../command.js'
import { uuidFor } from '../draws.js'
import { findNode, idOf, type NodeName, requireNode } from '../nodes.js'
import type { Session } from '../session.js'
import { applyTaskEvent, taskAsOf } from '../tasks/apply-event.js'
import { requireTask, taskAsWritten } from '../tasks/commands.js'
import { explainTask } from '../tasks/explain.js'
import { findFirstReady, isReady } from '../tasks/lists.js'
import { asksCondition, fitCondition, meets } from '../tasks/requirements.js'
import type { Task, TaskFilter, TaskRequirements, TaskSort } from '../tasks/task.js'
import { readTask } from '../tasks/task-rows.js'
import { type Attempt, findAttempt, findLastAttempt } from './attempt-rows.js'
import type { Claim, Claimed, ClaimOptions } from './claim.js'
import type { ClaimAcquired, ClaimRenewed } from './events.js'
import { findExhausted, settleLease, writeDownExpiry } from './settle-lease.js'

const DEFAULT_TTL_MS = 300_000

/** Decides `claims.next`: what the leases that have run out leave no further attempt for is written down first. */
export function claimNext(
  session: Session,
  input: Omit<TaskFilter, 'status'> &
    ClaimOptions & { readonly sort?: TaskSort; readonly ttlMs?: number; readonly requires?: TaskRequirements },
): Command<Claimed | null> {
  const { sort = 'priority', ttlMs, requires, idempotencyKey: _, ...filter } = input
  const claiming = new Claiming(session, ttlMs)
  return {
    operation: 'claims.next',
    input,
    byLeaseClock: true,
    async decide(reader, { actor, now }) {
      const exhausted = await findExhausted(reader, now)
      if (exhausted !== undefined) throw new DoFirst(writeDownExpiry('claims.next', exhausted))
      const agent = await claiming.requireRoom(reader, actor, now)
      const more = [fitCondition(agent), ...asksCondition(requires)]
      const key = await findFirstReady(reader, { filter, sort, now, more })
      if (key === undefined) return { events: [], result: () => null }
      const task = await readTask(reader, key)
      return claiming.of(reader, key, task, actor, now)
    },
    repeat: claiming.repeat,
  }
}

/** Decides `claims.claim`. */
export function claimTask(
  session: Session,
  input: ClaimOptions & { readonly task: TaskId; readonly ttlMs?: number },
): Command<Claimed> {
  const claiming = new Claiming(session, input.ttlMs)
  return {
    operation: 'claims.claim',
    input,
    byLeaseClock: true,
    async decide(reader, { actor, now }) {
      const { key, task } = await requireTask(reader, input.task, undefined)
      if (!(await isReady(reader, key, now))) {
        const { reasons, sentence } = await explainTask(reader, key, now)
        throw new NotClaimableError(task.id, reasons, sentence)
      }
      const agent = await claiming.requireRoom(reader, actor, now)
      if (task.requires !== undefined) {
        const described = agent === undefined ? undefined : await readAgent(reader, agent)
        if (!meets(task.requires, described)) {
          throw new NotClaimableError(task.id, [{ kind: 'requires' }], 'The agent does not have what it requires.')
        }
      }
      return claiming.of(reader, key, task, actor, now)
    },
    repeat: claiming.repeat,
  }
}

/** What making a claim takes, whichever task it is on. */
class Claiming {
  readonly #session: Session
  readonly #ttlMs: number

  constructor(session: Session, ttlMs = DEFAULT_TTL_MS) {
    this.#session = session
    this.#ttlMs = ttlMs
  }

  /**
   * The key of the agent, which may be about to be registered.
   *
   * @throws {ClaimLimitError} it has as many live claims as it may have.
   */
  async requireRoom(reader: Reader, actor: AgentId, now: string): Promise<number | undefined> {
    const node = await findNode(reader, actor)
    if (node !== undefined) await requireRoom(reader, this.#session, node.key, actor, now)
    return node?.key
  }

  /** Claims a task that is ready. */
  async of(reader: Reader, key: number, task: Task, actor: AgentId, now: string) {
    const { before, settled } = await settleLease(reader, key, task, now)
    const previous = await findLastAttempt(reader, key)
    const data: ClaimAcquired = {
      agent: actor,
      attempt: newActivityId(task.namespace, () => uuidFor(this, this.#session.settings)),
      becomes: { status: 'in_progress' },
      expiresAt: endOf(now, this.#ttlMs),
      number: (previous?.number ?? 0) + 1,
      phase: task.phase,
      ...(previous !== undefined && { previous: previous.activity }),
      ttlMs: this.#ttlMs,
    }
    const acquired: NewEvent = { type: 'claim.acquired', subject: task.id, data }
    return {
      events: [...before, acquired],
      result: (written: readonly ReadableEvent[]) => this.#claimed(applyTaskEvent(settled, written.at(-1)!), data),
    }
  }

  readonly repeat = async (reader: Reader, written: readonly ReadableEvent[]): Promise<Claimed> => {
    const { subject, seq, data } = written.at(-1)!
    return this.#claimed(await taskAsOf(reader, subject, seq), data as unknown as ClaimAcquired)
  }

  #claimed(task: Task, { attempt, number, expiresAt }: ClaimAcquired): Claimed {
    const token = this.#session.settings.tokens.of(attempt)
    return { task, token, activity: attempt, attempt: number, expiresAt }
  }
}

async function requireRoom(reader: Reader, session: Session, agent: number, id: AgentId, now: string): Promise<void> {
  const { maxClaims } = session.settings
  const live = 'FROM attempts p INDEXED BY attempts_live WHERE p.agent = ? AND p.ended_at IS NULL AND p.expires_at > ?'
  const counted = await reader.get<{ count: number }>(`SELECT count(*) AS count ${live}`, agent, now)
  if (counted!.count < maxClaims) return
  const tasks = await reader.all<NodeName>(
    `SELECT n.namespace, n.uuid FROM (SELECT p.key, p.task ${live}) c JOIN nodes n ON n.key = c.task ORDER BY c.key LIMIT ?`,
    agent,
    now,
    MAX_CLAIMS_SAID,
  )
  throw new ClaimLimitError(id, maxClaims, tasks.map(idOf))
}

/** How many of its claims an agent is told that may have no more. */
const MAX_CLAIMS_SAID = 100

/** Decides `claims.heartbeat`: an event only where less than half of the lease remains. */
export function heartbeat(session: Session, input: ClaimOptions & { readonly token: string }): Command<Claim> {
  return {
    operation: 'claims.heartbeat',
    input,
    byLeaseClock: true,
    async decide(reader, { now }) {
      const held = await requireHeld(reader, session, 'claims.heartbeat', input.token)
      refuseExpired(held, now, 'claims.renew may still extend it.')
      const { attempt } = held
      const remaining = Date.parse(attempt.expiresAt) - Date.parse(now)
      if (remaining * 2 >= attempt.ttlMs) return { events: [], result: () => toClaim(held, now) }
      return extended(held, now, attempt.ttlMs)
    },
    repeat: claimAsRenewed,
  }
}

/** Decides `claims.renew`. */
export function renew(
  session: Session,
  input: ClaimOptions & { readonly token: string; readonly ttlMs?: number },
): Command<Claim> {
  const { renewalGraceMs } = session.settings
  return {
    operation: 'claims.renew',
    input,
    byLeaseClock: true,
    async decide(reader, { now }) {
      const held = await requireHeld(reader, session, 'claims.renew', input.token)
      const { attempt } = held
      if (attempt.expiresAt <= now) {
        const since = Date.parse(now) - Date.parse(attempt.expiresAt)
        if (since > renewalGraceMs) refuseExpired(held, now, `It can be renewed for ${renewalGraceMs} ms after that.`)
        const { key } = await requireNode(reader, attempt.agent, ['agent'])
        await requireRoom(reader, session, key, attempt.agent, now)
      }
      return extended(held, now, input.ttlMs ?? attempt.ttlMs)
    },
    repeat: claimAsRenewed,
  }
}

function extended(held: Held, now: string, ttlMs: number) {
  const { attempt, task } = held
  const data: ClaimRenewed = { attempt: attempt.activity, expiresAt: endOf(now, ttlMs), ttlMs }
  return {
    events: [{ type: 'claim.renewed' as const, subject: task, data }],
    result: () => toClaim({ task, attempt: { ...attempt, ...data } }, now),
  }
}

async function claimAsRenewed(reader: Reader, [written]: readonly ReadableEvent[]): Promise<Claim> {
  const { attempt, expiresAt, ttlMs } = written!.data as unknown as ClaimRenewed
  const { key } = await requireNode(reader, attempt, ['activity'])
  const stored = (await findAttempt(reader, key))!
  return toClaim({ task: written!.subject as TaskId, attempt: { ...stored, expiresAt, ttlMs } }, written!.at)
}

/** Decides `claims.release`. */
export function release(
  session: Session,
  input: ClaimOptions & { readonly token: string; readonly reason?: string },
): Command<Task> {
  return {
    operation: 'claims.release',
    input,
    byLeaseClock: true,
    async decide(reader, { now }) {
      const held = await requireHeld(reader, session, 'claims.release', input.token)
      refuseExpired(held, now, 'It is open to others; hand in what you have by claims.complete, or leave it.')
      const task = await readTask(reader, held.attempt.task)
      return givenUp('claim.released', task, held.attempt, input.reason)
    },
    repeat: taskAsWritten,
  }
}

/** Decides `claims.reset`. */
export function resetClaim(input: ClaimOptions & { readonly task: TaskId; readonly reason: string }): Command<Task> {
  return {
    operation: 'claims.reset',
    input,
    byLeaseClock: true,
    async decide(reader, { now }) {
      const { key, task } = await requireTask(reader, input.task, undefined)
      const { before, claim } = await settleLease(reader, key, task, now)
      if (before.length > 0) return { events: before, result: ([written]) => applyTaskEvent(task, written!) }
      if (claim === undefined) {
        throw new IllegalTransitionError(task.id, task.status, 'open', 'Nobody has claimed it.')
      }
      return givenUp('claim.reset', task, claim, input.reason)
    },
    repeat: taskAsWritten,
  }
}

function givenUp(type: 'claim.released' | 'claim.reset', task: Task, { activity }: Attempt, reason?: string) {
  const data: EventData = {
    attempt: activity,
    becomes: { status: 'open' },
    ...(reason !== undefined && { reason }),
  }
  return {
    events: [{ type, subject: task.id, data }],
    result: ([written]: readonly ReadableEvent[]) => applyTaskEvent(task, written!),
  }
}

/** A claim that has not ended, whose token the caller has shown. */
export interface Held {
  readonly task: TaskId
  readonly attempt: Attempt
}

/**
 * The claim that a token holds; its lease may have run out.
 *
 * @throws {InvalidTokenError} it is no token of this file.
 * @throws {ClaimLostError} the claim is over.
 */
export async function requireHeld(reader: Reader, session: Session, operation: string, token: string): Promise<Held> {
  const held = await findHeld(reader, session, operation, token)
  refuseLost(held)
  return held
}

/** The claim that a token was made for, over or not. @throws {InvalidTokenError} it is no token of this file. */
export async function findHeld(reader: Reader, session: Session, operation: string, token: string): Promise<Held> {
  const node = await findNode(reader, session.settings.tokens.attemptOf(operation, token))
  const attempt = node === undefined ? undefined : await findAttempt(reader, node.key)
  // A claim that was made in a transaction which was rolled back was never made.
  if (attempt === undefined) throw new InvalidTokenError(operation)
  const task = await reader.get<{ namespace: string; uuid: string }>(
    'SELECT namespace, uuid FROM nodes WHERE key = ?',
    attempt.task,
  )
  return { task: idOf<TaskId>(task!), attempt }
}

/** @throws {ClaimLostError} the claim is over. */
export function refuseLost({ task, attempt }: Held): void {
  const { endedAt, endedBy, activity } = attempt
  if (endedAt !== null) throw new ClaimLostError(task, activity, endedBy!, endedAt)
}

function refuseExpired({ task, attempt }: Held, now: string, remedy: string): void {
  const { activity, expiresAt } = attempt
  if (expiresAt <= now) throw new ClaimExpiredError(task, activity, expiresAt, remedy)
}

function toClaim({ task, attempt }: Held, now: string): Claim {
  const { activity, agent, number, startedAt, ttlMs, expiresAt } = attempt
  return { task, activity, agent, attempt: number, startedAt, ttlMs, expiresAt, expired: expiresAt <= now }
}

/** When a lease that begins now ends; the calendar has an end. */
function endOf(now: string, ttlMs: number): string {
  return timestampOf(Date.parse(now) + ttlMs) ?? '9999-12-31T23:59:59.999Z'
}

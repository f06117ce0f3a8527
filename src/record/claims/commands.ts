import { NotClaimableError, NotClaimedError } from '../../errors.js'
import type { TaskId } from '../../ids.js'
import type { EventData } from '../../log/event.js'
import type { ReadableEvent } from '../../log/read-events.js'
import type { Reader } from '../../store/store.js'
import { type Command, DoFirst } from '../command.js'
import { requireNode } from '../nodes.js'
import type { Session } from '../session.js'
import { applyTaskEvent } from '../tasks/apply-event.js'
import { requireTask, taskAsWritten } from '../tasks/commands.js'
import { explainTask } from '../tasks/explain.js'
import { findFirstReady, isReady } from '../tasks/lists.js'
import { asksCondition, findLack, fitCondition } from '../tasks/requirements.js'
import type { Task, TaskFilter, TaskRequirements, TaskSort } from '../tasks/task.js'
import { readTask } from '../tasks/task-rows.js'
import { transitionBack } from '../tasks/transition.js'
import { Claiming, endOf, requireRoom } from './acquire.js'
import { type Attempt, findAttemptById } from './attempt-rows.js'
import type { Claim, Claimed, ClaimOptions } from './claim.js'
import type { ClaimRenewed } from './events.js'
import { refuseExpired, requireHeld, toClaim } from './held.js'
import { findExhausted, readSpent, settleLease, writeDownExpiry } from './settle-lease.js'

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
      const lacks = task.requires === undefined ? undefined : await findLack(reader, key, agent)
      if (lacks !== undefined) {
        throw new NotClaimableError(
          task.id,
          [{ kind: 'requires', lacks }],
          `The agent does not have ${lackWords(lacks)}.`,
        )
      }
      return claiming.of(reader, key, task, actor, now)
    },
    repeat: claiming.repeat,
  }
}

function lackWords({ role, capabilities = [] }: TaskRequirements): string {
  return [
    ...(role === undefined ? [] : [`the role "${role}"`]),
    ...capabilities.map((capability) => `the capability "${capability}"`),
  ].join(', ')
}

/** Decides `claims.heartbeat`: an event only where less than half of the lease remains. */
export function heartbeat(session: Session, input: ClaimOptions & { readonly token: string }): Command<Claim> {
  return {
    operation: 'claims.heartbeat',
    input,
    byLeaseClock: true,
    async decide(reader, { now }) {
      const attempt = await requireHeld(reader, session, 'claims.heartbeat', input.token)
      refuseExpired(attempt, now, 'claims.renew may still extend it.')
      const remaining = Date.parse(attempt.expiresAt) - Date.parse(now)
      if (remaining * 2 >= attempt.ttlMs) return { events: [], result: () => toClaim(attempt, now) }
      return extended(attempt, now, attempt.ttlMs)
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
      const attempt = await requireHeld(reader, session, 'claims.renew', input.token)
      if (attempt.expiresAt <= now) {
        const since = Date.parse(now) - Date.parse(attempt.expiresAt)
        if (since > renewalGraceMs)
          refuseExpired(attempt, now, `It can be renewed for ${renewalGraceMs} ms after that.`)
        const { key } = await requireNode(reader, attempt.agent, ['agent'])
        await requireRoom(reader, session, key, attempt.agent, now)
      }
      return extended(attempt, now, input.ttlMs ?? attempt.ttlMs)
    },
    repeat: claimAsRenewed,
  }
}

function extended(attempt: Attempt, now: string, ttlMs: number) {
  const data: ClaimRenewed = { attempt: attempt.activity, expiresAt: endOf(now, ttlMs), ttlMs }
  return {
    events: [{ type: 'claim.renewed' as const, subject: attempt.taskId, data }],
    result: () => toClaim({ ...attempt, expiresAt: data.expiresAt, ttlMs }, now),
  }
}

async function claimAsRenewed(reader: Reader, [written]: readonly ReadableEvent[]): Promise<Claim> {
  const { attempt, expiresAt, ttlMs } = written!.data as unknown as ClaimRenewed
  const stored = (await findAttemptById(reader, attempt))!
  return toClaim({ ...stored, expiresAt, ttlMs }, written!.at)
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
      const attempt = await requireHeld(reader, session, 'claims.release', input.token)
      refuseExpired(attempt, now, 'It is open to others; hand in what you have by claims.complete, or leave it.')
      const task = await readTask(reader, attempt.task)
      return givenUp(reader, 'claim.released', task, attempt, input.reason)
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
      if (claim === undefined) throw new NotClaimedError(task.id, task.status)
      return givenUp(reader, 'claim.reset', task, claim, input.reason)
    },
    repeat: taskAsWritten,
  }
}

async function givenUp(
  reader: Reader,
  type: 'claim.released' | 'claim.reset',
  task: Task,
  { activity, task: key }: Attempt,
  reason?: string,
) {
  const data: EventData = {
    attempt: activity,
    becomes: transitionBack(task.contract, await readSpent(reader, key)),
    ...(reason !== undefined && { reason }),
  }
  return {
    events: [{ type, subject: task.id, data }],
    result: ([written]: readonly ReadableEvent[]) => applyTaskEvent(task, written!),
  }
}

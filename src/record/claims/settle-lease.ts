import type { NewEvent } from '../../log/append.js'
import type { EventData } from '../../log/event.js'
import type { Reader } from '../../store/store.js'
import type { Command } from '../command.js'
import { applyTaskEvent } from '../tasks/apply-event.js'
import type { Task } from '../tasks/task.js'
import { readTask } from '../tasks/task-rows.js'
import { transitionAfterCost } from '../tasks/transition.js'
import { type Attempt, findOpenClaim } from './attempt-rows.js'
import { findFreed } from './freed.js'

/** The task after a lease that had run out was ended. */
export interface SettledLease {
  /** What to write before anything else: the end of the lease, where it has run out and nobody has written that down. */
  readonly before: readonly NewEvent[]
  readonly settled: Task
  /** The claim that goes on. */
  readonly claim: Attempt | undefined
}

/** Finds out whether the lease on a task has run out: it is the next write that touches the task that says so. */
export async function settleLease(reader: Reader, key: number, task: Task, now: string): Promise<SettledLease> {
  // Only what is in progress can have a claim.
  const claim = task.status === 'in_progress' ? await findOpenClaim(reader, key) : undefined
  if (claim === undefined || claim.expiresAt > now) return { before: [], settled: task, claim }
  const event = await expiryOf(reader, key, task, claim, now)
  return { before: [event], settled: applyTaskEvent(task, { ...event, at: now }), claim: undefined }
}

async function expiryOf(reader: Reader, key: number, task: Task, claim: Attempt, now: string): Promise<NewEvent> {
  const becomes = transitionAfterCost('expired', task, await readSpent(reader, key), now)
  const freed = await findFreed(reader, key, becomes, now)
  const data: EventData = {
    attempt: claim.activity,
    becomes,
    costs: true,
    expiredAt: claim.expiresAt,
    ...(freed.length > 0 && { freed }),
  }
  // It is over now, whenever the command says that it was given.
  return { type: 'claim.expired', subject: task.id, data, at: now }
}

/** How many attempts at a task failed, were rejected or ran out. */
export async function readSpent(reader: Reader, task: number): Promise<number> {
  const row = await reader.get<{ spent: number }>('SELECT attempts_spent AS spent FROM tasks WHERE key = ?', task)
  return row!.spent
}

/** A task whose lease has run out without another attempt to come: what waits for its failure waits for a write. */
export async function findExhausted(reader: Reader, now: string): Promise<number | undefined> {
  const row = await reader.get<{ key: number }>(
    `SELECT key FROM tasks INDEXED BY tasks_last_leases
     WHERE lease_until IS NOT NULL AND lease_until <= ? AND attempts_left <= 1 AND status = 'in_progress'
     ORDER BY lease_until LIMIT 1`,
    now,
  )
  return row?.key
}

/** Writes down that the lease on a task has run out, if nobody has meanwhile: before what would otherwise be refused. */
export function writeDownExpiry(operation: string, key: number): Command<void> {
  return {
    operation,
    input: {},
    byLeaseClock: true,
    async decide(reader, { now }) {
      const { before } = await settleLease(reader, key, await readTask(reader, key), now)
      return { events: before, result: () => undefined }
    },
    repeat: async () => undefined,
  }
}

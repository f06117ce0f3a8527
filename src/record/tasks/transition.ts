import { timestampOf } from '../../time.js'
import type { Outcome, Status } from '../../vocabulary.js'
import type { Contract } from '../contracts/contract.js'
import { waitMs } from '../contracts/retry.js'
import type { Task } from './task.js'

/** What an event about a task leads it to, so that a replay needs no rules. Made with its keys in order, as all data of events. */
export type TaskTransition = {
  readonly status: Status
  readonly outcome?: Outcome
  /** Why it was closed. */
  readonly closeReason?: string
  /** The wait before the next attempt. */
  readonly notBefore?: string
}

/** Whether somebody works on a task, or waits for what others say of the work. */
export function isUnderWay({ status }: Pick<Task, 'status'>): boolean {
  return status === 'in_progress' || status === 'in_review'
}

/** How an attempt came to count among those that a contract allows. */
export type AttemptCost = 'failed' | 'rejected' | 'expired'

const EXHAUSTED = 'no attempt remains'

/** A task that comes back without a cost: open, unless a contract that was revised meanwhile leaves no attempt. */
export function transitionBack(contract: Contract | undefined, spent: number): TaskTransition {
  const { maxAttempts } = contract?.retry ?? {}
  if (maxAttempts === undefined || spent < maxAttempts) return { status: 'open' }
  return { closeReason: EXHAUSTED, outcome: 'failed', status: 'closed' }
}

/**
 * What an attempt that counts leads its task to: it is open again while attempts remain, after a failure not before the
 * wait is over, and else closed as failed. Without a rule for retries a failure closes it, and nothing else does.
 */
export function transitionAfterCost(cost: AttemptCost, task: Task, spentBefore: number, now: string): TaskTransition {
  const retry = task.contract?.retry
  if (retry === undefined) return cost === 'failed' ? { outcome: 'failed', status: 'closed' } : { status: 'open' }
  const spent = spentBefore + 1
  if (spent >= retry.maxAttempts) return { closeReason: EXHAUSTED, outcome: 'failed', status: 'closed' }
  const wait = cost === 'failed' ? waitMs(retry, spent) : 0
  const notBefore = wait === 0 ? undefined : timestampOf(Date.parse(now) + wait)
  // Somebody may have put it off for longer.
  const isLater = notBefore !== undefined && notBefore > (task.notBefore ?? '')
  return { status: 'open', ...(isLater && { notBefore }) }
}

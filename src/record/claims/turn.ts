import { timestampOf } from '../../time.js'
import type { Outcome, Status } from '../../vocabulary.js'
import { waitMs } from '../contracts/retry.js'
import type { Task } from '../tasks/task.js'

/** What an event about a task leads it to, so that a replay needs no rules. */
export type TaskTurn = {
  readonly status: Status
  readonly outcome?: Outcome
  /** Why it was closed. */
  readonly closeReason?: string
  /** The wait before the next attempt. */
  readonly notBefore?: string
}

/** How an attempt came to count among those that a contract allows. */
export type AttemptCost = 'failed' | 'rejected' | 'expired'

const EXHAUSTED = 'no attempt remains'

/**
 * What an attempt that counts leads its task to: it is open again while attempts remain, after a failure not before the
 * wait is over, and else closed as failed. Without a rule for retries a failure closes it, and nothing else does.
 */
export function turnAfterCost(cost: AttemptCost, task: Task, spentBefore: number, now: string): TaskTurn {
  const retry = task.contract?.retry
  if (retry === undefined) return cost === 'failed' ? { status: 'closed', outcome: 'failed' } : { status: 'open' }
  const spent = spentBefore + 1
  if (spent >= retry.maxAttempts) return { status: 'closed', outcome: 'failed', closeReason: EXHAUSTED }
  const wait = cost === 'failed' ? waitMs(retry, spent) : 0
  const notBefore = wait === 0 ? undefined : timestampOf(Date.parse(now) + wait)
  // Somebody may have put it off for longer.
  const isLater = notBefore !== undefined && notBefore > (task.notBefore ?? '')
  return { status: 'open', ...(isLater && { notBefore }) }
}

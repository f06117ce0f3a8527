import { ClaimExpiredError, ClaimLostError, InvalidTokenError } from '../../errors.js'
import type { Reader } from '../../store/store.js'
import type { Session } from '../session.js'
import { type Attempt, findAttemptById } from './attempt-rows.js'
import type { Claim } from './claim.js'

/**
 * The claim that a token holds; its lease may have run out.
 *
 * @throws {InvalidTokenError} it is no token of this file.
 * @throws {ClaimLostError} the claim is over.
 */
export async function requireHeld(
  reader: Reader,
  session: Session,
  operation: string,
  token: string,
): Promise<Attempt> {
  const attempt = await findAttemptById(reader, session.settings.tokens.attemptOf(operation, token))
  // A claim that was made in a transaction which was rolled back was never made.
  if (attempt === undefined) throw new InvalidTokenError(operation)
  const { taskId, endedAt, endedBy, activity } = attempt
  if (endedAt !== null) throw new ClaimLostError(taskId, activity, endedBy!, endedAt)
  return attempt
}

/** @throws {ClaimExpiredError} the lease has run out. */
export function refuseExpired({ taskId, activity, expiresAt }: Attempt, now: string, remedy: string): void {
  if (expiresAt <= now) throw new ClaimExpiredError(taskId, activity, expiresAt, remedy)
}

/** The claim as its holder sees it. */
export function toClaim(attempt: Attempt, now: string): Claim {
  const { taskId, activity, agent, number, startedAt, ttlMs, expiresAt } = attempt
  return { task: taskId, activity, agent, attempt: number, startedAt, ttlMs, expiresAt, expired: expiresAt <= now }
}

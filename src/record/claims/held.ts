import { ClaimExpiredError, ClaimLostError, InvalidTokenError } from '../../errors.js'
import type { TaskId } from '../../ids.js'
import type { Reader } from '../../store/store.js'
import { findNode, idOf } from '../nodes.js'
import type { Session } from '../session.js'
import { type Attempt, findAttempt } from './attempt-rows.js'
import type { Claim } from './claim.js'

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

/** @throws {ClaimExpiredError} the lease has run out. */
export function refuseExpired({ task, attempt }: Held, now: string, remedy: string): void {
  const { activity, expiresAt } = attempt
  if (expiresAt <= now) throw new ClaimExpiredError(task, activity, expiresAt, remedy)
}

/** The claim as its holder sees it. */
export function toClaim({ task, attempt }: Held, now: string): Claim {
  const { activity, agent, number, startedAt, ttlMs, expiresAt } = attempt
  return { task, activity, agent, attempt: number, startedAt, ttlMs, expiresAt, expired: expiresAt <= now }
}

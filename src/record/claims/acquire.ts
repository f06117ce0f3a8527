import { ClaimLimitError } from '../../errors.js'
import { type AgentId, newActivityId } from '../../ids.js'
import type { NewEvent } from '../../log/append.js'
import type { ReadableEvent } from '../../log/read-events.js'
import type { Reader } from '../../store/store.js'
import { timestampOf } from '../../time.js'
import { uuidFor } from '../draws.js'
import { findNode, idOf, type NodeName } from '../nodes.js'
import type { Session } from '../session.js'
import { applyTaskEvent, taskAsOf } from '../tasks/apply-event.js'
import type { Task } from '../tasks/task.js'
import { findLastAttempt } from './attempt-rows.js'
import type { Claimed } from './claim.js'
import type { ClaimAcquired } from './events.js'
import { settleLease } from './settle-lease.js'

const DEFAULT_TTL_MS = 300_000

/** What making a claim takes, whichever task it is on. */
export class Claiming {
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

/** @throws {ClaimLimitError} the agent has as many live claims as it may have. */
export async function requireRoom(
  reader: Reader,
  session: Session,
  agent: number,
  id: AgentId,
  now: string,
): Promise<void> {
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

/** When a lease that begins now ends; the calendar has an end. */
export function endOf(now: string, ttlMs: number): string {
  return timestampOf(Date.parse(now) + ttlMs) ?? '9999-12-31T23:59:59.999Z'
}

import type { ActivityId, AgentId, ArtifactId, DecisionId, EvidenceId, LearningId, TaskId } from '../../ids.js'
import type { Json } from '../../json.js'
import type { EventData } from '../../log/event.js'
import type { ReadableEvent } from '../../log/read-events.js'
import type { Writer } from '../../store/store.js'
import type { CriterionStatus, Phase, StopReason, SubmissionOutcome } from '../../vocabulary.js'
import type { EventDefinition } from '../event-definition.js'
import { insertNode, keyOf } from '../nodes.js'
import { countStatus, countTimes } from '../readiness.js'
import { dropFields, REDACTED, redactTexts } from '../redacted.js'
import { insertRelation } from '../relations/relation-rows.js'
import type { Blocker } from '../tasks/task.js'
import type { TaskTransition } from '../tasks/transition.js'
import { endAttempt } from './attempt-rows.js'

/** Data of `claim.acquired`, whose subject, as that of all events of claims, is the task. */
export type ClaimAcquired = {
  readonly attempt: ActivityId
  readonly agent: AgentId
  readonly number: number
  readonly ttlMs: number
  readonly expiresAt: string
  readonly phase: Phase
  /** The attempt before, which informs this one. */
  readonly previous?: ActivityId
  readonly becomes: TaskTransition
}

/** Data of `claim.renewed`, which a heartbeat writes too. */
export type ClaimRenewed = {
  readonly attempt: ActivityId
  readonly expiresAt: string
  readonly ttlMs: number
}

/** Data of `claim.released` and `claim.reset`. */
export type ClaimGivenUp = {
  readonly attempt: ActivityId
  readonly reason?: string
  readonly becomes: TaskTransition
}

/** Data of `claim.expired`. */
export type ClaimExpired = {
  readonly attempt: ActivityId
  /** When the lease ran out, which may be long before the event says so. */
  readonly expiredAt: string
  readonly costs: true
  readonly becomes: TaskTransition
  /** The tasks that became ready by it. */
  readonly freed?: readonly TaskId[]
}

/** What a submission says of a criterion, as the record keeps it. */
export type RecordedCriterion = {
  readonly id: string
  readonly status: CriterionStatus
  readonly evidence?: readonly EvidenceId[]
  readonly waiver?: { readonly reason: string; readonly by: AgentId }
}

/** What came of an attempt, as the record keeps it. */
export type RecordedSubmission = {
  readonly outcome: SubmissionOutcome
  readonly summary?: string
  readonly output?: Json
  readonly criteria?: readonly RecordedCriterion[]
  readonly stopReason?: StopReason
  /** Why it stopped, in words; for the stop reason `other` always. */
  readonly stopText?: string
  readonly artifacts?: readonly ArtifactId[]
  readonly evidence?: readonly EvidenceId[]
  readonly decisions?: readonly DecisionId[]
  readonly learnings?: readonly LearningId[]
  readonly blockedBy?: readonly Blocker[]
}

/** Data of `claim.completed`. */
export type ClaimCompleted = {
  readonly attempt: ActivityId
  /** The contract that the submission was judged by. */
  readonly contractVersion?: number
  readonly submission: RecordedSubmission
  /** It counts among the attempts that the contract allows. */
  readonly costs: boolean
  readonly becomes: TaskTransition
  /** The tasks that became ready by it. */
  readonly freed?: readonly TaskId[]
}

const LEASE_RAN_OUT = 'the lease ran out'

/** Every event of a claim. */
export const CLAIM_EVENTS = {
  'claim.acquired': { evolve: evolveAcquired, erase: (data) => data },
  'claim.renewed': { evolve: evolveRenewed, erase: (data) => data },
  'claim.completed': { evolve: evolveCompleted, erase: eraseSubmission },
  'claim.released': { evolve: evolveGivenUp, erase: (data) => dropFields(data, ['reason']) },
  'claim.reset': { evolve: evolveGivenUp, erase: (data) => redactTexts(data, ['reason']) },
  'claim.expired': { evolve: evolveExpired, erase: (data) => data },
} satisfies Record<string, EventDefinition>

async function evolveAcquired(writer: Writer, event: ReadableEvent): Promise<void> {
  const { attempt, agent, number, ttlMs, expiresAt, phase, previous, becomes } = event.data as unknown as ClaimAcquired
  const key = event.seq
  const task = await keyOf(writer, event.subject)
  const agentKey = await keyOf(writer, agent)
  await insertNode(writer, key, 'activity', attempt)
  await writer.run(
    "INSERT INTO activities (key, agent, task, phase, stage, notes, started_at) VALUES (?, ?, ?, ?, 'in_progress', '', ?)",
    key,
    agentKey,
    task,
    phase,
    event.at,
  )
  await writer.run(
    'INSERT INTO attempts (key, task, agent, number, ttl_ms, started_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    key,
    task,
    agentKey,
    number,
    ttlMs,
    event.at,
    expiresAt,
  )
  if (previous !== undefined) {
    const target = await keyOf(writer, previous)
    await insertRelation(writer, { source: key, kind: 'informed_by', target }, event)
  }
  // It becomes in_progress always. To those that wait, that is the same as open: nothing is counted anew.
  await writer.run(
    `UPDATE tasks SET status = ?, revision = revision + 1, updated_at = ?, forced = NULL, lease_until = ?
     WHERE key = ?`,
    becomes.status,
    event.at,
    expiresAt,
    task,
  )
}

async function evolveRenewed(writer: Writer, event: ReadableEvent): Promise<void> {
  const { attempt, expiresAt, ttlMs } = event.data as unknown as ClaimRenewed
  const key = await keyOf(writer, attempt)
  await writer.run('UPDATE attempts SET expires_at = ?, ttl_ms = ? WHERE key = ?', expiresAt, ttlMs, key)
  await writer.run('UPDATE tasks SET lease_until = ? WHERE key = ?', expiresAt, await keyOf(writer, event.subject))
}

async function evolveCompleted(writer: Writer, event: ReadableEvent): Promise<void> {
  const data = event.data as unknown as ClaimCompleted
  await endAttempt(writer, data.attempt, {
    endedAt: event.at,
    endedBy: 'completed',
    failure: data.submission.outcome === 'failed' ? failureOf(data.submission) : undefined,
    submitted: { by: event, data },
  })
  await transitionTask(writer, event, data.costs)
}

/** Why an attempt failed, as its activity says it. */
function failureOf({ stopReason, stopText }: RecordedSubmission): string {
  if (stopReason === undefined) return stopText ?? REDACTED
  const reason = stopReason.replaceAll('_', ' ')
  return stopText === undefined ? reason : `${reason}: ${stopText}`
}

async function evolveGivenUp(writer: Writer, event: ReadableEvent): Promise<void> {
  const { attempt, reason } = event.data as unknown as ClaimGivenUp
  const endedBy = event.type === 'claim.released' ? 'released' : 'reset'
  await endAttempt(writer, attempt, { endedAt: event.at, endedBy, reason })
  await transitionTask(writer, event, false)
}

async function evolveExpired(writer: Writer, event: ReadableEvent): Promise<void> {
  const { attempt, expiredAt } = event.data as unknown as ClaimExpired
  await endAttempt(writer, attempt, { endedAt: expiredAt, endedBy: 'expired', failure: LEASE_RAN_OUT })
  await transitionTask(writer, event, true)
}

/**
 * As `applyTaskEvent`, in SQL, for speed; and ends the lease. Only closing is passed on: to those that wait, open, in
 * progress and in review are the same.
 */
async function transitionTask(writer: Writer, event: ReadableEvent, costs: boolean): Promise<void> {
  const key = await keyOf(writer, event.subject)
  const { status, outcome = null, closeReason, notBefore } = event.data.becomes as unknown as TaskTransition
  await writer.run(
    `UPDATE tasks SET status = ?, outcome = ?, closed_at = ?, close_reason = ?, hold_reason = NULL, forced = NULL,
       not_before = coalesce(?, not_before), revision = revision + 1, updated_at = ?, lease_until = NULL,
       attempts_spent = attempts_spent + ?, attempts_left = max(0, attempts_left - ?)
     WHERE key = ?`,
    status,
    outcome,
    status === 'closed' ? event.at : null,
    closeReason ?? null,
    notBefore ?? null,
    event.at,
    Number(costs),
    Number(costs),
    key,
  )
  if (status === 'closed') {
    await countStatus(writer, key, { status: 'in_progress', outcome: null }, { status, outcome })
  }
  if (notBefore !== undefined) await countTimes(writer, key)
}

/** What was made, shown and decided stays, as it has events of its own. */
function eraseSubmission(data: EventData): EventData {
  const submission = data.submission as EventData
  const criteria = (submission.criteria ?? []) as readonly RecordedCriterion[]
  return {
    ...data,
    submission: {
      ...dropFields(redactTexts(submission, ['stopText']), ['output', 'summary']),
      ...(submission.criteria !== undefined && {
        criteria: criteria.map((criterion) =>
          criterion.waiver === undefined
            ? criterion
            : { ...criterion, waiver: { ...criterion.waiver, reason: REDACTED } },
        ),
      }),
    },
  }
}

import { ContractNotMetError, CycleDetectedError, GateConflictError, StaleRevisionError } from '../../errors.js'
import {
  type ActivityId,
  type AgentId,
  type ArtifactId,
  type EvidenceId,
  newArtifactId,
  type TaskId,
} from '../../ids.js'
import type { NewEvent } from '../../log/append.js'
import type { EventData } from '../../log/event.js'
import type { Reader } from '../../store/store.js'
import type { NewArtifact } from '../artifacts/artifact.js'
import { artifactData } from '../artifacts/commands.js'
import type { Command } from '../command.js'
import { missingToSubmit, shownBy } from '../contracts/guards.js'
import { checkCriteria, checkWaivers } from '../contracts/obligations.js'
import { asksOthers, policyOf } from '../contracts/policy.js'
import { uuidFor } from '../draws.js'
import { type EvidencePlan, planEvidence } from '../evidence/plan-evidence.js'
import { planKnowledge } from '../knowledge/plan-knowledge.js'
import { Born, idsOf, requireNode } from '../nodes.js'
import { findStoredRelation } from '../relations/relation-rows.js'
import { requireTarget } from '../relations/targets.js'
import { findCycleOfWaiting } from '../relations/waiting.js'
import type { Session } from '../session.js'
import { foldTask, taskAsOf } from '../tasks/apply-event.js'
import type { Blocker, Task } from '../tasks/task.js'
import { readTask } from '../tasks/task-rows.js'
import { type TaskTransition, transitionAfterCost, transitionBack } from '../tasks/transition.js'
import type { Attempt } from './attempt-rows.js'
import type { Completion, Submission } from './claim.js'
import type { ClaimCompleted, RecordedCriterion, RecordedSubmission } from './events.js'
import { findFreed } from './freed.js'
import { requireHeld } from './held.js'
import { readSpent } from './settle-lease.js'

const OPERATION = 'claims.complete'

/** What `claims.complete` takes, as its schema gives it back. */
interface CompleteInput {
  readonly token: string
  readonly submission: Submission
  readonly idempotencyKey?: string
}

/** Decides `claims.complete`: what came of the attempt, the end of its claim, and what becomes of the task. */
export function complete(session: Session, input: CompleteInput): Command<Completion> {
  const { token, submission } = input
  return {
    operation: OPERATION,
    input,
    byLeaseClock: true,
    async decide(reader, { actor, now, at }) {
      const attempt = await requireHeld(reader, session, OPERATION, token)
      const task = await readTask(reader, attempt.task)
      const { expectedRevision } = submission
      if (expectedRevision !== undefined && expectedRevision !== task.revision) {
        throw new StaleRevisionError(task.id, expectedRevision, task.revision)
      }
      const made = await planProducts(reader, session, { task, attempt, submission, actor, at })
      const { criteria = [] } = submission
      checkCriteria(OPERATION, task.contract, criteria)
      await checkWaivers(reader, OPERATION, { task, attempt, actor }, criteria)
      const missing = await missingToSubmit(reader, task, attempt, submission)
      if (missing.length > 0) throw new ContractNotMetError(task.id, missing)
      const becomes = await transitionOf(reader, task, attempt, submission, now)
      const freed = await findFreed(reader, attempt.task, becomes, now)
      const data: ClaimCompleted = {
        attempt: attempt.activity,
        becomes,
        ...(task.contractVersion !== undefined && { contractVersion: task.contractVersion }),
        costs: submission.outcome === 'failed',
        ...(freed.length > 0 && { freed }),
        submission: made.submission,
      }
      const completed: NewEvent = { type: 'claim.completed', subject: task.id, data: data as unknown as EventData }
      return {
        events: [...made.events, completed],
        result: (written) => ({
          task: foldTask(
            task,
            written.filter(({ subject }) => subject === task.id),
          ),
          freed,
        }),
      }
    },
    async repeat(reader, written) {
      const { subject, seq, data } = written.at(-1)!
      const { freed = [] } = data as unknown as ClaimCompleted
      return { task: await taskAsOf(reader, subject, seq), freed }
    },
  }
}

async function transitionOf(
  reader: Reader,
  task: Task,
  attempt: Attempt,
  { outcome }: Submission,
  now: string,
): Promise<TaskTransition> {
  switch (outcome) {
    case 'done':
      return asksOthers(policyOf(task.contract)) ? { status: 'in_review' } : { outcome: 'completed', status: 'closed' }
    case 'pending_review':
      return { status: 'in_review' }
    case 'blocked':
      return transitionBack(task.contract, await readSpent(reader, attempt.task))
    case 'failed':
      return transitionAfterCost('failed', task, await readSpent(reader, attempt.task), now)
  }
}

/** What a submission is judged and recorded with. */
interface Handover {
  readonly task: Task
  readonly attempt: Attempt
  readonly submission: Submission
  readonly actor: AgentId
  readonly at: string
}

/** What comes of a submission besides the end of the claim. */
interface Products {
  readonly events: readonly NewEvent[]
  readonly submission: RecordedSubmission
}

async function planProducts(reader: Reader, session: Session, handover: Handover): Promise<Products> {
  const { task, attempt, submission, actor, at } = handover
  // In the order of the events: each may name what those before it make.
  const born = new Born()
  const artifacts = await planArtifacts(reader, session, attempt.activity, submission, task, born)
  const blockedBy = await planBlockers(reader, attempt.task, task.id, submission.blockedBy ?? [])
  const { evidence = [], criteria = [] } = submission
  const planned = await planEvidence(reader, session, task.id, shownBy(submission), { actor, born })
  const origin = { actor, at, generatedBy: attempt.activity, attachTo: task.id, born }
  const decisions = await planKnowledge(reader, session, 'decision', submission.decisions ?? [], origin)
  const learnings = await planKnowledge(reader, session, 'learning', submission.learnings ?? [], origin)
  const { outcome, summary, output, stopReason } = submission
  const stop = typeof stopReason === 'object' ? stopReason : { reason: stopReason, text: undefined }
  return {
    events: [...artifacts.events, ...planned.events, ...decisions.events, ...learnings.events, ...blockedBy.events],
    submission: {
      ...(artifacts.ids.length > 0 && { artifacts: artifacts.ids }),
      ...(blockedBy.blockers.length > 0 && { blockedBy: blockedBy.blockers }),
      ...(submission.criteria !== undefined && { criteria: criteria.map((result) => recorded(result, planned)) }),
      ...(decisions.ids.length > 0 && { decisions: decisions.ids }),
      ...(evidence.length > 0 && { evidence: idsOfEvidence(evidence, planned) }),
      ...(learnings.ids.length > 0 && { learnings: learnings.ids }),
      outcome,
      ...(output !== undefined && { output }),
      ...(stop.reason !== undefined && { stopReason: stop.reason }),
      ...(stop.text !== undefined && { stopText: stop.text }),
      ...(summary !== undefined && summary !== '' && { summary }),
    },
  }
}

type GivenCriterion = NonNullable<Submission['criteria']>[number]

function recorded({ id, status, waiver, evidence }: GivenCriterion, plan: EvidencePlan): RecordedCriterion {
  return {
    id,
    status,
    ...(evidence !== undefined && evidence.length > 0 && { evidence: idsOfEvidence(evidence, plan) }),
    ...(waiver !== undefined && { waiver }),
  }
}

function idsOfEvidence(given: NonNullable<Submission['evidence']>, { idByGiven }: EvidencePlan): EvidenceId[] {
  return [...new Set(given.map((piece) => idByGiven.get(piece)!))]
}

/** Artifacts that the attempt made: new ones, and those of the record that are not known to come from it. */
async function planArtifacts(
  reader: Reader,
  session: Session,
  attempt: ActivityId,
  { artifacts = [] }: Submission,
  { namespace }: Task,
  born: Born,
): Promise<{ readonly events: readonly NewEvent[]; readonly ids: readonly ArtifactId[] }> {
  const events: NewEvent[] = []
  const ids = new Set<ArtifactId>()
  for (const given of artifacts) {
    if (typeof given !== 'string') {
      const id = given.id ?? newArtifactId(given.namespace ?? namespace, () => uuidFor(given, session.settings))
      await born.add(reader, id, 'artifact')
      const artifact: NewArtifact = { ...given, id, generatedBy: attempt }
      events.push({ type: 'artifact.added', subject: id, data: await artifactData(reader, id, artifact) })
      ids.add(id)
      continue
    }
    if (ids.has(given)) continue
    const { key } = await requireNode(reader, given, ['artifact'])
    const maker = await requireNode(reader, attempt, ['activity'])
    ids.add(given)
    if ((await findStoredRelation(reader, key, 'generated_by', maker.key)) !== undefined) continue
    const data = { kind: 'generated_by', source: given, target: attempt }
    events.push({ type: 'relation.added', subject: given, data })
  }
  return { events, ids: [...ids] }
}

/**
 * The relations that make a task wait.
 *
 * @throws {CycleDetectedError} tasks would wait for one another.
 * @throws {GateConflictError} it waits for one of them already, through another gate.
 */
async function planBlockers(
  reader: Reader,
  key: number,
  task: TaskId,
  given: readonly (TaskId | Blocker)[],
): Promise<{ readonly events: readonly NewEvent[]; readonly blockers: readonly Blocker[] }> {
  const events: NewEvent[] = []
  const blockers = new Map<TaskId, Blocker>()
  for (const one of given) {
    const blocker: Blocker = typeof one === 'string' ? { task: one, gate: 'closed' } : one
    const target = await requireTarget(reader, task, 'blocked_by', blocker.task)
    const stored = await findStoredRelation(reader, key, 'blocked_by', target.key)
    const gate = blockers.get(blocker.task)?.gate ?? stored?.gate ?? blocker.gate
    if (gate !== blocker.gate) throw new GateConflictError(task, blocker.task, gate, blocker.gate)
    if (stored === undefined && !blockers.has(blocker.task)) {
      const cycle = await findCycleOfWaiting(reader, { source: key, kind: 'blocked_by', target: target.key })
      if (cycle !== undefined) throw new CycleDetectedError('blocked_by', (await idsOf(reader, cycle)) as string[])
      const data = { gate, kind: 'blocked_by', source: task, target: blocker.task }
      events.push({ type: 'relation.added', subject: task, data })
    }
    blockers.set(blocker.task, blocker)
  }
  return { events, blockers: [...blockers.values()] }
}

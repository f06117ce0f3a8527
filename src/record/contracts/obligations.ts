import { type InputIssue, InvalidInputError, type MissingObligation } from '../../errors.js'
import type { AgentId, EvidenceId } from '../../ids.js'
import type { Json } from '../../json.js'
import type { Reader } from '../../store/store.js'
import type { CriterionStatus } from '../../vocabulary.js'
import { type Attempt, hasWorkedOn } from '../claims/attempt-rows.js'
import { idOf, type NodeRow, requireNode } from '../nodes.js'
import { KEYS_OF_IDS } from '../paging.js'
import type { Task } from '../tasks/task.js'
import type { Contract } from './contract.js'
import { flawOfOutput } from './output-schema.js'
import { asksOthers, policyOf } from './policy.js'

/** What is said of a criterion, as far as obligations go. */
interface GivenCriterion {
  readonly id: string
  readonly status: CriterionStatus
  readonly waiver?: { readonly by: AgentId } | undefined
}

/** What is there to meet a contract with. */
export interface GivenResult {
  readonly output?: Json | undefined
  readonly criteria: readonly GivenCriterion[]
  readonly evidenceKinds: ReadonlySet<string>
}

/**
 * What a contract asks for and is not there, in the order of the contract. Work that is `pending_review` leaves the
 * criteria that a review verifies to the reviewer, unless it says itself that they are not met.
 */
export function unmetObligations(
  contract: Contract,
  given: GivenResult,
  outcome: 'done' | 'pending_review',
): MissingObligation[] {
  const statusById = new Map(given.criteria.map(({ id, status }) => [id, status]))
  const missing: MissingObligation[] = []
  for (const { id, text, required, verification } of contract.criteria) {
    const status = statusById.get(id)
    const isLeft = status === undefined && outcome === 'pending_review' && verification === 'review'
    if (required && (status === undefined || status === 'not_met') && !isLeft) {
      missing.push({ kind: 'criterion', id, text })
    }
  }
  if (contract.outputSchema !== undefined) {
    const message = flawOfOutput(contract.outputSchema, given.output)
    if (message !== undefined) missing.push({ kind: 'output', message })
  }
  for (const evidenceKind of contract.requiredEvidence ?? []) {
    if (!given.evidenceKinds.has(evidenceKind)) missing.push({ kind: 'evidence', evidenceKind })
  }
  return missing
}

/** The kinds of the evidence that the record holds about a task, or about one attempt at it, and of that of these ids. */
export async function readEvidenceKinds(
  reader: Reader,
  task: number,
  attempt: number | undefined,
  ids: readonly EvidenceId[] = [],
): Promise<Set<string>> {
  const rows = await reader.all<{ kind: string }>(
    `SELECT kind FROM evidence WHERE subject IN (?, ?)
     UNION SELECT kind FROM evidence WHERE key IN (${KEYS_OF_IDS})`,
    task,
    attempt ?? task,
    JSON.stringify(ids),
  )
  return new Set(rows.map(({ kind }) => kind))
}

/** @throws {InvalidInputError} a submission names a criterion that the contract does not have, or one twice. */
export function checkCriteria(
  operation: string,
  contract: Contract | undefined,
  criteria: readonly GivenCriterion[],
): void {
  const known = new Set(contract?.criteria.map(({ id }) => id))
  const seen = new Set<string>()
  const issues: InputIssue[] = []
  for (const [index, { id }] of criteria.entries()) {
    const field = `submission.criteria[${index}].id`
    if (!known.has(id)) issues.push({ field, message: `the contract has no criterion "${id}"` })
    else if (seen.has(id)) issues.push({ field, message: `names "${id}" twice` })
    seen.add(id)
  }
  if (issues.length > 0) throw new InvalidInputError(operation, issues)
}

/**
 * That whoever waives a criterion is an agent, and may do so: where the policy asks for others, nobody who has worked on
 * the task waives what is asked of the work.
 *
 * @throws {NotFoundError} there is no such agent.
 * @throws {InvalidInputError} it has had an attempt at the task, or hands this one in, and the policy asks for others.
 */
export async function checkWaivers(
  reader: Reader,
  operation: string,
  { task, attempt, actor }: { readonly task: Task; readonly attempt: Attempt; readonly actor: AgentId },
  criteria: readonly GivenCriterion[],
): Promise<void> {
  const issues: InputIssue[] = []
  const mayWaive = async (agent: NodeRow) =>
    !asksOthers(policyOf(task.contract)) || !(idOf(agent) === actor || (await hasWorkedOn(reader, attempt.task, agent)))
  for (const [index, { waiver }] of criteria.entries()) {
    if (waiver === undefined) continue
    const agent = await requireNode(reader, waiver.by, ['agent'])
    if (await mayWaive(agent)) continue
    issues.push({
      field: `submission.criteria[${index}].waiver.by`,
      message: 'has worked on the task, whose completion policy leaves what to waive to others',
    })
  }
  if (issues.length > 0) throw new InvalidInputError(operation, issues)
}

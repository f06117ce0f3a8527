import { PolicyLoosenedError } from '../../errors.js'
import type { Task } from '../tasks/task.js'
import type { CompletionPolicy, Contract } from './contract.js'

/** The completion policy of a contract; what is done without one is done by the word of whoever does it. */
export function policyOf(contract: Contract | undefined): CompletionPolicy {
  return contract?.completionPolicy ?? 'self'
}

/** Whether somebody else has to agree before a task counts as completed. */
export function asksOthers(policy: CompletionPolicy): boolean {
  return policy !== 'self'
}

/** How many distinct reviewers close a task that is in review: under `self`, where its maker asked for it, one. */
export function approvalsNeeded(policy: CompletionPolicy): number {
  return typeof policy === 'object' ? policy.quorum : 1
}

/** Whose approvals they are. */
export function approvedBy(policy: CompletionPolicy): 'anyone' | 'human' {
  return policy === 'human' ? 'human' : 'anyone'
}

/**
 * Refuses a policy that asks for less: `self` < `review` < a quorum of 1 < one of 2 … Whoever asks for a human asks for
 * something else than those who ask for many, and for more than `self`.
 *
 * @throws {PolicyLoosenedError}
 */
export function refuseLoosening(task: Task, from: CompletionPolicy, to: CompletionPolicy): void {
  const isTightened = from === 'human' || to === 'human' ? from === to || from === 'self' : rankOf(to) >= rankOf(from)
  if (!isTightened) throw new PolicyLoosenedError(task.id, wordsOf(from), wordsOf(to))
}

function rankOf(policy: Exclude<CompletionPolicy, 'human'>): number {
  if (policy === 'self') return 0
  return policy === 'review' ? 1 : 1 + policy.quorum
}

function wordsOf(policy: CompletionPolicy): string {
  return typeof policy === 'object' ? `quorum ${policy.quorum}` : policy
}

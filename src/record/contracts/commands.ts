import type { EvidenceId, TaskId } from '../../ids.js'
import { canonicalJson } from '../../json.js'
import type { Reader } from '../../store/store.js'
import { findFreed } from '../claims/freed.js'
import { readSpent } from '../claims/settle-lease.js'
import type { Command } from '../command.js'
import { requireNode } from '../nodes.js'
import type { RevisionOptions } from '../options.js'
import { onTask } from '../tasks/commands.js'
import type { Task } from '../tasks/task.js'
import { isUnderWay, transitionBack } from '../tasks/transition.js'
import type { Contract } from './contract.js'
import type { ContractRevised } from './events.js'
import { policyOf, refuseLoosening } from './policy.js'

interface Revision extends RevisionOptions {
  readonly id: TaskId
  readonly contract: Contract
  readonly reason: string
  readonly evidence?: readonly EvidenceId[]
}

/** Decides `contracts.revise`. */
export function reviseContract(input: Revision): Command<Task> {
  const { contract, reason } = input
  const evidence = [...new Set(input.evidence)]
  return onTask('contracts.revise', input, async (reader, key, task, { now }) => {
    for (const id of evidence) await requireNode(reader, id, ['evidence'])
    if (task.contract !== undefined && canonicalJson(task.contract) === canonicalJson(contract)) return undefined
    if (isUnderWay(task) || (await hasBegun(reader, key)))
      refuseLoosening(task, policyOf(task.contract), policyOf(contract))
    // In the order of the keys, which is the canonical one.
    const data: ContractRevised = {
      ...(await endWithoutAttempt(reader, key, task, contract, now)),
      contract,
      evidence,
      reason,
      version: (task.contractVersion ?? 0) + 1,
    }
    return { type: 'contract.revised', data }
  })
}

/** A task that nobody works on and that has spent what the contract allows now is over, as if its last attempt had just failed. */
async function endWithoutAttempt(
  reader: Reader,
  key: number,
  task: Task,
  contract: Contract,
  now: string,
): Promise<Pick<ContractRevised, 'becomes' | 'freed'>> {
  if (task.status !== 'open' && task.status !== 'blocked') return {}
  const spent = await readSpent(reader, key)
  const becomes = transitionBack(contract, spent)
  // Where nothing was left before either, somebody has reopened it, and may not be done with its contract.
  if (becomes.status !== 'closed' || transitionBack(task.contract, spent).status === 'closed') return {}
  const freed = await findFreed(reader, key, becomes, now)
  return { becomes, ...(freed.length > 0 && { freed }) }
}

/** Somebody has worked on the task: what they were promised to be judged by stands, also where it was closed meanwhile. */
async function hasBegun(reader: Reader, key: number): Promise<boolean> {
  return (await reader.get('SELECT 1 FROM attempts WHERE task = ? LIMIT 1', key)) !== undefined
}

import type { EvidenceId, TaskId } from '../../ids.js'
import { canonicalJson } from '../../json.js'
import type { NewEvent } from '../../log/append.js'
import type { Reader } from '../../store/store.js'
import { settleLease } from '../claims/settle-lease.js'
import type { Command } from '../command.js'
import { requireNode } from '../nodes.js'
import type { RevisionOptions } from '../options.js'
import { applyTaskEvent } from '../tasks/apply-event.js'
import { requireTask, taskAsWritten } from '../tasks/commands.js'
import type { Task } from '../tasks/task.js'
import type { Contract } from './contract.js'
import type { ContractRevised } from './events.js'
import { policyOf, refuseLoosening } from './policy.js'

interface Revision extends RevisionOptions {
  readonly task: TaskId
  readonly contract: Contract
  readonly reason: string
  readonly evidence?: readonly EvidenceId[]
}

/** Decides `contracts.revise`. */
export function reviseContract(input: Revision): Command<Task> {
  const { contract, reason } = input
  const evidence = [...new Set(input.evidence)]
  return {
    operation: 'contracts.revise',
    input,
    async decide(reader, { now }) {
      const { key, task } = await requireTask(reader, input.task, input.expectedRevision)
      for (const id of evidence) await requireNode(reader, id, ['evidence'])
      if (task.contract !== undefined && canonicalJson(task.contract) === canonicalJson(contract)) {
        return { events: [], result: () => task }
      }
      const { before, settled } = await settleLease(reader, key, task, now)
      if (await isUnderWay(reader, key, settled)) {
        refuseLoosening(settled, policyOf(task.contract), policyOf(contract))
      }
      // In the order of the keys, which is the canonical one.
      const data: ContractRevised = { contract, evidence, reason, version: (task.contractVersion ?? 0) + 1 }
      const revised: NewEvent = { type: 'contract.revised', subject: task.id, data }
      return {
        events: [...before, revised],
        result: (written) => written.reduce<Task>((so, event) => applyTaskEvent(so, event), task),
      }
    },
    repeat: taskAsWritten,
  }
}

/** Somebody has worked on the task, or does, and it is not over. */
async function isUnderWay(reader: Reader, key: number, task: Task): Promise<boolean> {
  if (task.status === 'closed') return false
  return (await reader.get('SELECT 1 FROM attempts WHERE task = ? LIMIT 1', key)) !== undefined
}

import type { AgentId } from '../../ids.js'
import { validate, withOptions } from '../../input.js'
import { requireNode, toId } from '../nodes.js'
import type { Session } from '../session.js'
import { reviseContract } from './commands.js'
import type { Contracts, ContractVersion } from './contract.js'
import { contractSchemas } from './schema.js'

interface ContractRow {
  readonly version: number
  readonly contract: string
  readonly namespace: string
  readonly uuid: string
  readonly reason: string | null
  readonly evidence: string
  readonly created_at: string
}

/** The commands and queries on contracts of one session. */
export function contractsOf(session: Session): Contracts {
  return {
    async revise(task, contract, options) {
      const input = withOptions('contracts.revise', { task, contract }, options)
      return session.command(reviseContract(validate('contracts.revise', contractSchemas.revise, input)))
    },
    async list(task) {
      const input = validate('contracts.list', contractSchemas.task, { task })
      return session.query('contracts.list', async (reader) => {
        const { key } = await requireNode(reader, input.task, ['task'])
        const rows = await reader.all<ContractRow>(
          `SELECT c.version, c.contract, n.namespace, n.uuid, c.reason, c.evidence, c.created_at
           FROM contracts c JOIN nodes n ON n.key = c.agent
           WHERE c.task = ? ORDER BY c.version`,
          key,
        )
        return rows.map(
          (row): ContractVersion => ({
            task: input.task,
            version: row.version,
            contract: JSON.parse(row.contract),
            agent: toId<AgentId>(row.namespace, row.uuid),
            ...(row.reason !== null && { reason: row.reason }),
            evidence: JSON.parse(row.evidence),
            createdAt: row.created_at,
          }),
        )
      })
    },
  }
}

import { validate, withOptions } from '../../input.js'
import { requireNode } from '../nodes.js'
import type { Session } from '../session.js'
import { reviseContract } from './commands.js'
import type { Contracts } from './contract.js'
import { CONTRACT_COLUMNS, CONTRACTS, type ContractRow, toContractVersion } from './contract-rows.js'
import { contractSchemas } from './schema.js'

/** The commands and queries on contracts of one session. */
export function contractsOf(session: Session): Contracts {
  return {
    async revise(task, contract, options) {
      const input = withOptions('contracts.revise', { task, contract }, options)
      const { task: id, ...revision } = validate('contracts.revise', contractSchemas.revise, input)
      return session.command(reviseContract({ ...revision, id }))
    },
    async list(task) {
      const input = validate('contracts.list', contractSchemas.task, { task })
      return session.query('contracts.list', async (reader) => {
        const { key } = await requireNode(reader, input.task, ['task'])
        const rows = await reader.all<ContractRow>(
          `SELECT ${CONTRACT_COLUMNS} FROM ${CONTRACTS} WHERE c.task = ? ORDER BY c.version`,
          key,
        )
        return rows.map(toContractVersion)
      })
    },
  }
}

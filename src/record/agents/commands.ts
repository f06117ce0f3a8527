import { UnknownModelError } from '../../errors.js'
import { type AgentId, newAgentId } from '../../ids.js'
import { nearestModels } from '../../models/nearest-models.js'
import type { Command } from '../command.js'
import { namespaceOf, requireFree } from '../nodes.js'
import type { Session } from '../session.js'
import type { Agent, RegisterOptions } from './agent.js'
import { AGENT_COLUMNS, AGENTS, type AgentData, type AgentRow, agentOf, naturalKeyOf, toAgent } from './agent-rows.js'

/** Decides `agents.register…`. */
export function registerAgent(
  session: Session,
  operation: string,
  input: RegisterOptions,
  data: AgentData,
): Command<Agent> {
  const { namespace, models, newUuid } = session.settings
  const id = input.id ?? newAgentId(input.namespace ?? namespace, newUuid)
  return {
    operation,
    input,
    async decide(reader) {
      if (data.kind === 'ml' && models.lookup(data.provider!, data.model!) === undefined) {
        throw new UnknownModelError(data.provider!, data.model!, nearestModels(models, data.provider!, data.model!))
      }
      if (input.reuse === true) {
        const row = await reader.get<AgentRow>(
          `SELECT ${AGENT_COLUMNS} FROM ${AGENTS} WHERE a.natural_key = ? ORDER BY a.key LIMIT 1`,
          naturalKeyOf(namespaceOf(id), data),
        )
        if (row !== undefined) return { events: [], result: () => toAgent(row) }
      }
      await requireFree(reader, id)
      return {
        events: [{ type: 'agent.registered', subject: id, data: data }],
        result: ([written]) => agentOf(id, data, written!.at),
      }
    },
    repeat: async (_reader, [written]) =>
      agentOf(written!.subject as AgentId, written!.data as unknown as AgentData, written!.at),
  }
}

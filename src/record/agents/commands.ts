import { UnknownModelError } from '../../errors.js'
import { type AgentId, newAgentId } from '../../ids.js'
import { type ReadableEvent, readSubjectEvents } from '../../log/read-events.js'
import { nearestModels } from '../../models/nearest-models.js'
import type { Reader } from '../../store/store.js'
import type { Command } from '../command.js'
import { namespaceOf, requireFree, requireNode } from '../nodes.js'
import type { CommandOptions } from '../options.js'
import type { Session } from '../session.js'
import type { Agent, RegisterOptions } from './agent.js'
import {
  AGENT_COLUMNS,
  AGENTS,
  type AgentData,
  type AgentRow,
  agentOf,
  naturalKeyOf,
  readAgent,
  toAgent,
} from './agent-rows.js'

/** Decides `agents.register…`. */
export function registerAgent(
  session: Session,
  operation: string,
  input: RegisterOptions,
  fields: AgentData,
): Command<Agent> {
  const { capabilities = [] } = input
  const data: AgentData = capabilities.length === 0 ? fields : { ...fields, capabilities }
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

/** Decides `agents.setCapabilities`. */
export function setCapabilities(
  input: { readonly id: AgentId; readonly capabilities: readonly string[] } & CommandOptions,
): Command<Agent> {
  const { id, capabilities } = input
  return {
    operation: 'agents.setCapabilities',
    input,
    async decide(reader) {
      const { key } = await requireNode(reader, id, ['agent'])
      const agent = await readAgent(reader, key)
      if (JSON.stringify(agent.capabilities) === JSON.stringify(capabilities)) {
        return { events: [], result: () => agent }
      }
      return {
        events: [{ type: 'agent.updated', subject: id, data: { capabilities } }],
        result: () => ({ ...agent, capabilities }),
      }
    },
    repeat: (reader, [written]) => agentAsOf(reader, written!),
  }
}

/** An agent as it was right after an event about it. */
async function agentAsOf(reader: Reader, { subject, seq }: ReadableEvent): Promise<Agent> {
  const events = await readSubjectEvents(reader, subject, seq)
  const data = Object.assign({}, ...events.map((event) => event.type.startsWith('agent.') && event.data)) as AgentData
  return agentOf(subject as AgentId, data, events[0]!.at)
}

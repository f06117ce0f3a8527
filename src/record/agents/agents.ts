import { AgentKindMismatchError } from '../../errors.js'
import type { AgentId } from '../../ids.js'
import { validate, withOptions } from '../../input.js'
import type { AgentKind } from '../../vocabulary.js'
import { requireNode } from '../nodes.js'
import { among, type Condition, readPage } from '../paging.js'
import { addRelation } from '../relations/commands.js'
import type { Session } from '../session.js'
import type { Agent, Agents } from './agent.js'
import { AGENT_COLUMNS, AGENTS, type AgentRow, readAgent, toAgent } from './agent-rows.js'
import { registerAgent, setCapabilities } from './commands.js'
import { agentSchemas } from './schema.js'

type OfKind<Kind extends AgentKind> = Extract<Agent, { kind: Kind }>

/** The commands and queries on agents of one session. */
export function agentsOf(session: Session): Agents {
  const schemas = agentSchemas(session.settings.vocabulary)

  const get = async (operation: string, id: AgentId): Promise<Agent> => {
    const input = validate(operation, schemas.id, { id })
    return session.query(operation, async (reader) => {
      const { key } = await requireNode(reader, input.id, ['agent'])
      return readAgent(reader, key)
    })
  }

  const getOfKind = async <Kind extends AgentKind>(operation: string, id: AgentId, kind: Kind) => {
    const agent = await get(operation, id)
    if (agent.kind !== kind) throw new AgentKindMismatchError(agent.id, kind, agent.kind)
    return agent as OfKind<Kind>
  }

  return {
    async registerHuman(agent) {
      const input = validate('agents.registerHuman', schemas.registerHuman, agent)
      const { name, contact } = input
      const data = { kind: 'human' as const, name, ...(contact !== undefined && { contact }) }
      return (await session.command(registerAgent(session, 'agents.registerHuman', input, data))) as OfKind<'human'>
    },
    async registerMl(agent) {
      const input = validate('agents.registerMl', schemas.registerMl, agent)
      const { role, provider, model, name, version, parameters } = input
      const data = {
        kind: 'ml' as const,
        role,
        provider,
        model,
        ...(name !== undefined && { name }),
        ...(version !== undefined && { version }),
        ...(parameters !== undefined && { parameters }),
      }
      return (await session.command(registerAgent(session, 'agents.registerMl', input, data))) as OfKind<'ml'>
    },
    async registerSoftware(agent) {
      const input = validate('agents.registerSoftware', schemas.registerSoftware, agent)
      const { name, version, source } = input
      const data = {
        kind: 'software' as const,
        name,
        ...(version !== undefined && { version }),
        ...(source !== undefined && { source }),
      }
      const command = registerAgent(session, 'agents.registerSoftware', input, data)
      return (await session.command(command)) as OfKind<'software'>
    },
    async registerOrganization(agent) {
      const input = validate('agents.registerOrganization', schemas.registerOrganization, agent)
      const { name, url } = input
      const data = { kind: 'organization' as const, name, ...(url !== undefined && { url }) }
      const command = registerAgent(session, 'agents.registerOrganization', input, data)
      return (await session.command(command)) as OfKind<'organization'>
    },
    get: (id) => get('agents.get', id),
    getHuman: (id) => getOfKind('agents.getHuman', id, 'human'),
    getMl: (id) => getOfKind('agents.getMl', id, 'ml'),
    getSoftware: (id) => getOfKind('agents.getSoftware', id, 'software'),
    getOrganization: (id) => getOfKind('agents.getOrganization', id, 'organization'),
    async list(options = {}) {
      const input = validate('agents.list', schemas.list, options)
      return session.query('agents.list', (reader) =>
        readPage<AgentRow, Agent>(
          reader,
          {
            operation: 'agents.list',
            columns: AGENT_COLUMNS,
            from: AGENTS,
            conditions: [
              ...among('a.kind', input.kind),
              ...among('n.namespace', input.namespace),
              ...ofCapability(input.capability),
            ],
            order: 'registered',
            orderBy: ['a.key'],
            position: (row) => [row.key],
          },
          input,
          (rows) => rows.map(toAgent),
        ),
      )
    },
    async setCapabilities(id, capabilities, options) {
      const arguments_ = withOptions('agents.setCapabilities', { id, capabilities }, options)
      return session.command(setCapabilities(validate('agents.setCapabilities', schemas.setCapabilities, arguments_)))
    },
    async delegate(delegate, responsible, options) {
      const arguments_ = withOptions('agents.delegate', { delegate, responsible }, options)
      const input = validate('agents.delegate', schemas.delegate, arguments_)
      const { activity, ...rest } = input
      const relation = {
        ...rest,
        source: input.delegate,
        kind: 'acted_on_behalf_of' as const,
        target: input.responsible,
        ...(activity !== undefined && { activity }),
      }
      return session.command(addRelation('agents.delegate', relation))
    },
  }
}

function ofCapability(capability: string | readonly string[] | undefined): Condition[] {
  return among('had.value', capability).map(({ sql, values }) => ({
    sql: `EXISTS (SELECT 1 FROM json_each(a.capabilities) had WHERE ${sql})`,
    values,
  }))
}

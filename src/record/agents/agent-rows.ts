import type { AgentId } from '../../ids.js'
import { canonicalJson, type Json } from '../../json.js'
import type { Reader } from '../../store/store.js'
import type { AgentKind, Role } from '../../vocabulary.js'
import { namespaceOf, toId } from '../nodes.js'
import type { Agent } from './agent.js'

/** What tells one agent from another: the data of `agent.registered`. */
export type AgentData = {
  readonly kind: AgentKind
  readonly name?: string
  readonly contact?: string
  readonly role?: Role
  readonly provider?: string
  readonly model?: string
  readonly version?: string
  readonly parameters?: { readonly [key: string]: Json }
  readonly source?: string
  readonly url?: string
  /** In code unit order, each once; absent where there are none. */
  readonly capabilities?: readonly string[]
}

/** A row of `agents`, joined to its node. */
export interface AgentRow {
  readonly key: number
  readonly namespace: string
  readonly uuid: string
  readonly kind: AgentKind
  readonly name: string | null
  readonly contact: string | null
  readonly role: string | null
  readonly provider: string | null
  readonly model: string | null
  readonly version: string | null
  readonly parameters: string | null
  readonly source: string | null
  readonly url: string | null
  /** A JSON array. */
  readonly capabilities: string
  readonly created_at: string
}

export const AGENT_COLUMNS = `a.key, n.namespace, n.uuid, a.kind, a.name, a.contact, a.role, a.provider, a.model, a.version,
  a.parameters, a.source, a.url, a.capabilities, a.created_at`

export const AGENTS = 'agents a JOIN nodes n ON n.key = a.key'

/** Agents of one namespace with the same natural key are the same agent to `reuse`. */
export function naturalKeyOf(namespace: string, data: AgentData): string {
  return canonicalJson([namespace, data])
}

/** The agent with this key, which there is. */
export async function readAgent(reader: Reader, key: number): Promise<Agent> {
  return toAgent((await readAgentRow(reader, key))!)
}

export async function readAgentRow(reader: Reader, key: number): Promise<AgentRow | undefined> {
  return reader.get<AgentRow>(`SELECT ${AGENT_COLUMNS} FROM ${AGENTS} WHERE a.key = ?`, key)
}

export function toAgent(row: AgentRow): Agent {
  return agentOf(toId<AgentId>(row.namespace, row.uuid), toAgentData(row), row.created_at)
}

/** What tells an agent from another, as it is now. */
export function toAgentData(row: AgentRow): AgentData {
  const capabilities: string[] = JSON.parse(row.capabilities)
  return {
    kind: row.kind,
    ...(row.name !== null && { name: row.name }),
    ...(row.contact !== null && { contact: row.contact }),
    ...(row.role !== null && { role: row.role }),
    ...(row.provider !== null && { provider: row.provider }),
    ...(row.model !== null && { model: row.model }),
    ...(row.version !== null && { version: row.version }),
    ...(row.parameters !== null && { parameters: JSON.parse(row.parameters) }),
    ...(row.source !== null && { source: row.source }),
    ...(row.url !== null && { url: row.url }),
    ...(capabilities.length > 0 && { capabilities }),
  }
}

/** An agent as the event that registered it says. */
export function agentOf(id: AgentId, data: AgentData, createdAt: string): Agent {
  const { provider, model, capabilities = [], ...rest } = data
  return {
    id,
    namespace: namespaceOf(id),
    ...rest,
    ...(provider !== undefined && { model: { provider, name: model! } }),
    capabilities,
    createdAt,
  } as Agent
}

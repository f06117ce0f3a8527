import { chunksOf } from '../../chunks.js'
import type { AgentId } from '../../ids.js'
import type { Reader } from '../../store/store.js'
import { KEYS_OF_IDS } from '../paging.js'
import { agentName } from './agent-name.js'
import { AGENT_COLUMNS, AGENTS, type AgentRow, toAgent } from './agent-rows.js'

/** How many agents are named at once. */
const BATCH = 500

/** What people call these agents now. */
export async function agentNames(reader: Reader, agents: Iterable<AgentId>): Promise<ReadonlyMap<AgentId, string>> {
  const names = new Map<AgentId, string>()
  for (const some of chunksOf([...new Set(agents)], BATCH)) {
    const rows = await reader.all<AgentRow>(
      `SELECT ${AGENT_COLUMNS} FROM ${AGENTS} WHERE a.key IN (${KEYS_OF_IDS})`,
      JSON.stringify(some),
    )
    for (const agent of rows.map(toAgent)) names.set(agent.id, agentName(agent))
  }
  return names
}

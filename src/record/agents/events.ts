import type { AgentId } from '../../ids.js'
import { canonicalJson } from '../../json.js'
import type { EventDefinition } from '../event-definition.js'
import { insertNode, keyOf, namespaceOf } from '../nodes.js'
import { dropFields, redactTexts } from '../redacted.js'
import { type AgentData, naturalKeyOf, readAgentRow, toAgentData } from './agent-rows.js'

/** Data of `agent.updated`. */
type AgentUpdated = {
  readonly capabilities: readonly string[]
}

/** `agent.registered` and `agent.updated`. */
export const AGENT_EVENTS = {
  'agent.registered': {
    async evolve(writer, event) {
      const data = event.data as unknown as AgentData
      await insertNode(writer, event.seq, 'agent', event.subject)
      await writer.run(
        `INSERT INTO agents (key, kind, name, contact, role, provider, model, version, parameters, source, url, capabilities,
           natural_key, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        event.seq,
        data.kind,
        data.name ?? null,
        data.contact ?? null,
        data.role ?? null,
        data.provider ?? null,
        data.model ?? null,
        data.version ?? null,
        data.parameters === undefined ? null : canonicalJson(data.parameters),
        data.source ?? null,
        data.url ?? null,
        JSON.stringify(data.capabilities ?? []),
        // An erased agent is not found by what stands for its name.
        event.salt === undefined ? event.id : naturalKeyOf(namespaceOf(event.subject as AgentId), data),
        event.at,
      )
    },
    erase: (data) =>
      dropFields(redactTexts(data, ['name']), ['capabilities', 'contact', 'parameters', 'source', 'url', 'version']),
  },
  'agent.updated': {
    async evolve(writer, event) {
      const { capabilities } = event.data as unknown as AgentUpdated
      const namespace = namespaceOf(event.subject)
      const row = (await readAgentRow(writer, await keyOf(writer, event.subject)))!
      const before = naturalKeyOf(namespace, toAgentData(row))
      const after = { ...row, capabilities: JSON.stringify(capabilities) }
      await writer.run(
        // The key of an erased agent is another one, and stays.
        'UPDATE agents SET capabilities = ?, natural_key = CASE natural_key WHEN ? THEN ? ELSE natural_key END WHERE key = ?',
        after.capabilities,
        before,
        naturalKeyOf(namespace, toAgentData(after)),
        row.key,
      )
    },
    // As with labels: a word can name a person. An agent without capabilities gets no task that requires one.
    erase: () => ({ capabilities: [] }),
  },
} satisfies Record<string, EventDefinition>

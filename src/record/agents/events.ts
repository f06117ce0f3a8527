import type { AgentId } from '../../ids.js'
import { canonicalJson } from '../../json.js'
import type { EventDefinition } from '../event-definition.js'
import { insertNode, namespaceOf } from '../nodes.js'
import { dropFields, redactTexts } from '../redacted.js'
import { type AgentData, naturalKeyOf } from './agent-rows.js'

/** `agent.registered`. */
export const AGENT_EVENTS = {
  'agent.registered': {
    async evolve(writer, event) {
      const data = event.data as unknown as AgentData
      await insertNode(writer, event.seq, 'agent', event.subject)
      await writer.run(
        `INSERT INTO agents (key, kind, name, contact, role, provider, model, version, parameters, source, url, natural_key, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
        // An erased agent is not found by what stands for its name.
        event.salt === undefined ? event.id : naturalKeyOf(namespaceOf(event.subject as AgentId), data),
        event.at,
      )
    },
    erase: (data) => dropFields(redactTexts(data, ['name']), ['contact', 'parameters', 'source', 'url', 'version']),
  },
} satisfies Record<string, EventDefinition>

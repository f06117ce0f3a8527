import type { EventData } from '../../log/event.js'
import type { ReadableEvent } from '../../log/read-events.js'
import type { Writer } from '../../store/store.js'
import type { EventDefinition } from '../event-definition.js'
import { insertNode, keyOf } from '../nodes.js'
import { redactTexts } from '../redacted.js'
import { insertBornRelations } from '../relations/relation-rows.js'
import { type KnowledgeRecorded, knowledgeAsRecorded } from './knowledge-rows.js'
import { beginSupersession } from './supersessions.js'

/** `decision.recorded` and `learning.recorded`. */
export const KNOWLEDGE_EVENTS = {
  'decision.recorded': { evolve: evolveRecorded, erase: eraseTexts },
  'learning.recorded': { evolve: evolveRecorded, erase: eraseTexts },
} satisfies Record<string, EventDefinition>

async function evolveRecorded(writer: Writer, event: ReadableEvent): Promise<void> {
  const item = knowledgeAsRecorded(event)
  const { relations } = event.data as unknown as KnowledgeRecorded
  await insertNode(writer, event.seq, item.kind, item.id)
  await writer.run(
    `INSERT INTO knowledge (key, kind, namespace, agent, attached_to, title, rationale, alternatives, valid_from, created_at,
       recorded_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    event.seq,
    item.kind,
    item.namespace,
    await keyOf(writer, item.agent),
    item.attachedTo === undefined ? null : await keyOf(writer, item.attachedTo),
    item.title,
    item.rationale,
    JSON.stringify(item.alternatives),
    item.validFrom,
    item.createdAt,
    item.recordedAt,
  )
  await insertBornRelations(writer, event.seq, relations, event)
  for (const { kind, target } of relations) {
    if (kind === 'supersedes') await beginSupersession(writer, event.seq, await keyOf(writer, target), event)
  }
}

function eraseTexts(data: EventData): EventData {
  return { ...redactTexts(data, ['title', 'rationale']), alternatives: [] }
}

import type { ReadableEvent } from '../../log/read-events.js'
import type { Writer } from '../../store/store.js'
import type { EventDefinition } from '../event-definition.js'
import { beginSupersession, endSupersession } from '../knowledge/supersessions.js'
import { keyOf } from '../nodes.js'
import { dropFields } from '../redacted.js'
import { touchTask } from '../tasks/task-rows.js'
import { relationDefinition } from './registry.js'
import { deleteRelation, findStoredRelation, insertRelation, type RelationData } from './relation-rows.js'

/** `relation.added` and `relation.removed`, whose subject is the source of the relation. */
export const RELATION_EVENTS = {
  'relation.added': {
    async evolve(writer, event) {
      const data = event.data as unknown as RelationData
      const source = await keyOf(writer, data.source)
      const target = await keyOf(writer, data.target)
      const { kind, gate } = data
      const activity = data.activity === undefined ? undefined : await keyOf(writer, data.activity)
      await insertRelation(
        writer,
        { source, kind, target, ...(gate !== undefined && { gate }), ...(activity !== undefined && { activity }) },
        event,
      )
      if (kind === 'supersedes') await beginSupersession(writer, source, target, event)
      await raiseRevision(writer, event, source)
    },
    erase: (data) => dropFields(data, ['reason']),
  },
  'relation.removed': {
    async evolve(writer, event) {
      const data = event.data as unknown as RelationData
      const source = await keyOf(writer, data.source)
      const target = await keyOf(writer, data.target)
      const stored = await findStoredRelation(writer, source, data.kind, target)
      if (stored !== undefined) await deleteRelation(writer, stored)
      if (data.kind === 'supersedes') await endSupersession(writer, source, target, event)
      await raiseRevision(writer, event, source)
    },
    erase: (data) => dropFields(data, ['reason']),
  },
} satisfies Record<string, EventDefinition>

async function raiseRevision(writer: Writer, event: ReadableEvent, source: number): Promise<void> {
  const { kind } = event.data as unknown as RelationData
  if (relationDefinition(kind).raisesRevision) await touchTask(writer, source, event.at)
}

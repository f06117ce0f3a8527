import type { EventDefinition } from '../event-definition.js'
import { insertNode } from '../nodes.js'
import { dropFields, redactTexts } from '../redacted.js'
import { insertBornRelations } from '../relations/relation-rows.js'
import type { ArtifactAdded } from './artifact-rows.js'

/** `artifact.added`. */
export const ARTIFACT_EVENTS = {
  'artifact.added': {
    async evolve(writer, event) {
      const data = event.data as unknown as ArtifactAdded
      await insertNode(writer, event.seq, 'artifact', event.subject)
      await writer.run(
        'INSERT INTO artifacts (key, iri, kind, label, media_type, digest, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
        event.seq,
        data.iri,
        data.kind ?? null,
        data.label ?? null,
        data.mediaType ?? null,
        data.digest ?? null,
        event.at,
      )
      await insertBornRelations(writer, event.seq, data.relations, event)
    },
    erase: (data) => dropFields(redactTexts(data, ['iri']), ['digest', 'kind', 'label', 'mediaType']),
  },
} satisfies Record<string, EventDefinition>

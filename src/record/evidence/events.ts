import type { EventDefinition } from '../event-definition.js'
import { insertNode, keyOf } from '../nodes.js'
import { dropFields, redactTexts } from '../redacted.js'
import type { EvidenceAdded } from './evidence-rows.js'

/** `evidence.added`. Its kind outlives an erasure: contracts ask for it. */
export const EVIDENCE_EVENTS = {
  'evidence.added': {
    async evolve(writer, event) {
      const data = event.data as unknown as EvidenceAdded
      await insertNode(writer, event.seq, 'evidence', data.id)
      await writer.run(
        `INSERT INTO evidence (key, subject, agent, kind, iri, artifact, summary, digest, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        event.seq,
        await keyOf(writer, event.subject),
        await keyOf(writer, data.agent),
        data.kind,
        data.iri ?? null,
        data.artifact === undefined ? null : await keyOf(writer, data.artifact),
        data.summary ?? '',
        data.digest ?? null,
        event.at,
      )
    },
    erase: (data) => dropFields(redactTexts(data, ['iri']), ['digest', 'summary']),
  },
} satisfies Record<string, EventDefinition>

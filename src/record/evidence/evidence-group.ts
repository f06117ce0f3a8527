import { validate, withOptions } from '../../input.js'
import { requireNode } from '../nodes.js'
import { among, amongNodes, readPage } from '../paging.js'
import type { Session } from '../session.js'
import { addEvidence } from './commands.js'
import type { Evidence, EvidenceGroup } from './evidence.js'
import { EVIDENCE, EVIDENCE_COLUMNS, type EvidenceRow, readEvidence, toEvidence } from './evidence-rows.js'
import { evidenceSchemas } from './schema.js'

/** The commands and queries on evidence of one session. */
export function evidenceOf(session: Session): EvidenceGroup {
  return {
    async add(subject, evidence) {
      const input = validate('evidence.add', evidenceSchemas.add, withOptions('evidence.add', { subject }, evidence))
      return session.command(addEvidence(session, input))
    },
    async get(id) {
      const input = validate('evidence.get', evidenceSchemas.id, { id })
      return session.query('evidence.get', async (reader) =>
        readEvidence(reader, (await requireNode(reader, input.id, ['evidence'])).key),
      )
    },
    async list(options = {}) {
      const input = validate('evidence.list', evidenceSchemas.list, options)
      return session.query('evidence.list', (reader) =>
        readPage<EvidenceRow, Evidence>(
          reader,
          {
            operation: 'evidence.list',
            columns: EVIDENCE_COLUMNS,
            from: EVIDENCE,
            countFrom: 'evidence e',
            conditions: [...amongNodes('e.subject', input.subject), ...among('e.kind', input.kind)],
            order: 'added',
            orderBy: ['e.key'],
            position: (row) => [row.key],
          },
          input,
          (rows) => rows.map(toEvidence),
        ),
      )
    },
  }
}

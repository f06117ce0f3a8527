import { validate } from '../../input.js'
import { requireNode } from '../nodes.js'
import { among, readPage } from '../paging.js'
import type { Session } from '../session.js'
import type { Artifact, Artifacts } from './artifact.js'
import { ARTIFACT_COLUMNS, ARTIFACTS, type ArtifactRow, readArtifact, toArtifact } from './artifact-rows.js'
import { addArtifact } from './commands.js'
import { artifactSchemas } from './schema.js'

/** The commands and queries on artifacts of one session. */
export function artifactsOf(session: Session): Artifacts {
  return {
    async add(artifact) {
      return session.command(addArtifact(session, validate('artifacts.add', artifactSchemas.add, artifact)))
    },
    async get(id) {
      const input = validate('artifacts.get', artifactSchemas.id, { id })
      return session.query('artifacts.get', async (reader) =>
        readArtifact(reader, (await requireNode(reader, input.id, ['artifact'])).key),
      )
    },
    async findByIri(iri) {
      const input = validate('artifacts.findByIri', artifactSchemas.findByIri, { iri })
      return session.query('artifacts.findByIri', async (reader) => {
        const row = await reader.get<ArtifactRow>(
          `SELECT ${ARTIFACT_COLUMNS} FROM ${ARTIFACTS} WHERE f.iri = ? ORDER BY f.created_at DESC, f.key DESC LIMIT 1`,
          input.iri,
        )
        return row && toArtifact(row)
      })
    },
    async list(options = {}) {
      const input = validate('artifacts.list', artifactSchemas.list, options)
      return session.query('artifacts.list', (reader) =>
        readPage<ArtifactRow, Artifact>(
          reader,
          {
            operation: 'artifacts.list',
            columns: ARTIFACT_COLUMNS,
            from: ARTIFACTS,
            conditions: [...among('f.kind', input.kind), ...among('n.namespace', input.namespace)],
            order: 'added',
            orderBy: ['f.key'],
            position: (row) => [row.key],
          },
          input,
          (rows) => rows.map(toArtifact),
        ),
      )
    },
  }
}

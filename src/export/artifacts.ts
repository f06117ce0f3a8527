import { flawOfIri } from '../prov/iri.js'
import { type Iri, Literal } from '../prov/terms.js'
import { PROV, RDFS } from '../prov/vocabularies.js'
import type { ExportContext } from './export-context.js'
import { type NodeGroup, nothingMore } from './node-group.js'
import { PT } from './provtrail-terms.js'
import { IN_WINDOW, WINDOW, WINDOW_ORDER } from './windows.js'

type ArtifactRow = [
  key: number,
  namespace: string,
  uuid: string,
  iri: string,
  kind: string | null,
  label: string | null,
  mediaType: string | null,
  digest: string | null,
  createdAt: string,
]

/** How artifacts are exported. */
export const ARTIFACT_GROUP: NodeGroup<ArtifactRow> = {
  kind: 'artifact',
  types: [PROV.Entity, PT.Artifact],
  sql: `SELECT n.key, n.namespace, n.uuid, a.iri, a.kind, a.label, a.media_type, a.digest, a.created_at
   FROM ${WINDOW} CROSS JOIN artifacts a
   WHERE ${IN_WINDOW} AND a.key = n.key
   ORDER BY ${WINDOW_ORDER}`,
  readMore: nothingMore,
  existedBy: (row) => row[8],
  write: writeArtifact,
}

/** Where something is, as a value: a text where it is no IRI, or not the same one to every reader. */
export function literalOfIri(iri: string): Literal {
  return flawOfIri(iri) === undefined ? Literal.anyUri(iri) : Literal.text(iri)
}

/**
 * Where the content is goes out as a value, and not as a node: nothing else would be known of that node, which need not
 * be an entity at all, and what is no IRI, or not the same one to every reader, could be none.
 */
function writeArtifact({ writer }: ExportContext, subject: Iri, row: ArtifactRow): void {
  const [, , , iri, kind, label, mediaType, digest, createdAt] = row
  if (label !== null) writer.write(subject, RDFS.label, Literal.text(label))
  writer.write(subject, PT.iri, literalOfIri(iri))
  if (kind !== null) writer.write(subject, PT.kind, Literal.text(kind))
  if (mediaType !== null) writer.write(subject, PT.mediaType, Literal.text(mediaType))
  if (digest !== null) writer.write(subject, PT.digest, Literal.text(digest))
  writer.write(subject, PT.registeredAt, Literal.dateTime(createdAt))
}

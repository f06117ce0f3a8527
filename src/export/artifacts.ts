import { flawOfIri } from '../prov/iri.js'
import { Iri, Literal } from '../prov/terms.js'
import { PROV, RDF, RDFS } from '../prov/vocabularies.js'
import type { ExportContext } from './export-context.js'
import { type NodeGroup, nothingMore } from './node-group.js'
import { PT } from './provtrail-terms.js'
import { artifactIriWindows, IN_WINDOW, windowValues } from './windows.js'

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
export const ARTIFACTS: NodeGroup<ArtifactRow> = {
  kind: 'artifact',
  types: [PROV.Entity, PT.Artifact],
  sql: `SELECT n.key, n.namespace, n.uuid, a.iri, a.kind, a.label, a.media_type, a.digest, a.created_at
   FROM nodes n CROSS JOIN artifacts a
   WHERE ${IN_WINDOW} AND n.kind = 'artifact' AND a.key = n.key
   ORDER BY n.uuid`,
  readMore: nothingMore,
  write: writeArtifact,
}

function writeArtifact({ writer }: ExportContext, subject: Iri, row: ArtifactRow): void {
  const [, , , iri, kind, label, mediaType, digest, createdAt] = row
  if (label !== null) writer.write(subject, RDFS.label, Literal.text(label))
  writer.write(subject, PT.iri, isWritable(iri) ? Iri.parse(iri) : Literal.text(iri))
  if (kind !== null) writer.write(subject, PT.kind, Literal.text(kind))
  if (mediaType !== null) writer.write(subject, PT.mediaType, Literal.text(mediaType))
  if (digest !== null) writer.write(subject, PT.digest, Literal.text(digest))
  writer.write(subject, PT.registeredAt, Literal.dateTime(createdAt))
}

/** Whether the IRI of an artifact becomes a node; what is no IRI, or not the same one to every reader, stays a text. */
function isWritable(iri: string): boolean {
  return flawOfIri(iri) === undefined
}

/** Writes what the IRIs of artifacts name, each once. */
export async function* writeArtifactIris(context: ExportContext): AsyncGenerator<void> {
  for await (const window of artifactIriWindows(context.reader)) {
    const iris = await context.reader.rows<[string]>(
      `SELECT DISTINCT a.iri FROM artifacts a CROSS JOIN nodes n
       WHERE a.iri > ? AND a.iri <= ? AND n.key = a.key AND n.namespace = coalesce(?, n.namespace)
       ORDER BY a.iri`,
      ...windowValues(window, context.namespace),
    )
    yield
    for (const [text] of iris) {
      if (!isWritable(text)) continue
      const iri = Iri.parse(text)
      context.writer.write(iri, RDF.type, RDFS.Resource)
      context.writer.write(iri, RDFS.label, Literal.text(text))
      if (context.writer.full) yield
    }
  }
}

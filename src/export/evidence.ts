import { type Iri, Literal } from '../prov/terms.js'
import { DCTERMS, PROV } from '../prov/vocabularies.js'
import { literalOfIri } from './artifacts.js'
import type { ExportContext } from './export-context.js'
import { linkMaking, type MakingRow, readMakings } from './makings.js'
import type { NodeGroup, NodeParts } from './node-group.js'
import { PT } from './provtrail-terms.js'
import type { RowsByNode } from './rows-by-node.js'
import { IN_WINDOW, WINDOW, WINDOW_ORDER } from './windows.js'

type EvidenceRow = [
  key: number,
  namespace: string,
  uuid: string,
  kind: string,
  iri: string | null,
  summary: string,
  digest: string | null,
  createdAt: string,
  subjectNamespace: string,
  subjectUuid: string,
  agentNamespace: string,
  agentUuid: string,
  artifactNamespace: string | null,
  artifactUuid: string | null,
]

/** How evidence is exported. */
export const EVIDENCE_GROUP: NodeGroup<EvidenceRow, RowsByNode<MakingRow>> = {
  kind: 'evidence',
  types: [PROV.Entity, PT.Evidence],
  sql: `SELECT n.key, n.namespace, n.uuid, e.kind, e.iri, e.summary, e.digest, e.created_at, s.namespace, s.uuid,
     a.namespace, a.uuid, f.namespace, f.uuid
   FROM ${WINDOW} CROSS JOIN evidence e CROSS JOIN nodes s CROSS JOIN nodes a LEFT JOIN nodes f ON f.key = e.artifact
   WHERE ${IN_WINDOW} AND e.key = n.key AND s.key = e.subject AND a.key = e.agent
   ORDER BY ${WINDOW_ORDER}`,
  readMore: readMakings,
  generatedAt: (row) => row[7],
  write: writeEvidence,
}

function writeEvidence(
  context: ExportContext,
  subject: Iri,
  row: EvidenceRow,
  { links, relations, more }: NodeParts<RowsByNode<MakingRow>>,
): void {
  const [key, namespace, uuid, kind, iri, summary, digest, createdAt, ...ends] = row
  const [subjectNamespace, subjectUuid, agentNamespace, agentUuid, artifactNamespace, artifactUuid] = ends
  const { writer } = context
  writer.write(subject, PT.kind, Literal.text(kind))
  if (iri !== null) writer.write(subject, PT.iri, literalOfIri(iri))
  if (summary !== '') writer.write(subject, DCTERMS.description, Literal.text(summary))
  if (digest !== null) writer.write(subject, PT.digest, Literal.text(digest))
  writer.write(subject, PROV.generatedAtTime, Literal.dateTime(createdAt))
  links.add(PT.evidenceFor, context.refer(subjectNamespace, subjectUuid))
  links.add(PROV.wasAttributedTo, context.refer(agentNamespace, agentUuid))
  if (artifactNamespace !== null && artifactUuid !== null) {
    links.add(PT.pointsAt, context.refer(artifactNamespace, artifactUuid))
  }
  linkMaking(context, links, { namespace, uuid }, { making: more.of(key)[0], createdAt, relations })
}

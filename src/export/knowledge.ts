import { type Iri, Literal } from '../prov/terms.js'
import { DCTERMS, PROV } from '../prov/vocabularies.js'
import type { ExportContext } from './export-context.js'
import { linkMaking, type MakingRow, readMakings } from './makings.js'
import type { NodeGroup, NodeParts } from './node-group.js'
import { PT } from './provtrail-terms.js'
import type { RowsByNode } from './rows-by-node.js'
import { IN_WINDOW, WINDOW, WINDOW_ORDER } from './windows.js'

type KnowledgeRow = [
  key: number,
  namespace: string,
  uuid: string,
  title: string,
  rationale: string,
  alternatives: string,
  validFrom: string,
  createdAt: string,
  agentNamespace: string,
  agentUuid: string,
  taskNamespace: string | null,
  taskUuid: string | null,
]

const GROUP = {
  sql: `SELECT n.key, n.namespace, n.uuid, d.title, d.rationale, d.alternatives, d.valid_from, d.created_at,
     a.namespace, a.uuid, t.namespace, t.uuid
   FROM ${WINDOW} CROSS JOIN knowledge d CROSS JOIN nodes a LEFT JOIN nodes t ON t.key = d.attached_to
   WHERE ${IN_WINDOW} AND d.key = n.key AND a.key = d.agent
   ORDER BY ${WINDOW_ORDER}`,
  readMore: readMakings,
  generatedAt: (row: KnowledgeRow) => row[7],
  write: writeKnowledge,
}

/** How decisions are exported. */
export const DECISION_GROUP: NodeGroup<KnowledgeRow, RowsByNode<MakingRow>> = {
  kind: 'decision',
  types: [PROV.Entity, PT.Decision],
  ...GROUP,
}

/** How learnings are exported. */
export const LEARNING_GROUP: NodeGroup<KnowledgeRow, RowsByNode<MakingRow>> = {
  kind: 'learning',
  types: [PROV.Entity, PT.Learning],
  ...GROUP,
}

function writeKnowledge(
  context: ExportContext,
  subject: Iri,
  row: KnowledgeRow,
  { links, relations, more }: NodeParts<RowsByNode<MakingRow>>,
): void {
  const [key, namespace, uuid, title, rationale, alternatives, validFrom, createdAt, ...ends] = row
  const [agentNamespace, agentUuid, taskNamespace, taskUuid] = ends
  const { writer } = context
  writer.write(subject, DCTERMS.title, Literal.text(title))
  if (rationale !== '') writer.write(subject, PT.rationale, Literal.text(rationale))
  for (const alternative of new Set(JSON.parse(alternatives) as string[])) {
    writer.write(subject, PT.alternative, Literal.text(alternative))
  }
  writer.write(subject, PT.validFrom, Literal.dateTime(validFrom))
  writer.write(subject, PROV.generatedAtTime, Literal.dateTime(createdAt))
  links.add(PROV.wasAttributedTo, context.refer(agentNamespace, agentUuid))
  if (taskNamespace !== null && taskUuid !== null) links.add(PT.attachedTo, context.refer(taskNamespace, taskUuid))
  linkMaking(context, links, { namespace, uuid }, { making: more.of(key)[0], createdAt, relations })
}

import { type Iri, Literal } from '../prov/terms.js'
import { PROV } from '../prov/vocabularies.js'
import type { ExportContext } from './export-context.js'
import { linkMaking, type MakingRow, readMakings } from './makings.js'
import type { NodeGroup, NodeParts } from './node-group.js'
import { PT } from './provtrail-terms.js'
import type { RowsByNode } from './rows-by-node.js'
import { IN_WINDOW, WINDOW, WINDOW_ORDER } from './windows.js'

type CommentRow = [
  key: number,
  namespace: string,
  uuid: string,
  body: string,
  createdAt: string,
  taskNamespace: string,
  taskUuid: string,
  authorNamespace: string,
  authorUuid: string,
]

/** How comments are exported. */
export const COMMENT_GROUP: NodeGroup<CommentRow, RowsByNode<MakingRow>> = {
  kind: 'comment',
  types: [PROV.Entity, PT.Comment],
  sql: `SELECT n.key, n.namespace, n.uuid, c.body, c.created_at, t.namespace, t.uuid, a.namespace, a.uuid
   FROM ${WINDOW} CROSS JOIN comments c CROSS JOIN nodes t CROSS JOIN nodes a
   WHERE ${IN_WINDOW} AND c.key = n.key AND t.key = c.task AND a.key = c.author
   ORDER BY ${WINDOW_ORDER}`,
  readMore: readMakings,
  generatedAt: (row) => row[4],
  write: writeComment,
}

function writeComment(
  context: ExportContext,
  subject: Iri,
  row: CommentRow,
  { links, relations, more }: NodeParts<RowsByNode<MakingRow>>,
): void {
  const [key, namespace, uuid, body, createdAt, taskNamespace, taskUuid, authorNamespace, authorUuid] = row
  const { writer } = context
  writer.write(subject, PROV.value, Literal.text(body))
  writer.write(subject, PROV.generatedAtTime, Literal.dateTime(createdAt))
  links.add(PT.commentOn, context.refer(taskNamespace, taskUuid))
  links.add(PROV.wasAttributedTo, context.refer(authorNamespace, authorUuid))
  linkMaking(context, links, { namespace, uuid }, { making: more.of(key)[0], createdAt, relations })
}

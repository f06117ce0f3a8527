import { type Iri, Literal } from '../prov/terms.js'
import { PROV } from '../prov/vocabularies.js'
import type { ExportContext } from './export-context.js'
import type { Links } from './links.js'
import { type NodeGroup, nothingMore } from './node-group.js'
import { PT } from './provtrail-terms.js'
import { IN_WINDOW } from './windows.js'

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
export const COMMENTS: NodeGroup<CommentRow> = {
  kind: 'comment',
  types: [PROV.Entity, PT.Comment],
  sql: `SELECT n.key, n.namespace, n.uuid, c.body, c.created_at, t.namespace, t.uuid, a.namespace, a.uuid
   FROM nodes n CROSS JOIN comments c CROSS JOIN nodes t CROSS JOIN nodes a
   WHERE ${IN_WINDOW} AND n.kind = 'comment' AND c.key = n.key AND t.key = c.task AND a.key = c.author
   ORDER BY n.uuid`,
  readMore: nothingMore,
  write: writeComment,
}

function writeComment(context: ExportContext, subject: Iri, row: CommentRow, links: Links): void {
  const [, , , body, createdAt, taskNamespace, taskUuid, authorNamespace, authorUuid] = row
  const { writer } = context
  writer.write(subject, PROV.value, Literal.text(body))
  writer.write(subject, PROV.generatedAtTime, Literal.dateTime(createdAt))
  links.add(PT.commentOn, context.refer(taskNamespace, taskUuid))
  links.add(PROV.wasAttributedTo, context.refer(authorNamespace, authorUuid))
}

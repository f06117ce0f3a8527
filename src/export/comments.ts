import { type Iri, Literal } from '../prov/terms.js'
import { PROV } from '../prov/vocabularies.js'
import type { ExportContext } from './export-context.js'
import { Links } from './links.js'
import { describe } from './node-description.js'
import { type NodeGroup, nothingMore } from './node-group.js'
import { PT } from './provtrail-terms.js'
import { linkRelations, type NodeRelations } from './relations.js'
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

/** The types of every comment. */
export const COMMENT_TYPES: readonly Iri[] = [PROV.Entity, PT.Comment]

/** How comments are exported. */
export const COMMENTS: NodeGroup<CommentRow> = {
  kind: 'comment',
  sql: `SELECT n.key, n.namespace, n.uuid, c.body, c.created_at, t.namespace, t.uuid, a.namespace, a.uuid
   FROM nodes n CROSS JOIN comments c CROSS JOIN nodes t CROSS JOIN nodes a
   WHERE ${IN_WINDOW} AND n.kind = 'comment' AND c.key = n.key AND t.key = c.task AND a.key = c.author
   ORDER BY n.uuid`,
  readMore: nothingMore,
  write: writeComment,
}

function writeComment(context: ExportContext, row: CommentRow, relations: NodeRelations): void {
  const [, namespace, uuid, body, createdAt, taskNamespace, taskUuid, authorNamespace, authorUuid] = row
  const { writer } = context
  const node = { namespace, uuid }
  const subject = describe(context, node, COMMENT_TYPES)
  writer.write(subject, PROV.value, Literal.text(body))
  writer.write(subject, PROV.generatedAtTime, Literal.dateTime(createdAt))
  if (relations.invalidatedAt !== undefined) {
    writer.write(subject, PROV.invalidatedAtTime, Literal.dateTime(relations.invalidatedAt))
  }
  const links = new Links()
  links.add(PT.commentOn, context.refer(taskNamespace, taskUuid))
  links.add(PROV.wasAttributedTo, context.refer(authorNamespace, authorUuid))
  linkRelations(context, links, relations, node)
  links.write(writer, subject)
}

import { type Iri, Literal } from '../prov/terms.js'
import { PROV } from '../prov/vocabularies.js'
import type { ExportContext } from './export-context.js'
import { liesWithin, qualifyGeneration } from './generation.js'
import type { NodeGroup, NodeParts } from './node-group.js'
import { PT } from './provtrail-terms.js'
import { RowsByNode } from './rows-by-node.js'
import { IN_WINDOW, type NodeWindow, WINDOW, WINDOW_ORDER } from './windows.js'

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
type MakingRow = [
  key: number,
  transaction: string,
  actor: string,
  activity: string | null,
  startedAt: string | null,
  endedAt: string | null,
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

/** In full, how the comments came about, by the events that their keys name. */
async function readMakings(context: ExportContext, window: NodeWindow): Promise<RowsByNode<MakingRow>> {
  if (!context.isFull) return new RowsByNode<MakingRow>([])
  return new RowsByNode(
    await context.reader.rows<MakingRow>(
      `SELECT e.seq, e."transaction", e.actor, e.activity, a.started_at, a.ended_at
       FROM json_each(?) k CROSS JOIN events e LEFT JOIN nodes n ON n.uuid = substr(e.activity, -36)
         LEFT JOIN activities a ON a.key = n.key
       WHERE e.seq = k.value
       ORDER BY ${WINDOW_ORDER}`,
      window.keys,
    ),
  )
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
  const [making] = more.of(key)
  // Where the record names an activity that generated it, that one did, and no other.
  if (making === undefined || relations.outgoing.some(([, kind]) => kind === 'generated_by')) return
  const [seq, transaction, actor, activity, startedAt, endedAt] = making
  const by = context.maker({ seq, transaction, actor, activity, startedAt, endedAt })
  links.add(PROV.wasGeneratedBy, by)
  if (activity !== null && !liesWithin(createdAt, startedAt, endedAt)) return
  const node = { namespace, uuid }
  const iri = context.nodeIris.qualified(PROV.qualifiedGeneration, node, activity ?? transaction)
  qualifyGeneration(links, { iri, by, at: createdAt })
}

import { type Iri, Literal } from '../prov/terms.js'
import { DCTERMS, PROV, RDF } from '../prov/vocabularies.js'
import { PRIORITIES } from '../vocabulary.js'
import type { ExportContext } from './export-context.js'
import { compare, type Links } from './links.js'
import type { NodeGroup } from './node-group.js'
import type { NodeName } from './node-iris.js'
import { PT } from './provtrail-terms.js'
import { RowsByNode } from './rows-by-node.js'
import { IN_WINDOW, type Window, windowValues } from './windows.js'

/** `updatedAt` is `null` where it is `createdAt`, which saves making a text. */
type TaskRow = [
  key: number,
  namespace: string,
  uuid: string,
  type: string,
  title: string,
  description: string,
  notes: string,
  status: string,
  outcome: string | null,
  priority: number,
  phase: string,
  revision: number,
  createdAt: string,
  updatedAt: string | null,
  closedAt: string | null,
  closeReason: string | null,
  holdReason: string | null,
  ownerNamespace: string | null,
  ownerUuid: string | null,
]
type LabelRow = [task: number, label: string]
type ExternalRefRow = [task: number, system: string, id: string, url: string | null]

/** What the tasks of one window are described with besides their relations. */
interface More {
  readonly labels: RowsByNode<LabelRow>
  readonly externalRefs: RowsByNode<ExternalRefRow>
}

/** A task is the plan of the activities that carry it out (PROV-O, prov:Plan). */
const TYPES: readonly Iri[] = [PROV.Entity, PROV.Plan, PT.Task]

/** For the default types of task, their classes too; words of a file's own vocabulary are told by pt:type alone. */
const TYPES_BY_TASK_TYPE = new Map<string, readonly Iri[]>(
  Object.entries({ bug: PT.Bug, feature: PT.Feature, epic: PT.Epic, chore: PT.Chore }).map(([type, word]) => [
    type,
    [...TYPES, word],
  ]),
)

/** How tasks are exported. */
export const TASKS: NodeGroup<TaskRow, More> = {
  kind: 'task',
  types: TYPES,
  typesOf: ([, , , type]) => TYPES_BY_TASK_TYPE.get(type) ?? TYPES,
  sql: `SELECT n.key, n.namespace, n.uuid, t.type, t.title, t.description, t.notes, t.status, t.outcome, t.priority, t.phase,
     t.revision, t.created_at, nullif(t.updated_at, t.created_at), t.closed_at, t.close_reason, t.hold_reason, o.namespace, o.uuid
   FROM nodes n CROSS JOIN tasks t LEFT JOIN nodes o ON o.key = t.owner
   WHERE ${IN_WINDOW} AND n.kind = 'task' AND t.key = n.key
   ORDER BY n.uuid`,
  readMore,
  write: writeTask,
}

async function readMore(context: ExportContext, window: Window): Promise<More> {
  return { labels: await readLabels(context, window), externalRefs: await readExternalRefs(context, window) }
}

async function readLabels(context: ExportContext, window: Window): Promise<RowsByNode<LabelRow>> {
  return new RowsByNode(
    await context.reader.rows<LabelRow>(
      `SELECT l.task, l.label FROM nodes n CROSS JOIN task_labels l
       WHERE ${IN_WINDOW} AND n.kind = 'task' AND l.task = n.key
       ORDER BY n.uuid`,
      ...windowValues(window, context.namespace),
    ),
  )
}

async function readExternalRefs(context: ExportContext, window: Window): Promise<RowsByNode<ExternalRefRow>> {
  return new RowsByNode(
    await context.reader.rows<ExternalRefRow>(
      `SELECT x.task, x.system, x.id, x.url FROM nodes n CROSS JOIN external_refs x
       WHERE ${IN_WINDOW} AND n.kind = 'task' AND x.task = n.key
       ORDER BY n.uuid`,
      ...windowValues(window, context.namespace),
    ),
  )
}

function writeTask(context: ExportContext, subject: Iri, row: TaskRow, links: Links, more: More): void {
  const [
    key,
    namespace,
    uuid,
    type,
    title,
    description,
    notes,
    status,
    outcome,
    priority,
    phase,
    revision,
    createdAt,
    updatedAt,
    closedAt,
    closeReason,
    holdReason,
    ownerNamespace,
    ownerUuid,
  ] = row
  const { writer } = context
  writer.write(subject, DCTERMS.title, Literal.text(title))
  if (description !== '') writer.write(subject, DCTERMS.description, Literal.text(description))
  if (notes !== '') writer.write(subject, PT.notes, Literal.text(notes))
  writer.write(subject, PT.status, Literal.text(status))
  if (outcome !== null) writer.write(subject, PT.outcome, Literal.text(outcome))
  if (closeReason !== null) writer.write(subject, PT.closeReason, Literal.text(closeReason))
  if (holdReason !== null) writer.write(subject, PT.holdReason, Literal.text(holdReason))
  writer.write(subject, PT.priority, Literal.text(PRIORITIES[priority] ?? String(priority)))
  writer.write(subject, PT.type, Literal.text(type))
  writer.write(subject, PT.phase, Literal.text(phase))
  writer.write(subject, PT.revision, Literal.integer(revision))
  const labels = more.labels.of(key).map(([, label]) => label)
  for (const label of labels.sort(compare)) writer.write(subject, PT.label, Literal.text(label))
  writer.write(subject, PROV.generatedAtTime, Literal.dateTime(createdAt))
  writer.write(subject, DCTERMS.modified, Literal.dateTime(updatedAt ?? createdAt))
  if (closedAt !== null) writer.write(subject, PT.closedAt, Literal.dateTime(closedAt))
  if (ownerNamespace !== null && ownerUuid !== null) links.add(PT.owner, context.refer(ownerNamespace, ownerUuid))
  for (const ref of more.externalRefs.of(key)) linkExternalRef(context, links, { namespace, uuid }, ref)
}

/** The same task in another system. */
function linkExternalRef(context: ExportContext, links: Links, task: NodeName, ref: ExternalRefRow): void {
  const [, system, id, url] = ref
  const statements: [Iri, Iri | Literal][] = [
    [RDF.type, PT.ExternalReference],
    [PT.system, Literal.text(system)],
    [DCTERMS.identifier, Literal.text(id)],
  ]
  if (url !== null) statements.push([PT.url, Literal.text(url)])
  links.qualify(PT.externalReference, {
    iri: context.nodeIris.qualified(PT.externalReference, task, system, id),
    type: PROV.Entity,
    statements,
  })
}

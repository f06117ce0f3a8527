import { compareText } from '../compare-text.js'
import { type Iri, Literal } from '../prov/terms.js'
import { DCTERMS, PROV, RDF } from '../prov/vocabularies.js'
import type { NodeName } from '../record/nodes.js'
import type { ExternalRef } from '../record/tasks/task.js'
import { PRIORITIES } from '../vocabulary.js'
import { referToContract } from './contracts.js'
import type { ExportContext } from './export-context.js'
import type { Links } from './links.js'
import type { NodeGroup, NodeParts } from './node-group.js'
import { PT } from './provtrail-terms.js'
import { RowsByNode } from './rows-by-node.js'
import { TASK_FIELDS, type TaskField, writeTaskFields } from './task-fields.js'
import { IN_WINDOW, type NodeWindow, WINDOW, WINDOW_ORDER } from './windows.js'

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
  forced: string | null,
  notBefore: string | null,
  snoozedUntil: string | null,
  dueAt: string | null,
  requiredRole: string | null,
  requiredCapabilities: string | null,
  contractVersion: number,
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

const IN_SUMMARY: readonly TaskField[] = [...TASK_FIELDS, 'revision']
/** Where a task stands is what its revisions tell: the task itself stands at all of it, one after another. */
const IN_FULL: readonly TaskField[] = ['title', 'description', 'notes', 'dueAt', 'priority', 'type', 'phase']

/** How tasks are exported. */
export const TASK_GROUP: NodeGroup<TaskRow, More> = {
  kind: 'task',
  types: TYPES,
  typesOf: ([, , , type]) => TYPES_BY_TASK_TYPE.get(type) ?? TYPES,
  sql: `SELECT n.key, n.namespace, n.uuid, t.type, t.title, t.description, t.notes, t.status, t.outcome, t.priority, t.phase,
     t.revision, t.created_at, nullif(t.updated_at, t.created_at), t.closed_at, t.close_reason, t.hold_reason, o.namespace, o.uuid,
     t.forced, t.not_before, t.snoozed_until, t.due_at, t.required_role, t.required_capabilities, t.contract_version
   FROM ${WINDOW} CROSS JOIN tasks t LEFT JOIN nodes o ON o.key = t.owner
   WHERE ${IN_WINDOW} AND t.key = n.key
   ORDER BY ${WINDOW_ORDER}`,
  readMore,
  generatedAt: (row) => row[12],
  write: writeTask,
}

async function readMore({ reader }: ExportContext, { keys }: NodeWindow): Promise<More> {
  const labels = await reader.rows<LabelRow>(
    `SELECT l.task, l.label FROM json_each(?) k CROSS JOIN task_labels l WHERE l.task = k.value ORDER BY ${WINDOW_ORDER}`,
    keys,
  )
  const externalRefs = await reader.rows<ExternalRefRow>(
    `SELECT x.task, x.system, x.id, x.url FROM json_each(?) k CROSS JOIN external_refs x
     WHERE x.task = k.value
     ORDER BY ${WINDOW_ORDER}`,
    keys,
  )
  return { labels: new RowsByNode(labels), externalRefs: new RowsByNode(externalRefs) }
}

function writeTask(context: ExportContext, subject: Iri, row: TaskRow, { links, more }: NodeParts<More>): void {
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
    forced,
    notBefore,
    snoozedUntil,
    dueAt,
    requiredRole,
    requiredCapabilities,
    contractVersion,
  ] = row
  const { writer, isFull } = context
  writeTaskFields(
    writer,
    subject,
    {
      title,
      description,
      notes,
      status,
      outcome,
      closeReason,
      holdReason,
      forced,
      notBefore,
      snoozedUntil,
      dueAt,
      priority: PRIORITIES[priority] ?? String(priority),
      type,
      phase,
      revision,
      closedAt,
    },
    isFull ? IN_FULL : IN_SUMMARY,
  )
  writeLabels(
    context,
    subject,
    more.labels.of(key).map(([, label]) => label),
  )
  writeRequirements(context, subject, {
    role: requiredRole ?? undefined,
    capabilities: requiredCapabilities === null ? undefined : (JSON.parse(requiredCapabilities) as string[]),
  })
  writer.write(subject, PROV.generatedAtTime, Literal.dateTime(createdAt))
  if (!isFull) {
    writer.write(subject, DCTERMS.modified, Literal.dateTime(updatedAt ?? createdAt))
    if (closedAt !== null) writer.write(subject, PT.closedAt, Literal.dateTime(closedAt))
  }
  if (ownerNamespace !== null && ownerUuid !== null) links.add(PT.owner, context.refer(ownerNamespace, ownerUuid))
  if (contractVersion > 0) links.add(PT.contract, referToContract(context, { namespace, uuid }, contractVersion))
  for (const [, system, id, url] of more.externalRefs.of(key)) {
    linkExternalRef(context, links, { namespace, uuid }, url === null ? { system, id } : { system, id, url })
  }
}

/** Writes labels in an order of their own. */
export function writeLabels({ writer }: ExportContext, subject: Iri, labels: readonly string[]): void {
  for (const label of [...labels].sort(compareText)) writer.write(subject, PT.label, Literal.text(label))
}

/** Writes what a task asks of those who claim it. */
export function writeRequirements(
  context: ExportContext,
  subject: Iri,
  {
    role,
    capabilities = [],
  }: { readonly role?: string | undefined; readonly capabilities?: readonly string[] | undefined },
): void {
  const { writer } = context
  if (role !== undefined) writer.write(subject, PT.requiresRole, context.role(role))
  for (const capability of capabilities) writer.write(subject, PT.requiresCapability, Literal.text(capability))
}

/** The same task in another system; `state` tells the state of a task from the task itself. */
export function linkExternalRef(
  context: ExportContext,
  links: Links,
  task: NodeName,
  { system, id, url }: ExternalRef,
  ...state: readonly string[]
): void {
  const statements: [Iri, Iri | Literal][] = [
    [RDF.type, PT.ExternalReference],
    [PT.system, Literal.text(system)],
    [DCTERMS.identifier, Literal.text(id)],
  ]
  if (url !== undefined) statements.push([PT.url, Literal.text(url)])
  links.qualify(PT.externalReference, {
    iri: context.nodeIris.qualified(PT.externalReference, task, system, id, ...state),
    type: PROV.Entity,
    statements,
  })
}

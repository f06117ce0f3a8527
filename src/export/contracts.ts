import { canonicalJson } from '../json.js'
import { type Iri, Literal } from '../prov/terms.js'
import { DCTERMS, PROV, RDF } from '../prov/vocabularies.js'
import type { CompletionPolicy, Contract, Criterion } from '../record/contracts/contract.js'
import { idOf, type NodeName } from '../record/nodes.js'
import type { ExportContext } from './export-context.js'
import { liesWithin, qualifyGeneration } from './generation.js'
import { Links, type QualifiedNode } from './links.js'
import { linkEvidence } from './named-evidence.js'
import { PT } from './provtrail-terms.js'
import { IN_WINDOW, type NodeWindow, WINDOW, WINDOW_ORDER } from './windows.js'

const TYPES: readonly Iri[] = [PROV.Entity, PROV.Plan, PT.Contract]

type ContractRow = [
  task: number,
  namespace: string,
  uuid: string,
  version: number,
  contract: string,
  reason: string | null,
  evidence: string,
  createdAt: string,
  agentNamespace: string,
  agentUuid: string,
  seq: number,
  transaction: string | null,
  actor: string | null,
  activity: string | null,
  startedAt: string | null,
  endedAt: string | null,
]

/** In full, the events that made the contracts tell what did; in summary, events are not looked at. */
const contractsSql = (
  isFull: boolean,
) => `SELECT c.task, n.namespace, n.uuid, c.version, c.contract, c.reason, c.evidence,
    c.created_at, a.namespace, a.uuid, c.made, ${isFull ? 'e."transaction", e.actor, e.activity' : 'NULL, NULL, NULL'},
    ${isFull ? 'w.started_at, w.ended_at' : 'NULL, NULL'}
  FROM ${WINDOW} CROSS JOIN contracts c CROSS JOIN nodes a
    ${isFull ? `CROSS JOIN events e LEFT JOIN nodes m ON m.uuid = substr(e.activity, -36) LEFT JOIN activities w ON w.key = m.key` : ''}
  WHERE ${IN_WINDOW} AND c.task = n.key AND a.key = c.agent ${isFull ? 'AND e.seq = c.made' : ''}
  ORDER BY ${WINDOW_ORDER}, c.version`
const CONTRACTS = contractsSql(false)
const CONTRACTS_IN_FULL = contractsSql(true)

/** Refers to a version of the contract of a task. */
export function referToContract(context: ExportContext, task: NodeName, version: number): Iri {
  const iri = context.nodeIris.madeUp(task.namespace, PT.Contract, idOf(task), String(version))
  return context.referToPart(task, { iri, types: TYPES, label: `Contract ${version}` })
}

/** Refers to a criterion of a version of the contract of a task. */
export function referToCriterion(context: ExportContext, task: NodeName, version: number, id: string): Iri {
  const iri = context.nodeIris.madeUp(task.namespace, PT.Criterion, idOf(task), String(version), id)
  return context.referToPart(task, { iri, types: [PROV.Entity, PT.Criterion], label: id })
}

/** Writes every version of the contracts of the tasks of these windows. */
export async function* writeContracts(context: ExportContext, windows: readonly NodeWindow[]): AsyncGenerator<void> {
  for (const { keys } of windows) {
    const rows = await context.reader.rows<ContractRow>(context.isFull ? CONTRACTS_IN_FULL : CONTRACTS, keys)
    yield
    for (const [i, row] of rows.entries()) {
      const [before, after] = [rows[i - 1], rows[i + 1]]
      writeContract(
        context,
        row,
        before?.[0] === row[0] ? before : undefined,
        after?.[0] === row[0] ? after : undefined,
      )
      if (context.writer.full) yield
    }
  }
}

function writeContract(
  context: ExportContext,
  row: ContractRow,
  before: ContractRow | undefined,
  after: ContractRow | undefined,
): void {
  const [, namespace, uuid, version, text, reason, evidence, createdAt, agentNamespace, agentUuid] = row
  const { writer } = context
  const task = { namespace, uuid }
  const subject = referToContract(context, task, version)
  const contract = JSON.parse(text) as Contract
  for (const type of TYPES) writer.write(subject, RDF.type, type)
  writer.write(subject, PT.version, Literal.text(String(version)))
  if (reason !== null) writer.write(subject, PT.reason, Literal.text(reason))
  if (contract.outputSchema !== undefined) {
    writer.write(subject, PT.outputSchema, Literal.json(canonicalJson(contract.outputSchema)))
  }
  for (const kind of new Set(contract.requiredEvidence)) writer.write(subject, PT.requiresEvidence, Literal.text(kind))
  writePolicy(context, subject, contract.completionPolicy ?? 'self')
  if (contract.retry !== undefined) writer.write(subject, PT.retry, Literal.json(canonicalJson(contract.retry)))
  writer.write(subject, PROV.generatedAtTime, Literal.dateTime(createdAt))
  const endedAt = after !== undefined && after[7] >= createdAt ? after[7] : undefined
  if (endedAt !== undefined) writer.write(subject, PROV.invalidatedAtTime, Literal.dateTime(endedAt))
  const links = new Links()
  links.add(PROV.wasAttributedTo, context.refer(agentNamespace, agentUuid))
  linkEvidence(context, links, JSON.parse(evidence))
  for (const criterion of contract.criteria) linkCriterion(context, links, task, version, criterion)
  linkGeneration(context, links, row)
  if (before !== undefined) linkRevision(context, links, row, before)
  if (after !== undefined) linkInvalidation(context, links, row, after, endedAt)
  links.write(writer, subject)
}

function writePolicy({ writer }: ExportContext, subject: Iri, policy: CompletionPolicy): void {
  const isQuorum = typeof policy === 'object'
  writer.write(subject, PT.completionPolicy, Literal.text(isQuorum ? 'quorum' : policy))
  if (isQuorum) writer.write(subject, PT.quorum, Literal.integer(policy.quorum))
}

function linkCriterion(
  context: ExportContext,
  links: Links,
  task: NodeName,
  version: number,
  { id, text, required, verification }: Criterion,
): void {
  const statements: [Iri, Iri | Literal][] = [
    [RDF.type, PT.Criterion],
    [DCTERMS.identifier, Literal.text(id)],
    [DCTERMS.description, Literal.text(text)],
    [PT.obligation, Literal.text(required ? 'required' : 'optional')],
  ]
  if (verification !== undefined) statements.push([PT.verification, Literal.text(verification)])
  links.qualify(PT.criterion, { iri: referToCriterion(context, task, version, id), type: PROV.Entity, statements })
}

/** In full, what made a version, and whether its time is one at which that went on. */
function makerOf(
  context: ExportContext,
  row: ContractRow,
): { readonly by: Iri; readonly isTimed: boolean } | undefined {
  const [, , , , , , , createdAt, , , seq, transaction, actor, activity, startedAt, endedAt] = row
  if (transaction === null || actor === null) return undefined
  return {
    by: context.maker({ seq, transaction, actor, activity, startedAt, endedAt }),
    isTimed: activity === null || liesWithin(createdAt, startedAt, endedAt),
  }
}

/** Names the qualified node of a version. Nothing else of a task is made up of these parts. */
function qualifiedIri(context: ExportContext, property: Iri, [, namespace, uuid, version]: ContractRow): Iri {
  return context.nodeIris.madeUp(namespace, property, PT.Contract.value, idOf({ namespace, uuid }), String(version))
}

function linkGeneration(context: ExportContext, links: Links, row: ContractRow): void {
  const maker = makerOf(context, row)
  if (maker === undefined) return
  links.add(PROV.wasGeneratedBy, maker.by)
  if (!maker.isTimed) return
  qualifyGeneration(links, { iri: qualifiedIri(context, PROV.qualifiedGeneration, row), by: maker.by, at: row[7] })
}

function linkRevision(context: ExportContext, links: Links, row: ContractRow, before: ContractRow): void {
  const [, namespace, uuid, , , , , createdAt] = row
  const old = referToContract(context, { namespace, uuid }, before[3])
  const maker = makerOf(context, row)
  links.add(PROV.wasRevisionOf, old)
  links.add(PROV.wasDerivedFrom, old)
  links.add(DCTERMS.replaces, old)
  links.qualify(PROV.qualifiedRevision, {
    iri: qualifiedIri(context, PROV.qualifiedRevision, row),
    type: PROV.Revision,
    statements: [
      [PROV.entity, old],
      ...(maker?.isTimed === true ? ([[PROV.hadActivity, maker.by]] as const) : []),
      [DCTERMS.created, Literal.dateTime(createdAt)],
    ],
  })
}

/** As of what a relation supersedes: the next version took its place. */
function linkInvalidation(
  context: ExportContext,
  links: Links,
  row: ContractRow,
  after: ContractRow,
  at: string | undefined,
): void {
  const [, namespace, uuid] = row
  const maker = makerOf(context, after)
  const statements: QualifiedNode['statements'][number][] = []
  if (maker !== undefined) {
    links.add(PROV.wasInvalidatedBy, maker.by)
    statements.push([PROV.activity, maker.by])
  }
  if (at !== undefined && maker?.isTimed !== false) statements.push([PROV.atTime, Literal.dateTime(at)])
  links.add(DCTERMS.isReplacedBy, referToContract(context, { namespace, uuid }, after[3]))
  links.qualify(PROV.qualifiedInvalidation, {
    iri: qualifiedIri(context, PROV.qualifiedInvalidation, row),
    type: PROV.Invalidation,
    statements: [...statements, [PROV.hadRole, context.role('superseded')]],
  })
}

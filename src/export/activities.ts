import { type Iri, Literal } from '../prov/terms.js'
import { DCTERMS, PROV } from '../prov/vocabularies.js'
import { idOf, type NodeName } from '../record/nodes.js'
import { referToContract } from './contracts.js'
import type { ExportContext } from './export-context.js'
import { liesWithin } from './generation.js'
import type { Links } from './links.js'
import { linkEvidence } from './named-evidence.js'
import { type NodeGroup, type NodeParts, nothingMore } from './node-group.js'
import { PT } from './provtrail-terms.js'
import { referToSubmission } from './submissions.js'
import { IN_WINDOW, WINDOW, WINDOW_ORDER } from './windows.js'

type ActivityRow = [
  key: number,
  namespace: string,
  uuid: string,
  phase: string,
  stage: string,
  notes: string,
  startedAt: string,
  endedAt: string | null,
  failure: string | null,
  agentNamespace: string,
  agentUuid: string,
  role: string | null,
  provider: string | null,
  model: string | null,
  version: string | null,
  parameters: string | null,
  taskNamespace: string | null,
  taskUuid: string | null,
  attemptNumber: number | null,
  leaseUntil: string | null,
  endedBy: string | null,
  endReason: string | null,
  contractVersion: number | null,
  verdict: string | null,
  comment: string | null,
  evidence: string | null,
  reviewedAt: string | null,
  reviewedNamespace: string | null,
  reviewedUuid: string | null,
]

const TYPES: readonly Iri[] = [PROV.Activity]
const ATTEMPT_TYPES: readonly Iri[] = [...TYPES, PT.Attempt]
const REVIEW_TYPES: readonly Iri[] = [...TYPES, PT.Review]

/** How activities are exported, and of them attempts and reviews. An attempt goes by the contract that it was judged by, or found. */
export const ACTIVITY_GROUP: NodeGroup<ActivityRow> = {
  kind: 'activity',
  types: TYPES,
  typesOf: (row) => (row[18] !== null ? ATTEMPT_TYPES : row[23] !== null ? REVIEW_TYPES : TYPES),
  sql: `SELECT n.key, n.namespace, n.uuid, c.phase, c.stage, c.notes, c.started_at, c.ended_at, c.failure,
     a.namespace, a.uuid, g.role, g.provider, g.model, g.version, g.parameters, t.namespace, t.uuid,
     p.number, p.expires_at, p.ended_by, p.end_reason,
     coalesce(p.contract_version, (SELECT max(w.version) FROM contracts w WHERE w.task = p.task AND w.made < p.key)),
     v.verdict, v.comment, v.evidence, v.created_at, s.namespace, s.uuid
   FROM ${WINDOW} CROSS JOIN activities c CROSS JOIN nodes a CROSS JOIN agents g LEFT JOIN nodes t ON t.key = c.task
     LEFT JOIN attempts p ON p.key = n.key LEFT JOIN reviews v ON v.key = n.key LEFT JOIN nodes s ON s.key = v.attempt
   WHERE ${IN_WINDOW} AND c.key = n.key AND a.key = c.agent AND g.key = c.agent
   ORDER BY ${WINDOW_ORDER}`,
  readMore: nothingMore,
  write: writeActivity,
}

function writeActivity(context: ExportContext, subject: Iri, row: ActivityRow, { links }: NodeParts<void>): void {
  const [
    ,
    namespace,
    uuid,
    phase,
    stage,
    notes,
    startedAt,
    endedAt,
    failure,
    agentNamespace,
    agentUuid,
    role,
    provider,
    name,
    version,
    parameters,
    taskNamespace,
    taskUuid,
    attemptNumber,
    leaseUntil,
    endedBy,
    endReason,
    contractVersion,
    verdict,
    comment,
    evidence,
    reviewedAt,
    reviewedNamespace,
    reviewedUuid,
  ] = row
  const { writer } = context
  const activity = { namespace, uuid }
  writer.write(subject, PT.phase, Literal.text(phase))
  writer.write(subject, PT.stage, Literal.text(stage))
  if (notes !== '') writer.write(subject, PT.notes, Literal.text(notes))
  writer.write(subject, PROV.startedAtTime, Literal.dateTime(startedAt))
  if (endedAt !== null) writer.write(subject, PROV.endedAtTime, Literal.dateTime(endedAt))
  if (failure !== null) writer.write(subject, PT.failure, Literal.text(failure))
  if (attemptNumber !== null) writer.write(subject, PT.attemptNumber, Literal.integer(attemptNumber))
  if (leaseUntil !== null) writer.write(subject, PT.leaseUntil, Literal.dateTime(leaseUntil))
  if (endedBy !== null) writer.write(subject, PT.endedBy, Literal.text(endedBy))
  if (endReason !== null) writer.write(subject, PT.reason, Literal.text(endReason))
  if (verdict !== null) writer.write(subject, PT.verdict, Literal.text(verdict))
  if (comment !== null && comment !== '') writer.write(subject, DCTERMS.description, Literal.text(comment))
  if (evidence !== null) linkEvidence(context, links, JSON.parse(evidence))
  linkAssociation(context, links, {
    activity,
    agent: { namespace: agentNamespace, uuid: agentUuid },
    role,
    task: taskNamespace === null || taskUuid === null ? null : { namespace: taskNamespace, uuid: taskUuid },
    contractVersion,
  })
  if (reviewedAt !== null && reviewedNamespace !== null && reviewedUuid !== null) {
    links.add(PROV.wasInformedBy, context.refer(reviewedNamespace, reviewedUuid))
    const submission = referToSubmission(context, { namespace: reviewedNamespace, uuid: reviewedUuid })
    linkReviewed(context, links, activity, submission, liesWithin(reviewedAt, startedAt, endedAt) ? reviewedAt : null)
  }
  if (provider !== null && name !== null) {
    linkModel(context, links, activity, context.model({ provider, name, version, parameters }))
  }
}

/** Who carries an activity out, in which role, and for which task; of an attempt, by which version of its contract. */
interface Association {
  readonly activity: NodeName
  readonly agent: NodeName
  readonly role: string | null
  readonly task: NodeName | null
  readonly contractVersion: number | null
}

/**
 * prov:wasAssociatedWith, and the qualified association with role and plan (PROV-O §3.3, PROV-DM 5.3.3).
 *
 * An association has one plan at most (PROV-DM 5.3.3). So the contract is that of a second one with the same agent.
 */
function linkAssociation(
  context: ExportContext,
  links: Links,
  { activity, agent, role, task, contractVersion }: Association,
): void {
  const agentIri = context.refer(agent.namespace, agent.uuid)
  links.add(PROV.wasAssociatedWith, agentIri)
  const qualify = (plan: Iri | undefined, ...ends: readonly string[]): void => {
    const statements: [Iri, Iri][] = [[PROV.agent, agentIri]]
    if (role !== null) statements.push([PROV.hadRole, context.role(role)])
    if (plan !== undefined) statements.push([PROV.hadPlan, plan])
    links.qualify(PROV.qualifiedAssociation, {
      iri: context.nodeIris.qualified(PROV.qualifiedAssociation, activity, idOf(agent), ...ends),
      type: PROV.Association,
      statements,
    })
  }
  qualify(task === null ? undefined : context.refer(task.namespace, task.uuid))
  if (task !== null && contractVersion !== null) {
    qualify(referToContract(context, task, contractVersion), PT.Contract.value, String(contractVersion))
  }
}

/** A review uses the submission that it judges, and so is informed by the attempt. */
function linkReviewed(
  context: ExportContext,
  links: Links,
  activity: NodeName,
  submission: Iri,
  at: string | null,
): void {
  links.add(PROV.used, submission)
  links.qualify(PROV.qualifiedUsage, {
    iri: context.nodeIris.qualified(PROV.qualifiedUsage, activity, submission.value),
    type: PROV.Usage,
    statements: [
      [PROV.entity, submission],
      ...(at === null ? [] : ([[PROV.atTime, Literal.dateTime(at)]] as const)),
      [PROV.hadRole, context.role('review-subject')],
    ],
  })
}

/** The model that an ML agent carries an activity out with is something that the activity uses (PROV-DM 5.1.4). */
function linkModel(context: ExportContext, links: Links, activity: NodeName, model: Iri): void {
  links.add(PROV.used, model)
  links.qualify(PROV.qualifiedUsage, {
    iri: context.nodeIris.qualified(PROV.qualifiedUsage, activity, model.value),
    type: PROV.Usage,
    statements: [
      [PROV.entity, model],
      [PROV.hadRole, context.role('model')],
    ],
  })
}

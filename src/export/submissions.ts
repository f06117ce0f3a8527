import { type Iri, Literal } from '../prov/terms.js'
import { DCTERMS, PROV, RDF } from '../prov/vocabularies.js'
import type { RecordedCriterion, RecordedSubmission } from '../record/claims/events.js'
import { idOf, type NodeName } from '../record/nodes.js'
import { referToCriterion } from './contracts.js'
import type { ExportContext } from './export-context.js'
import { liesWithin, qualifyGeneration } from './generation.js'
import { Links } from './links.js'
import { linkEvidence } from './named-evidence.js'
import { PT } from './provtrail-terms.js'
import { IN_WINDOW, type NodeWindow, WINDOW, WINDOW_ORDER } from './windows.js'

const TYPES: readonly Iri[] = [PROV.Entity, PT.Submission]

type SubmissionRow = [
  namespace: string,
  uuid: string,
  taskNamespace: string,
  taskUuid: string,
  agentNamespace: string,
  agentUuid: string,
  startedAt: string,
  endedAt: string,
  outcome: string,
  stopReason: string | null,
  stopText: string | null,
  summary: string | null,
  output: string | null,
  criteria: string | null,
  contractVersion: number | null,
  submitted: number,
  parts: string | null,
]

/** What was handed in is named by the event alone; an event that was erased is looked up among what was kept. */
const SUBMISSIONS = `SELECT n.namespace, n.uuid, t.namespace, t.uuid, a.namespace, a.uuid, p.started_at, p.ended_at, p.outcome,
    p.stop_reason, p.stop_text, p.summary, p.output, p.criteria, p.contract_version, p.submitted,
    CASE WHEN e.data IS NOT NULL THEN json_object(
      'artifacts', json_extract(e.data, '$.submission.artifacts'),
      'decisions', json_extract(e.data, '$.submission.decisions'),
      'learnings', json_extract(e.data, '$.submission.learnings'),
      'evidence', json_extract(e.data, '$.submission.evidence')
    ) END
  FROM ${WINDOW} CROSS JOIN attempts p CROSS JOIN nodes t CROSS JOIN nodes a CROSS JOIN events e
  WHERE ${IN_WINDOW} AND p.key = n.key AND p.submitted IS NOT NULL AND t.key = p.task AND a.key = p.agent AND e.seq = p.submitted
  ORDER BY ${WINDOW_ORDER}`

/** What of a submission has ids of its own; absent or `null` where there is none. */
type Parts = { readonly [Part in 'artifacts' | 'decisions' | 'learnings' | 'evidence']?: readonly string[] | null }

/** Refers to the submission that an attempt came to. */
export function referToSubmission(context: ExportContext, attempt: NodeName): Iri {
  const iri = context.nodeIris.madeUp(attempt.namespace, PT.Submission, idOf(attempt))
  return context.referToPart(attempt, { iri, types: TYPES, label: 'Submission' })
}

/** Writes the submissions of those activities in these windows that are attempts and came to one. */
export async function* writeSubmissions(context: ExportContext, windows: readonly NodeWindow[]): AsyncGenerator<void> {
  for (const { keys } of windows) {
    const rows = await context.reader.rows<SubmissionRow>(SUBMISSIONS, keys)
    yield
    for (const row of rows) {
      writeSubmission(context, row, await partsOf(context, row))
      if (context.writer.full) yield
    }
  }
}

async function partsOf(context: ExportContext, row: SubmissionRow): Promise<Parts> {
  const [submitted, parts] = [row[15], row[16]]
  if (parts !== null) return JSON.parse(parts) as Parts
  const kept = (await context.keptBySeq()).get(submitted)
  return (kept?.submission ?? {}) as unknown as RecordedSubmission
}

function writeSubmission(context: ExportContext, row: SubmissionRow, parts: Parts): void {
  const [namespace, uuid, taskNamespace, taskUuid, agentNamespace, agentUuid, startedAt, endedAt, outcome, ...rest] =
    row
  const [stopReason, stopText, summary, output, criteria, contractVersion] = rest
  const { writer } = context
  const attempt = { namespace, uuid }
  const subject = referToSubmission(context, attempt)
  for (const type of TYPES) writer.write(subject, RDF.type, type)
  writer.write(subject, PT.outcome, Literal.text(outcome))
  if (stopReason !== null) writer.write(subject, PT.stopReason, Literal.text(stopReason))
  if (stopText !== null) writer.write(subject, PT.stopText, Literal.text(stopText))
  if (summary !== null && summary !== '') writer.write(subject, DCTERMS.description, Literal.text(summary))
  if (output !== null) writer.write(subject, PT.output, Literal.json(output))
  writer.write(subject, PROV.generatedAtTime, Literal.dateTime(endedAt))
  const links = new Links()
  links.add(PROV.wasAttributedTo, context.refer(agentNamespace, agentUuid))
  const by = context.refer(namespace, uuid)
  links.add(PROV.wasGeneratedBy, by)
  if (liesWithin(endedAt, startedAt, endedAt)) {
    const iri = context.nodeIris.qualified(PROV.qualifiedGeneration, attempt, PT.Submission.value)
    qualifyGeneration(links, { iri, by, at: endedAt })
  }
  for (const id of [parts.artifacts, parts.decisions, parts.learnings].flatMap((ids) => ids ?? [])) {
    links.add(DCTERMS.hasPart, context.referTo(id))
  }
  linkEvidence(context, links, parts.evidence)
  const task = { namespace: taskNamespace, uuid: taskUuid }
  for (const result of criteria === null ? [] : (JSON.parse(criteria) as RecordedCriterion[])) {
    linkResult(context, links, { attempt, task, contractVersion }, result)
  }
  links.write(writer, subject)
}

/** What a submission says of one criterion, as a node of its own. */
function linkResult(
  context: ExportContext,
  links: Links,
  { attempt, task, contractVersion }: { attempt: NodeName; task: NodeName; contractVersion: number | null },
  { id, status, evidence, waiver }: RecordedCriterion,
): void {
  const statements: [Iri, Iri | Literal][] = [
    [RDF.type, PT.CriterionResult],
    [PT.result, Literal.text(status)],
  ]
  if (contractVersion !== null) statements.push([PT.criterion, referToCriterion(context, task, contractVersion, id)])
  if (waiver !== undefined) {
    statements.push([PT.waivedBy, context.referTo(waiver.by)], [PT.reason, Literal.text(waiver.reason)])
  }
  for (const one of [...new Set(evidence)].sort()) statements.push([PT.evidence, context.referTo(one)])
  links.qualify(PT.criterionResult, {
    iri: context.nodeIris.qualified(PT.criterionResult, attempt, id),
    type: PROV.Entity,
    statements,
  })
}

import { chunksOf } from '../../chunks.js'
import { groupBy } from '../../group-by.js'
import type { AgentId, EvidenceId } from '../../ids.js'
import type { EventData } from '../../log/event.js'
import { readRedactions } from '../../log/read-events.js'
import { agentNames } from '../../record/agents/agent-names.js'
import type { RecordedCriterion } from '../../record/claims/events.js'
import type { Contract } from '../../record/contracts/contract.js'
import {
  CONTRACT_COLUMNS,
  CONTRACTS,
  type ContractRow,
  toContractVersion,
} from '../../record/contracts/contract-rows.js'
import { EVIDENCE, EVIDENCE_COLUMNS, type EvidenceRow, toEvidence } from '../../record/evidence/evidence-rows.js'
import { KEYS_OF_IDS } from '../../record/paging.js'
import { REVIEW_COLUMNS, REVIEWS, type ReviewRow, toReview } from '../../record/reviews/review-rows.js'
import type { Reader } from '../../store/store.js'
import type { ContractRevision, CriterionOutcome, CutOff, Judgement, NodeFields } from './lineage.js'
import { proofOf } from './proof.js'

type TaskFields = Extract<NodeFields, { kind: 'task' }>
type ActivityFields = Extract<NodeFields, { kind: 'activity' }>

/** What is told of tasks and attempts beyond their own fields. */
export type Details = Pick<TaskFields, 'contracts'> & Pick<ActivityFields, 'judgements' | 'criteria' | 'cutOff'>

/** How many nodes are looked at at once. */
const BATCH = 500

/** The details of these nodes, by key; nothing for those that have none. */
export async function readDetails(
  reader: Reader,
  nodes: ReadonlyMap<number, NodeFields>,
): Promise<ReadonlyMap<number, Details>> {
  const details = new Map<number, Details>()
  const add = <Key extends keyof Details>(field: Key, found: ReadonlyMap<number, Details[Key]>) => {
    for (const [key, value] of found) details.set(key, { ...details.get(key), [field]: value })
  }
  const keysOf = (isMeant: (node: NodeFields) => boolean) =>
    [...nodes].flatMap(([key, node]) => (isMeant(node) ? [key] : []))
  for (const some of chunksOf(keysOf(isRevised), BATCH)) {
    add('contracts', await readContracts(reader, JSON.stringify(some)))
  }
  for (const some of chunksOf(keysOf(isAttempt), BATCH)) {
    const json = JSON.stringify(some)
    add('judgements', await readJudgements(reader, json))
    add('criteria', await readCriteria(reader, json))
    add('cutOff', await readCutOffs(reader, json))
  }
  return details
}

function isRevised(node: NodeFields): boolean {
  return node.kind === 'task' && (node.fields.contractVersion ?? 0) > 1
}

function isAttempt(node: NodeFields): boolean {
  return node.kind === 'activity' && node.run !== undefined
}

const AMONG = 'IN (SELECT value FROM json_each(?))'

async function readContracts(reader: Reader, keys: string): Promise<Map<number, ContractRevision[]>> {
  const rows = await reader.all<ContractRow>(
    `SELECT ${CONTRACT_COLUMNS} FROM ${CONTRACTS}
     WHERE c.task ${AMONG} ORDER BY c.task, c.version`,
    keys,
  )
  const versions = rows.map((row) => ({ key: row.task, ...toContractVersion(row) }))
  const names = await agentNames(
    reader,
    versions.map(({ agent }) => agent),
  )
  const proofs = await proofsOf(
    reader,
    versions.flatMap(({ evidence }) => evidence),
  )
  const revisions = versions.map(({ key, version, contract, agent, reason, evidence, createdAt }) => ({
    key,
    revision: {
      version,
      contract,
      agent,
      agentName: names.get(agent)!,
      ...(reason !== undefined && { reason }),
      evidence: evidence.map((id) => ({ evidence: id, name: proofs.get(id)! })),
      createdAt,
    },
  }))
  return new Map(
    [...groupBy(revisions, ({ key }) => key)].map(([key, ofTask]) => [key, ofTask.map(({ revision }) => revision)]),
  )
}

async function readJudgements(reader: Reader, keys: string): Promise<Map<number, Judgement[]>> {
  const rows = await reader.all<ReviewRow & { readonly attempt: number }>(
    `SELECT ${REVIEW_COLUMNS}, w.attempt FROM ${REVIEWS} WHERE w.attempt ${AMONG} ORDER BY w.key`,
    keys,
  )
  const reviews = rows.map((row) => ({ key: row.attempt, ...toReview(row) }))
  const names = await agentNames(
    reader,
    reviews.map(({ reviewer }) => reviewer),
  )
  return new Map(
    [...groupBy(reviews, ({ key }) => key)].map(([key, ofAttempt]) => [
      key,
      ofAttempt.map(({ id, reviewer, verdict, comment }) => ({
        review: id,
        reviewer,
        reviewerName: names.get(reviewer)!,
        verdict,
        comment,
      })),
    ]),
  )
}

async function readCriteria(reader: Reader, keys: string): Promise<Map<number, CriterionOutcome[]>> {
  const rows = await reader.rows<[key: number, criteria: string, contract: string | null]>(
    `SELECT p.key, p.criteria, c.contract
     FROM attempts p LEFT JOIN contracts c ON c.task = p.task AND c.version = p.contract_version
     WHERE p.key ${AMONG} AND p.criteria IS NOT NULL AND p.criteria <> '[]'`,
    keys,
  )
  const submissions = rows.map(([key, criteria, contract]) => ({
    key,
    criteria: JSON.parse(criteria) as readonly RecordedCriterion[],
    texts: new Map(
      contract === null ? [] : (JSON.parse(contract) as Contract).criteria.map(({ id, text }) => [id, text]),
    ),
  }))
  const names = await agentNames(
    reader,
    submissions.flatMap(({ criteria }) => criteria.flatMap(({ waiver }) => waiver?.by ?? [])),
  )
  return new Map(
    submissions.map(({ key, criteria, texts }) => [
      key,
      criteria.map(({ id, status, evidence = [], waiver }) => ({
        id,
        ...(texts.has(id) && { text: texts.get(id)! }),
        status,
        evidence,
        ...(waiver !== undefined && { waiver: { ...waiver, byName: names.get(waiver.by)! } }),
      })),
    ]),
  )
}

/** What each type of event that ends an attempt by a change of status did to the task. */
const CUTS: Readonly<Record<string, CutOff['how']>> = {
  'task.closed': 'closed',
  'task.held': 'held',
  'task.updated': 'moved',
}

async function readCutOffs(reader: Reader, keys: string): Promise<Map<number, CutOff>> {
  const rows = await reader.rows<
    [
      key: number,
      seq: number,
      type: string,
      actor: AgentId,
      attempt: string,
      named: string | null,
      reason: string | null,
      holder: string,
    ]
  >(
    // What ended an attempt is about its task, and names the attempt; after an erasure only what was kept does.
    `SELECT p.key, e.seq, e.type, e.actor, n.namespace || '--' || n.uuid,
       e.data ->> '$.attempt', e.data ->> '$.reason', g.namespace || '--' || g.uuid
     FROM attempts p JOIN nodes n ON n.key = p.key JOIN nodes t ON t.key = p.task JOIN nodes g ON g.key = p.agent
       JOIN events e ON e.subject = t.namespace || '--' || t.uuid AND e.seq > p.key
     WHERE p.key ${AMONG} AND p.ended_by = 'closed' AND e.type IN ('task.closed', 'task.held', 'task.updated')
       AND (e.data IS NULL OR e.data ->> '$.attempt' = n.namespace || '--' || n.uuid)`,
    keys,
  )
  let redactions: ReadonlyMap<number, EventData> | undefined
  const cuts: { key: number; by: AgentId; cut: Omit<CutOff, 'byName'> }[] = []
  for (const [key, seq, type, by, attempt, named, reason, holder] of rows) {
    if (named === null) redactions ??= await readRedactions(reader)
    if ((named ?? redactions!.get(seq)?.attempt) !== attempt) continue
    const cut = { how: CUTS[type]!, by, byHolder: by === holder, ...(reason !== null && { reason }) }
    cuts.push({ key, by, cut })
  }
  const names = await agentNames(
    reader,
    cuts.map(({ by }) => by),
  )
  return new Map(cuts.map(({ key, by, cut }) => [key, { ...cut, byName: names.get(by)! }]))
}

async function proofsOf(reader: Reader, ids: Iterable<EvidenceId>): Promise<ReadonlyMap<EvidenceId, string>> {
  const proofs = new Map<EvidenceId, string>()
  for (const some of chunksOf([...new Set(ids)], BATCH)) {
    const rows = await reader.all<EvidenceRow>(
      `SELECT ${EVIDENCE_COLUMNS} FROM ${EVIDENCE} WHERE e.key IN (${KEYS_OF_IDS})`,
      JSON.stringify(some),
    )
    for (const row of rows) {
      const evidence = toEvidence(row)
      proofs.set(evidence.id, proofOf(evidence))
    }
  }
  return proofs
}

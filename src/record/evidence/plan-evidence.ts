import { AlreadyExistsError } from '../../errors.js'
import { type AgentId, type EvidenceId, type NodeId, newEvidenceId } from '../../ids.js'
import type { NewEvent } from '../../log/append.js'
import type { Reader } from '../../store/store.js'
import { uuidFor } from '../draws.js'
import { Born, findNode, namespaceOf, requireNode, toId } from '../nodes.js'
import type { Session } from '../session.js'
import type { GivenEvidence, NewEvidence } from './evidence.js'
import type { EvidenceAdded } from './evidence-rows.js'

/** Whose evidence it is, and what else the command makes. */
export interface EvidencePlanOptions {
  readonly actor: AgentId
  /** What the command brings into being before; what is planned here is added to it. */
  readonly born?: Born
}

/** The events that add what is not there yet, and the ids of all, in the order given, each once. */
export interface EvidencePlan {
  readonly events: readonly NewEvent[]
  readonly ids: readonly EvidenceId[]
  /** The id of each piece that was given. */
  readonly idByGiven: ReadonlyMap<GivenEvidence, EvidenceId>
}

/**
 * Decides what evidence about `subject`, brought by a command, adds to the record; the events go before the command's own,
 * unless that one makes the subject.
 *
 * The same about the same subject is added once, within the command as well. An id that is given alone names evidence of
 * the record, whatever that is about.
 *
 * @throws {NotFoundError} the artifact, or evidence that is given by its id alone, does not exist.
 * @throws {AlreadyExistsError} the uuid of an id is taken, within the command as well, or the evidence of this id says something else.
 */
export async function planEvidence(
  reader: Reader,
  session: Session,
  subject: NodeId,
  given: readonly GivenEvidence[],
  { actor, born = new Born() }: EvidencePlanOptions,
): Promise<EvidencePlan> {
  const subjectKey = (await findNode(reader, subject))?.key
  const planned = new Map<EvidenceId, EvidenceAdded>()
  const idByGiven = new Map<GivenEvidence, EvidenceId>()
  for (const one of given) {
    if (typeof one === 'string') {
      if (!born.has(one, 'evidence')) await requireNode(reader, one, ['evidence'])
      idByGiven.set(one, one)
      continue
    }
    if (one.artifact !== undefined && !born.has(one.artifact, 'artifact')) {
      await requireNode(reader, one.artifact, ['artifact'])
    }
    const known = twinOf(one, planned) ?? (await findStored(reader, subjectKey, one))
    if (known !== undefined) {
      idByGiven.set(one, known)
      continue
    }
    const id = one.id ?? newEvidenceId(namespaceOf(subject), () => uuidFor(one, session.settings))
    if (planned.has(id)) throw new AlreadyExistsError(id, 'evidence', SAYS_ELSE)
    await born.add(reader, id, 'evidence')
    planned.set(id, dataOf(id, one, actor))
    idByGiven.set(one, id)
  }
  return {
    events: [...planned.values()].map((data) => ({ type: 'evidence.added', subject, data })),
    ids: [...new Set(idByGiven.values())],
    idByGiven,
  }
}

const SAYS_ELSE = 'that says something else'

/** In the order of the keys, which is the canonical one. */
function dataOf(id: EvidenceId, given: NewEvidence, agent: AgentId): EvidenceAdded {
  const { artifact, digest, iri, kind, summary } = given
  return {
    agent,
    ...(artifact !== undefined && { artifact }),
    ...(digest !== undefined && { digest }),
    id,
    ...(iri !== undefined && { iri }),
    kind,
    ...(summary !== undefined && summary !== '' && { summary }),
  }
}

/** The same content, and the same id where one is given, earlier in the same command. */
function twinOf(given: NewEvidence, planned: ReadonlyMap<EvidenceId, EvidenceAdded>): EvidenceId | undefined {
  for (const [id, { agent: _, id: __, ...content }] of planned) {
    if (given.id !== undefined && given.id !== id) continue
    const same =
      content.kind === given.kind &&
      content.iri === given.iri &&
      content.artifact === given.artifact &&
      (content.summary ?? '') === (given.summary ?? '') &&
      content.digest === given.digest
    if (same) return id
  }
  return undefined
}

/**
 * The evidence of the record that says the same about the subject: that of the id, where one is given, else the oldest.
 *
 * @throws {AlreadyExistsError} the evidence of this id says something else.
 */
async function findStored(
  reader: Reader,
  subject: number | undefined,
  given: NewEvidence,
): Promise<EvidenceId | undefined> {
  const named = given.id === undefined ? undefined : await findNode(reader, given.id)
  // No node has the key 0.
  const wanted = given.id === undefined ? null : (named?.key ?? 0)
  if (subject !== undefined) {
    const row = await reader.get<{ namespace: string; uuid: string }>(
      `SELECT n.namespace, n.uuid FROM evidence e JOIN nodes n ON n.key = e.key
       WHERE e.subject = ? AND e.kind = ? AND e.iri IS ? AND e.artifact IS ? AND e.summary = ? AND e.digest IS ?
         AND (? IS NULL OR e.key = ?)
       ORDER BY e.key LIMIT 1`,
      subject,
      given.kind,
      given.iri ?? null,
      given.artifact === undefined ? null : ((await findNode(reader, given.artifact))?.key ?? null),
      given.summary ?? '',
      given.digest ?? null,
      wanted,
      wanted,
    )
    if (row !== undefined) return toId<EvidenceId>(row.namespace, row.uuid)
  }
  if (named?.kind === 'evidence') throw new AlreadyExistsError(given.id!, 'evidence', SAYS_ELSE)
  return undefined
}

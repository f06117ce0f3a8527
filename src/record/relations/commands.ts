import {
  AlreadyHasParentError,
  CycleDetectedError,
  GateConflictError,
  InvalidInputError,
  RelationDomainError,
  withArticle,
} from '../../errors.js'
import type { ActivityId, EvidenceId, NodeId } from '../../ids.js'
import type { Reader } from '../../store/store.js'
import { type Gate, NODE_KINDS, type NodeKind } from '../../vocabulary.js'
import type { Command } from '../command.js'
import { idsOf, type NodeRow, requireNode } from '../nodes.js'
import { findCycleOf } from './derivation.js'
import { findParent } from './parent.js'
import { type RelationDefinition, type RelationKind, relationDefinition } from './registry.js'
import type { Relation } from './relation.js'
import { type ChangeReason, findStoredRelation, type RelationData, toRelation } from './relation-rows.js'
import { SELF_RELATION } from './targets.js'
import { findCycleOfWaiting } from './waiting.js'

interface Ends {
  readonly source: NodeId
  readonly kind: RelationKind
  readonly target: NodeId
}

/** Fields that were not given may be there without a value. */
interface Change extends Ends {
  readonly reason?: string | undefined
  readonly evidence?: readonly EvidenceId[] | undefined
}

/** Decides `relations.add`, and `agents.delegate`, which adds acted_on_behalf_of. */
export function addRelation(
  operation: string,
  input: Change & { readonly gate?: Gate; readonly activity?: ActivityId },
): Command<Relation> {
  const { source, kind, target, activity } = input
  if (input.gate !== undefined && kind !== 'blocked_by') {
    throw new InvalidInputError(operation, [{ field: 'gate', message: 'is for blocked_by only' }])
  }
  const gate = kind === 'blocked_by' ? (input.gate ?? 'closed') : undefined
  return {
    operation,
    input,
    async decide(reader) {
      const [from, to] = await requireEnds(reader, input)
      const limit = activity === undefined ? 0 : (await requireNode(reader, activity, ['activity'])).key
      const data: RelationData = {
        source,
        kind,
        target,
        ...(gate !== undefined && { gate }),
        ...(activity !== undefined && { activity }),
      }
      const stored = await findStoredRelation(reader, from.key, kind, to.key, limit)
      if (stored !== undefined) {
        if (gate !== undefined && stored.gate !== gate) throw new GateConflictError(source, target, stored.gate!, gate)
        return { events: [], result: () => toRelation(data, stored.created_at) }
      }
      await checkRules(reader, input, from.key, to.key)
      return {
        events: [{ type: 'relation.added', subject: source, data: { ...data, ...(await reasonOf(reader, input)) } }],
        result: ([written]) => toRelation(written!.data, written!.at),
      }
    },
    repeat: async (_reader, [written]) => toRelation(written!.data, written!.at),
  }
}

/** Decides `relations.remove`. */
export function removeRelation(input: Change): Command<boolean> {
  const { source, kind, target } = input
  return {
    operation: 'relations.remove',
    input,
    async decide(reader) {
      const [from, to] = await requireEnds(reader, input)
      if ((await findStoredRelation(reader, from.key, kind, to.key)) === undefined) {
        return { events: [], result: () => false }
      }
      const data = { source, kind, target, ...(await reasonOf(reader, input)) }
      return { events: [{ type: 'relation.removed', subject: source, data }], result: () => true }
    },
    repeat: async () => true,
  }
}

/**
 * Why a relation changes, as its event tells it.
 *
 * @throws {NotFoundError} a piece of evidence does not exist.
 */
async function reasonOf(reader: Reader, { reason, evidence = [] }: Change): Promise<ChangeReason> {
  for (const piece of evidence) await requireNode(reader, piece, ['evidence'])
  return { ...(reason !== undefined && { reason }), ...(evidence.length > 0 && { evidence }) }
}

/** Both ends of a relation: they exist, and are of kinds that the relation joins. */
async function requireEnds(reader: Reader, { source, kind, target }: Ends): Promise<[NodeRow, NodeRow]> {
  const definition = relationDefinition(kind)
  const from = await requireNode(reader, source, NODE_KINDS)
  const to = await requireNode(reader, target, NODE_KINDS)
  const refusal = refusalOf(definition, from, to)
  if (refusal !== undefined) throw new RelationDomainError(kind, source, target, refusal)
  return [from, to]
}

function refusalOf(definition: RelationDefinition, from: NodeRow, to: NodeRow): string | undefined {
  if (!definition.domain.includes(from.kind))
    return `it starts at ${withArticle(from.kind)}, not at ${oneOf(definition.domain)}`
  if (!definition.range.includes(to.kind))
    return `it leads to ${withArticle(to.kind)}, not to ${oneOf(definition.range)}`
  if (definition.sameKind && from.kind !== to.kind)
    return `${withArticle(from.kind)} and ${withArticle(to.kind)} are not of one kind`
  if (from.key === to.key) return SELF_RELATION
  return undefined
}

function oneOf(kinds: readonly NodeKind[]): string {
  return kinds.map(withArticle).join(' or ')
}

async function checkRules(reader: Reader, ends: Ends, source: number, target: number): Promise<void> {
  const { kind } = ends
  const definition = relationDefinition(kind)
  if (kind === 'parent') {
    const parent = await findParent(reader, source)
    if (parent !== undefined) throw new AlreadyHasParentError(ends.source, (await idsOf(reader, [parent]))[0]!)
  }
  const cycle =
    (definition.waits !== undefined && (await findCycleOfWaiting(reader, { source, kind, target }))) ||
    (definition.acyclic !== undefined && (await findCycleOf(reader, definition.acyclic, source, target)))
  if (cycle) throw new CycleDetectedError(kind, (await idsOf(reader, cycle)) as NodeId[])
}

import { RelationDomainError } from '../../errors.js'
import type { NodeId } from '../../ids.js'
import type { Reader } from '../../store/store.js'
import { type NodeRow, requireNode } from '../nodes.js'
import { type RelationKind, relationDefinition } from './registry.js'

/** Why no relation leads from a node to itself. */
export const SELF_RELATION = 'a node cannot be related to itself'

/**
 * The node that a relation of a node in the making leads to.
 *
 * @throws {NotFoundError} there is none, or it is of a kind that the relation does not lead to.
 * @throws {RelationDomainError} it would lead to the node itself.
 */
export async function requireTarget(
  reader: Reader,
  source: NodeId,
  kind: RelationKind,
  target: NodeId,
): Promise<NodeRow> {
  if (target === source) throw new RelationDomainError(kind, source, target, SELF_RELATION)
  return requireNode(reader, target, relationDefinition(kind).range)
}

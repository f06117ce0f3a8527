import type { ActivityId, NodeId } from '../../ids.js'
import type { Gate } from '../../vocabulary.js'
import { RELATION_KINDS, RELATIONS, type RelationKind } from '../relations/registry.js'

/**
 * The relations that fields of nodes stand for: who carried an activity out (`activity.agent`), which task was its plan
 * (`activity.task`), what a comment is about (`comment.task`), which attempt a review judged (`review.attempt`), which task
 * a decision or learning is attached to (`decision.attachedTo`), what a piece of evidence is about (`evidence.subject`), and
 * what it points at (`evidence.artifact`).
 */
export const FIELD_RELATIONS = Object.freeze({
  associated_with: 'prov:wasAssociatedWith',
  had_plan: 'prov:hadPlan',
  comment_on: 'pt:commentOn',
  judged: 'prov:wasInformedBy',
  attached_to: 'pt:attachedTo',
  evidence_for: 'pt:evidenceFor',
  points_at: 'pt:pointsAt',
} as const)

/** A kind of relation that lineage follows: one of the registry, or what a field of a node stands for. */
export type LineageKind = RelationKind | keyof typeof FIELD_RELATIONS

/** All of them: those of the registry in its order, then those of fields. */
export const LINEAGE_KINDS = Object.freeze([
  ...RELATION_KINDS,
  ...Object.keys(FIELD_RELATIONS),
]) as readonly LineageKind[]

/** The property that a kind becomes in RDF, as a prefixed name, such as `prov:used`; prov:hadPlan is one of the association. */
export function propertyOf(kind: LineageKind): string {
  return Object.hasOwn(RELATIONS, kind)
    ? RELATIONS[kind as RelationKind].property
    : FIELD_RELATIONS[kind as keyof typeof FIELD_RELATIONS]
}

/** One relation between two nodes of a lineage. Like all relations it points from the later to the earlier. */
export interface LineageRelation {
  readonly source: NodeId
  readonly kind: LineageKind
  readonly target: NodeId
  /** Of a blocked_by. */
  readonly gate?: Gate
  /** The activity that a delegation is limited to. */
  readonly activity?: ActivityId
  /** When it came about; of an association, when the activity started. */
  readonly createdAt: string
}

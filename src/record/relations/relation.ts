import type { ActivityId, EvidenceId, NodeId } from '../../ids.js'
import type { Page, PageOptions } from '../../page.js'
import type { Gate } from '../../vocabulary.js'
import type { CommandOptions } from '../options.js'
import type { RelationKind } from './registry.js'

/** A directed relation between two nodes. */
export interface Relation {
  readonly source: NodeId
  readonly kind: RelationKind
  readonly target: NodeId
  /** What the blocker must have come to; of blocked_by only. */
  readonly gate?: Gate
  /** The activity that a delegation is limited to; of acted_on_behalf_of only. */
  readonly activity?: ActivityId
  readonly createdAt: string
}

/** Why the plan changes; its event tells it. */
export interface RelationChangeOptions extends CommandOptions {
  readonly reason?: string
  /** What shows that it is right: ids of evidence of the record, about whatever it is; `evidence.add` adds it before. */
  readonly evidence?: readonly EvidenceId[]
}

/** What `relations.list` takes. */
export interface RelationListOptions extends PageOptions {
  readonly kind?: RelationKind | readonly RelationKind[]
  /** `out`: relations that start at the node; `in`: that lead to it; `both` unless told. */
  readonly direction?: 'out' | 'in' | 'both'
}

/** Relations between nodes: tasks, agents, activities, artifacts and so on. */
export interface Relations {
  /**
   * Adds a relation; one that exists writes nothing, and so no reason for it.
   *
   * @throws {RelationDomainError} the kind does not join nodes of these kinds, or joins a node with itself.
   * @throws {NotFoundError} an end, or a piece of evidence, does not exist.
   * @throws {AlreadyHasParentError} the task has another parent.
   * @throws {CycleDetectedError} tasks would wait for one another, entities come from one another, or agents act on
   * their own behalf.
   * @throws {GateConflictError} the relation exists with another gate.
   */
  add(
    source: NodeId,
    kind: RelationKind,
    target: NodeId,
    options?: RelationChangeOptions & { readonly gate?: Gate },
  ): Promise<Relation>
  /**
   * Removes a relation: `false`, and nothing written, where there was none. Of acted_on_behalf_of it removes that in
   * every activity, and that without one.
   *
   * @throws {RelationDomainError} the kind does not join nodes of these kinds.
   * @throws {NotFoundError} an end, or a piece of evidence, does not exist.
   */
  remove(source: NodeId, kind: RelationKind, target: NodeId, options?: RelationChangeOptions): Promise<boolean>
  /** The relations of one node, in the order in which they were added. */
  list(id: NodeId, options?: RelationListOptions): Promise<Page<Relation>>
}

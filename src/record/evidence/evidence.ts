import type { AgentId, ArtifactId, EvidenceId, NodeId } from '../../ids.js'
import type { Page, PageOptions } from '../../page.js'
import type { CommandOptions } from '../options.js'

/** A pointer to what proves something about a node: a prov:Entity. */
export interface Evidence {
  readonly id: EvidenceId
  readonly namespace: string
  readonly subject: NodeId
  /** Who brought it. */
  readonly agent: AgentId
  /** A word such as `test_report`. */
  readonly kind: string
  /** Where the proof is; it or `artifact` is there. */
  readonly iri?: string
  readonly artifact?: ArtifactId
  readonly summary: string
  readonly digest?: string
  readonly createdAt: string
}

/** What a piece of evidence says: `iri` or `artifact`, not both. */
export type NewEvidence = {
  readonly kind: string
  readonly iri?: string
  readonly artifact?: ArtifactId
  readonly summary?: string
  readonly digest?: string
  /** An id of the caller's own making: the same content under it again is no change, other content is refused. */
  readonly id?: EvidenceId
}

/** A piece of evidence of the record, by its id, or a new one. */
export type GivenEvidence = NewEvidence | EvidenceId

/** What `evidence.list` takes. */
export interface EvidenceListOptions extends PageOptions {
  readonly subject?: NodeId | readonly NodeId[]
  readonly kind?: string | readonly string[]
}

/** Evidence: what proves that something is as it is said to be. */
export interface EvidenceGroup {
  /**
   * Adds a piece of evidence about a node. The same about the same node, from whomever, is returned as it is.
   *
   * @throws {NotFoundError} the subject or the artifact does not exist.
   * @throws {AlreadyExistsError} the uuid of `id` is taken, or the evidence of this id says something else.
   */
  add(subject: NodeId, evidence: NewEvidence & CommandOptions): Promise<Evidence>
  get(id: EvidenceId): Promise<Evidence>
  /** In the order in which it was added. */
  list(options?: EvidenceListOptions): Promise<Page<Evidence>>
}

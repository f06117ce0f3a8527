import type { ActivityId, AgentId, ArtifactId, EntityId } from '../../ids.js'
import type { Page, PageOptions } from '../../page.js'
import type { CommandOptions } from '../options.js'

/** Something that work used or made, such as a file, a commit or a prompt: a prov:Entity, pointed at and not stored. */
export interface Artifact {
  readonly id: ArtifactId
  readonly namespace: string
  /** Where the content is, as the caller names it. */
  readonly iri: string
  /** Free word, such as `commit`. */
  readonly kind?: string
  readonly label?: string
  readonly mediaType?: string
  /** Such as `sha256:…`. */
  readonly digest?: string
  readonly createdAt: string
}

/** What `artifacts.add` takes. */
export interface NewArtifact extends CommandOptions {
  readonly iri: string
  readonly kind?: string
  readonly label?: string
  readonly mediaType?: string
  readonly digest?: string
  /** That of the file unless told. */
  readonly namespace?: string
  /** An id of the caller's own making; its namespace is the artifact's, whatever `namespace` says. */
  readonly id?: ArtifactId
  readonly generatedBy?: ActivityId
  readonly derivedFrom?: readonly EntityId[]
  /** Who made it; nobody is assumed. */
  readonly attributedTo?: AgentId
}

/** What `artifacts.list` takes. */
export interface ArtifactListOptions extends PageOptions {
  readonly kind?: string | readonly string[]
  readonly namespace?: string | readonly string[]
}

/** Artifacts: the files, commits, prompts and outputs that work uses and makes. */
export interface Artifacts {
  /**
   * Adds an artifact.
   *
   * @throws {NotFoundError} the activity, an origin or the agent that it names does not exist.
   * @throws {AlreadyExistsError} the uuid of `id` is taken.
   * @throws {RelationDomainError} it is derived from itself.
   */
  add(artifact: NewArtifact): Promise<Artifact>
  /** The artifact with this id. */
  get(id: ArtifactId): Promise<Artifact>
  /** The newest artifact with this IRI: a file may have been recorded in several states. */
  findByIri(iri: string): Promise<Artifact | undefined>
  /** Artifacts in the order in which they were added. */
  list(options?: ArtifactListOptions): Promise<Page<Artifact>>
}

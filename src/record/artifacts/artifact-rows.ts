import type { ArtifactId } from '../../ids.js'
import type { Reader } from '../../store/store.js'
import { namespaceOf, toId } from '../nodes.js'
import type { BornRelation } from '../relations/relation-rows.js'
import type { Artifact } from './artifact.js'

/** Data of `artifact.added`. */
export type ArtifactAdded = {
  readonly iri: string
  readonly kind?: string
  readonly label?: string
  readonly mediaType?: string
  readonly digest?: string
  /** What it comes from, and whose work it is. */
  readonly relations: readonly BornRelation[]
}

/** A row of `artifacts`, joined to its node. */
export interface ArtifactRow {
  readonly key: number
  readonly namespace: string
  readonly uuid: string
  readonly iri: string
  readonly kind: string | null
  readonly label: string | null
  readonly media_type: string | null
  readonly digest: string | null
  readonly created_at: string
}

export const ARTIFACT_COLUMNS = `f.key, n.namespace, n.uuid, f.iri, f.kind, f.label, f.media_type, f.digest, f.created_at`

export const ARTIFACTS = 'artifacts f JOIN nodes n ON n.key = f.key'

/** The artifact with this key, which there is. */
export async function readArtifact(reader: Reader, key: number): Promise<Artifact> {
  const row = await reader.get<ArtifactRow>(`SELECT ${ARTIFACT_COLUMNS} FROM ${ARTIFACTS} WHERE f.key = ?`, key)
  return toArtifact(row!)
}

export function toArtifact(row: ArtifactRow): Artifact {
  return {
    id: toId<ArtifactId>(row.namespace, row.uuid),
    namespace: row.namespace,
    iri: row.iri,
    ...(row.kind !== null && { kind: row.kind }),
    ...(row.label !== null && { label: row.label }),
    ...(row.media_type !== null && { mediaType: row.media_type }),
    ...(row.digest !== null && { digest: row.digest }),
    createdAt: row.created_at,
  }
}

/** An artifact as the event that added it says. */
export function artifactOf(id: ArtifactId, data: ArtifactAdded, createdAt: string): Artifact {
  const { relations: _, ...fields } = data
  return { id, namespace: namespaceOf(id), ...fields, createdAt }
}

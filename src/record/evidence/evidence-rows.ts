import type { AgentId, ArtifactId, EvidenceId, NodeId } from '../../ids.js'
import type { ReadableEvent } from '../../log/read-events.js'
import type { Reader } from '../../store/store.js'
import { namespaceOf, toId } from '../nodes.js'
import type { Evidence } from './evidence.js'

/** Data of `evidence.added`, whose subject is the node that it is about. */
export type EvidenceAdded = {
  readonly agent: AgentId
  readonly artifact?: ArtifactId
  readonly digest?: string
  readonly id: EvidenceId
  readonly iri?: string
  readonly kind: string
  readonly summary?: string
}

/** A row of `EVIDENCE`. */
export interface EvidenceRow {
  readonly key: number
  readonly namespace: string
  readonly uuid: string
  readonly subject_namespace: string
  readonly subject_uuid: string
  readonly agent_namespace: string
  readonly agent_uuid: string
  readonly kind: string
  readonly iri: string | null
  readonly artifact_namespace: string | null
  readonly artifact_uuid: string | null
  readonly summary: string
  readonly digest: string | null
  readonly created_at: string
}

export const EVIDENCE_COLUMNS = `e.key, n.namespace, n.uuid, s.namespace AS subject_namespace, s.uuid AS subject_uuid,
  g.namespace AS agent_namespace, g.uuid AS agent_uuid, e.kind, e.iri, f.namespace AS artifact_namespace,
  f.uuid AS artifact_uuid, e.summary, e.digest, e.created_at`

export const EVIDENCE = `evidence e
  JOIN nodes n ON n.key = e.key
  JOIN nodes s ON s.key = e.subject
  JOIN nodes g ON g.key = e.agent
  LEFT JOIN nodes f ON f.key = e.artifact`

/** The piece of evidence with this key, which there is. */
export async function readEvidence(reader: Reader, key: number): Promise<Evidence> {
  const row = await reader.get<EvidenceRow>(`SELECT ${EVIDENCE_COLUMNS} FROM ${EVIDENCE} WHERE e.key = ?`, key)
  return toEvidence(row!)
}

export function toEvidence(row: EvidenceRow): Evidence {
  return {
    id: toId<EvidenceId>(row.namespace, row.uuid),
    namespace: row.namespace,
    subject: toId(row.subject_namespace, row.subject_uuid),
    agent: toId<AgentId>(row.agent_namespace, row.agent_uuid),
    kind: row.kind,
    ...(row.iri !== null && { iri: row.iri }),
    ...(row.artifact_uuid !== null && { artifact: toId<ArtifactId>(row.artifact_namespace!, row.artifact_uuid) }),
    summary: row.summary,
    ...(row.digest !== null && { digest: row.digest }),
    createdAt: row.created_at,
  }
}

/** A piece of evidence as the event that added it says. */
export function evidenceAsAdded(event: ReadableEvent): Evidence {
  const { id, agent, kind, iri, artifact, summary, digest } = event.data as unknown as EvidenceAdded
  return {
    id,
    namespace: namespaceOf(id),
    subject: event.subject as NodeId,
    agent,
    kind,
    ...(iri !== undefined && { iri }),
    ...(artifact !== undefined && { artifact }),
    summary: summary ?? '',
    ...(digest !== undefined && { digest }),
    createdAt: event.at,
  }
}

import { RelationDomainError } from '../../errors.js'
import { type ArtifactId, newArtifactId } from '../../ids.js'
import type { EventData } from '../../log/event.js'
import type { Reader } from '../../store/store.js'
import { requireFree, requireNode } from '../nodes.js'
import type { BornRelation } from '../relations/relation-rows.js'
import type { Command, Session } from '../session.js'
import type { Artifact, NewArtifact } from './artifact.js'
import { type ArtifactAdded, artifactOf } from './artifact-rows.js'

/** Decides `artifacts.add`. */
export function addArtifact(session: Session, input: NewArtifact): Command<Artifact> {
  const { namespace, newUuid } = session.settings
  const id = input.id ?? newArtifactId(input.namespace ?? namespace, newUuid)
  const { iri, kind, label, mediaType, digest } = input
  return {
    operation: 'artifacts.add',
    input,
    options: input,
    async decide(reader) {
      await requireFree(reader, id)
      const data: ArtifactAdded = {
        iri,
        ...(kind !== undefined && { kind }),
        ...(label !== undefined && { label }),
        ...(mediaType !== undefined && { mediaType }),
        ...(digest !== undefined && { digest }),
        relations: await relationsOf(reader, id, input),
      }
      return {
        events: [{ type: 'artifact.added', subject: id, data: data as unknown as EventData }],
        result: ([written]) => artifactOf(id, data, written!.at),
      }
    },
    repeat: async (_reader, [written]) =>
      artifactOf(written!.subject as ArtifactId, written!.data as unknown as ArtifactAdded, written!.at),
  }
}

async function relationsOf(reader: Reader, id: ArtifactId, input: NewArtifact): Promise<BornRelation[]> {
  const relations: BornRelation[] = []
  for (const target of new Set(input.derivedFrom)) {
    if (target === (id as string)) {
      throw new RelationDomainError('derived_from', id, id, 'a node cannot be related to itself')
    }
    await requireNode(reader, target, ['task', 'artifact', 'comment'])
    relations.push({ kind: 'derived_from', target })
  }
  if (input.generatedBy !== undefined) {
    await requireNode(reader, input.generatedBy, ['activity'])
    relations.push({ kind: 'generated_by', target: input.generatedBy })
  }
  if (input.attributedTo !== undefined) {
    await requireNode(reader, input.attributedTo, ['agent'])
    relations.push({ kind: 'attributed_to', target: input.attributedTo })
  }
  return relations
}

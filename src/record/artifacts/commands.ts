import { type ArtifactId, type NodeId, newArtifactId } from '../../ids.js'
import type { Reader } from '../../store/store.js'
import type { Command } from '../command.js'
import { requireFree } from '../nodes.js'
import type { BornRelation } from '../relations/relation-rows.js'
import { requireTarget } from '../relations/targets.js'
import type { Session } from '../session.js'
import type { Artifact, NewArtifact } from './artifact.js'
import { type ArtifactAdded, artifactOf } from './artifact-rows.js'

/** Decides `artifacts.add`. */
export function addArtifact(session: Session, input: NewArtifact): Command<Artifact> {
  const { namespace, newUuid } = session.settings
  const id = input.id ?? newArtifactId(input.namespace ?? namespace, newUuid)
  return {
    operation: 'artifacts.add',
    input,
    async decide(reader) {
      await requireFree(reader, id)
      const data = await artifactData(reader, id, input)
      return {
        events: [{ type: 'artifact.added', subject: id, data }],
        result: ([written]) => artifactOf(id, data, written!.at),
      }
    },
    repeat: async (_reader, [written]) =>
      artifactOf(written!.subject as ArtifactId, written!.data as unknown as ArtifactAdded, written!.at),
  }
}

/** The data of `artifact.added` for an artifact of this id. @throws {NotFoundError} what it names does not exist. */
export async function artifactData(reader: Reader, id: ArtifactId, input: NewArtifact): Promise<ArtifactAdded> {
  const { iri, kind, label, mediaType, digest } = input
  return {
    iri,
    ...(kind !== undefined && { kind }),
    ...(label !== undefined && { label }),
    ...(mediaType !== undefined && { mediaType }),
    ...(digest !== undefined && { digest }),
    relations: await relationsAtBirth(reader, id, input),
  }
}

async function relationsAtBirth(reader: Reader, id: ArtifactId, input: NewArtifact): Promise<BornRelation[]> {
  const relations: BornRelation[] = []
  const add = async (kind: BornRelation['kind'], target: NodeId) => {
    await requireTarget(reader, id, kind, target)
    relations.push({ kind, target })
  }
  for (const origin of new Set(input.derivedFrom)) await add('derived_from', origin)
  if (input.generatedBy !== undefined) await add('generated_by', input.generatedBy)
  if (input.attributedTo !== undefined) await add('attributed_to', input.attributedTo)
  return relations
}

import { z } from 'zod'
import type { NodeId } from '../../ids.js'
import { iri, validate, withOptions } from '../../input.js'
import { readHead } from '../../log/event-row.js'
import { LINEAGE_KINDS, type LineageRelation } from '../../record/lineage/lineage-relation.js'
import { LINEAGE_DIRECTIONS } from '../../record/lineage/resolve-scope.js'
import type { StoredStep } from '../../record/lineage/steps.js'
import { type LineageDirection, type LineageWalk, walkLineage } from '../../record/lineage/walk.js'
import { idsOf } from '../../record/nodes.js'
import type { Reader } from '../../store/store.js'
import { requireTracker, type Tracker } from '../../tracker.js'
import { readStory } from '../timeline/read-timeline.js'
import { findRoots } from './find-roots.js'
import { readGaps } from './gaps.js'
import type { Lineage, LineageNode, LineageOptions } from './lineage.js'
import { readNodes } from './read-nodes.js'
import { lineageFields } from './schema.js'

const DEFAULT_MAX_NODES = 1_000

const inputSchema = z.strictObject({
  idOrIri: iri,
  direction: z.enum(LINEAGE_DIRECTIONS).optional(),
  kinds: z.array(z.enum(LINEAGE_KINDS)).max(LINEAGE_KINDS.length).optional(),
  ...lineageFields,
})

/**
 * Everything that a node came from or led to, nearest first, each once, with the relation by which it was reached.
 *
 * The node is named by its id, by the IRI that an artifact points at, or by the IRI that an export gives it. Where
 * several artifacts point at the IRI, all of them are at distance 0, and the oldest is `root`.
 *
 * Origins lie along the relations, from effect to cause; effects against them. A task leads to the activities that carried
 * it out and to what these made; a commit comes from its activity, from the task that was the plan, from what that task
 * is part of, waited for and was derived from. Neither walk turns round. Whoever bears the responsibility for a node
 * (prov:wasAssociatedWith, prov:wasAttributedTo, prov:actedOnBehalfOf) is there in either direction, without the other
 * things that they did.
 *
 * Cost grows with the relations of the nodes returned, not with the record. What is left out is in `truncated`.
 *
 * @throws {NotFoundError} nothing in the record has this id or IRI.
 */
export async function lineage(tracker: Tracker, idOrIri: NodeId | string, options?: LineageOptions): Promise<Lineage> {
  const input = validate('lineage', inputSchema, withOptions('lineage', { idOrIri }, options))
  const { direction = 'both', maxNodes = DEFAULT_MAX_NODES } = input
  return requireTracker(tracker, 'lineage').read(async (reader) => {
    const roots = await findRoots(reader, input.idOrIri)
    const walk = await walkLineage(reader, roots, { direction, depth: input.depth, kinds: input.kinds, maxNodes })
    return toLineage(reader, walk, direction)
  })
}

async function toLineage(reader: Reader, walk: LineageWalk, direction: LineageDirection): Promise<Lineage> {
  const keys = walk.nodes.map(({ key }) => key)
  const fields = await readNodes(reader, keys)
  const limits = new Set(walk.relations.flatMap(({ activity }) => (activity === 0 ? [] : [activity])))
  const activities = new Map<number, NodeId>()
  const ids = await idsOf(reader, [...limits])
  for (const [index, key] of [...limits].entries()) activities.set(key, ids[index]!)
  const toRelation = (step: StoredStep): LineageRelation =>
    ({
      source: fields.get(step.source)!.id,
      kind: step.kind,
      target: fields.get(step.target)!.id,
      ...(step.gate !== null && { gate: step.gate }),
      ...(step.activity !== 0 && { activity: activities.get(step.activity)! }),
      createdAt: step.createdAt,
    }) as LineageRelation
  const nodes = walk.nodes.map(
    ({ key, distance, direction: way, reachedBy }): LineageNode => ({
      ...fields.get(key)!,
      distance,
      ...(way !== undefined && { direction: way }),
      ...(reachedBy !== undefined && { reachedBy: toRelation(reachedBy) }),
    }),
  )
  return {
    kind: 'lineage',
    root: nodes[0]!.id,
    direction,
    nodes,
    relations: walk.relations.map(toRelation),
    timeline: await readStory(reader, {
      subjects: nodes.map(({ id }) => id),
      // A comment is news of its task; its key is the number of the event that added it.
      seqs: keys.filter((key) => fields.get(key)!.kind === 'comment'),
    }),
    gaps: await readGaps(reader, keys),
    truncated: walk.truncated.map(({ key, reason, omitted }) => ({ node: fields.get(key)!.id, reason, omitted })),
    head: await readHead(reader),
  }
}

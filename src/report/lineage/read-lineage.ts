import { z } from 'zod'
import type { NodeId } from '../../ids.js'
import { iri, validate, withOptions } from '../../input.js'
import { readHead } from '../../log/event-row.js'
import { LINEAGE_KINDS } from '../../record/lineage/lineage-relation.js'
import { LINEAGE_DIRECTIONS } from '../../record/lineage/resolve-scope.js'
import { walkLineage } from '../../record/lineage/walk.js'
import { requireTracker, type Tracker } from '../../tracker.js'
import { readStory } from '../timeline/read-timeline.js'
import { findRoots } from './find-roots.js'
import { readGaps } from './gaps.js'
import type { Lineage, LineageOptions } from './lineage.js'
import { readWalk } from './read-walk.js'
import { DEFAULT_MAX_NODES, lineageFields } from './schema.js'

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
 * things that they did, and so are the decisions and learnings that an activity used. What an origin rests on is an
 * origin too: the decisions and learnings attached to a task, what took the place of one, the evidence about a node, and
 * the reviews of an attempt.
 *
 * Cost grows with the relations of the nodes returned, not with the record. What is left out is in `truncated`.
 *
 * @throws {NotFoundError} nothing in the record has this id or IRI.
 * @throws {InvalidInputError} an option is not as it should be.
 */
export async function lineage(tracker: Tracker, idOrIri: NodeId | string, options?: LineageOptions): Promise<Lineage> {
  const input = validate('lineage', inputSchema, withOptions('lineage', { idOrIri }, options))
  const { direction = 'both', maxNodes = DEFAULT_MAX_NODES } = input
  return requireTracker(tracker, 'lineage').read(async (reader) => {
    const roots = await findRoots(reader, input.idOrIri)
    const walk = await walkLineage(reader, roots, { direction, depth: input.depth, kinds: input.kinds, maxNodes })
    const { nodes, relations, truncated } = await readWalk(reader, walk)
    const keys = walk.nodes.map(({ key }) => key)
    return {
      kind: 'lineage',
      root: nodes[0]!.id,
      direction,
      nodes,
      relations,
      timeline: await readStory(reader, {
        subjects: nodes.map(({ id }) => id),
        // What made a comment, an attempt, a review or evidence is an event about another node, and found by the key.
        seqs: keys,
      }),
      gaps: await readGaps(reader, keys),
      truncated,
      head: await readHead(reader),
    }
  })
}

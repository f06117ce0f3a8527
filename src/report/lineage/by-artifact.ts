import { z } from 'zod'
import { NotFoundError } from '../../errors.js'
import { iri, validate, withOptions } from '../../input.js'
import type { LineageKind } from '../../record/lineage/lineage-relation.js'
import { walkLineage } from '../../record/lineage/walk.js'
import { requireTracker, type Tracker } from '../../tracker.js'
import { findRoots } from './find-roots.js'
import type { LineageNode, Truncation } from './lineage.js'
import { readWalk } from './read-walk.js'
import { DEFAULT_MAX_NODES, lineageFields } from './schema.js'

/** Who and what stands behind something; each list nearest first. */
export interface Makers {
  /** The artifacts with this IRI, oldest first. */
  readonly artifacts: readonly LineageNode[]
  /** What made them, and made what they were made of. */
  readonly activities: readonly LineageNode[]
  /** The tasks that were carried out so, and those that these were derived from. */
  readonly tasks: readonly LineageNode[]
  /** Who did that, and on whose behalf. */
  readonly agents: readonly LineageNode[]
  readonly truncated: readonly Truncation[]
}

/** How work comes about: not what it waited for, was part of, or was merely like. */
const MAKING: readonly LineageKind[] = [
  'generated_by',
  'had_plan',
  'associated_with',
  'attributed_to',
  'acted_on_behalf_of',
  'derived_from',
  'supersedes',
  'used',
  'informed_by',
  'discovered_from',
]

const inputSchema = z.strictObject({ iri, ...lineageFields })

/** What `byArtifact` takes besides the tracker and the IRI. */
export interface MakersOptions {
  /** 0 or more steps; all of them unless told. */
  readonly depth?: number
  /** The most nodes to look at: 1 to 100,000; 1,000 unless told. */
  readonly maxNodes?: number
}

/**
 * The tasks and agents behind a file, a commit or whatever else has this IRI.
 *
 * @throws {NotFoundError} no artifact has the IRI.
 * @throws {InvalidInputError} an option is not as it should be.
 */
export async function byArtifact(tracker: Tracker, artifactIri: string, options?: MakersOptions): Promise<Makers> {
  const input = validate('byArtifact', inputSchema, withOptions('byArtifact', { iri: artifactIri }, options))
  const { depth, maxNodes = DEFAULT_MAX_NODES } = input
  return requireTracker(tracker, 'byArtifact').read(async (reader) => {
    const roots = await findRoots(reader, input.iri, ['artifact'])
    const walk = await walkLineage(reader, roots, { direction: 'origins', kinds: MAKING, depth, maxNodes })
    const { nodes, truncated } = await readWalk(reader, walk)
    const found = nodes[0]!.kind
    if (found !== 'artifact') throw new NotFoundError(input.iri, ['artifact'], found)
    const of = (kind: LineageNode['kind']) => nodes.filter((node) => node.kind === kind)
    return {
      artifacts: nodes.filter(({ distance }) => distance === 0),
      activities: of('activity'),
      tasks: of('task'),
      agents: of('agent'),
      truncated,
    }
  })
}

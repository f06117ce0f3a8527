import { z } from 'zod'
import { depth } from '../../record/lineage/resolve-scope.js'

/** How many nodes are returned unless told. */
export const DEFAULT_MAX_NODES = 1_000

/** How far a lineage goes: what `lineage` and `byArtifact` both take. */
export const lineageFields = {
  depth: depth.optional(),
  maxNodes: z.int().min(1).max(100_000).optional(),
}

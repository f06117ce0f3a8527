import { z } from 'zod'
import { commandFields, evidenceId, list, nodeId, oneOf, pageFields, reason } from '../../input.js'
import { GATES } from '../../vocabulary.js'
import { RELATION_KINDS } from './registry.js'

const kind = z.enum(RELATION_KINDS)
const change = {
  source: nodeId,
  kind,
  target: nodeId,
  reason: reason.optional(),
  evidence: list(evidenceId)
    .transform((ids) => [...new Set(ids)])
    .optional(),
  ...commandFields,
}

/** The input of each command and query on relations. */
export const relationSchemas = {
  add: z.strictObject({ ...change, gate: z.enum(GATES).optional() }),
  remove: z.strictObject(change),
  list: z.strictObject({
    id: nodeId,
    kind: oneOf(kind).optional(),
    direction: z.enum(['out', 'in', 'both']).optional(),
    ...pageFields,
  }),
}

import { z } from 'zod'
import { commandFields, nodeId, oneOf, pageFields } from '../../input.js'
import { GATES } from '../../vocabulary.js'
import { RELATION_KINDS } from './registry.js'

const kind = z.enum(RELATION_KINDS)
const ends = { source: nodeId, kind, target: nodeId }

/** The input of each command and query on relations. */
export const relationSchemas = {
  add: z.strictObject({ ...ends, gate: z.enum(GATES).optional(), ...commandFields }),
  remove: z.strictObject({ ...ends, ...commandFields }),
  list: z.strictObject({
    id: nodeId,
    kind: oneOf(kind).optional(),
    direction: z.enum(['out', 'in', 'both']).optional(),
    ...pageFields,
  }),
}

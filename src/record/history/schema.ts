import { z } from 'zod'
import { activityId, agentId, oneOf, pageFields, reason } from '../../input.js'
import { EVENT_VERSIONS, type EventType } from '../../log/event.js'

const EVENT_TYPES = Object.keys(EVENT_VERSIONS) as [EventType, ...EventType[]]
const seq = z.int().min(0)

/** The input of each command and query on the log. */
export const logSchemas = {
  events: z.strictObject({
    after: seq.optional(),
    subject: oneOf(z.string().min(1).max(1_000)).optional(),
    actor: oneOf(agentId).optional(),
    activity: oneOf(activityId).optional(),
    type: oneOf(z.enum(EVENT_TYPES)).optional(),
    ...pageFields,
  }),
  verify: z.strictObject({
    state: z.boolean().optional(),
    expect: z
      .strictObject({ seq, digest: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits') })
      .optional(),
  }),
  redact: z.strictObject({ seq: z.int().min(1), reason }),
}

import { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { abortSignal, activityId, agentId, namespace, oneOf, pageFields, reason } from '../../input.js'
import { EVENT_VERSIONS, type EventType } from '../../log/event.js'
import type { SealKey } from '../../log/seal.js'

const EVENT_TYPES = Object.keys(EVENT_VERSIONS) as [EventType, ...EventType[]]
const seq = z.int().min(0)
/** What the key is like is for who reads it to say: a message of the schema might repeat it. */
const key = z.custom<SealKey>(
  (value) => typeof value === 'string' || value instanceof Uint8Array || value instanceof KeyObject,
  'expected a KeyObject, or a key in PEM',
)

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
    publicKey: key.optional(),
  }),
  seal: z.strictObject({ privateKey: key }),
  snapshot: z.strictObject({ namespace: namespace.optional() }),
  exportEvents: z.strictObject({ after: seq.optional() }),
  subscribe: z.strictObject({ after: seq.optional(), signal: abortSignal.optional() }),
  redact: z.strictObject({ seq: z.int().min(1), reason }),
}

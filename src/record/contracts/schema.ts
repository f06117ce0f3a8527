import { z } from 'zod'
import { evidenceId, jsonObject, label, list, reason, revisionFields, taskId } from '../../input.js'
import { canonicalJson } from '../../json.js'
import { VERIFICATION_METHODS } from '../../vocabulary.js'
import type { Contract } from './contract.js'
import { flawOfSchema } from './output-schema.js'
import { MAX_WAIT_MS } from './retry.js'

const criterion = z.strictObject({
  id: label,
  text: reason,
  verification: z.enum(VERIFICATION_METHODS).optional(),
  required: z.boolean(),
})

const criteria = z
  .array(criterion)
  .max(1_000)
  .superRefine((given, context) => {
    const seen = new Set<string>()
    for (const [index, { id }] of given.entries()) {
      if (seen.has(id)) context.addIssue({ code: 'custom', path: [index, 'id'], message: `names "${id}" twice` })
      seen.add(id)
    }
  })

const outputSchema = jsonObject.superRefine((schema, context) => {
  const flaw = flawOfSchema(schema)
  if (flaw !== undefined) context.addIssue({ code: 'custom', path: [...flaw.path], message: flaw.message })
})

// The object comes first: a refusal names what is wrong with the first alternative whose type fits, and to an enum all do.
const completionPolicy = z.union([
  z.strictObject({ quorum: z.int().min(1).max(100) }),
  z.enum(['self', 'review', 'human']),
])

const retry = z.strictObject({
  maxAttempts: z.int().min(1).max(1_000),
  backoffMs: z.int().min(0).max(MAX_WAIT_MS).optional(),
  multiplier: z.number().min(1).max(100).optional(),
})

/** A contract, as events keep it: keys in canonical order, and what is absent absent. */
export const contract = z
  .strictObject({
    criteria,
    outputSchema: outputSchema.optional(),
    requiredEvidence: z
      .array(label)
      .max(1_000)
      .transform((kinds) => [...new Set(kinds)].sort())
      .optional(),
    completionPolicy: completionPolicy.optional(),
    retry: retry.optional(),
  })
  .transform((given) => JSON.parse(canonicalJson(given)) as Contract)

/** The input of each command and query on contracts. */
export const contractSchemas = {
  revise: z.strictObject({ task: taskId, contract, reason, evidence: list(evidenceId).optional(), ...revisionFields }),
  task: z.strictObject({ task: taskId }),
}

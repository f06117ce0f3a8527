import { z } from 'zod'
import { activityId, agentId, commandFields, iri, line, namespace, oneOf, pageFields } from '../../input.js'
import type { Json } from '../../json.js'
import { AGENT_KINDS } from '../../vocabulary.js'
import { perVocabulary } from '../per-vocabulary.js'

const register = {
  id: agentId.optional(),
  namespace: namespace.optional(),
  reuse: z.boolean().optional(),
  ...commandFields,
}

const MAX_PARAMETERS_LENGTH = 100_000

/** Settings of a model: JSON that RDF can carry as text. */
const parameters = z.record(z.string(), z.json()).transform((value, context) => {
  const text = JSON.stringify(value)
  // JSON.stringify writes U+0000 and lone surrogates as escapes.
  const wrong = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(text)
    ? 'holds U+0000 or a lone surrogate, which RDF cannot carry'
    : text.length > MAX_PARAMETERS_LENGTH
      ? `must have at most ${MAX_PARAMETERS_LENGTH} characters as JSON`
      : undefined
  if (wrong === undefined) return value as { [key: string]: Json }
  context.addIssue({ code: 'custom', message: wrong })
  return z.NEVER
})

/** The input of each command and query on agents; roles are those of the file. */
export const agentSchemas = perVocabulary((vocabulary) => {
  return {
    registerHuman: z.strictObject({ name: line, contact: line.optional(), ...register }),
    registerMl: z.strictObject({
      role: z.enum(vocabulary.roles),
      provider: line,
      model: line,
      name: line.optional(),
      version: line.optional(),
      parameters: parameters.optional(),
      ...register,
    }),
    registerSoftware: z.strictObject({ name: line, version: line.optional(), source: iri.optional(), ...register }),
    registerOrganization: z.strictObject({ name: line, url: iri.optional(), ...register }),
    id: z.strictObject({ id: agentId }),
    list: z.strictObject({
      kind: oneOf(z.enum(AGENT_KINDS)).optional(),
      namespace: oneOf(namespace).optional(),
      ...pageFields,
    }),
    delegate: z.strictObject({
      delegate: agentId,
      responsible: agentId,
      activity: activityId.optional(),
      ...commandFields,
    }),
  }
})

import { z } from 'zod'
import {
  activityId,
  agentId,
  commandFields,
  iri,
  jsonObject,
  label,
  line,
  list,
  namespace,
  oneOf,
  pageFields,
} from '../../input.js'
import { AGENT_KINDS } from '../../vocabulary.js'
import { perVocabulary } from '../per-vocabulary.js'

/** Capabilities come in code unit order, each once. */
export const capabilities = list(label).transform((words) => [...new Set(words)].sort())

const register = {
  capabilities: capabilities.optional(),
  id: agentId.optional(),
  namespace: namespace.optional(),
  reuse: z.boolean().optional(),
  ...commandFields,
}

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
      parameters: jsonObject.optional(),
      ...register,
    }),
    registerSoftware: z.strictObject({ name: line, version: line.optional(), source: iri.optional(), ...register }),
    registerOrganization: z.strictObject({ name: line, url: iri.optional(), ...register }),
    id: z.strictObject({ id: agentId }),
    list: z.strictObject({
      kind: oneOf(z.enum(AGENT_KINDS)).optional(),
      namespace: oneOf(namespace).optional(),
      capability: oneOf(label).optional(),
      ...pageFields,
    }),
    setCapabilities: z.strictObject({ id: agentId, capabilities, ...commandFields }),
    delegate: z.strictObject({
      delegate: agentId,
      responsible: agentId,
      activity: activityId.optional(),
      ...commandFields,
    }),
  }
})

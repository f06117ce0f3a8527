import { z } from 'zod'
import {
  activityId,
  agentId,
  artifactId,
  commandFields,
  entityId,
  iri,
  label,
  line,
  list,
  namespace,
  oneOf,
  pageFields,
} from '../../input.js'

/** The input of each command and query on artifacts. */
export const artifactSchemas = {
  add: z.strictObject({
    iri,
    kind: label.optional(),
    label: line.optional(),
    mediaType: label.optional(),
    digest: label.optional(),
    namespace: namespace.optional(),
    id: artifactId.optional(),
    generatedBy: activityId.optional(),
    derivedFrom: list(entityId).optional(),
    attributedTo: agentId.optional(),
    ...commandFields,
  }),
  id: z.strictObject({ id: artifactId }),
  findByIri: z.strictObject({ iri: z.string() }),
  list: z.strictObject({
    kind: oneOf(label).optional(),
    namespace: oneOf(namespace).optional(),
    ...pageFields,
  }),
}

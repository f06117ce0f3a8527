import { z } from 'zod'
import {
  artifactId,
  commandFields,
  evidenceId,
  iri,
  label,
  list,
  nodeId,
  oneOf,
  pageFields,
  text,
} from '../../input.js'

const fields = {
  kind: label,
  iri: iri.optional(),
  artifact: artifactId.optional(),
  summary: text.optional(),
  digest: label.optional(),
  id: evidenceId.optional(),
}

/** It points at one thing, so that what it says can be looked up. */
function pointsAtOne({ iri, artifact }: { iri?: unknown; artifact?: unknown }): boolean {
  return (iri === undefined) !== (artifact === undefined)
}

const POINTS_AT_ONE = { message: 'must name either an iri or an artifact', path: ['iri'] }

/** A piece of evidence, as submissions, reviews and decisions bring it. */
export const newEvidence = z.strictObject(fields).refine(pointsAtOne, POINTS_AT_ONE)

/** Pieces of evidence, of the record or new. */
export const givenEvidence = list(z.union([evidenceId, newEvidence]))

/** The input of each command and query on evidence. */
export const evidenceSchemas = {
  add: z.strictObject({ subject: nodeId, ...fields, ...commandFields }).refine(pointsAtOne, POINTS_AT_ONE),
  id: z.strictObject({ id: evidenceId }),
  list: z.strictObject({
    subject: oneOf(nodeId).optional(),
    kind: oneOf(label).optional(),
    ...pageFields,
  }),
}

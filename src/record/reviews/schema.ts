import { z } from 'zod'
import { activityId, agentId, oneOf, pageFields, revisionFields, taskId, text } from '../../input.js'
import { VERDICTS } from '../../vocabulary.js'
import { givenEvidence } from '../evidence/schema.js'

/** The input of each command and query on reviews. */
export const reviewSchemas = {
  record: z.strictObject({
    task: taskId,
    verdict: z.enum(VERDICTS),
    comment: text.optional(),
    evidence: givenEvidence.optional(),
    id: activityId.optional(),
    ...revisionFields,
  }),
  list: z.strictObject({
    task: oneOf(taskId).optional(),
    reviewer: oneOf(agentId).optional(),
    ...pageFields,
  }),
}

import { z } from 'zod'
import {
  activityId,
  agentId,
  commandFields,
  entityId,
  list,
  namespace,
  oneOf,
  pageFields,
  reason,
  taskId,
  text,
} from '../../input.js'
import { STAGES } from '../../vocabulary.js'
import { perVocabulary } from '../per-vocabulary.js'

/** The input of each command and query on activities; phases are those of the file. */
export const activitySchemas = perVocabulary((vocabulary) => {
  const phase = z.enum(vocabulary.phases)
  const stage = z.enum(STAGES)
  return {
    start: z.strictObject({
      agent: agentId.optional(),
      phase: phase.optional(),
      stage: stage.optional(),
      notes: text.optional(),
      namespace: namespace.optional(),
      id: activityId.optional(),
      used: list(entityId).optional(),
      informedBy: list(activityId).optional(),
      task: taskId.optional(),
      ...commandFields,
    }),
    end: z.strictObject({
      id: activityId,
      stage: stage.optional(),
      notes: text.optional(),
      generated: list(entityId).optional(),
      failed: reason.optional(),
      ...commandFields,
    }),
    id: z.strictObject({ id: activityId }),
    list: z.strictObject({
      agent: oneOf(agentId).optional(),
      phase: oneOf(phase).optional(),
      task: oneOf(taskId).optional(),
      open: z.boolean().optional(),
      ...pageFields,
    }),
  }
})

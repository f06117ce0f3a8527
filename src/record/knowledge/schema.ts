import { z } from 'zod'
import {
  commandFields,
  decisionId,
  learningId,
  line,
  list,
  namespace,
  oneOf,
  pageFields,
  reason,
  taskId,
  time,
} from '../../input.js'
import { newEvidence } from '../evidence/schema.js'
import type { CommandOptions } from '../options.js'
import type { KnowledgeListOptions, NewKnowledge } from './knowledge.js'

const fields = {
  title: line,
  rationale: reason,
  alternatives: list(reason).optional(),
  attachTo: taskId.optional(),
  namespace: namespace.optional(),
  evidence: list(newEvidence).optional(),
  validFrom: time.optional(),
}

const filter = {
  validAt: time.optional(),
  knownAt: time.optional(),
  includeSuperseded: z.boolean().optional(),
  attachedTo: oneOf(taskId).optional(),
  namespace: oneOf(namespace).optional(),
  ...pageFields,
}

/** A decision, as submissions bring it. */
export const newDecision = z.strictObject({ ...fields, id: decisionId.optional() })

/** A learning, as submissions bring it. */
export const newLearning = z.strictObject({ ...fields, id: learningId.optional() })

/** The input of each command and query on one kind of item. */
export interface KnowledgeSchemas<Id> {
  readonly record: z.ZodType<NewKnowledge<Id> & CommandOptions>
  readonly supersede: z.ZodType<NewKnowledge<Id> & CommandOptions & { readonly earlier: Id }>
  readonly id: z.ZodType<{ readonly id: Id }>
  readonly list: z.ZodType<KnowledgeListOptions>
}

const commandsOf = <Id extends z.ZodType>(id: Id) => ({
  record: z.strictObject({ ...fields, id: id.optional(), ...commandFields }),
  supersede: z.strictObject({ earlier: id, ...fields, id: id.optional(), ...commandFields }),
  id: z.strictObject({ id }),
  list: z.strictObject(filter),
})

/** The input of each command and query on decisions. */
export const decisionSchemas = commandsOf(decisionId)

/** The input of each command and query on learnings. */
export const learningSchemas = commandsOf(learningId)

/** The input of `knowledge`. */
export const inheritedSchema = z.strictObject({ task: taskId, includeSuperseded: z.boolean().optional() })

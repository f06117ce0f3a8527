import { z } from 'zod'
import {
  agentId,
  artifactId,
  commandFields,
  json,
  label,
  list,
  oneOf,
  pageFields,
  reason,
  revisionFields,
  taskId,
  text,
} from '../../input.js'
import { CRITERION_STATUSES, GATES, SUBMISSION_OUTCOMES } from '../../vocabulary.js'
import { artifactSchemas } from '../artifacts/schema.js'
import { givenEvidence } from '../evidence/schema.js'
import { newDecision, newLearning } from '../knowledge/schema.js'
import { perVocabulary } from '../per-vocabulary.js'
import { taskSchemas } from '../tasks/schema.js'

const DAY_MS = 86_400_000
const ttlMs = z
  .int()
  .min(1)
  .max(30 * DAY_MS)
const { idempotencyKey } = commandFields
const token = z.string().min(1).max(2_000)

const criterion = z
  .strictObject({
    id: label,
    status: z.enum(CRITERION_STATUSES),
    evidence: givenEvidence.optional(),
    waiver: z.strictObject({ reason, by: agentId }).optional(),
  })
  .refine(({ status, waiver }) => (status === 'waived') === (waiver !== undefined), {
    message: 'goes with the status waived, and only with it',
    path: ['waiver'],
  })

const { generatedBy: _, idempotencyKey: _key, at: _at, ...artifactFields } = artifactSchemas.add.shape
const blocker = z.union([taskId, z.strictObject({ task: taskId, gate: z.enum(GATES) })])

/** The input of each command and query on claims; stop reasons and what filters name are words of the file. */
export const claimSchemas = perVocabulary((vocabulary) => {
  const { filter, requires, sort } = taskSchemas(vocabulary)
  const stopReason = z.enum(vocabulary.stopReasons as [string, ...string[]])
  const { status: _status, ...nextFilter } = filter
  return {
    next: z.strictObject({
      ...nextFilter,
      sort: sort.optional(),
      ttlMs: ttlMs.optional(),
      requires: requires.optional(),
      idempotencyKey,
    }),
    claim: z.strictObject({ task: taskId, ttlMs: ttlMs.optional(), idempotencyKey }),
    heartbeat: z.strictObject({ token, idempotencyKey }),
    renew: z.strictObject({ token, ttlMs: ttlMs.optional(), idempotencyKey }),
    release: z.strictObject({ token, reason: reason.optional(), idempotencyKey }),
    reset: z.strictObject({ task: taskId, reason, idempotencyKey }),
    complete: z.strictObject({
      token,
      submission: z
        .strictObject({
          outcome: z.enum(SUBMISSION_OUTCOMES),
          summary: text.optional(),
          output: json.optional(),
          criteria: list(criterion).optional(),
          artifacts: list(z.union([artifactId, z.strictObject(artifactFields)])).optional(),
          evidence: givenEvidence.optional(),
          decisions: list(newDecision).optional(),
          learnings: list(newLearning).optional(),
          blockedBy: list(blocker).optional(),
          stopReason: z
            .union([stopReason, z.strictObject({ reason: stopReason, text: reason })])
            .refine((given) => given !== 'other', 'needs a text: { reason: "other", text: "…" }')
            .optional(),
          idempotencyKey,
          expectedRevision: revisionFields.expectedRevision,
        })
        .superRefine(({ outcome, stopReason: stopped, blockedBy = [] }, context) => {
          const refuse = (field: string, message: string) =>
            context.addIssue({ code: 'custom', path: [field], message })
          if ((outcome === 'failed') !== (stopped !== undefined)) {
            refuse('stopReason', 'goes with the outcome failed, and only with it')
          }
          if ((outcome === 'blocked') !== blockedBy.length > 0) {
            refuse('blockedBy', 'names what the task waits for where the outcome is blocked, and only there')
          }
        }),
    }),
    list: z.strictObject({ agent: oneOf(agentId).optional(), expired: z.boolean().optional(), ...pageFields }),
    runs: z.strictObject({ task: oneOf(taskId).optional(), agent: oneOf(agentId).optional(), ...pageFields }),
  }
})

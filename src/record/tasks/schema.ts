import { z } from 'zod'
import {
  activityId,
  agentId,
  commandFields,
  commentId,
  entityId,
  iri,
  label,
  line,
  list,
  namespace,
  oneOf,
  pageFields,
  reason,
  revisionFields,
  taskId,
  text,
  time,
} from '../../input.js'
import { GATES, OUTCOMES, PRIORITIES, STATUSES } from '../../vocabulary.js'
import { capabilities } from '../agents/schema.js'
import { contract } from '../contracts/schema.js'
import { perVocabulary } from '../per-vocabulary.js'
import type { ExternalRef, TaskRequirements } from './task.js'
import { compareExternalRefs } from './task-rows.js'

const labels = list(label).transform((values) => [...new Set(values)].sort())

const externalRef = z.strictObject({ system: label, id: line, url: iri.optional() })
const externalRefs = list(externalRef).transform((refs, context) => {
  const sorted = (refs as ExternalRef[]).toSorted(compareExternalRefs)
  const twice = sorted.find((ref, index) => index > 0 && compareExternalRefs(sorted[index - 1]!, ref) === 0)
  if (twice === undefined) return sorted
  context.addIssue({ code: 'custom', message: `names ${twice.system} ${twice.id} twice` })
  return z.NEVER
})

const blocker = z.union([taskId, z.strictObject({ task: taskId, gate: z.enum(GATES) })])

const forceFields = { force: z.boolean().optional(), reason: text.optional() }

interface Forced {
  readonly force?: boolean | undefined
  readonly reason?: string | undefined
}

const FORCE_NEEDS_REASON = { path: ['reason'], message: 'must be given with force: true, and not be blank' }

/** Who goes past a claim or a contract says why. */
function saysWhy({ force, reason: why = '' }: Forced): boolean {
  return force !== true || why.trim() !== ''
}

/** The input of each command and query on tasks; words of the vocabulary are those of the file. */
export const taskSchemas = perVocabulary((vocabulary) => {
  const type = z.enum(vocabulary.taskTypes)
  const phase = z.enum(vocabulary.phases)
  const priority = z.enum(PRIORITIES)
  // There are humans under every vocabulary. To ask for nothing is not to ask.
  const requires = z
    .strictObject({
      role: z.enum([...new Set([...vocabulary.roles, 'human'])]).optional(),
      capabilities: capabilities.optional(),
    })
    .transform(({ role, capabilities: words = [] }): TaskRequirements | undefined =>
      role === undefined && words.length === 0
        ? undefined
        : { ...(words.length > 0 && { capabilities: words }), ...(role !== undefined && { role }) },
    )
  const sort = z.enum(['priority', 'oldest', 'newest', 'due'])
  const filter = {
    status: oneOf(z.enum(STATUSES)).optional(),
    type: oneOf(type).optional(),
    priority: oneOf(priority).optional(),
    phase: oneOf(phase).optional(),
    namespace: oneOf(namespace).optional(),
    owner: oneOf(agentId).optional(),
    parent: oneOf(taskId).optional(),
    labelsAll: list(label).optional(),
    labelsAny: list(label).optional(),
    createdAfter: time.optional(),
    createdBefore: time.optional(),
    updatedAfter: time.optional(),
    updatedBefore: time.optional(),
    text: text.max(1_000).optional(),
  }
  const sorted = { ...filter, ...pageFields, sort: sort.optional() }
  const onTask = z.strictObject({ id: taskId, ...revisionFields })
  return {
    filter,
    requires,
    sort,
    create: z.strictObject({
      title: line,
      description: text.optional(),
      type: type.optional(),
      priority: priority.optional(),
      phase: phase.optional(),
      namespace: namespace.optional(),
      id: taskId.optional(),
      owner: agentId.optional(),
      labels: labels.optional(),
      parent: taskId.optional(),
      blockedBy: list(blocker).optional(),
      notes: text.optional(),
      externalRefs: externalRefs.optional(),
      notBefore: time.optional(),
      snoozedUntil: time.optional(),
      dueAt: time.optional(),
      requires: requires.optional(),
      contract: contract.optional(),
      generatedBy: activityId.optional(),
      derivedFrom: list(entityId).optional(),
      attributedTo: agentId.optional(),
      ...commandFields,
    }),
    id: z.strictObject({ id: taskId }),
    findByExternalRef: z.strictObject({ system: z.string(), id: z.string() }),
    update: z
      .strictObject({
        id: taskId,
        changes: z.strictObject({
          title: line.optional(),
          description: text.nullable().optional(),
          status: z.enum(STATUSES).optional(),
          priority: priority.optional(),
          type: type.optional(),
          phase: phase.optional(),
          owner: agentId.nullable().optional(),
          notes: text.nullable().optional(),
          labels: labels.nullable().optional(),
          externalRefs: externalRefs.nullable().optional(),
          parent: taskId.nullable().optional(),
          notBefore: time.nullable().optional(),
          snoozedUntil: time.nullable().optional(),
          dueAt: time.nullable().optional(),
          // To ask for nothing is to clear it.
          requires: requires
            .transform((given) => given ?? null)
            .nullable()
            .optional(),
        }),
        ...forceFields,
        ...revisionFields,
      })
      .refine(saysWhy, FORCE_NEEDS_REASON)
      .refine(({ force, reason: why }) => force === true || why === undefined, {
        path: ['reason'],
        message: 'is for force: true only',
      }),
    close: onTask.extend({ ...forceFields, outcome: z.enum(OUTCOMES).optional() }).refine(saysWhy, FORCE_NEEDS_REASON),
    reopen: onTask.extend({ reason: text.optional() }),
    hold: onTask.extend({ reason, force: z.boolean().optional() }),
    unhold: onTask,
    label: onTask.extend({ label }),
    addComment: z.strictObject({
      id: taskId,
      comment: z.strictObject({
        body: reason,
        author: agentId.optional(),
        id: commentId.optional(),
        ...commandFields,
      }),
    }),
    list: z.strictObject(sorted),
    overdue: z.strictObject({ ...filter, ...pageFields }),
    blocked: z.strictObject(sorted),
    ready: z.strictObject({ ...sorted, includeInProgress: z.boolean().optional() }),
    walk: z.strictObject({ id: taskId, maxDepth: z.int().min(1).optional() }),
  }
})

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
import { perVocabulary } from '../per-vocabulary.js'
import type { ExternalRef } from './task.js'
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

/** The input of each command and query on tasks; words of the vocabulary are those of the file. */
export const taskSchemas = perVocabulary((vocabulary) => {
  const type = z.enum(vocabulary.taskTypes)
  const phase = z.enum(vocabulary.phases)
  const priority = z.enum(PRIORITIES)
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
  const blocked = { ...filter, ...pageFields, sort: z.enum(['priority', 'oldest', 'newest']).optional() }
  const onTask = z.strictObject({ id: taskId, ...revisionFields })
  return {
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
      generatedBy: activityId.optional(),
      derivedFrom: list(entityId).optional(),
      attributedTo: agentId.optional(),
      ...commandFields,
    }),
    id: z.strictObject({ id: taskId }),
    findByExternalRef: z.strictObject({ system: z.string(), id: z.string() }),
    update: z.strictObject({
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
      }),
      ...revisionFields,
    }),
    close: onTask.extend({ reason: text.optional(), outcome: z.enum(OUTCOMES).optional() }),
    reopen: onTask.extend({ reason: text.optional() }),
    hold: onTask.extend({ reason }),
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
    list: z.strictObject({ ...filter, ...pageFields }),
    blocked: z.strictObject(blocked),
    ready: z.strictObject({ ...blocked, includeInProgress: z.boolean().optional() }),
    walk: z.strictObject({ id: taskId, maxDepth: z.int().min(1).optional() }),
  }
})

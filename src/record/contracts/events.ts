import type { EvidenceId, TaskId } from '../../ids.js'
import { canonicalJson, type Json } from '../../json.js'
import type { EventData } from '../../log/event.js'
import type { ReadableEvent } from '../../log/read-events.js'
import type { Writer } from '../../store/store.js'
import type { EventDefinition } from '../event-definition.js'
import { keyOf } from '../nodes.js'
import { REDACTED, redactTexts } from '../redacted.js'
import { replaceTask } from '../tasks/replace-task.js'
import type { TaskTransition } from '../tasks/transition.js'
import type { Contract } from './contract.js'

/** Data of `contract.revised`, whose subject is the task. */
export type ContractRevised = {
  /** There where it leaves an open task no attempt. */
  readonly becomes?: TaskTransition
  /** The tasks that became ready by it. */
  readonly freed?: readonly TaskId[]
  readonly contract: Contract
  readonly evidence: readonly EvidenceId[]
  readonly reason: string
  readonly version: number
}

/** `contract.revised`; the first contract may be in `task.created`. */
export const CONTRACT_EVENTS = {
  'contract.revised': {
    async evolve(writer, event) {
      const key = await keyOf(writer, event.subject)
      await replaceTask(writer, event, key)
      await insertContract(writer, event, key, event.data as unknown as ContractRevised)
    },
    erase: (data) => ({ ...redactTexts(data, ['reason']), contract: eraseContract(data.contract as EventData) }),
  },
} satisfies Record<string, EventDefinition>

/** Keeps one version of a task's contract, and counts how many attempts it leaves. */
export async function insertContract(
  writer: Writer,
  event: ReadableEvent,
  task: number,
  { version, contract, reason, evidence = [] }: Omit<ContractRevised, 'reason' | 'evidence'> & Partial<ContractRevised>,
): Promise<void> {
  await writer.run(
    'INSERT INTO contracts (task, version, contract, agent, reason, evidence, created_at, made) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    task,
    version,
    canonicalJson(contract),
    await keyOf(writer, event.actor),
    reason ?? null,
    JSON.stringify(evidence),
    event.at,
    event.seq,
  )
  // Of a number and nothing, SQLite's max() is nothing: as many attempts as anybody likes.
  await writer.run(
    'UPDATE tasks SET attempts_left = max(0, ? - attempts_spent) WHERE key = ?',
    contract.retry?.maxAttempts ?? null,
    task,
  )
}

/** A contract without what people wrote in it; what a submission is held against stays. */
export function eraseContract(data: EventData): EventData {
  const { criteria, outputSchema } = data
  return {
    ...data,
    criteria: (criteria as readonly EventData[]).map((criterion) => redactTexts(criterion, ['text'])),
    ...(outputSchema !== undefined && { outputSchema: eraseSchema(outputSchema) }),
  }
}

/** Keywords of a schema that hold one schema or a list of them, and those that hold schemas by name. */
const WITH_SCHEMAS = new Set(
  'additionalProperties allOf anyOf contains contentSchema else if items not oneOf prefixItems propertyNames then unevaluatedItems unevaluatedProperties'.split(
    ' ',
  ),
)
const WITH_NAMED_SCHEMAS = new Set('$defs definitions dependentSchemas patternProperties properties'.split(' '))
/** Annotations in words, and values that only illustrate (JSON Schema Validation 2020-12, section 9). */
const WORDS = new Set(['$comment', 'description', 'title'])
const EXAMPLES = new Set(['default', 'examples'])

function eraseSchema(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(eraseSchema)
  if (!isObject(schema)) return schema
  const kept = Object.entries(schema).filter(([keyword]) => !EXAMPLES.has(keyword))
  return Object.fromEntries(
    kept.map(([keyword, value]) => {
      if (WORDS.has(keyword)) return [keyword, REDACTED]
      if (WITH_SCHEMAS.has(keyword)) return [keyword, eraseSchema(value)]
      if (!WITH_NAMED_SCHEMAS.has(keyword) || !isObject(value)) return [keyword, value]
      return [keyword, Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, eraseSchema(inner)]))]
    }),
  )
}

function isObject(value: Json): value is EventData {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

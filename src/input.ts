import { z } from 'zod'
import { type InputIssue, InvalidInputError } from './errors.js'
import {
  type ActivityId,
  type AgentId,
  type ArtifactId,
  type CommentId,
  checkNamespace,
  type DecisionId,
  type EntityId,
  type EvidenceId,
  type LearningId,
  type NodeId,
  parseId,
  type TaskId,
} from './ids.js'
import type { Json } from './json.js'
import { toTimestamp } from './time.js'

/** The longest one-line text, such as a title, in UTF-16 code units. */
export const MAX_LINE_LENGTH = 1_000
/** The longest running text, such as a description, in UTF-16 code units. */
export const MAX_TEXT_LENGTH = 1_000_000
/** The longest label or word of a vocabulary, in UTF-16 code units. */
export const MAX_LABEL_LENGTH = 200
const MAX_LIST_LENGTH = 10_000

/**
 * The input as the schema gives it back.
 *
 * @throws {InvalidInputError} naming every field that is wrong.
 */
export function validate<Output>(operation: string, schema: z.ZodType<Output>, input: unknown): Output {
  const result = readable(operation, () => {
    const parsed = schema.safeParse(input)
    return parsed.success ? parsed : parsed.error.issues.flatMap((issue) => toInputIssues(issue, []))
  })
  if ('success' in result) return result.data
  throw new InvalidInputError(operation, result)
}

/** What a getter or a proxy of the caller's throws, or nesting deeper than the stack, is a flaw of the input. */
function readable<T>(operation: string, read: () => T): T {
  try {
    return read()
  } catch {
    throw new InvalidInputError(operation, [{ field: '', message: 'the input cannot be read' }])
  }
}

type Path = readonly PropertyKey[]

function toInputIssues(issue: z.core.$ZodIssue, parents: Path): InputIssue[] {
  const path = [...parents, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: abbreviate(fieldOf([...path, key])), message: 'unknown field' }))
  }
  if (issue.code !== 'invalid_union')
    return [{ field: abbreviate(fieldOf(path)), message: abbreviate(messageOf(issue)) }]
  // Where a union does not fit, the alternative that was meant is the one whose type fits.
  const meant = issue.errors.find(
    (errors) => !errors.some((error) => error.code === 'invalid_type' && !error.path.length),
  )
  if (meant !== undefined) return meant.flatMap((error) => toInputIssues(error, path))
  const kinds = issue.errors.flatMap((errors) => errors.flatMap((error) => toInputIssues(error, path)))
  return [{ field: kinds[0]!.field, message: [...new Set(kinds.map((kind) => kind.message))].join(', or ') }]
}

function fieldOf(path: Path): string {
  return path.reduce<string>(
    (field, step) =>
      typeof step === 'number' ? `${field}[${step}]` : field === '' ? String(step) : `${field}.${String(step)}`,
    '',
  )
}

function messageOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return `must ${boundOf(issue.origin, 'least')} ${issue.minimum}${unitOf(issue.origin)}`
    case 'too_big':
      return `must ${boundOf(issue.origin, 'most')} ${issue.maximum}${unitOf(issue.origin)}`
    default:
      return issue.message.replace(/^Invalid input: /, '')
  }
}

function boundOf(origin: string, bound: 'least' | 'most'): string {
  return unitOf(origin) === '' ? `be at ${bound}` : `have at ${bound}`
}

function unitOf(origin: string): string {
  return origin === 'string' ? ' character(s)' : origin === 'array' ? ' item(s)' : ''
}

function abbreviate(text: string): string {
  return text.length > 300 ? `${text.slice(0, 299)}…` : text
}

/** What neither RDF nor SQLite's C strings can carry: U+0000 and lone surrogates. */
const UNSPEAKABLE = /[\0\p{Surrogate}]/u
const UNSPEAKABLE_MESSAGE = 'holds U+0000 or a lone surrogate, which RDF cannot carry'
const CONTROL = /\p{Cc}/u

function carriable(schema: z.ZodString): z.ZodString {
  return schema.refine((text) => !UNSPEAKABLE.test(text), UNSPEAKABLE_MESSAGE)
}

/** Running text: may be empty. */
export const text = carriable(z.string().max(MAX_TEXT_LENGTH))
/** Text that says something: not only white space. */
export const reason = text.refine((value) => value.trim() !== '', 'must not be blank')
/** A title or name: not only white space. */
export const line = carriable(z.string().max(MAX_LINE_LENGTH)).refine(
  (value) => value.trim() !== '',
  'must not be blank',
)
/** A short text without control characters, such as a label or a word of a vocabulary. */
export const label = carriable(z.string().min(1).max(MAX_LABEL_LENGTH))
  .refine((value) => !CONTROL.test(value), 'must not hold control characters')
  .refine((value) => value.trim() === value, 'must not begin or end with white space')
/** An IRI or address as the caller writes it. */
export const iri = carriable(z.string().min(1).max(10_000)).refine(
  (value) => !CONTROL.test(value),
  'must not hold control characters',
)
/** A time with a zone, which comes out in UTC with milliseconds. */
export const time = z.string().transform((value, context) => {
  const timestamp = toTimestamp(value)
  if (timestamp !== undefined) return timestamp
  context.addIssue({
    code: 'custom',
    message: 'expected an ISO 8601 time with a zone, such as 2026-01-05T09:00:00.000Z',
  })
  return z.NEVER
})
/** A namespace, by the rules of ids. */
export const namespace = z.string().superRefine((value, context) => {
  report(context, () => checkNamespace(value))
})

function report(context: z.RefinementCtx, check: () => void): void {
  try {
    check()
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message.replace(/\.$/, '') })
  }
}

function id<Id extends string>(): z.ZodType<Id, Id> {
  return z.string().superRefine((value, context) => {
    report(context, () => parseId(value))
  }) as unknown as z.ZodType<Id, Id>
}

export const taskId = id<TaskId>()
export const agentId = id<AgentId>()
export const activityId = id<ActivityId>()
export const artifactId = id<ArtifactId>()
export const commentId = id<CommentId>()
export const decisionId = id<DecisionId>()
export const learningId = id<LearningId>()
export const evidenceId = id<EvidenceId>()
export const entityId = id<EntityId>()
export const nodeId = id<NodeId>()

const MAX_JSON_DEPTH = 100
const MAX_JSON_LENGTH = 100_000

/** A JSON object of bounded depth and length, as JSON carries it: minus zero is zero there. */
export const jsonObject = z
  .custom<{ readonly [key: string]: Json }>()
  .transform((value, context): { readonly [key: string]: Json } => {
    const flaw = isPlainObject(value) ? flawOfJson(value) : 'expected an object'
    if (flaw === undefined) return JSON.parse(JSON.stringify(value))
    context.addIssue({ code: 'custom', message: flaw })
    return z.NEVER
  })

/** Any JSON value of bounded depth and length, as JSON carries it. */
export const json = z.custom<Json>().transform((value, context): Json => {
  const flaw = flawOfJson(value)
  if (flaw === undefined) return JSON.parse(JSON.stringify(value))
  context.addIssue({ code: 'custom', message: flaw })
  return z.NEVER
})

function flawOfJson(value: unknown): string | undefined {
  let level: unknown[] = [value]
  let length = 0
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_JSON_DEPTH) return `must not be nested deeper than ${MAX_JSON_DEPTH} levels`
    const next: unknown[] = []
    for (const part of level) {
      length += typeof part === 'string' ? part.length : 1
      if (length > MAX_JSON_LENGTH) return `must have at most ${MAX_JSON_LENGTH} characters and values in all`
      if (Array.isArray(part)) next.push(...part)
      else if (isPlainObject(part)) {
        if (Object.hasOwn(part, '__proto__')) return 'must not have a field __proto__'
        next.push(...Object.keys(part), ...Object.values(part))
      } else if (typeof part === 'string') {
        if (UNSPEAKABLE.test(part)) return UNSPEAKABLE_MESSAGE
      } else if (part !== null && typeof part !== 'boolean' && !Number.isFinite(part)) {
        return `holds a ${typeof part}, which JSON cannot carry`
      }
    }
    level = next
  }
  return undefined
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** A function; what it takes and gives is the caller's word. */
export function callback<Callback extends (...args: never[]) => unknown>(): z.ZodType<Callback> {
  return z.custom<Callback>((value) => typeof value === 'function', 'expected a function')
}

export const abortSignal = z.custom<AbortSignal>((value) => value instanceof AbortSignal, 'expected an AbortSignal')

/** A list of bounded length. */
export function list<Schema extends z.ZodType>(item: Schema): z.ZodArray<Schema> {
  return z.array(item).max(MAX_LIST_LENGTH)
}

/** In a filter: one value, or several of which any will do. */
export function oneOf<Schema extends z.ZodType>(value: Schema) {
  return z.union([value, list(value)])
}

/** What a list takes besides its filter. */
export const pageFields = {
  limit: z.int().min(1).max(1_000).optional(),
  cursor: z.string().max(4_000).optional(),
}

/** What every command takes. */
export const commandFields = {
  idempotencyKey: carriable(z.string().min(1).max(512)).optional(),
  at: time.optional(),
}

/** What every command on a task takes. */
export const revisionFields = { ...commandFields, expectedRevision: z.int().min(1).optional() }

/**
 * The arguments of a call as one object: those before the last by name, and the fields of the last.
 *
 * @throws {InvalidInputError} the last is no object, or names one of the others again.
 */
export function withOptions(operation: string, named: object, options: unknown): object {
  if (options === undefined) return named
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InvalidInputError(operation, [{ field: '', message: 'the last argument must be an object of options' }])
  }
  const given: object = readable(operation, () => ({ ...options }))
  const twice = Object.keys(given).find((field) => Object.hasOwn(named, field))
  if (twice !== undefined) {
    throw new InvalidInputError(operation, [{ field: twice, message: 'is given as an argument already' }])
  }
  return { ...named, ...given }
}

import { v5, v7, validate } from 'uuid'
import { InvalidIdError, InvalidInputError, InvalidNamespaceError } from './errors.js'
import { takeRandomBytes } from './random.js'

declare const brand: unique symbol

/** Names a task: `{namespace}--{uuid}`. */
export type TaskId = string & { readonly [brand]: 'TaskId' }

/** Names an agent: `{namespace}--{uuid}`. */
export type AgentId = string & { readonly [brand]: 'AgentId' }

/** Names an activity: `{namespace}--{uuid}`. */
export type ActivityId = string & { readonly [brand]: 'ActivityId' }

/** Names a comment: `{namespace}--{uuid}`. */
export type CommentId = string & { readonly [brand]: 'CommentId' }

/** Names an artifact: `{namespace}--{uuid}`. */
export type ArtifactId = string & { readonly [brand]: 'ArtifactId' }

/** Names a decision: `{namespace}--{uuid}`. */
export type DecisionId = string & { readonly [brand]: 'DecisionId' }

/** Names a learning: `{namespace}--{uuid}`. */
export type LearningId = string & { readonly [brand]: 'LearningId' }

/** Names a piece of evidence: `{namespace}--{uuid}`. */
export type EvidenceId = string & { readonly [brand]: 'EvidenceId' }

/** Names anything that a record holds. */
export type NodeId = TaskId | AgentId | ActivityId | CommentId | ArtifactId | DecisionId | LearningId | EvidenceId

/** Names what is a prov:Entity: something that can be used, made, derived and attributed. */
export type EntityId = TaskId | ArtifactId | CommentId | DecisionId | LearningId | EvidenceId

/** The two parts of an id. */
export interface IdParts {
  /** Everything before the last `--`. It may hold `--` itself, and may end in `-`. */
  readonly namespace: string
  /** Everything after the last `--`: a lower-case uuid of RFC 9562. */
  readonly uuid: string
}

const SEPARATOR = '--'
const MAX_NAMESPACE_LENGTH = 512
const NIL = '00000000-0000-0000-0000-000000000000'
const MAX = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/**
 * The name space, in the sense of RFC 9562 §5.5, of the ids that {@link deterministicId} makes. Another value would give
 * every one of them another uuid, and repeated writes would no longer be recognised.
 */
const DETERMINISTIC_IDS = '2bcfc761-9600-4ff4-a470-1f3f90e09f91'

/**
 * The parts of an id, whatever it names: an id does not say of which kind its node is.
 *
 * The text is split at its last `--`. A uuid holds no `--`, so this is unambiguous for every namespace. A text that was
 * checked in this way is made an id by a cast: `text as TaskId`.
 *
 * @throws {InvalidIdError} `part` is `separator` (no `--` in it, or no string at all), `namespace` (see
 * {@link checkNamespace}) or `uuid` (not one of RFC 9562 in lower case; the nil and the max uuid name nothing).
 */
export function parseId(text: string): IdParts {
  if (typeof text !== 'string') throw new InvalidIdError(show(text), 'separator', 'it is not a string')
  const at = text.lastIndexOf(SEPARATOR)
  if (at < 0) throw new InvalidIdError(text, 'separator', `it holds no "${SEPARATOR}"`)
  const namespace = text.slice(0, at)
  const uuid = text.slice(at + SEPARATOR.length)
  const flaw = flawOfNamespace(namespace)
  if (flaw !== undefined) throw new InvalidIdError(text, 'namespace', `its namespace ${flaw}`)
  checkUuid(uuid, text)
  return { namespace, uuid }
}

/** For the id of a task, as {@link parseId}: whether it is one, an id does not say. */
export function parseTaskId(text: string): IdParts {
  return parseId(text)
}

/** For the id of an agent, as {@link parseId}: whether it is one, an id does not say. */
export function parseAgentId(text: string): IdParts {
  return parseId(text)
}

/** For the id of an activity, as {@link parseId}: whether it is one, an id does not say. */
export function parseActivityId(text: string): IdParts {
  return parseId(text)
}

/** For the id of a comment, as {@link parseId}: whether it is one, an id does not say. */
export function parseCommentId(text: string): IdParts {
  return parseId(text)
}

/** For the id of an artifact, as {@link parseId}: whether it is one, an id does not say. */
export function parseArtifactId(text: string): IdParts {
  return parseId(text)
}

/** For the id of a decision, as {@link parseId}: whether it is one, an id does not say. */
export function parseDecisionId(text: string): IdParts {
  return parseId(text)
}

/** For the id of a learning, as {@link parseId}: whether it is one, an id does not say. */
export function parseLearningId(text: string): IdParts {
  return parseId(text)
}

/** For the id of a piece of evidence, as {@link parseId}: whether it is one, an id does not say. */
export function parseEvidenceId(text: string): IdParts {
  return parseId(text)
}

/**
 * A text that comes from elsewhere (JSON, a command line, an address) as the id of a task. Whether there is such a
 * task, the record says.
 *
 * @throws {InvalidIdError} as {@link parseId} does.
 */
export function toTaskId(text: string): TaskId {
  parseId(text)
  return text as TaskId
}

/**
 * A text that comes from elsewhere (JSON, a command line, an address) as the id of an agent. Whether there is such an
 * agent, the record says.
 *
 * @throws {InvalidIdError} as {@link parseId} does.
 */
export function toAgentId(text: string): AgentId {
  parseId(text)
  return text as AgentId
}

/**
 * A text that comes from elsewhere (JSON, a command line, an address) as the id of an activity. Whether there is such an
 * activity, the record says.
 *
 * @throws {InvalidIdError} as {@link parseId} does.
 */
export function toActivityId(text: string): ActivityId {
  parseId(text)
  return text as ActivityId
}

/**
 * A text that comes from elsewhere (JSON, a command line, an address) as the id of a comment. Whether there is such a
 * comment, the record says.
 *
 * @throws {InvalidIdError} as {@link parseId} does.
 */
export function toCommentId(text: string): CommentId {
  parseId(text)
  return text as CommentId
}

/**
 * A text that comes from elsewhere (JSON, a command line, an address) as the id of an artifact. Whether there is such an
 * artifact, the record says.
 *
 * @throws {InvalidIdError} as {@link parseId} does.
 */
export function toArtifactId(text: string): ArtifactId {
  parseId(text)
  return text as ArtifactId
}

/**
 * A text that comes from elsewhere (JSON, a command line, an address) as the id of a decision. Whether there is one,
 * the record says.
 *
 * @throws {InvalidIdError} as {@link parseId} does.
 */
export function toDecisionId(text: string): DecisionId {
  parseId(text)
  return text as DecisionId
}

/**
 * A text that comes from elsewhere (JSON, a command line, an address) as the id of a learning. Whether there is one,
 * the record says.
 *
 * @throws {InvalidIdError} as {@link parseId} does.
 */
export function toLearningId(text: string): LearningId {
  parseId(text)
  return text as LearningId
}

/**
 * A text that comes from elsewhere (JSON, a command line, an address) as the id of a piece of evidence. Whether there is one,
 * the record says.
 *
 * @throws {InvalidIdError} as {@link parseId} does.
 */
export function toEvidenceId(text: string): EvidenceId {
  parseId(text)
  return text as EvidenceId
}

/**
 * A new uuid of version 7 (RFC 9562 §5.7), greater as a string than every one made before in this thread: within one
 * millisecond a counter rises (§6.2, method 1), and when the clock steps back, its latest reading is used on.
 */
export function newUuid(): string {
  const random = takeRandomBytes(16)
  const now = Date.now()
  if (now > latest.msecs) {
    latest.msecs = now
    // Half of what a counter of 32 bits can hold is left for uuids of the same millisecond.
    latest.seq = random.readUInt32BE(6) >>> 1
  } else {
    latest.seq = (latest.seq + 1) >>> 0
    if (latest.seq === 0) latest.msecs++
  }
  return v7({ ...latest, random })
}

/** The time and the counter of the uuid that was made last. */
const latest = { msecs: 0, seq: 0 }

/**
 * A new id for a task.
 *
 * Ids of one namespace sort in the order in which they were made, see {@link newUuid}.
 *
 * @param makeUuid where the uuid comes from; give one of your own to make tests exact.
 * @throws {InvalidNamespaceError} no id can be made with this namespace.
 * @throws {InvalidIdError} `makeUuid` returned no lower-case uuid.
 */
export function newTaskId(namespace: string, makeUuid: () => string = newUuid): TaskId {
  return makeId<TaskId>(namespace, makeUuid)
}

/**
 * A new id for an agent.
 *
 * @throws {InvalidNamespaceError | InvalidIdError} as {@link newTaskId} does.
 */
export function newAgentId(namespace: string, makeUuid: () => string = newUuid): AgentId {
  return makeId<AgentId>(namespace, makeUuid)
}

/**
 * A new id for an activity.
 *
 * @throws {InvalidNamespaceError | InvalidIdError} as {@link newTaskId} does.
 */
export function newActivityId(namespace: string, makeUuid: () => string = newUuid): ActivityId {
  return makeId<ActivityId>(namespace, makeUuid)
}

/**
 * A new id for a comment.
 *
 * @throws {InvalidNamespaceError | InvalidIdError} as {@link newTaskId} does.
 */
export function newCommentId(namespace: string, makeUuid: () => string = newUuid): CommentId {
  return makeId<CommentId>(namespace, makeUuid)
}

/**
 * A new id for an artifact.
 *
 * @throws {InvalidNamespaceError | InvalidIdError} as {@link newTaskId} does.
 */
export function newArtifactId(namespace: string, makeUuid: () => string = newUuid): ArtifactId {
  return makeId<ArtifactId>(namespace, makeUuid)
}

/**
 * A new id for a decision.
 *
 * @throws {InvalidNamespaceError | InvalidIdError} as {@link newTaskId} does.
 */
export function newDecisionId(namespace: string, makeUuid: () => string = newUuid): DecisionId {
  return makeId<DecisionId>(namespace, makeUuid)
}

/**
 * A new id for a learning.
 *
 * @throws {InvalidNamespaceError | InvalidIdError} as {@link newTaskId} does.
 */
export function newLearningId(namespace: string, makeUuid: () => string = newUuid): LearningId {
  return makeId<LearningId>(namespace, makeUuid)
}

/**
 * A new id for a piece of evidence.
 *
 * @throws {InvalidNamespaceError | InvalidIdError} as {@link newTaskId} does.
 */
export function newEvidenceId(namespace: string, makeUuid: () => string = newUuid): EvidenceId {
  return makeId<EvidenceId>(namespace, makeUuid)
}

/**
 * The same id for the same namespace and parts, in every process and for good: for writes that may be repeated, such as
 * an import that is run twice.
 *
 * Where one part ends and the next begins counts: `['a', 'bc']` and `['ab', 'c']` give different ids. The namespace
 * counts too, as a uuid occurs only once in a file. The kind of node does not: name it in a part (`'task'`, `'comment'`)
 * where the same source becomes nodes of several kinds. The uuid is name-based, of version 5 (RFC 9562 §5.5).
 *
 * @throws {InvalidNamespaceError} no id can be made with this namespace.
 * @throws {InvalidInputError} there is no part, or one is not a string.
 */
export function deterministicId<Id extends NodeId = NodeId>(namespace: string, ...parts: string[]): Id {
  checkNamespace(namespace)
  const issues = parts.flatMap((part, i) =>
    typeof part === 'string' ? [] : [{ field: `parts[${i}]`, message: `expected a string, not ${show(part)}` }],
  )
  if (parts.length === 0) issues.push({ field: 'parts', message: 'expected at least one' })
  if (issues.length > 0) throw new InvalidInputError('deterministicId', issues)
  // JSON quotes each part, so that no two lists of parts give one text; it also escapes lone surrogates, which UTF-8
  // would fold into one replacement character.
  const name = JSON.stringify([namespace, ...parts])
  return `${namespace}${SEPARATOR}${v5(name, DETERMINISTIC_IDS)}` as Id
}

/**
 * Does nothing for a text that ids can be made with.
 *
 * That is a text of 1 to 512 UTF-16 code units (what JavaScript counts as `length`) without control characters (C0, DEL,
 * C1), whitespace (Unicode's White_Space, and U+FEFF) and lone surrogates. It may hold `--`. Where it begins with a
 * scheme, it is taken for an absolute IRI, which has no fragment (RFC 3986 §4.3): a `#` in it is refused.
 *
 * @throws {InvalidNamespaceError} with the reason.
 */
export function checkNamespace(text: string): void {
  const flaw = flawOfNamespace(text)
  if (flaw !== undefined) throw new InvalidNamespaceError(show(text), `it ${flaw}`)
}

/** What is wrong with a namespace, as the end of a sentence that begins with it. */
function flawOfNamespace(text: string): string | undefined {
  if (typeof text !== 'string') return 'is not a string'
  if (text === '') return 'is empty'
  if (text.length > MAX_NAMESPACE_LENGTH) {
    return `has ${text.length} UTF-16 code units, more than ${MAX_NAMESPACE_LENGTH}`
  }
  const control = /\p{Cc}/u.exec(text)
  if (control) return `holds the control character ${codePoint(control[0])}`
  const space = /[\p{White_Space}\uFEFF]/u.exec(text)
  if (space) return `holds the whitespace ${codePoint(space[0])}`
  const surrogate = /\p{Surrogate}/u.exec(text)
  if (surrogate) return `holds the lone surrogate ${codePoint(surrogate[0])}`
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(text) && text.includes('#')) return 'is an IRI with a fragment ("#")'
  return undefined
}

function checkUuid(uuid: string, text: string): void {
  if (validate(uuid) && uuid === uuid.toLowerCase() && uuid !== NIL && uuid !== MAX) return
  throw new InvalidIdError(text, 'uuid', flawOfUuid(uuid))
}

function flawOfUuid(uuid: string): string {
  if (uuid === NIL) return 'the nil uuid names nothing'
  if (uuid === MAX) return 'the max uuid names nothing'
  if (validate(uuid)) return 'its uuid is not in lower case'
  return 'what follows the last "--" is no uuid of RFC 9562'
}

function makeId<Id extends NodeId>(namespace: string, makeUuid: () => string): Id {
  checkNamespace(namespace)
  const uuid = makeUuid()
  const id = `${namespace}${SEPARATOR}${show(uuid)}`
  checkUuid(uuid, id)
  return id as Id
}

/** A value of any type as text, for messages. An object is not asked for its text: its own `toString` may throw. */
function show(value: unknown): string {
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value === 'function') return 'a function'
  return String(value)
}

function codePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
}

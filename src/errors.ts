import type { NodeKind } from './vocabulary.js'

/**
 * Every refusal is one class here, with a stable `code`; throwing means that nothing was written.
 *
 * A message says what was wrong, with which id, and how to go on. The same facts are fields, so that no caller has to
 * parse a message.
 */
export abstract class ProvtrailError extends Error {
  /** Stable across versions; what to switch on. */
  abstract readonly code: string

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** One thing that is wrong with an input: where, and what was expected there. */
export interface InputIssue {
  /** Path of the field, such as `externalRefs[0].system`; empty for the input as a whole. */
  readonly field: string
  readonly message: string
}

/** An input does not have the shape that the command or query asks for. */
export class InvalidInputError extends ProvtrailError {
  readonly code = 'INVALID_INPUT'
  constructor(
    /** Command or query, such as `tasks.create`. */
    readonly operation: string,
    readonly issues: readonly InputIssue[],
  ) {
    super(`${operation}: ${issues.map((i) => (i.field ? `${i.field}: ${i.message}` : i.message)).join('; ')}.`)
  }
}

/** A text is no id: `part` says which part of it is wrong. */
export class InvalidIdError extends ProvtrailError {
  readonly code = 'INVALID_ID'
  constructor(
    readonly text: string,
    readonly part: 'separator' | 'namespace' | 'uuid',
    readonly reason: string,
  ) {
    super(`"${abbreviate(text)}" is no id: ${reason}. An id is written {namespace}--{uuid}.`)
  }
}

/** A namespace that no id can be made with. */
export class InvalidNamespaceError extends ProvtrailError {
  readonly code = 'INVALID_NAMESPACE'
  constructor(
    readonly namespace: string,
    readonly reason: string,
  ) {
    super(
      `"${abbreviate(namespace)}" is no namespace: ${reason}. ` +
        'A namespace is 1 to 512 characters without whitespace or control characters.',
    )
  }
}

/** Nothing of the expected kind has this id; `found` names the kind that does have it. */
export class NotFoundError extends ProvtrailError {
  readonly code = 'NOT_FOUND'
  constructor(
    readonly id: string,
    readonly expected: readonly NodeKind[],
    readonly found?: NodeKind,
  ) {
    super(
      found === undefined
        ? `No ${expected.join(' or ')} has the ${isLikeId(id) ? 'id' : 'id or IRI'} "${abbreviate(id)}".`
        : `"${abbreviate(id)}" is the id of ${withArticle(found)}; expected that of ${expected.map(withArticle).join(' or ')}.`,
    )
  }
}

/** `create`, `add` or `register` with an id whose uuid the file already holds. */
export class AlreadyExistsError extends ProvtrailError {
  readonly code = 'ALREADY_EXISTS'
  constructor(
    readonly id: string,
    readonly kind: NodeKind,
  ) {
    super(`The uuid of "${abbreviate(id)}" is taken by ${withArticle(kind)}. Leave the id out to have a new one made.`)
  }
}

/** The same idempotency key came with another input. */
export class IdempotencyConflictError extends ProvtrailError {
  readonly code = 'IDEMPOTENCY_CONFLICT'
  constructor(
    readonly idempotencyKey: string,
    readonly seq: number,
  ) {
    super(
      `Idempotency key "${abbreviate(idempotencyKey)}" was used by event ${seq} with another command, actor or input. ` +
        'Use a new key for a new command.',
    )
  }
}

/** The task has changed since the caller read it. */
export class StaleRevisionError extends ProvtrailError {
  readonly code = 'STALE_REVISION'
  constructor(
    readonly id: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`Task "${abbreviate(id)}" is at revision ${actual}, not ${expected}. Read it again and decide anew.`)
  }
}

/** A status may not follow another by this verb. */
export class IllegalTransitionError extends ProvtrailError {
  readonly code = 'ILLEGAL_TRANSITION'
  constructor(
    readonly id: string,
    readonly from: string,
    readonly to: string,
    hint: string,
  ) {
    super(`Task "${abbreviate(id)}" is ${from} and cannot become ${to} this way. ${hint}`)
  }
}

/** The task is closed already. */
export class AlreadyClosedError extends ProvtrailError {
  readonly code = 'ALREADY_CLOSED'
  constructor(
    readonly id: string,
    readonly closedAt: string,
  ) {
    super(`Task "${abbreviate(id)}" was closed at ${closedAt}. Reopen it before closing it again.`)
  }
}

/** A relation between kinds of node that its kind does not join. */
export class RelationDomainError extends ProvtrailError {
  readonly code = 'RELATION_DOMAIN'
  constructor(
    readonly kind: string,
    readonly source: string,
    readonly target: string,
    readonly reason: string,
  ) {
    super(`"${abbreviate(source)}" ${kind} "${abbreviate(target)}" makes no sense: ${reason}.`)
  }
}

/** A task has one parent at most. */
export class AlreadyHasParentError extends ProvtrailError {
  readonly code = 'ALREADY_HAS_PARENT'
  constructor(
    readonly id: string,
    readonly parent: string,
  ) {
    super(
      `Task "${abbreviate(id)}" already has the parent "${abbreviate(parent)}". ` +
        'Move it with tasks.update(id, { parent }).',
    )
  }
}

/** The relation would close a cycle. */
export class CycleDetectedError extends ProvtrailError {
  readonly code = 'CYCLE_DETECTED'
  constructor(
    readonly kind: string,
    /** The nodes of the cycle, each waiting for (or made from) the next; the first is repeated last. */
    readonly path: readonly string[],
  ) {
    super(
      `${kind} would close a cycle: ${path.length > 12 ? `${path.slice(0, 11).join(' → ')} → … → ${path[0]}` : path.join(' → ')}.`,
    )
  }
}

/** The relation exists with another gate. */
export class GateConflictError extends ProvtrailError {
  readonly code = 'GATE_CONFLICT'
  constructor(
    readonly source: string,
    readonly target: string,
    readonly stored: string,
    readonly given: string,
  ) {
    super(
      `"${abbreviate(source)}" is blocked by "${abbreviate(target)}" with the gate ${stored}, not ${given}. ` +
        'Remove the relation before adding it with another gate.',
    )
  }
}

/** `getHuman` and its siblings, for an agent of another kind. */
export class AgentKindMismatchError extends ProvtrailError {
  readonly code = 'AGENT_KIND_MISMATCH'
  constructor(
    readonly id: string,
    readonly expected: string,
    readonly found: string,
  ) {
    super(`Agent "${abbreviate(id)}" is of kind ${found}, not ${expected}. agents.get takes every kind.`)
  }
}

/** An ML agent names a model that the registry does not have. */
export class UnknownModelError extends ProvtrailError {
  readonly code = 'UNKNOWN_MODEL'
  constructor(
    readonly provider: string,
    readonly model: string,
    /** The nearest models that are known, as `provider/name`, best first. */
    readonly nearest: readonly string[],
  ) {
    super(
      `No model "${abbreviate(model)}" of provider "${abbreviate(provider)}" is known` +
        `${nearest.length > 0 ? `; nearest: ${nearest.join(', ')}` : ''}. ` +
        'Add it with openTracker({ modelRegistry: extendModelRegistry(defaultModelRegistry, [{ provider, name }]) }), ' +
        'or accept every model with modelRegistry: anyModel.',
    )
  }
}

/** The activity has ended already. */
export class ActivityEndedError extends ProvtrailError {
  readonly code = 'ACTIVITY_ENDED'
  constructor(
    readonly id: string,
    readonly endedAt: string,
  ) {
    super(`Activity "${abbreviate(id)}" ended at ${endedAt}. Start another one for further work.`)
  }
}

/** The file was made with another vocabulary than the one it is opened with. */
export class VocabularyMismatchError extends ProvtrailError {
  readonly code = 'VOCABULARY_MISMATCH'
  constructor(
    readonly field: string,
    readonly stored: readonly string[],
    readonly given: readonly string[],
  ) {
    super(
      `The file was made with ${field} ${stored.join(', ')}; it was opened with ${given.join(', ')}. ` +
        'Leave the vocabulary out to use the one of the file.',
    )
  }
}

/** The file was made with another default namespace than the one it is opened with. */
export class NamespaceMismatchError extends ProvtrailError {
  readonly code = 'NAMESPACE_MISMATCH'
  constructor(
    readonly stored: string,
    readonly given: string,
  ) {
    super(
      `The file was made with the namespace "${abbreviate(stored)}"; it was opened with "${abbreviate(given)}". ` +
        'Leave the namespace out, and name another one where a node is made.',
    )
  }
}

/** No event has this number. */
export class EventNotFoundError extends ProvtrailError {
  readonly code = 'EVENT_NOT_FOUND'
  constructor(readonly seq: number) {
    super(`The log has no event ${seq}.`)
  }
}

/** The transaction is over: it has committed, failed, or passed its deadline and was rolled back. */
export class TransactionClosedError extends ProvtrailError {
  readonly code = 'TRANSACTION_CLOSED'
  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The transaction is closed: ${reason}.`, options)
  }
}

/** The outer tracker was used inside of `transaction(fn)`, where it would wait for itself. */
export class TrackerInTransactionError extends ProvtrailError {
  readonly code = 'TRACKER_IN_TRANSACTION'
  constructor(
    readonly operation: string,
    /** What to do instead. */
    remedy = 'Use the tracker that transaction() passed to the callback: transaction(async (t) => t.tasks.create(…)).',
  ) {
    super(`${operation}: a transaction on this file is open in the same call, which would wait for itself. ${remedy}`)
  }
}

/** The tracker was closed. */
export class TrackerClosedError extends ProvtrailError {
  readonly code = 'TRACKER_CLOSED'
  constructor() {
    super('The tracker is closed. Open the file again with openTracker({ path }).')
  }
}

/** A command on a tracker that was opened with `readOnly`. */
export class ReadOnlyError extends ProvtrailError {
  readonly code = 'READ_ONLY'
  constructor(
    readonly path: string,
    cause?: unknown,
  ) {
    super(`"${path}" is open for reading only; nothing was written. Open it without readOnly, in a writable place.`, {
      cause,
    })
  }
}

/** The file cannot be opened: `reason` says whether it is missing, a folder, or out of reach. */
export class CannotOpenError extends ProvtrailError {
  readonly code = 'CANNOT_OPEN'
  constructor(
    readonly path: string,
    readonly reason: string,
    cause?: unknown,
  ) {
    super(`Cannot open "${abbreviate(path)}": ${reason}.`, { cause })
  }
}

/** The file is not one of Provtrail's; it was left untouched. */
export class NotAProvtrailFileError extends ProvtrailError {
  readonly code = 'NOT_A_PROVTRAIL_FILE'
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`"${path}" is not a Provtrail file: ${reason}. It was left untouched; choose another path.`)
  }
}

/** The file has another schema version than this library writes; it was left untouched. */
export class SchemaVersionError extends ProvtrailError {
  readonly code = 'SCHEMA_VERSION'
  constructor(
    readonly path: string,
    readonly found: number,
    readonly supported: number,
  ) {
    super(
      found > supported
        ? `"${path}" has schema version ${found}; this version of provtrail knows ${supported}. Upgrade provtrail.`
        : `"${path}" has schema version ${found} and must be migrated to ${supported}. Open it once without readOnly.`,
    )
  }
}

/** The file is damaged, as far as SQLite can tell. */
export class CorruptFileError extends ProvtrailError {
  readonly code = 'CORRUPT_FILE'
  constructor(
    readonly path: string,
    readonly reason: string,
    cause?: unknown,
  ) {
    super(`"${path}" is damaged: ${reason}. Restore it from a copy; nothing was written.`, { cause })
  }
}

/** The disk is full: the command was rolled back. */
export class DiskFullError extends ProvtrailError {
  readonly code = 'DISK_FULL'
  constructor(
    readonly path: string,
    cause?: unknown,
  ) {
    super(`The disk that holds "${path}" is full; nothing was written. Make room and repeat the command.`, { cause })
  }
}

/**
 * The file stayed locked for `waitedMs`: by another program, or by a `log.rebuild`, `log.redact` or `transaction` that
 * takes that long.
 */
export class FileLockedError extends ProvtrailError {
  readonly code = 'FILE_LOCKED'
  constructor(
    readonly path: string,
    readonly waitedMs: number,
    cause?: unknown,
  ) {
    super(
      `"${path}" has been locked for ${waitedMs} ms, by another program or by a log.rebuild, log.redact or ` +
        'transaction that takes that long; nothing was written. Wait for it to end, or end it, and repeat the command.',
      { cause },
    )
  }
}

/** The operating system or SQLite failed in a way that no other error names; nothing was written. */
export class StorageError extends ProvtrailError {
  readonly code = 'STORAGE'
  constructor(
    readonly path: string,
    readonly reason: string,
    cause?: unknown,
  ) {
    super(`"${path}" could not be read or written: ${reason}. Nothing was written.`, { cause })
  }
}

/** An event cannot be read as its type says; the log was changed from outside, or written by a newer version. */
export class UnreadableEventError extends ProvtrailError {
  readonly code = 'UNREADABLE_EVENT'
  constructor(
    readonly seq: number,
    readonly reason: string,
  ) {
    super(`Event ${seq} cannot be read: ${reason}. log.verify() says whether the log was changed.`)
  }
}

/** A text that RDF cannot carry where it stands; nothing of the statement was written. */
export class UnwritableTermError extends ProvtrailError {
  readonly code = 'UNWRITABLE_TERM'
  constructor(
    readonly text: string,
    readonly reason: string,
  ) {
    super(`${JSON.stringify(text.slice(0, 200))} cannot be written as RDF: it ${reason}.`)
  }
}

/** A source cannot be imported: it is missing, of another format, or (with `strict`) holds a broken line. */
export class ImportError extends ProvtrailError {
  readonly code = 'IMPORT'
  constructor(
    readonly source: string,
    readonly reason: string,
    readonly line?: number,
  ) {
    super(`Cannot import "${abbreviate(source)}"${line === undefined ? '' : `, line ${line}`}: ${reason}.`)
  }
}

/** A rendering needs a library that is not installed: it is an optional peer, as only some need it. */
export class MissingDependencyError extends ProvtrailError {
  readonly code = 'MISSING_DEPENDENCY'
  constructor(
    readonly dependency: string,
    /** What it is needed for, such as `the format svg`. */
    readonly purpose: string,
    cause?: unknown,
  ) {
    super(`For ${purpose}, "${dependency}" must be installed: npm install ${dependency}.`, { cause })
  }
}

/** A picture could not be laid out. */
export class LayoutError extends ProvtrailError {
  readonly code = 'LAYOUT'
  constructor(
    readonly reason: string,
    cause?: unknown,
  ) {
    super(`The picture could not be laid out: ${reason}. The formats mermaid, dot and markdown need no layout.`, {
      cause,
    })
  }
}

function isLikeId(text: string): boolean {
  return /--[0-9a-f-]{36}$/.test(text)
}

/** A kind of node as a sentence names it. */
export function withArticle(kind: NodeKind): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`
}

function abbreviate(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}

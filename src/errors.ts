import type { Reason } from './record/tasks/task.js'
import type { ClaimEnd, NodeKind } from './vocabulary.js'

/**
 * Every refusal is one class here, with a stable `code`; throwing means that nothing of the command was
 * written.
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
  /** What is wrong where; with no token of a claim in it. */
  readonly issues: readonly InputIssue[]
  constructor(
    /** Command or query, such as `tasks.create`. */
    readonly operation: string,
    issues: readonly InputIssue[],
  ) {
    const tokenless = issues.map(({ field, message }) => ({
      field: withoutToken(field),
      message: withoutToken(message),
    }))
    super(`${operation}: ${tokenless.map((i) => (i.field ? `${i.field}: ${i.message}` : i.message)).join('; ')}.`)
    this.issues = tokenless
  }
}

/** A text is no id: `part` says which part of it is wrong. */
export class InvalidIdError extends ProvtrailError {
  readonly code = 'INVALID_ID'
  /** As it was given; the token of a claim without what makes it one. */
  readonly text: string
  constructor(
    text: string,
    readonly part: 'separator' | 'namespace' | 'uuid',
    readonly reason: string,
  ) {
    super(`"${abbreviate(text)}" is no id: ${reason}. An id is written {namespace}--{uuid}.`)
    this.text = withoutToken(text)
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
  /** As it was given; the token of a claim without what makes it one. */
  readonly id: string
  constructor(
    id: string,
    readonly expected: readonly NodeKind[],
    readonly found?: NodeKind,
  ) {
    super(
      found === undefined
        ? `No ${expected.join(' or ')} has the ${isLikeId(id) ? 'id' : 'id or IRI'} "${abbreviate(id)}".`
        : `"${abbreviate(id)}" is the id of ${withArticle(found)}; expected that of ${expected.map(withArticle).join(' or ')}.`,
    )
    this.id = withoutToken(id)
  }
}

/** `create`, `add` or `register` with an id whose uuid the file already holds. */
export class AlreadyExistsError extends ProvtrailError {
  readonly code = 'ALREADY_EXISTS'
  constructor(
    readonly id: string,
    readonly kind: NodeKind,
    /** What sets the one that is there apart, where it is of the same kind and has the same id. */
    difference?: string,
  ) {
    super(
      `The uuid of "${abbreviate(id)}" is taken by ${withArticle(kind)}${difference === undefined ? '' : ` ${difference}`}. ` +
        'Leave the id out to have a new one made.',
    )
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

/** A task that cannot be claimed, with everything that keeps it from being ready. */
export class NotClaimableError extends ProvtrailError {
  readonly code = 'NOT_CLAIMABLE'
  constructor(
    readonly id: string,
    /** As in the reasons of `tasks.explain`. */
    readonly reasons: readonly Reason[],
    sentence: string,
  ) {
    super(`${sentence} Task "${abbreviate(id)}" cannot be claimed now; claims.next may give one that can.`)
  }
}

/** Nobody has claimed the task, so that there is nothing to take away. */
export class NotClaimedError extends ProvtrailError {
  readonly code = 'NOT_CLAIMED'
  constructor(
    readonly id: string,
    readonly status: string,
  ) {
    super(
      `Nobody has claimed task "${abbreviate(id)}" (it is ${status.replace('_', ' ')}), so that there is no claim to take away. ` +
        'claims.list has those that there are; tasks.update(id, { status }) moves a task that nobody has claimed.',
    )
  }
}

/** A claim that has come to its end: its token is good for nothing more, and whoever has the task now keeps it. */
export class ClaimLostError extends ProvtrailError {
  readonly code = 'CLAIM_LOST'
  constructor(
    readonly task: string,
    /** The activity that the claim started. */
    readonly attempt: string,
    readonly endedBy: ClaimEnd,
    readonly endedAt: string,
  ) {
    super(
      `The claim on task "${abbreviate(task)}" (attempt "${abbreviate(attempt)}") is over: ${CLAIM_END_WORDS[endedBy]} at ` +
        `${endedAt}. Stop working on it, and claim anew.`,
    )
  }
}

const CLAIM_END_WORDS: Record<ClaimEnd, string> = {
  completed: 'it was completed',
  released: 'it was released',
  reset: 'it was taken away',
  expired: 'its lease was found to have run out',
  closed: 'its task was closed, held or moved',
}

/** A lease that has run out, though nobody else has claimed the task yet. */
export class ClaimExpiredError extends ProvtrailError {
  readonly code = 'CLAIM_EXPIRED'
  constructor(
    readonly task: string,
    readonly attempt: string,
    readonly expiredAt: string,
    remedy: string,
  ) {
    super(
      `The lease on task "${abbreviate(task)}" (attempt "${abbreviate(attempt)}") ran out at ${expiredAt}. ${remedy}`,
    )
  }
}

/** A text that is no token of this file; the message does not repeat it. */
export class InvalidTokenError extends ProvtrailError {
  readonly code = 'INVALID_TOKEN'
  constructor(readonly operation: string) {
    super(
      `${operation}: this is no token of a claim in this file. Pass the token as claims.next or claims.claim gave it; a ` +
        'copy of the log in another file has tokens of its own.',
    )
  }
}

/** The agent has as many live claims as it may have. */
export class ClaimLimitError extends ProvtrailError {
  readonly code = 'CLAIM_LIMIT'
  constructor(
    readonly agent: string,
    readonly limit: number,
    /** The tasks that it has claimed. */
    readonly tasks: readonly string[],
  ) {
    super(
      `Agent "${abbreviate(agent)}" has ${tasks.length} live claim(s), and may have ${limit}: complete or release one, or open ` +
        'the tracker with a higher maxClaims.',
    )
  }
}

/** A task that somebody else has claimed: only the holder of its token may finish or move it. */
export class TaskClaimedError extends ProvtrailError {
  readonly code = 'TASK_CLAIMED'
  constructor(
    readonly id: string,
    readonly agent: string,
    readonly attempt: string,
    readonly expiresAt: string,
  ) {
    super(
      `Task "${abbreviate(id)}" is claimed by agent "${abbreviate(agent)}" until ${expiresAt}. Wait, take it away by ` +
        'claims.reset, or pass force: true with a reason.',
    )
  }
}

/** One thing that a contract asks for and that is not there. */
export type MissingObligation =
  | { readonly kind: 'criterion'; readonly id: string; readonly text: string }
  | { readonly kind: 'evidence'; readonly evidenceKind: string }
  | { readonly kind: 'output'; readonly message: string }
  /** `approvals`: how many more are needed. */
  | { readonly kind: 'review'; readonly approvals: number; readonly by: 'anyone' | 'human' }

/** A task would be finished though its contract asks for more; nothing was changed. */
export class ContractNotMetError extends ProvtrailError {
  readonly code = 'CONTRACT_NOT_MET'
  constructor(
    readonly id: string,
    /** Everything that is missing, in the order of the contract. */
    readonly missing: readonly MissingObligation[],
  ) {
    super(
      `The contract of task "${abbreviate(id)}" is not met: ${missing.map(missingWords).join('; ')}. ` +
        'Supply what is missing by claims.complete or reviews.record, or revise the contract; tasks.close, tasks.update and ' +
        'tasks.hold go through with force: true and a reason.',
    )
  }
}

function missingWords(missing: MissingObligation): string {
  switch (missing.kind) {
    case 'criterion':
      return `criterion "${abbreviate(missing.id)}" is neither met nor waived`
    case 'evidence':
      return `evidence of the kind "${abbreviate(missing.evidenceKind)}" is missing`
    case 'output':
      return `the output is not as its schema asks: ${abbreviate(missing.message)}`
    case 'review':
      return `${missing.approvals} approval(s) of ${missing.by === 'human' ? 'a human' : 'somebody without an attempt'} are missing`
  }
}

/** A completion policy may be tightened while work is under way, not loosened. */
export class PolicyLoosenedError extends ProvtrailError {
  readonly code = 'POLICY_LOOSENED'
  constructor(
    readonly id: string,
    readonly from: string,
    readonly to: string,
  ) {
    super(
      `Work on task "${abbreviate(id)}" is under way: its completion policy may be tightened, not changed from ${from} to ` +
        `${to}. Keep ${from} or a stricter one.`,
    )
  }
}

/** Somebody who may not judge this submission. */
export class ReviewerNotAllowedError extends ProvtrailError {
  readonly code = 'REVIEWER_NOT_ALLOWED'
  constructor(
    readonly id: string,
    readonly reviewer: string,
    readonly reason: 'own_work' | 'not_human',
  ) {
    super(
      reason === 'own_work'
        ? `Agent "${abbreviate(reviewer)}" has worked on task "${abbreviate(id)}" and may not review it. Ask somebody else.`
        : `The policy of task "${abbreviate(id)}" asks for a human, which agent "${abbreviate(reviewer)}" is not. Ask a human to ` +
            'approve; others may reject or request changes.',
    )
  }
}

/** Nothing to review: the task is not in review, or its last attempt has no submission that is still to be judged. */
export class NothingToReviewError extends ProvtrailError {
  readonly code = 'NOTHING_TO_REVIEW'
  constructor(
    readonly id: string,
    readonly status: string,
  ) {
    super(
      `Task "${abbreviate(id)}" has no submission to review (it is ${status.replace('_', ' ')}). Submissions come by ` +
        'claims.complete.',
    )
  }
}

/** A decision or learning that has been superseded already. */
export class AlreadySupersededError extends ProvtrailError {
  readonly code = 'ALREADY_SUPERSEDED'
  constructor(
    readonly id: string,
    readonly successor: string,
  ) {
    super(`"${abbreviate(id)}" is superseded by "${abbreviate(successor)}" already. Supersede that one.`)
  }
}

/** An activity that a claim started ends with its claim. */
export class ActivityOfClaimError extends ProvtrailError {
  readonly code = 'ACTIVITY_OF_CLAIM'
  constructor(readonly id: string) {
    super(
      `Activity "${abbreviate(id)}" is the attempt of a claim, and ends with it: use claims.complete, claims.release or ` +
        'claims.reset.',
    )
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
 * The file stayed locked for `waitedMs`: by another program, or by a `log.rebuild`, `log.redact`, `log.importEvents` or
 * `transaction` that takes that long.
 */
export class FileLockedError extends ProvtrailError {
  readonly code = 'FILE_LOCKED'
  constructor(
    readonly path: string,
    readonly waitedMs: number,
    cause?: unknown,
  ) {
    super(
      `"${path}" has been locked for ${waitedMs} ms, by another program or by a log.rebuild, log.redact, ` +
        'log.importEvents or transaction that takes that long; nothing was written. Wait for it to end, or end it, and ' +
        'repeat the command.',
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
    cause?: unknown,
  ) {
    super(`Event ${seq} cannot be read: ${reason}. log.verify() says whether the log was changed.`, { cause })
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

/** There is no event yet that could be sealed. */
export class EmptyLogError extends ProvtrailError {
  readonly code = 'LOG_EMPTY'
  constructor() {
    super('The log is empty, so that there is nothing to seal: seal it once it holds an event.')
  }
}

/** A log cannot be imported as it is: a line is not as `log.exportEvents` wrote it, or is missing. */
export class LogImportError extends ProvtrailError {
  readonly code = 'LOG_IMPORT'
  constructor(
    /** From 1 on; the first one says what the log is. */
    readonly line: number,
    /** The event that belongs there, or 0 for the first line. */
    readonly seq: number,
    readonly reason: string,
    cause?: unknown,
  ) {
    super(
      `Line ${line}${seq === 0 ? '' : ` (event ${seq})`} of the exported log cannot be imported: ${abbreviate(reason)}. ` +
        'Nothing was written; export the log again.',
      { cause },
    )
  }
}

/** Two logs of the same namespace say different things: none of them is a replica of the other. */
export class LogDivergedError extends ProvtrailError {
  readonly code = 'LOG_DIVERGED'
  constructor(
    /** The first event that differs. Where an export begins after it, the one before the export, or one before that. */
    readonly seq: number,
  ) {
    super(
      `The log that is to be imported and the log of this file part at event ${seq}: each was written to on its own. Nothing ` +
        'was written; import into an empty file, and write to one of the two alone.',
    )
  }
}

/** An exported log begins after events that the file does not have. */
export class LogGapError extends ProvtrailError {
  readonly code = 'LOG_GAP'
  constructor(
    /** The last event of the file. */
    readonly head: number,
    /** The event that the export goes on from. */
    readonly after: number,
  ) {
    super(
      `The exported log goes on from event ${after}, and the log of this file ends at ${head}. Nothing was written; export ` +
        `with { after: ${head} }.`,
    )
  }
}

/** A log belongs to a file with another namespace. */
export class LogNamespaceError extends ProvtrailError {
  readonly code = 'LOG_NAMESPACE'
  constructor(
    /** Of the file. */
    readonly stored: string,
    /** Of the log that is to be imported. */
    readonly given: string,
  ) {
    super(
      `The exported log is of the namespace "${abbreviate(given)}", and this file is of "${abbreviate(stored)}". Nothing was ` +
        `written; import into a new file that is opened with the namespace of the log.`,
    )
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
  const tokenless = withoutToken(text)
  return tokenless.length > 200 ? `${tokenless.slice(0, 199)}…` : tokenless
}

/** The code of a claim's token, after what looks like an id: no error repeats it, wherever it was passed. */
const TOKEN_CODE = /(?<=[0-9a-f]{12})\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g

/** The text without what makes it a token. */
function withoutToken(text: string): string {
  return text.replace(TOKEN_CODE, '.[token]')
}

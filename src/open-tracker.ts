import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { CorruptFileError, InvalidInputError, NamespaceMismatchError } from './errors.js'
import { type ActivityId, type AgentId, newUuid } from './ids.js'
import { activityId, agentId, callback, label, namespace, validate } from './input.js'
import { defaultModelRegistry, type ModelRegistry } from './models/registry.js'
import { defaultNamespace } from './namespace.js'
import { takeRandomBytes } from './random.js'
import { activitiesOf } from './record/activities/activities.js'
import { agentsOf } from './record/agents/agents.js'
import { artifactsOf } from './record/artifacts/artifacts.js'
import { claimsOf } from './record/claims/claims.js'
import { runsOf } from './record/claims/runs.js'
import { Tokens } from './record/claims/tokens.js'
import { contextOf } from './record/context/read-context.js'
import { contractsOf } from './record/contracts/contracts.js'
import { readClock } from './record/draws.js'
import { evidenceOf } from './record/evidence/evidence-group.js'
import { logOf } from './record/history/log-group.js'
import { decisionsOf, learningsOf } from './record/knowledge/groups.js'
import { knowledgeOf } from './record/knowledge/inherited.js'
import { leaseClockOf } from './record/lease-clock.js'
import { relationsOf } from './record/relations/relations.js'
import { reviewsOf } from './record/reviews/reviews.js'
import { type Runner, refuseInsideTransaction, storeRunner } from './record/runner.js'
import { type Bound, Session } from './record/session.js'
import type { RecordSettings } from './record/settings.js'
import { tasksOf } from './record/tasks/tasks.js'
import { runTransaction } from './record/transaction.js'
import { settleVocabulary } from './record/vocabulary.js'
import { openSqliteStore } from './store/sqlite-store.js'
import type { Durability, Store } from './store/store.js'
import { type Groups, noteStore, type Tracker, type TransactionTracker } from './tracker.js'
import { STOP_REASONS, type Vocabulary } from './vocabulary.js'

/** How a record is opened. */
export interface OpenOptions {
  /** An SQLite file, made with its folders where it is missing; `:memory:` for a record that goes with the tracker. */
  readonly path: string
  /**
   * Where nodes go that are made without one. It is fixed when the file is made, as `defaultNamespace` of the file's
   * folder unless told, and another one is refused later.
   */
  readonly namespace?: string
  /** Who acts; a software agent `provtrail`, which the first event registers, unless told. */
  readonly actor?: AgentId
  /** Never write to the file, and never migrate it. */
  readonly readOnly?: boolean
  /** `full` unless told: an acknowledged record survives a power cut. `normal` trades that for speed. */
  readonly durability?: Durability
  /** The models that ML agents may name; a snapshot of some 290, past ones included, unless told. */
  readonly modelRegistry?: ModelRegistry
  /** Words in place of the default phases, roles, task types or stop reasons: taken while the log is empty, and fixed after that. */
  readonly vocabulary?: Partial<Vocabulary>
  /** The clock, in milliseconds since 1970, between the years 0000 and 9999. */
  readonly now?: () => number
  /**
   * Makes the uuids of nodes and events; UUIDv7 unless told. For a node it must be one of RFC 9562 in lower case that
   * is not in the file yet, else the command rejects with `InvalidIdError` or `AlreadyExistsError`; the ids of events
   * are not checked.
   */
  readonly newUuid?: () => string
  /**
   * Makes the salt of an event's data digest: 32 to 128 lower-case hexadecimal digits, else the command rejects with
   * `InvalidInputError`; 128 random bits unless told. Where a salt can be guessed, erased data can be guessed too.
   */
  readonly newSalt?: () => string
  /** How long `transaction` may hold the write lock: 1 to 2,147,483,647 ms; 5,000 unless told. */
  readonly transactionTimeoutMs?: number
  /** How many live claims an agent may have at a time: 1 to 1,000,000; 1 unless told. */
  readonly maxClaims?: number
  /** How long after its lease ran out a claim may still be renewed: 0 to 2,592,000,000 ms (30 days); 60,000 unless told. */
  readonly renewalGraceMs?: number
}

const words = z
  .array(label)
  .min(1)
  .max(1_000)
  .refine((values) => new Set(values).size === values.length, 'must not name a word twice')

const optionsSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .refine((path) => !path.includes('\0'), 'holds U+0000')
    .refine((path) => !path.startsWith('file:'), 'must be a path; fileURLToPath makes one of an address'),
  namespace: namespace.optional(),
  actor: agentId.optional(),
  readOnly: z.boolean().optional(),
  durability: z.enum(['full', 'normal']).optional(),
  modelRegistry: z
    .custom<ModelRegistry>(
      (value) =>
        typeof value === 'object' &&
        value !== null &&
        ['models', 'lookup', 'byProvider'].every((method) => typeof Reflect.get(value, method) === 'function'),
      'expected a ModelRegistry, such as anyModel',
    )
    .optional(),
  vocabulary: z
    .strictObject({
      phases: words.optional(),
      roles: words.optional(),
      taskTypes: words.optional(),
      // The library's own stay, as `other` has a meaning to it.
      stopReasons: words.transform((own) => [...new Set([...STOP_REASONS, ...own])]).optional(),
    })
    .optional(),
  now: callback<() => number>().optional(),
  newUuid: callback<() => string>().optional(),
  newSalt: callback<() => string>().optional(),
  transactionTimeoutMs: z
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional(),
  maxClaims: z.int().min(1).max(1_000_000).optional(),
  renewalGraceMs: z.int().min(0).max(2_592_000_000).optional(),
})

const DEFAULT_TRANSACTION_TIMEOUT_MS = 5_000
const DEFAULT_RENEWAL_GRACE_MS = 60_000

/**
 * Opens a record, and makes it first where there is none.
 *
 * @throws {InvalidInputError} an option is not as it should be.
 * @throws {CannotOpenError} the path is a folder, cannot be reached, or (with `readOnly`) does not exist.
 * @throws {NotAProvtrailFileError} the file is something else; it is left untouched.
 * @throws {SchemaVersionError} a newer version of the library wrote the file or, with `readOnly`, an older one whose
 * file must be migrated first; it is left untouched.
 * @throws {CorruptFileError} the file is damaged.
 * @throws {ReadOnlyError} the file is write-protected, and `readOnly` was not given; or else the first command does so.
 * @throws {FileLockedError | DiskFullError | StorageError} the file could not be read, made or migrated.
 * @throws {NamespaceMismatchError} the file was made with another namespace.
 * @throws {VocabularyMismatchError} the file was made with another vocabulary.
 */
export async function openTracker(options: OpenOptions): Promise<Tracker> {
  const input = validate('openTracker', optionsSchema, options)
  const inMemory = input.path === ':memory:'
  if (inMemory && input.readOnly === true) {
    throw new InvalidInputError('openTracker', [{ field: 'readOnly', message: 'makes no sense for :memory:' }])
  }
  const path = inMemory ? input.path : resolve(input.path)
  if (path.trim() !== path) {
    throw new InvalidInputError('openTracker', [{ field: 'path', message: 'must not end in white space' }])
  }
  const store = await openSqliteStore({
    path,
    readOnly: input.readOnly ?? false,
    durability: input.durability ?? 'full',
    settings: () => ({ namespace: input.namespace ?? defaultNamespace(inMemory ? undefined : dirname(path)) }),
  })
  try {
    const stored = await readSetting(store, 'namespace')
    if (stored === undefined) throw new CorruptFileError(path, 'it does not say what its namespace is')
    if (input.namespace !== undefined && input.namespace !== stored) {
      throw new NamespaceMismatchError(stored, input.namespace)
    }
    // A file that is only read and was never written since there are claims has none, and makes no tokens.
    const secret = (await readSetting(store, 'secret')) ?? ''
    const settings = {
      namespace: stored,
      models: input.modelRegistry ?? defaultModelRegistry,
      now: input.now ?? Date.now,
      newUuid: input.newUuid ?? newUuid,
      newSalt: input.newSalt ?? newSalt,
      tokens: new Tokens(secret),
      maxClaims: input.maxClaims ?? 1,
      renewalGraceMs: input.renewalGraceMs ?? DEFAULT_RENEWAL_GRACE_MS,
      leaseClock: leaseClockOf(path, secret, input.now ?? Date.now),
    }
    const vocabulary = await settleVocabulary(store, settings, input.vocabulary ?? {})
    const timeoutMs = input.transactionTimeoutMs ?? DEFAULT_TRANSACTION_TIMEOUT_MS
    return trackerOf({ ...settings, vocabulary }, store, timeoutMs, { actor: input.actor })
  } catch (error) {
    await store.close()
    throw error
  }
}

const SALT_BYTES = 16

function newSalt(): string {
  return takeRandomBytes(SALT_BYTES).toString('hex')
}

async function readSetting(store: Store, name: 'namespace' | 'secret'): Promise<string | undefined> {
  const row = await store.read(async (reader) =>
    reader.get<{ value: string }>('SELECT value FROM settings WHERE name = ?', name),
  )
  return row?.value
}

function trackerOf(settings: RecordSettings, store: Store, timeoutMs: number, bound: Bound): Tracker {
  const close = async () => {
    refuseInsideTransaction('close', store)
    return store.close()
  }
  const tracker: Tracker = {
    ...groupsOf(settings, storeRunner(store), bound),
    path: store.path,
    namespace: settings.namespace,
    vocabulary: settings.vocabulary,
    models: settings.models,
    log: logOf(settings, store, bound),
    as: (actor) => trackerOf(settings, store, timeoutMs, { ...bound, actor: checkActor(actor) }),
    within: (activity) => trackerOf(settings, store, timeoutMs, { ...bound, activity: checkActivity(activity) }),
    async transaction(work) {
      if (typeof work !== 'function') {
        throw new InvalidInputError('transaction', [{ field: '', message: 'expected a function' }])
      }
      refuseInsideTransaction('transaction', store)
      return runTransaction(store, timeoutMs, (held) => work(transactionTrackerOf(settings, held, bound)))
    },
    close,
    [Symbol.asyncDispose]: close,
  }
  noteStore(tracker, store, () => settings.leaseClock.see(readClock(settings)))
  return tracker
}

function transactionTrackerOf(settings: RecordSettings, runner: Runner, bound: Bound): TransactionTracker {
  return {
    ...groupsOf(settings, runner, bound),
    as: (actor) => transactionTrackerOf(settings, runner, { ...bound, actor: checkActor(actor) }),
    within: (activity) => transactionTrackerOf(settings, runner, { ...bound, activity: checkActivity(activity) }),
  }
}

function groupsOf(settings: RecordSettings, runner: Runner, bound: Bound): Groups {
  const session = new Session(settings, runner, bound)
  return {
    tasks: tasksOf(session),
    relations: relationsOf(session),
    agents: agentsOf(session),
    activities: activitiesOf(session, (activity) => groupsOf(settings, runner, { ...bound, activity })),
    artifacts: artifactsOf(session),
    claims: claimsOf(session),
    runs: runsOf(session),
    contracts: contractsOf(session),
    reviews: reviewsOf(session),
    evidence: evidenceOf(session),
    decisions: decisionsOf(session),
    learnings: learningsOf(session),
    knowledge: knowledgeOf(session),
    context: contextOf(session),
  }
}

const actorSchema = z.strictObject({ actor: agentId })
const activitySchema = z.strictObject({ activity: activityId })

function checkActor(actor: AgentId): AgentId {
  return validate('as', actorSchema, { actor }).actor
}

function checkActivity(activity: ActivityId): ActivityId {
  return validate('within', activitySchema, { activity }).activity
}

import { AsyncLocalStorage } from 'node:async_hooks'
import {
  AlreadyExistsError,
  IdempotencyConflictError,
  InvalidInputError,
  ReadOnlyError,
  TrackerInTransactionError,
} from '../errors.js'
import { type AgentId, deterministicId, parseId } from '../ids.js'
import { canonicalJson } from '../json.js'
import { append, type Envelope, type EventSource, type NewEvent } from '../log/append.js'
import { sha256 } from '../log/chain.js'
import { type ReadableEvent, readEventsByKey } from '../log/read-events.js'
import type { ModelRegistry } from '../models/registry.js'
import type { Reader, Store, Writer } from '../store/store.js'
import { timestampOf } from '../time.js'
import type { Vocabulary } from '../vocabulary.js'
import { evolve } from './evolve.js'
import { findNode, requireNode } from './nodes.js'
import type { CommandOptions } from './options.js'

/** What a command decides with, besides the state. */
export interface Circumstances {
  readonly actor: AgentId
  readonly at: string
}

/** What a command decided: the events to write (none where nothing changes), and what its caller gets. */
export interface Decision<Result> {
  readonly events: readonly NewEvent[]
  readonly result: (written: readonly ReadableEvent[]) => Result
}

/** Something that changes the record: its input is checked already, and it writes nothing itself. */
export interface Command<Result> {
  /** As in errors and in the digest of the input, such as `tasks.create`. */
  readonly operation: string
  readonly input: object
  readonly options: CommandOptions
  readonly decide: (reader: Reader, circumstances: Circumstances) => Promise<Decision<Result>>
  /** The first result again, from the events that the command wrote then. */
  readonly repeat: (reader: Reader, written: readonly ReadableEvent[]) => Promise<Result>
}

/** What is the same for every actor of one record. */
export interface RecordSettings {
  readonly namespace: string
  readonly vocabulary: Vocabulary
  readonly models: ModelRegistry
  readonly now: () => number
  readonly newUuid: () => string
  readonly newSalt: () => string
}

/** Where reads and writes go: to the store, or into a transaction that is held open. */
export interface Runner {
  read<T>(operation: string, query: (reader: Reader) => Promise<T>): Promise<T>
  write<T>(operation: string, command: (writer: Writer) => Promise<T>): Promise<T>
  /** What the events of a held transaction share. */
  readonly shared?: { transaction?: string }
}

/** Marks the calls made inside of `transaction(fn)`, so that a tracker that would wait for itself can say so. */
export const heldTransactions = new AsyncLocalStorage<{
  readonly path: string
  readonly store: Store
  readonly isOpen: () => boolean
}>()

/** @throws {TrackerInTransactionError} the call is made inside of a transaction on the same file. */
export function refuseInsideTransaction(operation: string, store: Store): void {
  const held = heldTransactions.getStore()
  if (held === undefined || !held.isOpen()) return
  if (held.store === store || (store.path !== ':memory:' && held.path === store.path)) {
    throw new TrackerInTransactionError(operation)
  }
}

/** Each command and query a transaction of its own. */
export function storeRunner(store: Store): Runner {
  return {
    read(operation, query) {
      refuseInsideTransaction(operation, store)
      return store.read(query)
    },
    write(operation, command) {
      refuseInsideTransaction(operation, store)
      if (store.readOnly) throw new ReadOnlyError(store.path)
      return store.write(command)
    },
  }
}

/** A record, an actor, and where reads and writes go: what every group of commands is made from. */
export class Session {
  readonly settings: RecordSettings
  readonly #runner: Runner
  readonly #actor: AgentId | undefined
  #defaultActor: AgentId | undefined
  /** The actor stands in what was committed: agents never go, so it need not be looked up again. */
  #actorIsKnown = false

  constructor(settings: RecordSettings, runner: Runner, actor: AgentId | undefined) {
    this.settings = settings
    this.#runner = runner
    this.#actor = actor
  }

  /** One query, one snapshot. */
  async query<T>(operation: string, query: (reader: Reader) => Promise<T>): Promise<T> {
    return this.#runner.read(operation, query)
  }

  /** Decides, records, evolves: one command in one transaction. */
  async command<Result>(command: Command<Result>): Promise<Result> {
    const draws = new Draws(this.settings)
    let actorStands = false
    const result = await this.#runner.write(command.operation, async (writer) => {
      draws.rewind()
      const outcome = await this.#carryOut(writer, command, draws)
      actorStands = outcome.actorStands
      return outcome.result
    })
    // In a transaction that is held open, the actor may yet be rolled back.
    if (actorStands && this.#runner.shared === undefined) this.#actorIsKnown = true
    return result
  }

  async #carryOut<Result>(
    writer: Writer,
    command: Command<Result>,
    draws: Draws,
  ): Promise<{ readonly result: Result; readonly actorStands: boolean }> {
    const key = this.#keyOf(command)
    if (key !== undefined) {
      const earlier = await readEventsByKey(writer, key.idempotencyKey)
      if (earlier.length > 0) {
        if (earlier[0]!.inputDigest === key.inputDigest) {
          return { result: await command.repeat(writer, earlier), actorStands: false }
        }
        throw new IdempotencyConflictError(key.idempotencyKey, earlier[0]!.seq)
      }
    }
    const actor = this.#actor ?? this.#provtrail()
    if (this.#actor !== undefined && !this.#actorIsKnown) await requireNode(writer, actor, ['agent'])
    const recordedAt = draws.time()
    const at = command.options.at ?? recordedAt
    const decision = await command.decide(writer, { actor, at })
    if (decision.events.length === 0) return { result: decision.result([]), actorStands: this.#actor !== undefined }
    const record = recorder(writer, draws, this.#runner.shared ?? {})
    if (this.#actor === undefined && !this.#actorIsKnown && (await findNode(writer, actor)) === undefined) {
      refuseIdOf(actor, decision.events)
      await record(registrationOf(actor), { actor, at: recordedAt, recordedAt })
    }
    const written: ReadableEvent[] = []
    for (const event of decision.events) written.push(await record(event, { actor, at, recordedAt, ...key }))
    return { result: decision.result(written), actorStands: true }
  }

  /** The agent that acts where the caller names none. */
  #provtrail(): AgentId {
    this.#defaultActor ??= deterministicId<AgentId>(this.settings.namespace, 'agent', 'provtrail')
    return this.#defaultActor
  }

  #keyOf(command: Command<unknown>): { idempotencyKey: string; inputDigest: string } | undefined {
    const { idempotencyKey } = command.options
    if (idempotencyKey === undefined) return undefined
    const { operation, input } = command
    const actor = this.#actor ?? null
    return { idempotencyKey, inputDigest: sha256(canonicalJson({ idempotencyKey, operation, actor, input })) }
  }
}

/** The source tells it from an agent that a caller names `provtrail`. */
function registrationOf(actor: AgentId): NewEvent {
  const data = { kind: 'software', name: 'provtrail', source: 'https://w3id.org/provtrail' }
  return { type: 'agent.registered', subject: actor, data }
}

/** @throws {AlreadyExistsError} a caller's own node would take the uuid of the agent that is about to be registered. */
function refuseIdOf(actor: AgentId, events: readonly NewEvent[]): void {
  const { uuid } = parseId(actor)
  for (const { subject, data } of events) {
    if (subject.endsWith(uuid) || `${data.id}`.endsWith(uuid)) throw new AlreadyExistsError(actor, 'agent')
  }
}

/** Appends an event and carries it over into the state; all events of one call share its transaction. */
function recorder(writer: Writer, source: EventSource, shared: { transaction?: string }) {
  return async (event: NewEvent, envelope: Omit<Envelope, 'transaction'>): Promise<ReadableEvent> => {
    const written = await append(writer, source, event, { ...envelope, transaction: shared.transaction })
    shared.transaction ??= written.transaction
    await evolve(writer, written)
    return written
  }
}

/** The clock, ids and salts of one command: a command that is run a second time draws the same again. */
class Draws implements EventSource {
  readonly #settings: RecordSettings
  readonly #uuids: string[] = []
  readonly #salts: string[] = []
  #time: string | undefined
  #nextUuid = 0
  #nextSalt = 0

  constructor(settings: RecordSettings) {
    this.#settings = settings
  }

  rewind(): void {
    this.#nextUuid = 0
    this.#nextSalt = 0
  }

  uuid(): string {
    this.#uuids[this.#nextUuid] ??= this.#settings.newUuid()
    return this.#uuids[this.#nextUuid++]!
  }

  salt(): string {
    this.#salts[this.#nextSalt] ??= this.#settings.newSalt()
    return this.#salts[this.#nextSalt++]!
  }

  time(): string {
    this.#time ??= this.#readClock()
    return this.#time
  }

  #readClock(): string {
    const timestamp = timestampOf(this.#settings.now())
    if (timestamp !== undefined) return timestamp
    throw new InvalidInputError('openTracker', [
      { field: 'now', message: 'must give milliseconds since 1970, between the years 0000 and 9999' },
    ])
  }
}

import { AlreadyExistsError, IdempotencyConflictError } from '../errors.js'
import { type ActivityId, type AgentId, deterministicId, parseId } from '../ids.js'
import { canonicalJson } from '../json.js'
import { append, type Envelope, type EventSource, type NewEvent } from '../log/append.js'
import { sha256 } from '../log/chain.js'
import { type ReadableEvent, readEventsByKey } from '../log/read-events.js'
import type { Reader, Writer } from '../store/store.js'
import { type Command, DoFirst } from './command.js'
import { Draws, readClock } from './draws.js'
import { evolve } from './evolve.js'
import { findNode, requireNode } from './nodes.js'
import type { Runner } from './runner.js'
import type { RecordSettings } from './settings.js'

/** Who acts, and within which activity: the circumstances of every command of a session, and no part of its input. */
export interface Bound {
  readonly actor?: AgentId
  readonly activity?: ActivityId
}

/** A record, an actor, and where reads and writes go: what every group of commands is made from. */
export class Session {
  readonly settings: RecordSettings
  readonly #runner: Runner
  readonly #actor: AgentId | undefined
  readonly #activity: ActivityId | undefined
  #defaultActor: AgentId | undefined
  /** Actor and activity stand in what was committed: nodes never go, so they need not be looked up again. */
  #boundIsKnown = false

  constructor(settings: RecordSettings, runner: Runner, bound: Bound) {
    this.settings = settings
    this.#runner = runner
    this.#actor = bound.actor
    this.#activity = bound.activity
  }

  /** What time it is, as leases see it. */
  leaseNow(): string {
    return this.settings.leaseClock.see(readClock(this.settings))
  }

  /** One query, one snapshot. */
  async query<T>(operation: string, query: (reader: Reader) => Promise<T>): Promise<T> {
    return this.#runner.read(operation, query)
  }

  /** Decides, records, evolves: one command in one transaction; and before it those that have to go first. */
  async command<Result>(command: Command<Result>): Promise<Result> {
    for (;;) {
      try {
        return await this.#run(command)
      } catch (error) {
        if (!(error instanceof DoFirst)) throw error
        await this.#run(error.command)
        if (error.refusal !== undefined) throw error.refusal
      }
    }
  }

  async #run<Result>(command: Command<Result>): Promise<Result> {
    const draws = new Draws(this.settings)
    // True once the command has shown that actor and activity are in the file.
    let boundExists = false
    const result = await this.#runner.write(command.operation, async (writer) => {
      draws.rewind()
      const outcome = await this.#carryOut(writer, command, draws)
      boundExists = outcome.boundExists
      return outcome.result
    })
    // In a transaction that is held open, they may yet be rolled back.
    if (boundExists && this.#runner.openTransaction === undefined) this.#boundIsKnown = true
    return result
  }

  async #carryOut<Result>(
    writer: Writer,
    command: Command<Result>,
    draws: Draws,
  ): Promise<{ readonly result: Result; readonly boundExists: boolean }> {
    const key = this.#idempotencyOf(command)
    if (key !== undefined) {
      const earlier = await readEventsByKey(writer, key.idempotencyKey)
      if (earlier.length > 0) {
        if (earlier[0]!.inputDigest === key.inputDigest) {
          return { result: await command.repeat(writer, earlier), boundExists: false }
        }
        throw new IdempotencyConflictError(key.idempotencyKey, earlier[0]!.seq)
      }
    }
    const actor = this.#actor ?? this.#provtrail()
    if (!this.#boundIsKnown) await this.#requireBound(writer)
    const recordedAt = draws.time()
    const now = this.settings.leaseClock.see(recordedAt)
    const at = command.input.at ?? (command.byLeaseClock === true ? now : recordedAt)
    const decision = await command.decide(writer, { actor, activity: this.#activity, at, now })
    if (decision.events.length === 0) {
      return { result: await decision.result([], writer), boundExists: this.#actor !== undefined }
    }
    const record = recorder(writer, draws, this.#runner.openTransaction ?? {})
    const envelope: Envelope = { actor, activity: this.#activity, at, recordedAt, ...key }
    if (this.#actor === undefined && !this.#boundIsKnown && (await findNode(writer, actor)) === undefined) {
      refuseIdOf(actor, decision.events)
      await record(registrationOf(actor), { actor, at: recordedAt, recordedAt })
    }
    const written: ReadableEvent[] = []
    for (const event of decision.events) written.push(await record(event, envelope))
    return { result: await decision.result(written, writer), boundExists: true }
  }

  /** @throws {NotFoundError} the actor or the activity does not exist, or is of another kind. */
  async #requireBound(reader: Reader): Promise<void> {
    if (this.#actor !== undefined) await requireNode(reader, this.#actor, ['agent'])
    if (this.#activity !== undefined) await requireNode(reader, this.#activity, ['activity'])
  }

  /** The agent that acts where the caller names none. */
  #provtrail(): AgentId {
    this.#defaultActor ??= deterministicId<AgentId>(this.settings.namespace, 'agent', 'provtrail')
    return this.#defaultActor
  }

  #idempotencyOf(command: Command<unknown>): { idempotencyKey: string; inputDigest: string } | undefined {
    const { idempotencyKey } = command.input
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
function recorder(writer: Writer, source: EventSource, transaction: { id?: string }) {
  return async (event: NewEvent, envelope: Envelope): Promise<ReadableEvent> => {
    const written = await append(writer, source, event, envelope, transaction.id)
    transaction.id ??= written.transaction
    await evolve(writer, written)
    return written
  }
}

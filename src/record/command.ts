import type { ActivityId, AgentId } from '../ids.js'
import type { NewEvent } from '../log/append.js'
import type { ReadableEvent } from '../log/read-events.js'
import type { Awaitable, Reader } from '../store/store.js'
import type { CommandOptions } from './options.js'

/** What a command decides with, besides the state. */
export interface Circumstances {
  readonly actor: AgentId
  /** Within which the command is carried out, where the caller named one. */
  readonly activity: ActivityId | undefined
  /** When it was so, as the events will say. */
  readonly at: string
  /** What time it is, as leases see it: `LeaseClock`. */
  readonly now: string
}

/** Another command has to be carried out before this one is decided again, or refused as was decided already. */
export class DoFirst extends Error {
  readonly command: Command<unknown>
  readonly refusal: unknown

  constructor(command: Command<unknown>, refusal?: unknown) {
    super(`${command.operation} goes first`)
    this.command = command
    this.refusal = refusal
  }
}

/** What a command decided: the events to write (none where nothing changes), and what its caller gets. */
interface Decision<Result> {
  readonly events: readonly NewEvent[]
  /** May read what the events have made of the state. */
  readonly result: (written: readonly ReadableEvent[], reader: Reader) => Awaitable<Result>
}

/** Something that changes the record: its input is checked already, and it writes nothing itself. */
export interface Command<Result> {
  /** As in errors and in the digest of the input, such as `tasks.create`. */
  readonly operation: string
  readonly input: object & CommandOptions
  /** Dates the events by the lease clock, so that no attempt ends before it began. */
  readonly byLeaseClock?: true
  readonly decide: (reader: Reader, circumstances: Circumstances) => Promise<Decision<Result>>
  /** The first result again, from the events that the command wrote then. */
  readonly repeat: (reader: Reader, written: readonly ReadableEvent[]) => Promise<Result>
}

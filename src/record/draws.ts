import { InvalidInputError } from '../errors.js'
import type { EventSource } from '../log/append.js'
import { timestampOf } from '../time.js'
import type { RecordSettings } from './settings.js'

/** What time it is, by the clock that the record was opened with. */
export function readClock(settings: RecordSettings): string {
  const now: unknown = settings.now()
  const timestamp = typeof now === 'number' ? timestampOf(now) : undefined
  if (timestamp !== undefined) return timestamp
  throw new InvalidInputError('openTracker', [
    { field: 'now', message: 'must give milliseconds since 1970, between the years 0000 and 9999' },
  ])
}

const uuidsByInput = new WeakMap<object, string>()

/**
 * The uuid for the node that a part of a command's input describes: drawn once, so that a command that is decided a second
 * time comes to the same.
 */
export function uuidFor(input: object, { newUuid }: RecordSettings): string {
  const uuid = uuidsByInput.get(input) ?? newUuid()
  uuidsByInput.set(input, uuid)
  return uuid
}

/** Less than 128 bits could be guessed together with what they are to hide. */
const SALT = /^[0-9a-f]{32,128}$/

function checkSalt(salt: unknown): string {
  if (typeof salt === 'string' && SALT.test(salt)) return salt
  throw new InvalidInputError('openTracker', [
    { field: 'newSalt', message: 'must give 32 to 128 lower-case hexadecimal digits' },
  ])
}

/** The clock, ids and salts of one command: a command that is run a second time draws the same again. */
export class Draws implements EventSource {
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
    this.#salts[this.#nextSalt] ??= checkSalt(this.#settings.newSalt())
    return this.#salts[this.#nextSalt++]!
  }

  time(): string {
    this.#time ??= readClock(this.#settings)
    return this.#time
  }
}

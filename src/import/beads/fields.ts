import { readTime, type TimeReading } from './moment.js'

/**
 * The fields of one JSON object, taken out one by one; what nobody took is left over.
 *
 * A field of another type than was asked for is not taken, so that it is not lost but left over. Keys such as
 * `__proto__` are keys like any other.
 */
export class Fields {
  readonly #left: Map<string, unknown>

  constructor(object: object) {
    this.#left = new Map(Object.entries(object))
  }

  /** Whether there is a field of this name at all. */
  has(name: string): boolean {
    const value = this.#left.get(name)
    return value !== undefined && value !== null
  }

  /** Whether a field holds this text. */
  says(name: string, text: string): boolean {
    return this.#left.get(name) === text
  }

  /** The text of a field; empty where there is none. */
  text(name: string): string {
    const value = this.#left.get(name)
    if (typeof value !== 'string' && value !== null && value !== undefined) return ''
    this.#left.delete(name)
    return value ?? ''
  }

  /** A text, or a whole number as text: row numbers of Beads became texts later. */
  key(name: string): string {
    const value = this.#left.get(name)
    if (!Number.isSafeInteger(value)) return this.text(name)
    this.#left.delete(name)
    return String(value)
  }

  /** A whole number. */
  integer(name: string): number | undefined {
    const value = this.#left.get(name)
    if (!Number.isSafeInteger(value)) return undefined
    this.#left.delete(name)
    return value as number
  }

  /** Whether a flag is set: `true`, or 1 as an SQL dump has it. */
  flag(name: string): boolean {
    const value = this.#left.get(name)
    if (value !== true && value !== 1) return false
    this.#left.delete(name)
    return true
  }

  list(name: string): readonly unknown[] {
    const value = this.#left.get(name)
    if (!Array.isArray(value)) return []
    this.#left.delete(name)
    return value
  }

  /** A time; one that cannot be read is left over. */
  time(name: string): TimeReading {
    const reading = readTime(this.#left.get(name))
    if (reading.kind !== 'invalid') this.#left.delete(name)
    return reading
  }

  /** Takes whatever is there. */
  drop(name: string): boolean {
    const isSaid = saysSomething(this.#left.get(name))
    this.#left.delete(name)
    return isSaid
  }

  /** What nobody took and that says something, in the order of the object. */
  rest(): [name: string, value: unknown][] {
    return [...this.#left].filter(([, value]) => saysSomething(value))
  }
}

/** Empty texts, lists and objects, 0, `false` and `null` are how Beads says nothing; so is "{}" in an SQL dump. */
function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0) return false
  if (typeof value === 'string') return !['', '{}', '[]', 'null'].includes(value)
  return typeof value !== 'object' || Object.keys(value).length > 0
}

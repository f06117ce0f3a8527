import { toTimestamp } from '../../time.js'

/** A time as Beads wrote it, to the nanosecond, and as the record keeps it, to the millisecond. */
export interface Moment {
  readonly iso: string
  /** Since 1970: Beads' clock is finer than a millisecond, and so are the contradictions in its data. */
  readonly nanoseconds: bigint
}

const FORM = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s?([Zz]|[+-]\d\d:?\d\d)?$/

/** Go's zero time, which says that there is none. */
const ZERO = '0001-01-01T00:00:00Z'

/** What a field that should hold a time holds. */
export type TimeReading =
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'time'; readonly moment: Moment; readonly assumedUtc: boolean }

/**
 * Reads a time: RFC 3339 as Beads writes it, with up to nine digits of a second, or the form of an SQL dump. The instant
 * is kept; digits beyond the millisecond are cut off, not rounded. A time without a zone is taken for UTC.
 */
export function readTime(value: unknown): TimeReading {
  if (value === undefined || value === null || value === '' || value === ZERO) return { kind: 'missing' }
  if (typeof value !== 'string') return { kind: 'invalid', reason: `expected a time, not ${typeof value}` }
  const parts = FORM.exec(value)
  if (parts === null) return { kind: 'invalid', reason: `"${value.slice(0, 40)}" is no time` }
  const [, date, clock, fraction = '', zone] = parts
  const wholeSecond = toTimestamp(`${date}T${clock}${zone === undefined ? 'Z' : withColon(zone)}`)
  if (wholeSecond === undefined) return { kind: 'invalid', reason: `there is no time "${value}"` }
  return { kind: 'time', moment: toMoment(Date.parse(wholeSecond), fraction), assumedUtc: zone === undefined }
}

function toMoment(wholeSecondMs: number, fraction: string): Moment {
  const digits = fraction.padEnd(9, '0').slice(0, 9)
  return {
    iso: new Date(wholeSecondMs + Number(digits.slice(0, 3))).toISOString(),
    nanoseconds: BigInt(wholeSecondMs) * 1_000_000n + BigInt(digits),
  }
}

function withColon(zone: string): string {
  return zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase()
}

/** Whether one time lies before another; a time that is not known lies nowhere. */
export function isBefore(one: Moment | undefined, other: Moment | undefined): boolean {
  return one !== undefined && other !== undefined && one.nanoseconds < other.nanoseconds
}

/** Orders by time, what has none last. */
export function byMoment(one: Moment | undefined, other: Moment | undefined): number {
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined)
  return one.nanoseconds < other.nanoseconds ? -1 : Number(one.nanoseconds > other.nanoseconds)
}

/** The furthest that a Date goes (ECMA-262, "Time Values and Time Range"). */
const MAX_DATE_MS = 8.64e15
const TIMESTAMP_LENGTH = '2026-01-05T09:00:00.000Z'.length
const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/

/** An ISO 8601 time with a zone in UTC with milliseconds, or `undefined` where the text is none (30 February is none). */
export function toTimestamp(text: string): string | undefined {
  const parts = ISO.exec(text)
  if (parts === null) return undefined
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined
  return timestampOf(Date.parse(text))
}

/** Milliseconds since 1970 as a timestamp; `undefined` beyond the years 0000 to 9999, where text is no order of time. */
export function timestampOf(milliseconds: number): string | undefined {
  if (!(Math.abs(milliseconds) <= MAX_DATE_MS)) return undefined
  const timestamp = new Date(milliseconds).toISOString()
  return timestamp.length === TIMESTAMP_LENGTH ? timestamp : undefined
}

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
  const date = new Date(milliseconds)
  const year = date.getUTCFullYear()
  return year >= 0 && year <= 9999 ? date.toISOString() : undefined
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/

/** An ISO 8601 time with a zone in UTC with milliseconds, or `undefined` where the text is none (30 February is none). */
export function toTimestamp(text: string): string | undefined {
  const parts = ISO.exec(text)
  if (parts === null) return undefined
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined
  const milliseconds = Date.parse(text)
  if (Number.isNaN(milliseconds)) return undefined
  const timestamp = new Date(milliseconds).toISOString()
  // Beyond the years 0000 to 9999 text order is no longer the order of time.
  return timestamp.length === 24 ? timestamp : undefined
}

/** A clock reading, in milliseconds since 1970, as a timestamp. */
export function timestampOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

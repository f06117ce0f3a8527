/** A time to the minute. It is in UTC, as the report says once. */
export function momentOf(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)}`
}

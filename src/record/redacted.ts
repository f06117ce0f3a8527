import type { EventData } from '../log/event.js'

/** What stands where a text was that the record cannot do without. */
export const REDACTED = '[redacted]'

/** The data with these texts replaced, where they are there and say something. */
export function redactTexts(data: EventData, fields: readonly string[]): EventData {
  return Object.fromEntries(
    Object.entries(data).map(([field, value]) => [
      field,
      fields.includes(field) && typeof value === 'string' && value !== '' ? REDACTED : value,
    ]),
  )
}

/** The data without these fields. */
export function dropFields(data: EventData, fields: readonly string[]): EventData {
  return Object.fromEntries(Object.entries(data).filter(([field]) => !fields.includes(field)))
}

import { InvalidInputError } from '../errors.js'
import type { SqlValue } from '../store/store.js'

/** Where a page ended, in the order that `order` names: the values that the next page comes after. */
export function writeCursor(order: string, values: readonly SqlValue[]): string {
  return Buffer.from(JSON.stringify([order, ...values])).toString('base64url')
}

/** @throws {InvalidInputError} the cursor is not one that a page in this order gave out. */
export function readCursor(operation: string, order: string, width: number, cursor: string): SqlValue[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(parts) && parts.length === width + 1 && parts[0] === order) {
      const values = parts.slice(1)
      if (values.every((value) => typeof value === 'string' || typeof value === 'number')) return values
    }
  } catch {
    // A cursor that is no JSON is as wrong as any other, and the caller can do the same about it.
  }
  throw new InvalidInputError(operation, [
    { field: 'cursor', message: 'is not a nextCursor of this query in this order; leave it out to begin anew' },
  ])
}

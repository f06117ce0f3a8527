import canonicalize from 'canonicalize'

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The one text of a JSON value that everybody hashes alike (RFC 8785); absent fields are left out. */
export function canonicalJson(value: Json | object): string {
  // Most of it is made with its keys in order: then the plain text is the canonical one, at a quarter of the price.
  return isInOrder(value) ? JSON.stringify(value) : (canonicalize(value) as string)
}

function isInOrder(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isInOrder)
  let last: string | undefined
  for (const key of Object.keys(value)) {
    if (last !== undefined && key < last) return false
    last = key
    if (!isInOrder(value[key as keyof typeof value])) return false
  }
  return true
}

import canonicalize from 'canonicalize'

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The one text of a JSON value that everybody hashes alike (RFC 8785); absent fields are left out. */
export function canonicalJson(value: object): string {
  return canonicalize(value) as string
}

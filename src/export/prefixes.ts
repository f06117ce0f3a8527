import { PREFIXES, type Prefixes } from '../prov/prefixes.js'

/** The vocabularies that an export uses: those of others, Provtrail's own terms, and the words for roles. */
export const EXPORT_PREFIXES = {
  ...PREFIXES,
  pt: 'https://w3id.org/provtrail#',
  role: 'https://w3id.org/provtrail/role#',
} as const satisfies Prefixes

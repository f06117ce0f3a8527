import { PREFIXES, type Prefixes } from '../prov/prefixes.js'

/** The vocabularies that an export uses: those of others, Provtrail's own terms, words for roles, and models. */
export const EXPORT_PREFIXES = {
  ...PREFIXES,
  pt: 'https://w3id.org/provtrail#',
  role: 'https://w3id.org/provtrail/role#',
  model: 'https://w3id.org/provtrail/model#',
} as const satisfies Prefixes

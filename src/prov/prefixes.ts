/** The vocabularies that documents use, by the prefixes that they declare, in the order in which they declare them. */
export const PREFIXES = {
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
  prov: 'http://www.w3.org/ns/prov#',
  dcterms: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  pt: 'https://w3id.org/provtrail#',
  role: 'https://w3id.org/provtrail/role#',
} as const

/** One of the prefixes that documents declare. */
export type Prefix = keyof typeof PREFIXES

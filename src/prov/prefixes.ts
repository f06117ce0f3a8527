/** Vocabularies by the prefixes that a document declares for them, in the order in which it declares them. */
export type Prefixes = Readonly<Record<string, string>>

/** The vocabularies of W3C and others that provenance is told in. */
export const PREFIXES = {
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
  prov: 'http://www.w3.org/ns/prov#',
  dcterms: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
} as const satisfies Prefixes

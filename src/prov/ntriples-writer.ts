import { N3DocumentWriter } from './n3-document-writer.js'
import type { Iri, Literal } from './terms.js'

/**
 * Writes N-Triples (https://www.w3.org/TR/n-triples/), a statement a line, each in the one way that RDF 1.2 N-Triples §4
 * calls canonical: nothing is escaped that need not be, and xsd:string goes without saying.
 */
export class NTriplesWriter extends N3DocumentWriter {
  readonly hasGraphs = false

  constructor() {
    super({ format: 'application/n-triples' })
  }

  enterGraph(): void {}

  write(subject: Iri, predicate: Iri, object: Iri | Literal): void {
    this.add(subject, predicate, object, undefined)
  }
}

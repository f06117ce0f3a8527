import { N3DocumentWriter } from './n3-document-writer.js'
import type { Iri, Literal } from './terms.js'

/**
 * Writes N-Quads (https://www.w3.org/TR/n-quads/), as canonical as N-Triples, the graph of a statement at the end of its
 * line.
 */
export class NQuadsWriter extends N3DocumentWriter {
  readonly hasGraphs = true
  #graph: Iri | undefined

  constructor() {
    super({ format: 'application/n-quads' })
  }

  enterGraph(graph: Iri | undefined): void {
    this.#graph = graph
  }

  write(subject: Iri, predicate: Iri, object: Iri | Literal): void {
    this.add(subject, predicate, object, this.#graph)
  }
}

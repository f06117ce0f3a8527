import { compareText } from '../compare-text.js'
import type { StatementWriter } from '../prov/document-writer.js'
import type { Iri, Literal } from '../prov/terms.js'
import { RDF } from '../prov/vocabularies.js'

/** A node that says more about one relation than its property can (PROV-O §3.3). */
export interface QualifiedNode {
  readonly iri: Iri
  readonly type: Iri
  readonly statements: readonly (readonly [property: Iri, value: Iri | Literal])[]
}

/** Where one node leads to, written in an order that does not depend on how the record came about. */
export class Links {
  readonly #links: (readonly [property: Iri, target: Iri])[] = []
  readonly #qualified: QualifiedNode[] = []

  add(property: Iri, target: Iri): void {
    this.#links.push([property, target])
  }

  qualify(property: Iri, node: QualifiedNode): void {
    this.#links.push([property, node.iri])
    this.#qualified.push(node)
  }

  /** Writes the links by property, then target, each once; then the qualified nodes as subjects of their own. */
  write(writer: StatementWriter, subject: Iri): void {
    const links = this.#links.sort(byPropertyAndTarget)
    let last: readonly [Iri, Iri] | undefined
    for (const link of links) {
      if (last === undefined || byPropertyAndTarget(last, link) !== 0) writer.write(subject, link[0], link[1])
      last = link
    }
    for (const { iri, type, statements } of this.#qualified.sort((a, b) => compareText(a.iri.value, b.iri.value))) {
      writer.write(iri, RDF.type, type)
      for (const [property, value] of statements) writer.write(iri, property, value)
    }
  }
}

function byPropertyAndTarget(a: readonly [Iri, Iri], b: readonly [Iri, Iri]): number {
  return compareText(a[0].value, b[0].value) || compareText(a[1].value, b[1].value)
}

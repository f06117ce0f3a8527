import { compareText } from '../compare-text.js'
import { DEFAULT_IRI_STEM, iriStemOf } from '../prov/iri-stem.js'
import { Iri } from '../prov/terms.js'
import { idOf, type NodeName } from '../record/nodes.js'
import { NamedUuids } from './named-uuids.js'
import { EXPORT_PREFIXES } from './prefixes.js'

/**
 * The name space, in the sense of RFC 9562 §5.5, of the uuids of what an export makes up. It is not that of
 * `deterministicId`: nobody's own ids can meet these. Another value would give all of it another IRI.
 */
const MADE_UP = new NamedUuids('5b0b3a5e-6d1f-4c57-8f0e-3f2f4b1a9c64')

/**
 * Names the nodes of an export.
 *
 * A namespace that is an absolute IRI gives `<namespace>#<uuid>`, any other `<baseIri><uuid>`. The same node has the same IRI in every export with the same base.
 */
export class NodeIris {
  readonly #base: Iri
  readonly #stemByNamespace = new Map<string, Iri>()

  constructor(baseIri: string = DEFAULT_IRI_STEM) {
    this.#base = Iri.parse(baseIri)
  }

  of(namespace: string, uuid: string): Iri {
    return this.#stem(namespace).append(uuid)
  }

  /**
   * Names the qualified node of one relation, in the namespace of the node that the relation starts from.
   *
   * The uuid is name-based (version 5, RFC 9562 §5.5), made from the qualifying property and the ids of all ends, so that no
   * two relations share one.
   */
  qualified(property: Iri, source: NodeName, ...ends: readonly string[]): Iri {
    return this.madeUp(source.namespace, property, idOf(source), ...ends)
  }

  /** Names, in a namespace, what no node of the record stands for: the term says what it is, the parts which one. */
  madeUp(namespace: string, term: Iri, ...parts: readonly string[]): Iri {
    return this.#stem(namespace).append(uuidFor(term, parts))
  }

  /** What the IRIs so far begin with, each once, in order. */
  stems(): readonly string[] {
    return [...new Set([...this.#stemByNamespace.values()].map((stem) => stem.value))].sort(compareText)
  }

  #stem(namespace: string): Iri {
    let stem = this.#stemByNamespace.get(namespace)
    if (stem === undefined) {
      const own = iriStemOf(namespace)
      stem = own === undefined ? this.#base : Iri.parse(own)
      this.#stemByNamespace.set(namespace, stem)
    }
    return stem
  }
}

/** Names a model, or a model as it is set up, alike in every export. */
export function modelIri(provider: string, name: string, ...setUp: readonly string[]): Iri {
  const plain = `${encodeURIComponent(provider)}/${encodeURIComponent(name)}`
  if (setUp.length === 0) return Iri.term(EXPORT_PREFIXES, 'model', plain)
  return Iri.term(EXPORT_PREFIXES, 'model', `${plain}/${uuidFor(modelIri(provider, name), setUp)}`)
}

function uuidFor(term: Iri, parts: readonly string[]): string {
  return MADE_UP.of(JSON.stringify([term.value, ...parts]))
}

import { flawOfIri } from '../prov/iri.js'
import { Iri } from '../prov/terms.js'
import { compare } from './links.js'
import { NamedUuids } from './named-uuids.js'
import { EXPORT_PREFIXES } from './prefixes.js'

/** What the IRIs of nodes begin with when their namespace is no IRI, and the caller names no other. */
const DEFAULT_BASE_IRI = 'urn:uuid:'

/**
 * The name space, in the sense of RFC 9562 §5.5, of the uuids of what an export makes up. It is not that of
 * `deterministicId`: nobody's own ids can meet these. Another value would give all of it another IRI.
 */
const MADE_UP = new NamedUuids('5b0b3a5e-6d1f-4c57-8f0e-3f2f4b1a9c64')

const UUID_LENGTH = 36

/** A node's two names: what its id consists of. */
export interface NodeName {
  readonly namespace: string
  readonly uuid: string
}

/**
 * Names the nodes of an export.
 *
 * A namespace that is an absolute IRI gives `<namespace>#<uuid>`; any other, also one that only begins like an IRI but
 * holds what none may hold, gives `<baseIri><uuid>`. The same node has the same IRI in every export with the same base.
 */
export class NodeIris {
  readonly #base: Iri
  readonly #stemByNamespace = new Map<string, Iri>()

  constructor(baseIri: string = DEFAULT_BASE_IRI) {
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
    return [...new Set([...this.#stemByNamespace.values()].map((stem) => stem.value))].sort(compare)
  }

  #stem(namespace: string): Iri {
    let stem = this.#stemByNamespace.get(namespace)
    if (stem === undefined) {
      stem = flawOfIri(`${namespace}#`) === undefined ? Iri.parse(`${namespace}#`) : this.#base
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

/** The full id of a node, as the record writes it. */
export function idOf({ namespace, uuid }: NodeName): string {
  return `${namespace}--${uuid}`
}

/** The two names that an id of the record consists of. */
export function nameOf(id: string): NodeName {
  return { namespace: id.slice(0, -UUID_LENGTH - 2), uuid: id.slice(-UUID_LENGTH) }
}

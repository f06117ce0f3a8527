import { Parser, type Quad, Store, type Term } from 'n3'
import { EXPORT_PREFIXES } from '../src/export/prefixes.js'

/** A document as a graph that is asked with prefixed names. */
export class Graph {
  readonly quads: readonly Quad[]
  readonly #store: Store

  constructor(document: string) {
    this.quads = new Parser().parse(document)
    this.#store = new Store([...this.quads])
  }

  /** The objects of a property, in order: IRIs of known vocabularies as prefixed names, others in full, texts as they are. */
  all(subject: string, property: string): string[] {
    return this.#store.getObjects(iriOf(subject), iriOf(property), null).map(nameOf).sort()
  }

  /** The only object of a property. */
  one(subject: string, property: string): string | undefined {
    const objects = this.all(subject, property)
    if (objects.length > 1) throw new Error(`${subject} has ${objects.length} ${property}`)
    return objects[0]
  }

  /** Everything about a subject, as `property object` in the order of the document. */
  about(subject: string): string[] {
    return this.quads
      .filter((quad) => quad.subject.value === iriOf(subject))
      .map((quad) => `${nameOf(quad.predicate)} ${nameOf(quad.object)}`)
  }

  /** Whether a statement is one with this property. */
  says(property: string): (quad: Quad) => boolean {
    const iri = iriOf(property)
    return (quad) => quad.predicate.value === iri
  }

  /** The properties and classes that occur, each once. */
  terms(): string[] {
    const terms = this.quads.flatMap(({ predicate, object }) =>
      nameOf(predicate) === 'rdf:type' ? [predicate, object] : [predicate],
    )
    return [...new Set(terms.map(nameOf))]
  }

  /** The subjects of a class. */
  instances(type: string): string[] {
    return this.#store.getSubjects(`${EXPORT_PREFIXES.rdf}type`, iriOf(type), null).map((term) => term.value)
  }

  /** IRIs that stand as objects and are neither described nor terms of a vocabulary. */
  undescribed(): string[] {
    const subjects = new Set(this.quads.map((quad) => quad.subject.value))
    return this.quads
      .filter((quad) => quad.predicate.value !== `${EXPORT_PREFIXES.rdf}type` && quad.object.termType === 'NamedNode')
      .map((quad) => quad.object.value)
      .filter((iri) => !subjects.has(iri))
  }
}

function iriOf(name: string): string {
  const [prefix, local] = name.split(/:(.*)/s)
  return prefix !== undefined && Object.hasOwn(EXPORT_PREFIXES, prefix)
    ? EXPORT_PREFIXES[prefix as keyof typeof EXPORT_PREFIXES] + local
    : name
}

function nameOf(term: Term): string {
  if (term.termType !== 'NamedNode') return term.value
  for (const [prefix, iri] of Object.entries(EXPORT_PREFIXES)) {
    const local = term.value.slice(iri.length)
    if (term.value.startsWith(iri) && /^[\w-]+$/.test(local)) return `${prefix}:${local}`
  }
  return term.value
}

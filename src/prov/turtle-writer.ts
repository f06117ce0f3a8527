import { N3DocumentWriter } from './n3-document-writer.js'
import type { Prefixes } from './prefixes.js'
import { SerializedTerm } from './serialized-term.js'
import { type Iri, type Literal, XSD } from './terms.js'
import { RDF } from './vocabularies.js'

/** Whether n3 has characters to escape. */
function isText(object: Iri | Literal): object is Literal {
  return object.termType === 'Literal' && object.datatype !== XSD.dateTime && object.datatype !== XSD.integer
}

/** rdf:type as a predicate (Turtle §2.4). */
const A = new SerializedTerm('a')

const INDENT = '    '

/** Writes Turtle (https://www.w3.org/TR/turtle/): prefixes first, one subject a block, blank lines between them. */
export class TurtleWriter extends N3DocumentWriter {
  readonly hasGraphs: boolean = false
  readonly #prefixes: Prefixes
  readonly #vocabulary = new Map<Iri, SerializedTerm>()
  #graph: Iri | undefined
  /** The graph of the last statement: nothing need follow where a graph was entered. */
  #openGraph: Iri | undefined
  #serializedGraph: SerializedTerm | undefined
  #subject: Iri | undefined
  #serializedSubject = new SerializedTerm('')
  #predicate: Iri | undefined
  #serializedPredicate = A
  readonly #object = new SerializedTerm('')
  /** What makes the blank line after the block before it, where there is one. */
  #lineBreak = ''

  constructor(prefixes: Prefixes) {
    super({ format: 'text/turtle', prefixes })
    this.#prefixes = prefixes
  }

  /** n3's Writer ends the block, and with it the graph, before it declares them. */
  override declare(prefixes: Prefixes): void {
    if (Object.keys(prefixes).length === 0) return
    super.declare(prefixes)
    this.#openGraph = undefined
    this.#serializedGraph = undefined
    this.#subject = undefined
    this.#lineBreak = ''
  }

  enterGraph(_graph: Iri | undefined): void {}

  write(subject: Iri, predicate: Iri, object: Iri | Literal): void {
    if (subject !== this.#subject) this.#begin(subject)
    if (predicate !== this.#predicate) this.#continue(predicate)
    this.add(
      this.#serializedSubject,
      this.#serializedPredicate,
      isText(object) ? object : this.#serializeObject(object),
      this.#serializedGraph,
    )
  }

  /** What follows is between the braces of a graph, or, without one, behind them. */
  protected beginGraph(graph: Iri | undefined): void {
    if (graph?.value === this.#graph?.value) return
    this.#graph = graph
    this.#subject = undefined
  }

  #begin(subject: Iri): void {
    if (this.#graph?.value !== this.#openGraph?.value) this.#open(this.#graph)
    const indent = this.#openGraph === undefined ? '' : INDENT
    this.#subject = subject
    this.#serializedSubject = new SerializedTerm(this.#lineBreak + indent + this.#textOf(subject))
    this.#predicate = undefined
    this.#lineBreak = '\n'
  }

  #open(graph: Iri | undefined): void {
    this.#openGraph = graph
    this.#serializedGraph = graph && new SerializedTerm(`${this.#lineBreak}<${graph.value}>`)
    if (graph !== undefined) this.#lineBreak = ''
  }

  /** n3 indents a predicate, unless it stands beside its subject, but it does not know how deep a graph lies. */
  #continue(predicate: Iri): void {
    const term = predicate === RDF.type ? A : this.#serialize(predicate)
    const isDeep = this.#serializedGraph !== undefined && this.#predicate !== undefined
    this.#serializedPredicate = isDeep ? new SerializedTerm(INDENT + term.id) : term
    this.#predicate = predicate
  }

  /**
   * n3's Writer remembers subject and predicate, but no object: one term serves them all.
   *
   * Times and integers need no escapes. n3 would work out the name of the datatype of each time anew, and write integers
   * bare, which Serd 0.30 takes for strings where the full stop follows at once.
   */
  #serializeObject(object: Iri | Literal): SerializedTerm {
    this.#object.id =
      object.termType === 'NamedNode' ? this.#textOf(object) : `"${object.value}"^^${this.#textOf(object.datatype)}`
    return this.#object
  }

  #textOf(iri: Iri): string {
    return iri.prefixedName === undefined ? `<${iri.value}>` : this.#serialize(iri).id
  }

  #serialize(iri: Iri): SerializedTerm {
    const name = iri.prefixedName
    if (name === undefined) return new SerializedTerm(`<${iri.value}>`)
    let term = this.#vocabulary.get(iri)
    if (term === undefined) {
      term = new SerializedTerm(this.#declares(name, iri) ? name : `<${iri.value}>`)
      this.#vocabulary.set(iri, term)
    }
    return term
  }

  /** Whether the document's prefixes make the prefixed name the same IRI. */
  #declares(name: string, { value }: Iri): boolean {
    const [prefix, localName] = name.split(':') as [string, string]
    return Object.hasOwn(this.#prefixes, prefix) && this.#prefixes[prefix] + localName === value
  }
}

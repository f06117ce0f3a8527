import { Variable, Writer } from 'n3'
import type { DocumentWriter } from './document-writer.js'
import type { Prefixes } from './prefixes.js'
import { type Iri, type Literal, XSD } from './terms.js'
import { RDF } from './vocabularies.js'

/** Texts of this length and more are worth carrying off. */
const FULL_LENGTH = 32 * 1024

/**
 * A term whose serialization is settled: n3's Writer writes the `id` of a term of its own as it stands, unless the term
 * is a named node or a literal.
 *
 * For named nodes it would look whether the text begins with a declared prefix, and take the IRI `prov:x` for the
 * prefixed name.
 */
class SerializedTerm extends Variable {
  override id: string

  constructor(text: string) {
    super('')
    this.id = text
  }
}

/** Whether n3 has characters to escape. */
function isText(object: Iri | Literal): object is Literal {
  return object.termType === 'Literal' && object.datatype !== XSD.dateTime && object.datatype !== XSD.integer
}

/** rdf:type as a predicate (Turtle §2.4). */
const A = new SerializedTerm('a')

/**
 * Writes Turtle (https://www.w3.org/TR/turtle/): prefixes first, one subject a block, blank lines between them.
 *
 * n3's Writer escapes texts and sets the punctuation. It trusts what it is given, so only terms that were checked when
 * they were made come here.
 */
export class TurtleWriter implements DocumentWriter {
  readonly #writer: Writer
  readonly #prefixes: Prefixes
  readonly #vocabulary = new Map<Iri, SerializedTerm>()
  readonly #fail = (error?: unknown): void => {
    this.#failure ??= { error }
  }
  #failure: { readonly error: unknown } | undefined
  #text = ''
  #subject: Iri | undefined
  #serializedSubject = new SerializedTerm('')
  readonly #object = new SerializedTerm('')

  constructor(prefixes: Prefixes) {
    this.#prefixes = prefixes
    const sink = {
      write: (text: string): void => {
        this.#text += text
      },
      end: (): void => {},
    }
    this.#writer = new Writer(sink, { format: 'text/turtle', prefixes })
  }

  readonly hasGraphs = false

  enterGraph(): void {}

  write(subject: Iri, predicate: Iri, object: Iri | Literal): void {
    if (subject !== this.#subject) this.#begin(subject)
    this.#writer.addQuad(
      this.#serializedSubject,
      predicate === RDF.type ? A : this.#serialize(predicate),
      isText(object) ? object : this.#serializeObject(object),
      undefined,
      this.#fail,
    )
    // n3's Writer throws nothing: what goes wrong it says to the callback.
    if (this.#failure !== undefined) throw this.#failure.error
  }

  get full(): boolean {
    return this.#text.length >= FULL_LENGTH
  }

  take(): string {
    const text = this.#text
    this.#text = ''
    return text
  }

  end(): void {
    this.#writer.end(this.#fail)
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /** The line break in front of a subject makes the blank line after the block before it. */
  #begin(subject: Iri): void {
    const first = this.#subject === undefined
    this.#subject = subject
    this.#serializedSubject = new SerializedTerm(`${first ? '' : '\n'}${this.#textOf(subject)}`)
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

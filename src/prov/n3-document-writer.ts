import { Writer, type WriterOptions } from 'n3'
import type { DocumentWriter } from './document-writer.js'
import type { Prefixes } from './prefixes.js'
import type { SerializedTerm } from './serialized-term.js'
import type { Iri, Literal } from './terms.js'

/** Texts of this length and more are worth carrying off. */
const FULL_LENGTH = 32 * 1024

/**
 * What the writers of all formats share: n3's Writer, the text that it has written, and its errors.
 *
 * n3's Writer escapes texts and sets the punctuation. It trusts what it is given, so only terms that were checked when
 * they were made come here.
 */
export abstract class N3DocumentWriter implements DocumentWriter {
  abstract readonly hasGraphs: boolean
  readonly #writer: Writer
  readonly #fail = (error?: unknown): void => {
    this.#failure ??= { error }
  }
  #failure: { readonly error: unknown } | undefined
  #text = ''

  constructor(options: WriterOptions) {
    const sink = {
      write: (text: string): void => {
        this.#text += text
      },
      end: (): void => {},
    }
    this.#writer = new Writer(sink, options)
  }

  declare(prefixes: Prefixes): void {
    this.#writer.addPrefixes(prefixes)
  }

  abstract enterGraph(graph: Iri | undefined): void

  abstract write(subject: Iri, predicate: Iri, object: Iri | Literal): void

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

  /** Hands a statement to n3's Writer, which throws nothing: what goes wrong it says to the callback. */
  protected add(
    subject: Iri | SerializedTerm,
    predicate: Iri | SerializedTerm,
    object: Iri | Literal | SerializedTerm,
    graph: Iri | SerializedTerm | undefined,
  ): void {
    this.#writer.addQuad(subject, predicate, object, graph, this.#fail)
    if (this.#failure !== undefined) throw this.#failure.error
  }
}

import type { Prefixes } from './prefixes.js'
import type { Iri, Literal } from './terms.js'

/**
 * Takes statements, one after another; those of one subject follow each other.
 *
 * For a format that has named graphs, the graph that they are in is the writer's state, told before the first of them.
 */
export interface StatementWriter {
  /** Whether the format has named graphs; where it has none, `enterGraph` changes nothing. */
  readonly hasGraphs: boolean
  /**
   * Declares more prefixes, between blocks or before the first; in formats without prefixes it changes nothing.
   *
   * IRIs are written in full all the same. A reader that wants a prefix for each name, as Python's prov does, has one.
   */
  declare(prefixes: Prefixes): void
  /** What follows is in this graph, or, without one, in the default graph, where every document begins. */
  enterGraph(graph: Iri | undefined): void
  write(subject: Iri, predicate: Iri, object: Iri | Literal): void
  /** So much has been written that whoever carries it off should do so before more is written. */
  readonly full: boolean
}

/** Turns statements into the text of a document, in pieces. */
export interface DocumentWriter extends StatementWriter {
  /** What has been written since it was last taken. */
  take(): string
  /** Nothing more follows: what is left to write can be taken. */
  end(): void
}

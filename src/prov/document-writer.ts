import type { Iri, Literal } from './terms.js'

/**
 * Takes statements, one after another; those of one subject follow each other.
 *
 * They name no graph: for a format that has graphs, such as TriG, the one that they are in is to be the writer's state,
 * told once before the first of them.
 */
export interface StatementWriter {
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

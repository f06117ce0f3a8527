import type { Iri } from './terms.js'
import { TurtleWriter } from './turtle-writer.js'

/**
 * Writes TriG (https://www.w3.org/TR/trig/): Turtle, with the blocks of a named graph indented between braces.
 *
 * A graph in which nothing is written leaves no trace.
 */
export class TrigWriter extends TurtleWriter {
  override readonly hasGraphs = true

  override enterGraph(graph: Iri | undefined): void {
    this.beginGraph(graph)
  }
}

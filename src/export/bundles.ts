import { type Iri, Literal } from '../prov/terms.js'
import { PROV, RDF, RDFS } from '../prov/vocabularies.js'
import type { ExportContext } from './export-context.js'

/**
 * Names the graph of a namespace.
 *
 * Not by the namespace itself: it need not be an IRI, and where it is, it names what the team calls so, such as a
 * repository, which is no bundle. So it is a made-up name among those of the nodes of the namespace.
 */
export function graphOf({ nodeIris }: ExportContext, namespace: string): Iri {
  return nodeIris.madeUp(namespace, PROV.Bundle, namespace)
}

/** Writes that each graph is a bundle of statements (PROV-DM 5.4.1), and of which namespace. */
export function* writeGraphs(context: ExportContext, namespaces: readonly string[]): Generator<void> {
  const { writer } = context
  for (const namespace of namespaces) {
    const graph = graphOf(context, namespace)
    writer.write(graph, RDF.type, PROV.Entity)
    writer.write(graph, RDF.type, PROV.Bundle)
    writer.write(graph, RDFS.label, Literal.text(namespace))
    if (writer.full) yield
  }
}

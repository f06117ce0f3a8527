import { type Iri, Literal } from '../prov/terms.js'
import { PROV, RDF, RDFS } from '../prov/vocabularies.js'
import type { ExportContext } from './export-context.js'
import { LIBRARY } from './library.js'
import { PT } from './provtrail-terms.js'

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

/**
 * Writes the provenance of the document itself: when it was made, and by which version of the library.
 *
 * Its name is made from what it is made of, so that the same document has the same name again.
 */
export async function* writeDocument(context: ExportContext): AsyncGenerator<void> {
  const { occasion, writer, reader, nodeIris } = context
  if (occasion === undefined) return
  const { namespace, at, request } = occasion
  const [head] = await reader.rows<[string]>('SELECT digest FROM events ORDER BY seq DESC LIMIT 1')
  yield
  const document = nodeIris.madeUp(namespace, PROV.Bundle, namespace, at, head?.[0] ?? '', request)
  const software = nodeIris.madeUp(namespace, PROV.SoftwareAgent, LIBRARY.name, LIBRARY.version)
  writer.write(document, RDF.type, PROV.Entity)
  writer.write(document, RDF.type, PROV.Bundle)
  writer.write(document, RDFS.label, Literal.text(`Export of ${namespace}`))
  writer.write(document, PROV.generatedAtTime, Literal.dateTime(at))
  writer.write(document, PROV.wasAttributedTo, software)
  writer.write(software, RDF.type, PROV.Agent)
  writer.write(software, RDF.type, PROV.SoftwareAgent)
  writer.write(software, RDFS.label, Literal.text(`${LIBRARY.name} ${LIBRARY.version}`))
  writer.write(software, PT.version, Literal.text(LIBRARY.version))
}

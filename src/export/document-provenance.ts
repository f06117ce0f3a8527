import { Literal } from '../prov/terms.js'
import { PROV, RDF, RDFS } from '../prov/vocabularies.js'
import type { ExportContext } from './export-context.js'
import { LIBRARY } from './library.js'
import { PT } from './provtrail-terms.js'

/**
 * Writes the provenance of the document itself: when it was made, and by which version of the library.
 *
 * Its name is made from what it is made of, so that the same document has the same name again.
 */
export async function* writeDocumentProvenance(context: ExportContext): AsyncGenerator<void> {
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

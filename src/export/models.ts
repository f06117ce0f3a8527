import { Literal } from '../prov/terms.js'
import { DCTERMS, PROV, RDF, RDFS } from '../prov/vocabularies.js'
import type { ExportContext } from './export-context.js'
import { PT } from './provtrail-terms.js'

/** Writes the models that ML agents use. */
export function* writeModels({ modelByIri, writer }: ExportContext): Generator<void> {
  for (const key of [...modelByIri.keys()].sort()) {
    const { iri, provider, name } = modelByIri.get(key)!
    writer.write(iri, RDF.type, PROV.Entity)
    writer.write(iri, RDF.type, PT.AIModel)
    writer.write(iri, DCTERMS.identifier, Literal.text(name))
    writer.write(iri, RDFS.label, Literal.text(name))
    writer.write(iri, PT.provider, Literal.text(provider))
    if (writer.full) yield
  }
}

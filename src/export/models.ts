import { Literal } from '../prov/terms.js'
import { DCTERMS, PROV, RDF, RDFS } from '../prov/vocabularies.js'
import type { ExportContext } from './export-context.js'
import { modelIri } from './node-iris.js'
import { PT } from './provtrail-terms.js'

/** A model that ML agents use, as far as it is known which one: of some version, set up in some way. */
export interface UsedModel {
  readonly provider: string
  readonly name: string
  readonly version: string | null
  /** Canonical JSON. */
  readonly parameters: string | null
}

/** Writes the models that ML agents use. One of a version, or with settings, is a specialization of the plain one. */
export function* writeModels({ modelByIri, writer }: ExportContext): Generator<void> {
  for (const key of [...modelByIri.keys()].sort()) {
    const { iri, provider, name, version, parameters } = modelByIri.get(key)!
    writer.write(iri, RDF.type, PROV.Entity)
    writer.write(iri, RDF.type, PT.AIModel)
    writer.write(iri, DCTERMS.identifier, Literal.text(name))
    writer.write(iri, RDFS.label, Literal.text(version === null ? name : `${name} ${version}`))
    writer.write(iri, PT.provider, Literal.text(provider))
    if (version !== null) writer.write(iri, PT.version, Literal.text(version))
    if (parameters !== null) writer.write(iri, PT.parameters, Literal.json(parameters))
    const plain = modelIri(provider, name)
    if (iri.value !== plain.value) writer.write(iri, PROV.specializationOf, plain)
    if (writer.full) yield
  }
}

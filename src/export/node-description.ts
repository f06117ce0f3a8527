import { type Iri, Literal } from '../prov/terms.js'
import { DCTERMS, RDF } from '../prov/vocabularies.js'
import { idOf, type NodeName } from '../record/nodes.js'
import type { ExportContext } from './export-context.js'

/** Begins the block of a node: its types and its full id. */
export function describe(context: ExportContext, node: NodeName, types: readonly Iri[]): Iri {
  const subject = context.nodeIris.of(node.namespace, node.uuid)
  for (const type of types) context.writer.write(subject, RDF.type, type)
  context.writer.write(subject, DCTERMS.identifier, Literal.text(idOf(node)))
  return subject
}

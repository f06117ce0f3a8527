import { Literal } from '../prov/terms.js'
import { PROV, RDF, RDFS } from '../prov/vocabularies.js'
import type { ExportContext } from './export-context.js'

/**
 * Writes the roles that were referred to. They are entities too, as concepts are (PROV-DM 2.1.1): readers that know PROV's
 * records alone, such as Python's `prov`, have no other place for them.
 */
export function* writeRoles({ roleByWord, writer }: ExportContext): Generator<void> {
  for (const word of [...roleByWord.keys()].sort()) {
    const role = roleByWord.get(word)!
    writer.write(role, RDF.type, PROV.Entity)
    writer.write(role, RDF.type, PROV.Role)
    writer.write(role, RDFS.label, Literal.text(word))
    if (writer.full) yield
  }
}

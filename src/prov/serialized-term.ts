import { Variable } from 'n3'

/**
 * A term whose serialization is settled: n3's Writer writes the `id` of a term of its own as it stands, unless the term
 * is a named node or a literal.
 *
 * For named nodes it would look whether the text begins with a declared prefix, and take the IRI `prov:x` for the
 * prefixed name.
 */
export class SerializedTerm extends Variable {
  override id: string

  constructor(text: string) {
    super('')
    this.id = text
  }
}

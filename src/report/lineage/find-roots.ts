import { NotFoundError } from '../../errors.js'
import { flawOfIri } from '../../prov/iri.js'
import { DEFAULT_IRI_STEM, iriStemOf } from '../../prov/iri-stem.js'
import { idOf, type NodeName, type NodeRow } from '../../record/nodes.js'
import type { Reader } from '../../store/store.js'
import { NODE_KINDS, type NodeKind } from '../../vocabulary.js'

const UUID_AT_END = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * The keys of what an id or IRI names: a node by its id, artifacts by the IRI that they point at (a file may have been
 * recorded in several states), oldest first, or a node by the IRI that an export gives it.
 *
 * @throws {NotFoundError} it names nothing in the record.
 */
export async function findRoots(
  reader: Reader,
  idOrIri: string,
  expected: readonly NodeKind[] = NODE_KINDS,
): Promise<readonly number[]> {
  const uuid = UUID_AT_END.exec(idOrIri)?.[0]
  const node =
    uuid === undefined
      ? undefined
      : await reader.get<NodeRow>('SELECT key, kind, namespace, uuid FROM nodes WHERE uuid = ?', uuid)
  if (node !== undefined && idOrIri === idOf(node)) return [node.key]
  const artifacts = await reader.rows<[number]>('SELECT key FROM artifacts WHERE iri = ? ORDER BY key', idOrIri)
  if (artifacts.length > 0) return artifacts.map(([key]) => key)
  if (node !== undefined && isIriOf(node, idOrIri)) return [node.key]
  throw new NotFoundError(idOrIri, expected)
}

/** As an export names it: by its namespace where that is an IRI, else by whatever base the export was told. */
function isIriOf({ namespace, uuid }: NodeName, iri: string): boolean {
  const stem = iriStemOf(namespace)
  if (stem === undefined) return flawOfIri(iri) === undefined
  return iri === `${stem}${uuid}` || iri === `${DEFAULT_IRI_STEM}${uuid}`
}

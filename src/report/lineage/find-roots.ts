import { NotFoundError } from '../../errors.js'
import { findNode } from '../../record/nodes.js'
import type { Reader } from '../../store/store.js'
import { NODE_KINDS } from '../../vocabulary.js'

const UUID_AT_END = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * The keys of what an id or IRI names: a node by its id, artifacts by the IRI that they point at (a file may have been
 * recorded in several states), oldest first, or a node by the IRI that an export gives it, whatever its base.
 *
 * @throws {NotFoundError} it names nothing in the record.
 */
export async function findRoots(reader: Reader, idOrIri: string): Promise<readonly number[]> {
  const node = UUID_AT_END.test(idOrIri) ? await findNode(reader, idOrIri) : undefined
  if (node !== undefined) return [node.key]
  const artifacts = await reader.rows<[number]>('SELECT key FROM artifacts WHERE iri = ? ORDER BY key', idOrIri)
  if (artifacts.length > 0) return artifacts.map(([key]) => key)
  const uuid = UUID_AT_END.exec(idOrIri)?.[0]
  const stem = idOrIri.slice(0, -(uuid?.length ?? 0))
  if (uuid !== undefined && /[#/:]$/.test(stem)) {
    const row = await reader.get<{ key: number; namespace: string }>(
      'SELECT key, namespace FROM nodes WHERE uuid = ?',
      uuid,
    )
    if (row !== undefined && (!stem.endsWith('#') || stem === `${row.namespace}#`)) return [row.key]
  }
  throw new NotFoundError(idOrIri, NODE_KINDS)
}

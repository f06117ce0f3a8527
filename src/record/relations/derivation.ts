import type { Reader } from '../../store/store.js'
import { type Expand, findPath } from './find-path.js'
import { RELATION_KINDS, type RelationDefinition, type RelationKind, relationDefinition } from './registry.js'

function follow(reader: Reader, kinds: readonly RelationKind[], near: 'source' | 'target'): Expand {
  const far = near === 'source' ? 'target' : 'source'
  const sql = `SELECT ${near}, ${far} FROM relations
    WHERE ${near} IN (SELECT value FROM json_each(?)) AND kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')})`
  return async (nodes, visit) => {
    for (const [from, to] of await reader.rows<[number, number]>(sql, JSON.stringify(nodes))) visit(from, to)
  }
}

/** Whether a kind takes part in the derivations (or delegations) that may not go round. */
function isIn(definition: RelationDefinition, group: 'derivation' | 'delegation'): boolean {
  return definition.acyclic === group
}

/**
 * The nodes of a cycle of derivations (or delegations) that a relation would close, the first repeated last, or
 * `undefined` where it closes none: nothing comes from itself, and nobody acts on their own behalf.
 */
export async function findCycleOf(
  reader: Reader,
  group: 'derivation' | 'delegation',
  source: number,
  target: number,
): Promise<number[] | undefined> {
  const kinds = RELATION_KINDS.filter((kind) => isIn(relationDefinition(kind), group))
  const path = await findPath([target], [source], follow(reader, kinds, 'source'), follow(reader, kinds, 'target'))
  return path && [source, ...path]
}

import { AlreadyExistsError, NotFoundError } from '../errors.js'
import type { NodeId } from '../ids.js'
import type { Awaitable, Reader, Writer } from '../store/store.js'
import { NODE_KINDS, type NodeKind } from '../vocabulary.js'

/** One row of `nodes`. */
export interface NodeRow {
  readonly key: number
  readonly kind: NodeKind
  readonly namespace: string
  readonly uuid: string
}

const UUID_LENGTH = 36

/** The id of a node, from the two parts that the file keeps. */
export function toId<Id extends NodeId>(namespace: string, uuid: string): Id {
  return `${namespace}--${uuid}` as Id
}

function uuidOf(id: string): string {
  return id.slice(-UUID_LENGTH)
}

/** The namespace of an id that is known to be well-formed. */
export function namespaceOf(id: string): string {
  return id.slice(0, -UUID_LENGTH - 2)
}

/** The node with this id, whatever its kind. */
export async function findNode(reader: Reader, id: string): Promise<NodeRow | undefined> {
  const row = await reader.get<NodeRow>('SELECT key, kind, namespace, uuid FROM nodes WHERE uuid = ?', uuidOf(id))
  return row !== undefined && row.namespace === namespaceOf(id) ? row : undefined
}

/** @throws {NotFoundError} there is none, or it is of another kind. */
export async function requireNode(reader: Reader, id: string, expected: readonly NodeKind[]): Promise<NodeRow> {
  const row = await findNode(reader, id)
  if (row === undefined) throw new NotFoundError(id, expected)
  if (!expected.includes(row.kind)) throw new NotFoundError(id, expected, row.kind)
  return row
}

/** @throws {AlreadyExistsError} a node has the uuid of this id. */
export async function requireFree(reader: Reader, id: string): Promise<void> {
  const row = await reader.get<{ kind: NodeKind }>('SELECT kind FROM nodes WHERE uuid = ?', uuidOf(id))
  if (row !== undefined) throw new AlreadyExistsError(id, row.kind)
}

/** The key of a node that an event names, and which therefore exists. */
export async function keyOf(reader: Reader, id: string): Promise<number> {
  const row = await reader.get<{ key: number }>('SELECT key FROM nodes WHERE uuid = ?', uuidOf(id))
  if (row === undefined) throw new NotFoundError(id, NODE_KINDS)
  return row.key
}

/** Adds the node that an event brings into being; its key is the event's number. */
export function insertNode(writer: Writer, key: number, kind: NodeKind, id: string): Awaitable<void> {
  return writer.run(
    'INSERT INTO nodes (key, kind, namespace, uuid) VALUES (?, ?, ?, ?)',
    key,
    kind,
    namespaceOf(id),
    uuidOf(id),
  )
}

/** The ids of nodes by their keys, in the same order; `undefined` for a key that no node has. */
export async function idsOf(reader: Reader, keys: readonly number[]): Promise<(NodeId | undefined)[]> {
  const ids = new Map<number, NodeId>()
  const rows = await reader.all<NodeRow>(
    'SELECT n.key, n.kind, n.namespace, n.uuid FROM json_each(?) k JOIN nodes n ON n.key = k.value',
    JSON.stringify(keys),
  )
  for (const row of rows) ids.set(row.key, toId(row.namespace, row.uuid))
  return keys.map((key) => ids.get(key))
}

import { AlreadyExistsError, NotFoundError } from '../errors.js'
import type { NodeId } from '../ids.js'
import type { Awaitable, Reader, Writer } from '../store/store.js'
import { NODE_KINDS, type NodeKind } from '../vocabulary.js'

/** A node's two names: what its id consists of. */
export interface NodeName {
  readonly namespace: string
  readonly uuid: string
}

/** One row of `nodes`. */
export interface NodeRow extends NodeName {
  /** The number of the event that made the node (docs/decisions/0004). */
  readonly key: number
  readonly kind: NodeKind
}

const UUID_LENGTH = 36

/** The id of a node, from the two parts that the file keeps. */
export function toId<Id extends NodeId>(namespace: string, uuid: string): Id {
  return `${namespace}--${uuid}` as Id
}

/** The id of a node, from its two names. */
export function idOf<Id extends NodeId>({ namespace, uuid }: NodeName): Id {
  return toId(namespace, uuid)
}

/** The two names that an id consists of which is known to be well-formed. */
export function nameOf(id: string): NodeName {
  return { namespace: namespaceOf(id), uuid: uuidOf(id) }
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

/** The nodes that one command brings into being, in the order of its events: the file does not know them yet. */
export class Born {
  readonly #nodeByUuid = new Map<string, { readonly id: NodeId; readonly kind: NodeKind }>()

  has(id: NodeId, kind: NodeKind): boolean {
    const node = this.#nodeByUuid.get(uuidOf(id))
    return node !== undefined && node.id === id && node.kind === kind
  }

  /** @throws {AlreadyExistsError} a node of the file, or one that the command makes before, has the uuid of this id. */
  async add(reader: Reader, id: NodeId, kind: NodeKind): Promise<void> {
    const twin = this.#nodeByUuid.get(uuidOf(id))
    if (twin !== undefined) throw new AlreadyExistsError(id, twin.kind)
    await requireFree(reader, id)
    this.#nodeByUuid.set(uuidOf(id), { id, kind })
  }
}

/** The key of a node that an event names, and which therefore exists. */
export async function keyOf(reader: Reader, id: string): Promise<number> {
  const row = await reader.get<{ key: number }>('SELECT key FROM nodes WHERE uuid = ?', uuidOf(id))
  if (row === undefined) throw new NotFoundError(id, NODE_KINDS)
  return row.key
}

/** Adds the node that the event of this number brings into being. */
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

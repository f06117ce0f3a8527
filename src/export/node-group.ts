import { type Iri, Literal } from '../prov/terms.js'
import { PROV } from '../prov/vocabularies.js'
import type { SqlValue } from '../store/store.js'
import type { NodeKind } from '../vocabulary.js'
import type { ExportContext } from './export-context.js'
import { generationOf, linkGeneration } from './generation.js'
import { Links } from './links.js'
import { describe } from './node-description.js'
import {
  invalidatedAt,
  linkInvalidation,
  linkRelations,
  type NodeRelations,
  readRelations,
  relationsOf,
} from './relations.js'
import type { NodeWindow } from './windows.js'

/** What is read of one node: its key and its two names, then what its kind needs. */
type NodeRow = readonly [key: number, namespace: string, uuid: string, ...SqlValue[]]

/** What one node is described with besides its row. */
export interface NodeParts<More> {
  readonly links: Links
  readonly relations: NodeRelations
  readonly more: More
}

/** How the nodes of one kind are exported. `More` is what is read for a window besides rows and relations. */
export interface NodeGroup<Row extends NodeRow, More = void> {
  readonly kind: NodeKind
  /** The types of every node of this kind. */
  readonly types: readonly Iri[]
  /** The types of one node, where its row tells more than its kind. */
  readonly typesOf?: (row: Row) => readonly Iri[]
  /** Selects the rows of a window in its order; it binds the keys of the window. */
  readonly sql: string
  readonly readMore: (context: ExportContext, window: NodeWindow) => Promise<More>
  /** When an entity came about, for a kind that comes about in the record itself; `write` says so. */
  readonly generatedAt?: (row: Row) => string
  /** When an entity was there at the latest, for a kind that can be older than its record. */
  readonly existedBy?: (row: Row) => string
  /** Writes what only nodes of this kind have, and adds their links other than relations. */
  readonly write: (context: ExportContext, subject: Iri, row: Row, parts: NodeParts<More>) => void
}

/** For a group that is described by its rows and relations alone. */
export async function nothingMore(): Promise<void> {}

/** Writes every node of a group, with pauses after longer readings and when the writer is full. */
export async function* writeGroup<Row extends NodeRow, More>(
  context: ExportContext,
  group: NodeGroup<Row, More>,
  windows: readonly NodeWindow[],
): AsyncGenerator<void> {
  const { reader, writer } = context
  for (const window of windows) {
    const rows = await reader.rows<Row>(group.sql, window.keys)
    yield
    const more = await group.readMore(context, window)
    yield
    const windowRelations = await readRelations(context, window)
    yield
    for (const row of rows) {
      const [key, namespace, uuid] = row
      const node = { namespace, uuid }
      const relations = relationsOf(windowRelations, key)
      const links = new Links()
      const subject = describe(context, node, group.typesOf?.(row) ?? group.types)
      group.write(context, subject, row, { links, relations, more })
      const generatedAt = group.generatedAt?.(row)
      const generation = generationOf(relations, generatedAt, group.existedBy?.(row))
      if (generation !== undefined && group.existedBy !== undefined) {
        writer.write(subject, PROV.generatedAtTime, Literal.dateTime(generation.at))
      }
      const endedAt = invalidatedAt(relations, generatedAt ?? generation?.at)
      if (endedAt !== undefined) writer.write(subject, PROV.invalidatedAtTime, Literal.dateTime(endedAt))
      linkRelations(context, links, relations, node)
      linkInvalidation(context, links, relations, node, endedAt)
      if (generation !== undefined) linkGeneration(context, links, node, generation)
      links.write(writer, subject)
      if (writer.full) yield
    }
    // In full, a task is done only when its revisions are written too, and they count it.
    if (!(context.isFull && group.kind === 'task')) context.progress.add(window.count)
    yield
  }
}

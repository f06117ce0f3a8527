import { type Iri, Literal } from '../prov/terms.js'
import { PROV } from '../prov/vocabularies.js'
import type { SqlValue } from '../store/store.js'
import type { NodeKind } from '../vocabulary.js'
import type { ExportContext } from './export-context.js'
import { Links } from './links.js'
import { describe } from './node-description.js'
import { linkRelations, readRelations, relationsOf } from './relations.js'
import { type NodeWindow, windowValues } from './windows.js'

/** What is read of one node: its key and its two names, then what its kind needs. */
type NodeRow = readonly [key: number, namespace: string, uuid: string, ...SqlValue[]]

/** How the nodes of one kind are exported. `More` is what is read for a window besides rows and relations. */
export interface NodeGroup<Row extends NodeRow, More = void> {
  readonly kind: NodeKind
  /** The types of every node of this kind. */
  readonly types: readonly Iri[]
  /** The types of one node, where its row tells more than its kind. */
  readonly typesOf?: (row: Row) => readonly Iri[]
  /** Selects the rows of a window in order of their uuids; it binds the values of the window. */
  readonly sql: string
  readonly readMore: (context: ExportContext, window: NodeWindow) => Promise<More>
  /** Writes what only nodes of this kind have, and adds their links other than relations. */
  readonly write: (context: ExportContext, subject: Iri, row: Row, links: Links, more: More) => void
}

/** For a group that is described by its rows and relations alone. */
export async function nothingMore(): Promise<void> {}

/** Writes every node of a group, with pauses after longer readings and when the writer is full. */
export async function* writeGroup<Row extends NodeRow, More>(
  context: ExportContext,
  group: NodeGroup<Row, More>,
): AsyncGenerator<void> {
  const { reader, writer } = context
  for (const window of context.windows) {
    if (!window.kinds.has(group.kind)) continue
    const rows = await reader.rows<Row>(group.sql, ...windowValues(window, context.namespace))
    yield
    if (rows.length === 0) continue
    const more = await group.readMore(context, window)
    yield
    const windowRelations = await readRelations(context, window, group.kind)
    yield
    for (const row of rows) {
      const [key, namespace, uuid] = row
      const node = { namespace, uuid }
      const relations = relationsOf(windowRelations, key)
      const links = new Links()
      const subject = describe(context, node, group.typesOf?.(row) ?? group.types)
      group.write(context, subject, row, links, more)
      if (relations.invalidatedAt !== undefined) {
        writer.write(subject, PROV.invalidatedAtTime, Literal.dateTime(relations.invalidatedAt))
      }
      linkRelations(context, links, relations, node)
      links.write(writer, subject)
      if (writer.full) yield
    }
  }
}

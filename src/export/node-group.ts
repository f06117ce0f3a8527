import type { NodeKind } from '../errors.js'
import type { SqlValue } from '../store/store.js'
import type { ExportContext } from './export-context.js'
import { type NodeRelations, readRelations, relationsOf } from './relations.js'
import { type NodeWindow, windowValues } from './windows.js'

/** How the nodes of one kind are exported. `More` is what is read for a window besides rows and relations. */
export interface NodeGroup<Row extends readonly [key: number, ...SqlValue[]], More = void> {
  readonly kind: NodeKind
  /** Selects the rows of a window in order of their uuids, the key first; it binds the values of the window. */
  readonly sql: string
  readonly readMore: (context: ExportContext, window: NodeWindow) => Promise<More>
  readonly write: (context: ExportContext, row: Row, relations: NodeRelations, more: More) => void
}

/** For a group that is described by its rows and relations alone. */
export async function nothingMore(): Promise<void> {}

/** Writes every node of a group, with pauses after longer readings and when the writer is full. */
export async function* writeGroup<Row extends readonly [key: number, ...SqlValue[]], More>(
  context: ExportContext,
  group: NodeGroup<Row, More>,
): AsyncGenerator<void> {
  for (const window of context.windows) {
    if (!window.kinds.has(group.kind)) continue
    const rows = await context.reader.rows<Row>(group.sql, ...windowValues(window, context.namespace))
    yield
    if (rows.length === 0) continue
    const more = await group.readMore(context, window)
    yield
    const relations = await readRelations(context, window, group.kind)
    yield
    for (const row of rows) {
      group.write(context, row, relationsOf(relations, row[0]), more)
      if (context.writer.full) yield
    }
  }
}

import { PROV } from '../prov/vocabularies.js'
import type { NodeName } from '../record/nodes.js'
import type { ExportContext } from './export-context.js'
import { liesWithin, qualifyGeneration } from './generation.js'
import type { Links } from './links.js'
import type { NodeRelations } from './relations.js'
import { RowsByNode } from './rows-by-node.js'
import { type NodeWindow, WINDOW_ORDER } from './windows.js'

/** How a node came about, by the event that its key names. */
export type MakingRow = [
  key: number,
  transaction: string,
  actor: string,
  activity: string | null,
  startedAt: string | null,
  endedAt: string | null,
]

/** In full, how the nodes of a window came about that do so in the record itself. */
export async function readMakings(context: ExportContext, window: NodeWindow): Promise<RowsByNode<MakingRow>> {
  if (!context.isFull) return new RowsByNode<MakingRow>([])
  return new RowsByNode(
    await context.reader.rows<MakingRow>(
      `SELECT e.seq, e."transaction", e.actor, e.activity, a.started_at, a.ended_at
       FROM json_each(?) k CROSS JOIN events e LEFT JOIN nodes n ON n.uuid = substr(e.activity, -36)
         LEFT JOIN activities a ON a.key = n.key
       WHERE e.seq = k.value
       ORDER BY ${WINDOW_ORDER}`,
      window.keys,
    ),
  )
}

/** What brought a node about, unless the record names an activity that generated it: that one did then, and no other. */
export function linkMaking(
  context: ExportContext,
  links: Links,
  node: NodeName,
  {
    making,
    createdAt,
    relations,
  }: { readonly making: MakingRow | undefined; readonly createdAt: string; readonly relations: NodeRelations },
): void {
  if (making === undefined || relations.outgoing.some(([, kind]) => kind === 'generated_by')) return
  const [seq, transaction, actor, activity, startedAt, endedAt] = making
  const by = context.maker({ seq, transaction, actor, activity, startedAt, endedAt })
  links.add(PROV.wasGeneratedBy, by)
  if (activity !== null && !liesWithin(createdAt, startedAt, endedAt)) return
  const iri = context.nodeIris.qualified(PROV.qualifiedGeneration, node, activity ?? transaction)
  qualifyGeneration(links, { iri, by, at: createdAt })
}

import type { ExportContext } from './export-context.js'
import type { Links } from './links.js'
import { PT } from './provtrail-terms.js'

/** Links a node to the evidence that it names, by ids, where there is any. */
export function linkEvidence(context: ExportContext, links: Links, ids: unknown): void {
  for (const id of (ids ?? []) as readonly string[]) links.add(PT.evidence, context.referTo(id))
}

import type { Lineage } from './lineage/lineage.js'
import { shorten } from './text/shorten.js'

/** The heading of a lineage: the one given, or one made from its root. */
export function lineageTitle(lineage: Lineage, title?: string): string {
  return title ?? `Lineage of ${shorten(lineage.nodes[0]?.label ?? lineage.root, 120)}`
}

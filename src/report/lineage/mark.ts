import { hasFailed } from './activity-result.js'
import type { NodeFields } from './lineage.js'

/**
 * What nobody who looks at a node may overlook: the status of a task stands as it was forced, an activity failed or what it
 * handed in was rejected, the lease of an attempt ran out, something has taken the place of a decision or learning.
 */
export type Mark = 'forced' | 'failed' | 'expired' | 'superseded'

/** How a mark is told. */
export const MARK_WORDS: Readonly<Record<'forced' | 'superseded', string>> = {
  forced: 'by force',
  superseded: 'superseded',
}

/** What marks say in the legend of a picture, in the order in which they stand there. */
export const MARK_LEGEND: Readonly<Record<Mark, string>> = {
  forced: 'status changed by force',
  failed: 'failed or rejected',
  expired: 'lease ran out',
  superseded: 'superseded',
}

/** The marks that some nodes have, in the order of the legend. */
export function marksAmong(nodes: readonly { readonly mark?: Mark }[]): Mark[] {
  const found = new Set(nodes.map(({ mark }) => mark))
  return (Object.keys(MARK_LEGEND) as Mark[]).filter((mark) => found.has(mark))
}

/** The mark of a node, where it has one. */
export function markOf(node: NodeFields): Mark | undefined {
  switch (node.kind) {
    case 'task':
      return node.fields.forced === undefined ? undefined : 'forced'
    case 'activity':
      if (node.run?.endedBy === 'expired') return 'expired'
      return hasFailed(node) ? 'failed' : undefined
    case 'decision':
    case 'learning':
      return node.fields.supersededBy === undefined ? undefined : 'superseded'
    default:
      return undefined
  }
}

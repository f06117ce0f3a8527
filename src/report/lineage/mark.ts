import type { NodeFields } from './lineage.js'

/**
 * What nobody who looks at a node may overlook: the status of a task stands as it was forced, the lease of an attempt ran out,
 * something has taken the place of a decision or learning.
 */
export type Mark = 'forced' | 'expired' | 'superseded'

/** How a mark is told. */
export const MARK_WORDS: Readonly<Record<Mark, string>> = {
  forced: 'by force',
  expired: 'lease ran out',
  superseded: 'superseded',
}

/** What marks say in the legend of a picture, in the order in which they stand there. */
export const MARK_LEGEND: Readonly<Record<Mark, string>> = {
  forced: 'status changed by force',
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
      return node.run?.endedBy === 'expired' ? 'expired' : undefined
    case 'decision':
    case 'learning':
      return node.fields.supersededBy === undefined ? undefined : 'superseded'
    default:
      return undefined
  }
}

import { counted } from '../text/counted.js'
import type { Lineage, Truncation } from './lineage.js'

/** Why relations of a node were not followed. */
export const TRUNCATION_REASONS: Readonly<Record<Truncation['reason'], string>> = {
  depth: 'because they lie beyond the depth that was asked for',
  max_nodes: 'because the limit of nodes was reached',
}

/** What the lineage itself does not hold: a sentence for each reason. */
export function truncationSentences({ truncated }: Lineage): string[] {
  return (['depth', 'max_nodes'] as const).flatMap((reason) => {
    const cut = truncated.filter((truncation) => truncation.reason === reason)
    if (cut.length === 0) return []
    const omitted = cut.reduce((sum, truncation) => sum + truncation.omitted, 0)
    const were = omitted === 1 ? 'was' : 'were'
    return [
      `${counted(omitted, 'relation')} of ${counted(cut.length, 'node')} ${were} not followed, ${TRUNCATION_REASONS[reason]}.`,
    ]
  })
}

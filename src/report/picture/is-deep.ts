import { isResponsibility } from './edge-kind.js'
import type { Picture } from './picture.js'

/**
 * How many pixels a shape takes, about. Where causes stand beside their effects, a chain of 10 shapes is 2,800 wide, and 10
 * shapes of one rank, one below another, are 600 high. Where causes stand above, the chain is 1,100 high and the rank 2,000
 * wide.
 */
const BESIDE = { ofChain: 280, ofRank: 60 }
const ABOVE = { ofChain: 110, ofRank: 200 }
/** Width over height of what suits a page. */
const BEST_ASPECT = 1.3

/** Whether the picture comes nearer to the shape of a page where causes stand above their effects, not beside them. */
export function isDeep(picture: Picture): boolean {
  const targetsBySource = new Map<string, string[]>(picture.nodes.map(({ key }) => [key, []]))
  for (const { source, target, label } of picture.edges) {
    if (!isResponsibility(label)) targetsBySource.get(source)?.push(target)
  }
  const rankByKey = new Map<string, number>()
  const rankOf = (key: string): number => {
    const known = rankByKey.get(key)
    if (known !== undefined) return known
    // Until it is known: in a cycle, this is where it is cut.
    rankByKey.set(key, 0)
    let rank = 0
    for (const target of targetsBySource.get(key)!) rank = Math.max(rank, rankOf(target) + 1)
    rankByKey.set(key, rank)
    return rank
  }
  const sizes: number[] = []
  for (const { key } of picture.nodes) sizes[rankOf(key)] = (sizes[rankOf(key)] ?? 0) + 1
  const ranks = sizes.length
  const widest = Math.max(1, ...sizes.map((size) => size ?? 0))
  const misfit = (width: number, height: number) => Math.abs(Math.log(width / height / BEST_ASPECT))
  return misfit(widest * ABOVE.ofRank, ranks * ABOVE.ofChain) < misfit(ranks * BESIDE.ofChain, widest * BESIDE.ofRank)
}

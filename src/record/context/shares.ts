/** Something that wants room, and how much it counts beside others. */
export interface Demand {
  readonly size: number
  readonly weight: number
}

/**
 * How much room each gets of a total, in whole numbers: nobody more than they ask for, and what one does not need goes to
 * the others by their weights (weighted max-min fairness).
 */
export function sharesOf(demands: readonly Demand[], total: number): number[] {
  const shares = demands.map(() => 0)
  let left = Math.max(0, total)
  let waiting = demands.map((_, index) => index)
  while (waiting.length > 0) {
    const weights = waiting.reduce((sum, index) => sum + demands[index]!.weight, 0)
    const shareOf = (index: number) => Math.floor((left * demands[index]!.weight) / weights)
    const content = waiting.filter((index) => demands[index]!.size <= shareOf(index))
    if (content.length === 0) {
      for (const index of waiting) shares[index] = shareOf(index)
      return shares
    }
    for (const index of content) shares[index] = demands[index]!.size
    left -= content.reduce((sum, index) => sum + demands[index]!.size, 0)
    waiting = waiting.filter((index) => !content.includes(index))
  }
  return shares
}

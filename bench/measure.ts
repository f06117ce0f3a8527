/** Several measurements of one thing. */
export interface Series {
  readonly runs: readonly number[]
  readonly median: number
  readonly worst: number
}

export function seriesOf(runs: readonly number[]): Series {
  if (runs.length === 0) throw new Error('nothing was measured')
  return { runs, median: median(runs), worst: Math.max(...runs) }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** How long it takes, in milliseconds. */
export async function timed(work: () => unknown): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/**
 * Measures several sides in turns, so that whatever else the machine does meets all of them alike.
 *
 * Each side does its work and says how long the part that counts took. One more round comes first and is not counted;
 * every other round goes in the opposite order.
 */
export async function interleave<Name extends string>(
  rounds: number,
  sides: Readonly<Record<Name, () => Promise<number | readonly number[]>>>,
): Promise<Record<Name, Series>> {
  const names = Object.keys(sides) as Name[]
  const runs = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round <= rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const measured = [await sides[name]()].flat()
      if (round > 0) runs[name].push(...measured)
    }
  }
  return Object.fromEntries(names.map((name) => [name, seriesOf(runs[name])])) as Record<Name, Series>
}

import { chunksOf } from '../../chunks.js'
import type { Awaitable } from '../../store/store.js'

/**
 * Told of an arrow: from a node that was asked for, or that was passed from one just now, to the node at its end. That
 * node is passed, and need not be asked for, where its own arrows are told as well.
 */
type Visit = (from: number, to: number, isPassed?: boolean) => void

/** Looks up the arrows at many nodes at once, and tells each. */
export type Expand = (nodes: readonly number[], visit: Visit) => Awaitable<void>

/** One side of the search: what it has reached, and from where. */
class Side {
  readonly cameFrom = new Map<number, number | undefined>()
  frontier: number[] = []

  constructor(
    readonly expand: Expand,
    starts: Iterable<number>,
  ) {
    for (const start of starts) {
      this.cameFrom.set(start, undefined)
      this.frontier.push(start)
    }
  }
}

/** How many nodes are looked up at once: enough to pay for the statement, too few to hold up the event loop. */
const CHUNK = 2_000

/**
 * A path along the arrows from one of `starts` to one of `goals`, both included, or `undefined` where there is none.
 *
 * Searches from both ends at once, level by level, the smaller frontier first: where either end is in a small part of
 * the graph, the size of the other does not matter; between equals the goals go first. Cost grows with the nodes visited; each is expanded once.
 */
export async function findPath(
  starts: Iterable<number>,
  goals: Iterable<number>,
  forward: Expand,
  backward: Expand,
): Promise<number[] | undefined> {
  const ahead = new Side(forward, starts)
  const behind = new Side(backward, goals)
  for (const node of ahead.cameFrom.keys()) if (behind.cameFrom.has(node)) return [node]
  while (ahead.frontier.length > 0 && behind.frontier.length > 0) {
    const [side, other] = ahead.frontier.length < behind.frontier.length ? [ahead, behind] : [behind, ahead]
    const meeting = await advance(side, other)
    if (meeting !== undefined) return [...trace(ahead, meeting).reverse(), ...trace(behind, meeting).slice(1)]
  }
  return undefined
}

/** Moves one side on by a level; the node where it meets the other side, if it does. */
async function advance(side: Side, other: Side): Promise<number | undefined> {
  const level = side.frontier
  let meeting: number | undefined
  const visit: Visit = (from, to, isPassed) => {
    if (side.cameFrom.has(to)) return
    side.cameFrom.set(to, from)
    if (isPassed !== true) side.frontier.push(to)
    if (meeting === undefined && other.cameFrom.has(to)) meeting = to
  }
  side.frontier = []
  for (const some of chunksOf(level, CHUNK)) {
    await side.expand(some, visit)
    if (meeting !== undefined) break
  }
  return meeting
}

/** The way back from a node to where its side began, that node first. */
function trace(side: Side, from: number): number[] {
  const path: number[] = []
  for (let node: number | undefined = from; node !== undefined; node = side.cameFrom.get(node)) path.push(node)
  return path
}

import type { Adjacency } from './adjacency.js'

/**
 * Finds shortest cycles, component by component.
 *
 * One node after another is searched from and then taken out, with all that lies on no cycle any more: every cycle is
 * looked for at the first of its nodes that is taken out, and once nothing is left the best one found is a shortest.
 * Nodes of many edges come first, since without them the rest falls apart soonest. Each search goes from both sides, level
 * by level, no further than a cycle shorter than the best so far could reach. So the cost is that of as many searches as
 * nodes have to be taken out: one for a ring or a ladder with one way back, and at worst nodes times edges.
 */
export class ShortestCycles {
  readonly #componentOf: Int32Array
  readonly #isOut: Uint8Array
  readonly #forward: Side
  readonly #backward: Side

  constructor(adjacency: Adjacency, componentOf: Int32Array) {
    this.#componentOf = componentOf
    this.#isOut = new Uint8Array(adjacency.size)
    this.#forward = new Side(adjacency)
    this.#backward = new Side(adjacency.reversed())
  }

  /** A shortest cycle among the nodes of a component of two or more: its nodes in order, the first repeated last. */
  within(component: ArrayLike<number>): number[] {
    const nodes = Array.from(component)
    const loop = nodes.find((node) => this.#forward.adjacency.targetsOf(node).includes(node))
    if (loop !== undefined) return [loop, loop]
    for (const node of nodes) {
      this.#forward.degrees[node] = this.#degree(this.#forward, node)
      this.#backward.degrees[node] = this.#degree(this.#backward, node)
    }
    const edges = nodes.map((node) => this.#forward.degrees[node]! * this.#backward.degrees[node]!)
    const order = [...nodes.keys()].sort((one, other) => edges[other]! - edges[one]! || one - other)
    let best: number[] | undefined
    for (const at of order) {
      const node = nodes[at]!
      // Two edges: nothing is shorter but a node with an edge to itself, of which there is none.
      if (best?.length === 3) break
      if (this.#isOut[node] === 1) continue
      best = this.#cycleThrough(node, best === undefined ? Number.POSITIVE_INFINITY : best.length - 1) ?? best
      this.#takeOut(node)
    }
    return best!
  }

  #degree({ adjacency }: Side, node: number): number {
    let degree = 0
    for (const target of adjacency.targetsOf(node)) if (this.#componentOf[target] === this.#componentOf[node]) degree++
    return degree
  }

  /** A shortest cycle through a node that has fewer edges than `limit`. */
  #cycleThrough(node: number, limit: number): number[] | undefined {
    const [forward, backward] = [this.#forward, this.#backward]
    forward.start(node)
    backward.start(node)
    // What is nearer than the levels reached has not met: the next step finds cycles of `length` edges, and no shorter.
    for (let length = 1; length < limit; length++) {
      const side = forward.level.length <= backward.level.length ? forward : backward
      const met = this.#advance(side, side === forward ? backward : forward)
      if (met !== undefined) {
        const [from, to] = side === forward ? met : [met[1], met[0]]
        return [...forward.pathTo(from).reverse(), ...backward.pathTo(to)]
      }
      if (side.level.length === 0) return undefined
    }
    return undefined
  }

  /** Goes on by one level: the edge, as this side sees it, that leads to where the other side has been. */
  #advance(side: Side, other: Side): readonly [near: number, far: number] | undefined {
    const next: number[] = []
    for (const node of side.level) {
      for (const target of side.adjacency.targetsOf(node)) {
        if (this.#isOut[target] === 1 || this.#componentOf[target] !== this.#componentOf[node]) continue
        if (other.hasSeen(target)) return [node, target]
        if (side.hasSeen(target)) continue
        side.see(target, node)
        next.push(target)
      }
    }
    side.level = next
    return undefined
  }

  /** Takes a node out, and then all that no edge leads to, or from, any more. */
  #takeOut(node: number): void {
    this.#isOut[node] = 1
    const going = [node]
    for (let gone = going.pop(); gone !== undefined; gone = going.pop()) {
      for (const [side, other] of [
        [this.#forward, this.#backward],
        [this.#backward, this.#forward],
      ] as const) {
        for (const target of side.adjacency.targetsOf(gone)) {
          if (this.#isOut[target] === 1 || this.#componentOf[target] !== this.#componentOf[gone]) continue
          if (--other.degrees[target]! > 0) continue
          this.#isOut[target] = 1
          going.push(target)
        }
      }
    }
  }
}

/** One direction of the searches. */
class Side {
  readonly adjacency: Adjacency
  /** How many edges of each node lead, in this direction, to what is not taken out. */
  readonly degrees: Int32Array
  level: number[] = []
  readonly #before: Int32Array
  readonly #seenIn: Int32Array
  #search = 0

  constructor(adjacency: Adjacency) {
    this.adjacency = adjacency
    this.degrees = new Int32Array(adjacency.size)
    this.#before = new Int32Array(adjacency.size)
    this.#seenIn = new Int32Array(adjacency.size)
  }

  start(node: number): void {
    this.#search++
    this.see(node, -1)
    this.level = [node]
  }

  see(node: number, before: number): void {
    this.#seenIn[node] = this.#search
    this.#before[node] = before
  }

  hasSeen(node: number): boolean {
    return this.#seenIn[node] === this.#search
  }

  /** From a node back to the start of the search. */
  pathTo(node: number): number[] {
    const path: number[] = []
    for (let step = node; step !== -1; step = this.#before[step]!) path.push(step)
    return path
  }
}

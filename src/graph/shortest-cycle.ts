import type { Adjacency } from './adjacency.js'

/**
 * A shortest cycle among these nodes, the first repeated last; `undefined` where there is none.
 *
 * One node after another is searched from, no further than a cycle shorter than the best so far could lie, and then taken
 * out with all that is in no cycle any more: every cycle is looked for at the first of its nodes that is taken out.
 * Nodes of many edges come first, since without them the rest falls apart soonest.
 */
export function shortestCycle(adjacency: Adjacency, component: readonly number[]): number[] | undefined {
  const rest = new Remainder(adjacency, component)
  let best: number[] | undefined
  for (const node of rest.busiestFirst()) {
    if (!rest.has(node)) continue
    best = cycleThrough(rest, node, best?.length ?? Number.POSITIVE_INFINITY) ?? best
    // A node on an edge to itself: nothing is shorter.
    if (best?.length === 2) return best
    rest.remove(node)
  }
  return best
}

/** A shortest cycle through a node with fewer entries than `limit`, by a search breadth first. */
function cycleThrough(rest: Remainder, start: number, limit: number): number[] | undefined {
  const before = new Map<number, number>()
  let level = [start]
  // A cycle of `length` edges has one entry more.
  for (let length = 1; length + 1 < limit && level.length > 0; length++) {
    const next: number[] = []
    for (const node of level) {
      for (const target of rest.targets(node)) {
        if (target === start) return pathTo(node, start, before)
        if (before.has(target) || !rest.has(target)) continue
        before.set(target, node)
        next.push(target)
      }
    }
    level = next
  }
  return undefined
}

function pathTo(node: number, start: number, before: ReadonlyMap<number, number>): number[] {
  const path = [start]
  for (let step = node; step !== start; step = before.get(step)!) path.push(step)
  path.push(start)
  return path.reverse()
}

/** What is left of a component as its nodes are taken out. */
class Remainder {
  readonly #adjacency: Adjacency
  readonly #component: readonly number[]
  readonly #sources = new Map<number, number[]>()
  readonly #inDegree = new Map<number, number>()
  readonly #outDegree = new Map<number, number>()

  constructor(adjacency: Adjacency, component: readonly number[]) {
    this.#adjacency = adjacency
    this.#component = component
    for (const node of component) this.#sources.set(node, [])
    for (const node of component) {
      let degree = 0
      for (const target of adjacency.targets(node)) {
        const sources = this.#sources.get(target)
        if (sources === undefined) continue
        sources.push(node)
        degree++
      }
      this.#outDegree.set(node, degree)
    }
    for (const [node, sources] of this.#sources) this.#inDegree.set(node, sources.length)
  }

  busiestFirst(): number[] {
    const edges = (node: number) => this.#inDegree.get(node)! * this.#outDegree.get(node)!
    const all = new Map(this.#component.map((node) => [node, edges(node)]))
    return [...this.#component].sort((one, other) => all.get(other)! - all.get(one)! || one - other)
  }

  has(node: number): boolean {
    return this.#outDegree.has(node)
  }

  targets(node: number): Int32Array {
    return this.#adjacency.targets(node)
  }

  /** Takes a node out, and then all that no edge leads to, or from, any more. */
  remove(node: number): void {
    const going = [node]
    for (let gone = going.pop(); gone !== undefined; gone = going.pop()) {
      if (!this.#outDegree.delete(gone)) continue
      for (const target of this.targets(gone)) {
        if (this.has(target) && this.#countDown(this.#inDegree, target)) going.push(target)
      }
      for (const source of this.#sources.get(gone)!) {
        if (this.has(source) && this.#countDown(this.#outDegree, source)) going.push(source)
      }
    }
  }

  #countDown(degrees: Map<number, number>, node: number): boolean {
    const left = degrees.get(node)! - 1
    degrees.set(node, left)
    return left === 0
  }
}

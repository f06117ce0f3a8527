import type { Reader } from '../../store/store.js'
import { LINEAGE_KINDS, type LineageKind } from './lineage-relation.js'
import { liesAgainst, ownEnd, type StepDirection, StepReader, type StoredStep } from './steps.js'

/** `origins`: what something came from; `effects`: what it led to. */
export type LineageDirection = 'origins' | 'effects' | 'both'

/** How far to walk, and along what. */
export interface LineageWalkOptions {
  readonly direction: LineageDirection
  /** All steps unless told. */
  readonly depth?: number
  readonly kinds?: readonly LineageKind[]
  /** All nodes unless told. */
  readonly maxNodes?: number
}

/** A node that was reached, by its key. */
interface WalkedNode {
  readonly key: number
  readonly distance: number
  readonly direction?: 'origin' | 'effect'
  readonly reachedBy?: StoredStep
}

/** How many relations of a node lead to what is left out, and why. */
interface WalkTruncation {
  readonly key: number
  readonly reason: 'depth' | 'max_nodes'
  readonly omitted: number
}

/** What a walk found. */
export interface LineageWalk {
  /** The starting nodes, then the others nearest first. */
  readonly nodes: readonly WalkedNode[]
  /** The relations that were followed and both ends of which are in `nodes`, each once. */
  readonly relations: readonly StoredStep[]
  readonly truncated: readonly WalkTruncation[]
}

/** The relations of one node in one direction, where it is not too many. */
interface Reading {
  readonly key: number
  readonly direction: StepDirection
  /** That of the nodes that they lead to. */
  readonly distance: number
  steps: StoredStep[]
  /** There are too many: `steps` are some of them. */
  readonly isCut: boolean
  /** `steps` are at least all that lie within the lineage. */
  isComplete: boolean
}

/** One of the two walks: what is to be expanded next, and all that it has been to. */
interface Front {
  level: number[]
  readonly visited: Set<number>
}

const KIND_ORDER = new Map(LINEAGE_KINDS.map((kind, index) => [kind, index]))
/** Of the directions that are a part of another one: which. */
const WHOLE: { readonly [Direction in StepDirection]?: StepDirection } = { accounts: 'origins', grounds: 'effects' }
/** A node with more relations than this for each node that may be returned is not read whole. */
const RELATIONS_PER_NODE = 4

/**
 * Walks from nodes to what they came from and what they led to, a level at a time, each node once at its least distance.
 *
 * The walk to the origins and the walk to the effects never turn round: what somebody else did with the same model, or made
 * of the same source, is no lineage of either. Whoever bears the responsibility for what was visited belongs to its origins,
 * also on the way to the effects, and so do the decisions and learnings that an activity used. What a node on the way to the
 * origins rests on belongs to them as well, though its relations point the other way: the decisions and learnings that are
 * attached to a task, what took the place of one, evidence, and the reviews of an attempt. Cost grows with the relations of
 * the nodes visited.
 */
export function walkLineage(
  reader: Reader,
  starts: readonly number[],
  options: LineageWalkOptions,
): Promise<LineageWalk> {
  return new Walk(reader, starts, options).run()
}

class Walk {
  readonly #steps: StepReader
  readonly #depth: number
  readonly #maxNodes: number
  readonly #nodes: Map<number, WalkedNode>
  readonly #origins: Front
  readonly #effects: Front
  readonly #readings: Reading[] = []
  readonly #startsLeftOut: number

  constructor(reader: Reader, starts: readonly number[], options: LineageWalkOptions) {
    const { direction, kinds, depth = Number.POSITIVE_INFINITY, maxNodes = Number.POSITIVE_INFINITY } = options
    this.#steps = new StepReader(reader, kinds)
    this.#depth = depth
    this.#maxNodes = maxNodes
    const all = [...new Set(starts)].sort((one, other) => one - other)
    const kept = all.slice(0, maxNodes)
    this.#startsLeftOut = all.length - kept.length
    this.#nodes = new Map(kept.map((key) => [key, { key, distance: 0 }]))
    this.#origins = frontOf(direction === 'effects' ? [] : kept)
    this.#effects = frontOf(direction === 'origins' ? [] : kept)
  }

  async run(): Promise<LineageWalk> {
    for (let distance = 1; this.#origins.level.length + this.#effects.level.length > 0; distance++) {
      const readings = await this.#readLevel(distance)
      for (const reading of readings) this.#readings.push(reading)
      this.#origins.level = []
      this.#effects.level = []
      if (distance > this.#depth) break
      this.#visit(readings, distance)
      if (!this.#isFull) continue
      // What the lineage consists of is settled; the walks may still come to parts of it that they have not been to.
      const cut = readings.filter(({ isCut }) => isCut)
      for (const reading of cut) await this.#completeWithin(reading)
      this.#visit(cut, distance)
    }
    return { nodes: [...this.#nodes.values()], ...(await this.#sortOut()) }
  }

  get #isFull(): boolean {
    return this.#nodes.size >= this.#maxNodes
  }

  /** The relations of the nodes of a level, as far as they lead on. */
  async #readLevel(distance: number): Promise<Reading[]> {
    const [origins, effects] = [this.#origins.level, this.#effects.level]
    return [
      ...(await this.#read('origins', origins, distance)),
      ...(await this.#read('grounds', origins, distance)),
      ...(await this.#read('effects', effects, distance)),
      // Those on the way to the origins have been asked for everybody already.
      ...(await this.#read(
        'accounts',
        effects.filter((key) => !this.#origins.visited.has(key)),
        distance,
      )),
    ]
  }

  async #read(direction: StepDirection, keys: readonly number[], distance: number): Promise<Reading[]> {
    if (keys.length === 0) return []
    const limit = Number.isFinite(this.#maxNodes) ? RELATIONS_PER_NODE * this.#maxNodes : undefined
    const { steps, tooMany } = await this.#steps.all(direction, keys, limit)
    const readings = new Map<number, Reading>()
    for (const key of keys)
      readings.set(key, { key, direction, distance, steps: [], isCut: tooMany.has(key), isComplete: !tooMany.has(key) })
    for (const step of steps) readings.get(ownEnd(direction, step))!.steps.push(step)
    if (this.#isFull || distance > this.#depth) return [...readings.values()]
    // No node can come in that is not among the oldest `maxNodes` that one kind of relation leads to.
    for (const key of tooMany) readings.get(key)!.steps = await this.#steps.nearest(direction, key, this.#maxNodes)
    return [...readings.values()]
  }

  /** Takes in what relations lead to, as far as there is room, and lines up what is to be expanded next. */
  #visit(readings: readonly Reading[], distance: number): void {
    for (const { step, to, way } of readings.flatMap(metOf).sort(nearestFirst)) {
      if (!this.#nodes.has(to)) {
        if (this.#isFull) continue
        this.#nodes.set(to, { key: to, distance, direction: way, reachedBy: step })
      }
      const front = way === 'origin' ? this.#origins : this.#effects
      if (front.visited.has(to)) continue
      front.visited.add(to)
      front.level.push(to)
    }
  }

  /** To be called when the nodes of the lineage are settled. */
  async #completeWithin(reading: Reading): Promise<void> {
    if (reading.isComplete) return
    reading.steps = await this.#steps.within(reading.direction, reading.key, this.#nodes.keys())
    reading.isComplete = true
  }

  /** Parts the relations that were read into those within the lineage and those that lead out of it. */
  async #sortOut(): Promise<Pick<LineageWalk, 'relations' | 'truncated'>> {
    const relations = new Map<string, StoredStep>()
    const leftOut = new Map<number, { omitted: number; byDepth: boolean }>()
    const asked = new Set(this.#readings.map(({ key, direction }) => `${direction} ${key}`))
    const leave = (key: number, omitted: number, byDepth: boolean) => {
      const known = leftOut.get(key) ?? { omitted: 0, byDepth: true }
      leftOut.set(key, { omitted: omitted + known.omitted, byDepth: byDepth && known.byDepth })
    }
    for (const reading of this.#readings) {
      await this.#completeWithin(reading)
      const { key, direction, distance, steps, isCut } = reading
      const inside = steps.filter((step) => this.#nodes.has(otherEnd(direction, step)))
      for (const step of inside) relations.set(`${step.source} ${step.kind} ${step.target} ${step.activity}`, step)
      const omitted = (isCut ? await this.#steps.count(direction, key) : steps.length) - inside.length
      // What some relations lead to is counted where all of that way were asked for as well.
      const all = WHOLE[direction]
      const isCounted = all !== undefined && asked.has(`${all} ${key}`)
      if (omitted > 0) leave(key, isCounted ? 0 : omitted, distance > this.#depth)
    }
    const [first] = this.#nodes.keys()
    if (first !== undefined && this.#startsLeftOut > 0) leave(first, this.#startsLeftOut, false)
    const truncated: WalkTruncation[] = []
    for (const key of this.#nodes.keys()) {
      const left = leftOut.get(key)
      if (left !== undefined) {
        truncated.push({ key, reason: left.byDepth ? 'depth' : 'max_nodes', omitted: left.omitted })
      }
    }
    return { relations: [...relations.values()], truncated }
  }
}

function frontOf(starts: readonly number[]): Front {
  return { level: [...starts], visited: new Set(starts) }
}

/** A relation as it was met: from the node that was expanded, to its other end. */
interface Met {
  readonly step: StoredStep
  readonly from: number
  readonly to: number
  readonly way: 'origin' | 'effect'
}

function metOf({ key, direction, steps }: Reading): Met[] {
  const way = direction === 'effects' ? 'effect' : 'origin'
  return steps.map((step) => ({ step, from: key, to: otherEnd(direction, step), way }))
}

function otherEnd(direction: StepDirection, { source, target }: StoredStep): number {
  return liesAgainst(direction) ? source : target
}

/** Origins before effects, then in order of age; of two relations with one node, the one whose kind is declared first. */
function nearestFirst(one: Met, other: Met): number {
  if (one.way !== other.way) return one.way === 'origin' ? -1 : 1
  return (
    one.to - other.to ||
    one.from - other.from ||
    KIND_ORDER.get(one.step.kind)! - KIND_ORDER.get(other.step.kind)! ||
    one.step.activity - other.step.activity
  )
}

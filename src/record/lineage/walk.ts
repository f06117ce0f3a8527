import type { Reader } from '../../store/store.js'
import { LINEAGE_KINDS, type LineageKind } from './lineage-relation.js'
import { readSteps, type StepDirection, type StoredStep } from './steps.js'

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
export interface WalkedNode {
  readonly key: number
  readonly distance: number
  readonly direction?: 'origin' | 'effect'
  readonly reachedBy?: StoredStep
}

/** What a walk found. */
export interface LineageWalk {
  /** The starting nodes, then the others nearest first. */
  readonly nodes: readonly WalkedNode[]
  /** The relations that were followed and both ends of which are in `nodes`, each once. */
  readonly relations: readonly StoredStep[]
  /** How many relations of a node lead to what is not in `nodes`. */
  readonly truncated: readonly {
    readonly key: number
    readonly reason: 'depth' | 'max_nodes'
    readonly omitted: number
  }[]
}

/** A relation as it was met: from the node that was expanded, to its other end. */
interface Met {
  readonly from: number
  readonly to: number
  readonly direction: 'origin' | 'effect'
  readonly step: StoredStep
}

/** Where one of the two walks is: the nodes of the current level, and all that it has been to. */
interface Front {
  level: number[]
  readonly visited: Set<number>
}

const KIND_ORDER = new Map(LINEAGE_KINDS.map((kind, index) => [kind, index]))
/** A node with more relations than this for each node that may be returned is not read whole. */
const RELATIONS_PER_NODE = 4

/**
 * Walks from nodes to what they came from and what they led to, a level at a time, each node once at its least distance.
 *
 * The walk to the origins and the walk to the effects never turn round: what somebody else did with the same model, or made
 * of the same source, is no lineage of either. Whoever bears the responsibility for what was visited belongs to its origins,
 * also on the way to the effects. Cost grows with the relations of the nodes visited.
 */
export async function walkLineage(
  reader: Reader,
  starts: readonly number[],
  options: LineageWalkOptions,
): Promise<LineageWalk> {
  const { direction, depth = Number.POSITIVE_INFINITY, maxNodes = Number.POSITIVE_INFINITY } = options
  const start = [...new Set(starts)].sort((one, other) => one - other).slice(0, maxNodes)
  const nodes = new Map<number, WalkedNode>(start.map((key) => [key, { key, distance: 0 }]))
  const origins: Front = {
    level: direction === 'effects' ? [] : start,
    visited: new Set(direction === 'effects' ? [] : start),
  }
  const effects: Front = {
    level: direction === 'origins' ? [] : start,
    visited: new Set(direction === 'origins' ? [] : start),
  }
  const met: Met[] = []
  const unread = new Map<number, number>()
  for (let distance = 1; origins.level.length > 0 || effects.level.length > 0; distance++) {
    const found = await readLevel(reader, { origins, effects }, options, unread)
    origins.level = []
    effects.level = []
    for (const relation of found.sort(nearestFirst)) {
      met.push(relation)
      const { to, direction: way, step } = relation
      if (!nodes.has(to)) {
        if (distance > depth || nodes.size >= maxNodes) continue
        nodes.set(to, { key: to, distance, direction: way, reachedBy: step })
      }
      const front = way === 'origin' ? origins : effects
      if (distance > depth || front.visited.has(to)) continue
      front.visited.add(to)
      front.level.push(to)
    }
  }
  return { nodes: [...nodes.values()], ...sortOut(met, nodes, unread, depth) }
}

/** The relations of the nodes of a level, as far as they lead on. */
async function readLevel(
  reader: Reader,
  { origins, effects }: { origins: Front; effects: Front },
  { kinds, maxNodes }: LineageWalkOptions,
  unread: Map<number, number>,
): Promise<Met[]> {
  const limit = maxNodes === undefined ? undefined : RELATIONS_PER_NODE * maxNodes
  const met: Met[] = []
  const meet = async (direction: StepDirection, keys: readonly number[]) => {
    if (keys.length === 0) return
    const { steps, unread: rest } = await readSteps(reader, direction, keys, { kinds, limit })
    for (const [key, count] of rest) unread.set(key, (unread.get(key) ?? 0) + count)
    for (const step of steps) {
      met.push(
        direction === 'effects'
          ? { from: step.target, to: step.source, direction: 'effect', step }
          : { from: step.source, to: step.target, direction: 'origin', step },
      )
    }
  }
  await meet('origins', origins.level)
  await meet('effects', effects.level)
  // Those on the way to the origins have been asked for everybody already.
  await meet(
    'responsible',
    effects.level.filter((key) => !origins.visited.has(key)),
  )
  return met
}

/** Origins before effects, then in order of age; of two relations with one node, the one whose kind is declared first. */
function nearestFirst(one: Met, other: Met): number {
  if (one.direction !== other.direction) return one.direction === 'origin' ? -1 : 1
  return one.to - other.to || one.from - other.from || KIND_ORDER.get(one.step.kind)! - KIND_ORDER.get(other.step.kind)!
}

/** Parts the relations that were met into those within the lineage and those that lead out of it. */
function sortOut(
  met: readonly Met[],
  nodes: ReadonlyMap<number, WalkedNode>,
  unread: ReadonlyMap<number, number>,
  depth: number,
): Pick<LineageWalk, 'relations' | 'truncated'> {
  const relations = new Map<string, StoredStep>()
  const outward = new Map<number, Set<string>>()
  for (const { from, to, step } of met) {
    const name = `${step.source} ${step.kind} ${step.target} ${step.activity}`
    if (nodes.has(to)) {
      relations.set(name, step)
      continue
    }
    const names = outward.get(from)
    if (names === undefined) outward.set(from, new Set([name]))
    else names.add(name)
  }
  const truncated: { key: number; reason: 'depth' | 'max_nodes'; omitted: number }[] = []
  for (const { key, distance } of nodes.values()) {
    const omitted = (outward.get(key)?.size ?? 0) + (unread.get(key) ?? 0)
    if (omitted > 0) truncated.push({ key, reason: distance >= depth ? 'depth' : 'max_nodes', omitted })
  }
  return { relations: [...relations.values()], truncated }
}

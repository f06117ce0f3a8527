import type {
  Lineage,
  LineageDirection,
  LineageKind,
  LineageRelation,
  NodeId,
  Relation,
  Tracker,
} from '../../src/index.js'
import { all } from './answers.js'

/** Who did something, or answers for it, and what evidence points at: what is told in either direction. */
const ACCOUNTS: readonly LineageKind[] = ['associated_with', 'attributed_to', 'acted_on_behalf_of', 'points_at']
/** What an origin rests on, though it came later. */
const GROUNDS: readonly LineageKind[] = ['judged', 'attached_to', 'evidence_for']

/** The types of event that make a node, each with the field of its data that names the node; without one, the subject. */
const BIRTHS = {
  'task.created': undefined,
  'agent.registered': undefined,
  'activity.started': undefined,
  'artifact.added': undefined,
  'comment.added': 'id',
  'claim.acquired': 'attempt',
  'review.recorded': 'review',
  'decision.recorded': undefined,
  'learning.recorded': undefined,
  'evidence.added': 'id',
} as const

interface Step {
  readonly relation: LineageRelation
  readonly to: NodeId
  readonly way: Way
}

/** A record as its public queries tell it: its nodes, oldest first, and every relation that lineage may follow. */
export interface ModelRecord {
  readonly ids: readonly NodeId[]
  readonly relations: readonly LineageRelation[]
  /** The decisions and learnings among its nodes. */
  readonly knowledge: ReadonlySet<NodeId>
}

/** Reads a record whole. */
export async function modelOf(tracker: Tracker): Promise<ModelRecord> {
  const types = Object.keys(BIRTHS) as (keyof typeof BIRTHS)[]
  const events = await all((page) => tracker.log.events({ type: types, ...page }))
  const ids = events.map(({ type, subject, data }) => {
    const field = BIRTHS[type as keyof typeof BIRTHS]
    return (field === undefined ? subject : data![field]) as NodeId
  })
  const relations: LineageRelation[] = []
  for (const id of ids) {
    const own = await all<Relation>((page) => tracker.relations.list(id, { direction: 'out', ...page }))
    relations.push(...own)
  }
  for (const { id, agent, task, startedAt } of await all((page) => tracker.activities.list(page))) {
    relations.push({ source: id, kind: 'associated_with', target: agent, createdAt: startedAt })
    if (task !== undefined) relations.push({ source: id, kind: 'had_plan', target: task, createdAt: startedAt })
  }
  for (const { id: task } of await all((page) => tracker.tasks.list(page))) {
    for (const { id, author, createdAt } of await tracker.tasks.comments(task)) {
      relations.push({ source: id, kind: 'comment_on', target: task, createdAt })
      attribute(id, author, createdAt)
    }
  }
  for (const { id, attempt, createdAt } of await all((page) => tracker.reviews.list(page))) {
    relations.push({ source: id, kind: 'judged', target: attempt, createdAt })
  }
  const decisions = await all((page) => tracker.decisions.list({ includeSuperseded: true, ...page }))
  const learnings = await all((page) => tracker.learnings.list({ includeSuperseded: true, ...page }))
  for (const { id, agent, attachedTo, createdAt } of [...decisions, ...learnings]) {
    if (attachedTo !== undefined) relations.push({ source: id, kind: 'attached_to', target: attachedTo, createdAt })
    attribute(id, agent, createdAt)
  }
  for (const { id, agent, subject, artifact, createdAt } of await all((page) => tracker.evidence.list(page))) {
    relations.push({ source: id, kind: 'evidence_for', target: subject, createdAt })
    if (artifact !== undefined) relations.push({ source: id, kind: 'points_at', target: artifact, createdAt })
    attribute(id, agent, createdAt)
  }
  return { ids, relations, knowledge: new Set([...decisions, ...learnings].map(({ id }) => id)) }

  /** Whose work something is, unless a relation says the same. */
  function attribute(id: NodeId, agent: NodeId, createdAt: string) {
    const isSaid = relations.some(
      ({ source, kind, target }) => source === id && kind === 'attributed_to' && target === agent,
    )
    if (!isSaid) relations.push({ source: id, kind: 'attributed_to', target: agent, createdAt })
  }
}

/** How a model is asked; all of it unless told. */
export interface ModelOptions {
  readonly direction: LineageDirection
  readonly depth?: number
  readonly kinds?: readonly LineageKind[]
  readonly maxNodes?: number
}

/** What of a lineage the model foresees. */
export interface ModelLineage {
  readonly nodes: readonly {
    readonly id: NodeId
    readonly distance: number
    readonly direction?: 'origin' | 'effect'
  }[]
  /** In no order. */
  readonly relations: readonly LineageRelation[]
  readonly truncated: Lineage['truncated']
}

/** Being at a node on the way to the origins, or on the way to the effects. */
type Way = 'origin' | 'effect'

/**
 * The lineage of some nodes by its definition, worked out over every relation of the record: the distances along each way
 * first, then which nodes there is room for, then what lies between these.
 */
export function lineageByDefinition(
  record: ModelRecord,
  roots: readonly NodeId[],
  options: ModelOptions,
): ModelLineage {
  const { direction, depth = Number.POSITIVE_INFINITY, kinds, maxNodes = Number.POSITIVE_INFINITY } = options
  const age = new Map(record.ids.map((id, index) => [id, index]))
  const byAge = (one: NodeId, other: NodeId) => age.get(one)! - age.get(other)!
  const relations = record.relations.filter(({ kind }) => kinds === undefined || kinds.includes(kind))
  const ways: Way[] = direction === 'both' ? ['origin', 'effect'] : [direction === 'origins' ? 'origin' : 'effect']
  const starts = [...roots].sort(byAge).slice(0, maxNodes)

  const stepsFrom = (id: NodeId, way: Way): Step[] =>
    relations.flatMap((relation): Step[] => {
      const { source, target } = relation
      const steps: Step[] = []
      if (source === id && (way === 'origin' || isAccount(relation))) {
        steps.push({ relation, to: target, way: 'origin' })
      }
      if (target === id && way === 'effect') steps.push({ relation, to: source, way })
      if (target === id && way === 'origin' && isGround(relation)) steps.push({ relation, to: source, way })
      return steps
    })
  const isAccount = ({ kind, target }: LineageRelation) =>
    ACCOUNTS.includes(kind) || (kind === 'used' && record.knowledge.has(target))
  const isGround = ({ kind, source }: LineageRelation) =>
    GROUNDS.includes(kind) || (kind === 'supersedes' && record.knowledge.has(source))
  /** The least number of steps by which each node is reached on each way, through nodes that are allowed. */
  const distancesThrough = (isAllowed: (id: NodeId) => boolean): Record<Way, Map<NodeId, number>> => {
    const found = { origin: new Map<NodeId, number>(), effect: new Map<NodeId, number>() }
    let level = ways.flatMap((way) => starts.map((id) => ({ id, way })))
    for (let distance = 0; level.length > 0 && distance <= depth; distance++) {
      const next: typeof level = []
      for (const { id, way } of level) {
        if (found[way].has(id)) continue
        found[way].set(id, distance)
        for (const step of stepsFrom(id, way)) if (isAllowed(step.to)) next.push({ id: step.to, way: step.way })
      }
      level = next
    }
    return found
  }

  const reach = distancesThrough(() => true)
  const nodes = [...new Set([...reach.origin.keys(), ...reach.effect.keys()])]
    .map((id) => {
      const origin = reach.origin.get(id) ?? Number.POSITIVE_INFINITY
      const effect = reach.effect.get(id) ?? Number.POSITIVE_INFINITY
      const way: Way = origin <= effect ? 'origin' : 'effect'
      return { id, distance: Math.min(origin, effect), ...(!starts.includes(id) && { direction: way }) }
    })
    .sort(
      (one, other) =>
        one.distance - other.distance ||
        Number(one.direction === 'effect') - Number(other.direction === 'effect') ||
        byAge(one.id, other.id),
    )
    .slice(0, maxNodes)

  const included = new Set(nodes.map(({ id }) => id))
  const visited = distancesThrough((id) => included.has(id))
  const inside = new Set<LineageRelation>()
  const truncated: Lineage['truncated'][number][] = []
  for (const { id } of nodes) {
    const outside = new Set<LineageRelation>()
    let isByDepth = true
    for (const way of ['origin', 'effect'] as const) {
      const distance = visited[way].get(id)
      if (distance === undefined) continue
      for (const { relation, to } of stepsFrom(id, way)) {
        if (included.has(to)) {
          inside.add(relation)
          continue
        }
        outside.add(relation)
        if (distance < depth) isByDepth = false
      }
    }
    const unseen = id === starts[0] ? roots.length - starts.length : 0
    const omitted = outside.size + unseen
    if (omitted > 0) {
      truncated.push({ node: id, reason: isByDepth && unseen === 0 ? 'depth' : 'max_nodes', omitted })
    }
  }
  return { nodes, relations: [...inside], truncated }
}

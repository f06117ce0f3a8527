import type { NodeKind } from '../../vocabulary.js'

/** A moment in the life of a task: its gates are open (work may start), or it is finished. */
export type Moment = 'gates' | 'finished'

/** One arrow of waiting that a relation draws between moments of its two tasks. */
export interface Wait {
  readonly waiter: 'source' | 'target'
  readonly moment: Moment
  /** The moment of the other end that is waited for. */
  readonly for: Moment
}

/**
 * What one kind of relation means: what it joins, what it may not close, and its RDF property. What it does to readiness
 * is worked out in readiness.ts; `readiness` says so in words.
 */
export interface RelationDefinition {
  /** Kinds of node that it may start from. */
  readonly domain: readonly NodeKind[]
  /** Kinds of node that it may lead to. */
  readonly range: readonly NodeKind[]
  /** Both ends are of one kind. */
  readonly sameKind?: true
  /** The property that it becomes, as a prefixed name. */
  readonly property: string
  /** Kinds that bear the same name here may not form a cycle together. */
  readonly acyclic?: 'derivation' | 'delegation'
  /** The arrows of waiting that it draws; a cycle of these is refused. */
  readonly waits?: readonly Wait[]
  /** Adding or removing it is a change of the task that it starts from. */
  readonly raisesRevision?: true
  /** How it keeps tasks from being ready, in words. */
  readonly readiness?: string
}

const entity: readonly NodeKind[] = ['task', 'artifact', 'comment', 'decision', 'learning', 'evidence']
const task: readonly NodeKind[] = ['task']
const agent: readonly NodeKind[] = ['agent']
const activity: readonly NodeKind[] = ['activity']

/** The kinds of relation, each declared once. Like PROV's, they point from the later to the earlier, effect to cause. */
export const RELATIONS = deepFreeze({
  blocked_by: {
    domain: task,
    range: task,
    property: 'pt:blockedBy',
    waits: [{ waiter: 'source', moment: 'gates', for: 'finished' }],
    raisesRevision: true,
    readiness: 'the source waits until the gate is satisfied, and with it every descendant of the source',
  },
  parent: {
    domain: task,
    range: task,
    property: 'dcterms:isPartOf',
    waits: [
      { waiter: 'source', moment: 'gates', for: 'gates' },
      { waiter: 'target', moment: 'finished', for: 'finished' },
    ],
    raisesRevision: true,
    readiness: 'the child inherits gates, holds and times to come; the parent waits until its children are closed',
  },
  derived_from: { domain: entity, range: entity, property: 'prov:wasDerivedFrom', acyclic: 'derivation' },
  supersedes: {
    domain: entity,
    range: entity,
    sameKind: true,
    property: 'prov:wasRevisionOf',
    acyclic: 'derivation',
    waits: [{ waiter: 'target', moment: 'finished', for: 'finished' }],
    readiness: 'the target leaves the ready tasks',
  },
  duplicate_of: {
    domain: task,
    range: task,
    property: 'prov:alternateOf',
    waits: [{ waiter: 'source', moment: 'finished', for: 'finished' }],
    readiness: 'the source leaves the ready tasks',
  },
  discovered_from: { domain: task, range: task, property: 'pt:discoveredFrom' },
  related: { domain: task, range: task, property: 'dcterms:relation' },
  generated_by: { domain: entity, range: activity, property: 'prov:wasGeneratedBy' },
  attributed_to: { domain: entity, range: agent, property: 'prov:wasAttributedTo' },
  used: { domain: activity, range: entity, property: 'prov:used' },
  informed_by: { domain: activity, range: activity, property: 'prov:wasInformedBy' },
  acted_on_behalf_of: { domain: agent, range: agent, property: 'prov:actedOnBehalfOf', acyclic: 'delegation' },
} as const satisfies Record<string, RelationDefinition>)

/** Validation reads the registry: nobody may change it under way. */
function deepFreeze<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) if (typeof part === 'object') deepFreeze(part)
  return Object.freeze(value)
}

/** The name of a kind of relation. */
export type RelationKind = keyof typeof RELATIONS

/** All kinds, in the order of the registry. */
export const RELATION_KINDS = Object.freeze(Object.keys(RELATIONS)) as readonly RelationKind[]

/** What a kind means, with every field optional, as the registry's readers want it. */
export function relationDefinition(kind: RelationKind): RelationDefinition {
  return RELATIONS[kind]
}

/**
 * The terms of PROV-O (https://www.w3.org/TR/prov-o/, sections 3.1 to 3.3 and appendix A), and of them only those that
 * statements use: no annotation properties of the ontology itself, and no inverse names (appendix B), which are reserved.
 */

/** The classes, with those that they are subclasses of. */
export const CLASSES: Readonly<Record<string, readonly string[]>> = {
  // §3.1, the starting point.
  Entity: [],
  Activity: [],
  Agent: [],
  // §3.2, expanded.
  Collection: ['Entity'],
  EmptyCollection: ['Collection'],
  Bundle: ['Entity'],
  Person: ['Agent'],
  SoftwareAgent: ['Agent'],
  Organization: ['Agent'],
  Location: [],
  // §3.3, qualified.
  Influence: [],
  EntityInfluence: ['Influence'],
  ActivityInfluence: ['Influence'],
  AgentInfluence: ['Influence'],
  InstantaneousEvent: [],
  Usage: ['EntityInfluence', 'InstantaneousEvent'],
  Start: ['EntityInfluence', 'InstantaneousEvent'],
  End: ['EntityInfluence', 'InstantaneousEvent'],
  Derivation: ['EntityInfluence'],
  PrimarySource: ['Derivation'],
  Quotation: ['Derivation'],
  Revision: ['Derivation'],
  Generation: ['ActivityInfluence', 'InstantaneousEvent'],
  Invalidation: ['ActivityInfluence', 'InstantaneousEvent'],
  Communication: ['ActivityInfluence'],
  Association: ['AgentInfluence'],
  Attribution: ['AgentInfluence'],
  Delegation: ['AgentInfluence'],
  Plan: ['Entity'],
  Role: [],
}

/** No thing is an instance of both (prov-o.owl, owl:disjointWith). */
export const DISJOINT: readonly (readonly [string, string])[] = [
  ['Entity', 'Activity'],
  ['Entity', 'InstantaneousEvent'],
  ['Agent', 'InstantaneousEvent'],
  ['ActivityInfluence', 'EntityInfluence'],
]

/** What a property says of what: any class of `domain`, and a value of any class of `range`. */
export interface Property {
  readonly kind: 'object' | 'datatype'
  readonly domain: readonly string[]
  /** Classes, or `xsd:dateTime`; empty where anything goes. */
  readonly range: readonly string[]
}

const THINGS = ['Entity', 'Activity', 'Agent']
const TIME = ['xsd:dateTime']

const object = (domain: readonly string[], range: readonly string[]): Property => ({ kind: 'object', domain, range })
const datatype = (domain: readonly string[], range: readonly string[]): Property => ({
  kind: 'datatype',
  domain,
  range,
})

export const PROPERTIES: Readonly<Record<string, Property>> = {
  // §3.1
  wasGeneratedBy: object(['Entity'], ['Activity']),
  wasDerivedFrom: object(['Entity'], ['Entity']),
  wasAttributedTo: object(['Entity'], ['Agent']),
  used: object(['Activity'], ['Entity']),
  wasInformedBy: object(['Activity'], ['Activity']),
  wasAssociatedWith: object(['Activity'], ['Agent']),
  actedOnBehalfOf: object(['Agent'], ['Agent']),
  startedAtTime: datatype(['Activity'], TIME),
  endedAtTime: datatype(['Activity'], TIME),
  // §3.2
  alternateOf: object(['Entity'], ['Entity']),
  specializationOf: object(['Entity'], ['Entity']),
  generatedAtTime: datatype(['Entity'], TIME),
  hadPrimarySource: object(['Entity'], ['Entity']),
  value: datatype(['Entity'], []),
  wasQuotedFrom: object(['Entity'], ['Entity']),
  wasRevisionOf: object(['Entity'], ['Entity']),
  invalidatedAtTime: datatype(['Entity'], TIME),
  wasInvalidatedBy: object(['Entity'], ['Activity']),
  hadMember: object(['Collection'], ['Entity']),
  wasStartedBy: object(['Activity'], ['Entity']),
  wasEndedBy: object(['Activity'], ['Entity']),
  invalidated: object(['Activity'], ['Entity']),
  influenced: object(THINGS, THINGS),
  atLocation: object([...THINGS, 'InstantaneousEvent'], ['Location']),
  generated: object(['Activity'], ['Entity']),
  // §3.3
  wasInfluencedBy: object(THINGS, THINGS),
  qualifiedInfluence: object(THINGS, ['Influence']),
  qualifiedGeneration: object(['Entity'], ['Generation']),
  qualifiedDerivation: object(['Entity'], ['Derivation']),
  qualifiedPrimarySource: object(['Entity'], ['PrimarySource']),
  qualifiedQuotation: object(['Entity'], ['Quotation']),
  qualifiedRevision: object(['Entity'], ['Revision']),
  qualifiedAttribution: object(['Entity'], ['Attribution']),
  qualifiedInvalidation: object(['Entity'], ['Invalidation']),
  qualifiedStart: object(['Activity'], ['Start']),
  qualifiedUsage: object(['Activity'], ['Usage']),
  qualifiedCommunication: object(['Activity'], ['Communication']),
  qualifiedAssociation: object(['Activity'], ['Association']),
  qualifiedEnd: object(['Activity'], ['End']),
  qualifiedDelegation: object(['Agent'], ['Delegation']),
  influencer: object(['Influence'], THINGS),
  entity: object(['EntityInfluence'], ['Entity']),
  activity: object(['ActivityInfluence'], ['Activity']),
  agent: object(['AgentInfluence'], ['Agent']),
  hadUsage: object(['Derivation'], ['Usage']),
  hadGeneration: object(['Derivation'], ['Generation']),
  hadPlan: object(['Association'], ['Plan']),
  hadActivity: object(['Delegation', 'Derivation', 'Start', 'End'], ['Activity']),
  atTime: datatype(['InstantaneousEvent'], TIME),
  hadRole: object(['Association', 'InstantaneousEvent'], ['Role']),
}

/** Terms that other documents of the PROV family add to the namespace, as real documents use them. */
export const OTHER_TERMS: readonly string[] = ['mentionOf', 'asInBundle']

/** What a qualified form says beside a plain one (PROV-O tables 2 and 3). */
export interface QualifiedForm {
  readonly plain: string
  readonly type: string
  /** The property of the qualified node whose value is that of the plain property. */
  readonly influencer: 'entity' | 'activity' | 'agent' | 'influencer'
  /** Where the owner says the time of the event too, and of whom else. */
  readonly ownersTime?: string
}

export const QUALIFIED_FORMS: Readonly<Record<string, QualifiedForm>> = {
  qualifiedGeneration: {
    plain: 'wasGeneratedBy',
    type: 'Generation',
    influencer: 'activity',
    ownersTime: 'generatedAtTime',
  },
  qualifiedInvalidation: {
    plain: 'wasInvalidatedBy',
    type: 'Invalidation',
    influencer: 'activity',
    ownersTime: 'invalidatedAtTime',
  },
  qualifiedDerivation: { plain: 'wasDerivedFrom', type: 'Derivation', influencer: 'entity' },
  qualifiedPrimarySource: { plain: 'hadPrimarySource', type: 'PrimarySource', influencer: 'entity' },
  qualifiedQuotation: { plain: 'wasQuotedFrom', type: 'Quotation', influencer: 'entity' },
  qualifiedRevision: { plain: 'wasRevisionOf', type: 'Revision', influencer: 'entity' },
  qualifiedAttribution: { plain: 'wasAttributedTo', type: 'Attribution', influencer: 'agent' },
  qualifiedUsage: { plain: 'used', type: 'Usage', influencer: 'entity' },
  qualifiedStart: { plain: 'wasStartedBy', type: 'Start', influencer: 'entity', ownersTime: 'startedAtTime' },
  qualifiedEnd: { plain: 'wasEndedBy', type: 'End', influencer: 'entity', ownersTime: 'endedAtTime' },
  qualifiedCommunication: { plain: 'wasInformedBy', type: 'Communication', influencer: 'activity' },
  qualifiedAssociation: { plain: 'wasAssociatedWith', type: 'Association', influencer: 'agent' },
  qualifiedDelegation: { plain: 'actedOnBehalfOf', type: 'Delegation', influencer: 'agent' },
  qualifiedInfluence: { plain: 'wasInfluencedBy', type: 'Influence', influencer: 'influencer' },
}

/**
 * What a qualified node says by its classes, the most special first; prov:qualifiedInfluence may lead to any of them.
 */
export function formOf(classes: ReadonlySet<string>): QualifiedForm | undefined {
  return Object.values(QUALIFIED_FORMS)
    .filter(({ type }) => classes.has(type))
    .sort((one, other) => superclasses(other.type).length - superclasses(one.type).length)[0]
}

/** A class and all that its instances are instances of with it. */
export function superclasses(name: string): string[] {
  return [name, ...(CLASSES[name] ?? []).flatMap(superclasses)]
}

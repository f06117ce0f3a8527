import { type Iri, Literal, parsePrefixedName } from '../prov/terms.js'
import { DCTERMS, PROV, RDF } from '../prov/vocabularies.js'
import { idOf, type NodeName } from '../record/nodes.js'
import { RELATION_KINDS, RELATIONS, type RelationKind } from '../record/relations/registry.js'
import type { ExportContext } from './export-context.js'
import { liesWithin } from './generation.js'
import { readLatestKnown } from './latest-known.js'
import type { Links, QualifiedNode } from './links.js'
import { EXPORT_PREFIXES } from './prefixes.js'
import { PT } from './provtrail-terms.js'
import { RowsByNode } from './rows-by-node.js'
import { IN_WINDOW, type NodeWindow, WINDOW, WINDOW_ORDER } from './windows.js'

const PROPERTY_BY_KIND = new Map<string, Iri>(
  RELATION_KINDS.map((kind) => [kind, parsePrefixedName(EXPORT_PREFIXES, RELATIONS[kind].property)]),
)

/** The property that a kind of relation becomes. */
export function propertyOfKind(kind: RelationKind): Iri {
  return PROPERTY_BY_KIND.get(kind)!
}

/** A relation of a node of the window. The namespace of the target is `null` where it is that of the source. */
type Outgoing = readonly [source: number, kind: RelationKind, uuid: string, otherNamespace: string | null]

type QualifiedRow = readonly [
  source: number,
  kind: RelationKind,
  namespace: string,
  uuid: string,
  gate: string | null,
  createdAt: string,
  limitNamespace: string | null,
  limitUuid: string | null,
  startedAt: string | null,
  endedAt: string | null,
  within: string | null,
  reason: string | null,
  recordedAt: string | null,
]

/** What more is known about one of those relations that may become a qualified node as well. */
interface Qualified extends NodeName {
  readonly kind: RelationKind
  readonly gate: string | null
  readonly createdAt: string
  /** The activity that a delegation is limited to. */
  readonly limit: NodeName | undefined
  /** Of the activity, for what it used and generated. */
  readonly startedAt: string | null
  readonly endedAt: string | null
  /** The activity within which the relation was added, where that is told. */
  readonly within: string | null
  /** Why it was added, where that is told. */
  readonly reason: string | null
  /** When what was used was recorded, unless it may have been there before. */
  readonly recordedAt: string | null
}

/** A node that supersedes a node of the window, and the activity within which that was said. */
type Superseding = readonly [
  superseded: number,
  since: string,
  namespace: string,
  uuid: string,
  within: string | null,
  startedAt: string | null,
  endedAt: string | null,
]

/** The relations of the nodes in a window. */
export interface WindowRelations {
  readonly outgoing: RowsByNode<Outgoing>
  readonly qualified: RowsByNode<QualifiedRow>
  readonly superseding: RowsByNode<Superseding>
  /** Of the nodes that are superseded, by their keys. */
  readonly latestKnown: ReadonlyMap<number, string>
}

const OUTGOING = `SELECT r.source, r.kind, t.uuid, nullif(t.namespace, n.namespace)
  FROM ${WINDOW} CROSS JOIN relations r CROSS JOIN nodes t
  WHERE ${IN_WINDOW} AND r.source = n.key AND t.key = r.target
  ORDER BY ${WINDOW_ORDER}`

/**
 * When the target of a `used` was recorded: the event that its key names tells. An artifact may have been there before,
 * unless something is said to have generated it.
 */
const RECORDED_AT = `CASE WHEN r.kind = 'used' AND (t.kind <> 'artifact'
      OR EXISTS (SELECT 1 FROM relations g WHERE g.source = r.target AND g.kind = 'generated_by'))
    THEN (SELECT m.at FROM events m WHERE m.seq = r.target) END`

/**
 * In full, the event that added a relation tells the activity within which that was; in summary, that is not looked at.
 * The default gate says no more than the property itself.
 */
const qualifiedSql = (isFull: boolean) => `SELECT r.source, r.kind, t.namespace, t.uuid, r.gate, r.created_at,
    a.namespace, a.uuid, c.started_at, c.ended_at, ${isFull ? `e.activity, CASE e.type WHEN 'relation.added' THEN json_extract(e.data, '$.reason') END` : 'NULL, NULL'},
    ${RECORDED_AT}
  FROM json_each(?) k CROSS JOIN relations r CROSS JOIN nodes t ${isFull ? 'CROSS JOIN events e' : ''}
    LEFT JOIN nodes a ON a.key = r.activity
    LEFT JOIN activities c ON c.key = CASE r.kind WHEN 'used' THEN r.source WHEN 'generated_by' THEN r.target END
  WHERE r.source = k.value
    AND r.kind IN (${isFull ? "'derived_from'," : ''} 'supersedes', 'acted_on_behalf_of', 'blocked_by', 'used', 'generated_by')
    AND (r.kind <> 'blocked_by' OR r.gate <> 'closed') AND t.key = r.target ${isFull ? 'AND e.seq = r.added' : ''}
  ORDER BY ${WINDOW_ORDER}`
const QUALIFIED = qualifiedSql(false)
const QUALIFIED_IN_FULL = qualifiedSql(true)

/** What takes the place of a decision or learning does so from when it is valid, and anything else when that was said. */
const SINCE = 'coalesce((SELECT w.valid_from FROM knowledge w WHERE w.key = r.source), r.created_at)'

const SUPERSEDING = `SELECT r.target, ${SINCE}, s.namespace, s.uuid, NULL, NULL, NULL
  FROM json_each(?) k CROSS JOIN relations r CROSS JOIN nodes s
  WHERE r.target = k.value AND r.kind = 'supersedes' AND s.key = r.source
  ORDER BY ${WINDOW_ORDER}, 2`

const SUPERSEDING_IN_FULL = `SELECT r.target, ${SINCE}, s.namespace, s.uuid, e.activity, c.started_at, c.ended_at
  FROM json_each(?) k CROSS JOIN relations r CROSS JOIN nodes s CROSS JOIN events e
    LEFT JOIN nodes a ON a.uuid = substr(e.activity, -36) LEFT JOIN activities c ON c.key = a.key
  WHERE r.target = k.value AND r.kind = 'supersedes' AND s.key = r.source AND e.seq = r.added
  ORDER BY ${WINDOW_ORDER}, 2, r.added`

/** Reads all relations that the nodes of a window are described with. */
export async function readRelations(context: ExportContext, { keys }: NodeWindow): Promise<WindowRelations> {
  const { reader, isFull } = context
  const superseding = await reader.rows<Superseding>(isFull ? SUPERSEDING_IN_FULL : SUPERSEDING, keys)
  return {
    outgoing: new RowsByNode(await reader.rows<Outgoing>(OUTGOING, keys)),
    qualified: new RowsByNode(await reader.rows<QualifiedRow>(isFull ? QUALIFIED_IN_FULL : QUALIFIED, keys)),
    superseding: new RowsByNode(superseding),
    latestKnown: await readLatestKnown(reader, new Set(superseding.map(([key]) => key))),
  }
}

/** The relations of one node. */
export interface NodeRelations {
  readonly outgoing: readonly Outgoing[]
  readonly qualified: readonly Qualified[]
  /** Earliest first. */
  readonly superseding: readonly Superseding[]
  /** The latest time that must be before the end of the node, where it is superseded. */
  readonly latestKnown: string | undefined
}

/** The relations of the next node of the window; to be asked for in the order of the window. */
export function relationsOf(
  { outgoing, qualified, superseding, latestKnown }: WindowRelations,
  key: number,
): NodeRelations {
  return {
    outgoing: outgoing.of(key),
    qualified: qualified.of(key).map(toQualified),
    superseding: superseding.of(key),
    latestKnown: latestKnown.get(key),
  }
}

function toQualified(row: QualifiedRow): Qualified {
  const [, kind, namespace, uuid, gate, createdAt, limitNamespace, limitUuid, startedAt, endedAt, within, ...rest] = row
  const [reason, recordedAt] = rest
  const limit =
    limitNamespace === null || limitUuid === null ? undefined : { namespace: limitNamespace, uuid: limitUuid }
  return { kind, namespace, uuid, gate, createdAt, limit, startedAt, endedAt, within, reason, recordedAt }
}

/**
 * When a node was superseded first; `undefined` where it was not, or where that was, as it was entered, before it was
 * generated or before something else that is known of it. Then the order is told, and no time.
 */
export function invalidatedAt(
  { superseding, latestKnown }: NodeRelations,
  generatedAt: string | undefined,
): string | undefined {
  const at = superseding[0]?.[1]
  if (at === undefined) return undefined
  return [generatedAt, latestKnown].some((known) => known !== undefined && at < known) ? undefined : at
}

/** Adds the links that a node's relations become, and their qualified forms but for generation and invalidation. */
export function linkRelations(context: ExportContext, links: Links, relations: NodeRelations, node: NodeName): void {
  for (const [, kind, uuid, otherNamespace] of relations.outgoing) {
    const target = context.refer(otherNamespace ?? node.namespace, uuid)
    links.add(propertyOfKind(kind), target)
    if (kind === 'supersedes') {
      links.add(PROV.wasDerivedFrom, target)
      links.add(DCTERMS.replaces, target)
    }
  }
  for (const relation of relations.qualified) linkQualified(context, links, node, relation, relations)
  for (const [, , namespace, uuid] of relations.superseding) {
    links.add(DCTERMS.isReplacedBy, context.refer(namespace, uuid))
  }
}

type Statements = [Iri, Iri | Literal][]

function linkQualified(
  context: ExportContext,
  links: Links,
  source: NodeName,
  relation: Qualified,
  relations: NodeRelations,
): void {
  const target = context.refer(relation.namespace, relation.uuid)
  const reason: Statements = relation.reason === null ? [] : [[PT.reason, Literal.text(relation.reason)]]
  const qualify = (property: Iri, type: Iri, statements: QualifiedNode['statements']): void => {
    const iri = context.nodeIris.qualified(property, source, idOf(relation))
    links.qualify(property, { iri, type, statements: [...statements, ...reason] })
  }
  switch (relation.kind) {
    case 'supersedes':
      qualify(PROV.qualifiedRevision, PROV.Revision, [
        [PROV.entity, target],
        ...derivingActivity(context, relation, relations),
        createdStatement(relation),
      ])
      break
    case 'derived_from': {
      const activity = derivingActivity(context, relation, relations)
      if (activity.length + reason.length > 0)
        qualify(PROV.qualifiedDerivation, PROV.Derivation, [[PROV.entity, target], ...activity])
      break
    }
    case 'blocked_by':
      qualify(PT.blocking, PROV.Entity, blockingStatements(target, relation.gate ?? 'closed', relation.createdAt))
      break
    case 'used':
      if (isTimedUsage(relation)) {
        qualify(PROV.qualifiedUsage, PROV.Usage, [
          [PROV.entity, target],
          [PROV.atTime, Literal.dateTime(relation.createdAt)],
        ])
      }
      break
    case 'acted_on_behalf_of': {
      const { limit } = relation
      const activity: Statements =
        limit === undefined ? [] : [[PROV.hadActivity, context.refer(limit.namespace, limit.uuid)]]
      const ends = limit === undefined ? [] : [idOf(limit)]
      links.qualify(hasSeveral(relations, 'acted_on_behalf_of') ? PROV.qualifiedInfluence : PROV.qualifiedDelegation, {
        iri: context.nodeIris.qualified(PROV.qualifiedDelegation, source, idOf(relation), ...ends),
        type: PROV.Delegation,
        statements: [[PROV.agent, target], ...activity, createdStatement(relation), ...reason],
      })
      break
    }
  }
}

/** Whether something was used when that was entered: while the activity went on, and not before it was generated. */
function isTimedUsage({ createdAt, startedAt, endedAt, recordedAt }: Qualified): boolean {
  return liesWithin(createdAt, startedAt, endedAt) && (recordedAt === null || createdAt >= recordedAt)
}

/**
 * Whether relations of a kind lead to different nodes.
 *
 * The delegations of an agent with several responsibles are told by prov:qualifiedInfluence, of which
 * prov:qualifiedDelegation is a sub-property: Python's `prov` takes every plain one for the last that is qualified so, and
 * then refuses the document.
 */
function hasSeveral({ outgoing }: NodeRelations, kind: RelationKind): boolean {
  return new Set(outgoing.filter((relation) => relation[1] === kind).map(([, , uuid]) => uuid)).size > 1
}

/**
 * The activity of a derivation is the one within which it was recorded.
 *
 * A derivation by an activity says that this activity generated the entity (PROV-CONSTRAINTS, inference 11). So none is
 * named where the record names others as those that generated it.
 */
function derivingActivity(context: ExportContext, { within }: Qualified, { qualified }: NodeRelations): Statements {
  if (within === null) return []
  const generators = qualified.filter(({ kind }) => kind === 'generated_by')
  if (generators.length > 0 && !generators.some((activity) => idOf(activity) === within)) return []
  return [[PROV.hadActivity, context.referTo(within)]]
}

function createdStatement({ createdAt }: Qualified): [Iri, Literal] {
  return [DCTERMS.created, Literal.dateTime(createdAt)]
}

/** What a pt:Blocking says. It is an entity, so that readers who know PROV's records alone keep it. */
export function blockingStatements(blocker: Iri, gate: string, createdAt: string): QualifiedNode['statements'] {
  return [
    [RDF.type, PT.Blocking],
    [PT.blocker, blocker],
    [PT.gate, Literal.text(gate)],
    [DCTERMS.created, Literal.dateTime(createdAt)],
  ]
}

/**
 * One invalidation is written, by what superseded the node first: an entity is invalidated once (PROV-CONSTRAINTS,
 * constraint 25), and stays so.
 */
export function linkInvalidation(
  context: ExportContext,
  links: Links,
  { superseding }: NodeRelations,
  node: NodeName,
  at: string | undefined,
): void {
  const [first] = superseding
  if (first === undefined) return
  const [, , , , within, startedAt, endedAt] = first
  const statements: Statements = []
  if (within !== null) {
    const activity = context.referTo(within)
    links.add(PROV.wasInvalidatedBy, activity)
    statements.push([PROV.activity, activity])
  }
  if (at !== undefined && (within === null || liesWithin(at, startedAt, endedAt)))
    statements.push([PROV.atTime, Literal.dateTime(at)])
  links.qualify(PROV.qualifiedInvalidation, {
    iri: context.nodeIris.qualified(PROV.qualifiedInvalidation, node),
    type: PROV.Invalidation,
    statements: [...statements, [PROV.hadRole, context.role('superseded')]],
  })
}

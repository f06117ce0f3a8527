import type { NodeKind } from '../errors.js'
import { type Iri, Literal, parsePrefixedName } from '../prov/terms.js'
import { DCTERMS, PROV } from '../prov/vocabularies.js'
import { RELATION_KINDS, RELATIONS, type RelationKind } from '../record/relations/registry.js'
import type { ExportContext } from './export-context.js'
import type { Links } from './links.js'
import { idOf, type NodeName } from './node-iris.js'
import { PT } from './provtrail-terms.js'
import { RowsByNode } from './rows-by-node.js'
import { IN_WINDOW, type Window, windowValues } from './windows.js'

const PROPERTY_BY_KIND = new Map<string, Iri>(
  RELATION_KINDS.map((kind) => [kind, parsePrefixedName(RELATIONS[kind].property)]),
)

/**
 * A relation that starts from a node of the page. What few relations have is `null` for the others, which saves making
 * texts: the namespace of the target where it is that of the source, the default gate, times that nothing is said with.
 */
type Outgoing = readonly [
  source: number,
  kind: RelationKind,
  target: number,
  uuid: string,
  otherNamespace: string | null,
  gate: string | null,
  createdAt: string | null,
  activity: number,
  activityNamespace: string | null,
  activityUuid: string | null,
]

/** A node that supersedes a node of the page. */
type Superseding = readonly [superseded: number, createdAt: string, key: number, namespace: string, uuid: string]

/** The relations of the nodes of one kind in a window. */
export interface PageRelations {
  readonly outgoing: RowsByNode<Outgoing>
  readonly superseding: RowsByNode<Superseding>
}

/** Reads all relations that the nodes of a window are described with. */
export async function readRelations(context: ExportContext, window: Window, kind: NodeKind): Promise<PageRelations> {
  const values = windowValues(window, context.namespace)
  const outgoing = await context.reader.rows<Outgoing>(
    `SELECT r.source, r.kind, t.key, t.uuid, nullif(t.namespace, n.namespace), nullif(r.gate, 'closed'),
       CASE WHEN r.kind IN ('supersedes', 'acted_on_behalf_of') OR r.gate <> 'closed' THEN r.created_at END, r.activity,
       CASE WHEN r.activity <> 0 THEN (SELECT a.namespace FROM nodes a WHERE a.key = r.activity) END,
       CASE WHEN r.activity <> 0 THEN (SELECT a.uuid FROM nodes a WHERE a.key = r.activity) END
     FROM nodes n CROSS JOIN relations r CROSS JOIN nodes t
     WHERE ${IN_WINDOW} AND n.kind = ? AND r.source = n.key AND t.key = r.target
     ORDER BY n.uuid`,
    ...values,
    kind,
  )
  const superseding = await context.reader.rows<Superseding>(
    `SELECT r.target, r.created_at, s.key, s.namespace, s.uuid
     FROM nodes n CROSS JOIN relations r CROSS JOIN nodes s
     WHERE ${IN_WINDOW} AND n.kind = ? AND r.target = n.key AND r.kind = 'supersedes' AND s.key = r.source
     ORDER BY n.uuid`,
    ...values,
    kind,
  )
  return { outgoing: new RowsByNode(outgoing), superseding: new RowsByNode(superseding) }
}

/** The relations of one node. */
export interface NodeRelations {
  readonly outgoing: readonly Outgoing[]
  readonly superseding: readonly Superseding[]
  /** When it was superseded first: PROV lets an entity be invalidated only once (PROV-CONSTRAINTS, constraint 25). */
  readonly invalidatedAt: string | undefined
}

/** The relations of the next node of the page; to be asked for in the order of the page. */
export function relationsOf({ outgoing, superseding }: PageRelations, key: number): NodeRelations {
  const by = superseding.of(key)
  let invalidatedAt: string | undefined
  for (const [, createdAt] of by) {
    if (invalidatedAt === undefined || createdAt < invalidatedAt) invalidatedAt = createdAt
  }
  return { outgoing: outgoing.of(key), superseding: by, invalidatedAt }
}

/** Adds the links that a node's relations become. */
export function linkRelations(context: ExportContext, links: Links, relations: NodeRelations, node: NodeName): void {
  for (const relation of relations.outgoing) linkOutgoing(context, links, node, relation)
  for (const [, , by, namespace, uuid] of relations.superseding) {
    links.add(DCTERMS.isReplacedBy, context.refer(by, { namespace, uuid }))
  }
  if (relations.invalidatedAt !== undefined) linkInvalidation(context, links, node, relations.invalidatedAt)
}

function linkOutgoing(context: ExportContext, links: Links, source: NodeName, relation: Outgoing): void {
  const kind = relation[1]
  const targetName = { namespace: relation[4] ?? source.namespace, uuid: relation[3] }
  const target = context.refer(relation[2], targetName)
  links.add(PROPERTY_BY_KIND.get(kind)!, target)
  switch (kind) {
    case 'supersedes':
      links.add(PROV.wasDerivedFrom, target)
      links.add(DCTERMS.replaces, target)
      links.qualify(PROV.qualifiedRevision, {
        iri: context.nodeIris.qualified(PROV.qualifiedRevision, source, idOf(targetName)),
        type: PROV.Revision,
        statements: [[PROV.entity, target], ...createdAt(relation)],
      })
      break
    case 'blocked_by':
      linkGate(context, links, source, relation, targetName)
      break
    case 'acted_on_behalf_of':
      linkDelegation(context, links, source, relation, targetName)
      break
  }
}

function createdAt(relation: Outgoing): [Iri, Literal][] {
  return relation[6] === null ? [] : [[DCTERMS.created, Literal.dateTime(relation[6])]]
}

/** The default gate says no more than the property itself; any other makes a qualified node. */
function linkGate(context: ExportContext, links: Links, source: NodeName, relation: Outgoing, blocker: NodeName): void {
  const gate = relation[5]
  if (gate === null) return
  links.qualify(PT.qualifiedBlocking, {
    iri: context.nodeIris.qualified(PT.qualifiedBlocking, source, idOf(blocker)),
    type: PT.Blocking,
    statements: [[PT.blocker, context.nodeIris.of(blocker)], [PT.gate, Literal.text(gate)], ...createdAt(relation)],
  })
}

function linkDelegation(
  context: ExportContext,
  links: Links,
  source: NodeName,
  relation: Outgoing,
  responsible: NodeName,
): void {
  const [, , , , , , , activityKey, activityNamespace, activityUuid] = relation
  const ends = [idOf(responsible)]
  const statements: [Iri, Iri | Literal][] = [[PROV.agent, context.nodeIris.of(responsible)]]
  if (activityNamespace !== null && activityUuid !== null) {
    const activity = { namespace: activityNamespace, uuid: activityUuid }
    ends.push(idOf(activity))
    statements.push([PROV.hadActivity, context.refer(activityKey, activity)])
  }
  links.qualify(PROV.qualifiedDelegation, {
    iri: context.nodeIris.qualified(PROV.qualifiedDelegation, source, ...ends),
    type: PROV.Delegation,
    statements: [...statements, ...createdAt(relation)],
  })
}

function linkInvalidation(context: ExportContext, links: Links, node: NodeName, at: string): void {
  links.qualify(PROV.qualifiedInvalidation, {
    iri: context.nodeIris.qualified(PROV.qualifiedInvalidation, node),
    type: PROV.Invalidation,
    statements: [
      [PROV.atTime, Literal.dateTime(at)],
      [PROV.hadRole, context.role('superseded')],
    ],
  })
}

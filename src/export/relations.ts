import { type Iri, Literal, parsePrefixedName } from '../prov/terms.js'
import { DCTERMS, PROV } from '../prov/vocabularies.js'
import { RELATION_KINDS, RELATIONS, type RelationKind } from '../record/relations/registry.js'
import type { NodeKind } from '../vocabulary.js'
import type { ExportContext } from './export-context.js'
import type { Links, QualifiedNode } from './links.js'
import { idOf, type NodeName } from './node-iris.js'
import { EXPORT_PREFIXES } from './prefixes.js'
import { PT } from './provtrail-terms.js'
import { RowsByNode } from './rows-by-node.js'
import { IN_WINDOW, type Window, windowValues } from './windows.js'

const PROPERTY_BY_KIND = new Map<string, Iri>(
  RELATION_KINDS.map((kind) => [kind, parsePrefixedName(EXPORT_PREFIXES, RELATIONS[kind].property)]),
)

/** A relation of a node of the window. The namespace of the target is `null` where it is that of the source. */
type Outgoing = readonly [source: number, kind: RelationKind, uuid: string, otherNamespace: string | null]

/** What more is known about those relations that become a qualified node as well. */
type Qualified = readonly [
  source: number,
  kind: RelationKind,
  namespace: string,
  uuid: string,
  gate: string | null,
  createdAt: string,
  activityNamespace: string | null,
  activityUuid: string | null,
]

/** A node that supersedes a node of the window. */
type Superseding = readonly [superseded: number, createdAt: string, namespace: string, uuid: string]

/** The relations of the nodes of one kind in a window. */
export interface WindowRelations {
  readonly outgoing: RowsByNode<Outgoing>
  readonly qualified: RowsByNode<Qualified>
  readonly superseding: RowsByNode<Superseding>
}

/** Reads all relations that the nodes of a window are described with. */
export async function readRelations(context: ExportContext, window: Window, kind: NodeKind): Promise<WindowRelations> {
  const { reader } = context
  const values = [...windowValues(window, context.namespace), kind]
  const outgoing = await reader.rows<Outgoing>(
    `SELECT r.source, r.kind, t.uuid, nullif(t.namespace, n.namespace)
     FROM nodes n CROSS JOIN relations r CROSS JOIN nodes t
     WHERE ${IN_WINDOW} AND n.kind = ? AND r.source = n.key AND t.key = r.target
     ORDER BY n.uuid`,
    ...values,
  )
  // The default gate says no more than the property itself.
  const qualified = await reader.rows<Qualified>(
    `SELECT r.source, r.kind, t.namespace, t.uuid, r.gate, r.created_at, a.namespace, a.uuid
     FROM nodes n CROSS JOIN relations r CROSS JOIN nodes t LEFT JOIN nodes a ON a.key = r.activity
     WHERE ${IN_WINDOW} AND n.kind = ? AND r.source = n.key
       AND r.kind IN ('supersedes', 'acted_on_behalf_of', 'blocked_by') AND (r.kind <> 'blocked_by' OR r.gate <> 'closed')
       AND t.key = r.target
     ORDER BY n.uuid`,
    ...values,
  )
  const superseding = await reader.rows<Superseding>(
    `SELECT r.target, r.created_at, s.namespace, s.uuid
     FROM nodes n CROSS JOIN relations r CROSS JOIN nodes s
     WHERE ${IN_WINDOW} AND n.kind = ? AND r.target = n.key AND r.kind = 'supersedes' AND s.key = r.source
     ORDER BY n.uuid`,
    ...values,
  )
  return {
    outgoing: new RowsByNode(outgoing),
    qualified: new RowsByNode(qualified),
    superseding: new RowsByNode(superseding),
  }
}

/** The relations of one node. */
export interface NodeRelations {
  readonly outgoing: readonly Outgoing[]
  readonly qualified: readonly Qualified[]
  readonly superseding: readonly Superseding[]
  /**
   * When it was superseded first. One invalidation is written: PROV-CONSTRAINTS, constraint 25, allows one for an
   * entity and an activity, and here no activity is known.
   */
  readonly invalidatedAt: string | undefined
}

/** The relations of the next node of the window; to be asked for in the order of the window. */
export function relationsOf({ outgoing, qualified, superseding }: WindowRelations, key: number): NodeRelations {
  const by = superseding.of(key)
  let invalidatedAt: string | undefined
  for (const [, createdAt] of by) {
    if (invalidatedAt === undefined || createdAt < invalidatedAt) invalidatedAt = createdAt
  }
  return { outgoing: outgoing.of(key), qualified: qualified.of(key), superseding: by, invalidatedAt }
}

/** Adds the links that a node's relations become, and their qualified forms. */
export function linkRelations(context: ExportContext, links: Links, relations: NodeRelations, node: NodeName): void {
  for (const [, kind, uuid, otherNamespace] of relations.outgoing) {
    const target = context.refer(otherNamespace ?? node.namespace, uuid)
    links.add(PROPERTY_BY_KIND.get(kind)!, target)
    if (kind === 'supersedes') {
      links.add(PROV.wasDerivedFrom, target)
      links.add(DCTERMS.replaces, target)
    }
  }
  for (const relation of relations.qualified) linkQualified(context, links, node, relation)
  for (const [, , namespace, uuid] of relations.superseding) {
    links.add(DCTERMS.isReplacedBy, context.refer(namespace, uuid))
  }
  if (relations.invalidatedAt !== undefined) linkInvalidation(context, links, node, relations.invalidatedAt)
}

function linkQualified(context: ExportContext, links: Links, source: NodeName, relation: Qualified): void {
  const [, kind, namespace, uuid, gate, createdAt, activityNamespace, activityUuid] = relation
  const target = context.refer(namespace, uuid)
  const ends = [idOf({ namespace, uuid })]
  const created: [Iri, Literal] = [DCTERMS.created, Literal.dateTime(createdAt)]
  const qualify = (property: Iri, type: Iri, statements: QualifiedNode['statements']): void => {
    links.qualify(property, { iri: context.nodeIris.qualified(property, source, ...ends), type, statements })
  }
  switch (kind) {
    case 'supersedes':
      qualify(PROV.qualifiedRevision, PROV.Revision, [[PROV.entity, target], created])
      break
    case 'blocked_by':
      qualify(PT.qualifiedBlocking, PT.Blocking, [
        [PT.blocker, target],
        [PT.gate, Literal.text(gate ?? 'closed')],
        created,
      ])
      break
    case 'acted_on_behalf_of': {
      const statements: [Iri, Iri | Literal][] = [[PROV.agent, target]]
      if (activityNamespace !== null && activityUuid !== null) {
        ends.push(idOf({ namespace: activityNamespace, uuid: activityUuid }))
        statements.push([PROV.hadActivity, context.refer(activityNamespace, activityUuid)])
      }
      qualify(PROV.qualifiedDelegation, PROV.Delegation, [...statements, created])
      break
    }
  }
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

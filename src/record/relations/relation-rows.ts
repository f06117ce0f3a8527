import type { ActivityId, EvidenceId, NodeId } from '../../ids.js'
import type { EventData } from '../../log/event.js'
import type { Reader, Writer } from '../../store/store.js'
import type { Gate } from '../../vocabulary.js'
import { keyOf, toId } from '../nodes.js'
import { countRelation, type StoredRelation } from '../readiness.js'
import { type RelationKind, relationDefinition } from './registry.js'
import type { Relation } from './relation.js'

/** A relation as events write it. */
export type RelationData = {
  readonly source: NodeId
  readonly kind: RelationKind
  readonly target: NodeId
  readonly gate?: Gate
  readonly activity?: ActivityId
}

/** Why a relation was added or removed: what its event tells besides. */
export type ChangeReason = {
  readonly reason?: string
  /** What shows that it is right. */
  readonly evidence?: readonly EvidenceId[]
}

/** A relation that a node is born with: the node itself is its source. */
export type BornRelation = Omit<RelationData, 'source'>

/** A relation as the state takes it in. */
interface NewRelation {
  readonly source: number
  readonly kind: RelationKind
  readonly target: number
  readonly gate?: Gate
  /** What a delegation is limited to; nothing to do with the activity within which the event was written. */
  readonly activity?: number
}

/** Adds a relation to the state, and to what holds its tasks back. */
export async function insertRelation(
  writer: Writer,
  relation: NewRelation,
  added: { readonly at: string; readonly seq: number },
): Promise<void> {
  const { source, kind, target } = relation
  const gate = relation.gate ?? null
  await writer.run(
    'INSERT INTO relations (source, kind, target, activity, gate, created_at, added) VALUES (?, ?, ?, ?, ?, ?, ?)',
    source,
    kind,
    target,
    relation.activity ?? 0,
    gate,
    added.at,
    added.seq,
  )
  if (relationDefinition(kind).waits !== undefined) await countRelation(writer, { source, kind, target, gate }, 1)
}

/** Adds the relations that a node is born with. */
export async function insertBornRelations(
  writer: Writer,
  source: number,
  relations: readonly BornRelation[],
  added: { readonly at: string; readonly seq: number },
): Promise<void> {
  for (const { kind, target, gate } of relations) {
    const relation = { source, kind, target: await keyOf(writer, target) }
    await insertRelation(writer, gate === undefined ? relation : { ...relation, gate }, added)
  }
}

/**
 * Where a bare value stands in a condition of a partial index, SQLite prepares the statement anew for every value, to see
 * whether the index of parents applies: ten times the price of the look-up itself.
 */
export const OF_KIND = 'kind = CAST(? AS TEXT)'

/** Takes a relation out of the state, in every activity that it was limited to. */
export async function deleteRelation(writer: Writer, relation: StoredRelation): Promise<void> {
  const { source, kind, target } = relation
  await writer.run(`DELETE FROM relations WHERE source = ? AND ${OF_KIND} AND target = ?`, source, kind, target)
  await countRelation(writer, relation, -1)
}

/** A relation as the state keeps it, if it is there. */
export async function findStoredRelation(
  reader: Reader,
  source: number,
  kind: RelationKind,
  target: number,
  activity?: number,
): Promise<(StoredRelation & { readonly created_at: string }) | undefined> {
  const columns = 'source, kind, target, gate, created_at'
  return activity === undefined
    ? reader.get(
        `SELECT ${columns} FROM relations WHERE source = ? AND ${OF_KIND} AND target = ? ORDER BY activity LIMIT 1`,
        source,
        kind,
        target,
      )
    : reader.get(
        `SELECT ${columns} FROM relations WHERE source = ? AND ${OF_KIND} AND target = ? AND activity = ?`,
        source,
        kind,
        target,
        activity,
      )
}

/** The relation that an event added. */
export function toRelation(data: EventData, createdAt: string): Relation {
  const { source, kind, target, gate, activity } = data as unknown as RelationData
  return {
    source,
    kind,
    target,
    ...(gate !== undefined && { gate }),
    ...(activity !== undefined && { activity }),
    createdAt,
  }
}

/** The columns that `toListedRelation` reads, of relations `r` joined to their nodes by `LISTED_RELATIONS`. */
export const LISTED_RELATION_COLUMNS = `r.source AS source_key, r.target AS target_key, r.kind, r.gate, r.created_at, r.added, r.activity,
    s.namespace AS source_namespace, s.uuid AS source_uuid, t.namespace AS target_namespace, t.uuid AS target_uuid,
    a.namespace AS activity_namespace, a.uuid AS activity_uuid`

export const LISTED_RELATIONS = `relations r
    JOIN nodes s ON s.key = r.source
    JOIN nodes t ON t.key = r.target
    LEFT JOIN nodes a ON a.key = r.activity`

/** A row of `LISTED_RELATIONS`. */
export interface ListedRelationRow {
  readonly source_key: number
  readonly target_key: number
  readonly kind: RelationKind
  readonly gate: Gate | null
  readonly created_at: string
  readonly added: number
  readonly activity: number
  readonly source_namespace: string
  readonly source_uuid: string
  readonly target_namespace: string
  readonly target_uuid: string
  readonly activity_namespace: string | null
  readonly activity_uuid: string | null
}

export function toListedRelation(row: ListedRelationRow): Relation {
  return {
    source: toId(row.source_namespace, row.source_uuid),
    kind: row.kind,
    target: toId(row.target_namespace, row.target_uuid),
    ...(row.gate !== null && { gate: row.gate }),
    ...(row.activity_namespace !== null && { activity: toId<ActivityId>(row.activity_namespace, row.activity_uuid!) }),
    createdAt: row.created_at,
  }
}

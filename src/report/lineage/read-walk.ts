import type { ActivityId, NodeId } from '../../ids.js'
import type { LineageRelation } from '../../record/lineage/lineage-relation.js'
import type { StoredStep } from '../../record/lineage/steps.js'
import type { LineageWalk } from '../../record/lineage/walk.js'
import { idsOf } from '../../record/nodes.js'
import type { Reader } from '../../store/store.js'
import type { Lineage, LineageNode } from './lineage.js'
import { readDetails } from './read-details.js'
import { type NamedNode, readNodes } from './read-nodes.js'

/** What a walk came to, as people are told it: with ids, labels and fields in place of keys. */
export async function readWalk(
  reader: Reader,
  walk: LineageWalk,
): Promise<Pick<Lineage, 'nodes' | 'relations' | 'truncated'>> {
  const named = await readNodes(
    reader,
    walk.nodes.map(({ key }) => key),
  )
  const details = await readDetails(reader, named)
  const activities = await activitiesOf(reader, walk.relations)
  const toRelation = (step: StoredStep) => relationOf(step, named, activities)
  return {
    nodes: walk.nodes.map(
      ({ key, distance, direction, reachedBy }): LineageNode => ({
        ...named.get(key)!,
        ...details.get(key),
        distance,
        ...(direction !== undefined && { direction }),
        ...(reachedBy !== undefined && { reachedBy: toRelation(reachedBy) }),
      }),
    ),
    relations: walk.relations.map(toRelation),
    truncated: walk.truncated.map(({ key, reason, omitted }) => ({ node: named.get(key)!.id, reason, omitted })),
  }
}

/** The activities that delegations are limited to, which need not be part of what was walked. */
async function activitiesOf(reader: Reader, steps: readonly StoredStep[]): Promise<ReadonlyMap<number, NodeId>> {
  const keys = [...new Set(steps.map(({ activity }) => activity))].filter((key) => key !== 0)
  const ids = await idsOf(reader, keys)
  return new Map(keys.map((key, index) => [key, ids[index]!]))
}

function relationOf(
  { source, kind, target, gate, activity, createdAt }: StoredStep,
  named: ReadonlyMap<number, NamedNode>,
  activities: ReadonlyMap<number, NodeId>,
): LineageRelation {
  return {
    source: named.get(source)!.id,
    kind,
    target: named.get(target)!.id,
    ...(gate !== null && { gate }),
    ...(activity !== 0 && { activity: activities.get(activity) as ActivityId }),
    createdAt,
  }
}

import type { TaskId } from '../../ids.js'
import type { Relation } from '../../record/relations/relation.js'
import { type DesiredRelation, type DesiredRelations, describe } from './desired-relation.js'
import type { Report } from './report.js'
import { IMPORTED_KINDS, keyOf, type Stored } from './stored.js'
import { type TaskRelation, WaitingGraph } from './waiting-graph.js'

/** What has to be done so that the record has the relations of the source. */
export interface RelationPlan {
  readonly remove: readonly Relation[]
  /** In this order: parents first, so that of a cycle it is the later relation that is left out. */
  readonly add: readonly DesiredRelation[]
  /** Tasks that get another parent. */
  readonly move: readonly DesiredRelation[]
}

/** What comparing relations needs. */
export interface RelationContext {
  readonly stored: Stored
  /** The tasks of the source: only relations between two of them are removed. */
  readonly isOfSource: (id: string) => boolean
  /** Whether somebody added a relation here, so that it is kept though the source does not have it. */
  readonly isOurs: (relation: Relation) => Promise<boolean>
  readonly nameOf: (id: string) => string
  readonly report: Report
}

/** Compares the relations of the source with those of the record. What would close a cycle is left out and reported. */
export async function compareRelations(desired: DesiredRelations, context: RelationContext): Promise<RelationPlan> {
  const { stored, isOfSource, isOurs, nameOf, report } = context
  const wanted = new Map<string, DesiredRelation>()
  for (const relation of [...desired.parentsByChild.values()].flat()) wanted.set(keyOf(relation), relation)
  for (const relation of desired.others) if (!wanted.has(keyOf(relation))) wanted.set(keyOf(relation), relation)

  const remove: Relation[] = []
  const kept: Relation[] = []
  const parentOf = new Map<string, Relation>()
  for (const relation of stored.relations) {
    const { source, kind, target } = relation
    const parents = kind === 'parent' ? desired.parentsByChild.get(source as TaskId) : undefined
    if (parents !== undefined) {
      parentOf.set(source, relation)
      if (parents[0]?.target === target) kept.push(relation)
    } else if (!isOfSource(source) || !isOfSource(target) || !IMPORTED_KINDS.includes(kind)) {
      kept.push(relation)
    } else if (isAsWanted(relation, wanted.get(keyOf(relation)))) {
      kept.push(relation)
    } else if (isSecondParent(relation, desired)) {
      kept.push(relation)
    } else if (!wanted.has(keyOf(relation)) && (await isOurs(relation))) {
      kept.push(relation)
      report.warn('kept', nameOf(source), undefined, `${kind} ${nameOf(target)} was added here; Beads does not have it`)
    } else {
      remove.push(relation)
    }
  }

  const graph = new WaitingGraph([...stored.relations, ...wanted.values()])
  for (const relation of kept) graph.add(relation)
  const known = new Map<string, DesiredRelation | Relation>(kept.map((relation) => [keyOf(relation), relation]))
  const seen = new Map<string, DesiredRelation>()
  const add: DesiredRelation[] = []
  const move: DesiredRelation[] = []

  /** Whether the relation is there now. */
  const take = (relation: DesiredRelation): boolean => {
    const { dependency } = relation
    const { issue: id, file, line } = dependency
    const key = keyOf(relation)
    const twin = seen.get(key)
    if (twin !== undefined && twin.gate !== relation.gate) {
      report.skip({
        kind: 'dependency',
        id,
        file,
        line,
        reason: `${describe(dependency)}: it contradicts ${describe(twin.dependency)}`,
      })
      return false
    }
    if (twin !== undefined) {
      report.warn(
        'duplicate',
        id,
        line,
        `${describe(dependency)}: the same relation comes of ${describe(twin.dependency)}`,
      )
      return true
    }
    if (!known.has(key)) {
      const cycle = graph.findCycle(relation)
      if (cycle !== undefined) {
        const path = cycle.map(nameOf).join(' → ')
        report.skip({
          kind: 'dependency',
          id,
          file,
          line,
          reason: `${describe(dependency)}: it would close a cycle of waiting, ${path}`,
        })
        return false
      }
      graph.add(relation)
    }
    seen.set(key, relation)
    return true
  }

  const secondParents: DesiredRelation[] = []
  for (const [child, candidates] of desired.parentsByChild) {
    const before = parentOf.get(child)
    let parent: DesiredRelation | undefined
    for (const candidate of candidates) {
      if (parent === undefined) parent = take(candidate) ? candidate : undefined
      else if (candidate.target === parent.target) take(candidate)
      else secondParents.push(toRelated(candidate, report))
    }
    if (before === undefined && parent !== undefined) add.push(parent)
    else if (before !== undefined && parent === undefined) remove.push(before)
    else if (parent !== undefined && before?.target !== parent.target) move.push(parent)
  }
  for (const relation of [...desired.others, ...secondParents]) {
    const isNew = !seen.has(keyOf(relation))
    if (take(relation) && isNew && !known.has(keyOf(relation))) add.push(relation)
  }
  return { remove, add, move }
}

/** Whether a relation of the record is the one that is wanted, with the same gate. */
function isAsWanted(relation: Relation, wanted: DesiredRelation | undefined): boolean {
  return wanted !== undefined && (relation.gate ?? 'closed') === (wanted.gate ?? 'closed')
}

/** Whether a relation stands for one of several parents. */
function isSecondParent({ source, kind, target }: TaskRelation, { parentsByChild }: DesiredRelations): boolean {
  const parents = parentsByChild.get(source as TaskId) ?? []
  return kind === 'related' && parents.length > 1 && parents.some((parent) => parent.target === target)
}

function toRelated(parent: DesiredRelation, report: Report): DesiredRelation {
  report.unmapped('dependency', parent.dependency.type, 'related: a task has one parent', parent.dependency.issue)
  return { ...parent, kind: 'related' }
}

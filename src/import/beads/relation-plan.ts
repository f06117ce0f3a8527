import type { TaskId } from '../../ids.js'
import type { Relation } from '../../record/relations/relation.js'
import type { TaskRelation } from '../../record/relations/waits.js'
import { type DesiredRelation, type DesiredRelations, describe } from './desired-relation.js'
import type { Merge } from './merge.js'
import type { BeadsDependency } from './records.js'
import type { Report } from './report.js'
import { IMPORTED_KINDS, relationKeyOf, type Stored } from './stored.js'
import { WaitingGraph } from './waiting-graph.js'

/** What has to be done so that the record has the relations of the source. */
export interface RelationPlan {
  readonly remove: readonly Relation[]
  /** In this order: parents first, so that of a cycle it is the later relation that is left out. */
  readonly add: readonly DesiredRelation[]
}

/** What comparing relations needs. */
export interface RelationContext {
  readonly stored: Stored
  /** The tasks of the source: only relations between two of them are removed. */
  readonly isOfSource: (id: string) => boolean
  /** What is known of a task of the source that was here before; `undefined` for a new one. */
  readonly mergeOf: (id: TaskId) => Promise<Merge> | undefined
  readonly nameOf: (id: string) => string
  readonly report: Report
}

/** Compares the relations of the source with those of the record. What would close a cycle is left out and reported. */
export async function compareRelations(desired: DesiredRelations, context: RelationContext): Promise<RelationPlan> {
  const wantedByKey = new Map<string, DesiredRelation>()
  for (const relation of [...[...desired.parentsByChild.values()].flat(), ...desired.others]) {
    const key = relationKeyOf(relation)
    if (!wantedByKey.has(key)) wantedByKey.set(key, relation)
  }
  const left = await findLeft(desired, wantedByKey, context)
  const { kept, remove, parentByChild } = await sortStored(desired, wantedByKey, left, context)
  const taker = new RelationTaker(wantedByKey.values(), kept, context)
  const parents = takeParents(desired.parentsByChild, parentByChild, left, taker, context.report)
  const second = parents.second.filter((relation) => !left.keys.has(relationKeyOf(relation)))
  const others = takeOthers([...desired.others.filter((r) => !left.keys.has(relationKeyOf(r))), ...second], taker)
  return { remove: [...remove, ...parents.remove], add: [...parents.add, ...others] }
}

/** What stays as it is here, whether it is there or was removed, though the source says otherwise. */
interface Left {
  readonly keys: ReadonlySet<string>
  /** Children whose parent stays, and the parent that the source claims. */
  readonly claimByChild: ReadonlyMap<string, string>
}

async function findLeft(
  { parentsByChild }: DesiredRelations,
  wantedByKey: ReadonlyMap<string, DesiredRelation>,
  { stored, mergeOf }: RelationContext,
): Promise<Left> {
  const storedByKey = new Map(stored.relations.map((relation) => [relationKeyOf(relation), relation]))
  const parentByChild = new Map(
    stored.relations.filter(({ kind }) => kind === 'parent').map(({ source, target }) => [source as string, target]),
  )
  const keys = new Set<string>()
  const claimByChild = new Map<string, string>()
  const check = async (relation: DesiredRelation): Promise<void> => {
    const key = relationKeyOf(relation)
    const [here, wanted] = [gateOf(storedByKey.get(key)), gateOf(relation)]
    const merge = here === wanted ? undefined : await mergeOf(relation.source)
    if (merge === undefined) return
    const before = merge.past.gateByRelation.get(key)
    if (!merge.takes(describe(relation.dependency), key, before === wanted, before === here)) keys.add(key)
  }
  for (const relation of wantedByKey.values()) if (relation.kind !== 'parent') await check(relation)
  for (const [child, candidates] of parentsByChild) {
    const here = parentByChild.get(child)
    const first = candidates[0]!.target
    const merge = here === first ? undefined : await mergeOf(child)
    if (merge === undefined) continue
    const before = merge.past.parent
    const isClaimed = candidates.some(({ target }) => target === before)
    for (const candidate of candidates.slice(1)) {
      const related = { ...candidate, kind: 'related' as const }
      if (candidate.target !== before) await check(related)
    }
    if (merge.takes('the parent', 'parent', isClaimed && before !== here, before === here)) continue
    claimByChild.set(child, isClaimed ? before! : first)
  }
  return { keys, claimByChild }
}

function gateOf(relation: { readonly gate?: string } | undefined): string | undefined {
  return relation && (relation.gate ?? 'closed')
}

/** What the record has, by what becomes of it. */
interface SortedRelations {
  readonly kept: readonly Relation[]
  readonly remove: readonly Relation[]
  /** The parents that tasks have now, of those tasks for which the source names one. */
  readonly parentByChild: ReadonlyMap<string, Relation>
}

async function sortStored(
  desired: DesiredRelations,
  wantedByKey: ReadonlyMap<string, DesiredRelation>,
  left: Left,
  context: RelationContext,
): Promise<SortedRelations> {
  const { stored, isOfSource } = context
  const kept: Relation[] = []
  const remove: Relation[] = []
  const parentByChild = new Map<string, Relation>()
  for (const relation of stored.relations) {
    const { source, kind, target } = relation
    const parents = kind === 'parent' ? desired.parentsByChild.get(source as TaskId) : undefined
    const key = relationKeyOf(relation)
    if (parents !== undefined) {
      parentByChild.set(source, relation)
      if (parents[0]?.target === target || left.claimByChild.has(source)) kept.push(relation)
    } else if (!isOfSource(source) || !isOfSource(target) || !IMPORTED_KINDS.includes(kind)) {
      kept.push(relation)
    } else if (isAsWanted(relation, wantedByKey.get(key)) || isSecondParent(relation, desired) || left.keys.has(key)) {
      kept.push(relation)
    } else if (wantedByKey.has(key) || (await isDropped(relation, context))) {
      remove.push(relation)
    } else {
      kept.push(relation)
    }
  }
  return { kept, remove, parentByChild }
}

/** Whether a relation that the source does not have was dropped there, and was not added here. */
async function isDropped(relation: Relation, { mergeOf, nameOf, report }: RelationContext): Promise<boolean> {
  const { source, kind, target } = relation
  const key = relationKeyOf(relation)
  const merge = (await mergeOf(source as TaskId))!
  const { relationsOfOurs, gateByRelation, parent } = merge.past
  const isOurs = relationsOfOurs.has(key) || !gateByRelation.has(key)
  if (isOurs && kind === 'parent' && parent !== undefined) return merge.takes('the parent', 'parent', false, false)
  if (!isOurs) return merge.takes(`${kind} ${nameOf(target)}`, key, false, gateByRelation.get(key) === gateOf(relation))
  report.warn('kept', nameOf(source), undefined, `${kind} ${nameOf(target)} was added here; Beads does not have it`)
  return false
}

/** Takes relations of the source one by one, beside what is kept; what would close a cycle is left out and reported. */
class RelationTaker {
  readonly #nameOf: RelationContext['nameOf']
  readonly #report: Report
  readonly #graph: WaitingGraph
  readonly #keptKeys: ReadonlySet<string>
  readonly #takenByKey = new Map<string, DesiredRelation>()

  /** `wanted`: all that may be taken. */
  constructor(
    wanted: Iterable<DesiredRelation>,
    kept: readonly Relation[],
    { stored, nameOf, report }: RelationContext,
  ) {
    this.#nameOf = nameOf
    this.#report = report
    this.#graph = new WaitingGraph([...stored.relations, ...wanted])
    for (const relation of kept) this.#graph.add(relation)
    this.#keptKeys = new Set(kept.map(relationKeyOf))
  }

  /** Whether a relation is kept or was taken. */
  has(relation: DesiredRelation): boolean {
    const key = relationKeyOf(relation)
    return this.#keptKeys.has(key) || this.#takenByKey.has(key)
  }

  /** Takes a relation in unless something speaks against it, which is reported. `false` where it was left out. */
  take(relation: DesiredRelation): boolean {
    const key = relationKeyOf(relation)
    const twin = this.#takenByKey.get(key)
    if (twin !== undefined) return this.#takeTwin(relation, twin)
    if (!this.#keptKeys.has(key)) {
      const cycle = this.#graph.findCycle(relation)
      if (cycle !== undefined) {
        const path = cycle.map(this.#nameOf).join(' → ')
        this.#skip(relation.dependency, `it would close a cycle of waiting, ${path}`)
        return false
      }
      this.#graph.add(relation)
    }
    this.#takenByKey.set(key, relation)
    return true
  }

  /** Two dependencies may become one relation, unless their gates contradict each other. */
  #takeTwin({ dependency, gate }: DesiredRelation, twin: DesiredRelation): boolean {
    if (twin.gate !== gate) {
      this.#skip(dependency, `it contradicts ${describe(twin.dependency)}`)
      return false
    }
    const reason = `${describe(dependency)}: the same relation comes of ${describe(twin.dependency)}`
    this.#report.warn('duplicate', dependency.issue, dependency.line, reason)
    return true
  }

  #skip(dependency: BeadsDependency, why: string): void {
    const { issue: id, file, line } = dependency
    this.#report.skip({ kind: 'dependency', id, file, line, reason: `${describe(dependency)}: ${why}` })
  }
}

/** What becomes of the parents that the source names. */
interface ParentPlan extends RelationPlan {
  /** Parents beside a task's first, as other relations that are still to be taken. */
  readonly second: readonly DesiredRelation[]
}

function takeParents(
  parentsByChild: DesiredRelations['parentsByChild'],
  storedByChild: ReadonlyMap<string, Relation>,
  left: Left,
  taker: RelationTaker,
  report: Report,
): ParentPlan {
  const remove: Relation[] = []
  const add: DesiredRelation[] = []
  const second: DesiredRelation[] = []
  for (const [child, candidates] of parentsByChild) {
    const before = storedByChild.get(child)
    const claim = left.claimByChild.get(child)
    if (claim !== undefined) {
      const rest = candidates.filter(({ target }) => target !== claim && target !== before?.target)
      second.push(...rest.map((candidate) => toRelated(candidate, report)))
      continue
    }
    let parent: DesiredRelation | undefined
    for (const candidate of candidates) {
      if (parent === undefined) parent = taker.take(candidate) ? candidate : undefined
      else if (candidate.target === parent.target) taker.take(candidate)
      else second.push(toRelated(candidate, report))
    }
    if (before?.target === parent?.target) continue
    // Another parent is one that goes and one that comes: when several move at once, all must have left first.
    if (before !== undefined) remove.push(before)
    if (parent !== undefined) add.push(parent)
  }
  return { remove, add, second }
}

/** Those of the relations that are new. */
function takeOthers(relations: readonly DesiredRelation[], taker: RelationTaker): DesiredRelation[] {
  return relations.filter((relation) => {
    const isNew = !taker.has(relation)
    return taker.take(relation) && isNew
  })
}

/** Whether a relation of the record is the one that is wanted, with the same gate. */
function isAsWanted(relation: Relation, wanted: DesiredRelation | undefined): boolean {
  return wanted !== undefined && (relation.gate ?? 'closed') === (wanted.gate ?? 'closed')
}

/** Whether a relation stands for one of several parents. */
function isSecondParent({ source, kind, target }: TaskRelation<string>, { parentsByChild }: DesiredRelations): boolean {
  const parents = parentsByChild.get(source as TaskId) ?? []
  return kind === 'related' && parents.length > 1 && parents.some((parent) => parent.target === target)
}

function toRelated(parent: DesiredRelation, report: Report): DesiredRelation {
  report.unmapped('dependency', parent.dependency.type, 'related: a task has one parent', parent.dependency.issue)
  return { ...parent, kind: 'related' }
}

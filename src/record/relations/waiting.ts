import type { Awaitable, Reader } from '../../store/store.js'
import { type Expand, findPath } from './find-path.js'
import { type Moment, RELATION_KINDS, type RelationKind, relationDefinition } from './registry.js'
import { arrowsOf, arrowWithin, type TaskRelation, toTasks } from './waits.js'

/**
 * Waiting: what may not go round.
 *
 * Each task has two moments, *gates open* and *finished*, and relations draw arrows from a moment to the one that it
 * waits for; besides, finished waits for gates of the same task. Here a moment is a number: twice the key of its task,
 * and one more for *finished*.
 */
function momentOf(key: number, moment: Moment): number {
  return key * 2 + (moment === 'finished' ? 1 : 0)
}

function keyOfMoment(moment: number): number {
  return Math.floor(moment / 2)
}

/** The arrow within a task, for the task of key 0: what a moment has over twice its key. */
const WITHIN = arrowWithin(0, momentOf)

/** A relation between tasks, by their keys. */
type WaitingRelation = TaskRelation<number>

/** The relations to read for the arrows that leave (or reach) the moments of some tasks. */
interface Lookup {
  /** For one task, by its key, and for many, by a JSON array of theirs. */
  readonly one: string
  readonly many: string
  /** What the first column of its rows stands for: relations are read much faster without their kinds as text. */
  readonly kinds: readonly RelationKind[]
}

type LookupRow = readonly [kind: number, source: number, target: number]

function lookupsFor(direction: 'forward' | 'backward'): readonly Lookup[] {
  return (['source', 'target'] as const).map((column) => {
    const kinds = RELATION_KINDS.filter((kind) =>
      relationDefinition(kind).waits?.some((wait) => (wait.waiter === column) === (direction === 'forward')),
    )
    const cases = kinds.map((kind, index) => `WHEN '${kind}' THEN ${index}`).join(' ')
    // One search for each task, and not one for each of the kinds: hence the plus, which keeps them off the index.
    const select = `SELECT CASE kind ${cases} END, source, target FROM relations
      WHERE +kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')}) AND ${column}`
    return { one: `${select} = ?`, many: `${select} IN (SELECT value FROM json_each(?))`, kinds }
  })
}

const LOOKUPS = { forward: lookupsFor('forward'), backward: lookupsFor('backward') }

function readRelations(reader: Reader, lookup: Lookup, keys: readonly number[]): Awaitable<readonly LookupRow[]> {
  return keys.length === 1
    ? reader.rows<LookupRow>(lookup.one, keys[0]!)
    : reader.rows<LookupRow>(lookup.many, JSON.stringify(keys))
}

function expandWaiting(reader: Reader, direction: 'forward' | 'backward', leaveOut?: WaitingRelation): Expand {
  const [near, far] = direction === 'forward' ? [WITHIN.from, WITHIN.to] : [WITHIN.to, WITHIN.from]
  return async (moments, visit) => {
    const asked = new Set(moments)
    const passed = new Set<number>()
    // Both moments of a task are looked up in one go.
    for (const moment of moments) {
      const own = moment - near + far
      if (moment % 2 !== near || asked.has(own)) continue
      visit(moment, own)
      passed.add(own)
    }
    const keys = [...new Set(moments.map(keyOfMoment))]
    for (const lookup of LOOKUPS[direction]) {
      for (const [index, source, target] of await readRelations(reader, lookup, keys)) {
        const relation = { source, kind: lookup.kinds[index]!, target }
        if (leaveOut !== undefined && isSame(relation, leaveOut)) continue
        for (const { from, to } of arrowsOf(relation, momentOf)) {
          const [start, end] = direction === 'forward' ? [from, to] : [to, from]
          if (asked.has(start) || passed.has(start)) visit(start, end)
        }
      }
    }
    return passed
  }
}

function isSame(one: WaitingRelation, other: WaitingRelation): boolean {
  return one.source === other.source && one.kind === other.kind && one.target === other.target
}

/**
 * The tasks of a cycle that a relation would close, each waiting for the next and the first repeated last, or
 * `undefined` where it closes none. `leaveOut` is a relation that the same command removes.
 */
export async function findCycleOfWaiting(
  reader: Reader,
  relation: WaitingRelation,
  leaveOut?: WaitingRelation,
): Promise<number[] | undefined> {
  const forward = expandWaiting(reader, 'forward', leaveOut)
  const backward = expandWaiting(reader, 'backward', leaveOut)
  for (const { from, to } of arrowsOf(relation, momentOf)) {
    const path = await findPath([to], [from], forward, backward)
    if (path !== undefined) return toTasks([from, ...path], keyOfMoment)
  }
  return undefined
}

/**
 * The same for a task that does not exist yet: its blockers may not wait, in the end, for its parent.
 *
 * Nothing waits for a task that is not there but its parent, so no other cycle can come of it. Its own key is `fresh`.
 */
export async function findCycleThroughNewTask(
  reader: Reader,
  fresh: number,
  parent: number,
  blockers: readonly number[],
): Promise<number[] | undefined> {
  const path = await findPath(
    blockers.map((blocker) => momentOf(blocker, 'finished')),
    [momentOf(parent, 'finished')],
    expandWaiting(reader, 'forward'),
    expandWaiting(reader, 'backward'),
  )
  return path && toTasks([momentOf(fresh, 'gates'), ...path, momentOf(fresh, 'finished')], keyOfMoment)
}

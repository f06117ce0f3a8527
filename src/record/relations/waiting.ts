import { type Arrows, type Expand, findPath } from '../../graph/find-path.js'
import type { Reader } from '../../store/store.js'
import { type Moment, RELATION_KINDS, type RelationKind, relationDefinition } from './registry.js'

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

function isFinished(moment: number): boolean {
  return moment % 2 === 1
}

/** A relation between tasks, as far as waiting goes. */
export interface WaitingRelation {
  readonly source: number
  readonly kind: RelationKind
  readonly target: number
}

interface Arrow {
  readonly from: number
  readonly to: number
}

/** The arrows of waiting that a relation draws. */
function arrowsOf({ source, kind, target }: WaitingRelation): Arrow[] {
  return (relationDefinition(kind).waits ?? []).map((wait) => {
    const [waiter, awaited] = wait.waiter === 'source' ? [source, target] : [target, source]
    return { from: momentOf(waiter, wait.moment), to: momentOf(awaited, wait.for) }
  })
}

/** Kinds whose arrows touch a moment, read from its end of the relation. */
interface Lookup {
  readonly kinds: readonly RelationKind[]
  readonly column: 'source' | 'target'
}

/** Which relations to read for the arrows that leave (or reach) a moment of a task. */
function lookupsFor(direction: 'forward' | 'backward'): readonly Lookup[] {
  const columns = ['source', 'target'] as const
  return columns.map((column) => ({
    column,
    kinds: RELATION_KINDS.filter((kind) =>
      relationDefinition(kind).waits?.some((wait) => (wait.waiter === column) === (direction === 'forward')),
    ),
  }))
}

const LOOKUPS = { forward: lookupsFor('forward'), backward: lookupsFor('backward') }
const STATEMENTS = new Map(
  [...LOOKUPS.forward, ...LOOKUPS.backward].map((lookup) => [
    lookup,
    `SELECT source, kind, target FROM relations
     WHERE ${lookup.column} IN (SELECT value FROM json_each(?)) AND kind IN (${lookup.kinds.map((k) => `'${k}'`).join(', ')})`,
  ]),
)

function expandWaiting(reader: Reader, direction: 'forward' | 'backward', leaveOut?: WaitingRelation): Expand {
  return async (moments) => {
    const asked = new Set(moments)
    const passed: number[] = []
    const arrows: (readonly [number, number])[] = []
    // A finished task waits for its own gates: both moments of a task are looked up in one go.
    for (const moment of moments) {
      const own = direction === 'forward' ? moment - 1 : moment + 1
      if (isFinished(moment) !== (direction === 'forward') || asked.has(own)) continue
      arrows.push([moment, own])
      asked.add(own)
      passed.push(own)
    }
    const keys = JSON.stringify([...new Set(moments.map(keyOfMoment))])
    for (const lookup of LOOKUPS[direction]) {
      for (const relation of await reader.all<WaitingRelation>(STATEMENTS.get(lookup)!, keys)) {
        if (leaveOut !== undefined && isSame(relation, leaveOut)) continue
        for (const { from, to } of arrowsOf(relation)) {
          const [near, far] = direction === 'forward' ? [from, to] : [to, from]
          if (asked.has(near)) arrows.push([near, far])
        }
      }
    }
    return { arrows, passed } satisfies Arrows
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
  for (const { from, to } of arrowsOf(relation)) {
    const path = await findPath([to], [from], forward, backward)
    if (path !== undefined) return toTasks([from, ...path])
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
  return path && toTasks([momentOf(fresh, 'gates'), ...path, momentOf(fresh, 'finished')])
}

/** Moments as tasks: the two of one task, one after the other, are one step. */
function toTasks(moments: readonly number[]): number[] {
  return moments.map(keyOfMoment).filter((key, index, keys) => key !== keys[index - 1])
}

import type { Reader } from '../../store/store.js'
import { type Expand, findPath } from './find-path.js'
import { type Moment, RELATION_KINDS, relationDefinition } from './registry.js'
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

/**
 * Statements for the arrows that leave (or reach) the moments of some tasks: one row of two JSON arrays, the near ends of
 * the arrows and their far ends. Thousands of arrows cost half as much so as with a row each.
 */
interface Lookup {
  /** For one task, by its key, and for many, by a JSON array of theirs. */
  readonly one: string
  readonly many: string
}

type LookupRow = readonly [near: string, far: string]

function lookupsFor(direction: 'forward' | 'backward'): readonly Lookup[] {
  return (['source', 'target'] as const).map((column) => {
    const waits = RELATION_KINDS.flatMap((kind) =>
      (relationDefinition(kind).waits ?? [])
        .filter(({ waiter }) => (waiter === column) === (direction === 'forward'))
        .map((wait) => {
          const [near, far] = direction === 'forward' ? [wait.moment, wait.for] : [wait.for, wait.moment]
          return { kind, near, far }
        }),
    )
    const cases = (end: 'near' | 'far') =>
      waits.map((wait) => `WHEN '${wait.kind}' THEN ${momentOf(0, wait[end])}`).join(' ')
    const momentSql = (end: 'near' | 'far', of: string) => `r.${of} * 2 + CASE r.kind ${cases(end)} END`
    const near = momentSql('near', column)
    const far = momentSql('far', column === 'source' ? 'target' : 'source')
    const kinds = waits.map(({ kind }) => `'${kind}'`).sort()
    const select = `SELECT json_group_array(${near}), json_group_array(${far}) FROM`
    // One search for each task, and not one for each of the kinds: they lie together in the index, but for a few others.
    const where = `r.kind BETWEEN ${kinds[0]} AND ${kinds.at(-1)} AND +r.kind IN (${kinds.join(', ')})`
    return {
      one: `${select} relations r WHERE r.${column} = ? AND ${where}`,
      many: `${select} json_each(?) k CROSS JOIN relations r WHERE r.${column} = k.value AND ${where}`,
    }
  })
}

const LOOKUPS = { forward: lookupsFor('forward'), backward: lookupsFor('backward') }

function expandWaiting(reader: Reader, direction: 'forward' | 'backward', leaveOut?: WaitingRelation): Expand {
  const [near, far] = direction === 'forward' ? [WITHIN.from, WITHIN.to] : [WITHIN.to, WITHIN.from]
  const without = leaveOut === undefined ? '' : ' AND (r.source, r.kind, r.target) <> (?, ?, ?)'
  const leftOut = leaveOut === undefined ? [] : [leaveOut.source, leaveOut.kind, leaveOut.target]
  return async (moments, visit) => {
    const asked = new Set(moments)
    const keys: number[] = []
    // From the near moment of a task the search passes to its far one: both are looked up in one go.
    let areBothAsked = true
    for (const moment of moments) {
      const isNear = moment % 2 === near
      const other = isNear ? moment - near + far : moment - far + near
      const isOtherAsked = asked.has(other)
      if (isNear && !isOtherAsked) visit(moment, other, true)
      if (isNear || !isOtherAsked) keys.push(keyOfMoment(moment))
      if (!isNear && !isOtherAsked) areBothAsked = false
    }
    const isAsked = (moment: number) => asked.has(moment) || (moment % 2 === far && asked.has(moment - far + near))
    const json = JSON.stringify(keys)
    for (const lookup of LOOKUPS[direction]) {
      const [row] =
        keys.length === 1
          ? await reader.rows<LookupRow>(lookup.one + without, keys[0]!, ...leftOut)
          : await reader.rows<LookupRow>(lookup.many + without, json, ...leftOut)
      const starts: number[] = JSON.parse(row![0])
      const ends: number[] = JSON.parse(row![1])
      for (let arrow = 0; arrow < starts.length; arrow++) {
        if (areBothAsked || isAsked(starts[arrow]!)) visit(starts[arrow]!, ends[arrow]!)
      }
    }
  }
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

import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bottlenecks,
  criticalPath,
  findCycles,
  impact,
  type Reason,
  type TaskId,
  type Tracker,
  type TransactionTracker,
  taskGraph,
  waves,
} from '../src/index.js'
import { perform, type Step, steps, within } from './support/task-model.js'
import { inMemory } from './support/trackers.js'

/** Runs commands that meddle with what holds tasks back, those that are refused too, and then looks at the record. */
function afterAnyHistory(runs: number, look: (tracker: Tracker, ids: readonly TaskId[]) => Promise<void>) {
  const history = fc.array(steps, { minLength: 10, maxLength: 40, size: 'max' })
  return fc.assert(
    fc.asyncProperty(history, (given) =>
      inMemory(async (tracker) => {
        const ids: TaskId[] = []
        const births = Array.from({ length: 6 }, (): Step => ({ verb: 'create', priority: 'medium', blockers: [] }))
        for (const step of [...births, ...given]) {
          await perform(tracker, ids, within(step, Math.max(ids.length, 1))).catch(() => {})
        }
        await look(tracker, ids)
      }),
    ),
    { numRuns: runs },
  )
}

async function readyIds(t: TransactionTracker): Promise<TaskId[]> {
  return (await t.tasks.ready({ limit: 1_000, sort: 'oldest' })).items.map(({ id }) => id).sort()
}

async function statusOf(t: TransactionTracker, id: TaskId): Promise<string> {
  return (await t.tasks.get(id)).status
}

/** What of the reasons why a task is not ready keeps it from ending with others, where it is no work or under way. */
function isKeptOpen(reasons: readonly Reason[], isUnderWay: boolean): boolean {
  return reasons.some(({ kind }) => kind === 'child' || (!isUnderWay && !['superseded', 'duplicate'].includes(kind)))
}

/** Closes, until there are none, tasks that are under way or replaced and that nothing keeps open any more. */
async function closeWithOthers(t: TransactionTracker, ids: readonly TaskId[], but?: TaskId): Promise<void> {
  for (let closed = -1; closed !== 0; ) {
    closed = 0
    for (const id of ids) {
      const status = await statusOf(t, id)
      if (status === 'closed' || id === but) continue
      const { reasons } = await t.tasks.explain(id)
      const isUnderWay = status === 'in_progress' || status === 'in_review'
      const stands = reasons.filter(({ kind }) => kind === 'superseded' || kind === 'duplicate')
      if (stands.length === 0 && !isUnderWay) continue
      if (isKeptOpen(reasons, isUnderWay)) continue
      const replacements = await Promise.all(stands.map(({ task }) => statusOf(t, task!)))
      if (replacements.some((replacement) => replacement !== 'closed')) continue
      await t.tasks.close(id)
      closed++
    }
  }
}

async function isUnderWayWithChildren(t: TransactionTracker, id: TaskId): Promise<boolean> {
  if ((await statusOf(t, id)) === 'open') return false
  return (await t.tasks.explain(id)).reasons.some(({ kind }) => kind === 'child')
}

class Undone extends Error {}

/** Tries something on the record, and takes it all back. */
async function tried<Result>(tracker: Tracker, work: (t: TransactionTracker) => Promise<Result>): Promise<Result> {
  let result: Result | undefined
  const undone = tracker.transaction(async (t) => {
    result = await work(t)
    throw new Undone()
  })
  await expect(undone).rejects.toThrow(Undone)
  return result!
}

test('closing one wave after the other on the record makes ready what the next wave says, and leaves what is stuck', async () => {
  await afterAnyHistory(60, async (tracker, ids) => {
    const found = waves(await taskGraph(tracker))
    expect(found.waves.flat().length).toBe(new Set(found.waves.flat()).size)
    const underWay = (await tracker.tasks.list({ status: ['in_progress', 'in_review'], limit: 1_000 })).items
    const first = new Set(found.waves[0])
    const openFirst: TaskId[] = []
    for (const id of first) if ((await statusOf(tracker, id)) === 'open') openFirst.push(id)
    expect(openFirst.sort()).toEqual(await readyIds(tracker))
    await tried(tracker, async (t) => {
      // Where there is no wave at all, replaced tasks may still have to be closed.
      const all = found.waves.length === 0 ? [[]] : found.waves
      for (const [number, wave] of all.entries()) {
        if (number > 0) expect(await readyIds(t)).toEqual([...wave].sort())
        for (const id of wave) if (!(await isUnderWayWithChildren(t, id))) await t.tasks.close(id)
        await closeWithOthers(t, ids)
      }
      expect(await readyIds(t)).toEqual([])
      const left = (await t.tasks.list({ status: ['open', 'in_progress', 'in_review', 'blocked'], limit: 1_000 })).items
      const neverEnd = underWay.filter(({ id }) => first.has(id)).map(({ id }) => id)
      expect(left.map(({ id }) => id).filter((id) => !neverEnd.includes(id))).toEqual(found.stuck)
    })
  })
})

test('completing a task makes ready what its impact says', async () => {
  await afterAnyHistory(80, async (tracker, ids) => {
    const graph = await taskGraph(tracker)
    const before = await readyIds(tracker)
    for (const id of ids) {
      const { direct, eventual } = impact(graph, id)
      if ((await statusOf(tracker, id)) === 'closed') {
        expect({ direct, eventual }).toEqual({ direct: [], eventual: [] })
        continue
      }
      const after = await tried(tracker, async (t) => {
        await t.tasks.close(id)
        return readyIds(t)
      })
      expect([...direct].sort()).toEqual(after.filter((one) => !before.includes(one)))
      expect(eventual).toEqual(expect.arrayContaining([...direct]))
      expect(eventual).not.toContain(id)
    }
  })
})

test('what is left over when all is done but one task is what its impact says, in the end', async () => {
  await afterAnyHistory(40, async (tracker, ids) => {
    const graph = await taskGraph(tracker)
    const { waves: found, stuck } = waves(graph)
    const comes = new Set(found.flat())
    for (const id of ids) {
      if ((await statusOf(tracker, id)) === 'closed' || stuck.includes(id)) continue
      const left = await tried(tracker, async (t) => {
        for (let ready = await readyIds(t); ; ready = await readyIds(t)) {
          const others = ready.filter((one) => one !== id)
          for (const one of others) await t.tasks.close(one)
          await closeWithOthers(t, ids, id)
          if (others.length === 0 && (await readyIds(t)).every((one) => one === id)) break
        }
        return (await t.tasks.list({ status: 'open', limit: 1_000 })).items.map((task) => task.id)
      })
      const { eventual } = impact(graph, id)
      expect(eventual.filter((one) => comes.has(one)).sort()).toEqual(
        left.filter((one) => comes.has(one) && one !== id).sort(),
      )
    }
  })
})

test('bottlenecks are what has the greatest impact', async () => {
  await afterAnyHistory(40, async (tracker, ids) => {
    const graph = await taskGraph(tracker)
    const replaced = new Set<string>()
    graph.forEachEdge((_edge, { kind }, source, target) => {
      if (kind === 'supersedes') replaced.add(target)
      if (kind === 'duplicate_of') replaced.add(source)
    })
    const expected = ids
      .filter((id) => !replaced.has(id))
      .map((task) => {
        const { direct, eventual } = impact(graph, task)
        return { task, direct: direct.length, eventual: eventual.length }
      })
      .filter(({ eventual }) => eventual > 0)
      .sort(
        (one, other) => other.eventual - one.eventual || other.direct - one.direct || (one.task < other.task ? -1 : 1),
      )
    expect(bottlenecks(graph, { limit: 1_000 })).toEqual(expected)
    expect(bottlenecks(graph, { limit: 2 })).toEqual(expected.slice(0, 2))
  })
})

test('a record has no cycle of blocked_by, and its critical path is as long as there are waves', async () => {
  await afterAnyHistory(60, async (tracker) => {
    expect(findCycles(await taskGraph(tracker, { kinds: ['blocked_by'] }))).toEqual([])
    // What is under way or replaced ends with others, and makes no wave of its own.
    const graph = await taskGraph(tracker, { kinds: ['blocked_by', 'parent'] })
    graph.forEachNode((id, { status }) => {
      if (status === 'in_progress' || status === 'in_review') graph.setNodeAttribute(id, 'status', 'open')
    })
    const found = waves(graph).waves
    const { tasks, length } = criticalPath(graph)
    expect([tasks.length, length]).toEqual([found.length, found.length])
    for (const [wave, id] of tasks.entries()) expect(found[wave]).toContain(id)
  })
})

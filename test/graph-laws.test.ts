import fc from 'fast-check'
import { DirectedGraph } from 'graphology'
import { describe, expect, test } from 'vitest'
import {
  bottlenecks,
  criticalPath,
  findCycles,
  impact,
  type TaskGraph,
  type TaskId,
  type Tracker,
  taskGraph,
  waves,
} from '../src/index.js'
import { all } from './support/answers.js'
import { expectRefusal } from './support/refusals.js'
import { perform, steps, within } from './support/task-model.js'
import { inMemory } from './support/trackers.js'

/** Runs the law on the records of random histories of tasks; what a command refuses is left out. */
async function onRecords(law: (tracker: Tracker) => Promise<void>, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 60 }), (history) =>
      inMemory(async (tracker) => {
        const ids: TaskId[] = []
        for (const step of history) {
          if (ids.length === 0) ids.push((await tracker.tasks.create({ title: 'first' })).id)
          await perform(tracker, ids, within(step, ids.length)).catch(expectRefusal)
        }
        await law(tracker)
      }),
    ),
    { numRuns },
  )
}

async function readyIds(tracker: Tracker): Promise<Set<TaskId>> {
  return new Set((await all((page) => tracker.tasks.ready(page))).map(({ id }) => id))
}

function isReplaced(graph: TaskGraph, id: TaskId): boolean {
  return replacementsOf(graph, id).length > 0
}

function replacementsOf(graph: TaskGraph, id: TaskId): string[] {
  return [
    ...graph.filterInEdges(id, (_, { kind }) => kind === 'supersedes').map((edge) => graph.source(edge)),
    ...graph.filterOutEdges(id, (_, { kind }) => kind === 'duplicate_of').map((edge) => graph.target(edge)),
  ]
}

/** Closes what was replaced, once that is so with all its replacements, until nothing more is. */
async function closeReplaced(tracker: Tracker): Promise<void> {
  for (let changed = true; changed; ) {
    changed = false
    const graph = await taskGraph(tracker)
    for (const id of graph.nodes() as TaskId[]) {
      const replacements = replacementsOf(graph, id)
      if (replacements.length === 0 || graph.getNodeAttribute(id, 'status') === 'closed') continue
      if (replacements.every((other) => graph.getNodeAttribute(other, 'status') === 'closed')) {
        await tracker.tasks.close(id)
        changed = true
      }
    }
  }
}

describe('waves', () => {
  test('begin with what is ready or under way', () =>
    onRecords(async (tracker) => {
      const graph = await taskGraph(tracker)
      const [first = []] = waves(graph).waves
      const underWay = (graph.nodes() as TaskId[]).filter((id) => {
        const { status } = graph.getNodeAttributes(id)
        return (status === 'in_progress' || status === 'in_review') && !isReplaced(graph, id)
      })
      expect(new Set(first)).toEqual(new Set([...(await readyIds(tracker)), ...underWay]))
    }, 150))

  test('are what becomes ready when the one before is completed, and what is stuck never does', () =>
    onRecords(async (tracker) => {
      const plan = waves(await taskGraph(tracker))
      for (const [number, wave] of plan.waves.entries()) {
        const before = await readyIds(tracker)
        for (const id of wave) {
          const { status } = await tracker.tasks.get(id)
          if (number > 0) expect(before, `${id} in wave ${number}`).toContain(id)
          if (status !== 'closed') await tracker.tasks.close(id, { outcome: 'completed' })
        }
        if (number > 0) expect(before).toEqual(new Set(wave))
        await closeReplaced(tracker)
      }
      expect(await readyIds(tracker)).toEqual(new Set())
      for (const id of plan.stuck) expect((await tracker.tasks.get(id)).status).not.toBe('closed')
    }, 80))

  test('hold every task that is to be done exactly once, the stuck ones with them', () =>
    onRecords(async (tracker) => {
      const graph = await taskGraph(tracker)
      const { waves: found, stuck } = waves(graph)
      const work = (graph.nodes() as TaskId[]).filter(
        (id) => graph.getNodeAttribute(id, 'status') !== 'closed' && !isReplaced(graph, id),
      )
      expect([...found.flat(), ...stuck].sort()).toEqual(work.sort())
    }, 60))
})

describe('impact', () => {
  test('is, directly, what becomes ready when the task is completed', () =>
    onRecords(async (tracker) => {
      const graph = await taskGraph(tracker)
      const before = await readyIds(tracker)
      const open = (graph.nodes() as TaskId[]).filter((id) => graph.getNodeAttribute(id, 'status') !== 'closed')
      const id = open[open.length >> 1]
      if (id === undefined) return
      const { direct, eventual } = impact(graph, id)
      for (const freed of direct) expect(eventual).toContain(freed)
      await tracker.tasks.close(id, { outcome: 'completed' })
      const freed = [...(await readyIds(tracker))].filter((other) => !before.has(other))
      expect(new Set(direct)).toEqual(new Set(freed))
    }, 150))

  test('reaches in the end all that comes in a later wave only because of the task', () =>
    onRecords(async (tracker) => {
      const graph = await taskGraph(tracker)
      const plan = waves(graph)
      // A task on hold also holds back what is part of it.
      const id = plan.waves[0]?.find((task) =>
        graph.inEdges(task).every((edge) => graph.getEdgeAttribute(edge, 'kind') !== 'parent'),
      )
      if (id === undefined) return
      const { eventual } = impact(graph, id)
      // Without it, on hold: what is stuck then and was not before has waited for it.
      if ((await tracker.tasks.get(id)).status !== 'blocked') await tracker.tasks.hold(id, { reason: 'test' })
      const without = waves(await taskGraph(tracker))
      const lost = without.stuck.filter((other) => other !== id && !plan.stuck.includes(other))
      for (const other of lost) expect(eventual).toContain(other)
    }, 80))
})

describe('the critical path', () => {
  test('leads from wave to wave', () =>
    onRecords(async (tracker) => {
      const graph = await taskGraph(tracker)
      const path = criticalPath(graph)
      const numberById = new Map(waves(graph).waves.flatMap((wave, number) => wave.map((id) => [id, number] as const)))
      expect(path.length).toBe(path.tasks.length)
      const numbers = path.tasks.map((id) => numberById.get(id)!)
      expect([...numbers].sort((one, other) => one - other)).toEqual(numbers)
      expect(new Set(numbers).size).toBe(numbers.length)
    }, 80))

  test('weighs as much as its tasks, and no single task weighs more', () =>
    onRecords(async (tracker) => {
      const graph = await taskGraph(tracker)
      const weight = (_: unknown, id: TaskId) => (Number.parseInt(id.slice(-2), 16) % 7) + 1
      const path = criticalPath(graph, { weight })
      expect(path.length).toBe(path.tasks.reduce((sum, id) => sum + weight(undefined, id), 0))
      for (const id of waves(graph).waves.flat()) expect(weight(undefined, id)).toBeLessThanOrEqual(path.length)
    }, 60))
})

describe('bottlenecks', () => {
  test('are the tasks with the greatest impact', () =>
    onRecords(async (tracker) => {
      const graph = await taskGraph(tracker)
      const counted = (graph.nodes() as TaskId[])
        .map((task, index) => ({ task, index, ...impact(graph, task) }))
        .map(({ task, index, direct, eventual }) => ({ task, index, direct: direct.length, eventual: eventual.length }))
        .filter(({ eventual }) => eventual > 0)
        .sort((one, other) => other.eventual - one.eventual || other.direct - one.direct || one.index - other.index)
        .map(({ index: _, ...figures }) => figures)
      expect(bottlenecks(graph, { limit: 5 })).toEqual(counted.slice(0, 5))
    }, 60))
})

describe('findCycles', () => {
  const arrows = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 24 })

  function graphOf(pairs: readonly (readonly [number, number])[]): DirectedGraph {
    const graph = new DirectedGraph()
    for (let node = 0; node < 10; node++) graph.addNode(String(node))
    for (const [source, target] of pairs) graph.mergeEdge(String(source), String(target))
    return graph
  }

  /** Distances by Floyd and Warshall, and from each node back to itself. */
  function distances(graph: DirectedGraph): number[][] {
    const from = Array.from({ length: 10 }, () => Array<number>(10).fill(Number.POSITIVE_INFINITY))
    graph.forEachEdge((_, __, source, target) => {
      from[Number(source)]![Number(target)] = 1
    })
    for (let via = 0; via < 10; via++)
      for (let one = 0; one < 10; one++)
        for (let other = 0; other < 10; other++)
          from[one]![other] = Math.min(from[one]![other]!, from[one]![via]! + from[via]![other]!)
    return from
  }

  test('finds one shortest cycle of each strongly connected component, and nothing else', () => {
    fc.assert(
      fc.property(arrows, (pairs) => {
        const graph = graphOf(pairs)
        const from = distances(graph)
        const shortest = new Map<string, number>()
        for (let node = 0; node < 10; node++) {
          if (from[node]![node] === Number.POSITIVE_INFINITY) continue
          const component = [...Array(10).keys()].filter(
            (other) => from[node]![other]! + from[other]![node]! < Number.POSITIVE_INFINITY,
          )
          const name = component.join()
          shortest.set(name, Math.min(shortest.get(name) ?? Number.POSITIVE_INFINITY, from[node]![node]!))
        }
        const cycles = findCycles(graph)
        for (const cycle of cycles) {
          expect(cycle[0]).toBe(cycle.at(-1))
          for (let step = 1; step < cycle.length; step++) expect(graph.hasEdge(cycle[step - 1], cycle[step])).toBe(true)
        }
        expect(cycles.map((cycle) => cycle.length - 1).sort()).toEqual([...shortest.values()].sort())
      }),
      { numRuns: 1_000 },
    )
  })
})

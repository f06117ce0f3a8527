import fc from 'fast-check'
import { DirectedGraph, MultiDirectedGraph, MultiGraph, UndirectedGraph } from 'graphology'
import { topologicalGenerations } from 'graphology-dag'
import { describe, expect, test } from 'vitest'
import {
  bottlenecks,
  criticalPath,
  findCycles,
  InvalidInputError,
  impact,
  NotFoundError,
  TASK_RELATION_KINDS,
  type TaskId,
  taskGraph,
  waves,
} from '../src/index.js'
import { refusal } from './support/refusals.js'
import { open } from './support/trackers.js'

type Words = Readonly<Record<string, string>>

/** A graph of the caller's own: nodes with their statuses (or more), and relations `[source, kind, target, gate?]`. */
function graphOf(nodes: Readonly<Record<string, string | Words>>, relations: readonly (readonly string[])[] = []) {
  const graph = new MultiDirectedGraph()
  for (const [id, task] of Object.entries(nodes)) graph.addNode(id, typeof task === 'string' ? { status: task } : task)
  for (const [source, kind, target, gate] of relations) graph.addEdge(source, target, { kind, ...(gate && { gate }) })
  return graph
}

/** Open tasks in a chain, the first first. */
function chainOf(length: number) {
  const graph = new MultiDirectedGraph()
  for (let task = 0; task < length; task++) graph.addNode(task, { status: 'open' })
  for (let task = 1; task < length; task++) graph.addEdge(task, task - 1, { kind: 'blocked_by' })
  return graph
}

describe('taskGraph', () => {
  test('holds tasks with their fields, oldest first, and the relations between them', async () => {
    const tracker = await open()
    const base = await tracker.tasks.create({ title: 'Base', labels: ['a'] })
    const top = await tracker.tasks.create({
      title: 'Top',
      parent: base.id,
      externalRefs: [{ system: 'github', id: '1' }],
    })
    const other = await tracker.tasks.create({ title: 'Other', blockedBy: [{ task: top.id, gate: 'completed' }] })
    const artifact = await tracker.artifacts.add({ iri: 'urn:a' })
    const pairs = [
      ['related', top.id, other.id],
      ['related', other.id, top.id],
      ['discovered_from', other.id, top.id],
      ['derived_from', other.id, artifact.id],
    ] as const
    for (const [kind, source, target] of pairs) await tracker.relations.add(source, kind, target)
    const graph = await taskGraph(tracker)
    expect(graph.nodes()).toEqual([base.id, top.id, other.id])
    for (const id of graph.nodes()) expect(graph.getNodeAttributes(id)).toEqual(await tracker.tasks.get(id as TaskId))
    const edges = graph.mapEdges((_edge, { kind, gate }, source, target) => [source, kind, target, gate])
    expect(edges).toEqual([
      [top.id, 'parent', base.id, undefined],
      [top.id, 'related', other.id, undefined],
      [other.id, 'blocked_by', top.id, 'completed'],
      [other.id, 'discovered_from', top.id, undefined],
      [other.id, 'related', top.id, undefined],
    ])
    const [relation] = (await tracker.relations.list(top.id, { direction: 'out', kind: 'parent' })).items
    expect(graph.getEdgeAttribute(graph.edges(top.id, base.id)[0], 'createdAt')).toBe(relation!.createdAt)
  })

  test('takes a part of the record, and some kinds of relation', async () => {
    const tracker = await open()
    const epic = await tracker.tasks.create({ title: 'Epic' })
    const part = await tracker.tasks.create({ title: 'Part', parent: epic.id })
    const last = await tracker.tasks.create({ title: 'Last', parent: part.id, namespace: 'elsewhere' })
    const other = await tracker.tasks.create({ title: 'Other', namespace: 'elsewhere', blockedBy: [part.id, last.id] })
    const nodesOf = async (options: Parameters<typeof taskGraph>[1]) => (await taskGraph(tracker, options)).nodes()
    expect(await nodesOf({ scope: { partOf: epic.id } })).toEqual([epic.id, part.id, last.id])
    expect(await nodesOf({ scope: { partOf: other.id } })).toEqual([other.id])
    expect(await nodesOf({ scope: { namespace: 'nowhere' } })).toEqual([])
    const there = await taskGraph(tracker, { scope: { namespace: 'elsewhere' } })
    expect([there.nodes(), there.size]).toEqual([[last.id, other.id], 1])
    const lineage = await nodesOf({ scope: { lineageOf: part.id, direction: 'origins' } })
    expect(lineage).toEqual([epic.id, part.id])
    const kindsOf = async (kinds: readonly (typeof TASK_RELATION_KINDS)[number][]) =>
      (await taskGraph(tracker, { kinds })).mapEdges((_edge, { kind }) => kind)
    expect(await kindsOf(['parent'])).toEqual(['parent', 'parent'])
    expect(await kindsOf([])).toEqual([])
    expect((await kindsOf(TASK_RELATION_KINDS)).length).toBe(4)
  })

  test('is empty where the record is', async () => {
    const graph = await taskGraph(await open())
    expect([graph.order, graph.size]).toEqual([0, 0])
  })

  test('reads more than a page, one state, and lets others have their turn', async () => {
    const tracker = await open({ durability: 'normal' })
    const created = await Promise.all(
      Array.from({ length: 2_500 }, (_, task) => tracker.tasks.create({ title: `Task ${task}` })),
    )
    const [first] = created
    await Promise.all(created.slice(-300).map(({ id }) => tracker.relations.add(id, 'blocked_by', first!.id)))
    const reading = taskGraph(tracker)
    const late = tracker.tasks.create({ title: 'Late' })
    const graph = await reading
    await late
    expect([graph.order, graph.size]).toEqual([2_500, 300])
    expect(impact(graph, first!.id).direct).toEqual(created.slice(-300).map(({ id }) => id))
  })

  test('refuses what makes no sense', async () => {
    const tracker = await open()
    const flaws: unknown[] = [{ kinds: ['used'] }, { kinds: 'parent' }, { scope: {} }, { scope: 'all' }, { more: 1 }, 1]
    for (const flaw of flaws) {
      expect(await refusal(taskGraph(tracker, flaw as never)), JSON.stringify(flaw)).toBeInstanceOf(InvalidInputError)
    }
    const unknown = 'test--00000000-0000-4000-8000-000000000000' as TaskId
    expect(await refusal(taskGraph(tracker, { scope: { partOf: unknown } }))).toBeInstanceOf(NotFoundError)
    await tracker.transaction(async (t) => {
      expect(await refusal(taskGraph(t as never))).toBeInstanceOf(InvalidInputError)
    })
  })
})

describe('waves', () => {
  const cases: {
    name: string
    nodes: Record<string, string | Words>
    relations?: string[][]
    waves: string[][]
    stuck?: string[]
  }[] = [
    { name: 'nothing', nodes: {}, waves: [] },
    { name: 'what is closed', nodes: { a: 'closed' }, waves: [] },
    {
      name: 'blockers first',
      nodes: { c: 'open', b: 'open', a: 'open', d: 'in_review' },
      relations: [
        ['c', 'blocked_by', 'b'],
        ['b', 'blocked_by', 'a'],
      ],
      waves: [['a', 'd'], ['b'], ['c']],
    },
    {
      name: 'children before their parents, and blockers of a parent before its children',
      nodes: { epic: 'open', child: 'open', blocker: 'open' },
      relations: [
        ['child', 'parent', 'epic'],
        ['epic', 'blocked_by', 'blocker'],
      ],
      waves: [['blocker'], ['child'], ['epic']],
    },
    {
      name: 'what is under way, which ends with its children',
      nodes: { epic: 'in_progress', one: 'open', two: 'open', after: 'open' },
      relations: [
        ['one', 'parent', 'epic'],
        ['two', 'parent', 'epic'],
        ['two', 'blocked_by', 'one'],
        ['after', 'blocked_by', 'epic'],
      ],
      waves: [['epic', 'one'], ['two'], ['after']],
    },
    {
      name: 'what has begun too early as under way',
      nodes: { early: 'in_progress', blocker: 'open', after: 'open' },
      relations: [
        ['early', 'blocked_by', 'blocker'],
        ['after', 'blocked_by', 'early'],
      ],
      waves: [['early', 'blocker'], ['after']],
    },
    {
      name: 'what is replaced in no wave, but what waits for it after its replacement',
      nodes: { old: 'open', fresh: 'open', copy: 'in_progress', after: 'open' },
      relations: [
        ['fresh', 'supersedes', 'old'],
        ['copy', 'duplicate_of', 'fresh'],
        ['after', 'blocked_by', 'old'],
        ['after', 'blocked_by', 'copy'],
      ],
      waves: [['fresh'], ['after']],
    },
    {
      name: 'nothing in the first where a replaced task has yet to be closed',
      nodes: { old: 'open', fresh: 'closed', after: 'open' },
      relations: [
        ['fresh', 'supersedes', 'old'],
        ['after', 'blocked_by', 'old'],
      ],
      waves: [[], ['after']],
    },
    {
      name: 'stuck behind a hold, of a parent too',
      nodes: { held: 'blocked', child: 'open', after: 'open', free: 'open', old: 'open' },
      relations: [
        ['child', 'parent', 'held'],
        ['after', 'blocked_by', 'child'],
        ['held', 'supersedes', 'old'],
      ],
      waves: [['free']],
      stuck: ['held', 'child', 'after', 'old'],
    },
    {
      name: 'stuck behind a gate that completing does not satisfy',
      nodes: {
        plan: 'open',
        fallback: 'open',
        failed: { status: 'closed', outcome: 'failed' },
        on: 'open',
        off: 'open',
      },
      relations: [
        ['fallback', 'blocked_by', 'plan', 'failed'],
        ['on', 'blocked_by', 'failed', 'failed'],
        ['off', 'blocked_by', 'failed', 'completed'],
      ],
      waves: [['plan', 'on']],
      stuck: ['fallback', 'off'],
    },
    {
      name: 'stuck in a cycle, behind one, and on an edge to itself',
      nodes: { a: 'open', b: 'open', after: 'open', loop: 'open', free: 'open', up: 'open', down: 'open' },
      relations: [
        ['a', 'blocked_by', 'b'],
        ['b', 'blocked_by', 'a'],
        ['after', 'blocked_by', 'b'],
        ['loop', 'parent', 'loop'],
        ['up', 'parent', 'down'],
        ['down', 'parent', 'up'],
      ],
      waves: [['free']],
      stuck: ['a', 'b', 'after', 'loop', 'up', 'down'],
    },
    {
      name: 'gates inherited from a closed parent',
      nodes: { epic: 'closed', child: 'open', blocker: 'open' },
      relations: [
        ['child', 'parent', 'epic'],
        ['epic', 'blocked_by', 'blocker'],
      ],
      waves: [['blocker'], ['child']],
    },
  ]
  test.each(cases)('put $name', ({ nodes, relations = [], waves: expected, stuck = [] }) => {
    expect(waves(graphOf(nodes, relations))).toEqual({ waves: expected, stuck })
  })

  test('are the generations that graphology-dag finds, where tasks only block one another', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 80 }), (pairs) => {
        const graph = new MultiDirectedGraph()
        const forward = new DirectedGraph()
        for (let task = 0; task <= 30; task++) for (const one of [graph, forward]) one.addNode(task)
        for (const [one, other] of pairs.filter(([one, other]) => one !== other)) {
          const [early, late] = [Math.min(one, other), Math.max(one, other)]
          graph.addEdge(late, early, { kind: 'blocked_by' })
          forward.mergeEdge(early, late)
        }
        const sorted = (generations: readonly (readonly string[])[]) => generations.map((one) => [...one].sort())
        expect(sorted(waves(graph).waves)).toEqual(sorted(topologicalGenerations(forward)))
      }),
    )
  })
})

describe('criticalPath', () => {
  const nodes = { a: 'open', b: 'open', c: 'open', d: 'open', e: 'open' }
  const fork = [
    ['c', 'blocked_by', 'a'],
    ['d', 'blocked_by', 'b'],
    ['e', 'blocked_by', 'd'],
  ]

  test('is the longest chain, first to last', () => {
    expect(criticalPath(graphOf(nodes, fork))).toEqual({ tasks: ['b', 'd', 'e'], length: 3 })
    expect(criticalPath(graphOf({}))).toEqual({ tasks: [], length: 0 })
    expect(criticalPath(graphOf({ a: 'closed' }))).toEqual({ tasks: [], length: 0 })
  })

  test('is the heaviest where tasks have a weight', () => {
    const graph = graphOf({ ...nodes, a: { status: 'open', hours: '9.5' } }, fork)
    const weight = ({ hours = 1 }) => Number(hours)
    expect(criticalPath(graph, { weight })).toEqual({ tasks: ['a', 'c'], length: 10.5 })
    expect(criticalPath(graph, { weight: () => 0 })).toEqual({ tasks: ['b', 'd', 'e'], length: 0 })
    const asked: string[] = []
    criticalPath(graphOf({ a: 'open', b: 'closed', c: 'in_progress' }), { weight: (_task, id) => asked.push(id) })
    expect(asked.sort()).toEqual(['a', 'c'])
  })

  test('takes what stands first in the graph of what is equal', () => {
    const pairs = [
      ['c', 'blocked_by', 'b'],
      ['c', 'blocked_by', 'a'],
      ['d', 'blocked_by', 'a'],
    ]
    expect(criticalPath(graphOf(nodes, pairs)).tasks).toEqual(['a', 'c'])
    expect(criticalPath(graphOf(nodes, pairs.toReversed())).tasks).toEqual(['a', 'c'])
  })

  test('goes through parents, and leaves out what is closed, replaced or never comes', () => {
    const graph = graphOf(
      { blocker: 'open', epic: 'open', child: 'open', done: 'closed', old: 'open', fresh: 'open', held: 'blocked' },
      [
        ['epic', 'blocked_by', 'blocker'],
        ['blocker', 'blocked_by', 'done'],
        ['child', 'parent', 'epic'],
        ['fresh', 'blocked_by', 'epic'],
        ['fresh', 'supersedes', 'old'],
        ['held', 'blocked_by', 'old'],
      ],
    )
    expect(criticalPath(graph)).toEqual({ tasks: ['blocker', 'child', 'epic', 'fresh'], length: 4 })
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '1', undefined])('refuses the weight %s', (value) => {
    expect(() => criticalPath(graphOf({ a: 'open' }), { weight: () => value as number })).toThrow(InvalidInputError)
  })

  test('refuses other options', () => {
    for (const options of [{ weight: 1 }, { wieght: () => 1 }, 5]) {
      expect(() => criticalPath(graphOf({ a: 'open' }), options as never)).toThrow(InvalidInputError)
    }
  })
})

describe('impact', () => {
  test('tells what is free at once, and what waits in the end, nearest first', () => {
    const graph = graphOf(
      {
        far: 'open',
        a: 'open',
        epic: 'open',
        child: 'open',
        old: 'open',
        after: 'open',
        late: 'in_progress',
        b: 'open',
      },
      [
        ['epic', 'blocked_by', 'a'],
        ['child', 'parent', 'epic'],
        ['old', 'blocked_by', 'child'],
        ['b', 'supersedes', 'old'],
        ['after', 'blocked_by', 'old'],
        ['late', 'blocked_by', 'a'],
        ['far', 'blocked_by', 'after'],
      ],
    )
    expect(impact(graph, 'a')).toEqual({ direct: ['child'], eventual: ['epic', 'child', 'after', 'far'] })
    expect(impact(graph, 'child')).toEqual({ direct: [], eventual: ['epic', 'after', 'far'] })
    expect(impact(graph, 'b')).toEqual({ direct: [], eventual: ['after', 'far'] })
    expect(impact(graph, 'late')).toEqual({ direct: [], eventual: [] })
  })

  test('of a task on hold frees its children', () => {
    const graph = graphOf({ held: 'blocked', child: 'open', grandchild: 'open', after: 'open' }, [
      ['child', 'parent', 'held'],
      ['grandchild', 'parent', 'child'],
      ['after', 'blocked_by', 'held'],
    ])
    const { direct, eventual } = impact(graph, 'held')
    expect([direct, eventual]).toEqual([
      ['grandchild', 'after'],
      ['child', 'after', 'grandchild'],
    ])
  })

  test('of a task on hold frees nothing that another reason holds back', () => {
    const nodes = { held: 'blocked', child: 'open', failed: { status: 'closed', outcome: 'failed' }, free: 'open' }
    const gate = ['held', 'blocked_by', 'failed', 'completed']
    const parent = ['child', 'parent', 'held']
    expect(impact(graphOf(nodes, [parent]), 'held').direct).toEqual(['child'])
    expect(impact(graphOf(nodes, [parent, gate]), 'held').direct).toEqual([])
    expect(impact(graphOf(nodes, [parent, ['held', 'blocked_by', 'free']]), 'held').direct).toEqual([])
  })

  test('is as far away as the tasks on the way, however they wait', () => {
    const graph = graphOf({ top: 'open', after: 'open', epic: 'open', a: 'open' }, [
      ['a', 'parent', 'epic'],
      ['epic', 'parent', 'top'],
      ['after', 'blocked_by', 'a'],
    ])
    expect(impact(graph, 'a').eventual).toEqual(['after', 'epic', 'top'])
  })

  test('counts no gate that asks for failure, and ends in a cycle', () => {
    const graph = graphOf({ a: 'open', b: 'open', c: 'open', plan: 'open' }, [
      ['b', 'blocked_by', 'a'],
      ['c', 'blocked_by', 'b'],
      ['a', 'blocked_by', 'c'],
      ['plan', 'blocked_by', 'a', 'failed'],
    ])
    expect(impact(graph, 'a')).toEqual({ direct: ['b'], eventual: ['b', 'c'] })
    expect(impact(graph, 'plan')).toEqual({ direct: [], eventual: [] })
  })

  test('refuses a task that the graph does not have', () => {
    expect(() => impact(graphOf({ a: 'open' }), 'b')).toThrow(NotFoundError)
    expect(() => impact(graphOf({ 1: 'open' }), 1 as never)).toThrow(InvalidInputError)
  })
})

describe('bottlenecks', () => {
  test('are ranked by what waits in the end, then by what is free at once, then by id', () => {
    const graph = graphOf({ z: 'open', a: 'open', m: 'open', one: 'open', two: 'open', three: 'open', lone: 'open' }, [
      ['one', 'blocked_by', 'z'],
      ['two', 'blocked_by', 'z'],
      ['one', 'blocked_by', 'm'],
      ['two', 'blocked_by', 'm'],
      ['three', 'blocked_by', 'a'],
      ['lone', 'blocked_by', 'three'],
    ])
    expect(bottlenecks(graph)).toEqual([
      { task: 'a', direct: 1, eventual: 2 },
      { task: 'm', direct: 0, eventual: 2 },
      { task: 'z', direct: 0, eventual: 2 },
      { task: 'three', direct: 1, eventual: 1 },
    ])
    expect(bottlenecks(graph, { limit: 1 }).length).toBe(1)
    expect(bottlenecks(graphOf({}))).toEqual([])
  })

  test('are what impact says, in any graph, with cycles too', () => {
    const task = fc.constantFrom('open', 'open', 'open', 'in_progress', 'blocked', 'closed')
    const kind = fc.constantFrom('blocked_by', 'blocked_by', 'parent', 'supersedes', 'duplicate_of', 'related')
    const relation = fc.tuple(fc.nat(44), kind, fc.nat(44))
    fc.assert(
      fc.property(
        fc.array(task, { minLength: 45, maxLength: 45 }),
        fc.array(relation, { maxLength: 70 }),
        (all, pairs) => {
          const graph = new MultiDirectedGraph()
          const replaced = new Set<number>()
          for (const [id, status] of all.entries()) graph.addNode(id, { status })
          for (const [source, kind, target] of pairs) {
            graph.addEdge(source, target, { kind })
            if (kind === 'supersedes') replaced.add(target)
            if (kind === 'duplicate_of') replaced.add(source)
          }
          const found = bottlenecks(graph, { limit: 1_000 })
          const impacts = graph
            .nodes()
            .filter((id) => !replaced.has(Number(id)))
            .map((id) => [id, impact(graph, id)] as const)
            .filter(([, { eventual }]) => eventual.length > 0)
          expect(found.length).toBe(impacts.length)
          for (const [id, { direct, eventual }] of impacts) {
            expect(found).toContainEqual({ task: id, direct: direct.length, eventual: eventual.length })
          }
        },
      ),
    )
  })

  test('are found among more tasks than can be counted for', () => {
    // Older tasks wait for younger ones; hubs wait for a chain, and many wait for the hubs.
    const graph = new MultiDirectedGraph()
    const size = 30_000
    for (let task = 0; task < size; task++) graph.addNode(task, { status: 'open' })
    for (let task = 1; task < 12_000; task++) graph.addEdge(task - 1, task, { kind: 'blocked_by' })
    for (let task = 12_000; task < size; task++)
      graph.addEdge(task, 12_000 - (task % 5) * 2_000 - 1, { kind: 'blocked_by' })
    const found = bottlenecks(graph, { limit: 20 })
    expect(found.map(({ task }) => Number(task))).toEqual(Array.from({ length: 20 }, (_, rank) => 11_999 - rank))
    expect(found[0]).toEqual({ task: '11999', direct: 3_601, eventual: 29_999 })
    for (const { task, direct, eventual } of found.slice(0, 3)) {
      const { direct: atOnce, eventual: inTheEnd } = impact(graph, task)
      expect([direct, eventual]).toEqual([atOnce.length, inTheEnd.length])
    }
  })

  test('are found wherever they stand among many small ones', () => {
    const graph = new MultiDirectedGraph()
    const size = 24_000
    for (let task = 0; task < size; task++) graph.addNode(task, { status: 'open' })
    for (let task = 0; task < size; task += 2) graph.addEdge(task + 1, task, { kind: 'blocked_by' })
    for (const [hub, count] of [
      [100, 200],
      [12_000, 300],
      [20_000, 40],
    ] as const) {
      for (let task = 1; task < 2 * count; task += 2) graph.addEdge(task, hub, { kind: 'blocked_by' })
    }
    expect(bottlenecks(graph, { limit: 3 })).toEqual([
      { task: '12000', direct: 1, eventual: 301 },
      { task: '100', direct: 0, eventual: 200 },
      { task: '20000', direct: 1, eventual: 41 },
    ])
  })

  test.each([0, 1_001, 1.5, '1', null])('refuses the limit %s', (limit) => {
    expect(() => bottlenecks(graphOf({}), { limit: limit as number })).toThrow(InvalidInputError)
  })
})

describe('findCycles', () => {
  function arrows(pairs: Iterable<readonly [number | string, number | string]>, size = 0) {
    const graph = new MultiDirectedGraph()
    for (let node = 0; node < size; node++) graph.addNode(node)
    for (const [source, target] of pairs) {
      graph.mergeNode(source)
      graph.mergeNode(target)
      graph.addEdge(source, target)
    }
    return graph
  }

  test('finds one shortest cycle of each component, from its first node on', () => {
    const graph = arrows([
      ['x', 'x'],
      ['d', 'a'],
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
      ['c', 'a'],
      ['q', 'a'],
      ['r', 's'],
      ['s', 'r'],
      ['s', 'r'],
      ['lone', 'q'],
    ])
    expect(findCycles(graph)).toEqual([
      ['x', 'x'],
      ['a', 'b', 'c', 'a'],
      ['r', 's', 'r'],
    ])
    expect(findCycles(arrows([]))).toEqual([])
  })

  test('finds what is shorter than the cycles of the node of most edges, and no longer than need be', () => {
    // The hub lies on a cycle of so many edges, and far from the cycle that is shorter by one.
    const around = (length: number) => {
      const ways = Array.from({ length: 5 }, (_, way) =>
        Array.from({ length: length - 1 }, (_, step) => `${way}/${step}`),
      ).map((way) => ['hub', ...way, 'hub'])
      const ring = Array.from({ length: length - 1 }, (_, step) => `ring ${step}`)
      const paths = [...ways, [...ring, ring[0]!], ['1/0', ring[0]!], [ring.at(-1)!, 'far', 'farther', '1/0']]
      return arrows(paths.flatMap((path) => path.slice(1).map((node, at) => [path[at]!, node] as const)))
    }
    for (const length of [3, 4, 5, 9]) {
      expect(findCycles(around(length)).map((cycle) => cycle.length - 1)).toEqual([length - 1])
    }
  })

  test('begins a cycle at its first node in the graph, wherever it was found from', () => {
    const triangle = ['a', 'b', 'c', 'a']
    const longer = ['b', 'd', 'e', 'f', 'b']
    const pairs = [triangle, longer].flatMap((path) => path.slice(1).map((node, at) => [path[at]!, node] as const))
    expect(findCycles(arrows(pairs))).toEqual([triangle])
  })

  test('takes names that objects inherit for nodes like any other', () => {
    const graph = arrows([
      ['constructor', 'a'],
      ['a', 'toString'],
      ['toString', 'hasOwnProperty'],
    ])
    expect(findCycles(graph)).toEqual([])
    graph.addEdge('hasOwnProperty', 'constructor')
    expect(findCycles(graph)).toEqual([['constructor', 'a', 'toString', 'hasOwnProperty', 'constructor']])
  })

  test('agrees with searching from every node of any graph', () => {
    const pairs = fc.array(fc.tuple(fc.nat(17), fc.nat(17)), { maxLength: 45 })
    fc.assert(
      fc.property(pairs, fc.integer({ min: 0, max: 3 }), (given, stretch) => {
        // Edges drawn out to paths make long cycles, where searches from both sides matter.
        const edges = given.flatMap(([source, target], at): [number, number][] => {
          const path = [source, ...Array.from({ length: stretch }, (_, step) => 100 + at * 10 + step), target]
          return path.slice(1).map((node, step) => [path[step]!, node])
        })
        const graph = arrows(edges, 18)
        const distances = new Map(graph.nodes().map((node) => [node, distancesFrom(graph, node)]))
        const expected = new Map<string, number>()
        for (const node of graph.nodes()) {
          const length = distances.get(node)!.get(node)
          if (length === undefined) continue
          const mutual = graph
            .nodes()
            .filter((other) => distances.get(node)!.has(other) && distances.get(other)!.has(node))
          const shortest = Math.min(...mutual.map((other) => distances.get(other)!.get(other)!))
          expected.set(mutual[0]!, shortest)
        }
        const found = findCycles(graph)
        for (const cycle of found) {
          expect(cycle[0]).toBe(cycle.at(-1))
          expect(new Set(cycle).size).toBe(cycle.length - 1)
          for (const [at, node] of cycle.slice(1).entries()) expect(graph.hasEdge(cycle[at], node)).toBe(true)
          const component = [...expected.keys()].filter(
            (first) =>
              first === cycle[0] || (distances.get(first)!.has(cycle[0]!) && distances.get(cycle[0]!)!.has(first)),
          )
          expect(component.length).toBe(1)
          expect(cycle.length - 1).toBe(expected.get(component[0]!))
        }
        expect(found.length).toBe(expected.size)
      }),
      { numRuns: 300 },
    )
  })

  /** How many edges lead from a node to each that it reaches; to itself by a cycle. */
  function distancesFrom(graph: MultiDirectedGraph, start: string): Map<string, number> {
    const distances = new Map<string, number>()
    let level = [start]
    for (let length = 1; level.length > 0; length++) {
      const next = new Set(level.flatMap((node) => graph.outNeighbors(node)))
      level = [...next].filter((node) => !distances.has(node))
      for (const node of level) distances.set(node, length)
    }
    return distances
  }
})

test('a chain of 100,000 tasks exhausts no stack', () => {
  const graph = chainOf(100_000)
  expect(waves(graph).waves.length).toBe(100_000)
  expect(criticalPath(graph).length).toBe(100_000)
  expect(findCycles(graph)).toEqual([])
  expect(impact(graph, '0').eventual.length).toBe(99_999)
  expect(bottlenecks(graph, { limit: 2 })).toEqual([
    { task: '0', direct: 1, eventual: 99_999 },
    { task: '1', direct: 1, eventual: 99_998 },
  ])
  graph.addEdge(0, 99_999, { kind: 'blocked_by' })
  expect(findCycles(graph)[0]!.length).toBe(100_001)
  expect(waves(graph).stuck.length).toBe(100_000)
  expect(bottlenecks(graph, { limit: 1 })).toEqual([{ task: '0', direct: 1, eventual: 99_999 }])
})

describe('every analysis', () => {
  const analyses: Record<string, (graph: never) => unknown> = {
    waves,
    criticalPath,
    findCycles,
    bottlenecks,
    impact: (graph) => impact(graph, 'a'),
  }

  test.each(Object.entries(analyses))('%s refuses what is no directed graph', (_name, analyse) => {
    const undirected = new UndirectedGraph()
    const mixed = new MultiGraph()
    for (const graph of [undirected, mixed]) graph.mergeUndirectedEdge('a', 'b')
    for (const graph of [undirected, mixed, new UndirectedGraph(), null, undefined, {}, 'graph', []]) {
      expect(() => analyse(graph as never)).toThrow(InvalidInputError)
    }
  })

  test.each(Object.entries(analyses))('%s takes a graph of any type whose edges are directed', (_name, analyse) => {
    const mixed = new MultiGraph()
    mixed.mergeDirectedEdge('b', 'a', { kind: 'blocked_by' })
    expect(() => analyse(mixed as never)).not.toThrow()
  })

  test.each(Object.entries(analyses).filter(([name]) => name !== 'findCycles'))(
    '%s refuses words that it does not know',
    (_name, analyse) => {
      const flawed = [
        graphOf({ a: 'done' }),
        graphOf({ a: { status: 'closed', outcome: 'won' } }),
        graphOf({ a: 'open', b: 'open' }, [['b', 'blocked_by', 'a', 'shut']]),
      ]
      for (const graph of flawed) expect(() => analyse(graph as never)).toThrow(/expected one of/)
    },
  )

  test('are refused where edges do not say what they are', () => {
    const graph = new MultiDirectedGraph()
    for (const id of ['a', 'b']) graph.addNode(id, { status: 'open' })
    graph.addEdge('a', 'b')
    for (const analyse of [waves, criticalPath, bottlenecks, (given: never) => impact(given, 'a')]) {
      expect(() => analyse(graph as never)).toThrow('kind: is missing on the edge from "a" to "b"')
    }
  })
})

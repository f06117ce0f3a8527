import { DirectedGraph } from 'graphology'
import {
  bottlenecks,
  criticalPath,
  findCycles,
  impact,
  type TaskGraph,
  type Tracker,
  taskGraph,
  waves,
} from 'provtrail'
import { type Benchmark, inWords, type Result } from './benchmark.js'
import { Child } from './child.js'
import type { GraphReport } from './child-graph.js'
import { interleave, type Series, seriesOf, timed } from './measure.js'
import { openBenchTracker } from './open-bench-tracker.js'

const LIMIT_MS = 300_000

/** What every analysis begins with, and what of its time is graphology's own. */
const BARE = "graphology's forEachEdge alone"

/** What of an analysis shows that it did its work. */
const ANALYSES: Readonly<Record<string, (graph: TaskGraph) => number>> = {
  [BARE]: (graph) => {
    let kinds = 0
    graph.forEachEdge((_edge, { kind }, source) => {
      kinds += kind.length + source.length
    })
    return kinds
  },
  waves: (graph) => waves(graph).waves.length,
  criticalPath: (graph) => criticalPath(graph).tasks.length,
  findCycles: (graph) => findCycles(graph).length + 1,
  impact: (graph) => impact(graph, graph.nodes()[0]!).eventual.length,
  bottlenecks: (graph) => bottlenecks(graph).length,
}

/** How many times as large the large graph is, and how many small ones are analysed in turn. */
const TIMES = 10

export const graphAnalyses: Benchmark = {
  name: 'graph analyses',
  async run(context) {
    const size = context.size(100_000)
    await using largeTracker = await openBenchTracker((await context.fixtures.layered(size)).path)
    await using smallTracker = await openBenchTracker((await context.fixtures.layered(size / TIMES)).path)
    const large = await taskGraph(largeTracker)
    if (large.order !== size || large.size !== 3 * size)
      throw new Error(`${large.order} tasks, ${large.size} relations`)
    // One small graph would stay in the processor's cache from run to run, as the large one cannot.
    const small: TaskGraph[] = []
    for (let graph = 0; graph < TIMES; graph++) small.push(await taskGraph(smallTracker))
    const rounds = context.rounds(7)
    const reading = async (from: Tracker) => (await taskGraph(from)).order
    const read = await measure('taskGraph', rounds, {
      large: () => reading(largeTracker),
      small: small.map(() => () => reading(smallTracker)),
    })
    const results = [resultOf('taskGraph', size, read)]
    for (const [name, analyse] of Object.entries(ANALYSES)) {
      const sides = { large: () => analyse(large), small: small.map((graph) => () => analyse(graph)) }
      results.push(resultOf(name, size, await measure(name, rounds, sides)))
    }
    return results
  },
}

type Work = () => number | Promise<number>
type Sides = Readonly<Record<'large' | 'small', Series>>

async function measure(
  name: string,
  rounds: number,
  sides: { readonly large: Work; readonly small: readonly Work[] },
): Promise<Sides> {
  const time = (works: readonly Work[]) =>
    timed(async () => {
      for (const work of works) if ((await work()) === 0) throw new Error(`${name} found nothing`)
    })
  return interleave(rounds, {
    large: () => time([sides.large]),
    small: async () => (await time(sides.small)) / sides.small.length,
  })
}

function resultOf(what: string, size: number, { large, small }: Sides): Result {
  return {
    what: `${what}, ${size} tasks and ${3 * size} relations / ${size / TIMES} tasks`,
    measured: large.median / small.median,
    unit: '×',
    ...(what !== BARE && { bar: { atMost: 1.5 * TIMES } }),
    absolute: `${inWords(large.median)}, ${size / TIMES} tasks ${inWords(small.median)}`,
    series: { large, small },
    seriesUnit: 'ms',
  }
}

export const graphMemory: Benchmark = {
  name: 'graph memory',
  async run(context) {
    const size = context.size(100_000)
    const { path } = await context.fixtures.layered(size)
    const runs: number[] = []
    for (let round = 0; round < context.rounds(3); round++) {
      const child = new Child('./child-graph.ts', [path], LIMIT_MS, ['--expose-gc'])
      try {
        const { heapMb, tasks, relations } = await child.receive<GraphReport>()
        if (tasks !== size || relations !== 3 * size) throw new Error(`${tasks} tasks, ${relations} relations`)
        runs.push(heapMb)
      } finally {
        child.kill()
      }
    }
    const series = seriesOf(runs)
    return [
      {
        what: `taskGraph, ${size} tasks and ${3 * size} relations: memory that the graph takes`,
        measured: series.median,
        unit: 'MB',
        absolute: `${Math.round((series.median * 2 ** 20) / (4 * size))} bytes for each task or relation`,
        series: { graph: series },
        seriesUnit: 'MB',
      },
    ]
  },
}

/** Graphs on which a search for shortest cycles could take long: each with the length of the cycle that it finds. */
const CYCLIC: Readonly<Record<string, { readonly length: number; readonly edges: () => Iterable<[number, number]> }>> =
  {
    'a ring of 100,000 nodes': {
      length: 100_000,
      *edges() {
        for (let node = 0; node < 100_000; node++) yield [node, (node + 1) % 100_000]
      },
    },
    'a ladder of 33,333 diamonds with one edge back': {
      length: 66_667,
      *edges() {
        for (let step = 0; step < 99_999; step += 3) {
          for (const side of [step + 1, step + 2]) {
            yield [step, side]
            yield [side, step + 3]
          }
        }
        yield [99_999, 0]
      },
    },
    '2,000 nodes of 500 edges each': {
      length: 4,
      *edges() {
        for (let node = 0; node < 2_000; node++) {
          for (let step = 1; step <= 500; step++) yield [node, (node + step) % 2_000]
        }
      },
    },
    '316 layers of 316 nodes, three edges each to the next': {
      length: 316,
      *edges() {
        for (let node = 0; node < 316 * 316; node++) {
          const next = (Math.floor(node / 316) + 1) % 316
          for (const factor of [1, 7, 31]) yield [node, next * 316 + ((node * factor + factor) % 316)]
        }
      },
    },
  }

export const graphCycles: Benchmark = {
  name: 'graph cycles',
  async run(context) {
    const results: Result[] = []
    for (const [name, { length, edges }] of Object.entries(CYCLIC)) {
      const graph = new DirectedGraph()
      for (const [source, target] of edges()) graph.mergeEdge(source, target)
      const runs: number[] = []
      for (let round = 0; round < context.rounds(3); round++) {
        const took = await timed(() => {
          const cycles = findCycles(graph)
          if (cycles[0]?.length !== length + 1) throw new Error(`found one of ${cycles[0]?.length} nodes`)
        })
        runs.push(took)
      }
      const series = seriesOf(runs)
      results.push({
        what: `findCycles, ${name}`,
        measured: series.median,
        unit: 'ms',
        absolute: `${graph.order} nodes, ${graph.size} edges`,
        series: { graph: series },
        seriesUnit: 'ms',
      })
    }
    return results
  },
}

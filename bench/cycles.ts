import { CycleDetectedError, type TaskId, type Tracker } from 'provtrail'
import { Bare } from './bare.js'
import { type Benchmark, inWords } from './benchmark.js'
import type { Fixture } from './fixtures.js'
import { listAll } from './list-all.js'
import { interleave, timed } from './measure.js'
import { openBenchTracker } from './open-bench-tracker.js'
import { Random } from './random.js'

export const addForFreshTask: Benchmark = {
  name: 'relations.add, fresh task',
  async run(context) {
    const size = context.size(100_000)
    const { path, ids } = await context.fixtures.layered(size)
    await using tracker = await openBenchTracker(path)
    const bare = await Bare.open(context.newPath('bare'), 'Fresh')
    const random = new Random(2)
    const count = 200
    const series = await interleave(context.rounds(15), {
      add: async () => {
        const fresh: TaskId[] = []
        for (let task = 0; task < count; task++) fresh.push((await tracker.tasks.create({ title: 'Fresh' })).id)
        return timed(async () => {
          for (const id of fresh) await tracker.relations.add(id, 'blocked_by', random.pick(ids))
        })
      },
      bare: async () => bare.time(count),
    })
    bare.close()
    return [
      {
        what: `relations.add blocked_by for a fresh task, ${size} tasks and ${3 * size} relations / bare transaction`,
        measured: series.add.median / series.bare.median,
        unit: '×',
        bar: { atMost: 2.5 },
        absolute: `${inWords(series.add.median / count)}, bare ${inWords(series.bare.median / count)}`,
        series,
        seriesUnit: `ms for ${count}`,
      },
    ]
  },
}

export const addBetweenLadders: Benchmark = {
  name: 'relations.add, ladders',
  async run(context) {
    const short = await context.fixtures.ladders(100)
    const long = await context.fixtures.ladders(1_000)
    await using shortTracker = await openBenchTracker(short.path)
    await using longTracker = await openBenchTracker(long.path)
    const series = await interleave(context.rounds(15), {
      'of 1,000': () => joinLadders(longTracker, long),
      'of 100': () => joinLadders(shortTracker, short),
    })
    return [
      {
        what: 'relations.add between two ladders of 1,000 diamonds / of 100',
        measured: series['of 1,000'].median / series['of 100'].median,
        unit: '×',
        bar: { atMost: 15 },
        absolute: `${inWords(series['of 1,000'].median)}, of 100 ${inWords(series['of 100'].median)}`,
        series,
        seriesUnit: 'ms',
      },
    ]
  },
}

/**
 * Makes the top of one ladder wait for the foot of the other.
 *
 * One search has to go all the way up the other ladder, one all the way down the first: neither comes to an early end.
 */
async function joinLadders(tracker: Tracker, { ids }: Fixture): Promise<number> {
  const top = ids[0]!
  const foot = ids.at(-1)!
  const took = await timed(() => tracker.relations.add(top, 'blocked_by', foot))
  await tracker.relations.remove(top, 'blocked_by', foot)
  return took
}

export const addBetweenRandomTasks: Benchmark = {
  name: 'relations.add, random tasks',
  async run(context) {
    const size = context.size(100_000)
    const { path, ids } = await context.fixtures.layered(size)
    await using tracker = await openBenchTracker(path)
    const random = new Random(3)
    let refused = 0
    const add = async () => {
      const [source, target] = random.sample(ids, 2) as [TaskId, TaskId]
      let isRefused = false
      const took = await timed(() =>
        tracker.relations.add(source, 'blocked_by', target).catch((error: unknown) => {
          if (!(error instanceof CycleDetectedError)) throw error
          isRefused = true
        }),
      )
      if (isRefused) refused++
      else await tracker.relations.remove(source, 'blocked_by', target)
      return took
    }
    const series = await interleave(context.rounds(5), {
      add: async () => {
        const took: number[] = []
        for (let relation = 0; relation < 40; relation++) took.push(await add())
        return took
      },
      list: () => timed(() => listAll(tracker)),
    })
    const what = `relations.add between random tasks, ${size} tasks and ${3 * size} relations / listing them`
    const shared = { unit: '×', series, seriesUnit: 'ms' } as const
    const listed = `listing ${inWords(series.list.median)}`
    return [
      {
        ...shared,
        what: `${what}: median`,
        measured: series.add.median / series.list.median,
        bar: { atMost: 0.05 },
        absolute: `${inWords(series.add.median)}, ${listed}; ${refused} refused`,
      },
      {
        ...shared,
        what: `${what}: worst`,
        measured: series.add.worst / series.list.median,
        bar: { atMost: 0.3 },
        absolute: `${inWords(series.add.worst)}, ${listed}`,
      },
    ]
  },
}

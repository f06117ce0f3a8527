import { type Benchmark, type Context, inWords, type Result } from './benchmark.js'
import type { Fixture } from './fixtures.js'
import { listAll } from './list-all.js'
import { interleave, timed } from './measure.js'
import { openBenchTracker } from './open-bench-tracker.js'

export const ancestors: Benchmark = {
  name: 'ancestors',
  async run(context) {
    const long = context.size(100_000)
    const dense = context.size(20_000)
    return [
      await walk(context, await context.fixtures.chain(long), `the end of a chain of ${long}`, 2),
      await walk(context, await context.fixtures.dense(dense), `the end of a dense graph of ${dense}`, 2.5),
    ]
  },
}

async function walk(context: Context, { path, ids }: Fixture, of: string, atMost: number): Promise<Result> {
  await using tracker = await openBenchTracker(path)
  const series = await interleave(context.rounds(5), {
    ancestors: () =>
      timed(async () => {
        const found = await tracker.tasks.ancestors(ids.at(-1)!)
        if (found.length !== ids.length - 1) throw new Error(`${found.length} ancestors were found`)
      }),
    list: () => timed(() => listAll(tracker)),
  })
  return {
    what: `ancestors of ${of} / listing the same tasks`,
    measured: series.ancestors.median / series.list.median,
    unit: '×',
    bar: { atMost },
    absolute: `${inWords(series.ancestors.median)}, listing ${inWords(series.list.median)}`,
    series,
    seriesUnit: 'ms',
  }
}

export const closeBlocker: Benchmark = {
  name: 'close blocker',
  async run(context) {
    const descendants = context.size(10_000)
    const { path, ids } = await context.fixtures.epic(descendants)
    await using tracker = await openBenchTracker(path)
    const series = await interleave(context.rounds(9), {
      close: async () => {
        const took = await timed(() => tracker.tasks.close(ids[0]!))
        if ((await tracker.tasks.explain(ids.at(-1)!)).ready !== true) throw new Error('the epic should be free')
        await tracker.tasks.reopen(ids[0]!)
        return took
      },
      list: () => timed(() => listAll(tracker)),
    })
    return [
      {
        what: `closing the blocker of an epic with ${descendants} descendants / listing them`,
        measured: series.close.median / series.list.median,
        unit: '×',
        bar: { atMost: 1 },
        absolute: `${inWords(series.close.median)}, listing ${inWords(series.list.median)}`,
        series,
        seriesUnit: 'ms',
      },
    ]
  },
}

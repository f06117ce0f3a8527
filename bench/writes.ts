import { NotFoundError, newTaskId, type TaskId } from 'provtrail'
import { Bare } from './bare.js'
import type { Benchmark } from './benchmark.js'
import { rateInWords } from './benchmark.js'
import { interleave, timed } from './measure.js'
import { NAMESPACE, openBenchTracker } from './open-bench-tracker.js'

const TITLE = 'Implement login with a one-time code'

export const createOneByOne: Benchmark = {
  name: 'create one by one',
  async run(context) {
    const count = context.size(2_000)
    await using tracker = await openBenchTracker(context.newPath('creates'))
    const bare = await Bare.open(context.newPath('bare'), TITLE)
    const series = await interleave(context.rounds(15), {
      creates: () =>
        timed(async () => {
          for (let task = 0; task < count; task++) await tracker.tasks.create({ title: TITLE })
        }),
      bare: async () => bare.time(count),
    })
    bare.close()
    return [
      {
        what: 'tasks.create, one awaited after another / bare rate',
        measured: series.bare.median / series.creates.median,
        unit: '×',
        bar: { atLeast: 0.6 },
        absolute: `${rateInWords(count, series.creates.median)}, bare ${rateInWords(count, series.bare.median)}`,
        series,
        seriesUnit: `ms for ${count}`,
      },
    ]
  },
}

export const createAtOnce: Benchmark = {
  name: 'create at once',
  async run(context) {
    const count = 1_000
    await using tracker = await openBenchTracker(context.newPath('creates'))
    const bare = await Bare.open(context.newPath('bare'), TITLE)
    const createAll = async (refused: number | undefined) => {
      const missing: TaskId = newTaskId(NAMESPACE)
      const outcomes = await Promise.allSettled(
        Array.from({ length: count }, (_, task) =>
          tracker.tasks.create({ title: TITLE, ...(task === refused && { parent: missing }) }),
        ),
      )
      return outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason as unknown)
    }
    const series = await interleave(context.rounds(25), {
      creates: () => timed(() => createAll(undefined)),
      bare: async () => bare.time(count),
      'one refused': async () => {
        let refusals: unknown[] = []
        const took = await timed(async () => {
          refusals = await createAll(count / 2)
        })
        if (refusals.length !== 1 || !(refusals[0] instanceof NotFoundError)) throw new Error('expected one refusal')
        return took
      },
    })
    bare.close()
    const bareRate = rateInWords(count, series.bare.median)
    return [
      {
        what: '1,000 creates at once / bare rate',
        measured: series.bare.median / series.creates.median,
        unit: '×',
        bar: { atLeast: 2 },
        absolute: `${rateInWords(count, series.creates.median)}, bare ${bareRate}`,
        series,
        seriesUnit: `ms for ${count}`,
      },
      {
        what: '1,000 creates at once, one of them refused / bare rate',
        measured: series.bare.median / series['one refused'].median,
        unit: '×',
        bar: { atLeast: 1.5 },
        absolute: `${rateInWords(count, series['one refused'].median)}, bare ${bareRate}`,
        series,
        seriesUnit: `ms for ${count}`,
      },
    ]
  },
}

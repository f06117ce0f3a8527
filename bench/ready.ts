import type { Tracker } from 'provtrail'
import { type Benchmark, inWords } from './benchmark.js'
import { interleave, timed } from './measure.js'
import { openBenchTracker } from './open-bench-tracker.js'

const CALLS = 50

export const ready: Benchmark = {
  name: 'ready',
  async run(context) {
    const open = context.size(100_000)
    const readyTasks = context.size(1_000)
    const mixed = await context.fixtures.mostlyBlocked(open, readyTasks)
    const alone = await context.fixtures.flat(readyTasks)
    await using large = await openBenchTracker(mixed.path)
    await using small = await openBenchTracker(alone.path)
    await large.tasks.update(mixed.ids[0]!, { status: 'in_progress' })
    const isOpen = await large.tasks.list({ status: 'open', limit: 1 })
    const isReady = await large.tasks.ready({ limit: 1_000 })
    if (isOpen.total !== open || isReady.total !== readyTasks) {
      throw new Error(`${isReady.total} of ${isOpen.total} are ready`)
    }
    if (isReady.items.some(({ id }) => !mixed.ids.slice(-readyTasks).includes(id))) {
      throw new Error('the newest tasks should be ready')
    }
    const series = await interleave(context.rounds(21), {
      'among all': () => timeOfOne(large, readyTasks),
      alone: () => timeOfOne(small, readyTasks),
    })
    return [
      {
        what: `ready({ limit: 50 }), ${readyTasks} ready among ${open} open / ${readyTasks} of ${readyTasks}`,
        measured: series['among all'].median / series.alone.median,
        unit: '×',
        bar: { atMost: 2 },
        absolute: `${inWords(series['among all'].median)}, alone ${inWords(series.alone.median)}`,
        series,
        seriesUnit: 'ms',
      },
    ]
  },
}

async function timeOfOne(tracker: Tracker, expected: number): Promise<number> {
  const took = await timed(async () => {
    for (let call = 0; call < CALLS; call++) {
      const { items, total } = await tracker.tasks.ready({ limit: 50 })
      if (items.length !== 50 || total !== expected) throw new Error(`${items.length} of ${total} were listed`)
    }
  })
  return took / CALLS
}

import { openTracker, type TaskId, type Tracker } from 'provtrail'
import { type Benchmark, inWords } from './benchmark.js'
import { addBusyTask } from './busy-task.js'
import { interleave, timed } from './measure.js'
import { openBenchTracker } from './open-bench-tracker.js'

const CALLS = 10

export const contextAmongOthers: Benchmark = {
  name: 'context',
  async run(context) {
    const events = context.size(1_000_000)
    const crowd = await context.fixtures.manyEvents(events)
    await using large = await openTracker({ path: crowd.path, readOnly: true })
    await using small = await openBenchTracker(context.newPath('context'))
    const agent = await small.agents.registerSoftware({ name: 'Worker' })
    const alone = await addBusyTask(small, agent.id)
    const amongOthers = crowd.ids[0]!
    const [one, other] = [await outlineOf(large, amongOthers), await outlineOf(small, alone)]
    if (one !== other) throw new Error('both records should say the same of the task')
    const series = await interleave(context.rounds(21), {
      'among others': () => timeOfOne(large, amongOthers),
      alone: () => timeOfOne(small, alone),
    })
    return [
      {
        what: `context of a task with 1,000 events among ${events} / where they are alone`,
        measured: series['among others'].median / series.alone.median,
        unit: '×',
        bar: { atMost: 2 },
        absolute: `${inWords(series['among others'].median)}, alone ${inWords(series.alone.median)}`,
        series,
        seriesUnit: 'ms',
      },
    ]
  },
}

async function timeOfOne(tracker: Tracker, task: TaskId): Promise<number> {
  const took = await timed(async () => {
    for (let call = 0; call < CALLS; call++) await tracker.context(task)
  })
  return took / CALLS
}

/** The document without what differs from file to file: ids and times. */
async function outlineOf(tracker: Tracker, task: TaskId): Promise<string> {
  const { markdown } = await tracker.context(task)
  if (markdown.length < 1_000) throw new Error(`the context is short: ${markdown}`)
  return markdown.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
}

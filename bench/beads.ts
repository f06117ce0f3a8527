import { CycleDetectedError, newTaskId, type TaskId } from 'provtrail'
import { type Benchmark, inWords } from './benchmark.js'
import { readyAll } from './list-all.js'
import { interleave, timed } from './measure.js'
import { NAMESPACE, openBenchTracker } from './open-bench-tracker.js'
import { Random } from './random.js'

/** The workload that Beads publishes 30 ms for. */
export const beadsWorkload: Benchmark = {
  name: 'beads workload',
  async run(context) {
    const size = context.size(10_000)
    const blocks = context.size(1_200)
    const random = new Random(4)
    const ids = Array.from({ length: size }, () => newTaskId(NAMESPACE))
    const epics = ids.slice(0, size * 0.1)
    const features = ids.slice(size * 0.1, size * 0.4)
    await using tracker = await openBenchTracker(context.newPath('beads'))
    await Promise.all(
      ids.map((id, index) => {
        if (index < epics.length) return tracker.tasks.create({ id, title: `Epic ${index}`, type: 'epic' })
        const isFeature = index < epics.length + features.length
        return tracker.tasks.create({
          id,
          title: `Issue ${index}`,
          description: `What is to be done for issue ${index}`,
          type: isFeature ? 'feature' : 'task',
          parent: random.pick(isFeature ? epics : features),
        })
      }),
    )
    for (let added = 0; added < blocks; ) {
      const [source, target] = random.sample(ids, 2) as [TaskId, TaskId]
      await tracker.relations.add(source, 'blocked_by', target).then(
        () => added++,
        (error: unknown) => {
          if (!(error instanceof CycleDetectedError)) throw error
        },
      )
    }
    await Promise.all(random.sample(ids, size / 2).map((id) => tracker.tasks.close(id)))
    let found = 0
    const series = await interleave(context.rounds(21), {
      ready: () =>
        timed(async () => {
          found = (await readyAll(tracker)).length
        }),
    })
    return [
      {
        what: `Beads' workload: all ready tasks of ${size}, full rows (Beads published 30 ms)`,
        measured: series.ready.median,
        unit: 'ms',
        absolute: `${inWords(series.ready.median)} for ${found} tasks`,
        series,
        seriesUnit: 'ms',
      },
    ]
  },
}

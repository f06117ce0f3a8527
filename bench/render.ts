import { instance } from '@viz-js/viz'
import { type Lineage, lineage, openTracker, renderReport, type TaskId } from 'provtrail'
import { figureOf } from '../src/report/picture/figure.js'
import { toDot } from '../src/report/picture/graphviz.js'
import { pictureOf } from '../src/report/picture/picture-of.js'
import type { Benchmark } from './benchmark.js'
import { inWords } from './benchmark.js'
import { interleave, timed } from './measure.js'
import { NAMESPACE } from './open-bench-tracker.js'

export const render: Benchmark = {
  name: 'render',
  async run(context) {
    const report = await workOf(500)
    const picture = pictureOf(report as unknown as Parameters<typeof pictureOf>[0])
    const dot = toDot(picture, new Map(picture.nodes.map((node) => [node.key, figureOf(node)])))
    let length = 0
    const series = await interleave(context.rounds(9), {
      HTML: () =>
        timed(async () => {
          length = (await renderReport(report, { format: 'html' })).length
        }),
      'the layout alone': () =>
        timed(async () => {
          const graphviz = await instance()
          graphviz.renderString(dot, { format: 'json0' })
        }),
    })
    const [html, layout] = [series.HTML.median, series['the layout alone'].median]
    return [
      {
        what: `HTML of a lineage of ${report.nodes.length} nodes / @viz-js/viz given the same picture, time`,
        measured: html / layout,
        unit: '×',
        bar: { atMost: 1.2 },
        absolute: `${inWords(html)} and ${inWords(layout)}, ${picture.nodes.length} shapes, ${picture.edges.length} arrows; ${Math.round(length / 1_000)} kB`,
        series,
        seriesUnit: 'ms',
      },
    ]
  },
}

/** What one task led to: so many children, activities, commits and agents, hardly any two of them alike. */
async function workOf(size: number): Promise<Lineage> {
  await using tracker = await openTracker({ path: ':memory:', namespace: NAMESPACE })
  const ada = await tracker.agents.registerHuman({ name: 'Ada' })
  const t = tracker.as(ada.id)
  const root = await t.tasks.create({ title: 'Move the shop to the new platform' })
  const tasks: TaskId[] = []
  for (let made = 2; made < size; made += 3) {
    const index = tasks.length
    const blockedBy = index === 0 ? [] : [tasks[index >> 1]!]
    const task = await t.tasks.create({
      title: `Slice ${index}: move a part of the catalogue`,
      parent: root.id,
      blockedBy,
    })
    tasks.push(task.id)
    const activity = await t.activities.start({ agent: ada.id, task: task.id, phase: 'worker_slices', notes: '' })
    const commit = await t.artifacts.add({ iri: `https://example.org/commit/${index}`, kind: 'commit' })
    await t.relations.add(commit.id, 'generated_by', activity.id)
    await t.activities.end(activity.id)
  }
  return lineage(tracker, root.id, { maxNodes: size })
}

import { taskGraph, waves, findCycles, criticalPath, impact, bottlenecks, type TaskGraph } from 'provtrail'
import { openBenchTracker } from './open-bench-tracker.js'
const graphs: TaskGraph[] = []
const cpu = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000 }
for (const n of [10000, 100000]) {
  const tracker = await openBenchTracker(`/tmp/h6/fixture-${n}.db`)
  const r: number[] = []
  for (let i = 0; i < 3; i++) { const b = cpu(); graphs[n === 10000 ? 0 : 1] = await taskGraph(tracker); r.push(cpu() - b) }
  console.log('taskGraph', n, r.map((x) => x.toFixed(0)).join(' '))
  await tracker.close()
}
const t = (name: string, f: (g: TaskGraph) => unknown, k = 7) => {
  const all = graphs.map((g) => { const r: number[] = []; for (let i = 0; i <= k; i++) { const b = cpu(); f(g); if (i) r.push(cpu() - b) } r.sort((a, b) => a - b); return r })
  const [s, l] = all.map((r) => r[k >> 1]!); console.log(name, 'small', s!.toFixed(1), 'large', l!.toFixed(0), 'ratio', (l! / s!).toFixed(1), 'min ratio', (all[1]![0]! / all[0]![0]!).toFixed(1))
}
t('waves', (g) => waves(g)); t('critical', (g) => criticalPath(g)); t('impact', (g) => impact(g, g.nodes()[0]!)); t('cycles', (g) => findCycles(g)); t('bottlenecks', (g) => bottlenecks(g))

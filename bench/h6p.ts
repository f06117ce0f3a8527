import { DirectedGraph } from 'graphology'
import { topologicalGenerations } from 'graphology-dag'
import { taskGraph, waves, impact, bottlenecks, criticalPath, findCycles, type TaskGraph } from 'provtrail'
import { openBenchTracker } from './open-bench-tracker.js'
const gc = (globalThis as any).gc
const mem = () => { gc(); return process.memoryUsage().heapUsed / 2 ** 20 }
const t = async (name: string, f: () => unknown, k = 5) => { const r: number[] = []; for (let i = 0; i < k; i++) { const a = process.cpuUsage(); const b = performance.now(); await f(); const c = process.cpuUsage(a); r.push(performance.now() - b) } r.sort((a, b) => a - b); console.log(name, 'median', r[k >> 1]!.toFixed(0), 'min', r[0]!.toFixed(0)) }
for (const n of [10000, 100000]) {
  const tracker = await openBenchTracker(`/tmp/h6/fixture-${n}.db`)
  await tracker.tasks.list({ limit: 1 })
  const m = mem()
  let g: TaskGraph = await taskGraph(tracker)
  console.log(n, 'heap', (mem() - m).toFixed(0))
  await t('taskGraph', () => taskGraph(tracker), 3)
  await t('waves', () => waves(g)); await t('critical', () => criticalPath(g)); await t('impact', () => impact(g, g.nodes()[0]!)); await t('cycles', () => findCycles(g)); await t('bottlenecks', () => bottlenecks(g))
  if (process.argv[2]) {
    const m2 = mem(); const b = performance.now()
    const d = new DirectedGraph()
    g.forEachNode((id) => { d.addNode('g' + id); d.addNode('f' + id); })
    g.forEachNode((id) => d.addEdge('g' + id, 'f' + id))
    g.forEachEdge((_e, _a, s, x) => d.mergeEdge('f' + x, 'g' + s))
    console.log('moments built', performance.now() - b, 'MB', mem() - m2)
    await t('generations', () => topologicalGenerations(d).length, 3)
    console.log(d.order)
  }
  await tracker.close()
}

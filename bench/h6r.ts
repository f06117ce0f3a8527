import { taskGraph, waves, findCycles, criticalPath } from 'provtrail'
import { openBenchTracker } from './open-bench-tracker.js'
const tracker = await openBenchTracker(`/tmp/h6/fixture-100000.db`)
const g = await taskGraph(tracker)
await tracker.close()
const t = (name: string, f: () => unknown, k = 9) => { const r: number[] = []; for (let i = 0; i < k; i++) { const b = performance.now(); f(); r.push(performance.now() - b) } r.sort((a, b) => a - b); console.log(name, r[k >> 1]!.toFixed(0), r[0]!.toFixed(0)) }
t('nodes', () => { const m = new Map<string, number>(); const ids: string[] = []; g.forEachNode((id) => { m.set(id, ids.length); ids.push(id) }) })
const m = new Map<string, number>(); g.forEachNode((id) => m.set(id, m.size))
t('edges', () => { let c = 0; g.forEachEdge((_e, a, s, t) => { if (a.kind === 'parent') c++ }); return c })
t('edges+target', () => { let c = 0; g.forEachEdge((_e, a, s, t) => { c += m.get(t)! }); return c })
t('edges+both', () => { let c = 0; g.forEachEdge((_e, a, s, t) => { c += m.get(t)! + m.get(s)! }); return c })
t('out edges by node', () => { let c = 0; g.forEachNode((id) => g.forEachOutEdge(id, (_e, a, s, t) => { c += m.get(t)! })); return c })
t('waves', () => waves(g)); t('critical', () => criticalPath(g)); t('cycles', () => findCycles(g))

import { taskGraph } from 'provtrail'
import { openBenchTracker } from './open-bench-tracker.js'
const tracker = await openBenchTracker(`/tmp/h6/fixture-100000.db`)
for (let i = 0; i < 2; i++) { const a = process.cpuUsage(); const b = performance.now(); const g = await taskGraph(tracker); const c = process.cpuUsage(a); console.log(g.size, performance.now() - b, c.user / 1000, c.system / 1000) }
await tracker.close()

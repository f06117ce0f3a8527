import { existsSync, copyFileSync } from 'node:fs'
import { exportProv } from 'provtrail'
import { openBenchTracker } from './open-bench-tracker.js'
import { Fixtures } from './fixtures.js'
const [,, detail, n] = process.argv
const path = `/tmp/h4/${detail}-${n}.db`
if (!existsSync(path)) {
  const f = new Fixtures((name) => `/tmp/h4/fx-${Math.random()}.db`)
  const x = detail === 'full' ? await f.worked(Number(n)) : await f.layered(Number(n))
  copyFileSync(x.path, path)
}
await using t = await openBenchTracker(path)
for (let i = 0; i < 1; i++) {
  const c = process.cpuUsage()
  let length = 0, pieces = 0
  for await (const p of exportProv(t, { format: 'turtle', detail: detail as 'full' })) { length += p.length; pieces++ }
  const d = process.cpuUsage(c)
  console.log(detail, n, length, 'cpu ms', ((d.user + d.system) / 1000).toFixed(0))
}
console.log(process.resourceUsage().maxRSS / 1024)

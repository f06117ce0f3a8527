import { exportProv } from 'provtrail'
import { openBenchTracker } from './open-bench-tracker.js'

/** What a process that exported a file says. */
export interface ExportingReport {
  readonly peakMb: number
  readonly length: number
}

const [path, detail] = process.argv.slice(2) as [string, 'summary' | 'full']
const tracker = await openBenchTracker(path)
let length = 0
for await (const chunk of exportProv(tracker, { format: 'turtle', detail })) length += chunk.length
await tracker.close()
// Node counts it in KiB.
const report: ExportingReport = { peakMb: process.resourceUsage().maxRSS / 1_024, length }
process.send!(report)
process.disconnect()

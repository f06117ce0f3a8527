import { openTracker } from 'provtrail'

/** What a process that verified a log says. */
export interface VerifyingReport {
  readonly peakMb: number
}

const tracker = await openTracker({ path: process.argv[2]!, readOnly: true })
const verification = await tracker.log.verify()
if (!verification.ok) throw new Error(verification.reason)
await tracker.close()
// Node counts it in KiB.
const report: VerifyingReport = { peakMb: process.resourceUsage().maxRSS / 1_024 }
process.send!(report)
process.disconnect()

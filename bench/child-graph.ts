import { taskGraph } from 'provtrail'
import { openBenchTracker } from './open-bench-tracker.js'

/** What a process that holds a task graph says. */
export interface GraphReport {
  /** What the graph keeps alive. */
  readonly heapMb: number
  readonly tasks: number
  readonly relations: number
}

const tracker = await openBenchTracker(process.argv[2]!)
// Whatever comes with the first reading is there before the graph is.
await tracker.tasks.list({ limit: 1 })
const before = heapMb()
const graph = await taskGraph(tracker)
const report: GraphReport = { heapMb: heapMb() - before, tasks: graph.order, relations: graph.size }
await tracker.close()
process.send!(report)
process.disconnect()

function heapMb(): number {
  globalThis.gc!()
  return process.memoryUsage().heapUsed / 2 ** 20
}

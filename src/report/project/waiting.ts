import { keyOf } from '../../record/nodes.js'
import { explainTask } from '../../record/tasks/explain.js'
import { blockedTasks } from '../../record/tasks/lists.js'
import type { Reader } from '../../store/store.js'
import type { Period } from './period.js'
import type { WaitingTask } from './project-report.js'

/** How many waiting tasks a report shows. */
const WAITING_SHOWN = 50

/** The most urgent of the tasks that wait, and why each does; and how many wait in all. */
export async function readWaiting(
  reader: Reader,
  { namespace }: Period,
  now: string,
): Promise<{ readonly waiting: readonly WaitingTask[]; readonly waitingTotal: number }> {
  const page = await blockedTasks(reader, { limit: WAITING_SHOWN, ...(namespace !== undefined && { namespace }) }, now)
  const waiting: WaitingTask[] = []
  for (const { id, title } of page.items) {
    const { sentence } = await explainTask(reader, await keyOf(reader, id), now)
    waiting.push({ task: id, title, sentence })
  }
  return { waiting, waitingTotal: page.total }
}

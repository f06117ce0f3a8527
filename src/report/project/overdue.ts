import { overdueTasks } from '../../record/tasks/lists.js'
import type { Reader } from '../../store/store.js'
import type { Period } from './period.js'
import type { OverdueTask } from './project-report.js'

/** How many overdue tasks a report shows. */
const OVERDUE_SHOWN = 50

/** The tasks that should be closed by now, the longest overdue first, and how many there are. */
export async function readOverdue(
  reader: Reader,
  { namespace }: Period,
  now: string,
): Promise<{ readonly overdue: readonly OverdueTask[]; readonly overdueTotal: number }> {
  const page = await overdueTasks(reader, { limit: OVERDUE_SHOWN, ...(namespace !== undefined && { namespace }) }, now)
  const overdue = page.items.map(({ id, title, dueAt, status }) => ({ task: id, title, dueAt: dueAt!, status }))
  return { overdue, overdueTotal: page.total }
}

import type { EventData } from '../../log/event.js'
import { EVENT_COLUMNS, type EventRow } from '../../log/event-row.js'
import { toReadable } from '../../log/read-events.js'
import { applyTaskEvent } from '../../record/tasks/apply-event.js'
import type { Task } from '../../record/tasks/task.js'
import type { Reader } from '../../store/store.js'

/** How many tasks are folded from one query. */
const BATCH = 100

/** Whether telling an event takes what {@link readBefore} reads: of a submission, only what it says was not met does. */
export function isToldByBefore({ type, data }: Pick<EventRow, 'type' | 'data'>): boolean {
  if (type === 'claim.completed') return data === null || /"(?:not_met|waived)"/.test(data)
  return type === 'task.updated' || type === 'contract.revised'
}

/** The tasks as they were right before each event about them that is told by that, by the `seq` of the event. */
export async function readBefore(
  reader: Reader,
  tasks: readonly string[],
  redactions: () => Promise<ReadonlyMap<number, EventData>>,
): Promise<Map<number, Task>> {
  const before = new Map<number, Task>()
  for (let first = 0; first < tasks.length; first += BATCH) {
    const rows = await reader.all<EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM events WHERE subject IN (SELECT value FROM json_each(?)) AND type <> 'comment.added'
       ORDER BY subject, seq`,
      JSON.stringify(tasks.slice(first, first + BATCH)),
    )
    let task: Task | undefined
    for (const row of rows) {
      const event = toReadable(row, row.data === null ? await redactions() : undefined)
      if (isToldByBefore(row)) before.set(event.seq, task!)
      task = applyTaskEvent(task, event)
    }
  }
  return before
}

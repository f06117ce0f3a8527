import type { ReadableEvent } from '../../log/read-events.js'
import type { Writer } from '../../store/store.js'
import { keyOf } from '../nodes.js'
import { countStatus } from '../readiness.js'
import { applyTaskEvent } from './apply-event.js'
import type { Task } from './task.js'
import { readTask, updateTask } from './task-rows.js'

/** Applies the event to the stored task and tells those that wait for it. */
export async function replaceTask(writer: Writer, event: ReadableEvent, key: number): Promise<Task> {
  const before = await readTask(writer, key)
  const after = applyTaskEvent(before, event)
  await updateTask(writer, key, after, await ownerKey(writer, after))
  if (before.status !== after.status || before.outcome !== after.outcome) {
    await countStatus(
      writer,
      key,
      { status: before.status, outcome: before.outcome ?? null },
      { status: after.status, outcome: after.outcome ?? null },
    )
  }
  return after
}

/** The key of the agent that owns a task, as its row names it. */
export async function ownerKey(writer: Writer, task: Task): Promise<number | null> {
  return task.owner === undefined ? null : keyOf(writer, task.owner)
}

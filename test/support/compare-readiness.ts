import { expect } from 'vitest'
import type { Task, TaskId, Tracker } from '../../src/index.js'
import { all } from './answers.js'
import type { ModelReason, TaskModel } from './task-model.js'

/** Compares what the record says of what is ready, blocked and overdue with what the model says, task by task. */
export async function compareReadiness(tracker: Tracker, ids: readonly TaskId[], model: TaskModel): Promise<void> {
  const numbers = (tasks: readonly Task[]) => tasks.map(({ id }) => ids.indexOf(id))
  const ready = await tracker.tasks.ready({ limit: 1_000 })
  const blocked = await tracker.tasks.blocked({ limit: 1_000 })
  expect(numbers(ready.items)).toEqual(model.ready())
  expect(numbers((await tracker.tasks.ready({ includeInProgress: true })).items)).toEqual(model.readyOrRunning())
  expect(numbers(blocked.items)).toEqual(model.blocked())
  expect([ready.total, blocked.total]).toEqual([ready.items.length, blocked.items.length])
  const open = [...model.tasks.keys()].filter((task) => model.isOpen(task))
  expect(numbers([...ready.items, ...blocked.items]).sort()).toEqual(open.sort())
  expect(numbers((await tracker.tasks.overdue()).items)).toEqual(model.overdue())
  expect(numbers(await all((page) => tracker.tasks.list({ sort: 'due', ...page }), 3))).toEqual(model.byDueAt())
  for (const [task, id] of ids.entries()) {
    const { ready, reasons } = await tracker.tasks.explain(id)
    expect(ready).toBe(reasons.length === 0)
    const named = ({ task, via, ...rest }: ModelReason) => ({
      ...rest,
      ...(task !== undefined && { task: ids[task] }),
      ...(via !== undefined && { via: ids[via] }),
    })
    const said = reasons.map(({ agent, attempt, ...rest }) => {
      expect([agent === undefined, attempt === undefined]).toEqual(Array(2).fill(rest.kind !== 'claimed'))
      return rest
    })
    expect(inOrder(said)).toEqual(inOrder(model.reasons(task).map(named)))
  }
}

function inOrder(reasons: readonly object[]): object[] {
  const text = (reason: object) => JSON.stringify(Object.entries(reason).sort())
  return reasons.toSorted((one, other) => (text(one) < text(other) ? -1 : 1))
}

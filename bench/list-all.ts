import type { Task, Tracker } from 'provtrail'

/** Every task of the file, by pages of 1,000, as a caller would list them. */
export async function listAll(tracker: Tracker): Promise<Task[]> {
  return readAll((cursor) => tracker.tasks.list({ limit: 1_000, ...cursor }))
}

/** Every ready task of the file, by pages of 1,000. */
export async function readyAll(tracker: Tracker): Promise<Task[]> {
  return readAll((cursor) => tracker.tasks.ready({ limit: 1_000, ...cursor }))
}

type ReadPage = (cursor: { cursor?: string }) => ReturnType<Tracker['tasks']['list']>

async function readAll(readPage: ReadPage): Promise<Task[]> {
  const tasks: Task[] = []
  let page = await readPage({})
  tasks.push(...page.items)
  while (page.nextCursor !== undefined) {
    page = await readPage({ cursor: page.nextCursor })
    tasks.push(...page.items)
  }
  if (tasks.length !== page.total) throw new Error(`${tasks.length} of ${page.total} tasks were listed`)
  return tasks
}

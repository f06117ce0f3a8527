import { criticalPath } from '../../graph/critical-path.js'
import { readTaskGraph } from '../../graph/read-task-graph.js'
import type { Reader } from '../../store/store.js'
import type { Period } from './period.js'
import type { NamedTask } from './project-report.js'

/** The longest chain of tasks that must be done one after another, first to last. */
export async function readCriticalPath(reader: Reader, { namespace }: Period): Promise<readonly NamedTask[]> {
  const scope = { namespace: namespace ?? null, keys: null }
  const graph = await readTaskGraph(reader, scope, ['blocked_by', 'parent', 'supersedes', 'duplicate_of'])
  return criticalPath(graph).tasks.map((task) => ({ task, title: graph.getNodeAttribute(task, 'title') }))
}

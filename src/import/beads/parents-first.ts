import { DirectedGraph } from 'graphology'
import { topologicalGenerations } from 'graphology-dag'
import type { DesiredRelation } from './desired-relation.js'
import type { DesiredTask } from './desired-task.js'
import { byMoment } from './moment.js'

/** Tasks by age, oldest first; of the same age, by id. */
export function byAge(tasks: readonly DesiredTask[]): DesiredTask[] {
  return tasks.toSorted(
    (one, other) => byMoment(one.created.at, other.created.at) || (one.issue.id < other.issue.id ? -1 : 1),
  )
}

/**
 * The tasks in the order in which they are made: those without a parent by age, then their children by age, and so on.
 *
 * `parents` must hold no cycle; those of which one end is not among the tasks do not count.
 */
export function parentsFirst(tasks: readonly DesiredTask[], parents: readonly DesiredRelation[]): DesiredTask[] {
  const tree = new DirectedGraph<{ task: DesiredTask }>()
  for (const task of tasks) tree.addNode(task.id, { task })
  for (const { source, target } of parents) {
    if (tree.hasNode(source) && tree.hasNode(target)) tree.mergeEdge(target, source)
  }
  return topologicalGenerations(tree).flatMap((ids) => byAge(ids.map((id) => tree.getNodeAttribute(id, 'task'))))
}

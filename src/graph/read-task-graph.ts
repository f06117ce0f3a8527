import { MultiDirectedGraph } from 'graphology'
import type { TaskId } from '../ids.js'
import type { ResolvedScope } from '../record/lineage/resolve-scope.js'
import type { Task } from '../record/tasks/task.js'
import { readTasks } from '../record/tasks/task-rows.js'
import { Pacer } from '../store/pacer.js'
import type { Reader } from '../store/store.js'
import { GATES, type Gate, OUTCOMES, STATUSES } from '../vocabulary.js'
import { TASK_RELATION_KINDS, type TaskEdge, type TaskGraph, type TaskRelationKind } from './task-graph.js'

/** How many tasks, and relations of as many tasks, are read at once. */
const BATCH = 1_000

type EdgeRow = [source: number, kind: TaskRelationKind, target: number, gate: Gate | null, createdAt: string]

/** The tasks of a scope, oldest first, and the relations between them. */
export async function readTaskGraph(
  reader: Reader,
  scope: ResolvedScope,
  kinds: readonly TaskRelationKind[] = TASK_RELATION_KINDS,
): Promise<TaskGraph> {
  const graph: TaskGraph = new MultiDirectedGraph()
  const idByKey = new Map<number, TaskId>()
  const share = sharing()
  const pacer = new Pacer()
  const batches: number[][] = []
  for await (const keys of taskKeys(reader, scope)) {
    batches.push(keys)
    for (const [index, task] of (await readTasks(reader, keys)).entries()) {
      idByKey.set(keys[index]!, task.id)
      graph.addNode(task.id, compact(task, share))
    }
    await pacer.turn()
  }
  const wanted = JSON.stringify(kinds)
  for (const keys of batches) {
    const rows = await reader.rows<EdgeRow>(
      `SELECT r.source, r.kind, r.target, r.gate, r.created_at FROM json_each(?) k CROSS JOIN relations r
       WHERE r.source = k.value AND r.kind IN (SELECT value FROM json_each(?))
       ORDER BY r.source, r.kind, r.target`,
      JSON.stringify(keys),
      wanted,
    )
    for (const [source, kind, target, gate, createdAt] of rows) {
      const targetId = idByKey.get(target)
      if (targetId === undefined) continue
      const edge: TaskEdge =
        gate === null ? { kind: share(kind), createdAt } : { kind: share(kind), gate: share(gate), createdAt }
      graph.addEdgeWithKey(String(graph.size), idByKey.get(source)!, targetId, edge)
    }
    await pacer.turn()
  }
  return graph
}

/** Texts that occur often, each kept once, as here in the code where it stands here: a row brings copies of its own. */
function sharing(): <Text extends string>(text: Text) => Text {
  const texts = new Map<string, string>(
    [...STATUSES, ...OUTCOMES, ...GATES, ...TASK_RELATION_KINDS].map((word) => [word, word]),
  )
  return <Text extends string>(text: Text): Text => {
    const known = texts.get(text)
    if (known !== undefined) return known as Text
    texts.set(text, text)
    return text
  }
}

const NONE: readonly never[] = Object.freeze([])

type Changeable<Type> = { -readonly [Field in keyof Type]: Type[Field] }

/** Keeps what a task, which was read for the graph alone, has in common with others only once. */
function compact(task: Changeable<Task>, share: ReturnType<typeof sharing>): Task {
  task.id = share(task.id)
  task.namespace = share(task.namespace)
  task.status = share(task.status)
  task.type = share(task.type)
  task.phase = share(task.phase)
  if (task.outcome !== undefined) task.outcome = share(task.outcome)
  if (task.owner !== undefined) task.owner = share(task.owner)
  if (task.parent !== undefined) task.parent = share(task.parent)
  if (task.updatedAt === task.createdAt) task.updatedAt = task.createdAt
  task.labels = task.labels.length === 0 ? NONE : task.labels.map((label) => share(label))
  if (task.externalRefs.length === 0) task.externalRefs = NONE
  return task
}

/** The keys of the tasks of a scope, in order of age, in batches. */
async function* taskKeys(reader: Reader, { namespace, keys }: ResolvedScope): AsyncGenerator<number[]> {
  if (keys !== null) {
    const sorted = [...keys].sort((one, other) => one - other)
    for (let first = 0; first < sorted.length; first += BATCH) {
      const rows = await reader.rows<[number]>(
        'SELECT t.key FROM json_each(?) k JOIN tasks t ON t.key = k.value ORDER BY t.key',
        JSON.stringify(sorted.slice(first, first + BATCH)),
      )
      if (rows.length > 0) yield rows.map(([key]) => key)
    }
    return
  }
  for (let after = 0; ; ) {
    const rows = await reader.rows<[number]>(
      `SELECT t.key FROM tasks t CROSS JOIN nodes n
       WHERE t.key > ? AND n.key = t.key AND n.namespace = coalesce(?, n.namespace) ORDER BY t.key LIMIT ?`,
      after,
      namespace,
      BATCH,
    )
    if (rows.length === 0) return
    yield rows.map(([key]) => key)
    after = rows.at(-1)![0]
  }
}

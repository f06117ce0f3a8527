import type { Page } from '../../page.js'
import type { Reader, SqlValue } from '../../store/store.js'
import { type Condition, readPage, whereOf } from '../paging.js'
import { blockedCondition, readyCondition } from '../readiness.js'
import { filterConditions } from './filter.js'
import type {
  BlockedOptions,
  OverdueOptions,
  ReadyOptions,
  Task,
  TaskFilter,
  TaskListOptions,
  TaskSort,
} from './task.js'
import { readTasks } from './task-rows.js'

/** What tasks are put in order by. */
interface SortedRow {
  readonly key: number
  readonly priority: number
  readonly created_at: string
  readonly due_at: string | null
}

/** A total order of tasks `t`: the key decides between equals. */
interface Order {
  /** As in the cursors of the order. */
  readonly name: string
  readonly by: readonly string[]
  readonly direction: 'ASC' | 'DESC'
  readonly position: (row: SortedRow) => readonly SqlValue[]
}

const ORDERS: Record<TaskSort, Order> = {
  priority: {
    name: 'priority',
    by: ['t.priority', 't.created_at', 't.key'],
    direction: 'ASC',
    position: (row) => [row.priority, row.created_at, row.key],
  },
  oldest: {
    name: 'oldest',
    by: ['t.created_at', 't.key'],
    direction: 'ASC',
    position: (row) => [row.created_at, row.key],
  },
  newest: {
    name: 'newest',
    by: ['t.created_at', 't.key'],
    direction: 'DESC',
    position: (row) => [row.created_at, row.key],
  },
  // No time sorts after '~'.
  due: {
    name: 'due',
    by: ["coalesce(t.due_at, '~')", 't.priority', 't.created_at', 't.key'],
    direction: 'ASC',
    position: (row) => [row.due_at ?? '~', row.priority, row.created_at, row.key],
  },
}

/** In the order of the index `tasks_by_due`. */
const LONGEST_OVERDUE: Order = {
  name: 'overdue',
  by: ['t.due_at', 't.created_at', 't.key'],
  direction: 'ASC',
  position: (row) => [row.due_at!, row.created_at, row.key],
}

/** The page of `tasks.list`. */
export function listTasks(reader: Reader, options: TaskListOptions): Promise<Page<Task>> {
  return readTaskPage(reader, 'tasks.list', 'tasks t', [], options, ORDERS[options.sort ?? 'oldest'])
}

/** The ready tasks, by an index that has them in this order, or nearly so. The planner would pass over it. */
function readyTable(sort: TaskSort): string {
  return `tasks t INDEXED BY ${sort === 'priority' || sort === 'due' ? 'tasks_ready' : 'tasks_ready_by_age'}`
}

/** The page of `tasks.ready`. */
export function readyTasks(reader: Reader, options: ReadyOptions, now: string): Promise<Page<Task>> {
  const sort = options.sort ?? 'priority'
  const ready = [readyCondition(now, options)]
  return readTaskPage(reader, 'tasks.ready', readyTable(sort), ready, options, ORDERS[sort], '+t.key')
}

/** Whether a task is ready at this time: what `tasks.ready` lists. */
export async function isReady(reader: Reader, key: number, now: string): Promise<boolean> {
  const { sql, values } = readyCondition(now)
  return (await reader.get(`SELECT 1 FROM tasks t WHERE t.key = ? AND ${sql}`, key, ...values)) !== undefined
}

/** Which ready task, and what it has to be besides. */
interface ReadySearch {
  readonly filter: TaskFilter
  readonly sort: TaskSort
  readonly now: string
  readonly more: readonly Condition[]
}

/** The key of the first task of `tasks.ready` for which more conditions hold. */
export async function findFirstReady(
  reader: Reader,
  { filter, sort, now, more }: ReadySearch,
): Promise<number | undefined> {
  const { by, direction } = ORDERS[sort]
  const where = whereOf([readyCondition(now), ...filterConditions(filter, '+t.key'), ...more])
  const row = await reader.get<{ key: number }>(
    `SELECT t.key FROM ${readyTable(sort)} ${namespaceJoin(filter)} ${where.sql}
     ORDER BY ${by.map((column) => `${column} ${direction}`).join(', ')} LIMIT 1`,
    ...where.values,
  )
  return row?.key
}

/** The page of `tasks.blocked`. */
export function blockedTasks(reader: Reader, options: BlockedOptions, now: string): Promise<Page<Task>> {
  const table = 'tasks t INDEXED BY tasks_blocked'
  const order = ORDERS[options.sort ?? 'priority']
  return readTaskPage(reader, 'tasks.blocked', table, [blockedCondition(now)], options, order)
}

/** The page of `tasks.overdue`. */
export function overdueTasks(reader: Reader, options: OverdueOptions, now: string): Promise<Page<Task>> {
  const overdue = { sql: "t.due_at < ? AND t.due_at IS NOT NULL AND t.status <> 'closed'", values: [now] }
  const table = 'tasks t INDEXED BY tasks_by_due'
  return readTaskPage(reader, 'tasks.overdue', table, [overdue], options, LONGEST_OVERDUE)
}

/** What a filter needs besides the tasks. */
function namespaceJoin(filter: TaskFilter): string {
  return filter.namespace === undefined ? '' : 'JOIN nodes n ON n.key = t.key'
}

function readTaskPage(
  reader: Reader,
  operation: string,
  table: string,
  always: readonly Condition[],
  options: TaskFilter & { readonly limit?: number; readonly cursor?: string },
  order: Order,
  key?: '+t.key',
): Promise<Page<Task>> {
  return readPage<SortedRow, Task>(
    reader,
    {
      operation,
      columns: 't.key, t.priority, t.created_at, t.due_at',
      from: `${table} ${namespaceJoin(options)}`,
      conditions: [...always, ...filterConditions(options, key)],
      order: order.name,
      orderBy: order.by,
      direction: order.direction,
      position: order.position,
    },
    options,
    (rows) =>
      readTasks(
        reader,
        rows.map((row) => row.key),
      ),
  )
}

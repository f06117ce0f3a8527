import type { Page } from '../../page.js'
import type { Reader } from '../../store/store.js'
import { type Condition, readPage } from '../paging.js'
import { HINDERED, UNHINDERED } from '../readiness.js'
import { filterConditions } from './filter.js'
import type { BlockedOptions, ReadyOptions, Task, TaskFilter, TaskListOptions, TaskSort } from './task.js'
import { TASK_COLUMNS, TASK_JOINS, type TaskRow, toTasks } from './task-rows.js'

/** A total order of tasks: `key` decides between equals. */
interface Order {
  readonly columns: readonly (keyof TaskRow)[]
  readonly direction: 'ASC' | 'DESC'
}

const ORDERS: Record<TaskSort, Order> = {
  priority: { columns: ['priority', 'created_at', 'key'], direction: 'ASC' },
  oldest: { columns: ['created_at', 'key'], direction: 'ASC' },
  newest: { columns: ['created_at', 'key'], direction: 'DESC' },
}

/** The page of `tasks.list`. */
export function listTasks(reader: Reader, options: TaskListOptions): Promise<Page<Task>> {
  return readTaskPage(reader, 'tasks.list', 'tasks t', [], options, 'oldest')
}

/** The page of `tasks.ready`: the one place that says what is ready. The planner would pass over its indexes. */
export function readyTasks(reader: Reader, options: ReadyOptions): Promise<Page<Task>> {
  const sort = options.sort ?? 'priority'
  const table = `tasks t INDEXED BY ${sort === 'priority' ? 'tasks_ready' : 'tasks_ready_by_age'}`
  const status = options.includeInProgress === true ? '' : "t.status = 'open' AND "
  const ready = { sql: `${status}t.status IN ('open', 'in_progress') AND ${UNHINDERED}`, values: [] }
  return readTaskPage(reader, 'tasks.ready', table, [ready], options, sort)
}

/** The page of `tasks.blocked`: what is open or on hold, and not ready. */
export function blockedTasks(reader: Reader, options: BlockedOptions): Promise<Page<Task>> {
  const blocked = { sql: `(t.status = 'blocked' OR (t.status = 'open' AND ${HINDERED}))`, values: [] }
  const table = 'tasks t INDEXED BY tasks_blocked'
  return readTaskPage(reader, 'tasks.blocked', table, [blocked], options, options.sort ?? 'priority')
}

function readTaskPage(
  reader: Reader,
  operation: string,
  table: string,
  always: readonly Condition[],
  options: TaskFilter & { readonly limit?: number; readonly cursor?: string },
  sort: TaskSort,
): Promise<Page<Task>> {
  const { columns, direction } = ORDERS[sort]
  return readPage<TaskRow, Task>(
    reader,
    {
      operation,
      columns: TASK_COLUMNS,
      from: `${table} ${TASK_JOINS}`,
      countFrom: options.namespace === undefined ? table : `${table} JOIN nodes n ON n.key = t.key`,
      conditions: [...always, ...filterConditions(options)],
      order: sort,
      orderBy: columns.map((column) => `t.${column}`),
      direction,
      position: (row) => columns.map((column) => row[column]),
    },
    options,
    (rows) => toTasks(reader, rows),
  )
}

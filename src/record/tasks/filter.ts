import type { SqlValue } from '../../store/store.js'
import { PRIORITIES, type Priority } from '../../vocabulary.js'
import { among, amongNodes, type Condition, KEYS_OF_IDS } from '../paging.js'
import type { OneOf, TaskFilter } from './task.js'

/**
 * The conditions of a filter on tasks `t` and nodes `n`. With the key `+t.key`, none of them is a way to find the tasks by:
 * then they come in the order of an index that has the key among its columns.
 */
export function filterConditions(filter: TaskFilter, key: 't.key' | '+t.key' = 't.key'): Condition[] {
  return [
    ...among('t.status', filter.status),
    ...among('t.type', filter.type),
    ...among('t.phase', filter.phase),
    ...among('t.priority', toRanks(filter.priority)),
    ...among('n.namespace', filter.namespace),
    ...amongNodes('t.owner', filter.owner),
    ...ofParent(key, filter.parent),
    ...ofAllLabels(filter.labelsAll),
    ...ofAnyLabel(key, filter.labelsAny),
    ...compared('t.created_at >= ?', filter.createdAfter),
    ...compared('t.created_at < ?', filter.createdBefore),
    ...compared('t.updated_at >= ?', filter.updatedAfter),
    ...compared('t.updated_at < ?', filter.updatedBefore),
    ...ofText(filter.text),
  ]
}

function toRanks(priorities: OneOf<Priority> | undefined): SqlValue | SqlValue[] | undefined {
  if (priorities === undefined) return undefined
  if (typeof priorities === 'string') return PRIORITIES.indexOf(priorities)
  return priorities.map((priority) => PRIORITIES.indexOf(priority))
}

function ofParent(key: string, parents: TaskFilter['parent']): Condition[] {
  if (parents === undefined) return []
  return [
    {
      sql: `${key} IN (SELECT source FROM relations WHERE kind = 'parent' AND target IN (${KEYS_OF_IDS}))`,
      values: [JSON.stringify([parents].flat())],
    },
  ]
}

function ofAllLabels(labels: readonly string[] | undefined): Condition[] {
  if (labels === undefined) return []
  const distinct = [...new Set(labels)]
  return [
    {
      sql: `(SELECT count(*) FROM task_labels l
             WHERE l.task = t.key AND l.label IN (SELECT value FROM json_each(?))) = ?`,
      values: [JSON.stringify(distinct), distinct.length],
    },
  ]
}

function ofAnyLabel(key: string, labels: readonly string[] | undefined): Condition[] {
  if (labels === undefined) return []
  return [
    {
      sql: `${key} IN (SELECT task FROM task_labels WHERE label IN (SELECT value FROM json_each(?)))`,
      values: [JSON.stringify(labels)],
    },
  ]
}

function compared(sql: string, time: string | undefined): Condition[] {
  return time === undefined ? [] : [{ sql, values: [time] }]
}

function ofText(text: string | undefined): Condition[] {
  if (text === undefined || text === '') return []
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  const columns = ['title', 'description', 'notes'].map((column) => `t.${column} LIKE ? ESCAPE '\\'`)
  return [{ sql: `(${columns.join(' OR ')})`, values: [pattern, pattern, pattern] }]
}

import type { TaskId } from '../../ids.js'
import type { Reader } from '../../store/store.js'
import { startableCondition } from '../readiness.js'
import type { TaskTransition } from '../tasks/transition.js'

/**
 * The tasks that become ready when a task makes this transition: those that waited for it, what is part of them, and the task
 * that it is part of, as far as nothing else holds them back.
 */
export async function findFreed(
  reader: Reader,
  key: number,
  transition: TaskTransition,
  now: string,
): Promise<TaskId[]> {
  if (transition.status !== 'closed') return []
  const { sql, values } = startableCondition(now)
  const rows = await reader.all<{ id: TaskId }>(
    `WITH RECURSIVE
       opened (key) AS (
         SELECT source FROM relations
         WHERE target = ? AND kind = 'blocked_by' AND (gate = 'closed' OR gate = ?)
       ),
       released (key) AS (
         SELECT t.key FROM opened o CROSS JOIN tasks t ON t.key = o.key AND t.open_gates = 1 AND t.held_from_above = 0
         UNION
         SELECT c.key
         FROM released p
           CROSS JOIN tasks pt ON pt.key = p.key AND pt.status <> 'blocked'
           CROSS JOIN relations r ON r.target = p.key AND r.kind = 'parent'
           CROSS JOIN tasks c ON c.key = r.source AND c.open_gates = (SELECT count(*) FROM opened o WHERE o.key = r.source)
       ),
       whole (key) AS (
         SELECT p.key
         FROM relations r CROSS JOIN tasks p ON p.key = r.target
         WHERE r.source = ? AND r.kind = 'parent' AND p.open_gates = 0 AND p.held_from_above = 0 AND p.open_children = 1
       ),
       candidates (key, children) AS (SELECT key, 0 FROM released UNION SELECT key, 1 FROM whole)
     SELECT n.namespace || '--' || n.uuid AS id
     FROM candidates c CROSS JOIN tasks t ON t.key = c.key CROSS JOIN nodes n ON n.key = c.key
     WHERE t.open_children = c.children AND t.replaced = 0 AND ${sql}
     ORDER BY c.key`,
    key,
    transition.outcome ?? null,
    key,
    ...values,
  )
  return rows.map(({ id }) => id)
}

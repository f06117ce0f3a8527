import type { TaskId } from '../../ids.js'
import { validate, withOptions } from '../../input.js'
import type { Reader } from '../../store/store.js'
import { findNode, requireNode } from '../nodes.js'
import type { Session } from '../session.js'
import {
  addComment,
  changeLabel,
  closeTask,
  createTask,
  holdTask,
  reopenTask,
  type TaskUpdate,
  unholdTask,
  updateTask,
} from './commands.js'
import { readComments } from './comments.js'
import { explainTask } from './explain.js'
import { blockedTasks, listTasks, overdueTasks, readyTasks } from './lists.js'
import { taskSchemas } from './schema.js'
import type { TaskAtDistance, Tasks, WalkOptions } from './task.js'
import { readTask } from './task-rows.js'
import { walkDependencies, walkTasks } from './walk.js'

/** The commands and queries on tasks of one session. */
export function tasksOf(session: Session): Tasks {
  const schemas = taskSchemas(session.settings.vocabulary)

  /** A query about one task that exists. */
  const about = async <T>(operation: string, id: TaskId, query: (reader: Reader, key: number) => Promise<T>) => {
    const input = validate(operation, schemas.id, { id })
    return session.query(operation, async (reader) =>
      query(reader, (await requireNode(reader, input.id, ['task'])).key),
    )
  }

  const walk = async (
    direction: 'ancestors' | 'descendants',
    id: TaskId,
    options: WalkOptions | undefined,
  ): Promise<readonly TaskAtDistance[]> => {
    const operation = `tasks.${direction}`
    const input = validate(operation, schemas.walk, withOptions(operation, { id }, options))
    return about(operation, input.id, (reader, key) =>
      walkTasks(reader, key, direction, input.maxDepth ?? Number.POSITIVE_INFINITY),
    )
  }

  return {
    async create(task) {
      return session.command(createTask(session, validate('tasks.create', schemas.create, task)))
    },
    get: (id) => about('tasks.get', id, readTask),
    async find(id) {
      const input = validate('tasks.find', schemas.id, { id })
      return session.query('tasks.find', async (reader) => {
        if ((await findNode(reader, input.id)) === undefined) return undefined
        return readTask(reader, (await requireNode(reader, input.id, ['task'])).key)
      })
    },
    async findByExternalRef(system, id) {
      const input = validate('tasks.findByExternalRef', schemas.findByExternalRef, { system, id })
      return session.query('tasks.findByExternalRef', async (reader) => {
        const row = await reader.get<{ task: number }>(
          'SELECT task FROM external_refs WHERE system = ? AND id = ? ORDER BY task LIMIT 1',
          input.system,
          input.id,
        )
        return row && readTask(reader, row.task)
      })
    },
    async update(id, changes, options) {
      const input = validate('tasks.update', schemas.update, withOptions('tasks.update', { id, changes }, options))
      return session.command(updateTask(input as TaskUpdate))
    },
    async close(id, options) {
      const input = validate('tasks.close', schemas.close, withOptions('tasks.close', { id }, options))
      return session.command(closeTask(input))
    },
    async reopen(id, options) {
      const input = validate('tasks.reopen', schemas.reopen, withOptions('tasks.reopen', { id }, options))
      return session.command(reopenTask(input))
    },
    async hold(id, options) {
      const input = validate('tasks.hold', schemas.hold, withOptions('tasks.hold', { id }, options))
      return session.command(holdTask(input))
    },
    async unhold(id, options) {
      const input = validate('tasks.unhold', schemas.unhold, withOptions('tasks.unhold', { id }, options))
      return session.command(unholdTask(input))
    },
    async list(options = {}) {
      const input = validate('tasks.list', schemas.list, options)
      return session.query('tasks.list', (reader) => listTasks(reader, input))
    },
    async ready(options = {}) {
      const input = validate('tasks.ready', schemas.ready, options)
      return session.query('tasks.ready', (reader) => readyTasks(reader, input, session.leaseNow()))
    },
    async blocked(options = {}) {
      const input = validate('tasks.blocked', schemas.blocked, options)
      return session.query('tasks.blocked', (reader) => blockedTasks(reader, input, session.leaseNow()))
    },
    async overdue(options = {}) {
      const input = validate('tasks.overdue', schemas.overdue, options)
      return session.query('tasks.overdue', (reader) => overdueTasks(reader, input, session.leaseNow()))
    },
    explain: (id) => about('tasks.explain', id, (reader, key) => explainTask(reader, key, session.leaseNow())),
    ancestors: (id, options) => walk('ancestors', id, options),
    descendants: (id, options) => walk('descendants', id, options),
    dependencyTree: (id) => about('tasks.dependencyTree', id, walkDependencies),
    async addLabel(id, label, options) {
      const input = validate('tasks.addLabel', schemas.label, withOptions('tasks.addLabel', { id, label }, options))
      return session.command(changeLabel('label.added', input))
    },
    async removeLabel(id, label, options) {
      const input = validate(
        'tasks.removeLabel',
        schemas.label,
        withOptions('tasks.removeLabel', { id, label }, options),
      )
      return session.command(changeLabel('label.removed', input))
    },
    labels: (id) => about('tasks.labels', id, async (reader, key) => (await readTask(reader, key)).labels),
    async addComment(id, comment) {
      const input = validate('tasks.addComment', schemas.addComment, { id, comment })
      return session.command(addComment(session, input.id, input.comment))
    },
    comments: (id) => about('tasks.comments', id, readComments),
  }
}

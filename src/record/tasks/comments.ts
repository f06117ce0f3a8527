import type { AgentId, CommentId, TaskId } from '../../ids.js'
import type { Reader } from '../../store/store.js'
import { toId } from '../nodes.js'
import type { Comment } from './task.js'

/** A row of `COMMENTS`. */
export interface CommentRow {
  readonly key: number
  readonly namespace: string
  readonly uuid: string
  readonly task_namespace: string
  readonly task_uuid: string
  readonly author_namespace: string
  readonly author_uuid: string
  readonly body: string
  readonly created_at: string
}

export const COMMENT_COLUMNS = `c.key, n.namespace, n.uuid, t.namespace AS task_namespace, t.uuid AS task_uuid,
  a.namespace AS author_namespace, a.uuid AS author_uuid, c.body, c.created_at`

export const COMMENTS = `comments c
  JOIN nodes n ON n.key = c.key
  JOIN nodes t ON t.key = c.task
  JOIN nodes a ON a.key = c.author`

/** All comments on a task, oldest first; written at the same time, in the order of the log. */
export async function readComments(reader: Reader, task: number): Promise<Comment[]> {
  const rows = await reader.all<CommentRow>(
    `SELECT ${COMMENT_COLUMNS} FROM ${COMMENTS} WHERE c.task = ? ORDER BY c.created_at, c.key`,
    task,
  )
  return rows.map(toComment)
}

export function toComment(row: CommentRow): Comment {
  return {
    id: toId<CommentId>(row.namespace, row.uuid),
    task: toId<TaskId>(row.task_namespace, row.task_uuid),
    author: toId<AgentId>(row.author_namespace, row.author_uuid),
    body: row.body,
    createdAt: row.created_at,
  }
}

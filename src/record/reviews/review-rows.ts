import type { ActivityId, AgentId, TaskId } from '../../ids.js'
import type { ReadableEvent } from '../../log/read-events.js'
import type { Verdict } from '../../vocabulary.js'
import { toId } from '../nodes.js'
import type { ReviewRecorded } from './events.js'
import type { Review } from './review.js'

/** A row of `REVIEWS`. */
export interface ReviewRow {
  readonly key: number
  readonly namespace: string
  readonly uuid: string
  readonly task_namespace: string
  readonly task_uuid: string
  readonly attempt_namespace: string
  readonly attempt_uuid: string
  readonly reviewer_namespace: string
  readonly reviewer_uuid: string
  readonly verdict: Verdict
  readonly comment: string
  readonly evidence: string
  readonly created_at: string
}

export const REVIEW_COLUMNS = `w.key, n.namespace, n.uuid, t.namespace AS task_namespace, t.uuid AS task_uuid,
  p.namespace AS attempt_namespace, p.uuid AS attempt_uuid, g.namespace AS reviewer_namespace, g.uuid AS reviewer_uuid,
  w.verdict, w.comment, w.evidence, w.created_at`

export const REVIEWS = `reviews w
  JOIN nodes n ON n.key = w.key
  JOIN nodes t ON t.key = w.task
  JOIN nodes p ON p.key = w.attempt
  JOIN nodes g ON g.key = w.reviewer`

export function toReview(row: ReviewRow): Review {
  return {
    id: toId<ActivityId>(row.namespace, row.uuid),
    task: toId<TaskId>(row.task_namespace, row.task_uuid),
    attempt: toId<ActivityId>(row.attempt_namespace, row.attempt_uuid),
    reviewer: toId<AgentId>(row.reviewer_namespace, row.reviewer_uuid),
    verdict: row.verdict,
    comment: row.comment,
    evidence: JSON.parse(row.evidence),
    createdAt: row.created_at,
  }
}

/** A review as its event says. */
export function reviewAsRecorded({ subject, data, at }: ReadableEvent): Review {
  const { review, attempt, reviewer, verdict, comment = '', evidence } = data as unknown as ReviewRecorded
  return { id: review, task: subject as TaskId, attempt, reviewer, verdict, comment, evidence, createdAt: at }
}

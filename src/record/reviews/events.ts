import type { ActivityId, AgentId, EvidenceId, TaskId } from '../../ids.js'
import type { Phase, Verdict } from '../../vocabulary.js'
import { countCost } from '../claims/attempt-rows.js'
import type { EventDefinition } from '../event-definition.js'
import { insertNode, keyOf } from '../nodes.js'
import { dropFields } from '../redacted.js'
import { replaceTask } from '../tasks/replace-task.js'
import type { TaskTransition } from '../tasks/transition.js'
import { reviewAsRecorded } from './review-rows.js'

/** Data of `review.recorded`, whose subject is the task. */
export type ReviewRecorded = {
  /** That of the submission which it judges. */
  readonly attempt: ActivityId
  /** Absent where further approvals are needed. */
  readonly becomes?: TaskTransition
  readonly comment?: string
  /** It costs the task one of the attempts that its contract allows. */
  readonly costs: boolean
  readonly evidence: readonly EvidenceId[]
  /** The tasks that became ready by it. */
  readonly freed?: readonly TaskId[]
  /** That of the activity. */
  readonly phase: Phase
  /** The activity that it is. */
  readonly review: ActivityId
  readonly reviewer: AgentId
  readonly verdict: Verdict
}

/** `review.recorded`: an activity of the reviewer, over at once. */
export const REVIEW_EVENTS = {
  'review.recorded': {
    async evolve(writer, event) {
      const { becomes, costs, phase } = event.data as unknown as ReviewRecorded
      const review = reviewAsRecorded(event)
      const task = await keyOf(writer, review.task)
      const reviewer = await keyOf(writer, review.reviewer)
      await insertNode(writer, event.seq, 'activity', review.id)
      await writer.run(
        `INSERT INTO activities (key, agent, task, phase, stage, notes, started_at, ended_at)
         VALUES (?, ?, ?, ?, 'complete', '', ?, ?)`,
        event.seq,
        reviewer,
        task,
        phase,
        event.at,
        event.at,
      )
      await writer.run(
        `INSERT INTO reviews (key, task, attempt, reviewer, verdict, comment, evidence, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        event.seq,
        task,
        await keyOf(writer, review.attempt),
        reviewer,
        review.verdict,
        review.comment,
        JSON.stringify(review.evidence),
        review.createdAt,
      )
      if (becomes !== undefined) await replaceTask(writer, event, task)
      if (costs) await countCost(writer, task)
    },
    erase: (data) => dropFields(data, ['comment']),
  },
} satisfies Record<string, EventDefinition>

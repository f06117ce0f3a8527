import { agentNames } from '../../record/agents/agent-names.js'
import { findAttempt } from '../../record/claims/attempt-rows.js'
import { findSubmissionInReview, readApprovers } from '../../record/claims/submission-in-review.js'
import { approvalsNeeded, policyOf } from '../../record/contracts/policy.js'
import { keyOf } from '../../record/nodes.js'
import { listTasks } from '../../record/tasks/lists.js'
import type { Task } from '../../record/tasks/task.js'
import type { Reader } from '../../store/store.js'
import type { Period } from './period.js'
import type { ReviewWaitedFor } from './project-report.js'

/** How many tasks in review a report shows. */
const REVIEWS_SHOWN = 50

/** The tasks in review, the oldest first, and how many there are. */
export async function readReviewsWaitedFor(
  reader: Reader,
  { namespace }: Period,
): Promise<{ readonly reviews: readonly ReviewWaitedFor[]; readonly reviewsTotal: number }> {
  const page = await listTasks(reader, {
    status: 'in_review',
    limit: REVIEWS_SHOWN,
    ...(namespace !== undefined && { namespace }),
  })
  const reviews: ReviewWaitedFor[] = []
  for (const task of page.items) reviews.push(await readReview(reader, task))
  return { reviews, reviewsTotal: page.total }
}

async function readReview(reader: Reader, task: Task): Promise<ReviewWaitedFor> {
  const policy = policyOf(task.contract)
  const common = { task: task.id, title: task.title, policy, approvalsNeeded: approvalsNeeded(policy) }
  const submission = await findSubmissionInReview(reader, await keyOf(reader, task.id), task)
  if (submission === undefined) return { ...common, approvals: 0 }
  const { agent, endedAt } = (await findAttempt(reader, submission.key))!
  return {
    ...common,
    agent,
    agentName: (await agentNames(reader, [agent])).get(agent)!,
    submittedAt: endedAt!,
    approvals: (await readApprovers(reader, submission)).size,
  }
}

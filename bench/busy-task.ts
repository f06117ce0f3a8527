import type { AgentId, TaskId, Tracker } from 'provtrail'

/** What happens on a busy task: together with its birth and the last claim, so many events are about it. */
const ATTEMPTS = 150
const COMMENTS = 401
const LABELS = 149

/** A task with 1,000 events, and what there is to know about it: parents, blockers, attempts that failed, decisions. */
export async function addBusyTask(tracker: Tracker, agent: AgentId): Promise<TaskId> {
  const t = tracker.as(agent)
  const root = await t.tasks.create({ title: 'Release', type: 'epic' })
  const epic = await t.tasks.create({ title: 'Login', type: 'epic', parent: root.id })
  const blockers: TaskId[] = []
  for (let n = 0; n < 3; n++) {
    const { id } = await t.tasks.create({ title: `Blocker ${n}`, parent: epic.id })
    const { token } = await t.claims.claim(id)
    await t.claims.complete(token, { outcome: 'done', summary: `Blocker ${n} is done.` })
    blockers.push(id)
  }
  const { id } = await t.tasks.create({
    title: 'Implement login',
    description: 'With a one-time code.',
    parent: epic.id,
    blockedBy: blockers,
    contract: {
      criteria: [{ id: 'green', text: 'The tests pass.', required: true }],
      retry: { maxAttempts: 1_000 },
    },
  })
  for (const [n, attachTo] of [root.id, epic.id, id].entries()) {
    for (let item = 0; item < 10; item++) {
      await t.decisions.record({ title: `Decision ${n}.${item}`, rationale: 'It is simpler.', attachTo })
      await t.learnings.record({ title: `Learning ${n}.${item}`, rationale: 'It was seen.', attachTo })
    }
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { token } = await t.claims.claim(id)
    await t.claims.complete(token, { outcome: 'failed', stopReason: 'verification_failed', summary: `Try ${attempt}` })
  }
  for (let n = 0; n < COMMENTS; n++) await t.tasks.addComment(id, { body: `Comment ${n}` })
  for (let n = 0; n < LABELS; n++) {
    await t.tasks.addLabel(id, `label ${n}`)
    if (n > 0) await t.tasks.removeLabel(id, `label ${n}`)
  }
  await t.claims.claim(id)
  const { total } = await t.log.events({ subject: id, limit: 1 })
  if (total !== 1_000) throw new Error(`${total} events are about the busy task`)
  return id
}

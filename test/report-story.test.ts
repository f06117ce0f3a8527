import { expect, test } from 'vitest'
import { lineage, type Tracker } from '../src/index.js'
import { timeline } from '../src/report/timeline/timeline.js'
import { Clock, open } from './support/trackers.js'

/**
 * A task that failed twice, was sent back by a reviewer and approved at last, under a contract that was revised, and that
 * rested on a decision which something has taken the place of.
 */
async function tellStory() {
  const clock = new Clock()
  const file: Tracker = await open({ now: clock.now })
  const ada = (await file.agents.registerHuman({ name: 'Ada' })).id
  const ben = (await file.agents.registerHuman({ name: 'Ben' })).id
  const t = file.as(ada)
  const ml = { provider: 'anthropic', model: 'claude-opus-4-6', version: '2026-01' }
  const worker = (await t.agents.registerMl({ role: 'worker', name: 'Wilma', ...ml })).id
  const w = file.as(worker)
  const epic = await t.tasks.create({ title: 'Checkout', type: 'epic' })
  const store = await t.decisions.record({
    title: 'Keep the card numbers',
    rationale: 'It saves a round trip.',
    attachTo: epic.id,
  })
  const criteria = [{ id: 'works', text: 'A card is charged once.', verification: 'test', required: true }] as const
  const task = await t.tasks.create({
    title: 'Charge cards',
    parent: epic.id,
    contract: { criteria, completionPolicy: 'review', retry: { maxAttempts: 3, backoffMs: 60_000 } },
  })

  clock.set('2026-01-05T10:00:00.000Z')
  const first = await w.claims.claim(task.id)
  await w.relations.add(first.activity, 'used', store.id)
  await w.claims.complete(first.token, {
    outcome: 'failed',
    stopReason: { reason: 'verification_failed', text: 'Cards are charged twice' },
    evidence: [{ kind: 'test_report', iri: 'https://ci.example.org/1', summary: '3 of 9 tests fail' }],
  })
  const [report] = (await t.evidence.list({ subject: task.id })).items
  await t.contracts.revise(
    task.id,
    {
      criteria: [...criteria, { id: 'idempotent', text: 'A repeated call changes nothing.', required: true }],
      requiredEvidence: ['test_report'],
      completionPolicy: 'review',
      retry: { maxAttempts: 3, backoffMs: 60_000 },
    },
    { reason: 'Nobody had asked for idempotency', evidence: [report!.id] },
  )

  clock.set('2026-01-05T11:00:00.000Z')
  const second = await w.claims.claim(task.id, { ttlMs: 600_000 })
  clock.set('2026-01-05T12:00:00.000Z')
  const provider = await t.decisions.supersede(store.id, {
    title: 'Let the provider keep the cards',
    rationale: 'We may not.',
    evidence: [{ kind: 'law', iri: 'https://example.org/pci' }],
  })
  const third = await w.claims.claim(task.id)
  const met = ['works', 'idempotent'].map((id) => ({ id, status: 'met' as const }))
  await w.claims.complete(third.token, {
    outcome: 'done',
    criteria: met,
    artifacts: [{ iri: 'git:4f2a', kind: 'commit', label: '4f2a Charge cards' }],
  })
  const { review: doubt } = await file.as(ben).reviews.record(task.id, {
    verdict: 'request_changes',
    comment: 'Which card is charged?',
  })
  clock.set('2026-01-05T13:00:00.000Z')
  const fourth = await w.claims.claim(task.id)
  await w.claims.complete(fourth.token, {
    outcome: 'done',
    summary: 'Charges the card of the order',
    criteria: met,
    evidence: [{ kind: 'test_report', artifact: (await t.artifacts.list()).items[0]!.id }],
    learnings: [{ title: 'Ask which card', rationale: 'Orders outlive cards.' }],
  })
  const { review: approval } = await file.as(ben).reviews.record(task.id, { verdict: 'approve' })
  return { file, clock, t, ada, ben, worker, epic, store, provider, task, first, second, third, fourth, doubt, approval }
}

test('the lineage of a task that failed twice, was reviewed and rested on a superseded decision tells that story', async () => {
  const { file, task } = await tellStory()
  const { nodes, gaps, timeline } = await lineage(file, task.id)
  console.log(nodes.map((n) => [n.distance, n.direction, n.kind, n.label, n.reachedBy?.kind].join(' | ')).join('\n'))
  console.log(gaps)
  console.log(timeline.map(({ sentence }) => sentence).join('\n'))
})

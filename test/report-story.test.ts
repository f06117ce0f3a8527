// The thread that lays pictures out and the scripts of pages are compiled, so the package renders, not its source.
import { renderReport as renderInPackage } from 'provtrail'
import { describe, expect, test } from 'vitest'
import { type LineageNode, lineage, type NodeId, projectReport, type Tracker, timeline } from '../src/index.js'
import type { renderReport as RenderReport } from '../src/report/render-report.js'
import { Clock, open } from './support/trackers.js'

// Ids of the source and of the package are the same texts of different brands.
const renderReport = renderInPackage as unknown as typeof RenderReport

/**
 * A task that failed twice and whose lease ran out once, that a reviewer sent back and then approved, under a contract that
 * was revised, and that rested on a decision which something has taken the place of.
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
  const works = { id: 'works', text: 'A card is charged once.', verification: 'test', required: true } as const
  const contract = {
    criteria: [works],
    completionPolicy: 'review',
    retry: { maxAttempts: 5, backoffMs: 60_000 },
  } as const
  const task = await t.tasks.create({ title: 'Charge cards', parent: epic.id, contract })

  clock.set('2026-01-05T10:00:00.000Z')
  const first = await w.claims.claim(task.id)
  await w.relations.add(first.activity, 'used', store.id)
  await w.claims.complete(first.token, {
    outcome: 'failed',
    stopReason: { reason: 'verification_failed', text: 'Cards are charged twice' },
    evidence: [{ kind: 'test_report', iri: 'https://ci.example.org/1', summary: '3 of 9 tests fail' }],
  })
  const [tests] = (await t.evidence.list({ subject: task.id })).items
  await t.contracts.revise(
    task.id,
    { ...contract, criteria: [works, { id: 'same', text: 'A repeated call changes nothing.', required: true }] },
    { reason: 'Nobody had asked for idempotency', evidence: [tests!.id] },
  )
  clock.set('2026-01-05T11:00:00.000Z')
  const second = await w.claims.claim(task.id)
  await w.claims.complete(second.token, { outcome: 'failed', stopReason: 'provider_unavailable' })
  clock.set('2026-01-05T12:00:00.000Z')
  const third = await w.claims.claim(task.id, { ttlMs: 600_000 })

  clock.set('2026-01-05T13:00:00.000Z')
  const provider = await t.decisions.supersede(store.id, {
    title: 'Let the provider keep the cards',
    rationale: 'We may not.',
    evidence: [{ kind: 'law', iri: 'https://example.org/pci' }],
  })
  const fourth = await w.claims.claim(task.id)
  const met = ['works', 'same'].map((id) => ({ id, status: 'met' as const }))
  await w.claims.complete(fourth.token, { outcome: 'done', criteria: met })
  const { review: doubt } = await file
    .as(ben)
    .reviews.record(task.id, { verdict: 'request_changes', comment: 'Which card is charged?' })
  clock.set('2026-01-05T14:00:00.000Z')
  const fifth = await w.claims.claim(task.id)
  await w.claims.complete(fifth.token, {
    outcome: 'done',
    summary: 'Charges the card of the order',
    criteria: met,
    artifacts: [{ iri: 'git:4f2a', kind: 'commit', label: '4f2a Charge cards' }],
    learnings: [{ title: 'Ask which card', rationale: 'Orders outlive cards.' }],
  })
  const { review: approval } = await file.as(ben).reviews.record(task.id, { verdict: 'approve' })
  const attempts = [first, second, third, fourth, fifth].map(({ activity }) => activity)
  const reviews = [doubt.id, approval.id]
  return { file, clock, t, ada, ben, worker, epic, store, provider, task, attempts, reviews, tests: tests! }
}

/** What a reader is told of a node besides what it is called. */
function outline(node: LineageNode): string {
  switch (node.kind) {
    case 'activity': {
      const { endedBy, outcome, stopReason } = node.run ?? {}
      return [node.label, endedBy, outcome, stopReason, node.review?.verdict].filter(Boolean).join(', ')
    }
    case 'decision':
    case 'learning':
      return `${node.kind} ${node.label}${node.fields.supersededBy === undefined ? '' : ', superseded'}`
    default:
      return `${node.kind} ${node.label}`
  }
}

describe('the lineage of a task that failed twice, was reviewed and rested on a superseded decision', () => {
  test('holds its attempts and why they stopped, the reviews, the decisions and what took their place, and the evidence', async () => {
    const { file, task } = await tellStory()
    const { nodes, gaps } = await lineage(file, task.id)
    expect(nodes.map(outline)).toEqual([
      'task Charge cards',
      'agent Ada',
      'task Checkout',
      'evidence 3 of 9 tests fail',
      'learning Ask which card',
      'attempt 1: Charge cards, completed, failed, verification_failed',
      'attempt 2: Charge cards, completed, failed, provider_unavailable',
      'attempt 3: Charge cards, expired',
      'attempt 4: Charge cards, completed, done',
      'review of attempt 4: Charge cards, request_changes',
      'attempt 5: Charge cards, completed, done',
      'review of attempt 5: Charge cards, approve',
      'agent Ben',
      'agent Wilma (worker)',
      'decision Keep the card numbers, superseded',
      'decision Let the provider keep the cards',
      'artifact 4f2a Charge cards',
      'evidence https://example.org/pci',
    ])
    expect(gaps.map(({ sentence }) => sentence)).toEqual([
      'The lease of the activity "attempt 3: Charge cards" ran out, and what became of the work is not known.',
      'The activity "attempt 1: Charge cards" used the decision "Keep the card numbers", which stood then and is superseded as of 2026-01-05 13:00.',
    ])
  })

  test('tells it in sentences', async () => {
    const { file, task } = await tellStory()
    const story = (await lineage(file, task.id)).timeline.map(({ sentence }) => sentence)
    expect(story.slice(3)).toEqual([
      'Ada created the task "Checkout".',
      'Ada decided "Keep the card numbers" for "Checkout": It saves a round trip.',
      'Ada created the task "Charge cards", as part of "Checkout", under a contract.',
      'Wilma (worker) claimed "Charge cards" until 10:05.',
      'Wilma (worker) stated that attempt 1 of Wilma (worker) on "Charge cards" used the decision "Keep the card numbers".',
      'Wilma (worker) added evidence (test report) about "Charge cards": 3 of 9 tests fail.',
      'Wilma (worker) failed at "Charge cards" (verification failed), upon 1 piece of evidence, which left it open, not before 10:01: Cards are charged twice.',
      'Ada revised the contract of "Charge cards", now version 2 (criterion "A repeated call changes nothing." added), upon the evidence "3 of 9 tests fail": Nobody had asked for idempotency.',
      'Wilma (worker) claimed "Charge cards" as attempt 2, until 11:05.',
      'Wilma (worker) failed at "Charge cards" (provider unavailable), which left it open, not before 11:01.',
      'Wilma (worker) claimed "Charge cards" as attempt 3, until 12:10.',
      'Ada decided "Let the provider keep the cards" for "Checkout", in place of the decision "Keep the card numbers", upon 1 piece of evidence: We may not.',
      'Ada added evidence (law) about the decision "Let the provider keep the cards": https://example.org/pci.',
      'The lease of Wilma (worker) on "Charge cards" ran out at 12:10, which left it open (recorded by Wilma (worker)).',
      'Wilma (worker) claimed "Charge cards" as attempt 4, until 13:05.',
      'Wilma (worker) handed in "Charge cards" as done, which moved it to review.',
      'Ben asked for changes to the work of Wilma (worker) on "Charge cards", which left it open: "Which card is charged?".',
      'Wilma (worker) claimed "Charge cards" as attempt 5, until 14:05.',
      'Wilma (worker) added the artifact "4f2a Charge cards" (commit), made by attempt 5 of Wilma (worker) on "Charge cards".',
      'Wilma (worker) learned "Ask which card" for "Charge cards", in attempt 5 of Wilma (worker) on "Charge cards": Orders outlive cards.',
      'Wilma (worker) handed in "Charge cards" as done, making "4f2a Charge cards", which moved it to review: Charges the card of the order.',
      'Ben approved the work of Wilma (worker) on "Charge cards", which closed it as completed and freed "Checkout".',
    ])
  })

  test('tells it too from what came of it: the attempts before, how they were judged, and what they rested on', async () => {
    const { file, epic, task, attempts, reviews, store, provider, tests, worker, ben } = await tellStory()
    const { nodes } = await lineage(file, 'git:4f2a', { direction: 'origins' })
    const ids = nodes.map(({ id }): NodeId => id)
    for (const id of [...attempts, ...reviews, epic.id, task.id, store.id, provider.id, tests.id, worker, ben]) {
      expect(ids).toContain(id)
    }
    expect(nodes.every(({ direction }) => direction !== 'effect')).toBe(true)
  })

  test('is told in every format', async () => {
    const { file, task } = await tellStory()
    const report = await lineage(file, task.id)
    for (const format of ['markdown', 'html', 'svg', 'mermaid', 'dot', 'json'] as const) {
      const text = (await renderReport(report, { format })).replace(/&#?\w+;|#\d+;/g, ' ')
      for (const told of [
        /attempt 3/,
        /verification.failed/,
        /provider.unavailable/,
        /lease ran out|"expired"/,
        /changes requested|request_changes/,
        /approve/,
        /Keep the card numbers/,
        /superseded/,
        /Let the provider keep the cards/,
        /3 of 9 tests fail/,
        /Ask which card/,
      ]) {
        expect(text, format).toMatch(told)
      }
    }
    for (const format of ['markdown', 'html', 'json'] as const) {
      const text = await renderReport(report, { format })
      for (const told of ['Cards are charged twice', 'Which card is charged', 'Nobody had asked for idempotency']) {
        expect(text, format).toContain(told)
      }
      expect(text, format).toContain('A repeated call changes nothing')
    }
  })
})

describe('a change by force', () => {
  async function forced() {
    const story = await tellStory()
    const { t, file, worker } = story
    const task = await t.tasks.create({
      title: 'Refund cards',
      contract: { criteria: [], completionPolicy: 'review' },
      dueAt: '2026-01-05T15:00:00.000Z',
    })
    const other = await t.tasks.create({ title: 'List cards', dueAt: '2026-01-05T15:00:00.000Z' })
    await file.as(worker).claims.claim(other.id, { ttlMs: 600_000 })
    story.clock.set('2026-01-05T16:00:00.000Z')
    await t.tasks.close(task.id, { force: true, reason: 'The deadline has passed' })
    return { ...story, task, other }
  }

  test('is visible in the lineage and the timeline of its task, in every format', async () => {
    const { file, task } = await forced()
    const report = await lineage(file, task.id)
    expect(report.gaps.map(({ kind }) => kind)).toContain('forced')
    for (const format of ['markdown', 'html', 'svg', 'mermaid', 'dot'] as const) {
      expect(await renderReport(report, { format }), format).toContain('by force')
    }
    expect(JSON.parse(await renderReport(report, { format: 'json' })).nodes[0].fields.forced).toBe(
      'The deadline has passed',
    )
    expect((await timeline(file, task.id)).at(-1)!.sentence).toBe(
      'Ada closed "Refund cards" as completed by force: The deadline has passed.',
    )
  })

  test('stays visible in the project report and the timeline when the task is reopened', async () => {
    const { file, t, ada, task, other, worker } = await forced()
    await t.tasks.reopen(task.id)
    const report = await projectReport(file)
    expect(report.forced).toEqual([
      {
        task: task.id,
        title: 'Refund cards',
        at: '2026-01-05T16:00:00.000Z',
        agent: ada,
        agentName: 'Ada',
        status: 'closed',
        outcome: 'completed',
        reason: 'The deadline has passed',
      },
    ])
    expect(report.overdue.map(({ title, status }) => [title, status])).toEqual([
      ['Refund cards', 'open'],
      ['List cards', 'in_progress'],
    ])
    expect(report.claims).toEqual([
      expect.objectContaining({
        task: other.id,
        agent: worker,
        agentName: 'Wilma (worker)',
        attempt: 1,
        expired: true,
      }),
    ])
    for (const format of ['markdown', 'html', 'json'] as const) {
      const text = await renderReport(report, { format })
      expect(text, format).toContain('The deadline has passed')
      expect(text, format).toMatch(/ran out|"expired": true/)
    }
    const story = (await timeline(file, task.id)).map(({ sentence }) => sentence)
    expect(story.some((sentence) => sentence.includes('by force'))).toBe(true)
    expect((await lineage(file, task.id)).gaps.map(({ kind }) => kind)).not.toContain('forced')
  })
})

test('a project report counts what claims and reviews lead tasks to, and tells of what waits for a review', async () => {
  const { file, t, worker, ben } = await tellStory()
  const report = await projectReport(file)
  const [week] = report.throughput
  expect(week!.closed).toEqual({ completed: 1, failed: 0, cancelled: 0 })
  expect(report.agents.find(({ agent }) => agent === ben)).toMatchObject({ tasksClosed: 1, activities: 2 })
  expect(report.agents.find(({ agent }) => agent === worker)).toMatchObject({ activities: 5, failedActivities: 3 })
  expect(report.failures.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
    'attempt 3: Charge cards: the lease ran out',
    'attempt 2: Charge cards: provider unavailable',
    'attempt 1: Charge cards: verification failed: Cards are charged twice',
  ])
  const statuses = report.timeInStatus.map(({ status, stays }) => [status, stays])
  expect(statuses).toEqual([
    ['open', 6],
    ['in_progress', 5],
    ['in_review', 2],
  ])

  const task = await t.tasks.create({
    title: 'Refund cards',
    contract: { criteria: [], completionPolicy: { quorum: 2 } },
  })
  const { token } = await file.as(worker).claims.claim(task.id)
  await file.as(worker).claims.complete(token, { outcome: 'done' })
  await file.as(ben).reviews.record(task.id, { verdict: 'approve' })
  const { reviews } = await projectReport(file)
  expect(reviews).toEqual([
    {
      task: task.id,
      title: 'Refund cards',
      policy: { quorum: 2 },
      approvals: 1,
      approvalsNeeded: 2,
      agent: worker,
      agentName: 'Wilma (worker)',
      submittedAt: expect.stringMatching(/^2026-01-05T14:/),
    },
  ])
})

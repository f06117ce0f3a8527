// The thread that lays pictures out and the scripts of pages are compiled, so the package renders, not its source.
import { renderReport as renderInPackage } from 'provtrail'
import { describe, expect, test } from 'vitest'
import {
  type AgentId,
  type Contract,
  lineage,
  projectReport,
  type Submission,
  type TaskId,
  type Tracker,
  timeline,
} from '../src/index.js'
import type { renderReport as RenderReport } from '../src/report/render-report.js'
import { Clock, open } from './support/trackers.js'

// Ids of the source and of the package are the same texts of different brands.
const renderReport = renderInPackage as unknown as typeof RenderReport

const ML = { provider: 'anthropic', model: 'claude-opus-4-6', version: '2026-01' }

async function openWithTeam() {
  const clock = new Clock()
  const file: Tracker = await open({ now: clock.now })
  const ada = (await file.agents.registerHuman({ name: 'Ada' })).id
  const ben = (await file.agents.registerHuman({ name: 'Ben <b>' })).id
  const worker = (await file.agents.registerMl({ role: 'worker', name: 'Wilma', ...ML })).id
  return { file, clock, ada, ben, worker, t: file.as(ada), b: file.as(ben), w: file.as(worker) }
}

/** One attempt of the worker, and what came of it. */
async function attempt(w: Tracker, task: TaskId, submission: Submission = { outcome: 'done', summary: 'It works.' }) {
  const { token, activity } = await w.claims.claim(task)
  await w.claims.complete(token, submission)
  return activity
}

/** The cells of the row of a Markdown table that begins like this. */
function rowOf(markdown: string, start: string): string[] {
  const row = markdown.split('\n').find((line) => line.startsWith(`| ${start} `))
  return row!
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}

/** A page as text, its tags as spaces. */
function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
}

async function rendered(file: Tracker, task: TaskId) {
  const report = await lineage(file, task)
  const markdown = await renderReport(report, { format: 'markdown' })
  return { report, markdown, html: await renderReport(report, { format: 'html' }) }
}

describe('an attempt that a reviewer rejected', () => {
  async function rejected() {
    const team = await openWithTeam()
    const task = await team.t.tasks.create({
      title: 'Pay',
      contract: { criteria: [], completionPolicy: { quorum: 2 }, retry: { maxAttempts: 2 } },
    })
    const first = await attempt(team.w, task.id)
    await team.t.reviews.record(task.id, { verdict: 'approve' })
    team.clock.set('2026-01-05T12:00:00.000Z')
    await team.b.reviews.record(task.id, { verdict: 'reject', comment: 'Codes *never* expire' })
    return { ...team, task, first }
  }

  test('shows as that in tables, pages and pictures, with the reviewer, what was said and the colour of a failure', async () => {
    const { file, task } = await rejected()
    const { report, markdown, html } = await rendered(file, task.id)
    expect(rowOf(markdown, 'attempt 1: Pay').at(-1)).toBe(
      'rejected by Ben &lt;b>: Codes \\*never\\* expire (handed in: It works.)',
    )
    expect(rowOf(markdown, 'review of attempt 1: Pay').at(-1)).toBe('approved')
    expect(html).toContain(
      '<td data-label="Result"><span class="badge" data-tone="rejected">rejected</span> by Ben &lt;b&gt;<div>Codes *never* expire</div></td>',
    )
    expect(html).toMatch(/<a class="bar failed"[^>]* aria-label="attempt 1: Pay: rejected, /)
    expect(textOf(html)).toContain('Reviews approved by Ada rejected by Ben <b> Codes *never* expire')
    for (const format of ['svg', 'mermaid', 'dot', 'html'] as const) {
      const picture = await renderReport(report, { format })
      expect(picture.replace(/&#?\w+;|#\d+;/g, ' '), format).toMatch(/rejected by Ben/)
      expect(picture, format).toContain(format === 'mermaid' ? 'classDef failed stroke:#B3261E' : '#B3261E')
    }
  })

  test('counts as a failure of the worker in a project report, who is also whose task was closed by it', async () => {
    const { file, t, b, w, worker, ben, ada, task, first } = await rejected()
    const second = await attempt(w, task.id)
    await b.reviews.record(task.id, { verdict: 'reject' })
    const report = await projectReport(file)
    const failedOf = (agent: AgentId) => report.agents.find((at) => at.agent === agent)!.failedActivities
    expect([worker, ben, ada].map(failedOf)).toEqual([2, 0, 0])
    const common = { agent: worker, agentName: 'Wilma (worker)', rejectedBy: ben, rejectedByName: 'Ben <b>' }
    expect(report.failures).toEqual([
      { ...common, kind: 'task', id: task.id, name: 'Pay', at: expect.any(String), reason: expect.any(String) },
      { ...common, kind: 'activity', id: second, name: 'attempt 2: Pay', at: expect.any(String), reason: '' },
      {
        ...common,
        kind: 'activity',
        id: first,
        name: 'attempt 1: Pay',
        at: expect.any(String),
        reason: expect.any(String),
      },
    ])
    expect(report.failures[2]).toMatchObject({ at: '2026-01-05T12:00:00.000Z', reason: 'Codes *never* expire' })
    const markdown = await renderReport(report, { format: 'markdown' })
    expect(rowOf(markdown, 'attempt 1: Pay').slice(3)).toEqual([
      'Wilma (worker)',
      'rejected by Ben &lt;b>: Codes \\*never\\* expire',
    ])
    expect(rowOf(markdown, 'attempt 2: Pay').at(-1)).toBe('rejected by Ben &lt;b>')
    expect(textOf(await renderReport(report, { format: 'html' }))).toContain(
      'Wilma (worker) rejected by Ben <b>: Codes *never* expire',
    )

    // It fails when it is rejected, not when it is handed in.
    const later = await projectReport(file, { since: '2026-01-05T12:00:00.000Z' })
    expect(later.agents.find(({ agent }) => agent === worker)).toMatchObject({ activities: 1, failedActivities: 2 })
    expect((await projectReport(file, { namespace: 'urn:none' })).failures).toEqual([])
    expect((await projectReport(file, { since: '2026-01-06T00:00:00Z' })).agents).toEqual([])

    // A task that the reviewer closes is the reviewer's doing, as before.
    const other = await t.tasks.create({ title: 'Other' })
    await b.tasks.close(other.id, { outcome: 'failed' })
    expect((await projectReport(file)).failures[0]).toMatchObject({ id: other.id, agent: ben })
  })

  test('is none where changes were requested, which shows too, and neither where it was approved, which says by whom', async () => {
    const { file, t, b, w, worker } = await openWithTeam()
    const task = await t.tasks.create({ title: 'Pay', contract: { criteria: [], completionPolicy: 'review' } })
    await attempt(w, task.id)
    await t.reviews.record(task.id, { verdict: 'request_changes', comment: 'Which card?' })
    await attempt(w, task.id)
    await b.reviews.record(task.id, { verdict: 'approve' })
    const { report, markdown, html } = await rendered(file, task.id)
    expect(rowOf(markdown, 'attempt 1: Pay').at(-1)).toBe(
      'changes requested by Ada: Which card? (handed in: It works.)',
    )
    expect(rowOf(markdown, 'attempt 2: Pay').at(-1)).toBe('done, approved by Ben &lt;b>: It works.')
    expect(html).toContain('data-tone="changes requested">changes requested</span> by Ada')
    expect(html).not.toContain('class="bar failed"')
    expect(await renderReport(report, { format: 'svg' })).not.toContain('#B3261E')
    const { agents, failures } = await projectReport(file)
    expect(failures).toEqual([])
    expect(agents.find(({ agent }) => agent === worker)).toMatchObject({ failedActivities: 0 })
  })
})

test('an attempt that a change of status ended tells whether its holder did that, or somebody else by force', async () => {
  const { file, t, w } = await openWithTeam()
  const task = await t.tasks.create({ title: 'Pay' })
  const claimed = async (change: () => Promise<unknown>, back: () => Promise<unknown>) => {
    await w.claims.claim(task.id)
    await change()
    await back()
  }
  const nothing = async () => {}
  await claimed(
    () => w.tasks.hold(task.id, { reason: 'Legal is asked' }),
    () => w.tasks.unhold(task.id),
  )
  await claimed(() => w.tasks.update(task.id, { status: 'open' }), nothing)
  await claimed(() => t.tasks.update(task.id, { status: 'open' }, { force: true, reason: 'Mine | now' }), nothing)
  const { seq } = await file.log.head()
  await claimed(
    () => t.tasks.close(task.id, { force: true, reason: 'Secret' }),
    () => t.tasks.reopen(task.id),
  )
  await claimed(() => w.tasks.close(task.id, { reason: 'Done by hand' }), nothing)
  await file.log.redact(seq + 2, { reason: 'asked to' })

  const { markdown, html, report } = await rendered(file, task.id)
  expect(
    [1, 2, 3, 4, 5].map((number) => rowOf(markdown.replaceAll('\\|', '!'), `attempt ${number}: Pay`).at(-1)),
  ).toEqual([
    'put the task on hold: Legal is asked',
    'moved the task',
    'cut off by force by Ada: Mine ! now',
    'cut off by force by Ada',
    'closed the task: Done by hand',
  ])
  for (const told of ['put the task on hold', 'cut off by force by Ada', 'Ended by Ada Mine | now', 'Done by hand']) {
    expect(textOf(html)).toContain(told)
  }
  const mermaid = await renderReport(report, { format: 'mermaid' })
  for (const note of ['moved the task', 'cut off by force', 'closed the task']) expect(mermaid).toContain(note)
  expect((await projectReport(file)).failures).toEqual([])
})

describe('what a contract asked for', () => {
  const criteria = [
    { id: 'tests', text: 'The tests | pass.', verification: 'test', required: true },
    { id: 'docs', text: 'The <docs> are there', required: true },
    { id: 'fast', text: 'Is it fast?', verification: 'measure', required: false },
  ] as const
  const contract: Contract = { criteria, retry: { maxAttempts: 3, backoffMs: 499 } }

  async function told() {
    const team = await openWithTeam()
    const { t, w, file, ada } = team
    const task = await t.tasks.create({ title: 'Pay', contract })
    const { token } = await w.claims.claim(task.id)
    await w.claims.complete(token, {
      outcome: 'done',
      criteria: [
        { id: 'tests', status: 'met', evidence: [{ kind: 'log', iri: 'urn:run:7', summary: 'All *green*' }] },
        { id: 'docs', status: 'waived', waiver: { by: ada, reason: 'No _time_' } },
        { id: 'fast', status: 'not_met' },
      ],
    })
    const { seq: submitted } = await file.log.head()
    const proof = await t.evidence.add(ada, { kind: 'audit', iri: 'urn:audit', summary: 'The audit' })
    const [tests, docs] = criteria
    await t.contracts.revise(
      task.id,
      {
        criteria: [{ ...tests, required: false }, docs, { id: 'safe', text: 'It is safe.', required: true }],
        completionPolicy: { quorum: 2 },
        requiredEvidence: ['threat_model'],
        outputSchema: { description: 'What was paid' },
      },
      { reason: 'Security | asked', evidence: [proof.id] },
    )
    return { ...team, task, submitted }
  }

  const CHANGES =
    'criterion "It is safe." added, criterion "Is it fast?" removed, criterion "The tests | pass." changed, output schema added, evidence "threat model" required, policy from self to a quorum of 2, attempts from at most 3 to no retry, wait from 499 ms to none'

  test('is told with what each attempt says of it, and in all its versions: who, when, why, upon what, and what changed', async () => {
    const { file, task } = await told()
    const { markdown, html } = await rendered(file, task.id)
    const plain = markdown.replaceAll('\\|', '|')
    expect(plain).toContain(
      [
        '## Criteria',
        '',
        '- attempt 1: Pay',
        '  - met: The tests | pass. (All \\*green\\*)',
        '  - waived by Ada: The &lt;docs> are there (No \\_time\\_)',
        '  - not met: Is it fast?',
        '',
      ].join('\n'),
    )
    expect(plain).toContain(
      [
        '- Pay, version 2',
        '  - May: The tests | pass. (shown by test)',
        '  - Must: The &lt;docs> are there',
        '  - Must: It is safe.',
        '  - The output must be as a JSON Schema says.',
        '  - Needs evidence: threat model.',
        '  - 2 others must approve.',
      ].join('\n'),
    )
    expect(plain).toMatch(/\n {2}- Version 1 by Ada, 2026-01-05 \d\d:\d\d\n/)
    expect(plain).toContain(` (${CHANGES}), upon The audit: Security | asked\n`)
    const page = textOf(html)
    expect(html).not.toContain('<docs>')
    expect(page).toContain('met The tests | pass. ( All *green* ) waived The <docs> are there by Ada : No _time_')
    expect(page).toContain('not met Is it fast?')
    expect(page).toMatch(/Version 1 by Ada , 2026-01-05 \d\d:\d\d Version 2 by Ada/)
    expect(page).toContain(`(${CHANGES}), upon The audit Security | asked`)
    const story = (await timeline(file, task.id)).map(({ sentence }) => sentence)
    expect(story.at(-1)).toBe(
      `Ada revised the contract of "Pay", now version 2 (${CHANGES}), upon the evidence "The audit": Security | asked.`,
    )
    expect(story.find((sentence) => sentence.includes('handed in'))).toBe(
      'Wilma (worker) handed in "Pay" as done, upon 1 piece of evidence, with "Is it fast?" not met, with "The <docs> are there" waived by Ada ("No _time_"), which closed it as completed.',
    )
  })

  test('stays erased where it was erased, and what only an erasure changed is no change', async () => {
    const { file, task, submitted, t } = await told()
    const { seq: revised } = await file.log.head()
    const { contract: newest } = await t.tasks.get(task.id)
    await t.contracts.revise(task.id, { ...newest!, completionPolicy: { quorum: 3 } }, { reason: 'Hush' })
    for (const seq of [submitted, revised]) await file.log.redact(seq, { reason: 'asked to' })
    const { markdown, html } = await rendered(file, task.id)
    expect(markdown).toContain('  - waived by Ada: The &lt;docs> are there (\\[redacted\\])\n')
    for (const text of [markdown, html]) {
      expect(text).not.toMatch(/No \\?_time|Security \\?\||What was paid/)
      expect(text).toMatch(/Version 3 by .*policy from a quorum of 2 to a quorum of 3/)
    }
    const story = (await timeline(file, task.id)).map(({ sentence }) => sentence)
    expect(story.find((sentence) => sentence.includes('now version 2'))).toBe(
      'Ada revised the contract of "Pay", now version 2 (criterion "[redacted]" added, criterion "Is it fast?" removed, criterion "[redacted]" changed, output schema added, evidence "threat model" required, policy from self to a quorum of 2, attempts from at most 3 to no retry, wait from 499 ms to none), upon the evidence "The audit"; what it said was erased.',
    )
    expect(story.find((sentence) => sentence.includes('now version 3'))).toBe(
      'Ada revised the contract of "Pay", now version 3 (policy from a quorum of 2 to a quorum of 3): Hush.',
    )
    expect(story.find((sentence) => sentence.includes('handed in'))).toBe(
      'Wilma (worker) handed in "Pay" as done, upon 1 piece of evidence, with "Is it fast?" not met, with "The <docs> are there" waived by Ada, which closed it as completed; what it said was erased.',
    )
  })

  test('says waits of less than a second, and nothing of versions where there is one', async () => {
    const { file, t } = await openWithTeam()
    const task = await t.tasks.create({ title: 'Pay', contract })
    const { markdown, html } = await rendered(file, task.id)
    expect(markdown).toContain('  - At most 3 attempts, with a wait of 499 ms after a failure.\n')
    expect(`${markdown}${html}`).not.toMatch(/Version 1 by|Criteria/)
  })

  test('closes a task as failed when it leaves no attempt, which a project report counts', async () => {
    const { file, t, w, ada } = await openWithTeam()
    const task = await t.tasks.create({ title: 'Pay', contract })
    await attempt(w, task.id, { outcome: 'failed', stopReason: 'provider_unavailable' })
    await t.contracts.revise(task.id, { criteria: [], retry: { maxAttempts: 1 } }, { reason: 'No money' })
    const { throughput, failures } = await projectReport(file)
    expect(throughput[0]!.closed.failed).toBe(1)
    expect(failures[0]).toMatchObject({ kind: 'task', id: task.id, agent: ada, reason: 'No money' })
  })
})

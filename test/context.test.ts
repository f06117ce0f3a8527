import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AgentId,
  InvalidInputError,
  type NewTask,
  NotFoundError,
  newTaskId,
  type Task,
  type TaskId,
  type Tracker,
} from '../src/index.js'
import { HandClock } from './support/hand-clock.js'
import { refusal } from './support/refusals.js'
import { inMemory, NAMESPACE, open } from './support/trackers.js'

/** Uuids that are the same in every run. */
function counter(): () => string {
  let count = 0
  return () => `0194a000-0000-7000-8000-${String(++count).padStart(12, '0')}`
}

interface Story {
  readonly tracker: Tracker
  readonly task: TaskId
  readonly parent: Task
  readonly blocker: TaskId
  readonly worker: AgentId
  readonly reviewer: AgentId
}

/** A task that was tried twice and reviewed, among others, and is about to be claimed again. */
async function tell(): Promise<Story> {
  const clock = new HandClock()
  const opened = await open({ now: clock.now, newUuid: counter() })
  const worker = await opened.agents.registerMl({ role: 'worker', provider: 'anthropic', model: 'claude-opus-4-6' })
  const reviewer = await opened.agents.registerHuman({ name: 'Ada' })
  const tracker = opened.as(worker.id)
  const root = await tracker.tasks.create({ title: 'A shop', description: 'Sell books.' })
  const parent = await tracker.tasks.create({ title: 'Payments', parent: root.id })
  await tracker.tasks.create({ title: 'Ask the bank', parent: parent.id })
  const blocker = await tracker.tasks.create({ title: 'Choose a provider', parent: parent.id })
  const task = await tracker.tasks.create({
    title: 'Pay by card',
    description: 'Take cards.\n\n# Not a heading\n- not an item\n```',
    priority: 'high',
    labels: ['money'],
    parent: parent.id,
    blockedBy: [{ task: blocker.id, gate: 'completed' }],
    dueAt: '2026-02-01T00:00:00Z',
    contract: {
      criteria: [
        { id: 'tests', text: 'All tests pass', verification: 'test', required: true },
        { id: 'docs', text: 'It is documented', required: false },
      ],
      requiredEvidence: ['test_report'],
      completionPolicy: 'review',
      retry: { maxAttempts: 5, backoffMs: 60_000, multiplier: 2 },
    },
  })
  await tracker.tasks.create({ title: 'Pay by invoice', parent: parent.id })
  await tracker.tasks.create({ title: 'Pay by cheque', parent: parent.id })
  await tracker.decisions.record({ title: 'Only euros', rationale: 'Our customers live there.', attachTo: root.id })
  await tracker.learnings.record({ title: 'Mind the rate limit', rationale: '5 a second.' })
  const first = await tracker.claims.claim(blocker.id)
  await tracker.claims.complete(first.token, {
    outcome: 'done',
    summary: 'Compared three.',
    output: { provider: 'Stripe' },
  })
  clock.move(60_000)
  const second = await tracker.claims.claim(task.id)
  const used = await tracker.artifacts.add({ iri: 'https://stripe.example/docs', label: 'Their guide' })
  await tracker.activities.start({ task: task.id, used: [used.id] })
  clock.move(60_000)
  await tracker.claims.complete(second.token, {
    outcome: 'failed',
    stopReason: { reason: 'other', text: 'The sandbox was down.' },
    summary: 'Half of it.',
  })
  clock.move(60_000)
  const third = await tracker.claims.claim(task.id)
  clock.move(60_000)
  await tracker.claims.complete(third.token, {
    outcome: 'done',
    summary: 'All of it.',
    criteria: [{ id: 'tests', status: 'met' }],
    evidence: [{ kind: 'test_report', iri: 'https://ci.example/7' }],
    artifacts: [{ iri: 'git:9f2c', kind: 'commit' }],
    decisions: [
      { title: 'Retry by queue', rationale: 'A lost payment is worse than a late one.', alternatives: ['Give up'] },
    ],
  })
  await tracker.as(reviewer.id).reviews.record(task.id, { verdict: 'request_changes', comment: 'No refunds yet.' })
  await tracker.as(reviewer.id).tasks.addComment(task.id, { body: 'The bank asks for this.' })
  return { tracker, task: task.id, parent, blocker: blocker.id, worker: worker.id, reviewer: reviewer.id }
}

/** The items of one section of a document, and the notes among them, without the texts. */
function itemsOf(markdown: string, heading: string): string[] {
  return linesOf(markdown, heading).filter((line) => line.startsWith('- '))
}

/** The lines of one section of a document that are not blank. */
function linesOf(markdown: string, heading: string): string[] {
  const [, rest = ''] = markdown.split(`\n## ${heading}\n`)
  return rest
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line !== '')
}

describe('context', () => {
  test('gives what somebody needs to know who takes a task on', async () => {
    const { tracker, task, parent, blocker, worker, reviewer } = await tell()
    const context = await tracker.context(task)
    expect(context.task).toEqual(await tracker.tasks.get(task))
    expect(context.contract).toEqual(context.task.contract)
    expect(context.parents.map(({ title }) => title)).toEqual(['Payments', 'A shop'])
    expect(context.parents[0]).toEqual(await tracker.tasks.get(parent.id))
    expect(context.previous?.id).toBe(blocker)
    expect(context.next?.title).toBe('Pay by invoice')
    expect(context.blockers).toEqual([
      {
        task: await tracker.tasks.get(blocker),
        gate: 'completed',
        run: (await tracker.runs.list({ task: blocker })).items[0],
        output: { provider: 'Stripe' },
      },
    ])
    expect(context.attempts).toEqual((await tracker.runs.list({ task })).items)
    expect(
      context.attempts.map(({ agent, outcome, stopReason, stopText }) => [agent, outcome, stopReason, stopText]),
    ).toEqual([
      [worker, 'failed', 'other', 'The sandbox was down.'],
      [worker, 'done', undefined, undefined],
    ])
    expect(context.reviews).toEqual((await tracker.reviews.list({ task })).items)
    expect(context.reviews).toMatchObject([{ reviewer, verdict: 'request_changes' }])
    expect(context.comments).toEqual(await tracker.tasks.comments(task))
    expect(context.comments).toMatchObject([{ author: reviewer, body: 'The bank asks for this.' }])
    expect(context.evidence).toEqual((await tracker.evidence.list({ subject: task })).items)
    expect(context.evidence).toMatchObject([{ agent: worker, iri: 'https://ci.example/7' }])
    expect(context.knowledge).toEqual(await tracker.knowledge(task))
    expect(context.knowledge.map(({ item, distance }) => [item.title, distance])).toEqual([
      ['Retry by queue', 0],
      ['Only euros', 2],
      ['Mind the rate limit', 3],
    ])
    expect(context.artifacts.map(({ iri }) => iri)).toEqual(['https://stripe.example/docs', 'git:9f2c'])
    expect(context.cut).toEqual([])
  })

  test('writes it down as a document, the most important first', async () => {
    const { tracker, task } = await tell()
    expect((await tracker.context(task)).markdown).toMatchSnapshot()
  })

  test('leaves out what is not there, and the attempt that goes on', async () => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'alone' })
    await tracker.claims.claim(id)
    const { markdown, ...context } = await tracker.context(id)
    expect(context).toEqual({
      task: await tracker.tasks.get(id),
      parents: [],
      blockers: [],
      attempts: [],
      reviews: [],
      comments: [],
      knowledge: [],
      evidence: [],
      artifacts: [],
      cut: [],
    })
    expect(markdown).toBe(
      `# alone\n\n- Id: \`${id}\`\n- Status: in_progress\n- Kind: task, priority medium, phase unscoped\n`,
    )
  })

  test('leaves out what is superseded, and names no sibling of a task without a parent', async () => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'one' })
    await tracker.tasks.create({ title: 'two' })
    const old = await tracker.decisions.record({ title: 'old way', rationale: 'why', attachTo: id })
    await tracker.decisions.supersede(old.id, { title: 'new way', rationale: 'why' })
    const context = await tracker.context(id)
    expect(context.knowledge.map(({ item }) => item.title)).toEqual(['new way'])
    expect(context.markdown).not.toContain('old way')
    expect(context).not.toHaveProperty('next')
  })

  test('reads no more than 50 of each list, and says how many more there are', async () => {
    const tracker = await open()
    const { id } = await tracker.transaction(async (t) => {
      const blockedBy: TaskId[] = []
      for (let index = 0; index < 120; index++) blockedBy.push((await t.tasks.create({ title: `blocker ${index}` })).id)
      let parent: TaskId | undefined
      for (let index = 0; index < 60; index++) {
        parent = (await t.tasks.create({ title: `level ${index}`, ...(parent && { parent }) })).id
      }
      const task = await t.tasks.create({ title: 'task', blockedBy, ...(parent && { parent }) })
      for (let index = 0; index < 40; index++) {
        await t.decisions.record({ title: `own ${index}`, rationale: 'why', attachTo: task.id })
        for (const half of ['a', 'b']) {
          await t.tasks.addComment(task.id, { body: `comment ${index}${half}` })
          await t.evidence.add(task.id, { kind: 'k', iri: `urn:proof:${index}${half}` })
        }
        await t.learnings.record({ title: `general ${index}`, rationale: 'why' })
        await t.activities.start({ task: task.id, used: [(await t.artifacts.add({ iri: `urn:${index}` })).id] })
        await t.artifacts.add({
          iri: `urn:made:${index}`,
          generatedBy: (await t.activities.start({ task: task.id })).id,
        })
      }
      return task
    })
    const context = await tracker.context(id, { maxChars: 1_000_000 })
    expect(context.blockers.map(({ task }) => task.title)).toEqual(
      Array.from({ length: 50 }, (_, index) => `blocker ${70 + index}`),
    )
    expect(context.parents.map(({ title }) => title)).toEqual(
      Array.from({ length: 50 }, (_, index) => `level ${59 - index}`),
    )
    // Of the namespace's, for which there is less room, the newest.
    expect(context.knowledge.map(({ item }) => item.title)).toEqual([
      ...Array.from({ length: 40 }, (_, index) => `own ${index}`),
      ...Array.from({ length: 10 }, (_, index) => `general ${30 + index}`),
    ])
    expect(context.artifacts.map(({ iri }) => iri)).toEqual(
      Array.from({ length: 25 }, (_, index) => [`urn:${15 + index}`, `urn:made:${15 + index}`]).flat(),
    )
    const newestHalves = Array.from({ length: 25 }, (_, index) => [`${15 + index}a`, `${15 + index}b`]).flat()
    expect(context.comments.map(({ body }) => body)).toEqual(newestHalves.map((half) => `comment ${half}`))
    expect(context.evidence.map(({ iri }) => iri)).toEqual(newestHalves.map((half) => `urn:proof:${half}`))
    expect(context.cut).toEqual([
      'Blocked by: 70 of 120 left out, the oldest.',
      'Comments: 30 of 80 left out, the oldest.',
      'Decisions and learnings: 30 of 80 left out, the farthest, and of those the oldest.',
      'Evidence: 30 of 80 left out, the oldest.',
      'Part of: 10 of 60 left out, the farthest.',
      'Artifacts: 30 of 80 left out, the oldest.',
    ])
    const { markdown } = context
    expect(linesOf(markdown, 'Blocked by')[0]).toBe('- … 70 more left out here')
    expect(linesOf(markdown, 'Comments')[0]).toBe('- … 30 more left out here')
    expect(linesOf(markdown, 'Evidence')[0]).toBe('- … 30 more left out here')
    expect(linesOf(markdown, 'Artifacts')[0]).toBe('- … 30 more left out here')
    expect(linesOf(markdown, 'Part of').at(-1)).toBe('- … 10 more left out here')
    const knowledge = itemsOf(markdown, 'Decisions and learnings').map(
      (line) => /own \d+|general \d+|….*/.exec(line)?.[0],
    )
    expect(knowledge.slice(39, 42)).toEqual(['own 39', '… 30 more left out here', 'general 30'])
  })

  /** A task under a parent, both with decisions, in a namespace with some. */
  async function withDecisions(own: number, parents: number, general: number): Promise<[Tracker, TaskId]> {
    const tracker = await open()
    const id = await tracker.transaction(async (t) => {
      const parent = await t.tasks.create({ title: 'parent' })
      const task = await t.tasks.create({ title: 'task', parent: parent.id })
      const record = (title: string, attachTo?: TaskId) =>
        t.decisions.record({ title, rationale: 'r'.repeat(100), ...(attachTo && { attachTo }) })
      for (let index = 0; index < general; index++) await record(`general ${index}`)
      for (let index = 0; index < parents; index++) await record(`parent ${index}`, parent.id)
      for (let index = 0; index < own; index++) await record(`own ${index}`, task.id)
      return task.id
    })
    return [tracker, id]
  }

  test.each([
    // Of the nearest place all fit, or the newest; where some are left out, it is said in their place.
    [60, 0, 0, 2_000],
    [60, 0, 0, 100_000],
    [60, 3, 3, 100_000],
    [20, 60, 5, 100_000],
    [50, 1, 0, 100_000],
    [3, 20, 20, 3_000],
    [3, 3, 20, 4_000],
    [1, 2, 3, 1_000],
    [1, 2, 3, 100_000],
  ])(
    'keeps the nearest and of these the newest of %i own, %i inherited and %i general decisions in %i characters',
    async (own, parents, general, maxChars) => {
      const [tracker, id] = await withDecisions(own, parents, general)
      const { markdown, cut } = await tracker.context(id, { maxChars })
      const places = [
        ['own', own],
        ['parent', parents],
        ['general', general],
      ] as const
      const all = places.flatMap(([place, count]) => Array.from({ length: count }, (_, index) => `${place} ${index}`))
      const shown = itemsOf(markdown, 'Decisions and learnings').map((line) => ({
        title: /\*\*(.*?)\*\*/.exec(line)?.[1],
        left: Number(/^- … (\d+) more left out here$/.exec(line)?.[1] ?? 0),
      }))
      // Line by line, the document goes through all that there is.
      let next = 0
      for (const { title, left } of shown) {
        if (title !== undefined) expect(title).toBe(all[next])
        next += left || 1
      }
      expect(next).toBe(all.length)
      const kept = shown.flatMap(({ title }) => title ?? [])
      const byNeed = places.flatMap(([place, count]) =>
        Array.from({ length: count }, (_, index) => `${place} ${count - 1 - index}`),
      )
      expect(kept.length).toBeGreaterThan(0)
      expect(new Set(kept)).toEqual(new Set(byNeed.slice(0, kept.length)))
      const left = all.length - kept.length
      const [sentence = ''] = cut.filter((text) => text.startsWith('Decisions and learnings: ') && !/text/.test(text))
      if (left === 0) expect(sentence).toBe('')
      else expect(sentence).toContain(`: ${left} of ${all.length} left out, the `)
    },
  )

  test('tells with a blocker why its last submission was turned down, and by whom', async () => {
    const tracker = await open()
    const ann = await tracker.agents.registerMl({
      role: 'worker',
      name: 'Ann',
      provider: 'anthropic',
      model: 'claude-opus-4-6',
    })
    const rae = await tracker.agents.registerHuman({ name: 'Rae' })
    const bo = await tracker.agents.registerHuman({ name: 'Bo' })
    const contract = { criteria: [], completionPolicy: { quorum: 2 }, retry: { maxAttempts: 2 } } as const
    const blocker = await tracker.tasks.create({ title: 'blocker', contract })
    const { id } = await tracker.tasks.create({
      title: 'fallback',
      blockedBy: [{ task: blocker.id, gate: 'failed' }],
    })
    for (const attempt of [1, 2]) {
      const { token } = await tracker.as(ann.id).claims.claim(blocker.id)
      await tracker.as(ann.id).claims.complete(token, { outcome: 'done', summary: `Try ${attempt}.` })
      await tracker.as(bo.id).reviews.record(blocker.id, { verdict: 'approve' })
      await tracker.as(rae.id).reviews.record(blocker.id, { verdict: 'reject', comment: `Not so, ${attempt}.` })
    }
    const context = await tracker.context(id)
    const reviews = (await tracker.reviews.list({ task: blocker.id, reviewer: rae.id })).items
    expect(context.blockers).toMatchObject([{ run: { attempt: 2 }, review: reviews[1] }])
    expect(linesOf(context.markdown, 'Blocked by')).toEqual([
      `- **blocker** (\`${blocker.id}\`), closed (failed); gate: failed; its last submission: **done** by Ann (worker); the last review of that: **reject** by Rae, ${reviews[1]!.createdAt}`,
      '  Review:',
      '  > Not so, 2.',
      '  Closed because:',
      '  > no attempt remains',
      '  Summary:',
      '  > Try 2.',
    ])
    const own = await tracker.context(blocker.id)
    const attempts = linesOf(own.markdown, 'Earlier attempts')
    expect(itemsOf(own.markdown, 'Earlier attempts')).toEqual(
      own.attempts.map(
        ({ attempt, startedAt, endedAt }, index) =>
          `- Attempt ${attempt} by Ann (worker), ${startedAt} to ${endedAt}: **done**; its last review: **reject** by Rae, ${reviews[index]!.createdAt}`,
      ),
    )
    expect(attempts.slice(-5)).toEqual([attempts[5], '  Review:', '  > Not so, 2.', '  Summary:', '  > Try 2.'])
    expect(itemsOf(own.markdown, 'Other reviews')).toHaveLength(2)
  })

  test('tells of reviews before the last one by themselves', async () => {
    const tracker = await open()
    const people = []
    for (const name of ['Ada', 'Ben', 'Cy']) people.push(await tracker.agents.registerHuman({ name }))
    const contract = { criteria: [], completionPolicy: { quorum: 3 } } as const
    const { id } = await tracker.tasks.create({ title: 'task', contract })
    const { token } = await tracker.claims.claim(id)
    await tracker.claims.complete(token, { outcome: 'done' })
    for (const { id: person, name } of people as { id: AgentId; name: string }[]) {
      await tracker.as(person).reviews.record(id, { verdict: 'approve', comment: `Says ${name}.` })
    }
    const { markdown, reviews } = await tracker.context(id)
    expect(reviews).toHaveLength(3)
    expect(linesOf(markdown, 'Earlier attempts').slice(-1)).toEqual(['  > Says Cy.'])
    expect(linesOf(markdown, 'Other reviews')).toEqual([
      `- Attempt 1: **approve** by Ada, ${reviews[0]!.createdAt}`,
      '  > Says Ada.',
      `- Attempt 1: **approve** by Ben, ${reviews[1]!.createdAt}`,
      '  > Says Ben.',
    ])
  })

  test('shows what was commented and what proves something, cut to the room that there is', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const t = tracker.as(ada.id)
    const { id } = await t.tasks.create({ title: 'task', owner: ada.id })
    const artifact = await t.artifacts.add({ iri: 'urn:report' })
    await t.tasks.addComment(id, { body: 'c'.repeat(5_000) })
    const comment = await t.tasks.addComment(id, { body: 'Mind the gap.' })
    const proof = await t.evidence.add(id, { kind: 'test_report', artifact: artifact.id, summary: 'All green.' })
    const long = await t.evidence.add(id, { kind: 'log', iri: `urn:${'x'.repeat(500)}` })
    const { markdown, cut } = await tracker.context(id, { maxChars: 3_000 })
    expect(markdown).toContain('\n- Owner: Ada\n')
    expect(linesOf(markdown, 'Comments').slice(-2)).toEqual([`- Ada, ${comment.createdAt}`, '  > Mind the gap.'])
    expect(markdown).toMatch(/\n {2}> c{1000,}\n\n {2}… [\d,]+ more characters left out\n/)
    expect(linesOf(markdown, 'Evidence')).toEqual([
      `- **test\\_report** by Ada, ${proof.createdAt}: artifact \`${artifact.id}\` (\`${proof.id}\`)`.replace(
        '\\_',
        '_',
      ),
      '  > All green.',
      `- **log** by Ada, ${long.createdAt}: \`urn:${'x'.repeat(396)}\`… (\`${long.id}\`)`,
    ])
    expect(cut).toEqual(['Comments: 1 text shortened.', 'Long titles, labels, names and IRIs are shortened.'])
  })

  test('keeps the texts of the newest where there is too little room for all', async () => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'task' })
    for (let index = 0; index < 30; index++) {
      await tracker.tasks.addComment(id, { body: `Comment ${index}: ${'c'.repeat(400)}` })
    }
    const { markdown, cut } = await tracker.context(id, { maxChars: 3_000 })
    const comments = linesOf(markdown, 'Comments')
    const withText = comments
      .filter((line) => line.startsWith('  > Comment '))
      .map((line) => Number(/\d+/.exec(line)![0]))
    expect(withText.length).toBeGreaterThan(3)
    expect(withText).toEqual(Array.from({ length: withText.length }, (_, index) => 30 - withText.length + index))
    const without = comments.filter((line) => line.endsWith(' … 1 text left out here'))
    expect(without.length).toBeGreaterThan(3)
    expect(cut).toContain(`Comments: ${without.length} texts left out.`)
    expect(comments.findLastIndex((line) => line.endsWith('left out here'))).toBeLessThan(
      comments.findIndex((line) => line.startsWith('  > ')),
    )
  })

  test('shows the start of each that matters in the shortest document, with no gap where a text was', async () => {
    const { tracker, task } = await tell()
    for (let maxChars = 1_000; maxChars < 1_500; maxChars += 7) {
      const { markdown } = await tracker.context(task, { maxChars })
      expect(markdown.length).toBeLessThanOrEqual(maxChars)
      expect(markdown).not.toMatch(/\n\n\n/)
      for (const fact of ['Id', 'Status', 'Kind', 'Due', 'Not before', 'Labels'])
        expect(markdown).toContain(`\n- ${fact}: `)
      expect(markdown).toContain('**request_changes** by Ada')
    }
  })

  test('keeps the newest attempts where there is not room for all', async () => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'task', contract: { criteria: [], retry: { maxAttempts: 60 } } })
    for (let attempt = 0; attempt < 12; attempt++) {
      const { token } = await tracker.claims.claim(id)
      await tracker.claims.complete(token, { outcome: 'failed', stopReason: 'timed_out', summary: 's'.repeat(300) })
    }
    const { attempts, markdown, cut } = await tracker.context(id, { maxChars: 2_000 })
    expect(attempts).toHaveLength(12)
    expect(markdown).toContain('- Attempt 12 by')
    expect(markdown).not.toContain('- Attempt 1 by')
    expect(cut[0]).toMatch(/^Earlier attempts: \d+ of 12 left out, the oldest\.$/)
    expect(markdown).toContain(`- … ${/\d+/.exec(cut[0]!)![0]} more`)
  })

  test.each([
    [125, 1_000, []],
    [126, 1_000, ['The title is shortened.']],
    [400, 20_000, []],
    [401, 20_000, ['The title is shortened.']],
  ])('says whether a title of %i characters is cut in a document of %i', async (length, maxChars, cut) => {
    const tracker = await open()
    const title = 'x'.repeat(length)
    const { id } = await tracker.tasks.create({ title })
    const context = await tracker.context(id, { maxChars })
    expect(context.cut).toEqual(cut)
    expect(context.markdown.startsWith(`# ${title}\n`)).toBe(cut.length === 0)
  })

  test('refuses what is no task and no sensible length', async () => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'task' })
    expect(await refusal(tracker.context(newTaskId(NAMESPACE)))).toBeInstanceOf(NotFoundError)
    for (const options of [{ maxChars: 999 }, { maxChars: 1_000.5 }, { maxchars: 2_000 }, 'all']) {
      expect(await refusal(tracker.context(id, options as object))).toBeInstanceOf(InvalidInputError)
    }
  })
})

const HEADINGS = [
  'Description',
  'Notes',
  'Contract',
  'Blocked by',
  'Earlier attempts',
  'Other reviews',
  'Comments',
  'Decisions and learnings',
  'Evidence',
  'Part of',
  'Before and after',
  'Artifacts',
]

/** That each line of a document is one of its own: what comes from the record stands behind a `>`, or escaped in an item. */
function expectOwnLines(markdown: string): void {
  const lines = markdown.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/)
  expect(lines[0]).toMatch(/^# /)
  for (const line of lines.slice(1)) {
    if (line.startsWith('#')) expect(HEADINGS).toContain(line.slice('## '.length))
    else
      expect(line).toMatch(
        /^$|^- |^(?: {2})?>|^(?: {2})?… [\d,]+ more characters left out$|^ {2}(?:Review|Summary|Output|Alternatives|Closed because|Why it stopped):$/,
      )
    // Outside of code spans, nothing opens a fence, a link or HTML.
    if (line.startsWith('- ')) expect(line.replace(/(?<!\\)(`+)(?!`).*?(?<!`)\1(?!`)/g, '')).not.toMatch(/(?<!\\)[<[`]/)
  }
}

/** The texts that a document quotes, whole or cut. */
function quotations(markdown: string): string[] {
  const found: string[] = []
  let open = false
  for (const line of markdown.split('\n')) {
    const quoted = /^(?: {2})?>(?: (.*))?$/.exec(line)
    if (quoted === null) {
      open = false
      continue
    }
    const text = quoted[1] ?? ''
    if (open) found.push(`${found.pop()}\n${text}`)
    else found.push(text)
    open = true
  }
  return found
}

describe('any document', () => {
  const evil = fc.constantFrom(
    '\n# Contract\n',
    '\r\n## Blocked by\r\n- fake',
    '\u2028# Fake\u2029',
    '```\n',
    '~~~',
    '> ',
    '</blockquote><h1>x</h1>',
    '<!-- ',
    '[a](javascript:x)',
    '`',
    '\\',
    '…',
    '👩‍👩‍👧‍👦',
    'e\u0301\u0302\u0303',
    '\u202E',
    '\u001b[31m',
    ' ',
    '- x\n',
    '1. x',
    '&lt;',
  )
  const said = fc.array(fc.oneof(evil, fc.string({ maxLength: 30 })), { maxLength: 40 }).map((parts) => parts.join(''))
  const carried = said.filter((text) => !/[\0\p{Surrogate}]/u.test(text))
  const lines = carried.map((text) => `x${text}`.slice(0, 900)).filter((text) => !/\p{Surrogate}/u.test(text))

  test('has no line that a text of the record made, keeps to its length, and says what it leaves out', async () => {
    const seen = { whole: 0, cut: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(lines, { minLength: 4, maxLength: 4 }),
        fc.array(carried, { minLength: 6, maxLength: 6 }),
        fc.constantFrom(1_000, 1_500, 3_000, 100_000),
        async (titles, texts, maxChars) => {
          await inMemory(async (tracker) => {
            const parent = await tracker.tasks.create({ title: titles[0]!, description: texts[0]! })
            const blocker = await tracker.tasks.create({ title: titles[1]!, parent: parent.id })
            const { token } = await tracker.claims.claim(blocker.id)
            await tracker.claims.complete(token, { outcome: 'done', summary: texts[1]!, output: { text: texts[2]! } })
            const given: NewTask = { title: titles[2]!, description: texts[3]!, notes: texts[4]!, parent: parent.id }
            const { id } = await tracker.tasks.create({ ...given, blockedBy: [blocker.id] })
            const rationale = `why ${texts[5]!}`
            await tracker.decisions.record({ title: titles[3]!, rationale, attachTo: parent.id, alternatives: titles })
            await tracker.tasks.addComment(id, { body: `said ${texts[1]!}` })
            await tracker.evidence.add(id, { kind: 'x', iri: 'urn:x', summary: texts[2]! })
            await tracker.artifacts.add({
              iri: titles[0]!.replace(/\p{Cc}/gu, ''),
              label: titles[1]!,
              generatedBy: (await tracker.activities.start({ task: id })).id,
            })
            const { markdown, cut } = await tracker.context(id, { maxChars })
            expect(markdown.length).toBeLessThanOrEqual(maxChars)
            expectOwnLines(markdown)
            for (const heading of HEADINGS.filter((name) => markdown.includes(`\n## ${name}\n`))) {
              const [body] = markdown.split(`\n## ${heading}\n`)[1]!.split('\n## ')
              expect(body!.trim(), heading).not.toBe('')
            }
            const isCut = /^- .*… [\d,]+ .*left out here$|more characters left out$/m.test(markdown)
            if (isCut) expect(cut.length).toBeGreaterThan(0)
            if (cut.length > 0) seen.cut++
            if (cut.length > 0) return
            seen.whole++
            const normal = (text: string) =>
              text
                .replace(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/g, '\n')
                .replace(/[\u202A-\u202E\u2066-\u2069]|(?![\t\n])\p{Cc}/gu, '\uFFFD')
                .replace(/[^\S\n]+$/gm, '')
            const quoted = quotations(markdown)
            for (const text of [
              ...texts.slice(0, 2),
              ...texts.slice(3, 5),
              texts[2]!,
              `said ${texts[1]!}`,
              rationale,
            ]) {
              if (text.trim() !== '') expect(quoted).toContain(normal(text))
            }
          })
        },
      ),
      { numRuns: 150 },
    )
    expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(10)
  })

  test('cuts a text between two characters as people see them', async () => {
    const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })
    const split = (text: string) => Array.from(characters.segment(text), ({ segment }) => segment)
    await inMemory(async (tracker) => {
      for (const unit of ['👩‍👩‍👧‍👦', 'e\u0301\u0302\u0303', '🇩🇪', 'ก็', 'a']) {
        const description = unit.repeat(2_000)
        const { id } = await tracker.tasks.create({ title: unit.repeat(60), description })
        for (let maxChars = 1_000; maxChars < 1_012; maxChars++) {
          const { markdown, cut } = await tracker.context(id, { maxChars })
          const [shown] = quotations(markdown)
          expect(new Set(split(shown!))).toEqual(new Set([unit]))
          const rest = description.length - shown!.length
          expect(markdown).toContain(`… ${rest.toLocaleString('en-US')} more characters left out`)
          expect(new Set(split(/^# (.*?)…?$/m.exec(markdown)![1]!))).toEqual(new Set([unit]))
          expect(cut).toContain('Description: 1 text shortened.')
          expect(markdown.length).toBeGreaterThan(900)
        }
      }
    })
  })
})

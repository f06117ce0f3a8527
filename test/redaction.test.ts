import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  EventNotFoundError,
  exportProv,
  IdempotencyConflictError,
  InvalidInputError,
  type LogEvent,
  openTracker,
  type Tracker,
  timeline,
} from '../src/index.js'
import { bytesOf, newFolder, temporaryFolder } from './support-store/folder.js'
import { refusalOf } from './support-store/refusal.js'
import { EVENT_TYPES, fillRecord, RICH_OPTIONS, type RichRecord, steadyClock } from './support-store/rich-record.js'
import { Worker } from './support-store/worker.js'

/** A text that stands nowhere else, and that JSON, IRIs and labels write as it is. */
function mark(field: string): string {
  return `zq-${field.replaceAll(' ', '-')}-qz`
}

function marksIn(value: unknown): string[] {
  return [...new Set(JSON.stringify(value ?? null).match(/zq-[a-z-]+?-qz/g))]
}

async function eventsOf(tracker: Tracker): Promise<readonly LogEvent[]> {
  return (await tracker.log.events({ limit: 1_000 })).items
}

/** Whatever can be asked, as one text. */
async function everythingSaid(tracker: Tracker): Promise<string> {
  const answers: unknown[] = [
    await tracker.tasks.list({ limit: 1_000 }),
    await tracker.tasks.ready({ limit: 1_000 }),
    await tracker.tasks.blocked({ limit: 1_000 }),
    await tracker.agents.list({ limit: 1_000 }),
    await tracker.activities.list({ limit: 1_000 }),
    await tracker.artifacts.list({ limit: 1_000 }),
    await tracker.log.events({ limit: 1_000 }),
    await tracker.runs.list({ limit: 1_000 }),
    await tracker.reviews.list({ limit: 1_000 }),
    await tracker.evidence.list({ limit: 1_000 }),
    await tracker.decisions.list({ limit: 1_000, includeSuperseded: true }),
    await tracker.learnings.list({ limit: 1_000, includeSuperseded: true }),
    await tracker.log.snapshot(),
    tracker.vocabulary,
  ]
  for (const task of (await tracker.tasks.list({ limit: 1_000 })).items) {
    answers.push(
      await tracker.tasks.explain(task.id),
      await tracker.tasks.comments(task.id),
      await tracker.tasks.labels(task.id),
      await tracker.tasks.ancestors(task.id),
      await tracker.relations.list(task.id, { limit: 1_000 }),
      await tracker.contracts.list(task.id),
      await tracker.knowledge(task.id, { includeSuperseded: true }),
      await tracker.context(task.id),
      await timeline(tracker, task.id),
    )
  }
  for (const detail of ['summary', 'full'] as const) {
    for await (const chunk of exportProv(tracker, { format: 'turtle', detail })) answers.push(chunk)
  }
  for await (const line of tracker.log.exportEvents()) answers.push(line)
  return JSON.stringify(answers)
}

/** What of the record is no free text: a redaction must not change it. */
async function structureOf(tracker: Tracker, record: RichRecord) {
  const tasks = (await tracker.tasks.list({ limit: 1_000 })).items
  const nodes = Object.values(record).filter((node) => 'id' in node)
  return {
    tasks: tasks.map(
      ({ title, description, notes, labels, externalRefs, closeReason, holdReason, forced, contract, ...rest }) => ({
        ...rest,
        forced: forced !== undefined,
        obligations: contract?.criteria.map(({ text, ...criterion }) => criterion),
        retry: contract?.retry,
      }),
    ),
    runs: (await tracker.runs.list()).items.map(({ endReason, stopText, summary, ...rest }) => rest),
    reviews: (await tracker.reviews.list()).items.map(({ comment, ...rest }) => rest),
    evidence: (await tracker.evidence.list()).items.map(({ iri, summary, digest, ...rest }) => rest),
    decisions: (await tracker.decisions.list({ includeSuperseded: true })).items.map(
      ({ title, rationale, alternatives, ...rest }) => rest,
    ),
    ready: (await tracker.tasks.ready()).items.map(({ id }) => id),
    blocked: (await tracker.tasks.blocked()).items.map(({ id }) => id),
    reasons: await Promise.all(tasks.map(async ({ id }) => (await tracker.tasks.explain(id)).reasons)),
    comments: (await Promise.all(tasks.map(({ id }) => tracker.tasks.comments(id))))
      .flat()
      .map(({ body, ...rest }) => rest),
    agents: (await tracker.agents.list()).items.map((agent) => ({
      id: agent.id,
      kind: agent.kind,
      createdAt: agent.createdAt,
      ...(agent.kind === 'ml' && { role: agent.role, model: agent.model }),
    })),
    activities: (await tracker.activities.list()).items.map(({ notes, failure, ...rest }) => ({
      ...rest,
      failed: failure !== undefined,
    })),
    artifacts: (await tracker.artifacts.list()).items.map(({ id, createdAt }) => ({ id, createdAt })),
    relations: await Promise.all(
      nodes.map(async ({ id }) => (await tracker.relations.list(id, { limit: 1_000 })).items),
    ),
    vocabulary: tracker.vocabulary,
  }
}

async function labelsOf(tracker: Tracker): Promise<Record<string, readonly string[]>> {
  const { items } = await tracker.tasks.list({ limit: 1_000 })
  return Object.fromEntries(items.map(({ id, labels }) => [id, labels]))
}

describe('redacting an event', () => {
  const folder = newFolder()
  const path = join(folder, 'work.db')
  let record: RichRecord
  let events: readonly LogEvent[]

  beforeAll(async () => {
    await using tracker = await openTracker({ path, ...RICH_OPTIONS, now: steadyClock() })
    record = await fillRecord(tracker, mark)
    events = await eventsOf(tracker)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** A copy of the file, to be spoilt. */
  async function openCopy(): Promise<{ tracker: Tracker; target: string }> {
    const target = join(temporaryFolder(), 'copy.db')
    copyFileSync(path, target)
    const tracker = await openTracker({ path: target })
    onTestFinished(() => tracker.close())
    return { tracker, target }
  }

  async function remainsOf(marks: readonly string[], tracker: Tracker, target: string): Promise<string[]> {
    const said = await everythingSaid(tracker)
    const bytes = Buffer.concat([bytesOf(target), bytesOf(`${target}-wal`)])
    return marks.flatMap((text) => [
      ...(said.includes(text) ? [`${text} in an answer`] : []),
      ...(bytes.includes(text) ? [`${text} in the file`] : []),
    ])
  }

  test('starts from a record in which every type of event says something', async () => {
    expect([...new Set(events.map(({ type }) => type))].sort()).toEqual(EVENT_TYPES)
    const { tracker, target } = await openCopy()
    const marks = marksIn(events)
    expect(marks.length).toBeGreaterThan(40)
    const found = await remainsOf(marks, tracker, target)
    for (const text of marks) expect(found).toContain(`${text} in the file`)
  })

  test.each(EVENT_TYPES)('erases the texts of %s for good, and nothing else', async (type) => {
    for (const event of events.filter((candidate) => candidate.type === type && candidate.data !== undefined)) {
      const { tracker, target } = await openCopy()
      const before = await structureOf(tracker, record)
      const labelsBefore = await labelsOf(tracker)
      const elsewhere = marksIn(events.filter(({ seq }) => seq !== event.seq))
      const erased = marksIn(event.data).filter((text) => !elsewhere.includes(text))
      const { data: _, salt: __, ...envelope } = event

      const returned = await tracker.log.redact(event.seq, { reason: 'asked to' })

      expect(returned).toEqual(envelope)
      expect((await tracker.log.events({ after: event.seq - 1, limit: 1 })).items).toEqual([envelope])
      expect(await remainsOf(erased, tracker, target)).toEqual([])
      // The rest still says what it said.
      expect(marksIn((await eventsOf(tracker)).slice(0, events.length)).sort()).toEqual(elsewhere.sort())

      const head = await tracker.log.head()
      expect(head.seq).toBe(events.length + 1)
      const [redaction] = (await tracker.log.events({ after: events.length })).items
      expect(redaction).toMatchObject({ type: 'log.redacted', data: { seq: event.seq, reason: 'asked to' } })

      expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: head.seq })
      expect(await structureOf(tracker, record)).toEqual(before)
      for (const [id, labels] of Object.entries(await labelsOf(tracker))) {
        expect(labelsBefore[id], 'no label comes back').toEqual(expect.arrayContaining([...labels]))
      }
      expect(await tracker.log.rebuild()).toBe(head.seq)
      expect(await structureOf(tracker, record)).toEqual(before)

      await tracker.close()
      expect(erased.filter((text) => bytesOf(target).includes(text))).toEqual([])
    }
  })

  test('of all events leaves a whole record without a text', async () => {
    const { tracker, target } = await openCopy()
    const before = await structureOf(tracker, record)
    // From both ends at once, so that redactions and what they are about come in either order.
    const order = events.map(({ seq }) => seq).sort((one, other) => (one % 2) - (other % 2) || other - one)
    for (const seq of order) await tracker.log.redact(seq, { reason: mark('given reason') })
    for (let seq = events.length + 1; seq <= 2 * events.length - 1; seq++)
      await tracker.log.redact(seq, { reason: 'again' })
    expect(await remainsOf(marksIn([events, mark('given reason')]), tracker, target)).toEqual([])
    expect(await structureOf(tracker, record)).toEqual(before)
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
    await tracker.log.rebuild()
    expect(await structureOf(tracker, record)).toEqual(before)
    expect((await eventsOf(tracker)).filter(({ data }) => data !== undefined).length).toBe(events.length - 1)
  })

  test('a second time writes nothing', async () => {
    const { tracker, target } = await openCopy()
    const first = await tracker.log.redact(3, { reason: 'asked to' })
    const head = await tracker.log.head()
    expect(await tracker.log.redact(3, { reason: 'another reason' })).toEqual(first)
    expect(await tracker.log.head()).toEqual(head)
    expect(await everythingSaid(tracker)).not.toContain('another reason')
    await tracker.close()
    expect(bytesOf(target).includes('another reason')).toBe(false)
  })

  test('that records a redaction erases its reason, and what was kept stays', async () => {
    const { tracker, target } = await openCopy()
    const before = await structureOf(tracker, record)
    const { seq } = events.find(({ type, subject }) => type === 'task.created' && subject === record.task.id)!
    await tracker.log.redact(seq, { reason: mark('first reason') })
    const first = (await tracker.log.head()).seq
    await tracker.log.redact(first, { reason: mark('second reason') })
    await tracker.log.redact(first + 1, { reason: mark('third reason') })
    await tracker.log.redact(first + 2, { reason: 'enough' })
    expect((await tracker.log.head()).seq).toBe(first + 3)
    const gone = [mark('first reason'), mark('second reason'), mark('third reason'), mark('task title')]
    expect(await remainsOf(gone, tracker, target)).toEqual([])
    expect(await structureOf(tracker, record)).toEqual(before)
    expect((await tracker.tasks.get(record.task.id)).title).toBe('[redacted]')
    expect(await tracker.log.rebuild()).toBe(first + 3)
    expect(await structureOf(tracker, record)).toEqual(before)
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: first + 3 })
  })

  test('names who asked for it', async () => {
    const { tracker } = await openCopy()
    await tracker.as(record.team.id).log.redact(3, { reason: 'asked to' })
    const { items } = await tracker.log.events({ after: events.length })
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ type: 'log.redacted', actor: record.team.id })
  })

  test('that there is not is refused', async () => {
    const { tracker } = await openCopy()
    for (const seq of [events.length + 1, 9_999, Number.MAX_SAFE_INTEGER]) {
      const refusal = await refusalOf(tracker.log.redact(seq, { reason: 'asked to' }))
      expect(refusal).toBeInstanceOf(EventNotFoundError)
      expect(refusal).toMatchObject({ seq })
    }
    expect((await tracker.log.head()).seq).toBe(events.length)
    await using empty = await openTracker({ path: ':memory:' })
    expect(await refusalOf(empty.log.redact(1, { reason: 'asked to' }))).toBeInstanceOf(EventNotFoundError)
    expect((await empty.log.head()).seq).toBe(0)
  })

  test.each([
    [0, { reason: 'asked to' }],
    [-1, { reason: 'asked to' }],
    [1.5, { reason: 'asked to' }],
    [Number.NaN, { reason: 'asked to' }],
    ['1', { reason: 'asked to' }],
    [1, { reason: '' }],
    [1, { reason: ' \n' }],
    [1, {}],
    [1, undefined],
    [1, { reason: 'asked to', seq: 2 }],
    [1, { reason: 'asked to', force: true }],
  ])('%o with %o is refused', async (seq, options) => {
    const { tracker } = await openCopy()
    expect(await refusalOf(tracker.log.redact(seq as never, options as never))).toBeInstanceOf(InvalidInputError)
    expect((await tracker.log.head()).seq).toBe(events.length)
  })

  test('takes the text out of the write-ahead log also while other processes have the file open', async () => {
    const { tracker, target } = await openCopy()
    const worker = await Worker.start()
    onTestFinished(() => worker.stop())
    await worker.call('open', { path: target })
    await worker.call('titles')
    await tracker.tasks.update(record.epic.id, { title: mark('late title') })
    const { seq } = await tracker.log.head()
    expect(await worker.call('titles')).toContain(mark('late title'))
    expect(await remainsOf([mark('late title')], tracker, target)).toHaveLength(2)
    await tracker.log.redact(seq, { reason: 'asked to' })
    expect(await remainsOf([mark('late title')], tracker, target)).toEqual([])
    expect(await worker.call('titles')).toContain('[redacted]')
    expect(await worker.call('verify')).toMatchObject({ ok: true })
  })
})

test('nothing of an erased text is left in a page that was split, merged or freed', async () => {
  const path = join(temporaryFolder(), 'work.db')
  const tracker = await openTracker({ path, durability: 'normal' })
  const count = 150
  // Letters that repeat after one another would let a remainder hide; each line of each text is its own.
  const text = (name: string, lines: number) => Array.from({ length: lines }, (_, n) => `zq-${name}-${n}-qz`).join('\n')
  const tasks = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      tracker.tasks.create({
        title: `zq-title-${n}-qz`,
        description: text(`d${n}`, n % 10 === 0 ? 900 : (n * 7) % 60),
        labels: [`zq-label-${(n * 83) % count}-qz`, `zq-other-${(n * 29) % count}-qz`],
        externalRefs: [{ system: 'zq', id: `zq-ref-${(n * 47) % count}-qz` }],
      }),
    ),
  )
  // Rows that grow and shrink move their neighbours about.
  for (const [n, task] of tasks.entries()) {
    if (n % 3 === 0) await tracker.tasks.update(task.id, { notes: text(`n${n}`, (n * 11) % 90) })
    if (n % 4 === 0) await tracker.tasks.update(task.id, { description: `zq-short-${n}-qz` })
    if (n % 5 === 0) await tracker.tasks.addComment(task.id, { body: text(`c${n}`, 40) })
  }
  const { seq: last } = await tracker.log.head()
  const { items: events } = await tracker.log.events({ limit: 1_000 })
  const erased = new Set(events.map(({ seq }) => seq).filter((seq) => seq > 1 && (seq * 31) % 5 < 2))
  for (const seq of [...erased].sort((one, other) => ((one * 97) % 101) - ((other * 97) % 101))) {
    await tracker.log.redact(seq, { reason: 'asked to' })
  }
  expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: last + erased.size })
  const linesOf = (data: unknown) => JSON.stringify(data).match(/zq-[a-z0-9-]+?-qz/g) ?? []
  const kept = new Set(events.filter(({ seq }) => !erased.has(seq)).flatMap(({ data }) => linesOf(data)))
  const gone = events
    .filter(({ seq }) => erased.has(seq))
    .flatMap(({ data }) => linesOf(data))
    .filter((line) => !kept.has(line))
  expect(gone.length).toBeGreaterThan(3_000)
  const found = (bytes: Buffer) => new Set(bytes.toString('latin1').match(/zq-[a-z0-9-]+?-qz/g))
  const open = found(Buffer.concat([bytesOf(path), bytesOf(`${path}-wal`)]))
  expect(gone.filter((line) => open.has(line)).slice(0, 10)).toEqual([])
  await tracker.close()
  const closed = found(bytesOf(path))
  expect(gone.filter((line) => closed.has(line)).slice(0, 10)).toEqual([])
  // Some lines of what was kept lie across two pages, and are not found whole.
  expect([...kept].filter((line) => closed.has(line)).length).toBeGreaterThan(kept.size * 0.95)
})

describe('an idempotency key after the event was erased', () => {
  /** Commands with a key, each given twice. */
  const commands: Record<string, (tracker: Tracker, nodes: Nodes, variant?: string) => Promise<unknown>> = {
    'tasks.create': (t, _, title = 'secret') => t.tasks.create({ title, idempotencyKey: 'k' }),
    'tasks.update': (t, { task }, notes = 'secret') => t.tasks.update(task, { notes }, { idempotencyKey: 'k' }),
    'tasks.close': (t, { task }, reason = 'secret') => t.tasks.close(task, { reason, idempotencyKey: 'k' }),
    'tasks.hold': (t, { task }, reason = 'secret') => t.tasks.hold(task, { reason, idempotencyKey: 'k' }),
    'tasks.addLabel': (t, { task }, label = 'secret') => t.tasks.addLabel(task, label, { idempotencyKey: 'k' }),
    'tasks.removeLabel': (t, { task }, label = 'old') => t.tasks.removeLabel(task, label, { idempotencyKey: 'k' }),
    'tasks.addComment': (t, { task }, body = 'secret') => t.tasks.addComment(task, { body, idempotencyKey: 'k' }),
    'relations.add': (t, { task, other }, kind = 'blocked_by') =>
      t.relations.add(task, kind as 'blocked_by', other, { idempotencyKey: 'k' }),
    'relations.remove': (t, { task, other }, kind = 'related') =>
      t.relations.remove(task, kind as 'related', other, { idempotencyKey: 'k' }),
    'agents.registerHuman': (t, _, name = 'secret') => t.agents.registerHuman({ name, idempotencyKey: 'k' }),
    'agents.delegate': (t, { ada, bob }, activity) =>
      t.agents.delegate(activity === undefined ? ada : bob, activity === undefined ? bob : ada, {
        idempotencyKey: 'k',
      }),
    'activities.start': (t, _, notes = 'secret') => t.activities.start({ notes, idempotencyKey: 'k' }),
    'activities.end': (t, { activity }, failed = 'secret') =>
      t.activities.end(activity, { failed, idempotencyKey: 'k' }),
    'artifacts.add': (t, _, label = 'secret') =>
      t.artifacts.add({ iri: 'https://example.org/a', label, idempotencyKey: 'k' }),
  }

  async function nodesOf(tracker: Tracker) {
    const [task, other] = [
      await tracker.tasks.create({ title: 'task', labels: ['old'] }),
      await tracker.tasks.create({ title: 'other' }),
    ]
    await tracker.relations.add(task.id, 'related', other.id)
    const [ada, bob] = [
      await tracker.agents.registerHuman({ name: 'Ada' }),
      await tracker.agents.registerHuman({ name: 'Bob' }),
    ]
    const activity = await tracker.activities.start()
    return { task: task.id, other: other.id, ada: ada.id, bob: bob.id, activity: activity.id }
  }
  type Nodes = Awaited<ReturnType<typeof nodesOf>>

  test.each(Object.keys(commands))('of %s still stands for the same command', async (name) => {
    const command = commands[name]!
    await using tracker = await openTracker({ path: ':memory:' })
    const nodes = await nodesOf(tracker)
    const first = await command(tracker, nodes)
    expect(await command(tracker, nodes)).toEqual(first)
    const { seq } = await tracker.log.head()
    await tracker.log.redact(seq, { reason: 'asked to' })
    const { seq: head } = await tracker.log.head()
    const again = await command(tracker, nodes)
    expect((await tracker.log.head()).seq).toBe(head)
    expect(JSON.stringify(again)).not.toContain('secret')
    if (typeof first === 'object') expect((again as { id: unknown }).id).toEqual((first as { id: unknown }).id)
    else expect(again).toBe(first)
    expect(await refusalOf(command(tracker, nodes, 'used'))).toBeInstanceOf(IdempotencyConflictError)
  })
})

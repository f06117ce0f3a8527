import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  AlreadyExistsError,
  AlreadySupersededError,
  CycleDetectedError,
  type Decision,
  type DecisionId,
  InvalidInputError,
  type KnowledgeListOptions,
  type KnowledgeOptions,
  type NewKnowledge,
  NotFoundError,
  newDecisionId,
  openTracker,
  RelationDomainError,
  type TaskId,
  type Tracker,
} from '../src/index.js'
import { all } from './support/answers.js'
import { HandClock } from './support/hand-clock.js'
import { refusal } from './support/refusals.js'
import { Clock, freshPath, NAMESPACE, open } from './support/trackers.js'

const WHY = { title: 'Use SQLite', rationale: 'One file, and no server.' }

async function sound(tracker: Tracker): Promise<void> {
  expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
}

async function relationsFrom(tracker: Tracker, id: DecisionId): Promise<unknown[]> {
  return (await tracker.relations.list(id, { direction: 'out' })).items.map(({ kind, target }) => [kind, target])
}

describe('decisions.record', () => {
  test('needs a title and a rationale, and holds for the namespace since now', async () => {
    const clock = new HandClock()
    const tracker = await open({ now: clock.now })
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const decision = await tracker.as(ada.id).decisions.record(WHY)
    expect(decision).toEqual({
      kind: 'decision',
      id: expect.stringMatching(/^test--/),
      namespace: NAMESPACE,
      agent: ada.id,
      ...WHY,
      alternatives: [],
      evidence: [],
      validFrom: '2026-01-05T09:00:00.000Z',
      createdAt: '2026-01-05T09:00:00.000Z',
      recordedAt: '2026-01-05T09:00:00.000Z',
    })
    expect(await tracker.decisions.get(decision.id)).toEqual(decision)
    expect((await tracker.relations.list(decision.id)).items).toEqual([])
  })

  test('takes everything that a decision can have, with its evidence', async () => {
    const clock = new HandClock()
    const tracker = await open({ now: clock.now })
    const task = await tracker.tasks.create({ title: 'task', namespace: 'elsewhere' })
    const activity = await tracker.activities.start()
    const { id: artifact } = await tracker.artifacts.add({ iri: 'urn:bench' })
    const measured = { kind: 'measure', artifact, summary: 'twice as fast' }
    const decision = await tracker.within(activity.id).decisions.record({
      ...WHY,
      alternatives: ['PostgreSQL', 'A folder of files'],
      attachTo: task.id,
      evidence: [measured, { kind: 'link', iri: 'urn:page' }, { ...measured }],
      validFrom: '2025-06-01T02:00:00+02:00',
      at: '2025-07-01T00:00:00Z',
    })
    expect(decision).toEqual({
      kind: 'decision',
      id: expect.stringMatching(/^elsewhere--/),
      namespace: 'elsewhere',
      agent: expect.stringMatching(/^test--/),
      ...WHY,
      alternatives: ['PostgreSQL', 'A folder of files'],
      attachedTo: task.id,
      evidence: [expect.any(String), expect.any(String)],
      validFrom: '2025-06-01T00:00:00.000Z',
      createdAt: '2025-07-01T00:00:00.000Z',
      recordedAt: '2026-01-05T09:00:00.000Z',
    })
    expect(await tracker.decisions.get(decision.id)).toEqual(decision)
    const evidence = (await tracker.evidence.list({ subject: decision.id })).items
    expect(evidence.map(({ id }) => id)).toEqual(decision.evidence)
    expect(evidence[0]).toMatchObject({ ...measured, subject: decision.id, namespace: 'elsewhere' })
    expect(await relationsFrom(tracker, decision.id)).toEqual([['generated_by', activity.id]])
    // Evidence that comes later counts as well.
    const later = await tracker.evidence.add(decision.id, { kind: 'link', iri: 'urn:later' })
    expect((await tracker.decisions.get(decision.id)).evidence).toEqual([...decision.evidence, later.id])
    await sound(tracker)
  })

  test('is what learnings.record does for learnings, which are no decisions', async () => {
    const tracker = await open()
    const learning = await tracker.learnings.record(WHY)
    const decision = await tracker.decisions.record(WHY)
    expect(learning).toMatchObject({ kind: 'learning', ...WHY })
    expect((await tracker.learnings.list()).items).toEqual([learning])
    expect((await tracker.decisions.list()).items).toEqual([decision])
    expect(await refusal(tracker.decisions.get(learning.id as string as DecisionId))).toBeInstanceOf(NotFoundError)
    const crossed = tracker.decisions.supersede(learning.id as string as DecisionId, WHY)
    expect(await refusal(crossed)).toBeInstanceOf(NotFoundError)
    expect(await refusal(tracker.relations.add(decision.id, 'supersedes', learning.id))).toBeInstanceOf(
      RelationDomainError,
    )
  })

  test('refuses what is not as it should be, and then nothing is written', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task' })
    const id = newDecisionId(NAMESPACE)
    const before = await tracker.log.head()
    const wrong: unknown[] = [
      { title: 'x' },
      { title: ' ', rationale: 'why' },
      { title: 'x', rationale: ' ' },
      { ...WHY, validFrom: '2026-01-01' },
      { ...WHY, alternatives: [''] },
      { ...WHY, evidence: [{ kind: 'link' }] },
      { ...WHY, supersedes: id },
    ]
    for (const given of wrong) {
      const error = await refusal(tracker.decisions.record(given as NewKnowledge<DecisionId>))
      expect(error, JSON.stringify(given)).toBeInstanceOf(InvalidInputError)
    }
    expect(await refusal(tracker.decisions.record({ ...WHY, attachTo: id as string as TaskId }))).toBeInstanceOf(
      NotFoundError,
    )
    const taken = task.id as string as DecisionId
    expect(await refusal(tracker.decisions.record({ ...WHY, id: taken }))).toMatchObject({ kind: 'task' })
    const twice = { kind: 'link', iri: 'urn:a', id: id as string as NonNullable<Decision['evidence'][number]> }
    expect(await refusal(tracker.decisions.record({ ...WHY, id, evidence: [twice] }))).toBeInstanceOf(
      AlreadyExistsError,
    )
    expect(await tracker.log.head()).toEqual(before)
  })

  test('gives the first result again for the same idempotency key, also when it has been superseded since', async () => {
    const tracker = await open()
    const given = { ...WHY, evidence: [{ kind: 'link', iri: 'urn:a' }], idempotencyKey: 'key' }
    const first = await tracker.decisions.record(given)
    const successor = { ...WHY, title: 'Use files', idempotencyKey: 'key 2' }
    const second = await tracker.decisions.supersede(first.id, successor)
    const { seq } = await tracker.log.head()
    expect(await tracker.decisions.record(given)).toEqual(first)
    expect(await tracker.decisions.supersede(first.id, successor)).toEqual(second)
    expect((await tracker.log.head()).seq).toBe(seq)
  })
})

describe('decisions.supersede', () => {
  test('puts another in its place, where it was attached, and both say so', async () => {
    const clock = new HandClock()
    const tracker = await open({ now: clock.now })
    const task = await tracker.tasks.create({ title: 'task', namespace: 'elsewhere' })
    const first = await tracker.decisions.record({ ...WHY, attachTo: task.id })
    clock.move(60_000)
    const second = await tracker.decisions.supersede(first.id, { title: 'Use files', rationale: 'Simpler.' })
    expect(second).toMatchObject({ attachedTo: task.id, namespace: 'elsewhere', supersedes: first.id })
    expect(await tracker.decisions.get(second.id)).toEqual(second)
    expect(await tracker.decisions.get(first.id)).toEqual({
      ...first,
      validTo: '2026-01-05T09:01:00.000Z',
      supersededBy: second.id,
    })
    expect(await relationsFrom(tracker, second.id)).toEqual([['supersedes', first.id]])
    expect((await tracker.decisions.list()).items).toEqual([second])
    expect((await tracker.decisions.list({ includeSuperseded: true })).items).toMatchObject([
      { id: first.id },
      { id: second.id },
    ])
    await sound(tracker)
  })

  test('may be told another place', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task' })
    const first = await tracker.decisions.record({ ...WHY, attachTo: task.id })
    const second = await tracker.decisions.supersede(first.id, { ...WHY, namespace: 'wide' })
    expect(second).toMatchObject({ namespace: 'wide' })
    expect(second.attachedTo).toBeUndefined()
    const third = await tracker.decisions.supersede(second.id, WHY)
    expect(third).toMatchObject({ namespace: 'wide' })
    const fourth = await tracker.decisions.supersede(third.id, { ...WHY, attachTo: task.id })
    expect(fourth).toMatchObject({ namespace: NAMESPACE, attachedTo: task.id })
  })

  test('refuses a second successor, also of two at the same moment', async () => {
    const tracker = await open()
    const first = await tracker.decisions.record(WHY)
    const both = await Promise.allSettled([
      tracker.decisions.supersede(first.id, WHY),
      tracker.decisions.supersede(first.id, WHY),
    ])
    const winner = both.find((one) => one.status === 'fulfilled')!.value
    const loser = both.find((one) => one.status === 'rejected')!.reason
    expect(loser).toBeInstanceOf(AlreadySupersededError)
    expect(loser).toMatchObject({ id: first.id, successor: winner.id })
  })

  test('refuses what would be valid before the one whose place it takes', async () => {
    const tracker = await open()
    const first = await tracker.decisions.record({ ...WHY, validFrom: '2030-01-01T00:00:00Z' })
    const before = await tracker.log.head()
    const error = await refusal<InvalidInputError>(tracker.decisions.supersede(first.id, WHY))
    expect(error.issues).toMatchObject([{ field: 'validFrom' }])
    expect(await tracker.log.head()).toEqual(before)
    const same = await tracker.decisions.supersede(first.id, { ...WHY, validFrom: first.validFrom })
    // The first is valid for no moment at all then.
    expect((await tracker.decisions.list({ validAt: first.validFrom })).items).toEqual([same])
  })

  test('by hand, relations.add does the same, and relations.remove undoes it', async () => {
    const clock = new HandClock()
    const tracker = await open({ now: clock.now })
    const first = await tracker.decisions.record(WHY)
    const second = await tracker.decisions.record({ ...WHY, validFrom: '2026-03-01T00:00:00Z' })
    const apart = clock.in(0)
    clock.move(60_000)
    await tracker.relations.add(second.id, 'supersedes', first.id)
    const joined = clock.in(0)
    expect(await tracker.decisions.get(first.id)).toMatchObject({ validTo: second.validFrom, supersededBy: second.id })
    expect(await refusal(tracker.decisions.supersede(first.id, WHY))).toBeInstanceOf(AlreadySupersededError)
    expect(await refusal(tracker.relations.add(first.id, 'supersedes', second.id))).toBeInstanceOf(CycleDetectedError)
    clock.move(60_000)
    await tracker.relations.remove(second.id, 'supersedes', first.id)
    expect(await tracker.decisions.get(first.id)).toEqual(first)
    const idsAt = async (knownAt: string) => (await tracker.decisions.list({ knownAt })).items.map(({ id }) => id)
    expect(await idsAt(apart)).toEqual([first.id, second.id])
    expect(await idsAt(joined)).toEqual([second.id])
    expect(await idsAt(clock.in(0))).toEqual([first.id, second.id])
    await sound(tracker)
  })
})

describe('several that supersede one, by hand', () => {
  test('count from when the first of them is valid, and of several superseded the one named first shows', async () => {
    const tracker = await open()
    const first = await tracker.decisions.record({ ...WHY, validFrom: '2026-01-01T00:00:00Z' })
    const late = await tracker.decisions.supersede(first.id, { ...WHY, validFrom: '2026-03-01T00:00:00Z' })
    const early = await tracker.decisions.record({ ...WHY, validFrom: '2026-02-01T00:00:00Z' })
    await tracker.relations.add(early.id, 'supersedes', first.id)
    expect(await tracker.decisions.get(first.id)).toMatchObject({ supersededBy: early.id, validTo: early.validFrom })
    await tracker.relations.add(late.id, 'supersedes', early.id)
    expect(await tracker.decisions.get(late.id)).toMatchObject({ supersedes: first.id })
    expect((await tracker.decisions.list({ validAt: '2026-02-15T00:00:00Z' })).items).toMatchObject([{ id: early.id }])
  })
})

describe('decisions.list', () => {
  test('filters by task and namespace, and gives what is valid first first', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task' })
    const ids: DecisionId[] = []
    for (const [index, place] of [
      { attachTo: task.id },
      { namespace: 'elsewhere' },
      {},
      { attachTo: task.id },
    ].entries()) {
      ids.push((await tracker.decisions.record({ ...WHY, ...place, validFrom: `2020-01-0${4 - index}T00:00:00Z` })).id)
    }
    const list = async (options: KnowledgeListOptions) =>
      (await tracker.decisions.list(options)).items.map(({ id }) => ids.indexOf(id))
    expect(await list({})).toEqual([3, 2, 1, 0])
    expect(await list({ attachedTo: task.id })).toEqual([3, 0])
    expect(await list({ attachedTo: [] })).toEqual([])
    expect(await list({ namespace: ['elsewhere'] })).toEqual([1])
    expect((await all((page) => tracker.decisions.list(page), 1)).map(({ id }) => ids.indexOf(id))).toEqual([
      3, 2, 1, 0,
    ])
  })

  test('tells what was valid, and what was known, at a time: a correction that came late', async () => {
    const clock = new HandClock('2026-02-01T00:00:00.000Z')
    const tracker = await open({ now: clock.now })
    const first = await tracker.decisions.record({ ...WHY, validFrom: '2026-01-01T00:00:00Z' })
    clock.time = Date.parse('2026-03-01T00:00:00.000Z')
    // Found out in March: since mid January something else has been so.
    const second = await tracker.decisions.supersede(first.id, { ...WHY, validFrom: '2026-01-15T00:00:00Z' })
    await tracker.evidence.add(first.id, { kind: 'link', iri: 'urn:late' })
    const list = async (validAt: string | undefined, knownAt: string | undefined) =>
      (await tracker.decisions.list({ ...(validAt && { validAt }), ...(knownAt && { knownAt }) })).items
    const [early, late] = ['2026-01-10T00:00:00Z', '2026-01-20T00:00:00Z']
    const [january, february, march] = ['2026-01-31T00:00:00Z', '2026-02-10T00:00:00Z', '2026-03-10T00:00:00Z']
    const ids = async (...times: Parameters<typeof list>) => (await list(...times)).map(({ id }) => id)
    expect(await ids(late, january)).toEqual([])
    expect(await ids(late, february)).toEqual([first.id])
    expect(await ids(late, march)).toEqual([second.id])
    expect(await ids(early, march)).toEqual([first.id])
    expect(await ids('2025-12-31T23:59:59Z', march)).toEqual([])
    expect(await ids(undefined, february)).toEqual([first.id])
    expect(await ids(late, undefined)).toEqual([second.id])
    // What was learned later shows in nothing.
    expect(await list(early, february)).toEqual([first])
  })
})

/** A history of decisions as its log tells it, kept as plain lists and asked by going through all of them. */
class SlowHistory {
  readonly items: { id: DecisionId; validFrom: string; recordedAt: string }[] = []
  readonly changes: { later: DecisionId; earlier: DecisionId; holds: boolean; recordedAt: string }[] = []

  /** The pairs of which one supersedes the other, as far as that was written down by then. */
  #pairs(knownAt: string | undefined): { later: DecisionId; earlier: DecisionId }[] {
    const pairs = new Map<string, { later: DecisionId; earlier: DecisionId }>()
    for (const { later, earlier, holds, recordedAt } of this.changes) {
      if (knownAt !== undefined && recordedAt > knownAt) continue
      if (holds) pairs.set(`${later} ${earlier}`, { later, earlier })
      else pairs.delete(`${later} ${earlier}`)
    }
    return [...pairs.values()]
  }

  /** What took the place of an item: of several what was valid first, and of these the older. */
  successorOf(id: DecisionId, knownAt: string | undefined): { id: DecisionId; validFrom: string } | undefined {
    const pairs = this.#pairs(knownAt)
    const successors = this.items.filter((one) =>
      pairs.some(({ later, earlier }) => later === one.id && earlier === id),
    )
    const known = successors.filter(({ recordedAt }) => knownAt === undefined || recordedAt <= knownAt)
    return known.sort((a, b) => (a.validFrom < b.validFrom ? -1 : a.validFrom > b.validFrom ? 1 : 0))[0]
  }

  list({ validAt, knownAt, includeSuperseded }: KnowledgeListOptions): DecisionId[] {
    const known = this.items.filter(({ recordedAt }) => knownAt === undefined || recordedAt <= knownAt)
    const pairs = this.#pairs(knownAt)
    const standing = known.filter(({ id, validFrom }) => {
      const successors = known.filter((one) => pairs.some(({ later, earlier }) => later === one.id && earlier === id))
      if (validAt === undefined) return includeSuperseded === true || successors.length === 0
      return validFrom <= validAt && successors.every((one) => one.validFrom > validAt)
    })
    return standing
      .map((item) => ({ ...item, place: this.items.indexOf(item) }))
      .sort((a, b) => (a.validFrom < b.validFrom ? -1 : a.validFrom > b.validFrom ? 1 : a.place - b.place))
      .map(({ id }) => id)
  }
}

function ends({ later, earlier }: { later: DecisionId; earlier: DecisionId }): [DecisionId, DecisionId] {
  return [later, earlier]
}

describe('any history of decisions', () => {
  const day = fc.integer({ min: 1, max: 9 }).map((number) => `2026-01-0${number}T00:00:00.000Z`)
  const move = fc.record({
    type: fc.constantFrom('record', 'record', 'supersede', 'supersede', 'add', 'remove'),
    // The clock is set before each: it may go back.
    now: day,
    at: fc.option(day, { nil: undefined }),
    validFrom: fc.option(day, { nil: undefined }),
    one: fc.nat(20),
    other: fc.nat(20),
  })

  test('is told for any two times as a slow model tells it', async () => {
    const seen = { superseded: 0, refused: 0, removed: 0, differing: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(move, { minLength: 2, maxLength: 10 }),
        fc.array(fc.tuple(day, day), { minLength: 3, maxLength: 3 }),
        async (moves, times) => {
          const clock = new HandClock()
          const tracker = await openTracker({ path: ':memory:', namespace: NAMESPACE, now: clock.now })
          try {
            const model = new SlowHistory()
            const pick = (index: number) => model.items[index % model.items.length]!
            for (const { type, now, at, validFrom, one, other } of moves) {
              clock.time = Date.parse(now)
              const given = { ...WHY, ...(at && { at }), ...(validFrom && { validFrom }) }
              const since = validFrom ?? at ?? now
              if (type === 'record' || model.items.length === 0) {
                const { id } = await tracker.decisions.record(given)
                model.items.push({ id, validFrom: since, recordedAt: now })
              } else if (type === 'supersede') {
                const earlier = pick(one)
                const has = !model.list({}).includes(earlier.id)
                const superseding = tracker.decisions.supersede(earlier.id, given)
                if (has || since < earlier.validFrom) {
                  seen.refused++
                  expect(await refusal(superseding)).toBeInstanceOf(has ? AlreadySupersededError : InvalidInputError)
                  continue
                }
                const { id } = await superseding
                seen.superseded++
                model.items.push({ id, validFrom: since, recordedAt: now })
                model.changes.push({ later: id, earlier: earlier.id, holds: true, recordedAt: now })
              } else {
                // What is removed has mostly been there.
                const [later, earlier] =
                  type === 'remove' && model.changes.length > 0
                    ? ends(model.changes[one % model.changes.length]!)
                    : [pick(one).id, pick(other).id]
                const change = { later, earlier, holds: type === 'add', recordedAt: now }
                if (type === 'add') {
                  const { seq } = await tracker.log.head()
                  const error = await tracker.relations
                    .add(later, 'supersedes', earlier)
                    .catch((thrown: unknown) => thrown)
                  if (error instanceof Error) {
                    expect(['CYCLE_DETECTED', 'RELATION_DOMAIN']).toContain((error as { code?: string } & Error).code)
                  } else if ((await tracker.log.head()).seq > seq) model.changes.push(change)
                } else if (later !== earlier && (await tracker.relations.remove(later, 'supersedes', earlier))) {
                  seen.removed++
                  model.changes.push(change)
                }
              }
            }
            for (const [validAt, knownAt] of times) {
              for (const options of [
                {},
                { includeSuperseded: true },
                { validAt },
                { knownAt },
                { validAt, knownAt },
                { knownAt, includeSuperseded: true },
              ]) {
                const { items, total } = await tracker.decisions.list(options)
                const expected = model.list(options)
                expect(
                  items.map(({ id }) => id),
                  JSON.stringify(options),
                ).toEqual(expected)
                expect(total).toBe(expected.length)
                for (const { id, validTo, supersededBy } of items) {
                  const successor = model.successorOf(id, options.knownAt)
                  expect([supersededBy, validTo]).toEqual([successor?.id, successor?.validFrom])
                }
                if (expected.length !== model.list({}).length) seen.differing++
              }
            }
            await sound(tracker)
          } finally {
            await tracker.close()
          }
        },
      ),
      { numRuns: 120 },
    )
    expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(10)
  })
})

describe('knowledge', () => {
  test('gives what is attached to the task, to what it is part of, and to its namespace, nearest first', async () => {
    const tracker = await open()
    const root = await tracker.tasks.create({ title: 'root', namespace: 'other' })
    const middle = await tracker.tasks.create({ title: 'middle', parent: root.id })
    const leaf = await tracker.tasks.create({ title: 'leaf', parent: middle.id })
    const sibling = await tracker.tasks.create({ title: 'sibling', parent: middle.id })
    const record = async (title: string, place: { attachTo?: TaskId; namespace?: string }) =>
      tracker.decisions.record({ title, rationale: 'why', ...place })
    await record('of the namespace', {})
    await record('of the root', { attachTo: root.id })
    await record('of the leaf', { attachTo: leaf.id })
    await tracker.learnings.record({ title: 'learned on the leaf', rationale: 'why', attachTo: leaf.id })
    await record('of the middle', { attachTo: middle.id })
    await record('of the sibling', { attachTo: sibling.id })
    await record("of the root's namespace", { namespace: 'other' })
    const found = await tracker.knowledge(leaf.id)
    expect(found.map(({ item, from, distance }) => [item.title, from, distance])).toEqual([
      ['of the leaf', leaf.id, 0],
      ['learned on the leaf', leaf.id, 0],
      ['of the middle', middle.id, 1],
      ['of the root', root.id, 2],
      ['of the namespace', undefined, 3],
    ])
    expect(found[1]!.item).toEqual((await tracker.learnings.list()).items[0])
    expect((await tracker.knowledge(root.id)).map(({ item }) => item.title)).toEqual([
      'of the root',
      "of the root's namespace",
    ])
  })

  test('gives superseded ones only when asked, and follows a task that moves', async () => {
    const tracker = await open()
    const root = await tracker.tasks.create({ title: 'root' })
    const task = await tracker.tasks.create({ title: 'task' })
    const first = await tracker.decisions.record({ ...WHY, attachTo: root.id })
    const second = await tracker.decisions.supersede(first.id, { ...WHY, attachTo: task.id })
    const ids = async (options?: { includeSuperseded?: boolean }) =>
      (await tracker.knowledge(task.id, options)).map(({ item }) => item.id)
    expect(await ids()).toEqual([second.id])
    expect(await ids({ includeSuperseded: true })).toEqual([second.id])
    await tracker.tasks.update(task.id, { parent: root.id })
    expect(await ids()).toEqual([second.id])
    expect(await ids({ includeSuperseded: true })).toEqual([second.id, first.id])
    expect(await refusal(tracker.knowledge(first.id as string as TaskId))).toBeInstanceOf(NotFoundError)
    expect(await refusal(tracker.knowledge(task.id, { deep: true } as object))).toBeInstanceOf(InvalidInputError)
  })
})

describe('erasing', () => {
  test('takes what was said, and leaves when, by whom, of what and instead of what', async () => {
    const path = freshPath()
    const tracker = await open({ path, now: new Clock().now })
    const task = await tracker.tasks.create({ title: 'task' })
    const given = { title: 'zq-title', rationale: 'zq-why', alternatives: ['zq-other'], attachTo: task.id }
    const first = await tracker.decisions.record(given)
    const second = await tracker.decisions.supersede(first.id, {
      ...given,
      evidence: [{ kind: 'link', iri: 'urn:zq-iri' }],
    })
    for (const { seq, type } of (await tracker.log.events()).items) {
      if (type === 'decision.recorded' || type === 'evidence.added')
        await tracker.log.redact(seq, { reason: 'private' })
    }
    const gone = { title: '[redacted]', rationale: '[redacted]', alternatives: [] }
    expect(await tracker.decisions.get(second.id)).toEqual({ ...second, ...gone })
    expect((await tracker.decisions.list({ includeSuperseded: true })).items).toEqual([
      { ...first, ...gone, validTo: second.validFrom, supersededBy: second.id },
      { ...second, ...gone },
    ])
    expect(JSON.stringify([await tracker.log.events(), await tracker.context(task.id)])).not.toContain('zq-')
    await sound(tracker)
    await tracker.log.rebuild()
    expect(await tracker.decisions.get(second.id)).toEqual({ ...second, ...gone })
  })
})

test('what is not valid yet takes the place of nothing that holds', async () => {
  const tracker = await open()
  const task = await tracker.tasks.create({ title: 'Work' })
  const decision = await tracker.decisions.record({ title: 'Now', rationale: 'x', attachTo: task.id })
  await tracker.decisions.supersede(decision.id, { title: 'Later', rationale: 'x', validFrom: '2999-01-01T00:00:00Z' })
  await tracker.learnings.record({ title: 'Some day', rationale: 'x', validFrom: '2999-01-01T00:00:00Z' })
  const titles = async (options?: KnowledgeOptions) =>
    (await tracker.knowledge(task.id, options)).map(({ item }) => item.title)
  expect(await titles()).toEqual(['Now'])
  expect(await titles({ includeSuperseded: true })).toEqual(['Now', 'Later', 'Some day'])
  expect((await tracker.context(task.id)).knowledge.map(({ item }) => item.title)).toEqual(['Now'])
})

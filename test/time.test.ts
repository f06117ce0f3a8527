import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  InvalidInputError,
  type NotClaimableError,
  openTracker,
  type Task,
  type TaskId,
  type Tracker,
} from '../src/index.js'
import { all } from './support/answers.js'
import { compareReadiness } from './support/compare-readiness.js'
import { expectRefusal, refusal } from './support/refusals.js'
import { perform, type Step, TaskModel, timedSteps, timeOf, World, within } from './support/task-model.js'
import { NAMESPACE, open } from './support/trackers.js'

const titles = (tasks: readonly Task[]) => tasks.map(({ title }) => title)

/** A tracker, and the clock that it goes by, which stands still until it is moved. */
async function openWorld(): Promise<{ tracker: Tracker; world: World }> {
  const world = new World()
  return { tracker: await open({ now: world.now }), world }
}

async function isReady(tracker: Tracker, id: TaskId): Promise<boolean> {
  const { ready } = await tracker.tasks.explain(id)
  const listed = (await all((page) => tracker.tasks.ready(page))).some((task) => task.id === id)
  const blocked = (await all((page) => tracker.tasks.blocked(page))).some((task) => task.id === id)
  expect([listed, blocked], 'explain, ready and blocked agree').toEqual([ready, !ready])
  return ready
}

describe.each([
  ['notBefore', 'not_before', 'may not start before'],
  ['snoozedUntil', 'snoozed', 'is snoozed until'],
] as const)('%s', (field, kind, words) => {
  test('holds a task back until then, and no longer', async () => {
    const { tracker, world } = await openWorld()
    const task = await tracker.tasks.create({ title: 'task', [field]: timeOf(10) })
    expect(task[field]).toBe(timeOf(10))
    world.minutes = 9
    expect(await tracker.tasks.explain(task.id)).toEqual({
      ready: false,
      reasons: [{ kind, until: timeOf(10) }],
      sentence: `"task" is not ready: it ${words} ${timeOf(10)}.`,
    })
    expect(await isReady(tracker, task.id)).toBe(false)
    world.minutes = 10
    expect(await isReady(tracker, task.id)).toBe(true)
    expect((await tracker.tasks.get(task.id))[field], 'it stays what it was').toBe(timeOf(10))
  })

  test('holds back everything below the task, however deep, and also once the task is closed', async () => {
    const { tracker, world } = await openWorld()
    const top = await tracker.tasks.create({ title: 'top', [field]: timeOf(10) })
    const middle = await tracker.tasks.create({ title: 'middle', parent: top.id })
    const leaf = await tracker.tasks.create({ title: 'leaf', parent: middle.id })
    const { reasons, sentence } = await tracker.tasks.explain(leaf.id)
    expect(reasons).toEqual([{ kind, until: timeOf(10), via: top.id }])
    expect(sentence).toBe(`"leaf" is not ready: "top", which it is part of, ${words} ${timeOf(10)}.`)
    await tracker.tasks.close(top.id)
    expect(await isReady(tracker, leaf.id)).toBe(false)
    world.minutes = 10
    expect(await isReady(tracker, leaf.id)).toBe(true)
  })

  test('is changed and cleared by tasks.update, for what is below as well; what is so already writes nothing', async () => {
    const { tracker, world } = await openWorld()
    const top = await tracker.tasks.create({ title: 'top' })
    const leaf = await tracker.tasks.create({ title: 'leaf', parent: top.id })
    const { revision, ...later } = await tracker.tasks.update(top.id, { [field]: timeOf(20) })
    expect([revision, later[field]]).toEqual([2, timeOf(20)])
    expect(await isReady(tracker, leaf.id)).toBe(false)
    const head = await tracker.log.head()
    await tracker.tasks.update(top.id, { [field]: '2026-01-05T10:20:00+01:00' })
    expect(await tracker.log.head(), 'the same time, written otherwise').toEqual(head)
    await tracker.tasks.update(top.id, { [field]: timeOf(5) })
    world.minutes = 5
    expect(await isReady(tracker, leaf.id)).toBe(true)
    await tracker.tasks.update(top.id, { [field]: timeOf(30) })
    expect(await isReady(tracker, leaf.id)).toBe(false)
    expect(await tracker.tasks.update(top.id, { [field]: null })).not.toHaveProperty(field)
    expect(await tracker.tasks.get(top.id)).not.toHaveProperty(field)
    expect(await isReady(tracker, leaf.id)).toBe(true)
    const cleared = await tracker.log.head()
    await tracker.tasks.update(top.id, { [field]: null })
    expect(await tracker.log.head()).toEqual(cleared)
  })
})

describe('what is held back by time', () => {
  test('follows its task from parent to parent, however the tree is changed', async () => {
    const { tracker } = await openWorld()
    const free = await tracker.tasks.create({ title: 'free' })
    const late = await tracker.tasks.create({ title: 'late', notBefore: timeOf(10) })
    const later = await tracker.tasks.create({ title: 'later', snoozedUntil: timeOf(20) })
    const root = await tracker.tasks.create({ title: 'root', parent: free.id })
    const middle = await tracker.tasks.create({ title: 'middle', parent: root.id, notBefore: timeOf(15) })
    const leaf = await tracker.tasks.create({ title: 'leaf', parent: middle.id })
    const other = await tracker.tasks.create({ title: 'other', parent: root.id })
    const held = async (id: TaskId) => (await tracker.tasks.explain(id)).reasons.map(({ until }) => until)
    expect([await held(leaf.id), await held(other.id)]).toEqual([[timeOf(15)], []])
    await tracker.tasks.update(root.id, { parent: late.id })
    expect([await held(leaf.id), await held(other.id)]).toEqual([[timeOf(15), timeOf(10)], [timeOf(10)]])
    expect([await isReady(tracker, leaf.id), await isReady(tracker, other.id)]).toEqual([false, false])
    await tracker.tasks.update(root.id, { parent: later.id })
    expect([await held(leaf.id), await held(other.id)]).toEqual([[timeOf(15), timeOf(20)], [timeOf(20)]])
    await tracker.relations.remove(root.id, 'parent', later.id)
    expect(await isReady(tracker, other.id)).toBe(true)
    await tracker.tasks.update(middle.id, { notBefore: null })
    expect(await isReady(tracker, leaf.id)).toBe(true)
    await tracker.relations.add(root.id, 'parent', late.id)
    expect([await isReady(tracker, leaf.id), await isReady(tracker, other.id)]).toEqual([false, false])
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  })

  test('is not let go by a clock that jumps back and forth', async () => {
    const { tracker, world } = await openWorld()
    const task = await tracker.tasks.create({ title: 'task', notBefore: timeOf(10) })
    world.minutes = 10
    expect(await isReady(tracker, task.id)).toBe(true)
    world.minutes = 0
    expect(await isReady(tracker, task.id), 'what has been so stays so').toBe(true)
    const again = await open({ path: tracker.path, now: world.now })
    expect(await isReady(again, task.id), 'in every tracker of the process').toBe(true)
    const elsewhere = await open({ path: tracker.path, now: () => world.now() })
    expect(await isReady(elsewhere, task.id), 'another clock knows nothing of that').toBe(false)
  })

  test('is as it was after its texts are erased and the log is replayed', async () => {
    const { tracker } = await openWorld()
    const task = await tracker.tasks.create({ title: 'secret', notBefore: timeOf(10), dueAt: timeOf(20) })
    const child = await tracker.tasks.create({ title: 'child', parent: task.id })
    await tracker.tasks.update(task.id, { description: 'secret', snoozedUntil: timeOf(30) })
    for (const seq of [1, 2, 4]) await tracker.log.redact(seq, { reason: 'asked to' })
    await tracker.log.rebuild()
    const { title, notBefore, snoozedUntil, dueAt } = await tracker.tasks.get(task.id)
    expect([title, notBefore, snoozedUntil, dueAt]).toEqual(['[redacted]', timeOf(10), timeOf(30), timeOf(20)])
    expect((await tracker.tasks.explain(child.id)).reasons.map(({ until }) => until)).toEqual([timeOf(10), timeOf(30)])
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  })
})

describe('dueAt', () => {
  test('holds nothing back', async () => {
    const { tracker, world } = await openWorld()
    const task = await tracker.tasks.create({ title: 'task', dueAt: timeOf(10) })
    const child = await tracker.tasks.create({ title: 'child', parent: task.id })
    for (const minutes of [0, 10, 20]) {
      world.minutes = minutes
      expect(await isReady(tracker, child.id)).toBe(true)
    }
    expect((await tracker.tasks.explain(task.id)).reasons.map(({ kind }) => kind)).toEqual(['child'])
  })

  test('makes a task that is not closed overdue, from the moment after on, the longest overdue first', async () => {
    const { tracker, world } = await openWorld()
    const { tasks } = tracker
    const second = await tasks.create({ title: 'second', dueAt: timeOf(10), priority: 'critical' })
    await tasks.create({ title: 'first', dueAt: timeOf(5), type: 'bug' })
    await tasks.create({ title: 'third', dueAt: timeOf(10) })
    const done = await tasks.create({ title: 'done', dueAt: timeOf(1) })
    await tasks.create({ title: 'never due' })
    await tasks.close(done.id)
    const overdue = async () => titles((await tasks.overdue()).items)
    world.minutes = 10
    expect(await overdue()).toEqual(['first'])
    world.minutes = 11
    expect(await overdue()).toEqual(['first', 'second', 'third'])
    expect(titles(await all((page) => tasks.overdue(page), 1))).toEqual(['first', 'second', 'third'])
    expect(titles((await tasks.overdue({ type: 'bug' })).items)).toEqual(['first'])
    await tasks.hold(second.id, { reason: 'no money' })
    await tasks.reopen(done.id)
    expect(await overdue()).toEqual(['done', 'first', 'second', 'third'])
    await tasks.update(done.id, { dueAt: null })
    await tasks.update(second.id, { dueAt: timeOf(3) })
    expect(await overdue()).toEqual(['second', 'first', 'third'])
  })

  test('sorts: what is due first comes first, what is never due last, by priority and then by age', async () => {
    const { tracker, world } = await openWorld()
    const { tasks } = tracker
    const planned = [
      ['low, never due', 'low', undefined],
      ['due second', 'backlog', 10],
      ['due second, more urgent', 'high', 10],
      ['high, never due', 'high', undefined],
      ['high, never due, younger', 'high', undefined],
      ['due first', 'backlog', 5],
      ['due second, more urgent, younger', 'high', 10],
    ] as const
    const wanted = [
      'due first',
      'due second, more urgent',
      'due second, more urgent, younger',
      'due second',
      'high, never due',
      'high, never due, younger',
      'low, never due',
    ]
    for (const [title, priority, dueAt] of planned) {
      world.minutes++
      await tasks.create({ title, priority, ...(dueAt !== undefined && { dueAt: timeOf(dueAt) }) })
    }
    for (const limit of [1, 2, 3, 1_000]) {
      expect(titles(await all((page) => tasks.list({ sort: 'due', ...page }), limit))).toEqual(wanted)
      expect(titles(await all((page) => tasks.ready({ sort: 'due', ...page }), limit))).toEqual(wanted)
    }
    for (const { id } of await all((page) => tasks.list(page))) await tasks.hold(id, { reason: 'no money' })
    expect(titles(await all((page) => tasks.blocked({ sort: 'due', ...page }), 2))).toEqual(wanted)
    const { nextCursor } = await tasks.list({ sort: 'due', limit: 1 })
    const wrong = await refusal(tasks.list({ sort: 'priority', cursor: nextCursor! }))
    expect(wrong).toBeInstanceOf(InvalidInputError)
  })
})

describe('tasks.list', () => {
  test('comes in each order that it can be asked for', async () => {
    const { tracker, world } = await openWorld()
    for (const priority of ['low', 'critical', 'medium'] as const) {
      world.minutes++
      await tracker.tasks.create({ title: priority, priority })
    }
    const listed = async (sort?: 'priority' | 'oldest' | 'newest') =>
      titles(await all((page) => tracker.tasks.list({ ...(sort !== undefined && { sort }), ...page }), 1))
    expect(await listed()).toEqual(['low', 'critical', 'medium'])
    expect(await listed('oldest')).toEqual(['low', 'critical', 'medium'])
    expect(await listed('newest')).toEqual(['medium', 'critical', 'low'])
    expect(await listed('priority')).toEqual(['critical', 'medium', 'low'])
  })
})

test.each(['notBefore', 'snoozedUntil', 'dueAt'])('%s is a time with a zone, and no other text', async (field) => {
  const { tracker } = await openWorld()
  const task = await tracker.tasks.create({ title: 'task', [field]: '2026-01-05T10:10:00+01:00' })
  expect(task).toHaveProperty(field, timeOf(10))
  for (const wrong of ['tomorrow', '2026-01-05', '2026-02-30T00:00:00Z', 17, '']) {
    const error = await refusal<InvalidInputError>(tracker.tasks.create({ title: 'x', [field]: wrong } as never))
    expect(error.issues.map((issue) => issue.field)).toEqual([field])
    const changed = await refusal<InvalidInputError>(tracker.tasks.update(task.id, { [field]: wrong } as never))
    expect(changed.issues.map((issue) => issue.field)).toEqual([`changes.${field}`])
  }
  expect((await refusal(tracker.tasks.create({ title: 'x', [field]: null } as never))).code).toBe('INVALID_INPUT')
})

describe('a lease that has run out', () => {
  const minutes = (count: number) => ({ ttlMs: count * 60_000 })

  test('leaves a task that counts as open, for every query, before anybody has written that down', async () => {
    const { tracker, world } = await openWorld()
    const { id } = await tracker.tasks.create({ title: 'task' })
    const { activity, expiresAt } = await tracker.claims.claim(id, minutes(5))
    const agent = (await tracker.activities.get(activity)).agent
    world.minutes = 4
    const claimed = await tracker.tasks.explain(id)
    expect(claimed.reasons).toEqual([{ kind: 'claimed', agent, attempt: activity, until: expiresAt }])
    expect(claimed.sentence).toBe(`"task" is not ready: it is claimed by "provtrail" until ${timeOf(5)}.`)
    expect([(await tracker.tasks.ready()).total, (await tracker.tasks.blocked()).total]).toEqual([0, 0])
    world.minutes = 5
    expect(await isReady(tracker, id)).toBe(true)
    expect((await tracker.tasks.explain(id)).sentence).toBe('"task" is ready.')
    expect((await tracker.tasks.get(id)).status, 'as nobody has said otherwise').toBe('in_progress')
    await tracker.tasks.update(id, { notBefore: timeOf(9) })
    expect((await tracker.tasks.get(id)).status, 'which another field does not say').toBe('in_progress')
    expect(await isReady(tracker, id)).toBe(false)
    await tracker.tasks.update(id, { status: 'open' })
    expect((await tracker.runs.list({ task: id })).items).toMatchObject([{ endedBy: 'expired', durationMs: 300_000 }])
  })

  test('leaves what is held back blocked, for the reason that it is held back', async () => {
    const { tracker, world } = await openWorld()
    const { id } = await tracker.tasks.create({ title: 'task' })
    await tracker.claims.claim(id, minutes(5))
    const blocker = await tracker.tasks.create({ title: 'blocker' })
    await tracker.relations.add(id, 'blocked_by', blocker.id)
    expect((await tracker.tasks.explain(id)).reasons.map(({ kind }) => kind)).toEqual(['claimed', 'gate'])
    expect((await tracker.tasks.blocked()).total, 'somebody works on it').toBe(0)
    world.minutes = 5
    expect((await tracker.tasks.explain(id)).reasons.map(({ kind }) => kind)).toEqual(['gate'])
    expect(await isReady(tracker, id)).toBe(false)
  })

  const costs: [what: string, spend: (t: Tracker, token: string, world: World, id: TaskId) => Promise<unknown>][] = [
    ['failed', (t, token) => t.claims.complete(token, { outcome: 'failed', stopReason: 'timed_out' })],
    [
      'was rejected',
      async (t, token, _world, id) => {
        await t.claims.complete(token, { outcome: 'pending_review' })
        const reviewer = await t.agents.registerHuman({ name: 'Ben' })
        await t.as(reviewer.id).reviews.record(id, { verdict: 'reject' })
      },
    ],
    [
      'ran out, and was settled',
      async (t, _token, world, id) => {
        world.minutes += 5
        await t.claims.reset(id, { reason: 'nobody is there' })
      },
    ],
  ]

  test.each(costs)('spends the last attempt after one that %s; a released one does not', async (_what, spend) => {
    const { tracker, world } = await openWorld()
    const contract = { criteria: [], retry: { maxAttempts: 2 } }
    const { id } = await tracker.tasks.create({ title: 'task', contract })
    await tracker.claims.release((await tracker.claims.claim(id)).token)
    const first = await tracker.claims.claim(id, minutes(5))
    expect(
      (await tracker.tasks.explain(id)).reasons.map(({ kind }) => kind),
      'one more is left',
    ).toEqual(['claimed'])
    await spend(tracker, first.token, world, id)
    expect(await isReady(tracker, id)).toBe(true)
    await tracker.claims.claim(id, minutes(5))
    expect(
      (await tracker.tasks.explain(id)).reasons.map(({ kind }) => kind),
      'the last is at it',
    ).toEqual(['claimed'])
    world.minutes += 5
    expect(await tracker.tasks.explain(id)).toEqual({
      ready: false,
      reasons: [{ kind: 'exhausted' }],
      sentence: '"task" is not ready: no attempt remains of the 2 that its contract allows.',
    })
    expect(await isReady(tracker, id)).toBe(false)
    const refused = await refusal<NotClaimableError>(tracker.claims.claim(id))
    expect([refused.code, refused.reasons]).toEqual(['NOT_CLAIMABLE', [{ kind: 'exhausted' }]])
    await tracker.contracts.revise(id, { ...contract, retry: { maxAttempts: 3 } }, { reason: 'one more' })
    expect(await isReady(tracker, id)).toBe(true)
  })
})

/** Commands that random histories seldom come to, on the tasks that each of them begins with. */
const WHAT_IS_RARE: Step[] = [
  { verb: 'claim', task: 1, minutes: 20, isOther: true },
  { verb: 'close', task: 1, outcome: 'completed' },
  { verb: 'claim', task: 1, minutes: 20, isOther: false },
  { verb: 'release', task: 1 },
  { verb: 'claim', task: 4, minutes: 10, isOther: false },
  { verb: 'fail', task: 4 },
  { verb: 'fail', task: 4 },
  { verb: 'claim', task: 4, minutes: 10, isOther: false },
  { verb: 'wait', minutes: 15 },
  { verb: 'release', task: 4 },
  { verb: 'status', task: 4, status: 'open' },
  { verb: 'plan', task: 1, times: { notBefore: 60 } },
]

describe('any history, on a clock that moves', () => {
  test('leaves ready, explain, claims, blocked, overdue and due as a slow model has them', async () => {
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(fc.array(timedSteps, { minLength: 15, maxLength: 60, size: 'max' }), async (history) => {
        const world = new World()
        const tracker = await openTracker({
          path: ':memory:',
          namespace: NAMESPACE,
          now: world.now,
          maxClaims: 100,
          renewalGraceMs: 0,
        })
        try {
          world.other = (await tracker.agents.registerHuman({ name: 'Ada' })).id
          const model = new TaskModel()
          const ids: TaskId[] = []
          const births = Array.from({ length: 5 }, (_, index): Step => {
            const parent = index % 2 === 1 ? index - 1 : undefined
            const retry = index === 4 ? { maxAttempts: 2, wait: 0 } : undefined
            return { verb: 'create', priority: 'medium', parent, blockers: [], retry }
          })
          for (const [index, given] of [...births, ...history].entries()) {
            const step = within(given, Math.max(ids.length, 1))
            const expected = model.apply(step)
            const head = await tracker.log.head()
            const outcome = await perform(tracker, ids, step, world).then(
              async () => ((await tracker.log.head()).seq === head.seq ? 'nothing' : 'done'),
              (error: unknown) => {
                expectRefusal(error)
                return error.code
              },
            )
            expect(outcome, JSON.stringify(step)).toBe(expected)
            seen.add(`${step.verb} ${outcome}`)
            if (index % 4 === 0 || index === history.length + births.length - 1) {
              await compareReadiness(tracker, ids, model)
            }
          }
          for (const { type } of await all((page) => tracker.log.events(page))) seen.add(type)
          expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
        } finally {
          await tracker.close()
        }
      }),
      { numRuns: 60, examples: [[WHAT_IS_RARE]] },
    )
    const interesting = [
      'claim done',
      'claim NOT_CLAIMABLE',
      'claim.expired',
      'close TASK_CLAIMED',
      'fail CLAIM_LOST',
      'fail done',
      'plan done',
      'release CLAIM_EXPIRED',
      'release done',
    ]
    expect(interesting.filter((what) => !seen.has(what))).toEqual([])
  })
})

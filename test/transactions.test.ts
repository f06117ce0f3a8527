import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import {
  type Groups,
  type TaskId,
  TrackerClosedError,
  TrackerInTransactionError,
  TransactionClosedError,
  type TransactionTracker,
} from '../src/index.js'
import { answersOf } from './support/answers.js'
import { refusal } from './support/refusals.js'
import { dump, open } from './support/trackers.js'

const NOBODY = 'test--01890a5d-ac96-774b-bcce-b302099a8057' as TaskId

describe.each(['a file', ':memory:'])('a transaction on %s', (path) => {
  const begin = (options: Parameters<typeof open>[0] = {}) => open({ ...(path === ':memory:' && { path }), ...options })

  test('commits everything at once, under one number', async () => {
    const tracker = await begin()
    const { schema, login } = await tracker.transaction(async (t) => {
      const schema = await t.tasks.create({ title: 'User table' })
      const login = await t.tasks.create({ title: 'Login', blockedBy: [schema.id] })
      expect((await t.tasks.ready()).items, 'it sees its own writes').toEqual([schema])
      return { schema, login }
    })
    expect((await tracker.tasks.list()).items).toEqual([schema, login])
    const { items } = await tracker.log.events()
    expect(items.map(({ type }) => type)).toEqual(['agent.registered', 'task.created', 'task.created'])
    expect(new Set(items.map(({ transaction }) => transaction))).toEqual(new Set([items[0]!.id]))
    expect((await tracker.log.verify({ state: true })).ok).toBe(true)
  })

  test('leaves nothing behind when its callback fails, at once or later', async () => {
    const tracker = await begin()
    const { id } = await tracker.tasks.create({ title: 'before' })
    const answers = await answersOf(tracker)
    const failure = new Error('no')
    const failing: ((t: TransactionTracker) => Promise<unknown>)[] = [
      async (t) => {
        await t.tasks.create({ title: 'inside' })
        await t.tasks.close(id)
        await t.agents.registerHuman({ name: 'Ada' })
        throw failure
      },
      () => {
        throw failure
      },
      async () => {
        throw failure
      },
    ]
    for (const work of failing) {
      await expect(tracker.transaction(work)).rejects.toBe(failure)
      expect(await answersOf(tracker)).toEqual(answers)
    }
    const refused = tracker.transaction(async (t) => {
      await t.tasks.create({ title: 'inside' })
      await t.tasks.get(NOBODY)
    })
    expect((await refusal(refused)).code).toBe('NOT_FOUND')
    expect(await answersOf(tracker)).toEqual(answers)
    expect((await tracker.tasks.create({ title: 'after' })).title, 'the lock is free').toBe('after')
  })

  test('goes on after a refused command that is caught, and keeps the rest', async () => {
    const tracker = await begin()
    const kept = await tracker.transaction(async (t) => {
      const one = await t.tasks.create({ title: 'one' })
      const two = await t.tasks.create({ title: 'two', blockedBy: [one.id] })
      expect((await refusal(t.relations.add(one.id, 'blocked_by', two.id))).code).toBe('CYCLE_DETECTED')
      expect((await refusal(t.tasks.create({ title: '' }))).code).toBe('INVALID_INPUT')
      expect((await refusal(t.tasks.close(two.id, { expectedRevision: 9 }))).code).toBe('STALE_REVISION')
      expect((await refusal(t.as(NOBODY as never).tasks.close(two.id))).code).toBe('NOT_FOUND')
      return [one, await t.tasks.update(two.id, { notes: 'kept' })]
    })
    expect((await tracker.tasks.list()).items).toEqual(kept)
    expect((await tracker.log.verify({ state: true })).ok).toBe(true)
  })

  test('includes commands that were not waited for', async () => {
    const tracker = await begin()
    await tracker.transaction(async (t) => {
      for (let index = 0; index < 20; index++) void t.tasks.create({ title: `Task ${index}` })
    })
    const { items } = await tracker.tasks.list()
    expect(items.map(({ title }) => title)).toEqual(Array.from({ length: 20 }, (_, index) => `Task ${index}`))
  })

  test('takes nothing more once it has ended', async () => {
    const tracker = await begin()
    const kept: TransactionTracker[] = []
    await tracker.transaction(async (t) => {
      kept.push(t, t.as((await t.agents.registerHuman({ name: 'Ada' })).id))
    })
    await tracker
      .transaction(async (t) => {
        kept.push(t)
        throw new Error('undo')
      })
      .catch(() => undefined)
    const head = await tracker.log.head()
    for (const t of kept) {
      for (const use of [t.tasks.create({ title: 'late' }), t.tasks.list(), t.agents.list()]) {
        expect(await refusal(use)).toBeInstanceOf(TransactionClosedError)
      }
    }
    expect(await tracker.log.head()).toEqual(head)
  })

  test('is rolled back when its deadline passes, and refuses what its callback goes on to do', async () => {
    const tracker = await begin({ transactionTimeoutMs: 60 })
    await tracker.tasks.create({ title: 'before' })
    const answers = await answersOf(tracker)
    let late: unknown
    let goneOn: Promise<unknown> = Promise.resolve()
    const waiting = tracker.transaction(async (t) => {
      await t.tasks.create({ title: 'inside' })
      goneOn = wait(200).then(() => t.tasks.create({ title: 'late' }))
      late = await refusal(goneOn)
    })
    const other = tracker.tasks.create({ title: 'after' })
    const error = await refusal<TransactionClosedError>(waiting)
    expect(error).toBeInstanceOf(TransactionClosedError)
    expect(error.reason).toContain('60 ms')
    await other
    await goneOn.catch(() => undefined)
    await wait(0)
    expect(late).toBeInstanceOf(TransactionClosedError)
    expect((await tracker.tasks.list()).items.map(({ title }) => title)).toEqual(['before', 'after'])
    expect((await tracker.log.head()).seq).toBe((answers.head as { seq: number }).seq + 1)
    expect((await tracker.log.verify({ state: true })).ok).toBe(true)
  })

  test('is rolled back when its callback never ends, or keeps the event loop busy beyond the deadline', async () => {
    const tracker = await begin({ transactionTimeoutMs: 60 })
    const never = tracker.transaction(async (t) => {
      await t.tasks.create({ title: 'inside' })
      await new Promise(() => undefined)
    })
    expect(await refusal(never)).toBeInstanceOf(TransactionClosedError)
    const busy = tracker.transaction(async (t) => {
      await t.tasks.create({ title: 'inside' })
      const end = performance.now() + 120
      while (performance.now() < end);
    })
    expect(await refusal(busy)).toBeInstanceOf(TransactionClosedError)
    expect((await tracker.tasks.list()).total).toBe(0)
  })

  test('refuses the outer tracker, where it would wait for itself, and says what to do', async () => {
    const tracker = await begin({ transactionTimeoutMs: 2_000 })
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const { id } = await tracker.tasks.create({ title: 'task' })
    const activity = await tracker.activities.start()
    const uses: Record<string, () => Promise<unknown>> = {
      'tasks.create': () => tracker.tasks.create({ title: 'outside' }),
      'tasks.get': () => tracker.tasks.get(id),
      'relations.list': () => tracker.relations.list(id),
      'tasks.addLabel': () => tracker.within(activity.id).tasks.addLabel(id, 'a'),
      'agents.registerHuman': () => tracker.as(ada.id).agents.registerHuman({ name: 'Ben' }),
      'artifacts.add': () => tracker.artifacts.add({ iri: 'urn:a' }),
      'activities.start': () => tracker.activities.during({}, () => 5),
      'log.head': () => tracker.log.head(),
      'log.events': () => tracker.log.events(),
      'log.verify': () => tracker.log.verify(),
      'log.rebuild': () => tracker.log.rebuild(),
      'log.redact': () => tracker.log.redact(1, { reason: 'private' }),
      transaction: () => tracker.transaction(async () => 5),
      close: () => tracker.close(),
    }
    await tracker.transaction(async (t) => {
      await t.tasks.update(id, { notes: 'kept' })
      for (const [operation, use] of Object.entries(uses)) {
        const error = await refusal<TrackerInTransactionError>(use())
        expect(error, operation).toBeInstanceOf(TrackerInTransactionError)
        expect(error.operation).toBe(operation)
        expect(error.message).toContain('transaction(async (t) =>')
      }
    })
    expect((await tracker.tasks.get(id)).notes, 'what was refused does no harm').toBe('kept')
  })

  test('leaves other records and later calls alone', async () => {
    const tracker = await begin()
    const other = await begin()
    let later: Promise<unknown> = Promise.resolve()
    await tracker.transaction(async (t) => {
      await t.tasks.create({ title: 'here' })
      await other.tasks.create({ title: 'there' })
      await other.transaction(async (u) => {
        await t.tasks.create({ title: 'here too' })
        await u.tasks.create({ title: 'there too' })
      })
      later = wait(20).then(() => tracker.tasks.create({ title: 'later' }))
    })
    await later
    const titles = async ({ tasks }: typeof tracker) => (await tasks.list()).items.map(({ title }) => title)
    expect(await titles(tracker)).toEqual(['here', 'here too', 'later'])
    expect(await titles(other)).toEqual(['there', 'there too'])
  })

  test('acts as whoever it is told to, once and again', async () => {
    const tracker = await begin()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const { human, items } = await tracker.as(ada.id).transaction(async (t) => {
      const { id } = await t.tasks.create({ title: 'task' })
      const human = await t.as(ada.id).agents.registerHuman({ name: 'Ben' })
      const asBen = t.as(ada.id).as(human.id)
      await asBen.tasks.addLabel(id, 'a')
      await asBen.as(ada.id).tasks.addLabel(id, 'b')
      await t.tasks.addLabel(id, 'c')
      return { human, items: (await t.tasks.list()).items }
    })
    const { items: events } = await tracker.log.events({ subject: items[0]!.id })
    expect(events.map(({ actor }) => actor)).toEqual([ada.id, human.id, ada.id, ada.id])
  })

  test('acts within whatever activity it is told to, also one that it has begun itself', async () => {
    const tracker = await begin()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const outer = await tracker.activities.start()
    const { seq } = await tracker.log.head()
    const { own, during } = await tracker.within(outer.id).transaction(async (t) => {
      const own = await t.activities.start()
      await t.within(own.id).tasks.create({ title: 'one' })
      await t.within(own.id).as(ada.id).tasks.create({ title: 'two' })
      const during = await t.activities.during({}, async (activity, inner) => {
        const { id } = await inner.tasks.create({ title: 'three' })
        expect((await inner.tasks.get(id)).title, 'it is the same transaction').toBe('three')
        return activity
      })
      expect((await refusal(t.within(NOBODY as never).tasks.create({ title: 'x' }))).code).toBe('NOT_FOUND')
      await t.tasks.create({ title: 'four' })
      return { own, during }
    })
    const { items } = await tracker.log.events({ after: seq })
    expect(items.map(({ type, actor, activity }) => [type, actor === ada.id, activity])).toEqual([
      ['activity.started', false, outer.id],
      ['task.created', false, own.id],
      ['task.created', true, own.id],
      ['activity.started', false, outer.id],
      ['task.created', false, during.id],
      ['activity.ended', false, outer.id],
      ['task.created', false, outer.id],
    ])
    expect(new Set(items.map(({ transaction }) => transaction)).size).toBe(1)
    expect((await tracker.log.verify({ state: true })).ok).toBe(true)
  })

  test('takes what activities.during was doing with it when it fails', async () => {
    const tracker = await begin()
    const answers = await answersOf(tracker)
    const undo = new Error('undo')
    const kept: Groups[] = []
    const undone = tracker.transaction(async (t) => {
      await t.activities.during({}, async (_, inner) => {
        kept.push(inner)
        await inner.tasks.create({ title: 'inside' })
      })
      throw undo
    })
    await expect(undone).rejects.toBe(undo)
    expect(await answersOf(tracker)).toEqual(answers)
    expect(await refusal(kept[0]!.tasks.create({ title: 'late' }))).toBeInstanceOf(TransactionClosedError)
  })

  test('runs after what was asked for before it, and before what was asked for after', async () => {
    const tracker = await begin()
    const order: string[] = []
    const note = (name: string) => () => order.push(name)
    await Promise.all([
      tracker.tasks.create({ title: 'first' }).then(note('first')),
      tracker
        .transaction(async (t) => {
          await t.tasks.create({ title: 'second' })
          await wait(10)
        })
        .then(note('second')),
      tracker.tasks.create({ title: 'third' }).then(note('third')),
    ])
    expect(order).toEqual(['first', 'second', 'third'])
    expect((await tracker.tasks.list()).items.map(({ title }) => title)).toEqual(order)
  })

  test('that only reads, or does nothing, writes nothing', async () => {
    const tracker = await begin()
    expect(await tracker.transaction(async (t) => (await t.tasks.list()).total)).toBe(0)
    expect(await tracker.transaction(async () => 'nothing')).toBe('nothing')
    expect((await tracker.log.head()).seq).toBe(0)
  })

  test('needs a function, and an open tracker', async () => {
    const tracker = await begin()
    for (const work of [undefined, null, 5, 'work', {}]) {
      expect((await refusal(tracker.transaction(work as never))).code).toBe('INVALID_INPUT')
    }
    await tracker.close()
    expect(await refusal(tracker.transaction(async () => 5))).toBeInstanceOf(TrackerClosedError)
  })
})

test('nobody else sees what a transaction has not committed', async () => {
  const tracker = await open()
  const reader = await open({ path: tracker.path, readOnly: true })
  const before = dump(tracker.path)
  await tracker.transaction(async (t) => {
    await t.tasks.create({ title: 'inside' })
    expect(dump(tracker.path)).toEqual(before)
  })
  expect((await reader.tasks.list()).total).toBe(1)
})

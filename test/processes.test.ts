import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTracker, StorageError, type TaskId, type Tracker } from '../src/index.js'
import { bytesOf, temporaryFolder } from './support-store/folder.js'
import { raw } from './support-store/raw.js'
import { Worker } from './support-store/worker.js'

const OPENERS = 30

describe('many processes on one file', () => {
  let workers: Worker[] = []

  beforeAll(async () => {
    workers = await Worker.startMany(OPENERS)
  })
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop()))
  })

  /** The first so many workers, with the file open. */
  async function openIn(count: number, path: string): Promise<Worker[]> {
    const some = workers.slice(0, count)
    await Promise.all(some.map((worker) => worker.call('open', { path, durability: 'normal' })))
    return some
  }

  async function closeIn(some: readonly Worker[]): Promise<void> {
    await Promise.all(some.map((worker) => worker.call('close')))
  }

  test(`${OPENERS} that open a new file at once find the same one`, async () => {
    const path = join(temporaryFolder(), 'new', 'folder', 'work.db')
    const namespaces = await Promise.all(workers.map((worker) => worker.call('open', { path })))
    expect(new Set(namespaces).size).toBe(1)
    await Promise.all(workers.map((worker, n) => worker.call('create', [`${n}`])))
    await using tracker = await openTracker({ path })
    const { items } = await tracker.tasks.list({ limit: 1_000 })
    expect(items.map((task) => Number(task.title)).sort((a, b) => a - b)).toEqual(workers.map((_, n) => n))
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: OPENERS + 1 })
    await closeIn(workers)
    await tracker.close()
    expect(readdirSync(dirname(path))).toEqual(['work.db'])
  })

  test('that open, write and close a file again and again are never told that it is damaged', async () => {
    const path = join(temporaryFolder(), 'work.db')
    const some = workers.slice(0, 8)
    const rounds = 6
    await Promise.all(
      some.map(async (worker, n) => {
        for (let round = 0; round < rounds; round++) {
          await worker.call('open', { path, durability: 'normal' })
          await worker.call('create', [`${n}.${round}`])
          await worker.call('close')
        }
      }),
    )
    await using tracker = await openTracker({ path })
    expect((await tracker.tasks.list()).total).toBe(8 * rounds)
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: 8 * rounds + 1 })
  })

  test.each([2, 5, 8])(
    '%i that write at once lose nothing, and none of them is told that the file is busy',
    async (count) => {
      const path = join(temporaryFolder(), 'work.db')
      const some = await openIn(count, path)
      const titles = (n: number) => Array.from({ length: 60 }, (_, round) => `${n}.${round}`)
      const ids = await Promise.all(
        some.map(async (worker, n) => [
          ...(await worker.call('create', titles(n).slice(0, 30))),
          ...(await worker.call('createOneByOne', titles(n).slice(30))),
        ]),
      )
      await using tracker = await openTracker({ path })
      const { items, total } = await tracker.tasks.list({ limit: 1_000 })
      expect(total).toBe(60 * count)
      expect(items.map((task) => task.title).sort()).toEqual(some.flatMap((_, n) => titles(n)).sort())
      expect(new Set(items.map((task) => task.id))).toEqual(new Set(ids.flat()))
      expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: 60 * count + 1 })
      await closeIn(some)
    },
  )

  test('count together: no update is lost', async () => {
    const path = join(temporaryFolder(), 'work.db')
    await using tracker = await openTracker({ path })
    const counter = await tracker.tasks.create({ title: 'counter', notes: '0' })
    const some = await openIn(6, path)
    const late = await Promise.all(some.map((worker) => worker.call('increment', counter.id, 25)))
    const { notes, revision } = await tracker.tasks.get(counter.id)
    expect(notes).toBe('150')
    expect(revision).toBe(151)
    // Otherwise they were not at it at the same time, and nothing was proved.
    expect(late.reduce((sum, times) => sum + times)).toBeGreaterThan(0)
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
    await closeIn(some)
  })

  test('20 that register the same person at once, to be reused, get one agent', async () => {
    const path = join(temporaryFolder(), 'work.db')
    const some = await openIn(20, path)
    for (const name of ['Ada', 'Grace', 'Edsger']) {
      const ids = await Promise.all(some.map((worker) => worker.call('registerHuman', name)))
      expect(new Set(ids).size).toBe(1)
    }
    await using tracker = await openTracker({ path })
    expect((await tracker.agents.list({ kind: 'human' })).total).toBe(3)
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: 4 })
    await closeIn(some)
  })

  test('that add A→B and B→A at the same moment: exactly one wins, the other is told of the cycle', async () => {
    const path = join(temporaryFolder(), 'work.db')
    await using tracker = await openTracker({ path, durability: 'normal' })
    const rounds = 60
    const pairs: [TaskId, TaskId][] = []
    for (let round = 0; round < rounds; round++) {
      const [a, b] = await Promise.all(['a', 'b'].map((title) => tracker.tasks.create({ title })))
      pairs.push([a!.id, b!.id])
    }
    const [one, two] = (await openIn(2, path)) as [Worker, Worker]
    const forth: boolean[] = []
    const back: boolean[] = []
    for (const [round, [a, b]] of pairs.entries()) {
      const ask = [() => one.call('block', [[a, b]]), () => two.call('block', [[b, a]])] as const
      // Each is asked first in every other round, so that neither wins them all for being asked first.
      const [first, second] = round % 2 === 0 ? [0, 1] : ([1, 0] as const)
      const answers = await Promise.all([ask[first]!(), ask[second]!()])
      forth.push(answers[first]![0]!)
      back.push(answers[second]![0]!)
    }
    expect(forth.map((added, round) => Number(added) + Number(back[round]))).toEqual(Array(rounds).fill(1))
    // Both win some of them, or they were not at it at the same time.
    expect(forth).toContain(true)
    expect(back).toContain(true)
    for (const [round, [a, b]] of pairs.entries()) {
      const { items } = await tracker.relations.list(a, { kind: 'blocked_by' })
      expect(items.map(({ source, target }) => [source, target])).toEqual([forth[round] ? [a, b] : [b, a]])
    }
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
    await closeIn([one, two])
  })

  test('read only what was committed, and each query sees one moment', async () => {
    const path = join(temporaryFolder(), 'work.db')
    await using tracker = await openTracker({ path })
    const [from, to] = await Promise.all([
      tracker.tasks.create({ title: 'from', notes: '100' }),
      tracker.tasks.create({ title: 'to', notes: '0' }),
    ])
    const some = await openIn(2, path)
    const sums = new Set<number>()
    const revisions = new Set<number>()
    let moving = true
    const watching = (async () => {
      while (moving) {
        const { items, total } = await tracker.tasks.list()
        expect(total).toBe(items.length)
        sums.add(items.reduce((sum, task) => sum + Number(task.notes), 0))
        revisions.add(items[0]!.revision)
        const events = await tracker.log.events({ limit: 1_000 })
        expect(events.total).toBe(events.items.length)
        expect(events.total % 2).toBe(1)
      }
    })()
    await Promise.all(some.map((worker) => worker.call('transfer', from.id, to.id, 40)))
    moving = false
    await watching
    expect([...sums]).toEqual([100])
    expect(revisions.size).toBeGreaterThan(3)
    expect((await tracker.tasks.get(to.id)).notes).toBe('80')
    await closeIn(some)
  })

  test('wait while another one holds a transaction, and go on with what they read', async () => {
    const path = join(temporaryFolder(), 'work.db')
    await using tracker = await openTracker({ path })
    await tracker.tasks.create({ title: 'before' })
    const [worker] = (await openIn(1, path)) as [Worker]
    let creating: Promise<unknown> | undefined
    await tracker.transaction(async (t) => {
      await t.tasks.create({ title: 'inside' })
      creating = worker.call('create', ['waiting'])
      expect(await worker.call('titles')).toEqual(['before'])
      expect((await t.tasks.list()).total).toBe(2)
    })
    await creating
    expect(await worker.call('titles')).toEqual(['before', 'inside', 'waiting'])
    await closeIn([worker])
  })
})

describe('many commands at once', () => {
  /** Makes the file fail in a way that no rule of the library foresees, for tasks of one title. */
  function breakFor(path: string, title: string): void {
    raw(path, (db) =>
      db.exec(`CREATE TRIGGER saboteur AFTER INSERT ON tasks WHEN NEW.title = '${title}'
        BEGIN SELECT RAISE(ABORT, 'sabotage'); END`),
    )
  }

  async function titlesOf(tracker: Tracker): Promise<string[]> {
    return (await tracker.tasks.list({ limit: 1_000 })).items.map((task) => task.title)
  }

  test('1,000 of them share commits: what is refused rejects, the rest is there, in the order of the calls', async () => {
    const path = join(temporaryFolder(), 'work.db')
    await using tracker = await openTracker({ path })
    const first = await tracker.tasks.create({ title: 'first' })
    const isRefused = (n: number) => n % 37 === 5
    const outcomes = await Promise.allSettled(
      Array.from({ length: 1_000 }, (_, n) =>
        isRefused(n)
          ? n % 2
            ? tracker.tasks.create({ id: first.id, title: `${n}` })
            : tracker.tasks.update(first.id, { notes: 'late' }, { expectedRevision: 7 })
          : tracker.tasks.create({ title: `${n}` }),
      ),
    )
    for (const [n, outcome] of outcomes.entries()) {
      expect(outcome.status).toBe(isRefused(n) ? 'rejected' : 'fulfilled')
      if (outcome.status === 'rejected') {
        expect(outcome.reason).toMatchObject({ code: n % 2 ? 'ALREADY_EXISTS' : 'STALE_REVISION' })
      }
    }
    const expected = outcomes.flatMap((outcome, n) => (outcome.status === 'fulfilled' ? [`${n}`] : []))
    const written: string[] = []
    let after = 2
    for (;;) {
      const { items } = await tracker.log.events({ after, limit: 1_000 })
      if (items.length === 0) break
      for (const event of items) written.push(event.data!.title as string)
      after = items.at(-1)!.seq
    }
    expect(written).toEqual(expected)
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: expected.length + 2 })
    const { items } = await tracker.log.events({ limit: 1_000 })
    // Commands share a commit, not a transaction: only what a command registers on its way belongs to it.
    expect(new Set(items.map((event) => event.transaction)).size).toBe(items.length - 1)
  })

  test('an unexpected failure leaves the others committed, and no id is drawn twice', async () => {
    const path = join(temporaryFolder(), 'work.db')
    let drawn = 0
    const handedOut: string[] = []
    const newUuid = () => {
      const uuid = `00000000-0000-7000-8000-${String(++drawn).padStart(12, '0')}`
      handedOut.push(uuid)
      return uuid
    }
    let ticks = Date.parse('2026-01-05T09:00:00.000Z')
    let salts = 0
    await using tracker = await openTracker({
      path,
      newUuid,
      now: () => ticks++,
      newSalt: () => String(++salts).padStart(32, '0'),
    })
    await tracker.tasks.create({ title: 'first' })
    breakFor(path, 'broken')
    const before = { drawn, ticks, salts }
    const titles = Array.from({ length: 60 }, (_, n) => (n % 20 === 13 ? 'broken' : `${n}`))
    const outcomes = await Promise.allSettled(titles.map((title) => tracker.tasks.create({ title })))
    for (const [n, outcome] of outcomes.entries()) {
      expect(outcome.status).toBe(titles[n] === 'broken' ? 'rejected' : 'fulfilled')
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(StorageError)
    }
    expect(await titlesOf(tracker)).toEqual(['first', ...titles.filter((title) => title !== 'broken')])
    // A task and an event each: 2 ids, 1 salt, 1 look at the clock, however often a command was run.
    expect(drawn - before.drawn).toBe(120)
    expect(salts - before.salts).toBe(60)
    expect(ticks - before.ticks).toBe(60)
    const { items } = await tracker.log.events({ limit: 1_000 })
    const used = [...items.map((event) => event.id), ...items.map((event) => event.subject.slice(-36))]
    expect(new Set(used).size).toBe(used.length)
    expect(used.filter((uuid) => !handedOut.includes(uuid))).toEqual([items[0]!.subject.slice(-36)])
    expect(await tracker.log.verify()).toEqual({ ok: true, checked: items.length })
    raw(path, (db) => db.exec('DROP TRIGGER saboteur'))
    await tracker.tasks.create({ title: 'last' })
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  })

  test('a failure in a transaction undoes all of it, and what waited goes on', async () => {
    const path = join(temporaryFolder(), 'work.db')
    await using tracker = await openTracker({ path })
    await tracker.tasks.create({ title: 'first' })
    breakFor(path, 'broken')
    const transaction = tracker.transaction(async (t) => {
      await t.tasks.create({ title: 'second' })
      // Even where the callback goes on: half of the command's writes may be there.
      await t.tasks.create({ title: 'broken' }).catch(() => undefined)
      await t.tasks.create({ title: 'third' }).catch(() => undefined)
    })
    const waiting = tracker.tasks.create({ title: 'waiting' })
    await expect(transaction).rejects.toBeInstanceOf(StorageError)
    await waiting
    expect(await titlesOf(tracker)).toEqual(['first', 'waiting'])
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: 3 })
  })

  test('a refusal in a transaction may be caught, and the rest is committed', async () => {
    const path = join(temporaryFolder(), 'work.db')
    await using tracker = await openTracker({ path })
    const first = await tracker.tasks.create({ title: 'first' })
    await tracker.transaction(async (t) => {
      await t.tasks.create({ title: 'second' })
      await expect(t.tasks.create({ id: first.id, title: 'again' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
      await t.tasks.create({ title: 'third' })
    })
    expect(await titlesOf(tracker)).toEqual(['first', 'second', 'third'])
    const { items } = await tracker.log.events()
    expect(new Set(items.slice(2).map((event) => event.transaction))).toEqual(new Set([items[2]!.id]))
  })

  test('commands, transactions and queries that are mixed keep the order of the calls', async () => {
    const path = join(temporaryFolder(), 'work.db')
    await using tracker = await openTracker({ path })
    const calls: Promise<unknown>[] = []
    const expected: string[] = []
    for (let n = 0; n < 40; n++) {
      if (n % 10 === 4) {
        calls.push(
          tracker.transaction(async (t) => {
            await t.tasks.create({ title: `${n}a` })
            await t.tasks.create({ title: `${n}b` })
          }),
        )
        expected.push(`${n}a`, `${n}b`)
      } else if (n % 10 === 7) {
        calls.push(expect(tracker.transaction(async () => Promise.reject(new Error('no')))).rejects.toThrow('no'))
      } else {
        calls.push(tracker.tasks.create({ title: `${n}` }))
        expected.push(`${n}`)
      }
      calls.push(tracker.tasks.list())
    }
    await Promise.all(calls)
    const { items } = await tracker.log.events({ type: 'task.created', limit: 1_000 })
    expect(items.map((event) => event.data!.title)).toEqual(expected)
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  })

  test('a lock that another program holds is waited for, while timers go on', async () => {
    const path = join(temporaryFolder(), 'work.db')
    await using tracker = await openTracker({ path })
    await tracker.tasks.create({ title: 'first' })
    const other = new Database(path)
    other.exec('BEGIN IMMEDIATE')
    let created = false
    const creating = tracker.tasks.create({ title: 'second' }).then(() => {
      created = true
    })
    for (let turns = 0; turns < 20; turns++) await setTimeout(1)
    expect(created).toBe(false)
    expect(await titlesOf(tracker)).toEqual(['first'])
    other.exec('ROLLBACK')
    other.close()
    await creating
    expect(await titlesOf(tracker)).toEqual(['first', 'second'])
  })
})

test('the write-ahead log of a file that is in use does not hold what is not acknowledged', async () => {
  const path = join(temporaryFolder(), 'work.db')
  await using tracker = await openTracker({ path })
  await tracker.tasks.create({ title: 'first' })
  await expect(
    tracker.transaction(async (t) => {
      await t.tasks.create({ title: 'second' })
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect(existsSync(`${path}-wal`)).toBe(true)
  await tracker.close()
  expect(bytesOf(path).includes('second')).toBe(false)
})

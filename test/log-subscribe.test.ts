import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { InvalidInputError, type LogEvent, openTracker, TrackerClosedError } from '../src/index.js'
import { all } from './support/answers.js'
import { freshPath, open } from './support/trackers.js'
import { LogProcess } from './support-store/log-process.js'
import { tamper } from './support-store/raw.js'
import { refusalOf } from './support-store/refusal.js'

/** The numbers from one to another. */
function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

/** The next so many events. */
async function take(events: AsyncIterator<LogEvent>, count: number): Promise<LogEvent[]> {
  const taken: LogEvent[] = []
  while (taken.length < count) {
    const { done, value } = await events.next()
    if (done === true) throw new Error(`it ended after ${taken.length} events`)
    taken.push(value)
  }
  return taken
}

const DONE = { done: true, value: undefined }

describe.each([
  ['a file', () => freshPath()],
  ['memory', () => ':memory:'],
])('a subscription in %s', (_name, pathOf) => {
  test('gives the events that there are, and then each as soon as it is committed', async () => {
    const tracker = await open({ path: pathOf() })
    for (let n = 0; n < 120; n++) await tracker.tasks.create({ title: `${n}` })
    const events = tracker.log.subscribe()
    const seen = await take(events, 121)
    expect(seen).toEqual(await all((page) => tracker.log.events(page)))
    for (let round = 0; round < 5; round++) {
      const next = events.next()
      await setTimeout(5)
      const task = await tracker.tasks.create({ title: `late ${round}` })
      expect((await next).value).toMatchObject({ seq: 122 + round, type: 'task.created', subject: task.id })
    }
    await events.return!()
  })

  test('goes on after the event that it is told, and gives nothing that was rolled back', async () => {
    const tracker = await open({ path: pathOf() })
    await tracker.tasks.create({ title: 'one' })
    const { seq: after } = await tracker.log.head()
    const events = tracker.log.subscribe({ after })
    const next = take(events, 3)
    const undone = tracker.transaction(async (t) => {
      await t.tasks.create({ title: 'undone' })
      throw new Error('undo')
    })
    await expect(undone).rejects.toThrow('undo')
    await tracker.transaction(async (t) => {
      await t.tasks.create({ title: 'two' })
      await setTimeout(30)
      await t.tasks.create({ title: 'three' })
    })
    await tracker.tasks.create({ title: 'four' })
    expect((await next).map(({ seq, data }) => [seq, data!.title])).toEqual([
      [3, 'two'],
      [4, 'three'],
      [5, 'four'],
    ])
    const beyond = tracker.log.subscribe({ after: 6 })
    const later = beyond.next()
    await tracker.tasks.create({ title: 'five' })
    await tracker.tasks.create({ title: 'six' })
    expect((await later).value).toMatchObject({ seq: 7 })
    await beyond.return!()
    await events.return!()
  })

  test('answers calls that are made at once in their order, and several subscribers alike', async () => {
    const tracker = await open({ path: pathOf() })
    const subscriptions = [tracker.log.subscribe(), tracker.log.subscribe(), tracker.log.subscribe({ after: 1 })]
    const calls = subscriptions.map((events) => Promise.all([events.next(), events.next(), events.next()]))
    for (let n = 0; n < 4; n++) await tracker.tasks.create({ title: `${n}` })
    const seen = (await Promise.all(calls)).map((results) => results.map(({ value }) => value!.seq))
    expect(seen).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [2, 3, 4],
    ])
    for (const events of subscriptions) await events.return!()
  })

  test('ends when its signal is aborted, when it is returned from, and when the tracker is closed', async () => {
    const tracker = await open({ path: pathOf() })
    await tracker.tasks.create({ title: 'one' })
    const controller = new AbortController()
    const aborted = tracker.log.subscribe({ after: 2, signal: controller.signal })
    const returned = tracker.log.subscribe({ after: 2 })
    const closed = tracker.log.subscribe({ after: 2 })
    const buffered = tracker.log.subscribe()
    expect((await buffered.next()).value).toMatchObject({ seq: 1 })
    const waiting = [aborted, returned, closed].map((events) => events.next())
    // Until they have read what there is, and wait for more.
    await setTimeout(50)
    controller.abort()
    expect(await waiting[0]).toEqual(DONE)
    expect(await returned.return!()).toEqual(DONE)
    expect(await waiting[1]).toEqual(DONE)
    await tracker.close()
    expect(await waiting[2]).toEqual(DONE)
    for (const events of [aborted, returned, closed, buffered]) expect(await events.next()).toEqual(DONE)
    const late = tracker.log.subscribe({ signal: AbortSignal.abort() })
    expect(await late.next()).toEqual(DONE)
    expect(await refusalOf(tracker.log.subscribe().next())).toBeInstanceOf(TrackerClosedError)
  })

  test('ends a loop at `break`, at the signal, and at the end of the tracker', async () => {
    const tracker = await open({ path: pathOf() })
    for (let n = 0; n < 3; n++) await tracker.tasks.create({ title: `${n}` })
    const seen: number[] = []
    for await (const { seq } of tracker.log.subscribe()) {
      seen.push(seq)
      if (seq === 2) break
    }
    const controller = new AbortController()
    for await (const { seq } of tracker.log.subscribe({ after: 2, signal: controller.signal })) {
      seen.push(seq)
      if (seq === 4) controller.abort()
    }
    for await (const { seq } of tracker.log.subscribe({ after: 3 })) {
      seen.push(seq)
      void tracker.close()
    }
    expect(seen).toEqual([1, 2, 3, 4, 4])
  })

  test.each([{ after: -1 }, { after: 1.5 }, { after: '1' }, { signal: {} }, { limit: 5 }, 'after'])(
    'refuses %o at once',
    async (options) => {
      const tracker = await open({ path: pathOf() })
      expect(() => tracker.log.subscribe(options as never)).toThrow(InvalidInputError)
    },
  )
})

test('a subscription says where an event cannot be read, and is over then', async () => {
  const path = freshPath()
  const tracker = await open({ path })
  await tracker.tasks.create({ title: 'one' })
  const events = tracker.log.subscribe({ after: 1 })
  tamper(path, (db) => db.exec("UPDATE events SET data = 'no JSON' WHERE seq = 2"))
  expect(await refusalOf(events.next())).toMatchObject({ code: 'UNREADABLE_EVENT', seq: 2 })
  expect(await events.next()).toEqual(DONE)
})

describe('a subscription among processes', () => {
  test('sees what others commit, none twice and none left out, however often it begins anew', async () => {
    const path = freshPath()
    await using tracker = await openTracker({ path, durability: 'normal' })
    const writers = await Promise.all(numbers(1, 2).map(() => LogProcess.start('flood', path, 1_000)))
    const own = tracker.log.subscribe()
    const seenHere = take(own, 2_001)
    let killed = 0
    /** One that is killed again and again, and goes on after the last event that it is known to have dealt with. */
    const restarted = (async () => {
      const seen: number[] = []
      while (seen.length < 2_001) {
        const after = seen.at(-1) ?? 0
        const reader = await LogProcess.start('subscribe', path, after, 2_001 - after)
        reader.go()
        const goal = Math.min(2_001 - seen.length, 500)
        while (reader.lines().length < goal) await setTimeout(2)
        const last = goal < 500
        seen.push(...(last ? await reader.ended() : await reader.kill()).map(Number))
        if (!last) killed++
      }
      return seen
    })()
    for (const writer of writers) writer.go()
    await Promise.all(writers.map((writer) => writer.ended()))
    expect((await seenHere).map(({ seq }) => seq)).toEqual(numbers(1, 2_001))
    expect(await restarted).toEqual(numbers(1, 2_001))
    expect(killed).toBeGreaterThan(1)
    await own.return!()
  })

  test('keeps a process alive while it waits, and not when nobody asks any more', async () => {
    const path = freshPath()
    await using tracker = await openTracker({ path })
    const [waiting, abandoned] = [
      await LogProcess.start('subscribe', path, 0, 2),
      await LogProcess.start('abandon', path),
    ]
    waiting.go()
    abandoned.go()
    await setTimeout(300)
    await tracker.tasks.create({ title: 'one' })
    expect(await waiting.ended()).toEqual(['1', '2'])
    expect(await abandoned.ended()).toEqual(['1'])
  })
})

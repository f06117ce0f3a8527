import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidInputError, openTracker, type Relation, type Task } from '../src/index.js'
import { all } from './support/answers.js'
import { histories } from './support/histories.js'
import { exported } from './support/log-text.js'
import { play } from './support/play.js'
import { Clock, freshPath, inMemory, NAMESPACE, open } from './support/trackers.js'
import { fillRecord, RICH_OPTIONS, steadyClock } from './support-store/rich-record.js'

/** How many tasks there are before others write. */
const FIRST = 1_100

describe('a snapshot', () => {
  test('says what the queries say, and what is ready in the order of tasks.ready', async () => {
    await fc.assert(
      fc.asyncProperty(histories, (history) =>
        inMemory(async (tracker) => {
          const nodes = await play(tracker, history)
          const { state, ready, seq, digest } = await tracker.log.snapshot()
          expect(seq).toBe((await tracker.log.head()).seq)
          expect(digest).toMatch(/^[0-9a-f]{64}$/)
          const byId = (items: readonly { id: string }[]) =>
            [...items].sort((one, other) => (one.id < other.id ? -1 : 1))
          const tasks = await all((page) => tracker.tasks.list(page))
          expect(byId(state.tasks)).toEqual(byId(tasks))
          expect(state.agents).toEqual(await all((page) => tracker.agents.list(page)))
          expect(byId(state.activities)).toEqual(byId(await all((page) => tracker.activities.list(page))))
          expect(byId(state.artifacts)).toEqual(byId(await all((page) => tracker.artifacts.list(page))))
          const comments = (await Promise.all(tasks.map(({ id }) => tracker.tasks.comments(id)))).flat()
          expect(byId(state.comments)).toEqual(byId(comments))
          const relations: Relation[] = []
          for (const id of nodes.all.filter((id, index, ids) => ids.indexOf(id) === index)) {
            relations.push(...(await all((page) => tracker.relations.list(id, { direction: 'out', ...page }))))
          }
          const texts = (some: readonly Relation[]) => some.map((relation) => JSON.stringify(relation)).sort()
          const ofNodes = state.relations.filter(({ source }) => nodes.all.includes(source))
          expect(texts(ofNodes)).toEqual(texts(relations))
          expect(ready).toEqual((await all((page) => tracker.tasks.ready(page))).map(({ id }) => id))
        }),
      ),
      { numRuns: 15 },
    )
  })

  test('holds what came of coordination too, as the lists of each kind have it', async () => {
    const tracker = await open({ ...RICH_OPTIONS, now: steadyClock() })
    await fillRecord(tracker)
    const { state } = await tracker.log.snapshot()
    for (const [part, items] of Object.entries(state)) expect(items.length, part).toBeGreaterThan(0)
    expect(state.runs).toEqual(await all((page) => tracker.runs.list(page)))
    expect(new Set(state.knowledge.map(({ kind }) => kind))).toEqual(new Set(['decision', 'learning']))
    // Superseded ones too, which a list leaves out unless it is asked for another time.
    for (const item of state.knowledge) {
      const { decisions, learnings } = tracker
      expect(item.kind === 'decision' ? await decisions.get(item.id) : await learnings.get(item.id)).toEqual(item)
    }
    const contracts = await Promise.all(state.tasks.map(({ id }) => tracker.contracts.list(id)))
    expect(state.contracts).toEqual(contracts.flat())
  })

  test('has the digest of its state: another one as soon as that differs, the same where it comes about again', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'one' })
    const digest = async (options = {}) => (await tracker.log.snapshot(options)).digest
    const first = await digest()
    expect(await digest()).toBe(first)
    await tracker.tasks.addComment(task.id, { body: 'a note' })
    const second = await digest()
    expect(second).not.toBe(first)
    const other = await tracker.tasks.create({ title: 'two' })
    const third = await digest()
    await tracker.relations.add(other.id, 'related', task.id)
    expect(new Set([first, second, third, await digest()]).size).toBe(4)
    await tracker.relations.remove(other.id, 'related', task.id)
    expect(await digest()).toBe(third)
    await tracker.log.rebuild()
    expect(await digest()).toBe(third)
    expect(await digest({ namespace: NAMESPACE })).not.toBe(third)
    await using replica = await openTracker({ path: ':memory:', namespace: NAMESPACE })
    await replica.log.importEvents([await exported(tracker)])
    const [ours, theirs] = [await tracker.log.snapshot(), await replica.log.snapshot()]
    expect({ ...theirs, capturedAt: '' }).toEqual({ ...ours, capturedAt: '' })
    expect(theirs.capturedAt > ours.capturedAt).toBe(true)
  })

  test('of a namespace holds its nodes, and the relations that begin or end there', async () => {
    const tracker = await open()
    const here = await tracker.tasks.create({ title: 'here' })
    const there = await tracker.tasks.create({ title: 'there', namespace: 'elsewhere', blockedBy: [here.id] })
    const more = await tracker.tasks.create({ title: 'more', namespace: 'elsewhere' })
    const whole = await tracker.log.snapshot()
    const { state, ready } = await tracker.log.snapshot({ namespace: 'elsewhere' })
    expect(state.tasks).toEqual([there, more])
    expect(state.agents).toEqual([])
    const blocked = (relations: readonly Relation[]) => relations.filter(({ kind }) => kind === 'blocked_by')
    expect(blocked(state.relations)).toMatchObject([{ source: there.id, target: here.id }])
    expect(ready).toEqual([more.id])
    expect(whole.state.tasks).toHaveLength(3)
    const { state: home } = await tracker.log.snapshot({ namespace: NAMESPACE })
    expect(home.tasks).toEqual([await tracker.tasks.get(here.id)])
    // The agent that acts is of this namespace.
    expect(home.relations).toHaveLength(4)
    expect((await tracker.log.snapshot({ namespace: 'nowhere' })).state.tasks).toEqual([])
    for (const options of [{ namespace: 'a b' }, { namespace: '' }, { since: 1 }, 'elsewhere']) {
      await expect(tracker.log.snapshot(options as never)).rejects.toThrow(InvalidInputError)
    }
  })

  test('is of one moment, while others write', async () => {
    const path = freshPath()
    await using tracker = await openTracker({ path, namespace: NAMESPACE, durability: 'normal', now: new Clock().now })
    await Promise.all(Array.from({ length: FIRST }, (_, n) => tracker.tasks.create({ title: `${n}` })))
    let done = false
    const writing = (async () => {
      for (let n = 0; n < 150; n++) {
        await tracker.transaction(async (t) => {
          const one = await t.tasks.create({ title: `one of ${n}` })
          await t.tasks.create({ title: `two of ${n}`, blockedBy: [one.id] })
        })
      }
      done = true
    })()
    const seen = new Set<number>()
    while (!done) {
      const { state, ready, seq } = await tracker.log.snapshot()
      seen.add(seq)
      // Registering the agent is one event, and each task another one.
      expect(state.tasks).toHaveLength(seq - 1)
      const pairs = (state.tasks.length - FIRST) / 2
      expect(state.relations.filter(({ kind }) => kind === 'blocked_by')).toHaveLength(pairs)
      expect(ready).toHaveLength(FIRST + pairs)
      expect(new Set(state.tasks.map(({ id }: Task) => id)).size).toBe(state.tasks.length)
    }
    await writing
    // Otherwise nothing was written meanwhile, and nothing was proved.
    expect([...seen].filter((seq) => seq > FIRST + 1 && seq < FIRST + 301)).not.toEqual([])
  })
})

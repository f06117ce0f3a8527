import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Gate, Outcome, Reason, Status, Task, TaskId, Tracker } from '../src/index.js'
import { all } from './support/answers.js'
import { compareReadiness } from './support/compare-readiness.js'
import { expectRefusal } from './support/refusals.js'
import { perform, type Step, steps, TaskModel, within } from './support/task-model.js'
import { inMemory, open } from './support/trackers.js'

const titles = (tasks: readonly Task[]) => tasks.map(({ title }) => title)

async function isReady(tracker: Tracker, id: TaskId): Promise<boolean> {
  const { ready } = await tracker.tasks.explain(id)
  const listed = (await all((page) => tracker.tasks.ready(page))).some((task) => task.id === id)
  expect(listed, 'explain and ready agree').toBe(ready)
  return ready
}

describe('a gate', () => {
  const outcomes: (Outcome | undefined)[] = ['completed', 'failed', 'cancelled', undefined]
  const satisfied: Record<Gate, (Outcome | undefined)[]> = {
    closed: ['completed', 'failed', 'cancelled'],
    completed: ['completed'],
    failed: ['failed'],
  }
  const cases = (Object.keys(satisfied) as Gate[]).flatMap((gate) => outcomes.map((outcome) => ({ gate, outcome })))

  test.each(cases)('$gate of a blocker that ended as $outcome', async ({ gate, outcome }) => {
    await inMemory(async (tracker) => {
      const blocker = await tracker.tasks.create({ title: 'blocker' })
      const task = await tracker.tasks.create({ title: 'task', blockedBy: [{ task: blocker.id, gate }] })
      if (outcome !== undefined) await tracker.tasks.close(blocker.id, { outcome })
      const expected = satisfied[gate].includes(outcome)
      expect(await isReady(tracker, task.id)).toBe(expected)
      const { reasons } = await tracker.tasks.explain(task.id)
      const impossible = outcome === undefined ? {} : { impossible: true as const }
      expect(reasons).toEqual(expected ? [] : [{ kind: 'gate', task: blocker.id, gate, ...impossible }])
      if (outcome !== undefined) await tracker.tasks.reopen(blocker.id)
      expect(await isReady(tracker, task.id), 'reopening the blocker shuts the gate again').toBe(false)
    })
  })

  test('is closed unless told, wherever the blocker is named', async () => {
    const tracker = await open()
    const blocker = await tracker.tasks.create({ title: 'blocker' })
    const born = await tracker.tasks.create({ title: 'born blocked', blockedBy: [blocker.id] })
    const later = await tracker.tasks.create({ title: 'blocked later' })
    const added = await tracker.relations.add(later.id, 'blocked_by', blocker.id)
    expect(added.gate).toBe('closed')
    const { items } = await tracker.relations.list(born.id, { kind: 'blocked_by' })
    expect(items.map(({ gate }) => gate)).toEqual(['closed'])
  })
})

describe('a task is held back', () => {
  test('by a gate of an ancestor, also of one that is closed', async () => {
    const tracker = await open()
    const blocker = await tracker.tasks.create({ title: 'blocker' })
    const top = await tracker.tasks.create({ title: 'top', blockedBy: [blocker.id] })
    const middle = await tracker.tasks.create({ title: 'middle', parent: top.id })
    const leaf = await tracker.tasks.create({ title: 'leaf', parent: middle.id })
    const reason: Reason = { kind: 'inherited_gate', task: blocker.id, via: top.id, gate: 'closed' }
    expect((await tracker.tasks.explain(leaf.id)).reasons).toEqual([reason])
    await tracker.tasks.close(top.id)
    await tracker.tasks.close(middle.id)
    expect((await tracker.tasks.explain(leaf.id)).reasons).toEqual([reason])
    expect(await isReady(tracker, leaf.id)).toBe(false)
    await tracker.tasks.close(blocker.id)
    expect(await isReady(tracker, leaf.id)).toBe(true)
  })

  test('by a hold of an ancestor, until that is taken off it or the ancestor is closed', async () => {
    const tracker = await open()
    const top = await tracker.tasks.create({ title: 'top' })
    const middle = await tracker.tasks.create({ title: 'middle', parent: top.id })
    const leaf = await tracker.tasks.create({ title: 'leaf', parent: middle.id })
    await tracker.tasks.hold(top.id, { reason: 'no money' })
    expect((await tracker.tasks.explain(leaf.id)).reasons).toEqual([{ kind: 'inherited_hold', via: top.id }])
    await tracker.tasks.unhold(top.id)
    expect(await isReady(tracker, leaf.id)).toBe(true)
    await tracker.tasks.hold(top.id, { reason: 'no money' })
    await tracker.tasks.close(top.id)
    expect(await isReady(tracker, leaf.id)).toBe(true)
  })

  test('by each ancestor on its own: what one lets go, another may still hold', async () => {
    const tracker = await open()
    const blocker = await tracker.tasks.create({ title: 'blocker' })
    const other = await tracker.tasks.create({ title: 'other blocker' })
    const top = await tracker.tasks.create({ title: 'top', blockedBy: [blocker.id] })
    const held = await tracker.tasks.create({ title: 'held', parent: top.id })
    const blocked = await tracker.tasks.create({ title: 'blocked', parent: held.id, blockedBy: [other.id] })
    const leaf = await tracker.tasks.create({ title: 'leaf', parent: blocked.id })
    await tracker.tasks.hold(held.id, { reason: 'no money' })
    const holding = async () => (await tracker.tasks.explain(leaf.id)).reasons.map(({ via }) => via)
    expect(await holding()).toEqual([blocked.id, held.id, top.id])
    await tracker.tasks.close(blocker.id)
    expect([await holding(), await isReady(tracker, leaf.id)]).toEqual([[blocked.id, held.id], false])
    await tracker.tasks.unhold(held.id)
    expect([await holding(), await isReady(tracker, leaf.id)]).toEqual([[blocked.id], false])
    await tracker.tasks.reopen(blocker.id)
    await tracker.tasks.close(other.id)
    expect([await holding(), await isReady(tracker, leaf.id)]).toEqual([[top.id], false])
    await tracker.tasks.hold(held.id, { reason: 'no money' })
    await tracker.tasks.close(blocker.id)
    expect([await holding(), await isReady(tracker, leaf.id)]).toEqual([[held.id], false])
    await tracker.tasks.update(blocked.id, { parent: null })
    expect([await holding(), await isReady(tracker, leaf.id)]).toEqual([[], true])
  })

  test('by being superseded, and by being a duplicate', async () => {
    const tracker = await open()
    const [old, fresh, copy] = [
      await tracker.tasks.create({ title: 'old' }),
      await tracker.tasks.create({ title: 'fresh' }),
      await tracker.tasks.create({ title: 'copy' }),
    ]
    await tracker.relations.add(fresh.id, 'supersedes', old.id)
    await tracker.relations.add(copy.id, 'duplicate_of', fresh.id)
    expect((await tracker.tasks.explain(old.id)).reasons).toEqual([{ kind: 'superseded', task: fresh.id }])
    expect((await tracker.tasks.explain(copy.id)).reasons).toEqual([{ kind: 'duplicate', task: fresh.id }])
    expect(titles((await tracker.tasks.ready()).items)).toEqual(['fresh'])
    expect(titles((await tracker.tasks.blocked()).items)).toEqual(['old', 'copy'])
    await tracker.relations.remove(fresh.id, 'supersedes', old.id)
    await tracker.relations.remove(copy.id, 'duplicate_of', fresh.id)
    expect(titles((await tracker.tasks.ready()).items)).toEqual(['old', 'fresh', 'copy'])
  })

  test('by its children: an epic without any is offered, one with some when they are closed', async () => {
    const tracker = await open()
    const epic = await tracker.tasks.create({ title: 'epic', type: 'epic' })
    expect(await isReady(tracker, epic.id)).toBe(true)
    const child = await tracker.tasks.create({ title: 'child', parent: epic.id })
    expect((await tracker.tasks.explain(epic.id)).reasons).toEqual([{ kind: 'child', task: child.id }])
    await tracker.tasks.close(child.id, { outcome: 'cancelled' })
    expect(await isReady(tracker, epic.id)).toBe(true)
    await tracker.tasks.reopen(child.id)
    expect(await isReady(tracker, epic.id)).toBe(false)
    await tracker.tasks.update(child.id, { parent: null })
    expect(await isReady(tracker, epic.id)).toBe(true)
  })

  test.each<[Status, boolean, Reason[]]>([
    ['open', true, []],
    ['in_progress', false, [{ kind: 'status' }]],
    ['in_review', false, [{ kind: 'status' }]],
    ['blocked', false, [{ kind: 'hold' }]],
    ['closed', false, [{ kind: 'status' }]],
  ])('by its own status, %s', async (status, ready, reasons) => {
    await inMemory(async (tracker) => {
      const { id } = await tracker.tasks.create({ title: 'task' })
      if (status === 'in_progress' || status === 'in_review') await tracker.tasks.update(id, { status })
      if (status === 'blocked') await tracker.tasks.hold(id, { reason: 'not now' })
      if (status === 'closed') await tracker.tasks.close(id)
      expect(await isReady(tracker, id)).toBe(ready)
      expect((await tracker.tasks.explain(id)).reasons).toEqual(reasons)
      const isBlocked = (await tracker.tasks.blocked()).total === 1
      expect(isBlocked).toBe(status === 'blocked')
    })
  })
})

describe('tasks.ready', () => {
  test('sorts by priority and then age, by age, or by youth', async () => {
    const tracker = await open()
    await tracker.tasks.create({ title: 'first, low', priority: 'low' })
    await tracker.tasks.create({ title: 'second, high', priority: 'high' })
    await tracker.tasks.create({ title: 'third, high', priority: 'high' })
    await tracker.tasks.create({ title: 'last, entered late', priority: 'low', at: '2020-01-01T00:00:00Z' })
    const sorted = async (sort?: 'priority' | 'oldest' | 'newest') =>
      titles((await tracker.tasks.ready(sort && { sort })).items)
    const byPriority = ['second, high', 'third, high', 'last, entered late', 'first, low']
    expect(await sorted()).toEqual(byPriority)
    expect(await sorted('priority')).toEqual(byPriority)
    const byAge = ['last, entered late', 'first, low', 'second, high', 'third, high']
    expect(await sorted('oldest')).toEqual(byAge)
    expect(await sorted('newest')).toEqual(byAge.toReversed())
  })

  test('decides between tasks of one moment by the log', async () => {
    const tracker = await open({ now: () => 0 })
    for (const title of ['a', 'b', 'c']) await tracker.tasks.create({ title })
    expect(titles((await tracker.tasks.ready()).items)).toEqual(['a', 'b', 'c'])
    expect(titles((await tracker.tasks.ready({ sort: 'oldest' })).items)).toEqual(['a', 'b', 'c'])
    expect(titles((await tracker.tasks.ready({ sort: 'newest' })).items)).toEqual(['c', 'b', 'a'])
  })

  test('adds what is in progress and not held back, where asked to', async () => {
    const tracker = await open()
    const blocker = await tracker.tasks.create({ title: 'blocker' })
    const running = await tracker.tasks.create({ title: 'running' })
    const early = await tracker.tasks.create({ title: 'begun too early', blockedBy: [blocker.id] })
    for (const { id } of [running, early]) await tracker.tasks.update(id, { status: 'in_progress' })
    expect(titles((await tracker.tasks.ready()).items)).toEqual(['blocker'])
    const { items, total } = await tracker.tasks.ready({ includeInProgress: true })
    expect([titles(items), total]).toEqual([['blocker', 'running'], 2])
    const filtered = await tracker.tasks.ready({ includeInProgress: true, status: 'in_progress' })
    expect(titles(filtered.items)).toEqual(['running'])
  })
})

describe('tasks.explain', () => {
  test('says everything in one sentence that names the tasks', async () => {
    const tracker = await open()
    const schema = await tracker.tasks.create({ title: 'User table' })
    const design = await tracker.tasks.create({ title: 'Design' })
    await tracker.tasks.close(design.id, { outcome: 'failed' })
    const epic = await tracker.tasks.create({ title: 'Accounts', blockedBy: [{ task: design.id, gate: 'completed' }] })
    const login = await tracker.tasks.create({ title: 'Login', parent: epic.id, blockedBy: [schema.id] })
    await tracker.tasks.hold(login.id, { reason: 'not now' })
    const { ready, reasons, sentence } = await tracker.tasks.explain(login.id)
    expect(ready).toBe(false)
    expect(reasons).toEqual([
      { kind: 'hold' },
      { kind: 'gate', task: schema.id, gate: 'closed' },
      { kind: 'inherited_gate', task: design.id, via: epic.id, gate: 'completed', impossible: true },
    ])
    for (const name of ['Login', 'User table', 'Accounts', 'Design', 'hold', 'failed']) expect(sentence).toContain(name)
    expect(sentence).not.toContain('\n')
    expect((await tracker.tasks.explain(schema.id)).sentence).toBe('"User table" is ready.')
  })
})

test('what is ready, blocked and explained is what a plain model says, after every step of any history', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { minLength: 10, maxLength: 45, size: 'max' }),
      fc.boolean(),
      (history, isNested) =>
        inMemory(async (tracker) => {
          const model = new TaskModel()
          const ids: TaskId[] = []
          // One that waits for the first, and each that follows part of the one before; or each on its own.
          const births = Array.from({ length: 5 }, (_, index): Step => {
            const parent = isNested && index > 1 ? index - 1 : undefined
            const blockers = isNested && index === 1 ? [{ task: 0, gate: 'closed' as const }] : []
            return { verb: 'create', priority: 'medium', parent, blockers }
          })
          for (const [index, given] of [...births, ...history].entries()) {
            const step = within(given, Math.max(ids.length, 1))
            const expected = model.apply(step)
            const head = await tracker.log.head()
            const outcome = await perform(tracker, ids, step).then(
              async () => ((await tracker.log.head()).seq === head.seq ? 'nothing' : 'done'),
              (error: unknown) => {
                expectRefusal(error)
                return error.code
              },
            )
            expect(outcome, JSON.stringify(step)).toBe(expected)
            if (index % 3 === 0 || index === history.length + births.length - 1)
              await compareReadiness(tracker, ids, model)
          }
          expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
        }),
    ),
    { numRuns: 50 },
  )
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AgentId, type Claimed, openTracker, type TaskId, type Tracker } from '../src/index.js'
import { all } from './support/answers.js'
import { temporaryFolder } from './support-store/folder.js'
import { Worker } from './support-store/worker.js'
import type { Claiming } from './workers/tracker-worker.js'

const PROCESSES = 8
const TASKS = 2_000

describe('many processes that claim', () => {
  let workers: Worker[] = []

  beforeAll(async () => {
    workers = await Worker.startMany(PROCESSES)
  })
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop()))
  })

  test(`${PROCESSES} of them, two for one agent, claim each of ${TASKS} tasks exactly once, and lose none`, async () => {
    const path = join(temporaryFolder(), 'work.db')
    await using tracker = await openTracker({ path, durability: 'normal' })
    const ids = new Set<TaskId>()
    const creating = Array.from({ length: TASKS }, (_, n) => tracker.tasks.create({ title: `${n}` }))
    for (const { id } of await Promise.all(creating)) ids.add(id)
    // The first two work for the same agent.
    const names = workers.map((_, n) => `Agent ${Math.max(n, 1)}`)
    const agents: AgentId[] = []
    for (const name of names) agents.push((await tracker.agents.registerHuman({ name, reuse: true })).id)
    expect(new Set(agents).size).toBe(PROCESSES - 1)
    await Promise.all(
      workers.map((worker, n) =>
        worker.call('open', { path, durability: 'normal', actor: agents[n]!, maxClaims: n < 2 ? 2 : 1 }),
      ),
    )
    const done = await Promise.all(workers.map((worker, n) => worker.call('work', `by process ${n}`)))
    expect(done.flat()).toHaveLength(TASKS)
    expect(new Set(done.flat())).toEqual(ids)
    for (const [n, some] of done.entries()) expect(some.length, `process ${n}`).toBeGreaterThan(0)
    expect((await tracker.tasks.list({ status: 'closed', limit: 1 })).total).toBe(TASKS)
    expect((await tracker.claims.list()).total).toBe(0)
    const runs = await all((page) => tracker.runs.list(page))
    expect(runs).toHaveLength(TASKS)
    expect(
      runs.filter(({ attempt, endedBy, outcome }) => attempt !== 1 || endedBy !== 'completed' || outcome !== 'done'),
    ).toEqual([])
    const taskByProcess = done.map((some) => new Set(some))
    expect(runs.filter(({ task, summary }) => !taskByProcess[Number(summary!.at(-1))]!.has(task))).toEqual([])
    await expectBounded(tracker, agents)
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
    await Promise.all(workers.map((worker) => worker.call('close')))
  })

  /** At no event had an agent more claims than it may have, and the one with two processes did have two. */
  async function expectBounded(tracker: Tracker, agents: readonly AgentId[]): Promise<void> {
    const live = new Map<AgentId, number>()
    const most = new Map<AgentId, number>()
    const types = ['claim.acquired', 'claim.completed'] as const
    for (const { type, actor } of await all((page) => tracker.log.events({ type: [...types], ...page }))) {
      const now = (live.get(actor) ?? 0) + (type === 'claim.acquired' ? 1 : -1)
      live.set(actor, now)
      most.set(actor, Math.max(most.get(actor) ?? 0, now))
    }
    expect([...most].sort()).toEqual([...new Set(agents)].map((agent) => [agent, agent === agents[0] ? 2 : 1]).sort())
  }

  test('two of them close the two blockers of a task at the same moment: it becomes ready, and one of them is told', async () => {
    const path = join(temporaryFolder(), 'work.db')
    await using tracker = await openTracker({ path, durability: 'normal', maxClaims: 1_000 })
    const rounds = 60
    const [one, two] = workers as [Worker, Worker]
    await Promise.all([one, two].map((worker) => worker.call('open', { path, durability: 'normal' })))
    let told = 0
    const firsts: number[] = []
    for (let round = 0; round < rounds; round++) {
      const blockers = await Promise.all(['a', 'b'].map((title) => tracker.tasks.create({ title })))
      const blockedBy = blockers.map(({ id }) => id)
      const epic = await tracker.tasks.create({ title: 'epic', blockedBy })
      const { id } = await tracker.tasks.create({ title: 'dependent', parent: epic.id })
      expect((await tracker.tasks.explain(id)).reasons).toHaveLength(2)
      const byClaim = round % 2 === 0
      const finish = await Promise.all(
        blockedBy.map(async (blocker) => {
          if (!byClaim) return async (worker: Worker) => worker.call('closeTask', blocker)
          const { token } = await tracker.claims.claim(blocker)
          return async (worker: Worker) => worker.call('complete', token)
        }),
      )
      // Each is asked first in every other round, so that neither is always the first.
      const [first, second] = round % 4 < 2 ? [one, two] : [two, one]
      const { seq } = await tracker.log.head()
      const answers = await Promise.all([finish[0]!(first), finish[1]!(second)])
      expect(await tracker.tasks.explain(id)).toMatchObject({ ready: true, reasons: [] })
      expect((await tracker.tasks.ready({ parent: epic.id })).items.map((task) => task.id)).toEqual([id])
      if (byClaim) {
        expect(answers.map((answer) => answer?.freed.length).sort()).toEqual([0, 1])
        expect(answers.flatMap((answer) => answer!.freed)).toEqual([id])
        told++
      }
      const { items } = await tracker.log.events({ after: seq, type: ['claim.completed', 'task.closed'] })
      expect(items).toHaveLength(2)
      firsts.push(blockedBy.indexOf(items[0]!.subject as TaskId))
      await tracker.claims.complete((await tracker.claims.claim(id)).token, { outcome: 'done' })
    }
    expect(told).toBe(rounds / 2)
    // Both orders came up, or they were not at it at the same time.
    expect(new Set(firsts)).toEqual(new Set([0, 1]))
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
    await Promise.all([one, two].map((worker) => worker.call('close')))
  })
})

describe('a process that is killed between commit and answer', () => {
  /** What the command is about: a task that Ada has claimed, one in review, one that is open. */
  interface Scene {
    readonly given: Claimed
    readonly reviewed: TaskId
    readonly ready: TaskId
  }
  const commands: [Claiming, args: (scene: Scene) => unknown[], others: (scene: Scene) => unknown[]][] = [
    ['next', () => [60_000], () => [60_001]],
    ['claim', ({ ready }) => [ready], ({ reviewed }) => [reviewed]],
    ['renew', ({ given }) => [given.token, 5_000], ({ given }) => [given.token, 6_000]],
    ['release', ({ given }) => [given.token, 'x'], ({ given }) => [given.token, 'y']],
    ['complete', ({ given }) => [given.token, 'x'], ({ given }) => [given.token, 'y']],
    ['reset', ({ given }) => [given.task.id, 'x'], ({ given }) => [given.task.id, 'y']],
    ['review', ({ reviewed }) => [reviewed, 'x'], ({ reviewed }) => [reviewed, 'y']],
  ]

  test.each(commands)('claims.%s, repeated with its key: one effect, the same result', async (name, args, others) => {
    const folder = temporaryFolder()
    const path = join(folder, 'work.db')
    await using tracker = await openTracker({ path, maxClaims: 10 })
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const ben = await tracker.agents.registerHuman({ name: 'Ben' })
    const adas = tracker.as(ada.id)
    const [one, two, three] = await Promise.all(
      ['a', 'b', 'c'].map((title) =>
        tracker.tasks.create({ title, contract: { criteria: [], completionPolicy: 'review' } }),
      ),
    )
    const given = await adas.claims.claim(one!.id)
    const handedIn = await adas.claims.claim(two!.id)
    await adas.claims.complete(handedIn.token, { outcome: 'done' })
    const scene: Scene = { given, reviewed: two!.id, ready: three!.id }
    const actor = name === 'review' || name === 'reset' ? ben.id : ada.id
    const before = (await tracker.log.head()).seq
    const [victim, heir] = (await Worker.startMany(2)) as [Worker, Worker]
    await victim.call('open', { path, actor, maxClaims: 10 })
    const answer = join(folder, 'answer.json')
    await expect(victim.call('commandAndDie', name, args(scene), 'once', answer)).rejects.toThrow('the worker is gone')
    const { seq } = await tracker.log.head()
    expect(seq).toBeGreaterThan(before)
    const unheard = JSON.parse(readFileSync(answer, 'utf8'))
    await heir.call('open', { path, actor, maxClaims: 10 })
    expect(await heir.call('command', name, args(scene), 'once')).toEqual(unheard)
    expect((await tracker.log.head()).seq).toBe(seq)
    await expect(heir.call('command', name, others(scene), 'once')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    })
    expect((await tracker.log.head()).seq).toBe(seq)
    if (name === 'next' || name === 'claim') {
      expect(unheard.task.id).toBe(scene.ready)
      // It is as good as if it had been heard of.
      await adas.claims.complete(unheard.token, { outcome: 'done' })
    }
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
    await heir.stop()
  })

  test('or at any other moment: the repeated call has one effect, and the token holds', async () => {
    const path = join(temporaryFolder(), 'work.db')
    await using tracker = await openTracker({ path, maxClaims: 1_000 })
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const rounds = 16
    for (let n = 0; n < rounds; n++) await tracker.tasks.create({ title: `${n}` })
    let committed = 0
    let lifeMs = 1
    let victims = await Worker.startMany(4)
    for (let round = 0; round < rounds; round++) {
      if (victims.length === 0) victims = await Worker.startMany(4)
      const victim = victims.pop()!
      await victim.call('open', { path, actor: ada.id, maxClaims: 1_000 })
      const key = `round ${round}`
      const answer = victim.call('command', 'next', [60_000], key).catch(() => undefined)
      await setTimeout(lifeMs)
      await victim.kill()
      await answer
      const { items } = await tracker.log.events({ type: 'claim.acquired', limit: 1_000 })
      const wasCommitted = items.some(({ idempotencyKey }) => idempotencyKey === key)
      // The next one is killed earlier or later: so it goes to and fro about the moment of the commit, however fast they are.
      lifeMs = wasCommitted ? lifeMs / 3 : 2 * lifeMs
      if (wasCommitted) committed++
      const again = (await tracker.as(ada.id).claims.next({ ttlMs: 60_000, idempotencyKey: key }))!
      expect((await tracker.runs.list({ limit: 1 })).total).toBe(round + 1)
      expect(await tracker.claims.renew(again.token)).toMatchObject({ task: again.task.id, attempt: 1 })
      if (wasCommitted) expect(items.at(-1)!.data).toMatchObject({ attempt: again.activity })
    }
    // Some were killed before their commit and some after it, or this proved nothing.
    expect(committed).toBeGreaterThan(0)
    expect(committed).toBeLessThan(rounds)
    await Promise.all(victims.map((victim) => victim.stop()))
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  })
})

import { describe, expect, test } from 'vitest'
import {
  type AgentId,
  type Claimed,
  ClaimLostError,
  type Contract,
  GATES,
  type Gate,
  NotClaimableError,
  StaleRevisionError,
  type TaskId,
  type Tracker,
} from '../src/index.js'
import { HandClock } from './support/hand-clock.js'
import { refusal } from './support/refusals.js'
import { freshPath, open } from './support/trackers.js'

const TTL = 60_000
const UNMET: Contract = { criteria: [{ id: 'green', text: 'The tests pass.', required: true }] }

describe('whose lease went to another', () => {
  /** Two processes on one file, by the agents named; the same name is the same agent. */
  async function processesOf(names: readonly [string, string]) {
    const clock = new HandClock()
    const path = freshPath()
    const trackers: Tracker[] = []
    for (const name of names) {
      const tracker = await open({ path, now: clock.now })
      const { id } = await tracker.agents.registerHuman({ name, reuse: true })
      trackers.push(tracker.as(id))
    }
    const [a, b] = trackers as [Tracker, Tracker]
    return { clock, a, b }
  }

  const takers: [string, (t: Tracker, token: string) => Promise<unknown>][] = [
    ['complete', (t, token) => t.claims.complete(token, { outcome: 'done' })],
    ['complete as failed', (t, token) => t.claims.complete(token, { outcome: 'failed', stopReason: 'timed_out' })],
    ['heartbeat', (t, token) => t.claims.heartbeat(token)],
    ['renew', (t, token) => t.claims.renew(token)],
    ['release', (t, token) => t.claims.release(token)],
  ]
  const pairs: [string, [string, string]][] = [
    ['another agent', ['Ada', 'Ben']],
    ['the same agent in another process', ['Ada', 'Ada']],
  ]
  const cases = pairs.flatMap(([who, names]) => takers.map(([what, take]) => [who, what, names, take] as const))

  test.each(cases)('%s: %s is told so, and the new holder is not disturbed', async (_, __, names, take) => {
    const { clock, a, b } = await processesOf(names)
    const { id } = await a.tasks.create({ title: 'Work' })
    const first = (await a.claims.next({ ttlMs: TTL }))!
    clock.move(TTL)
    const second = (await b.claims.next({ ttlMs: TTL }))!
    expect(second.task.id).toBe(id)
    const before = await b.log.head()
    const claim = (await b.claims.list()).items
    const error = await refusal<ClaimLostError>(take(a, first.token))
    expect(error).toBeInstanceOf(ClaimLostError)
    expect(error).toMatchObject({ task: id, attempt: first.activity, endedBy: 'expired', endedAt: first.expiresAt })
    // Also from the process that has the new one.
    expect(await refusal(take(b, first.token))).toBeInstanceOf(ClaimLostError)
    expect(await b.log.head()).toEqual(before)
    expect((await b.claims.list()).items).toEqual(claim)
    expect(await b.tasks.get(id)).toEqual(second.task)
    clock.move(TTL / 2 + 1)
    await b.claims.heartbeat(second.token)
    expect((await b.claims.complete(second.token, { outcome: 'done' })).task.outcome).toBe('completed')
    expect((await a.runs.list()).items.map(({ endedBy }) => endedBy)).toEqual(['expired', 'completed'])
    expect(await a.log.verify({ state: true })).toMatchObject({ ok: true })
  })

  test('after the new holder has finished, it is still the first claim that is over', async () => {
    const { clock, a, b } = await processesOf(['Ada', 'Ada'])
    await a.tasks.create({ title: 'Work' })
    const first = (await a.claims.next({ ttlMs: TTL }))!
    clock.move(TTL)
    const second = (await b.claims.next({ ttlMs: TTL }))!
    await b.claims.complete(second.token, { outcome: 'done' })
    expect(await refusal(a.claims.complete(first.token, { outcome: 'done' }))).toMatchObject({
      attempt: first.activity,
      endedBy: 'expired',
    })
  })
})

describe('dependents with each kind of gate', () => {
  interface Scene {
    readonly clock: HandClock
    readonly tracker: Tracker
    readonly blocker: TaskId
    readonly dependents: Readonly<Record<Gate, TaskId>>
    readonly reviewer: AgentId
  }

  async function sceneOf(contract?: Contract): Promise<Scene> {
    const clock = new HandClock()
    const tracker = await open({ now: clock.now, maxClaims: 100 })
    const reviewer = await tracker.agents.registerHuman({ name: 'Rae' })
    const blocker = await tracker.tasks.create({ title: 'Blocker', ...(contract && { contract }) })
    const dependents = {} as Record<Gate, TaskId>
    for (const gate of GATES) {
      const { id } = await tracker.tasks.create({ title: gate, blockedBy: [{ task: blocker.id, gate }] })
      dependents[gate] = id
      // Through a parent, too: what is inherited follows.
      await tracker.tasks.create({ title: `part of ${gate}`, parent: id })
    }
    return { clock, tracker, blocker: blocker.id, dependents, reviewer: reviewer.id }
  }

  /** Which gates are open, by all ways to ask: ready, explain, claim and next. */
  async function openGates({ tracker, dependents, blocker }: Scene): Promise<Gate[]> {
    const ready = (await tracker.tasks.ready()).items
    const open: Gate[] = []
    for (const gate of GATES) {
      const [part] = (await tracker.tasks.list({ parent: dependents[gate] })).items
      const isReady = ready.some(({ id }) => id === part!.id)
      if (isReady) open.push(gate)
      expect((await tracker.tasks.explain(part!.id)).ready).toBe(isReady)
      const undo = new Error('undo')
      const trying = tracker.transaction(async (t) => {
        await t.claims.claim(part!.id)
        throw undo
      })
      const failure = await trying.catch((error: unknown) => error)
      if (isReady) expect(failure).toBe(undo)
      else expect(failure).toBeInstanceOf(NotClaimableError)
    }
    const undo = new Error('undo')
    const titles: string[] = []
    const trying = tracker.transaction(async (t) => {
      for (;;) {
        const next = await t.claims.next()
        if (next === null) throw undo
        if (next.task.id !== blocker) titles.push(next.task.title)
      }
    })
    await expect(trying).rejects.toBe(undo)
    expect(titles).toEqual(open.map((gate) => `part of ${gate}`))
    return open
  }

  /** What `freed` should name: what is part of the dependents, as these wait for their part. */
  async function partsOf({ tracker, dependents }: Scene, gates: readonly Gate[]): Promise<TaskId[]> {
    const parts: TaskId[] = []
    for (const gate of gates) parts.push((await tracker.tasks.list({ parent: dependents[gate] })).items[0]!.id)
    return parts
  }

  test('follow when the blocker is closed, reopened, failed, and reopened again', async () => {
    const scene = await sceneOf()
    const { tasks } = scene.tracker
    expect(await openGates(scene)).toEqual([])
    for (const [outcome, gates] of [
      ['completed', ['closed', 'completed']],
      ['failed', ['closed', 'failed']],
      ['cancelled', ['closed']],
      ['completed', ['closed', 'completed']],
    ] as const) {
      await tasks.close(scene.blocker, { outcome })
      expect(await openGates(scene)).toEqual(gates)
      await tasks.reopen(scene.blocker)
      expect(await openGates(scene)).toEqual([])
    }
  })

  const retry = (maxAttempts: number): Contract => ({ criteria: [], retry: { maxAttempts } })
  const ends: [
    what: string,
    contract: Contract,
    gates: Gate[],
    end: (s: Scene, c: Claimed) => Promise<readonly TaskId[]>,
  ][] = [
    [
      'is handed in as done',
      { criteria: [] },
      ['closed', 'completed'],
      async ({ tracker }, { token }) => (await tracker.claims.complete(token, { outcome: 'done' })).freed,
    ],
    [
      'fails for the last time',
      retry(1),
      ['closed', 'failed'],
      async ({ tracker }, { token }) =>
        (await tracker.claims.complete(token, { outcome: 'failed', stopReason: 'timed_out' })).freed,
    ],
    [
      'fails with an attempt left',
      retry(2),
      [],
      async ({ tracker }, { token }) =>
        (await tracker.claims.complete(token, { outcome: 'failed', stopReason: 'timed_out' })).freed,
    ],
    [
      'is handed in for review',
      { criteria: [], completionPolicy: 'review' },
      [],
      async ({ tracker }, { token }) => (await tracker.claims.complete(token, { outcome: 'done' })).freed,
    ],
    [
      'is approved',
      { criteria: [], completionPolicy: 'review' },
      ['closed', 'completed'],
      async ({ tracker, blocker, reviewer }, { token }) => {
        await tracker.claims.complete(token, { outcome: 'done' })
        return (await tracker.as(reviewer).reviews.record(blocker, { verdict: 'approve' })).freed
      },
    ],
    [
      'is rejected for the last time',
      { ...retry(1), completionPolicy: 'review' },
      ['closed', 'failed'],
      async ({ tracker, blocker, reviewer }, { token }) => {
        await tracker.claims.complete(token, { outcome: 'done' })
        return (await tracker.as(reviewer).reviews.record(blocker, { verdict: 'reject' })).freed
      },
    ],
    [
      'is rejected with an attempt left',
      { ...retry(2), completionPolicy: 'review' },
      [],
      async ({ tracker, blocker, reviewer }, { token }) => {
        await tracker.claims.complete(token, { outcome: 'done' })
        return (await tracker.as(reviewer).reviews.record(blocker, { verdict: 'reject' })).freed
      },
    ],
    [
      'is released',
      retry(1),
      [],
      async ({ tracker }, { token }) => [(await tracker.claims.release(token)).id].slice(1),
    ],
    [
      'is closed by force',
      UNMET,
      ['closed', 'completed'],
      async (scene, { task }) => {
        await scene.tracker.tasks.close(task.id, { force: true, reason: 'It must be.' })
        return partsOf(scene, ['closed', 'completed'])
      },
    ],
  ]

  test.each(ends)('follow when the blocker %s, and back when it is reopened', async (_, contract, gates, end) => {
    const scene = await sceneOf(contract)
    const { tracker, blocker } = scene
    const claim = await tracker.claims.claim(blocker, { ttlMs: TTL })
    expect(await openGates(scene)).toEqual([])
    const freed = await end(scene, claim)
    expect([...freed].sort()).toEqual((await partsOf(scene, gates)).sort())
    expect(await openGates(scene)).toEqual(gates)
    if (gates.length > 0) {
      await tracker.tasks.reopen(blocker)
      expect(await openGates(scene)).toEqual([])
      await tracker.tasks.close(blocker, { outcome: 'failed' })
      expect(await openGates(scene)).toEqual(['closed', 'failed'])
    }
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  })

  test('follow when the last lease on the blocker runs out, as soon as somebody asks for work', async () => {
    const scene = await sceneOf(retry(1))
    const { clock, tracker, blocker } = scene
    await tracker.claims.claim(blocker, { ttlMs: TTL })
    clock.move(TTL)
    const filter = { labelsAll: ['none has it'] }
    expect(await tracker.claims.next(filter)).toBeNull()
    expect(await tracker.tasks.get(blocker)).toMatchObject({ status: 'closed', outcome: 'failed' })
    expect(await openGates(scene)).toEqual(['closed', 'failed'])
  })
})

describe('a stale revision together with an unmet contract', () => {
  const calls: [string, (t: Tracker, id: TaskId, claim: Claimed, expectedRevision: number) => Promise<unknown>][] = [
    [
      'claims.complete',
      (t, _, { token }, expectedRevision) => t.claims.complete(token, { outcome: 'done', expectedRevision }),
    ],
    ['tasks.close', (t, id, _, expectedRevision) => t.tasks.close(id, { expectedRevision })],
    ['tasks.update', (t, id, _, expectedRevision) => t.tasks.update(id, { status: 'in_review' }, { expectedRevision })],
  ]

  test.each(calls)('%s says that the revision is stale', async (_, call) => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'Work', contract: UNMET })
    const claim = await tracker.claims.claim(id)
    await tracker.tasks.update(id, { title: 'Renamed' })
    const before = await tracker.log.head()
    expect(await refusal(call(tracker, id, claim, 2))).toBeInstanceOf(StaleRevisionError)
    expect((await refusal(call(tracker, id, claim, 3))).code).toBe('CONTRACT_NOT_MET')
    expect(await tracker.log.head()).toEqual(before)
    await tracker.claims.heartbeat(claim.token)
  })

  test('and of two who read the same, the second is told so, though the first met the contract', async () => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'Work', contract: UNMET })
    const { token } = await tracker.claims.claim(id)
    const criteria = [{ id: 'green', status: 'met' }] as const
    await tracker.claims.complete(token, { outcome: 'done', criteria, expectedRevision: 2 })
    const late = tracker.tasks.close(id, { expectedRevision: 2 })
    expect(await refusal(late)).toBeInstanceOf(StaleRevisionError)
  })
})

import { rmSync, symlinkSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  ActivityOfClaimError,
  type AgentId,
  type ArtifactId,
  ClaimExpiredError,
  type Claimed,
  ClaimLimitError,
  ClaimLostError,
  type Contract,
  ContractNotMetError,
  type DecisionId,
  type EvidenceId,
  IdempotencyConflictError,
  type LearningId,
  type NewTask,
  NotClaimableError,
  NotClaimedError,
  NotFoundError,
  type OpenOptions,
  type Reason,
  type Submission,
  type TaskId,
  type Tracker,
} from '../src/index.js'
import { all } from './support/answers.js'
import { HandClock } from './support/hand-clock.js'
import { refusal } from './support/refusals.js'
import { freshPath, open } from './support/trackers.js'

const TTL = 60_000
const FIVE_MINUTES = 300_000
const NOBODY = 'test--01890a5d-ac96-774b-bcce-b302099a8057'
const REVIEWED: Contract = { criteria: [], completionPolicy: 'review' }
const UNMET: Contract = { criteria: [{ id: 'green', text: 'The tests pass.', required: true }] }

interface Scene {
  readonly clock: HandClock
  readonly tracker: Tracker
  readonly ada: AgentId
  readonly ben: AgentId
  /** The tracker as Ada, and as Ben. */
  readonly adas: Tracker
  readonly bens: Tracker
}

/** A record with two people who work, and a clock that stands still. */
async function sceneOf(options: Partial<OpenOptions> = {}): Promise<Scene> {
  const clock = new HandClock()
  const tracker = await open({ now: clock.now, ...options })
  const ada = (await tracker.agents.registerHuman({ name: 'Ada' })).id
  const ben = (await tracker.agents.registerHuman({ name: 'Ben' })).id
  return { clock, tracker, ada, ben, adas: tracker.as(ada), bens: tracker.as(ben) }
}

async function headOf(tracker: Tracker): Promise<number> {
  return (await tracker.log.head()).seq
}

/** The task, claimed by Ada for a minute. */
async function claimed(scene: Scene, task: Partial<NewTask> = {}): Promise<Claimed> {
  const { id } = await scene.tracker.tasks.create({ title: 'Work', ...task })
  return scene.adas.claims.claim(id, { ttlMs: TTL })
}

/** What two parts of a submission bring together. */
function both(one: Partial<Submission>, other: Partial<Submission>): Partial<Submission> {
  const lists = Object.entries(other).map(([field, items]) => [
    field,
    [...((one[field as keyof Submission] as unknown[] | undefined) ?? []), ...(items as unknown[])],
  ])
  return { ...one, ...Object.fromEntries(lists) }
}

async function typesSince(tracker: Tracker, seq: number): Promise<string[]> {
  return (await tracker.log.events({ after: seq })).items.map(({ type }) => type)
}

describe('claims.next', () => {
  test('gives the first ready task with a token, and moves it to in_progress', async () => {
    const { clock, tracker, adas, ada } = await sceneOf()
    await tracker.tasks.create({ title: 'Later', priority: 'low' })
    const urgent = await tracker.tasks.create({ title: 'Urgent', priority: 'critical' })
    clock.move(1_000)
    const before = await headOf(tracker)
    const given = await adas.claims.next({ ttlMs: TTL })
    expect(given).toEqual({
      task: { ...urgent, status: 'in_progress', revision: 2, updatedAt: clock.in(0) },
      token: expect.stringMatching(/^test--[0-9a-f-]{36}\.[\w-]{43}$/),
      activity: given!.token.split('.')[0],
      attempt: 1,
      expiresAt: clock.in(TTL),
    })
    expect(await tracker.tasks.get(urgent.id)).toEqual(given!.task)
    expect(await typesSince(tracker, before)).toEqual(['claim.acquired'])
    const { items } = await tracker.log.events({ after: before })
    expect(items[0]).toMatchObject({ subject: urgent.id, actor: ada })
  })

  test('runs for five minutes unless told', async () => {
    const { clock, tracker, adas } = await sceneOf()
    await tracker.tasks.create({ title: 'Work' })
    expect((await adas.claims.next())!.expiresAt).toBe(clock.in(FIVE_MINUTES))
  })

  test('gives null where nothing is ready, and writes nothing', async () => {
    const { tracker, adas } = await sceneOf()
    const blocker = await tracker.tasks.create({ title: 'Blocker' })
    await tracker.tasks.create({ title: 'Blocked', blockedBy: [blocker.id] })
    await tracker.tasks.hold(blocker.id, { reason: 'not now' })
    const before = await headOf(tracker)
    expect(await adas.claims.next()).toBeNull()
    expect(await adas.claims.next({ idempotencyKey: 'again' })).toBeNull()
    expect(await headOf(tracker)).toBe(before)
    await tracker.tasks.unhold(blocker.id)
    // What wrote nothing kept no key: it decides anew.
    expect((await adas.claims.next({ idempotencyKey: 'again' }))!.task.id).toBe(blocker.id)
  })

  test('gives every ready task once, in the order of tasks.ready', async () => {
    const { clock, tracker, adas } = await sceneOf({ maxClaims: 100 })
    for (const priority of ['low', 'critical', 'medium', 'critical', 'backlog', 'high'] as const) {
      clock.move(1)
      await tracker.tasks.create({
        title: priority,
        priority,
        ...(priority === 'high' && { dueAt: '2026-01-06T00:00:00Z' }),
      })
    }
    for (const sort of ['priority', 'oldest', 'newest', 'due'] as const) {
      const ready = (await tracker.tasks.ready({ sort })).items.map(({ id }) => id)
      expect(ready).toHaveLength(6)
      const given: Claimed[] = []
      for (;;) {
        const one = await adas.claims.next({ sort })
        if (one === null) break
        given.push(one)
      }
      expect(given.map(({ task }) => task.id)).toEqual(ready)
      for (const { token } of given) await adas.claims.release(token)
    }
  })

  test.each([
    ['namespace', { namespace: 'elsewhere' }],
    ['type', { type: 'bug' }],
    ['priority', { priority: ['low', 'backlog'] }],
    ['phase', { phase: 'landing' }],
    ['labelsAll', { labelsAll: ['ui', 'auth'] }],
    ['labelsAny', { labelsAny: ['auth', 'none'] }],
    ['text', { text: 'WANTED' }],
  ] as const)('takes the filter %s', async (_, filter) => {
    const { tracker, adas } = await sceneOf()
    await tracker.tasks.create({ title: 'Other', priority: 'critical', labels: ['ui'] })
    const wanted = await tracker.tasks.create({
      title: 'wanted',
      namespace: 'elsewhere',
      type: 'bug',
      priority: 'low',
      phase: 'landing',
      labels: ['auth', 'ui'],
    })
    expect((await adas.claims.next(filter))!.task.id).toBe(wanted.id)
    expect(await adas.as((await tracker.agents.registerHuman({ name: 'C' })).id).claims.next(filter)).toBeNull()
  })

  test('takes the filters owner and parent', async () => {
    const { tracker, adas, bens, ada } = await sceneOf()
    await tracker.tasks.create({ title: 'Other', priority: 'critical' })
    const epic = await tracker.tasks.create({ title: 'Epic' })
    const child = await tracker.tasks.create({ title: 'Child', parent: epic.id })
    const own = await tracker.tasks.create({ title: 'Own', owner: ada })
    expect((await adas.claims.next({ owner: ada }))!.task.id).toBe(own.id)
    expect((await bens.claims.next({ parent: epic.id }))!.task.id).toBe(child.id)
  })

  test.each([
    ['a lease of no time', { ttlMs: 0 }],
    ['a lease of half a millisecond', { ttlMs: 0.5 }],
    ['a lease of more than 30 days', { ttlMs: 30 * 86_400_000 + 1 }],
    ['a status, as they are all ready', { status: 'open' }],
    ['a time, as a lease is about now', { at: '2026-01-05T09:00:00Z' }],
    ['an order that there is none of', { sort: 'random' }],
  ])('refuses %s', async (_, options) => {
    const { tracker, adas } = await sceneOf()
    await tracker.tasks.create({ title: 'Work' })
    const before = await headOf(tracker)
    expect((await refusal(adas.claims.next(options as never))).code).toBe('INVALID_INPUT')
    expect(await headOf(tracker)).toBe(before)
  })

  test('offers only what the agent fits, and what was asked for', async () => {
    const { tracker } = await sceneOf({ maxClaims: 10 })
    const { agents, tasks } = tracker
    const model = { provider: 'anthropic', model: 'claude-opus-4-6' }
    const worker = await agents.registerMl({ role: 'worker', ...model, capabilities: ['gpu', 'rust'] })
    const reviewer = await agents.registerMl({ role: 'reviewer', ...model })
    const human = await agents.registerHuman({ name: 'Cy', capabilities: ['gpu'] })
    const role = await tasks.create({ title: 'role', priority: 'critical', requires: { role: 'worker' } })
    const able = await tasks.create({ title: 'able', priority: 'high', requires: { capabilities: ['gpu'] } })
    const both = await tasks.create({
      title: 'both',
      priority: 'medium',
      requires: { role: 'worker', capabilities: ['rust', 'gpu'] },
    })
    const person = await tasks.create({ title: 'person', priority: 'low', requires: { role: 'human' } })
    const any = await tasks.create({ title: 'any', priority: 'backlog' })
    const offeredTo = async (agent: AgentId, requires?: NewTask['requires']) => {
      const offered: TaskId[] = []
      const undo = new Error('undo')
      const trying = tracker.transaction(async (t) => {
        for (;;) {
          const one = await t.as(agent).claims.next(requires === undefined ? {} : { requires })
          if (one === null) throw undo
          offered.push(one.task.id)
        }
      })
      await expect(trying).rejects.toBe(undo)
      return offered
    }
    expect(await offeredTo(worker.id)).toEqual([role.id, able.id, both.id, any.id])
    expect(await offeredTo(reviewer.id)).toEqual([any.id])
    expect(await offeredTo(human.id)).toEqual([able.id, person.id, any.id])
    expect(await offeredTo(worker.id, { capabilities: ['gpu'] })).toEqual([able.id, both.id])
    expect(await offeredTo(worker.id, { role: 'worker' })).toEqual([role.id, both.id])
    expect(await offeredTo(worker.id, { role: 'worker', capabilities: ['gpu'] })).toEqual([both.id])
    const error = await refusal<NotClaimableError>(tracker.as(reviewer.id).claims.claim(both.id))
    expect(error).toBeInstanceOf(NotClaimableError)
    expect(error.reasons.map(({ kind }) => kind)).toEqual(['requires'])
    expect((await tracker.as(worker.id).claims.claim(both.id)).task.id).toBe(both.id)
  })

  test('offers what the agent has become able to do', async () => {
    const { tracker, ada, adas } = await sceneOf()
    const { id } = await tracker.tasks.create({ title: 'Work', requires: { capabilities: ['gpu'] } })
    expect(await adas.claims.next()).toBeNull()
    await tracker.tasks.update(id, { requires: null })
    expect((await adas.claims.next())!.task.id).toBe(id)
    expect((await tracker.claims.list({ agent: ada })).total).toBe(1)
  })
})

describe('claims.claim', () => {
  type Arrange = (scene: Scene) => Promise<TaskId>
  const cases: [what: string, kinds: Reason['kind'][], arrange: Arrange][] = [
    ['is claimed by another', ['claimed'], async (s) => (await claimed(s)).task.id],
    [
      'is in progress without a claim',
      ['status'],
      async ({ tracker }) => {
        const { id } = await tracker.tasks.create({ title: 'Work' })
        await tracker.tasks.update(id, { status: 'in_progress' })
        return id
      },
    ],
    [
      'is in review',
      ['status'],
      async (s) => {
        const { token, task } = await claimed(s, { contract: REVIEWED })
        await s.adas.claims.complete(token, { outcome: 'done' })
        return task.id
      },
    ],
    [
      'is closed',
      ['status'],
      async ({ tracker }) => (await tracker.tasks.close((await tracker.tasks.create({ title: 'Work' })).id)).id,
    ],
    [
      'is on hold',
      ['hold'],
      async ({ tracker }) => {
        const { id } = await tracker.tasks.create({ title: 'Work' })
        return (await tracker.tasks.hold(id, { reason: 'not now' })).id
      },
    ],
    [
      'waits for another',
      ['gate'],
      async ({ tracker }) => {
        const blocker = await tracker.tasks.create({ title: 'Blocker' })
        return (await tracker.tasks.create({ title: 'Work', blockedBy: [blocker.id] })).id
      },
    ],
    [
      'is part of what waits for another',
      ['inherited_gate'],
      async ({ tracker }) => {
        const blocker = await tracker.tasks.create({ title: 'Blocker' })
        const epic = await tracker.tasks.create({ title: 'Epic', blockedBy: [blocker.id] })
        return (await tracker.tasks.create({ title: 'Work', parent: epic.id })).id
      },
    ],
    [
      'is part of what is on hold',
      ['inherited_hold'],
      async ({ tracker }) => {
        const epic = await tracker.tasks.create({ title: 'Epic' })
        const { id } = await tracker.tasks.create({ title: 'Work', parent: epic.id })
        await tracker.tasks.hold(epic.id, { reason: 'not now' })
        return id
      },
    ],
    [
      'has a child that is not closed',
      ['child'],
      async ({ tracker }) => {
        const { id } = await tracker.tasks.create({ title: 'Epic' })
        await tracker.tasks.create({ title: 'Work', parent: id })
        return id
      },
    ],
    [
      'was superseded',
      ['superseded'],
      async ({ tracker }) => {
        const [old, recent] = await Promise.all(['a', 'b'].map((title) => tracker.tasks.create({ title })))
        await tracker.relations.add(recent!.id, 'supersedes', old!.id)
        return old!.id
      },
    ],
    [
      'is a duplicate',
      ['duplicate'],
      async ({ tracker }) => {
        const [one, other] = await Promise.all(['a', 'b'].map((title) => tracker.tasks.create({ title })))
        await tracker.relations.add(one!.id, 'duplicate_of', other!.id)
        return one!.id
      },
    ],
    [
      'may not begin yet',
      ['not_before'],
      async ({ tracker, clock }) => (await tracker.tasks.create({ title: 'Work', notBefore: clock.in(1) })).id,
    ],
    [
      'is snoozed with what it is part of',
      ['snoozed'],
      async ({ tracker, clock }) => {
        const epic = await tracker.tasks.create({ title: 'Epic', snoozedUntil: clock.in(1) })
        return (await tracker.tasks.create({ title: 'Work', parent: epic.id })).id
      },
    ],
    [
      'waits, is on hold, and is too early',
      ['gate', 'hold', 'not_before'],
      async ({ tracker, clock }) => {
        const blocker = await tracker.tasks.create({ title: 'Blocker' })
        const { id } = await tracker.tasks.create({
          title: 'Work',
          blockedBy: [blocker.id],
          notBefore: clock.in(1),
        })
        return (await tracker.tasks.hold(id, { reason: 'not now' })).id
      },
    ],
  ]

  test.each(cases)('refuses a task that %s, with the reasons of explain', async (_, kinds, arrange) => {
    const scene = await sceneOf()
    const id = await arrange(scene)
    const before = await headOf(scene.tracker)
    const error = await refusal<NotClaimableError>(scene.bens.claims.claim(id))
    expect(error).toBeInstanceOf(NotClaimableError)
    const { ready, reasons, sentence } = await scene.tracker.tasks.explain(id)
    expect(ready).toBe(false)
    expect(error.id).toBe(id)
    expect(error.reasons).toEqual(reasons)
    expect(error.message).toContain(sentence)
    expect(reasons.map(({ kind }) => kind).sort()).toEqual(kinds)
    expect(await headOf(scene.tracker)).toBe(before)
    expect((await scene.bens.claims.next({ sort: 'newest' }))?.task.id).not.toBe(id)
  })

  test('refuses a task of which every attempt is spent on leases that ran out', async () => {
    const scene = await sceneOf()
    const { clock, tracker, bens } = scene
    const { task } = await claimed(scene, { contract: { criteria: [], retry: { maxAttempts: 1 } } })
    clock.move(TTL)
    expect((await tracker.tasks.ready()).items).toEqual([])
    const { reasons } = await tracker.tasks.explain(task.id)
    expect(reasons.map(({ kind }) => kind)).toEqual(['exhausted'])
    const error = await refusal<NotClaimableError>(bens.claims.claim(task.id))
    expect(error).toBeInstanceOf(NotClaimableError)
  })

  test('names who has claimed a task, and until when', async () => {
    const scene = await sceneOf()
    const { task, activity, expiresAt } = await claimed(scene)
    const { reasons, sentence } = await scene.tracker.tasks.explain(task.id)
    expect(reasons).toEqual([{ kind: 'claimed', agent: scene.ada, attempt: activity, until: expiresAt }])
    expect(sentence).toContain(expiresAt)
  })

  test('refuses what is no task', async () => {
    const { ada, adas } = await sceneOf()
    expect(await refusal(adas.claims.claim(NOBODY as TaskId))).toBeInstanceOf(NotFoundError)
    expect(await refusal(adas.claims.claim(ada as never))).toBeInstanceOf(NotFoundError)
    expect((await refusal(adas.claims.claim('' as never))).code).toBe('INVALID_INPUT')
  })

  test('is refused again as long as the lease runs, and not a millisecond longer', async () => {
    const scene = await sceneOf()
    const { clock, tracker, bens } = scene
    const { task } = await claimed(scene)
    clock.move(TTL - 1)
    expect(await refusal(bens.claims.claim(task.id))).toBeInstanceOf(NotClaimableError)
    expect((await tracker.tasks.ready()).total).toBe(0)
    expect((await tracker.tasks.explain(task.id)).ready).toBe(false)
    clock.move(1)
    // Nobody has swept: the record is as it was.
    expect((await tracker.tasks.ready()).items.map(({ id }) => id)).toEqual([task.id])
    expect(await tracker.tasks.explain(task.id)).toMatchObject({ ready: true, reasons: [] })
    const before = await headOf(tracker)
    const taken = await bens.claims.claim(task.id)
    expect(taken.attempt).toBe(2)
    expect(await typesSince(tracker, before)).toEqual(['claim.expired', 'claim.acquired'])
  })

  test('of what is in progress again by the same agent is a new attempt', async () => {
    const scene = await sceneOf()
    const first = await claimed(scene)
    scene.clock.move(TTL)
    const second = await scene.adas.claims.claim(first.task.id)
    expect(second.activity).not.toBe(first.activity)
    expect(second.token).not.toBe(first.token)
    expect(second.attempt).toBe(2)
  })
})

describe('maxClaims', () => {
  test('is one unless told, for each agent', async () => {
    const { tracker, ada, adas, bens } = await sceneOf()
    const [one, two, three] = await Promise.all(['a', 'b', 'c'].map((title) => tracker.tasks.create({ title })))
    const { token } = await adas.claims.claim(one!.id)
    const before = await headOf(tracker)
    for (const more of [adas.claims.claim(two!.id), adas.claims.next()]) {
      const error = await refusal<ClaimLimitError>(more)
      expect(error).toBeInstanceOf(ClaimLimitError)
      expect(error).toMatchObject({ agent: ada, limit: 1, tasks: [one!.id] })
    }
    expect(await headOf(tracker)).toBe(before)
    await bens.claims.claim(two!.id)
    await adas.claims.complete(token, { outcome: 'done' })
    expect((await adas.claims.next())!.task.id).toBe(three!.id)
  })

  test('counts live claims alone', async () => {
    const { clock, tracker, adas } = await sceneOf({ maxClaims: 2 })
    const ids = (await Promise.all(['a', 'b', 'c', 'd'].map((title) => tracker.tasks.create({ title })))).map(
      ({ id }) => id,
    )
    await adas.claims.claim(ids[0]!, { ttlMs: TTL })
    await adas.claims.claim(ids[1]!, { ttlMs: 2 * TTL })
    expect(await refusal(adas.claims.claim(ids[2]!))).toMatchObject({ code: 'CLAIM_LIMIT', tasks: ids.slice(0, 2) })
    clock.move(TTL)
    const third = await adas.claims.claim(ids[2]!, { ttlMs: TTL })
    expect(await refusal(adas.claims.claim(ids[3]!))).toMatchObject({ code: 'CLAIM_LIMIT', tasks: ids.slice(1, 3) })
    await adas.claims.release(third.token)
    await adas.claims.claim(ids[3]!)
  })

  test.each([0, -1, 1.5, '2', null])('%j is refused', async (maxClaims) => {
    expect((await refusal(open({ maxClaims: maxClaims as never }))).code).toBe('INVALID_INPUT')
  })

  test('holds within a transaction and among calls at once', async () => {
    const { tracker, ada, adas } = await sceneOf({ maxClaims: 3 })
    for (let n = 0; n < 10; n++) await tracker.tasks.create({ title: `${n}` })
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => adas.claims.next()))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    expect((await tracker.claims.list({ agent: ada })).total).toBe(3)
    const given = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value!.task.id] : []))
    expect(new Set(given).size).toBe(3)
  })
})

describe('an attempt', () => {
  test('is an activity of the agent with the task as its plan, from claim to end', async () => {
    const scene = await sceneOf()
    const { clock, tracker, ada, adas } = scene
    const { activity, task, token } = await claimed(scene, { phase: 'worker_slices' })
    const begun = {
      id: activity,
      namespace: 'test',
      agent: ada,
      phase: 'worker_slices',
      stage: 'in_progress',
      notes: '',
      task: task.id,
      startedAt: clock.in(0),
    }
    expect(await tracker.activities.get(activity)).toEqual(begun)
    clock.move(7_000)
    await adas.claims.complete(token, { outcome: 'done', summary: 'All of it.' })
    const ended = await tracker.activities.get(activity)
    expect(ended).toMatchObject({ id: activity, agent: ada, task: task.id, endedAt: clock.in(0) })
    expect(ended.startedAt).toBe(begun.startedAt)
  })

  test('is not ended by activities.end', async () => {
    const scene = await sceneOf()
    const { activity, token } = await claimed(scene)
    expect(await refusal(scene.adas.activities.end(activity))).toBeInstanceOf(ActivityOfClaimError)
    await scene.adas.claims.complete(token, { outcome: 'done' })
  })

  test('is informed by the attempt before', async () => {
    const scene = await sceneOf()
    const { clock, tracker, adas, bens } = scene
    const first = await claimed(scene)
    await adas.claims.release(first.token)
    const second = await bens.claims.claim(first.task.id, { ttlMs: TTL })
    clock.move(TTL)
    const third = await adas.claims.claim(first.task.id)
    const targetsOf = async (source: Claimed) => {
      const { items } = await tracker.relations.list(source.activity, { direction: 'out', kind: 'informed_by' })
      return items.map(({ target }) => target)
    }
    expect(await targetsOf(first)).toEqual([])
    expect(await targetsOf(second)).toEqual([first.activity])
    expect(await targetsOf(third)).toEqual([second.activity])
    expect([first, second, third].map(({ attempt }) => attempt)).toEqual([1, 2, 3])
  })

  test('says how it ended, in runs.list', async () => {
    const scene = await sceneOf()
    const { clock, tracker, ada, ben, adas, bens } = scene
    const { tasks } = tracker
    const { id: task } = await tasks.create({
      title: 'Work',
      contract: { criteria: [], retry: { maxAttempts: 3 } },
    })
    const starts: string[] = []
    const activities: string[] = []
    const claim = async (t: Tracker) => {
      starts.push(clock.in(0))
      const claim = await t.claims.claim(task, { ttlMs: TTL })
      activities.push(claim.activity)
      clock.move(1_000)
      return claim.token
    }
    await adas.claims.release(await claim(adas), { reason: 'Not mine.' })
    await claim(adas)
    await bens.claims.reset(task, { reason: 'Ada is away.' })
    await claim(bens)
    clock.move(TTL)
    await adas.claims.complete(await claim(adas), {
      outcome: 'failed',
      summary: 'No luck.',
      stopReason: { reason: 'other', text: 'The moon.' },
    })
    const own = await claim(adas)
    await adas.tasks.close(task, { outcome: 'cancelled' })
    expect(await refusal(adas.claims.complete(own, { outcome: 'done' }))).toMatchObject({ endedBy: 'closed' })
    const run = (attempt: number, agent: AgentId, rest: object) => ({
      task,
      activity: activities[attempt - 1],
      agent,
      attempt,
      startedAt: starts[attempt - 1],
      endedAt: new Date(Date.parse(starts[attempt - 1]!) + 1_000).toISOString(),
      durationMs: 1_000,
      ...rest,
    })
    const expected = [
      run(1, ada, { endedBy: 'released', endReason: 'Not mine.' }),
      run(2, ada, { endedBy: 'reset', endReason: 'Ada is away.' }),
      run(3, ben, {
        endedBy: 'expired',
        endedAt: new Date(Date.parse(starts[2]!) + TTL).toISOString(),
        durationMs: TTL,
      }),
      run(4, ada, {
        endedBy: 'completed',
        outcome: 'failed',
        summary: 'No luck.',
        stopReason: 'other',
        stopText: 'The moon.',
      }),
      run(5, ada, { endedBy: 'closed' }),
    ]
    expect(await all((page) => tracker.runs.list({ task, ...page }))).toEqual(expected)
    expect(await all((page) => tracker.runs.list({ task, ...page }), 2)).toEqual(expected)
    expect((await tracker.runs.list({ agent: ben })).items).toEqual([expected[2]])
    expect((await tracker.runs.list({ agent: [ada, ben], task: [] })).items).toEqual([])
  })

  test('that goes on has no end and no duration', async () => {
    const scene = await sceneOf()
    const { activity, task } = await claimed(scene)
    expect((await scene.tracker.runs.list()).items).toEqual([
      { task: task.id, activity, agent: scene.ada, attempt: 1, startedAt: scene.clock.in(0) },
    ])
  })
})

describe('claims.heartbeat', () => {
  test('writes nothing as long as half of the lease remains', async () => {
    const scene = await sceneOf()
    const { clock, tracker, ada, adas } = scene
    const { token, task, activity, expiresAt } = await claimed(scene)
    const startedAt = clock.in(0)
    const claim = { task: task.id, activity, agent: ada, attempt: 1, startedAt, ttlMs: TTL, expiresAt, expired: false }
    const before = await headOf(tracker)
    for (const ms of [0, 1, TTL / 2 - 1]) {
      clock.move(ms)
      expect(await adas.claims.heartbeat(token)).toEqual(claim)
    }
    expect(await headOf(tracker)).toBe(before)
    clock.move(1)
    const extended = await adas.claims.heartbeat(token)
    expect(extended).toEqual({ ...claim, expiresAt: clock.in(TTL) })
    expect(await typesSince(tracker, before)).toEqual(['claim.renewed'])
    expect((await tracker.claims.list()).items).toEqual([extended])
    // The task is as it was.
    expect(await tracker.tasks.get(task.id)).toEqual(task)
  })

  test('keeps a claim for as long as it goes on', async () => {
    const scene = await sceneOf()
    const { clock, tracker, adas, bens } = scene
    const { token, task } = await claimed(scene)
    for (let beat = 0; beat < 20; beat++) {
      clock.move(TTL * 0.75)
      await adas.claims.heartbeat(token)
      expect(await refusal(bens.claims.claim(task.id))).toBeInstanceOf(NotClaimableError)
    }
    expect((await tracker.runs.list()).total).toBe(1)
  })

  test('does not bring back a lease that ran out', async () => {
    const scene = await sceneOf()
    const { token, task, activity, expiresAt } = await claimed(scene)
    scene.clock.move(TTL)
    const before = await headOf(scene.tracker)
    const error = await refusal<ClaimExpiredError>(scene.adas.claims.heartbeat(token))
    expect(error).toBeInstanceOf(ClaimExpiredError)
    expect(error).toMatchObject({ task: task.id, attempt: activity, expiredAt: expiresAt })
    expect(await headOf(scene.tracker)).toBe(before)
  })
})

describe('claims.renew', () => {
  test('runs for its full length from now, or for as long as told', async () => {
    const scene = await sceneOf()
    const { clock, tracker, adas } = scene
    const { token, activity } = await claimed(scene)
    clock.move(1_000)
    expect(await adas.claims.renew(token)).toMatchObject({ expiresAt: clock.in(TTL), ttlMs: TTL, activity })
    clock.move(1_000)
    expect(await adas.claims.renew(token, { ttlMs: 5 })).toMatchObject({ expiresAt: clock.in(5), ttlMs: 5 })
    // The length that was told is that of heartbeats from then on.
    clock.move(4)
    expect(await adas.claims.heartbeat(token)).toMatchObject({ expiresAt: clock.in(5) })
    expect((await tracker.runs.list()).total).toBe(1)
    expect((await refusal(adas.claims.renew(token, { ttlMs: 0 }))).code).toBe('INVALID_INPUT')
  })

  test.each([
    [60_000, {}],
    [5_000, { renewalGraceMs: 5_000 }],
  ])('helps for %i ms after the lease ran out, and the attempt goes on', async (grace, options) => {
    const scene = await sceneOf(options)
    const { clock, tracker, adas } = scene
    const { token, activity, task } = await claimed(scene)
    clock.move(TTL + grace - 1)
    const before = await headOf(tracker)
    expect(await adas.claims.renew(token)).toEqual({
      task: task.id,
      activity,
      agent: scene.ada,
      attempt: 1,
      startedAt: expect.any(String),
      ttlMs: TTL,
      expiresAt: clock.in(TTL),
      expired: false,
    })
    expect(await typesSince(tracker, before)).toEqual(['claim.renewed'])
    expect((await tracker.tasks.ready()).total).toBe(0)
    clock.move(TTL + grace + 1)
    expect(await refusal(adas.claims.renew(token))).toBeInstanceOf(ClaimExpiredError)
    // Too late to go on, and not too late to hand in.
    await adas.claims.complete(token, { outcome: 'done' })
  })

  test('does not help where somebody else has claimed the task', async () => {
    const scene = await sceneOf()
    const { token, task } = await claimed(scene)
    scene.clock.move(TTL + 1)
    await scene.bens.claims.claim(task.id)
    expect(await refusal(scene.adas.claims.renew(token))).toMatchObject({ code: 'CLAIM_LOST', endedBy: 'expired' })
  })

  test('without a grace does not help at all', async () => {
    const scene = await sceneOf({ renewalGraceMs: 0 })
    const { token } = await claimed(scene)
    scene.clock.move(TTL + 1)
    expect(await refusal(scene.adas.claims.renew(token))).toBeInstanceOf(ClaimExpiredError)
  })

  test('brings a claim back only where the agent may have it', async () => {
    const scene = await sceneOf()
    const { clock, tracker, adas } = scene
    const { token } = await claimed(scene)
    const other = await tracker.tasks.create({ title: 'Other' })
    clock.move(TTL)
    await adas.claims.claim(other.id)
    // One live claim is the limit, and an expired one that comes back to life would be a second.
    expect((await refusal(adas.claims.renew(token))).code).toBe('CLAIM_LIMIT')
    const live = (await tracker.claims.list({ expired: false })).items
    expect(live.map(({ task }) => task)).toEqual([other.id])
  })
})

describe('claims.release', () => {
  test('gives the task back, and the attempt does not count', async () => {
    const scene = await sceneOf()
    const { tracker, adas, bens } = scene
    const first = await claimed(scene, { contract: { criteria: [], retry: { maxAttempts: 1 } } })
    let token = first.token
    for (let round = 0; round < 3; round++) {
      const task = await adas.claims.release(token, { reason: 'Not mine.' })
      expect(task).toMatchObject({ id: first.task.id, status: 'open' })
      expect(await tracker.tasks.get(task.id)).toEqual(task)
      expect((await tracker.tasks.ready()).total).toBe(1)
      token = (await adas.claims.claim(task.id)).token
    }
    await adas.claims.release(token)
    expect((await bens.claims.next())!.attempt).toBe(5)
    expect(await refusal(adas.claims.release(token))).toMatchObject({ code: 'CLAIM_LOST', endedBy: 'released' })
  })

  test('comes too late where the lease has run out', async () => {
    const scene = await sceneOf()
    const { token } = await claimed(scene)
    scene.clock.move(TTL)
    expect(await refusal(scene.adas.claims.release(token))).toBeInstanceOf(ClaimExpiredError)
  })
})

describe('claims.complete', () => {
  const wait: Contract = { criteria: [], retry: { maxAttempts: 3, backoffMs: 1_000, multiplier: 10 } }
  const ends: [what: string, submission: Submission, task: Partial<NewTask>, expected: object][] = [
    ['done', { outcome: 'done' }, {}, { status: 'closed', outcome: 'completed' }],
    ['done under a review policy', { outcome: 'done' }, { contract: REVIEWED }, { status: 'in_review' }],
    ['pending_review', { outcome: 'pending_review' }, {}, { status: 'in_review' }],
    [
      'failed, with no attempt to follow',
      { outcome: 'failed', stopReason: 'timed_out' },
      { contract: { criteria: [], retry: { maxAttempts: 1 } } },
      { status: 'closed', outcome: 'failed' },
    ],
    [
      'failed, with attempts to follow',
      { outcome: 'failed', stopReason: 'timed_out' },
      { contract: wait },
      { status: 'open', notBefore: '2026-01-05T09:00:01.000Z' },
    ],
  ]

  test.each(ends)('%s', async (_, submission, task, expected) => {
    const scene = await sceneOf()
    const { token, task: before } = await claimed(scene, task)
    const { task: after } = await scene.adas.claims.complete(token, submission)
    expect(after).toMatchObject({ id: before.id, revision: before.revision + 1, ...expected })
    expect(await scene.tracker.tasks.get(before.id)).toEqual(after)
    expect((await scene.tracker.claims.list()).total).toBe(0)
    expect(await refusal(scene.adas.claims.complete(token, submission))).toMatchObject({
      code: 'CLAIM_LOST',
      endedBy: 'completed',
    })
  })

  test('blocked reopens the task, waiting for what it is blocked by', async () => {
    const scene = await sceneOf()
    const { tracker, adas } = scene
    const [one, two] = await Promise.all(['one', 'two'].map((title) => tracker.tasks.create({ title })))
    const { token, task } = await claimed(scene, { contract: { criteria: [], retry: { maxAttempts: 1 } } })
    const blockedBy = [one!.id, { task: two!.id, gate: 'completed' as const }]
    const { task: after } = await adas.claims.complete(token, { outcome: 'blocked', blockedBy })
    expect(after.status).toBe('open')
    const { reasons } = await tracker.tasks.explain(task.id)
    expect(reasons).toEqual([
      { kind: 'gate', task: one!.id, gate: 'closed' },
      { kind: 'gate', task: two!.id, gate: 'completed' },
    ])
    await tracker.tasks.close(one!.id)
    await tracker.tasks.close(two!.id)
    expect((await adas.claims.next())!.attempt).toBe(2)
  })

  test('blocked that would close a cycle changes nothing', async () => {
    const scene = await sceneOf()
    const { tracker, adas } = scene
    const { token, task } = await claimed(scene)
    const waiting = await tracker.tasks.create({ title: 'Waiting', blockedBy: [task.id] })
    const before = await headOf(tracker)
    const given = adas.claims.complete(token, { outcome: 'blocked', blockedBy: [waiting.id] })
    expect((await refusal(given)).code).toBe('CYCLE_DETECTED')
    expect(await headOf(tracker)).toBe(before)
    await adas.claims.heartbeat(token)
  })

  test('waits longer after each failure, and never allows one attempt too many', async () => {
    const scene = await sceneOf()
    const { clock, tracker, adas } = scene
    const planB = await tracker.tasks.create({ title: 'Plan B' })
    let claim = await claimed(scene, { contract: wait })
    await tracker.relations.add(planB.id, 'blocked_by', claim.task.id, { gate: 'failed' })
    const fail = () => adas.claims.complete(claim.token, { outcome: 'failed', stopReason: 'environment_broken' })
    for (const ms of [1_000, 10_000]) {
      const { task, freed } = await fail()
      expect(freed).toEqual([])
      expect(task).toMatchObject({ status: 'open', notBefore: clock.in(ms) })
      clock.move(ms - 1)
      const refused = await refusal<NotClaimableError>(adas.claims.claim(task.id))
      expect(refused.reasons).toEqual([{ kind: 'not_before', until: clock.in(1) }])
      clock.move(1)
      claim = await adas.claims.claim(task.id)
    }
    const { task, freed } = await fail()
    expect(task).toMatchObject({ status: 'closed', outcome: 'failed' })
    expect(freed).toEqual([planB.id])
    expect((await tracker.runs.list({ task: task.id })).total).toBe(3)
    expect((await adas.claims.next())!.task.id).toBe(planB.id)
  })

  test('frees what waits for failure when the last lease runs out', async () => {
    const scene = await sceneOf()
    const { clock, tracker, adas, bens } = scene
    const { task } = await claimed(scene, { contract: { criteria: [], retry: { maxAttempts: 1 } } })
    const planB = await tracker.tasks.create({
      title: 'Plan B',
      blockedBy: [{ task: task.id, gate: 'failed' }],
    })
    expect(await bens.claims.next()).toBeNull()
    clock.move(TTL)
    // The first call may only find that the lease is over; what waits is free by then at the latest.
    const given = (await bens.claims.next()) ?? (await bens.claims.next())
    expect(given!.task.id).toBe(planB.id)
    expect(await tracker.tasks.get(task.id)).toMatchObject({ status: 'closed', outcome: 'failed' })
    const [run] = (await tracker.runs.list({ task: task.id })).items
    expect(run).toMatchObject({ endedBy: 'expired', durationMs: TTL })
    expect(await adas.claims.list()).toMatchObject({ total: 1 })
  })

  test('works after the lease ran out, while nobody else has claimed the task', async () => {
    const scene = await sceneOf()
    const { clock, adas, tracker } = scene
    const { token, task } = await claimed(scene, { contract: { criteria: [], retry: { maxAttempts: 1 } } })
    clock.move(30 * 86_400_000)
    const { task: after } = await adas.claims.complete(token, { outcome: 'done' })
    expect(after).toMatchObject({ id: task.id, status: 'closed', outcome: 'completed' })
    expect((await tracker.runs.list()).items[0]).toMatchObject({ endedBy: 'completed', endedAt: clock.in(0) })
  })

  test('gives what it freed, and only that', async () => {
    const scene = await sceneOf()
    const { clock, tracker, adas } = scene
    const { token, task } = await claimed(scene)
    const other = await tracker.tasks.create({ title: 'Other' })
    const create = (title: string, more: Partial<NewTask>) => tracker.tasks.create({ title, ...more })
    const blockedBy = [task.id]
    const freed = await create('freed', { blockedBy })
    const byGate = await create('by gate', { blockedBy: [{ task: task.id, gate: 'completed' }] })
    await create('for failure', { blockedBy: [{ task: task.id, gate: 'failed' }] })
    await create('still blocked', { blockedBy: [task.id, other.id] })
    await create('too early', { blockedBy, notBefore: clock.in(1) })
    const held = await create('on hold', { blockedBy })
    await tracker.tasks.hold(held.id, { reason: 'not now' })
    const epic = await create('epic', { blockedBy })
    const child = await create('child of an epic', { parent: epic.id })
    const answer = await adas.claims.complete(token, { outcome: 'done' })
    expect([...answer.freed].sort()).toEqual([freed.id, byGate.id, child.id].sort())
    const ready = (await tracker.tasks.ready()).items.map(({ id }) => id)
    expect(ready.sort()).toEqual([other.id, ...answer.freed].sort())
  })

  test('frees the parent whose last child it closes', async () => {
    const scene = await sceneOf()
    const epic = await scene.tracker.tasks.create({ title: 'Epic' })
    const { token } = await claimed(scene, { parent: epic.id })
    const { freed } = await scene.adas.claims.complete(token, { outcome: 'done' })
    expect(freed).toEqual([epic.id])
  })

  test('records artifacts, decisions, learnings and evidence in the same transaction', async () => {
    const scene = await sceneOf()
    const { tracker, adas } = scene
    const old = await tracker.artifacts.add({ iri: 'urn:old' })
    const { token, task, activity } = await claimed(scene)
    const before = await headOf(tracker)
    await adas.claims.complete(token, {
      outcome: 'done',
      output: { answer: 42 },
      artifacts: [old.id, { iri: 'urn:new', kind: 'commit' }],
      evidence: [{ kind: 'test_report', iri: 'urn:report' }],
      decisions: [{ title: 'Use SQLite', rationale: 'One file.' }],
      learnings: [{ title: 'WAL', rationale: 'Readers go on.' }],
    })
    const { items } = await tracker.log.events({ after: before })
    expect(new Set(items.map(({ transaction }) => transaction)).size).toBe(1)
    const made = (await tracker.artifacts.findByIri('urn:new'))!
    const { items: relations } = await tracker.relations.list(activity, { kind: 'generated_by' })
    const generated = relations.map(({ source }) => source)
    for (const { id } of [old, made]) expect(generated).toContain(id)
    expect((await tracker.evidence.list({ subject: task.id })).items).toMatchObject([
      { kind: 'test_report', agent: scene.ada },
    ])
    expect((await tracker.decisions.list({ attachedTo: task.id })).items).toMatchObject([{ title: 'Use SQLite' }])
    expect((await tracker.learnings.list({ attachedTo: task.id })).items).toMatchObject([{ title: 'WAL' }])
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  })

  const bad: [what: string, submission: object][] = [
    ['no outcome', {}],
    ['an outcome that there is none of', { outcome: 'perfect' }],
    ['failed without a reason', { outcome: 'failed' }],
    ['failed for a reason that is not in the vocabulary', { outcome: 'failed', stopReason: 'bad_luck' }],
    ['failed for another reason without a text', { outcome: 'failed', stopReason: 'other' }],
    ['done with a reason to stop', { outcome: 'done', stopReason: 'timed_out' }],
    ['blocked by nothing', { outcome: 'blocked' }],
    ['blocked by an empty list', { outcome: 'blocked', blockedBy: [] }],
    ['done and blocked', { outcome: 'done', blockedBy: [NOBODY] }],
    ['blocked by what is not there', { outcome: 'blocked', blockedBy: [NOBODY] }],
    ['an artifact that is not there', { outcome: 'done', artifacts: [NOBODY] }],
    ['a time', { outcome: 'done', at: '2026-01-05T09:00:00Z' }],
    ['a decision without a title', { outcome: 'done', decisions: [{ rationale: 'x' }] }],
  ]

  test.each(bad)('refuses %s, and changes nothing', async (_, submission) => {
    const scene = await sceneOf()
    const { token } = await claimed(scene)
    const before = await headOf(scene.tracker)
    const { code } = await refusal(scene.adas.claims.complete(token, submission as never))
    expect(['INVALID_INPUT', 'NOT_FOUND']).toContain(code)
    expect(await headOf(scene.tracker)).toBe(before)
    await scene.adas.claims.complete(token, { outcome: 'done' })
  })

  const BRINGS: Record<string, (uuid: string) => Partial<Submission>> = {
    artifact: (uuid) => ({ artifacts: [{ id: `test--${uuid}` as ArtifactId, iri: `urn:${++made}` }] }),
    'piece of evidence': (uuid) => ({ evidence: [{ ...piece(), id: `test--${uuid}` as EvidenceId }] }),
    decision: (uuid) => ({ decisions: [{ ...item(), id: `test--${uuid}` as DecisionId }] }),
    'piece of evidence of a decision': (uuid) => ({
      decisions: [{ ...item(), evidence: [{ ...piece(), id: `test--${uuid}` as EvidenceId }] }],
    }),
    learning: (uuid) => ({ learnings: [{ ...item(), id: `test--${uuid}` as LearningId }] }),
    'piece of evidence of a learning': (uuid) => ({
      learnings: [{ ...item(), evidence: [{ ...piece(), id: `test--${uuid}` as EvidenceId }] }],
    }),
  }
  let made = 0
  const piece = () => ({ kind: 'log', iri: `urn:${++made}` })
  const item = () => ({ title: `Item ${++made}`, rationale: 'So it is.' })
  const pairs = Object.keys(BRINGS).flatMap((one, index) =>
    Object.keys(BRINGS)
      .slice(index)
      .map((other) => [one, other] as const),
  )

  test.each(pairs)('refuses one uuid for one %s and another %s, and changes nothing', async (one, other) => {
    const scene = await sceneOf()
    const { token } = await claimed(scene)
    const head = await scene.tracker.log.head()
    const uuid = '01890a5d-ac96-774b-bcce-b302099a8057'
    const submission = { outcome: 'done' as const, ...both(BRINGS[one]!(uuid), BRINGS[other]!(uuid)) }
    const error = await refusal(scene.adas.claims.complete(token, submission))
    expect(error).toMatchObject({ code: 'ALREADY_EXISTS', id: `test--${uuid}` })
    expect(await scene.tracker.log.head()).toEqual(head)
    const apart = both(BRINGS[one]!(uuid), BRINGS[other]!('01890a5d-ac96-774b-bcce-b302099a8058'))
    await scene.adas.claims.complete(token, { outcome: 'done', ...apart })
    expect(await scene.tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  })

  test('takes a reason of the file', async () => {
    const scene = await sceneOf({ vocabulary: { stopReasons: ['bad_luck'] } })
    const { token } = await claimed(scene)
    await scene.adas.claims.complete(token, { outcome: 'failed', stopReason: 'bad_luck' })
    expect((await scene.tracker.runs.list()).items[0]).toMatchObject({ outcome: 'failed', stopReason: 'bad_luck' })
    expect(scene.tracker.vocabulary.stopReasons).toEqual(expect.arrayContaining(['bad_luck', 'other', 'timed_out']))
  })

  test('refuses done with an unmet contract, and leaves the claim as it was', async () => {
    const scene = await sceneOf()
    const { token } = await claimed(scene, { contract: UNMET })
    const before = await headOf(scene.tracker)
    const error = await refusal<ContractNotMetError>(scene.adas.claims.complete(token, { outcome: 'done' }))
    expect(error).toBeInstanceOf(ContractNotMetError)
    expect(error.missing).toEqual([{ kind: 'criterion', id: 'green', text: 'The tests pass.' }])
    expect(await headOf(scene.tracker)).toBe(before)
    await scene.adas.claims.complete(token, { outcome: 'done', criteria: [{ id: 'green', status: 'met' }] })
  })
})

describe('claims.reset', () => {
  test('takes a claim away: who, why, and the attempt does not count', async () => {
    const scene = await sceneOf()
    const { clock, tracker, ben, adas, bens } = scene
    const { token, task, activity } = await claimed(scene, { contract: { criteria: [], retry: { maxAttempts: 1 } } })
    clock.move(1_000)
    const before = await headOf(tracker)
    const after = await bens.claims.reset(task.id, { reason: 'Ada is away.' })
    expect(after).toMatchObject({ id: task.id, status: 'open' })
    const { items } = await tracker.log.events({ after: before })
    expect(items).toMatchObject([
      { type: 'claim.reset', actor: ben, subject: task.id, data: { reason: 'Ada is away.' } },
    ])
    const lost = { code: 'CLAIM_LOST', task: task.id, attempt: activity, endedBy: 'reset', endedAt: clock.in(0) }
    expect(await refusal(adas.claims.heartbeat(token))).toMatchObject(lost)
    await bens.claims.claim(task.id)
  })

  test('records a lease that had run out as that', async () => {
    const scene = await sceneOf()
    const { clock, tracker, bens } = scene
    const { task, expiresAt } = await claimed(scene)
    clock.move(2 * TTL)
    await bens.claims.reset(task.id, { reason: 'Ada is away.' })
    expect((await tracker.runs.list()).items).toMatchObject([{ endedBy: 'expired', endedAt: expiresAt }])
    expect(await tracker.tasks.get(task.id)).toMatchObject({ status: 'open' })
  })

  test('is refused where nobody has claimed the task, or no reason is given', async () => {
    const scene = await sceneOf()
    const { tracker, adas } = scene
    const { id } = await tracker.tasks.create({ title: 'Work' })
    expect(await refusal(adas.claims.reset(id, { reason: 'x' }))).toBeInstanceOf(NotClaimedError)
    await tracker.tasks.update(id, { status: 'in_progress' })
    expect(await refusal(adas.claims.reset(id, { reason: 'x' }))).toMatchObject({
      code: 'NOT_CLAIMED',
      status: 'in_progress',
      message: expect.stringMatching(/\(it is in progress\).*no claim to take away.*tasks\.update/),
    })
    const { task } = await claimed(scene)
    expect((await refusal(adas.claims.reset(task.id, {} as never))).code).toBe('INVALID_INPUT')
    expect(await refusal(adas.claims.reset(NOBODY as TaskId, { reason: 'x' }))).toBeInstanceOf(NotFoundError)
  })
})

describe('claims.list', () => {
  test('has the claims that have not ended, by agent and by whether the lease runs', async () => {
    const scene = await sceneOf({ maxClaims: 5 })
    const { clock, tracker, ada, ben, adas, bens } = scene
    const first = await claimed(scene)
    clock.move(1_000)
    const second = await claimed(scene)
    const { id } = await tracker.tasks.create({ title: 'Work' })
    const third = await bens.claims.claim(id, { ttlMs: 2 * TTL })
    const gone = await claimed(scene)
    await adas.claims.release(gone.token)
    clock.move(TTL - 1_000)
    const listed = async (options = {}) => (await tracker.claims.list(options)).items.map(({ activity }) => activity)
    expect(await listed()).toEqual([first.activity, second.activity, third.activity])
    expect(await listed({ agent: ada })).toEqual([first.activity, second.activity])
    expect(await listed({ agent: [ben] })).toEqual([third.activity])
    expect(await listed({ agent: [] })).toEqual([])
    expect(await listed({ expired: true })).toEqual([first.activity])
    expect(await listed({ expired: false })).toEqual([second.activity, third.activity])
    expect(await listed({ expired: true, agent: ben })).toEqual([])
    const items = await all((page) => tracker.claims.list(page), 1)
    expect(items.map(({ expired }) => expired)).toEqual([true, false, false])
    expect(items[2]).toEqual({
      task: id,
      activity: third.activity,
      agent: ben,
      attempt: 1,
      startedAt: clock.in(1_000 - TTL),
      ttlMs: 2 * TTL,
      expiresAt: third.expiresAt,
      expired: false,
    })
  })
})

describe('what the tasks group does to a claim', () => {
  const ways: [what: string, change: (t: Tracker, id: TaskId) => Promise<unknown>][] = [
    ['close', (t, id) => t.tasks.close(id)],
    ['close as failed', (t, id) => t.tasks.close(id, { outcome: 'failed' })],
    ['update', (t, id) => t.tasks.update(id, { status: 'open' })],
    ['hold', (t, id) => t.tasks.hold(id, { reason: 'not now' })],
  ]
  const forced: [what: string, change: (t: Tracker, id: TaskId) => Promise<unknown>][] = [
    ['close', (t, id) => t.tasks.close(id, { force: true, reason: 'It must be.' })],
    ['update', (t, id) => t.tasks.update(id, { status: 'open' }, { force: true, reason: 'It must be.' })],
    ['hold', (t, id) => t.tasks.hold(id, { force: true, reason: 'It must be.' })],
  ]

  test.each(ways)('%s by another is refused, and by the holder ends the claim', async (_, change) => {
    const scene = await sceneOf()
    const { tracker, ada, adas, bens } = scene
    const { task, token, activity, expiresAt } = await claimed(scene)
    const before = await headOf(tracker)
    expect(await refusal(change(bens, task.id))).toMatchObject({
      code: 'TASK_CLAIMED',
      id: task.id,
      agent: ada,
      attempt: activity,
      expiresAt,
    })
    expect(await headOf(tracker)).toBe(before)
    await change(adas, task.id)
    expect(await refusal(adas.claims.heartbeat(token))).toMatchObject({ code: 'CLAIM_LOST', endedBy: 'closed' })
    expect((await tracker.claims.list()).total).toBe(0)
    expect((await tracker.activities.get(activity)).endedAt).toBeDefined()
  })

  test.each(forced)('%s by force goes through, ends the claim, and is recorded', async (_, change) => {
    const scene = await sceneOf()
    const { tracker, ben, adas, bens } = scene
    const { task, token } = await claimed(scene)
    const before = await headOf(tracker)
    await change(bens, task.id)
    expect(await refusal(adas.claims.complete(token, { outcome: 'done' }))).toMatchObject({ endedBy: 'closed' })
    expect((await tracker.tasks.get(task.id)).forced).toBe('It must be.')
    const { items } = await tracker.log.events({ after: before })
    expect(items).toMatchObject([{ actor: ben, data: { forced: true } }])
  })

  test.each(ways)('%s by another is fine once the lease has run out', async (_, change) => {
    const scene = await sceneOf()
    const { clock, tracker, bens, adas } = scene
    const { task, token, expiresAt } = await claimed(scene)
    clock.move(TTL)
    const before = await headOf(tracker)
    await change(bens, task.id)
    expect((await typesSince(tracker, before))[0]).toBe('claim.expired')
    expect((await tracker.runs.list()).items).toMatchObject([{ endedBy: 'expired', endedAt: expiresAt }])
    expect(await refusal(adas.claims.complete(token, { outcome: 'done' }))).toMatchObject({ endedBy: 'expired' })
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  })

  test('changes of other fields leave it alone', async () => {
    const scene = await sceneOf()
    const { task, token } = await claimed(scene)
    await scene.bens.tasks.update(task.id, { title: 'Renamed', priority: 'low' })
    await scene.bens.tasks.addLabel(task.id, 'ui')
    await scene.adas.claims.heartbeat(token)
    expect((await scene.tracker.tasks.get(task.id)).status).toBe('in_progress')
  })
})

describe('with an idempotency key', () => {
  type Give = (t: Tracker, given: Claimed, ready: TaskId, key: { idempotencyKey: string }) => Promise<unknown>
  const commands: Record<string, [give: Give, other: Give]> = {
    'claims.next': [
      (t, _, __, key) => t.claims.next({ ttlMs: TTL, ...key }),
      (t, _, __, key) => t.claims.next({ ttlMs: TTL + 1, ...key }),
    ],
    'claims.claim': [
      (t, _, ready, key) => t.claims.claim(ready, { ttlMs: TTL, ...key }),
      (t, _, ready, key) => t.claims.claim(ready, key),
    ],
    'claims.heartbeat': [
      (t, { token }, _, key) => t.claims.heartbeat(token, key),
      (t, { token }, _, key) => t.claims.renew(token, key),
    ],
    'claims.renew': [
      (t, { token }, _, key) => t.claims.renew(token, { ttlMs: 5_000, ...key }),
      (t, { token }, _, key) => t.claims.renew(token, key),
    ],
    'claims.release': [
      (t, { token }, _, key) => t.claims.release(token, { reason: 'x', ...key }),
      (t, { token }, _, key) => t.claims.release(token, key),
    ],
    'claims.complete': [
      (t, { token }, _, key) => t.claims.complete(token, { outcome: 'done', ...key }),
      (t, { token }, _, key) => t.claims.complete(token, { outcome: 'done', summary: 'x', ...key }),
    ],
    'claims.reset': [
      (t, { task }, _, key) => t.claims.reset(task.id, { reason: 'x', ...key }),
      (t, { task }, _, key) => t.claims.reset(task.id, { reason: 'y', ...key }),
    ],
  }

  test.each(Object.keys(commands))('%s has one effect, one result and one token', async (name) => {
    const scene = await sceneOf({ maxClaims: 5 })
    const { clock, tracker, adas } = scene
    const given = await claimed(scene)
    const waiting = await tracker.tasks.create({ title: 'Waiting', blockedBy: [given.task.id] })
    const ready = await tracker.tasks.create({ title: 'Ready' })
    clock.move(TTL / 2 + 1)
    const [give, other] = commands[name]!
    const key = { idempotencyKey: 'one' }
    const before = await headOf(tracker)
    const first = await give(adas, given, ready.id, key)
    const after = await headOf(tracker)
    expect(after).toBeGreaterThan(before)
    expect(await give(adas, given, ready.id, key)).toEqual(first)
    // Also when everything has gone on since, and from another process.
    clock.move(10 * TTL)
    await tracker.tasks.update(ready.id, { title: 'Renamed' })
    await tracker.tasks.update(given.task.id, { title: 'Renamed' })
    await tracker.tasks.update(waiting.id, { notBefore: clock.in(1) })
    const since = await headOf(tracker)
    const elsewhere = (await open({ path: tracker.path, now: clock.now })).as(scene.ada)
    expect(await give(elsewhere, given, ready.id, key)).toEqual(first)
    expect(await headOf(tracker)).toBe(since)
    const conflict = await refusal(other(adas, given, ready.id, key))
    expect(conflict).toBeInstanceOf(IdempotencyConflictError)
    expect(await refusal(give(scene.bens, given, ready.id, key))).toBeInstanceOf(IdempotencyConflictError)
    expect(await headOf(tracker)).toBe(since)
    if (name === 'claims.complete') expect(first).toMatchObject({ freed: [waiting.id] })
  })
})

describe('a lease that has run out, while nobody else has claimed the task', () => {
  test.each<[string, (scene: Scene, id: TaskId) => Promise<unknown>]>([
    ['another title', ({ bens }, id) => bens.tasks.update(id, { title: 'Better work' })],
    ['a label', ({ bens }, id) => bens.tasks.addLabel(id, 'urgent')],
    ['another contract', ({ bens }, id) => bens.contracts.revise(id, { criteria: [] }, { reason: 'x' })],
    [
      'a relation',
      async ({ bens }, id) => bens.relations.add(id, 'related', (await bens.tasks.create({ title: 'Other' })).id),
    ],
  ])('is not ended by %s', async (_, change) => {
    const scene = await sceneOf()
    const { task, token } = await claimed(scene)
    scene.clock.move(TTL)
    await change(scene, task.id)
    await scene.adas.claims.renew(token)
    scene.clock.move(10 * TTL)
    await change(scene, task.id)
    expect((await scene.adas.claims.complete(token, { outcome: 'done' })).task.status).toBe('closed')
    expect(await scene.tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  })
})

describe('the last lease, which nobody has written down that it ran out', () => {
  const contract: Contract = { criteria: [], retry: { maxAttempts: 1 } }

  async function lateScene() {
    const scene = await sceneOf()
    const { task, token } = await claimed(scene, { contract })
    scene.clock.move(TTL)
    return { ...scene, id: task.id, token, revision: task.revision }
  }

  test.each([
    [
      'tasks.close',
      ({ adas, id, revision }: Late) => adas.tasks.close(id, { expectedRevision: revision }),
      'ALREADY_CLOSED',
    ],
    [
      'tasks.hold',
      ({ bens, id, revision }: Late) => bens.tasks.hold(id, { reason: 'x', expectedRevision: revision }),
      'ILLEGAL_TRANSITION',
    ],
    ['tasks.update', ({ bens, id }: Late) => bens.tasks.update(id, { status: 'open' }), 'ILLEGAL_TRANSITION'],
  ])('is written down where %s is refused because of it, and for no other reason', async (_what, move, code) => {
    const scene = await lateScene()
    expect(await refusal(move(scene))).toMatchObject({ code })
    expect(await scene.tracker.tasks.get(scene.id)).toMatchObject({ status: 'closed', outcome: 'failed' })
    expect((await scene.tracker.runs.list()).items).toMatchObject([{ endedBy: 'expired', durationMs: TTL }])
  })

  test('is written down together with what it makes possible', async () => {
    const { tracker, id, revision } = await lateScene()
    expect((await tracker.tasks.reopen(id, { expectedRevision: revision })).status).toBe('open')
    expect((await tracker.runs.list()).items).toMatchObject([{ endedBy: 'expired' }])
  })

  type Late = Awaited<ReturnType<typeof lateScene>>
})

test('an attempt that tasks.close ends, ends now, whenever the task is said to have been closed', async () => {
  const scene = await sceneOf()
  const { task } = await claimed(scene)
  scene.clock.move(1_000)
  const at = '2030-01-01T00:00:00.000Z'
  expect((await scene.adas.tasks.close(task.id, { at })).closedAt).toBe(at)
  expect((await scene.tracker.runs.list()).items).toMatchObject([{ endedBy: 'closed', durationMs: 1_000 }])
})

test('complete tells a holder who lost the claim that, and not that the task has changed since', async () => {
  const scene = await sceneOf()
  const { task, token } = await claimed(scene)
  await scene.bens.claims.reset(task.id, { reason: 'nobody is there' })
  const late = scene.adas.claims.complete(token, { outcome: 'done', expectedRevision: task.revision })
  expect(await refusal(late)).toBeInstanceOf(ClaimLostError)
})

describe('a clock that jumps backwards', () => {
  test('revives no lease in a tracker that has the file by another path', async () => {
    const clock = new HandClock()
    const path = freshPath()
    const link = `${path}-link`
    const one = await open({ path, now: clock.now })
    symlinkSync(path, link)
    const other = await open({ path: link, now: clock.now })
    const { id } = await one.tasks.create({ title: 'Work' })
    const { token } = await one.claims.claim(id, { ttlMs: TTL })
    clock.move(TTL)
    expect((await one.tasks.explain(id)).ready).toBe(true)
    clock.move(-900)
    expect((await other.tasks.explain(id)).ready).toBe(true)
    expect(await refusal(other.claims.heartbeat(token))).toBeInstanceOf(ClaimExpiredError)
  })

  test('knows nothing of a file that was there before', async () => {
    const clock = new HandClock()
    const path = freshPath()
    const claim = async () => {
      const tracker = await open({ path, now: clock.now })
      const { id } = await tracker.tasks.create({ title: 'Work' })
      const { expiresAt } = await tracker.claims.claim(id, { ttlMs: TTL })
      await tracker.close()
      return expiresAt
    }
    const first = await claim()
    rmSync(path)
    clock.move(-1_000)
    expect(Date.parse(first) - Date.parse(await claim())).toBe(1_000)
  })

  test('revives no lease in another tracker of the process on the same file', async () => {
    const scene = await sceneOf()
    const { token } = await claimed(scene)
    const elsewhere = (await open({ path: scene.tracker.path, now: scene.clock.now })).as(scene.ada)
    scene.clock.move(TTL)
    await scene.tracker.tasks.ready()
    scene.clock.move(-TTL)
    expect(await refusal(elsewhere.claims.heartbeat(token))).toBeInstanceOf(ClaimExpiredError)
  })

  test('revives no lease, once somebody has seen it run out', async () => {
    const scene = await sceneOf()
    const { clock, tracker, adas, bens } = scene
    const { token, task } = await claimed(scene)
    clock.move(TTL)
    expect((await tracker.tasks.ready()).total).toBe(1)
    clock.move(-TTL)
    expect((await tracker.tasks.ready()).total).toBe(1)
    expect((await tracker.tasks.explain(task.id)).ready).toBe(true)
    expect((await tracker.claims.list({ expired: true })).total).toBe(1)
    expect(await refusal(adas.claims.heartbeat(token))).toBeInstanceOf(ClaimExpiredError)
    const { expiresAt } = await bens.claims.claim(task.id, { ttlMs: TTL })
    // A new lease runs for as long as it was asked for, from the latest time that was seen.
    expect(expiresAt).toBe(clock.in(2 * TTL))
    expect((await tracker.tasks.ready()).total).toBe(0)
    expect(await refusal(adas.claims.complete(token, { outcome: 'done' }))).toBeInstanceOf(ClaimLostError)
  })

  test('lets an end that was logged stay an end, in another process too', async () => {
    const scene = await sceneOf()
    const { clock, tracker, adas, bens } = scene
    const first = await claimed(scene)
    clock.move(TTL)
    const second = await bens.claims.claim(first.task.id, { ttlMs: TTL })
    clock.move(-10 * TTL)
    const elsewhere = await open({ path: tracker.path, now: clock.now })
    for (const t of [tracker, elsewhere]) {
      expect(await refusal(t.as(scene.ada).claims.heartbeat(first.token))).toMatchObject({ endedBy: 'expired' })
      expect(await refusal(t.as(scene.ada).claims.renew(first.token))).toMatchObject({ endedBy: 'expired' })
    }
    await elsewhere.as(scene.ben).claims.heartbeat(second.token)
    expect(await refusal(adas.claims.claim(first.task.id))).toBeInstanceOf(NotClaimableError)
    await bens.claims.complete(second.token, { outcome: 'done' })
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  })

  test('does not bring back the wait of a task that was ready', async () => {
    const { clock, tracker, adas } = await sceneOf()
    const { id } = await tracker.tasks.create({ title: 'Work', notBefore: clock.in(1_000) })
    clock.move(1_000)
    expect((await tracker.tasks.ready()).total).toBe(1)
    clock.move(-1_000)
    expect((await tracker.tasks.ready()).total).toBe(1)
    expect((await adas.claims.next())!.task.id).toBe(id)
  })
})

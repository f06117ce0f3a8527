import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ActivityEndedError,
  type AgentId,
  AlreadyExistsError,
  type Claimed,
  type CompletionPolicy,
  type Contract,
  ContractNotMetError,
  IdempotencyConflictError,
  InvalidInputError,
  type NewReview,
  NotFoundError,
  NothingToReviewError,
  ReviewerNotAllowedError,
  StaleRevisionError,
  type Submission,
  type TaskId,
  type Tracker,
  type Verdict,
} from '../src/index.js'
import { all, answersOf } from './support/answers.js'
import { HandClock } from './support/hand-clock.js'
import { refusal } from './support/refusals.js'
import { freshPath, inMemory, open } from './support/trackers.js'

const NOBODY = 'test--01890a5d-ac96-774b-bcce-b302099a8057' as TaskId
const REVIEWED: Contract = { criteria: [], completionPolicy: 'review' }
const DONE: Submission = { outcome: 'done' }

interface Scene {
  readonly tracker: Tracker
  /** Who works, and those who have not. */
  readonly ada: AgentId
  readonly ben: AgentId
  readonly cleo: AgentId
  readonly adas: Tracker
  readonly bens: Tracker
  readonly cleos: Tracker
}

async function peopleOf(tracker: Tracker): Promise<Scene> {
  const [ada, ben, cleo] = [await human(tracker, 'Ada'), await human(tracker, 'Ben'), await human(tracker, 'Cleo')]
  return { tracker, ada, ben, cleo, adas: tracker.as(ada), bens: tracker.as(ben), cleos: tracker.as(cleo) }
}

async function human(tracker: Tracker, name: string): Promise<AgentId> {
  return (await tracker.agents.registerHuman({ name })).id
}

/** A record with three people, and a clock that stands still. */
async function sceneOf(): Promise<Scene> {
  return peopleOf(await open({ now: new HandClock().now }))
}

/** A task with this contract that Ada has claimed, worked on and handed in. */
async function handedIn(scene: Scene, contract = REVIEWED, submission = DONE): Promise<Claimed> {
  const { id } = await scene.tracker.tasks.create({ title: 'Work', contract })
  return handInAgain(scene, id, submission)
}

async function handInAgain({ adas }: Scene, id: TaskId, submission = DONE): Promise<Claimed> {
  const claim = await adas.claims.claim(id)
  const { task } = await adas.claims.complete(claim.token, submission)
  expect(task.status).toBe('in_review')
  return { ...claim, task }
}

async function stateOf(tracker: Tracker) {
  return {
    answers: await answersOf(tracker),
    reviews: await all((page) => tracker.reviews.list(page)),
    runs: await all((page) => tracker.runs.list(page)),
  }
}

async function expectReplayed(tracker: Tracker): Promise<void> {
  const before = await stateOf(tracker)
  expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  await tracker.log.rebuild()
  expect(await stateOf(tracker)).toEqual(before)
}

/** That it is refused, and changes nothing. */
async function refused<Refusal extends Error>(tracker: Tracker, call: () => Promise<unknown>): Promise<Refusal> {
  const before = await stateOf(tracker)
  const error = await refusal(call())
  expect(await stateOf(tracker)).toEqual(before)
  return error as unknown as Refusal
}

describe('approving', () => {
  test('closes the task as completed, and frees what waited for it', async () => {
    const scene = await sceneOf()
    const { task, activity } = await handedIn(scene)
    const waiting = await scene.tracker.tasks.create({
      title: 'Next',
      blockedBy: [{ task: task.id, gate: 'completed' }],
    })
    const before = await scene.tracker.tasks.get(task.id)
    const reviewed = await scene.bens.reviews.record(task.id, { verdict: 'approve', comment: 'Well done.' })
    expect(reviewed).toEqual({
      review: {
        id: reviewed.review.id,
        task: task.id,
        attempt: activity,
        reviewer: scene.ben,
        verdict: 'approve',
        comment: 'Well done.',
        evidence: [],
        createdAt: reviewed.review.createdAt,
      },
      task: {
        ...before,
        status: 'closed',
        outcome: 'completed',
        closedAt: reviewed.review.createdAt,
        updatedAt: reviewed.review.createdAt,
        revision: before.revision + 1,
      },
      freed: [waiting.id],
    })
    expect(await scene.tracker.tasks.get(task.id)).toEqual(reviewed.task)
    expect((await scene.tracker.reviews.list()).items).toEqual([reviewed.review])
    expect((await scene.tracker.tasks.ready()).items.map(({ id }) => id)).toEqual([waiting.id])
    await expectReplayed(scene.tracker)
  })

  test('what was handed in for review by one whom nobody else checks closes with one approval', async () => {
    const scene = await sceneOf()
    for (const contract of [{ criteria: [] }, undefined]) {
      const { id } = await scene.tracker.tasks.create({ title: 'Work', ...(contract !== undefined && { contract }) })
      await handInAgain(scene, id, { outcome: 'pending_review' })
      expect((await scene.bens.reviews.record(id, { verdict: 'approve' })).task.outcome).toBe('completed')
    }
  })

  test('a quorum closes at exactly as many distinct reviewers, whoever repeats themselves', async () => {
    const votes = fc.array(fc.nat({ max: 4 }), { maxLength: 12 })
    const run = fc.asyncProperty(fc.integer({ min: 1, max: 5 }), votes, async (quorum, order) => {
      await inMemory(async (tracker) => {
        const scene = await peopleOf(tracker)
        const reviewers = []
        for (let i = 0; i < 5; i++) reviewers.push(tracker.as(await human(tracker, `Reviewer ${i}`)))
        const { task } = await handedIn(scene, { criteria: [], completionPolicy: { quorum } })
        const seen = new Set<number>()
        for (const vote of order) {
          if (seen.size === quorum) break
          seen.add(vote)
          const before = await tracker.tasks.get(task.id)
          const { task: after } = await reviewers[vote]!.reviews.record(task.id, { verdict: 'approve' })
          if (seen.size === quorum) expect(after).toMatchObject({ status: 'closed', outcome: 'completed' })
          else expect(after).toEqual(before)
          expect(await tracker.tasks.get(task.id)).toEqual(after)
        }
        await expectReplayed(tracker)
      })
    })
    await fc.assert(run, { numRuns: 40 })
  })

  test('counts for the latest submission alone', async () => {
    const scene = await sceneOf()
    const { task } = await handedIn(scene, { criteria: [], completionPolicy: { quorum: 2 } })
    await scene.bens.reviews.record(task.id, { verdict: 'approve' })
    await scene.cleos.reviews.record(task.id, { verdict: 'request_changes' })
    const again = await handInAgain(scene, task.id)
    const first = await scene.cleos.reviews.record(task.id, { verdict: 'approve' })
    expect(first).toMatchObject({ task: { status: 'in_review' }, review: { attempt: again.activity } })
    const second = await scene.bens.reviews.record(task.id, { verdict: 'approve' })
    expect(second.task).toMatchObject({ status: 'closed', outcome: 'completed' })
  })

  test('what was handed in under an earlier contract is held against the present one', async () => {
    const scene = await sceneOf()
    const { task } = await handedIn(scene)
    const contract: Contract = {
      criteria: [
        { id: 'green', text: 'The tests pass.', required: true },
        { id: 'readable', text: 'It reads well.', verification: 'review', required: true },
      ],
      requiredEvidence: ['test_report'],
      completionPolicy: 'review',
    }
    await scene.cleos.contracts.revise(task.id, contract, { reason: 'They want more.' })
    const error = await refused<ContractNotMetError>(scene.tracker, () =>
      scene.bens.reviews.record(task.id, { verdict: 'approve' }),
    )
    expect(error).toBeInstanceOf(ContractNotMetError)
    expect(error.missing).toEqual([
      { kind: 'criterion', id: 'green', text: 'The tests pass.' },
      { kind: 'evidence', evidenceKind: 'test_report' },
    ])
    await scene.bens.reviews.record(task.id, { verdict: 'request_changes' })
    const met: Submission = {
      outcome: 'pending_review',
      criteria: [{ id: 'green', status: 'met' }],
      evidence: [{ kind: 'test_report', iri: 'urn:report' }],
    }
    await handInAgain(scene, task.id, met)
    const stricter: Contract = { ...contract, completionPolicy: { quorum: 1 } }
    await scene.cleos.contracts.revise(task.id, stricter, { reason: 'To be sure.' })
    expect((await scene.bens.reviews.record(task.id, { verdict: 'approve' })).task.outcome).toBe('completed')
  })

  test('counts by the policy of now: one that was tightened asks for more', async () => {
    const scene = await sceneOf()
    const { task } = await handedIn(scene, { criteria: [], completionPolicy: { quorum: 2 } })
    await scene.bens.reviews.record(task.id, { verdict: 'approve' })
    await scene.adas.contracts.revise(task.id, { criteria: [], completionPolicy: { quorum: 3 } }, { reason: 'Care.' })
    expect((await scene.cleos.reviews.record(task.id, { verdict: 'approve' })).task.status).toBe('in_review')
    const dan = scene.tracker.as(await human(scene.tracker, 'Dan'))
    expect((await dan.reviews.record(task.id, { verdict: 'approve' })).task.status).toBe('closed')
  })
})

describe('turning down', () => {
  test.each([
    [1, 'closed'],
    [2, 'open'],
  ] as const)('a rejection of the first of %i attempts leaves the task %s', async (maxAttempts, status) => {
    const scene = await sceneOf()
    const { task } = await handedIn(scene, { ...REVIEWED, retry: { maxAttempts, backoffMs: 60_000 } })
    const planB = await scene.tracker.tasks.create({ title: 'Plan B', blockedBy: [{ task: task.id, gate: 'failed' }] })
    const { task: after, freed } = await scene.bens.reviews.record(task.id, { verdict: 'reject' })
    expect(after.status).toBe(status)
    expect(after.outcome).toBe(status === 'closed' ? 'failed' : undefined)
    expect(freed).toEqual(status === 'closed' ? [planB.id] : [])
    expect((await scene.tracker.tasks.ready()).items.map(({ id }) => id)).toEqual([
      status === 'closed' ? planB.id : task.id,
    ])
    await expectReplayed(scene.tracker)
  })

  test('attempts that failed, were rejected or ran out count together', async () => {
    const clock = new HandClock()
    const scene = await peopleOf(await open({ now: clock.now }))
    const { task } = await handedIn(scene, { ...REVIEWED, retry: { maxAttempts: 3 } })
    await scene.bens.reviews.record(task.id, { verdict: 'reject' })
    const { token } = await scene.adas.claims.claim(task.id)
    await scene.adas.claims.complete(token, { outcome: 'failed', stopReason: 'timed_out' })
    await scene.adas.claims.claim(task.id, { ttlMs: 1_000 })
    clock.move(1_000)
    const reviewing = refusal(scene.bens.reviews.record(task.id, { verdict: 'approve' }))
    expect(await reviewing).toBeInstanceOf(NothingToReviewError)
    expect(await scene.adas.claims.next()).toBeNull()
    expect(await scene.tracker.tasks.get(task.id)).toMatchObject({ status: 'closed', outcome: 'failed' })
  })

  test('requested changes reopen the task at no cost, as often as it takes', async () => {
    const scene = await sceneOf()
    const { task } = await handedIn(scene, { ...REVIEWED, retry: { maxAttempts: 1 } })
    for (let round = 0; round < 3; round++) {
      const asked = await scene.bens.reviews.record(task.id, { verdict: 'request_changes', comment: 'Nearly.' })
      expect(asked.task.status).toBe('open')
      await handInAgain(scene, task.id)
    }
    expect((await scene.bens.reviews.record(task.id, { verdict: 'reject' })).task.outcome).toBe('failed')
    await expectReplayed(scene.tracker)
  })

  test('without a rule for retries, a rejection reopens the task each time', async () => {
    const scene = await sceneOf()
    const { task } = await handedIn(scene)
    for (let round = 0; round < 3; round++) {
      expect((await scene.bens.reviews.record(task.id, { verdict: 'reject' })).task.status).toBe('open')
      await handInAgain(scene, task.id)
    }
  })

  test('what was turned down is not judged again when the task gets to in_review another way', async () => {
    const scene = await sceneOf()
    const { task } = await handedIn(scene)
    await scene.bens.reviews.record(task.id, { verdict: 'reject' })
    await scene.tracker.tasks.update(task.id, { status: 'in_review' }, { force: true, reason: 'Look again.' })
    for (const verdict of ['approve', 'reject', 'request_changes'] as const) {
      const error = await refused(scene.tracker, () => scene.cleos.reviews.record(task.id, { verdict }))
      expect(error).toBeInstanceOf(NothingToReviewError)
    }
  })

  test.each([
    ['no contract', undefined],
    ['a contract', REVIEWED],
  ])(
    'with %s, what was handed in before the task left review is not judged when it is back',
    async (_what, contract) => {
      const scene = await sceneOf()
      const { tracker, adas, cleos } = scene
      const force = contract === undefined ? {} : { force: true, reason: 'Look again.' }
      const leave: ((id: TaskId) => Promise<unknown>)[] = [
        (id) => tracker.tasks.update(id, { status: 'open' }, force),
        async (id) => {
          await tracker.tasks.hold(id, { reason: 'Later.', ...(contract !== undefined && { force: true }) })
          await tracker.tasks.unhold(id)
        },
        async (id) => {
          await tracker.tasks.close(id, { outcome: 'cancelled' })
          await tracker.tasks.reopen(id)
        },
        async (id) => {
          await tracker.tasks.update(id, { status: 'open' }, force)
          const { token } = await adas.claims.claim(id)
          await adas.claims.release(token)
        },
      ]
      for (const away of leave) {
        const { id } = await tracker.tasks.create({ title: 'Work', ...(contract !== undefined && { contract }) })
        await handInAgain(scene, id, { outcome: 'pending_review' })
        await away(id)
        await tracker.tasks.update(id, { status: 'in_review' }, force)
        for (const verdict of ['approve', 'reject', 'request_changes'] as const) {
          const error = await refused(tracker, () => cleos.reviews.record(id, { verdict }))
          expect(error).toBeInstanceOf(NothingToReviewError)
        }
      }
    },
  )

  test('a change that leaves the task in review leaves its submission to be judged', async () => {
    const scene = await sceneOf()
    const { task } = await handedIn(scene)
    const event = (await scene.tracker.tasks.update(task.id, { title: 'Better', priority: 'high' })).revision
    expect(event).toBe(task.revision + 1)
    await scene.tracker.tasks.addLabel(task.id, 'soon')
    expect((await scene.bens.reviews.record(task.id, { verdict: 'approve' })).task.outcome).toBe('completed')
  })
})

describe('who may review', () => {
  const POLICIES: CompletionPolicy[] = ['self', 'review', { quorum: 2 }, 'human']
  const VERDICTS: Verdict[] = ['approve', 'reject', 'request_changes']
  const cases = POLICIES.flatMap((policy) => VERDICTS.map((verdict) => [policy, verdict] as const))

  test.each(cases)(
    'nobody who has had an attempt, however it ended: under %j, %s',
    async (completionPolicy, verdict) => {
      const clock = new HandClock()
      const scene = await peopleOf(await open({ now: clock.now }))
      const { adas, bens, cleos, tracker } = scene
      const { id } = await tracker.tasks.create({ title: 'Work', contract: { criteria: [], completionPolicy } })
      await bens.claims.release((await bens.claims.claim(id)).token)
      await cleos.claims.claim(id, { ttlMs: 1_000 })
      clock.move(1_000)
      const { token } = await adas.claims.claim(id)
      await adas.claims.complete(token, { outcome: 'pending_review' })
      for (const worker of [adas, bens, cleos]) {
        const error = await refused<ReviewerNotAllowedError>(tracker, () => worker.reviews.record(id, { verdict }))
        expect(error).toBeInstanceOf(ReviewerNotAllowedError)
        expect(error.reason).toBe('own_work')
      }
    },
  )

  test('where the policy asks for a human, others may turn down and not approve', async () => {
    const scene = await sceneOf()
    const { tracker } = scene
    const robot = tracker.as((await tracker.agents.registerSoftware({ name: 'robot' })).id)
    const { task } = await handedIn(scene, { criteria: [], completionPolicy: 'human' })
    // The tracker itself acts as an agent that may not be there yet.
    for (const program of [robot, tracker]) {
      const error = await refused<ReviewerNotAllowedError>(tracker, () =>
        program.reviews.record(task.id, { verdict: 'approve' }),
      )
      expect(error).toBeInstanceOf(ReviewerNotAllowedError)
      expect(error.reason).toBe('not_human')
    }
    expect((await robot.reviews.record(task.id, { verdict: 'request_changes' })).task.status).toBe('open')
    await handInAgain(scene, task.id)
    expect((await scene.bens.reviews.record(task.id, { verdict: 'approve' })).task.status).toBe('closed')
  })

  test('an agent that is registered by its review may', async () => {
    const scene = await sceneOf()
    const { task } = await handedIn(scene)
    const { review } = await scene.tracker.reviews.record(task.id, { verdict: 'approve' })
    expect(await scene.tracker.agents.get(review.reviewer)).toMatchObject({ kind: 'software', name: 'provtrail' })
    await expectReplayed(scene.tracker)
  })
})

describe('reviews.record is refused', () => {
  test.each([
    ['an open task', async () => undefined, 'open'],
    ['one in progress', ({ adas }: Scene, id: TaskId) => adas.claims.claim(id), 'in_progress'],
    ['one on hold', ({ adas }: Scene, id: TaskId) => adas.tasks.hold(id, { reason: 'Later.' }), 'blocked'],
    ['a closed one', ({ adas }: Scene, id: TaskId) => adas.tasks.close(id), 'closed'],
    [
      'one in review that nobody has worked on',
      ({ adas }: Scene, id: TaskId) => adas.tasks.update(id, { status: 'in_review' }),
      'in_review',
    ],
    [
      'one whose latest submission says that it failed',
      async ({ adas }: Scene, id: TaskId) => {
        const { token } = await adas.claims.claim(id)
        await adas.claims.complete(token, { outcome: 'failed', stopReason: 'timed_out' })
        await adas.tasks.reopen(id)
        await adas.tasks.update(id, { status: 'in_review' })
      },
      'in_review',
    ],
  ] as const)('for %s', async (_, lead, status) => {
    const scene = await sceneOf()
    const { id } = await scene.tracker.tasks.create({ title: 'Work' })
    await lead(scene, id)
    const error = await refused<NothingToReviewError>(scene.tracker, () =>
      scene.bens.reviews.record(id, { verdict: 'approve' }),
    )
    expect(error).toBeInstanceOf(NothingToReviewError)
    expect(error.status).toBe(status)
  })

  test('for a task, an id or a revision that is not right', async () => {
    const scene = await sceneOf()
    const { task, activity } = await handedIn(scene)
    const recording = (review: Partial<NewReview>, id = task.id) =>
      refused(scene.tracker, () => scene.bens.reviews.record(id, { verdict: 'approve', ...review }))
    expect(await recording({}, NOBODY)).toBeInstanceOf(NotFoundError)
    expect(await recording({}, scene.ada as unknown as TaskId)).toBeInstanceOf(NotFoundError)
    expect(await recording({ id: activity })).toBeInstanceOf(AlreadyExistsError)
    expect(await recording({ expectedRevision: task.revision + 1 })).toBeInstanceOf(StaleRevisionError)
    expect(await recording({ verdict: 'maybe' as Verdict })).toBeInstanceOf(InvalidInputError)
    expect(await recording({ evidence: [{ kind: 'nothing' }] })).toBeInstanceOf(InvalidInputError)
    expect(await recording({ evidence: [NOBODY as never] })).toBeInstanceOf(NotFoundError)
    expect(await recording({ surprise: true } as Partial<NewReview>)).toBeInstanceOf(InvalidInputError)
  })

  test('where its evidence would take the id of the review', async () => {
    const scene = await sceneOf()
    const { task } = await handedIn(scene)
    const review = {
      verdict: 'approve',
      id: NOBODY as never,
      evidence: [{ kind: 'a', iri: 'urn:a', id: NOBODY as never }],
    } as const
    expect(await refused(scene.tracker, () => scene.bens.reviews.record(task.id, review))).toBeInstanceOf(
      AlreadyExistsError,
    )
  })
})

describe('a review', () => {
  test('is an activity of the reviewer, with the task as its plan, and over', async () => {
    const scene = await sceneOf()
    const { task } = await handedIn(scene)
    const { review } = await scene.bens.reviews.record(task.id, { verdict: 'approve' })
    const activity = await scene.tracker.activities.get(review.id)
    expect(activity).toMatchObject({
      agent: scene.ben,
      task: task.id,
      phase: 'review',
      stage: 'complete',
      startedAt: review.createdAt,
      endedAt: review.createdAt,
    })
    expect(await refusal(scene.bens.activities.end(review.id))).toBeInstanceOf(ActivityEndedError)
  })

  test.each([
    [['wish', 'judge'], 'wish'],
    [['wish', 'unscoped'], 'unscoped'],
    [['wish', 'review'], 'review'],
  ])('is in the phase that the words %j have for it', async (phases, phase) => {
    const scene = await peopleOf(await open({ now: new HandClock().now, vocabulary: { phases } }))
    const { task } = await handedIn(scene)
    const { review } = await scene.bens.reviews.record(task.id, { verdict: 'approve' })
    expect((await scene.tracker.activities.get(review.id)).phase).toBe(phase)
  })

  test('brings evidence about the task, or names what is there', async () => {
    const scene = await sceneOf()
    const { task } = await handedIn(scene)
    const there = await scene.adas.evidence.add(task.id, { kind: 'test_report', iri: 'urn:report' })
    const { review } = await scene.bens.reviews.record(task.id, {
      verdict: 'request_changes',
      evidence: [there.id, { kind: 'screenshot', iri: 'urn:picture' }, { kind: 'test_report', iri: 'urn:report' }],
    })
    const known = (await scene.tracker.evidence.list({ subject: task.id })).items
    expect(known).toMatchObject([
      { id: there.id, agent: scene.ada },
      { kind: 'screenshot', agent: scene.ben },
    ])
    expect(review.evidence).toEqual(known.map(({ id }) => id))
    expect((await scene.tracker.reviews.list()).items).toEqual([review])
    await expectReplayed(scene.tracker)
  })

  test('repeated under its idempotency key is the same one, with the task as it was then', async () => {
    const scene = await sceneOf()
    const { task } = await handedIn(scene)
    const waiting = await scene.tracker.tasks.create({ title: 'Next', blockedBy: [task.id] })
    const review = {
      verdict: 'approve',
      comment: 'Well done.',
      evidence: [{ kind: 'screenshot', iri: 'urn:picture' }],
      idempotencyKey: 'review',
    } as const
    const first = await scene.bens.reviews.record(task.id, review)
    expect(first.freed).toEqual([waiting.id])
    await scene.tracker.tasks.reopen(task.id)
    const { seq } = await scene.tracker.log.head()
    expect(await scene.bens.reviews.record(task.id, review)).toEqual(first)
    expect((await scene.tracker.log.head()).seq).toBe(seq)
    const other = refusal(scene.bens.reviews.record(task.id, { ...review, comment: 'Hm.' }))
    expect(await other).toBeInstanceOf(IdempotencyConflictError)
  })

  test('says when it was, where it is entered later', async () => {
    const scene = await sceneOf()
    const { task } = await handedIn(scene)
    const at = '2026-01-06T10:00:00.000Z'
    const { review, task: after } = await scene.bens.reviews.record(task.id, { verdict: 'approve', at })
    expect([review.createdAt, after.closedAt]).toEqual([at, at])
    expect((await scene.tracker.activities.get(review.id)).endedAt).toBe(at)
  })

  test('is listed in order, by task and reviewer, page by page', async () => {
    const scene = await sceneOf()
    const policy: Contract = { criteria: [], completionPolicy: { quorum: 3 } }
    const [one, two] = [await handedIn(scene, policy), await handedIn(scene, policy)]
    const ids = []
    for (const reviewer of [scene.bens, scene.cleos]) {
      for (const { task } of [one, two]) {
        ids.push((await reviewer.reviews.record(task.id, { verdict: 'approve' })).review.id)
      }
    }
    const { reviews } = scene.tracker
    const listed = async (options: object, limit?: number) =>
      (await all((page) => reviews.list({ ...options, ...page }), limit)).map(({ id }) => id)
    expect(await listed({}, 1)).toEqual(ids)
    expect(await listed({ task: two.task.id })).toEqual([ids[1], ids[3]])
    expect(await listed({ reviewer: scene.ben })).toEqual([ids[0], ids[1]])
    expect(await listed({ reviewer: [scene.ben, scene.cleo], task: [one.task.id] })).toEqual([ids[0], ids[2]])
    expect(await listed({ reviewer: [] })).toEqual([])
    expect((await reviews.list({ limit: 1, task: two.task.id })).total).toBe(2)
  })

  test('that is erased loses its words and nothing else', async () => {
    const scene = await sceneOf()
    const { task } = await handedIn(scene, { ...REVIEWED, retry: { maxAttempts: 1 } })
    const { review, task: after } = await scene.bens.reviews.record(task.id, {
      verdict: 'reject',
      comment: 'zq-secret-qz',
    })
    await scene.tracker.log.redact((await scene.tracker.log.head()).seq, { reason: 'Asked for.' })
    expect((await scene.tracker.reviews.list()).items).toEqual([{ ...review, comment: '' }])
    expect(await scene.tracker.tasks.get(task.id)).toEqual(after)
    expect(JSON.stringify(await stateOf(scene.tracker))).not.toContain('zq-secret-qz')
    await expectReplayed(scene.tracker)
  })
})

test('whoever hands in what came of the attempt of another has worked on it, and does not review it', async () => {
  const { tracker, adas, ben, bens, cleos } = await sceneOf()
  const task = await tracker.tasks.create({
    title: 'Work',
    contract: { criteria: [{ id: 'works', text: 'It works.', required: true }], completionPolicy: 'review' },
  })
  const { token } = await adas.claims.claim(task.id)
  const waived = { id: 'works', status: 'waived' as const, waiver: { reason: 'Later.', by: ben } }
  const ownWaiver = bens.claims.complete(token, { outcome: 'done', criteria: [waived] })
  expect(await refusal(ownWaiver), 'nor waives what is asked of it').toBeInstanceOf(InvalidInputError)
  await bens.claims.complete(token, { outcome: 'done', criteria: [{ id: 'works', status: 'met' }] })
  const refused = await refusal(bens.reviews.record(task.id, { verdict: 'approve' }))
  expect(refused).toBeInstanceOf(ReviewerNotAllowedError)
  await cleos.reviews.record(task.id, { verdict: 'request_changes' })
  const again = await adas.claims.claim(task.id)
  const submission: Submission = { outcome: 'done', criteria: [waived] }
  expect(await refusal(adas.claims.complete(again.token, submission))).toBeInstanceOf(InvalidInputError)
})

describe('a review', () => {
  test('is not older than what it judges, whatever the clock of the reviewer says', async () => {
    const path = freshPath()
    const clock = new HandClock()
    const scene = await peopleOf(await open({ path, now: clock.now }))
    const { task } = await handedIn(scene)
    const submittedAt = new Date(clock.now()).toISOString()
    const behind = await open({ path, now: () => clock.now() - 3_600_000 })
    const early = scene.bens.reviews.record(task.id, { verdict: 'approve', at: '2026-01-05T08:59:59.999Z' })
    const error = await refusal<InvalidInputError>(early)
    expect(error).toBeInstanceOf(InvalidInputError)
    expect(error.issues.map(({ field }) => field)).toEqual(['at'])
    const { review } = await behind.as(scene.ben).reviews.record(task.id, { verdict: 'approve' })
    expect(review.createdAt).toBe(submittedAt)
    await expectReplayed(scene.tracker)
  })
})

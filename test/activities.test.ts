import { describe, expect, test } from 'vitest'
import {
  type Activity,
  ActivityEndedError,
  type ActivityId,
  AlreadyExistsError,
  NotFoundError,
  newActivityId,
} from '../src/index.js'
import { all } from './support/answers.js'
import { refusal } from './support/refusals.js'
import { NAMESPACE, open } from './support/trackers.js'

describe('activities.start', () => {
  test('needs nothing: the actor begins something unscoped', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const activity = await tracker.as(ada.id).activities.start()
    expect(activity).toEqual({
      id: expect.stringMatching(/^test--/),
      namespace: NAMESPACE,
      agent: ada.id,
      phase: 'unscoped',
      stage: 'in_progress',
      notes: '',
      startedAt: '2026-01-05T09:00:01.000Z',
    })
    expect(await tracker.activities.get(activity.id)).toEqual(activity)
  })

  test('takes everything that an activity can have', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const task = await tracker.tasks.create({ title: 'task' })
    const spec = await tracker.artifacts.add({ iri: 'file:spec.md' })
    const earlier = await tracker.activities.start()
    const activity = await tracker.activities.start({
      agent: ada.id,
      phase: 'review',
      stage: 'blocked',
      notes: 'waits for Ben',
      namespace: 'elsewhere',
      used: [spec.id, task.id, spec.id],
      informedBy: [earlier.id, earlier.id],
      task: task.id,
      at: '2026-01-01T00:00:00Z',
    })
    expect(activity).toEqual({
      id: expect.stringMatching(/^elsewhere--/),
      namespace: 'elsewhere',
      agent: ada.id,
      phase: 'review',
      stage: 'blocked',
      notes: 'waits for Ben',
      task: task.id,
      startedAt: '2026-01-01T00:00:00.000Z',
    })
    expect(await tracker.activities.get(activity.id)).toEqual(activity)
    const relations = (await tracker.relations.list(activity.id)).items.map(({ kind, target }) => [kind, target])
    expect(relations).toHaveLength(3)
    expect(relations).toEqual(
      expect.arrayContaining([
        ['used', spec.id],
        ['used', task.id],
        ['informed_by', earlier.id],
      ]),
    )
  })

  test('with an id that exists gives the stored activity, whatever else is asked for', async () => {
    const tracker = await open()
    const id = newActivityId('runs')
    const first = await tracker.activities.start({ id, notes: 'first' })
    const head = await tracker.log.head()
    expect(await tracker.activities.start({ id, notes: 'second', phase: 'review' })).toEqual(first)
    expect(await tracker.log.head()).toEqual(head)
    const ended = await tracker.activities.end(id)
    expect(await tracker.activities.start({ id })).toEqual(ended)
    const task = await tracker.tasks.create({ title: 'task' })
    const other = tracker.activities.start({ id: task.id as unknown as ActivityId })
    expect(await refusal(other)).toBeInstanceOf(AlreadyExistsError)
  })
})

describe('activities.end', () => {
  test('completes the activity and says what came of it', async () => {
    const tracker = await open()
    const activity = await tracker.activities.start({ notes: 'before' })
    const commit = await tracker.artifacts.add({ iri: 'git:9f2c' })
    const log = await tracker.artifacts.add({ iri: 'file:log', generatedBy: activity.id })
    const ended = await tracker.activities.end(activity.id, { generated: [commit.id, log.id, commit.id] })
    expect(ended).toEqual({ ...activity, stage: 'complete', endedAt: ended.endedAt })
    expect(ended.endedAt! > activity.startedAt).toBe(true)
    expect(await tracker.activities.get(activity.id)).toEqual(ended)
    const { items } = await tracker.relations.list(activity.id, { kind: 'generated_by' })
    expect(items.map(({ source }) => source)).toEqual([log.id, commit.id])
  })

  test('takes another stage and replaces the notes', async () => {
    const tracker = await open()
    const activity = await tracker.activities.start({ notes: 'before' })
    const ended = await tracker.activities.end(activity.id, { stage: 'blocked', notes: '', at: '2026-03-01T00:00:00Z' })
    expect(ended).toEqual({ ...activity, stage: 'blocked', notes: '', endedAt: '2026-03-01T00:00:00.000Z' })
    expect(await tracker.activities.get(activity.id)).toEqual(ended)
  })

  test('keeps the stage and the reason of a failed one', async () => {
    const tracker = await open()
    const activity = await tracker.activities.start({ stage: 'not_started' })
    const ended = await tracker.activities.end(activity.id, { failed: 'no network' })
    expect(ended).toEqual({ ...activity, failure: 'no network', endedAt: ended.endedAt })
    expect(await tracker.activities.get(activity.id)).toEqual(ended)
  })

  test('ends it once', async () => {
    const tracker = await open()
    const { id } = await tracker.activities.start()
    const { endedAt } = await tracker.activities.end(id)
    const error = await refusal<ActivityEndedError>(tracker.activities.end(id))
    expect(error).toBeInstanceOf(ActivityEndedError)
    expect(error).toMatchObject({ id, endedAt })
    expect(await refusal(tracker.activities.end(newActivityId(NAMESPACE)))).toBeInstanceOf(NotFoundError)
  })
})

describe('activities.list', () => {
  test('gives activities in the order of their start, by agent, task, phase and whether they are open', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const ben = await tracker.agents.registerHuman({ name: 'Ben' })
    const task = await tracker.tasks.create({ title: 'task' })
    const { start, end } = tracker.activities
    const one = await start({ agent: ada.id, phase: 'review', task: task.id })
    const two = await start({ agent: ben.id, phase: 'review' })
    const early = await start({ agent: ada.id, phase: 'landing', at: '2020-01-01T00:00:00Z' })
    await end(two.id)
    const ids = async (options?: Parameters<typeof tracker.activities.list>[0]) =>
      (await tracker.activities.list(options)).items.map(({ id }) => id)
    expect(await ids()).toEqual([early.id, one.id, two.id])
    expect(await ids({ agent: ada.id })).toEqual([early.id, one.id])
    expect(await ids({ agent: [ada.id, ben.id], phase: 'review' })).toEqual([one.id, two.id])
    expect(await ids({ phase: ['landing', 'elicit'] })).toEqual([early.id])
    expect(await ids({ task: task.id })).toEqual([one.id])
    expect(await ids({ open: true })).toEqual([early.id, one.id])
    expect(await ids({ open: false })).toEqual([two.id])
    for (const none of [{ agent: [] }, { phase: [] }, { task: [] }]) expect(await ids(none)).toEqual([])
    const whole = (await tracker.activities.list()).items
    expect(await all((page) => tracker.activities.list(page), 1)).toEqual(whole)
  })
})

describe('activities.during', () => {
  test('gives what the work gives, and ends the activity', async () => {
    const tracker = await open()
    let inside: Activity | undefined
    const result = await tracker.activities.during({ phase: 'review' }, async (activity) => {
      inside = await tracker.activities.get(activity.id)
      return 42
    })
    expect(result).toBe(42)
    expect(inside).toMatchObject({ phase: 'review', stage: 'in_progress' })
    expect(inside).not.toHaveProperty('endedAt')
    const after = await tracker.activities.get(inside!.id)
    expect(after).toEqual({ ...inside, stage: 'complete', endedAt: after.endedAt })
    expect(typeof after.endedAt).toBe('string')
    expect(await tracker.activities.during({}, () => 'at once')).toBe('at once')
  })

  test('leaves an end alone that the work has written itself', async () => {
    const tracker = await open()
    const { id } = await tracker.artifacts.add({ iri: 'https://example.org/report' })
    const done = await tracker.activities.during({}, (activity) =>
      tracker.activities.end(activity.id, { generated: [id], notes: 'The report is out.' }),
    )
    expect(await tracker.activities.get(done.id)).toMatchObject({ stage: 'complete', notes: 'The report is out.' })
  })

  const thrown: [string, unknown, string][] = [
    ['an error', new Error('no network'), 'no network'],
    ['an error without a message', new TypeError(''), 'TypeError'],
    ['a text', 'went wrong', 'went wrong'],
    ['nothing', undefined, 'undefined'],
    ['a symbol', Symbol('odd'), 'Symbol(odd)'],
    ['an empty text', '  ', 'unknown'],
    ['an object without a prototype', Object.create(null), 'unknown'],
    ['an error whose message is no text', Object.assign(new Error(), { message: 5 }), expect.any(String)],
    ['what neither a file nor RDF can carry', new Error('a\0b\ud800c'), 'a\ufffdb\ufffdc'],
    [
      'a long message that is cut inside of a character',
      new Error(`${'x'.repeat(9_999)}😀${'y'.repeat(99)}`),
      expect.stringMatching(/^x{9999}/),
    ],
    ['an error of a huge message', new Error('x'.repeat(10_000_000)), expect.stringMatching(/^x{1000}/)],
  ]

  test.each(thrown)('rejects with what the work throws and records that it failed: %s', async (_, error, failure) => {
    const tracker = await open({ path: ':memory:' })
    for (const work of [
      async () => {
        throw error
      },
      () => {
        throw error
      },
    ]) {
      const caught = await tracker.activities.during({ stage: 'blocked' }, work).then(
        () => expect.fail('it was not thrown'),
        (reason: unknown) => ({ reason }),
      )
      expect(caught.reason === error, 'the very error').toBe(true)
    }
    const { items } = await tracker.activities.list()
    const ended = { stage: 'blocked', failure, endedAt: expect.any(String) }
    expect(items).toEqual([expect.objectContaining(ended), expect.objectContaining(ended)])
  })

  test('does no work a second time for an activity that has ended', async () => {
    const tracker = await open()
    const activity = { idempotencyKey: 'once' }
    const { id } = await tracker.activities.during(activity, (started) => started)
    for (const again of [activity, { id }]) {
      const error = await refusal(tracker.activities.during(again, () => expect.fail('the work was begun')))
      expect(error).toBeInstanceOf(ActivityEndedError)
    }
  })

  test('starts nothing where there is no work', async () => {
    const tracker = await open()
    for (const work of [undefined, 5, {}, 'work']) {
      expect((await refusal(tracker.activities.during({}, work as never))).code).toBe('INVALID_INPUT')
    }
    expect((await tracker.log.head()).seq).toBe(0)
  })

  test('starts nothing where the activity is refused', async () => {
    const tracker = await open()
    let ran = false
    const command = tracker.activities.during({ phase: 'nope' }, () => {
      ran = true
    })
    expect((await refusal(command)).code).toBe('INVALID_INPUT')
    expect(ran).toBe(false)
  })
})

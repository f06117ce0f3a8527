import { describe, expect, test } from 'vitest'
import {
  type Activity,
  ActivityEndedError,
  type ActivityId,
  AlreadyExistsError,
  InvalidInputError,
  NotFoundError,
  newActivityId,
  type Tracker,
} from '../src/index.js'
import { all, answersOf } from './support/answers.js'
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

/** The types of the events within an activity, or within none, in the order of the log. */
async function typesWithin(tracker: Tracker, activity: ActivityId | undefined): Promise<string[]> {
  const events = await all((page) => tracker.log.events(page))
  return events.filter((event) => event.activity === activity).map(({ type }) => type)
}

describe('what is done within an activity', () => {
  test('names it in every event, and what is done outside of it does not', async () => {
    const tracker = await open()
    const { id } = await tracker.activities.start()
    const t = tracker.within(id)
    const task = await t.tasks.create({ title: 'task', labels: ['a'] })
    const ada = await t.agents.registerHuman({ name: 'Ada' })
    await t.relations.add(task.id, 'attributed_to', ada.id)
    await tracker.tasks.close(task.id)
    await t.tasks.reopen(task.id)
    await t.log.redact(1, { reason: 'private' })
    const events = await all((page) => tracker.log.events({ activity: id, ...page }))
    expect(events.map(({ type, activity }) => [type, activity])).toEqual([
      ['task.created', id],
      ['agent.registered', id],
      ['relation.added', id],
      ['task.reopened', id],
      ['log.redacted', id],
    ])
    expect(await typesWithin(tracker, undefined)).toEqual(['agent.registered', 'activity.started', 'task.closed'])
    expect((await tracker.log.verify({ state: true })).ok).toBe(true)
  })

  test('gives the state that it gives outside of it', async () => {
    const states: unknown[] = []
    for (const isWithin of [false, true]) {
      let uuids = 0
      const newUuid = () => `00000000-0000-4000-8000-${String(++uuids).padStart(12, '0')}`
      const outside = await open({ newUuid })
      const { id } = await outside.activities.start()
      const t = isWithin ? outside.within(id) : outside
      const ada = await t.agents.registerHuman({ name: 'Ada' })
      const ben = await t.agents.registerHuman({ name: 'Ben' })
      const one = await t.tasks.create({ title: 'one', attributedTo: ada.id })
      const two = await t.tasks.create({ title: 'two', parent: one.id, blockedBy: [], derivedFrom: [one.id] })
      const three = await t.tasks.create({ title: 'three', blockedBy: [two.id] })
      await t.tasks.update(three.id, { parent: one.id })
      await t.relations.add(three.id, 'related', one.id)
      const other = await t.activities.start({ used: [one.id], informedBy: [id] })
      await t.agents.delegate(ada.id, ben.id, { activity: other.id })
      const artifact = await t.artifacts.add({ iri: 'urn:a', generatedBy: id, derivedFrom: [two.id] })
      const comment = await t.tasks.addComment(one.id, { body: 'text' })
      await t.activities.end(other.id, { generated: [artifact.id, comment.id] })
      const { events: _, head: __, ...state } = await answersOf(outside)
      states.push(state)
      expect((await outside.log.verify({ state: true })).ok).toBe(true)
    }
    expect(states[1]).toEqual(states[0])
  })

  test('needs the activity to be there when a command is carried out, and to be one', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const task = await tracker.tasks.create({ title: 'task' })
    const head = await tracker.log.head()
    const missing = newActivityId(NAMESPACE)
    for (const [id, found] of [
      [missing, undefined],
      [task.id, 'task'],
      [ada.id, 'agent'],
    ] as [ActivityId, string | undefined][]) {
      const t = tracker.within(id)
      expect((await t.tasks.list()).total, 'reading asks for no circumstances').toBe(1)
      for (const command of [
        () => t.tasks.create({ title: 'x' }),
        () => t.as(ada.id).tasks.create({ title: 'x' }),
        () => t.tasks.addLabel(task.id, 'a'),
        () => t.activities.during({}, () => expect.fail('the work was begun')),
        () => t.log.redact(1, { reason: 'private' }),
        () => t.transaction((inner) => inner.tasks.create({ title: 'x' })),
      ]) {
        const error = await refusal<NotFoundError>(command())
        expect(error).toBeInstanceOf(NotFoundError)
        expect(error).toMatchObject({ id, expected: ['activity'], ...(found !== undefined && { found }) })
      }
    }
    expect(await tracker.log.head()).toEqual(head)
    await tracker.activities.start({ id: missing })
    expect((await tracker.within(missing).tasks.create({ title: 'x' })).title, 'it has come to be').toBe('x')
  })

  test('needs a well-formed id at once', async () => {
    const tracker = await open()
    for (const id of [undefined, null, 5, '', 'nothing', {}]) {
      expect(() => tracker.within(id as never)).toThrow(InvalidInputError)
      await tracker.transaction(async (t) => {
        expect(() => t.within(id as never)).toThrow(InvalidInputError)
      })
    }
  })

  test('is not remembered to be there while a transaction may yet be rolled back', async () => {
    const tracker = await open()
    await tracker.tasks.create({ title: 'task' })
    const id = newActivityId(NAMESPACE)
    const t = tracker.within(id)
    const undo = new Error('undo')
    const undone = tracker.transaction(async (inner) => {
      await inner.activities.start({ id })
      await inner.within(id).tasks.create({ title: 'inside' })
      throw undo
    })
    await expect(undone).rejects.toBe(undo)
    expect(await refusal(t.tasks.create({ title: 'x' }))).toBeInstanceOf(NotFoundError)
  })

  test('may be written down after the activity has ended', async () => {
    const tracker = await open()
    const { id } = await tracker.activities.start()
    await tracker.activities.end(id)
    const task = await tracker.within(id).tasks.create({ title: 'late' })
    expect((await tracker.log.events({ activity: id })).items.map(({ subject }) => subject)).toEqual([task.id])
  })

  test('is by whoever acts: the actor stays, and so does the activity with another actor', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const ben = await tracker.agents.registerHuman({ name: 'Ben' })
    const one = await tracker.activities.start({ agent: ben.id })
    const two = await tracker.activities.start()
    const { seq: before } = await tracker.log.head()
    await tracker.as(ada.id).within(one.id).artifacts.add({ iri: 'urn:1' })
    await tracker.within(one.id).as(ben.id).artifacts.add({ iri: 'urn:2' })
    await tracker.as(ada.id).within(one.id).as(ben.id).within(two.id).artifacts.add({ iri: 'urn:3' })
    await tracker
      .as(ada.id)
      .within(one.id)
      .transaction(async (t) => {
        await t.artifacts.add({ iri: 'urn:4' })
        await t.as(ben.id).artifacts.add({ iri: 'urn:5' })
        await t.within(two.id).artifacts.add({ iri: 'urn:6' })
      })
    const { items } = await tracker.log.events({ after: before })
    expect(items.map(({ actor, activity }) => [actor, activity])).toEqual([
      [ada.id, one.id],
      [ben.id, one.id],
      [ben.id, two.id],
      [ada.id, one.id],
      [ben.id, one.id],
      [ada.id, two.id],
    ])
  })

  test('is written by another actor of another tracker of the same file too', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const { id } = await tracker.activities.start()
    const other = await open({ path: tracker.path, actor: ada.id })
    await other.within(id).tasks.create({ title: 'task' })
    expect((await tracker.log.events({ activity: id })).items).toEqual([expect.objectContaining({ actor: ada.id })])
    const reader = await open({ path: tracker.path, readOnly: true })
    expect((await refusal(reader.within(id).tasks.create({ title: 'x' }))).code).toBe('READ_ONLY')
    expect((await reader.within(id).tasks.list()).total).toBe(1)
  })
})

describe('what the work of activities.during does', () => {
  test('is within the activity where it goes by the second argument, and else is not', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const ended = await tracker.as(ada.id).activities.during({ phase: 'review' }, async (activity, t) => {
      const task = await t.tasks.create({ title: 'inside' })
      await t.tasks.addLabel(task.id, 'a')
      await tracker.tasks.addLabel(task.id, 'outside')
      return activity
    })
    const { items } = await tracker.log.events({ activity: ended.id })
    expect(items.map(({ type, actor }) => [type, actor])).toEqual([
      ['task.created', ada.id],
      ['label.added', ada.id],
    ])
  })

  test('is between a start and an end that are within what it was called in', async () => {
    const tracker = await open()
    const outer = await tracker.activities.start()
    let inner: ActivityId | undefined
    let innermost: ActivityId | undefined
    await tracker.within(outer.id).activities.during({}, async (activity, t) => {
      inner = activity.id
      await t.activities.during({}, async (nested, u) => {
        innermost = nested.id
        await u.artifacts.add({ iri: 'urn:a' })
      })
      await t.artifacts.add({ iri: 'urn:b' })
    })
    expect(await typesWithin(tracker, outer.id)).toEqual(['activity.started', 'activity.ended'])
    expect(await typesWithin(tracker, inner)).toEqual(['activity.started', 'activity.ended', 'artifact.added'])
    expect(await typesWithin(tracker, innermost)).toEqual(['artifact.added'])
    expect(await typesWithin(tracker, undefined)).toEqual(['agent.registered', 'activity.started'])
  })

  test('may end the activity within itself, and go on after it', async () => {
    const tracker = await open()
    const { id } = await tracker.activities.during({}, async (activity, t) => {
      const commit = await t.artifacts.add({ iri: 'git:9f2c' })
      const ended = await t.activities.end(activity.id, { generated: [commit.id] })
      await t.artifacts.add({ iri: 'git:late' })
      return ended
    })
    expect(await typesWithin(tracker, id)).toEqual(['artifact.added', 'activity.ended', 'artifact.added'])
    expect(await typesWithin(tracker, undefined)).toEqual(['agent.registered', 'activity.started'])
  })

  test('leaves the end of a failed one outside of it too', async () => {
    const tracker = await open()
    const failure = new Error('no network')
    const failed = tracker.activities.during({}, async (_, t) => {
      await t.artifacts.add({ iri: 'urn:a' })
      throw failure
    })
    await expect(failed).rejects.toBe(failure)
    const { id } = (await tracker.activities.list()).items[0]!
    expect(await typesWithin(tracker, id)).toEqual(['artifact.added'])
    expect(await typesWithin(tracker, undefined)).toEqual(['agent.registered', 'activity.started', 'activity.ended'])
  })

  test('goes on within an activity that was begun before, whatever it was begun by', async () => {
    const tracker = await open()
    const id = newActivityId(NAMESPACE)
    await tracker.activities.start({ id })
    await tracker.activities.during({ id }, (_, t) => t.artifacts.add({ iri: 'urn:a' }))
    expect(await typesWithin(tracker, id)).toEqual(['artifact.added'])
  })

  test('can be done at once with other work, each within its own', async () => {
    const tracker = await open()
    const ids = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        tracker.activities.during({ notes: `${index}` }, async ({ id }, t) => {
          await Promise.all([0, 1, 2].map((part) => t.artifacts.add({ iri: `urn:${index}:${part}` })))
          return id
        }),
      ),
    )
    for (const [index, id] of ids.entries()) {
      const { items } = await tracker.log.events({ activity: id })
      expect(items.map(({ data }) => data?.iri).sort()).toEqual([0, 1, 2].map((part) => `urn:${index}:${part}`))
    }
  })
})

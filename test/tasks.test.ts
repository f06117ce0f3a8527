import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  AlreadyClosedError,
  AlreadyExistsError,
  DEFAULT_VOCABULARY,
  GateConflictError,
  IllegalTransitionError,
  type InvalidInputError,
  NotFoundError,
  newTaskId,
  PRIORITIES,
  STATUSES,
  StaleRevisionError,
  type Status,
  type Task,
  type TaskFilter,
  type TaskId,
  type TaskListOptions,
  type Tracker,
} from '../src/index.js'
import { all } from './support/answers.js'
import { refusal } from './support/refusals.js'
import { Clock, inMemory, NAMESPACE, open } from './support/trackers.js'

const NOBODY = 'test--01890a5d-ac96-774b-bcce-b302099a8057'

describe('tasks.create', () => {
  test('needs a title alone', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'Implement login' })
    expect(task).toEqual({
      id: expect.stringMatching(/^test--[0-9a-f-]{36}$/),
      namespace: NAMESPACE,
      title: 'Implement login',
      description: '',
      status: 'open',
      priority: 'medium',
      type: 'task',
      phase: 'unscoped',
      notes: '',
      labels: [],
      externalRefs: [],
      revision: 1,
      createdAt: '2026-01-05T09:00:00.000Z',
      updatedAt: '2026-01-05T09:00:00.000Z',
    })
    expect(await tracker.tasks.get(task.id)).toEqual(task)
  })

  test('takes everything that a task can have', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const activity = await tracker.activities.start({ agent: ada.id })
    const spec = await tracker.artifacts.add({ iri: 'file:spec.md' })
    const epic = await tracker.tasks.create({ title: 'Accounts', type: 'epic' })
    const schema = await tracker.tasks.create({ title: 'User table' })
    const design = await tracker.tasks.create({ title: 'Design' })
    const task = await tracker.tasks.create({
      title: 'Implement login',
      description: 'With a password',
      type: 'feature',
      priority: 'high',
      phase: 'request',
      namespace: 'https://example.org/shop',
      owner: ada.id,
      labels: ['ui', 'auth', 'ui'],
      parent: epic.id,
      blockedBy: [schema.id, { task: design.id, gate: 'completed' }],
      notes: 'Ask Ben',
      externalRefs: [
        { system: 'jira', id: 'SHOP-2' },
        { system: 'github', id: 'acme/shop#17', url: 'https://github.com/acme/shop/issues/17' },
      ],
      generatedBy: activity.id,
      derivedFrom: [spec.id],
      attributedTo: ada.id,
      at: '2026-01-04T10:00:00+01:00',
    })
    expect(task).toEqual({
      id: expect.stringMatching(/^https:\/\/example\.org\/shop--/),
      namespace: 'https://example.org/shop',
      title: 'Implement login',
      description: 'With a password',
      status: 'open',
      priority: 'high',
      type: 'feature',
      phase: 'request',
      owner: ada.id,
      notes: 'Ask Ben',
      labels: ['auth', 'ui'],
      externalRefs: [
        { system: 'github', id: 'acme/shop#17', url: 'https://github.com/acme/shop/issues/17' },
        { system: 'jira', id: 'SHOP-2' },
      ],
      parent: epic.id,
      revision: 1,
      createdAt: '2026-01-04T09:00:00.000Z',
      updatedAt: '2026-01-04T09:00:00.000Z',
    })
    expect(await tracker.tasks.get(task.id)).toEqual(task)
    const relations = await tracker.relations.list(task.id)
    const ends = relations.items.map(({ kind, target, gate }) => [kind, target, gate])
    expect(ends).toEqual(
      expect.arrayContaining([
        ['parent', epic.id, undefined],
        ['blocked_by', schema.id, 'closed'],
        ['blocked_by', design.id, 'completed'],
        ['generated_by', activity.id, undefined],
        ['derived_from', spec.id, undefined],
        ['attributed_to', ada.id, undefined],
      ]),
    )
    expect(ends.length).toBe(6)
  })

  test('attributes the task to the actor unless told otherwise', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const ben = await tracker.agents.registerHuman({ name: 'Ben' })
    const authorOf = async ({ id }: Task) =>
      (await tracker.relations.list(id, { kind: 'attributed_to' })).items.map(({ target }) => target)
    expect(await authorOf(await tracker.as(ada.id).tasks.create({ title: 'mine' }))).toEqual([ada.id])
    const named = await tracker.as(ada.id).tasks.create({ title: "Ben's", attributedTo: ben.id })
    expect(await authorOf(named)).toEqual([ben.id])
    const { items } = await tracker.log.events({ subject: named.id })
    expect(items.map(({ actor }) => actor)).toEqual([ada.id])
  })

  test('takes an id of the caller, once', async () => {
    const tracker = await open()
    const id = newTaskId('own')
    expect(await tracker.tasks.create({ title: 'mine', id })).toMatchObject({ id, namespace: 'own' })
    const again = await refusal<AlreadyExistsError>(tracker.tasks.create({ title: 'other', id }))
    expect(again).toBeInstanceOf(AlreadyExistsError)
    expect([again.id, again.kind]).toEqual([id, 'task'])
    const elsewhere = id.replace('own--', 'elsewhere--') as TaskId
    expect((await refusal(tracker.tasks.create({ title: 'same uuid', id: elsewhere }))).code).toBe('ALREADY_EXISTS')
    expect(await tracker.tasks.find(elsewhere)).toBeUndefined()
  })

  test('refuses two gates for one blocker', async () => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'blocker' })
    const command = tracker.tasks.create({ title: 'task', blockedBy: [id, { task: id, gate: 'failed' }] })
    expect(await refusal(command)).toBeInstanceOf(GateConflictError)
    const twice = await tracker.tasks.create({ title: 'task', blockedBy: [id, { task: id, gate: 'closed' }] })
    expect((await tracker.relations.list(twice.id, { kind: 'blocked_by' })).total).toBe(1)
  })
})

describe('a task is found', () => {
  test('by its id: get throws where there is none, find does not, and both refuse an id of another kind', async () => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'task' })
    const agent = await tracker.agents.registerHuman({ name: 'Ada' })
    expect((await tracker.tasks.get(id)).id).toBe(id)
    expect((await tracker.tasks.find(id))?.id).toBe(id)
    const missing = await refusal<NotFoundError>(tracker.tasks.get(NOBODY as TaskId))
    expect([missing.id, missing.expected, missing.found]).toEqual([NOBODY, ['task'], undefined])
    expect(await tracker.tasks.find(NOBODY as TaskId)).toBeUndefined()
    for (const method of ['get', 'find'] as const) {
      const wrong = await refusal<NotFoundError>(tracker.tasks[method](agent.id as unknown as TaskId))
      expect(wrong).toBeInstanceOf(NotFoundError)
      expect([wrong.id, wrong.expected, wrong.found]).toEqual([agent.id, ['task'], 'agent'])
    }
  })

  test('by the namespace too, not by its uuid alone', async () => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'task' })
    expect(await tracker.tasks.find(id.replace('test--', 'other--') as TaskId)).toBeUndefined()
  })

  test('by an external reference, the oldest first', async () => {
    const tracker = await open()
    const ref = { system: 'beads', id: 'bd-1' }
    const first = await tracker.tasks.create({ title: 'first', externalRefs: [ref] })
    await tracker.tasks.create({ title: 'second', externalRefs: [ref, { system: 'beads', id: 'bd-2' }] })
    expect((await tracker.tasks.findByExternalRef('beads', 'bd-1'))?.id).toBe(first.id)
    expect((await tracker.tasks.findByExternalRef('beads', 'bd-2'))?.title).toBe('second')
    expect(await tracker.tasks.findByExternalRef('beads', 'BD-1')).toBeUndefined()
    expect(await tracker.tasks.findByExternalRef('bd-1', 'beads')).toBeUndefined()
  })

  test('by text in title, description or notes, letters of ASCII in either case, signs as they are', async () => {
    const tracker = await open()
    await tracker.tasks.create({ title: '100% of Login' })
    await tracker.tasks.create({ title: 'b', description: 'a log_in page' })
    await tracker.tasks.create({ title: 'c', notes: 'back\\slash' })
    const found = async (text: string) => (await tracker.tasks.list({ text })).items.map(({ title }) => title)
    expect(await found('LOGIN')).toEqual(['100% of Login'])
    expect(await found('%')).toEqual(['100% of Login'])
    expect(await found('g_i')).toEqual(['b'])
    expect(await found('k\\s')).toEqual(['c'])
    expect(await found('')).toHaveLength(3)
    expect(await found("' OR 1=1 --")).toEqual([])
  })
})

describe('tasks.update', () => {
  test('changes what it names, clears what is null, leaves the rest alone', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const parent = await tracker.tasks.create({ title: 'parent' })
    const task = await tracker.tasks.create({
      title: 'task',
      description: 'text',
      notes: 'notes',
      labels: ['a'],
      owner: ada.id,
      parent: parent.id,
      externalRefs: [{ system: 's', id: '1' }],
    })
    const renamed = await tracker.tasks.update(task.id, {
      title: 'renamed',
      type: 'bug',
      priority: 'low',
      phase: 'review',
    })
    expect(renamed).toEqual({
      ...task,
      title: 'renamed',
      type: 'bug',
      priority: 'low',
      phase: 'review',
      revision: 2,
      updatedAt: renamed.updatedAt,
    })
    expect(renamed.updatedAt > task.updatedAt).toBe(true)
    const { owner: _owner, parent: _parent, ...rest } = renamed
    const cleared = await tracker.tasks.update(task.id, {
      description: null,
      notes: null,
      labels: null,
      externalRefs: null,
      owner: null,
      parent: null,
    })
    expect(cleared).toEqual({
      ...rest,
      description: '',
      notes: '',
      labels: [],
      externalRefs: [],
      revision: 3,
      updatedAt: cleared.updatedAt,
    })
    expect(await tracker.tasks.get(task.id)).toEqual(cleared)
    expect(await tracker.tasks.findByExternalRef('s', '1')).toBeUndefined()
  })

  test('writes nothing where everything is so already', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task', labels: ['a', 'b'], notes: 'n' })
    const head = await tracker.log.head()
    const same = {
      title: 'task',
      labels: ['b', 'a', 'b'],
      notes: 'n',
      status: 'open',
      owner: null,
      parent: null,
    } as const
    expect(await tracker.tasks.update(task.id, same)).toEqual(task)
    expect(await tracker.tasks.update(task.id, {})).toEqual(task)
    const absent: Record<string, undefined> = { title: undefined, owner: undefined }
    expect(await tracker.tasks.update(task.id, absent)).toEqual(task)
    expect(await tracker.log.head()).toEqual(head)
  })

  test('writes one event, which names only what changed', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task' })
    await tracker.tasks.update(task.id, { title: 'task', notes: 'new' })
    const events = (await tracker.log.events({ subject: task.id, type: 'task.updated' })).items
    expect(events.map(({ data }) => data)).toEqual([{ notes: 'new' }])
  })
})

describe('a status', () => {
  type Verb = 'close' | 'reopen' | 'hold' | 'unhold' | `update to ${Status}`
  const verbs: Verb[] = ['close', 'reopen', 'hold', 'unhold', ...STATUSES.map((to) => `update to ${to}` as const)]

  const into = async (tracker: Tracker, status: Status): Promise<TaskId> => {
    const { id } = await tracker.tasks.create({ title: 'task' })
    if (status === 'in_progress' || status === 'in_review') await tracker.tasks.update(id, { status })
    if (status === 'blocked') await tracker.tasks.hold(id, { reason: 'not now' })
    if (status === 'closed') await tracker.tasks.close(id)
    return id
  }
  const act = (tracker: Tracker, id: TaskId, verb: Verb): Promise<Task> => {
    if (verb === 'close') return tracker.tasks.close(id)
    if (verb === 'reopen') return tracker.tasks.reopen(id)
    if (verb === 'hold') return tracker.tasks.hold(id, { reason: 'not now' })
    if (verb === 'unhold') return tracker.tasks.unhold(id)
    const status = verb.replace('update to ', '') as 'open'
    return tracker.tasks.update(id, { status })
  }
  /** Where a verb leads from a status; what is not here is refused. */
  const leads = (from: Status, verb: Verb): Status | undefined => {
    const isMovable = from === 'open' || from === 'in_progress' || from === 'in_review'
    if (verb === 'close') return from === 'closed' ? undefined : 'closed'
    if (verb === 'reopen') return from === 'closed' ? 'open' : undefined
    if (verb === 'hold') return isMovable ? 'blocked' : undefined
    if (verb === 'unhold') return from === 'blocked' ? 'open' : undefined
    const to = verb.replace('update to ', '') as Status
    if (to === from && isMovable) return from
    return isMovable && to !== 'blocked' && to !== 'closed' ? to : undefined
  }

  const cases = STATUSES.flatMap((from) => verbs.map((verb) => ({ from, verb, to: leads(from, verb) })))

  test.each(cases)('$from: $verb leads to $to', async ({ from, verb, to }) => {
    await inMemory(async (tracker) => {
      const id = await into(tracker, from)
      const before = await tracker.tasks.get(id)
      if (to !== undefined) {
        const after = await act(tracker, id, verb)
        expect(after.status).toBe(to)
        expect(await tracker.tasks.get(id)).toEqual(after)
        return
      }
      const error = await refusal<IllegalTransitionError | AlreadyClosedError>(act(tracker, id, verb))
      if (verb === 'close') {
        expect(error).toBeInstanceOf(AlreadyClosedError)
        expect(error).toMatchObject({ id, closedAt: before.closedAt })
      } else {
        const wanted = { close: 'closed', reopen: 'open', hold: 'blocked', unhold: 'open' }[verb as 'close']
        expect(error).toBeInstanceOf(IllegalTransitionError)
        expect(error).toMatchObject({ id, from, to: wanted ?? verb.replace('update to ', '') })
      }
      expect(await tracker.tasks.get(id)).toEqual(before)
    })
  })

  test('of a closed task comes with outcome, time and reason, which reopening takes away and the log keeps', async () => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'task' })
    const closed = await tracker.tasks.close(id, { outcome: 'failed', reason: 'no time' })
    expect(closed).toMatchObject({
      status: 'closed',
      outcome: 'failed',
      closeReason: 'no time',
      closedAt: closed.updatedAt,
    })
    const reopened = await tracker.tasks.reopen(id, { reason: 'time' })
    for (const field of ['outcome', 'closedAt', 'closeReason']) expect(reopened).not.toHaveProperty(field)
    expect(await tracker.tasks.get(id)).toEqual(reopened)
    const { items } = await tracker.log.events({ subject: id })
    expect(items.map(({ type, data }) => [type, data?.reason])).toEqual([
      ['task.created', undefined],
      ['task.closed', 'no time'],
      ['task.reopened', 'time'],
    ])
    expect(await tracker.tasks.close(id)).toMatchObject({ outcome: 'completed' })
  })

  test('of a task on hold comes with the reason, until it is taken off hold or closed', async () => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'task' })
    expect(await tracker.tasks.hold(id, { reason: 'no money' })).toMatchObject({
      status: 'blocked',
      holdReason: 'no money',
    })
    expect(await tracker.tasks.unhold(id)).not.toHaveProperty('holdReason')
    await tracker.tasks.hold(id, { reason: 'no money' })
    expect(await tracker.tasks.close(id)).not.toHaveProperty('holdReason')
    expect(await tracker.tasks.get(id)).not.toHaveProperty('holdReason')
  })

  test('may become closed with children and blockers that are open', async () => {
    const tracker = await open()
    const blocker = await tracker.tasks.create({ title: 'blocker' })
    const task = await tracker.tasks.create({ title: 'task', blockedBy: [blocker.id] })
    await tracker.tasks.create({ title: 'child', parent: task.id })
    expect((await tracker.tasks.close(task.id)).status).toBe('closed')
  })
})

describe('labels', () => {
  test('are added and removed once, in code unit order', async () => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'task' })
    for (const label of ['b', 'é', 'B', 'a', '😀', '\uff41']) await tracker.tasks.addLabel(id, label)
    const labels = ['B', 'a', 'b', 'é', '😀', '\uff41']
    expect(await tracker.tasks.labels(id)).toEqual(labels)
    const { seq } = await tracker.log.head()
    expect((await tracker.tasks.addLabel(id, 'a')).labels).toEqual(labels)
    expect((await tracker.tasks.removeLabel(id, 'nope')).labels).toEqual(labels)
    expect((await tracker.log.head()).seq).toBe(seq)
    const removed = await tracker.tasks.removeLabel(id, 'é')
    expect(removed.labels).toEqual(labels.filter((label) => label !== 'é'))
    expect(await tracker.tasks.get(id)).toEqual(removed)
  })
})

describe('comments', () => {
  test('are by the actor unless told, oldest first, and leave the task as it is', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const ben = await tracker.agents.registerHuman({ name: 'Ben' })
    const task = await tracker.tasks.create({ title: 'task', namespace: 'elsewhere' })
    const first = await tracker.as(ada.id).tasks.addComment(task.id, { body: 'I begin.' })
    expect(first).toEqual({
      id: expect.stringMatching(/^elsewhere--/),
      task: task.id,
      author: ada.id,
      body: 'I begin.',
      createdAt: first.createdAt,
    })
    const early = await tracker.tasks.addComment(task.id, {
      body: 'Heard.',
      author: ben.id,
      at: '2020-01-01T00:00:00Z',
    })
    expect(await tracker.tasks.comments(task.id)).toEqual([early, first])
    expect(await tracker.tasks.get(task.id)).toEqual(task)
  })
})

describe('a revision', () => {
  test('rises with fields, labels, status, parent and outgoing blocked_by, and with nothing else', async () => {
    const tracker = await open()
    const [task, other, third] = [
      await tracker.tasks.create({ title: 'task' }),
      await tracker.tasks.create({ title: 'other' }),
      await tracker.tasks.create({ title: 'third' }),
    ]
    const activity = await tracker.activities.start()
    const { id } = task
    const raises: [string, () => Promise<unknown>][] = [
      ['title', () => tracker.tasks.update(id, { title: 'renamed' })],
      ['external references', () => tracker.tasks.update(id, { externalRefs: [{ system: 's', id: '1' }] })],
      ['labels, set', () => tracker.tasks.update(id, { labels: ['a'] })],
      ['label, added', () => tracker.tasks.addLabel(id, 'b')],
      ['label, removed', () => tracker.tasks.removeLabel(id, 'b')],
      ['status, by update', () => tracker.tasks.update(id, { status: 'in_progress' })],
      ['hold', () => tracker.tasks.hold(id, { reason: 'not now' })],
      ['unhold', () => tracker.tasks.unhold(id)],
      ['close', () => tracker.tasks.close(id)],
      ['reopen', () => tracker.tasks.reopen(id)],
      ['parent, added', () => tracker.relations.add(id, 'parent', other.id)],
      ['parent, removed', () => tracker.relations.remove(id, 'parent', other.id)],
      ['parent, by update', () => tracker.tasks.update(id, { parent: other.id })],
      ['blocker, added', () => tracker.relations.add(id, 'blocked_by', third.id)],
      ['blocker, removed', () => tracker.relations.remove(id, 'blocked_by', third.id)],
    ]
    const keeps: [string, () => Promise<unknown>][] = [
      ['comment', () => tracker.tasks.addComment(id, { body: 'text' })],
      ['child', () => tracker.tasks.create({ title: 'child', parent: id })],
      ['dependent, added', () => tracker.relations.add(third.id, 'blocked_by', id)],
      ['dependent, removed', () => tracker.relations.remove(third.id, 'blocked_by', id)],
      ['related', () => tracker.relations.add(id, 'related', other.id)],
      ['supersedes', () => tracker.relations.add(id, 'supersedes', third.id)],
      ['generated_by', () => tracker.relations.add(id, 'generated_by', activity.id)],
      ['change of the parent', () => tracker.tasks.update(other.id, { title: 'renamed' })],
      ['label that is there', () => tracker.tasks.addLabel(id, 'a')],
      ['label that is not there', () => tracker.tasks.removeLabel(id, 'nope')],
      ['title that is so already', () => tracker.tasks.update(id, { title: 'renamed' })],
    ]
    let { revision } = task
    for (const [what, change] of [...raises, ...keeps]) {
      const before = await tracker.tasks.get(id)
      await change()
      const after = await tracker.tasks.get(id)
      if (raises.some(([name]) => name === what)) revision++
      expect([what, after.revision]).toEqual([what, revision])
      expect(after.updatedAt > before.updatedAt, what).toBe(after.revision > before.revision)
    }
  })

  test('that is expected must be the present one, for every verb', async () => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'task' })
    await tracker.tasks.update(id, { title: 'changed' })
    const options = { expectedRevision: 1 }
    const verbs: Record<string, () => Promise<Task>> = {
      update: () => tracker.tasks.update(id, { title: 'other' }, options),
      'update that changes nothing': () => tracker.tasks.update(id, {}, options),
      close: () => tracker.tasks.close(id, { reason: 'done', ...options }),
      // Not closed, not on hold: the revision is looked at before the rules.
      reopen: () => tracker.tasks.reopen(id, options),
      unhold: () => tracker.tasks.unhold(id, options),
      hold: () => tracker.tasks.hold(id, { reason: 'not now', ...options }),
      addLabel: () => tracker.tasks.addLabel(id, 'a', options),
      removeLabel: () => tracker.tasks.removeLabel(id, 'a', options),
    }
    for (const [verb, run] of Object.entries(verbs)) {
      const error = await refusal<StaleRevisionError>(run())
      expect(error, verb).toBeInstanceOf(StaleRevisionError)
      expect(error).toMatchObject({ id, expected: 1, actual: 2 })
    }
    const missing = tracker.tasks.close(NOBODY as TaskId, options)
    expect((await refusal(missing)).code, 'existence comes first').toBe('NOT_FOUND')
    expect((await tracker.tasks.close(id, { expectedRevision: 2 })).revision).toBe(3)
  })
})

describe('a list', () => {
  test.each(['list', 'ready', 'blocked'] as const)(
    'of tasks.%s is walked by cursors without gap or repetition',
    async (method) => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 17 }),
          fc.integer({ min: 1, max: 6 }),
          fc.constantFrom('priority' as const, 'oldest' as const, 'newest' as const, undefined),
          fc.infiniteStream(fc.tuple(fc.constantFrom(...PRIORITIES), fc.nat({ max: 3 }))),
          (count, limit, sort, draws) =>
            inMemory(async (tracker) => {
              const blocker = await tracker.tasks.create({ title: 'blocker' })
              await tracker.tasks.update(blocker.id, { status: 'in_progress' })
              for (const [priority, minute] of draws.take(count)) {
                await tracker.tasks.create({
                  title: 'task',
                  priority,
                  at: `2026-01-01T00:0${minute}:00Z`,
                  ...(method === 'blocked' && { blockedBy: [blocker.id] }),
                })
              }
              const options = { type: 'task', ...(method !== 'list' && sort && { sort }) } as const
              const whole = await tracker.tasks[method]({ ...options, limit: 1_000 })
              expect(whole.total).toBe(count + (method === 'list' ? 1 : 0))
              expect(whole.nextCursor).toBeUndefined()
              const walked: Task[] = []
              let cursor: string | undefined
              do {
                const page = await tracker.tasks[method]({ ...options, limit, ...(cursor !== undefined && { cursor }) })
                expect(page.total).toBe(whole.total)
                expect(page.items.length).toBe(Math.min(limit, whole.total - walked.length))
                walked.push(...page.items)
                expect(page.nextCursor === undefined).toBe(walked.length === whole.total)
                cursor = page.nextCursor
              } while (cursor !== undefined)
              expect(walked).toEqual(whole.items)
            }),
        ),
        { numRuns: 20 },
      )
    },
  )

  test('has 50 items unless told, and at most 1,000', async () => {
    const tracker = await open({ path: ':memory:' })
    await Promise.all(Array.from({ length: 1_001 }, (_, index) => tracker.tasks.create({ title: `Task ${index}` })))
    const page = await tracker.tasks.list()
    expect([page.items.length, page.total, typeof page.nextCursor]).toEqual([50, 1_001, 'string'])
    const rest = await tracker.tasks.list({ limit: 1_000, cursor: page.nextCursor! })
    expect([rest.items.length, rest.total, rest.nextCursor]).toEqual([951, 1_001, undefined])
    expect((await refusal(tracker.tasks.list({ limit: 1_001 }))).code).toBe('INVALID_INPUT')
  })

  test('refuses a cursor of another order', async () => {
    const tracker = await open()
    for (const title of ['a', 'b']) await tracker.tasks.create({ title })
    const { nextCursor } = await tracker.tasks.ready({ limit: 1, sort: 'newest' })
    expect((await refusal(tracker.tasks.list({ cursor: nextCursor! }))).code).toBe('INVALID_INPUT')
    expect((await refusal(tracker.agents.list({ cursor: nextCursor! }))).code).toBe('INVALID_INPUT')
  })

  test('goes on after a task that has changed or left meanwhile', async () => {
    const tracker = await open()
    const tasks: Task[] = []
    for (const title of ['a', 'b', 'c']) tasks.push(await tracker.tasks.create({ title }))
    const { nextCursor } = await tracker.tasks.ready({ limit: 1 })
    await tracker.tasks.close(tasks[0]!.id)
    const rest = await tracker.tasks.ready({ cursor: nextCursor! })
    expect(rest.items.map(({ title }) => title)).toEqual(['b', 'c'])
    expect(rest.total).toBe(2)
  })
})

describe('a filter', () => {
  /** Two dozen tasks in which every field varies. */
  async function fill(
    tracker: Tracker,
    clock: Clock,
  ): Promise<{ tasks: Task[]; owners: Task['owner'][]; parents: TaskId[] }> {
    const { agents, tasks } = tracker
    const owners = [
      undefined,
      (await agents.registerHuman({ name: 'Ada' })).id,
      (await agents.registerHuman({ name: 'Ben' })).id,
    ]
    const parents: TaskId[] = []
    for (let index = 0; index < 24; index++) {
      clock.set(`2026-02-0${1 + (index % 5)}T00:00:00.000Z`)
      const owner = owners[index % 3]
      const parent = index > 4 && index % 4 === 0 ? parents[index % 3] : undefined
      const { id } = await tasks.create({
        title: ['Login', 'Table', 'log'][index % 3]!,
        description: index % 7 === 0 ? 'The LOGIN page' : '',
        notes: index % 8 === 0 ? '50 %_' : '',
        type: DEFAULT_VOCABULARY.taskTypes[index % 5]!,
        priority: PRIORITIES[(index * 3) % 5]!,
        phase: DEFAULT_VOCABULARY.phases[index % 4]!,
        namespace: ['test', 'other'][index % 2]!,
        labels: ['a', 'b', 'c'].filter((_, bit) => (index >> bit) % 2 === 1),
        ...(owner && { owner }),
        ...(parent && { parent }),
      })
      parents.push(id)
      clock.set(`2026-02-0${1 + (index % 4)}T12:00:00.000Z`)
      if (index % 5 === 1) await tasks.update(id, { status: 'in_progress' })
      if (index % 5 === 2) await tasks.hold(id, { reason: 'not now' })
      if (index % 5 === 3) await tasks.close(id)
    }
    return { tasks: await all((page) => tasks.list(page)), owners, parents: parents.slice(0, 3) }
  }

  const among = <Value>(given: Value | readonly Value[] | undefined, value: Value | undefined) =>
    given === undefined || (Array.isArray(given) ? given.includes(value) : given === value)

  /** What the filter says, the plain way. */
  const matches = (task: Task, filter: TaskFilter) =>
    among(filter.status, task.status) &&
    among(filter.type, task.type) &&
    among(filter.priority, task.priority) &&
    among(filter.phase, task.phase) &&
    among(filter.namespace, task.namespace) &&
    among(filter.owner, task.owner) &&
    among(filter.parent, task.parent) &&
    (filter.labelsAll ?? []).every((label) => task.labels.includes(label)) &&
    (filter.labelsAny === undefined || filter.labelsAny.some((label) => task.labels.includes(label))) &&
    (filter.createdAfter === undefined || task.createdAt >= filter.createdAfter) &&
    (filter.createdBefore === undefined || task.createdAt < filter.createdBefore) &&
    (filter.updatedAfter === undefined || task.updatedAt >= filter.updatedAfter) &&
    (filter.updatedBefore === undefined || task.updatedAt < filter.updatedBefore) &&
    [task.title, task.description, task.notes].some((text) =>
      text.toLowerCase().includes((filter.text ?? '').toLowerCase()),
    )

  const oneOf = <Value>(...values: Value[]) =>
    fc.oneof(fc.constantFrom(...values), fc.subarray(values), fc.array(fc.constantFrom(...values), { maxLength: 3 }))
  const time = fc.constantFrom(
    ...[1, 2, 3, 4, 5].flatMap((day) => [`2026-02-0${day}T00:00:00.000Z`, `2026-02-0${day}T12:00:00.000Z`]),
  )

  test('gives what a plain filter gives, each field alone and any of them together', async () => {
    const clock = new Clock()
    const tracker = await open({ path: ':memory:', now: clock.now })
    const { tasks, owners, parents } = await fill(tracker, clock)
    const fields = {
      status: oneOf(...STATUSES),
      type: oneOf(...DEFAULT_VOCABULARY.taskTypes),
      priority: oneOf(...PRIORITIES),
      phase: oneOf(...DEFAULT_VOCABULARY.phases.slice(0, 5)),
      namespace: oneOf('test', 'other', 'nowhere'),
      owner: oneOf(...owners.flatMap((owner) => owner ?? [])),
      parent: oneOf(...parents),
      labelsAll: fc.subarray(['a', 'b', 'c', 'd']),
      labelsAny: fc.subarray(['a', 'b', 'c', 'd']),
      createdAfter: time,
      createdBefore: time,
      updatedAfter: time,
      updatedBefore: time,
      text: fc.constantFrom('', 'log', 'LOGIN', '%_', 'nothing of this'),
    }
    const check = async (filter: TaskListOptions) => {
      const expected = tasks.filter((task) => matches(task, filter))
      const { items, total } = await tracker.tasks.list({ limit: 1_000, ...filter })
      expect(items, JSON.stringify(filter)).toEqual(expected)
      expect(total).toBe(expected.length)
      const openOrHeld = expected.filter(({ status }) => status === 'open' || status === 'blocked')
      const [ready, blocked] = [
        await tracker.tasks.ready({ limit: 1_000, ...filter }),
        await tracker.tasks.blocked({ limit: 1_000, ...filter }),
      ]
      const partition = [...ready.items, ...blocked.items].map(({ id }) => id)
      expect(partition.sort(), JSON.stringify(filter)).toEqual(openOrHeld.map(({ id }) => id).sort())
      expect(ready.total + blocked.total).toBe(openOrHeld.length)
    }
    for (const [field, value] of Object.entries(fields)) {
      await fc.assert(
        fc.asyncProperty(value as fc.Arbitrary<unknown>, (given) => check({ [field]: given })),
        { numRuns: 8 },
      )
    }
    await fc.assert(fc.asyncProperty(fc.record(fields, { requiredKeys: [] }), check), { numRuns: 60 })
  })

  test.each(['status', 'type', 'priority', 'phase', 'namespace', 'owner', 'parent', 'labelsAny'])(
    'by an empty array of %s matches nothing',
    async (field) => {
      await inMemory(async (tracker) => {
        await tracker.tasks.create({ title: 'task', labels: ['a'] })
        expect(await tracker.tasks.list({ [field]: [] })).toEqual({ items: [], total: 0 })
        expect(await tracker.tasks.ready({ [field]: [] })).toEqual({ items: [], total: 0 })
      })
    },
  )

  test('takes thousands of values', async () => {
    const tracker = await open({ path: ':memory:' })
    const labels = Array.from({ length: 3_000 }, (_, index) => `label ${index}`)
    const task = await tracker.tasks.create({ title: 'task', labels })
    await tracker.tasks.create({ title: 'other', labels: ['label 0'] })
    expect((await tracker.tasks.list({ labelsAll: labels })).items).toEqual([task])
    expect((await tracker.tasks.list({ labelsAny: labels })).total).toBe(2)
    const ids = Array.from({ length: 3_000 }, () => newTaskId(NAMESPACE))
    expect((await tracker.tasks.list({ parent: ids })).total).toBe(0)
  })

  test('takes times with any zone', async () => {
    const tracker = await open()
    await tracker.tasks.create({ title: 'task', at: '2026-01-01T00:30:00+01:00' })
    expect((await tracker.tasks.list({ createdAfter: '2025-12-31T23:30:00Z' })).total).toBe(1)
    expect((await tracker.tasks.list({ createdBefore: '2025-12-31T18:30:00-05:00' })).total).toBe(0)
    expect((await tracker.tasks.list({ createdBefore: '2026-01-01T05:15:00.001+05:45' })).total).toBe(1)
  })
})

describe('the tasks around a task', () => {
  test('are mirror images, at shortest distances, in any graph', async () => {
    const SIZE = 12
    const arrows = fc.uniqueArray(fc.tuple(fc.nat({ max: SIZE - 1 }), fc.nat({ max: SIZE - 1 })), {
      maxLength: 26,
      selector: ([one, other]) => `${Math.min(one, other)} ${Math.max(one, other)}`,
    })
    await fc.assert(
      fc.asyncProperty(arrows, fc.integer({ min: 1, max: 4 }), (pairs, maxDepth) =>
        inMemory(async (tracker) => {
          const ids: TaskId[] = []
          for (let index = 0; index < SIZE; index++) ids.push((await tracker.tasks.create({ title: `${index}` })).id)
          const blockers = ids.map((): number[] => [])
          for (const [one, other] of pairs) {
            if (one === other) continue
            const [source, target] = one > other ? [one, other] : [other, one]
            await tracker.relations.add(ids[source]!, 'blocked_by', ids[target]!)
            blockers[source]!.push(target)
          }
          const dependents = ids.map((_, task) => [...ids.keys()].filter((other) => blockers[other]!.includes(task)))
          for (const [task, id] of ids.entries()) {
            const { tasks } = tracker
            expect(await numbered(ids, tasks.ancestors(id))).toEqual(distances(blockers, task))
            expect(await numbered(ids, tasks.descendants(id))).toEqual(distances(dependents, task))
            const near = distances(blockers, task).filter(([, distance]) => distance <= maxDepth)
            expect(await numbered(ids, tasks.ancestors(id, { maxDepth }))).toEqual(near)
            const tree = await tasks.dependencyTree(id)
            const shown = tree.map(({ source, target, depth }) => [ids.indexOf(source), ids.indexOf(target), depth])
            expect(shown).toEqual(treeOf(blockers, task))
            expect(tree.every(({ kind, gate }) => kind === 'blocked_by' && gate === 'closed')).toBe(true)
          }
        }),
      ),
      { numRuns: 25 },
    )
  })

  async function numbered(
    ids: readonly TaskId[],
    answer: ReturnType<Tracker['tasks']['ancestors']>,
  ): Promise<number[][]> {
    return (await answer).map(({ task, distance }) => [ids.indexOf(task.id), distance])
  }

  /** Each task that can be reached with its shortest distance, nearest first, then oldest. */
  function distances(next: readonly number[][], start: number): [number, number][] {
    const found = new Map([[start, 0]])
    for (const [task, distance] of found) {
      for (const other of next[task]!) if (!found.has(other)) found.set(other, distance + 1)
    }
    found.delete(start)
    return [...found].sort(([one, near], [other, far]) => near - far || one - other)
  }

  /** The arrows below a task, depth first, each once. */
  function treeOf(next: readonly number[][], start: number): number[][] {
    const seen = new Set([start])
    const visit = (task: number, depth: number): number[][] =>
      next[task]!.flatMap((other) => {
        const isNew = !seen.has(other)
        seen.add(other)
        return [[task, other, depth], ...(isNew ? visit(other, depth + 1) : [])]
      })
    return visit(start, 0)
  }

  test('are none for a task without blockers, and refused for one that does not exist', async () => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'alone' })
    const { tasks } = tracker
    expect([await tasks.ancestors(id), await tasks.descendants(id), await tasks.dependencyTree(id)]).toEqual([
      [],
      [],
      [],
    ])
    for (const walk of ['ancestors', 'descendants', 'dependencyTree', 'explain', 'labels', 'comments'] as const) {
      expect(await refusal(tasks[walk](NOBODY as TaskId)), walk).toBeInstanceOf(NotFoundError)
    }
  })
})

describe('force', () => {
  const needless: [what: string, change: (t: Tracker, id: TaskId) => Promise<Task>][] = [
    ['close', (t, id) => t.tasks.close(id, { force: true, reason: 'It must be.' })],
    ['update', (t, id) => t.tasks.update(id, { status: 'in_progress' }, { force: true, reason: 'It must be.' })],
    ['hold', (t, id) => t.tasks.hold(id, { force: true, reason: 'It must be.' })],
  ]

  test.each(needless)('of %s is no forced change where nothing stands against it', async (_what, change) => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'task' })
    expect(await change(tracker, id)).not.toHaveProperty('forced')
    expect(await tracker.tasks.get(id)).not.toHaveProperty('forced')
    expect((await tracker.log.events({ subject: id })).items.at(-1)!.data).not.toHaveProperty('forced')
  })

  test('needs a reason, and tasks.update takes none without it', async () => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'task' })
    const head = await tracker.log.head()
    const wrong: [what: string, command: Promise<unknown>][] = [
      ['close', tracker.tasks.close(id, { force: true })],
      ['close, blank', tracker.tasks.close(id, { force: true, reason: ' ' })],
      ['update', tracker.tasks.update(id, { status: 'in_progress' }, { force: true })],
      ['update, blank', tracker.tasks.update(id, { status: 'in_progress' }, { force: true, reason: ' ' })],
      ['update, without force', tracker.tasks.update(id, { status: 'in_progress' }, { reason: 'why' })],
      ['update, with force: false', tracker.tasks.update(id, { title: 'x' }, { force: false, reason: 'why' })],
      ['hold, blank', tracker.tasks.hold(id, { force: true, reason: ' ' })],
    ]
    for (const [what, command] of wrong) {
      const error = await refusal<InvalidInputError>(command)
      expect([error.code, error.issues?.map(({ field }) => field)], what).toEqual(['INVALID_INPUT', ['reason']])
    }
    expect(await tracker.log.head()).toEqual(head)
    expect((await tracker.tasks.close(id, { reason: 'why' })).closeReason).toBe('why')
  })
})

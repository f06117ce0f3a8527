import { describe, expect, test } from 'vitest'
import {
  AGENT_KINDS,
  type AgentId,
  AgentKindMismatchError,
  AlreadyExistsError,
  anyModel,
  createModelRegistry,
  deterministicId,
  NotFoundError,
  newAgentId,
  ROLES,
  type Tracker,
  UnknownModelError,
} from '../src/index.js'
import { all } from './support/answers.js'
import { refusal } from './support/refusals.js'
import { freshPath, NAMESPACE, open } from './support/trackers.js'

const OPUS = { role: 'worker', provider: 'anthropic', model: 'claude-opus-4-6' } as const
const DEFAULT_ACTOR = deterministicId<AgentId>(NAMESPACE, 'agent', 'provtrail')

/** One agent of each kind. */
async function everyKind(tracker: Tracker) {
  const { agents } = tracker
  return {
    human: await agents.registerHuman({ name: 'Ada', contact: 'ada@example.org' }),
    ml: await agents.registerMl({
      ...OPUS,
      name: 'Bot',
      version: '2',
      parameters: { temperature: 0.2, stop: ['x', null] },
    }),
    software: await agents.registerSoftware({ name: 'linter', version: '1.2', source: 'https://example.org/linter' }),
    organization: await agents.registerOrganization({ name: 'ACME', url: 'https://acme.example' }),
  }
}

describe('an agent', () => {
  test('of each kind is what was registered', async () => {
    const tracker = await open()
    const agents = await everyKind(tracker)
    const base = {
      id: expect.stringMatching(/^test--/),
      namespace: NAMESPACE,
      capabilities: [],
      createdAt: expect.stringMatching(/Z$/),
    }
    expect(agents).toEqual({
      human: { ...base, kind: 'human', name: 'Ada', contact: 'ada@example.org' },
      ml: {
        ...base,
        kind: 'ml',
        role: 'worker',
        model: { provider: 'anthropic', name: 'claude-opus-4-6' },
        name: 'Bot',
        version: '2',
        parameters: { temperature: 0.2, stop: ['x', null] },
      },
      software: { ...base, kind: 'software', name: 'linter', version: '1.2', source: 'https://example.org/linter' },
      organization: { ...base, kind: 'organization', name: 'ACME', url: 'https://acme.example' },
    })
    for (const agent of Object.values(agents)) expect(await tracker.agents.get(agent.id)).toEqual(agent)
  })

  test('is given back by the getter of its kind alone', async () => {
    const tracker = await open()
    const agents = await everyKind(tracker)
    const getters = {
      human: 'getHuman',
      ml: 'getMl',
      software: 'getSoftware',
      organization: 'getOrganization',
    } as const
    for (const expected of AGENT_KINDS) {
      for (const found of AGENT_KINDS) {
        const answer = tracker.agents[getters[expected]](agents[found].id)
        if (expected === found) {
          expect(await answer).toEqual(agents[found])
          continue
        }
        const error = await refusal<AgentKindMismatchError>(answer)
        expect(error).toBeInstanceOf(AgentKindMismatchError)
        expect(error).toMatchObject({ id: agents[found].id, expected, found })
      }
      const task = await tracker.tasks.create({ title: 'task' })
      const wrong = await refusal<NotFoundError>(tracker.agents[getters[expected]](task.id as unknown as AgentId))
      expect([wrong.expected, wrong.found]).toEqual([['agent'], 'task'])
    }
    expect(await refusal(tracker.agents.get(newAgentId(NAMESPACE)))).toBeInstanceOf(NotFoundError)
  })

  test('may have an id and a namespace of the caller', async () => {
    const tracker = await open()
    const id = newAgentId('people')
    expect(await tracker.agents.registerHuman({ name: 'Ada', id })).toMatchObject({ id, namespace: 'people' })
    expect(await refusal(tracker.agents.registerHuman({ name: 'Ben', id }))).toBeInstanceOf(AlreadyExistsError)
    expect((await tracker.agents.registerHuman({ name: 'Ben', namespace: 'people' })).id).toMatch(/^people--/)
  })
})

describe('a model', () => {
  test('must be known: the refusal names near ones and says how to go on', async () => {
    const tracker = await open()
    const command = tracker.agents.registerMl({ ...OPUS, model: 'claude-opus-4.6' })
    const error = await refusal<UnknownModelError>(command)
    expect(error).toBeInstanceOf(UnknownModelError)
    expect(error).toMatchObject({ provider: 'anthropic', model: 'claude-opus-4.6' })
    expect(error.nearest[0]).toBe('anthropic/claude-opus-4-6')
    for (const help of ['extendModelRegistry', 'anyModel', 'anthropic/claude-opus-4-6'])
      expect(error.message).toContain(help)
    expect((await tracker.log.head()).seq).toBe(0)
  })

  test('is looked up in the registry that the tracker was opened with', async () => {
    const own = await open({ modelRegistry: createModelRegistry([{ provider: 'acme', name: 'one' }]) })
    expect((await own.agents.registerMl({ role: 'worker', provider: 'acme', model: 'one' })).model.name).toBe('one')
    expect(await refusal(own.agents.registerMl(OPUS))).toBeInstanceOf(UnknownModelError)
    const any = await open({ modelRegistry: anyModel })
    expect((await any.agents.registerMl({ role: 'worker', provider: 'x', model: 'y' })).model).toEqual({
      provider: 'x',
      name: 'y',
    })
    expect(any.models).toBe(anyModel)
  })

  test.each(ROLES)('works in the role %s', async (role) => {
    const tracker = await open({ path: ':memory:' })
    expect((await tracker.agents.registerMl({ ...OPUS, role })).role).toBe(role)
  })
})

describe('reuse', () => {
  test('finds the agent with exactly these fields, and makes one where there is none', async () => {
    const tracker = await open()
    const { agents } = tracker
    const makers = [
      () => agents.registerHuman({ name: 'Ada', contact: 'ada@example.org', reuse: true }),
      () => agents.registerHuman({ name: 'Ada', reuse: true }),
      () => agents.registerHuman({ name: 'Ada', namespace: 'people', reuse: true }),
      () => agents.registerSoftware({ name: 'Ada', reuse: true }),
      () => agents.registerOrganization({ name: 'Ada', reuse: true }),
      () => agents.registerMl({ ...OPUS, reuse: true }),
      () => agents.registerMl({ ...OPUS, role: 'reviewer', reuse: true }),
      () => agents.registerMl({ ...OPUS, parameters: { a: 1, b: { c: [2], d: 3 } }, reuse: true }),
    ]
    const first: AgentId[] = []
    for (const make of makers) first.push((await make()).id)
    expect(new Set(first).size).toBe(makers.length)
    const head = await tracker.log.head()
    for (const [index, make] of makers.entries()) expect((await make()).id).toBe(first[index])
    const reordered = await agents.registerMl({ ...OPUS, parameters: { b: { d: 3, c: [2] }, a: 1 }, reuse: true })
    expect(reordered.id).toBe(first.at(-1))
    expect(await tracker.log.head()).toEqual(head)
  })

  test('finds the oldest of several, and gives back the whole agent', async () => {
    const tracker = await open()
    const oldest = await tracker.agents.registerHuman({ name: 'Ada' })
    await tracker.agents.registerHuman({ name: 'Ada' })
    expect(await tracker.agents.registerHuman({ name: 'Ada', reuse: true, id: newAgentId(NAMESPACE) })).toEqual(oldest)
  })

  test('makes one agent for many that ask at once, on several trackers of one file', async () => {
    const path = freshPath()
    const trackers = [await open({ path }), await open({ path }), await open({ path })]
    const asked = Array.from({ length: 30 }, (_, index) =>
      trackers[index % 3]!.agents.registerHuman({ name: 'Ada', reuse: true }),
    )
    const ids = new Set((await Promise.all(asked)).map(({ id }) => id))
    expect(ids.size).toBe(1)
    expect((await trackers[0]!.agents.list({ kind: 'human' })).total).toBe(1)
  })

  test('of the default actor gives one agent, however often it is asked for', async () => {
    const tracker = await open()
    const first = await tracker.agents.registerSoftware({ name: 'provtrail', reuse: true })
    const second = await tracker.agents.registerSoftware({ name: 'provtrail', reuse: true })
    expect(second).toEqual(first)
  })
})

describe('what an agent can do', () => {
  const words = ['typescript', 'sql', 'typescript']

  test('is told at registration, for each kind, in one form', async () => {
    const tracker = await open()
    const { agents } = tracker
    const made = [
      await agents.registerHuman({ name: 'Ada', capabilities: words }),
      await agents.registerMl({ ...OPUS, capabilities: words }),
      await agents.registerSoftware({ name: 'linter', capabilities: words }),
      await agents.registerOrganization({ name: 'ACME', capabilities: words }),
    ]
    for (const agent of made) {
      expect(agent.capabilities).toEqual(['sql', 'typescript'])
      expect(await agents.get(agent.id)).toEqual(agent)
    }
    for (const capabilities of ['sql', ['a\nb'], [''], [1]]) {
      const error = await refusal(agents.registerHuman({ name: 'Ada', capabilities } as never))
      expect(error.code, JSON.stringify(capabilities)).toBe('INVALID_INPUT')
    }
    const { items } = await tracker.log.events({ type: 'agent.registered' })
    const plain = await agents.registerHuman({ name: 'Ben', capabilities: [] })
    expect(plain.capabilities).toEqual([])
    expect((await tracker.log.events({ after: items.at(-1)!.seq })).items[0]!.data, 'none is not told').toEqual({
      kind: 'human',
      name: 'Ben',
    })
  })

  test('tells one agent from another to reuse, as it is now', async () => {
    const { agents } = await open()
    const reuse = true
    const plain = await agents.registerHuman({ name: 'Ada', reuse })
    const able = await agents.registerHuman({ name: 'Ada', capabilities: ['sql'], reuse })
    expect(able.id).not.toBe(plain.id)
    expect((await agents.registerHuman({ name: 'Ada', capabilities: [], reuse })).id).toBe(plain.id)
    expect((await agents.registerHuman({ name: 'Ada', capabilities: ['sql', 'sql'], reuse })).id).toBe(able.id)
    await agents.setCapabilities(able.id, ['rust'])
    expect((await agents.registerHuman({ name: 'Ada', capabilities: ['rust'], reuse })).id).toBe(able.id)
    const fresh = await agents.registerHuman({ name: 'Ada', capabilities: ['sql'], reuse })
    expect([plain.id, able.id]).not.toContain(fresh.id)
    await agents.setCapabilities(able.id, [])
    expect((await agents.registerHuman({ name: 'Ada', reuse })).id, 'the oldest of two').toBe(plain.id)
  })

  test('is said anew by setCapabilities: what is so already writes nothing, and a key gives the first result', async () => {
    const tracker = await open()
    const { agents, log } = tracker
    const ada = await agents.registerHuman({ name: 'Ada', capabilities: ['sql'] })
    const idempotencyKey = 'once'
    const able = await agents.setCapabilities(ada.id, ['typescript', 'rust', 'rust'], { idempotencyKey })
    expect(able).toEqual({ ...ada, capabilities: ['rust', 'typescript'] })
    expect(await agents.get(ada.id)).toEqual(able)
    const { items } = await log.events({ type: 'agent.updated' })
    expect(items.map(({ subject, data }) => [subject, data])).toEqual([[ada.id, { capabilities: able.capabilities }]])
    await agents.setCapabilities(ada.id, [])
    const head = await log.head()
    expect((await agents.setCapabilities(ada.id, [])).capabilities).toEqual([])
    const again = await agents.setCapabilities(ada.id, ['rust', 'typescript'], { idempotencyKey })
    expect(again, 'as it was then').toEqual(able)
    expect((await agents.get(ada.id)).capabilities).toEqual([])
    expect(await log.head()).toEqual(head)
    const task = await tracker.tasks.create({ title: 'task' })
    expect((await refusal(agents.setCapabilities(task.id as never, []))).code).toBe('NOT_FOUND')
    expect(await log.verify({ state: true })).toMatchObject({ ok: true })
  })

  test('is found by agents.list', async () => {
    const { agents } = await open()
    const made = {
      both: await agents.registerHuman({ name: 'Ada', capabilities: ['sql', 'rust'] }),
      one: await agents.registerSoftware({ name: 'linter', capabilities: ['sql'] }),
      none: await agents.registerHuman({ name: 'Ben' }),
    }
    const found = async (options: Parameters<typeof agents.list>[0]) =>
      (await agents.list(options)).items.map(({ id }) => Object.values(made).findIndex((agent) => agent.id === id))
    expect(await found({ capability: 'sql' })).toEqual([0, 1])
    expect(await found({ capability: ['rust', 'cobol'] })).toEqual([0])
    expect(await found({ capability: 'sql', kind: 'software' })).toEqual([1])
    expect(await found({ capability: 'sq' })).toEqual([])
    expect(await found({ capability: [] })).toEqual([])
    expect((await agents.list({ capability: 'sql', limit: 1 })).total).toBe(2)
  })

  test('goes with an erasure, at registration and later, and the state stays what a replay gives', async () => {
    const tracker = await open()
    const { agents, log } = tracker
    const ada = await agents.registerHuman({ name: 'Ada', capabilities: ['secret'] })
    const { seq } = await log.head()
    await log.redact(seq, { reason: 'asked to' })
    expect((await agents.get(ada.id)).capabilities).toEqual([])
    await agents.setCapabilities(ada.id, ['another secret'])
    expect((await agents.get(ada.id)).capabilities).toEqual(['another secret'])
    await log.redact((await log.head()).seq, { reason: 'asked to' })
    expect((await agents.get(ada.id)).capabilities).toEqual([])
    expect(JSON.stringify((await log.events()).items)).not.toContain('secret')
    expect(await log.verify({ state: true })).toMatchObject({ ok: true })
    const named = await agents.registerHuman({ name: '[redacted]', reuse: true })
    expect(named.id, 'an erased agent is nobody that reuse finds').not.toBe(ada.id)
  })
})

describe('the default actor', () => {
  test('is registered by the first event, under the same id in every file, and no sooner', async () => {
    const tracker = await open()
    expect(await tracker.log.head()).toEqual({ seq: 0, digest: '0'.repeat(64) })
    expect((await tracker.agents.list()).total).toBe(0)
    await tracker.tasks.list()
    await refusal(tracker.tasks.create({ title: '' }))
    await refusal(tracker.tasks.close('test--01890a5d-ac96-774b-bcce-b302099a8057' as never))
    expect((await tracker.log.head()).seq).toBe(0)
    await tracker.tasks.create({ title: 'task' })
    await tracker.tasks.create({ title: 'another' })
    const { items } = await tracker.log.events()
    expect(items.map(({ type, actor }) => [type, actor])).toEqual([
      ['agent.registered', DEFAULT_ACTOR],
      ['task.created', DEFAULT_ACTOR],
      ['task.created', DEFAULT_ACTOR],
    ])
    expect(items[0]!.transaction, 'in one transaction with what was asked for').toBe(items[1]!.transaction)
    expect(await tracker.agents.get(DEFAULT_ACTOR)).toMatchObject({ kind: 'software', name: 'provtrail' })
  })

  test('is not registered where every event has another actor', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    await tracker.as(ada.id).tasks.create({ title: 'task' })
    const { items } = await tracker.log.events({ after: 2 })
    expect(items.map(({ actor }) => actor)).toEqual([ada.id])
  })

  test('has an id that nothing else can take', async () => {
    const tracker = await open()
    // A task is the work of the actor: here, its own.
    await refusal(tracker.tasks.create({ title: 'task', id: DEFAULT_ACTOR as never }))
    const artifact = tracker.artifacts.add({ iri: 'urn:a', id: DEFAULT_ACTOR as never })
    expect(await refusal(artifact)).toBeInstanceOf(AlreadyExistsError)
    const other = tracker.agents.registerHuman({ name: 'Ada', id: DEFAULT_ACTOR })
    expect(await refusal(other)).toBeInstanceOf(AlreadyExistsError)
    expect((await tracker.log.head()).seq).toBe(0)
  })
})

describe('an actor', () => {
  test('is named by every event, through as() and through the option', async () => {
    const path = freshPath()
    const tracker = await open({ path })
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const ben = await tracker.agents.registerHuman({ name: 'Ben' })
    const asAda = await open({ path, actor: ada.id })
    const { id } = await asAda.tasks.create({ title: 'task' })
    await asAda.as(ben.id).tasks.addLabel(id, 'a')
    await asAda.transaction(async (t) => {
      await t.tasks.addLabel(id, 'b')
      await t.as(ben.id).tasks.addLabel(id, 'c')
    })
    const { items } = await tracker.log.events({ subject: id })
    expect(items.map(({ actor }) => actor)).toEqual([ada.id, ben.id, ada.id, ben.id])
    expect((await tracker.log.events({ actor: ben.id })).total).toBe(2)
  })

  test('must exist when a command is given, and be an agent', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task' })
    const head = await tracker.log.head()
    const nobody = newAgentId(NAMESPACE)
    for (const [actor, found] of [
      [nobody, undefined],
      [task.id as unknown as AgentId, 'task'],
    ] as const) {
      const other = tracker.as(actor)
      for (const command of [other.tasks.create({ title: 'task' }), other.agents.registerHuman({ name: 'Ada' })]) {
        const error = await refusal<NotFoundError>(command)
        expect(error).toBeInstanceOf(NotFoundError)
        expect([error.id, error.expected, error.found]).toEqual([actor, ['agent'], found])
      }
      expect((await other.tasks.list()).total, 'queries need no actor').toBe(1)
    }
    expect(await tracker.log.head()).toEqual(head)
  })
})

describe('agents.delegate', () => {
  test('says on whose behalf, altogether or in one activity, each once', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const bot = await tracker.agents.registerMl(OPUS)
    const activity = await tracker.activities.start({ agent: bot.id })
    const always = await tracker.agents.delegate(bot.id, ada.id)
    const once = await tracker.agents.delegate(bot.id, ada.id, { activity: activity.id })
    const ends = { source: bot.id, kind: 'acted_on_behalf_of', target: ada.id }
    expect(always).toEqual({ ...ends, createdAt: always.createdAt })
    expect(once).toEqual({ ...ends, activity: activity.id, createdAt: once.createdAt })
    const head = await tracker.log.head()
    expect(await tracker.agents.delegate(bot.id, ada.id)).toEqual(always)
    expect(await tracker.agents.delegate(bot.id, ada.id, { activity: activity.id })).toEqual(once)
    expect(await tracker.relations.add(bot.id, 'acted_on_behalf_of', ada.id)).toEqual(always)
    expect(await tracker.log.head()).toEqual(head)
    expect((await tracker.relations.list(bot.id, { kind: 'acted_on_behalf_of' })).items).toEqual([always, once])
    expect(await tracker.relations.remove(bot.id, 'acted_on_behalf_of', ada.id)).toBe(true)
    expect((await tracker.relations.list(ada.id)).total).toBe(0)
  })

  test('needs agents and an activity', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const ben = await tracker.agents.registerHuman({ name: 'Ben' })
    const task = await tracker.tasks.create({ title: 'task' })
    const wrong = tracker.agents.delegate(ada.id, ben.id, { activity: task.id as never })
    expect(await refusal(wrong)).toMatchObject({ code: 'NOT_FOUND', expected: ['activity'], found: 'task' })
    expect((await refusal(tracker.agents.delegate(ada.id, task.id as never))).code).toBe('RELATION_DOMAIN')
    expect((await refusal(tracker.agents.delegate(ada.id, newAgentId(NAMESPACE)))).code).toBe('NOT_FOUND')
  })
})

describe('agents.list', () => {
  test('gives agents in the order in which they were registered, of some kinds and namespaces', async () => {
    const tracker = await open()
    const { human, ml, software, organization } = await everyKind(tracker)
    const elsewhere = await tracker.agents.registerHuman({ name: 'Ben', namespace: 'elsewhere' })
    const names = async (options: Parameters<typeof tracker.agents.list>[0]) =>
      (await tracker.agents.list(options)).items.map(({ id }) => id)
    expect(await names({ kind: 'human' })).toEqual([human.id, elsewhere.id])
    expect(await names({ kind: ['ml', 'organization'] })).toEqual([ml.id, organization.id])
    expect(await names({ kind: 'software' })).toEqual([DEFAULT_ACTOR, software.id])
    expect(await names({ namespace: 'elsewhere' })).toEqual([elsewhere.id])
    expect(await names({ kind: [] })).toEqual([])
    expect(await names({ namespace: [] })).toEqual([])
    const whole = (await tracker.agents.list()).items
    expect(whole).toHaveLength(6)
    expect(await all((page) => tracker.agents.list(page), 2)).toEqual(whole)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ActivityId,
  type AgentId,
  type ArtifactId,
  anyModel,
  type CommentId,
  type InputIssue,
  InvalidInputError,
  type NodeKind,
  NotFoundError,
  newUuid,
  type TaskId,
  type Tracker,
} from '../src/index.js'
import { expectRefusal, refusal } from './support/refusals.js'
import { dump, inMemory, NAMESPACE, open } from './support/trackers.js'

const TEN_MEGABYTES = 'x'.repeat(10_000_000)
const NUL = 'a\0b'
const LONE = ['\ud800', 'a\udc00b', '\udbff\ud800\udc00']
const NOT_TEXT = [5, Number.NaN, true, null, {}, [], ['a'], 5n, Symbol('a'), () => 'a', new Date(0), new String('a')]
const UNSPEAKABLE = [NUL, ...LONE]
const CONTROLS = ['a\nb', '\t', 'a\u001b[31m', 'a\u007f', 'a\u0085b']

/** What a field takes, by name: each has values that it must refuse. */
const BAD = {
  line: ['', ' \n\t ', TEN_MEGABYTES, ...UNSPEAKABLE, ...NOT_TEXT],
  text: [TEN_MEGABYTES, ...UNSPEAKABLE, ...NOT_TEXT],
  clearable: [TEN_MEGABYTES, ...UNSPEAKABLE, ...NOT_TEXT.filter((value) => value !== null)],
  reason: ['', ' \n\t ', TEN_MEGABYTES, ...UNSPEAKABLE, ...NOT_TEXT],
  label: ['', ' a', 'a ', 'x'.repeat(201), TEN_MEGABYTES, ...CONTROLS, ...UNSPEAKABLE, ...NOT_TEXT],
  iri: ['', TEN_MEGABYTES, ...CONTROLS, ...UNSPEAKABLE, ...NOT_TEXT],
  word: ['', 'nope', 'OPEN', '__proto__', 'constructor', 'toString', TEN_MEGABYTES, ...NOT_TEXT],
  id: [
    '',
    'nope',
    'test--nope',
    'test-01890a5d-ac96-774b-bcce-b302099a8057',
    '--01890a5d-ac96-774b-bcce-b302099a8057',
    'te st--01890a5d-ac96-774b-bcce-b302099a8057',
    'test--01890A5D-AC96-774B-BCCE-B302099A8057',
    'test--00000000-0000-0000-0000-000000000000',
    'test--01890a5d-ac96-774b-bcce-b302099a8057\n',
    `${LONE[0]}--01890a5d-ac96-774b-bcce-b302099a8057`,
    TEN_MEGABYTES,
    ...NOT_TEXT,
  ],
  namespace: [
    '',
    ' ',
    'a b',
    'a\nb',
    'https://example.org/#here',
    'x'.repeat(513),
    TEN_MEGABYTES,
    ...UNSPEAKABLE,
    ...NOT_TEXT,
  ],
  time: [
    '',
    'yesterday',
    '2026-01-05',
    '2026-01-05T09:00:00',
    '2026-02-30T09:00:00Z',
    '2026-13-01T09:00:00Z',
    '2026-01-05T25:00:00Z',
    '2026-01-05T09:00:00+99:00',
    '05.01.2026 09:00',
    new Date(Number.NaN),
    TEN_MEGABYTES,
    ...NOT_TEXT,
  ],
  key: ['', 'x'.repeat(513), TEN_MEGABYTES, ...UNSPEAKABLE, ...NOT_TEXT],
  revision: [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, '1', 1n, null, {}, [1]],
  limit: [0, -1, 1_001, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, '5', 5n, null, {}],
  cursor: [
    'nope',
    Buffer.from('[]').toString('base64url'),
    Buffer.from('{"a":1}').toString('base64url'),
    TEN_MEGABYTES,
    NUL,
    ...NOT_TEXT,
  ],
  flag: ['true', 1, 0, null, {}, []],
  object: ['{}', 5, true, null, [], { tittle: 'x' }, () => ({}), 5n],
  search: ['x'.repeat(1_001), TEN_MEGABYTES, ...UNSPEAKABLE, ...NOT_TEXT],
  depth: [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null],
} satisfies Record<string, readonly unknown[]>

type Scalar = keyof typeof BAD
/** A field of an input: one value, a list of them, or in a filter either. */
type Kind = Scalar | `${Scalar}[]` | `${Scalar}?[]`

interface Scene {
  readonly task: TaskId
  readonly agent: AgentId
  readonly activity: ActivityId
  readonly artifact: ArtifactId
  readonly comment: CommentId
}

const UNIMPORTANT = { idempotencyKey: 'key', at: 'time' } as const
const REVISED = { ...UNIMPORTANT, expectedRevision: 'revision' } as const
const PAGED = { limit: 'limit', cursor: 'cursor' } as const
const FILTER = {
  ...PAGED,
  status: 'word?[]',
  type: 'word?[]',
  priority: 'word?[]',
  phase: 'word?[]',
  namespace: 'namespace?[]',
  owner: 'id?[]',
  parent: 'id?[]',
  labelsAll: 'label[]',
  labelsAny: 'label[]',
  createdAfter: 'time',
  createdBefore: 'time',
  updatedAfter: 'time',
  updatedBefore: 'time',
  text: 'search',
} as const
const REGISTER = { ...UNIMPORTANT, id: 'id', namespace: 'namespace', reuse: 'flag', capabilities: 'label[]' } as const

interface Call {
  /** Arguments that are right, by their names; the last may be an object. */
  readonly good: (scene: Scene) => readonly unknown[]
  /** The field of each argument before the last object. */
  readonly named?: readonly (readonly [field: string, kind: Kind])[]
  /** The fields of the object, and under which name an issue calls it. */
  readonly fields?: Readonly<Record<string, Kind>>
  readonly under?: string
  /** Which argument is the object. */
  readonly at?: number
  /** The kinds of node that a field with an id may name. */
  readonly names?: Readonly<Record<string, readonly NodeKind[]>>
}

const ENTITY: readonly NodeKind[] = ['task', 'artifact', 'comment', 'decision', 'learning', 'evidence']
const TIMES = { notBefore: 'time', snoozedUntil: 'time', dueAt: 'time' } as const
/** Fields that `null` clears in an update. */
const CLEARABLE = ['owner', 'parent', 'labels', 'requires', ...Object.keys(TIMES)]
const onTask = (
  good: (scene: Scene) => readonly unknown[],
  fields: Readonly<Record<string, Kind>>,
  named: readonly (readonly [string, Kind])[] = [],
): Call => ({
  good,
  named: [['id', 'id'], ...named],
  fields: { ...REVISED, ...fields },
  at: 1 + named.length,
  names: { id: ['task'] },
})

const calls: Record<string, Call> = {
  'tasks.create': {
    good: () => [{ title: 'task' }],
    at: 0,
    fields: {
      ...UNIMPORTANT,
      title: 'line',
      description: 'text',
      type: 'word',
      priority: 'word',
      phase: 'word',
      namespace: 'namespace',
      id: 'id',
      owner: 'id',
      labels: 'label[]',
      parent: 'id',
      blockedBy: 'id[]',
      notes: 'text',
      ...TIMES,
      requires: 'object',
      contract: 'object',
      generatedBy: 'id',
      derivedFrom: 'id[]',
      attributedTo: 'id',
    },
    names: {
      owner: ['agent'],
      parent: ['task'],
      blockedBy: ['task'],
      generatedBy: ['activity'],
      derivedFrom: ENTITY,
      attributedTo: ['agent'],
    },
  },
  'tasks.update': {
    good: ({ task }) => [task, { title: 'renamed' }, {}],
    named: [['id', 'id']],
    at: 2,
    fields: { ...REVISED, reason: 'text', force: 'flag' },
    names: { id: ['task'] },
  },
  'tasks.update, its changes': {
    good: ({ task }) => [task, {}],
    at: 1,
    under: 'changes',
    fields: {
      title: 'line',
      description: 'clearable',
      status: 'word',
      priority: 'word',
      type: 'word',
      phase: 'word',
      owner: 'id',
      notes: 'clearable',
      labels: 'label[]',
      parent: 'id',
      ...TIMES,
      requires: 'object',
    },
    names: { owner: ['agent'], parent: ['task'] },
  },
  'tasks.close': onTask(({ task }) => [task, {}], { reason: 'text', outcome: 'word', force: 'flag' }),
  'tasks.reopen': onTask(({ task }) => [task, {}], { reason: 'text' }),
  'tasks.hold': onTask(({ task }) => [task, { reason: 'not now' }], { reason: 'reason', force: 'flag' }),
  'tasks.unhold': onTask(({ task }) => [task, {}], {}),
  'tasks.addLabel': onTask(({ task }) => [task, 'a', {}], {}, [['label', 'label']]),
  'tasks.removeLabel': onTask(({ task }) => [task, 'a', {}], {}, [['label', 'label']]),
  'tasks.addComment': {
    good: ({ task }) => [task, { body: 'text' }],
    named: [['id', 'id']],
    at: 1,
    under: 'comment',
    fields: { ...UNIMPORTANT, body: 'reason', author: 'id', id: 'id' },
    names: { id: ['task'], author: ['agent'] },
  },
  'tasks.get': { good: ({ task }) => [task], named: [['id', 'id']], names: { id: ['task'] } },
  'tasks.find': { good: ({ task }) => [task], named: [['id', 'id']] },
  'tasks.explain': { good: ({ task }) => [task], named: [['id', 'id']], names: { id: ['task'] } },
  'tasks.labels': { good: ({ task }) => [task], named: [['id', 'id']], names: { id: ['task'] } },
  'tasks.comments': { good: ({ task }) => [task], named: [['id', 'id']], names: { id: ['task'] } },
  'tasks.dependencyTree': { good: ({ task }) => [task], named: [['id', 'id']], names: { id: ['task'] } },
  'tasks.ancestors': {
    good: ({ task }) => [task, {}],
    named: [['id', 'id']],
    at: 1,
    fields: { maxDepth: 'depth' },
    names: { id: ['task'] },
  },
  'tasks.descendants': {
    good: ({ task }) => [task, {}],
    named: [['id', 'id']],
    at: 1,
    fields: { maxDepth: 'depth' },
    names: { id: ['task'] },
  },
  'tasks.list': { good: () => [{}], at: 0, fields: { ...FILTER, sort: 'word' } },
  'tasks.overdue': { good: () => [{}], at: 0, fields: FILTER },
  'tasks.ready': { good: () => [{}], at: 0, fields: { ...FILTER, sort: 'word', includeInProgress: 'flag' } },
  'tasks.blocked': { good: () => [{}], at: 0, fields: { ...FILTER, sort: 'word' } },
  'relations.add': {
    good: ({ task, artifact }) => [task, 'derived_from', artifact, {}],
    named: [
      ['source', 'id'],
      ['kind', 'word'],
      ['target', 'id'],
    ],
    at: 3,
    fields: { ...UNIMPORTANT, gate: 'word', reason: 'reason', evidence: 'id[]' },
    names: { evidence: ['evidence'] },
  },
  'relations.remove': {
    good: ({ task, artifact }) => [task, 'derived_from', artifact, {}],
    named: [
      ['source', 'id'],
      ['kind', 'word'],
      ['target', 'id'],
    ],
    at: 3,
    fields: { ...UNIMPORTANT, reason: 'reason', evidence: 'id[]' },
  },
  'relations.list': {
    good: ({ task }) => [task, {}],
    named: [['id', 'id']],
    at: 1,
    fields: { ...PAGED, kind: 'word?[]', direction: 'word' },
  },
  'agents.registerHuman': {
    good: () => [{ name: 'Ada' }],
    at: 0,
    fields: { ...REGISTER, name: 'line', contact: 'line' },
  },
  'agents.registerMl': {
    good: () => [{ role: 'worker', provider: 'anthropic', model: 'claude-opus-4-6' }],
    at: 0,
    fields: { ...REGISTER, role: 'word', provider: 'line', model: 'line', name: 'line', version: 'line' },
  },
  'agents.registerSoftware': {
    good: () => [{ name: 'linter' }],
    at: 0,
    fields: { ...REGISTER, name: 'line', version: 'line', source: 'iri' },
  },
  'agents.registerOrganization': {
    good: () => [{ name: 'ACME' }],
    at: 0,
    fields: { ...REGISTER, name: 'line', url: 'iri' },
  },
  'agents.get': { good: ({ agent }) => [agent], named: [['id', 'id']], names: { id: ['agent'] } },
  'agents.getHuman': { good: ({ agent }) => [agent], named: [['id', 'id']], names: { id: ['agent'] } },
  'agents.getMl': { good: ({ agent }) => [agent], named: [['id', 'id']], names: { id: ['agent'] } },
  'agents.getSoftware': { good: ({ agent }) => [agent], named: [['id', 'id']], names: { id: ['agent'] } },
  'agents.getOrganization': { good: ({ agent }) => [agent], named: [['id', 'id']], names: { id: ['agent'] } },
  'agents.list': {
    good: () => [{}],
    at: 0,
    fields: { ...PAGED, kind: 'word?[]', namespace: 'namespace?[]', capability: 'label?[]' },
  },
  'agents.setCapabilities': {
    good: ({ agent }) => [agent, ['sql'], {}],
    named: [
      ['id', 'id'],
      ['capabilities', 'label[]'],
    ],
    at: 2,
    fields: UNIMPORTANT,
    names: { id: ['agent'] },
  },
  'agents.delegate': {
    good: ({ agent }) => [agent, agent, {}],
    named: [
      ['delegate', 'id'],
      ['responsible', 'id'],
    ],
    at: 2,
    fields: { ...UNIMPORTANT, activity: 'id' },
  },
  'activities.start': {
    good: () => [{}],
    at: 0,
    fields: {
      ...UNIMPORTANT,
      agent: 'id',
      phase: 'word',
      stage: 'word',
      notes: 'text',
      namespace: 'namespace',
      id: 'id',
      used: 'id[]',
      informedBy: 'id[]',
      task: 'id',
    },
    names: { agent: ['agent'], used: ENTITY, informedBy: ['activity'], task: ['task'] },
  },
  'activities.end': {
    good: ({ activity }) => [activity, {}],
    named: [['id', 'id']],
    at: 1,
    fields: { ...UNIMPORTANT, stage: 'word', notes: 'text', generated: 'id[]', failed: 'reason' },
    names: { id: ['activity'], generated: ENTITY },
  },
  'activities.get': { good: ({ activity }) => [activity], named: [['id', 'id']], names: { id: ['activity'] } },
  'activities.list': {
    good: () => [{}],
    at: 0,
    fields: { ...PAGED, agent: 'id?[]', phase: 'word?[]', task: 'id?[]', open: 'flag' },
  },
  'artifacts.add': {
    good: () => [{ iri: 'urn:b' }],
    at: 0,
    fields: {
      ...UNIMPORTANT,
      iri: 'iri',
      kind: 'label',
      label: 'line',
      mediaType: 'label',
      digest: 'label',
      namespace: 'namespace',
      id: 'id',
      generatedBy: 'id',
      derivedFrom: 'id[]',
      attributedTo: 'id',
    },
    names: { generatedBy: ['activity'], derivedFrom: ENTITY, attributedTo: ['agent'] },
  },
  'artifacts.get': { good: ({ artifact }) => [artifact], named: [['id', 'id']], names: { id: ['artifact'] } },
  'artifacts.list': { good: () => [{}], at: 0, fields: { ...PAGED, kind: 'label?[]', namespace: 'namespace?[]' } },
}

const groups = ['tasks', 'relations', 'agents', 'activities', 'artifacts'] as const

test('every method is called with bad input here', () =>
  inMemory(async (tracker) => {
    const methods = groups.flatMap((group) => Object.keys(tracker[group]).map((method) => `${group}.${method}`))
    const called = new Set(Object.keys(calls).map((name) => name.replace(/,.*/, '')))
    // These take what is looked for as it is, and a function.
    const elsewhere = ['tasks.findByExternalRef', 'artifacts.findByIri', 'activities.during']
    expect(methods.filter((method) => !called.has(method)).sort()).toEqual(elsewhere.sort())
  }))

async function sceneOf(tracker: Tracker): Promise<Scene> {
  const task = await tracker.tasks.create({ title: 'task' })
  return {
    task: task.id,
    agent: (await tracker.agents.registerHuman({ name: 'Cy' })).id,
    activity: (await tracker.activities.start()).id,
    artifact: (await tracker.artifacts.add({ iri: 'urn:a' })).id,
    comment: (await tracker.tasks.addComment(task.id, { body: 'text' })).id,
  }
}

function give(tracker: Tracker, name: string, given: readonly unknown[]): Promise<unknown> {
  const [group, method] = name.replace(/,.*/, '').split('.') as [(typeof groups)[number], never]
  const answer: unknown = (tracker[group][method] as (...values: readonly unknown[]) => unknown)(...given)
  expect(answer, 'a promise, whatever comes in').toBeInstanceOf(Promise)
  return answer as Promise<unknown>
}

/** Values that a field must refuse, each with the name that the issue gives to the place. */
function badValues(field: string, kind: Kind): [value: unknown, place: string][] {
  const list = /^(.*?)(\??)\[\]$/.exec(kind)
  if (list === null) return BAD[kind as Scalar].map((value) => [value, field])
  const [, scalar, either] = list
  // An array is fine where the field takes one, and 'a' is no word, id or time.
  const wrong = BAD[scalar as Scalar].filter((value) => !Array.isArray(value))
  const inside = wrong.map((value): [unknown, string] => [[value], field])
  const whole = (either === '?' ? wrong : [5, 'a', null, {}]).map((value): [unknown, string] => [value, field])
  return [...inside, ...whole, [Array.from({ length: 10_001 }, () => 'a'), field]]
}

function shownOf(value: unknown): string | undefined {
  return JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}n` : v))?.slice(0, 80)
}

async function expectIssue(promise: Promise<unknown>, operation: string, place: string, shown: string): Promise<void> {
  const error = await refusal<InvalidInputError>(promise)
  expect(error, shown).toBeInstanceOf(InvalidInputError)
  expect(error.operation).toBe(operation)
  expect(
    error.issues.map(({ field }: InputIssue) => field).some((field) => field.startsWith(place)),
    `${shown}: ${error.message}`,
  ).toBe(true)
  expect(error.message).toContain(place)
  expect(error.message.length, shown).toBeLessThan(4_000)
}

describe.each(Object.entries(calls))('%s refuses', (name, call) => {
  const operation = name.replace(/,.*/, '')
  const { named = [], fields = {}, under, at } = call
  const place = (field: string) => (under === undefined ? field : `${under}.${field}`)

  test('values that a field does not take, and names the field', async () => {
    const tracker = await open()
    const scene = await sceneOf(tracker)
    const before = dump(tracker.path)
    const good = call.good(scene)
    for (const [index, [field, kind]] of named.entries()) {
      for (const [value] of [...badValues(field, kind), [undefined, field]]) {
        const given = good.with(index, value)
        await expectIssue(give(tracker, name, given), operation, field, `${field} = ${shownOf(value)}`)
      }
    }
    for (const [field, kind] of Object.entries(fields)) {
      for (const [value, wrong] of badValues(place(field), kind)) {
        if (value === null && under === 'changes' && CLEARABLE.includes(field)) continue
        const object = { ...(good[at!] as object), [field]: value }
        const shown = `${field} = ${shownOf(value)}`
        await expectIssue(give(tracker, name, good.with(at!, object)), operation, wrong, shown)
      }
    }
    expect(dump(tracker.path)).toEqual(before)
  })

  if (at !== undefined)
    test('fields that it does not know, and what is no object', async () => {
      const tracker = await open()
      const scene = await sceneOf(tracker)
      const before = dump(tracker.path)
      const good = call.good(scene)
      const object = good[at!] as object
      const pollute = (json: string): object => Object.assign(JSON.parse(json), object)
      const unknown = [
        { ...object, tittle: 'x' },
        { ...object, '': 1 },
        { ...object, [TEN_MEGABYTES]: 1 },
        pollute('{"__proto__":{"isAdmin":true}}'),
        pollute('{"constructor":{"prototype":{"isAdmin":true}}}'),
        pollute('{"toString":1,"hasOwnProperty":1}'),
      ]
      for (const value of unknown) {
        const error = await refusal<InvalidInputError>(give(tracker, name, good.with(at!, value)))
        expect(error).toBeInstanceOf(InvalidInputError)
        expect(error.message).toMatch(/unknown field/)
      }
      for (const value of [null, 5, 'text', true, 5n, [], [1], Symbol('a'), () => ({})]) {
        expect(await refusal(give(tracker, name, good.with(at!, value))), String(value)).toBeInstanceOf(
          InvalidInputError,
        )
      }
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
      expect(dump(tracker.path)).toEqual(before)
    })

  if (call.names !== undefined)
    test('ids that name nothing, or something of another kind', async () => {
      const tracker = await open()
      const scene = await sceneOf(tracker)
      const before = dump(tracker.path)
      const good = call.good(scene)
      for (const [field, expected] of Object.entries(call.names!)) {
        const index = named.findIndex(([argument]) => argument === field)
        const isList = fields[field]?.endsWith('[]') === true
        const replace = (id: string) =>
          index >= 0 ? good.with(index, id) : good.with(at!, { ...(good[at!] as object), [field]: isList ? [id] : id })
        const nobody = `${NAMESPACE}--${newUuid()}`
        const missing = await refusal<NotFoundError>(give(tracker, name, replace(nobody)))
        expect(missing, `${field}: ${missing.message}`).toBeInstanceOf(NotFoundError)
        expect([missing.id, missing.expected, missing.found]).toEqual([nobody, expected, undefined])
        for (const [found, id] of Object.entries(scene)) {
          if (expected.includes(found as NodeKind)) continue
          const wrong = await refusal<NotFoundError>(give(tracker, name, replace(id)))
          expect(wrong, `${field}: ${wrong.message}`).toBeInstanceOf(NotFoundError)
          expect([wrong.id, wrong.expected, wrong.found]).toEqual([id, expected, found])
          expect(wrong.message).toContain(id)
        }
      }
      expect(dump(tracker.path)).toEqual(before)
    })
})

describe('a refusal says', () => {
  test('which words there are', async () => {
    const tracker = await open({ path: ':memory:' })
    const { id } = await tracker.tasks.create({ title: 'task' })
    const cases: [Promise<unknown>, string[]][] = [
      [
        tracker.tasks.list({ status: 'nope' as never }),
        ['status', 'open', 'in_progress', 'in_review', 'blocked', 'closed'],
      ],
      [tracker.tasks.list({ status: ['open', 'nope' as never] }), ['status', 'open', 'closed']],
      [tracker.tasks.create({ title: 'x', type: 'nope' }), ['type', 'bug', 'chore']],
      [tracker.relations.list(id, { kind: 'nope' as never }), ['kind', 'blocked_by', 'acted_on_behalf_of']],
      [tracker.agents.list({ kind: ['nope' as never] }), ['kind', 'human', 'organization']],
    ]
    for (const [promise, words] of cases) {
      const { message } = await refusal(promise)
      for (const word of words) expect(message).toContain(word)
    }
  })

  test('everything that is wrong, not only the first', async () => {
    const tracker = await open({ path: ':memory:' })
    const bad = { title: '', priority: 'urgent', labels: ['a', 'b\n'], externalRefs: [{ system: 's' }] }
    const { issues } = await refusal<InvalidInputError>(tracker.tasks.create(bad as never))
    expect(issues.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['title', 'priority', 'labels[1]', 'externalRefs[0].id']),
    )
  })

  test('that an argument is missing', async () => {
    const tracker = await open({ path: ':memory:' })
    const { id } = await tracker.tasks.create({ title: 'task' })
    const { tasks, relations, agents, artifacts } = tracker as unknown as Record<
      string,
      Record<string, (...given: unknown[]) => Promise<unknown>>
    >
    const missing: [Promise<unknown>, string][] = [
      [tasks!.create!(), 'tasks.create'],
      [tasks!.update!(id), 'changes'],
      [tasks!.hold!(id), 'reason'],
      [tasks!.addLabel!(id), 'label'],
      [tasks!.addComment!(id), 'comment'],
      [tasks!.addComment!(id, {}), 'body'],
      [relations!.add!(id, 'related'), 'target'],
      [agents!.registerMl!({}), 'provider'],
      [artifacts!.add!({}), 'iri'],
    ]
    for (const [promise, named] of missing) {
      const error = await refusal(promise)
      expect([error.code, error.message]).toEqual(['INVALID_INPUT', expect.stringContaining(named)])
    }
  })
})

describe('blockers, references and parameters', () => {
  const create = (tracker: Tracker, fields: object) => tracker.tasks.create({ title: 'x', ...fields } as never)

  test.each<[string, (tracker: Tracker, scene: Scene) => Promise<unknown>, string]>([
    ['a blocker without a gate', (t, { task }) => create(t, { blockedBy: [{ task }] }), 'blockedBy[0]'],
    [
      'a blocker with an unknown gate',
      (t, { task }) => create(t, { blockedBy: [{ task, gate: 'open' }] }),
      'blockedBy[0]',
    ],
    [
      'a blocker with more',
      (t, { task }) => create(t, { blockedBy: [{ task, gate: 'closed', x: 1 }] }),
      'blockedBy[0]',
    ],
    ['a reference without an id', (t) => create(t, { externalRefs: [{ system: 's' }] }), 'externalRefs[0].id'],
    [
      'a reference with an empty id',
      (t) => create(t, { externalRefs: [{ system: 's', id: '' }] }),
      'externalRefs[0].id',
    ],
    [
      'a reference of 10 MB',
      (t) => create(t, { externalRefs: [{ system: 's', id: TEN_MEGABYTES }] }),
      'externalRefs[0].id',
    ],
    [
      'a reference that holds U+0000',
      (t) => create(t, { externalRefs: [{ system: 's', id: '1', url: NUL }] }),
      'externalRefs[0].url',
    ],
    [
      'a system with a line break',
      (t) => create(t, { externalRefs: [{ system: 'a\nb', id: '1' }] }),
      'externalRefs[0].system',
    ],
    ['a reference with more', (t) => create(t, { externalRefs: [{ system: 's', id: '1', x: 1 }] }), 'externalRefs[0]'],
    [
      'a reference twice',
      (t) =>
        create(t, {
          externalRefs: [
            { system: 's', id: '1' },
            { system: 's', id: '1', url: 'https://a.example' },
          ],
        }),
      'externalRefs',
    ],
  ])('are refused: %s', async (_, command, place) => {
    await inMemory(async (tracker) => {
      const scene = await sceneOf(tracker)
      const head = await tracker.log.head()
      await expectIssue(command(tracker, scene), 'tasks.create', place, place)
      expect(await tracker.log.head()).toEqual(head)
    })
  })

  const circle: Record<string, unknown> = {}
  circle.itself = circle
  let deep: object = {}
  for (let depth = 0; depth < 50_000; depth++) deep = { deep }

  test.each<[string, unknown]>([
    ['no object', 5],
    ['an array', [1]],
    ['null', null],
    ['a function in it', { f: () => 5 }],
    ['undefined in a list', { list: [undefined] }],
    ['NaN', { n: Number.NaN }],
    ['infinity', { n: Number.POSITIVE_INFINITY }],
    ['a bigint', { n: 5n }],
    ['a date', { d: new Date(0) }],
    ['a symbol', { s: Symbol('a') }],
    ['a map', { m: new Map([['a', 1]]) }],
    ['U+0000', { t: NUL }],
    ['U+0000 in a key', { [NUL]: 1 }],
    ['a lone surrogate', { t: ['\ud800'] }],
    ['a lone surrogate in a key', { a: { '\udc00': 1 } }],
    ['a circle', circle],
    ['50,000 levels', deep],
    ['10 MB', { t: TEN_MEGABYTES }],
    ['a key __proto__', JSON.parse('{"__proto__":{"isAdmin":true}}')],
    ['a key __proto__ deep inside', JSON.parse('{"a":[{"__proto__":{"isAdmin":true}}]}')],
  ])('are refused: parameters with %s', async (_, parameters) => {
    await inMemory(async (tracker) => {
      const command = tracker.agents.registerMl({
        role: 'worker',
        provider: 'anthropic',
        model: 'claude-opus-4-6',
        parameters: parameters as never,
      })
      await expectIssue(command, 'agents.registerMl', 'parameters', String(_))
      expect((await tracker.log.head()).seq).toBe(0)
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
    })
  })

  test('come back as they were given: minus zero is zero in JSON', async () => {
    const tracker = await open()
    const parameters = { a: -0, b: [-0] }
    const agent = await tracker.agents.registerMl({
      role: 'worker',
      provider: 'anthropic',
      model: 'claude-opus-4-6',
      parameters,
    })
    expect(agent.parameters).toEqual({ a: 0, b: [0] })
    expect(await tracker.agents.get(agent.id)).toEqual(agent)
  })

  test('come back as they were given: any JSON, whatever its keys', async () => {
    const json = fc
      .jsonValue({ maxDepth: 3 })
      .map((value): unknown => JSON.parse(JSON.stringify(value)))
      .filter(
        (value) =>
          !/[\0\p{Surrogate}]/u.test(JSON.stringify(value)) && !/__proto__|\\u0000/.test(JSON.stringify(value)),
      )
    const keys = fc.constantFrom('constructor', 'toString', 'a', '1', 'é', '"')
    await fc.assert(
      fc.asyncProperty(fc.dictionary(keys, json), (parameters) =>
        inMemory(async (tracker) => {
          const given = { role: 'worker', provider: 'anthropic', model: 'claude-opus-4-6', parameters } as never
          const agent = await tracker.agents.registerMl(given)
          expect(agent.parameters).toEqual({ ...parameters })
          expect((await tracker.agents.getMl(agent.id)).parameters).toEqual({ ...parameters })
        }),
      ),
      { numRuns: 40 },
    )
  })
})

describe('what is looked for', () => {
  test('is taken letter by letter, and what no record can hold is not found', async () => {
    const tracker = await open()
    await tracker.tasks.create({ title: 'task', externalRefs: [{ system: 's', id: 'a\ufffdb' }] })
    await tracker.artifacts.add({ iri: 'a\ufffdb' })
    expect(await tracker.tasks.findByExternalRef('s', 'a\ufffdb')).toBeDefined()
    expect(await tracker.artifacts.findByIri('a\ufffdb')).toBeDefined()
    for (const text of ['a\ud800b', 'a\0b', 'a', "' OR 1=1 --", '', TEN_MEGABYTES]) {
      const found = [tracker.tasks.findByExternalRef('s', text), tracker.artifacts.findByIri(text)]
      for (const promise of found) {
        const answer = await promise.catch((error: unknown) => {
          expectRefusal(error)
          return undefined
        })
        expect(answer).toBeUndefined()
      }
    }
    for (const value of NOT_TEXT) {
      expect((await refusal(tracker.tasks.findByExternalRef('s', value as never))).code).toBe('INVALID_INPUT')
      expect((await refusal(tracker.tasks.findByExternalRef(value as never, 's'))).code).toBe('INVALID_INPUT')
      expect((await refusal(tracker.artifacts.findByIri(value as never))).code).toBe('INVALID_INPUT')
    }
  })
})

describe('text comes back code unit for code unit', () => {
  const NASTY = [
    "Robert'); DROP TABLE tasks;--",
    '" . <urn:a> <urn:b> "c',
    '"""\\"\\\\ \\u0041 @en ^^<x>',
    '# Title\n\n- [x](javascript:alert(1)) `code` **bold** <script>alert(1)</script>',
    '{"__proto__":{"isAdmin":true}} \x24{constructor} {{7*7}} %s %_ $1 \\$&',
    'NUL \u2400, controls \u0001\u0007\u001b\u007f\u0080\u0085\u009f, lines \r\n\u2028\u2029',
    'é (NFC) and e\u0301 (NFD), \u00c5 and \u212b, ﬁ, ǆ',
    'שלום עולם \u202e abc \u2066\u2069 \u200f مرحبا',
    '😀👩‍👩‍👧‍👦🏳️‍🌈 \ud83d\ude00 \udbff\udfff \ufffe\uffff\ufeff\ufffd',
    '__proto__',
    'constructor',
    'null',
    ' leading and trailing \t',
  ]
  const CONTROL = /\p{Cc}/u
  const texts = fc.oneof(
    fc.constantFrom(...NASTY),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
    fc.string({
      unit: fc.constantFrom('"', "'", '\\', '\n', '<', '>', '%', '_', ';', '-', '\u0001', '😀'),
      minLength: 1,
    }),
  )
  const text = texts.filter((value) => !/[\0\p{Surrogate}]/u.test(value))
  const line = text.filter((value) => value.trim() !== '')
  const iri = text.filter((value) => value !== '' && !CONTROL.test(value))
  const label = iri.filter((value) => value.trim() === value)

  test('in every text field of every group, also after a replay', async () => {
    const given = fc.record({ text, line, line2: line, iri, label, label2: label, key: line })
    await fc.assert(
      fc.asyncProperty(given, async ({ text, line, line2, iri, label, label2, key }) => {
        const tracker = await openAny()
        try {
          const { tasks, agents, activities, artifacts, log } = tracker
          const refs = [{ system: label, id: line, url: iri }]
          const { id } = await tasks.create({
            title: line,
            description: text,
            notes: text,
            labels: [label, label2],
            externalRefs: refs,
            idempotencyKey: key,
          })
          await tasks.hold(id, { reason: line2 })
          const held = await tasks.get(id)
          await tasks.close(id, { reason: text })
          await tasks.reopen(id, { reason: text })
          await tasks.close(id, { reason: line2 })
          await tasks.addLabel(id, 'plain')
          const comment = await tasks.addComment(id, { body: line })
          const human = await agents.registerHuman({ name: line, contact: line2 })
          const ml = await agents.registerMl({
            role: 'worker',
            provider: line,
            model: line2,
            name: line,
            version: line2,
            parameters: { value: text, list: [line] },
          })
          const software = await agents.registerSoftware({ name: line, version: line2, source: iri })
          const organization = await agents.registerOrganization({ name: line, url: iri })
          const activity = await activities.start({ notes: text })
          const failed = await activities.end(activity.id, { notes: line, failed: line2 })
          const artifact = await artifacts.add({ iri, kind: label, label: line, mediaType: label, digest: label2 })
          const labels = [...new Set([label, label2, 'plain'])].sort()
          for (let round = 0; round < 2; round++) {
            const task = await tasks.get(id)
            const { title, description, notes, externalRefs, closeReason } = task
            expect([title, description, notes, externalRefs]).toEqual([line, text, text, refs])
            expect([task.labels, held.holdReason, closeReason]).toEqual([labels, line2, line2])
            expect(await tasks.findByExternalRef(label, line)).toEqual(task)
            expect((await tasks.list({ labelsAll: labels, labelsAny: [label] })).total).toBe(1)
            expect((await tasks.list({ text: line })).total).toBe(1)
            expect(await tasks.comments(id)).toEqual([{ ...comment, body: line }])
            expect(await agents.get(human.id)).toMatchObject({ name: line, contact: line2 })
            expect(await agents.get(ml.id)).toMatchObject({
              model: { provider: line, name: line2 },
              name: line,
              version: line2,
              parameters: { value: text, list: [line] },
            })
            expect(await agents.get(software.id)).toMatchObject({ name: line, version: line2, source: iri })
            expect(await agents.get(organization.id)).toMatchObject({ name: line, url: iri })
            expect(await activities.get(activity.id)).toEqual({ ...failed, notes: line, failure: line2 })
            expect(await artifacts.findByIri(iri)).toEqual(artifact)
            expect(artifact).toMatchObject({ iri, kind: label, label: line, mediaType: label, digest: label2 })
            expect((await artifacts.list({ kind: [label] })).total).toBe(1)
            await log.rebuild()
          }
          expect((await log.events({ type: 'task.reopened' })).items[0]!.data).toEqual(
            text === '' ? {} : { reason: text },
          )
          expect((await log.events({ subject: id })).items[0]!.idempotencyKey).toBe(key)
          expect(await log.verify({ state: true })).toMatchObject({ ok: true })
        } finally {
          await tracker.close()
        }
      }),
      { numRuns: 60 },
    )
  })

  const openAny = () => open({ path: ':memory:', modelRegistry: anyModel })

  test('in a namespace', async () => {
    const tracker = await open()
    for (const namespace of [
      "a'b",
      'a"b',
      'a--b',
      '--',
      '-',
      '<a>',
      '%',
      '😀',
      'é',
      'e\u0301',
      '__proto__',
      'https://a.example/é?x=1',
    ]) {
      const task = await tracker.tasks.create({ title: 'task', namespace })
      expect(task.namespace).toBe(namespace)
      expect(await tracker.tasks.get(task.id)).toEqual(task)
      expect((await tracker.tasks.list({ namespace })).items).toEqual([task])
    }
  })

  test('up to the greatest length', async () => {
    const tracker = await open()
    const title = 'é'.repeat(1_000)
    const description = '😀'.repeat(500_000)
    const { id } = await tracker.tasks.create({ title, description, labels: ['x'.repeat(200)] })
    expect(await tracker.tasks.get(id)).toMatchObject({ title, description, labels: ['x'.repeat(200)] })
  })
})

test('no arguments at all make a method throw at once, or reject with anything but an error of the library', async () => {
  const tracker = await open({ path: ':memory:' })
  const scene = await sceneOf(tracker)
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withObjectString: true,
    withSparseArray: true,
    withTypedArray: true,
    key: fc.oneof(
      fc.constantFrom(
        'title',
        'id',
        'labels',
        'blockedBy',
        'limit',
        'cursor',
        '__proto__',
        'constructor',
        'idempotencyKey',
      ),
      fc.string(),
    ),
    values: [
      fc.constantFrom<unknown>(...Object.values(scene)),
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.constant(null),
      fc.constant(undefined),
    ],
  })
  const methods = groups.flatMap((group) => Object.keys(tracker[group]).map((method) => [group, method] as const))
  const query = /^(get|find|list|ready|blocked|explain|ancestors|descendants|dependencyTree|labels|comments)/
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...methods),
      fc.array(anything, { maxLength: 4 }),
      async ([group, method], given) => {
        const head = await tracker.log.head()
        const group_ = tracker[group] as unknown as Record<string, (...values: unknown[]) => unknown>
        const answer = group_[method]!(...given)
        expect(answer).toBeInstanceOf(Promise)
        const isRefused = await (answer as Promise<unknown>).then(
          () => false,
          (error: unknown) => {
            expectRefusal(error)
            return true
          },
        )
        if (isRefused || query.test(method)) expect(await tracker.log.head()).toEqual(head)
      },
    ),
    { numRuns: 2_500 },
  )
  expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
})

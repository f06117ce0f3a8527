import { describe, expect, test } from 'vitest'
import {
  type ActivityId,
  type AgentId,
  type ArtifactId,
  IdempotencyConflictError,
  newActivityId,
  type TaskId,
  type Tracker,
  type TransactionTracker,
} from '../src/index.js'
import { answersOf } from './support/answers.js'
import { refusal } from './support/refusals.js'
import { open } from './support/trackers.js'

interface Scene {
  readonly task: TaskId
  readonly other: TaskId
  readonly held: TaskId
  readonly closed: TaskId
  readonly human: AgentId
  readonly activity: ActivityId
  readonly artifact: ArtifactId
}

async function sceneOf({ tasks, agents, activities, artifacts }: Tracker): Promise<Scene> {
  const human = await agents.registerHuman({ name: 'Ada' })
  const task = await tasks.create({ title: 'task', labels: ['old'] })
  const other = await tasks.create({ title: 'other' })
  const held = await tasks.create({ title: 'held' })
  await tasks.hold(held.id, { reason: 'not now' })
  const closed = await tasks.create({ title: 'closed' })
  await tasks.close(closed.id)
  const activity = await activities.start()
  const artifact = await artifacts.add({ iri: 'urn:a' })
  return {
    human: human.id,
    task: task.id,
    other: other.id,
    held: held.id,
    closed: closed.id,
    activity: activity.id,
    artifact: artifact.id,
  }
}

type Give = (t: Tracker | TransactionTracker, scene: Scene, key: { idempotencyKey: string }) => Promise<unknown>

/** Each command, once as it is and once with another input. */
const commands: Record<string, [give: Give, other: Give]> = {
  'tasks.create': [
    (t, { other }, key) => t.tasks.create({ title: 'new', blockedBy: [other], ...key }),
    (t, { other }, key) => t.tasks.create({ title: 'new', blockedBy: [{ task: other, gate: 'failed' }], ...key }),
  ],
  'tasks.update': [
    (t, { task }, key) => t.tasks.update(task, { title: 'renamed', labels: ['a', 'b'] }, key),
    (t, { task }, key) => t.tasks.update(task, { title: 'renamed' }, key),
  ],
  'tasks.close': [
    (t, { task }, key) => t.tasks.close(task, { reason: 'done', ...key }),
    (t, { task }, key) => t.tasks.close(task, { reason: 'done', outcome: 'failed', ...key }),
  ],
  'tasks.reopen': [
    (t, { closed }, key) => t.tasks.reopen(closed, key),
    (t, { task }, key) => t.tasks.reopen(task, key),
  ],
  'tasks.hold': [
    (t, { task }, key) => t.tasks.hold(task, { reason: 'not now', ...key }),
    (t, { task }, key) => t.tasks.hold(task, { reason: 'never', ...key }),
  ],
  'tasks.unhold': [
    (t, { held }, key) => t.tasks.unhold(held, key),
    (t, { held }, key) => t.tasks.unhold(held, { expectedRevision: 2, ...key }),
  ],
  'tasks.addLabel': [
    (t, { task }, key) => t.tasks.addLabel(task, 'new', key),
    (t, { task }, key) => t.tasks.addLabel(task, 'newer', key),
  ],
  'tasks.removeLabel': [
    (t, { task }, key) => t.tasks.removeLabel(task, 'old', key),
    (t, { task }, key) => t.tasks.removeLabel(task, 'older', key),
  ],
  'tasks.addComment': [
    (t, { task }, key) => t.tasks.addComment(task, { body: 'text', ...key }),
    (t, { other }, key) => t.tasks.addComment(other, { body: 'text', ...key }),
  ],
  'relations.add': [
    (t, { task, other }, key) => t.relations.add(task, 'blocked_by', other, key),
    (t, { task, other }, key) => t.relations.add(task, 'blocked_by', other, { gate: 'failed', ...key }),
  ],
  'agents.registerHuman': [
    (t, _, key) => t.agents.registerHuman({ name: 'Ben', ...key }),
    (t, _, key) => t.agents.registerHuman({ name: 'Ben', reuse: true, ...key }),
  ],
  'agents.registerMl': [
    (t, _, key) =>
      t.agents.registerMl({
        role: 'worker',
        provider: 'anthropic',
        model: 'claude-opus-4-6',
        parameters: { a: 1 },
        ...key,
      }),
    (t, _, key) =>
      t.agents.registerMl({
        role: 'worker',
        provider: 'anthropic',
        model: 'claude-opus-4-6',
        parameters: { a: 2 },
        ...key,
      }),
  ],
  'agents.registerSoftware': [
    (t, _, key) => t.agents.registerSoftware({ name: 'linter', ...key }),
    (t, _, key) => t.agents.registerSoftware({ name: 'formatter', ...key }),
  ],
  'agents.registerOrganization': [
    (t, _, key) => t.agents.registerOrganization({ name: 'ACME', ...key }),
    (t, _, key) => t.agents.registerOrganization({ name: 'ACME', url: 'https://acme.example', ...key }),
  ],
  'agents.delegate': [
    (t, { human }, key) => t.agents.delegate(human, ACTOR.id!, key),
    (t, { human, activity }, key) => t.agents.delegate(human, ACTOR.id!, { activity, ...key }),
  ],
  'activities.start': [
    (t, { artifact }, key) => t.activities.start({ used: [artifact], ...key }),
    (t, _, key) => t.activities.start({ ...key }),
  ],
  'activities.end': [
    (t, { activity, artifact }, key) => t.activities.end(activity, { generated: [artifact], ...key }),
    (t, { activity }, key) => t.activities.end(activity, { failed: 'no time', ...key }),
  ],
  'artifacts.add': [
    (t, { artifact }, key) => t.artifacts.add({ iri: 'urn:b', derivedFrom: [artifact], ...key }),
    (t, { artifact }, key) => t.artifacts.add({ iri: 'urn:b', derivedFrom: [artifact], label: 'B', ...key }),
  ],
}

/** Who acts in the cases. */
const ACTOR: { id?: AgentId } = {}

async function begin(): Promise<{ tracker: Tracker; scene: Scene; t: Tracker }> {
  const tracker = await open()
  const scene = await sceneOf(tracker)
  ACTOR.id = (await tracker.agents.registerHuman({ name: 'Cy' })).id
  return { tracker, scene, t: tracker.as(ACTOR.id) }
}

const KEY = { idempotencyKey: 'once' }

describe.each(Object.entries(commands))('the idempotency key of %s', (_, [give, other]) => {
  test('gives the first result again and writes nothing, also after later changes', async () => {
    const { tracker, scene, t } = await begin()
    const first = await give(t, scene, KEY)
    const answers = await answersOf(tracker)
    expect(await give(t, scene, KEY)).toEqual(first)
    expect(await answersOf(tracker)).toEqual(answers)
    // Later changes to all that the commands are about.
    for (const id of [scene.task, scene.other, scene.held, scene.closed]) {
      await tracker.tasks.update(id, { title: 'changed later', labels: ['later'] })
    }
    await tracker.relations.remove(scene.task, 'blocked_by', scene.other)
    await tracker.relations.remove(scene.human, 'acted_on_behalf_of', ACTOR.id!)
    await tracker.activities.end(scene.activity, { notes: 'later' }).catch(() => undefined)
    const later = await answersOf(tracker)
    expect(await give(t, scene, KEY)).toEqual(first)
    expect(await answersOf(tracker)).toEqual(later)
  })

  test('gives the first result again within another activity, or within none', async () => {
    const { tracker, scene, t } = await begin()
    const within = await tracker.activities.start()
    const first = await give(t.within(within.id), scene, KEY)
    const [event] = (await tracker.log.events({ activity: within.id })).items
    const answers = await answersOf(tracker)
    const missing = newActivityId('test')
    for (const again of [t, t.within(scene.activity), t.within(within.id), t.within(missing)]) {
      expect(await give(again, scene, KEY)).toEqual(first)
    }
    expect((await refusal(other(t.within(within.id), scene, KEY))).code).toBe('IDEMPOTENCY_CONFLICT')
    expect(await answersOf(tracker)).toEqual(answers)
    expect((await tracker.log.events({ actor: ACTOR.id! })).items[0]).toEqual(event)
  })

  test('is refused with another input, command or actor', async () => {
    const { tracker, scene, t } = await begin()
    await give(t, scene, KEY)
    const answers = await answersOf(tracker)
    const { seq } = (await tracker.log.events({ actor: ACTOR.id! })).items[0]!
    const conflicts = [
      other(t, scene, KEY),
      give(tracker, scene, KEY),
      give(tracker.as(scene.human), scene, KEY),
      ...Object.values(commands)
        .filter(([command]) => command !== give)
        .map(([command]) => command(t, scene, KEY)),
    ]
    for (const conflict of conflicts) {
      const error = await refusal<IdempotencyConflictError>(conflict)
      expect(error).toBeInstanceOf(IdempotencyConflictError)
      expect(error).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', idempotencyKey: 'once', seq })
    }
    expect(await answersOf(tracker)).toEqual(answers)
  })

  test('works inside of a transaction, and is forgotten with one that fails', async () => {
    const { tracker, scene, t } = await begin()
    const failure = new Error('undo')
    const failed = t.transaction(async (inner) => {
      await give(inner, scene, KEY)
      expect((await refusal(other(inner, scene, KEY))).code).toBe('IDEMPOTENCY_CONFLICT')
      throw failure
    })
    await expect(failed).rejects.toBe(failure)
    const [one, two] = await t.transaction(async (inner) => [
      await give(inner, scene, KEY),
      await give(inner, scene, KEY),
    ])
    expect(two).toEqual(one)
    expect(await give(t, scene, KEY)).toEqual(one)
    expect((await tracker.log.verify({ state: true })).ok).toBe(true)
  })
})

describe('an idempotency key', () => {
  test('counts before existence, revision and rules', async () => {
    const { scene, t } = await begin()
    const { task } = scene
    await t.tasks.close(task, { expectedRevision: 1, ...KEY })
    // The revision is stale and the task closed by now.
    expect((await t.tasks.close(task, { expectedRevision: 1, ...KEY })).status).toBe('closed')
    const nobody = 'test--01890a5d-ac96-774b-bcce-b302099a8057' as TaskId
    expect((await refusal(t.tasks.close(nobody, KEY))).code).toBe('IDEMPOTENCY_CONFLICT')
    expect((await refusal(t.tasks.close('nope' as TaskId, KEY))).code, 'but after the input').toBe('INVALID_INPUT')
  })

  test('comes before the activity is looked for, and does not show that it is there', async () => {
    const { tracker, scene, t } = await begin()
    const { task } = scene
    const missing = t.within(newActivityId('test'))
    const closing = { reason: 'done', ...KEY }
    expect((await refusal(missing.tasks.close(task, closing))).code, 'nothing to repeat yet').toBe('NOT_FOUND')
    const first = await t.tasks.close(task, closing)
    const head = await tracker.log.head()
    expect(await missing.tasks.close(task, closing)).toEqual(first)
    expect((await refusal(missing.tasks.reopen(task))).code).toBe('NOT_FOUND')
    expect(await tracker.log.head()).toEqual(head)
  })

  test('is told apart letter by letter, and not kept by a refused command', async () => {
    const { scene, t } = await begin()
    const stale = { expectedRevision: 7, ...KEY }
    expect((await refusal(t.tasks.update(scene.task, { title: 'x' }, stale))).code).toBe('STALE_REVISION')
    expect((await t.tasks.update(scene.task, { title: 'x' }, KEY)).title).toBe('x')
    expect((await t.tasks.update(scene.task, { title: 'y' }, { idempotencyKey: 'Once' })).title).toBe('y')
    expect((await t.tasks.update(scene.task, { title: 'z' }, { idempotencyKey: 'once ' })).title).toBe('z')
  })

  test('sees the same input in another order of fields, of labels and of references', async () => {
    const { t } = await begin()
    const refs = [
      { system: 'a', id: '1' },
      { system: 'b', id: '2', url: 'https://b.example' },
    ]
    const first = await t.tasks.create({ title: 'x', labels: ['a', 'b'], externalRefs: refs, notes: 'n', ...KEY })
    const again = { ...KEY, notes: 'n', externalRefs: refs.toReversed(), labels: ['b', 'a', 'b'], title: 'x' }
    expect(await t.tasks.create(again)).toEqual(first)
  })

  test('makes one of many commands that are given at once', async () => {
    const { tracker, t } = await begin()
    const created = await Promise.all(Array.from({ length: 20 }, () => t.tasks.create({ title: 'new', ...KEY })))
    for (const task of created) expect(task).toEqual(created[0])
    expect((await tracker.tasks.list({ text: 'new' })).total).toBe(1)
  })

  test('holds in other trackers of the same file', async () => {
    const { tracker, scene, t } = await begin()
    const first = await t.tasks.create({ title: 'new', ...KEY })
    const second = await open({ path: tracker.path, actor: ACTOR.id! })
    expect(await second.tasks.create({ title: 'new', ...KEY })).toEqual(first)
    expect((await refusal(second.tasks.close(scene.task, KEY))).code).toBe('IDEMPOTENCY_CONFLICT')
  })

  test('gives a removal its first answer', async () => {
    const { scene, t } = await begin()
    await t.relations.add(scene.task, 'related', scene.other)
    expect(await t.relations.remove(scene.task, 'related', scene.other, KEY)).toBe(true)
    await t.relations.add(scene.task, 'related', scene.other)
    expect(await t.relations.remove(scene.task, 'related', scene.other, KEY)).toBe(true)
    expect((await t.relations.list(scene.task, { kind: 'related' })).total, 'it was not removed again').toBe(1)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  AlreadyHasParentError,
  GateConflictError,
  type NodeId,
  type NodeKind,
  NotFoundError,
  newEvidenceId,
  newTaskId,
  RELATION_KINDS,
  RELATIONS,
  type Relation,
  RelationDomainError,
  type RelationKind,
  type Tracker,
} from '../src/index.js'
import { all } from './support/answers.js'
import { refusal } from './support/refusals.js'
import { inMemory, NAMESPACE, open } from './support/trackers.js'

const NODE_KINDS: readonly NodeKind[] = [
  'task',
  'agent',
  'activity',
  'artifact',
  'comment',
  'decision',
  'learning',
  'evidence',
]

/** Two nodes of each kind. */
async function nodesOf(tracker: Tracker): Promise<Record<NodeKind, [NodeId, NodeId]>> {
  const two = async (make: (name: string) => Promise<{ id: NodeId }>): Promise<[NodeId, NodeId]> => [
    (await make('one')).id,
    (await make('two')).id,
  ]
  const task = await two((title) => tracker.tasks.create({ title }))
  return {
    task,
    agent: await two((name) => tracker.agents.registerHuman({ name })),
    activity: await two((notes) => tracker.activities.start({ notes })),
    artifact: await two((name) => tracker.artifacts.add({ iri: `urn:${name}` })),
    comment: await two((body) =>
      tracker.tasks.addComment(task[0] as Parameters<typeof tracker.tasks.get>[0], { body }),
    ),
    decision: await two((title) => tracker.decisions.record({ title, rationale: 'because' })),
    learning: await two((title) => tracker.learnings.record({ title, rationale: 'because' })),
    evidence: await two((kind) => tracker.evidence.add(task[0], { kind, iri: 'urn:proof' })),
  }
}

describe('relations.add', () => {
  test('joins what the registry says, and nothing else', async () => {
    const tracker = await open({ path: ':memory:' })
    const nodes = await nodesOf(tracker)
    /** As the design has it: everything is an entity but agents and activities. */
    const entity: readonly NodeKind[] = ['task', 'artifact', 'comment', 'decision', 'learning', 'evidence']
    const ends: Record<RelationKind, [readonly NodeKind[], readonly NodeKind[]]> = {
      blocked_by: [['task'], ['task']],
      parent: [['task'], ['task']],
      derived_from: [entity, entity],
      supersedes: [entity, entity],
      duplicate_of: [['task'], ['task']],
      discovered_from: [['task'], ['task']],
      related: [['task'], ['task']],
      generated_by: [entity, ['activity']],
      attributed_to: [entity, ['agent']],
      used: [['activity'], entity],
      informed_by: [['activity'], ['activity']],
      acted_on_behalf_of: [['agent'], ['agent']],
    }
    expect(Object.keys(ends).sort()).toEqual([...RELATION_KINDS].sort())
    for (const kind of RELATION_KINDS) {
      expect([RELATIONS[kind].domain, RELATIONS[kind].range], kind).toEqual(ends[kind])
      for (const from of NODE_KINDS) {
        for (const to of NODE_KINDS) {
          const [source, target] = [nodes[from][0], nodes[to][1]]
          const isFit =
            ends[kind][0].includes(from) && ends[kind][1].includes(to) && (kind !== 'supersedes' || from === to)
          const command = tracker.relations.add(source, kind, target)
          if (!isFit) {
            const error = await refusal<RelationDomainError>(command)
            expect(error).toBeInstanceOf(RelationDomainError)
            expect(error).toMatchObject({ kind, source, target })
            continue
          }
          const added = await command
          expect(added).toEqual({
            source,
            kind,
            target,
            ...(kind === 'blocked_by' && { gate: 'closed' }),
            createdAt: added.createdAt,
          })
          expect(await tracker.relations.remove(source, kind, target)).toBe(true)
        }
      }
    }
  })

  test('joins no node with itself', async () => {
    const tracker = await open()
    const nodes = await nodesOf(tracker)
    for (const kind of RELATION_KINDS) {
      const node = nodes[RELATIONS[kind].domain[0]!][0]
      const error = await refusal(tracker.relations.add(node, kind, node))
      expect(error, kind).toBeInstanceOf(RelationDomainError)
    }
  })

  test('asks for both ends', async () => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'task' })
    const nobody = newTaskId(NAMESPACE)
    for (const [source, target] of [
      [id, nobody],
      [nobody, id],
    ] as const) {
      for (const command of [
        tracker.relations.add(source, 'related', target),
        tracker.relations.remove(source, 'related', target),
      ]) {
        const error = await refusal<NotFoundError>(command)
        expect(error).toBeInstanceOf(NotFoundError)
        expect([error.id, error.found]).toEqual([nobody, undefined])
      }
    }
  })

  test('writes nothing where the relation exists, and gives it back as it was added', async () => {
    const tracker = await open()
    const { task } = await nodesOf(tracker)
    const [one, two] = task
    const blocked = await tracker.relations.add(one, 'blocked_by', two, { gate: 'completed' })
    const related = await tracker.relations.add(one, 'related', two)
    const parent = await tracker.relations.add(two, 'related', one)
    const head = await tracker.log.head()
    expect(await tracker.relations.add(one, 'blocked_by', two, { gate: 'completed' })).toEqual(blocked)
    expect(await tracker.relations.add(one, 'related', two)).toEqual(related)
    expect(await tracker.relations.add(two, 'related', one)).toEqual(parent)
    expect(await tracker.log.head()).toEqual(head)
  })

  test('refuses another gate for a blocker that is there', async () => {
    const tracker = await open()
    const { task } = await nodesOf(tracker)
    const [one, two] = task
    await tracker.relations.add(one, 'blocked_by', two, { gate: 'failed' })
    for (const options of [undefined, { gate: 'completed' as const }]) {
      const error = await refusal<GateConflictError>(tracker.relations.add(one, 'blocked_by', two, options))
      expect(error).toBeInstanceOf(GateConflictError)
      expect(error).toMatchObject({ source: one, target: two, stored: 'failed', given: options?.gate ?? 'closed' })
    }
    await tracker.relations.remove(one, 'blocked_by', two)
    expect((await tracker.relations.add(one, 'blocked_by', two)).gate).toBe('closed')
  })

  test('takes a gate for blockers only', async () => {
    const tracker = await open()
    const { task } = await nodesOf(tracker)
    const error = await refusal(tracker.relations.add(task[0], 'related', task[1], { gate: 'closed' }))
    expect([error.code, error.message]).toEqual(['INVALID_INPUT', expect.stringContaining('gate')])
  })

  test('gives a task one parent, and names the first to who adds a second', async () => {
    const tracker = await open()
    const [child, first, second] = [
      await tracker.tasks.create({ title: 'child' }),
      await tracker.tasks.create({ title: 'first' }),
      await tracker.tasks.create({ title: 'second' }),
    ]
    await tracker.relations.add(child.id, 'parent', first.id)
    const error = await refusal<AlreadyHasParentError>(tracker.relations.add(child.id, 'parent', second.id))
    expect(error).toBeInstanceOf(AlreadyHasParentError)
    expect(error).toMatchObject({ id: child.id, parent: first.id })
    expect(error.message).toContain('tasks.update')
    expect((await tracker.tasks.update(child.id, { parent: second.id })).parent).toBe(second.id)
    const parents = await tracker.relations.list(child.id, { kind: 'parent' })
    expect(parents.items.map(({ target }) => target)).toEqual([second.id])
    expect(await tracker.relations.remove(child.id, 'parent', second.id)).toBe(true)
    expect(await tracker.tasks.get(child.id)).not.toHaveProperty('parent')
    expect((await tracker.relations.add(child.id, 'parent', first.id)).target).toBe(first.id)
    expect((await tracker.tasks.get(child.id)).parent).toBe(first.id)
  })
})

describe('relations.remove', () => {
  test('says whether there was one, and writes nothing where there was none', async () => {
    const tracker = await open()
    const { task } = await nodesOf(tracker)
    const [one, two] = task
    await tracker.relations.add(one, 'related', two)
    expect(await tracker.relations.remove(one, 'related', two)).toBe(true)
    const head = await tracker.log.head()
    expect(await tracker.relations.remove(one, 'related', two)).toBe(false)
    expect(await tracker.relations.remove(two, 'related', one)).toBe(false)
    expect(await tracker.relations.remove(one, 'blocked_by', two)).toBe(false)
    expect(await tracker.log.head()).toEqual(head)
  })
})

describe('why a relation was added or removed', () => {
  async function scene() {
    const tracker = await open()
    const one = await tracker.tasks.create({ title: 'one' })
    const two = await tracker.tasks.create({ title: 'two' })
    const proof = await tracker.evidence.add(one.id, { kind: 'measurement', iri: 'urn:proof' })
    return { tracker, one: one.id, two: two.id, proof: proof.id }
  }

  test('stands in the event, each piece of evidence once, and only where it was told', async () => {
    const { tracker, one, two, proof } = await scene()
    const why = { reason: 'two comes first', evidence: [proof, proof] }
    const added = await tracker.relations.add(one, 'blocked_by', two, why)
    expect(added).not.toHaveProperty('reason')
    await tracker.relations.remove(one, 'blocked_by', two, { reason: 'it does not' })
    await tracker.relations.add(one, 'related', two, { evidence: [] })
    const { items } = await tracker.log.events({ subject: one, type: ['relation.added', 'relation.removed'] })
    const ends = { source: one, target: two }
    expect(items.map(({ data }) => data)).toEqual([
      { ...ends, kind: 'blocked_by', gate: 'closed', reason: 'two comes first', evidence: [proof] },
      { ...ends, kind: 'blocked_by', reason: 'it does not' },
      { ...ends, kind: 'related' },
    ])
  })

  test('is not written where nothing changes, and belongs to what an idempotency key stands for', async () => {
    const { tracker, one, two } = await scene()
    const given = { idempotencyKey: 'once', reason: 'alike' }
    const added = await tracker.relations.add(one, 'related', two, given)
    const head = await tracker.log.head()
    expect(await tracker.relations.add(one, 'related', two, given)).toEqual(added)
    expect(await tracker.relations.add(one, 'related', two, { reason: 'another' })).toEqual(added)
    expect(await tracker.log.head()).toEqual(head)
    const other = await refusal(tracker.relations.add(one, 'related', two, { ...given, reason: 'another' }))
    expect(other.code).toBe('IDEMPOTENCY_CONFLICT')
  })

  test('is no blank text, and evidence that there is', async () => {
    const { tracker, one, two } = await scene()
    const wrong: [code: string, options: object][] = [
      ['INVALID_INPUT', { reason: ' ' }],
      ['INVALID_INPUT', { evidence: ['no id'] }],
      ['NOT_FOUND', { evidence: [two] }],
      ['NOT_FOUND', { evidence: [newEvidenceId(NAMESPACE)] }],
    ]
    await tracker.relations.add(two, 'related', one)
    const head = await tracker.log.head()
    for (const [code, options] of wrong) {
      const what = JSON.stringify(options)
      expect((await refusal(tracker.relations.add(one, 'related', two, options))).code, what).toBe(code)
      expect((await refusal(tracker.relations.remove(two, 'related', one, options))).code, what).toBe(code)
    }
    expect(await tracker.log.head()).toEqual(head)
  })

  test('goes with an erasure; the relation and its evidence stay', async () => {
    const { tracker, one, two, proof } = await scene()
    await tracker.relations.add(one, 'related', two, { reason: 'secret', evidence: [proof] })
    const { seq } = await tracker.log.head()
    const before = await tracker.relations.list(one)
    await tracker.log.redact(seq, { reason: 'asked to' })
    const { items } = await tracker.log.events({ after: seq })
    expect(items[0]!.data).toMatchObject({ kept: { kind: 'related', evidence: [proof] } })
    expect(JSON.stringify((await tracker.log.events()).items)).not.toContain('secret')
    expect(await tracker.relations.list(one)).toEqual(before)
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  })
})

describe('relations.list', () => {
  test('gives the relations of a node in either direction, in the order in which they were added', async () => {
    const tracker = await open()
    const ids: NodeId[] = []
    for (const title of ['a', 'b', 'c']) ids.push((await tracker.tasks.create({ title })).id)
    const [a, b, c] = ids as [NodeId, NodeId, NodeId]
    const added: Relation[] = [
      await tracker.relations.add(a, 'related', b),
      await tracker.relations.add(c, 'blocked_by', a),
      await tracker.relations.add(b, 'discovered_from', a),
      await tracker.relations.add(a, 'parent', b),
    ]
    // What a task is born with comes first: that it is somebody's work.
    const born = await tracker.relations.list(a, { kind: 'attributed_to' })
    expect(born.total).toBe(1)
    const [related, blocked, discovered, parent] = added
    expect((await tracker.relations.list(a)).items).toEqual([...born.items, ...added])
    expect((await tracker.relations.list(a, { direction: 'both' })).items).toEqual([...born.items, ...added])
    expect((await tracker.relations.list(a, { direction: 'out' })).items).toEqual([...born.items, related, parent])
    expect((await tracker.relations.list(a, { direction: 'in' })).items).toEqual([blocked, discovered])
    expect((await tracker.relations.list(a, { kind: 'blocked_by' })).items).toEqual([blocked])
    expect((await tracker.relations.list(a, { kind: ['parent', 'related'] })).items).toEqual([related, parent])
    expect(await tracker.relations.list(a, { kind: [] })).toEqual({ items: [], total: 0 })
    expect(await tracker.relations.list(a, { kind: 'blocked_by', direction: 'out' })).toEqual({ items: [], total: 0 })
    expect((await refusal(tracker.relations.list(newTaskId(NAMESPACE)))).code).toBe('NOT_FOUND')
  })

  test('is walked by cursors without gap or repetition', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 4 }), (count, limit) =>
        inMemory(async (tracker) => {
          const blockers = []
          for (let index = 0; index < count; index++) blockers.push((await tracker.tasks.create({ title: 'b' })).id)
          // Born in one event, so that the event alone gives no order.
          const { id } = await tracker.tasks.create({ title: 'task', blockedBy: blockers })
          for (const blocker of blockers) await tracker.relations.add(blocker, 'related', id)
          const whole = await tracker.relations.list(id, { limit: 1_000 })
          expect([whole.total, whole.items.length]).toEqual([2 * count + 1, 2 * count + 1])
          expect(await all((page) => tracker.relations.list(id, page), limit)).toEqual(whole.items)
        }),
      ),
      { numRuns: 15 },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AgentId,
  CycleDetectedError,
  type EntityId,
  type NodeId,
  type RelationKind,
  type TaskId,
  type Tracker,
} from '../src/index.js'
import { refusal } from './support/refusals.js'
import {
  derivationsOf,
  hasCycle,
  isCycleOfWaiting,
  type ModelRelation,
  perform,
  type Step,
  steps,
  TaskModel,
  within,
} from './support/task-model.js'
import { inMemory, open } from './support/trackers.js'

async function tasksOf(tracker: Tracker, count: number): Promise<TaskId[]> {
  const ids: TaskId[] = []
  for (let index = 0; index < count; index++) ids.push((await tracker.tasks.create({ title: `Task ${index}` })).id)
  return ids
}

/** The relation that must close a cycle, and the cycle as the numbers of its tasks. */
async function cycleOf(ids: readonly NodeId[], command: Promise<unknown>): Promise<number[]> {
  const error = await refusal<CycleDetectedError>(command)
  expect(error).toBeInstanceOf(CycleDetectedError)
  expect(error.code).toBe('CYCLE_DETECTED')
  return error.path.map((id) => ids.indexOf(id as NodeId))
}

/** A cycle from its least number on, without saying that one again. */
function ring(path: readonly number[]): number[] {
  const open = path.slice(1)
  const at = open.indexOf(Math.min(...open))
  return [...open.slice(at), ...open.slice(0, at)]
}

type Relations = readonly (readonly [source: number, kind: RelationKind, target: number])[]

describe('a cycle of waiting', () => {
  const cases: { name: string; first: Relations; last: Relations[number]; path: number[] }[] = [
    {
      name: 'two tasks that block each other',
      first: [[0, 'blocked_by', 1]],
      last: [1, 'blocked_by', 0],
      path: [1, 0, 1],
    },
    {
      name: 'three tasks in a ring',
      first: [
        [0, 'blocked_by', 1],
        [1, 'blocked_by', 2],
      ],
      last: [2, 'blocked_by', 0],
      path: [2, 0, 1, 2],
    },
    {
      name: 'a parent blocked by its own child',
      first: [[1, 'parent', 0]],
      last: [0, 'blocked_by', 1],
      path: [0, 1, 0],
    },
    {
      name: 'a child blocked by its own parent',
      first: [[1, 'parent', 0]],
      last: [1, 'blocked_by', 0],
      path: [1, 0, 1],
    },
    {
      name: 'a task made the child of its blocker',
      first: [[0, 'blocked_by', 1]],
      last: [0, 'parent', 1],
      path: [1, 0, 1],
    },
    { name: 'two tasks that contain each other', first: [[0, 'parent', 1]], last: [1, 'parent', 0], path: [1, 0, 1] },
    {
      name: 'a parent blocked by its grandchild',
      first: [
        [1, 'parent', 0],
        [2, 'parent', 1],
      ],
      last: [0, 'blocked_by', 2],
      path: [0, 2, 1, 0],
    },
    {
      name: 'two parents whose children block the other parent',
      first: [
        [2, 'parent', 0],
        [3, 'parent', 1],
        [2, 'blocked_by', 1],
      ],
      last: [3, 'blocked_by', 0],
      path: [3, 0, 2, 1, 3],
    },
    {
      name: 'a replaced task that blocks its replacement',
      first: [[0, 'supersedes', 1]],
      last: [0, 'blocked_by', 1],
      path: [0, 1, 0],
    },
    {
      name: 'a duplicate that blocks its original',
      first: [[0, 'duplicate_of', 1]],
      last: [1, 'blocked_by', 0],
      path: [1, 0, 1],
    },
    {
      name: 'two tasks that are duplicates of each other',
      first: [[0, 'duplicate_of', 1]],
      last: [1, 'duplicate_of', 0],
      path: [1, 0, 1],
    },
    {
      name: 'two tasks that supersede each other',
      first: [[0, 'supersedes', 1]],
      last: [1, 'supersedes', 0],
      path: [0, 1, 0],
    },
    {
      name: 'a parent that waits to be finished for a child which is a duplicate of what the parent blocks',
      first: [
        [1, 'parent', 0],
        [2, 'blocked_by', 0],
      ],
      last: [1, 'duplicate_of', 2],
      path: [1, 2, 0, 1],
    },
  ]

  test.each(cases)('is $name', async ({ first, last, path }) => {
    const tracker = await open()
    const ids = await tasksOf(tracker, 4)
    for (const [source, kind, target] of first) await tracker.relations.add(ids[source]!, kind, ids[target]!)
    const head = await tracker.log.head()
    const found = await cycleOf(ids, tracker.relations.add(ids[last[0]]!, last[1], ids[last[2]]!))
    expect(found.at(-1)).toBe(found[0])
    expect(ring(found)).toEqual(ring(path))
    expect(await tracker.log.head()).toEqual(head)
  })

  const fine: { name: string; relations: Relations }[] = [
    {
      name: 'a diamond of blockers',
      relations: [
        [0, 'blocked_by', 1],
        [0, 'blocked_by', 2],
        [1, 'blocked_by', 3],
        [2, 'blocked_by', 3],
      ],
    },
    {
      name: 'a child blocked by its sibling',
      relations: [
        [1, 'parent', 0],
        [2, 'parent', 0],
        [1, 'blocked_by', 2],
      ],
    },
    {
      name: 'related tasks, both ways',
      relations: [
        [0, 'related', 1],
        [1, 'related', 0],
        [0, 'discovered_from', 1],
        [1, 'discovered_from', 0],
      ],
    },
    {
      name: 'a task that is derived from what it blocks',
      relations: [
        [0, 'blocked_by', 1],
        [1, 'derived_from', 0],
      ],
    },
    {
      name: 'a child that supersedes its parent',
      relations: [
        [1, 'parent', 0],
        [1, 'supersedes', 0],
      ],
    },
    {
      name: 'two children of one parent that are duplicates of children of a blocker of it',
      relations: [
        [1, 'parent', 0],
        [0, 'blocked_by', 2],
        [3, 'parent', 2],
        [1, 'duplicate_of', 3],
      ],
    },
  ]

  test.each(fine)('is not $name', async ({ relations }) => {
    const tracker = await open()
    const ids = await tasksOf(tracker, 4)
    for (const [source, kind, target] of relations) await tracker.relations.add(ids[source]!, kind, ids[target]!)
    expect((await tracker.log.verify({ state: true })).ok).toBe(true)
  })

  test('counts closed tasks, since they can reopen', async () => {
    const tracker = await open()
    const ids = await tasksOf(tracker, 2)
    await tracker.relations.add(ids[0]!, 'blocked_by', ids[1]!)
    for (const id of ids) await tracker.tasks.close(id)
    expect(await cycleOf(ids, tracker.relations.add(ids[1]!, 'blocked_by', ids[0]!))).toEqual([1, 0, 1])
  })

  test('is gone with a relation that was removed', async () => {
    const tracker = await open()
    const ids = await tasksOf(tracker, 2)
    await tracker.relations.add(ids[0]!, 'blocked_by', ids[1]!)
    await tracker.relations.remove(ids[0]!, 'blocked_by', ids[1]!)
    await tracker.relations.add(ids[1]!, 'blocked_by', ids[0]!)
  })

  test('is refused where a task is born: its blockers may not wait for its parent', async () => {
    const tracker = await open()
    const [parent, other] = await tasksOf(tracker, 2)
    const id = 'test--01890a5d-ac96-774b-bcce-b302099a8057' as TaskId
    const command = tracker.tasks.create({ title: 'child', id, parent: parent!, blockedBy: [parent!] })
    expect(await cycleOf([id, parent!], command)).toEqual([0, 1, 0])
    await tracker.relations.add(other!, 'blocked_by', parent!)
    const longer = tracker.tasks.create({ title: 'child', id, parent: parent!, blockedBy: [other!] })
    expect(await cycleOf([id, parent!, other!], longer)).toEqual([0, 2, 1, 0])
    expect(await tracker.tasks.find(id)).toBeUndefined()
  })

  test('is refused where a task is moved', async () => {
    const tracker = await open()
    const ids = await tasksOf(tracker, 3)
    const [task, first, second] = ids as [TaskId, TaskId, TaskId]
    await tracker.tasks.update(task, { parent: first })
    await tracker.relations.add(second, 'blocked_by', task)
    expect(ring(await cycleOf(ids, tracker.tasks.update(task, { parent: second })))).toEqual([0, 2])
    expect((await tracker.tasks.get(task)).parent).toBe(first)
  })

  test('is not what only the parent that a task leaves would close', async () => {
    const tracker = await open()
    const [task, first, second] = (await tasksOf(tracker, 3)) as [TaskId, TaskId, TaskId]
    await tracker.tasks.update(task, { parent: first })
    await tracker.relations.add(second, 'blocked_by', first)
    // With first as its parent, first would wait for task, which would wait for second, which waits for first.
    expect((await tracker.tasks.update(task, { parent: second })).parent).toBe(second)
  })
})

test('what is refused as a cycle is what a plain model refuses, and the path that is named is one', async () => {
  // No statuses: only what draws arrows.
  const drawing = steps.filter(
    ({ verb }) => verb === 'create' || verb === 'add' || verb === 'remove' || verb === 'move',
  )
  let refused = 0
  await fc.assert(
    fc.asyncProperty(fc.array(drawing, { minLength: 10, maxLength: 60, size: 'max' }), (history) =>
      inMemory(async (tracker) => {
        const model = new TaskModel()
        const ids: TaskId[] = []
        const births = Array.from({ length: 5 }, (): Step => ({ verb: 'create', priority: 'medium', blockers: [] }))
        for (const given of [...births, ...history]) {
          const step = within(given, Math.max(ids.length, 1))
          const before = [...model.relations]
          const count = ids.length + 1
          const expected = model.apply(step)
          const error = await perform(tracker, ids, step).then(
            () => undefined,
            (reason: unknown) => reason,
          )
          if (expected !== 'CYCLE_DETECTED') {
            expect(error instanceof CycleDetectedError, JSON.stringify(step)).toBe(false)
            continue
          }
          expect(error, JSON.stringify(step)).toBeInstanceOf(CycleDetectedError)
          const path = (error as CycleDetectedError).path.map((id) => {
            const number = ids.indexOf(id as TaskId)
            return number < 0 ? ids.length : number
          })
          expectCycle(path, relationsAfter(model, before, step, ids.length), count)
          refused++
        }
      }),
    ),
    { numRuns: 60 },
  )
  expect(refused, 'the histories are not tame').toBeGreaterThan(100)
})

/** The relations as a refused step would have left them. */
function relationsAfter(
  model: TaskModel,
  before: readonly ModelRelation[],
  step: Step,
  fresh: number,
): ModelRelation[] {
  if (step.verb === 'add') {
    const { source, kind, target } = step
    return [...before, { source, kind, target }]
  }
  if (step.verb === 'move') return model.moved(step.task, step.parent)
  if (step.verb !== 'create') throw new Error(`${step.verb} draws no arrows`)
  const blockers = step.blockers.map(({ task }): ModelRelation => ({ source: fresh, kind: 'blocked_by', target: task }))
  return [...before, ...blockers, { source: fresh, kind: 'parent', target: step.parent! }]
}

function expectCycle(path: readonly number[], relations: readonly ModelRelation[], count: number): void {
  const shown = `${path.join(' → ')} in ${JSON.stringify(relations)}`
  expect(path.length, shown).toBeGreaterThan(2)
  expect(path.at(-1), shown).toBe(path[0])
  expect(new Set(path).size, `each task once: ${shown}`).toBe(path.length - 1)
  const derivations = new Set(derivationsOf(relations).map(([from, to]) => `${from} ${to}`))
  const isDerivation = path.slice(1).every((task, index) => derivations.has(`${path[index]} ${task}`))
  expect(isDerivation || isCycleOfWaiting(path, relations, count), shown).toBe(true)
}

describe('a cycle of derivation', () => {
  test('may not be closed by derived_from and supersedes together, among tasks, artifacts and comments', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            kind: fc.constantFrom('derived_from' as const, 'supersedes' as const),
            source: fc.nat({ max: 5 }),
            target: fc.nat({ max: 5 }),
          }),
          { minLength: 8, maxLength: 30, size: 'max' },
        ),
        (added) =>
          inMemory(async (tracker) => {
            const nodes: EntityId[] = []
            for (let index = 0; index < 3; index++)
              nodes.push((await tracker.artifacts.add({ iri: `urn:a:${index}` })).id)
            const task = await tracker.tasks.create({ title: 'task' })
            nodes.push(task.id)
            for (const body of ['one', 'two']) nodes.push((await tracker.tasks.addComment(task.id, { body })).id)
            const kindOf = (node: number) => (node < 3 ? 'artifact' : node === 3 ? 'task' : 'comment')
            let relations: ModelRelation[] = []
            for (const relation of added) {
              const { source, kind, target } = relation
              const isFit = source !== target && (kind !== 'supersedes' || kindOf(source) === kindOf(target))
              const command = tracker.relations.add(nodes[source]!, kind, nodes[target]!)
              if (!isFit) {
                expect((await refusal(command)).code).toBe('RELATION_DOMAIN')
                continue
              }
              const after = [...relations, relation]
              if (!hasCycle(derivationsOf(after))) {
                await command
                relations = after
                continue
              }
              expectCycle(await cycleOf(nodes, command), after, nodes.length)
            }
          }),
      ),
      { numRuns: 40 },
    )
  })
})

describe('a cycle of delegation', () => {
  test('is somebody who acts on their own behalf, through delegate and relations.add alike', async () => {
    const tracker = await open()
    const agents: AgentId[] = []
    for (const name of ['Ada', 'Ben', 'Cy']) agents.push((await tracker.agents.registerHuman({ name })).id)
    const [ada, ben, cy] = agents as [AgentId, AgentId, AgentId]
    await tracker.agents.delegate(ada, ben)
    await tracker.relations.add(ben, 'acted_on_behalf_of', cy)
    expect(await cycleOf(agents, tracker.agents.delegate(cy, ada))).toEqual([2, 0, 1, 2])
    expect(await cycleOf(agents, tracker.relations.add(cy, 'acted_on_behalf_of', ada))).toEqual([2, 0, 1, 2])
    const activity = await tracker.activities.start({ agent: cy })
    expect(await cycleOf(agents, tracker.agents.delegate(cy, ada, { activity: activity.id }))).toEqual([2, 0, 1, 2])
    expect((await refusal(tracker.agents.delegate(ada, ada))).code).toBe('RELATION_DOMAIN')
  })
})

describe('depth is no limit', () => {
  const DEPTH = 5_000

  /** A chain of tasks, each after the one before, written in one transaction. */
  async function chain(tracker: Tracker, link: (before: TaskId) => { parent: TaskId } | { blockedBy: TaskId[] }) {
    return tracker.transaction(async (t) => {
      const ids: TaskId[] = []
      for (let index = 0; index < DEPTH; index++) {
        const before = ids.at(-1)
        ids.push((await t.tasks.create({ title: `Task ${index}`, ...(before && link(before)) })).id)
      }
      return ids
    })
  }

  test('for a chain of blockers', async () => {
    const tracker = await open({ path: ':memory:', transactionTimeoutMs: 60_000 })
    const ids = await chain(tracker, (before) => ({ blockedBy: [before] }))
    const first = ids[0]!
    const last = ids.at(-1)!
    const ancestors = await tracker.tasks.ancestors(last)
    expect(ancestors.map(({ task }) => task.id)).toEqual(ids.slice(0, -1).toReversed())
    expect(ancestors.map(({ distance }) => distance)).toEqual(
      Array.from({ length: DEPTH - 1 }, (_, index) => index + 1),
    )
    expect((await tracker.tasks.descendants(first)).map(({ task }) => task.id)).toEqual(ids.slice(1))
    const tree = await tracker.tasks.dependencyTree(last)
    expect(tree.map(({ depth }) => depth)).toEqual(Array.from({ length: DEPTH - 1 }, (_, index) => index))
    const path = await cycleOf(ids, tracker.relations.add(first, 'blocked_by', last))
    expect(path.length).toBe(DEPTH + 1)
    expect(new Set(path).size).toBe(DEPTH)
  })

  test('for a chain of parents', async () => {
    const tracker = await open({ path: ':memory:', transactionTimeoutMs: 60_000 })
    const ids = await chain(tracker, (before) => ({ parent: before }))
    const top = ids[0]!
    const leaf = ids.at(-1)!
    const path = await cycleOf(ids, tracker.relations.add(top, 'blocked_by', leaf))
    expect(path.length).toBe(DEPTH + 1)
    const blocker = await tracker.tasks.create({ title: 'blocker', priority: 'critical' })
    expect((await tracker.tasks.ready()).items.map(({ id }) => id)).toEqual([blocker.id, leaf])
    await tracker.relations.add(top, 'blocked_by', blocker.id)
    expect((await tracker.tasks.ready()).items.map(({ id }) => id)).toEqual([blocker.id])
    expect((await tracker.tasks.explain(leaf)).reasons).toEqual([
      { kind: 'inherited_gate', task: blocker.id, via: top, gate: 'closed' },
    ])
    await tracker.tasks.close(blocker.id)
    expect((await tracker.tasks.ready()).items.map(({ id }) => id)).toEqual([leaf])
  })
})

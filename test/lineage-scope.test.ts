import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  exportProv,
  InvalidInputError,
  lineage,
  type NodeId,
  NotFoundError,
  newTaskId,
  type Scope,
  type TaskId,
  type Tracker,
  taskGraph,
} from '../src/index.js'
import { refusal } from './support/refusals.js'
import { perform, steps, within } from './support/task-model.js'
import { inMemory, NAMESPACE, open } from './support/trackers.js'

/** The nodes that an export describes in full: those that have a creation time or another field besides their name. */
async function exported(tracker: Tracker, scope: Scope): Promise<Set<string>> {
  let text = ''
  for await (const piece of exportProv(tracker, { format: 'ntriples', scope })) text += piece
  const described = new Set<string>()
  for (const [, uuid] of text.matchAll(/^<urn:uuid:([0-9a-f-]{36})> <[^>]*#revision> /gm)) described.add(uuid!)
  return described
}

async function graphed(tracker: Tracker, scope: Scope): Promise<Set<string>> {
  return new Set((await taskGraph(tracker, { scope })).nodes())
}

const idsOf = (nodes: readonly { readonly id: NodeId }[]) => new Set<string>(nodes.map(({ id }) => id))

describe('a scope', () => {
  test('partOf is a task with its children, at any level, however they came there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 30, size: 'max' }), async (moves) => {
        await inMemory(async (tracker) => {
          const ids: TaskId[] = [(await tracker.tasks.create({ title: 'Task 0' })).id]
          for (const step of moves) await perform(tracker, ids, within(step, ids.length)).catch(() => undefined)
          const { items } = await tracker.tasks.list({ limit: 1_000 })
          const parents = new Map(items.map(({ id, parent }) => [id, parent]))
          const isPart = (id: TaskId | undefined, of: TaskId): boolean =>
            id !== undefined && (id === of || isPart(parents.get(id), of))
          for (const root of ids) {
            const expected = new Set<string>(ids.filter((id) => isPart(id, root)))
            expect(await graphed(tracker, { partOf: root })).toEqual(expected)
          }
        })
      }),
      { numRuns: 25 },
    )
  })

  test('lineageOf is what lineage finds, of one node or of several, without a bound on their number', async () => {
    const tracker = await open()
    const [root, other] = await Promise.all(['root', 'other'].map((title) => tracker.tasks.create({ title })))
    const children = await Promise.all(
      Array.from({ length: 1_200 }, (_, turn) =>
        tracker.tasks.create({ title: `${turn}`, parent: root!.id, ...(turn === 7 && { blockedBy: [other!.id] }) }),
      ),
    )
    const all = idsOf([root!, ...children])
    expect(await graphed(tracker, { lineageOf: root!.id })).toEqual(all)
    expect(await graphed(tracker, { lineageOf: [root!.id, other!.id] })).toEqual(new Set([...all, other!.id]))
    expect(await graphed(tracker, { lineageOf: root!.id, direction: 'origins' })).toEqual(idsOf([root!]))
    expect(await graphed(tracker, { lineageOf: root!.id, depth: 0 })).toEqual(idsOf([root!]))
    const seventh = children[7]!
    for (const depth of [0, 1, 2]) {
      const found = await lineage(tracker, seventh.id, { direction: 'origins', depth })
      const tasks = found.nodes.filter(({ kind }) => kind === 'task')
      const scope = { lineageOf: seventh.id, direction: 'origins', depth } as const
      expect(await graphed(tracker, scope)).toEqual(idsOf(tasks))
      expect(await exported(tracker, scope)).toEqual(new Set([...idsOf(tasks)].map((id) => id.slice(-36))))
    }
  })

  test('namespace is the nodes of one namespace', async () => {
    const tracker = await open()
    const here = await tracker.tasks.create({ title: 'Here' })
    const there = await tracker.tasks.create({ title: 'There', namespace: 'there', blockedBy: [here.id] })
    expect(await graphed(tracker, { namespace: NAMESPACE })).toEqual(idsOf([here]))
    expect(await graphed(tracker, { namespace: 'there' })).toEqual(idsOf([there]))
    expect(await graphed(tracker, { namespace: 'nowhere' })).toEqual(new Set())
  })

  test('names nodes that there are, and tasks where it must', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'One' })
    const file = await tracker.artifacts.add({ iri: 'urn:a' })
    const unknown = newTaskId(NAMESPACE)
    for (const scope of [
      { lineageOf: unknown },
      { lineageOf: [task.id, unknown] },
      { partOf: unknown },
      { partOf: file.id as unknown as TaskId },
    ]) {
      expect(await refusal(taskGraph(tracker, { scope }))).toBeInstanceOf(NotFoundError)
      expect(await refusal(exportProv(tracker, { format: 'turtle', scope }).next())).toBeInstanceOf(NotFoundError)
    }
  })

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['no object', 'test'],
    ['an unknown field', { namespaces: ['test'] }],
    ['two kinds at once', { namespace: 'test', lineageOf: 'x' }],
    ['lineage of nothing', { lineageOf: [] }],
    ['lineage of what is no id', { lineageOf: 'x' }],
    ['a depth below 0', { lineageOf: 'GOOD', depth: -1 }],
    ['half a step', { lineageOf: 'GOOD', depth: 0.5 }],
    ['an unknown direction', { lineageOf: 'GOOD', direction: 'down' }],
    ['a bound on the nodes', { lineageOf: 'GOOD', maxNodes: 3 }],
    ['parts of several', { partOf: ['GOOD'] }],
    ['a namespace with white space', { namespace: 'a b' }],
  ])('is refused that says %s', async (_name, given) => {
    const tracker = await open()
    const { id } = await tracker.tasks.create({ title: 'One' })
    const scope = JSON.parse(JSON.stringify(given).replaceAll('GOOD', id)) as Scope
    expect(await refusal(taskGraph(tracker, { scope }))).toBeInstanceOf(InvalidInputError)
    expect(() => exportProv(tracker, { format: 'turtle', scope })).toThrow(InvalidInputError)
  })
})

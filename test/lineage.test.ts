import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  byArtifact,
  InvalidInputError,
  LINEAGE_KINDS,
  type Lineage,
  type LineageNode,
  type LineageRelation,
  lineage,
  type NodeId,
  NotFoundError,
  type ProvtrailError,
  type Tracker,
} from '../src/index.js'
import { Choice, commands, histories, Nodes } from './support/histories.js'
import { lineageByDefinition, type ModelRecord, modelOf } from './support/lineage-model.js'
import { expectRefusal, refusal } from './support/refusals.js'
import { inMemory, open } from './support/trackers.js'

type History = (typeof histories extends fc.Arbitrary<infer Value> ? Value : never)[number]

/** Lets a history come to pass; what is refused is left out. */
async function live(tracker: Tracker, history: readonly History[]): Promise<void> {
  const nodes = new Nodes()
  nodes.agents.push((await tracker.agents.registerHuman({ name: 'Ada' })).id)
  nodes.tasks.push((await tracker.tasks.create({ title: 'Task 0' })).id)
  nodes.activities.push((await tracker.activities.start({ task: nodes.tasks[0]! })).id)
  nodes.entities.push(nodes.tasks[0]!, (await tracker.artifacts.add({ iri: 'urn:a' })).id)
  for (const { moves } of history) {
    for (const { command, seed } of moves) {
      const choice = new Choice(seed)
      try {
        await commands[command]!(tracker.as(choice.of(nodes.agents)), nodes, choice)
      } catch (error) {
        expectRefusal(error)
      }
    }
  }
}

const directions = ['origins', 'effects', 'both'] as const
const questions = fc.array(
  fc.record(
    {
      node: fc.nat(),
      direction: fc.constantFrom(...directions),
      depth: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
      kinds: fc.option(fc.subarray([...LINEAGE_KINDS], { minLength: 5 }), { nil: undefined, freq: 3 }),
      maxNodes: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined, freq: 3 }),
    },
    { requiredKeys: ['node', 'direction', 'depth', 'kinds', 'maxNodes'] },
  ),
  { minLength: 12, maxLength: 12 },
)

function named({ source, kind, target, activity, gate, createdAt }: LineageRelation): string {
  return [source, kind, target, activity, gate, createdAt].join(' ')
}

function outlineOf({ nodes, relations, truncated }: Pick<Lineage, 'nodes' | 'relations' | 'truncated'>) {
  return {
    nodes: nodes.map(({ id, distance, direction }) => ({ id, distance, ...(direction && { direction }) })),
    relations: relations.map(named).sort(),
    truncated,
  }
}

/** Every node but the roots was reached by a relation of a node that is one step nearer. */
function expectReached({ nodes, relations }: Lineage): void {
  const distances = new Map(nodes.map(({ id, distance }) => [id, distance]))
  const names = new Set(relations.map(named))
  for (const { id, distance, reachedBy, direction } of nodes) {
    if (distance === 0) {
      expect([reachedBy, direction]).toEqual([undefined, undefined])
      continue
    }
    expect(names).toContain(named(reachedBy!))
    const { source, kind, target } = reachedBy!
    const isAgainst = direction === 'effect' || source === id
    const [near, far] = isAgainst ? [target, source] : [source, target]
    expect(far).toBe(id)
    // What an origin rests on came later.
    if (isAgainst && direction === 'origin') {
      expect(['judged', 'attached_to', 'evidence_for', 'supersedes']).toContain(kind)
    }
    expect(distances.get(near)).toBeLessThanOrEqual(distance - 1)
  }
}

describe('the lineage in any history', () => {
  test('is what its definition says: nodes, distances, relations and what was left out', async () => {
    let cut = 0
    let relationsSeen = 0
    await fc.assert(
      fc.asyncProperty(histories, questions, async (history, asked) => {
        await inMemory(async (tracker) => {
          await live(tracker, history)
          const record = await modelOf(tracker)
          for (const { node, ...rest } of asked) {
            const options = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
            const root = record.ids[node % record.ids.length]!
            const found = await lineage(tracker, root, options)
            const expected = lineageByDefinition(record, [root], { ...rest } as Parameters<
              typeof lineageByDefinition
            >[2])
            expect(outlineOf(found)).toEqual({
              nodes: expected.nodes,
              relations: expected.relations.map(named).sort(),
              truncated: expected.truncated,
            })
            expectReached(found)
            if (found.truncated.some(({ omitted }) => omitted > 4 * (rest.maxNodes ?? 1_000))) cut++
            relationsSeen += found.relations.length
          }
        })
      }),
      { numRuns: 60 },
    )
    expect(cut).toBeGreaterThan(0)
    expect(relationsSeen).toBeGreaterThan(1_000)
  })

  test('is what its definition says around a node with more relations than are read', async () => {
    const { tracker, ids } = await openHub()
    const record = await modelOf(tracker)
    for (const root of ids) {
      for (const direction of directions) {
        for (const depth of [undefined, 1]) {
          for (const maxNodes of [1, 2, 5, 13, 34]) {
            const options = { direction, maxNodes, ...(depth !== undefined && { depth }) }
            const expected = lineageByDefinition(record, [root], options)
            const found = outlineOf(await lineage(tracker, root, options))
            expect(found, JSON.stringify({ root, ...options })).toEqual({
              ...expected,
              relations: expected.relations.map(named).sort(),
            })
          }
        }
      }
    }
  })

  test('of several artifacts with one IRI is that of all of them', async () => {
    let several = 0
    await fc.assert(
      fc.asyncProperty(histories, fc.constantFrom(...directions), fc.nat({ max: 8 }), async (history, direction, n) => {
        await inMemory(async (tracker) => {
          await live(tracker, history)
          const record = await modelOf(tracker)
          const { items } = await tracker.artifacts.list({ limit: 1_000 })
          const roots = items.filter(({ iri }) => iri === 'urn:a').map(({ id }) => id)
          if (roots.length > 1) several++
          const options = { direction, ...(n > 0 && { maxNodes: n }) }
          const found = await lineage(tracker, 'urn:a', options)
          expect(found.root).toBe(roots[0])
          const expected = lineageByDefinition(record, roots, options)
          expect(outlineOf(found)).toEqual({ ...expected, relations: expected.relations.map(named).sort() })
        })
      }),
      { numRuns: 30 },
    )
    expect(several).toBeGreaterThan(5)
  })

  test('in both directions is that of the origins and that of the effects together', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.option(fc.nat({ max: 4 }), { nil: undefined }), async (history, depth) => {
        await inMemory(async (tracker) => {
          await live(tracker, history)
          for (const root of (await modelOf(tracker)).ids) {
            const [both, origins, effects] = await Promise.all(
              (['both', 'origins', 'effects'] as const).map((direction) =>
                lineage(tracker, root, { direction, ...(depth !== undefined && { depth }) }),
              ),
            )
            const together = new Map<NodeId, number>()
            for (const { id, distance } of [...origins!.nodes, ...effects!.nodes]) {
              together.set(id, Math.min(distance, together.get(id) ?? distance))
            }
            expect(new Map(both!.nodes.map(({ id, distance }) => [id, distance]))).toEqual(together)
            const relations = new Set([...origins!.relations, ...effects!.relations].map(named))
            const found = new Set(both!.relations.map(named))
            // Where the walks are cut short, an origin and an effect that one relation joins may both be there.
            if (depth === undefined) expect(found).toEqual(relations)
            else for (const relation of relations) expect(found).toContain(relation)
          }
        })
      }),
      { numRuns: 10 },
    )
  })

  test('only grows with the depth and with the number of nodes asked for, nearest first', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), async (history, node) => {
        await inMemory(async (tracker) => {
          await live(tracker, history)
          const { ids } = await modelOf(tracker)
          const root = ids[node % ids.length]!
          const whole = await lineage(tracker, root)
          expect(whole.truncated).toEqual([])
          const order = whole.nodes.map(({ id }) => id)
          const stride = Math.ceil(whole.nodes.length / 8)
          for (let maxNodes = 1; maxNodes <= whole.nodes.length; maxNodes += stride) {
            const part = await lineage(tracker, root, { maxNodes })
            expect(part.nodes.map(({ id }) => id)).toEqual(order.slice(0, maxNodes))
            expect(part.truncated.length > 0).toBe(maxNodes < order.length)
          }
          const deepest = whole.nodes.at(-1)!.distance
          for (let depth = 0; depth <= deepest; depth++) {
            const part = await lineage(tracker, root, { depth })
            expect(part.nodes).toEqual(whole.nodes.filter(({ distance }) => distance <= depth))
            expect(part.truncated.length > 0 || depth === deepest).toBe(true)
            expect(part.truncated.every(({ reason }) => reason === 'depth')).toBe(true)
          }
        })
      }),
      { numRuns: 10 },
    )
  })

  test('holds the fields, the names and the story of its nodes as the record tells them', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), async (history, node) => {
        await inMemory(async (tracker) => {
          await live(tracker, history)
          const record: ModelRecord = await modelOf(tracker)
          const found = await lineage(tracker, record.ids[node % record.ids.length]!)
          const runs = (await tracker.runs.list({ limit: 1_000 })).items
          const reviews = (await tracker.reviews.list({ limit: 1_000 })).items
          for (const node of found.nodes) {
            expect(node.fields).toEqual(await fieldsOf(tracker, node))
            expect(node.label).not.toMatch(/\n/)
            if (node.kind !== 'activity') continue
            expect(node.run).toEqual(runs.find(({ activity }) => activity === node.id))
            expect(node.review).toEqual(reviews.find(({ id }) => id === node.id))
          }
          const subjects = new Set<string>(found.nodes.map(({ id }) => id))
          const events = (await tracker.log.events({ limit: 1_000 })).items
          expect(found.timeline.map(({ seq }) => seq)).toEqual(
            events
              .filter(({ subject, data }) => {
                const { id, attempt, review } = data!
                const made = [id, review, ...(data!.number === undefined ? [] : [attempt])]
                return subjects.has(subject) || made.some((node) => subjects.has(String(node)))
              })
              .map(({ seq }) => seq),
          )
          expect(found.head).toEqual(await tracker.log.head())
        })
      }),
      { numRuns: 15 },
    )
  })
})

/** What the record says of a node of a lineage. */
async function fieldsOf(tracker: Tracker, { kind, fields }: LineageNode): Promise<object | undefined> {
  switch (kind) {
    case 'task':
      return tracker.tasks.get(fields.id)
    case 'artifact':
      return tracker.artifacts.get(fields.id)
    case 'agent':
      return tracker.agents.get(fields.id)
    case 'activity':
      return tracker.activities.get(fields.id)
    case 'decision':
      return tracker.decisions.get(fields.id)
    case 'learning':
      return tracker.learnings.get(fields.id)
    case 'evidence':
      return tracker.evidence.get(fields.id)
    case 'comment':
      return (await tracker.tasks.comments(fields.task)).find(({ id }) => id === fields.id)
  }
}

/** A record in which a task, an agent, an activity and an artifact have many relations each, of several kinds. */
async function openHub() {
  const tracker = await open({ path: ':memory:' })
  const ada = await tracker.agents.registerHuman({ name: 'Ada' })
  const t = tracker.as(ada.id)
  const bot = await t.agents.registerSoftware({ name: 'bot' })
  const other = await t.agents.registerSoftware({ name: 'other' })
  const task = await t.tasks.create({ title: 'Hub' })
  const build = await t.activities.start({ task: task.id, agent: bot.id })
  const source = await t.artifacts.add({ iri: 'urn:source', generatedBy: build.id })
  const made = await t.artifacts.add({ iri: 'urn:made', derivedFrom: [source.id], attributedTo: bot.id })
  for (let turn = 0; turn < 30; turn++) {
    const { id } = await t.activities.start({ agent: bot.id, task: task.id, used: [source.id], informedBy: [build.id] })
    await t.agents.delegate(bot.id, ada.id, { activity: id })
    if (turn % 10 === 0) await t.agents.delegate(bot.id, other.id, { activity: id })
    const part = await t.tasks.create({ title: `Part ${turn}`, parent: task.id, derivedFrom: [task.id, made.id] })
    await t.artifacts.add({ iri: `urn:${turn}`, generatedBy: build.id, derivedFrom: [part.id], attributedTo: bot.id })
    const author = turn % 2 === 0 ? bot.id : ada.id
    const comment = await t.tasks.addComment(task.id, { body: `Turn ${turn}`, author })
    if (turn % 3 === 0) await t.relations.add(comment.id, 'attributed_to', author)
    await t.relations.add(made.id, 'derived_from', part.id).catch(expectRefusal)
  }
  // The youngest of many effects, and an origin too: beyond what is read of the effects, and there all the same.
  const late = await t.tasks.create({ title: 'Late', derivedFrom: [task.id] })
  await t.relations.add(task.id, 'related', late.id)
  await t.tasks.addComment(late.id, { body: 'Late too' })
  return { tracker, ids: [task.id, ada.id, bot.id, build.id, source.id, made.id, late.id] }
}

/** As `refusal`, of one class. */
async function refused<Refusal extends ProvtrailError>(
  promise: Promise<unknown>,
  kind: abstract new (...args: never[]) => Refusal,
): Promise<Refusal> {
  const error = await refusal(promise)
  expect(error).toBeInstanceOf(kind)
  return error as Refusal
}

/** How many rows SQLite gives back while `work` runs. */
async function countRows(work: () => Promise<unknown>): Promise<number> {
  const statement: { all: (...values: unknown[]) => unknown[] } = Object.getPrototypeOf(
    new Database(':memory:').prepare('SELECT 1'),
  )
  const { all } = statement
  let rows = 0
  statement.all = function (...values) {
    const found = all.apply(this, values)
    rows += found.length
    return found
  }
  try {
    await work()
  } finally {
    statement.all = all
  }
  return rows
}

/** A small story: a request, a decision, the work, a review, and a bug that was discovered on the way. */
async function openStory() {
  const tracker = await open({ namespace: 'https://example.org/shop' })
  const ada = await tracker.agents.registerHuman({ name: 'Ada' })
  const ml = { provider: 'anthropic', model: 'claude-opus-4-6' }
  const architect = await tracker.agents.registerMl({ role: 'architect', ...ml })
  const worker = await tracker.agents.registerMl({ role: 'worker', ...ml, name: 'Wilma' })
  await tracker.agents.delegate(worker.id, architect.id)
  await tracker.agents.delegate(architect.id, ada.id)
  const request = await tracker.as(ada.id).tasks.create({ title: 'Add a cart' })
  const plan = await tracker.as(architect.id).tasks.create({ title: 'Cart service', derivedFrom: [request.id] })
  const slice = await tracker.as(architect.id).tasks.create({ title: 'Cart table', parent: plan.id })
  const work = await tracker.activities.start({ agent: worker.id, task: slice.id, phase: 'worker_slices' })
  const commit = await tracker.artifacts.add({ iri: 'git:4f2a', kind: 'commit', generatedBy: work.id })
  await tracker.activities.end(work.id)
  const review = await tracker.activities.start({ agent: ada.id, phase: 'code_review', used: [commit.id] })
  const comment = await tracker.as(ada.id).tasks.addComment(slice.id, { body: 'The index is missing.\n\nAdd it.' })
  const bug = await tracker.as(ada.id).tasks.create({ title: 'Prices are rounded' })
  await tracker.relations.add(bug.id, 'discovered_from', slice.id)
  const elsewhere = await tracker.activities.start({ agent: worker.id, phase: 'landing' })
  return { tracker, ada, architect, worker, request, plan, slice, work, commit, review, comment, bug, elsewhere }
}

describe('lineage', () => {
  test('tells what a commit came from: the work, its plan, the request behind it, and everybody responsible', async () => {
    const story = await openStory()
    const { tracker, commit, work, slice, plan, request, worker, architect, ada } = story
    const { root, nodes, relations, truncated, gaps } = await lineage(tracker, commit.id, { direction: 'origins' })
    expect(root).toBe(commit.id)
    expect(nodes.map(({ distance, label, reachedBy }) => [distance, label, reachedBy?.kind])).toEqual([
      [0, 'git:4f2a', undefined],
      [1, 'worker slices: Cart table', 'generated_by'],
      [2, 'Wilma (worker)', 'associated_with'],
      [2, 'Cart table', 'had_plan'],
      [3, 'claude-opus-4-6 (architect)', 'acted_on_behalf_of'],
      [3, 'Cart service', 'parent'],
      [4, 'Ada', 'acted_on_behalf_of'],
      [4, 'Add a cart', 'derived_from'],
    ])
    expect(nodes.map(({ id }) => id)).toEqual(
      [commit, work, worker, slice, architect, plan, ada, request].map(({ id }) => id),
    )
    expect(relations.map(({ source, kind, target }) => [source, kind, target])).toContainEqual([
      plan.id,
      'attributed_to',
      architect.id,
    ])
    expect(truncated).toEqual([])
    expect(gaps.map(({ kind, node }) => [kind, node])).toEqual([
      ['model_without_version', architect.id],
      ['model_without_version', worker.id],
    ])
  })

  test('tells what a task led to, and who did that without what else they did', async () => {
    const { tracker, slice, work, commit, review, comment, bug, worker, ada, architect, elsewhere, plan } =
      await openStory()
    const { nodes } = await lineage(tracker, slice.id, { direction: 'effects' })
    expect(new Set(nodes.map(({ id }) => id))).toEqual(
      new Set([slice, work, commit, review, comment, bug, worker, ada, architect].map(({ id }) => id)),
    )
    expect(nodes.find(({ id }) => id === worker.id)!.direction).toBe('origin')
    expect(nodes.find(({ id }) => id === comment.id)!.label).toBe('The index is missing. Add it.')
    for (const { id } of [elsewhere, plan]) expect(nodes.map((node) => node.id)).not.toContain(id)
  })

  test('tells what an agent led to, with what was done on their behalf', async () => {
    const { tracker, architect, worker, work, elsewhere, commit, review } = await openStory()
    const { nodes } = await lineage(tracker, architect.id, { direction: 'effects' })
    const ids = nodes.map(({ id }) => id)
    for (const { id } of [worker, work, elsewhere, commit]) expect(ids).toContain(id)
    expect(nodes.find(({ id }) => id === elsewhere.id)!.direction).toBe('effect')
    // What used the commit is an effect of the commit.
    expect(ids).toContain(review.id)
  })

  test('says what an artifact, a comment and an unscoped activity are called', async () => {
    const { tracker, slice, ada } = await openStory()
    const body = `${'Long words '.repeat(20)}\nend`
    const comment = await tracker.as(ada.id).tasks.addComment(slice.id, { body })
    const idle = await tracker.activities.start({ agent: ada.id })
    const file = await tracker.artifacts.add({ iri: 'file:///a', label: 'The file', generatedBy: idle.id })
    const labels = async (id: NodeId) => (await lineage(tracker, id, { depth: 0 })).nodes[0]!.label
    expect(await labels(comment.id)).toMatch(/^(Long words ){4}Long words.*…$/)
    expect(Array.from(await labels(comment.id)).length).toBeLessThanOrEqual(60)
    // One letter that people see may be many characters.
    const stacked = await tracker.as(ada.id).tasks.addComment(slice.id, { body: `e${'\u0301'.repeat(99)}`.repeat(50) })
    expect((await labels(stacked.id)).length).toBeLessThan(600)
    expect(await labels(idle.id)).toBe('work')
    expect(await labels(file.id)).toBe('The file')
  })

  test('finds its root by id, by the IRI of artifacts, and by the IRI of an export', async () => {
    const { tracker, slice, commit } = await openStory()
    const rootOf = async (text: string) => (await lineage(tracker, text, { depth: 0 })).root
    const uuid = slice.id.slice(-36)
    expect(await rootOf(slice.id)).toBe(slice.id)
    expect(await rootOf('git:4f2a')).toBe(commit.id)
    expect(await rootOf(`https://example.org/shop#${uuid}`)).toBe(slice.id)
    expect(await rootOf(`urn:uuid:${uuid}`)).toBe(slice.id)
    const odd = await tracker.tasks.create({ title: 'Odd', namespace: 'https://example.org/{a}' })
    const plain = await tracker.tasks.create({ title: 'Plain', namespace: 'shop' })
    const percent = await tracker.tasks.create({ title: 'Percent', namespace: 'https://example.org/a%20b' })
    expect(await rootOf(`https://example.org/a%20b#${percent.id.slice(-36)}`)).toBe(percent.id)
    for (const { id } of [odd, plain]) {
      for (const base of ['urn:uuid:', 'https://example.org/work/', 'https://example.org/work#', 'urn:x:']) {
        expect(await rootOf(base + id.slice(-36))).toBe(id)
      }
    }
    // An artifact may point at what is named like a node.
    const pointer = await tracker.artifacts.add({ iri: `urn:uuid:${uuid}` })
    expect(await rootOf(`urn:uuid:${uuid}`)).toBe(pointer.id)
    for (const unknown of [
      `https://example.org/sh#${uuid}`,
      `https://example.org/shop/${uuid}`,
      `https://example.org/shop--${uuid.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))}`,
      `https://example.org/shop##${uuid}`,
      `elsewhere--${uuid}`,
      `##${plain.id.slice(-36)}`,
      plain.id.slice(-36),
      `shop#${plain.id.slice(-36)}`,
      'git:4f2',
      'nonsense',
      `urn:uuid:${uuid.toUpperCase()}`,
    ]) {
      const error = await refused(lineage(tracker, unknown), NotFoundError)
      expect(error.id).toBe(unknown)
    }
  })

  test('goes as deep as it is told, and says what lies beyond', async () => {
    const { tracker, commit, work, slice, worker } = await openStory()
    const alone = await lineage(tracker, commit.id, { direction: 'origins', depth: 0 })
    expect(alone.nodes.map(({ id }) => id)).toEqual([commit.id])
    expect(alone.relations).toEqual([])
    expect(alone.truncated).toEqual([{ node: commit.id, reason: 'depth', omitted: 1 }])
    const two = await lineage(tracker, commit.id, { direction: 'origins', depth: 2 })
    expect(two.nodes.map(({ id }) => id)).toEqual([commit.id, work.id, worker.id, slice.id])
    expect(two.truncated).toEqual([
      { node: worker.id, reason: 'depth', omitted: 1 },
      { node: slice.id, reason: 'depth', omitted: 2 },
    ])
    const deep = await lineage(tracker, commit.id, { direction: 'origins', depth: 1_000_000_000 })
    expect(deep.nodes).toHaveLength(8)
    expect(deep.truncated).toEqual([])
  })

  test('says that there was no room where that is why, and the depth left out more', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const t = tracker.as(ada.id)
    const [root, between, node, far] = await Promise.all(
      ['root', 'between', 'node', 'far'].map((title) => t.tasks.create({ title })),
    )
    await t.relations.add(node!.id, 'derived_from', root!.id)
    await t.relations.add(root!.id, 'related', between!.id)
    await t.relations.add(between!.id, 'related', node!.id)
    await t.relations.add(node!.id, 'related', far!.id)
    for (let turn = 0; turn < 3; turn++) await t.tasks.addComment(node!.id, { body: `Turn ${turn}` })
    const found = await lineage(tracker, root!.id, { depth: 2, maxNodes: 4 })
    expect(found.nodes.map(({ id }) => id)).toEqual([root, ada, between, node].map((one) => one!.id))
    expect(found.truncated).toEqual([{ node: node!.id, reason: 'max_nodes', omitted: 4 }])
  })

  test('says by which of two relations a node was reached: that whose kind is declared first', async () => {
    const { tracker, plan } = await openStory()
    const both = await tracker.tasks.create({ title: 'Both', derivedFrom: [plan.id], parent: plan.id })
    for (const [root, direction] of [
      [plan, 'effects'],
      [both, 'origins'],
    ] as const) {
      const { nodes, relations } = await lineage(tracker, root.id, { direction })
      const other = nodes.find(({ id }) => id === (root === plan ? both : plan).id)!
      expect(other.reachedBy!.kind).toBe('parent')
      expect(relations.filter(({ source, target }) => source === both.id && target === plan.id)).toHaveLength(2)
    }
  })

  test('takes the author of a comment who is also said by a relation for one', async () => {
    const { tracker, comment, ada } = await openStory()
    await tracker.relations.add(comment.id, 'attributed_to', ada.id, { at: '2026-02-01T00:00:00.000Z' })
    const { relations } = await lineage(tracker, comment.id, { direction: 'origins' })
    const said = relations.filter(({ source, target }) => source === comment.id && target === ada.id)
    expect(said.map(({ kind, createdAt }) => [kind, createdAt])).toEqual([
      ['attributed_to', '2026-02-01T00:00:00.000Z'],
    ])
    const alone = await lineage(tracker, comment.id, { direction: 'origins', depth: 0 })
    expect(alone.truncated).toEqual([{ node: comment.id, reason: 'depth', omitted: 2 }])
  })

  test('follows the kinds that it is told, and none where it is told none', async () => {
    const { tracker, slice, work, plan } = await openStory()
    const some = await lineage(tracker, slice.id, { kinds: ['had_plan', 'parent'] })
    expect(some.nodes.map(({ id }) => id)).toEqual([slice.id, plan.id, work.id])
    expect(some.truncated).toEqual([])
    expect((await lineage(tracker, slice.id, { kinds: [] })).nodes.map(({ id }) => id)).toEqual([slice.id])
  })

  test('holds a delegation in every activity that it is limited to', async () => {
    const { tracker, worker, ada, work, elsewhere } = await openStory()
    for (const { id } of [work, elsewhere]) await tracker.agents.delegate(worker.id, ada.id, { activity: id })
    const { relations } = await lineage(tracker, work.id, { direction: 'origins' })
    const delegations = relations.filter(({ source, target }) => source === worker.id && target === ada.id)
    expect(new Set(delegations.map(({ activity }) => activity))).toEqual(new Set([work.id, elsewhere.id]))
  })

  test('of an activity with 10,000 artifacts holds as many as it may, the oldest, and counts the others', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const activity = await tracker.activities.start({ agent: ada.id })
    const ids: NodeId[] = []
    for (let batch = 0; batch < 10; batch++) {
      const added = await Promise.all(
        Array.from({ length: 1_000 }, (_, index) =>
          tracker.artifacts.add({ iri: `urn:${batch * 1_000 + index}`, generatedBy: activity.id }),
        ),
      )
      ids.push(...added.map(({ id }) => id))
    }
    const found = await lineage(tracker, activity.id)
    expect(found.nodes.map(({ id }) => id)).toEqual([activity.id, ada.id, ...ids.slice(0, 998)])
    expect(found.relations).toHaveLength(999)
    expect(found.truncated).toEqual([{ node: activity.id, reason: 'max_nodes', omitted: 9_002 }])
    const few = await countRows(() => lineage(tracker, activity.id, { maxNodes: 10 }))
    expect(few).toBeLessThan(200)
    const sibling = await lineage(tracker, ids[9_999]!)
    expect(sibling.nodes.map(({ id }) => id)).toEqual([ids[9_999], activity.id, ada.id])
    const whole = await lineage(tracker, activity.id, { maxNodes: 100_000 })
    expect(whole.nodes).toHaveLength(10_002)
    expect(whole.truncated).toEqual([])
  })

  test('of an empty record finds nothing', async () => {
    const tracker = await open()
    await refused(lineage(tracker, 'urn:a'), NotFoundError)
    await refused(byArtifact(tracker, 'urn:a'), NotFoundError)
  })

  test.each<[string, unknown, unknown, string[]]>([
    ['a depth below 0', undefined, { depth: -1 }, ['depth']],
    ['a depth that is no whole number', undefined, { depth: 1.5 }, ['depth']],
    ['a depth that is no number', undefined, { depth: Number.NaN }, ['depth']],
    ['a depth without end', undefined, { depth: Number.POSITIVE_INFINITY }, ['depth']],
    ['a depth beyond safe numbers', undefined, { depth: 2 ** 60 }, ['depth']],
    ['a depth in words', undefined, { depth: '3' }, ['depth']],
    ['room for no node', undefined, { maxNodes: 0 }, ['maxNodes']],
    ['room for too many nodes', undefined, { maxNodes: 100_001 }, ['maxNodes']],
    ['room for half a node', undefined, { maxNodes: 1.5 }, ['maxNodes']],
    ['an unknown kind', undefined, { kinds: ['used', 'wasUsed'] }, ['kinds[1]']],
    ['a kind that is no list', undefined, { kinds: 'used' }, ['kinds']],
    ['an unknown direction', undefined, { direction: 'up' }, ['direction']],
    ['an unknown field', undefined, { dept: 1 }, ['dept']],
    ['options that are no object', undefined, 3, ['']],
    ['no id', null, undefined, ['idOrIri']],
    ['an empty id', '', undefined, ['idOrIri']],
    ['an id with a line feed', 'a\nb', undefined, ['idOrIri']],
    ['an id that RDF cannot carry', 'a\0', undefined, ['idOrIri']],
  ])('refuses %s', async (_name, id, options, fields) => {
    const { tracker, commit } = await openStory()
    const asked = lineage(tracker, (id === undefined ? commit.id : id) as string, options as object)
    const { issues } = await refused(asked, InvalidInputError)
    expect(issues.map(({ field }) => field)).toEqual(expect.arrayContaining(fields))
  })

  test('asks for a tracker, outside of a transaction', async () => {
    const { tracker, commit } = await openStory()
    await refused(lineage({} as Tracker, commit.id), InvalidInputError)
    await tracker.transaction(async (t) => {
      await refused(lineage(t as unknown as Tracker, commit.id), InvalidInputError)
    })
  })
})

describe('byArtifact', () => {
  test('finds the tasks and agents behind a commit, nearest first', async () => {
    const { tracker, commit, work, slice, worker, architect, ada } = await openStory()
    const makers = await byArtifact(tracker, 'git:4f2a')
    const ids = (nodes: readonly { id: NodeId }[]) => nodes.map(({ id }) => id)
    expect(ids(makers.artifacts)).toEqual([commit.id])
    expect(ids(makers.activities)).toEqual([work.id])
    expect(ids(makers.tasks)).toEqual([slice.id])
    expect(ids(makers.agents)).toEqual([worker.id, architect.id, ada.id])
    expect(makers.truncated).toEqual([])
  })

  test('takes every state of a file that was recorded', async () => {
    const { tracker, commit, elsewhere } = await openStory()
    const second = await tracker.artifacts.add({ iri: 'git:4f2a', generatedBy: elsewhere.id, derivedFrom: [commit.id] })
    const { artifacts, activities } = await byArtifact(tracker, 'git:4f2a')
    expect(artifacts.map(({ id }) => id)).toEqual([commit.id, second.id])
    expect(activities.map(({ id }) => id)).toContain(elsewhere.id)
    const cut = await byArtifact(tracker, 'git:4f2a', { maxNodes: 1 })
    expect(cut.artifacts).toHaveLength(1)
    expect(cut.truncated).toEqual([{ node: commit.id, reason: 'max_nodes', omitted: 2 }])
  })

  test('goes as deep as it is told', async () => {
    const { tracker, worker } = await openStory()
    const { agents, truncated } = await byArtifact(tracker, 'git:4f2a', { depth: 2 })
    expect(agents.map(({ id }) => id)).toEqual([worker.id])
    expect(truncated.map(({ reason }) => reason)).toEqual(['depth', 'depth'])
  })

  test('refuses what is no artifact, and options that it does not have', async () => {
    const { tracker, slice } = await openStory()
    const error = await refused(byArtifact(tracker, slice.id), NotFoundError)
    expect(error.found).toBe('task')
    await refused(byArtifact(tracker, 'git:none'), NotFoundError)
    for (const options of [{ depth: -1 }, { maxNodes: 0 }, { direction: 'effects' }]) {
      await refused(byArtifact(tracker, 'git:4f2a', options as object), InvalidInputError)
    }
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type BeadsImportResult,
  CycleDetectedError,
  importBeads,
  openTracker,
  type TaskId,
  type Tracker,
} from '../src/index.js'

const folder = mkdtempSync(join(tmpdir(), 'provtrail-beads-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let tracker: Tracker
beforeEach(async () => {
  tracker = await openTracker({ path: ':memory:', namespace: 'https://example.org/x' })
})
afterEach(() => tracker.close())

/** `x-1 parent-child x-2`: one dependency, each a second after the one before. */
function write(issues: readonly string[], dependencies: readonly string[]): string {
  const rows = issues.map((id, n) => ({
    id,
    title: id,
    status: 'open',
    priority: 2,
    created_at: `2026-01-01T00:00:${String(n % 60).padStart(2, '0')}Z`,
    updated_at: '2026-01-02T00:00:00Z',
    dependencies: dependencies
      .map((text, second) => ({ words: text.split(' '), second }))
      .filter(({ words }) => words[0] === id)
      .map(({ words: [, type, target], second }) => ({
        depends_on_id: target,
        type,
        created_at: new Date(Date.UTC(2026, 1, 1) + second * 1000).toISOString(),
      })),
  }))
  const path = join(folder, 'issues.jsonl')
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'))
  return path
}

async function load(issues: readonly string[], dependencies: readonly string[]): Promise<BeadsImportResult> {
  const path = write(issues, dependencies)
  const dry = await importBeads(tracker, path, { dryRun: true })
  const result = await importBeads(tracker, path)
  expect(dry).toEqual({ ...result, dryRun: true })
  return result
}

async function idOf(issue: string): Promise<TaskId> {
  return (await tracker.tasks.findByExternalRef('beads', issue))!.id
}

const skipped = (result: BeadsImportResult) => result.skipped.map(({ reason }) => reason)

describe('order', () => {
  test('parents are made before their children, and else the oldest first', async () => {
    await load(['x-1', 'x-2', 'x-3', 'x-4'], ['x-1 parent-child x-4', 'x-2 blocks x-3', 'x-4 parent-child x-3'])
    const { items } = await tracker.log.events({ type: 'task.created' })
    expect(items.map(({ data }) => data!.title)).toEqual(['x-2', 'x-3', 'x-4', 'x-1'])
  })
})

describe('several parents', () => {
  test('the one that the id names is the parent, the others become related', async () => {
    const result = await load(['y', 'x', 'x.1'], ['x.1 parent-child y', 'x.1 parent-child x'])
    const child = await tracker.tasks.get(await idOf('x.1'))
    expect(child.parent).toBe(await idOf('x'))
    const related = await tracker.relations.list(child.id, { kind: 'related' })
    expect(related.items.map(({ target }) => target)).toEqual([await idOf('y')])
    expect(result.unmapped).toContainEqual({
      kind: 'dependency',
      value: 'parent-child',
      became: 'related: a task has one parent',
      count: 1,
      ids: ['x.1'],
    })
    const head = await tracker.log.head()
    await load(['y', 'x', 'x.1'], ['x.1 parent-child y', 'x.1 parent-child x'])
    expect(await tracker.log.head()).toEqual(head)
  })

  test('where no id names one, the oldest is the parent', async () => {
    await load(['a', 'b', 'c'], ['a parent-child c', 'a parent-child b'])
    expect((await tracker.tasks.get(await idOf('a'))).parent).toBe(await idOf('c'))
  })

  test('where the first would close a cycle, the second is the parent', async () => {
    const result = await load(['a', 'b', 'c'], ['b parent-child a', 'a parent-child b', 'a parent-child c'])
    // a is the older task: its parents are settled before b's.
    expect((await tracker.tasks.get(await idOf('a'))).parent).toBe(await idOf('b'))
    expect(skipped(result)).toEqual(['b parent-child a: it would close a cycle of waiting, b → a → b'])
  })
})

describe('cycles of waiting', () => {
  test.each<[string, string[], string]>([
    [
      'two that block each other',
      ['a blocks b', 'b blocks a'],
      'b blocks a: it would close a cycle of waiting, b → a → b',
    ],
    [
      'three',
      ['a blocks b', 'b blocks c', 'c blocks a'],
      'c blocks a: it would close a cycle of waiting, c → a → b → c',
    ],
    [
      'a child that blocks its parent',
      ['a parent-child b', 'b blocks a'],
      'b blocks a: it would close a cycle of waiting, b → a → b',
    ],
    [
      'a parent that blocks its child',
      ['a blocks b', 'a parent-child b'],
      'a blocks b: it would close a cycle of waiting, a → b → a',
    ],
    [
      'duplicates of each other',
      ['a duplicates b', 'b duplicates a'],
      'b duplicates a: it would close a cycle of waiting, b → a → b',
    ],
    [
      'a mixed one',
      ['a parent-child b', 'c parent-child d', 'b blocks c', 'd blocks a'],
      'd blocks a: it would close a cycle of waiting',
    ],
  ])('%s: the last is left out and listed', async (_, dependencies, reason) => {
    const result = await load(['a', 'b', 'c', 'd'], dependencies)
    expect(skipped(result)).toEqual([expect.stringContaining(reason)])
    expect(result.imported.relations).toBe(dependencies.length - 1)
    const head = await tracker.log.head()
    expect(skipped(await load(['a', 'b', 'c', 'd'], dependencies))).toEqual(skipped(result))
    expect(await tracker.log.head()).toEqual(head)
  })

  test('through a task that was made here', async () => {
    await load(['a', 'b'], [])
    const [near, far] = [await tracker.tasks.create({ title: 'Near' }), await tracker.tasks.create({ title: 'Far' })]
    await tracker.relations.add(near.id, 'blocked_by', await idOf('a'))
    await tracker.relations.add(far.id, 'blocked_by', near.id)
    await tracker.relations.add(await idOf('b'), 'blocked_by', far.id)
    const result = await load(['a', 'b'], ['a blocks b'])
    expect(skipped(result)).toEqual([
      `a blocks b: it would close a cycle of waiting, a → b → ${far.id} → ${near.id} → a`,
    ])
  })

  test('it is the younger dependency that is left out, wherever it stands', async () => {
    const result = await load(['a', 'b'], ['b blocks a', 'a blocks b'])
    expect(skipped(result)).toEqual(['a blocks b: it would close a cycle of waiting, a → b → a'])
  })

  test('a parent that is there already stays, and the new one is left out', async () => {
    await load(['a', 'b'], ['b parent-child a'])
    const result = await load(['a', 'b'], ['b parent-child a', 'a parent-child b'])
    expect(skipped(result)).toEqual(['a parent-child b: it would close a cycle of waiting, a → b → a'])
    expect((await tracker.tasks.get(await idOf('b'))).parent).toBe(await idOf('a'))
  })

  test('a parent that the source no longer has goes, also when the one in its place would close a cycle', async () => {
    await load(['a', 'b', 'c'], ['a parent-child c', 'b parent-child a'])
    await load(['a', 'b', 'c'], ['a parent-child b', 'b parent-child a'])
    expect((await tracker.tasks.get(await idOf('a'))).parent).toBeUndefined()
    expect((await tracker.tasks.get(await idOf('b'))).parent).toBe(await idOf('a'))
  })

  test('a dependency that is free of its cycle in a newer source is imported', async () => {
    await load(['a', 'b'], ['a blocks b', 'b blocks a'])
    const result = await load(['a', 'b'], ['b blocks a'])
    expect(result).toMatchObject({ imported: { relations: 1 }, removed: { relations: 1 }, skipped: [] })
    expect((await tracker.tasks.ready()).items.map(({ title }) => title)).toEqual(['a'])
  })

  test('the record agrees with every verdict, whatever the dependencies', async () => {
    const issues = ['a', 'b', 'c', 'd', 'e', 'f']
    const name = fc.constantFrom(...issues)
    const type = fc.constantFrom('blocks', 'parent-child', 'supersedes', 'duplicates', 'related')
    const dependency = fc.tuple(name, type, name).map((words) => words.join(' '))
    const lists = fc.uniqueArray(dependency, { maxLength: 14 })
    const kindByType = { blocks: 'blocked_by', supersedes: 'supersedes', duplicates: 'duplicate_of' } as const
    await fc.assert(
      fc.asyncProperty(lists, lists, async (first, second) => {
        await tracker.close()
        tracker = await openTracker({ path: ':memory:', namespace: 'https://example.org/x' })
        await load(issues, first)
        const result = await load(issues, second)
        // What the record refuses would show as a message of its own, and not in the dry run.
        for (const { reason } of result.skipped) expect(reason).toMatch(/cycle of waiting, |cannot depend on itself/)
        expect(result.read.dependencies).toBe(second.length)
        for (const { reason } of result.skipped.filter(({ reason }) => reason.includes('cycle'))) {
          const [from, word, to] = reason.split(/[: ]/) as [string, keyof typeof kindByType | 'parent-child', string]
          if (word === 'parent-child') continue
          const [source, target] = word === 'supersedes' ? [to, from] : [from, to]
          const attempt = tracker.relations.add(await idOf(source), kindByType[word], await idOf(target))
          await expect(attempt).rejects.toThrow(CycleDetectedError)
        }
        const head = await tracker.log.head()
        await load(issues, second)
        expect(await tracker.log.head()).toEqual(head)
        expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
      }),
      { numRuns: 150 },
    )
  })

  test('20,000 issues in a chain with a cycle at its end cost no more than what is walked', async () => {
    const chain = Array.from({ length: 20_000 }, (_, n) => `x-${n}`)
    const rows = chain.map((id, n) => ({
      id,
      title: id,
      created_at: '2026-01-01T00:00:00Z',
      updated_at: '2026-01-01T00:00:00Z',
      dependencies: [
        {
          depends_on_id: n === chain.length - 1 ? 'x-19990' : `x-${n + 1}`,
          type: 'blocks',
          created_at: '2026-01-01T00:00:00Z',
        },
      ],
    }))
    const path = join(folder, 'chain.jsonl')
    writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'))
    const startedAt = performance.now()
    const { imported, skipped: left } = await importBeads(tracker, path, { dryRun: true })
    expect([imported.relations, left.length]).toEqual([19_999, 1])
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  })
})

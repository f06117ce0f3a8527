import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type BeadsImportResult,
  InvalidInputError,
  importBeads,
  openTracker,
  type Task,
  type Tracker,
} from '../src/index.js'

// What used to be tested as "what the source says wins" would undo the work done here: a source that did not change
// since the last import says nothing new.

const CREATED = '2026-01-05T09:00:00.000Z'
const BEFORE = '2026-01-20T00:00:00.000Z'
const HERE = '2026-02-01T00:00:00.000Z'
const AFTER = '2026-02-10T00:00:00.000Z'

const folder = mkdtempSync(join(tmpdir(), 'provtrail-beads-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let tracker: Tracker
beforeEach(async () => {
  tracker = await openTracker({ path: ':memory:', namespace: 'https://example.org/x', now: () => Date.parse(HERE) })
})
afterEach(() => tracker.close())

function issue(id: string, fields: object = {}) {
  const times = { created_by: 'ada', created_at: CREATED, updated_at: CREATED }
  return { id, title: `Title of ${id}`, status: 'open', priority: 2, ...times, ...fields }
}

const on = (id: string, type = 'parent-child') => ({ depends_on_id: id, type, created_by: 'ada', created_at: CREATED })
const childOf = (id: string, parent: string) => issue(id, { dependencies: [on(parent)] })

function write(...rows: object[]): string {
  const path = join(folder, 'issues.jsonl')
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return path
}

/** Imports after a dry run, which must have said the same, and before a second import, which must write nothing. */
async function load(...rows: object[]): Promise<BeadsImportResult & { events: string[] }> {
  const path = write(...rows)
  const { seq } = await tracker.log.head()
  const dry = await importBeads(tracker, path, { dryRun: true })
  expect((await tracker.log.head()).seq).toBe(seq)
  const result = await importBeads(tracker, path)
  expect(dry).toEqual({ ...result, dryRun: true })
  const { items } = await tracker.log.events({ after: seq, limit: 1000 })
  await importBeads(tracker, path)
  expect((await tracker.log.head()).seq).toBe(seq + items.length)
  const events = items.filter(({ type }) => type !== 'agent.registered').map(({ type, at }) => `${type} ${at}`)
  return { ...result, events }
}

async function task(id: string): Promise<Task> {
  return (await tracker.tasks.findByExternalRef('beads', id))!
}

const warnings = ({ warnings }: BeadsImportResult) => warnings.map(({ kind, id }) => `${kind} ${id}`)

describe('the same source again leaves alone what was done here:', () => {
  const rows = [
    issue('x-1', {
      labels: ['a', 'b'],
      external_ref: 'gh-1',
      owner: 'ada',
      dependencies: [on('x-2'), on('x-3', 'blocks')],
    }),
    issue('x-2', { status: 'blocked' }),
    issue('x-3', { status: 'closed', closed_at: BEFORE, updated_at: BEFORE, close_reason: 'Done' }),
    issue('x-4', { dependencies: [on('x-1', 'related'), on('x-2', 'conditional-blocks')] }),
  ]

  test.each<[string, (tasks: Tracker['tasks'], one: Task, two: Task, three: Task, four: Task) => Promise<unknown>]>([
    [
      'fields',
      (tasks, { id }) =>
        tasks.update(id, { title: 'my own', notes: 'n', description: 'd', priority: 'low', type: 'bug', owner: null }),
    ],
    ['references', (tasks, { id, externalRefs }) => tasks.update(id, { externalRefs: externalRefs.slice(0, 1) })],
    ['work that began', (tasks, { id }) => tasks.update(id, { status: 'in_progress' })],
    ['a closing', (tasks, { id }) => tasks.close(id)],
    ['a hold', (tasks, { id }) => tasks.hold(id, { reason: 'why' })],
    ['a hold that was lifted', (tasks, _, { id }) => tasks.unhold(id)],
    ['a reopening', (tasks, _, _two, { id }) => tasks.reopen(id)],
    ['labels that were removed', (tasks, { id }) => tasks.update(id, { labels: ['b', 'c'] })],
    ['another label', (tasks, { id }) => tasks.removeLabel(id, 'a')],
    ['no parent', (tasks, { id }) => tasks.update(id, { parent: null })],
    ['another parent', (tasks, { id }, _, _three, four) => tasks.update(id, { parent: four.id })],
    ['a blocker that was removed', (_, one, _two, three) => tracker.relations.remove(one.id, 'blocked_by', three.id)],
    ['a relation that was removed', (_, one, _two, _t, four) => tracker.relations.remove(four.id, 'related', one.id)],
    [
      'another gate',
      async (_, _one, two, _three, four) => {
        await tracker.relations.remove(four.id, 'blocked_by', two.id)
        await tracker.relations.add(four.id, 'blocked_by', two.id)
      },
    ],
  ])('%s', async (_, work) => {
    await load(...rows)
    await work(tracker.tasks, await task('x-1'), await task('x-2'), await task('x-3'), await task('x-4'))
    const state = async () => (await tracker.tasks.list()).items
    const before = await state()
    const result = await load(...rows)
    expect(result.events).toEqual([])
    expect(warnings(result).filter((warning) => !warning.startsWith('kept'))).toEqual([])
    expect(await state()).toEqual(before)
  })
})

test('a deleted issue that was reopened here stays open', async () => {
  await load(issue('x-1'))
  const deleted = issue('x-1', { status: 'tombstone', deleted_at: BEFORE, updated_at: BEFORE })
  expect((await load(deleted)).events).toEqual([`task.closed ${BEFORE}`])
  await tracker.tasks.reopen((await task('x-1')).id)
  expect((await load(deleted)).events).toEqual([])
})

test('what changed in the source only is written, not before the last change of the task', async () => {
  await load(issue('x-1', { labels: ['a'] }))
  const { id } = await task('x-1')
  await tracker.tasks.update(id, { title: 'Ours' })
  const newer = issue('x-1', { labels: ['b'], priority: 0, status: 'closed', closed_at: BEFORE, updated_at: BEFORE })
  const result = await load(newer)
  expect(result.events.map((event) => event.split(' ')[1])).toEqual([HERE, HERE, HERE, HERE])
  expect(result.warnings).toEqual([])
  expect(await task('x-1')).toMatchObject({ title: 'Ours', priority: 'critical', labels: ['b'], status: 'closed' })
  await tracker.tasks.reopen(id)
  expect((await load(newer)).events).toEqual([])
})

describe('what changed on both sides:', () => {
  test.each([
    ['the source is newer', AFTER, [`task.updated ${AFTER}`, `task.closed ${AFTER}`], 'Theirs', 'closed'],
    ['the source is older', BEFORE, [], 'Ours', 'in_progress'],
    ['both at the same time', HERE, [], 'Ours', 'in_progress'],
    ['the source does not say when', undefined, [], 'Ours', 'in_progress'],
  ])('%s', async (_, updated_at, events, title, status) => {
    await load(issue('x-1'))
    await tracker.tasks.update((await task('x-1')).id, { title: 'Ours', status: 'in_progress' })
    const result = await load(issue('x-1', { title: 'Theirs', status: 'closed', closed_at: AFTER, updated_at }))
    expect(result.events).toEqual(events)
    expect(warnings(result).filter((w) => w.startsWith('both'))).toEqual(['both_changed x-1', 'both_changed x-1'])
    expect(await task('x-1')).toMatchObject({ title, status })
  })

  test.each([
    [AFTER, 'x-3'],
    [BEFORE, 'x-4'],
  ])('the parent, changed in the source at %s', async (updated_at, parent) => {
    const rest = [issue('x-2'), issue('x-3'), issue('x-4')]
    await load(childOf('x-1', 'x-2'), ...rest)
    await tracker.tasks.update((await task('x-1')).id, { parent: (await task('x-4')).id })
    const result = await load({ ...childOf('x-1', 'x-3'), updated_at }, ...rest)
    expect(warnings(result)).toEqual(['both_changed x-1'])
    expect((await task('x-1')).parent).toBe((await task(parent)).id)
  })

  test('what is the same on both sides is no conflict', async () => {
    await load(issue('x-1'))
    await tracker.tasks.update((await task('x-1')).id, { title: 'New', status: 'in_progress' })
    const result = await load(issue('x-1', { title: 'New', status: 'in_progress', updated_at: BEFORE }))
    expect([result.events, result.warnings]).toEqual([[], []])
  })
})

test('an older copy takes nothing back, and says so', async () => {
  const old = issue('x-1', { labels: ['a'], dependencies: [on('x-2')] })
  const newer = issue('x-1', { title: 'New', status: 'closed', closed_at: BEFORE, updated_at: AFTER, labels: ['b'] })
  await load(newer, issue('x-2'))
  const result = await load(old, issue('x-2'))
  expect(result.events).toEqual([])
  expect(warnings(result)).toEqual(['older x-1'])
  expect(await task('x-1')).toMatchObject({ title: 'New', status: 'closed', labels: ['b'] })
})

test('what was erased from the log does not come back', async () => {
  await load(issue('x-1', { title: 'Secret' }))
  const { id } = await task('x-1')
  const { items } = await tracker.log.events({ type: 'task.created' })
  await tracker.log.redact(items[0]!.seq, { reason: 'private' })
  const result = await load(issue('x-1', { title: 'Secret' }))
  expect(result.events).toEqual([])
  expect(warnings(result)).toContain('kept x-1')
  expect((await tracker.tasks.get(id)).title).not.toBe('Secret')
})

test('parents that move at once: the import does what the dry run says', async () => {
  const rest = [issue('d')]
  await load(childOf('a', 'd'), childOf('b', 'a'), ...rest)
  const result = await load(childOf('a', 'b'), childOf('b', 'd'), ...rest)
  expect(result.skipped).toEqual([])
  expect(result.events).toHaveLength(4)
  expect([(await task('a')).parent, (await task('b')).parent]).toEqual([(await task('b')).id, (await task('d')).id])
})

describe('what is no tracker', () => {
  const words = /tracker: expected what openTracker resolved to; a transaction must be over before/

  test('undefined', async () => {
    const attempt = importBeads(undefined as unknown as Tracker, 'x')
    await expect(attempt).rejects.toThrow(InvalidInputError)
    await expect(attempt).rejects.toThrow(words)
  })

  test('that of a transaction', async () => {
    const attempt = tracker.transaction((t) => importBeads(t as Tracker, write(issue('x-1'))))
    await expect(attempt).rejects.toThrow(InvalidInputError)
    await expect(attempt).rejects.toThrow(words)
  })
})

describe('messages', () => {
  test.each([
    ['on one line', '[{"id":"x-1","title":"t"}]'],
    ['on several lines', '[\n{"id":"x-1","title":"t"},\n{"id":"x-2","title":"t"}\n]\n'],
  ])('a file that is one JSON array %s', async (_, text) => {
    const path = join(folder, 'array.jsonl')
    writeFileSync(path, text)
    await expect(importBeads(tracker, path)).rejects.toThrow('it is one JSON array; write one object a line.')
  })

  test('a path of 10 MB does not fill the message', async () => {
    const error: Error = await importBeads(tracker, 'x'.repeat(10_000_000)).then(
      () => new Error('it was imported'),
      (reason) => reason,
    )
    expect(error.message).toMatch(/ENAMETOOLONG: name too long\)\.$/)
    expect(error.message.length).toBeLessThan(400)
  })
})

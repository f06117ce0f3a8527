import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type BeadsImportOptions,
  type BeadsImportProgress,
  type BeadsImportResult,
  importBeads,
  openTracker,
  type Task,
  type Tracker,
} from '../src/index.js'

const CREATED = '2026-01-05T09:00:00.000Z'
const LATER = '2026-02-01T08:00:00.000Z'

let folder: string
let tracker: Tracker

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'provtrail-beads-'))
  tracker = await openTracker({
    path: join(folder, 'work.db'),
    namespace: 'https://example.org/x',
    durability: 'normal',
  })
})
afterEach(async () => {
  await tracker.close()
  rmSync(folder, { recursive: true, force: true })
})

function issue(id: string, fields: object = {}) {
  return {
    id,
    title: `Title of ${id}`,
    status: 'open',
    priority: 2,
    created_by: 'ada',
    created_at: CREATED,
    updated_at: CREATED,
    ...fields,
  }
}

function write(...rows: object[]): string {
  const path = join(folder, 'issues.jsonl')
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return path
}

/** Imports after a dry run, which must have said the same and written nothing. */
async function load(rows: object[], options: BeadsImportOptions = {}): Promise<BeadsImportResult> {
  const path = write(...rows)
  const head = await tracker.log.head()
  const dry = await importBeads(tracker, path, { ...options, dryRun: true })
  expect(await tracker.log.head()).toEqual(head)
  const result = await importBeads(tracker, path, options)
  expect(dry).toEqual({ ...result, dryRun: true })
  return result
}

async function task(id: string): Promise<Task> {
  return (await tracker.tasks.findByExternalRef('beads', id))!
}

async function newEvents(work: () => Promise<unknown>): Promise<string[]> {
  const { seq } = await tracker.log.head()
  await work()
  const { items } = await tracker.log.events({ after: seq, limit: 1000 })
  return items.map(({ type, at }) => `${type} ${at}`)
}

const on = (id: string, type = 'blocks') => ({ depends_on_id: id, type, created_by: 'ada', created_at: CREATED })

describe('a newer state of the source writes the differences:', () => {
  const before = issue('x-1', { description: 'old', labels: ['a', 'b'], owner: 'ada', external_ref: 'gh-1' })

  test.each<[string, object, Partial<Task>, string[]]>([
    ['the title', { title: 'New' }, { title: 'New' }, ['task.updated']],
    ['the description', { description: 'new' }, { description: 'new' }, ['task.updated']],
    ['a description that is gone', { description: undefined }, { description: '' }, ['task.updated']],
    ['the priority', { priority: 0 }, { priority: 'critical' }, ['task.updated']],
    ['the type', { issue_type: 'bug' }, { type: 'bug' }, ['task.updated']],
    ['the notes', { design: 'D' }, { notes: '## Design\n\nD' }, ['task.updated']],
    ['an owner that is gone', { owner: '' }, {}, ['task.updated']],
    [
      'the external reference',
      { external_ref: 'gh-2' },
      {
        externalRefs: [
          { system: 'beads', id: 'x-1' },
          { system: 'github', id: '2' },
        ],
      },
      ['task.updated'],
    ],
    ['labels', { labels: ['b', 'c'] }, { labels: ['b', 'c'] }, ['label.added', 'label.removed']],
    ['work that began', { status: 'in_progress' }, { status: 'in_progress' }, ['task.updated']],
    [
      'work that was held up',
      { status: 'blocked' },
      { status: 'blocked', holdReason: 'Blocked in Beads' },
      ['task.held'],
    ],
    ['several at once', { title: 'New', priority: 1 }, { title: 'New', priority: 'high' }, ['task.updated']],
  ])('%s', async (_, fields, expected, types) => {
    await load([before])
    let result: BeadsImportResult | undefined
    const newer = { ...before, updated_at: LATER, ...fields }
    const events = await newEvents(async () => {
      result = await load([newer])
    })
    expect(events.filter((event) => !event.startsWith('agent.'))).toEqual(types.map((type) => `${type} ${LATER}`))
    expect(result).toMatchObject({ updated: 1, unchanged: 0, imported: { tasks: 0 } })
    expect(await task('x-1')).toMatchObject(expected)
    expect(await newEvents(() => load([newer]))).toEqual([])
  })

  test('a new owner', async () => {
    await load([before])
    await load([{ ...before, owner: 'ben' }])
    expect(await tracker.agents.get((await task('x-1')).owner!)).toMatchObject({ name: 'ben' })
  })

  test('closing, closing anew, reopening', async () => {
    const open = issue('x-1')
    const closed = issue('x-1', { status: 'closed', closed_at: LATER, updated_at: LATER, close_reason: 'Done' })
    await load([open])
    expect(await newEvents(() => load([closed]))).toContain(`task.closed ${LATER}`)
    expect(await task('x-1')).toMatchObject({ status: 'closed', closeReason: 'Done', closedAt: LATER })
    const anew = { ...closed, close_reason: 'Really done' }
    expect(await newEvents(() => load([anew]))).toEqual([`task.reopened ${LATER}`, `task.closed ${LATER}`])
    expect(await newEvents(() => load([{ ...open, updated_at: LATER }]))).toEqual([`task.reopened ${LATER}`])
    // An older state no longer takes anything back, so these are as new as what was imported before.
    const blocked = issue('x-1', { status: 'blocked', updated_at: LATER })
    expect(await newEvents(() => load([blocked]))).toEqual([`task.held ${LATER}`])
    expect(await newEvents(() => load([{ ...blocked, status: 'deferred' }]))).toEqual([
      `label.added ${LATER}`,
      `task.unheld ${LATER}`,
      `task.held ${LATER}`,
    ])
    expect(await newEvents(() => load([closed]))).toEqual([`label.removed ${LATER}`, `task.closed ${LATER}`])
  })

  test('comments, dependencies and issues that are new, and dependencies that are gone', async () => {
    const comment = { id: 1, author: 'ada', text: 'first', created_at: CREATED }
    await load([issue('x-1', { comments: [comment], dependencies: [on('x-2')] }), issue('x-2')])
    const second = { ...comment, id: 9, text: 'other' }
    // Another copy of the project numbers the same comment otherwise, and has it on another line.
    const result = await load([
      issue('x-3'),
      issue('x-1', { comments: [second, { ...comment, id: 2 }], dependencies: [on('x-2', 'related'), on('x-3')] }),
      issue('x-2'),
    ])
    expect(result).toMatchObject({
      imported: { tasks: 1, comments: 1, relations: 2 },
      removed: { relations: 1 },
      updated: 1,
      unchanged: 1,
    })
    const { id } = await task('x-1')
    expect((await tracker.tasks.comments(id)).map(({ body }) => body)).toEqual(['first', 'other'])
    const { items } = await tracker.relations.list(id, { direction: 'out', kind: ['blocked_by', 'related'] })
    expect(items.map(({ kind, target }) => [kind, target])).toEqual([
      ['related', (await task('x-2')).id],
      ['blocked_by', (await task('x-3')).id],
    ])
  })

  test('another parent, another gate, no parent', async () => {
    const rest = [issue('x-2'), issue('x-3')]
    await load([issue('x-1', { dependencies: [on('x-2', 'parent-child'), on('x-3')] }), ...rest])
    await load([issue('x-1', { dependencies: [on('x-3', 'parent-child'), on('x-2', 'conditional-blocks')] }), ...rest])
    const { id, parent } = await task('x-1')
    expect(parent).toBe((await task('x-3')).id)
    expect((await tracker.relations.list(id, { kind: 'blocked_by' })).items).toMatchObject([
      { target: (await task('x-2')).id, gate: 'failed' },
    ])
    await load([issue('x-1', { dependencies: [on('x-2')] }), ...rest])
    expect((await task('x-1')).parent).toBeUndefined()
    expect((await tracker.relations.list(id, { kind: 'blocked_by' })).items).toMatchObject([{ gate: 'closed' }])
  })

  test('an issue that was deleted is closed as cancelled; one that is missing is left alone', async () => {
    await load([issue('x-1'), issue('x-2'), issue('x-3', { status: 'closed', closed_at: LATER })])
    const tombstone = { status: 'tombstone', deleted_at: LATER, deleted_by: 'ben', delete_reason: 'twice' }
    const rows = [issue('x-1', tombstone), issue('x-3', tombstone)]
    expect(await load(rows)).toMatchObject({ tombstones: 2, updated: 1 })
    expect(await task('x-1')).toMatchObject({
      outcome: 'cancelled',
      closeReason: 'Deleted in Beads: twice',
      closedAt: LATER,
    })
    expect(await task('x-2')).toMatchObject({ status: 'open' })
    expect(await task('x-3')).toMatchObject({ outcome: 'completed' })
    expect(await newEvents(() => load(rows))).toEqual([])
  })
})

test('what was added here stays: labels, relations, references, comments', async () => {
  const rows = [issue('x-1', { labels: ['a'] }), issue('x-2')]
  await load(rows)
  const [one, two] = [await task('x-1'), await task('x-2')]
  const ours = await tracker.tasks.create({ title: 'Ours' })
  await tracker.tasks.addLabel(one.id, 'ours')
  await tracker.tasks.addComment(one.id, { body: 'ours' })
  await tracker.relations.add(one.id, 'blocked_by', two.id)
  await tracker.relations.add(ours.id, 'discovered_from', two.id)
  await tracker.tasks.update(two.id, {
    parent: ours.id,
    externalRefs: [...two.externalRefs, { system: 'wiki', id: 'W' }],
  })
  let result: BeadsImportResult | undefined
  expect(await newEvents(async () => (result = await load(rows)))).toEqual([])
  expect(result!.warnings.map(({ kind, id }) => [kind, id])).toEqual([
    ['kept', 'x-1'],
    ['kept', 'x-1'],
  ])
})

test('a status change is written once, however often its audit trail is imported', async () => {
  const event = (id: number, status: string, at: string) => ({
    id,
    issue_id: 'x-1',
    event_type: 'status_changed',
    actor: 'ada',
    new_value: JSON.stringify({ status }),
    created_at: at,
  })
  const first = event(1, 'in_progress', '2026-01-06T00:00:00.000Z')
  write(issue('x-1', { status: 'in_progress' }))
  writeFileSync(join(folder, 'events.jsonl'), `${JSON.stringify(first)}\n`)
  expect(await newEvents(() => importBeads(tracker, folder))).toContain('task.updated 2026-01-06T00:00:00.000Z')
  expect(await newEvents(() => importBeads(tracker, folder))).toEqual([])
  write(issue('x-1', { status: 'closed', closed_at: LATER }))
  const more = [
    first,
    event(2, 'open', '2026-01-07T00:00:00.000Z'),
    event(3, 'in_progress', '2026-01-08T00:00:00.000Z'),
  ]
  writeFileSync(join(folder, 'events.jsonl'), more.map((row) => JSON.stringify(row)).join('\n'))
  expect((await newEvents(() => importBeads(tracker, folder))).filter((type) => type.startsWith('task.'))).toEqual([
    'task.updated 2026-01-07T00:00:00.000Z',
    'task.updated 2026-01-08T00:00:00.000Z',
    `task.closed ${LATER}`,
  ])
  expect(await newEvents(() => importBeads(tracker, folder))).toEqual([])
  write(issue('x-1', { status: 'in_progress', updated_at: '2026-02-02T00:00:00.000Z' }))
  expect(await newEvents(() => importBeads(tracker, folder))).toEqual([
    'task.reopened 2026-02-02T00:00:00.000Z',
    'task.updated 2026-02-02T00:00:00.000Z',
  ])
  expect(await task('x-1')).toMatchObject({ status: 'in_progress' })
})

test('two projects with the same ids are kept apart by a namespace each', async () => {
  const path = write(issue('x-1'))
  await importBeads(tracker, path)
  expect(await importBeads(tracker, path, { namespace: 'urn:other' })).toMatchObject({ imported: { tasks: 1 } })
  const { items } = await tracker.tasks.list()
  expect(items.map(({ namespace }) => namespace)).toEqual(['https://example.org/x', 'urn:other'])
})

// More than are written in one go.
const many = Array.from({ length: 700 }, (_, n) =>
  issue(`x-${n}`, {
    status: n % 3 === 0 ? 'closed' : 'in_progress',
    closed_at: n % 3 === 0 ? LATER : undefined,
    labels: [`l${n % 7}`],
    comments: [{ author: 'ada', text: `about ${n}`, created_at: CREATED }],
    dependencies: [
      ...(n % 5 === 0 ? [] : [on(`x-${n - 1}`)]),
      ...(n < 20 ? [] : [on(`x-${n % 20}`, 'parent-child'), on(`x-${n - 20}`, 'related')]),
    ],
  }),
)

test.each(['agents', 'tasks', 'relations', 'comments', 'status'])(
  'an import that ends in the phase %s is completed by the same import',
  async (phase) => {
    const path = write(...many)
    const onProgress = (progress: BeadsImportProgress) => {
      if (progress.phase === phase) throw new Error('enough')
    }
    await expect(importBeads(tracker, path, { onProgress })).rejects.toThrow('enough')
    await importBeads(tracker, path)
    expect(await state(tracker)).toEqual(await wholeState(path))
  },
)

test('two imports of one source at the same time make nothing twice', async () => {
  const path = write(...many)
  const other = await openTracker({ path: join(folder, 'work.db') })
  await Promise.all([importBeads(tracker, path), importBeads(other, path)])
  expect(await state(tracker)).toEqual(await wholeState(path))
  expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  expect(await newEvents(() => importBeads(tracker, path))).toEqual([])
  await other.close()
})

test('eight imports that find an empty record make every agent once', async () => {
  const path = write(issue('x-1', { owner: 'ben' }), issue('x-2', { created_by: 'beads/crew/cleo' }))
  const others = await Promise.all(Array.from({ length: 7 }, () => openTracker({ path: join(folder, 'work.db') })))
  await Promise.all([tracker, ...others].map((each) => importBeads(each, path)))
  const { items } = await tracker.agents.list()
  expect(items.map(({ name }) => name).sort()).toEqual(['ada', 'beads/crew/cleo', 'ben', 'provtrail'])
  for (const other of others) await other.close()
})

test('progress goes through the phases, and each ends with all done', async () => {
  const seen: BeadsImportProgress[] = []
  await importBeads(tracker, write(...many), { onProgress: (progress) => seen.push(progress) })
  const phases = [...new Set(seen.map(({ phase }) => phase))]
  expect(phases).toEqual(['read', 'compare', 'agents', 'tasks', 'relations', 'comments', 'status'])
  for (const phase of phases) {
    const steps = seen.filter((progress) => progress.phase === phase)
    expect(steps.at(-1)!.done).toBe(steps.at(-1)!.total)
    expect(steps.map(({ done }) => done)).toEqual(steps.map(({ done }) => done).toSorted((a, b) => a - b))
  }
})

let whole: Awaited<ReturnType<typeof state>> | undefined

/** The state after one import of `many` that nothing disturbs. */
async function wholeState(path: string) {
  if (whole !== undefined) return whole
  const undisturbed = await openTracker({ path: ':memory:', namespace: 'https://example.org/x' })
  await importBeads(undisturbed, path)
  whole = await state(undisturbed)
  await undisturbed.close()
  return whole
}

/** Tasks, and what hangs on them, without revisions, which count the writes. */
async function state(of: Tracker) {
  const tasks = []
  let cursor: string | undefined
  do {
    const page = await of.tasks.list({ limit: 1000, ...(cursor === undefined ? {} : { cursor }) })
    for (const { revision, updatedAt, ...task } of page.items) {
      const relations = (await of.relations.list(task.id, { direction: 'out', limit: 1000 })).items
      tasks.push({
        ...task,
        comments: await of.tasks.comments(task.id),
        relations: relations.map((r) => JSON.stringify(r)).sort(),
      })
    }
    cursor = page.nextCursor
  } while (cursor !== undefined)
  const agents = (await of.agents.list({ limit: 1000 })).items.map(({ id, kind, name }) => `${kind} ${name} ${id}`)
  return { tasks: tasks.sort((a, b) => (a.id < b.id ? -1 : 1)), agents: agents.sort() }
}

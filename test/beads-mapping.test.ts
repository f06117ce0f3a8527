import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type BeadsImportResult, importBeads, openTracker, type Task, type Tracker } from '../src/index.js'

const CREATED = '2026-01-05T09:00:00Z'
const UPDATED = '2026-01-06T09:00:00.123456-08:00'
const UPDATED_UTC = '2026-01-06T17:00:00.123Z'

let folder: string
let tracker: Tracker

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'provtrail-beads-'))
  tracker = await openTracker({ path: join(folder, 'work.db'), namespace: 'https://example.org/x' })
})
afterEach(async () => {
  await tracker.close()
  rmSync(folder, { recursive: true, force: true })
})

/** An issue as Beads writes it. */
function issue(id: string, fields: object = {}) {
  return {
    id,
    title: `Title of ${id}`,
    status: 'open',
    priority: 2,
    issue_type: 'task',
    created_at: CREATED,
    updated_at: UPDATED,
    ...fields,
  }
}

function write(name: string, rows: readonly object[]): string {
  const path = join(folder, name)
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return path
}

function load(...rows: object[]): Promise<BeadsImportResult> {
  return importBeads(tracker, write('issues.jsonl', rows))
}

async function task(id: string): Promise<Task> {
  return (await tracker.tasks.findByExternalRef('beads', id))!
}

describe('status', () => {
  test.each([
    ['open', 'open', undefined],
    ['in_progress', 'in_progress', undefined],
    ['in_review', 'in_review', undefined],
    ['blocked', 'blocked', undefined],
    ['closed', 'closed', undefined],
    ['hooked', 'in_progress', 'beads:status:hooked'],
    ['deferred', 'blocked', 'beads:status:deferred'],
    ['pinned', 'blocked', 'beads:status:pinned'],
    ['awaiting-parts', 'open', 'beads:status:awaiting-parts'],
  ])('%s becomes %s', async (word, status, label) => {
    const result = await load(issue('x-1', { status: word, ...(word === 'closed' ? { closed_at: UPDATED } : {}) }))
    expect(await task('x-1')).toMatchObject({ status, labels: label === undefined ? [] : [label] })
    const unmapped = result.unmapped.filter(({ kind }) => kind === 'status')
    expect(unmapped).toEqual(
      label === undefined
        ? []
        : [{ kind: 'status', value: word, became: `${status}, label ${label}`, count: 1, ids: ['x-1'] }],
    )
  })

  test('a hold says why', async () => {
    await load(
      issue('x-1', { status: 'blocked' }),
      issue('x-2', { status: 'deferred', defer_until: '2026-09-01T00:00:00Z' }),
    )
    expect((await task('x-1')).holdReason).toBe('Blocked in Beads')
    expect(await task('x-2')).toMatchObject({
      holdReason: 'deferred in Beads',
      notes: '## Beads\n\n- defer_until: 2026-09-01T00:00:00Z',
    })
  })

  test('a closed issue keeps when and why it was closed', async () => {
    await load(issue('x-1', { status: 'closed', closed_at: '2026-01-05T10:00:00.5+02:00', close_reason: 'Done' }))
    expect(await task('x-1')).toMatchObject({
      closedAt: '2026-01-05T08:00:00.500Z',
      closeReason: 'Done',
      outcome: 'completed',
    })
  })

  test('a tombstone is counted and not imported', async () => {
    const result = await load(issue('x-1', { status: 'tombstone' }), issue('x-2'))
    expect(result).toMatchObject({ tombstones: 1, imported: { tasks: 1 }, read: { issues: 2 } })
    expect(await tracker.tasks.findByExternalRef('beads', 'x-1')).toBeUndefined()
  })
})

describe('type and priority', () => {
  test.each([
    ['bug', 'bug', undefined],
    ['feature', 'feature', undefined],
    ['task', 'task', undefined],
    ['epic', 'epic', undefined],
    ['chore', 'chore', undefined],
    ['', 'task', undefined],
    ['molecule', 'epic', 'beads:type:molecule'],
    ['story', 'feature', 'beads:type:story'],
    ['merge-request', 'task', 'beads:type:merge-request'],
    ['whatever', 'task', 'beads:type:whatever'],
  ])('the type %j becomes %s', async (word, type, label) => {
    await load(issue('x-1', { issue_type: word }))
    expect(await task('x-1')).toMatchObject({ type, labels: label === undefined ? [] : [label] })
  })

  test('a type that the vocabulary of the file has stays', async () => {
    const own = await openTracker({ path: ':memory:', namespace: 'x', vocabulary: { taskTypes: ['molecule', 'job'] } })
    await importBeads(
      own,
      write('issues.jsonl', [issue('x-1', { issue_type: 'molecule' }), issue('x-2', { issue_type: 'bug' })]),
    )
    expect(await own.tasks.findByExternalRef('beads', 'x-1')).toMatchObject({ type: 'molecule', labels: [] })
    expect(await own.tasks.findByExternalRef('beads', 'x-2')).toMatchObject({
      type: 'molecule',
      labels: ['beads:type:bug'],
    })
    await own.close()
  })

  test.each([
    [0, 'critical'],
    [1, 'high'],
    [2, 'medium'],
    [3, 'low'],
    [4, 'backlog'],
  ])('priority %d becomes %s', async (priority, word) => {
    const result = await load(issue('x-1', { priority }))
    expect((await task('x-1')).priority).toBe(word)
    expect(result.unmapped.filter(({ kind }) => kind === 'priority')).toEqual([])
  })

  test.each([7, -1, 1.5, 'high', null])('priority %j becomes medium, and is counted', async (priority) => {
    const result = await load(issue('x-1', { priority }))
    expect((await task('x-1')).priority).toBe('medium')
    expect(result.unmapped).toContainEqual(
      expect.objectContaining({ kind: 'priority', became: 'medium', ids: ['x-1'] }),
    )
  })
})

describe('dependencies', () => {
  const depending = (type: string, rest: object = {}) =>
    issue('x-1', {
      dependencies: [{ issue_id: 'x-1', depends_on_id: 'x-2', type, created_at: UPDATED, created_by: 'ada', ...rest }],
    })

  test.each([
    ['blocks', 'x-1', 'blocked_by', 'x-2', 'closed', false],
    ['', 'x-1', 'blocked_by', 'x-2', 'closed', false],
    ['conditional-blocks', 'x-1', 'blocked_by', 'x-2', 'failed', false],
    ['waits-for', 'x-1', 'blocked_by', 'x-2', 'closed', true],
    ['parent-child', 'x-1', 'parent', 'x-2', undefined, false],
    ['discovered-from', 'x-1', 'discovered_from', 'x-2', undefined, false],
    ['supersedes', 'x-2', 'supersedes', 'x-1', undefined, false],
    ['duplicates', 'x-1', 'duplicate_of', 'x-2', undefined, false],
    ['related', 'x-1', 'related', 'x-2', undefined, false],
    ['relates-to', 'x-1', 'related', 'x-2', undefined, false],
    ['replies-to', 'x-1', 'related', 'x-2', undefined, true],
    ['tracks', 'x-1', 'related', 'x-2', undefined, true],
  ])('%j becomes %s %s %s', async (type, source, kind, target, gate, isNearest) => {
    const result = await load(depending(type), issue('x-2'))
    const { items } = await tracker.relations.list((await task('x-1')).id, { kind: kind as 'related' })
    expect(items).toEqual([
      {
        source: (await task(source)).id,
        kind,
        target: (await task(target)).id,
        createdAt: UPDATED_UTC,
        ...(gate && { gate }),
      },
    ])
    const unmapped = result.unmapped.filter((entry) => entry.kind === 'dependency')
    expect(unmapped).toEqual(
      isNearest ? [{ kind: 'dependency', value: type, became: kind, count: 1, ids: ['x-1'] }] : [],
    )
  })

  test('a superseded issue leaves the ready ones, and the one that supersedes it stays', async () => {
    await load(depending('supersedes'), issue('x-2'))
    expect((await tracker.tasks.ready()).items.map(({ id }) => id)).toEqual([(await task('x-2')).id])
  })

  test('to nowhere, to a tombstone and to itself are left out, each with a reason', async () => {
    const dependencies = ['nowhere', 'x-3', 'x-1'].map((id) => ({ depends_on_id: id, type: 'blocks' }))
    const result = await load(issue('x-1', { dependencies }), issue('x-3', { status: 'tombstone' }))
    expect(result.skipped.map(({ kind, id, line, reason }) => [kind, id, line, reason])).toEqual([
      ['dependency', 'x-1', 1, 'x-1 blocks nowhere: the source has no issue nowhere'],
      ['dependency', 'x-1', 1, 'x-1 blocks x-3: x-3 is a tombstone'],
      ['dependency', 'x-1', 1, 'x-1 blocks x-1: an issue cannot depend on itself'],
    ])
  })

  test('the same one twice is one relation, and a warning', async () => {
    const dependencies = ['related', 'relates-to'].map((type) => ({ depends_on_id: 'x-2', type, created_at: UPDATED }))
    const result = await load(issue('x-1', { dependencies }), issue('x-2'))
    expect(result.imported.relations).toBe(1)
    expect(result.warnings).toMatchObject([{ kind: 'duplicate', id: 'x-1' }])
  })

  test('a parent that is named beside the dependencies is one, and counts once', async () => {
    const child = issue('x-1', { parent: 'x-2' })
    const both = issue('x-3', {
      parent: 'x-2',
      dependencies: [{ depends_on_id: 'x-2', type: 'parent-child', created_at: UPDATED }],
    })
    const result = await load(child, issue('x-2'), both)
    expect(result).toMatchObject({ read: { dependencies: 2 }, imported: { relations: 2 } })
    for (const id of ['x-1', 'x-3']) expect((await task(id)).parent).toBe((await task('x-2')).id)
  })

  test('what else a dependency holds is counted', async () => {
    const result = await load(depending('blocks', { metadata: '{"gate":"any-children"}', thread_id: '' }), issue('x-2'))
    expect(result.unmapped).toContainEqual({
      kind: 'field',
      value: 'dependencies.metadata',
      became: 'not kept',
      count: 1,
      ids: ['x-1'],
    })
  })
})

describe('agents', () => {
  test.each([
    ['ada@example.org', 'human'],
    ['person-887cab', 'human'],
    ['Ada Lovelace', 'human'],
    ['agatha', 'human'],
    ['beads/crew/emma', 'software'],
    ['gastown/polecats/nux', 'software'],
    ['worker-2', 'software'],
    ['mayor', 'software'],
    ['dependabot[bot]', 'software'],
    ['release-bot', 'software'],
    ['import-remap', 'software'],
  ])('%s is %s', async (name, kind) => {
    await load(issue('x-1', { created_by: name }))
    const agents = (await tracker.agents.list()).items
    expect(agents.find((agent) => agent.name === name)).toMatchObject({
      kind,
      ...(name.includes('@') && { contact: name }),
    })
  })

  test('every event names the agent who brought it about, at the time at which it was so', async () => {
    await load(
      issue('x-1', {
        created_by: 'ada',
        dependencies: [{ depends_on_id: 'x-2', type: 'blocks', created_by: 'ben', created_at: UPDATED }],
        comments: [{ id: 1, author: 'cleo', text: 'Why?', created_at: UPDATED }],
      }),
      issue('x-2', { status: 'closed', closed_at: UPDATED }),
    )
    const names = new Map((await tracker.agents.list()).items.map(({ id, name }) => [id, name]))
    const { items } = await tracker.log.events({
      type: ['task.created', 'relation.added', 'comment.added', 'task.closed'],
    })
    expect(items.map(({ type, actor, at }) => [type, names.get(actor), at])).toEqual([
      ['task.created', 'ada', '2026-01-05T09:00:00.000Z'],
      ['task.created', 'beads', '2026-01-05T09:00:00.000Z'],
      ['relation.added', 'ben', UPDATED_UTC],
      ['comment.added', 'cleo', UPDATED_UTC],
      ['task.closed', 'beads', UPDATED_UTC],
    ])
    expect(await tracker.tasks.comments((await task('x-1')).id)).toMatchObject([
      { body: 'Why?', createdAt: UPDATED_UTC },
    ])
  })

  test('an agent that is registered already is used again', async () => {
    const ada = await tracker.agents.registerHuman({ name: 'ada@example.org', contact: 'ada@example.org' })
    const result = await load(issue('x-1', { owner: 'ada@example.org' }))
    expect((await task('x-1')).owner).toBe(ada.id)
    // The other one is `beads`, who made the issue.
    expect(result.imported.agents).toBe(1)
    const head = await tracker.log.head()
    await load(issue('x-1', { owner: 'ada@example.org' }))
    expect(await tracker.log.head()).toEqual(head)
  })

  test('the assignee owns the task, and another owner is kept as a label', async () => {
    const result = await load(
      issue('x-1', { assignee: 'gull', owner: 'ada@example.org' }),
      issue('x-2', { assignee: 'gull', owner: 'gull' }),
    )
    const { owner, labels } = await task('x-1')
    expect(await tracker.agents.get(owner!)).toMatchObject({ name: 'gull' })
    expect(labels).toEqual(['beads:owner:ada@example.org'])
    expect(result.unmapped).toContainEqual(expect.objectContaining({ kind: 'field', value: 'owner', ids: ['x-1'] }))
  })
})

describe('the other fields', () => {
  test.each([
    ['gh-123', { system: 'github', id: '123' }],
    ['jira-ABC-7', { system: 'jira', id: 'ABC-7' }],
    [
      'https://example.com/spec.md',
      { system: 'url', id: 'https://example.com/spec.md', url: 'https://example.com/spec.md' },
    ],
    ['TICKET 9', { system: 'external', id: 'TICKET 9' }],
  ])('the external reference %s is kept by its form', async (text, ref) => {
    await load(issue('x-1', { external_ref: text }))
    expect((await task('x-1')).externalRefs).toContainEqual(ref)
  })

  test('design and acceptance criteria are sections of the notes, and a field that nobody knows is a line in them', async () => {
    const result = await load(
      issue('x-1', {
        notes: 'Mind the gap.',
        design: 'Two parts.',
        acceptance_criteria: '- it works',
        estimated_minutes: 90,
        metadata: { files: ['a.ts'] },
        surprise: 'two\nlines',
        payload: '',
        pinned: false,
        waiters: [],
      }),
    )
    expect((await task('x-1')).notes).toBe(
      'Mind the gap.\n\n## Design\n\nTwo parts.\n\n## Acceptance criteria\n\n- it works\n\n' +
        '## Beads\n\n- estimated_minutes: 90\n- metadata: {"files":["a.ts"]}\n- surprise: "two\\nlines"',
    )
    const fields = result.unmapped.filter(({ kind, value }) => kind === 'field' && value !== 'updated_at')
    expect(fields).toEqual(
      ['estimated_minutes', 'metadata', 'surprise'].map((value) => ({
        kind: 'field',
        value,
        became: 'a line in the notes',
        count: 1,
        ids: ['x-1'],
      })),
    )
  })

  test('flags become labels, and a known field of the wrong type is not lost', async () => {
    const result = await load(issue('x-1', { ephemeral: 1, is_template: true, description: ['a', 'b'] }))
    expect(await task('x-1')).toMatchObject({
      labels: ['beads:ephemeral', 'beads:is_template'],
      description: '',
      notes: '## Beads\n\n- description: ["a","b"]',
    })
    expect(result.unmapped.map(({ value }) => value)).toContain('description')
  })

  test('an update without a trace is counted', async () => {
    const result = await load(issue('x-1'), issue('x-2', { status: 'in_progress' }))
    expect(result.unmapped).toEqual([expect.objectContaining({ kind: 'field', value: 'updated_at', ids: ['x-1'] })])
    expect((await task('x-2')).updatedAt).toBe(UPDATED_UTC)
  })
})

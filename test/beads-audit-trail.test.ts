import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { importBeads, openTracker, type Task, type Tracker } from '../src/index.js'

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

async function task(id: string): Promise<Task> {
  return (await tracker.tasks.findByExternalRef('beads', id))!
}

test('the audit trail gives statuses, labels and closings their time and doer, and what it cannot give is counted', async () => {
  write('issues.jsonl', [issue('x-1', { status: 'closed', closed_at: UPDATED, close_reason: 'Done' })])
  write('labels.jsonl', [{ issue_id: 'x-1', label: 'web' }])
  const event = (id: number, type: string, time: string, rest: object) => ({
    id,
    issue_id: 'x-1',
    event_type: type,
    actor: `actor${id}`,
    created_at: time,
    old_value: null,
    new_value: null,
    comment: null,
    ...rest,
  })
  write('events.jsonl', [
    event(1, 'created', CREATED, {}),
    event(2, 'label_added', '2026-01-05T10:00:00Z', { comment: 'Added label: web' }),
    event(3, 'status_changed', '2026-01-05T11:00:00Z', { new_value: '{"status":"in_progress"}' }),
    event(4, 'status_changed', '2026-01-05T12:00:00Z', { new_value: '{"status":"in_progress","assignee":"b"}' }),
    event(5, 'closed', UPDATED, { new_value: 'Done' }),
    event(6, 'renamed', UPDATED, { new_value: 'x' }),
    { ...event(7, 'created', CREATED, {}), issue_id: 'nowhere' },
  ])
  const result = await importBeads(tracker, folder)
  const names = new Map((await tracker.agents.list()).items.map(({ id, name }) => [id, name]))
  const { items } = await tracker.log.events({ subject: (await task('x-1')).id })
  expect(items.map(({ type, actor, at }) => [type, names.get(actor), at])).toEqual([
    ['task.created', 'actor1', '2026-01-05T09:00:00.000Z'],
    ['label.added', 'actor2', '2026-01-05T10:00:00.000Z'],
    ['task.updated', 'actor3', '2026-01-05T11:00:00.000Z'],
    ['task.closed', 'actor5', UPDATED_UTC],
  ])
  expect(result.unmapped.filter(({ kind }) => kind === 'event').map(({ value, became }) => [value, became])).toEqual([
    ['renamed', 'not kept: the issue is imported as it is now'],
    ['status_changed', 'nothing: it had that status already'],
    ['status_changed', 'the status alone: the rest is imported as it is now'],
  ])
  expect(result.skipped).toMatchObject([{ kind: 'event', id: 'nowhere', line: 7 }])
  const head = await tracker.log.head()
  await importBeads(tracker, folder)
  expect(await tracker.log.head()).toEqual(head)
})

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importBeads, openTracker, type Tracker } from '../src/index.js'

const DATA = resolve(process.env.PROVTRAIL_DATA ?? '../shared/data', 'beads')
const isThere = existsSync(DATA)
if (!isThere && process.env.PROVTRAIL_DATA_REQUIRED === '1') throw new Error(`the test data is missing: ${DATA}`)
if (!isThere) console.warn(`skipped, as the test data is missing: ${DATA}`)

interface RawIssue {
  readonly id: string
  readonly status: string
  readonly priority: number
  readonly issue_type: string
  readonly created_at: string
  readonly closed_at?: string
  readonly created_by?: string
  readonly assignee?: string | null
  readonly owner?: string
  readonly labels?: readonly string[]
  readonly comments?: readonly { readonly author: string }[]
  readonly dependencies?: readonly RawDependency[]
}

interface RawDependency {
  readonly issue_id: string
  readonly depends_on_id: string
  readonly type: string
  readonly created_by: string
}

function readRaw<Row>(path: string): Row[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row)
}

/** Nanoseconds since 1970. */
function instant(time: string): bigint {
  const [, seconds, fraction = '', zone] = /^(.{19})(?:\.(\d+))?(.*)$/.exec(time)!
  return BigInt(Date.parse(`${seconds}${zone}`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

function tally(words: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

async function countTasks(tracker: Tracker, filter: Parameters<Tracker['tasks']['list']>[0]): Promise<number> {
  return (await tracker.tasks.list({ ...filter, limit: 1 })).total
}

const folder = mkdtempSync(join(tmpdir(), 'provtrail-beads-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function open(name: string): Promise<Tracker> {
  return openTracker({ path: join(folder, name), namespace: 'https://example.org/beads', durability: 'normal' })
}

describe.skipIf(!isThere)('one file, dependencies and comments inside of each issue: the Beads project itself', () => {
  const source = join(DATA, 'beads', 'issues.jsonl')
  let tracker: Tracker
  let result: Awaited<ReturnType<typeof importBeads>>
  let dry: Awaited<ReturnType<typeof importBeads>>
  let tookMs = 0
  let raw: RawIssue[] = []
  let alive: RawIssue[] = []
  let dependencies: RawDependency[] = []

  beforeAll(async () => {
    raw = readRaw<RawIssue>(source)
    alive = raw.filter(({ status }) => status !== 'tombstone')
    const ids = new Set(alive.map(({ id }) => id))
    dependencies = alive.flatMap((issue) => issue.dependencies ?? []).filter(({ depends_on_id: id }) => ids.has(id))
    tracker = await open('beads.db')
    dry = await importBeads(tracker, source, { dryRun: true })
    expect(await tracker.log.head()).toMatchObject({ seq: 0 })
    const startedAt = performance.now()
    result = await importBeads(tracker, source)
    tookMs = performance.now() - startedAt
  })
  afterAll(() => tracker.close())

  test('takes seconds', () => {
    expect(tookMs).toBeLessThan(30_000)
  })

  test('imports every issue that is no tombstone', async () => {
    expect(raw).toHaveLength(3003)
    expect(result.read.issues).toBe(raw.length)
    expect(result.tombstones).toBe(raw.length - alive.length)
    expect(result.imported.tasks).toBe(alive.length)
    expect(await countTasks(tracker, {})).toBe(alive.length)
  })

  test('keeps status, priority and type, and a label for each word without a counterpart', async () => {
    const statuses = tally(alive.map(({ status }) => status))
    expect(await countTasks(tracker, { status: 'closed' })).toBe(statuses.closed)
    expect(await countTasks(tracker, { status: 'open' })).toBe(statuses.open)
    expect(await countTasks(tracker, { status: 'in_progress' })).toBe(statuses.hooked)
    expect(await countTasks(tracker, { labelsAll: ['beads:status:hooked'] })).toBe(statuses.hooked)
    for (const [number, priority] of (['critical', 'high', 'medium', 'low', 'backlog'] as const).entries()) {
      expect(await countTasks(tracker, { priority })).toBe(alive.filter((issue) => issue.priority === number).length)
    }
    const types = tally(alive.map((issue) => issue.issue_type))
    for (const type of ['bug', 'feature', 'chore']) expect(await countTasks(tracker, { type })).toBe(types[type])
    expect(await countTasks(tracker, { type: 'epic' })).toBe(types.epic! + types.molecule!)
    const foreign = Object.entries(types).filter(
      ([type]) => !['bug', 'feature', 'task', 'epic', 'chore'].includes(type),
    )
    const unmapped = result.unmapped.filter(({ kind }) => kind === 'type')
    expect(Object.fromEntries(unmapped.map(({ value, count }) => [value, count]))).toEqual(Object.fromEntries(foreign))
    for (const [type, count] of foreign) {
      expect(await countTasks(tracker, { labelsAll: [`beads:type:${type}`] })).toBe(count)
    }
  })

  test('imports every dependency between issues that are imported, and says why it leaves out the others', async () => {
    const all = raw.flatMap((issue) => issue.dependencies ?? [])
    const skipped = result.skipped.filter(({ kind }) => kind === 'dependency')
    expect(result.read.dependencies).toBe(all.length)
    expect(result.imported.relations).toBe(dependencies.length)
    expect(skipped).toHaveLength(all.length - dependencies.length)
    for (const { reason } of skipped) expect(reason).toMatch(/is a tombstone$/)
    const kinds = tally((await relations(tracker)).map(({ kind }) => kind))
    const types = tally(dependencies.map(({ type }) => type))
    const children = new Set(dependencies.filter(({ type }) => type === 'parent-child').map((d) => d.issue_id))
    const secondParents = types['parent-child']! - children.size
    expect(secondParents).toBe(4)
    expect(kinds).toEqual({
      blocked_by: types.blocks,
      parent: children.size,
      discovered_from: types['discovered-from'],
      related: types.related! + types['relates-to']! + secondParents,
    })
    expect(result.unmapped).toContainEqual(
      expect.objectContaining({ kind: 'dependency', value: 'parent-child', count: 4 }),
    )
  })

  test('gives a child with two parents the one that its id names', async () => {
    const child = (await tracker.tasks.findByExternalRef('beads', 'bd-u2sc.3'))!
    const parent = (await tracker.tasks.findByExternalRef('beads', 'bd-u2sc'))!
    const other = (await tracker.tasks.findByExternalRef('beads', 'bd-iz5t'))!
    expect(child.parent).toBe(parent.id)
    const related = await tracker.relations.list(child.id, { kind: 'related', direction: 'out' })
    expect(related.items.map(({ target }) => target)).toContain(other.id)
  })

  test('imports labels, comments and agents', async () => {
    const labels = alive.flatMap((issue) => issue.labels ?? [])
    expect(result.imported.labels).toBe(labels.length)
    for (const [label, count] of Object.entries(tally(labels))) {
      expect(await countTasks(tracker, { labelsAll: [label] })).toBe(count)
    }
    expect(result.imported.comments).toBe(alive.flatMap((issue) => issue.comments ?? []).length)
    const names = new Set<string>(['beads'])
    for (const { created_by, assignee, owner, comments } of alive) {
      for (const name of [created_by, assignee || owner, ...(comments ?? []).map(({ author }) => author)]) {
        if (name) names.add(name)
      }
    }
    for (const { created_by: name } of dependencies) names.add(name)
    const agents = (await tracker.agents.list({ limit: 1000 })).items
    expect(new Set(agents.map(({ name }) => name))).toEqual(names.add('provtrail'))
    const kinds = Object.fromEntries(agents.map((agent) => [agent.name, agent.kind]))
    expect(kinds).toMatchObject({
      'beads/crew/emma': 'software',
      mayor: 'software',
      daemon: 'software',
      'ai-supervisor': 'software',
      'person-ba4ae6': 'human',
      'person-35be22@example.org': 'human',
      alice: 'human',
    })
  })

  test('warns of each of the 119 issues that close before they are created, and keeps their times', async () => {
    const odd = alive.filter((issue) => issue.closed_at && instant(issue.closed_at) < instant(issue.created_at))
    expect(odd).toHaveLength(119)
    const warned = result.warnings.filter(({ reason }) => reason.startsWith('it was closed at'))
    expect(new Set(warned.map(({ id }) => id))).toEqual(new Set(odd.map(({ id }) => id)))
    for (const issue of odd) {
      const task = (await tracker.tasks.findByExternalRef('beads', issue.id))!
      expect([task.createdAt, task.closedAt]).toEqual([issue.created_at, issue.closed_at].map(toUtc))
    }
  })

  test('keeps the instant of every creation and closing', async () => {
    const timesById = new Map(alive.map((issue) => [issue.id, [issue.created_at, issue.closed_at].map(toUtc)]))
    let cursor: string | undefined
    do {
      const page = await tracker.tasks.list({ limit: 1000, ...(cursor === undefined ? {} : { cursor }) })
      for (const { externalRefs, createdAt, closedAt } of page.items) {
        expect([createdAt, closedAt]).toEqual(timesById.get(externalRefs.find(({ system }) => system === 'beads')!.id))
      }
      cursor = page.nextCursor
    } while (cursor !== undefined)
  })

  test('a dry run before it said the same', () => {
    expect(dry).toEqual({ ...result, dryRun: true })
  })

  test('importing again writes nothing, and the log holds', async () => {
    const head = await tracker.log.head()
    const again = await importBeads(tracker, source)
    expect(await tracker.log.head()).toEqual(head)
    expect(again).toMatchObject({ updated: 0, unchanged: alive.length, removed: { labels: 0, relations: 0 } })
    expect(new Set(Object.values(again.imported))).toEqual(new Set([0]))
    expect(again.unmapped).toEqual(result.unmapped)
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: head.seq })
  })

  test('the same source gives the same events in the same order', async () => {
    const other = await open('beads-again.db')
    await importBeads(other, source)
    expect(await history(other)).toEqual(await history(tracker))
    await other.close()
  })
})

describe.skipIf(!isThere)('one file a table: a Go project', () => {
  const source = join(DATA, 'provenance')
  let tracker: Tracker
  let result: Awaited<ReturnType<typeof importBeads>>
  let dry: Awaited<ReturnType<typeof importBeads>>

  beforeAll(async () => {
    tracker = await open('provenance.db')
    dry = await importBeads(tracker, source, { dryRun: true })
    result = await importBeads(tracker, source)
  })
  afterAll(() => tracker.close())

  const table = (name: string) => readRaw<Record<string, string>>(join(source, `${name}.jsonl`))

  test('imports every row of issues, dependencies, labels and comments', async () => {
    const counts = { tasks: 'issues', relations: 'dependencies', labels: 'labels', comments: 'comments' } as const
    for (const [imported, name] of Object.entries(counts)) {
      expect(result.imported[imported as keyof typeof counts], name).toBe(table(name).length)
    }
    expect(result.read.events).toBe(table('events').length)
    expect(result.skipped).toEqual([])
    expect(tally((await relations(tracker)).map(({ kind }) => kind))).toEqual({
      blocked_by: table('dependencies').length,
    })
    expect(result.imported.agents).toBe((await tracker.agents.list()).total - 1)
  })

  test('takes who labelled, started and closed an issue from its audit trail', async () => {
    const trail = table('events')
    const events = (await tracker.log.events({ type: 'label.added', limit: 1000 })).items
    expect(events).toHaveLength(trail.filter(({ event_type: type }) => type === 'label_added').length)
    const person = (await tracker.agents.list()).items.find(({ name }) => name === 'person-887cab')!
    for (const { actor } of events) expect(actor).toBe(person.id)
    const closings = (await tracker.log.events({ type: 'task.closed', limit: 1000 })).items
    expect(closings).toHaveLength(table('issues').length)
    for (const { actor } of closings) expect(actor).toBe(person.id)
    const moves = (await tracker.log.events({ type: 'task.updated', limit: 1000 })).items
    const started = trail.filter(
      ({ event_type: type, new_value: value }) => type === 'status_changed' && /in_progress/.test(value!),
    )
    const firstByIssue = new Map(started.toReversed().map(({ issue_id: id, created_at: at }) => [id, toUtc(at)]))
    expect(moves.map(({ at }) => at).sort()).toEqual([...firstByIssue.values()].sort())
    const repeated = result.unmapped.find(({ became }) => became.startsWith('nothing'))
    expect(repeated).toMatchObject({ kind: 'event', value: 'status_changed', count: started.length - moves.length })
  })

  test('keeps the design and the notes', async () => {
    for (const { id, design, notes } of table('issues')) {
      const task = (await tracker.tasks.findByExternalRef('beads', id!))!
      expect(task.notes).toBe([notes, design && `## Design\n\n${design}`].filter(Boolean).join('\n\n'))
    }
  })

  test('a dry run said the same, and importing again writes nothing', async () => {
    expect(dry).toEqual({ ...result, dryRun: true })
    const head = await tracker.log.head()
    expect(await importBeads(tracker, source)).toMatchObject({ updated: 0, unchanged: 112 })
    expect(await tracker.log.head()).toEqual(head)
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: head.seq })
  })

  test('a dry run leaves the file as it is, also where it may not be written', async () => {
    const path = join(folder, 'copy.db')
    await tracker.close()
    cpSync(join(folder, 'provenance.db'), path)
    const before = readFileSync(path)
    const readOnly = await openTracker({ path, readOnly: true })
    const other = join(DATA, 'beads')
    expect(await importBeads(readOnly, other, { dryRun: true })).toMatchObject({ imported: { tasks: 2657 } })
    await readOnly.close()
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(statSync(path).size).toBe(before.length)
    tracker = await open('provenance.db')
  })
})

function toUtc(time: string | undefined): string | undefined {
  return time === undefined ? undefined : new Date(Number(instant(time) / 1_000_000n)).toISOString()
}

async function relations(tracker: Tracker) {
  const found = []
  let after = 0
  for (;;) {
    const page = await tracker.log.events({ type: 'relation.added', after, limit: 1000 })
    for (const { data } of page.items) found.push(data as { kind: string })
    if (page.nextCursor === undefined) return found
    after = page.items.at(-1)!.seq
  }
}

async function history(tracker: Tracker) {
  const events = []
  let after = 0
  for (;;) {
    const { items } = await tracker.log.events({ after, limit: 1000 })
    if (items.length === 0) return events
    for (const { seq, type, subject, actor, at, recordedAt, data } of items) {
      // The agent who registers all others is not in the source: that it acts now is as it should be.
      events.push({ seq, type, subject, actor, at: at === recordedAt ? 'now' : at, data })
    }
    after = items.at(-1)!.seq
  }
}

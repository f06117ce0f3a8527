import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  defaultNamespace,
  deterministicId,
  type EventType,
  InvalidInputError,
  type LogEvent,
  openTracker,
  type Tracker,
  TrackerInTransactionError,
} from '../src/index.js'
import { newFolder, temporaryFolder } from './support-store/folder.js'
import { raw, tamper } from './support-store/raw.js'
import { refusalOf } from './support-store/refusal.js'
import { EVENT_TYPES, fillRecord, RICH_OPTIONS, type RichRecord, steadyClock } from './support-store/rich-record.js'

const ZEROS = '0'.repeat(64)
const STATE_TABLES = [
  'vocabulary',
  'nodes',
  'agents',
  'tasks',
  'task_labels',
  'external_refs',
  'activities',
  'attempts',
  'reviews',
  'contracts',
  'artifacts',
  'evidence',
  'knowledge',
  'supersessions',
  'comments',
  'relations',
]

/** Columns of numbers that are empty in every row of the record. */
const NUMBERS = new Set(['artifact'])

type Row = Record<string, string | number | null>

function columnsOf(db: Database.Database, table: string): string[] {
  return (db.prepare(`SELECT name FROM pragma_table_info('${table}') ORDER BY cid`).all() as { name: string }[]).map(
    ({ name }) => name,
  )
}

async function allEvents(tracker: Tracker): Promise<LogEvent[]> {
  const events: LogEvent[] = []
  for (let after = 0; ; after = events.at(-1)!.seq) {
    const { items } = await tracker.log.events({ after, limit: 1_000 })
    events.push(...items)
    if (items.length < 1_000) return events
  }
}

/** Keys sorted by code unit, no white space: RFC 8785 for what events hold, written down without the library. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The digest of an event, by the words of the design: SHA-256 over the canonical envelope, which holds no data. */
function digestOfRow(row: Row): string {
  const envelope = {
    seq: row.seq,
    id: row.id,
    version: row.version,
    type: row.type,
    subject: row.subject,
    actor: row.actor,
    activity: row.activity ?? undefined,
    at: row.at,
    recordedAt: row.recorded_at,
    transaction: row.transaction,
    idempotencyKey: row.idempotency_key ?? undefined,
    inputDigest: row.input_digest ?? undefined,
    dataDigest: row.data_digest,
    previousDigest: row.previous_digest,
  }
  return sha256(canonical(envelope))
}

function isWithin(event: LogEvent, { activity }: RichRecord): boolean {
  return event.activity === activity.id
}

describe('an empty file', () => {
  test('holds no events, and its head is 0 with 64 zeros', async () => {
    const path = join(temporaryFolder(), 'work.db')
    for (let time = 0; time < 2; time++) {
      await using tracker = await openTracker({ path })
      expect(await tracker.log.head()).toEqual({ seq: 0, digest: ZEROS })
      expect(await tracker.log.events()).toEqual({ items: [], total: 0 })
      expect(await tracker.log.verify()).toEqual({ ok: true, checked: 0 })
      expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: 0 })
      expect(await tracker.log.verify({ expect: { seq: 0, digest: ZEROS } })).toEqual({ ok: true, checked: 0 })
      expect(await tracker.log.verify({ expect: { seq: 0, digest: 'f'.repeat(64) } })).toMatchObject({ ok: false })
      expect(await tracker.log.verify({ expect: { seq: 1, digest: ZEROS } })).toMatchObject({ ok: false, seq: 1 })
      expect(await tracker.log.rebuild()).toBe(0)
      await tracker.tasks.list()
      await tracker.tasks.ready()
    }
  })

  test('begins with the agent `provtrail` where nobody else acts, under an id that is the same everywhere', async () => {
    const ids: string[] = []
    for (let time = 0; time < 2; time++) {
      await using tracker = await openTracker({ path: ':memory:', namespace: 'https://example.org/a' })
      await tracker.tasks.create({ title: 'one' })
      await tracker.tasks.create({ title: 'two' })
      const { items } = await tracker.log.events()
      expect(items.map(({ type }) => type)).toEqual(['agent.registered', 'task.created', 'task.created'])
      expect(items[0]).toMatchObject({ subject: items[0]!.actor, data: { kind: 'software', name: 'provtrail' } })
      expect(new Set(items.map(({ actor }) => actor)).size).toBe(1)
      ids.push(items[0]!.subject)
    }
    expect(new Set(ids).size).toBe(1)
  })

  test('begins with its own words where it was made with some', async () => {
    await using tracker = await openTracker({ path: ':memory:', ...RICH_OPTIONS })
    const { items } = await tracker.log.events()
    expect(items.map(({ type }) => type)).toEqual(['agent.registered', 'vocabulary.defined'])
    expect(items[1]).toMatchObject({ subject: tracker.namespace, data: { phases: ['plan', 'do', 'check'] } })
    expect(defaultNamespace()).not.toBe(tracker.namespace)
  })
})

describe('a log', () => {
  const folder = newFolder()
  const path = join(folder, 'work.db')
  let tracker: Tracker
  let record: RichRecord
  let events: LogEvent[]

  beforeAll(async () => {
    tracker = await openTracker({ path, ...RICH_OPTIONS, now: steadyClock() })
    record = await fillRecord(tracker)
    events = await allEvents(tracker)
  })
  afterAll(async () => {
    await tracker.close()
    rmSync(folder, { recursive: true })
  })

  test('is numbered without a gap, from 1 on', async () => {
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(await tracker.log.head()).toEqual({ seq: events.length, digest: events.at(-1)!.digest })
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: events.length })
    expect([...new Set(events.map(({ type }) => type))].sort()).toEqual(EVENT_TYPES)
  })

  test('has digests that anybody can compute from what the design says', () => {
    let previousDigest = ZEROS
    const rows = raw(path, (db) => db.prepare('SELECT * FROM events ORDER BY seq').all() as Row[])
    for (const row of rows) {
      if (row.data !== null) {
        expect(row.data_digest).toBe(sha256(`${row.salt}${row.data}`))
        expect(row.data).toBe(canonical(JSON.parse(row.data as string)))
        expect(row.salt).toMatch(/^[0-9a-f]{32}$/)
      }
      expect(row.previous_digest).toBe(previousDigest)
      expect(row.digest).toBe(digestOfRow(row))
      previousDigest = row.digest as string
    }
    expect(rows).toHaveLength(events.length)
    expect(new Set(rows.map(({ salt }) => salt)).size).toBe(rows.filter(({ salt }) => salt !== null).length + 1)
  })

  test('says when it was so and when it was written down', () => {
    const closed = events.find(({ type, subject }) => type === 'task.closed' && subject === record.blocker.id)!
    expect(closed.at).toBe('2026-01-04T08:00:00.000Z')
    expect(closed.recordedAt > '2026-01-05').toBe(true)
    for (const event of events) {
      expect(event.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      if (event !== closed) expect(event.at).toBe(event.recordedAt)
    }
  })

  test('says within which activity, where one was named', () => {
    expect(events.filter((event) => isWithin(event, record)).map(({ type }) => type)).toEqual([
      'artifact.added',
      'comment.added',
      'relation.added',
    ])
    for (const event of events) {
      if (!isWithin(event, record)) expect(event, `event ${event.seq}`).not.toHaveProperty('activity')
    }
  })

  test('has no other digests for an activity that there is not', () => {
    const rows = raw(path, (db) => db.prepare('SELECT * FROM events WHERE activity IS NULL').all() as Row[])
    expect(rows.length).toBeGreaterThan(20)
    for (const { activity: _, ...row } of rows) expect(row.digest).toBe(digestOfRow(row))
  })

  test('gives the events of one transaction the id of the first of them', () => {
    const eventsByTransaction = new Map<string, LogEvent[]>()
    for (const event of events) {
      eventsByTransaction.set(event.transaction, [...(eventsByTransaction.get(event.transaction) ?? []), event])
    }
    for (const [transaction, [first]] of eventsByTransaction) expect(transaction).toBe(first!.id)
    const shared = [...eventsByTransaction.values()].filter(({ length }) => length > 1)
    const types = shared.map((some) => some.map(({ type }) => type))
    expect(types.slice(0, 2)).toEqual([
      ['agent.registered', 'vocabulary.defined'],
      ['label.added', 'task.updated'],
    ])
    expect(types).toContainEqual(['claim.expired', 'claim.acquired'])
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
  })

  test.each<[string, (record: RichRecord) => object, (event: LogEvent, record: RichRecord) => boolean]>([
    ['nothing', () => ({}), () => true],
    ['a subject', ({ task }) => ({ subject: task.id }), (event, { task }) => event.subject === task.id],
    [
      'the file as subject',
      () => ({ subject: RICH_OPTIONS.namespace }),
      ({ subject }) => subject === RICH_OPTIONS.namespace,
    ],
    [
      'several subjects',
      ({ task, ada }) => ({ subject: [task.id, RICH_OPTIONS.namespace, ada.id] }),
      ({ subject }, { task, ada }) => [task.id, RICH_OPTIONS.namespace, ada.id].includes(subject),
    ],
    ['no subject at all', () => ({ subject: [] }), () => false],
    ['an actor', ({ ada }) => ({ actor: ada.id }), (event, { ada }) => event.actor === ada.id],
    [
      'several actors',
      ({ ada, bot }) => ({ actor: [ada.id, bot.id] }),
      (event, { ada, bot }) => event.actor === ada.id || event.actor === bot.id,
    ],
    ['everybody', () => ({ actor: [...new Set(events.map(({ actor }) => actor))] }), () => true],
    ['no actor at all', () => ({ actor: [] }), () => false],
    ['an activity', ({ activity }) => ({ activity: activity.id }), isWithin],
    ['several activities', ({ activity, next }) => ({ activity: [next.id, activity.id] }), isWithin],
    ['an activity within which nothing was done', ({ next }) => ({ activity: next.id }), () => false],
    ['no activity at all', () => ({ activity: [] }), () => false],
    [
      'an activity, an actor and a type',
      ({ activity, ada }) => ({ activity: activity.id, actor: ada.id, type: 'comment.added' }),
      (event, record) => isWithin(event, record) && event.type === 'comment.added',
    ],
    ['a type', () => ({ type: 'task.updated' }), ({ type }) => type === 'task.updated'],
    [
      'several types',
      () => ({ type: ['task.held', 'task.unheld'] }),
      ({ type }) => type === 'task.held' || type === 'task.unheld',
    ],
    ['no type at all', () => ({ type: [] }), () => false],
    ['a number', () => ({ after: 17 }), ({ seq }) => seq > 17],
    ['the last number', () => ({ after: 1_000_000 }), () => false],
    [
      'everything together',
      ({ task, ada }) => ({ subject: [task.id], actor: [ada.id], type: ['task.created', 'task.held'], after: 3 }),
      (event, { task }) => event.subject === task.id && ['task.created', 'task.held'].includes(event.type),
    ],
    ['a stranger', () => ({ actor: deterministicId('n', 'stranger') }), () => false],
  ])('is filtered by %s, in pages of any size', async (_name, filterOf, matches) => {
    const filter = filterOf(record)
    const expected = events.filter((event) => matches(event, record))
    for (const limit of [1, 2, 7, 1_000]) {
      const items: LogEvent[] = []
      let cursor: string | undefined
      do {
        const page = await tracker.log.events({ ...filter, limit, ...(cursor !== undefined && { cursor }) })
        expect(page.total).toBe(expected.length)
        expect(page.items.length).toBeLessThanOrEqual(limit)
        items.push(...page.items)
        cursor = page.nextCursor
      } while (cursor !== undefined)
      expect(items).toEqual(expected)
    }
  })

  test('comes in pages of 100 unless told, and says that there is more', async () => {
    await using many = await openTracker({ path: ':memory:' })
    await Promise.all(Array.from({ length: 120 }, (_, n) => many.tasks.create({ title: `${n}` })))
    const page = await many.log.events()
    expect(page.items).toHaveLength(100)
    expect(page.total).toBe(121)
    expect(page.nextCursor).toBeTypeOf('string')
    const rest = await many.log.events({ cursor: page.nextCursor! })
    expect(rest.items.map(({ seq }) => seq)).toEqual(Array.from({ length: 21 }, (_, n) => 101 + n))
    expect(rest).not.toHaveProperty('nextCursor')
  })

  test.each([
    { limit: 0 },
    { limit: 1_001 },
    { limit: 1.5 },
    { after: -1 },
    { after: Number.NaN },
    { type: 'task.exploded' },
    { actor: 'nobody' },
    { actor: ['nobody'] },
    { activity: 'nothing' },
    { activity: ['nothing'] },
    { activity: null },
    { cursor: 'x' },
    { subject: '' },
    { subject: [''] },
    { unknown: 1 },
  ])('refuses the filter %o', async (filter) => {
    expect(await refusalOf(tracker.log.events(filter as never))).toBeInstanceOf(InvalidInputError)
  })

  test('cannot be looked after from inside of a transaction', async () => {
    for (const call of [
      () => tracker.log.verify(),
      () => tracker.log.rebuild(),
      () => tracker.log.redact(1, { reason: 'asked to' }),
      () => tracker.log.head(),
    ]) {
      expect(await refusalOf(tracker.transaction(async () => call()))).toBeInstanceOf(TrackerInTransactionError)
    }
    expect((await tracker.log.head()).seq).toBe(events.length)
  })

  test('refuses UPDATE and DELETE, redaction aside', () => {
    const statements = [
      'DELETE FROM events',
      'DELETE FROM events WHERE seq = 3',
      "UPDATE events SET type = 'task.closed' WHERE seq = 5",
      "UPDATE events SET data = '{}' WHERE seq = 5",
      "UPDATE events SET salt = 'aa' WHERE seq = 5",
      'UPDATE events SET data = NULL WHERE seq = 5',
      'UPDATE events SET salt = NULL WHERE seq = 5',
      'UPDATE events SET seq = seq + 1000',
      'UPDATE events SET data = NULL, salt = NULL, activity = NULL WHERE activity IS NOT NULL',
      ...raw(path, (db) => columnsOf(db, 'events'))
        .filter((column) => !['data', 'salt'].includes(column))
        .map((column) => {
          const value = column === 'version' ? '2' : column === 'seq' ? '9999' : "'x'"
          return `UPDATE events SET data = NULL, salt = NULL, "${column}" = ${value} WHERE seq = 5`
        }),
    ]
    expect(statements).toHaveLength(24)
    for (const statement of statements) {
      expect(() => raw(path, (db) => db.exec(statement)), statement).toThrow('the log is append-only')
    }
  })

  test('refuses to be replaced row by row', async () => {
    expect(() =>
      raw(path, (db) =>
        db.exec(`PRAGMA recursive_triggers = ON; INSERT OR REPLACE INTO events
          SELECT seq, id, version, 'task.closed', subject, actor, activity, at, recorded_at, "transaction",
            idempotency_key, input_digest, data, salt, data_digest, previous_digest, digest FROM events WHERE seq = 5`),
      ),
    ).toThrow('the log is append-only')
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: events.length })
  })
})

describe('a log that was changed from outside', () => {
  const folder = newFolder()
  const path = join(folder, 'work.db')
  let tracker: Tracker
  let size: number
  let digests: string[]

  beforeAll(async () => {
    tracker = await openTracker({ path, ...RICH_OPTIONS, now: steadyClock() })
    const { activity } = await fillRecord(tracker)
    // Characters of two, three and four bytes, and the one that stands for bytes that are none.
    await tracker.within(activity.id).tasks.create({ title: 'ü→🦉\ufffd', idempotencyKey: 'ключ' })
    const events = await allEvents(tracker)
    size = events.length
    digests = events.map(({ digest }) => digest)
  })
  afterAll(async () => {
    await tracker.close()
    rmSync(folder, { recursive: true })
  })

  /** What `verify` finds while the change is there; afterwards it is taken back. */
  async function findingOf(change: (db: Database.Database) => void, options = {}) {
    const before = raw(path, (db) => db.prepare('SELECT * FROM events ORDER BY seq').all() as Row[])
    tamper(path, change)
    try {
      return await tracker.log.verify(options)
    } finally {
      tamper(path, (db) => {
        db.exec('DELETE FROM events')
        const columns = Object.keys(before[0]!)
        const insert = db.prepare(
          `INSERT INTO events (${columns.map((c) => `"${c}"`).join(', ')}) VALUES (${columns.map((c) => `@${c}`).join(', ')})`,
        )
        db.transaction(() => before.forEach((row) => void insert.run(row)))()
      })
    }
  }

  test('is found, whichever byte of whichever column of an event it was', async () => {
    const { columns, texts } = raw(path, (db) => {
      const columns = columnsOf(db, 'events').filter((column) => column !== 'seq' && column !== 'version')
      const chosen = [1, 2, 9, Math.trunc(size / 2), size - 1, size]
      const texts = chosen.flatMap((seq) =>
        columns.flatMap((column) => {
          const row = db.prepare(`SELECT CAST("${column}" AS BLOB) AS bytes FROM events WHERE seq = ?`).get(seq)
          const { bytes } = row as { bytes: Buffer | null }
          return bytes === null ? [] : [{ seq, column, bytes }]
        }),
      )
      return { columns, texts }
    })
    expect(columns).toHaveLength(15)
    expect(new Set(texts.map(({ column }) => column)).size).toBe(15)
    // One connection and one transaction for all of them: `verify` reads what is committed.
    const missed: string[] = []
    const wrong: string[] = []
    let changes = 0
    await withWriter(async (db) => {
      for (const { seq, column, bytes } of texts) {
        const update = db.prepare(`UPDATE events SET "${column}" = CAST(? AS TEXT) WHERE seq = ?`)
        for (let position = 0; position < bytes.length; position++) {
          // A digit becomes a letter, a letter of ASCII one of its neighbours, a byte of a longer character no character.
          const changed = Buffer.from(bytes)
          changed[position] = bytes[position]! ^ (position % 2 ? 0x01 : 0x1f)
          update.run(changed, seq)
          const finding = await tracker.log.verify()
          if (finding.ok) missed.push(`${column} ${position} of event ${seq}`)
          else if (finding.seq !== seq) wrong.push(`${column} ${position} of event ${seq}, found at ${finding.seq}`)
          changes++
        }
        update.run(bytes, seq)
      }
    })
    expect(changes).toBeGreaterThan(3_000)
    expect(missed).toEqual([])
    expect(wrong).toEqual([])
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: size })
  })

  async function withWriter(work: (db: Database.Database) => Promise<void>): Promise<void> {
    const { default: Sqlite } = await import('better-sqlite3')
    const db = new Sqlite(path)
    const triggers = db
      .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'")
      .all() as { name: string; sql: string }[]
    for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`)
    db.pragma('synchronous = OFF')
    try {
      await work(db)
    } finally {
      for (const { sql } of triggers) db.exec(sql)
      db.close()
    }
  }

  test('is found where a byte became another one that reads the same', async () => {
    // EF BF BD is U+FFFD; F0 BF BD is the beginning of a character that is cut off, and reads as U+FFFD as well.
    const finding = await findingOf((db) => {
      const { hex } = db.prepare('SELECT hex(data) AS hex FROM events WHERE seq = ?').get(size) as { hex: string }
      expect(hex).toContain('EFBFBD')
      db.prepare('UPDATE events SET data = CAST(? AS TEXT) WHERE seq = ?').run(
        Buffer.from(hex.replace('EFBFBD', 'F0BFBD'), 'hex'),
        size,
      )
    })
    expect(finding).toMatchObject({ ok: false, seq: size })
  })

  test.each<[string, string]>([
    ['version', 'version + 1'],
    ['version', '-1'],
    ['idempotency_key', "coalesce(idempotency_key, '') || 'x'"],
    ['idempotency_key', "iif(idempotency_key IS NULL, '', NULL)"],
    ['input_digest', "iif(input_digest IS NULL, '', NULL)"],
    ['data', 'NULL'],
    ['salt', 'NULL'],
    ['data', "data || ' '"],
    ['data', "'{}'"],
    ['salt', "''"],
    ['subject', "''"],
    ['at', 'recorded_at || recorded_at'],
    ['actor', 'subject'],
    ['activity', "iif(activity IS NULL, '', NULL)"],
    ['activity', 'actor'],
    ['activity', "coalesce(activity, '') || 'x'"],
  ])('is found where %s of an event is %s', async (column, value) => {
    for (const seq of [2, 12, size]) {
      const finding = await findingOf((db) =>
        db.prepare(`UPDATE events SET "${column}" = ${value} WHERE seq = ?`).run(seq),
      )
      // The actor of an event about itself is its subject already.
      if (column === 'actor' && finding.ok) continue
      expect(finding).toMatchObject({ ok: false, seq })
    }
  })

  test('is found where data and salt are gone, and no redaction says why', async () => {
    for (const seq of [1, 5, size]) {
      const finding = await findingOf((db) =>
        db.prepare('UPDATE events SET data = NULL, salt = NULL WHERE seq = ?').run(seq),
      )
      expect(finding).toMatchObject({ ok: false, seq, reason: expect.stringContaining('redaction') })
    }
  })

  test('is found where an event is missing', async () => {
    for (const seq of [1, 2, 20, size - 1]) {
      const finding = await findingOf((db) => db.prepare('DELETE FROM events WHERE seq = ?').run(seq))
      expect(finding).toMatchObject({ ok: false, seq, reason: expect.stringContaining('missing') })
    }
  })

  test('is found where an event is missing and the others moved up', async () => {
    for (const seq of [1, 2, 20, size - 1]) {
      const finding = await findingOf((db) => {
        db.prepare('DELETE FROM events WHERE seq = ?').run(seq)
        for (let next = seq + 1; next <= size; next++) {
          db.prepare('UPDATE events SET seq = ? WHERE seq = ?').run(next - 1, next)
        }
      })
      expect(finding).toMatchObject({ ok: false, seq })
    }
  })

  test('is found where the first events were cut off', async () => {
    expect(await findingOf((db) => db.exec('DELETE FROM events WHERE seq <= 3'))).toMatchObject({ ok: false, seq: 1 })
  })

  test('is found where everything was cut off, if a head was noted', async () => {
    const finding = await findingOf((db) => db.exec('DELETE FROM events'), {
      expect: { seq: size, digest: digests.at(-1) },
    })
    expect(finding).toMatchObject({ ok: false, seq: 1 })
  })

  test('is found where the tail was cut off, if a head was noted', async () => {
    for (const left of [size - 1, size - 7, 1]) {
      const cut = (db: Database.Database) => db.prepare('DELETE FROM events WHERE seq > ?').run(left)
      for (const noted of [size, left + 1]) {
        expect(await findingOf(cut, { expect: { seq: noted, digest: digests[noted - 1] } })).toMatchObject({
          ok: false,
          seq: left + 1,
        })
      }
      expect(await findingOf(cut, { expect: { seq: left, digest: digests[left - 1] } })).toEqual({
        ok: true,
        checked: left,
      })
    }
  })

  test('is found where the tail was replaced by another one that fits, if a head was noted', async () => {
    const head = await tracker.log.head()
    expect(await tracker.log.verify({ expect: head })).toEqual({ ok: true, checked: size })
    const finding = await tracker.log.verify({ expect: { seq: 9, digest: digests[9]! } })
    expect(finding).toMatchObject({ ok: false, seq: 9 })
  })

  test('is found where the state no longer has what the tail that was cut off brought about', async () => {
    const finding = await findingOf((db) => db.prepare('DELETE FROM events WHERE seq >= ?').run(size), { state: true })
    expect(finding).toMatchObject({ ok: false })
  })

  test('is found where two events were swapped', async () => {
    for (const [one, other] of [
      [1, 2],
      [4, 5],
      [3, size],
    ] as const) {
      const finding = await findingOf((db) => {
        db.prepare('UPDATE events SET seq = 100000 WHERE seq = ?').run(one)
        db.prepare('UPDATE events SET seq = ? WHERE seq = ?').run(one, other)
        db.prepare('UPDATE events SET seq = ? WHERE seq = 100000').run(other)
      })
      expect(finding).toMatchObject({ ok: false, seq: one })
    }
  })

  test('is found where the number of an event was changed', async () => {
    for (const [from, to, seq] of [
      [3, 0, 3],
      [3, -7, 3],
      [size, size + 1, size],
      [5, 2 ** 40, 5],
    ] as const) {
      const finding = await findingOf((db) => db.prepare('UPDATE events SET seq = ? WHERE seq = ?').run(to, from))
      expect(finding).toMatchObject({ ok: false })
      if (to > 0) expect(finding).toMatchObject({ seq })
    }
  })

  test('is found where an event was put in', async () => {
    const insert = (seq: number) => (db: Database.Database) =>
      db
        .prepare(
          `INSERT INTO events SELECT ?, id, version, type, subject, actor, activity, at, recorded_at, "transaction",
             idempotency_key, input_digest, data, salt, data_digest, previous_digest, digest FROM events WHERE seq = 4`,
        )
        .run(seq)
    expect(await findingOf(insert(size + 1))).toMatchObject({ ok: false, seq: size + 1 })
    expect(await findingOf(insert(size + 5))).toMatchObject({ ok: false, seq: size + 1 })
    for (const seq of [0, -1]) expect(await findingOf(insert(seq))).toMatchObject({ ok: false })
    const between = await findingOf((db) => {
      for (let seq = size; seq >= 10; seq--) db.prepare('UPDATE events SET seq = ? WHERE seq = ?').run(seq + 1, seq)
      insert(10)(db)
    })
    expect(between).toMatchObject({ ok: false, seq: 10 })
  })

  test('is found where an event was written anew with digests that fit it, by the event after it', async () => {
    const forge = (seq: number) => (db: Database.Database) => {
      const row = db.prepare('SELECT * FROM events WHERE seq = ?').get(seq) as Row
      const data = canonical({ ...JSON.parse(row.data as string), forged: true })
      const dataDigest = sha256(`${row.salt}${data}`)
      const digest = digestOfRow({ ...row, data_digest: dataDigest })
      db.prepare('UPDATE events SET data = ?, data_digest = ?, digest = ? WHERE seq = ?').run(
        data,
        dataDigest,
        digest,
        seq,
      )
    }
    for (const seq of [1, 7, size - 4]) expect(await findingOf(forge(seq))).toMatchObject({ ok: false, seq: seq + 1 })
    // After the last one there is nobody to tell: that is what a head noted earlier is for.
    expect(await findingOf(forge(size))).toEqual({ ok: true, checked: size })
    const noted = { expect: { seq: size, digest: digests.at(-1) } }
    expect(await findingOf(forge(size), noted)).toMatchObject({ ok: false, seq: size })
  })

  test('is found in a log that is longer than what is read at once', async () => {
    const long = join(folder, 'long.db')
    await using many = await openTracker({ path: long, durability: 'normal' })
    await Promise.all(Array.from({ length: 2_500 }, (_, n) => many.tasks.create({ title: `${n}` })))
    expect(await many.log.verify({ state: true })).toEqual({ ok: true, checked: 2_501 })
    for (const seq of [1_000, 1_001, 2_000, 2_001, 2_501]) {
      tamper(long, (db) => db.prepare("UPDATE events SET actor = actor || 'x' WHERE seq = ?").run(seq))
      expect(await many.log.verify()).toMatchObject({ ok: false, seq })
      tamper(long, (db) =>
        db.prepare('UPDATE events SET actor = substr(actor, 1, length(actor) - 1) WHERE seq = ?').run(seq),
      )
    }
    tamper(long, (db) => db.exec("UPDATE tasks SET title = 'x' WHERE key = 2001"))
    expect(await many.log.verify({ state: true })).toMatchObject({ ok: false, seq: 2_001 })
    tamper(long, (db) => db.exec('DELETE FROM nodes WHERE key = 2501'))
    expect(await many.log.verify({ state: true })).toMatchObject({ ok: false })
  })

  test('is not replayed where it cannot be read: the state stays as it was', async () => {
    const copy = join(folder, 'copy.db')
    await using other = await openTracker({ path: copy })
    const task = await other.tasks.create({ title: 'one' })
    tamper(copy, (db) => db.exec("UPDATE events SET data = 'no JSON' WHERE seq = 2"))
    expect((await refusalOf(other.log.rebuild())).code).toBe('UNREADABLE_EVENT')
    expect((await refusalOf(other.log.events())).code).toBe('UNREADABLE_EVENT')
    expect(await other.log.verify({ state: true })).toMatchObject({ ok: false, seq: 2 })
    expect((await other.tasks.get(task.id)).title).toBe('one')
    tamper(copy, (db) => db.exec("UPDATE events SET type = 'task.exploded' WHERE seq = 2"))
    expect((await refusalOf(other.log.rebuild())).code).toBe('UNREADABLE_EVENT')
    expect(await other.log.verify({ state: true })).toMatchObject({ ok: false, seq: 2 })
  })
})

describe('the state', () => {
  const folder = newFolder()
  const path = join(folder, 'work.db')
  let tracker: Tracker
  let size: number

  beforeAll(async () => {
    tracker = await openTracker({ path, ...RICH_OPTIONS, now: steadyClock() })
    await fillRecord(tracker)
    size = (await tracker.log.head()).seq
  })
  afterAll(async () => {
    await tracker.close()
    rmSync(folder, { recursive: true })
  })

  function dump(): Record<string, Row[]> {
    return raw(path, (db) =>
      Object.fromEntries(
        STATE_TABLES.map((table) => {
          const columns = columnsOf(db, table)
          return [table, db.prepare(`SELECT * FROM ${table} ORDER BY ${columns.join(', ')}`).all() as Row[]]
        }),
      ),
    )
  }

  function restore(tables: Record<string, Row[]>): void {
    raw(path, (db) => {
      db.pragma('ignore_check_constraints = ON')
      db.transaction(() => {
        for (const table of STATE_TABLES) {
          db.exec(`DELETE FROM ${table}`)
          for (const row of tables[table]!) {
            const columns = Object.keys(row)
            db.prepare(`INSERT INTO ${table} (${columns}) VALUES (${columns.map((c) => `@${c}`)})`).run(row)
          }
        }
      })()
    })
  }

  test('names every table that holds it, and none of them is empty', () => {
    const tables = raw(path, (db) =>
      db
        .prepare(
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('settings', 'events') ORDER BY name",
        )
        .pluck()
        .all(),
    )
    expect(tables).toEqual([...STATE_TABLES].sort())
    for (const [table, rows] of Object.entries(dump())) expect(rows.length, table).toBeGreaterThan(0)
  })

  test('is found to be wrong, whichever cell of whichever table was changed', async () => {
    const before = dump()
    const missed: string[] = []
    let cells = 0
    for (const table of STATE_TABLES) {
      for (const column of Object.keys(before[table]![0]!)) {
        const row = before[table]!.find((candidate) => candidate[column] !== null) ?? before[table]![0]!
        const changed = (value: Row[string]): Row[string] => {
          if (table === 'nodes' && column === 'kind') return 'comment'
          if (table === 'agents' && column === 'kind') return 'organization'
          if (column === 'gate') return 'failed'
          if (column === 'stage') return 'blocked'
          if (column === 'status') return 'in_review'
          if (column === 'outcome') return 'completed'
          if (column === 'priority') return ((value as number) + 1) % 5
          if (value === null && NUMBERS.has(column)) return 1
          return typeof value === 'number' ? value + 1_000 : `${value}x`
        }
        raw(path, (db) => {
          db.pragma('ignore_check_constraints = ON')
          const where = Object.keys(row)
            .map((name) => `${name} IS @${name}`)
            .join(' AND ')
          const value = changed(row[column]!)
          const info = db
            .prepare(`UPDATE ${table} SET ${column} = @__value WHERE ${where}`)
            .run({ ...row, __value: value })
          expect(info.changes, `${table}.${column}`).toBe(1)
        })
        cells++
        const finding = await tracker.log.verify({ state: true })
        if (finding.ok || !finding.reason.includes(table)) missed.push(`${table}.${column}: ${JSON.stringify(finding)}`)
        expect(await tracker.log.verify()).toEqual({ ok: true, checked: size })
        restore(before)
      }
    }
    expect(cells).toBeGreaterThan(60)
    expect(missed).toEqual([])
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: size })
  })

  test('is found to be wrong, whichever row is missing or too many', async () => {
    const before = dump()
    const missed: string[] = []
    const note = async (what: string) => {
      const finding = await tracker.log.verify({ state: true })
      if (finding.ok) missed.push(what)
      else expect(finding.reason).toMatch(/table/)
      restore(before)
    }
    for (const table of STATE_TABLES) {
      const rows = before[table]!
      for (const row of [rows[0]!, rows.at(-1)!]) {
        raw(path, (db) => {
          const where = Object.keys(row).map((name) => `${name} IS @${name}`)
          expect(db.prepare(`DELETE FROM ${table} WHERE ${where.join(' AND ')}`).run(row).changes).toBe(1)
        })
        await note(`${table} without a row`)
      }
      raw(path, (db) => db.exec(`DELETE FROM ${table}`))
      await note(`${table} empty`)
      const first = rows.at(-1)!
      const copy: Row = { ...first }
      for (const column of ['key', 'task', 'source', 'uuid', 'field', 'added']) {
        const value = copy[column]
        if (value !== undefined && value !== null)
          copy[column] = typeof value === 'number' ? value + 5_000 : `${value}x`
      }
      raw(path, (db) => {
        db.pragma('ignore_check_constraints = ON')
        const columns = Object.keys(copy)
        db.prepare(`INSERT INTO ${table} (${columns}) VALUES (${columns.map((c) => `@${c}`)})`).run(copy)
      })
      await note(`${table} with a row too many`)
    }
    expect(missed).toEqual([])
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: size })
  })

  test('names the event that the odd row comes from', async () => {
    const before = dump()
    const { key, title } = before.tasks!.at(-1)!
    raw(path, (db) => db.prepare('UPDATE tasks SET title = ? WHERE key = ?').run(`${title}x`, key))
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: false, seq: key })
    restore(before)
  })

  test('is given back by rebuild, whatever became of it', async () => {
    const before = dump()
    const ruins: Record<string, string> = {
      'all tables emptied': STATE_TABLES.map((table) => `DELETE FROM ${table};`).join(' '),
      'one table emptied': 'DELETE FROM tasks',
      'nodes emptied': 'DELETE FROM nodes',
      'tasks falsified':
        "UPDATE tasks SET title = 'no', status = 'closed', open_gates = 9, held_from_above = 1, owner = NULL",
      'relations turned round':
        'CREATE TEMP TABLE r AS SELECT * FROM relations; DELETE FROM relations; INSERT INTO relations SELECT target, kind, source, activity, gate, created_at, added FROM r',
      'rows too many': "INSERT INTO nodes VALUES (9999, 'task', 'x', 'y'); INSERT INTO task_labels VALUES (9999, 'x')",
      'words changed': "UPDATE vocabulary SET words = '[]'",
    }
    for (const [name, sql] of Object.entries(ruins)) {
      raw(path, (db) => db.exec(sql))
      expect(dump(), name).not.toEqual(before)
      expect(await tracker.log.verify({ state: true }), name).toMatchObject({ ok: false })
      expect(await tracker.log.rebuild(), name).toBe(size)
      expect(dump(), name).toEqual(before)
    }
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: size })
    expect((await tracker.log.head()).seq).toBe(size)
  })

  test('is not seen half-built while it is rebuilt', async () => {
    const expected = await tracker.tasks.list()
    const rebuilding = tracker.log.rebuild()
    let done = false
    void rebuilding.then(() => {
      done = true
    })
    while (!done) expect(await tracker.tasks.list()).toEqual(expected)
    await rebuilding
  })
})

test('every type of event is one that events can be asked for', async () => {
  await using tracker = await openTracker({ path: ':memory:' })
  for (const type of EVENT_TYPES satisfies readonly EventType[]) {
    expect(await tracker.log.events({ type })).toEqual({ items: [], total: 0 })
  }
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { openTracker } from '../src/index.js'
import { temporaryFolder } from './support-store/folder.js'
import { raw } from './support-store/raw.js'
import { EVENT_TYPES, fillRecord, RICH_OPTIONS } from './support-store/rich-record.js'

const SCHEMA = readFileSync(new URL('../schema.sql', import.meta.url), 'utf8')
const FIXTURES = fileURLToPath(new URL('./fixtures', import.meta.url))

/** Every schema that a version of the library has written, by its number: `schema-1.sql` and so on, never changed again. */
const FROZEN = new Map(
  readdirSync(FIXTURES)
    .map((name) => /^schema-(\d+)\.sql$/.exec(name))
    .filter((match) => match !== null)
    .map(([name, version]) => [Number(version), readFileSync(join(FIXTURES, name), 'utf8')]),
)

/** The schema of a database, whatever white space it was written with, and what stands in its header. */
function schemaOf(db: Database.Database) {
  const rows = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name').all() as {
    type: string
    name: string
    tbl_name: string
    sql: string | null
  }[]
  const tables = rows.filter(({ type }) => type === 'table').map(({ name }) => name)
  return {
    applicationId: db.pragma('application_id', { simple: true }),
    version: db.pragma('user_version', { simple: true }),
    objects: rows.map((row) => ({ ...row, sql: row.sql && withoutComments(row.sql) })),
    columns: Object.fromEntries(
      tables.map((table) => [table, db.prepare('SELECT * FROM pragma_table_xinfo(?)').all(table)]),
    ),
  }
}

function withoutComments(sql: string): string {
  return sql.replace(/--[^\n]*/g, '').replace(/\s+/g, ' ')
}

function schemaOfText(sql: string) {
  const db = new Database(':memory:')
  db.exec(sql)
  const schema = schemaOf(db)
  db.close()
  return schema
}

async function newFileSchema() {
  const path = join(temporaryFolder(), 'new.db')
  await (await openTracker({ path })).close()
  return raw(path, schemaOf)
}

describe('the schema', () => {
  test('of a new file is what schema.sql says', async () => {
    const schema = await newFileSchema()
    expect(schema).toEqual(schemaOfText(SCHEMA))
    expect(schema.applicationId).toBe(0x50725476)
    expect(schema.objects.length).toBeGreaterThan(30)
  })

  test('stays what it is while the record is used', async () => {
    const path = join(temporaryFolder(), 'work.db')
    const tracker = await openTracker({ path, ...RICH_OPTIONS })
    await fillRecord(tracker)
    await tracker.log.rebuild()
    await tracker.close()
    expect(raw(path, schemaOf)).toEqual(schemaOfText(SCHEMA))
  })

  test('has a frozen copy for every version, the present one included', () => {
    const { version } = schemaOfText(SCHEMA)
    expect([...FROZEN.keys()].sort((one, other) => one - other)).toEqual(
      Array.from({ length: version as number }, (_, index) => index + 1),
    )
    for (const [number, sql] of FROZEN) expect(schemaOfText(sql).version).toBe(number)
    // Changing schema.sql without raising its version would leave the files that are there behind.
    expect(schemaOfText(FROZEN.get(version as number)!)).toEqual(schemaOfText(SCHEMA))
  })

  test('has strict tables only, and enforces what refers to other tables', async () => {
    const path = join(temporaryFolder(), 'work.db')
    await (await openTracker({ path })).close()
    const { loose, dangling } = raw(path, (db) => ({
      loose: db.prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0").pluck().all(),
      dangling: db.pragma('foreign_key_check'),
    }))
    expect(loose).toEqual(['sqlite_schema'])
    expect(dangling).toEqual([])
  })

  test('says of every table and every index what it is for', () => {
    const lines = SCHEMA.split('\n')
    const undocumented = lines.filter((line, index) => {
      if (!/^CREATE (UNIQUE )?(TABLE|INDEX)/.test(line)) return false
      // Indexes that follow one another may share a comment.
      for (let above = index - 1; above >= 0 && lines[above] !== ''; above--) {
        if (lines[above]!.startsWith('--')) return false
      }
      return true
    })
    expect(undocumented).toEqual([])
  })
})

describe.each([...FROZEN])('a file of schema version %i', (version, sql) => {
  /** A file as that version of the library made it. */
  function oldFile(): string {
    const path = join(temporaryFolder(), 'old.db')
    const db = new Database(path)
    db.exec(`BEGIN; ${sql}; COMMIT`)
    db.prepare("INSERT INTO settings (name, value) VALUES ('namespace', ?)").run(RICH_OPTIONS.namespace)
    db.pragma('journal_mode = WAL')
    db.close()
    return path
  }

  test('has the schema of a new file as soon as it was opened', async () => {
    const path = oldFile()
    const tracker = await openTracker({ path })
    expect(tracker.namespace).toBe(RICH_OPTIONS.namespace)
    await tracker.close()
    expect(raw(path, schemaOf)).toEqual(await newFileSchema())
  })

  test('is as good as a new file', async () => {
    const path = oldFile()
    await using tracker = await openTracker({ path, ...RICH_OPTIONS })
    const { activity } = await fillRecord(tracker)
    const { seq } = await tracker.log.head()
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: seq })
    expect(await tracker.log.rebuild()).toBe(seq)
    expect((await tracker.log.events({ activity: activity.id })).total).toBeGreaterThan(0)
    const { items } = await tracker.log.events({ limit: 1_000 })
    expect([...new Set(items.map(({ type }) => type))].sort()).toEqual(EVENT_TYPES)
  })

  test('is not migrated by whoever only reads', async () => {
    const path = oldFile()
    const current = schemaOfText(SCHEMA).version
    const before = raw(path, schemaOf)
    const opening = openTracker({ path, readOnly: true })
    if (version === current) await (await opening).close()
    else await expect(opening).rejects.toMatchObject({ code: 'SCHEMA_VERSION', found: version })
    expect(raw(path, schemaOf)).toEqual(before)
  })
})

import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  CannotOpenError,
  CorruptFileError,
  DiskFullError,
  InvalidInputError,
  NamespaceMismatchError,
  NotAProvtrailFileError,
  openTracker,
  ProvtrailError,
  ReadOnlyError,
  SchemaVersionError,
  type Tracker,
  TrackerClosedError,
} from '../src/index.js'
import { contentsOf, temporaryFolder } from './support-store/folder.js'
import { raw } from './support-store/raw.js'
import { refusalOf } from './support-store/refusal.js'
import { Worker } from './support-store/worker.js'

/** A closed file with a few tasks, made as the library makes it. */
async function madeFile(folder: string, titles: readonly string[] = ['one', 'two']): Promise<string> {
  const path = join(folder, 'work.db')
  await using tracker = await openTracker({ path, namespace: 'https://example.org/work' })
  for (const title of titles) await tracker.tasks.create({ title })
  return path
}

async function titlesOf(tracker: Tracker): Promise<string[]> {
  return (await tracker.tasks.list({ limit: 1_000 })).items.map((task) => task.title)
}

/** A process that writes to a database of another program, and is gone before it could tidy up. */
function leaveLog(path: string, sql: string): void {
  const program = `
    import Database from 'better-sqlite3'
    const db = new Database(process.argv[1])
    db.exec(process.argv[2])
    process.kill(process.pid, 'SIGKILL')`
  spawnSync(process.execPath, ['--input-type=module', '-e', program, path, sql])
  expect(existsSync(`${path}-wal`)).toBe(true)
}

describe('opening a file', () => {
  test('makes the folders that are missing', async () => {
    const path = join(temporaryFolder(), 'a', 'b c', 'ä#?%', 'work.db')
    await using tracker = await openTracker({ path })
    expect(tracker.path).toBe(path)
    await tracker.tasks.create({ title: 'one' })
    expect(existsSync(path)).toBe(true)
  })

  test('takes an empty file for a new one', async () => {
    const path = join(temporaryFolder(), 'work.db')
    writeFileSync(path, '')
    await using tracker = await openTracker({ path })
    await tracker.tasks.create({ title: 'one' })
    expect(await titlesOf(tracker)).toEqual(['one'])
  })

  test('takes a relative path from the folder of that moment', async () => {
    const folder = temporaryFolder()
    const before = process.cwd()
    try {
      process.chdir(folder)
      await using tracker = await openTracker({ path: 'work.db' })
      process.chdir(before)
      await tracker.tasks.create({ title: 'one' })
      expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: 2 })
      expect(tracker.path).toBe(join(folder, 'work.db'))
    } finally {
      process.chdir(before)
    }
  })

  test('finds what was written before', async () => {
    const path = await madeFile(temporaryFolder())
    await using tracker = await openTracker({ path })
    expect(await titlesOf(tracker)).toEqual(['one', 'two'])
    expect(tracker.namespace).toBe('https://example.org/work')
  })

  test('leaves one file behind when it is closed', async () => {
    const folder = temporaryFolder()
    await madeFile(folder)
    expect(readdirSync(folder)).toEqual(['work.db'])
  })

  test('refuses a name that SQLite would open as another one, or makes just that name', async () => {
    const folder = temporaryFolder()
    const before = join(folder, 'other.db')
    raw(before, (db) => db.exec('CREATE TABLE t (x); INSERT INTO t VALUES (1); PRAGMA user_version = 1'))
    const bytes = readFileSync(before)
    for (const name of ['other.db ', 'other.db\n', 'new.db\t', 'new.db\u00a0']) {
      const opened = await openTracker({ path: join(folder, name) }).catch((error: unknown) => error)
      if (opened instanceof Error) expect(opened).toBeInstanceOf(InvalidInputError)
      else {
        await (opened as Tracker).close()
        expect(readdirSync(folder)).toContain(name)
      }
    }
    expect(readFileSync(before).equals(bytes)).toBe(true)
    expect(readdirSync(folder)).not.toContain('new.db')
  })
})

describe('a record in memory', () => {
  test('works, and goes with its tracker', async () => {
    const folder = temporaryFolder()
    const before = process.cwd()
    process.chdir(folder)
    try {
      await using one = await openTracker({ path: ':memory:' })
      await using other = await openTracker({ path: ':memory:' })
      await one.tasks.create({ title: 'one' })
      await one.transaction(async (t) => t.tasks.create({ title: 'two' }))
      expect(await titlesOf(one)).toEqual(['one', 'two'])
      expect(await titlesOf(other)).toEqual([])
      expect(await one.log.verify({ state: true })).toEqual({ ok: true, checked: 3 })
      expect(readdirSync(folder)).toEqual([])
    } finally {
      process.chdir(before)
    }
  })

  test('cannot be opened for reading only', async () => {
    const refusal = await refusalOf(openTracker({ path: ':memory:', readOnly: true }))
    expect(refusal).toBeInstanceOf(InvalidInputError)
    expect(refusal.message).toContain('readOnly')
  })
})

describe.each(['a file', 'memory'])('closing %s', (kind) => {
  const pathOf = () => (kind === 'memory' ? ':memory:' : join(temporaryFolder(), 'work.db'))

  test('may be done twice, and refuses what comes after', async () => {
    const tracker = await openTracker({ path: pathOf() })
    const task = await tracker.tasks.create({ title: 'one' })
    await tracker.close()
    await tracker.close()
    await tracker.as(task.id as never).close()
    const calls = [
      () => tracker.tasks.create({ title: 'two' }),
      () => tracker.tasks.get(task.id),
      () => tracker.tasks.list(),
      () => tracker.log.head(),
      () => tracker.log.verify(),
      () => tracker.log.rebuild(),
      () => tracker.log.redact(1, { reason: 'asked to' }),
      () => tracker.transaction(async () => undefined),
    ]
    for (const call of calls) expect(await refusalOf(call())).toBeInstanceOf(TrackerClosedError)
  })

  test('waits for what was begun', async () => {
    const tracker = await openTracker({ path: pathOf() })
    const creating = Array.from({ length: 50 }, (_, n) => tracker.tasks.create({ title: `${n}` }))
    const listing = tracker.tasks.list()
    await tracker.close()
    expect(await Promise.all(creating)).toHaveLength(50)
    await listing
  })

  test('twice at once waits twice', async () => {
    const path = pathOf()
    const tracker = await openTracker({ path })
    const creating = tracker.tasks.create({ title: 'one' })
    let created = false
    void creating.then(() => {
      created = true
    })
    const first = tracker.close()
    await tracker.close()
    expect(created).toBe(true)
    if (path !== ':memory:') expect(readdirSync(dirname(path))).toEqual([basename(path)])
    await first
  })

  test('is what the end of a block does where the tracker was declared with `await using`', async () => {
    const tracker = await openTracker({ path: pathOf() })
    expect(tracker[Symbol.asyncDispose]).toBeTypeOf('function')
    {
      await using declared = tracker
      await declared.tasks.create({ title: 'one' })
    }
    expect(await refusalOf(tracker.tasks.list())).toBeInstanceOf(TrackerClosedError)
  })
})

describe('the default namespace', () => {
  test('is fixed when the file is made, not by the folder that it is opened from', async () => {
    const folder = temporaryFolder()
    const [first, second] = [join(folder, 'first'), join(folder, 'second')]
    for (const [place, remote] of [
      [first, 'git@github.com:ada/first.git'],
      [second, 'git@github.com:ada/second.git'],
    ] as const) {
      mkdirSync(place)
      execFileSync('git', ['init', '--quiet', place])
      execFileSync('git', ['-C', place, 'remote', 'add', 'origin', remote])
    }
    {
      await using tracker = await openTracker({ path: join(first, 'work.db') })
      expect(tracker.namespace).toBe('https://github.com/ada/first')
    }
    const moved = join(second, 'work.db')
    renameSync(join(first, 'work.db'), moved)
    const before = process.cwd()
    process.chdir(second)
    try {
      for (const options of [{}, { readOnly: true }, { namespace: 'https://github.com/ada/first' }]) {
        await using tracker = await openTracker({ path: moved, ...options })
        expect(tracker.namespace).toBe('https://github.com/ada/first')
      }
      await using tracker = await openTracker({ path: moved })
      expect((await tracker.tasks.create({ title: 'one' })).namespace).toBe('https://github.com/ada/first')
    } finally {
      process.chdir(before)
    }
  })

  test('is the folder of the file where that is in no repository', async () => {
    const folder = temporaryFolder()
    await using tracker = await openTracker({ path: join(folder, 'new', 'work.db') })
    expect(tracker.namespace).toBe(pathToFileURL(join(folder, 'new')).href)
  })

  test.each([{}, { readOnly: true }])('refuses another one, %o', async (options) => {
    const folder = temporaryFolder()
    const path = await madeFile(folder)
    const before = contentsOf(folder)
    const refusal = await refusalOf(openTracker({ path, namespace: 'https://example.org/other', ...options }))
    expect(refusal).toBeInstanceOf(NamespaceMismatchError)
    expect(refusal).toMatchObject({ stored: 'https://example.org/work', given: 'https://example.org/other' })
    expect(contentsOf(folder)['work.db']).toBe(before['work.db'])
  })
})

describe('a file opened for reading only', () => {
  test('is never written to', async () => {
    const folder = temporaryFolder()
    const path = await madeFile(folder)
    const before = contentsOf(folder)
    await using tracker = await openTracker({ path, readOnly: true })
    const task = (await tracker.tasks.list()).items[0]!
    await tracker.tasks.ready()
    await tracker.tasks.explain(task.id)
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: 3 })
    const commands = [
      () => tracker.tasks.create({ title: 'three' }),
      () => tracker.tasks.update(task.id, { title: task.title }),
      () => tracker.tasks.close(task.id),
      () => tracker.relations.remove(task.id, 'related', task.id),
      () => tracker.agents.registerHuman({ name: 'Ada', reuse: true }),
      () => tracker.activities.start(),
      () => tracker.artifacts.add({ iri: 'https://example.org/a' }),
      () => tracker.transaction(async (t) => t.tasks.list()),
      () => tracker.log.rebuild(),
      () => tracker.log.redact(2, { reason: 'asked to' }),
    ]
    for (const command of commands) {
      const refusal = await refusalOf(command())
      expect(refusal).toBeInstanceOf(ReadOnlyError)
      expect(refusal.message).toContain('without readOnly')
    }
    await tracker.close()
    const { 'work.db-shm': _, 'work.db-wal': log = '', ...after } = contentsOf(folder)
    expect(after).toEqual(before)
    expect(log).toBe('')
  })

  test('shows what a writer that was cut off had committed, and leaves its log alone', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'work.db')
    const worker = await Worker.start()
    await worker.call('open', { path })
    await worker.call('create', ['one', 'two'])
    await worker.kill()
    const before = contentsOf(folder)
    expect(before['work.db-wal']).not.toBe('')
    {
      await using tracker = await openTracker({ path, readOnly: true })
      expect(await titlesOf(tracker)).toEqual(['one', 'two'])
      expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: 3 })
    }
    const after = contentsOf(folder)
    expect(after['work.db']).toBe(before['work.db'])
    expect(after['work.db-wal']).toBe(before['work.db-wal'])
  })

  test('sees what another process goes on to write', async () => {
    const path = join(temporaryFolder(), 'work.db')
    const worker = await Worker.start()
    onTestFinished(() => worker.stop())
    await worker.call('open', { path })
    await using tracker = await openTracker({ path, readOnly: true })
    expect(await titlesOf(tracker)).toEqual([])
    await worker.call('create', ['one'])
    expect(await titlesOf(tracker)).toEqual(['one'])
  })

  test('must exist: nothing is made', async () => {
    const folder = temporaryFolder()
    const refusal = await refusalOf(openTracker({ path: join(folder, 'a', 'work.db'), readOnly: true }))
    expect(refusal).toBeInstanceOf(CannotOpenError)
    expect(refusal.message).toContain('open it once without readOnly')
    expect(readdirSync(folder)).toEqual([])
  })

  test('must not be empty: nothing is made', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'work.db'), '')
    const refusal = await refusalOf(openTracker({ path: join(folder, 'work.db'), readOnly: true }))
    expect(refusal).toBeInstanceOf(NotAProvtrailFileError)
    expect(contentsOf(folder)).toEqual({ 'work.db': '' })
  })

  test('is never migrated', async () => {
    const folder = temporaryFolder()
    const path = await madeFile(folder)
    raw(path, (db) => db.pragma('user_version = 0'))
    const before = contentsOf(folder)
    const refusal = await refusalOf(openTracker({ path, readOnly: true }))
    expect(refusal).toBeInstanceOf(SchemaVersionError)
    expect(refusal.message).toContain('Open it once without readOnly')
    expect(contentsOf(folder)['work.db']).toBe(before['work.db'])
  })
})

describe('a path that is no file of ours', () => {
  /** What there is, and the refusal that it gets. */
  const strangers: Record<
    string,
    { make: (path: string) => void; error: new (...args: never[]) => ProvtrailError; hint: RegExp }
  > = {
    'a folder': { make: (path) => mkdirSync(path), error: CannotOpenError, hint: /is a folder; name a file in it/ },
    'a text': {
      make: (path) => writeFileSync(path, 'Dear diary, '.repeat(1_000)),
      error: NotAProvtrailFileError,
      hint: /no SQLite database.*choose another path/,
    },
    'a short text': {
      make: (path) => writeFileSync(path, 'x'),
      error: NotAProvtrailFileError,
      hint: /no SQLite database.*choose another path/,
    },
    'the beginning of an SQLite header': {
      make: (path) => writeFileSync(path, 'SQLite format 3\0'),
      error: NotAProvtrailFileError,
      hint: /no SQLite database.*choose another path/,
    },
    'random bytes': {
      make: (path) => writeFileSync(path, randomBytes(10_000)),
      error: NotAProvtrailFileError,
      hint: /no SQLite database.*choose another path/,
    },
    'a database of another program': {
      make: (path) => raw(path, (db) => db.exec('CREATE TABLE t (x); INSERT INTO t VALUES (1)')),
      error: NotAProvtrailFileError,
      hint: /another program.*left untouched; choose another path/,
    },
    'a database of another program with our schema version': {
      make: (path) => raw(path, (db) => db.exec('CREATE TABLE events (x); PRAGMA user_version = 1')),
      error: NotAProvtrailFileError,
      hint: /another program/,
    },
    'a database of another program in WAL mode': {
      make: (path) =>
        raw(path, (db) => db.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)')),
      error: NotAProvtrailFileError,
      hint: /another program/,
    },
    'a database of another program with a log that was left behind': {
      make: (path) => leaveLog(path, 'PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)'),
      error: NotAProvtrailFileError,
      hint: /another program/,
    },
    'a database of another program with a journal that was left behind': {
      make: (path) => {
        raw(path, (db) => db.exec('CREATE TABLE t (x); INSERT INTO t VALUES (1)'))
        writeFileSync(`${path}-journal`, randomBytes(600))
      },
      error: NotAProvtrailFileError,
      hint: /another program/,
    },
    'an empty database of another program': {
      make: (path) => raw(path, (db) => db.exec('PRAGMA application_id = 42; PRAGMA user_version = 7')),
      error: NotAProvtrailFileError,
      hint: /another program/,
    },
  }

  describe.each(Object.entries(strangers))('%s', (_name, { make, error, hint }) => {
    test.each([{}, { readOnly: true }])('is refused and left untouched, byte for byte, %o', async (options) => {
      const folder = temporaryFolder()
      const path = join(folder, 'work.db')
      make(path)
      const inside = statSync(path).isDirectory() ? path : folder
      const before = contentsOf(inside)
      const refusal = await refusalOf(openTracker({ path, ...options }))
      expect(refusal).toBeInstanceOf(error)
      expect(refusal.message).toMatch(hint)
      expect(refusal.message).toContain(path)
      expect(contentsOf(inside)).toEqual(before)
      expect(readdirSync(folder).filter((name) => !name.startsWith('work.db'))).toEqual([])
    })
  })

  test('that lies below a file cannot be made', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), 'text')
    for (const path of [join(folder, 'file', 'work.db'), join(folder, 'file', 'a', 'work.db')]) {
      const refusal = await refusalOf(openTracker({ path }))
      expect(refusal).toBeInstanceOf(CannotOpenError)
      expect(refusal.message).toContain(path)
    }
    expect(contentsOf(folder)).toEqual({ file: 'text' })
  })

  test('that is a device cannot be opened', async () => {
    const refusal = await refusalOf(openTracker({ path: '/dev/null' }))
    expect(refusal).toBeInstanceOf(CannotOpenError)
  })

  test('that is a pipe cannot be opened, and does not keep the process waiting', async () => {
    const path = join(temporaryFolder(), 'work.db')
    execFileSync('mkfifo', [path])
    const worker = await Worker.start()
    const opening = worker.call('open', { path }).catch((error: { code?: string }) => error.code)
    const waited = new Promise((resolve) => setTimeout(resolve, 5_000, 'still waiting').unref())
    const outcome = await Promise.race([opening, waited])
    await worker.kill()
    expect(outcome).toBe('CANNOT_OPEN')
  })
})

describe('a file of a newer version', () => {
  test.each([{}, { readOnly: true }])('is refused and left untouched, %o', async (options) => {
    const folder = temporaryFolder()
    const path = await madeFile(folder)
    raw(path, (db) => {
      db.exec('ALTER TABLE tasks ADD COLUMN colour TEXT')
      db.pragma('user_version = 99')
    })
    const before = contentsOf(folder)
    const refusal = await refusalOf(openTracker({ path, ...options }))
    expect(refusal).toBeInstanceOf(SchemaVersionError)
    expect(refusal).toMatchObject({ found: 99 })
    expect(refusal.message).toContain('Upgrade provtrail')
    expect(contentsOf(folder)).toEqual(before)
  })

  test('is known by its header alone', async () => {
    const folder = temporaryFolder()
    const path = await madeFile(folder)
    const bytes = readFileSync(path)
    bytes.writeUInt32BE(2 ** 31 - 1, 60)
    writeFileSync(path, bytes)
    expect(await refusalOf(openTracker({ path }))).toBeInstanceOf(SchemaVersionError)
    expect(readFileSync(path).equals(bytes)).toBe(true)
    expect(readdirSync(folder)).toEqual(['work.db'])
  })

  test.each([{}, { readOnly: true }])(
    'is left untouched where its version stands in its log only, %o',
    async (options) => {
      const folder = temporaryFolder()
      const path = await madeFile(folder)
      leaveLog(path, 'PRAGMA user_version = 99')
      const { 'work.db-shm': _, ...before } = contentsOf(folder)
      expect(await refusalOf(openTracker({ path, ...options }))).toBeInstanceOf(SchemaVersionError)
      const { 'work.db-shm': __, ...after } = contentsOf(folder)
      expect(after).toEqual(before)
    },
  )
})

describe('a damaged file', () => {
  test.each([1, 0.9, 0.5, 0.1])(
    'that was cut off, %d of its pages but one, is refused and left untouched',
    async (part) => {
      const folder = temporaryFolder()
      const path = await madeFile(folder)
      const pages = statSync(path).size / 4_096
      truncateSync(path, Math.max(1, Math.ceil(pages * part) - 1) * 4_096)
      const before = contentsOf(folder)
      for (const options of [{}, { readOnly: true }]) {
        const refusal = await refusalOf(openTracker({ path, ...options }))
        expect(refusal).toBeInstanceOf(CorruptFileError)
        expect(refusal.message).toContain('Restore it from a copy')
        expect(contentsOf(folder)).toEqual(before)
      }
    },
  )

  test('that was cut off in the middle of a page is refused', async () => {
    const folder = temporaryFolder()
    const path = await madeFile(folder)
    truncateSync(path, statSync(path).size - 100)
    expect(await refusalOf(openTracker({ path }))).toBeInstanceOf(CorruptFileError)
    truncateSync(path, 150)
    expect(await refusalOf(openTracker({ path }))).toBeInstanceOf(CorruptFileError)
    truncateSync(path, 50)
    expect(await refusalOf(openTracker({ path }))).toBeInstanceOf(NotAProvtrailFileError)
  })

  test('never answers wrongly, whichever of its pages is overwritten', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'work.db')
    {
      await using tracker = await openTracker({ path, namespace: 'n' })
      const ada = await tracker.agents.registerHuman({ name: 'Ada' })
      const tasks = await Promise.all(
        Array.from({ length: 60 }, (_, n) =>
          tracker.tasks.create({
            title: `task ${n}`,
            description: 'd'.repeat(200),
            labels: [`l${n % 3}`],
            owner: ada.id,
            externalRefs: [{ system: 's', id: `${n}` }],
          }),
        ),
      )
      for (const [n, task] of tasks.slice(1).entries()) await tracker.relations.add(tasks[n]!.id, 'blocked_by', task.id)
      await tracker.tasks.addComment(tasks[0]!.id, { body: 'hello' })
      await tracker.artifacts.add({ iri: 'https://example.org/a' })
      await tracker.activities.start({ agent: ada.id, task: tasks[0]!.id })
    }
    const ask = async (target: string): Promise<Record<string, string>> => {
      const answers: Record<string, string> = {}
      const say = async (name: string, query: (tracker: Tracker) => Promise<unknown>, tracker: Tracker) => {
        try {
          answers[name] = JSON.stringify(await query(tracker))
        } catch (error) {
          if (!(error instanceof ProvtrailError)) throw new Error(`${name}: not an error of ours`, { cause: error })
          answers[name] = 'refused'
        }
      }
      let tracker: Tracker
      try {
        tracker = await openTracker({ path: target })
      } catch (error) {
        if (!(error instanceof ProvtrailError)) throw new Error('open: not an error of ours', { cause: error })
        return answers
      }
      const { items } = await tracker.tasks.list({ limit: 1 }).catch(() => ({ items: [] }))
      await say('list', (t) => t.tasks.list({ limit: 1_000 }), tracker)
      await say('ready', (t) => t.tasks.ready({ limit: 1_000 }), tracker)
      await say('blocked', (t) => t.tasks.blocked({ limit: 1_000 }), tracker)
      await say('labels', (t) => t.tasks.list({ labelsAny: ['l1'], limit: 1_000 }), tracker)
      await say('ref', (t) => t.tasks.findByExternalRef('s', '7'), tracker)
      await say('agents', (t) => t.agents.list(), tracker)
      await say('activities', (t) => t.activities.list({ open: true }), tracker)
      await say('artifact', (t) => t.artifacts.findByIri('https://example.org/a'), tracker)
      await say('events', (t) => t.log.events({ limit: 1_000 }), tracker)
      if (items[0] !== undefined) {
        const { id } = items[0]
        await say('comments', (t) => t.tasks.comments(id), tracker)
        await say('ancestors', (t) => t.tasks.ancestors(id), tracker)
        await say('relations', (t) => t.relations.list(id), tracker)
        await say('subject', (t) => t.log.events({ subject: id }), tracker)
      }
      await say('verify', (t) => t.log.verify({ state: true }), tracker)
      await tracker.close().catch(() => undefined)
      return answers
    }
    const truth = await ask(path)
    expect(Object.values(truth)).not.toContain('refused')
    expect(truth.verify).toContain('"ok":true')
    const bytes = readFileSync(path)
    let found = 0
    for (let page = 0; page < bytes.length / 4_096; page++) {
      const damaged = Buffer.from(bytes)
      // The header of the file stays, so that it is still known as ours.
      damaged.fill(randomBytes(4_096), page === 0 ? page * 4_096 + 100 : page * 4_096, (page + 1) * 4_096)
      const target = join(folder, `damaged-${page}.db`)
      writeFileSync(target, damaged)
      const answers = await ask(target)
      const wrong = Object.keys(answers).filter((name) => answers[name] !== 'refused' && answers[name] !== truth[name])
      // A verification that fails says so itself.
      expect(wrong.filter((name) => name !== 'verify' || answers[name]!.includes('"ok":true'))).toEqual([])
      if (Object.keys(answers).length === 0 || Object.values(answers).includes('refused')) found++
    }
    expect(found).toBeGreaterThan(15)
  })

  test.each([
    ['without its settings', 'DROP TRIGGER settings_refuse_delete; DELETE FROM settings'],
    ['without its tables', 'DROP TABLE settings; DROP TABLE events'],
  ])('that is ours by name, %s, is called damaged', async (_name, sql) => {
    const path = await madeFile(temporaryFolder())
    raw(path, (db) => db.exec(sql))
    for (const options of [{}, { readOnly: true }]) {
      expect(await refusalOf(openTracker({ path, ...options }))).toBeInstanceOf(CorruptFileError)
    }
  })
})

const isRoot = process.getuid?.() === 0

describe('a place that may not be written to', () => {
  // Permissions do not bind root, so that these processes are nobody's.
  const nobody = isRoot ? { uid: 65_534, gid: 65_534 } : {}

  test('refuses a new file', async () => {
    const folder = temporaryFolder()
    chmodSync(folder, 0o555)
    const worker = await Worker.start(nobody)
    onTestFinished(() => worker.stop())
    for (const path of [join(folder, 'work.db'), join(folder, 'a', 'work.db')]) {
      await expect(worker.call('open', { path })).rejects.toMatchObject({
        code: 'CANNOT_OPEN',
        message: expect.stringContaining(path),
      })
    }
    chmodSync(folder, 0o755)
    expect(readdirSync(folder)).toEqual([])
  })

  test('refuses a file that is there, and leaves it untouched', async () => {
    const folder = temporaryFolder()
    const path = await madeFile(folder)
    const before = contentsOf(folder)
    chmodSync(path, 0o444)
    chmodSync(folder, 0o555)
    const worker = await Worker.start(nobody)
    onTestFinished(() => worker.stop())
    for (const options of [{}, { readOnly: true }]) {
      const opening = worker.call('open', { path, ...options }).then(
        () => ({ code: 'OPEN' }),
        (error: { code: string; message: string }) => error,
      )
      // A file in WAL mode cannot be read without the files beside it, so that reading may be refused as well.
      expect(['CANNOT_OPEN', 'READ_ONLY', ...('readOnly' in options ? ['OPEN'] : [])]).toContain((await opening).code)
    }
    chmodSync(folder, 0o755)
    expect(contentsOf(folder)).toEqual(before)
  })

  test('refuses a file that may only be read, in a folder that may be written to', async () => {
    const folder = temporaryFolder()
    const path = await madeFile(folder)
    const before = readFileSync(path)
    if (isRoot) chownSync(folder, 65_534, 65_534)
    chmodSync(path, 0o444)
    const worker = await Worker.start(nobody)
    onTestFinished(() => worker.stop())
    // Opening it may succeed, for SQLite then reads: writing is refused at the latest.
    const writing = worker.call('open', { path }).then(() => worker.call('create', ['three']))
    await expect(writing).rejects.toMatchObject({ code: 'READ_ONLY' })
    await worker.call('close')
    await worker.call('open', { path, readOnly: true })
    expect(await worker.call('titles')).toEqual(['one', 'two'])
    await worker.call('close')
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('refuses a file that may not be read', async () => {
    const folder = temporaryFolder()
    const path = await madeFile(folder)
    chmodSync(path, 0o000)
    chmodSync(folder, 0o777)
    const worker = await Worker.start(nobody)
    onTestFinished(() => worker.stop())
    for (const options of [{}, { readOnly: true }]) {
      await expect(worker.call('open', { path, ...options })).rejects.toMatchObject({ code: 'CANNOT_OPEN' })
    }
  })
})

/** A file system of one megabyte, where this user may mount one. */
function smallDisk(): string | undefined {
  const folder = temporaryFolder()
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status !== 0) return undefined
  // Runs before the folder is removed.
  onTestFinished(() => {
    execFileSync('umount', [folder])
  })
  return folder
}

/** Writes until nothing more fits. */
function fill(path: string): void {
  for (const size of [65_536, 4_096, 512]) {
    try {
      for (;;) appendFileSync(path, Buffer.alloc(size))
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC')
    }
  }
}

describe('a full disk', () => {
  test('refuses what does not fit, keeps what was acknowledged, and works again when there is room', async (context) => {
    const folder = smallDisk()
    if (folder === undefined) return context.skip('a small file system cannot be mounted here')
    const path = join(folder, 'work.db')
    const ballast = join(folder, 'ballast')
    writeFileSync(ballast, Buffer.alloc(300_000))
    const tracker = await openTracker({ path })
    const acknowledged: string[] = []
    const refusals: unknown[] = []
    // One after the other, then many at once, then in a transaction.
    while (refusals.length === 0) {
      const title = `one ${acknowledged.length}`
      await tracker.tasks.create({ title, description: 'd'.repeat(2_000) }).then(
        () => acknowledged.push(title),
        (error) => refusals.push(error),
      )
    }
    const many = Array.from({ length: 50 }, (_, n) => `many ${n}`)
    for (const [n, outcome] of (
      await Promise.allSettled(many.map((title) => tracker.tasks.create({ title, description: 'd'.repeat(20_000) })))
    ).entries()) {
      if (outcome.status === 'fulfilled') acknowledged.push(many[n]!)
      else refusals.push(outcome.reason)
    }
    const transaction = tracker.transaction(async (t) => {
      for (let n = 0; n < 50; n++) await t.tasks.create({ title: `together ${n}`, description: 'd'.repeat(20_000) })
    })
    refusals.push(await refusalOf(transaction))
    for (const refusal of refusals) {
      expect(refusal).toBeInstanceOf(DiskFullError)
      expect((refusal as Error).message).toContain('Make room and repeat')
    }
    expect((await titlesOf(tracker)).sort()).toEqual(acknowledged.sort())
    rmSync(ballast)
    acknowledged.push('after')
    await tracker.tasks.create({ title: 'after' })
    await tracker.close()
    await using again = await openTracker({ path })
    expect((await titlesOf(again)).sort()).toEqual(acknowledged.sort())
    expect(await again.log.verify({ state: true })).toMatchObject({ ok: true })
  })

  test('refuses a new file, and leaves nothing that is in the way later', async (context) => {
    const folder = smallDisk()
    if (folder === undefined) return context.skip('a small file system cannot be mounted here')
    fill(join(folder, 'ballast'))
    for (const path of [join(folder, 'work.db'), join(folder, 'a', 'work.db')]) {
      expect(await refusalOf(openTracker({ path }))).toBeInstanceOf(DiskFullError)
    }
    rmSync(join(folder, 'ballast'))
    for (const path of [join(folder, 'work.db'), join(folder, 'a', 'work.db')]) {
      await using tracker = await openTracker({ path })
      await tracker.tasks.create({ title: 'one' })
      expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: 2 })
    }
  })

  test('says so where a file that is there cannot be opened for lack of room, and leaves it as it is', async (context) => {
    const folder = smallDisk()
    if (folder === undefined) return context.skip('a small file system cannot be mounted here')
    const path = await madeFile(folder)
    const before = readFileSync(path)
    fill(join(folder, 'ballast'))
    for (const options of [{}, { readOnly: true }]) {
      const opened = await openTracker({ path, ...options }).catch((error: unknown) => error)
      if (opened instanceof Error) expect(opened).toBeInstanceOf(DiskFullError)
      else {
        expect(await titlesOf(opened as Tracker)).toEqual(['one', 'two'])
        await (opened as Tracker).close()
      }
    }
    expect(readFileSync(path).equals(before)).toBe(true)
    rmSync(join(folder, 'ballast'))
    await using tracker = await openTracker({ path })
    expect(await titlesOf(tracker)).toEqual(['one', 'two'])
  })
})

/** Whether this process holds SQLite's shared lock on the file (bytes 1073741826 to 1073742335). */
function holdsLock(path: string): boolean {
  const inode = statSync(path).ino
  return readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .some((line) => line.includes(` ${process.pid} `) && line.includes(`:${inode} 1073741826 `))
}

describe('two trackers on one file in one process', () => {
  const ways: Record<string, (folder: string) => [first: string, second: string]> = {
    'by one path': (folder) => [join(folder, 'work.db'), join(folder, 'work.db')],
    'by two paths': (folder) => {
      symlinkSync(folder, join(folder, 'link'))
      return [join(folder, 'work.db'), join(folder, 'link', 'work.db')]
    },
    'by a path through a link': (folder) => {
      mkdirSync(join(folder, 'real'))
      symlinkSync(join(folder, 'real'), join(folder, 'link'))
      return [join(folder, 'link', 'work.db'), join(folder, 'link', 'work.db')]
    },
    'by a link and by its target': (folder) => {
      symlinkSync(join(folder, 'target.db'), join(folder, 'link.db'))
      return [join(folder, 'link.db'), join(folder, 'target.db')]
    },
  }

  test.each(Object.keys(ways))('%s: closing one does not drop the locks of the other', async (way) => {
    const [first, second] = ways[way]!(temporaryFolder())
    const worker = await Worker.start()
    onTestFinished(() => worker.stop())
    await using one = await openTracker({ path: first })
    await one.tasks.create({ title: 'one' })
    const two = await openTracker({ path: second })
    await two.tasks.create({ title: 'two' })
    if (existsSync('/proc/locks')) expect(holdsLock(first)).toBe(true)
    const reader = await openTracker({ path: second, readOnly: true })
    expect(await titlesOf(reader)).toEqual(['one', 'two'])
    await reader.close()
    await two.close()
    if (existsSync('/proc/locks')) expect(holdsLock(first)).toBe(true)
    // Whoever closes a file last takes its write-ahead log away: the other process must see that it is not the last.
    await worker.call('open', { path: first })
    await worker.call('create', ['three'])
    await worker.call('close')
    expect(existsSync(`${first}-wal`) || existsSync(`${second}-wal`)).toBe(true)
    await one.tasks.create({ title: 'four' })
    await worker.call('open', { path: first })
    expect(await worker.call('titles')).toEqual(['one', 'two', 'three', 'four'])
    expect(await worker.call('verify')).toEqual({ ok: true, checked: 5 })
    await worker.call('close')
    expect(await titlesOf(one)).toEqual(['one', 'two', 'three', 'four'])
  })

  test('take turns: what one commits the other sees', async () => {
    const path = join(temporaryFolder(), 'work.db')
    await using one = await openTracker({ path })
    await using two = await openTracker({ path, durability: 'normal' })
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => (n % 2 ? one : two).tasks.create({ title: `${n}` }).then(() => undefined)),
    )
    expect(await titlesOf(one)).toHaveLength(40)
    expect(await titlesOf(two)).toEqual(await titlesOf(one))
    expect(await two.log.verify({ state: true })).toEqual({ ok: true, checked: 41 })
  })
})

test('a copy of a closed file is a record of its own', async () => {
  const folder = temporaryFolder()
  const path = await madeFile(folder)
  const copy = join(folder, 'copy.db')
  copyFileSync(path, copy)
  await using tracker = await openTracker({ path: copy })
  await tracker.tasks.create({ title: 'three' })
  expect(await titlesOf(tracker)).toEqual(['one', 'two', 'three'])
  const db = new Database(path, { readonly: true })
  expect(db.prepare('SELECT count(*) AS n FROM tasks').get()).toEqual({ n: 2 })
  db.close()
})

import { generateKeyPairSync } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  exportProv,
  InvalidInputError,
  LogDivergedError,
  LogGapError,
  LogImportError,
  LogNamespaceError,
  type OpenOptions,
  openTracker,
  ReadOnlyError,
  type Tracker,
  TrackerInTransactionError,
} from '../src/index.js'
import { answersOf } from './support/answers.js'
import { histories } from './support/histories.js'
import { exported, historiesWithRedactions, playAndRedact } from './support/log-text.js'
import { play } from './support/play.js'
import { Clock, dump, freshPath, NAMESPACE } from './support/trackers.js'
import { bytesOf } from './support-store/folder.js'
import { canonical, eventRows, putEventRows, rechained } from './support-store/forge.js'
import { raw } from './support-store/raw.js'
import { refusalOf } from './support-store/refusal.js'
import { fillRecord, RICH_OPTIONS, steadyClock } from './support-store/rich-record.js'

async function openFile(options: Partial<OpenOptions> = {}): Promise<Tracker> {
  return openTracker({
    path: freshPath(),
    namespace: NAMESPACE,
    durability: 'normal',
    now: new Clock().now,
    ...options,
  })
}

/** Every row of every table of a record but what is a file's own. */
function contentsOf(path: string): Record<string, unknown[]> {
  const { settings: _, ...tables } = dump(path)
  return tables
}

async function turtleOf(tracker: Tracker): Promise<string> {
  let text = ''
  for await (const chunk of exportProv(tracker, { format: 'turtle' })) text += chunk
  return text
}

/** That one record is another one again, to the last byte. */
async function expectReplica(replica: Tracker, source: Tracker): Promise<void> {
  expect(contentsOf(replica.path)).toEqual(contentsOf(source.path))
  expect(await turtleOf(replica)).toBe(await turtleOf(source))
  expect((await replica.log.snapshot()).digest).toBe((await source.log.snapshot()).digest)
  const { seq } = await source.log.head()
  expect(await replica.log.verify({ state: true, expect: await source.log.head() })).toEqual({ ok: true, checked: seq })
}

describe('importing an exported log', () => {
  test('gives an empty file the same events and the same state, and once more nothing', async () => {
    await fc.assert(
      fc.asyncProperty(historiesWithRedactions, async (what) => {
        await using source = await openFile()
        await playAndRedact(source, what)
        await using replica = await openFile({ now: () => Date.parse('2030-01-01T00:00:00Z') })
        const head = await source.log.head()
        const text = await exported(source)
        expect(await replica.log.importEvents([text])).toEqual({ read: head.seq, written: head.seq, head })
        await expectReplica(replica, source)
        expect(await exported(replica)).toBe(text)
        expect(await replica.log.importEvents([text])).toEqual({ read: head.seq, written: 0, head })
        expect(await replica.log.rebuild()).toBe(head.seq)
        await expectReplica(replica, source)
      }),
      { numRuns: 8 },
    )
  })

  test('goes on where the one before ended, whatever was erased meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(historiesWithRedactions, { minLength: 2, maxLength: 3 }),
        fc.boolean(),
        async (parts, whole) => {
          await using source = await openFile()
          await using replica = await openFile()
          for (const part of parts) {
            await playAndRedact(source, part)
            const { seq: after } = await replica.log.head()
            const head = await source.log.head()
            const result = await replica.log.importEvents(source.log.exportEvents(whole ? {} : { after }))
            expect(result).toEqual({ read: whole ? head.seq : head.seq - after, written: head.seq - after, head })
            await expectReplica(replica, source)
          }
        },
      ),
      { numRuns: 5 },
    )
  })

  test('takes it in pieces that end anywhere, of text and of bytes', async () => {
    await using source = await openFile({ ...RICH_OPTIONS, now: steadyClock() })
    await fillRecord(source, (field) => `${field} ü→🦉\u2028 "\\`)
    const text = await exported(source)
    const bytes = Buffer.from(text)
    const head = await source.log.head()
    const cut = <Piece extends { slice(from: number, to?: number): Piece }>(
      whole: Piece,
      places: readonly number[],
    ) => {
      const ends = [...places].sort((one, other) => one - other)
      return [...ends, undefined].map((end, index) => whole.slice(index === 0 ? 0 : ends[index - 1]!, end))
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(bytes.length), { maxLength: 60 }),
        fc.array(fc.nat(text.length), { maxLength: 60 }),
        fc.boolean(),
        async (inBytes, inText, later) => {
          for (const pieces of [cut(bytes, inBytes), cut(text as never as Buffer, inText)]) {
            await using replica = await openFile({ path: ':memory:', namespace: RICH_OPTIONS.namespace })
            const slowly = async function* () {
              for (const piece of pieces) {
                await setTimeout(0)
                yield piece
              }
            }
            expect((await replica.log.importEvents(later ? slowly() : pieces)).head).toEqual(head)
            expect(await replica.log.verify({ state: true })).toMatchObject({ ok: true })
          }
        },
      ),
      { numRuns: 15 },
    )
    const oneByOne = Array.from(bytes, (byte) => Uint8Array.of(byte))
    const characters = [...text].flatMap((character) => [...character.split('')])
    const reused = function* () {
      const piece = new Uint8Array(1)
      for (const byte of bytes) {
        piece[0] = byte
        yield piece
      }
    }
    for (const pieces of [oneByOne, characters, reused(), text, bytes, [text.slice(0, -1)]]) {
      await using replica = await openFile({ namespace: RICH_OPTIONS.namespace })
      expect((await replica.log.importEvents(pieces as string)).head).toEqual(head)
      await expectReplica(replica, source)
      expect(await answersOf(replica)).toEqual(await answersOf(source))
    }
  })

  test('of an empty log writes nothing', async () => {
    await using source = await openFile()
    await using replica = await openFile()
    const head = { seq: 0, digest: '0'.repeat(64) }
    expect(await replica.log.importEvents(source.log.exportEvents())).toEqual({ read: 0, written: 0, head })
    expect(await replica.log.importEvents(replica.log.exportEvents())).toEqual({ read: 0, written: 0, head })
  })

  test('of the file itself, or of one that is behind, writes nothing', async () => {
    await using source = await openFile()
    await source.tasks.create({ title: 'one' })
    const early = await exported(source)
    await source.tasks.create({ title: 'two' })
    const head = await source.log.head()
    const before = dump(source.path)
    expect(await source.log.importEvents(source.log.exportEvents())).toEqual({ read: 3, written: 0, head })
    expect(await source.log.importEvents([early])).toEqual({ read: 2, written: 0, head })
    expect(await source.log.importEvents(source.log.exportEvents({ after: 3 }))).toEqual({ read: 0, written: 0, head })
    expect(dump(source.path)).toEqual(before)
    expect(await refusalOf(source.log.exportEvents({ after: 4 }).next())).toBeInstanceOf(InvalidInputError)
  })

  test('says in its first line what it is, and then one event a line, in canonical JSON', async () => {
    await using source = await openFile({ ...RICH_OPTIONS, now: steadyClock() })
    await fillRecord(source)
    const [first, ...lines] = (await exported(source)).trimEnd().split('\n')
    const head = await source.log.head()
    expect(JSON.parse(first!)).toEqual({
      format: 'provtrail-log',
      version: 1,
      namespace: source.namespace,
      after: 0,
      head,
    })
    const { items } = await source.log.events({ limit: 1_000 })
    expect(lines.map((line) => JSON.parse(line))).toEqual(items)
    expect([first, ...lines].map((line) => canonical(JSON.parse(line!)))).toEqual([first, ...lines])
  })

  test('never tells the secret of the file, and leaves the other file its own', async () => {
    await using source = await openFile()
    await using replica = await openFile()
    await source.tasks.create({ title: 'one' })
    const secrets = (path: string) =>
      raw(path, (db) => db.prepare("SELECT value FROM settings WHERE name <> 'namespace'").pluck().all() as string[])
    const [ofSource, ofReplica] = [secrets(source.path), secrets(replica.path)]
    const text = await exported(source)
    for (const secret of ofSource) expect(text).not.toContain(secret)
    await replica.log.importEvents([text])
    expect(secrets(replica.path)).toEqual(ofReplica)
    expect(ofSource.filter((secret) => ofReplica.includes(secret))).toEqual([])
  })

  test('carries seals over', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    await using source = await openFile()
    await using replica = await openFile()
    await source.tasks.create({ title: 'one' })
    await source.log.seal({ privateKey })
    await replica.log.importEvents(source.log.exportEvents())
    expect(await replica.log.verify({ publicKey })).toEqual({ ok: true, checked: 3, sealed: 2 })
    // Rewritten whole, an exported log is as good as any; only the seal tells.
    const rows = eventRows(source.path)
    putEventRows(
      source.path,
      rechained(rows.map((row) => (row.seq === 2 ? { ...row, at: row.at!.toString().replace('2026', '2025') } : row))),
    )
    await using deceived = await openFile()
    await deceived.log.importEvents(source.log.exportEvents())
    expect(await deceived.log.verify()).toEqual({ ok: true, checked: 3 })
    expect(await deceived.log.verify({ publicKey })).toMatchObject({ ok: false, seq: 2 })
  })

  test('wakes who subscribes, with what is new', async () => {
    await using source = await openFile()
    await using replica = await openFile()
    await source.tasks.create({ title: 'one' })
    const seen = replica.log.subscribe()
    const first = seen.next()
    await setTimeout(30)
    await replica.log.importEvents(source.log.exportEvents())
    expect((await first).value).toMatchObject({ seq: 1 })
    expect((await seen.next()).value).toMatchObject({ seq: 2, type: 'task.created' })
  })
})

describe('an event that is erased in the source', () => {
  test('after it was replicated is erased in the replica too: in its log, its state and its bytes', async () => {
    const marks = ['zq-title-qz', 'zq-notes-qz', 'zq-comment-qz']
    await using source = await openFile()
    await using replica = await openFile()
    const task = await source.tasks.create({ title: marks[0]!, notes: marks[1]! })
    await source.tasks.addComment(task.id, { body: marks[2]! })
    await replica.log.importEvents(source.log.exportEvents())
    const bytes = () => Buffer.concat([bytesOf(replica.path), bytesOf(`${replica.path}-wal`)])
    for (const mark of marks) expect(bytes().includes(mark)).toBe(true)
    const { seq: after } = await replica.log.head()
    for (const seq of [2, 3]) await source.log.redact(seq, { reason: 'asked to' })
    await source.log.redact(after + 1, { reason: 'the redaction too' })
    await replica.log.importEvents(source.log.exportEvents({ after }))
    await expectReplica(replica, source)
    expect((await replica.tasks.get(task.id)).title).toBe('[redacted]')
    for (const mark of marks) expect(bytes().includes(mark), mark).toBe(false)
    await replica.close()
    for (const mark of marks) expect(bytesOf(replica.path).includes(mark), mark).toBe(false)
  })

  test('is erased also where the whole log comes again, and where its data comes back with an old export', async () => {
    await using source = await openFile()
    await using replica = await openFile()
    await source.tasks.create({ title: 'zq-title-qz' })
    const early = await exported(source)
    await replica.log.importEvents([early])
    await source.log.redact(2, { reason: 'asked to' })
    expect(await replica.log.importEvents(source.log.exportEvents())).toMatchObject({ read: 3, written: 1 })
    await expectReplica(replica, source)
    expect(await replica.log.importEvents([early])).toMatchObject({ read: 2, written: 0 })
    await expectReplica(replica, source)
    // Old lines that still hold it, with the redaction after them: it is not taken in.
    const lines = (await exported(source)).split('\n')
    lines[2] = early.split('\n')[2]!
    await using third = await openFile()
    await third.log.importEvents([lines.join('\n')])
    await expectReplica(third, source)
    expect(bytesOf(third.path).includes('zq-title-qz')).toBe(false)
  })
})

describe('a log that does not fit', () => {
  async function expectUntouched(replica: Tracker, before: Record<string, unknown[]>): Promise<void> {
    expect(dump(replica.path)).toEqual(before)
    expect(await replica.log.verify({ state: true })).toMatchObject({ ok: true })
  }

  test('is refused where the two have parted, with the number where they do', async () => {
    await fc.assert(
      fc.asyncProperty(histories, histories, histories, async (common, here, there) => {
        await using source = await openFile()
        await using replica = await openFile()
        await play(source, common)
        await replica.log.importEvents(source.log.exportEvents())
        const { seq } = await source.log.head()
        await source.tasks.create({ title: 'only here' })
        await play(source, here)
        await replica.tasks.create({ title: 'only there' })
        await play(replica, there)
        const before = dump(replica.path)
        for (const after of [0, seq - 1, seq]) {
          const refusal = await refusalOf(replica.log.importEvents(source.log.exportEvents({ after })))
          expect(refusal).toBeInstanceOf(LogDivergedError)
          expect(refusal).toMatchObject({ seq: seq + 1 })
        }
        // From further on it can only be said that they differ by then.
        const late = Math.min((await source.log.head()).seq, (await replica.log.head()).seq)
        for (const after of [seq + 1, late]) {
          expect(await refusalOf(replica.log.importEvents(source.log.exportEvents({ after })))).toMatchObject({
            code: 'LOG_DIVERGED',
            seq: after,
          })
        }
        await expectUntouched(replica, before)
      }),
      { numRuns: 5 },
    )
  })

  test('is refused where events between the two are missing', async () => {
    await using source = await openFile()
    await using replica = await openFile()
    await source.tasks.create({ title: 'one' })
    const empty = dump(replica.path)
    for (const after of [1, 2]) {
      let released = false
      const exporting = async function* () {
        try {
          yield* source.log.exportEvents({ after })
        } finally {
          released = true
        }
      }
      const refusal = await refusalOf(replica.log.importEvents(exporting()))
      expect(released).toBe(true)
      expect(refusal).toBeInstanceOf(LogGapError)
      expect(refusal).toMatchObject({ head: 0, after })
      expect(refusal.message).toContain('{ after: 0 }')
    }
    await expectUntouched(replica, empty)
  })

  test('is refused where it is of another namespace', async () => {
    await using source = await openFile({ namespace: 'elsewhere' })
    await using replica = await openFile()
    await source.tasks.create({ title: 'one' })
    const refusal = await refusalOf(replica.log.importEvents(source.log.exportEvents()))
    expect(refusal).toBeInstanceOf(LogNamespaceError)
    expect(refusal).toMatchObject({ stored: NAMESPACE, given: 'elsewhere' })
    expect((await replica.log.head()).seq).toBe(0)
  })

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['an object', {}],
    ['a number', 7],
    ['numbers', [1, 2]],
    ['nothing in it but null', [null]],
    ['lines as objects', [{ seq: 1 }]],
  ])('is refused where the source is %s', async (_name, source) => {
    await using replica = await openFile({ path: ':memory:' })
    expect(await refusalOf(replica.log.importEvents(source as never))).toBeInstanceOf(InvalidInputError)
  })

  test.each<[string, string]>([
    ['nothing', ''],
    ['an empty line', '\n'],
    ['no JSON', 'hello\n'],
    ['another format', '{"format":"beads"}\n'],
    [
      'a newer version',
      '{"after":0,"format":"provtrail-log","head":{"digest":"","seq":0},"namespace":"test","version":2}\n',
    ],
    ['a byte order mark', '\ufeff{"after":0}\n'],
    ['an array', '[]\n'],
    ['an event', '{"seq":1}\n'],
  ])('is refused where it begins with %s', async (_name, text) => {
    await using replica = await openFile({ path: ':memory:' })
    const refusal = await refusalOf(replica.log.importEvents([text]))
    expect(refusal).toBeInstanceOf(LogImportError)
    expect(refusal).toMatchObject({ line: 1, seq: 0 })
  })

  test('is refused inside of a transaction, and where the file is only read', async () => {
    await using source = await openFile()
    await source.tasks.create({ title: 'one' })
    const text = await exported(source)
    for (const call of [
      () => source.log.importEvents([text]),
      () => source.log.exportEvents().next(),
      () => source.log.snapshot(),
      () => source.log.subscribe().next(),
    ]) {
      expect(await refusalOf(source.transaction(async () => call()))).toBeInstanceOf(TrackerInTransactionError)
    }
    await using reader = await openTracker({ path: source.path, readOnly: true })
    expect(await refusalOf(reader.log.importEvents([text]))).toBeInstanceOf(ReadOnlyError)
    expect(await exported(reader)).toBe(text)
  })

  test('passes on what its source throws, lets go of the source, and writes nothing', async () => {
    await using source = await openFile()
    await using replica = await openFile()
    for (let n = 0; n < 20; n++) await source.tasks.create({ title: `${n}` })
    const before = dump(replica.path)
    const lines = (await exported(source))
      .trimEnd()
      .split('\n')
      .map((line) => `${line}\n`)
    let released = 0
    const broken = async function* (count: number, error?: Error) {
      try {
        yield* lines.slice(0, count)
        if (error) throw error
        yield 'no line of a log\n'
      } finally {
        released++
      }
    }
    const failure = new Error('the network')
    for (const count of [0, 1, 7, 22]) {
      await expect(replica.log.importEvents(broken(count, failure))).rejects.toBe(failure)
      expect(await refusalOf(replica.log.importEvents(broken(count)))).toMatchObject({ code: 'LOG_IMPORT' })
    }
    expect(released).toBe(8)
    await expectUntouched(replica, before)
    expect((await replica.log.importEvents(lines)).written).toBe(21)
  })

  test('is refused where a line says the same in other words', async () => {
    await using source = await openFile()
    await source.tasks.create({ title: 'a\u001f/é', description: '1' })
    const lines = (await exported(source)).trimEnd().split('\n')
    const event = lines[2]!
    const fields = JSON.parse(event)
    const others = [
      event.replace('\\u001f', '\\u001F'),
      event.replace('/', '\\/'),
      event.replace('é', '\\u00e9'),
      event.replace('"seq":2', '"seq":2.0'),
      event.replace('"seq":2', '"seq": 2'),
      event.replace('"data":{', '"data":{"a":1,'),
      event.replace('"seq":2', '"seq":2,"seq":2'),
      `${event} `,
      `${event}\r`,
      ` ${event}`,
      JSON.stringify({ ...fields, salt: undefined, data: undefined, extra: 1 }),
      JSON.stringify({ version: fields.version, ...fields }),
      canonical({ ...fields, extra: 1 }),
      canonical({ ...fields, activity: null }),
    ]
    for (const other of others) {
      expect(other).not.toBe(event)
      await using replica = await openFile({ path: ':memory:' })
      const refusal = await refusalOf(replica.log.importEvents([[lines[0], lines[1], other].join('\n')]))
      expect(refusal, other).toMatchObject({ code: 'LOG_IMPORT', line: 3, seq: 2 })
      expect((await replica.log.head()).seq).toBe(0)
    }
    const header = lines[0]!
    for (const other of [
      header.replace(':', ': '),
      `${header} `,
      header.replace('{', '{"a":1,'),
      header.replace('"version":1', '"version":1.0'),
    ]) {
      await using replica = await openFile({ path: ':memory:' })
      const refusal = await refusalOf(replica.log.importEvents([[other, lines[1], event].join('\n')]))
      expect(refusal, other).toMatchObject({ code: 'LOG_IMPORT', line: 1, seq: 0 })
    }
  })

  test('is refused where an event cannot be carried over, though its digests are right', async () => {
    await using source = await openFile()
    const task = await source.tasks.create({ title: 'one' })
    await source.tasks.addLabel(task.id, 'a')
    const rows = eventRows(source.path)
    const ruins: [number, Record<string, unknown> | string][] = [
      [2, {}],
      [2, { title: null }],
      [2, { title: { a: 1 } }],
      [3, { label: null }],
      [3, { label: { a: 1 } }],
    ]
    for (const [seq, data] of ruins) {
      putEventRows(
        source.path,
        rechained(rows.map((row) => (row.seq === seq ? { ...row, data: canonical(data) } : row))),
      )
      await using replica = await openFile()
      const before = dump(replica.path)
      const refusal = await refusalOf(replica.log.importEvents(source.log.exportEvents()))
      expect(refusal).toBeInstanceOf(LogImportError)
      expect(refusal).toMatchObject({ line: seq + 1, seq })
      await expectUntouched(replica, before)
    }
    for (const [field, value] of [
      ['subject', 'nobody'],
      ['actor', 'nobody'],
      ['type', 'task.exploded'],
      ['version', 7],
      ['at', '2026-01-05'],
      ['recorded_at', 'yesterday'],
      ['activity', ''],
      ['data', null],
    ] as const) {
      const forged = rows.map((row) =>
        row.seq === 3 ? { ...row, [field]: value, ...(field === 'data' && { salt: null }) } : row,
      )
      putEventRows(source.path, rechained(forged))
      await using replica = await openFile()
      const refusal = await refusalOf(replica.log.importEvents(source.log.exportEvents()))
      expect(refusal).toBeInstanceOf(LogImportError)
      expect(refusal, field).toMatchObject({ line: 4, seq: 3 })
      expect((await replica.log.head()).seq).toBe(0)
    }
  })
})

describe('a vocabulary of its own', () => {
  test('is taken over with the log, by every part of the tracker that imports it', async () => {
    await using source = await openFile({ ...RICH_OPTIONS, now: steadyClock() })
    await fillRecord(source)
    await using replica = await openFile({ namespace: RICH_OPTIONS.namespace })
    const { tasks, vocabulary } = replica
    const asTool = replica.as(source.tasks && (await source.agents.list()).items[0]!.id)
    expect(await refusalOf(tasks.create({ title: 'early', phase: 'check' }))).toBeInstanceOf(InvalidInputError)
    await replica.log.importEvents(source.log.exportEvents())
    await expectReplica(replica, source)
    expect(vocabulary).toEqual(source.vocabulary)
    expect((await tasks.create({ title: 'late', phase: 'check' })).phase).toBe('check')
    expect((await asTool.tasks.create({ title: 'late' })).phase).toBe('plan')
    expect(await refusalOf(asTool.tasks.create({ title: 'x', phase: 'unscoped' }))).toBeInstanceOf(InvalidInputError)
  })
})

test('others have their turn while a long log is exported, in pieces of no great length, and imported', async () => {
  await using source = await openFile()
  for (let batch = 0; batch < 12; batch++) {
    await Promise.all(Array.from({ length: 500 }, (_, n) => source.tasks.create({ title: `${batch}.${n}` })))
  }
  await using replica = await openFile()
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  let longest = 0
  const pieces = async function* () {
    for await (const piece of source.log.exportEvents()) {
      longest = Math.max(longest, piece.length)
      yield piece
    }
  }
  await replica.log.importEvents(pieces())
  clearInterval(timer)
  expect(turns).toBeGreaterThan(10)
  expect(longest).toBeLessThan(100_000)
  expect(await replica.log.head()).toEqual(await source.log.head())
})

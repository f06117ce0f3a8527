import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ImportError, InvalidInputError, importBeads, openTracker, type Task, type Tracker } from '../src/index.js'

let folder: string
let tracker: Tracker

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'provtrail-beads-'))
  tracker = await openTracker({ path: join(folder, 'db', 'work.db'), namespace: 'https://example.org/x' })
})
afterEach(async () => {
  await tracker.close()
  rmSync(folder, { recursive: true, force: true })
})

const TIMES = { created_at: '2026-01-05T09:00:00Z', updated_at: '2026-01-05T09:00:00Z' }

function line(id: string, fields: object = {}): string {
  return JSON.stringify({
    id,
    title: `Title of ${id}`,
    status: 'open',
    priority: 2,
    issue_type: 'task',
    ...TIMES,
    ...fields,
  })
}

function write(content: string | Buffer, name = 'issues.jsonl'): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

async function task(id: string): Promise<Task> {
  return (await tracker.tasks.findByExternalRef('beads', id))!
}

async function ids(): Promise<string[]> {
  const { items } = await tracker.tasks.list()
  return items.map(({ externalRefs }) => externalRefs[0]!.id).sort()
}

describe('where the issues are', () => {
  test.each(['issues.jsonl', 'beads.jsonl', '.beads/issues.jsonl', '.beads/beads.jsonl', '.beads/backup/issues.jsonl'])(
    'a folder with %s',
    async (name) => {
      write(line('x-1'), join('project', name))
      await importBeads(tracker, join(folder, 'project'))
      expect(await ids()).toEqual(['x-1'])
    },
  )

  test('a folder that holds issues.jsonl alone, and one with tables beside it', async () => {
    write(line('x-1'), 'one/issues.jsonl')
    expect(await importBeads(tracker, join(folder, 'one'))).toMatchObject({ imported: { tasks: 1, labels: 0 } })
    write(`{"issue_id":"x-1","label":"web"}`, 'one/labels.jsonl')
    write(`{"x":1}`, 'one/routes.jsonl')
    const result = await importBeads(tracker, join(folder, 'one'))
    expect(result).toMatchObject({ imported: { tasks: 0, labels: 1 }, updated: 1 })
    expect(result.skipped).toMatchObject([{ kind: 'file', file: join(folder, 'one', 'routes.jsonl') }])
  })

  test('a file is imported alone, whatever stands beside it', async () => {
    const path = write(line('x-1'))
    write(`{"issue_id":"x-1","label":"web"}`, 'labels.jsonl')
    expect(await importBeads(tracker, path)).toMatchObject({ imported: { tasks: 1, labels: 0 } })
  })

  test('an empty file is a project without issues', async () => {
    expect(await importBeads(tracker, write('\n\n'))).toMatchObject({ read: { issues: 0 }, skipped: [] })
    expect((await tracker.log.head()).seq).toBe(0)
  })

  test.each([
    ['missing', 'there is no such file or folder; give an issues.jsonl or the folder that holds it'],
    ['empty', 'the folder is empty; export them with `bd export -o issues.jsonl`'],
    ['other', 'the folder holds no issues.jsonl, and no .beads folder with one; export them'],
    ['notes.md', 'none of its lines is a JSON object, as those of a JSONL file of Beads are.'],
    ['utf16.jsonl', 'it is UTF-16; save it as UTF-8'],
  ])('%s: says what to give instead, and writes nothing', async (name, message) => {
    mkdirSync(join(folder, 'empty'))
    write('x', 'other/readme.txt')
    write('# Notes\n\nSome.\n', 'notes.md')
    write(Buffer.from(`\uFEFF${line('x-1')}`, 'utf16le'), 'utf16.jsonl')
    const attempt = importBeads(tracker, join(folder, name))
    await expect(attempt).rejects.toThrow(ImportError)
    await expect(attempt).rejects.toThrow(message)
    expect((await tracker.log.head()).seq).toBe(0)
  })

  test.each([
    ['', {}],
    [7, {}],
    ['x', { dryrun: true }],
    ['x', { strict: 1 }],
    ['x', { namespace: 'two words' }],
    ['x', { onProgress: 'yes' }],
    ['x', { source: 'y' }],
  ])('%j with %j is no input', async (source, options) => {
    await expect(importBeads(tracker, source as string, options as object)).rejects.toThrow(InvalidInputError)
  })
})

describe('lines', () => {
  test('a byte order mark, carriage returns, blank lines, U+2028 and a missing last newline are fine', async () => {
    const path = write(
      `\uFEFF${line('x-1')}\r\n\r\n   \n${line('x-2', { title: 'one\u2028two\u2029three' })}\n\n${line('x-3')}`,
    )
    const result = await importBeads(tracker, path, { strict: true })
    expect(result.skipped).toEqual([])
    expect(await ids()).toEqual(['x-1', 'x-2', 'x-3'])
    expect((await task('x-2')).title).toBe('one\u2028two\u2029three')
  })

  const broken: [what: string, line: string, kind: string, reason: RegExp][] = [
    ['no JSON', '{"id":"x-2",', 'line', /^it is no JSON \(/],
    ['a list', '[1]', 'line', /^it is a JSON array, not an object$/],
    ['a number', '42', 'line', /^it is JSON, but not an object$/],
    ['null', 'null', 'line', /^it is JSON, but not an object$/],
    ['no id', '{"title":"T"}', 'line', /^it has no id, or one that is no text$/],
    ['an id that is a number', '{"id":7,"title":"T"}', 'line', /^it has no id, or one that is no text$/],
    ['an id with U+0000', '{"id":"x\\u0000","title":"T"}', 'line', /^its id holds control characters/],
    ['an id with a lone surrogate', '{"id":"x\\ud800","title":"T"}', 'line', /lone surrogates/],
    ['an id without end', `{"id":"${'x'.repeat(300)}","title":"T"}`, 'line', /^its id has 300 characters/],
    ['no title', '{"id":"x-2"}', 'line', /^it has no title$/],
    ['a title that is a list', '{"id":"x-2","title":["T"]}', 'line', /^its title is no text$/],
    ['an id that occurred', line('x-1'), 'issue', /^its id occurs on line 1 already$/],
    [
      'a dependency that is a text',
      line('x-2', { dependencies: ['x-1'] }),
      'dependency',
      /^one of its dependencies is string$/,
    ],
    [
      'a dependency on nothing',
      line('x-2', { dependencies: [{ type: 'blocks' }] }),
      'dependency',
      /what it depends on$/,
    ],
    ['a label that is a number', line('x-2', { labels: [5] }), 'label', /^one of its labels is number$/],
    ['a blank label', line('x-2', { labels: [' '] }), 'label', /blank/],
    ['a comment without text', line('x-2', { comments: [{ author: 'a' }] }), 'comment', /blank/],
  ]
  test.each(broken)('%s: is reported with its line, and the rest goes on', async (_, text, kind, reason) => {
    const path = write([line('x-1'), '', text, line('x-9')].join('\n'))
    const { skipped } = await importBeads(tracker, path)
    expect(skipped).toMatchObject([{ kind, file: path, line: 3, reason: expect.stringMatching(reason) }])
    expect(await ids()).toEqual(expect.arrayContaining(['x-1', 'x-9']))
  })

  test.each(broken)(
    '%s: is an error with its line when strict, and nothing is written',
    async (_, text, _kind, reason) => {
      const path = write([line('x-1'), '', text, line('x-9')].join('\n'))
      const error = await importBeads(tracker, path, { strict: true }).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(ImportError)
      expect(error).toMatchObject({ source: path, line: 3, reason: expect.stringMatching(reason) })
      expect((await tracker.log.head()).seq).toBe(0)
    },
  )

  test('a broken line of a table is reported with its file', async () => {
    write(line('x-1'), 'project/issues.jsonl')
    const path = write('{"issue_id":"x-1","label":"web"}\n{"label":"web"}\nnonsense', 'project/labels.jsonl')
    const { skipped } = await importBeads(tracker, join(folder, 'project'))
    expect(skipped).toMatchObject([
      { kind: 'line', file: path, line: 2, reason: 'it has no issue_id' },
      { kind: 'line', file: path, line: 3 },
    ])
    await expect(importBeads(tracker, join(folder, 'project'), { strict: true })).rejects.toMatchObject({
      source: path,
      line: 2,
    })
  })

  test('what is no issue says so', async () => {
    const { skipped } = await importBeads(
      tracker,
      write(`${line('x-1', { _type: 'issue' })}\n{"_type":"memory","id":"m"}`),
    )
    expect(skipped).toMatchObject([{ kind: 'line', line: 2, reason: 'it holds a memory, not an issue' }])
  })
})

describe('texts that the record does not take', () => {
  test('U+0000 and lone surrogates become U+FFFD, with a warning each', async () => {
    const path = write(
      line('x-1', {
        title: 'a\0b',
        description: 'c\ud800d',
        close_reason: 'e\0',
        status: 'closed',
        closed_at: TIMES.created_at,
        labels: ['f\0g', 'tab\there', ' padded '],
        comments: [{ author: 'h\0i', text: 'j\udfffk', created_at: TIMES.created_at }],
      }),
    )
    const { warnings, skipped } = await importBeads(tracker, path)
    expect(await task('x-1')).toMatchObject({
      title: 'a\uFFFDb',
      description: 'c\uFFFDd',
      closeReason: 'e\uFFFD',
      labels: ['f\uFFFDg', 'padded', 'tab\uFFFDhere'],
    })
    expect(await tracker.tasks.comments((await task('x-1')).id)).toMatchObject([{ body: 'j\uFFFDk' }])
    expect(skipped).toEqual([])
    expect(warnings.map(({ kind }) => kind)).toEqual(Array(8).fill('repaired_text'))
  })

  test('blank titles get a name, and long texts are cut, between characters', async () => {
    const path = write(
      [
        line('x-1', { title: ' \n' }),
        line('x-2', { title: '😀'.repeat(2_000) }),
        line('x-3', { description: 'x'.repeat(10_000_000), labels: ['y'.repeat(500)], created_by: 'z'.repeat(5_000) }),
      ].join('\n'),
    )
    const { warnings, imported } = await importBeads(tracker, path)
    expect(imported.tasks).toBe(3)
    expect((await task('x-1')).title).toBe('(untitled)')
    const long = await task('x-2')
    expect(long.title).toMatch(/^(😀)+…$/u)
    expect(long.notes).toBe(`## Title\n\n${'😀'.repeat(2_000)}`)
    const huge = await task('x-3')
    expect(huge.description).toHaveLength(1_000_000)
    expect(huge.labels[0]).toHaveLength(200)
    expect(warnings.map(({ id, reason }) => `${id}: ${reason.slice(0, 60)}`)).toEqual([
      'x-1: title is blank; it became "(untitled)"',
      expect.stringMatching(/^x-2: title had 4000 characters and was cut to 1000/),
      expect.stringMatching(/^z+…: the name of an actor had 5000 characters/),
      expect.stringMatching(/^x-3: description had 10000000 characters/),
      expect.stringMatching(/^x-3: a label had 500 characters/),
    ])
  })

  test('bytes that are no UTF-8 become U+FFFD, with a warning', async () => {
    const [before, after] = line('x-1', { title: 'a#b' }).split('#')
    const path = write(Buffer.concat([Buffer.from(before!), Buffer.from([0xff]), Buffer.from(after!)]))
    expect((await importBeads(tracker, path)).warnings).toMatchObject([{ kind: 'repaired_text', id: 'x-1', line: 1 }])
    expect((await task('x-1')).title).toBe('a\uFFFDb')
  })

  test('polluting keys are fields like any other', async () => {
    const path = write(
      `${line('x-1').slice(0, -1)},"__proto__":{"polluted":true},"constructor":"c"}\n${line('__proto__')}`,
    )
    const result = await importBeads(tracker, path)
    expect(result.imported.tasks).toBe(2)
    expect((await task('x-1')).notes).toBe('## Beads\n\n- __proto__: {"polluted":true}\n- constructor: c')
    expect(result.unmapped.map(({ value }) => value)).toEqual(['__proto__', 'constructor'])
    expect((Object.prototype as { polluted?: boolean }).polluted).toBeUndefined()
    expect(await ids()).toEqual(['__proto__', 'x-1'])
  })

  test('a value nested deeper than the stack is listed, not kept', async () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000)
    const result = await importBeads(tracker, write(`${line('x-1').slice(0, -1)},"metadata":${deep}}`))
    expect(result.unmapped).toEqual([
      { kind: 'field', value: 'metadata', became: 'not kept: it is nested too deeply', count: 1, ids: ['x-1'] },
    ])
    expect((await task('x-1')).notes).toBe('')
  })

  test('SQL, Markdown and Turtle are text', async () => {
    const text = `'); DROP TABLE tasks; -- "quoted" <http://example.org/> . \\u0041 ## [x](javascript:1)`
    await importBeads(tracker, write(line('x-1', { title: text, description: text, labels: [text] })), { strict: true })
    expect(await task('x-1')).toMatchObject({ title: text, description: text, labels: [text] })
  })
})

describe('times', () => {
  test.each([
    ['2026-01-05T09:00:00.123456789+05:30', '2026-01-05T03:30:00.123Z', undefined],
    ['2026-01-05T09:00:00.9999Z', '2026-01-05T09:00:00.999Z', undefined],
    ['2026-01-05 09:00:00', '2026-01-05T09:00:00.000Z', 'other'],
    ['0001-01-01T00:00:00Z', '2026-01-07T00:00:00.000Z', 'missing_time'],
    ['2026-02-30T09:00:00Z', '2026-01-07T00:00:00.000Z', 'missing_time'],
    ['2026-01-05T25:00:00Z', '2026-01-07T00:00:00.000Z', 'missing_time'],
    ['9999-12-31T23:59:59-23:00', '2026-01-07T00:00:00.000Z', 'missing_time'],
    ['yesterday', '2026-01-07T00:00:00.000Z', 'missing_time'],
    [null, '2026-01-07T00:00:00.000Z', 'missing_time'],
    [5, '2026-01-07T00:00:00.000Z', 'missing_time'],
  ])('created_at %j is %s', async (text, at, warning) => {
    const { warnings } = await importBeads(
      tracker,
      write(line('x-1', { created_at: text, updated_at: '2026-01-07T00:00:00Z' })),
    )
    expect((await task('x-1')).createdAt).toBe(at)
    expect(warnings.map(({ kind }) => kind)).toEqual(warning === undefined ? [] : [warning])
  })

  test('an issue without any time is made now, and importing it again writes nothing', async () => {
    const path = write('{"id":"x-1","title":"T","status":"closed"}')
    const { warnings } = await importBeads(tracker, path)
    expect(warnings.map(({ kind }) => kind)).toEqual(['missing_time', 'missing_time', 'missing_time'])
    const head = await tracker.log.head()
    await importBeads(tracker, path)
    expect(await tracker.log.head()).toEqual(head)
  })

  test('a contradiction within one millisecond counts', async () => {
    const times = { created_at: '2026-01-05T09:00:00.000060Z', closed_at: '2026-01-05T09:00:00.00005Z' }
    const path = write([line('x-1', { status: 'closed', ...times, updated_at: times.created_at })].join(''))
    expect((await importBeads(tracker, path)).warnings).toMatchObject([
      { kind: 'contradicting_times', id: 'x-1', line: 1 },
    ])
  })

  test('what happened before its issue was created is kept and warned of', async () => {
    const early = '2026-01-04T00:00:00Z'
    const path = write(
      [
        line('x-1', {
          status: 'closed',
          closed_at: early,
          updated_at: early,
          dependencies: [{ depends_on_id: 'x-2', type: 'blocks', created_at: early }],
          comments: [{ author: 'a', text: 't', created_at: early }],
        }),
        line('x-2'),
      ].join('\n'),
    )
    const { warnings } = await importBeads(tracker, path)
    expect(warnings.map(({ kind, reason }) => [kind, reason.slice(0, 22)])).toEqual([
      ['contradicting_times', 'it was updated at 2026'],
      ['contradicting_times', 'it was closed at 2026-'],
      ['contradicting_times', 'x-1 blocks x-2 since 2'],
      ['contradicting_times', 'a comment was written '],
    ])
    expect(await task('x-1')).toMatchObject({
      createdAt: '2026-01-05T09:00:00.000Z',
      closedAt: '2026-01-04T00:00:00.000Z',
    })
  })
})

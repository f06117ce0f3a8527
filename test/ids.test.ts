import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { InvalidIdError, InvalidInputError, InvalidNamespaceError } from '../src/errors.js'
import {
  type ActivityId,
  type AgentId,
  checkNamespace,
  deterministicId,
  newActivityId,
  newAgentId,
  newArtifactId,
  newCommentId,
  newTaskId,
  newUuid,
  parseActivityId,
  parseAgentId,
  parseArtifactId,
  parseCommentId,
  parseId,
  parseTaskId,
  type TaskId,
} from '../src/ids.js'

const UUID = '01890a5d-ac96-774b-bcce-b302099a8057'

/** Runs what must fail, and gives back its error. */
function failure(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('expected an error')
}

/** Namespaces with what makes splitting hard: dashes, and text that looks like a uuid. */
const namespaces = fc
  .array(fc.constantFrom('-', '--', 'a', 'Z', '9', '.', '/', 'é', '😀', UUID), { minLength: 1, maxLength: 9 })
  .map((parts) => parts.join(''))

afterEach(() => {
  vi.useRealTimers()
})

describe('parsing an id', () => {
  test('gives back the namespace and the uuid that it was written with, wherever the dashes are', () => {
    fc.assert(
      fc.property(namespaces, fc.uuid(), (namespace, uuid) => {
        expect(parseId(`${namespace}--${uuid}`)).toEqual({ namespace, uuid })
      }),
    )
  })

  test('splits at the last double dash, also after a namespace that ends in a dash', () => {
    expect(parseId(`a-b---${UUID}`)).toEqual({ namespace: 'a-b-', uuid: UUID })
    expect(parseId(`a--b--${UUID}`)).toEqual({ namespace: 'a--b', uuid: UUID })
    expect(parseId(`----${UUID}`)).toEqual({ namespace: '--', uuid: UUID })
  })

  test.each([
    ['', 'separator'],
    ['task', 'separator'],
    [`ns-${UUID}`, 'separator'],
    [`--${UUID}`, 'namespace'],
    [`a b--${UUID}`, 'namespace'],
    [`${'x'.repeat(513)}--${UUID}`, 'namespace'],
    [`https://example.org/#a--${UUID}`, 'namespace'],
    ['ns--', 'uuid'],
    ['ns--nonsense', 'uuid'],
    [`ns--${UUID}--`, 'uuid'],
    [`ns--${UUID} `, 'uuid'],
    [`ns--${UUID}\n`, 'uuid'],
    [`ns--${UUID.toUpperCase()}`, 'uuid'],
    [`ns--{${UUID}}`, 'uuid'],
    ['ns--00000000-0000-0000-0000-000000000000', 'uuid'],
    ['ns--ffffffff-ffff-ffff-ffff-ffffffffffff', 'uuid'],
    ['ns--01890a5d-ac96-974b-bcce-b302099a8057', 'uuid'],
    ['ns--01890a5d-ac96-774b-ccce-b302099a8057', 'uuid'],
  ])('refuses %j because of its %s', (text, part) => {
    const error = failure(() => parseId(text))
    expect(error).toBeInstanceOf(InvalidIdError)
    expect(error).toMatchObject({ code: 'INVALID_ID', part, text })
  })

  test('takes a uuid of every version of RFC 9562', () => {
    for (const version of '12345678') {
      expect(parseId(`ns--01890a5d-ac96-${version}74b-bcce-b302099a8057`).namespace).toBe('ns')
    }
  })

  test.each([undefined, null, 7, true, Symbol('x'), {}, [], () => '', Object.create(null)])(
    'refuses what is no string with the same error: case %#',
    (value) => {
      for (const parse of [parseId, parseTaskId, parseAgentId, parseActivityId, parseCommentId, parseArtifactId]) {
        expect(() => parse(value as unknown as string)).toThrow(InvalidIdError)
      }
    },
  )

  test('says in its message what is wrong and how an id is written', () => {
    expect(() => parseTaskId(`ns--${UUID.toUpperCase()}`)).toThrow(/not in lower case.*\{namespace\}--\{uuid\}/)
    expect(() => parseTaskId('ns--00000000-0000-0000-0000-000000000000')).toThrow(/nil uuid/)
  })
})

describe('making an id', () => {
  const makers = [
    [newTaskId, parseTaskId],
    [newAgentId, parseAgentId],
    [newActivityId, parseActivityId],
    [newCommentId, parseCommentId],
    [newArtifactId, parseArtifactId],
  ] as const

  test('gives one of its namespace with a uuid of version 7, which its parser reads', () => {
    for (const [make, parse] of makers) {
      const { namespace, uuid } = parse(make('https://example.org/x'))
      expect(namespace).toBe('https://example.org/x')
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    }
  })

  test('takes the uuid from a source of the caller, and refuses one that is none', () => {
    for (const [make] of makers) {
      expect(make('ns', () => UUID)).toBe(`ns--${UUID}`)
      expect(() => make('ns', () => UUID.toUpperCase())).toThrow(InvalidIdError)
      expect(() => make('ns', () => undefined as unknown as string)).toThrow(InvalidIdError)
    }
  })

  test('refuses a bad namespace before it asks for a uuid', () => {
    for (const [make] of makers) {
      let asked = false
      const source = () => {
        asked = true
        return UUID
      }
      expect(() => make('a b', source)).toThrow(InvalidNamespaceError)
      expect(asked).toBe(false)
    }
  })

  test('gives ids that rise strictly, thousands within a millisecond', () => {
    const uuids = Array.from({ length: 20_000 }, () => newUuid())
    expect(uuids.every((uuid, i) => i === 0 || uuid > uuids[i - 1]!)).toBe(true)
  })

  test('gives ids that rise strictly while the clock stands still, steps back and goes on', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const start = Date.now() + 60_000
    const uuids: string[] = []
    for (const offset of [0, 0, 5, 5, -3_600_000, -3_599_999, 4, 6, 7_000]) {
      vi.setSystemTime(start + offset)
      uuids.push(newUuid(), newUuid())
    }
    expect(uuids).toEqual([...new Set(uuids)].sort())
  })

  test('gives each kind of id a type of its own', () => {
    const task: TaskId = newTaskId('ns')
    // @ts-expect-error the id of a task is none of an agent
    const agent: AgentId = task
    // @ts-expect-error a plain text is no id
    const activity: ActivityId = 'ns--x'
    expect([agent, activity]).toEqual([task, 'ns--x'])
  })
})

describe('a deterministic id', () => {
  test('is the same for good', () => {
    expect(deterministicId('https://example.org', 'task', 'bd-1')).toBe(
      'https://example.org--2e8e99c1-8e3e-5ef2-898a-5e5c2714e322',
    )
  })

  test('is equal for equal namespaces and parts only, whatever the parts hold', () => {
    const lists = fc.array(
      fc.string({ unit: fc.constantFrom('a', 'b', '"', ',', '\\', '[', '\0', '\ud800', '\ud801') }),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    fc.assert(
      fc.property(lists, lists, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b)
        expect(deterministicId('ns', ...a) === deterministicId('ns', ...b)).toBe(same)
      }),
      { numRuns: 500 },
    )
  })

  test('tells apart where one part ends and the next begins', () => {
    expect(deterministicId('ns', 'a', 'bc')).not.toBe(deterministicId('ns', 'ab', 'c'))
    expect(deterministicId('ns', 'a')).not.toBe(deterministicId('ns', 'a', ''))
    expect(deterministicId('ns', '')).not.toBe(deterministicId('ns', '', ''))
  })

  test('has another uuid in another namespace', () => {
    expect(parseId(deterministicId('a', 'x')).uuid).not.toBe(parseId(deterministicId('b', 'x')).uuid)
  })

  test('is of version 5', () => {
    expect(parseId(deterministicId<TaskId>('ns', 'x')).uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/)
  })

  test('needs a part, parts that are strings, and a good namespace', () => {
    expect(() => deterministicId('ns')).toThrow(InvalidInputError)
    expect(() => deterministicId('a b', 'x')).toThrow(InvalidNamespaceError)
    expect(failure(() => deterministicId('ns', 'x', 7 as unknown as string))).toMatchObject({
      operation: 'deterministicId',
      issues: [{ field: 'parts[1]' }],
    })
  })
})

describe('a namespace', () => {
  test.each([
    'a',
    'x'.repeat(512),
    'https://github.com/ada/engine',
    'file:///home/ada/my%20work',
    'a--b',
    '-',
    'no-scheme#1',
    '1http:x#y',
    '名前空間',
    '😀',
    'urn:uuid:x',
  ])('may be %j', (text) => {
    expect(checkNamespace(text)).toBeUndefined()
    expect(parseId(newTaskId(text, () => UUID)).namespace).toBe(text)
  })

  test.each([
    ['', 'empty'],
    ['x'.repeat(513), '513 UTF-16 code units'],
    ['😀'.repeat(257), '514 UTF-16 code units'],
    ['a b', 'U+0020'],
    ['a\tb', 'U+0009'],
    ['a\nb', 'U+000A'],
    ['a\u0000', 'U+0000'],
    ['a\u007f', 'U+007F'],
    ['a\u0085', 'U+0085'],
    ['a\u009f', 'U+009F'],
    ['a\u00a0', 'U+00A0'],
    ['a\u2028', 'U+2028'],
    ['a\u3000', 'U+3000'],
    ['\ufeffa', 'U+FEFF'],
    ['a\ud800', 'U+D800'],
    ['\udc00\ud800', 'U+DC00'],
    ['https://example.org/#x', 'fragment'],
    ['urn:x#', 'fragment'],
  ])('may not be %j', (text, reason) => {
    expect(failure(() => checkNamespace(text))).toMatchObject({
      code: 'INVALID_NAMESPACE',
      namespace: text,
      reason: expect.stringContaining(reason),
    })
  })

  test.each([undefined, null, 1, {}, Symbol('x')])('must be a string: case %#', (value) => {
    expect(() => checkNamespace(value as unknown as string)).toThrow(InvalidNamespaceError)
  })
})

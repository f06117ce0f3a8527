import { describe, expect, test } from 'vitest'
import {
  DEFAULT_VOCABULARY,
  InvalidInputError,
  PHASES,
  STOP_REASONS,
  type Vocabulary,
  VocabularyMismatchError,
} from '../src/index.js'
import { answersOf } from './support/answers.js'
import { refusal } from './support/refusals.js'
import { dump, freshPath, open } from './support/trackers.js'

const OWN: Vocabulary = {
  phases: ['plan', 'do', 'check'],
  roles: ['pilot', 'navigator'],
  taskTypes: ['story', 'spike'],
  stopReasons: [...STOP_REASONS, 'coffee_ran_out'],
}

describe('a vocabulary', () => {
  test('is the default one unless told, and then no event says so', async () => {
    const tracker = await open()
    expect(tracker.vocabulary).toEqual(DEFAULT_VOCABULARY)
    expect((await tracker.log.head()).seq).toBe(0)
    const same = await open({ path: tracker.path, vocabulary: DEFAULT_VOCABULARY })
    expect((await same.log.head()).seq).toBe(0)
  })

  test('of the file is remembered as an event, and needs no repeating', async () => {
    const path = freshPath()
    const tracker = await open({ path, vocabulary: OWN })
    expect(tracker.vocabulary).toEqual(OWN)
    const { items } = await tracker.log.events({ type: 'vocabulary.defined' })
    expect(items.map(({ data }) => data)).toEqual([OWN])
    const { seq } = await tracker.log.head()
    await tracker.close()
    for (const vocabulary of [undefined, {}, OWN, { phases: OWN.phases }]) {
      const again = await open({ path, ...(vocabulary && { vocabulary }) })
      expect(again.vocabulary).toEqual(OWN)
      expect((await again.log.head()).seq).toBe(seq)
      await again.close()
    }
  })

  test('decides which words are taken, and which one is meant where none is given', async () => {
    const tracker = await open({ vocabulary: OWN })
    const task = await tracker.tasks.create({ title: 'task' })
    expect([task.type, task.phase]).toEqual(['story', 'plan'])
    expect(await tracker.tasks.create({ title: 'task', type: 'spike', phase: 'check' })).toMatchObject({
      type: 'spike',
    })
    expect((await tracker.activities.start()).phase).toBe('plan')
    const pilot = { role: 'pilot', provider: 'anthropic', model: 'claude-opus-4-6' }
    expect((await tracker.agents.registerMl(pilot)).role).toBe('pilot')
    expect((await tracker.tasks.list({ type: 'spike', phase: ['check', 'do'] })).total).toBe(1)
    const refused: [Promise<unknown>, string, readonly string[]][] = [
      [tracker.tasks.create({ title: 'x', type: 'bug' }), 'type', OWN.taskTypes],
      [tracker.tasks.create({ title: 'x', phase: 'unscoped' }), 'phase', OWN.phases],
      [tracker.tasks.update(task.id, { phase: 'review' }), 'changes.phase', OWN.phases],
      [tracker.tasks.list({ type: 'epic' }), 'type', OWN.taskTypes],
      [tracker.activities.start({ phase: 'unscoped' }), 'phase', OWN.phases],
      [tracker.activities.list({ phase: ['unscoped'] }), 'phase', OWN.phases],
      [tracker.agents.registerMl({ ...pilot, role: 'worker' }), 'role', OWN.roles],
    ]
    for (const [promise, field, words] of refused) {
      const error = await refusal<InvalidInputError>(promise)
      expect(error).toBeInstanceOf(InvalidInputError)
      expect(error.message).toContain(field)
      for (const word of words) expect(error.message).toContain(word)
    }
  })

  test('keeps the customary default where it has it', async () => {
    const tracker = await open({ vocabulary: { phases: ['first', 'unscoped'], taskTypes: ['story', 'task'] } })
    expect(await tracker.tasks.create({ title: 'task' })).toMatchObject({ type: 'task', phase: 'unscoped' })
    expect(tracker.vocabulary.roles).toEqual(DEFAULT_VOCABULARY.roles)
  })

  test('other than the one of the file is refused, and the file is left as it is', async () => {
    const path = freshPath()
    const tracker = await open({ path, vocabulary: { phases: OWN.phases } })
    await tracker.tasks.create({ title: 'task' })
    const before = dump(path)
    const others: [keyof Vocabulary, readonly string[]][] = [
      ['phases', ['plan', 'do']],
      ['phases', ['do', 'plan', 'check']],
      ['phases', PHASES],
      ['roles', ['pilot']],
    ]
    for (const [field, given] of others) {
      const error = await refusal<VocabularyMismatchError>(open({ path, vocabulary: { [field]: given } }))
      expect(error).toBeInstanceOf(VocabularyMismatchError)
      expect(error).toMatchObject({ field, given, stored: tracker.vocabulary[field] })
    }
    expect(dump(path)).toEqual(before)
  })

  test('cannot be changed in a file that has events', async () => {
    const path = freshPath()
    const tracker = await open({ path })
    await tracker.tasks.create({ title: 'task' })
    expect(await refusal(open({ path, vocabulary: OWN }))).toBeInstanceOf(VocabularyMismatchError)
  })

  test('is given once, however many open a new file with one at the same time', async () => {
    const path = freshPath()
    const trackers = await Promise.all(Array.from({ length: 6 }, () => open({ path, vocabulary: OWN })))
    for (const tracker of trackers) expect(tracker.vocabulary).toEqual(OWN)
    expect((await trackers[0]!.log.events({ type: 'vocabulary.defined' })).total).toBe(1)
  })

  test('outlives a replay', async () => {
    const tracker = await open({ vocabulary: OWN })
    await tracker.tasks.create({ title: 'task', type: 'spike' })
    const answers = await answersOf(tracker)
    await tracker.log.rebuild()
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
    expect(await answersOf(await open({ path: tracker.path }))).toEqual(answers)
  })

  test('may hold words that mean something to JavaScript', async () => {
    const words = ['__proto__', 'constructor', '1', 'null', "a'b", 'é', '😀']
    const path = freshPath()
    const tracker = await open({ path, vocabulary: { phases: words, taskTypes: words } })
    for (const word of words)
      expect((await tracker.tasks.create({ title: 'x', type: word, phase: word })).type).toBe(word)
    expect((await tracker.tasks.list({ phase: words })).total).toBe(words.length)
    expect((await refusal(tracker.tasks.create({ title: 'x', type: 'toString' }))).code).toBe('INVALID_INPUT')
    expect((await open({ path })).vocabulary.phases).toEqual(words)
  })

  test.each<[string, unknown]>([
    ['no object', 5],
    ['null', null],
    ['an unknown field', { stages: ['a'] }],
    ['a key __proto__', JSON.parse('{"__proto__":["a"]}')],
    ['no list', { phases: 'plan' }],
    ['an empty list', { phases: [] }],
    ['an empty word', { roles: [''] }],
    ['a word twice', { taskTypes: ['a', 'b', 'a'] }],
    ['a word with a line break', { phases: ['a\nb'] }],
    ['a word that begins with a space', { phases: [' a'] }],
    ['a word with a lone surrogate', { phases: ['\ud800'] }],
    ['a word that is none', { phases: [5] }],
    ['too many words', { phases: Array.from({ length: 1_001 }, (_, index) => `word ${index}`) }],
    ['a word of 10 MB', { phases: ['x'.repeat(10_000_000)] }],
  ])('is refused: %s', async (_, vocabulary) => {
    const error = await refusal<InvalidInputError>(open({ path: ':memory:', vocabulary: vocabulary as Vocabulary }))
    expect(error).toBeInstanceOf(InvalidInputError)
    expect(error.issues.every(({ field }) => field.startsWith('vocabulary'))).toBe(true)
  })
})

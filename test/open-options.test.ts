import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, test } from 'vitest'
import {
  type AgentId,
  CannotOpenError,
  exportProv,
  InvalidIdError,
  InvalidInputError,
  openTracker,
  PHASES,
  RELATIONS,
  TrackerClosedError,
  toAgentId,
  toTaskId,
} from '../src/index.js'

const folder = mkdtempSync(join(tmpdir(), 'provtrail-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('openTracker refuses', () => {
  test.each([
    ['a name that is too long', join(folder, 'n'.repeat(300))],
    ['a path that is far too long', `/${'x/'.repeat(1_000_000)}`],
    ['a folder that takes no folders', '/proc/nope/x.db'],
  ])('%s, in few words', async (_, path) => {
    const error = await openTracker({ path }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(CannotOpenError)
    expect((error as Error).message.length).toBeLessThan(1_000)
  })

  test('an address in place of a path', async () => {
    await expect(openTracker({ path: `file://${folder}/x.db` })).rejects.toThrow(InvalidInputError)
    expect(readdirSync(folder)).toEqual([])
  })

  test.each([() => '5', () => null, () => 0n, () => Number.NaN, () => 1e20])(
    'a clock that gives no time',
    async (now) => {
      const tracker = await openTracker({ path: ':memory:', now: now as () => number })
      await expect(tracker.tasks.create({ title: 'task' })).rejects.toThrow(InvalidInputError)
      expect((await tracker.log.head()).seq).toBe(0)
    },
  )

  test.each([() => 5, () => '', () => 'salt', () => 'A'.repeat(32)])('salts that hide nothing', async (newSalt) => {
    const tracker = await openTracker({ path: ':memory:', newSalt: newSalt as () => string })
    await expect(tracker.tasks.create({ title: 'task' })).rejects.toThrow(InvalidInputError)
    expect((await tracker.log.head()).seq).toBe(0)
  })
})

test('closing a tracker ends the exports that are still open, and lets go of the file', async () => {
  const path = join(folder, 'exported.db')
  const tracker = await openTracker({ path, namespace: 'https://example.org/p' })
  await Promise.all(Array.from({ length: 3_000 }, (_, index) => tracker.tasks.create({ title: `task ${index}` })))
  const turtle = exportProv(tracker, { format: 'turtle' })
  expect((await turtle.next()).done).toBe(false)
  await tracker.close()
  expect(existsSync(`${path}-wal`)).toBe(false)
  const rest = async () => {
    while (!(await turtle.next()).done);
  }
  await expect(rest()).rejects.toThrow(TrackerClosedError)
})

test('the settings of a file cannot be changed by a statement', async () => {
  const path = join(folder, 'settings.db')
  await (await openTracker({ path, namespace: 'https://example.org/p' })).close()
  const db = new Database(path)
  expect(() => db.exec("UPDATE settings SET value = 'elsewhere'")).toThrow('fixed')
  expect(() => db.exec('DELETE FROM settings')).toThrow('fixed')
  db.close()
})

test('what drives validation cannot be changed under way', () => {
  expect(() => (RELATIONS.used.domain as string[]).push('task')).toThrow(TypeError)
  expect(() => (PHASES as unknown as string[]).push('lunch')).toThrow(TypeError)
})

test('a text from elsewhere becomes an id, or says why not', () => {
  const text = 'https://example.org/p--01a1fc68-b312-77eb-b8b2-537a122b0ee9'
  expect(toTaskId(text)).toBe(text)
  expect(() => toAgentId('nobody')).toThrow(InvalidIdError)
})

test('the sentence of a task with many reasons stays short, and its reasons complete', async () => {
  const tracker = await openTracker({ path: ':memory:', namespace: 'test' })
  const blockers = await Promise.all(Array.from({ length: 25 }, (_, n) => tracker.tasks.create({ title: `b${n}` })))
  const { id } = await tracker.tasks.create({ title: 'last', blockedBy: blockers.map((blocker) => blocker.id) })
  const { reasons, sentence } = await tracker.tasks.explain(id)
  expect(reasons).toHaveLength(25)
  expect(sentence).toMatch(/and 15 reasons more\.$/)
  expect(sentence.split(';')).toHaveLength(11)
})

test('an agent whose name was erased is not found by the word that stands for it', async () => {
  const tracker = await openTracker({ path: ':memory:', namespace: 'test' })
  const ada = await tracker.agents.registerHuman({ name: 'Ada' })
  await tracker.log.redact((await tracker.log.head()).seq, { reason: 'asked for' })
  expect((await tracker.agents.getHuman(ada.id)).name).toBe('[redacted]')
  const other = await tracker.agents.registerHuman({ name: '[redacted]', reuse: true })
  expect(other.id).not.toBe<AgentId>(ada.id)
  expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
})

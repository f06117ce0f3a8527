import { expect, test } from 'vitest'
import { openTracker } from '../src/index.js'
import { freshPath } from './support/trackers.js'
import { LogProcess } from './support-store/log-process.js'

const TASKS = 3_000
/** With the registration of the agent that acts. */
const EVENTS = TASKS + 1

test('while one process floods a file, others page through its events and tasks: nothing missed, nothing twice', async () => {
  const path = freshPath()
  await using tracker = await openTracker({ path, durability: 'normal' })
  const writer = await LogProcess.start('flood', path, TASKS)
  const ofEvents = await Promise.all([7, 400].map((limit) => LogProcess.start('events', path, limit, EVENTS)))
  const ofTasks = await Promise.all([40, 1_000].map((limit) => LogProcess.start('tasks', path, limit, TASKS)))
  for (const process of [...ofEvents, ...ofTasks, writer]) process.go()
  await writer.ended()
  const expected = Array.from({ length: TASKS }, (_, n) => n)
  for (const reader of ofEvents) {
    const seen = (await reader.ended()).map(Number)
    expect(seen).toEqual(Array.from({ length: EVENTS }, (_, n) => n + 1))
  }
  for (const reader of ofTasks) {
    const lists = (await reader.ended()).map((line) =>
      line
        .split(' ')
        .filter((word) => word !== '')
        .map(Number),
    )
    for (const [before, ...titles] of lists) {
      // Oldest first: a list that was begun holds all that there was by then, in order, and goes on into what comes.
      expect(titles).toEqual(expected.slice(0, titles.length))
      expect(titles.length).toBeGreaterThanOrEqual(before!)
    }
    // Otherwise it was not at it while the writer was, and nothing was proved.
    expect(new Set(lists.map(({ length }) => length)).size).toBeGreaterThan(2)
  }
  expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: EVENTS })
})

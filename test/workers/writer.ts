import { writeSync } from 'node:fs'
import { openTracker, type Tracker } from '../../src/index.js'

/*
 * Writes until it is killed. What is acknowledged goes to standard output, a line each, as soon as it is: a title for
 * each task, and for the mode `files` the path of each file that was made.
 */

const [path, mode, name] = process.argv.slice(2) as [string, keyof typeof modes, string]

function acknowledge(...titles: string[]): void {
  writeSync(1, titles.map((title) => `${title}\n`).join(''))
}

const modes = {
  async single(tracker: Tracker, round: number): Promise<void> {
    const title = `${name}.${round}`
    const task = await tracker.tasks.create({ title, labels: ['written'] })
    acknowledge(title)
    await tracker.tasks.addLabel(task.id, 'labelled')
    acknowledge(`${title} labelled`)
  },

  async batch(tracker: Tracker, round: number): Promise<void> {
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const title = `${name}.${round}.${index}`
        await tracker.tasks.create({ title })
        acknowledge(title)
      }),
    )
  },

  async transaction(tracker: Tracker, round: number): Promise<void> {
    const titles = Array.from({ length: 5 }, (_, index) => `${name}.${round}.${index}`)
    await tracker.transaction(async (t) => {
      let blocker = await t.tasks.create({ title: titles[0]! })
      for (const title of titles.slice(1)) blocker = await t.tasks.create({ title, blockedBy: [blocker.id] })
    })
    acknowledge(...titles)
  },

  async files(_: unknown, round: number): Promise<void> {
    const file = `${path}-${name}-${round}.db`
    const tracker = await openTracker({ path: file })
    await tracker.tasks.create({ title: 'one' })
    acknowledge(file)
    if (round % 2) await tracker.close()
  },
}

const tracker = mode === 'files' ? undefined : await openTracker({ path })
process.once('message', async () => {
  for (let round = 0; ; round++) await modes[mode](tracker as Tracker, round)
})
process.send!('ready')

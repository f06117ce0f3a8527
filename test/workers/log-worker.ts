import { writeSync } from 'node:fs'
import { openTracker, type Tracker } from '../../src/index.js'

/*
 * A process that writes to a record, reads it page by page, or subscribes to its log, and says on standard output, a line
 * each, what it has done or seen. It begins when it is told to.
 */

const [mode, path, ...numbers] = process.argv.slice(2) as [keyof typeof modes, string, ...string[]]
const [first = 0, second = 0] = numbers.map(Number)

function say(...lines: (string | number)[]): void {
  writeSync(1, lines.map((line) => `${line}\n`).join(''))
}

const modes = {
  /** Makes so many tasks, as fast as it can, now one by one and now several in one commit. */
  async flood(tracker: Tracker): Promise<void> {
    for (let made = 0; made < first; ) {
      const count = Math.min(made % 3 === 0 ? 1 : 25, first - made)
      await Promise.all(Array.from({ length: count }, (_, n) => tracker.tasks.create({ title: `${made + n}` })))
      made += count
    }
  },

  /** Pages through the log by `after`, `first` events at a time, until it has seen `second` of them. */
  async events(tracker: Tracker): Promise<void> {
    for (let after = 0; after < second; ) {
      const { items } = await tracker.log.events({ after, limit: first })
      say(...items.map(({ seq }) => seq))
      after = items.at(-1)?.seq ?? after
    }
  },

  /** Pages through the tasks by cursor, `first` at a time, again and again, until a list has `second` of them. */
  async tasks(tracker: Tracker): Promise<void> {
    for (let total = 0; total < second; ) {
      const titles: string[] = []
      let cursor: string | undefined
      const { seq: before } = await tracker.log.head()
      do {
        const page = await tracker.tasks.list({ limit: first, ...(cursor !== undefined && { cursor }) })
        titles.push(...page.items.map(({ title }) => title))
        cursor = page.nextCursor
      } while (cursor !== undefined)
      total = titles.length
      // The first event registers the agent that acts.
      say(`${Math.max(before - 1, 0)} ${titles.join(' ')}`)
    }
  },

  /** Subscribes after the event `first` and leaves after `second` events. */
  async subscribe(tracker: Tracker): Promise<void> {
    let left = second
    for await (const { seq } of tracker.log.subscribe({ after: first })) {
      say(seq)
      if (--left === 0) break
    }
  },

  /** Subscribes, takes an event, and neither asks for another nor closes anything. */
  async abandon(tracker: Tracker): Promise<void> {
    say((await tracker.log.subscribe().next()).value!.seq)
  },
}

const tracker = await openTracker({ path, durability: 'normal' })
process.once('message', async () => {
  await modes[mode](tracker)
  if (mode !== 'abandon') await tracker.close()
  process.disconnect()
})
process.send!('ready')

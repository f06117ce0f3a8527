import { setTimeout } from 'node:timers/promises'
import {
  type AgentId,
  CycleDetectedError,
  type OpenOptions,
  openTracker,
  ProvtrailError,
  StaleRevisionError,
  type TaskId,
  type Tracker,
} from '../../src/index.js'

/*
 * A process that holds a tracker and does what its parent asks for, one call at a time or several at once.
 */

let tracker: Tracker

async function close(): Promise<void> {
  await tracker?.close()
}

const jobs = {
  async open(options: OpenOptions): Promise<string> {
    tracker = await openTracker(options)
    return tracker.namespace
  },

  close,

  /** Ends without closing anything. */
  die(): void {
    process.kill(process.pid, 'SIGKILL')
  },

  async create(titles: readonly string[]): Promise<TaskId[]> {
    return Promise.all(titles.map(async (title) => (await tracker.tasks.create({ title })).id))
  },

  async createOneByOne(titles: readonly string[]): Promise<TaskId[]> {
    const ids: TaskId[] = []
    for (const title of titles) ids.push((await tracker.tasks.create({ title })).id)
    return ids
  },

  /** Adds one to the number in a task's notes, so many times; resolves to the number of times that it came too late. */
  async increment(id: TaskId, times: number): Promise<number> {
    let late = 0
    for (let done = 0; done < times; ) {
      const { notes, revision } = await tracker.tasks.get(id)
      try {
        await tracker.tasks.update(id, { notes: String(Number(notes) + 1) }, { expectedRevision: revision })
        done++
      } catch (error) {
        if (!(error instanceof StaleRevisionError)) throw error
        late++
      }
    }
    return late
  },

  async registerHuman(name: string): Promise<AgentId> {
    return (await tracker.agents.registerHuman({ name, contact: `${name}@example.org`, reuse: true })).id
  },

  /** For each pair, `true` where the relation was added, `false` where it would have closed a cycle. */
  async block(pairs: readonly (readonly [TaskId, TaskId])[]): Promise<boolean[]> {
    const added: boolean[] = []
    for (const [source, target] of pairs) {
      try {
        await tracker.relations.add(source, 'blocked_by', target)
        added.push(true)
      } catch (error) {
        if (!(error instanceof CycleDetectedError)) throw error
        added.push(false)
      }
    }
    return added
  },

  /** Moves `amount` from one task's notes to another's, so many times, each in a transaction with a pause in the middle. */
  async transfer(from: TaskId, to: TaskId, times: number): Promise<void> {
    for (let round = 0; round < times; round++) {
      await tracker.transaction(async (t) => {
        const [source, target] = [await t.tasks.get(from), await t.tasks.get(to)]
        await t.tasks.update(from, { notes: String(Number(source.notes) - 1) })
        await setTimeout(1)
        await t.tasks.update(to, { notes: String(Number(target.notes) + 1) })
      })
    }
  },

  async verify(): Promise<unknown> {
    return tracker.log.verify({ state: true })
  },

  async titles(): Promise<string[]> {
    const titles: string[] = []
    let cursor: string | undefined
    do {
      const page = await tracker.tasks.list({ limit: 1_000, ...(cursor !== undefined && { cursor }) })
      titles.push(...page.items.map((task) => task.title))
      cursor = page.nextCursor
    } while (cursor !== undefined)
    return titles
  },
}

/** What a worker can be asked to do. */
export type Jobs = typeof jobs

interface Call {
  readonly call: number
  readonly name: keyof Jobs
  readonly args: readonly never[]
}

process.on('message', async ({ call, name, args }: Call) => {
  try {
    process.send!({ call, value: await (jobs[name] as (...args: readonly never[]) => unknown)(...args) })
  } catch (error) {
    const code = error instanceof ProvtrailError ? error.code : `not ours: ${(error as Error).stack}`
    process.send!({ call, code, text: (error as Error).message })
  }
})
process.on('disconnect', () => void close().finally(() => process.exit()))
process.send!('ready')

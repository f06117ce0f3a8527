import { writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import {
  type AgentId,
  type Completion,
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

/** Commands on claims that can be named from outside, each with the idempotency key that it is given. */
const claiming = {
  next: (t: Tracker, ttlMs: number, key: IdempotencyKey) => t.claims.next({ ttlMs, ...key }),
  claim: (t: Tracker, task: TaskId, key: IdempotencyKey) => t.claims.claim(task, key),
  renew: (t: Tracker, token: string, ttlMs: number, key: IdempotencyKey) => t.claims.renew(token, { ttlMs, ...key }),
  release: (t: Tracker, token: string, reason: string, key: IdempotencyKey) =>
    t.claims.release(token, { reason, ...key }),
  complete: (t: Tracker, token: string, summary: string, key: IdempotencyKey) =>
    t.claims.complete(token, { outcome: 'done', summary, ...key }),
  reset: (t: Tracker, task: TaskId, reason: string, key: IdempotencyKey) => t.claims.reset(task, { reason, ...key }),
  review: (t: Tracker, task: TaskId, comment: string, key: IdempotencyKey) =>
    t.reviews.record(task, { verdict: 'approve', comment, ...key }),
}

interface IdempotencyKey {
  readonly idempotencyKey: string
}

/** What `command` and `commandAndDie` can be asked for. */
export type Claiming = keyof typeof claiming

async function command(name: Claiming, args: readonly unknown[], idempotencyKey: string): Promise<unknown> {
  const run = claiming[name] as (...given: readonly unknown[]) => Promise<unknown>
  return run(tracker, ...args, { idempotencyKey })
}

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

  /** Claims the next ready task and completes it, again and again until there is none; resolves to the tasks. */
  async work(summary: string): Promise<TaskId[]> {
    const done: TaskId[] = []
    for (;;) {
      const claimed = await tracker.claims.next()
      if (claimed === null) return done
      done.push(claimed.task.id)
      await tracker.claims.complete(claimed.token, { outcome: 'done', summary })
    }
  },

  async complete(token: string): Promise<Completion> {
    return tracker.claims.complete(token, { outcome: 'done' })
  },

  async closeTask(task: TaskId): Promise<void> {
    await tracker.tasks.close(task)
  },

  command,

  /** The command is committed, what it resolved to is in the file at `answer`, and nobody hears of it. */
  async commandAndDie(name: Claiming, args: readonly unknown[], idempotencyKey: string, answer: string): Promise<void> {
    writeFileSync(answer, JSON.stringify(await command(name, args, idempotencyKey)))
    process.kill(process.pid, 'SIGKILL')
    await new Promise(() => undefined)
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

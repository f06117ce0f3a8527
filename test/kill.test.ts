import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openTracker, type Tracker } from '../src/index.js'
import { compiledWorker } from './support-store/compiled.js'
import { temporaryFolder } from './support-store/folder.js'

/** Ten rounds of three processes each: thirty that are killed. */
const ROUNDS = 10
const MODES = ['single', 'batch', 'transaction'] as const
const LONGEST_LIFE_MS = 120

/** A process that writes until it is killed, and what it said that it had written. */
class Victim {
  readonly #child: ChildProcess
  readonly #ready: Promise<unknown>
  #said = ''

  constructor(path: string, mode: string, name: string) {
    this.#child = fork(compiledWorker('writer'), [path, mode, name], {
      execArgv: [],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text
    })
    this.#ready = Promise.race([
      once(this.#child, 'message'),
      once(this.#child, 'exit').then(() => Promise.reject(new Error('it is gone before it began'))),
    ])
    this.#ready.catch(() => undefined)
  }

  async begin(): Promise<void> {
    await this.#ready
    this.#child.send('go')
  }

  /** What was acknowledged before the process was killed. */
  async kill(): Promise<string[]> {
    const closed = once(this.#child, 'close')
    this.#child.kill('SIGKILL')
    const [, signal] = await closed
    expect(signal, 'it was killed, and did not fail on its own').toBe('SIGKILL')
    expect(this.#said === '' || this.#said.endsWith('\n')).toBe(true)
    return this.#said.split('\n').slice(0, -1)
  }
}

async function allTasks(tracker: Tracker) {
  const tasks = []
  for (let cursor: string | undefined; ; ) {
    const page = await tracker.tasks.list({ limit: 1_000, ...(cursor !== undefined && { cursor }) })
    tasks.push(...page.items)
    cursor = page.nextCursor
    if (cursor === undefined) return tasks
  }
}

test('thirty processes that are killed while they write lose nothing that was acknowledged', async () => {
  const path = join(temporaryFolder(), 'work.db')
  const acknowledged: string[] = []
  const startRound = (round: number) => MODES.map((mode) => new Victim(path, mode, `${mode}-${round}`))
  let next = startRound(0)
  for (let round = 0; round < ROUNDS; round++) {
    const victims = next
    await Promise.all(victims.map((victim) => victim.begin()))
    await Promise.all(
      victims.map(async (victim) => {
        await setTimeout(Math.random() * LONGEST_LIFE_MS)
        acknowledged.push(...(await victim.kill()))
      }),
    )
    // The next ones start meanwhile, and find the file as the dead have left it.
    next = round + 1 < ROUNDS ? startRound(round + 1) : []
    await using tracker = await openTracker({ path })
    const verification = await tracker.log.verify({ state: true })
    expect(verification).toEqual({ ok: true, checked: (await tracker.log.head()).seq })
    const titles = new Set<string>()
    const sizeByTransaction = new Map<string, number>()
    for (const { title, labels } of await allTasks(tracker)) {
      titles.add(title)
      if (labels.includes('labelled')) titles.add(`${title} labelled`)
      if (!title.startsWith('transaction')) continue
      const transaction = title.replace(/\.\d+$/, '')
      sizeByTransaction.set(transaction, (sizeByTransaction.get(transaction) ?? 0) + 1)
    }
    expect(acknowledged.filter((title) => !titles.has(title))).toEqual([])
    expect([...sizeByTransaction].filter(([, size]) => size !== 5)).toEqual([])
  }
  for (const mode of MODES) expect(acknowledged.some((title) => title.startsWith(mode))).toBe(true)
})

test('processes that are killed while they make files leave files that can be opened', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'work')
  const victims = Array.from({ length: 6 }, (_, n) => new Victim(path, 'files', `${n}`))
  const made: string[] = []
  await Promise.all(
    victims.map(async (victim) => {
      await victim.begin()
      await setTimeout(Math.random() * LONGEST_LIFE_MS)
      made.push(...(await victim.kill()))
    }),
  )
  const files = readdirSync(folder).filter((name) => name.endsWith('.db'))
  expect(files.length).toBeGreaterThanOrEqual(made.length)
  for (const file of files) {
    await using tracker = await openTracker({ path: join(folder, file) })
    const { total } = await tracker.tasks.list()
    expect(total).toBeGreaterThanOrEqual(made.includes(join(folder, file)) ? 1 : 0)
    expect(await tracker.log.verify({ state: true })).toEqual({ ok: true, checked: total * 2 })
    await tracker.tasks.create({ title: 'after' })
  }
})

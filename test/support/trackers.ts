import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { type OpenOptions, openTracker, type Tracker } from '../../src/index.js'

/** The namespace of the records that tests open. */
export const NAMESPACE = 'test'

/** The first reading of every clock. */
const START = Date.parse('2026-01-05T09:00:00.000Z')

/** A clock that moves on by a second with every reading, and can be set. */
export class Clock {
  #next = START

  readonly now = (): number => {
    const reading = this.#next
    this.#next += 1_000
    return reading
  }

  /** What the next reading will be. */
  set(time: string): void {
    this.#next = Date.parse(time)
  }
}

/** A folder that goes when the test has ended. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'provtrail-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The path of a file that does not exist yet, in a folder of its own. */
export function freshPath(): string {
  return join(temporaryFolder(), 'work.db')
}

/** Opens a record, by default a new file, and closes it when the test has ended. */
export async function open(options: Partial<OpenOptions> = {}): Promise<Tracker> {
  const tracker = await openTracker({
    path: options.path ?? freshPath(),
    namespace: NAMESPACE,
    now: new Clock().now,
    ...options,
  })
  onTestFinished(() => tracker.close())
  return tracker
}

/** Runs one of many short histories on a record in memory of its own. */
export async function inMemory<Result>(work: (tracker: Tracker) => Promise<Result>): Promise<Result> {
  const tracker = await openTracker({ path: ':memory:', namespace: NAMESPACE, now: new Clock().now })
  try {
    return await work(tracker)
  } finally {
    await tracker.close()
  }
}

/** Every row of every table of a file, read past the library. */
export function dump(path: string): Record<string, unknown[]> {
  const db = new Database(path, { readonly: true })
  try {
    const tables = db
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      .pluck()
      .all() as string[]
    return Object.fromEntries(tables.map((name) => [name, db.prepare(`SELECT * FROM "${name}"`).all()]))
  } finally {
    db.close()
  }
}

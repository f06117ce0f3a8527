import { readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { newTaskId, newUuid } from 'provtrail'
import { openForWriting } from '../src/store/sqlite-file.js'
import { NAMESPACE, openBenchTracker } from './open-bench-tracker.js'

/** What an open file of ours has set. */
const PRAGMAS = [
  'page_size',
  'journal_mode',
  'synchronous',
  'foreign_keys',
  'temp_store',
  'secure_delete',
  'cache_size',
  'mmap_size',
  'wal_autocheckpoint',
] as const

const TABLES = ['tasks', 'events'] as const

type Values = Record<string, string | number | null>

/**
 * The least that writing a record can cost: two prepared INSERTs, a state row and a log row with the columns and indexes
 * of `tasks` and `events`, in a transaction of their own.
 */
export class Bare {
  readonly #db: Database.Database
  readonly #insertTask: Database.Statement
  readonly #insertEvent: Database.Statement
  readonly #begin: Database.Statement
  readonly #commit: Database.Statement
  readonly #task: Values
  readonly #event: Values
  #seq = 0

  private constructor(db: Database.Database, task: Values, event: Values) {
    this.#db = db
    this.#task = task
    this.#event = event
    this.#insertTask = db.prepare(insertInto('tasks', task))
    this.#insertEvent = db.prepare(insertInto('events', event))
    this.#begin = db.prepare('BEGIN IMMEDIATE')
    this.#commit = db.prepare('COMMIT')
  }

  /** The rows are those that a tracker writes for a task with this title. */
  static async open(path: string, title: string): Promise<Bare> {
    const { pragmas, task, event } = await readModel(`${path}-model`, title)
    const db = new Database(path)
    for (const [pragma, value] of pragmas) db.pragma(`${pragma} = ${value}`)
    for (const sql of definitions()) db.exec(sql)
    return new Bare(db, task, event)
  }

  /** How long so many transactions take, one after another, in milliseconds. */
  time(transactions: number): number {
    const rows = Array.from({ length: transactions }, () => this.#nextRows())
    const startedAt = performance.now()
    for (const { task, event } of rows) {
      this.#begin.run()
      this.#insertTask.run(task)
      this.#insertEvent.run(event)
      this.#commit.run()
    }
    return performance.now() - startedAt
  }

  close(): void {
    this.#db.close()
  }

  #nextRows(): { task: unknown[]; event: unknown[] } {
    const seq = ++this.#seq
    const at = new Date().toISOString()
    const id = newUuid()
    const task = { ...this.#task, key: seq, created_at: at, updated_at: at }
    const event = { ...this.#event, seq, id, transaction: id, subject: newTaskId(NAMESPACE), at, recorded_at: at }
    return { task: Object.values(task), event: Object.values(event) }
  }
}

function insertInto(table: string, values: Values): string {
  const columns = Object.keys(values)
  return `INSERT INTO ${table} (${columns.map((column) => `"${column}"`).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
}

/** The two tables and their indexes out of schema.sql, without what makes them ours: triggers and foreign keys. */
function definitions(): string[] {
  const db = new Database(':memory:')
  try {
    db.exec(readFileSync(new URL('../schema.sql', import.meta.url), 'utf8'))
    return db
      .prepare(
        `SELECT sql FROM sqlite_master WHERE tbl_name IN (${TABLES.map((table) => `'${table}'`).join(', ')})
           AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC, name`,
      )
      .pluck()
      .all()
      .map((sql) => (sql as string).replace(/ REFERENCES \w+ \(\w+\)/g, ''))
  } finally {
    db.close()
  }
}

/** The settings of a file that the library opened, and the rows that it wrote for a task. */
async function readModel(path: string, title: string) {
  const tracker = await openBenchTracker(path)
  await tracker.tasks.create({ title })
  await tracker.close()
  const db = await openForWriting(path, 'normal', () => ({ namespace: NAMESPACE, secret: '' }))
  try {
    return {
      pragmas: PRAGMAS.map((pragma) => [pragma, db.pragma(pragma, { simple: true })] as const),
      task: db.prepare('SELECT * FROM tasks').get() as Values,
      event: db.prepare("SELECT * FROM events WHERE type = 'task.created'").get() as Values,
    }
  } finally {
    db.close()
  }
}

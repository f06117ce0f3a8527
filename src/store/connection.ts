import type Database from 'better-sqlite3'
import { isBusy, translateError } from './sqlite-errors.js'
import type { Row, SqlValue, Writer } from './store.js'

/** Statements on one connection to an SQLite file, each distinct text prepared once. */
export class Connection implements Writer {
  readonly #db: Database.Database
  readonly #path: string
  readonly #statements = new Map<string, Database.Statement>()
  readonly #rawStatements = new Map<string, Database.Statement>()
  /** How many writing statements have run, so that a caller can tell whether a command has begun to write. */
  writes = 0
  transaction: object = {}

  constructor(db: Database.Database, path: string) {
    this.#db = db
    this.#path = path
  }

  get<R extends object = Row>(sql: string, ...values: SqlValue[]): R | undefined {
    try {
      return this.#prepare(sql).get(...values) as R | undefined
    } catch (error) {
      throw translateError(error, this.#path)
    }
  }

  all<R extends object = Row>(sql: string, ...values: SqlValue[]): R[] {
    try {
      return this.#prepare(sql).all(...values) as R[]
    } catch (error) {
      throw translateError(error, this.#path)
    }
  }

  rows<R extends readonly SqlValue[] = SqlValue[]>(sql: string, ...values: SqlValue[]): R[] {
    try {
      return this.#prepareRaw(sql).all(...values) as R[]
    } catch (error) {
      throw translateError(error, this.#path)
    }
  }

  run(sql: string, ...values: SqlValue[]): void {
    this.writes++
    try {
      this.#prepare(sql).run(...values)
    } catch (error) {
      throw translateError(error, this.#path)
    }
  }

  /** A statement of transaction control; its errors come as SQLite's own, so that the caller can see a busy file. */
  control(sql: 'BEGIN IMMEDIATE' | 'BEGIN' | 'COMMIT' | 'ROLLBACK'): void {
    this.#prepare(sql).run()
    if (sql === 'BEGIN IMMEDIATE') this.transaction = {}
  }

  /** The first statement of a reading transaction, which fixes what it sees; throws as `control` does. */
  pin(): void {
    this.#prepare('SELECT count(*) FROM settings').get()
  }

  /** Another number once another connection has committed; `undefined` where that cannot be told just now. */
  dataVersion(): number | undefined {
    try {
      return this.#db.pragma('data_version', { simple: true }) as number
    } catch (error) {
      if (isBusy(error)) return undefined
      throw translateError(error, this.#path)
    }
  }

  /** Empties the write-ahead log into the file; `false` where a reader still needs it. */
  truncateLog(): boolean {
    const [result] = this.#db.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }]
    return result.busy === 0
  }

  /** Ends a transaction without its writes; a full or failing disk may have done so already. */
  rollback(): void {
    if (this.#db.inTransaction) this.control('ROLLBACK')
  }

  close(): void {
    this.#db.close()
  }

  #prepare(sql: string): Database.Statement {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  #prepareRaw(sql: string): Database.Statement {
    let statement = this.#rawStatements.get(sql)
    if (statement === undefined) {
      statement = this.#db.prepare(sql).raw()
      this.#rawStatements.set(sql, statement)
    }
    return statement
  }
}

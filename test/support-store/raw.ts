import Database from 'better-sqlite3'

/** Runs something on a plain connection to the file, past the library. */
export function raw<Result>(path: string, work: (db: Database.Database) => Result): Result {
  const db = new Database(path, { timeout: 5_000 })
  try {
    db.pragma('foreign_keys = OFF')
    return work(db)
  } finally {
    db.close()
  }
}

/** The same with the triggers of the log dropped, as somebody would who falsifies it. */
export function tamper<Result>(path: string, work: (db: Database.Database) => Result): Result {
  return raw(path, (db) => {
    const triggers = db
      .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'")
      .all() as { name: string; sql: string }[]
    for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`)
    try {
      return work(db)
    } finally {
      for (const { sql } of triggers) db.exec(sql)
    }
  })
}

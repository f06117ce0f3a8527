import { existsSync, readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { CannotOpenError, NotAProvtrailFileError, SchemaVersionError } from '../errors.js'
import { takeRandomBytes } from '../random.js'
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.js'
import { untilNotBusy } from './patience.js'
import { translateError } from './sqlite-errors.js'
import type { Durability } from './store.js'

/** What is fixed when a file is made. */
export interface FileSettings {
  readonly namespace: string
}

const SECRET_BYTES = 32

/** The text of `schema.sql`. */
function readSchema(): string {
  return readFileSync(new URL('../../schema.sql', import.meta.url), 'utf8')
}

/** Opens a file for writing and makes it first where it is missing or empty. Anything that is not ours is left alone. */
export async function openForWriting(
  path: string,
  durability: Durability,
  settings: () => FileSettings,
): Promise<Database.Database> {
  if (existsSync(path) && existsSync(`${path}-wal`)) await refuseNewer(path)
  const db = connect(path, { timeout: 0 })
  try {
    await untilNotBusy(path, () => createOrMigrate(db, path, settings))
    // Only after the schema is committed, so that the application id stands in the file itself and not in its WAL.
    if (path !== ':memory:') await untilNotBusy(path, () => db.pragma('journal_mode = WAL'))
    db.pragma(`synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`)
    db.pragma('foreign_keys = ON')
    db.pragma('temp_store = MEMORY')
    db.pragma('secure_delete = ON')
    return db
  } catch (error) {
    db.close()
    throw translateError(error, path)
  }
}

/**
 * Opens a file that exists, for reading; never writes to it and never migrates it.
 *
 * SQLite keeps `-wal` and `-shm` files beside a file that it reads. Where the folder takes none and there is no log to
 * read, nobody writes there either, and a copy in memory is read instead.
 */
export async function openForReading(path: string): Promise<Database.Database> {
  try {
    return await checked(path, connect(path, { timeout: 0, readonly: true }))
  } catch (error) {
    if (!(error instanceof CannotOpenError) || existsSync(`${path}-wal`) || !existsSync(path)) throw error
    return await checked(path, new Database(withoutLog(readFileSync(path)), { readonly: true }))
  }
}

async function checked(path: string, db: Database.Database): Promise<Database.Database> {
  try {
    const version = await untilNotBusy(path, () => userVersion(db))
    if (version !== SCHEMA_VERSION) throw new SchemaVersionError(path, version, SCHEMA_VERSION)
    db.pragma('temp_store = MEMORY')
    return db
  } catch (error) {
    db.close()
    throw translateError(error, path)
  }
}

/** The file as one in rollback mode (bytes 18 and 19 of the header): memory has no place for a log. */
function withoutLog(file: Buffer): Buffer {
  file[18] = 1
  file[19] = 1
  return file
}

/** A version that stands in the write-ahead log only: a connection that could write would move the log into the file. */
async function refuseNewer(path: string): Promise<void> {
  const db = connect(path, { timeout: 0, readonly: true })
  try {
    const version = await untilNotBusy(path, () => userVersion(db))
    if (version > SCHEMA_VERSION) throw new SchemaVersionError(path, version, SCHEMA_VERSION)
  } finally {
    db.close()
  }
}

function connect(path: string, options: Database.Options): Database.Database {
  try {
    return new Database(path, options)
  } catch (error) {
    throw translateError(error, path)
  }
}

function createOrMigrate(db: Database.Database, path: string, settings: () => FileSettings): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    const version = userVersion(db)
    if (version > SCHEMA_VERSION) throw new SchemaVersionError(path, version, SCHEMA_VERSION)
    if (version === 0) create(db, path, settings())
    for (const migration of MIGRATIONS) {
      if (version > 0 && migration.version > version) db.exec(migration.sql)
    }
    if (version > 0 && version < SCHEMA_VERSION) db.pragma(`user_version = ${SCHEMA_VERSION}`)
    keepSecret(db)
    db.exec('COMMIT')
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function create(db: Database.Database, path: string, settings: FileSettings): void {
  if (db.prepare('SELECT 1 FROM sqlite_master').get() !== undefined) {
    throw new NotAProvtrailFileError(path, 'it is a database of another program')
  }
  db.exec(readSchema())
  db.prepare("INSERT INTO settings (name, value) VALUES ('namespace', ?)").run(settings.namespace)
}

/** What the tokens of claims are made with: 64 hexadecimal digits, which leave the file by no way. */
function keepSecret(db: Database.Database): void {
  if (db.prepare("SELECT 1 FROM settings WHERE name = 'secret'").get() !== undefined) return
  const secret = takeRandomBytes(SECRET_BYTES).toString('hex')
  db.prepare("INSERT INTO settings (name, value) VALUES ('secret', ?)").run(secret)
}

function userVersion(db: Database.Database): number {
  return db.pragma('user_version', { simple: true }) as number
}

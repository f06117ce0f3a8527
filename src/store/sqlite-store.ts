import { setTimeout } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { ReadOnlyError, TrackerClosedError } from '../errors.js'
import { ChangeFeed } from './change-feed.js'
import { Connection } from './connection.js'
import { useFile } from './file-use.js'
import { Pacer } from './pacer.js'
import { untilNotBusy } from './patience.js'
import { translateError } from './sqlite-errors.js'
import { type FileSettings, openForReading, openForWriting } from './sqlite-file.js'
import type { Durability, OpenTransaction, Reader, Snapshot, Store, Watch, Writer } from './store.js'
import { WriteQueue } from './write-queue.js'

const PURGE_ATTEMPTS = 50
const PURGE_WAIT_MS = 20

/** How an SQLite file is opened. */
export interface SqliteOptions {
  readonly path: string
  readonly readOnly: boolean
  readonly durability: Durability
  /** Asked for only when the file is made. */
  readonly settings: () => FileSettings
}

/** Opens, and where need be makes, an SQLite file; `:memory:` lives as long as the store. */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const { path } = options
  if (path === ':memory:') return new MemoryStore(await openForWriting(path, options.durability, options.settings))
  const release = useFile(path, options.readOnly)
  try {
    if (options.readOnly) return new FileStore(path, release, await openForReading(path), undefined)
    const writer = await openForWriting(path, options.durability, options.settings)
    try {
      return new FileStore(path, release, await openForReading(path), writer)
    } catch (error) {
      writer.close()
      throw error
    }
  } catch (error) {
    release()
    throw error
  }
}

/** A file: one connection reads, another writes, so that readers never see what is not committed. */
class FileStore implements Store {
  readonly path: string
  readonly readOnly: boolean
  readonly #reader: Connection
  readonly #writer: Connection | undefined
  readonly #queue: WriteQueue | undefined
  readonly #pacer = new Pacer()
  readonly #snapshots = new Set<Snapshot>()
  readonly #changes: ChangeFeed
  #lastRead: Promise<unknown> = Promise.resolve()
  #closed: Promise<void> | undefined

  readonly #release: () => void

  constructor(path: string, release: () => void, reader: Database.Database, writer: Database.Database | undefined) {
    this.path = path
    this.#release = release
    this.readOnly = writer === undefined
    this.#reader = new Connection(reader, path)
    this.#changes = new ChangeFeed(() => this.#reader.dataVersion())
    if (writer !== undefined) {
      this.#writer = new Connection(writer, path)
      this.#queue = new WriteQueue(this.#writer, path, this.#pacer, () => this.#changes.wake())
    }
  }

  read<T>(query: (reader: Reader) => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(new TrackerClosedError())
    const result = this.#lastRead.then(() => this.#readAlone(query))
    this.#lastRead = result.catch(() => undefined)
    return result
  }

  async #readAlone<T>(query: (reader: Reader) => Promise<T>): Promise<T> {
    await this.#pacer.turn()
    await beginReading(this.#reader, this.path)
    try {
      const result = await query(this.#reader)
      this.#reader.control('COMMIT')
      return result
    } catch (error) {
      this.#reader.rollback()
      throw translateError(error, this.path)
    }
  }

  async write<T>(command: (writer: Writer) => Promise<T>): Promise<T> {
    return this.#writing().write(command)
  }

  async begin(): Promise<OpenTransaction> {
    return this.#writing().begin()
  }

  async snapshot(): Promise<Snapshot> {
    if (this.#closed !== undefined) throw new TrackerClosedError()
    return openSnapshot(await openForReading(this.path), this.path, this.#snapshots)
  }

  watch(): Watch {
    if (this.#closed !== undefined) throw new TrackerClosedError()
    return this.#changes.watch()
  }

  purge(): Promise<void> {
    return this.#writing().between(async () => {
      // The write-ahead log holds former pages until it is cut off, which readers can put off.
      for (let attempt = 0; attempt < PURGE_ATTEMPTS && !this.#writer!.truncateLog(); attempt++) {
        await setTimeout(PURGE_WAIT_MS)
      }
    })
  }

  close(): Promise<void> {
    this.#closed ??= this.#letGo()
    return this.#closed
  }

  async #letGo(): Promise<void> {
    this.#changes.close()
    await this.#queue?.close()
    await this.#lastRead
    for (const snapshot of this.#snapshots) await snapshot.close()
    this.#reader.close()
    this.#writer?.close()
    this.#release()
  }

  #writing(): WriteQueue {
    if (this.#queue === undefined) throw new ReadOnlyError(this.path)
    return this.#queue
  }
}

/** A database in memory has one connection, so that reads take their turn among the writes. */
class MemoryStore implements Store {
  readonly path = ':memory:'
  readonly readOnly = false
  readonly #db: Database.Database
  readonly #connection: Connection
  readonly #queue: WriteQueue
  readonly #snapshots = new Set<Snapshot>()
  /** Nobody else can write to it, so that there is nothing to look after. */
  readonly #changes = new ChangeFeed()

  constructor(db: Database.Database) {
    this.#db = db
    this.#connection = new Connection(db, this.path)
    this.#queue = new WriteQueue(this.#connection, this.path, new Pacer(), () => this.#changes.wake())
  }

  read<T>(query: (reader: Reader) => Promise<T>): Promise<T> {
    return this.#queue.write(query)
  }

  write<T>(command: (writer: Writer) => Promise<T>): Promise<T> {
    return this.#queue.write(command)
  }

  begin(): Promise<OpenTransaction> {
    return this.#queue.begin()
  }

  async snapshot(): Promise<Snapshot> {
    const held = await this.#queue.begin()
    await held.rollback()
    return openSnapshot(new Database(this.#db.serialize()), this.path, this.#snapshots)
  }

  watch(): Watch {
    if (!this.#db.open) throw new TrackerClosedError()
    return this.#changes.watch()
  }

  async purge(): Promise<void> {}

  async close(): Promise<void> {
    this.#changes.close()
    await this.#queue.close()
    for (const snapshot of this.#snapshots) await snapshot.close()
    if (this.#db.open) this.#connection.close()
  }
}

/** Fixes what is seen: a deferred BEGIN sees the file only from its first statement on. */
async function beginReading(connection: Connection, path: string): Promise<void> {
  try {
    connection.control('BEGIN')
    await untilNotBusy(path, () => connection.pin())
  } catch (error) {
    connection.rollback()
    throw translateError(error, path)
  }
}

/** A snapshot on a connection of its own, which `open` lists for as long as it is open. */
async function openSnapshot(db: Database.Database, path: string, open: Set<Snapshot>): Promise<Snapshot> {
  const connection = new Connection(db, path)
  await beginReading(connection, path)
  const reader = (): Connection => {
    if (!open.has(snapshot)) throw new TrackerClosedError()
    return connection
  }
  const snapshot: Snapshot = {
    get: (sql, ...values) => reader().get(sql, ...values),
    all: (sql, ...values) => reader().all(sql, ...values),
    rows: (sql, ...values) => reader().rows(sql, ...values),
    close: async () => {
      if (open.delete(snapshot)) connection.close()
    },
  }
  open.add(snapshot)
  return snapshot
}

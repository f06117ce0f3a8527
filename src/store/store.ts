/** `full`: an acknowledged record survives a power cut. `normal`: faster; the last moments may be lost with the power. */
export type Durability = 'full' | 'normal'

/** What a store may answer at once (an embedded one) or later (one behind a network): always `await` it. */
export type Awaitable<T> = T | Promise<T>

/** What a statement can bind and a column can hold. */
export type SqlValue = string | number | null

/** One row, by column name. */
export type Row = Record<string, SqlValue>

/** Statements that read. Each distinct text is prepared once. */
export interface Reader {
  /** The first row. */
  get<R extends object = Row>(sql: string, ...values: SqlValue[]): Awaitable<R | undefined>
  all<R extends object = Row>(sql: string, ...values: SqlValue[]): Awaitable<R[]>
  /** Rows as arrays of their columns, for long lists. */
  rows<R extends readonly SqlValue[] = SqlValue[]>(sql: string, ...values: SqlValue[]): Awaitable<R[]>
}

/** Statements that read and write, inside of one transaction. */
export interface Writer extends Reader {
  /** Stands for the transaction: another object after each BEGIN. What is known of a transaction can be kept by it. */
  readonly transaction: object
  run(sql: string, ...values: SqlValue[]): Awaitable<void>
}

/** A consistent reading of the whole file, on a connection of its own, until it or its store is closed. */
export interface Snapshot extends Reader {
  close(): Promise<void>
}

/** A write transaction that the caller holds open. */
export interface OpenTransaction {
  readonly writer: Writer
  commit(): Promise<void>
  rollback(): Promise<void>
}

/** Tells whoever waits that something was committed, by this process or another one. */
export interface Watch {
  /**
   * Resolves to `true` as soon as something may have been committed since the call before (for the first call, since
   * the watch began): what is read after it shows that. To `false` once the watch or its store is closed.
   *
   * One call at a time: the next one is made when that has settled. Only while a call waits does anything keep the process
   * alive.
   */
  next(): Promise<boolean>
  readonly closed: boolean
  close(): void
}

/**
 * Where a record is kept: the one seam between commands and a database.
 *
 * Errors of the database come out as `ProvtrailError`; no caller sees that a file was busy.
 */
export interface Store {
  /** Names the file or database, in messages. */
  readonly path: string
  readonly readOnly: boolean
  /** One query, one snapshot. */
  read<T>(query: (reader: Reader) => Promise<T>): Promise<T>
  /**
   * One command, one transaction; settles after the commit. Commands that wait at the same time share a commit, so
   * `command` must decide before it writes: what it throws before its first write is a refusal that undoes nothing.
   * It may be run a second time after another command of the same commit failed.
   */
  write<T>(command: (writer: Writer) => Promise<T>): Promise<T>
  /** The only write lock, held until it is committed or rolled back; other writes wait. */
  begin(): Promise<OpenTransaction>
  snapshot(): Promise<Snapshot>
  /** The change feed: wakes at once for the commits of this store, and within moments for those of others. */
  watch(): Watch
  /** Drops what the file still holds of content that was erased, as far as readers of other processes allow it now. */
  purge(): Promise<void>
  /** Waits for what was begun, then lets go of the file. */
  close(): Promise<void>
}

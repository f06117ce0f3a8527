import { TransactionClosedError } from '../errors.js'
import type { OpenTransaction, Reader, Store, Writer } from '../store/store.js'
import { openTransactions, type Runner } from './runner.js'

/** Runs commands and queries inside of one transaction that is held open, one after the other. */
class TransactionRunner implements Runner {
  readonly openTransaction: { id?: string } = {}
  readonly #held: OpenTransaction
  readonly #writer: CountingWriter
  #last: Promise<unknown> = Promise.resolve()
  #closed: TransactionClosedError | undefined
  #onClose: ((error: unknown) => void) | undefined
  /** Rejects when the transaction is rolled back while its work goes on, with what made it so. */
  readonly rolledBack: Promise<never>

  constructor(held: OpenTransaction) {
    this.#held = held
    this.#writer = new CountingWriter(held.writer)
    this.rolledBack = new Promise((_, reject) => {
      this.#onClose = reject
    })
    this.rolledBack.catch(() => undefined)
  }

  get isOpen(): boolean {
    return this.#closed === undefined
  }

  read<T>(_operation: string, query: (reader: Reader) => Promise<T>): Promise<T> {
    return this.#next(() => query(this.#writer))
  }

  write<T>(_operation: string, command: (writer: Writer) => Promise<T>): Promise<T> {
    return this.#next(async () => {
      const writesBefore = this.#writer.writes
      try {
        return await command(this.#writer)
      } catch (error) {
        if (this.#writer.writes !== writesBefore)
          await this.rollback('a command failed while it was being written', error)
        throw error
      }
    })
  }

  async commit(): Promise<void> {
    // What was begun and not awaited is part of the transaction too.
    await this.#last
    if (this.#closed !== undefined) throw this.#closed
    this.#closed = new TransactionClosedError('it has been committed')
    await this.#held.commit()
  }

  async rollback(reason: string, cause?: unknown): Promise<void> {
    if (this.#closed !== undefined) return
    this.#closed = new TransactionClosedError(`${reason}; it was rolled back`, { cause })
    this.#onClose?.(cause ?? this.#closed)
    await this.#held.rollback()
  }

  #next<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#last.then(() => {
      if (this.#closed !== undefined) throw this.#closed
      return run()
    })
    this.#last = result.catch(() => undefined)
    return result
  }
}

/** Tells whether a command has begun to write, as the write queue does for commands on their own. */
class CountingWriter implements Writer {
  readonly #writer: Writer
  readonly transaction: object
  writes = 0

  constructor(writer: Writer) {
    this.#writer = writer
    this.transaction = writer.transaction
  }

  readonly get: Writer['get'] = (sql, ...values) => this.#writer.get(sql, ...values)
  readonly all: Writer['all'] = (sql, ...values) => this.#writer.all(sql, ...values)
  readonly rows: Writer['rows'] = (sql, ...values) => this.#writer.rows(sql, ...values)
  readonly run: Writer['run'] = (sql, ...values) => {
    this.writes++
    return this.#writer.run(sql, ...values)
  }
}

/**
 * Holds the write lock while `work` runs: all that it does is committed when it resolves, and nothing when it rejects
 * or when `timeoutMs` have passed; then what it goes on to do is refused.
 *
 * @throws {TransactionClosedError} the deadline passed.
 */
export async function runTransaction<Result>(
  store: Store,
  timeoutMs: number,
  work: (runner: Runner) => Promise<Result>,
): Promise<Result> {
  const held = await store.begin()
  const runner = new TransactionRunner(held)
  const late = `it took longer than ${timeoutMs} ms`
  const deadline = performance.now() + timeoutMs
  const timer = setTimeout(() => void runner.rollback(late), timeoutMs)
  const marker = { path: store.path, store, isOpen: () => runner.isOpen }
  try {
    const working = openTransactions.run(marker, async () => work(runner))
    const result = await Promise.race([working, runner.rolledBack])
    // A callback that kept the event loop busy has also kept the timer from firing.
    if (performance.now() > deadline) await runner.rollback(late)
    await runner.commit()
    return result
  } catch (error) {
    await runner.rollback('its callback failed')
    throw error
  } finally {
    clearTimeout(timer)
  }
}

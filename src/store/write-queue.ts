import { TrackerClosedError } from '../errors.js'
import type { Connection } from './connection.js'
import type { Pacer } from './pacer.js'
import { untilNotBusy } from './patience.js'
import type { OpenTransaction, Writer } from './store.js'

/** How long commands are gathered into one commit: others wait for the lock, and the event loop for its turn. */
const BATCH_MS = 20

interface Job {
  readonly kind: 'command'
  readonly run: (writer: Writer) => Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

interface Begin {
  readonly kind: 'begin'
  readonly grant: (transaction: OpenTransaction) => void
  readonly reject: (error: unknown) => void
}

interface Pause {
  readonly kind: 'pause'
  readonly between: () => Promise<void>
  readonly reject: (error: unknown) => void
}

type Entry = Job | Begin | Pause

type Attempt = { readonly job: Job } & ({ readonly value: unknown } | { readonly error: unknown })

/**
 * All writes of one process to one file, in the order in which they were asked for.
 *
 * Commands that wait at the same time share a commit. A command that throws before its first write was refused and
 * leaves nothing to undo; one that fails later makes the whole batch roll back, and each of it is run again alone.
 */
export class WriteQueue {
  readonly #connection: Connection
  readonly #path: string
  readonly #pacer: Pacer
  readonly #committed: () => void
  readonly #waiting: Entry[] = []
  #drained: Promise<void> | undefined
  #closed = false
  /** How many writing statements had run at the last commit. */
  #writesCommitted = 0

  /** `committed` is called after each commit that wrote something. */
  constructor(connection: Connection, path: string, pacer: Pacer, committed: () => void) {
    this.#connection = connection
    this.#path = path
    this.#pacer = pacer
    this.#committed = committed
  }

  write<T>(run: (writer: Writer) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#enqueue({ kind: 'command', run, resolve: resolve as (value: unknown) => void, reject })
    })
  }

  begin(): Promise<OpenTransaction> {
    return new Promise((grant, reject) => {
      this.#enqueue({ kind: 'begin', grant, reject })
    })
  }

  /** Runs something between two transactions. */
  between(run: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#enqueue({ kind: 'pause', between: () => run().then(resolve, reject), reject })
    })
  }

  /** Refuses what comes from now on, and waits for what was begun. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#drained
  }

  #enqueue(entry: Entry): void {
    if (this.#closed) {
      entry.reject(new TrackerClosedError())
      return
    }
    this.#waiting.push(entry)
    // A microtask later, so that commands given in one breath are gathered.
    this.#drained ??= Promise.resolve().then(() => this.#drain())
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#pacer.turn()
      const first = this.#waiting[0]!
      if (first.kind === 'pause') {
        this.#waiting.shift()
        await first.between()
      } else if (await this.#takeLock()) {
        if (first.kind === 'begin') await this.#grant(this.#waiting.shift() as Begin)
        else await this.#commitTogether()
      }
    }
    this.#drained = undefined
  }

  /** Takes the lock; where that fails for good, everything that waits learns why. */
  async #takeLock(): Promise<boolean> {
    try {
      await untilNotBusy(this.#path, () => this.#connection.control('BEGIN IMMEDIATE'))
      return true
    } catch (error) {
      for (const entry of this.#waiting.splice(0)) entry.reject(error)
      return false
    }
  }

  async #grant(begin: Begin): Promise<void> {
    await new Promise<void>((released) => {
      begin.grant({
        writer: this.#connection,
        commit: async () => {
          try {
            await this.#commit()
          } finally {
            released()
          }
        },
        rollback: async () => {
          this.#connection.rollback()
          released()
        },
      })
    })
  }

  async #commitTogether(): Promise<void> {
    const attempts: Attempt[] = []
    const startedAt = performance.now()
    let undone = false
    while (!undone && this.#waiting[0]?.kind === 'command') {
      if (attempts.length > 0 && performance.now() - startedAt > BATCH_MS) break
      const job = this.#waiting.shift() as Job
      const writesBefore = this.#connection.writes
      try {
        attempts.push({ job, value: await job.run(this.#connection) })
      } catch (error) {
        attempts.push({ job, error })
        undone = this.#connection.writes !== writesBefore
      }
    }
    if (!undone) {
      try {
        await this.#commit()
        for (const attempt of attempts) settle(attempt)
        return
      } catch (error) {
        if (attempts.length === 1) {
          attempts[0]!.job.reject(error)
          return
        }
      }
    } else {
      this.#connection.rollback()
      if (attempts.length === 1) {
        settle(attempts[0]!)
        return
      }
    }
    for (const { job } of attempts) await this.#commitAlone(job)
  }

  async #commitAlone(job: Job): Promise<void> {
    try {
      await untilNotBusy(this.#path, () => this.#connection.control('BEGIN IMMEDIATE'))
      const value = await job.run(this.#connection)
      await this.#commit()
      job.resolve(value)
    } catch (error) {
      this.#connection.rollback()
      job.reject(error)
    }
  }

  async #commit(): Promise<void> {
    try {
      await untilNotBusy(this.#path, () => this.#connection.control('COMMIT'))
    } catch (error) {
      this.#connection.rollback()
      throw error
    }
    if (this.#connection.writes === this.#writesCommitted) return
    this.#writesCommitted = this.#connection.writes
    this.#committed()
  }
}

function settle(attempt: Attempt): void {
  if ('error' in attempt) attempt.job.reject(attempt.error)
  else attempt.job.resolve(attempt.value)
}

import { AsyncLocalStorage } from 'node:async_hooks'
import { TrackerInTransactionError } from '../errors.js'
import type { Reader, Store, Writer } from '../store/store.js'

/** Where reads and writes go: to the store, or into a transaction that is held open. */
export interface Runner {
  read<T>(operation: string, query: (reader: Reader) => Promise<T>): Promise<T>
  write<T>(operation: string, command: (writer: Writer) => Promise<T>): Promise<T>
  /** There in a transaction that is held open: what its events share. */
  readonly openTransaction?: { id?: string }
}

/** Marks the calls made inside of `transaction(fn)`, so that a tracker that would wait for itself can say so. */
export const openTransactions = new AsyncLocalStorage<{
  readonly path: string
  readonly store: Store
  readonly isOpen: () => boolean
}>()

/** @throws {TrackerInTransactionError} the call is made inside of a transaction on the same file. */
export function refuseInsideTransaction(operation: string, store: Store, remedy?: string): void {
  const held = openTransactions.getStore()
  if (held === undefined || !held.isOpen()) return
  if (held.store === store || (store.path !== ':memory:' && held.path === store.path)) {
    throw new TrackerInTransactionError(operation, remedy)
  }
}

/** Each command and query a transaction of its own. */
export function storeRunner(store: Store): Runner {
  return {
    read(operation, query) {
      refuseInsideTransaction(operation, store)
      return store.read(query)
    },
    write(operation, command) {
      refuseInsideTransaction(operation, store)
      return store.write(command)
    },
  }
}

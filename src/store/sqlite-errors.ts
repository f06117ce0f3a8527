import Database from 'better-sqlite3'
import {
  CannotOpenError,
  CorruptFileError,
  DiskFullError,
  NotAProvtrailFileError,
  ProvtrailError,
  ReadOnlyError,
  StorageError,
} from '../errors.js'

/** Whether another connection holds the lock that was asked for, so that waiting will help. */
export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code)
}

/** The one place where errors of SQLite become errors of ours; what is ours already passes through. */
export function translateError(error: unknown, path: string): unknown {
  if (error instanceof ProvtrailError || !(error instanceof Database.SqliteError)) return error
  const code = error.code
  // Where there is no room for the -shm file, SQLite speaks of its size.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') return new DiskFullError(path, error)
  if (code === 'SQLITE_NOTADB') return new NotAProvtrailFileError(path, 'it is no SQLite database')
  if (code.startsWith('SQLITE_CORRUPT') || /^no such (table|column|index)/.test(error.message))
    return new CorruptFileError(path, error.message, error)
  if (
    code.startsWith('SQLITE_CANTOPEN') ||
    code === 'SQLITE_READONLY_DIRECTORY' ||
    code === 'SQLITE_READONLY_CANTINIT'
  ) {
    return new CannotOpenError(
      path,
      'the file, or the -wal and -shm files beside it, cannot be opened or made here; make its folder writable, or open it with readOnly',
      error,
    )
  }
  if (code.startsWith('SQLITE_READONLY')) return new ReadOnlyError(path, error)
  return new StorageError(path, `${error.message} (${code})`, error)
}

import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CannotOpenError, CorruptFileError, NotAProvtrailFileError, SchemaVersionError } from '../errors.js'
import { SCHEMA_VERSION } from './migrations.js'

/** `PrTv`, as in schema.sql; SQLite keeps it at byte 68 of a file. */
const APPLICATION_ID = 0x50725476
/** How a database file begins (SQLite, "Database File Format", section 1.3). */
const MAGIC = 'SQLite format 3\0'
const HEADER_BYTES = 100

/** How many stores of this process use a file, by its real path. */
const usesByPath = new Map<string, number>()

/**
 * Checks that a file is ours, or free to become ours, makes its folder, and notes that this process uses it. Resolves to what ends the use.
 *
 * A file in use is not looked at again: closing a second descriptor of it would drop the locks that SQLite holds on it
 * for this process (POSIX advisory locks belong to the process), and another process could then take its log away.
 */
export function useFile(path: string, readOnly: boolean): () => void {
  if (readOnly && !existsSync(path)) {
    throw new CannotOpenError(path, 'there is no such file; open it once without readOnly to make it')
  }
  if (!readOnly) makeFolder(path)
  const key = existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path))
  const uses = usesByPath.get(key) ?? 0
  if (uses === 0) checkFile(path, readOnly)
  usesByPath.set(key, uses + 1)
  return () => {
    const left = (usesByPath.get(key) ?? 1) - 1
    if (left > 0) usesByPath.set(key, left)
    else usesByPath.delete(key)
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
  } catch (error) {
    throw new CannotOpenError(path, `its folder cannot be made (${(error as Error).message})`, error)
  }
}

/**
 * Looks at the first bytes without SQLite, which would write side files even to look.
 *
 * Our files carry their application id in the main file from the first commit on.
 */
function checkFile(path: string, readOnly: boolean): void {
  if (!existsSync(path)) return
  const { header, size } = readHeader(path)
  if (size === 0 && !readOnly) return
  if (size < HEADER_BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new NotAProvtrailFileError(path, 'it is no SQLite database')
  }
  if (header.readUInt32BE(68) !== APPLICATION_ID) {
    throw new NotAProvtrailFileError(path, 'it is a database of another program')
  }
  const version = header.readUInt32BE(60)
  if (version > SCHEMA_VERSION) throw new SchemaVersionError(path, version, SCHEMA_VERSION)
  checkLength(path, header, size)
}

function readHeader(path: string): { header: Buffer; size: number } {
  const header = Buffer.alloc(HEADER_BYTES)
  try {
    const kind = statSync(path)
    if (kind.isDirectory()) throw new CannotOpenError(path, 'it is a folder; name a file in it')
    if (!kind.isFile()) throw new CannotOpenError(path, 'it is no regular file')
    const file = openSync(path, 'r')
    try {
      readSync(file, header, 0, HEADER_BYTES, 0)
      return { header, size: fstatSync(file).size }
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (error instanceof CannotOpenError) throw error
    throw new CannotOpenError(path, (error as Error).message, error)
  }
}

/** A file shorter than its header says was cut off, unless a write-ahead log still holds the rest. */
function checkLength(path: string, header: Buffer, size: number): void {
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16)
  const expected = header.readUInt32BE(28) * pageSize
  const headerIsCurrent = header.readUInt32BE(24) === header.readUInt32BE(92)
  const log = `${path}-wal`
  const hasLog = existsSync(log) && statSync(log).size > 0
  if (headerIsCurrent && !hasLog && !existsSync(`${path}-journal`) && size < expected) {
    throw new CorruptFileError(path, `it was cut off at ${size} of ${expected} bytes`)
  }
}

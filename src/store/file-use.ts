import {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
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
 * Checks that a file is ours, or free to become ours, makes its folder, and notes that this process uses it. Returns
 * what ends the use.
 *
 * A file in use is not looked at again: closing a second descriptor of it would drop the locks that SQLite holds on it
 * for this process (POSIX advisory locks belong to the process), and another process could then take its log away.
 */
export function useFile(path: string, readOnly: boolean): () => void {
  if (readOnly && !existsSync(path)) {
    throw new CannotOpenError(path, 'there is no such file; open it once without readOnly to make it')
  }
  const key = reached(path, () => {
    if (!readOnly) makeFolder(dirname(path))
    return realPathOf(path)
  })
  const uses = usesByPath.get(key) ?? 0
  if (uses === 0) checkFile(path, readOnly)
  usesByPath.set(key, uses + 1)
  return () => {
    const left = (usesByPath.get(key) ?? 1) - 1
    if (left > 0) usesByPath.set(key, left)
    else usesByPath.delete(key)
  }
}

/** The path without links, also where there is no file at its end yet. */
function realPathOf(path: string): string {
  if (existsSync(path)) return realpathSync(path)
  const target = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined
  if (target === undefined) return join(realpathSync(dirname(path)), basename(path))
  const next = resolve(dirname(path), target)
  // Of links that lead round there is nothing to open.
  if (!existsSync(dirname(next)) || next === path) throw new CannotOpenError(path, 'it is a link that leads nowhere')
  return join(realpathSync(dirname(next)), basename(next))
}

/** Folder by folder: in a file system that takes no folders, Node's own way of making many never ends. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(folder)) throw error
  }
}

/** What the operating system has against a path, as an error of ours. */
function reached<T>(path: string, reach: () => T): T {
  try {
    return reach()
  } catch (error) {
    if (error instanceof CannotOpenError) throw error
    throw new CannotOpenError(path, (error as NodeJS.ErrnoException).code ?? (error as Error).message, error)
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
  // A process that ends a checkpoint meanwhile lengthens the file and takes its log away: only a second look is sure.
  if (isCutOff(path) && isCutOff(path)) {
    throw new CorruptFileError(path, `it was cut off at ${size} bytes, before its last page`)
  }
}

function readHeader(path: string): { header: Buffer; size: number } {
  return reached(path, () => {
    const header = Buffer.alloc(HEADER_BYTES)
    const kind = statSync(path)
    if (kind.isDirectory()) throw new CannotOpenError(path, 'it is a folder; name a file in it')
    if (!kind.isFile()) throw new CannotOpenError(path, 'it is no regular file')
    const file = openSync(path, 'r')
    try {
      // What another process writes meanwhile must not make an empty file look like one of something else; and of a file
      // that grows, the header must not be newer than the length.
      if (fstatSync(file).size === 0) return { header, size: 0 }
      readSync(file, header, 0, HEADER_BYTES, 0)
      return { header, size: fstatSync(file).size }
    } finally {
      closeSync(file)
    }
  })
}

/** Whether the file is shorter than its header says, while no log beside it holds the rest. */
function isCutOff(path: string): boolean {
  const { header, size } = readHeader(path)
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16)
  const isHeaderCurrent = header.readUInt32BE(24) === header.readUInt32BE(92)
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false })
  const hasLog = (log !== undefined && log.size > 0) || existsSync(`${path}-journal`)
  return isHeaderCurrent && !hasLog && size < header.readUInt32BE(28) * pageSize
}

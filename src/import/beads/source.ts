import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ImportError } from '../../errors.js'

/** The tables of the newer layout that stand beside the issues. */
const TABLES = ['dependencies', 'labels', 'comments', 'events'] as const

/** One of {@link TABLES}. */
export type Table = (typeof TABLES)[number]

/** The files of a source. */
export interface BeadsFiles {
  readonly issues: string
  /** Those of the tables that there is a file for. */
  readonly tables: ReadonlyMap<Table, string>
  /** Other JSONL files in the folder, which are not read. */
  readonly unread: readonly string[]
  readonly bytes: number
}

/** Where, below the folder that is given, the issues may be; the first that exists is taken. */
const PLACES = ['', '.beads', join('.beads', 'backup')]
/** The second is what old versions of Beads called it. */
const ISSUES = ['issues.jsonl', 'beads.jsonl']

/**
 * Finds the files: a JSONL file of issues, a folder with one file a table, or a project with such a `.beads` folder.
 *
 * @throws {ImportError} there is nothing at the path, or no issues in it; the message says what to give instead.
 */
export async function findBeadsFiles(source: string): Promise<BeadsFiles> {
  const found = await statOf(source)
  if (found === undefined) {
    throw new ImportError(source, 'there is no such file or folder; give an issues.jsonl or the folder that holds it')
  }
  if (found.isFile()) return { issues: source, tables: new Map(), unread: [], bytes: found.size }
  if (!found.isDirectory()) throw new ImportError(source, 'it is neither a file nor a folder')
  for (const place of PLACES) {
    for (const name of ISSUES) {
      const issues = join(source, place, name)
      const file = await statOf(issues)
      if (file?.isFile()) return withTables(issues, join(source, place), file.size)
    }
  }
  const isEmpty = (await readdir(source)).length === 0
  throw new ImportError(
    source,
    `${isEmpty ? 'the folder is empty' : 'the folder holds no issues.jsonl, and no .beads folder with one'}; ` +
      'export them with `bd export -o issues.jsonl` and give that file, or its folder',
  )
}

async function withTables(issues: string, folder: string, size: number): Promise<BeadsFiles> {
  const tables = new Map<Table, string>()
  let bytes = size
  for (const table of TABLES) {
    const path = join(folder, `${table}.jsonl`)
    const file = await statOf(path)
    if (!file?.isFile()) continue
    tables.set(table, path)
    bytes += file.size
  }
  const read = new Set([issues, ...tables.values()])
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort()
  const unread = names.map((name) => join(folder, name)).filter((path) => !read.has(path))
  return { issues, tables, unread, bytes }
}

async function statOf(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    // What follows the comma repeats the path.
    throw new ImportError(path, `it cannot be read (${message.split(',')[0]})`)
  }
}

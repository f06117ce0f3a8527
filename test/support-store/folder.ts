import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new empty folder; the caller removes it. */
export function newFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'provtrail-')))
}

/** A folder that lives as long as the test. */
export function temporaryFolder(): string {
  const folder = newFolder()
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/**
 * The bytes of a file, read by another process: closing a descriptor in this one would drop the locks that SQLite holds
 * here on the same file.
 */
export function bytesOf(path: string): Buffer {
  return execFileSync('cat', [path], { maxBuffer: 1 << 30 })
}

/** Every file of a folder, with what tells whether one of its bytes has changed. */
export function contentsOf(folder: string): Record<string, string> {
  const summary = (bytes: Buffer) => {
    if (bytes.length < 64) return bytes.toString('latin1')
    return `${bytes.length} bytes, ${createHash('sha256').update(bytes).digest('hex')}`
  }
  const names = readdirSync(folder).sort()
  return Object.fromEntries(names.map((name) => [name, summary(bytesOf(join(folder, name)))]))
}

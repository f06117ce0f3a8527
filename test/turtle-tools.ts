import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Parser, type Quad, Writer } from 'n3'
import type { TestContext } from 'vitest'
import { type ExportOptions, exportProv, type Tracker } from '../src/index.js'

type Format = ExportOptions['format']

/** The whole document. */
export async function documentOf(tracker: Tracker, options: ExportOptions): Promise<string> {
  let text = ''
  for await (const piece of exportProv(tracker, options)) text += piece
  return text
}

/** The whole document in Turtle. */
export function turtleOf(tracker: Tracker, options: Omit<ExportOptions, 'format'> = {}): Promise<string> {
  return documentOf(tracker, { format: 'turtle', ...options })
}

/** What n3's parser reads, as canonical N-Quads in order; blank nodes are refused. */
export function triplesOf(document: string, format: Format = 'turtle'): string[] {
  const quads = new Parser({ format }).parse(document)
  for (const quad of quads) {
    for (const term of [quad.subject, quad.object]) {
      if (term.termType === 'BlankNode') throw new Error(`a blank node: ${JSON.stringify(quad)}`)
    }
  }
  return [...new Set(quads.map(canonical))].sort()
}

function canonical(quad: Quad): string {
  return new Writer({ format: 'N-Quads' }).quadToString(quad.subject, quad.predicate, quad.object, quad.graph)
}

/** What Raptor reads. */
export function rapperTriplesOf(document: string, format: Format = 'turtle'): string[] {
  return withFile(document, (file) => triplesOf(run('rapper', ['-q', '-i', format, '-o', 'nquads', file]), 'nquads'))
}

/** What Serd reads. */
export function serdiTriplesOf(document: string, format: Format = 'turtle'): string[] {
  return withFile(document, (file) => triplesOf(run('serdi', ['-i', format, '-o', 'nquads', file]), 'nquads'))
}

/** Skips the test where one of the programs is not installed, unless PROVTRAIL_TOOLS_REQUIRED=1. */
export function requireTools(context: TestContext, ...programs: string[]): void {
  const missing = programs.filter((program) => spawnSync(program, ['-v']).error !== undefined)
  if (missing.length === 0) return
  const message = `${missing.join(' and ')} not found; on Debian: apt-get install raptor2-utils serdi`
  if (process.env.PROVTRAIL_TOOLS_REQUIRED === '1') throw new Error(message)
  console.warn(`skipped, as ${message}`)
  context.skip(message)
}

function run(program: string, args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] })
}

function withFile<Result>(document: string, use: (file: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'provtrail-turtle-'))
  try {
    const file = join(folder, 'document.ttl')
    writeFileSync(file, document)
    return use(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

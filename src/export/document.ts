import { setImmediate } from 'node:timers/promises'
import type { DocumentWriter } from '../prov/document-writer.js'
import { NQuadsWriter } from '../prov/nquads-writer.js'
import { NTriplesWriter } from '../prov/ntriples-writer.js'
import { TrigWriter } from '../prov/trig-writer.js'
import { TurtleWriter } from '../prov/turtle-writer.js'
import type { Reader } from '../store/store.js'
import type { RecordOptions } from './export-context.js'
import { EXPORT_PREFIXES } from './prefixes.js'
import { recordStatements } from './record-statements.js'

const WRITERS = {
  turtle: (): DocumentWriter => new TurtleWriter(EXPORT_PREFIXES),
  ntriples: (): DocumentWriter => new NTriplesWriter(),
  nquads: (): DocumentWriter => new NQuadsWriter(),
  trig: (): DocumentWriter => new TrigWriter(EXPORT_PREFIXES),
} as const

/** A format that a record can be exported in. */
export type Format = keyof typeof WRITERS

/** All formats. */
export const FORMATS = Object.keys(WRITERS) as readonly Format[]

/** How a document is made of a record. */
export interface DocumentOptions extends RecordOptions {
  readonly format: Format
}

/** Longer than this the event loop does not wait for its next turn, reading a window aside. */
const MAX_TURN_MS = 5
const MAX_PIECE_LENGTH = 64 * 1024

/** The document of a reading that the caller keeps open, in pieces that are made as they are asked for. */
export async function* documentOf(reader: Reader, options: DocumentOptions): AsyncGenerator<string, void, undefined> {
  const writer = WRITERS[options.format]()
  let turn = performance.now()
  for await (const _ of recordStatements(reader, writer, options)) {
    if (writer.full) yield* pieces(writer.take())
    if (performance.now() - turn > MAX_TURN_MS) {
      await setImmediate()
      turn = performance.now()
    }
  }
  writer.end()
  yield* pieces(writer.take())
}

/** Cuts what one long text made too long, never between the halves of a surrogate pair. */
function* pieces(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + MAX_PIECE_LENGTH, text.length)
    if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1]!)) end--
    yield text.slice(start, end)
    start = end
  }
}

import { InvalidInputError, LogImportError } from '../errors.js'

/** Text in pieces, or its bytes in UTF-8; where the pieces end does not matter. */
export type LogSource = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>

const NEWLINE = 0x0a
/** Far beyond any event; a source of another kind may be one line of gigabytes. */
const MAX_LINE_BYTES = 64 * 1024 * 1024
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** One line of a source, without its end, and its number from 1 on. */
export interface SourceLine {
  readonly text: string
  readonly line: number
}

/**
 * The lines of a source, wherever its pieces end: in the middle of a line, or of a character. A last line may have no end.
 *
 * @throws {InvalidInputError} a piece is neither text nor bytes.
 * @throws {LogImportError} a line is no UTF-8, or too long; `seqAt` says which event is expected there.
 */
export async function* splitLines(
  source: LogSource,
  seqAt: (line: number) => number,
): AsyncGenerator<SourceLine, void, undefined> {
  let parts: Uint8Array[] = []
  let length = 0
  let line = 1
  const take = (part: Uint8Array): void => {
    length += part.length
    if (length > MAX_LINE_BYTES) {
      throw new LogImportError(line, seqAt(line), `it has more than ${MAX_LINE_BYTES} bytes`)
    }
    // What the source does with its piece afterwards is its own affair.
    if (part.length > 0) parts.push(Uint8Array.from(part))
  }
  const give = (): SourceLine => {
    const text = decode(parts.length === 1 ? parts[0]! : Buffer.concat(parts), line, seqAt)
    parts = []
    length = 0
    return { text, line: line++ }
  }
  for await (const bytes of toBytes(source)) {
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const whole = bytes.subarray(start, end)
      if (length === 0) yield { text: decode(whole, line, seqAt), line: line++ }
      else {
        take(whole)
        yield give()
      }
      start = end + 1
    }
    take(bytes.subarray(start))
  }
  if (length > 0) yield give()
}

function decode(bytes: Uint8Array, line: number, seqAt: (line: number) => number): string {
  try {
    return STRICT.decode(bytes)
  } catch {
    throw new LogImportError(line, seqAt(line), 'it holds bytes that are no UTF-8')
  }
}

/** The pieces as bytes; half a character at the end of a text waits for the other half. */
async function* toBytes(source: LogSource): AsyncGenerator<Uint8Array, void, undefined> {
  let half = ''
  for await (const piece of piecesOf(source)) {
    if (typeof piece === 'string') {
      const text = half + piece
      const isCut = /[\ud800-\udbff]$/.test(text)
      half = isCut ? text.slice(-1) : ''
      yield Buffer.from(isCut ? text.slice(0, -1) : text)
    } else if (piece instanceof Uint8Array) {
      if (half !== '') yield Buffer.from(half)
      half = ''
      yield piece
    } else {
      throw refusalOf('its pieces must be strings or Uint8Arrays')
    }
  }
  if (half !== '') yield Buffer.from(half)
}

function piecesOf(source: LogSource): LogSource {
  // A text is iterable by its characters, bytes by numbers: each is one piece.
  if (typeof source === 'string' || source instanceof Uint8Array) return [source as string | Uint8Array]
  if (typeof source === 'object' && source !== null && (Symbol.asyncIterator in source || Symbol.iterator in source)) {
    return source
  }
  throw refusalOf('expected an iterable of strings or Uint8Arrays, such as log.exportEvents of another tracker gives')
}

function refusalOf(message: string): InvalidInputError {
  return new InvalidInputError('log.importEvents', [{ field: 'source', message }])
}

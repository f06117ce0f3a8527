import { createReadStream } from 'node:fs'
import { ImportError } from '../../errors.js'

/** One line that is not blank: its number in the file, from 1, and the JSON object on it or what is wrong with it. */
export type Line = { readonly line: number; readonly bytes: number } & (
  | { readonly value: object; readonly notUtf8: boolean }
  | { readonly broken: string; readonly array?: 'whole' | 'begun' }
)

const NEWLINE = 0x0a
/** Far beyond any issue; a file of another kind may be one line of gigabytes. */
const MAX_LINE_BYTES = 64 * 1024 * 1024

/**
 * The lines of a JSONL file, read as a stream.
 *
 * Only a line feed ends a line: U+2028, which JSON allows inside of a string, does not. A byte order mark, carriage
 * returns, blank lines and a last line without an end are fine. Bytes that are no UTF-8 become U+FFFD, and it is said.
 *
 * @throws {ImportError} the file cannot be read, or is UTF-16.
 */
export async function* readJsonLines(path: string): AsyncGenerator<Line> {
  let number = 0
  let bytes = 0
  for await (const raw of splitLines(path)) {
    number++
    bytes += raw.length + 1
    const content = number === 1 ? withoutByteOrderMark(raw.content, path) : raw.content
    if (raw.length > MAX_LINE_BYTES) {
      yield { line: number, bytes, broken: `it has ${raw.length} bytes, more than ${MAX_LINE_BYTES}` }
      continue
    }
    const { text, notUtf8 } = decode(content)
    if (text.trim() === '') continue
    const parsed = parseObject(text)
    const array = text.trim() === '[' ? 'begun' : text.trim().startsWith('[') ? 'whole' : undefined
    yield typeof parsed === 'string'
      ? { line: number, bytes, broken: parsed, ...(array === undefined ? {} : { array }) }
      : { line: number, bytes, value: parsed, notUtf8 }
  }
}

/** A line's bytes; of one that is too long only their number. */
interface RawLine {
  readonly content: Buffer
  readonly length: number
}

async function* splitLines(path: string): AsyncGenerator<RawLine> {
  let parts: Buffer[] = []
  let length = 0
  const take = (part: Buffer): void => {
    length += part.length
    if (length > MAX_LINE_BYTES) parts = []
    else parts.push(part)
  }
  const give = (): RawLine => {
    const line = { content: Buffer.concat(parts), length }
    parts = []
    length = 0
    return line
  }
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      let start = 0
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        take(chunk.subarray(start, end))
        yield give()
        start = end + 1
      }
      take(chunk.subarray(start))
    }
  } catch (error) {
    throw error instanceof ImportError
      ? error
      : new ImportError(path, `it cannot be read (${(error as Error).message.split(',')[0]})`)
  }
  if (length > 0) yield give()
}

function withoutByteOrderMark(content: Buffer, path: string): Buffer {
  if (content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf) return content.subarray(3)
  if ((content[0] === 0xff && content[1] === 0xfe) || (content[0] === 0xfe && content[1] === 0xff)) {
    throw new ImportError(path, 'it is UTF-16; save it as UTF-8 and import that', 1)
  }
  return content
}

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const LENIENT = new TextDecoder('utf-8', { ignoreBOM: true })

function decode(content: Buffer): { text: string; notUtf8: boolean } {
  try {
    return { text: STRICT.decode(content), notUtf8: false }
  } catch {
    return { text: LENIENT.decode(content), notUtf8: true }
  }
}

/** The object, or what is wrong with the line. */
function parseObject(text: string): object | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return `it is no JSON (${(error as Error).message.slice(0, 120)})`
  }
  if (Array.isArray(value)) return 'it is a JSON array, not an object'
  if (typeof value !== 'object' || value === null) return `it is JSON, but not an object`
  return value
}

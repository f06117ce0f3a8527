import { escapeMarkdown } from '../../text/escape-markdown.js'
import { startOf } from '../../text/graphemes.js'
import { unturned } from '../../text/unturned.js'
import { type Demand, sharesOf } from './shares.js'

/** A text of the record under its name; it is quoted line by line, and may be cut. */
interface Quotation {
  readonly name?: string
  readonly text: string
}

/** One thing that a section tells: a line of Markdown, and the texts that belong to it. */
export interface Entry {
  /** Absent where the section is nothing but a text. */
  readonly line?: string
  readonly texts?: readonly Quotation[]
}

/** A part of the document. */
export interface Section {
  /** Absent for what stands under the title. */
  readonly heading?: string
  readonly entries: readonly Entry[]
  /** How many more entries there are that were not even read. */
  readonly unread: number
  /** How much room it gets beside the others, where there is not enough. */
  readonly weight: number
  /** Which entries go where there is not room for all. */
  readonly drop: 'first' | 'last'
}

/** A document, and what of the sections did not fit into it. */
export interface FittedDocument {
  readonly markdown: string
  readonly cut: readonly string[]
}

/** The longest text within a line, in code units. */
const MAX_INLINE = 400
/** How much of its room a section spends on lines, where its texts want some too. */
const LINES_SHARE = 0.6
/** With less room than this, a text is not begun. */
const MIN_QUOTED = 24

/** A text of the record within a line of Markdown: nothing in it is markup, and what is too long ends in `…`. */
export function inline(text: string, maxLength = MAX_INLINE): string {
  const whole = escapeMarkdown(text)
  if (whole.length <= maxLength) return whole
  const folded = text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  for (let length = Math.min(maxLength, folded.length); ; length--) {
    const start = escapeMarkdown(startOf(folded, length))
    if (start.length < maxLength) return `${start}…`
  }
}

/** Whether a text does not fit into a line as it is. */
export function isShortened(text: string, maxLength = MAX_INLINE): boolean {
  return inline(text, maxLength) !== inline(text, Number.POSITIVE_INFINITY)
}

/** A name that is to be copied as it is, such as an id, within a line of Markdown: as code. */
export function code(text: string): string {
  const shown = unturned(text).replace(/[\s\p{Cc}]/gu, ' ')
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  const gap = /^`|`$/.test(shown) ? ' ' : ''
  return `${fence}${gap}${shown}${gap}${fence}`
}

/** A number with its thousands apart. */
function numberText(count: number): string {
  return count.toLocaleString('en-US')
}

/**
 * A title and sections as one document of at most `maxLength` code units.
 *
 * Every section has its heading, and says in place what of it is left out. Room is shared by weight; within a section
 * lines come first, and then the texts get equal shares.
 */
export function fitDocument(title: string, sections: readonly Section[], maxLength: number): FittedDocument {
  const titleLength = Math.min(MAX_INLINE, Math.floor(maxLength / 8))
  const heading = `# ${inline(title, titleLength)}`
  const shown = sections.filter(({ entries, unread }) => entries.length + unread > 0)
  const whole = shown.map((section) => renderIn(section, Number.POSITIVE_INFINITY))
  const least = shown.map((section, index) => Math.min(whole[index]!.markdown.length, frameOf(section)))
  // What is written between the parts, and the line break at the end.
  const room = maxLength - heading.length - 1 - shown.length * GAP.length - least.reduce((sum, size) => sum + size, 0)
  const demands = shown.map(
    ({ weight }, index): Demand => ({ size: whole[index]!.markdown.length - least[index]!, weight }),
  )
  const shares = sharesOf(demands, room)
  const parts = shown.map((section, index) => renderSection(section, least[index]! + shares[index]!))
  // A line or a text that does not fit leaves room, which goes to the most important that wants it.
  let left = maxLength - heading.length - 1 - parts.reduce((sum, { markdown }) => sum + GAP.length + markdown.length, 0)
  for (const [index, section] of shown.entries()) {
    const before = parts[index]!.markdown.length
    if (before === whole[index]!.markdown.length) continue
    const grown = renderSection(section, before + left)
    if (grown.markdown.length <= before) continue
    parts[index] = grown
    left -= grown.markdown.length - before
  }
  return {
    markdown: `${[heading, ...parts.map(({ markdown }) => markdown)].join(GAP)}\n`,
    cut: [...(isShortened(title, titleLength) ? ['The title is shortened.'] : []), ...parts.flatMap(({ cut }) => cut)],
  }
}

const GAP = '\n\n'

interface Part {
  readonly markdown: string
  readonly cut: readonly string[]
}

/** The most that a section takes besides its entries. */
function frameOf(section: Section): number {
  const texts = section.entries.reduce((sum, { texts = [] }) => sum + texts.length, 0)
  return composeSection(section, ['', ''], section.entries.length, texts).length
}

/** A section in so much room: the whole of it where it fits, and else no more than the room, but for its frame. */
function renderSection(section: Section, room: number): Part {
  const whole = renderIn(section, Number.POSITIVE_INFINITY)
  return whole.markdown.length <= room ? whole : renderIn(section, room - frameOf(section))
}

function renderIn(section: Section, free: number): Part {
  const { entries, drop, unread } = section
  const hasTexts = entries.some(({ texts = [] }) => texts.length > 0)
  const forLines = hasTexts ? free * LINES_SHARE : free
  const kept: Entry[] = []
  let lines = 0
  for (const entry of drop === 'last' ? entries : entries.toReversed()) {
    const size = entry.line === undefined ? 0 : '- '.length + entry.line.length + 1
    if (lines + size > forLines) continue
    lines += size
    kept.push(entry)
  }
  if (drop === 'first') kept.reverse()
  const rendered = renderEntries(kept, free - lines)
  const left = entries.length - kept.length
  const name = section.heading ?? 'The task'
  const cut: string[] = []
  if (left + unread > 0) {
    cut.push(`${name}: ${numberText(left + unread)} of ${numberText(entries.length + unread)} left out.`)
  }
  if (rendered.shortened > 0) cut.push(`${name}: ${counted(rendered.shortened, 'text')} shortened.`)
  if (rendered.missing > 0) cut.push(`${name}: ${counted(rendered.missing, 'text')} left out.`)
  return { markdown: composeSection(section, rendered.entries, left, rendered.missing), cut }
}

function counted(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`
}

function composeSection(section: Section, entries: readonly string[], left: number, missingTexts: number): string {
  const { heading, drop, unread } = section
  const missing = [
    ...(left + unread === 0 ? [] : [`${numberText(left + unread)}${entries.length > 0 ? ' more' : ''}`]),
    ...(missingTexts === 0 ? [] : [counted(missingTexts, 'text')]),
  ]
  const note = missing.length === 0 ? [] : [`- … ${missing.join(' and ')} left out here`]
  const body = drop === 'first' ? [...note, ...entries] : [...entries, ...note]
  return [...(heading === undefined ? [] : [`## ${heading}\n`]), ...body].join('\n').trimEnd()
}

interface RenderedEntries {
  readonly entries: readonly string[]
  /** How many texts end early. */
  readonly shortened: number
  /** How many texts are not there at all. */
  readonly missing: number
}

/** Entries with their texts, which share the room. */
function renderEntries(entries: readonly Entry[], room: number): RenderedEntries {
  const quotations = entries.map(({ line, texts = [] }) =>
    texts
      .filter(({ text }) => text.trim() !== '')
      .map(({ name, text }) => {
        const indent = line === undefined ? '' : '  '
        const lines = linesOf(text, indent)
        const lead = line === undefined ? '' : `\n\n${name === undefined ? '' : `${indent}${name}:\n\n`}`
        return { lead, lines, indent, size: lead.length + lines.join('\n').length + 1 }
      }),
  )
  const shares = sharesOf(
    quotations.flat().map(({ size }): Demand => ({ size, weight: 1 })),
    room,
  )
  let next = 0
  let shortened = 0
  let missing = 0
  const rendered = entries.map(({ line }, index) => {
    const parts = line === undefined ? [] : [`- ${line}`]
    for (const { lead, lines, indent, size } of quotations[index]!) {
      const share = shares[next++]!
      const fits = share === size
      const body = fits ? lines.join('\n') : startOfLines(lines, indent, share - lead.length - 1)
      if (body === undefined) missing++
      else parts.push(lead, body)
      if (!fits && body !== undefined) shortened++
    }
    return parts.length > 1 ? `${parts.join('')}\n` : parts.join('')
  })
  return { entries: rendered, shortened, missing }
}

/**
 * A text as a quotation, line by line: each begins with `>`, so that none is taken for one of the document's own, and
 * holds nothing that would break it or turn the direction of writing.
 */
function linesOf(text: string, indent: string): string[] {
  return unturned(text)
    .split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/)
    .map((line) => `${indent}> ${line.replace(/(?!\t)\p{Cc}/gu, '\uFFFD')}`.trimEnd())
}

/** The start of a quotation, which says how much more there is; `undefined` where there is too little room for any. */
function startOfLines(lines: readonly string[], indent: string, room: number): string | undefined {
  const quoted = `${indent}>`
  const contentOf = (line: string) => Math.max(0, line.length - quoted.length - 1)
  let rest = lines.reduce((sum, line) => sum + contentOf(line) + 1, -1)
  const noteOf = () => `\n${indent}… ${numberText(rest)} more characters left out`
  let left = room - noteOf().length - 1
  if (left < MIN_QUOTED) return undefined
  const shown: string[] = []
  for (const line of lines) {
    const start = startOf(line, left - 1)
    if (start.length < quoted.length || (start.trimEnd() === quoted && line !== quoted)) break
    shown.push(start)
    left -= start.length + 1
    rest -= contentOf(start)
    if (start.length < line.length) break
    rest -= 1
  }
  return shown.length === 0 ? undefined : `${shown.join('\n')}\n${noteOf()}`
}

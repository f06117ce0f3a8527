import { counted, numberText } from '../../report/text/counted.js'
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

/** Entries that were not even read, and before which of the others they belong. */
interface Gap {
  readonly before: number
  readonly count: number
}

/** A part of the document. */
export interface Section {
  /** Absent for what stands under the title. */
  readonly heading?: string
  readonly entries: readonly Entry[]
  readonly unread: readonly Gap[]
  /** How much room it gets beside the others, where there is not enough. */
  readonly weight: number
  /** The places of the entries, what is needed most first: where there is not room for all, as many of these as fit. */
  readonly byNeed: readonly number[]
  /** Which go then, such as `the oldest`. */
  readonly leastNeeded: string
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
/** With less room than this for each of several texts, fewer of them are begun: something that can be made use of. */
const MIN_SHARED = 160

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

/** Whether an IRI does not fit into a line. */
export function isShortenedIri(iri: string): boolean {
  return iri.length > MAX_INLINE
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

/** An IRI as code; what is too long ends in `…`, which is none of it. */
export function iriCode(iri: string): string {
  return iri.length <= MAX_INLINE ? code(iri) : `${code(startOf(iri, MAX_INLINE))}…`
}

/**
 * A title and sections as one document of at most `maxLength` code units.
 *
 * Every section has its heading, and says in place what of it is left out. Room is shared by weight; within a section
 * lines come first, and then the texts get equal shares, or where these would be too small the most needed of them.
 */
export function fitDocument(title: string, sections: readonly Section[], maxLength: number): FittedDocument {
  const titleLength = Math.min(MAX_INLINE, Math.floor(maxLength / 8))
  const heading = `# ${inline(title, titleLength)}`
  const shown = sections.filter((section) => totalOf(section) > 0)
  const whole = shown.map((section) => renderIn(section, Number.POSITIVE_INFINITY))
  const least = shown.map((section, index) => Math.min(whole[index]!.markdown.length, barest(section).length))
  // What is written between the parts, and the line break at the end.
  const room = maxLength - heading.length - 1 - shown.length * GAP.length - least.reduce((sum, size) => sum + size, 0)
  const demands = shown.map(
    ({ weight }, index): Demand => ({ size: whole[index]!.markdown.length - least[index]!, weight }),
  )
  const shares = sharesOf(demands, room)
  const parts = shown.map((section, index) => renderSection(section, least[index]! + shares[index]!))
  // A line or a text that does not fit leaves room, which goes to the most important that wants it:
  // first to what stands under the title, and to sections that show nothing.
  let left = maxLength - heading.length - 1 - parts.reduce((sum, { markdown }) => sum + GAP.length + markdown.length, 0)
  const grow = (index: number) => {
    const before = parts[index]!.markdown.length
    if (before === whole[index]!.markdown.length) return
    const grown = renderSection(shown[index]!, before + left)
    if (grown.markdown.length <= before) return
    parts[index] = grown
    left -= grown.markdown.length - before
  }
  for (const [index, { isBare }] of parts.entries()) if (isBare || shown[index]!.heading === undefined) grow(index)
  for (const index of parts.keys()) grow(index)
  return {
    markdown: `${[heading, ...parts.map(({ markdown }) => markdown)].join(GAP)}\n`,
    cut: [...(isShortened(title, titleLength) ? ['The title is shortened.'] : []), ...parts.flatMap(({ cut }) => cut)],
  }
}

const GAP = '\n\n'

interface Part {
  readonly markdown: string
  /** Nothing of it is shown, though there is something. */
  readonly isBare: boolean
  readonly cut: readonly string[]
}

/** A section in so much room, of which there is enough for its barest form. */
function renderSection(section: Section, room: number): Part {
  const whole = renderIn(section, Number.POSITIVE_INFINITY)
  if (whole.markdown.length <= room) return whole
  // Saying that more is left out may take more words than were counted on: then so much less is shown.
  for (let within = room; ; ) {
    const part = renderIn(section, within)
    const excess = part.markdown.length - room
    if (excess <= 0 || within <= 0) return part
    within -= excess
  }
}

function totalOf({ entries, unread }: Section): number {
  return unread.reduce((sum, { count }) => sum + count, entries.length)
}

/** A section that says of all that there is only that it is left out. */
function barest(section: Section): string {
  return compose(section, section.entries.some(isOnlyText) ? section.byNeed : [], new Map())
}

function isOnlyText({ line }: Entry): boolean {
  return line === undefined
}

/** A text as it is quoted under the line of its entry. */
interface Quoted {
  readonly entry: number
  readonly lead: string
  readonly indent: string
  readonly lines: readonly string[]
  readonly size: number
}

function renderIn(section: Section, room: number): Part {
  const { entries, byNeed, leastNeeded } = section
  const quoted = byNeed.map((entry) => quotedOf(entries[entry]!, entry))
  const count = keptIn(section, quoted, room)
  const kept = byNeed.slice(0, count)
  const texts = quoted.slice(0, count).flat()
  const { shown, shortened } = fitTexts(section, kept, texts, room)
  const missing = texts.length - [...shown.values()].reduce((sum, bodies) => sum + bodies.length, 0)
  const total = totalOf(section)
  const left = total - count
  const name = section.heading ?? 'The task'
  const cut: string[] = []
  if (left > 0) {
    const which = count === 0 ? '' : `, ${leastNeeded}`
    cut.push(`${name}: ${numberText(left)} of ${numberText(total)} left out${which}.`)
  }
  if (shortened > 0) cut.push(`${name}: ${counted(shortened, 'text')} shortened.`)
  if (missing > 0) cut.push(`${name}: ${counted(missing, 'text')} left out.`)
  const markdown = compose(section, kept, shown)
  return { markdown, isBare: markdown === barest(section), cut }
}

/** How many of the entries are kept, the most needed first: as long as there is room for them whole, or for their lines. */
function keptIn(section: Section, quoted: readonly (readonly Quoted[])[], room: number): number {
  const { entries, byNeed } = section
  if (room === Number.POSITIVE_INFINITY || entries.some(isOnlyText)) return entries.length
  const least = barest(section).length
  const hasTexts = quoted.some((texts) => texts.length > 0)
  const forLines = least + (room - least) * (hasTexts ? LINES_SHARE : 1)
  let textSize = 0
  for (const [index, texts] of quoted.entries()) {
    textSize += texts.reduce((sum, { size }) => sum + size, 0)
    const lineSize = compose(section, byNeed.slice(0, index + 1), new Map()).length
    if (lineSize > forLines && lineSize + textSize > room) return index
  }
  return entries.length
}

/** A section with these entries and what is shown of their texts; where anything is left out, it says so. */
function compose(section: Section, kept: readonly number[], shown: ReadonlyMap<number, readonly string[]>): string {
  const { heading, entries, unread } = section
  const isKept = new Set(kept)
  const blocks = heading === undefined ? [] : [`## ${heading}\n`]
  let left = 0
  for (let index = 0; index <= entries.length; index++) {
    for (const { before, count } of unread) if (before === index) left += count
    const entry = entries[index]
    if (entry !== undefined && !isKept.has(index)) left++
    else {
      if (left > 0) blocks.push(`- … ${numberText(left)}${kept.length > 0 ? ' more' : ''} left out here`)
      left = 0
      if (entry !== undefined) blocks.push(composeEntry(entry, shown.get(index) ?? []))
    }
  }
  return blocks.join('\n').trimEnd()
}

function composeEntry({ line, texts = [] }: Entry, shown: readonly string[]): string {
  const missing = texts.filter(hasText).length - shown.length
  const note = missing === 0 ? [] : [`… ${counted(missing, 'text')} left out here`]
  const words = [...(line === undefined ? [] : [line]), ...note]
  const head = words.length === 0 ? '' : `- ${words.join(' ')}`
  return shown.length === 0 ? head : `${head}${shown.join('')}\n`
}

function hasText({ text }: Quotation): boolean {
  return text.trim() !== ''
}

function quotedOf({ line, texts = [] }: Entry, entry: number): Quoted[] {
  const indent = line === undefined ? '' : '  '
  return texts.filter(hasText).map(({ name, text }) => {
    const lines = linesOf(text, indent)
    const lead = line === undefined ? '' : `\n\n${name === undefined ? '' : `${indent}${name}:\n\n`}`
    return { entry, lead, indent, lines, size: lead.length + lines.join('\n').length + 1 }
  })
}

/** The texts of the entries that are kept, the most needed first, in the room that the lines leave. */
function fitTexts(
  section: Section,
  kept: readonly number[],
  texts: readonly Quoted[],
  room: number,
): { shown: ReadonlyMap<number, readonly string[]>; shortened: number } {
  const sharesOfFirst = (count: number) => {
    const first = texts.slice(0, count)
    const size = compose(
      section,
      kept,
      bodiesOf(first, () => ''),
    ).length
    return sharesOf(
      first.map((text): Demand => ({ size: text.size, weight: 1 })),
      room - size,
    )
  }
  // The more texts, the less for each: the most of them that all get enough, and one in any case.
  let [count, tooMany] = [Math.min(1, texts.length), texts.length + 1]
  while (tooMany - count > 1) {
    const middle = Math.floor((count + tooMany) / 2)
    const isEnough = sharesOfFirst(middle).every((share, index) => share >= Math.min(MIN_SHARED, texts[index]!.size))
    if (isEnough) count = middle
    else tooMany = middle
  }
  const shares = sharesOfFirst(count)
  let shortened = 0
  const shown = bodiesOf(texts.slice(0, count), ({ lead, indent, lines, size }, index) => {
    const share = shares[index]!
    if (share === size) return `${lead}${lines.join('\n')}`
    const start = startOfLines(lines, indent, share - lead.length - 1)
    if (start === undefined) return undefined
    shortened++
    return `${lead}${start}`
  })
  return { shown, shortened }
}

/** What is shown of texts, by the places of their entries. */
function bodiesOf(
  texts: readonly Quoted[],
  bodyOf: (text: Quoted, index: number) => string | undefined,
): ReadonlyMap<number, readonly string[]> {
  const bodies = new Map<number, string[]>()
  for (const [index, text] of texts.entries()) {
    const body = bodyOf(text, index)
    if (body === undefined) continue
    const some = bodies.get(text.entry)
    if (some === undefined) bodies.set(text.entry, [body])
    else some.push(body)
  }
  return bodies
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

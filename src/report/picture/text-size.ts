import { graphemesOf } from '../../text/graphemes.js'
import { onOneLine } from '../text/shorten.js'

/**
 * Average widths of ASCII characters in Helvetica and its kin, in thousandths of the font's size, from space to `~`: from
 * Adobe's font metrics. DejaVu Sans, which is the widest that browsers fall back to, needs {@link SLACK} more.
 */
const ASCII_WIDTHS = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
]
const SLACK = 1.17
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303F\uFF00-\uFF60]/u
const PICTOGRAPH = /\p{Extended_Pictographic}|\p{Regional_Indicator}/u
const INVISIBLE = /^[\p{M}\p{Cf}]$/u
const CAPITAL = /^\p{Lu}$/u

/** The longest text that is looked at to fill a shape, in UTF-16 code units. */
const MAX_LOOKED_AT = 600

/** The width of a text in pixels, about. */
export function widthOf(text: string, fontSize: number): number {
  let width = 0
  for (const grapheme of graphemesOf(text)) width += graphemeWidth(grapheme)
  return width * fontSize * SLACK
}

/** Lines no wider than `maxWidth`, with `…` where the text does not fit into `maxLines` of them. */
export function breakText(text: string, limits: { fontSize: number; maxWidth: number; maxLines: number }): string[] {
  const { maxLines } = limits
  const most = limits.maxWidth / (limits.fontSize * SLACK)
  const { words, isCut } = wordsOf(text)
  const lines: Line[] = [{ text: '', width: 0 }]
  let rest = isCut
  fill: for (const word of words) {
    let line = lines.at(-1)!
    if (line.width + word.trimmedWidth <= most) {
      append(line, word.text, word.width)
      continue
    }
    if (line.text !== '') {
      if (lines.length === maxLines) {
        rest = true
        // What of a long word still fits says more than a short line.
        for (const grapheme of graphemesOf(word.text)) {
          if (line.width > most) break
          append(line, grapheme, graphemeWidth(grapheme))
        }
        break
      }
      line = { text: '', width: 0 }
      lines.push(line)
    }
    for (const grapheme of graphemesOf(word.text)) {
      const width = graphemeWidth(grapheme)
      if (line.width + width > most && line.text !== '' && grapheme !== ' ') {
        if (lines.length === maxLines) {
          append(line, grapheme, width)
          rest = true
          break fill
        }
        line = { text: '', width: 0 }
        lines.push(line)
      }
      append(line, grapheme, width)
    }
  }
  if (rest) cut(lines.at(-1)!, most)
  return lines.map((line) => line.text.trimEnd()).filter((line) => line !== '')
}

interface Line {
  text: string
  width: number
}

interface Word {
  readonly text: string
  readonly width: number
  /** Without the space at its end, which may stand out. */
  readonly trimmedWidth: number
}

function append(line: Line, text: string, width: number): void {
  if (line.text === '' && text === ' ') return
  line.text += text
  line.width += width
}

function cut(line: Line, most: number): void {
  const parts = graphemesOf(line.text.trimEnd())
  let width = parts.reduce((sum, part) => sum + graphemeWidth(part), 1)
  while (parts.length > 1 && width > most) width -= graphemeWidth(parts.pop()!)
  line.text = `${parts.join('').replace(/[\s,;:]+$/, '')}…`
}

/** Pieces between which a line may break: after spaces, after what joins the parts of a path, and around CJK. */
function wordsOf(text: string): { words: Word[]; isCut: boolean } {
  const looked = text.slice(0, MAX_LOOKED_AT)
  const isCut = looked.length < text.length
  const parts = graphemesOf(onOneLine(looked))
  // The last one may be half of one.
  if (isCut) parts.pop()
  const words: Word[] = []
  let word = ''
  let width = 0
  const end = () => {
    if (word === '') return
    const trimmedWidth = word.endsWith(' ') ? width - graphemeWidth(' ') : width
    words.push({ text: word, width, trimmedWidth })
    word = ''
    width = 0
  }
  for (const [index, part] of parts.entries()) {
    const isWide = WIDE.test(part)
    if (isWide) end()
    word += part
    width += graphemeWidth(part)
    const joins = word.length > 3 && /[-/_.:?&=#@,]/.test(part) && /^[\p{L}\p{N}]/u.test(parts[index + 1] ?? '')
    if (isWide || part === ' ' || joins) end()
  }
  end()
  return { words, isCut }
}

/** Of one grapheme, in sizes of the font. */
function graphemeWidth(grapheme: string): number {
  const ascii = ASCII_WIDTHS[grapheme.charCodeAt(0) - 32]
  if (grapheme.length === 1 && ascii !== undefined) return ascii / 1000
  if (PICTOGRAPH.test(grapheme) && !/^[\p{N}\p{P}\p{Sc}©®™]$/u.test(grapheme)) return 1.35
  if (WIDE.test(grapheme)) return 1.02
  if (INVISIBLE.test(grapheme)) return 0
  if (grapheme === '…') return 1
  return CAPITAL.test(grapheme.charAt(0)) ? 0.75 : 0.62
}

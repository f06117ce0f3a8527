import { graphemesOf } from '../../text/graphemes.js'

/** More code units than this are not looked at for each character that may be shown, whatever they are combined to. */
const UNITS_PER_GRAPHEME = 8

/** At most so many characters as people see them, in one line, with `…` for the rest. */
export function shorten(text: string, maxGraphemes: number): string {
  const looked = text.slice(0, UNITS_PER_GRAPHEME * maxGraphemes)
  const line = onOneLine(looked)
  const isWhole = looked.length === text.length
  if (isWhole && line.length <= maxGraphemes) return line
  const graphemes = graphemesOf(line)
  if (isWhole && graphemes.length <= maxGraphemes) return line
  // The last one may be half of one.
  if (!isWhole && graphemes.length > 1) graphemes.pop()
  return `${graphemes
    .slice(0, maxGraphemes - 1)
    .join('')
    .trimEnd()}…`
}

/**
 * The text without line breaks and without characters that XML does not have (XML 1.0, §2.2): white space and control
 * characters are one space, lone surrogates and noncharacters are U+FFFD.
 */
export function onOneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/[\p{Surrogate}\uFFFE\uFFFF]/gu, '\uFFFD')
    .trim()
}

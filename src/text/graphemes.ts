const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The characters of a text as people see them. */
export function graphemesOf(text: string): string[] {
  if (/^[\x20-\x7e]*$/.test(text)) return text.split('')
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** The longest start of a text that has at most so many code units and does not end within a character as people see it. */
export function startOf(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  return text.slice(
    0,
    segmenter.segment(text.slice(0, maxLength + LOOKAHEAD)).containing(maxLength)?.index ?? maxLength,
  )
}

/** So far beyond the end is looked for what belongs to its last character. */
const LOOKAHEAD = 64

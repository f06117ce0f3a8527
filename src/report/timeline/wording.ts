/** How much of a title is told. */
const TITLE_LENGTH = 80
/** How much of what somebody wrote is told. */
const SAID_LENGTH = 120
/** How many of a list are told. */
const LISTED = 3

/** A text on one line, cut to a length in UTF-16 code units without splitting a character of two. */
export function onOneLine(text: string, length: number): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  if (line.length <= length) return line
  const isSplit = /[\uD800-\uDBFF]/.test(line.charAt(length - 2))
  return `${line.slice(0, length - (isSplit ? 2 : 1)).trimEnd()}…`
}

/** A title or another name in quotation marks, on one line. */
export function quoted(text: string): string {
  return `"${onOneLine(text, TITLE_LENGTH)}"`
}

/** What somebody wrote, in quotation marks, on one line, without a full stop of its own: the sentence has one. */
export function quotation(text: string): string {
  return `"${onOneLine(text, SAID_LENGTH).replace(/(?<!\.)\.$/, '')}"`
}

/** What somebody gave as a reason, to end a sentence with: in quotation marks only where it would not end one well. */
export function ending(text: string): string {
  const line = onOneLine(text, SAID_LENGTH)
  const bare = line.replace(/\.+$/, '')
  return /[\p{L}\p{N})\]}"'%]$/u.test(bare) ? bare : `"${line}"`
}

/** `A`, `A and B`, `A, B and C`, `A, B, C and 4 more`. */
export function listed(items: readonly string[]): string {
  const shown = items.length > LISTED + 1 ? [...items.slice(0, LISTED), `${items.length - LISTED} more`] : [...items]
  const last = shown.pop() ?? ''
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`
}

/** A word of a vocabulary as it is read aloud: `in_review` as `in review`. */
export function spoken(word: string): string {
  return word.replaceAll('_', ' ')
}

/** A sentence with the one full stop that ends it. */
export function stopped(sentence: string): string {
  return `${sentence.replace(/\.+$/, '')}.`
}

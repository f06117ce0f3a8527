import { MAX_LABEL_LENGTH, MAX_LINE_LENGTH, MAX_TEXT_LENGTH } from '../../input.js'

/** A text that the record takes, and what had to be done to it, if anything. */
export interface Repaired {
  readonly text: string
  /** What was done, as the end of a sentence that begins with the name of the field. */
  readonly repair?: string
}

/** What neither RDF nor SQLite's C strings can carry: U+0000 and lone surrogates. */
const UNSPEAKABLE = /[\0\p{Surrogate}]/gu
const CONTROL = /\p{Cc}/gu
const CUT = '…'

/** Running text: what cannot be carried becomes U+FFFD, and what is too long is cut. */
export function repairText(text: string): Repaired {
  return replaceAndCut(text, UNSPEAKABLE, MAX_TEXT_LENGTH)
}

/** A title or a name, which may not be blank. */
export function repairLine(text: string, blank: string): Repaired {
  if (text.trim() === '') return { text: blank, repair: `is blank; it became "${blank}"` }
  return replaceAndCut(text, UNSPEAKABLE, MAX_LINE_LENGTH)
}

/** A label, without control characters and without white space at its ends; `undefined` where nothing is left of it. */
export function repairLabel(label: string): Repaired | undefined {
  const trimmed = label.trim()
  if (trimmed === '') return undefined
  const repaired = replaceAndCut(trimmed.replace(CONTROL, '\uFFFD'), UNSPEAKABLE, MAX_LABEL_LENGTH)
  if (repaired.text === label) return { text: label }
  return { text: repaired.text, repair: repaired.repair ?? `became ${JSON.stringify(repaired.text)}` }
}

function replaceAndCut(text: string, unspeakable: RegExp, limit: number): Repaired {
  const repairs: string[] = []
  let whole = text.replace(unspeakable, '\uFFFD')
  if (whole !== text) repairs.push('held U+0000 or lone surrogates, which became U+FFFD')
  if (whole.length > limit) {
    repairs.push(`had ${whole.length} characters and was cut to ${limit}`)
    whole = cut(whole, limit)
  }
  return repairs.length === 0 ? { text } : { text: whole, repair: repairs.join(', and ') }
}

/** Cuts between characters, not in the middle of a surrogate pair. */
function cut(text: string, limit: number): string {
  const end = limit - CUT.length
  const code = text.charCodeAt(end - 1)
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? end - 1 : end) + CUT
}

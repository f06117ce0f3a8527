import { listed } from '../text/listed.js'
import { momentOf } from '../text/moment.js'
import { shorten } from '../text/shorten.js'

/** How much of a title is told. */
const TITLE_LENGTH = 80
/** How much of what somebody wrote is told. */
const SAID_LENGTH = 120
/** How many of a list are told. */
const LISTED = 3

/** A title or another name in quotation marks, on one line. */
export function quoted(text: string): string {
  return `"${shorten(text, TITLE_LENGTH)}"`
}

/** What somebody wrote, in quotation marks, on one line, without a full stop of its own: the sentence has one. */
export function quotation(text: string): string {
  return `"${shorten(text, SAID_LENGTH).replace(/(?<!\.)\.$/, '')}"`
}

/** What somebody gave as a reason, to end a sentence with: in quotation marks only where it would not end one well. */
export function ending(text: string): string {
  const line = shorten(text, SAID_LENGTH)
  const bare = line.replace(/\.+$/, '')
  return /[\p{L}\p{N})\]}"'%]$/u.test(bare) ? bare : `"${line}"`
}

/** Several things in a sentence, of which only the first are told: `A, B, C and 4 more`. */
export function someOf(items: readonly string[]): string {
  return listed(items, LISTED)
}

/** A sentence with the one full stop that ends it. */
export function stopped(sentence: string): string {
  return `${sentence.replace(/\.+$/, '')}.`
}

/** A time to the minute, without the day where that is the day of the event that names it. */
export function momentAsOf(at: string, eventAt: string): string {
  const moment = momentOf(at)
  return at.slice(0, DAY) === eventAt.slice(0, DAY) ? moment.slice(DAY + 1) : moment
}

const DAY = '2026-01-05'.length

import type { Evidence } from '../../record/evidence/evidence.js'
import { shorten } from '../text/shorten.js'
import { words } from '../text/words.js'

/** How much of a summary is told. */
const SUMMARY_LENGTH = 60

/** What a person calls a piece of evidence: how its summary begins, or what it points at, or its kind. */
export function proofOf({ summary, iri, kind }: Evidence): string {
  return shorten(summary, SUMMARY_LENGTH) || iri || shorten(words(kind), SUMMARY_LENGTH)
}

import type { AgentKind, Status } from '../../vocabulary.js'

/** A word of a vocabulary as a person writes it: `in_progress` is `in progress`. What is no such word stays as it is. */
export function words(term: string): string {
  return /^[a-z0-9_]+$/i.test(term) ? term.replaceAll('_', ' ') : term
}

/** How a status is called in reports: what is `blocked` was put on hold, unlike what merely waits for other tasks. */
export function statusWords(status: Status): string {
  return status === 'blocked' ? 'on hold' : words(status)
}

/** What the kinds of agents are called in reports. */
export const AGENT_WORDS: Readonly<Record<AgentKind, string>> = {
  human: 'person',
  ml: 'model',
  organization: 'organization',
  software: 'program',
}

/** The headings of gaps, which tell what the record does not know and what went round a rule, and of what a report leaves out. */
export const GAPS_HEADING = 'What to look into'
/** What stands there where nothing is. */
export const NO_GAPS = 'Nothing was found to look into.'
export const LEFT_OUT_HEADING = 'What is left out'

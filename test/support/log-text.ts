import fc from 'fast-check'
import type { ExportEventsOptions, Tracker } from '../../src/index.js'
import { histories } from './histories.js'
import { type History, play } from './play.js'

/** The whole text of an exported log. */
export async function exported(tracker: Tracker, options?: ExportEventsOptions): Promise<string> {
  let text = ''
  for await (const piece of tracker.log.exportEvents(options)) text += piece
  return text
}

/** A history, and where in its log something is to be erased afterwards. */
export const historiesWithRedactions = fc.record({
  history: histories,
  redactions: fc.array(fc.nat(), { maxLength: 4 }),
})

/** Carries a history out and erases some of its events. */
export async function playAndRedact(
  tracker: Tracker,
  { history, redactions }: { readonly history: History; readonly redactions: readonly number[] },
): Promise<void> {
  await play(tracker, history)
  for (const place of redactions) {
    const { seq } = await tracker.log.head()
    await tracker.log.redact((place % seq) + 1, { reason: 'asked to' })
  }
}

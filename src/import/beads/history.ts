import { deterministicId } from '../../ids.js'
import { mapStatus, type StatusMapping } from './mappings.js'
import { byMoment, isBefore, type Moment } from './moment.js'
import type { BeadsEvent, BeadsIssue } from './records.js'
import { abbreviate, type Report } from './report.js'
import { BEADS_ITSELF } from './roster.js'

/** Who did something, and when, where that is known. */
export interface Deed {
  readonly by: string
  readonly at: Moment | undefined
}

/** A status that an issue had for a while. */
export interface StatusChange {
  readonly status: 'open' | 'in_progress' | 'in_review'
  readonly by: string
  readonly at: Moment
  /** Marks the event that the import writes for it, so that it is written once. */
  readonly idempotencyKey: string
}

/** What the audit trail of an issue says beyond the issue itself. */
export interface IssueHistory {
  readonly createdBy: string | undefined
  /** Who closed it last. */
  readonly closedBy: string | undefined
  /** Who gave it a label that it still has. */
  readonly labelled: ReadonlyMap<string, Deed>
  /** The statuses that it went through while it was not closed, oldest first. */
  readonly statuses: readonly StatusChange[]
}

const ADDED_LABEL = 'Added label: '

/** What reading the audit trail of an issue needs. */
export interface HistoryContext {
  /** The labels that the issue has. */
  readonly labels: ReadonlySet<string>
  readonly closedAt: Moment | undefined
  readonly namespace: string
  readonly report: Report
}

/**
 * Reads the audit trail of one issue. It is imported as far as the issue does not say the same: who created and closed
 * it, who labelled it when, which statuses it had between. The rest is counted as unmapped.
 */
export function readHistory(issue: BeadsIssue, events: readonly BeadsEvent[], context: HistoryContext): IssueHistory {
  const { labels, namespace, report } = context
  const labelled = new Map<string, Deed>()
  const statuses: StatusChange[] = []
  const closings: BeadsEvent[] = []
  let createdBy: string | undefined
  const unmapped = (event: BeadsEvent, became: string) => report.unmapped('event', event.type, became, issue.id)
  for (const event of events.toSorted((one, other) => byMoment(one.createdAt, other.createdAt))) {
    const { type, createdAt: at } = event
    const by = event.actor || BEADS_ITSELF
    const change = type === 'status_changed' ? statusOf(event) : undefined
    if (type === 'created') {
      createdBy ??= by
      if (at?.iso !== issue.createdAt?.iso) unmapped(event, 'the issue with its own created_at, which differs')
    } else if (type === 'closed' || change?.word === 'closed') {
      closings.push(event)
    } else if (type === 'label_added' && labels.has(labelOf(event))) {
      labelled.set(labelOf(event), { by, at })
      warnOfOrder(issue, at, `the label ${JSON.stringify(abbreviate(labelOf(event)))} was added`, report)
    } else if (change !== undefined && at !== undefined && isStep(change.status)) {
      warnOfOrder(issue, at, `the status became ${change.word}`, report)
      const key = deterministicId(namespace, 'beads', 'event', issue.id, event.id || `${at.nanoseconds}`)
      if ((statuses.at(-1)?.status ?? 'open') === change.status) unmapped(event, 'nothing: it had that status already')
      else statuses.push({ status: change.status, by, at, idempotencyKey: `beads-event-${key.slice(-36)}` })
      if (change.isNearest) unmapped(event, `${change.status}, for ${change.word}`)
      if (change.others > 0 || event.comment !== '')
        unmapped(event, 'the status alone: the rest is imported as it is now')
    } else {
      unmapped(event, 'not kept: the issue is imported as it is now')
    }
  }
  const closedBy = readClosings(issue, closings, context)
  return { createdBy, closedBy, labelled, statuses }
}

/** Who closed the issue last. */
function readClosings(
  issue: BeadsIssue,
  closings: readonly BeadsEvent[],
  { closedAt, report }: HistoryContext,
): string | undefined {
  const last = closings.findLast(({ type }) => type === 'closed') ?? closings.at(-1)
  for (const event of closings) {
    const unmapped = (became: string) => report.unmapped('event', event.type, became, issue.id)
    if (event !== last) {
      if (event.type === last?.type) unmapped('not kept: only the last of several closings is')
    } else if (event.type === 'closed' && event.newValue !== '' && !issue.fields.says('close_reason', event.newValue)) {
      unmapped('the closing with its own close_reason, which differs')
    } else if (event.createdAt?.iso !== closedAt?.iso) {
      unmapped('the closing with its own closed_at, which differs')
    }
  }
  return last && (last.actor || BEADS_ITSELF)
}

function warnOfOrder(issue: BeadsIssue, at: Moment | undefined, what: string, report: Report): void {
  if (!isBefore(at, issue.createdAt)) return
  report.warn(
    'contradicting_times',
    issue.id,
    issue.line,
    `${what} at ${at!.iso}, before the issue was created at ${issue.createdAt!.iso}`,
  )
}

function labelOf(event: BeadsEvent): string {
  return event.comment.startsWith(ADDED_LABEL) ? event.comment.slice(ADDED_LABEL.length) : event.newValue
}

function isStep(status: string): status is StatusChange['status'] {
  return status === 'open' || status === 'in_progress' || status === 'in_review'
}

/** What an event says of a status. */
interface StatusEntry extends StatusMapping {
  readonly word: string
  /** How many other fields changed with it. */
  readonly others: number
}

/** The new status, which Beads writes as a JSON object of the fields that changed. */
function statusOf(event: BeadsEvent): StatusEntry | undefined {
  try {
    const value: unknown = JSON.parse(event.newValue)
    if (typeof value !== 'object' || value === null || !('status' in value)) return undefined
    const word = value.status
    if (typeof word !== 'string') return undefined
    return { ...mapStatus(word), word: abbreviate(word), others: Object.keys(value).length - 1 }
  } catch {
    // Old versions of Beads write the bare word.
    const word = event.newValue
    return /^[a-z_]+$/.test(word) ? { ...mapStatus(word), word: abbreviate(word), others: 0 } : undefined
  }
}

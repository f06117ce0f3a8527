import { deterministicId } from '../../ids.js'
import { byMoment, isBefore, type Moment } from './moment.js'
import { UNNAMED } from './people.js'
import type { BeadsEvent, BeadsIssue } from './records.js'
import type { Report } from './report.js'
import { mapStatus } from './words.js'

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

/**
 * Reads the audit trail of one issue. It is imported as far as the issue does not say the same: who created and closed
 * it, who labelled it when, which statuses it had between. The rest is counted as unmapped.
 */
export function readHistory(
  issue: BeadsIssue,
  events: readonly BeadsEvent[],
  labels: ReadonlySet<string>,
  namespace: string,
  report: Report,
): IssueHistory {
  const unmapped = (event: BeadsEvent, became: string) => report.unmapped('event', event.type, became, issue.id)
  const labelled = new Map<string, Deed>()
  const statuses: StatusChange[] = []
  let createdBy: string | undefined
  let closedBy: string | undefined
  let closings = 0
  for (const event of [...events].sort((one, other) => byMoment(one.createdAt, other.createdAt))) {
    const { type, createdAt: at } = event
    const by = event.actor || UNNAMED
    const status = type === 'status_changed' ? statusOf(event) : undefined
    if (type === 'created') {
      createdBy ??= by
      if (at?.iso !== issue.createdAt?.iso) unmapped(event, 'the issue with its own created_at, which differs')
    } else if (type === 'closed' || status?.word === 'closed') {
      closedBy = by
      if (type === 'closed' && ++closings > 1) unmapped(event, 'not kept: only the last of several closings is')
    } else if (type === 'label_added' && labels.has(labelOf(event))) {
      labelled.set(labelOf(event), { by, at })
      warnOfOrder(issue, at, `the label ${JSON.stringify(labelOf(event))} was added`, report)
    } else if (status !== undefined && at !== undefined && isStep(mapStatus(status.word).status)) {
      warnOfOrder(issue, at, `the status became ${status.word}`, report)
      const key = deterministicId(namespace, 'beads', 'event', issue.id, event.id || `${at.nanoseconds}`)
      const change = mapStatus(status.word).status as StatusChange['status']
      if ((statuses.at(-1)?.status ?? 'open') !== change) {
        statuses.push({ status: change, by, at, idempotencyKey: `beads-event-${key.slice(-36)}` })
      }
      if (status.others > 0) unmapped(event, 'the status alone: other fields are imported as they are now')
    } else {
      unmapped(event, 'not kept: the issue is imported as it is now')
    }
  }
  return { createdBy, closedBy, labelled, statuses }
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

function isStep(status: string): boolean {
  return status === 'open' || status === 'in_progress' || status === 'in_review'
}

/** The new status, which Beads writes as a JSON object of the fields that changed, and how many others changed. */
function statusOf(event: BeadsEvent): { readonly word: string; readonly others: number } | undefined {
  try {
    const value: unknown = JSON.parse(event.newValue)
    if (typeof value !== 'object' || value === null || !('status' in value)) return undefined
    const word = value.status
    return typeof word === 'string' ? { word, others: Object.keys(value).length - 1 } : undefined
  } catch {
    // Old versions of Beads write the bare word.
    return /^[a-z_]+$/.test(event.newValue) ? { word: event.newValue, others: 0 } : undefined
  }
}

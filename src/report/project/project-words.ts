import type { CompletionPolicy } from '../../record/contracts/contract.js'
import { GAPS_HEADING } from '../text/words.js'
import type { Failure, ProjectReport } from './project-report.js'

/** The heading of a project report: the one given, or one made from its namespace. */
export function projectTitle({ namespace }: ProjectReport, title?: string): string {
  return title ?? (namespace === undefined ? 'Project report' : `Project report: ${namespace}`)
}

/** The headings of its sections. */
export const SECTIONS = {
  throughput: 'Throughput',
  timeInStatus: 'Time in each status',
  agents: 'Who did what',
  claims: 'Who works on what',
  reviews: 'In review',
  overdue: 'Overdue',
  waiting: 'What waits',
  criticalPath: 'Critical path',
  failures: 'Failures',
  forced: 'Changed by force',
  gaps: GAPS_HEADING,
} as const

/** The headings of the columns of its tables. */
export const COLUMNS = {
  throughput: {
    week: 'Week of',
    created: 'Created',
    completed: 'Completed',
    failed: 'Failed',
    cancelled: 'Cancelled',
    reopened: 'Reopened',
  },
  timeInStatus: { status: 'Status', stays: 'Stays', median: 'Median', longest: 'Longest', total: 'In all' },
  agents: {
    agent: 'Agent',
    onBehalfOf: 'On behalf of',
    activities: 'Activities',
    failed: 'Failed',
    active: 'Active',
    created: 'Tasks created',
    closed: 'Tasks closed',
    made: 'Artifacts made',
  },
  claims: { task: 'Task', agent: 'Agent', attempt: 'Attempt', since: 'Since', until: 'Lease until' },
  reviews: { task: 'Task', by: 'Handed in by', at: 'When', asks: 'Asks for', approvals: 'Approvals' },
  overdue: { task: 'Task', due: 'Due', overdueBy: 'Overdue by', status: 'Status' },
  forced: { task: 'Task', became: 'Became', at: 'When', agent: 'Agent', reason: 'Reason' },
  failures: { name: 'What failed', kind: 'Kind', at: 'When', agent: 'Agent', reason: 'Reason' },
} as const

/** What a completion policy asks for. */
export function policyWords(policy: CompletionPolicy): string {
  switch (policy) {
    case 'self':
      return 'anybody else'
    case 'review':
      return 'somebody else'
    case 'human':
      return 'a human'
    default:
      return `${policy.quorum} others`
  }
}

/** That the lease of a claim has run out. */
export const LEASE_OVER = 'ran out'
export const NO_REASON = 'not stated'

/** Why something failed, and who said so of somebody else's work; empty where nothing was stated. */
export function failureReason({ rejectedByName, reason }: Failure): string {
  if (rejectedByName === undefined) return reason.trim() === '' ? '' : reason
  return `rejected by ${rejectedByName}${reason.trim() === '' ? '' : `: ${reason}`}`
}
export const CRITICAL_PATH_MEANING = 'The longest chain of tasks that must be done one after another'

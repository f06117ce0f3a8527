import { GAPS_HEADING } from '../text/words.js'
import type { ProjectReport } from './project-report.js'

/** The heading of a project report: the one given, or one made from its namespace. */
export function projectTitle({ namespace }: ProjectReport, title?: string): string {
  return title ?? (namespace === undefined ? 'Project report' : `Project report: ${namespace}`)
}

/** The headings of its sections. */
export const SECTIONS = {
  throughput: 'Throughput',
  timeInStatus: 'Time in each status',
  agents: 'Who did what',
  waiting: 'What waits',
  criticalPath: 'Critical path',
  failures: 'Failures',
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
  failures: { name: 'What failed', kind: 'Kind', at: 'When', agent: 'Agent', reason: 'Reason' },
} as const

export const NO_REASON = 'not stated'
export const CRITICAL_PATH_MEANING = 'The longest chain of tasks that must be done one after another'

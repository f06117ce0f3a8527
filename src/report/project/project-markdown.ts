import { escapeMarkdown } from '../../text/escape-markdown.js'
import { STATUSES } from '../../vocabulary.js'
import { tableOf } from '../markdown-text.js'
import { counted } from '../text/counted.js'
import { durationOf } from '../text/duration.js'
import { momentOf } from '../text/moment.js'
import { shorten } from '../text/shorten.js'
import { NO_GAPS, statusWords } from '../text/words.js'
import type { AgentAtWork, Failure, ForcedChange, ProjectReport, TimeInStatus, WeekOfWork } from './project-report.js'
import {
  COLUMNS,
  CRITICAL_PATH_MEANING,
  failureReason,
  LEASE_OVER,
  NO_REASON,
  policyWords,
  projectTitle,
  SECTIONS,
} from './project-words.js'

/** How many of the latest weeks are told one by one. */
const WEEKS_SHOWN = 26
/** How many failures, and how many tasks of the critical path, are told. */
const ROWS_SHOWN = 100
/** How much of a reason is told. */
const REASON_LENGTH = 300

/** A project report as Markdown that reads well as it is and on a forge; what comes from the record is escaped. */
export function projectMarkdown(report: ProjectReport, title?: string): string {
  const sections = [
    `# ${escapeMarkdown(projectTitle(report, title))}`,
    introductionOf(report),
    ...tasksOf(report),
    ...throughputOf(report.throughput),
    ...timeInStatusOf(report.timeInStatus),
    ...agentsOf(report.agents),
    ...claimsOf(report),
    ...reviewsOf(report),
    ...overdueOf(report),
    ...waitingOf(report),
    ...criticalPathOf(report),
    ...failuresOf(report.failures),
    ...forcedOf(report.forced),
    ...gapsOf(report),
  ]
  return `${sections.join('\n\n')}\n`
}

function introductionOf({ asOf, since, head }: ProjectReport): string {
  if (asOf === undefined) return 'Nothing is recorded yet.'
  const counted = since === undefined ? '' : ` What happened is counted from ${momentOf(since)} UTC on.`
  return `As of ${momentOf(asOf)} UTC, event ${head.seq} of the log.${counted}`
}

function tasksOf({ tasks, ready }: ProjectReport): string[] {
  const total = STATUSES.reduce((sum, status) => sum + tasks[status], 0)
  if (total === 0) return ['## Tasks', 'There are no tasks.']
  const standing = STATUSES.filter((status) => tasks[status] > 0).map(
    (status) => `${tasks[status]} ${statusWords(status)}`,
  )
  return ['## Tasks', `${counted(total, 'task')}: ${standing.join(', ')}. Ready to be worked on: ${ready}.`]
}

function throughputOf(weeks: readonly WeekOfWork[]): string[] {
  if (weeks.length === 0) return []
  const earlier = weeks.length - WEEKS_SHOWN
  return [
    `## ${SECTIONS.throughput}`,
    tableOf(
      Object.values(COLUMNS.throughput),
      weeks
        .slice(-WEEKS_SHOWN)
        .map(({ week, created, closed, reopened }) => [
          week,
          ...[created, closed.completed, closed.failed, closed.cancelled, reopened].map(String),
        ]),
    ),
    ...(earlier > 0 ? [`${counted(earlier, 'earlier week')} not shown.`] : []),
  ]
}

function timeInStatusOf(times: readonly TimeInStatus[]): string[] {
  if (times.length === 0) return []
  return [
    `## ${SECTIONS.timeInStatus}`,
    tableOf(
      Object.values(COLUMNS.timeInStatus),
      times.map(({ status, stays, medianMs, longestMs, totalMs }) => [
        statusWords(status),
        String(stays),
        ...[medianMs, longestMs, totalMs].map(durationOf),
      ]),
    ),
  ]
}

function agentsOf(agents: readonly AgentAtWork[]): string[] {
  if (agents.length === 0) return []
  return [
    `## ${SECTIONS.agents}`,
    tableOf(
      Object.values(COLUMNS.agents),
      agents.map((agent) => [
        escapeMarkdown(agent.name),
        agent.onBehalfOf.map(({ name }) => escapeMarkdown(name)).join(', '),
        String(agent.activities),
        String(agent.failedActivities),
        agent.activeMs === 0 ? '' : durationOf(agent.activeMs),
        ...[agent.tasksCreated, agent.tasksClosed, agent.artifactsMade].map(String),
      ]),
    ),
  ]
}

function claimsOf({ claims, claimsTotal }: ProjectReport): string[] {
  if (claimsTotal === 0) return []
  return [
    `## ${SECTIONS.claims}`,
    tableOf(
      Object.values(COLUMNS.claims),
      claims.map(({ title, agentName, attempt, startedAt, expiresAt, expired }) => [
        escapeMarkdown(title),
        escapeMarkdown(agentName),
        String(attempt),
        momentOf(startedAt),
        `${momentOf(expiresAt)}${expired ? ` (${LEASE_OVER})` : ''}`,
      ]),
    ),
    ...remainder(claims.length, claimsTotal),
  ]
}

function reviewsOf({ reviews, reviewsTotal }: ProjectReport): string[] {
  if (reviewsTotal === 0) return []
  return [
    `## ${SECTIONS.reviews}`,
    tableOf(
      Object.values(COLUMNS.reviews),
      reviews.map(({ title, agentName = '', submittedAt, policy, approvals, approvalsNeeded }) => [
        escapeMarkdown(title),
        escapeMarkdown(agentName),
        submittedAt === undefined ? '' : momentOf(submittedAt),
        policyWords(policy),
        `${approvals} of ${approvalsNeeded}`,
      ]),
    ),
    ...remainder(reviews.length, reviewsTotal),
  ]
}

function overdueOf({ overdue, overdueTotal, now }: ProjectReport): string[] {
  if (overdueTotal === 0) return []
  return [
    `## ${SECTIONS.overdue}`,
    tableOf(
      Object.values(COLUMNS.overdue),
      overdue.map(({ title, dueAt, status }) => [
        escapeMarkdown(title),
        momentOf(dueAt),
        durationOf(Date.parse(now) - Date.parse(dueAt)),
        statusWords(status),
      ]),
    ),
    ...remainder(overdue.length, overdueTotal),
  ]
}

function forcedOf(forced: readonly ForcedChange[]): string[] {
  if (forced.length === 0) return []
  const shown = forced.slice(0, ROWS_SHOWN)
  return [
    `## ${SECTIONS.forced}`,
    tableOf(
      Object.values(COLUMNS.forced),
      shown.map(({ title, outcome, status, at, agentName, reason }) => [
        escapeMarkdown(title),
        outcome ?? statusWords(status),
        `${momentOf(at)} UTC`,
        escapeMarkdown(agentName),
        escapeMarkdown(shorten(reason, REASON_LENGTH)),
      ]),
    ),
    ...remainder(shown.length, forced.length),
  ]
}

function waitingOf({ waiting, waitingTotal }: ProjectReport): string[] {
  if (waitingTotal === 0) return []
  return [
    `## ${SECTIONS.waiting}`,
    waiting.map(({ sentence }) => `- ${escapeMarkdown(sentence)}`).join('\n'),
    ...remainder(waiting.length, waitingTotal),
  ]
}

function criticalPathOf({ criticalPath }: ProjectReport): string[] {
  if (criticalPath.length === 0) return []
  const shown = criticalPath.slice(0, ROWS_SHOWN)
  return [
    `## ${SECTIONS.criticalPath}`,
    `${CRITICAL_PATH_MEANING}: ${counted(criticalPath.length, 'task')}.`,
    shown.map(({ title }, index) => `${index + 1}. ${escapeMarkdown(title)}`).join('\n'),
    ...remainder(shown.length, criticalPath.length),
  ]
}

function failuresOf(failures: readonly Failure[]): string[] {
  if (failures.length === 0) return []
  const shown = failures.slice(0, ROWS_SHOWN)
  return [
    `## ${SECTIONS.failures}`,
    tableOf(
      Object.values(COLUMNS.failures),
      shown.map((failure) => [
        escapeMarkdown(failure.name),
        failure.kind,
        `${momentOf(failure.at)} UTC`,
        escapeMarkdown(failure.agentName),
        escapeMarkdown(shorten(failureReason(failure), REASON_LENGTH)) || NO_REASON,
      ]),
    ),
    ...remainder(shown.length, failures.length),
  ]
}

function gapsOf({ gaps, gapsTotal, asOf }: ProjectReport): string[] {
  if (asOf === undefined) return []
  if (gapsTotal === 0) return [`## ${SECTIONS.gaps}`, NO_GAPS]
  return [
    `## ${SECTIONS.gaps}`,
    gaps.map(({ sentence }) => `- ${escapeMarkdown(sentence)}`).join('\n'),
    ...remainder(gaps.length, gapsTotal),
  ]
}

function remainder(shown: number, total: number): string[] {
  return shown < total ? [`${shown} of ${total} shown.`] : []
}

import { STATUSES } from '../../vocabulary.js'
import { counted } from '../counted.js'
import { durationOf } from '../duration.js'
import { escapeMarkdown, tableOf } from '../markdown-text.js'
import { onOneLine, spoken } from '../timeline/wording.js'
import type { AgentAtWork, Failure, ProjectReport, TimeInStatus, WeekOfWork } from './project-report.js'

/** How many of the latest weeks are told one by one. */
const WEEKS_SHOWN = 26
/** How many failures, and how many tasks of the critical path, are told. */
const ROWS_SHOWN = 100
/** How much of a reason is told. */
const REASON_LENGTH = 300

/** A project report as Markdown that reads well as it is and on a forge; what comes from the record is escaped. */
export function projectMarkdown(report: ProjectReport, title?: string): string {
  const sections = [
    `# ${escapeMarkdown(title ?? (report.namespace === undefined ? 'Project report' : `Project report: ${report.namespace}`))}`,
    introductionOf(report),
    ...tasksOf(report),
    ...throughputOf(report.throughput),
    ...timeInStatusOf(report.timeInStatus),
    ...agentsOf(report.agents),
    ...waitingOf(report),
    ...criticalPathOf(report),
    ...failuresOf(report.failures),
    ...gapsOf(report),
  ]
  return `${sections.join('\n\n')}\n`
}

function introductionOf({ asOf, since, head }: ProjectReport): string {
  if (asOf === undefined) return 'Nothing is recorded yet.'
  const counted = since === undefined ? '' : ` What happened is counted from ${momentOf(since)} on.`
  return `As of ${momentOf(asOf)}, event ${head.seq} of the log.${counted}`
}

function tasksOf({ tasks, ready }: ProjectReport): string[] {
  const total = STATUSES.reduce((sum, status) => sum + tasks[status], 0)
  if (total === 0) return ['## Tasks', 'There are no tasks.']
  const standing = STATUSES.filter((status) => tasks[status] > 0).map(
    (status) => `${tasks[status]} ${status === 'blocked' ? 'on hold' : spoken(status)}`,
  )
  return ['## Tasks', `${counted(total, 'task')}: ${standing.join(', ')}. Ready to be worked on: ${ready}.`]
}

function throughputOf(weeks: readonly WeekOfWork[]): string[] {
  if (weeks.length === 0) return []
  const earlier = weeks.length - WEEKS_SHOWN
  return [
    '## Throughput',
    tableOf(
      ['Week from', 'Created', 'Completed', 'Failed', 'Cancelled', 'Reopened'],
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
    '## Time in each status',
    tableOf(
      ['Status', 'Stays', 'Median', 'Longest', 'In all'],
      times.map(({ status, stays, medianMs, longestMs, totalMs }) => [
        status === 'blocked' ? 'on hold' : spoken(status),
        String(stays),
        ...[medianMs, longestMs, totalMs].map(durationOf),
      ]),
    ),
  ]
}

function agentsOf(agents: readonly AgentAtWork[]): string[] {
  if (agents.length === 0) return []
  return [
    '## Who did what',
    tableOf(
      ['Agent', 'On behalf of', 'Activities', 'of these failed', 'Active', 'Created', 'Closed', 'Made'],
      agents.map((agent) => [
        escapeMarkdown(agent.name),
        agent.onBehalfOf.map(({ name }) => escapeMarkdown(name)).join(', '),
        String(agent.activities),
        String(agent.failedActivities),
        agent.activeMs === 0 ? '' : durationOf(agent.activeMs),
        ...[agent.tasksCreated, agent.tasksClosed, agent.artifactsMade].map(String),
      ]),
    ),
    'Created and closed are tasks, made are artifacts.',
  ]
}

function waitingOf({ waiting, waitingTotal }: ProjectReport): string[] {
  if (waitingTotal === 0) return []
  return [
    '## What waits',
    waiting.map(({ sentence }) => `- ${escapeMarkdown(sentence)}`).join('\n'),
    ...remainder(waiting.length, waitingTotal),
  ]
}

function criticalPathOf({ criticalPath }: ProjectReport): string[] {
  if (criticalPath.length === 0) return []
  const shown = criticalPath.slice(0, ROWS_SHOWN)
  return [
    '## Critical path',
    `The longest chain of tasks that must be done one after another: ${counted(criticalPath.length, 'task')}.`,
    shown.map(({ title }, index) => `${index + 1}. ${escapeMarkdown(title)}`).join('\n'),
    ...remainder(shown.length, criticalPath.length),
  ]
}

function failuresOf(failures: readonly Failure[]): string[] {
  if (failures.length === 0) return []
  const shown = failures.slice(0, ROWS_SHOWN)
  return [
    '## Failures',
    tableOf(
      ['When', 'What', 'Who', 'Reason'],
      shown.map(({ kind, name, at, agentName, reason }) => [
        momentOf(at),
        `${kind === 'task' ? 'Task' : 'Activity'}: ${escapeMarkdown(name)}`,
        escapeMarkdown(agentName ?? ''),
        reason.trim() === '' ? 'not said' : escapeMarkdown(onOneLine(reason, REASON_LENGTH)),
      ]),
    ),
    ...remainder(shown.length, failures.length),
  ]
}

function gapsOf({ gaps, gapsTotal, asOf }: ProjectReport): string[] {
  if (asOf === undefined) return []
  if (gapsTotal === 0) return ['## What is missing', 'No gap was found in the record.']
  return [
    '## What is missing',
    gaps.map(({ sentence }) => `- ${escapeMarkdown(sentence)}`).join('\n'),
    ...remainder(gaps.length, gapsTotal),
  ]
}

function remainder(shown: number, total: number): string[] {
  return shown < total ? [`${shown} of ${total} shown.`] : []
}

/** A time to the minute, in UTC. */
function momentOf(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`
}

import { STATUSES } from '../../vocabulary.js'
import type { ProjectReport } from '../project/project-report.js'
import {
  COLUMNS,
  CRITICAL_PATH_MEANING,
  failureReason,
  LEASE_OVER,
  NO_REASON,
  policyWords,
  projectTitle,
  SECTIONS,
} from '../project/project-words.js'
import type { RenderSettings } from '../report-format.js'
import { counted, numberText } from '../text/counted.js'
import { durationOf } from '../text/duration.js'
import { momentOf } from '../text/moment.js'
import { NO_GAPS, statusWords } from '../text/words.js'
import { gapList } from './gap-list.js'
import { bdi, type Content, html, isEmpty, join, type Markup } from './markup.js'
import { page } from './page.js'
import { throughputChart } from './throughput-chart.js'
import { badge, prose, time } from './wording.js'

interface Section {
  readonly id: string
  readonly name: string
  readonly markup: Markup
}

/** A project report as one HTML document that needs no network and opens from disk, and reads without scripts. */
export function projectHtml(report: ProjectReport, settings: RenderSettings = {}): string {
  settings.signal?.throwIfAborted()
  const sections = [
    throughput(report),
    timeInStatus(report),
    agents(report),
    claims(report),
    reviews(report),
    overdue(report),
    waiting(report),
    criticalPath(report),
    failures(report),
    forced(report),
    gaps(report),
  ]
  return page({
    title: projectTitle(report, settings.title),
    overline: 'Provtrail',
    summary: summaryOf(report),
    sections: sections.map(({ id, name }) => [id, name]),
    searchLabel: 'Titles, names, reasons …',
    main: sections.map(({ markup }) => markup),
    footer: html`<p>Made by Provtrail from the record as it stood at event ${report.head.seq} of its log, digest <code>${report.head.digest.slice(0, 16)}</code>. Times are UTC; weeks begin on Monday.</p>`,
    scripts: ['search', 'print'],
  })
}

function summaryOf({ asOf, since, tasks, ready, namespace }: ProjectReport): Markup {
  const total = STATUSES.reduce((sum, status) => sum + tasks[status], 0)
  return html`<p class="lede">${
    namespace === undefined ? 'The whole record' : ['The namespace ', bdi(namespace)]
  }${asOf !== undefined && `, as of ${momentOf(asOf)}`}${since !== undefined && `; what happened is counted since ${momentOf(since)}`}: ${counted(total, 'task')}.</p>
<ul class="tiles">
<li data-kind="task"><span><b>${numberText(ready)}</b> ready</span></li>
${STATUSES.map((status) => html`<li data-status="${status}"><span><b>${numberText(tasks[status])}</b> ${statusWords(status)}</span></li>`)}
</ul>
`
}

/** One section; `count` says how much is in it, where that is to be counted. */
function section(id: string, name: string, count: string | undefined, content: Content): Section {
  const markup = html`<section id="${id}" class="card" aria-labelledby="${id}-heading" data-filter>
<h2 id="${id}-heading">${name}${count !== undefined && html` <span class="count">${count}</span>`}</h2>
${content}</section>
`
  return { id, name, markup }
}

function nothing(sentence: string): Markup {
  return html`<p class="none">${sentence}</p>
`
}

interface Cell {
  readonly name: string
  readonly value: Content
  readonly isNumber?: boolean
}

/** A table whose first cell of a row names it. */
function table(rows: readonly (readonly Cell[])[]): Markup {
  const numbers = (cell: Cell): Content => cell.isNumber && html` class="number"`
  return html`<table>
<thead><tr>${rows[0]!.map((cell) => html`<th scope="col"${numbers(cell)}>${cell.name}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ([first, ...rest]) =>
    html`<tr><th scope="row">${first!.value}</th>${rest.map((cell) =>
      isEmpty(cell.value)
        ? html`<td data-label="${cell.name}" class="none">–</td>`
        : html`<td data-label="${cell.name}"${numbers(cell)}>${cell.value}</td>`,
    )}</tr>
`,
)}</tbody>
</table>
`
}

function throughput({ throughput }: ProjectReport): Section {
  return section(
    'throughput',
    SECTIONS.throughput,
    throughput.length === 0 ? undefined : counted(throughput.length, 'week'),
    throughput.length === 0 ? nothing('No task was created or closed.') : throughputChart(throughput),
  )
}

function timeInStatus({ timeInStatus }: ProjectReport): Section {
  const longest = Math.max(1, ...timeInStatus.map(({ medianMs }) => medianMs))
  return section(
    'time-in-status',
    SECTIONS.timeInStatus,
    undefined,
    timeInStatus.length === 0
      ? nothing('No task has been in any status.')
      : table(
          timeInStatus.map(({ status, stays, medianMs, longestMs, totalMs }) => [
            { name: COLUMNS.timeInStatus.status, value: badge(statusWords(status), status) },
            { name: COLUMNS.timeInStatus.stays, value: numberText(stays), isNumber: true },
            { name: COLUMNS.timeInStatus.median, value: durationOf(medianMs), isNumber: true },
            {
              name: 'Medians compared',
              value: html`<svg class="meter" aria-hidden="true"><rect width="${Math.round((100 * medianMs) / longest)}%" height="100%" rx="3"></rect></svg>`,
            },
            { name: COLUMNS.timeInStatus.longest, value: durationOf(longestMs), isNumber: true },
            { name: COLUMNS.timeInStatus.total, value: durationOf(totalMs), isNumber: true },
          ]),
        ),
  )
}

function agents({ agents }: ProjectReport): Section {
  return section(
    'agents',
    SECTIONS.agents,
    counted(agents.length, 'agent'),
    agents.length === 0
      ? nothing('No agent did anything.')
      : table(
          agents.map((agent) => [
            { name: COLUMNS.agents.agent, value: html`<b>${bdi(agent.name)}</b>` },
            {
              name: COLUMNS.agents.onBehalfOf,
              value:
                agent.onBehalfOf.length > 0 &&
                join(
                  agent.onBehalfOf.map(({ name }) => bdi(name)),
                  ', ',
                ),
            },
            { name: COLUMNS.agents.activities, value: numberText(agent.activities), isNumber: true },
            {
              name: COLUMNS.agents.failed,
              value:
                agent.failedActivities === 0
                  ? '0'
                  : html`<span class="badge" data-tone="failed">${agent.failedActivities}</span>`,
              isNumber: true,
            },
            { name: COLUMNS.agents.active, value: durationOf(agent.activeMs), isNumber: true },
            { name: COLUMNS.agents.created, value: numberText(agent.tasksCreated), isNumber: true },
            { name: COLUMNS.agents.closed, value: numberText(agent.tasksClosed), isNumber: true },
            { name: COLUMNS.agents.made, value: numberText(agent.artifactsMade), isNumber: true },
          ]),
        ),
  )
}

function claims({ claims, claimsTotal }: ProjectReport): Section {
  return section(
    'claims',
    SECTIONS.claims,
    shownOf(claims.length, claimsTotal, 'claim'),
    claims.length === 0
      ? nothing('Nobody has claimed a task.')
      : table(
          claims.map(({ title, agentName, attempt, startedAt, expiresAt, expired }) => [
            { name: COLUMNS.claims.task, value: html`<b>${bdi(title)}</b>` },
            { name: COLUMNS.claims.agent, value: bdi(agentName) },
            { name: COLUMNS.claims.attempt, value: numberText(attempt), isNumber: true },
            { name: COLUMNS.claims.since, value: time(startedAt) },
            {
              name: COLUMNS.claims.until,
              value: [time(expiresAt), expired && [' ', badge(LEASE_OVER, 'overdue')]],
            },
          ]),
        ),
  )
}

function reviews({ reviews, reviewsTotal }: ProjectReport): Section {
  return section(
    'reviews',
    SECTIONS.reviews,
    shownOf(reviews.length, reviewsTotal, 'task'),
    reviews.length === 0
      ? nothing('Nothing waits for a review.')
      : table(
          reviews.map(({ title, agentName, submittedAt, policy, approvals, approvalsNeeded }) => [
            { name: COLUMNS.reviews.task, value: html`<b>${bdi(title)}</b>` },
            { name: COLUMNS.reviews.by, value: agentName && bdi(agentName) },
            { name: COLUMNS.reviews.at, value: submittedAt && time(submittedAt) },
            { name: COLUMNS.reviews.asks, value: policyWords(policy) },
            {
              name: COLUMNS.reviews.approvals,
              value: `${numberText(approvals)} of ${numberText(approvalsNeeded)}`,
              isNumber: true,
            },
          ]),
        ),
  )
}

function overdue({ overdue, overdueTotal, now }: ProjectReport): Section {
  return section(
    'overdue',
    SECTIONS.overdue,
    shownOf(overdue.length, overdueTotal, 'task'),
    overdue.length === 0
      ? nothing('No task is overdue.')
      : table(
          overdue.map(({ title, dueAt, status }) => [
            { name: COLUMNS.overdue.task, value: html`<b>${bdi(title)}</b>` },
            { name: COLUMNS.overdue.due, value: time(dueAt) },
            { name: COLUMNS.overdue.overdueBy, value: durationOf(Date.parse(now) - Date.parse(dueAt)), isNumber: true },
            { name: COLUMNS.overdue.status, value: badge(statusWords(status), status) },
          ]),
        ),
  )
}

function forced({ forced }: ProjectReport): Section {
  return section(
    'forced',
    SECTIONS.forced,
    counted(forced.length, 'change'),
    forced.length === 0
      ? nothing('No status was changed by force.')
      : table(
          forced.map(({ title, status, outcome, at, agentName, reason }) => [
            { name: COLUMNS.forced.task, value: html`<b>${bdi(title)}</b>` },
            {
              name: COLUMNS.forced.became,
              value: badge(outcome ?? statusWords(status), outcome ?? status),
            },
            { name: COLUMNS.forced.at, value: time(at) },
            { name: COLUMNS.forced.agent, value: bdi(agentName) },
            { name: COLUMNS.forced.reason, value: prose(reason) },
          ]),
        ),
  )
}

function waiting({ waiting, waitingTotal }: ProjectReport): Section {
  return section(
    'waiting',
    SECTIONS.waiting,
    shownOf(waiting.length, waitingTotal, 'task'),
    waiting.length === 0
      ? nothing('Nothing waits.')
      : table(
          waiting.map(({ title, sentence }) => [
            { name: 'Task', value: html`<b>${bdi(title)}</b>` },
            { name: 'Why it waits', value: html`<div class="reason">${bdi(sentence)}</div>` },
          ]),
        ),
  )
}

function criticalPath({ criticalPath }: ProjectReport): Section {
  return section(
    'critical-path',
    SECTIONS.criticalPath,
    criticalPath.length === 0 ? undefined : counted(criticalPath.length, 'task'),
    criticalPath.length === 0
      ? nothing('No task must wait for another one.')
      : html`<p class="none">${CRITICAL_PATH_MEANING}, the first at the top.</p>
<ol class="chain">${criticalPath.map(({ title }) => html`<li data-item>${bdi(title)}</li>`)}</ol>
`,
  )
}

function failures({ failures }: ProjectReport): Section {
  return section(
    'failures',
    SECTIONS.failures,
    counted(failures.length, 'failure'),
    failures.length === 0
      ? nothing('Nothing is known to have failed.')
      : table(
          failures.map((failure) => [
            { name: COLUMNS.failures.name, value: html`<b>${bdi(failure.name)}</b>` },
            { name: COLUMNS.failures.kind, value: failure.kind },
            { name: COLUMNS.failures.at, value: time(failure.at) },
            { name: COLUMNS.failures.agent, value: bdi(failure.agentName) },
            {
              name: COLUMNS.failures.reason,
              value: prose(failureReason(failure)) ?? html`<span class="none">${NO_REASON}</span>`,
            },
          ]),
        ),
  )
}

function gaps({ gaps, gapsTotal }: ProjectReport): Section {
  return section(
    'gaps',
    SECTIONS.gaps,
    shownOf(gaps.length, gapsTotal, 'point'),
    gaps.length === 0 ? nothing(NO_GAPS) : gapList(gaps, () => undefined),
  )
}

function shownOf(shown: number, total: number, noun: string): string {
  return shown < total ? `${numberText(shown)} of ${counted(total, noun)}` : counted(total, noun)
}

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { criticalPath } from '../src/graph/critical-path.js'
import { taskGraph } from '../src/graph/task-graph.js'
import {
  type EventData,
  type LogEvent,
  OUTCOMES,
  type Outcome,
  STATUSES,
  type Status,
  type TaskId,
  type Tracker,
} from '../src/index.js'
import { tableOf } from '../src/report/markdown-text.js'
import { projectReport } from '../src/report/project/build-project-report.js'
import { projectMarkdown } from '../src/report/project/project-markdown.js'
import type { ProjectReport, ProjectReportOptions } from '../src/report/project/project-report.js'
import { durationOf } from '../src/report/text/duration.js'
import { escapeMarkdown } from '../src/text/escape-markdown.js'
import { all } from './support/answers.js'
import { histories } from './support/histories.js'
import { play } from './support/play.js'
import { Clock, inMemory, NAMESPACE, open } from './support/trackers.js'

async function eventsOf(tracker: Tracker): Promise<LogEvent[]> {
  const events: LogEvent[] = []
  for (let after = 0; ; ) {
    const { items } = await tracker.log.events({ after, limit: 1_000 })
    if (items.length === 0) return events
    events.push(...items)
    after = items.at(-1)!.seq
  }
}

const namespaceOf = (id: string) => id.slice(0, -38)

/** The figures of a report, worked out the slow way from all events and all nodes at once. */
async function naively(tracker: Tracker, { namespace, since = '0000' }: ProjectReportOptions) {
  const within = (id: string) => namespace === undefined || namespaceOf(id) === namespace
  const events = await eventsOf(tracker)
  const asOf = events
    .map(({ at }) => at)
    .sort()
    .at(-1)!
  const moves = events.flatMap((event) => {
    const transition = transitionOf(event)
    return transition === undefined || !within(event.subject) ? [] : [{ ...event, ...transition }]
  })
  const recent = moves.filter(({ at }) => at >= since)
  const created = recent.filter(({ type }) => type === 'task.created')
  const closed = recent.filter(({ status }) => status === 'closed')
  const outcomes = OUTCOMES.map((name) => [name, closed.filter(({ outcome }) => outcome === name).length])

  const stays = new Map<Status, number[]>()
  for (const task of new Set(moves.map(({ subject }) => subject))) {
    const own = moves.flatMap(({ subject, status, at }) => (subject === task ? [[status, at] as const] : []))
    for (const [index, [status, from]] of own.entries()) {
      const to = own[index + 1]?.[1] ?? asOf
      if (status === 'closed' || (from < since && to <= since)) continue
      const start = from > since ? from : since
      stays.set(status, [...(stays.get(status) ?? []), Math.max(0, Date.parse(to) - Date.parse(start))])
    }
  }

  const activities = (await all((page) => tracker.activities.list(page))).filter(
    ({ id, startedAt, endedAt }) => within(id) && (endedAt === undefined || endedAt >= since || startedAt >= since),
  )
  const artifacts = new Set<string>(
    events
      .filter(({ type, subject, at }) => type === 'artifact.added' && within(subject) && at >= since)
      .map(({ subject }) => subject),
  )
  const made = new Map<string, Set<string>>()
  for (const artifact of artifacts) {
    for (const { source, kind, target } of await all((page) => tracker.relations.list(artifact as TaskId, page))) {
      if (source !== artifact) continue
      const maker =
        kind === 'attributed_to'
          ? target
          : kind === 'generated_by'
            ? (await tracker.activities.get(target as never)).agent
            : undefined
      if (maker !== undefined) made.set(maker, (made.get(maker) ?? new Set()).add(artifact))
    }
  }
  const rejections = await Promise.all(
    (await all((page) => tracker.reviews.list(page)))
      .filter(({ verdict, attempt, createdAt }) => verdict === 'reject' && within(attempt) && createdAt >= since)
      .map(async (review) => ({ ...review, worker: (await tracker.activities.get(review.attempt)).agent })),
  )
  const agents = (await all((page) => tracker.agents.list(page)))
    .map(({ id }) => {
      const rejected = rejections.filter(({ worker }) => worker === id).length
      const own = activities.filter(({ agent }) => agent === id)
      return {
        agent: id,
        activities: own.length,
        failedActivities: own.filter(({ failure }) => failure !== undefined).length + rejected,
        activeMs: own
          .map(({ startedAt, endedAt }) =>
            endedAt === undefined
              ? 0
              : Math.max(0, Date.parse(endedAt) - Date.parse(startedAt > since ? startedAt : since)),
          )
          .reduce((sum, ms) => sum + ms, 0),
        tasksCreated: created.filter(({ actor }) => actor === id).length,
        tasksClosed: closed.filter(({ actor, type }) => actor === id && type !== 'claim.expired').length,
        artifactsMade: made.get(id)?.size ?? 0,
      }
    })
    .filter(
      ({ activities, failedActivities, tasksCreated, tasksClosed, artifactsMade }) =>
        activities + failedActivities + tasksCreated + tasksClosed + artifactsMade > 0,
    )

  const tasks = (await all((page) => tracker.tasks.list(page))).filter(({ id }) => within(id))
  const claims = (await all((page) => tracker.claims.list(page))).filter(({ task }) => within(task))
  const reviews = await all((page) => tracker.reviews.list(page))
  const lapsed = new Set(claims.filter(({ expired }) => expired).map(({ task }) => task))
  const explained = await Promise.all(tasks.map(async (task) => ({ task, ...(await tracker.tasks.explain(task.id)) })))
  return {
    asOf,
    tasks: Object.fromEntries(STATUSES.map((name) => [name, tasks.filter(({ status }) => status === name).length])),
    ready: explained.filter(({ ready }) => ready).length,
    created: created.length,
    closed: Object.fromEntries(outcomes),
    reopened: recent.filter(({ type }) => type === 'task.reopened').length,
    timeInStatus: STATUSES.flatMap((status) => {
      const durations = stays.get(status)?.sort((one, other) => one - other)
      if (durations === undefined) return []
      const half = durations.length / 2
      const middle = durations.slice(Math.ceil(half) - 1, Math.floor(half) + 1)
      return [
        {
          status,
          stays: durations.length,
          medianMs: Math.round(middle.reduce((sum, ms) => sum + ms, 0) / middle.length),
          longestMs: durations.at(-1)!,
          totalMs: durations.reduce((sum, ms) => sum + ms, 0),
        },
      ]
    }),
    agents: agents.sort((one, other) => (one.agent < other.agent ? -1 : 1)),
    waiting: explained
      .filter(({ ready, task }) => !ready && (['open', 'blocked'].includes(task.status) || lapsed.has(task.id)))
      .map(({ sentence }) => sentence)
      .sort(),
    failures: [
      ...rejections.map(({ createdAt, attempt, comment }) => `${createdAt} ${attempt} ${comment}`),
      ...closed
        .filter(({ outcome }) => outcome === 'failed')
        .map(({ subject, at, data }) => `${at} ${subject} ${whyOf(data!)}`),
      ...activities
        .filter(({ failure, endedAt }) => failure !== undefined && endedAt! >= since)
        .map(({ id, endedAt, failure }) => `${endedAt} ${id} ${failure}`),
    ].sort(),
    claims: claims.map(({ activity, attempt, expired }) => `${activity} ${attempt} ${expired}`),
    reviews: tasks
      .filter(({ status }) => status === 'in_review')
      .map(({ id }) => {
        const { seq, data } = events.findLast(
          ({ type, subject, data }) =>
            type === 'claim.completed' && subject === id && ['done', 'pending_review'].includes(outcomeOf(data!)),
        ) ?? { seq: 0, data: undefined }
        const verdicts = reviews.filter(({ attempt }) => attempt === data?.attempt)
        const isLater = events.some(
          ({ type, subject, seq: other }) => type === 'claim.completed' && subject === id && other > seq,
        )
        const isTurnedDown = verdicts.some(({ verdict }) => verdict !== 'approve')
        const approvers = new Set(verdicts.map(({ reviewer }) => reviewer))
        return `${id} ${isLater || isTurnedDown ? 0 : approvers.size}`
      })
      .sort(),
    overdue: (await all((page) => tracker.tasks.overdue(page))).map(({ id }) => id).filter(within),
    forced: recent
      .filter(({ data }) => data!.forced === true)
      .map(({ seq, subject, status, data }) => [seq, `${subject} ${status} ${data!.reason}`] as const)
      .sort(([one], [other]) => other - one)
      .map(([, told]) => told),
  }
}

/** Where an event leads the task that it is about, if it leads it anywhere. */
function transitionOf({ type, data }: LogEvent): { readonly status: Status; readonly outcome?: Outcome } | undefined {
  if (data!.becomes !== undefined) return data!.becomes as { status: Status; outcome?: Outcome }
  if (type === 'task.created' || type === 'task.reopened' || type === 'task.unheld') return { status: 'open' }
  if (type === 'task.closed') return { status: 'closed', outcome: data!.outcome as Outcome }
  if (type === 'task.held') return { status: 'blocked' }
  return type === 'task.updated' && data!.status !== undefined ? { status: data!.status as Status } : undefined
}

function outcomeOf(data: EventData): string {
  return (data.submission as { outcome: string }).outcome
}

/** Why a task was closed as failed. */
function whyOf(data: EventData): string {
  const submission = data.submission as { readonly stopReason?: string; readonly stopText?: string } | undefined
  const becomes = data.becomes as { readonly closeReason?: string } | undefined
  const reasons = [
    data.reason,
    submission?.stopText,
    submission?.stopReason?.replaceAll('_', ' '),
    data.comment,
    becomes?.closeReason,
  ]
  return String(reasons.find((reason) => reason !== undefined) ?? '')
}

/** The same figures as a report gives them. */
function figuresOf(report: ProjectReport) {
  const { asOf, tasks, ready, throughput, timeInStatus, agents, waiting, failures } = report
  const { claims, reviews, overdue, forced } = report
  const sum = (count: (week: (typeof throughput)[number]) => number) =>
    throughput.reduce((total, week) => total + count(week), 0)
  return {
    asOf,
    tasks,
    ready,
    created: sum((week) => week.created),
    closed: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, sum((week) => week.closed[outcome])])),
    reopened: sum((week) => week.reopened),
    timeInStatus,
    agents: agents
      .map(({ name: _, onBehalfOf: _1, ...counts }) => counts)
      .sort((one, other) => (one.agent < other.agent ? -1 : 1)),
    waiting: waiting.map(({ sentence }) => sentence).sort(),
    failures: failures.map(({ id, at, reason }) => `${at} ${id} ${reason}`).sort(),
    claims: claims.map(({ activity, attempt, expired }) => `${activity} ${attempt} ${expired}`),
    reviews: reviews.map(({ task, approvals }) => `${task} ${approvals}`).sort(),
    overdue: overdue.map(({ task }) => task),
    forced: forced.map(({ task, status, reason }) => `${task} ${status} ${reason}`),
  }
}

describe('the report of any history', () => {
  test('gives the figures that a slow count of everything gives', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) =>
        inMemory(async (tracker) => {
          await play(tracker, history)
          for (const since of [undefined, '2026-01-05T09:00:20.000Z', '2019-12-31T22:59:59.999Z']) {
            for (const namespace of [undefined, NAMESPACE, 'elsewhere']) {
              const options = { ...(since !== undefined && { since }), ...(namespace !== undefined && { namespace }) }
              const report = await projectReport(tracker, options)
              expect(figuresOf(report)).toEqual(await naively(tracker, options))
              expect(report.head).toEqual(await tracker.log.head())
              expect(report.waitingTotal).toBe(report.waiting.length)
              expect(report.gapsTotal).toBe(report.gaps.length)
              const graph = await taskGraph(tracker, namespace === undefined ? {} : { scope: { namespace } })
              expect(report.criticalPath.map(({ task }) => task)).toEqual(criticalPath(graph).tasks)
              const times = report.failures.map(({ at }) => at)
              expect(times).toEqual([...times].sort().reverse())
              const markdown = projectMarkdown(report)
              expect(markdown).not.toMatch(/undefined|\[object|NaN|\n\n\n/)
            }
          }
        }),
      ),
      { numRuns: 25 },
    )
  })
})

/** A small project with something of everything. */
async function project() {
  const clock = new Clock()
  const file = await open({ now: clock.now })
  const ada = (await file.agents.registerHuman({ name: 'Ada' })).id
  const acme = (await file.agents.registerOrganization({ name: 'ACME' })).id
  const t = file.as(ada)
  const worker = (await t.agents.registerMl({ role: 'worker', provider: 'anthropic', model: 'claude-opus-4-6' })).id
  await t.agents.delegate(worker, ada)
  await t.agents.delegate(ada, acme)
  const epic = await t.tasks.create({ title: 'Accounts', type: 'epic' })
  const table = await t.tasks.create({ title: 'Add the user table', parent: epic.id })
  const login = await t.tasks.create({ title: 'Implement login', parent: epic.id, blockedBy: [table.id] })
  const docs = await t.tasks.create({ title: 'Write the docs', priority: 'critical', blockedBy: [login.id] })
  clock.set('2026-01-06T10:00:00.000Z')
  const w = file.as(worker)
  await w.tasks.update(table.id, { status: 'in_progress' })
  const first = await w.activities.start({ task: table.id, phase: 'worker_slices' })
  clock.set('2026-01-06T13:00:00.000Z')
  await w.activities.end(first.id, { failed: 'The <b>database</b> | was down' })
  await w.tasks.close(table.id, { outcome: 'failed', reason: 'no database' })
  clock.set('2026-01-20T10:00:00.000Z')
  await w.tasks.reopen(table.id)
  const second = await w.activities.start({ task: table.id })
  const commit = await w.artifacts.add({ iri: 'git:abc', generatedBy: second.id, attributedTo: worker })
  await w.activities.end(second.id, { generated: [commit.id] })
  await w.tasks.close(table.id)
  await t.tasks.hold(docs.id, { reason: 'not now' })
  return { file, t, ada, acme, worker, epic, table, login, docs, first }
}

describe('projectReport', () => {
  test('of an empty record is empty', async () => {
    const file = await open()
    const report = await projectReport(file)
    expect(report).toEqual({
      kind: 'project',
      head: { seq: 0, digest: '0'.repeat(64) },
      now: '2026-01-05T09:00:00.000Z',
      tasks: { open: 0, in_progress: 0, in_review: 0, blocked: 0, closed: 0 },
      ready: 0,
      throughput: [],
      timeInStatus: [],
      agents: [],
      claims: [],
      claimsTotal: 0,
      reviews: [],
      reviewsTotal: 0,
      overdue: [],
      overdueTotal: 0,
      waiting: [],
      waitingTotal: 0,
      criticalPath: [],
      failures: [],
      forced: [],
      gaps: [],
      gapsTotal: 0,
    })
    expect(projectMarkdown(report)).toContain('Nothing is recorded yet.')
  })

  test('tells week by week, who acted for whom, what waits, what failed', async () => {
    const { file, ada, acme, worker, login, docs, table, first, epic } = await project()
    const report = await projectReport(file)
    const none = { completed: 0, failed: 0, cancelled: 0 }
    expect(report.throughput).toEqual([
      { week: '2026-01-05', created: 4, closed: { ...none, failed: 1 }, reopened: 0 },
      { week: '2026-01-12', created: 0, closed: none, reopened: 0 },
      { week: '2026-01-19', created: 0, closed: { ...none, completed: 1 }, reopened: 1 },
    ])
    expect(report.agents.map(({ name, onBehalfOf }) => [name, ...onBehalfOf])).toEqual([
      ['claude-opus-4-6 (worker)', { agent: ada, name: 'Ada' }, { agent: acme, name: 'ACME' }],
      ['Ada', { agent: acme, name: 'ACME' }],
    ])
    expect(report.agents[0]).toMatchObject({ agent: worker, activities: 2, failedActivities: 1, artifactsMade: 1 })
    expect(report.waiting).toEqual([docs, epic].map(({ id, title }) => expect.objectContaining({ task: id, title })))
    expect(report.waiting[0]!.sentence).toBe((await file.tasks.explain(docs.id)).sentence)
    expect(report.failures).toEqual([
      {
        kind: 'task',
        id: table.id,
        name: 'Add the user table',
        at: '2026-01-06T13:00:01.000Z',
        agent: worker,
        agentName: 'claude-opus-4-6 (worker)',
        reason: 'no database',
      },
      {
        kind: 'activity',
        id: first.id,
        name: 'worker slices: Add the user table',
        at: '2026-01-06T13:00:00.000Z',
        agent: worker,
        agentName: 'claude-opus-4-6 (worker)',
        reason: 'The <b>database</b> | was down',
      },
    ])
    expect(report.criticalPath).toEqual([login, epic].map(({ id, title }) => ({ task: id, title })))
    expect(report.gapsTotal).toBe(report.gaps.length)
    expect(report.gaps.map(({ kind }) => kind)).toContain('model_without_version')
  })

  test('counts from a time on', async () => {
    const { file } = await project()
    const report = await projectReport(file, { since: '2026-01-06T12:00:00+01:00' })
    expect(report.since).toBe('2026-01-06T11:00:00.000Z')
    expect(report.throughput[0]).toMatchObject({ week: '2026-01-05', created: 0 })
    expect(report.timeInStatus.find(({ status }) => status === 'in_progress')).toMatchObject({
      stays: 1,
      totalMs: 2 * 3_600_000 + 1_000,
    })
    expect(report.agents.find(({ activities }) => activities > 0)).toMatchObject({ activeMs: 2 * 3_600_000 + 2_000 })
  })

  test('leaves out idle stretches of more than a year', async () => {
    const file = await open()
    for (const at of ['2020-01-01T00:00:00Z', '2021-01-01T00:00:00Z', '9999-12-31T23:59:59Z']) {
      await file.tasks.create({ title: at, at })
    }
    const { throughput } = await projectReport(file)
    expect(throughput).toHaveLength(54)
    expect(throughput.map(({ week }) => week).slice(-3)).toEqual(['2020-12-21', '2020-12-28', '9999-12-27'])
    expect(throughput[0]!.week).toBe('2019-12-30')
  })

  test('shows 50 of the tasks that wait, and counts all', async () => {
    const file = await open()
    const first = await file.tasks.create({ title: 'First' })
    for (let n = 0; n < 60; n++) await file.tasks.create({ title: `${n}`, blockedBy: [first.id] })
    const report = await projectReport(file)
    expect([report.waiting.length, report.waitingTotal]).toEqual([50, 60])
    expect(projectMarkdown(report)).toContain('50 of 60 shown.')
  })

  test('still counts what was erased', async () => {
    const { file } = await project()
    const before = await projectReport(file)
    for (let seq = before.head.seq; seq > 0; seq--) await file.log.redact(seq, { reason: 'no' })
    const after = await projectReport(file)
    expect(after.timeInStatus.map(({ status, stays }) => [status, stays])).toEqual(
      before.timeInStatus.map(({ status, stays }) => [status, stays]),
    )
    expect(after.throughput).toEqual(before.throughput)
    expect(after.failures.map(({ reason }) => reason)).toEqual(['[redacted]', '[redacted]'])
  })

  test('refuses what it does not understand', async () => {
    const file = await open()
    await expect(projectReport(file, { since: 'yesterday' })).rejects.toThrow('since')
    await expect(projectReport(file, { namespace: '' })).rejects.toThrow('namespace')
    await expect(projectReport(file, { until: 'now' } as never)).rejects.toThrow('until')
    await expect(file.transaction((t) => projectReport(t as never))).rejects.toThrow('openTracker')
  })
})

describe('a project report as Markdown', () => {
  test('reads as a document', async () => {
    const { file } = await project()
    expect(projectMarkdown(await projectReport(file), 'Accounts')).toMatchSnapshot()
  })

  test('escapes what comes from the record', async () => {
    const file = await open()
    const hostile = '<img src=x onerror=alert(1)> | [x](javascript:alert(1)) `code` **b** @everyone\n# h'
    const ada = await file.agents.registerHuman({ name: hostile })
    const task = await file.as(ada.id).tasks.create({ title: hostile })
    await file.as(ada.id).tasks.create({ title: hostile, blockedBy: [task.id] })
    await file.as(ada.id).tasks.close(task.id, { outcome: 'failed', reason: hostile })
    await file.as(ada.id).tasks.reopen(task.id)
    const judged = await file.as(ada.id).tasks.create({
      title: hostile,
      dueAt: '2026-01-01T00:00:00Z',
      contract: { criteria: [], completionPolicy: 'review' },
    })
    const { token } = await file.as(ada.id).claims.claim(judged.id)
    await file.as(ada.id).claims.complete(token, { outcome: 'done', summary: hostile })
    const rushed = await file
      .as(ada.id)
      .tasks.create({ title: hostile, contract: { criteria: [], completionPolicy: 'human' } })
    await file.as(ada.id).tasks.close(rushed.id, { force: true, reason: hostile })
    await file.as(ada.id).claims.claim((await file.as(ada.id).tasks.create({ title: hostile })).id)
    const markdown = projectMarkdown(await projectReport(file), hostile)
    expect(markdown).not.toMatch(/<|[^\\]\[x|[^\\]`|[^\\]\*|@everyone|\n# h/)
    for (const line of markdown.split('\n').filter((line) => line.startsWith('| '))) {
      expect([4, 5, 6, 8]).toContain(line.replaceAll('\\|', '').split('|').length - 2)
    }
  })

  test.each([
    ['plain in_review text, 3.5 - 4', 'plain in_review text, 3.5 - 4'],
    ['# a', '\\# a'],
    ['1. a', '1\\. a'],
    ['- a', '\\- a'],
    ['_a_ *b* ~c~ $d$ `e`', '\\_a\\_ \\*b\\* \\~c\\~ \\$d\\$ \\`e\\`'],
    ['&lt; & &#60;', '&amp;lt; & &amp;#\u206060;'],
    ['https://a.example/b_c www.d.example', 'https\\://a.example/b_c www\\.d.example'],
    ['a@b.c, @d', 'a@\u2060b.c, @\u2060d'],
    ['a\\|b\r\n\tc\u0000', 'a\\\\\\|b c'],
  ])('escapes %j', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped)
  })

  test('lines tables up', () => {
    expect(
      tableOf(
        ['Name', 'n'],
        [
          ['a', '1'],
          ['long name', '20'],
        ],
      ),
    ).toBe(['| Name      |   n |', '| --------- | --: |', '| a         |   1 |', '| long name |  20 |'].join('\n'))
  })
})

test.each([
  [0, '0 s'],
  [1, '1 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [5_400, '5 s'],
  [60_000, '1 min'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [3_605_000, '1 h'],
  [86_400_000 * 3 + 3_600_000 * 4 + 60_000, '3 d 4 h'],
  [86_400_000 * 400, '400 d'],
])('%d ms are told as %s', (ms, told) => {
  expect(durationOf(ms)).toBe(told)
})

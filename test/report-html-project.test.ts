import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ActivityId, AgentId, TaskId } from '../src/index.js'
import type { ProjectReport } from '../src/report/project/project-report.js'
import { closeBrowser, requireBrowser, withPage } from './browser.js'
import { HOSTILE } from './support/lineages.js'

// The page reads its scripts from where they were compiled to, so the compiled library is what is tested.
const { projectHtml } = (await import(
  new URL('../dist/report/html/project-html.js', import.meta.url).href
)) as typeof import('../src/report/html/project-html.js')

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const HOUR = 3_600_000

const EMPTY: ProjectReport = {
  kind: 'project',
  head: { seq: 0, digest: '0'.repeat(64) },
  now: '2026-04-09T13:44:10.000Z',
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
}

const texts = Object.values(HOSTILE)
const agent = 'test--01900000-0000-7000-8000-000000000001' as AgentId
const task = 'test--01900000-0000-7000-8000-000000000002' as TaskId
const activity = 'test--01900000-0000-7000-8000-000000000003' as ActivityId

/** A project with something in each section; every text of others is a hostile one. */
const FULL: ProjectReport = {
  ...EMPTY,
  namespace: 'https://github.com/acme/shop',
  since: '2026-01-01T00:00:00.000Z',
  asOf: '2026-04-09T13:44:10.000Z',
  head: { seq: 4_812, digest: '9f2c41d0aa7e31b6'.repeat(4) },
  tasks: { open: 1_818, in_progress: 5, in_review: 3, blocked: 2, closed: 81 },
  ready: 7,
  throughput: Array.from({ length: 70 }, (_, index) => ({
    week: new Date(Date.UTC(2025, 0, 6 + 7 * index)).toISOString().slice(0, 10),
    created: (index * 7) % 23,
    closed: { completed: (index * 5) % 17, failed: index % 4 === 1 ? 2 : 0, cancelled: index % 5 === 2 ? 1 : 0 },
    reopened: index % 6 === 3 ? 1 : 0,
  })),
  timeInStatus: [
    { status: 'open', stays: 109, medianMs: 50 * HOUR, longestMs: 700 * HOUR, totalMs: 9_000 * HOUR },
    { status: 'in_progress', stays: 96, medianMs: 5 * HOUR, longestMs: 90 * HOUR, totalMs: 700 * HOUR },
  ],
  agents: texts.map((name, index) => ({
    agent,
    name,
    onBehalfOf: index === 0 ? [] : [{ agent, name: texts[index - 1]! }],
    activities: 200 - index,
    failedActivities: index % 3,
    activeMs: index * HOUR,
    tasksCreated: index,
    tasksClosed: index,
    artifactsMade: index,
  })),
  claims: texts.map((text, index) => ({
    ...{ task, title: text, activity, agent, agentName: text, attempt: index + 1 },
    ...{ startedAt: '2026-04-09T13:00:00.000Z', expiresAt: '2026-04-09T13:45:00.000Z', expired: index % 2 === 0 },
  })),
  claimsTotal: 1_234,
  reviews: texts.map((text, index) => ({
    ...{ task, title: text, approvals: index, approvalsNeeded: 20 },
    ...(index % 2 === 0
      ? { policy: 'human' }
      : { policy: { quorum: 20 }, agent, agentName: text, submittedAt: '2026-04-09T13:00:00.000Z' }),
  })),
  reviewsTotal: texts.length,
  overdue: texts.map((text) => ({ task, title: text, dueAt: '2026-04-01T00:00:00.000Z', status: 'open' })),
  overdueTotal: 77,
  forced: texts.map((text, index) => ({
    ...{ task, title: text, at: '2026-03-03T10:00:00.000Z', agent, agentName: text, reason: text },
    ...(index % 2 === 0 ? { status: 'in_review' } : { status: 'closed', outcome: 'completed' }),
  })),
  waiting: texts.map((text) => ({ task, title: text, sentence: `Waits until "${text}" is closed.` })),
  waitingTotal: 1_400,
  criticalPath: texts.map((title) => ({ task, title })),
  failures: texts.map((text, index) => ({
    kind: index % 2 ? 'activity' : 'task',
    id: index % 2 ? activity : task,
    name: text,
    at: '2026-03-03T10:00:00.000Z',
    agent,
    agentName: text,
    reason: index % 3 ? text : '',
  })),
  gaps: texts.map((text) => ({ kind: 'activity_without_end', node: activity, sentence: `"${text}" has not ended.` })),
  gapsTotal: texts.length,
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'provtrail-html-'))
})
afterAll(async () => {
  await closeBrowser()
  rmSync(folder, { recursive: true, force: true })
})

async function onReport(
  report: ProjectReport,
  options: BrowserContextOptions,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const path = join(folder, 'report.html')
  writeFileSync(path, projectHtml(report))
  await withPage(pathToFileURL(path).href, options, async ({ page, requests, complaints }) => {
    await use(page)
    expect(requests).toEqual([])
    expect(complaints).toEqual([])
  })
}

test('says what the title is, or makes one of the namespace', () => {
  expect(projectHtml(FULL)).toContain('<title>Project report: https://github.com/acme/shop</title>')
  expect(projectHtml(EMPTY)).toContain('<title>Project report</title>')
  expect(projectHtml(EMPTY, { title: 'May & June' })).toContain('<h1>May &amp; June</h1>')
})

test('an empty record makes an honest report', () => {
  const text = projectHtml(EMPTY)
  for (const sentence of [
    'No task was created or closed.',
    'Nobody has claimed a task.',
    'Nothing waits for a review.',
    'No task is overdue.',
    'Nothing waits.',
    'Nothing is known to have failed.',
    'No status was changed by force.',
  ]) {
    expect(text).toContain(sentence)
  }
})

test('does not begin where the signal has gone off', () => {
  expect(() => projectHtml(FULL, { signal: AbortSignal.abort(new Error('enough')) })).toThrow('enough')
})

describe('in a browser', () => {
  beforeEach((context) => requireBrowser(context))

  test.each([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 390, height: 844 }, hasTouch: true }],
  ] as const)('fits its page, complains of nothing and is accessible: %s', async (_, options) => {
    await onReport(FULL, options, async (page) => {
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    })
    await onReport(FULL, { ...options, bypassCSP: true }, async (page) => {
      await page.addScriptTag({ path: AXE })
      const violations = `axe.run().then(({ violations }) => violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => id + ': ' + nodes.slice(0, 4).map(({ html }) => html.slice(0, 160)).join(' | ')))`
      expect(await page.evaluate(violations)).toEqual([])
    })
  })

  test('shows hostile texts as themselves, without scripts too', async () => {
    for (const javaScriptEnabled of [true, false]) {
      await onReport(FULL, { javaScriptEnabled }, async (page) => {
        expect(await page.locator('#critical-path li').allTextContents()).toEqual(texts)
        expect(await page.locator('#agents tbody th').allTextContents()).toEqual(texts)
        expect(await page.locator('#waiting h2 .count').textContent()).toBe(`${texts.length} of 1,400 tasks`)
        expect(await page.locator('main img, main script, main style, main iframe').count()).toBe(0)
        if (javaScriptEnabled) expect(await page.evaluate('window.__pwned')).toBeUndefined()
      })
    }
  })

  test('search filters what there is', async () => {
    await onReport(FULL, {}, async (page) => {
      await page.keyboard.press('/')
      await page.keyboard.type('VBScript')
      await expect
        .poll(() => page.locator('#status').textContent())
        .toMatch(/^\d+ of \d+ rows and \d+ of \d+ entries contain “VBScript”$/)
      expect(await page.locator('#waiting tbody tr:visible').count()).toBe(1)
      expect(await page.locator('#critical-path li:visible').count()).toBe(1)
      await page.keyboard.press('Escape')
      expect(await page.locator('#waiting tbody tr:visible').count()).toBe(texts.length)
    })
  })
})

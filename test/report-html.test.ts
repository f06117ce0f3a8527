import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { lineage } from '../src/index.js'
import type { Lineage } from '../src/report/lineage/lineage.js'
import { shorten } from '../src/report/text/shorten.js'
import { closeBrowser, requireBrowser, type WatchedPage, withPage } from './browser.js'
import {
  HOSTILE,
  hostileLineage,
  LineageBuilder,
  largeLineage,
  smallLineage,
  storyLineage,
} from './support/lineages.js'
import { open } from './support/trackers.js'

// The page reads its scripts from where they were compiled to, so the compiled library is what is tested.
const { lineageHtml } = (await import(
  new URL('../dist/report/html/lineage-html.js', import.meta.url).href
)) as typeof import('../src/report/html/lineage-html.js')

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true }

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'provtrail-html-'))
})
afterAll(async () => {
  await closeBrowser()
  rmSync(folder, { recursive: true, force: true })
})

const urls = new Map<string, Promise<string>>()

/** The address of a file with the page of a lineage, made once for each name. */
function fileOf(name: string, make: () => Lineage): Promise<string> {
  let url = urls.get(name)
  if (url === undefined) {
    url = lineageHtml(make()).then((text) => {
      const path = join(folder, `${name}.html`)
      writeFileSync(path, text)
      return pathToFileURL(path).href
    })
    urls.set(name, url)
  }
  return url
}

const story = () => fileOf('story', storyLineage)
const hostile = () => fileOf('hostile', hostileLineage)
const large = () => fileOf('large', () => largeLineage(2_000))

/** Opens the page of the story, and fails where it complains or asks for anything. */
async function onStory(options: BrowserContextOptions, use: (page: Page) => Promise<void>): Promise<void> {
  await quietly(await story(), options, use)
}

async function quietly(url: string, options: BrowserContextOptions, use: (page: Page) => Promise<void>): Promise<void> {
  await withPage(url, options, async ({ page, requests, complaints }: WatchedPage) => {
    await use(page)
    expect(requests).toEqual([])
    expect(complaints).toEqual([])
  })
}

/** The row of a table that names this node. */
function row(page: Page, label: string) {
  return page.locator('tbody tr', { has: page.locator('a.pick', { hasText: label }) }).first()
}

/** The shape in the picture whose title holds this text. */
function shape(page: Page, label: string) {
  return page.locator('.drawing .node', { hasText: label }).first()
}

const wholePicture = (page: Page) => page.locator('[data-zoom=fit]').click()

const details = (page: Page) => page.locator('#details')

describe('the document', () => {
  test('begins its head with a policy that allows exactly the style and the scripts that stand in it', async () => {
    const text = await lineageHtml(storyLineage())
    const policy =
      /^<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(
        text,
      )?.[1]
    const directives = new Map(policy!.split('; ').map((part) => [part.split(' ')[0], part.split(' ').slice(1)]))
    expect(directives.get('default-src')).toEqual(["'none'"])
    expect(directives.get('base-uri')).toEqual(["'none'"])
    expect(directives.get('form-action')).toEqual(["'none'"])
    const digests = (pattern: RegExp) =>
      [...text.matchAll(pattern)].map((match) => `'sha256-${createHash('sha256').update(match[1]!).digest('base64')}'`)
    expect(directives.get('script-src')).toEqual(digests(/<script(?: type="module")?>([\s\S]*?)<\/script>/g))
    expect(directives.get('style-src')).toEqual(digests(/<style>([\s\S]*?)<\/style>/g))
    expect(policy).not.toContain('unsafe')
  })

  test('is the same each time', async () => {
    expect(await lineageHtml(storyLineage())).toBe(await lineageHtml(storyLineage()))
  })

  test('takes a title of the caller’s own, and escapes it', async () => {
    const text = await lineageHtml(smallLineage(), { title: 'Audit of <b>May</b>' })
    expect(text).toContain('<title>Audit of &lt;b&gt;May&lt;/b&gt;</title>')
    expect(text).toContain('<h1>Audit of &lt;b&gt;May&lt;/b&gt;</h1>')
  })

  test('stops where the signal says so', async () => {
    await expect(lineageHtml(storyLineage(), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    )
  })
})

describe('in a browser', () => {
  beforeEach((context) => requireBrowser(context))

  test.each([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', PHONE],
  ] as const)('opens from disk, asks for nothing and complains of nothing: %s', async (_, options) => {
    await onStory(options, async (page) => {
      expect(await page.title()).toBe('Lineage of Let customers sign in with a passkey')
      await wholePicture(page)
      await shape(page, 'Proposal 2').click()
      await page.keyboard.press('/')
      await page.keyboard.type('ceremonies')
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    })
  })

  test('every attribute and element is one that the policy lets work', async () => {
    await quietly(await hostile(), {}, async (page) => {
      expect(await page.evaluate('document.querySelectorAll("[style]:not(.drawing)").length')).toBe(0)
      const handlers =
        '[...document.querySelectorAll("*")].flatMap((e) => e.getAttributeNames()).filter((n) => n.startsWith("on"))'
      expect(await page.evaluate(handlers)).toEqual([])
      const ids = '[...document.querySelectorAll("[id]")].map((e) => e.id)'
      const all = await page.evaluate<string[]>(ids)
      expect(new Set(all).size).toBe(all.length)
    })
  })

  test.each([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', PHONE],
    ['on a phone, dark', { ...PHONE, colorScheme: 'dark' }],
  ] as const)('has no serious or critical violation of accessibility: %s', async (_, options) => {
    await withPage(await story(), { ...options, bypassCSP: true, reducedMotion: 'reduce' }, async ({ page }) => {
      await page.addScriptTag({ path: AXE })
      expect(await violations(page)).toEqual([])
      await row(page, 'Registration and sign-in').locator('summary').click()
      await row(page, 'Registration and sign-in').locator('a.pick').click()
      await details(page).waitFor()
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.locator('#search').fill('ceremonies')
      await expect.poll(() => page.locator('#status').textContent()).toContain('contain')
      expect(await violations(page)).toEqual([])
    })
  })

  describe('selecting', () => {
    test('a shape in the picture shows its fields and neighbours, lights its ways and dims the rest', async () => {
      await onStory({}, async (page) => {
        await wholePicture(page)
        await shape(page, '9f2c41d').click()
        await expect.poll(() => details(page).locator('h2').textContent()).toBe('9f2c41d Add the credential table')
        const text = await details(page).innerText()
        expect(text).toContain('git:9f2c41d')
        expect(text).toMatch(/was generated by\s+Write the migration/)
        expect(text).toMatch(/was used by\s+Build the ceremonies, first try/)
        expect(await shape(page, '9f2c41d').getAttribute('aria-pressed')).toBe('true')
        expect(await shape(page, 'Write the migration').getAttribute('class')).toContain('lit')
        expect(await shape(page, '41ab77e').getAttribute('class')).toContain('lit')
        expect(await shape(page, 'Recovery for lost').getAttribute('class')).not.toContain('lit')
        expect(Number(await opacity(page, 'Recovery for lost'))).toBeLessThan(0.5)
        expect(Number(await opacity(page, 'Write the migration'))).toBe(1)
      })
    })

    test('a row does the same, and a neighbour in the panel is selected by a click', async () => {
      await onStory({}, async (page) => {
        await row(page, 'Run the tests').locator('td').first().click()
        expect(await details(page).locator('h2').textContent()).toBe('Run the tests')
        await details(page).locator('.neighbours a', { hasText: 'Log of run 8812' }).click()
        expect(await details(page).locator('h2').textContent()).toBe('Log of run 8812')
        expect(await row(page, 'Log of run 8812').getAttribute('class')).toContain('selected')
        await page.goBack()
        await expect.poll(() => details(page).locator('h2').textContent()).toBe('Run the tests')
      })
    })

    test('a bar of the timeline and an event in words do the same', async () => {
      await onStory({}, async (page) => {
        await page.locator('.bar', { hasText: 'Write the migration' }).click()
        expect(await details(page).locator('h2').textContent()).toBe('Write the migration')
        await page.locator('.story a', { hasText: 'created "Session cookie' }).click()
        expect(await details(page).locator('h2').textContent()).toBe('Session cookie survives sign-out')
      })
    })

    test('Escape and the button clear it, and the focus goes back to where it was', async () => {
      await onStory({}, async (page) => {
        await row(page, 'Run the tests').locator('a.pick').click()
        await page.keyboard.press('Escape')
        await details(page).waitFor({ state: 'hidden' })
        expect(await page.locator('.lit, .selected').count()).toBe(0)
        expect(new URL(page.url()).hash).toBe('')
        await row(page, 'Run the tests').locator('a.pick').click()
        await details(page).locator('button', { hasText: 'Close' }).click()
        await details(page).waitFor({ state: 'hidden' })
        expect(await page.evaluate('document.activeElement.textContent')).toBe('Run the tests')
      })
    })

    test('the address names the node, and survives a reload', async () => {
      await onStory({}, async (page) => {
        await wholePicture(page)
        await shape(page, 'Run the tests').click()
        const hash = new URL(page.url()).hash
        expect(hash).toMatch(/^#[0-9a-f]{8}-/)
        await page.reload()
        await expect.poll(() => details(page).locator('h2').textContent()).toBe('Run the tests')
        expect(new URL(page.url()).hash).toBe(hash)
      })
    })

    test('a path leads to the root, step by step', async () => {
      await onStory({}, async (page) => {
        await row(page, 'Log of run 8812').locator('a.pick').click()
        const path = await details(page).locator('.path li').allTextContents()
        expect(path[0]).toBe('Log of run 8812')
        expect(path.at(-1)).toBe('Let customers sign in with a passkey')
        // The request is no effect of the prompt: it is lit since the path turns round at the activity that used both.
        await row(page, 'Prompt of the request').locator('a.pick').click()
        expect(await details(page).locator('.path li').allTextContents()).toHaveLength(3)
        expect(await page.locator('.drawing .node.root').getAttribute('class')).toContain('lit')
      })
    })
  })

  test('the picture is moved in by keyboard: arrow keys to neighbours, Enter to select, + and 0 to zoom', async () => {
    await onStory({}, async (page) => {
      const focused = () => page.evaluate<string>('document.activeElement.querySelector("title").textContent')
      expect(await page.locator('.drawing [tabindex="0"]').count()).toBe(1)
      await page.locator('.drawing .node.root').focus()
      const first = await focused()
      for (const key of ['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight']) {
        await page.keyboard.press(key)
        if ((await focused()) !== first) break
      }
      const second = await focused()
      expect(second).not.toBe(first)
      await page.keyboard.press('Enter')
      expect(second).toContain(await details(page).locator('h2').textContent())
      const viewBox = () => page.locator('.drawing > svg').getAttribute('viewBox')
      const before = await viewBox()
      await page.keyboard.press('+')
      expect(await viewBox()).not.toBe(before)
      await page.keyboard.press('0')
      const whole = await viewBox()
      await page.locator('[data-zoom=in]').click()
      expect(await viewBox()).not.toBe(whole)
      await page.locator('[data-zoom=fit]').click()
      expect(await viewBox()).toBe(whole)
    })
  })

  test('the timeline is one stop of the Tab key, and arrow keys go along and across its lanes', async () => {
    await onStory({}, async (page) => {
      expect(await page.locator('.timeline a[tabindex="0"]').count()).toBe(1)
      const focused = () => page.evaluate<string>('document.activeElement.getAttribute("aria-label")')
      await page.locator('.bar', { hasText: 'Write the migration' }).focus()
      await page.keyboard.press('ArrowRight')
      expect(await focused()).toContain('Build the ceremonies, first try: failed')
      await page.keyboard.press('ArrowUp')
      expect(await focused()).toContain('Propose two designs')
      await page.keyboard.press('Enter')
      expect(await details(page).locator('h2').textContent()).toBe('Propose two designs')
    })
  })

  test('dragging moves the picture and selects nothing; the wheel zooms with Ctrl alone', async () => {
    await onStory({}, async (page) => {
      const viewBox = () => page.locator('.drawing > svg').getAttribute('viewBox')
      await page.locator('[data-zoom=in]').click()
      const before = await viewBox()
      const { x, y, width, height } = (await page.locator('.drawing .node.root').boundingBox())!
      await page.mouse.move(x + width / 2, y + height / 2)
      await page.mouse.down()
      await page.mouse.move(x + width / 2 + 60, y + height / 2 + 40, { steps: 4 })
      await page.mouse.up()
      const dragged = await viewBox()
      expect(dragged).not.toBe(before)
      expect(await details(page).isVisible()).toBe(false)
      await page.mouse.wheel(0, -200)
      expect(await viewBox()).toBe(dragged)
      await page.locator('.drawing').scrollIntoViewIfNeeded()
      await page.keyboard.down('Control')
      await page.locator('.drawing').hover()
      await page.mouse.wheel(0, -200)
      await page.keyboard.up('Control')
      await expect.poll(viewBox).not.toBe(dragged)
    })
  })

  test('search filters rows and entries, lights hits in the picture, and says how many there are', async () => {
    await onStory({}, async (page) => {
      const rows = page.locator('main tbody tr:visible')
      const all = await rows.count()
      await page.keyboard.press('/')
      await page.keyboard.type('CREDENTIAL table')
      const status = page.locator('#status')
      await expect
        .poll(() => status.textContent())
        .toMatch(/^\d+ of \d+ rows and \d+ of \d+ entries contain “CREDENTIAL table”$/)
      const shown = await rows.count()
      expect(shown).toBeGreaterThan(0)
      expect(shown).toBeLessThan(all)
      expect(await status.textContent()).toContain(`${shown} of ${all} rows`)
      expect(await page.locator('.drawing .node.hit').count()).toBeGreaterThan(0)
      expect(await page.locator('#tasks h2 .count').textContent()).toMatch(/^\d of 5 tasks$/)
      await page.keyboard.press('Escape')
      expect(await rows.count()).toBe(all)
      expect(await status.textContent()).toBe('')
      await page.locator('#search').fill('nothing is called that')
      await expect.poll(() => status.textContent()).toContain('0 of')
      expect(await rows.count()).toBe(0)
    })
  })

  test('the switch changes the theme, and the page remembers it', async () => {
    await onStory({ colorScheme: 'light' }, async (page) => {
      const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
      const light = await background()
      const button = page.locator('#theme')
      await button.click()
      expect(await button.textContent()).toBe('Theme: light')
      await button.click()
      expect(await button.textContent()).toBe('Theme: dark')
      const dark = await background()
      expect(dark).not.toBe(light)
      await page.reload()
      expect(await background()).toBe(dark)
    })
  })

  test('follows the theme of the system', async () => {
    const backgroundIn = async (colorScheme: 'light' | 'dark') => {
      let background = ''
      await onStory({ colorScheme }, async (page) => {
        background = await page.evaluate('getComputedStyle(document.body).backgroundColor')
      })
      return background
    }
    expect(await backgroundIn('light')).not.toBe(await backgroundIn('dark'))
  })

  test('without scripts everything is there', async () => {
    await quietly(await story(), { javaScriptEnabled: false }, async (page) => {
      const lineage = storyLineage()
      const text = (await page.locator('main').textContent())!
      for (const node of lineage.nodes) expect(text).toContain(node.label)
      for (const { sentence } of lineage.timeline) expect(text).toContain(sentence)
      for (const { sentence } of lineage.gaps) expect(text).toContain(sentence)
      expect(text).toContain('Passwords are the first cause of tickets.')
      expect(await page.locator('.drawing .node').count()).toBeGreaterThan(10)
      for (const { source, target } of lineage.relations) {
        const [from, to] = [source, target].map((id) => id.split('--').at(-1))
        expect(await page.locator(`tr[id="${from}"] a[href="#${to}"]`).count()).toBeGreaterThan(0)
      }
      expect(await page.locator('#search').isVisible()).toBe(false)
      expect(await page.locator('#theme').isVisible()).toBe(false)
      const first = page.locator('details:not([open]) > summary').first()
      await first.click()
    })
  })

  test('a lineage of a record is shown with what the record says', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const bot = await tracker.agents.registerMl({ role: 'worker', provider: 'anthropic', model: 'claude-opus-4-6' })
    await tracker.agents.delegate(bot.id, ada.id)
    const task = await tracker.as(ada.id).tasks.create({ title: 'Add the user table', description: 'With an index.' })
    const work = await tracker.as(bot.id).activities.start({ task: task.id, notes: 'Write the migration' })
    await tracker.as(bot.id).artifacts.add({ iri: 'https://example.org/1', label: 'Migration', generatedBy: work.id })
    await tracker.as(bot.id).activities.end(work.id, { failed: 'No room left on the disk' })
    const whole = await lineage(tracker, 'https://example.org/1')
    const url = await fileOf('record', () => whole)
    await quietly(url, {}, async (page) => {
      await row(page, 'Migration').locator('a.pick').click()
      expect(await details(page).innerText()).toMatch(/was generated by\s+/)
      const text = (await page.locator('main').textContent())!
      for (const { sentence } of whole.timeline) expect(text).toContain(sentence)
      for (const { label } of whole.nodes) expect(text).toContain(label)
      for (const expected of ['With an index.', 'No room left on the disk']) expect(text).toContain(expected)
      await page.keyboard.press('Escape')
      await details(page).waitFor({ state: 'hidden' })
      await row(page, 'Add the user table').locator('a.pick').click()
      expect(await details(page).innerText()).toMatch(/was the plan of\s+/)
    })
  })

  test('prints', async () => {
    await onStory({ colorScheme: 'dark' }, async (page) => {
      const pdf = await page.pdf({ format: 'A4', printBackground: true })
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
      expect(pdf.length).toBeGreaterThan(20_000)
      await page.locator('[data-zoom=in]').click()
      const { viewBox, width } = await page.evaluate<{ viewBox: string; width: string }>(`(() => {
        dispatchEvent(new Event('beforeprint'))
        const svg = document.querySelector('.drawing > svg')
        return { viewBox: svg.getAttribute('viewBox'), width: svg.getAttribute('width') }
      })()`)
      expect(viewBox.split(' ')[2]).toBe(width)
      expect(await page.locator('details:not([open])').count()).toBe(0)
      await page.emulateMedia({ media: 'print' })
      expect(await page.locator('.bar-sticky').isVisible()).toBe(false)
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)')
    })
  })

  describe('hostile texts', () => {
    test('are shown as themselves and run nothing', async () => {
      await quietly(await hostile(), {}, async (page) => {
        const titles = await page.locator('#tasks a.pick').allTextContents()
        // A parser of HTML knows one kind of newline, and what is no character at all cannot be shown.
        expect(new Set(titles)).toEqual(new Set(Object.values(HOSTILE)))
        for (const pick of await page.locator('#tasks a.pick').all()) {
          await pick.click()
          await pick.hover()
        }
        expect(await page.evaluate('Object.keys(window).filter((name) => name.includes("pwned"))')).toEqual([])
        expect(await page.evaluate('window.__pwned')).toBeUndefined()
        expect(await page.locator('main img, main iframe, main object, main script, main style').count()).toBe(0)
        expect(await page.locator('body').isVisible()).toBe(true)
      })
    })

    test('that turn the direction turn nothing, and are seen', async () => {
      await quietly(await hostile(), {}, async (page) => {
        const pick = page.locator('#tasks a.pick', { hasText: 'invoice' })
        expect(await pick.textContent()).toBe(HOSTILE.direction)
        const codes = `getComputedStyle([...document.querySelectorAll('#tasks a.pick .turn')][0], '::before').content`
        expect(await page.evaluate(codes)).toBe('"U+202E"')
        const leftOf = (part: string) =>
          pick.locator('bdi', { hasText: part }).evaluate((e) => e.getBoundingClientRect().x)
        expect(await leftOf('invoice')).toBeLessThan(await leftOf('gnp.exe'))
      })
    })

    test('make no link but by http, https and mailto, and that one passes nothing on', async () => {
      const builder = new LineageBuilder()
      const ada = builder.person('Ada')
      const task = builder.task('Links', ada)
      const addresses = [
        'https://example.org/a?b=c&d="e"',
        'HTTP://EXAMPLE.org/',
        'mailto:ada@example.org',
        'javascript:alert(1)',
        'JaVaScRiPt:alert(1)',
        ' javascript:alert(1)',
        'java\tscript:alert(1)',
        '\u0001javascript:alert(1)',
        'data:text/html,<script>alert(1)</script>',
        'vbscript:x',
        'file:///etc/passwd',
        'blob:https://example.org/1',
        '//example.org/relative',
        '#tasks',
        'git:9f2c',
      ]
      for (const iri of addresses) builder.relate(builder.artifact(iri), 'derived_from', task)
      const url = await fileOf('links', () => builder.build(task))
      await quietly(url, {}, async (page) => {
        const hrefs = await page.evaluate<[string, string][]>(
          '[...document.querySelectorAll("a")].map((a) => [String(a.getAttribute("href")), a.rel]).filter(([href]) => !/^#/.test(href))',
        )
        expect(hrefs).toEqual([
          ['https://example.org/a?b=c&d="e"', 'noopener noreferrer nofollow'],
          ['HTTP://EXAMPLE.org/', 'noopener noreferrer nofollow'],
          ['mailto:ada@example.org', 'noopener noreferrer nofollow'],
        ])
      })
    })

    test('within the data of the scripts end nothing', () => {
      return fileOf('hostile', hostileLineage).then((url) => {
        const text = readFileSync(new URL(url), 'utf8')
        const data = /<script type="application\/json" id="data">([\s\S]*?)<\/script>/.exec(text)?.[1]
        expect(data).not.toMatch(/[<>&\u2028\u2029]/)
        const labels = (JSON.parse(data!) as { nodes: { label: string }[] }).nodes.map(({ label }) => label)
        for (const hostileText of Object.values(HOSTILE)) expect(labels).toContain(shorten(hostileText, 120))
      })
    })
  })

  test('2,000 nodes stay usable', async () => {
    await quietly(await large(), {}, async (page) => {
      expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(100_000)
      const label = 'Slice 200: '
      const took = await page.evaluate<number>(`(() => {
        const row = [...document.querySelectorAll('a.pick')].find((a) => a.textContent.startsWith('${label}'))
        const begun = performance.now()
        row.click()
        document.body.offsetHeight
        return performance.now() - begun
      })()`)
      expect(await details(page).locator('h2').textContent()).toContain(label)
      expect(took).toBeLessThan(2_000)
      await page.locator('#search').fill('slice 77')
      await expect.poll(() => page.locator('#status').textContent()).toContain('rows')
      expect(await page.locator('#tasks tbody tr:not([hidden])').count()).toBeLessThan(100)
    })
  })
})

async function violations(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ': ' + nodes.slice(0, 4).map(({ html, failureSummary }) => html.slice(0, 160) + ' ' + failureSummary).join(' | ')))`)
}

async function opacity(page: Page, label: string): Promise<string> {
  await page.waitForTimeout(250)
  return page.evaluate<string>(
    `getComputedStyle([...document.querySelectorAll('.drawing .node')].find((e) => e.textContent.includes('${label}'))).opacity`,
  )
}

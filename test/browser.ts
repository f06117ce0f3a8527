import { accessSync, constants } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { TestContext } from 'vitest'

const CHROMIUM = process.env.PROVTRAIL_CHROMIUM ?? '/usr/bin/chromium'

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
]

/** Skips the test where there is no Chromium, unless PROVTRAIL_TOOLS_REQUIRED=1. */
export function requireBrowser(context: TestContext): void {
  try {
    accessSync(CHROMIUM, constants.X_OK)
  } catch {
    const message = `${CHROMIUM} not found; on Debian: apt-get install chromium; elsewhere say PROVTRAIL_CHROMIUM=/path/to/it`
    if (process.env.PROVTRAIL_TOOLS_REQUIRED === '1') throw new Error(message)
    console.warn(`skipped, as ${message}`)
    context.skip(message)
  }
}

let browser: Promise<Browser> | undefined

/** The browser of this test file, with an empty profile in a temporary folder that goes with it. */
function launchBrowser(): Promise<Browser> {
  browser ??= chromium.launch({ executablePath: CHROMIUM, headless: true, args: QUIET })
  return browser
}

/** Ends the browser, if one was launched; for `afterAll`. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
  browser = undefined
}

/** A page and everything that it did which a self-contained document does not do. */
export interface WatchedPage {
  readonly page: Page
  /** Addresses that it asked for, the document itself aside. */
  readonly requests: string[]
  /** Errors and warnings on the console, uncaught errors, dialogs and violations of the Content-Security-Policy. */
  readonly complaints: string[]
}

/** Opens an address, such as `file:///…/report.html`, in a context of its own, and closes that when `use` is done. */
export async function withPage<Result>(
  url: string,
  options: BrowserContextOptions,
  use: (watched: WatchedPage) => Promise<Result>,
): Promise<Result> {
  const context = await (await launchBrowser()).newContext(options)
  try {
    const page = await context.newPage()
    const requests: string[] = []
    const complaints: string[] = []
    const document = url.replace(/#.*$/s, '')
    page.on('request', (request) => {
      if (request.url().replace(/#.*$/s, '') !== document) requests.push(request.url())
    })
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`)
    })
    page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`))
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    await page.goto(url)
    return await use({ page, requests, complaints })
  } finally {
    await context.close()
  }
}

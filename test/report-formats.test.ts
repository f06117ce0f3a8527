import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { InvalidInputError } from '../src/errors.js'
import type { Lineage } from '../src/report/lineage/lineage.js'
import type { ProjectReport } from '../src/report/project/project-report.js'
import { renderReport } from '../src/report/render-report.js'
import { shorten } from '../src/report/text/shorten.js'
import { unturned } from '../src/text/unturned.js'
import { closeBrowser, requireBrowser, withPage } from './browser.js'
import {
  HOSTILE,
  hostileLineage,
  LineageBuilder,
  largeLineage,
  smallLineage,
  storyLineage,
} from './support/lineages.js'
import { requireTools } from './turtle-tools.js'

afterAll(closeBrowser)

/** What would be syntax somewhere: of Mermaid, DOT, Markdown, HTML, or of the escapes themselves. */
const TROUBLE = [
  ...Object.values(HOSTILE),
  'a "quoted" title',
  'ends in a backslash \\',
  '\\N \\G \\L \\n \\" \\\\',
  '&quot; &#35; #quot; #35;',
  'style x: #lt; and classDef y:#fff;',
  'ﬂ°°35¶ß Straße',
  '1. one',
  '- a dash',
  '`markdown` **bold** _it_ ~~no~~',
  '`whole`',
  '%% comment',
  'subgraph end click linkStyle default',
  '| a | b |',
  '$$x^2$$',
  '[link](javascript:alert(1))',
  '🤖👩‍👩‍👧 家族 عربى',
  '---',
  '```',
  '#',
  ';',
]
const hostileText = fc.oneof(
  fc.constantFrom(...TROUBLE),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc
    .array(fc.constantFrom(...'"\\#;&<>[](){}|`*_%:-=~/@$\'\n\t', 'end ', 'n', '1'), { minLength: 1, maxLength: 20 })
    .map((parts) => parts.join('')),
)

/** A lineage in which each of these texts is the title of a task. */
function lineageOf(texts: readonly string[]): Lineage {
  const story = new LineageBuilder()
  const agent = story.person('Ada')
  const root = story.task('The root', agent)
  let before = root
  for (const text of texts) {
    const task = story.task(text, agent)
    // Each after another, so that none are alike and drawn as one.
    story.relate(task, 'derived_from', before)
    before = task
  }
  return story.build(root)
}

/** Texts as they are compared: white space aside, which is broken into lines anew. */
function bare(text: string): string {
  return text.replace(/[\s\p{Cc}\u200B]+/gu, '').replace(/\p{Surrogate}/gu, '\uFFFD')
}

describe('dot', () => {
  interface Drawn {
    readonly objects: readonly { readonly name: string; readonly _ldraw_: readonly { op: string; text?: string }[] }[]
    readonly edges?: readonly unknown[]
  }
  function draw(text: string): Drawn {
    return JSON.parse(
      execFileSync('dot', ['-Tjson'], { input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] }),
    )
  }
  function labelsOf(drawn: Drawn): string[] {
    return drawn.objects.map(({ _ldraw_ }) => _ldraw_.flatMap(({ op, text }) => (op === 'T' ? [text!] : [])).join(''))
  }

  it('is taken by dot, with every label as it is in the record', async (context) => {
    requireTools(context, 'dot')
    await fc.assert(
      fc.asyncProperty(fc.array(hostileText, { minLength: 1, maxLength: 12 }), async (texts) => {
        const lineage = lineageOf(texts)
        const drawn = draw(await renderReport(lineage, { format: 'dot' }))
        const notes: Readonly<Record<string, string>> = { task: 'open', agent: 'person' }
        expect(labelsOf(drawn).map(bare)).toEqual(lineage.nodes.map(({ label, kind }) => bare(label + notes[kind])))
      }),
      { numRuns: 40 },
    )
  })

  it('holds every node under its id, and every relation', async (context) => {
    requireTools(context, 'dot')
    const lineage = storyLineage()
    const drawn = draw(await renderReport(lineage, { format: 'dot' }))
    expect(drawn.objects.map(({ name }) => name)).toEqual(lineage.nodes.map(({ id }) => id))
    expect(drawn.edges).toHaveLength(lineage.relations.length)
  })

  it('names nodes by ids with quotes and backslashes', async (context) => {
    requireTools(context, 'dot')
    const namespace = '\\a\\\\b"c\\\\"d\\'
    const lineage = JSON.parse(
      JSON.stringify(smallLineage()).replaceAll('"test--', `${JSON.stringify(namespace).slice(0, -1)}--`),
    )
    const drawn = draw(await renderReport(lineage, { format: 'dot' }))
    expect(drawn.objects.map(({ name }) => name)).toEqual(lineage.nodes.map(({ id }: { id: string }) => id))
    expect(lineage.root.startsWith(namespace)).toBe(true)
  })
})

describe('mermaid', () => {
  /** The text in each shape and on each arrow, as Mermaid shows them in a browser; or how it complains. */
  async function shown(
    documents: readonly string[],
  ): Promise<{ labels: string[][]; harm: unknown; complaints: string[] }> {
    return withPage('data:text/html,<!doctype html>', {}, async ({ page, complaints }) => {
      await page.addScriptTag({ path: createRequire(import.meta.url).resolve('mermaid/dist/mermaid.min.js') })
      const found = await page.evaluate(async (texts) => {
        // biome-ignore lint/suspicious/noExplicitAny: this runs in the browser, where Mermaid is a global.
        const window = globalThis as any
        window.mermaid.initialize({ startOnLoad: false })
        const labels: string[][] = []
        for (const [index, text] of texts.entries()) {
          const { svg } = await window.mermaid.render(`picture${index}`, text)
          const host = window.document.createElement('div')
          host.innerHTML = svg
          window.document.body.append(host)
          // biome-ignore lint/suspicious/noExplicitAny: an element of the browser's.
          labels.push(Array.from(host.querySelectorAll('.node'), (node: any) => node.textContent))
          host.remove()
        }
        return { labels, harm: Object.keys(window).filter((name) => name.startsWith('__pwned')) }
      }, documents)
      return { ...found, complaints }
    })
  }

  it('is taken by mermaid, with every label as it is in the record', async (context) => {
    requireBrowser(context)
    const lists = [
      TROUBLE,
      ...fc.sample(fc.array(hostileText, { minLength: 1, maxLength: 12 }), { numRuns: 25, seed: 7 }),
    ]
    const lineages = lists.map(lineageOf)
    const documents = await Promise.all(lineages.map((lineage) => renderReport(lineage, { format: 'mermaid' })))
    const { labels, harm, complaints } = await shown(documents)
    expect(harm).toEqual([])
    expect(complaints).toEqual([])
    const notes: Readonly<Record<string, string>> = { task: 'open', agent: 'person' }
    for (const [index, lineage] of lineages.entries()) {
      const expected = lineage.nodes.map(({ label, kind }) => bare(unturned(shorten(label, 80))) + notes[kind])
      expect(labels[index]!.map(bare).sort()).toEqual(expected.sort())
    }
  })

  it('stays within what mermaid takes, and says what it leaves out', async (context) => {
    const text = await renderReport(largeLineage(2_000), { format: 'mermaid' })
    expect(text.length).toBeLessThan(50_000)
    expect(text.match(/-->|-\.->/g)!.length).toBeLessThanOrEqual(500)
    expect(text).toMatch(/cuts\["[^\n]*left out of the picture/)
    requireBrowser(context)
    const { labels } = await shown([text])
    expect(labels[0]!.at(-1)).toContain('left out of the picture')
  })
})

describe('json', () => {
  it('is the report', async () => {
    const lineage = hostileLineage()
    expect(JSON.parse(await renderReport(lineage, { format: 'json' }))).toEqual(lineage)
  })
})

describe('markdown', () => {
  it('says what there is, section by section', async () => {
    const text = await renderReport(storyLineage(), { format: 'markdown', title: 'Passkeys | *done*' })
    expect(text).toMatch(/^# Passkeys \\\| \\\*done\\\*\n\nThe task \*\*Let customers sign in with a passkey\*\*\. /)
    expect(text.match(/^## .*/gm)).toEqual([
      '## Picture',
      '## What to look into',
      '## Tasks',
      '## Artifacts',
      '## Activities',
      '## Agents',
      '## Comments',
      '## Relations',
      '## Timeline',
    ])
    expect(text).toContain('```mermaid\n')
    expect(text).toContain('](<https://github.com/acme/shop/commit/41ab77e>)')
    expect(text).not.toContain('undefined')
  })

  it('has no picture of what would be too small to read, and says what is not there', async () => {
    const text = await renderReport(largeLineage(700), { format: 'markdown' })
    expect(text).not.toContain('```')
    expect(text).toContain('## What is left out\n\n- 1,234 relations of 1 node were not followed')
    expect(text).toMatch(/\n\d+ more are not listed\.\n/)
  })

  it('makes links of http and https alone, and tables that hold together', async () => {
    const story = new LineageBuilder()
    const root = story.artifact('javascript:alert(1)', { label: '[a](javascript:alert(1))' })
    for (const iri of ['data:text/html,x', 'VBScript:x', 'mailto:a@b.example', 'https://e.example/a|b>c`d?q=(1)#f']) {
      story.relate(story.artifact(iri), 'derived_from', root)
    }
    const text = await renderReport(story.build(root), { format: 'markdown' })
    const targets = [...text.matchAll(/\]\(<([^>]*)>\)/g)].map(([, target]) => target)
    expect(targets).toEqual(['https://e.example/a%7Cb%3Ec%60d?q=(1)#f'])
    expect(text).not.toMatch(/(?<!\\)\]\((?!<)/)
    for (const line of text.split('\n').filter((row) => row.startsWith('|'))) {
      expect(line.match(/(?<!\\)\|/g)!.length).toBeLessThanOrEqual(6)
    }
  })
})

describe('renderReport', () => {
  const lineage = smallLineage()
  const project: ProjectReport = {
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

  it.each([
    [
      'an unknown format',
      lineage,
      { format: 'pdf' },
      'format: expected one of markdown, html, svg, mermaid, dot, json',
    ],
    ['no format', lineage, {}, 'format'],
    ['no options', lineage, undefined, 'expected'],
    ['a format that a project report has not', project, { format: 'svg' }, 'expected one of markdown, html, json'],
    ['an unknown option', lineage, { format: 'dot', depth: 3 }, 'depth: unknown field'],
    ['a title that is none', lineage, { format: 'dot', title: ' ' }, 'title: must not be blank'],
    ['a signal that is none', lineage, { format: 'dot', signal: {} }, 'signal: expected an AbortSignal'],
    ['a callback that is none', lineage, { format: 'dot', onProgress: 1 }, 'onProgress: expected a function'],
    ['something else than a report', { nodes: [] }, { format: 'dot' }, 'report: expected what lineage()'],
    ['no report', undefined, { format: 'dot' }, 'report: expected what lineage()'],
  ])('refuses %s', async (_name, report, options, message) => {
    const rendering = renderReport(report as Lineage, options as { format: 'dot' })
    await expect(rendering).rejects.toThrow(InvalidInputError)
    await expect(rendering).rejects.toThrow(message)
  })

  it.each(['markdown', 'mermaid', 'dot', 'json'] as const)(
    'renders nothing as %s once it is aborted',
    async (format) => {
      const reason = new Error('enough')
      await expect(renderReport(lineage, { format, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    },
  )

  it('renders a project report', async () => {
    expect(await renderReport(project, { format: 'markdown' })).toMatch(/^# /)
    expect(JSON.parse(await renderReport(project, { format: 'json' }))).toEqual(project)
  })
})

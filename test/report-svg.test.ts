import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
// The thread that lays out is compiled, so the package is tested, not its source.
import { renderReport as renderInPackage } from 'provtrail'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Lineage } from '../src/report/lineage/lineage.js'
import { pictureOf } from '../src/report/picture/picture-of.js'
import type { renderReport as RenderReport } from '../src/report/render-report.js'
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

afterAll(closeBrowser)

// Ids of the source and of the package are the same texts of different brands.
const renderReport = renderInPackage as unknown as typeof RenderReport
const run = promisify(execFile)

interface Seen {
  readonly error: string | undefined
  readonly names: string[]
  readonly attributes: string[]
  readonly titles: string[]
  readonly edges: number
  /** Shapes whose text stands out of them, and pairs that lie over one another. */
  readonly overflowing: string[]
  readonly overlapping: string[]
  readonly texts: string[]
}

/** What a browser makes of SVG documents: its parser of XML is strict. */
async function seen(documents: readonly string[]): Promise<Seen[]> {
  return withPage(
    'data:text/html,<!doctype html><meta charset="utf-8">',
    {},
    async ({ page, complaints, requests }) => {
      const results = await page.evaluate((texts) => {
        // biome-ignore lint/suspicious/noExplicitAny: this runs in the browser, whose types are not at hand here.
        const window = globalThis as any
        return texts.map((text) => {
          const parsed = new window.DOMParser().parseFromString(text, 'image/svg+xml')
          const error = parsed.querySelector('parsererror')?.textContent
          // biome-ignore lint/suspicious/noExplicitAny: elements of the browser's.
          const all = (selector: string, root = parsed): any[] => Array.from(root.querySelectorAll(selector))
          const svg = window.document.importNode(parsed.documentElement, true)
          window.document.body.replaceChildren(svg)
          const boxes = all('.node', svg).map((node) => {
            const shape = all('ellipse, rect, path', node).at(-1)
            return {
              name: node.dataset.key,
              box: shape.getBBox(),
              texts: all('text', node).map((line) => line.getBBox()),
            }
          })
          return {
            error,
            names: [...new Set(all('*').map(({ localName }) => localName))].sort(),
            attributes: [...new Set(all('*').flatMap((element) => element.getAttributeNames()))].sort() as string[],
            titles: all('.node > title').map(({ textContent }) => textContent),
            edges: all('.edge[data-source]').length,
            overflowing: boxes
              .filter(({ box, texts: lines }) =>
                lines.some(
                  (line) =>
                    line.x < box.x ||
                    line.x + line.width > box.x + box.width ||
                    line.y < box.y - 1 ||
                    line.y + line.height > box.y + box.height + 1,
                ),
              )
              .map(({ name }) => name),
            overlapping: boxes.flatMap(({ name, box }, index) =>
              boxes
                .slice(0, index)
                .filter(
                  (other) =>
                    box.x < other.box.x + other.box.width &&
                    other.box.x < box.x + box.width &&
                    box.y < other.box.y + other.box.height &&
                    other.box.y < box.y + box.height,
                )
                .map((other) => `${name} ${other.name}`),
            ),
            texts: all('.heading, .cut').map(({ textContent }) => textContent),
          }
        })
      }, documents)
      expect(complaints).toEqual([])
      expect(requests).toEqual([])
      return results
    },
  )
}

const ELEMENTS = ['desc', 'ellipse', 'g', 'path', 'rect', 'style', 'svg', 'text', 'title']

describe('svg', () => {
  it('is well-formed, holds all texts as text, and draws every node and relation', async (context) => {
    requireBrowser(context)
    const lineages = [smallLineage(), storyLineage(), hostileLineage()]
    const results = await seen(await Promise.all(lineages.map((lineage) => renderReport(lineage, { format: 'svg' }))))
    for (const [index, result] of results.entries()) {
      const { nodes, relations } = lineages[index]!
      expect(result.error).toBeUndefined()
      expect(ELEMENTS).toEqual(expect.arrayContaining(result.names))
      expect(result.attributes.filter((name) => /^on|href|style/i.test(name))).toEqual([])
      expect(result.titles).toHaveLength(nodes.length)
      for (const [number, { label }] of nodes.entries()) {
        expect(result.titles[number]).toContain(unturned(label).replace(/\s+/g, ' ').trim().slice(0, 60))
      }
      // Of more than 100 shapes, arrows to agents that have to do with nearly everything are left out.
      const { edges, cuts } = pictureOf(lineages[index]!)
      expect(result.edges).toBe(edges.length)
      expect(edges.length === relations.length).toBe(nodes.length <= 100)
      expect(cuts.length > 0).toBe(nodes.length > 100)
      expect(result.overflowing).toEqual([])
      expect(result.overlapping).toEqual([])
    }
  })

  it('is well-formed whatever the texts are', async (context) => {
    requireBrowser(context)
    const text = fc.oneof(
      fc.constantFrom(...Object.values(HOSTILE)),
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom(
        ']]>',
        '&#0;',
        '\u0000\u0001\u001F\uFFFE',
        '\uD800',
        '<!--',
        '<?xml ?>',
        '家族'.repeat(60),
        '👩‍👩‍👧'.repeat(40),
      ),
    )
    const documents: string[] = []
    for (const texts of fc.sample(fc.array(text, { minLength: 1, maxLength: 8 }), { numRuns: 12, seed: 3 })) {
      const story = new LineageBuilder()
      const root = story.task(texts[0]!, story.person(texts.at(-1)!))
      for (const label of texts) story.relate(story.artifact(label, { kind: label, label }), 'derived_from', root)
      documents.push(
        await renderReport(story.build(root), {
          format: 'svg',
          title: texts[0]!.trim() && !/[\0\p{Surrogate}]/u.test(texts[0]!) ? texts[0]! : 'x',
        }),
      )
    }
    for (const { error, names } of await seen(documents)) {
      expect(error).toBeUndefined()
      expect(ELEMENTS).toEqual(expect.arrayContaining(names))
    }
  })

  it('stays usable with 2,000 nodes, and says what it leaves out', async (context) => {
    const document = await renderReport(largeLineage(2_000), { format: 'svg' })
    requireBrowser(context)
    const [result] = await seen([document])
    expect(result!.titles.length).toBeLessThanOrEqual(300)
    expect(result!.texts.join(' ')).toContain('are left out of the picture')
    expect(result!.overflowing).toEqual([])
    expect(result!.overlapping).toEqual([])
  })

  it('is the same for the same lineage', async () => {
    expect(await renderReport(storyLineage(), { format: 'svg' })).toBe(
      await renderReport(storyLineage(), { format: 'svg' }),
    )
  })

  it('draws cycles, which foreign records may have', async () => {
    const story = new LineageBuilder()
    const [a, b] = [story.artifact('urn:a'), story.artifact('urn:b')]
    story.relate(a, 'derived_from', b).relate(b, 'derived_from', a)
    expect((await renderReport(story.build(a), { format: 'svg' })).match(/data-source/g)).toHaveLength(2)
  })

  it('turns no text round', async () => {
    const document = await renderReport(hostileLineage(), { format: 'svg' })
    expect(document).toContain('invoice_\uFFFDgnp.exe')
    expect(document).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/)
  })

  it.each(['svg', 'html'] as const)('tells of its progress as %s', async (format) => {
    const told: string[] = []
    await renderReport(smallLineage(), {
      format,
      onProgress: ({ phase, done, total }) => void told.push(`${phase} ${done}/${total}`),
    })
    expect(told).toEqual(['layout 0/1', 'layout 1/1', 'draw 0/1', 'draw 1/1'])
  })

  it('ends with what its callback throws', async () => {
    const error = new Error('enough')
    const onProgress = () => {
      throw error
    }
    await expect(renderReport(smallLineage(), { format: 'svg', onProgress })).rejects.toBe(error)
  })
})

describe('aborting', () => {
  it('rejects at once with the reason, before and during the layout', async () => {
    const reason = new Error('no longer wanted')
    await expect(renderReport(smallLineage(), { format: 'svg', signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    )
    const controller = new AbortController()
    const rendering = renderReport(largeLineage(2_000), { format: 'svg', signal: controller.signal })
    let abortedAt = 0
    setTimeout(() => {
      abortedAt = performance.now()
      controller.abort(reason)
    }, 200)
    await expect(rendering).rejects.toBe(reason)
    expect(abortedAt).toBeGreaterThan(0)
    expect(performance.now() - abortedAt).toBeLessThan(1_000)
  })

  it('leaves no thread behind that would keep the process alive', async () => {
    const folder = temporaryFolder()
    writeLineage(join(folder, 'lineage.json'), largeLineage(2_000))
    const script = `
      import { readFileSync } from 'node:fs'
      import { renderReport } from ${JSON.stringify(resolve('dist/report/render-report.js'))}
      const lineage = JSON.parse(readFileSync('lineage.json', 'utf8'))
      const controller = new AbortController()
      setTimeout(() => controller.abort('enough'), 150)
      const startedAt = performance.now()
      const reason = await renderReport(lineage, { format: 'svg', signal: controller.signal }).catch((reason) => reason)
      process.once('exit', () => console.log(reason, performance.now() - startedAt))`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder })
    const [reason, took] = stdout.trim().split(' ')
    expect(reason).toBe('enough')
    expect(Number(took)).toBeLessThan(1_000)
  })
})

describe('without @viz-js/viz', () => {
  it('says what is missing, and renders what needs no layout', async () => {
    const folder = temporaryFolder()
    const modules = join(folder, 'node_modules')
    mkdirSync(modules)
    for (const name of readdirSync('node_modules')) {
      if (!name.startsWith('.') && name !== '@viz-js') symlinkSync(resolve('node_modules', name), join(modules, name))
    }
    cpSync('dist', join(folder, 'dist'), { recursive: true })
    cpSync('package.json', join(folder, 'package.json'))
    writeLineage(join(folder, 'lineage.json'), smallLineage())
    const script = `
      import { readFileSync } from 'node:fs'
      import { renderReport } from './dist/report/render-report.js'
      const lineage = JSON.parse(readFileSync('lineage.json', 'utf8'))
      const refused = await renderReport(lineage, { format: 'svg' }).catch((error) => error)
      const formats = ['markdown', 'mermaid', 'dot', 'json']
      const lengths = await Promise.all(formats.map(async (format) => (await renderReport(lineage, { format })).length))
      console.log(JSON.stringify({ code: refused.code, message: refused.message, lengths }))`
    writeFileSync(join(folder, 'script.mjs'), script)
    const { stdout } = await run(process.execPath, ['script.mjs'], { cwd: folder })
    const { code, message, lengths } = JSON.parse(stdout)
    expect(code).toBe('MISSING_DEPENDENCY')
    expect(message).toBe('For the formats html and svg, "@viz-js/viz" must be installed: npm install @viz-js/viz.')
    expect(lengths.every((length: number) => length > 100)).toBe(true)
  })
})

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'provtrail-svg-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function writeLineage(path: string, lineage: Lineage): void {
  writeFileSync(path, JSON.stringify(lineage))
}

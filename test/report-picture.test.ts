import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AgentId, NodeId } from '../src/index.js'
import type { Lineage } from '../src/report/lineage/lineage.js'
import { figureOf } from '../src/report/picture/figure.js'
import type { Picture, PictureNode } from '../src/report/picture/picture.js'
import { MAX_SHAPES, pictureOf } from '../src/report/picture/picture-of.js'
import { breakText, widthOf } from '../src/report/picture/text-size.js'
import { shorten } from '../src/report/text/shorten.js'
import { LineageBuilder, largeLineage, smallLineage, storyLineage } from './support/lineages.js'

/** One activity that made so many artifacts. */
function hub(artifacts: number): Lineage {
  const story = new LineageBuilder()
  const ada = story.person('Ada')
  const activity = story.activity(ada, 40, { notes: 'Import' })
  for (let index = 0; index < artifacts; index++) {
    story.relate(story.artifact(`file:///data/${index}`, { kind: 'file' }), 'generated_by', activity)
  }
  return story.build(activity)
}

/** Any small lineage: tasks, artifacts, activities and people, related at random. */
const anyLineage = fc
  .record({
    nodes: fc.array(fc.constantFrom('task', 'artifact', 'activity', 'person'), { minLength: 1, maxLength: 40 }),
    relations: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom('used', 'derived_from', 'blocked_by')), {
      maxLength: 120,
    }),
  })
  .map(({ nodes, relations }) => {
    const story = new LineageBuilder()
    const ada = story.person('Ada')
    const ids: NodeId[] = [ada]
    for (const [index, kind] of nodes.entries()) {
      if (kind === 'task') ids.push(story.task(`Task ${index}`, ada))
      if (kind === 'artifact') ids.push(story.artifact(`urn:x:${index}`))
      if (kind === 'activity') ids.push(story.activity(ada, index))
      if (kind === 'person') ids.push(story.person(`Person ${index}`))
    }
    for (const [source, target, kind] of relations) {
      const [from, to] = [ids[source % ids.length]!, ids[target % ids.length]!]
      if (from !== to) story.relate(from, kind as 'used', to)
    }
    return story.build(ada as AgentId)
  })

function membersOf({ id, members }: PictureNode): readonly NodeId[] {
  return members ?? [id!]
}

/** What can be reached from the root along arrows, in either direction. */
function connected(picture: Picture): Set<string> {
  const reached = new Set(picture.nodes.filter(({ isRoot }) => isRoot).map(({ key }) => key))
  for (let before = -1; before < reached.size; ) {
    before = reached.size
    for (const { source, target } of picture.edges) {
      if (reached.has(source)) reached.add(target)
      else if (reached.has(target)) reached.add(source)
    }
  }
  return reached
}

describe('pictureOf', () => {
  it('draws every node and relation of a small lineage, and cuts nothing', () => {
    const lineage = storyLineage()
    const picture = pictureOf(lineage)
    expect(picture.nodes.map(({ id }) => id)).toEqual(lineage.nodes.map(({ id }) => id))
    expect(picture.edges).toHaveLength(lineage.relations.length)
    expect(picture.cuts).toEqual([])
    expect(picture.title).toBe('Lineage of Let customers sign in with a passkey')
    expect(pictureOf(lineage, { title: 'Another' }).title).toBe('Another')
  })

  it('names shapes, notes and properties as PROV and people do', () => {
    const { nodes, edges } = pictureOf(smallLineage())
    expect(nodes).toMatchObject([
      { key: 'n0', shape: 'entity', kind: 'task', label: 'Add the user table', note: 'open', isRoot: true },
      { key: 'n1', shape: 'agent', kind: 'agent', label: 'Ada Lovelace', note: 'person', isRoot: false },
    ])
    expect(edges).toEqual([{ key: 'e0', source: 'n0', target: 'n1', label: 'wasAttributedTo' }])
  })

  it('draws 10,000 artifacts of one activity as one shape, and says so', () => {
    const picture = pictureOf(hub(10_000))
    expect(picture.nodes.map(({ key, label, note }) => [key, label, note])).toEqual([
      ['n0', 'Import', '40 min'],
      ['n1', 'Ada', 'person'],
      ['g0', '10,000 artifacts', 'file'],
    ])
    expect(picture.nodes[2]!.members).toHaveLength(10_000)
    expect(picture.edges).toHaveLength(2)
    expect(picture.cuts).toEqual(['10,000 artifacts with the same relations to “Import” are drawn as one shape.'])
  })

  it('draws a handful one by one', () => {
    expect(pictureOf(hub(6)).nodes).toHaveLength(8)
    expect(pictureOf(hub(7)).nodes).toHaveLength(3)
  })

  it('draws 300 of 2,000 nodes, some of each kind, and says what it leaves out', () => {
    const lineage = largeLineage(2_000)
    const picture = pictureOf(lineage)
    expect(picture.nodes).toHaveLength(MAX_SHAPES)
    expect(picture.cuts).toEqual([
      expect.stringMatching(/^[\d,]+ \w+.* are left out of the picture, which shows the nearest of each kind\.$/),
      expect.stringMatching(/^\d+ of the \d+ relations that say what “Ada Lovelace” is responsible for are left out, /),
      '1,234 relations of 1 node were not followed, because the limit of nodes was reached.',
    ])
    for (const kind of ['task', 'activity', 'artifact', 'comment']) {
      expect(picture.nodes.filter((node) => node.kind === kind).length, kind).toBeGreaterThan(40)
    }
    expect(connected(picture).size).toBe(picture.nodes.length)
  })

  it('draws what became of the parts of a task that are too many, not the parts alone', () => {
    const story = new LineageBuilder()
    const ada = story.person('Ada')
    const root = story.task('Everything', ada)
    for (let index = 0; index < 500; index++) {
      const task = story.task(`Part ${index}`, ada)
      story.relate(task, 'parent', root)
      const activity = story.activity(ada, 5, { task })
      story.relate(story.artifact(`urn:part:${index}`), 'generated_by', activity)
      story.comment(task, ada, `Note ${index}`)
    }
    const picture = pictureOf(story.build(root), { maxNodes: 42 })
    expect(
      picture.nodes
        .map(({ kind }) => kind)
        .reduce<Record<string, number>>((counts, kind) => {
          counts[kind] = (counts[kind] ?? 0) + 1
          return counts
        }, {}),
    ).toEqual({ task: 11, agent: 1, activity: 10, artifact: 10, comment: 10 })
    expect(connected(picture).size).toBe(42)
    expect(picture.cuts).toEqual([
      expect.stringMatching(
        /^(490 \w+(, | and |(?= are))){4} are left out of the picture, which shows the nearest of each kind\.$/,
      ),
    ])
  })

  it('leaves relations out where shapes are too densely related, but none that connects them', () => {
    const story = new LineageBuilder()
    const ada = story.person('Ada')
    const tasks = Array.from({ length: 40 }, (_, index) => story.task(`Task ${index}`, ada))
    for (const [index, task] of tasks.entries()) {
      for (const other of tasks.slice(0, index)) story.relate(task, 'blocked_by', other)
    }
    const picture = pictureOf(story.build(tasks[0]!))
    expect(picture.edges).toHaveLength(3 * 41)
    expect(picture.cuts).toEqual([
      `${40 + 780 - 123} relations between what is drawn are left out, to keep the picture legible.`,
    ])
    expect(connected(picture).size).toBe(41)
  })

  it('draws each node once or says how many it left out, and stays connected', () => {
    fc.assert(
      fc.property(anyLineage, fc.integer({ min: 1, max: 50 }), (lineage, maxNodes) => {
        const picture = pictureOf(lineage, { maxNodes })
        const drawn = picture.nodes.flatMap(membersOf)
        expect(new Set(drawn).size).toBe(drawn.length)
        expect(picture.nodes.length).toBeLessThanOrEqual(maxNodes)
        expect(drawn[0]).toBe(lineage.root)
        const counts =
          picture.cuts
            .filter((cut) => cut.includes('left out of the picture'))
            .join('')
            .match(/\d+(?= (task|art|act|age|com))/g) ?? []
        const left = counts.reduce((sum, count) => sum + Number(count), 0)
        expect(drawn.length + left).toBe(lineage.nodes.length)
        expect(connected(picture).size).toBe(picture.nodes.length)
        const keys = new Set(picture.nodes.map(({ key }) => key))
        for (const { source, target } of picture.edges) expect(keys.has(source) && keys.has(target)).toBe(true)
        expect(pictureOf(lineage, { maxNodes })).toEqual(picture)
      }),
    )
  })
})

describe('the size of text', () => {
  const limits = { fontSize: 13, maxWidth: 160, maxLines: 3 }
  const anyText = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc
      .array(
        fc.constantFrom('word', ' ', '/', '漢字', '👩‍👩‍👧', 'e\u0301', 'https://example.org/', 'W'.repeat(40), '\n'),
        {
          maxLength: 60,
        },
      )
      .map((parts) => parts.join('')),
  )
  const graphemes = (text: string) => Array.from(new Intl.Segmenter('en').segment(text), ({ segment }) => segment)
  const bare = (text: string) => text.replace(/[\s\p{Cc}]+/gu, '').replace(/[\p{Surrogate}\uFFFE\uFFFF]/gu, '\uFFFD')

  it('breaks into at most three lines that fit, loses nothing but what … stands for, and splits no grapheme', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const lines = breakText(text, limits)
        expect(lines.length).toBeLessThanOrEqual(3)
        for (const line of lines) {
          if (graphemes(line).length > 2)
            expect(widthOf(line, limits.fontSize)).toBeLessThanOrEqual(limits.maxWidth + 0.001)
        }
        const joined = bare(lines.join(''))
        if (joined === bare(text)) return
        expect(joined.endsWith('…')).toBe(true)
        const kept = graphemes(joined.slice(0, -1)).filter((grapheme) => !/^[,;:]$/.test(grapheme))
        const whole = graphemes(bare(text)).filter((grapheme) => !/^[,;:]$/.test(grapheme))
        expect(whole.slice(0, kept.length)).toEqual(kept)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['Add the user table', ['Add the user table']],
    ['Registration and sign-in ceremonies', ['Registration and sign-in', 'ceremonies']],
    [
      'https://github.com/acme/shop/commit/41ab77e0c0ffee',
      ['https://github.com/', 'acme/shop/commit/', '41ab77e0c0ffee'],
    ],
    ['', []],
  ])('breaks %j where a reader would', (text, lines) => {
    expect(breakText(text, limits)).toEqual(lines)
  })

  it('does not read a text of a million characters to fill a shape', () => {
    const startedAt = performance.now()
    const node = pictureOf(smallLineage()).nodes[0]!
    for (let round = 0; round < 100; round++) figureOf({ ...node, label: 'x'.repeat(1_000_000) })
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(shorten('x'.repeat(1_000_000), 10)).toBe(`${'x'.repeat(9)}…`)
  })
})

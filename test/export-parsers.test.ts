import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { Parser, type Quad } from 'n3'
import { describe, expect, it } from 'vitest'
import { anyModel, type ExportOptions, importBeads, openTracker, type TaskId, type Tracker } from '../src/index.js'
import { histories } from './support/histories.js'
import { play } from './support/play.js'
import { inMemory } from './support/trackers.js'
import { Graph } from './turtle-graph.js'
import { CLOCK, Clock, fillRecord, newTracker } from './turtle-record.js'
import { documentOf, rapperTriplesOf, requireTools, serdiTriplesOf, triplesOf, turtleOf } from './turtle-tools.js'

const DATA = resolve(process.env.PROVTRAIL_DATA ?? '../shared/data', 'beads')
const isThere = existsSync(DATA)
if (!isThere && process.env.PROVTRAIL_DATA_REQUIRED === '1') throw new Error(`the test data is missing: ${DATA}`)
if (!isThere) console.warn(`skipped, as the test data is missing: ${DATA}`)

const FORMATS = ['turtle', 'ntriples', 'nquads', 'trig'] as const
const WAYS = (['summary', 'full'] as const).flatMap((detail) => FORMATS.map((format) => ({ format, detail })))

/** Raptor and Serd read what n3 reads. */
async function expectAgreement(tracker: Tracker, options: ExportOptions): Promise<void> {
  const text = await documentOf(tracker, options)
  const statements = triplesOf(text, options.format)
  expect(rapperTriplesOf(text, options.format)).toEqual(statements)
  expect(serdiTriplesOf(text, options.format)).toEqual(statements)
}

describe.each(WAYS)('three parsers of $format, detail $detail,', (way) => {
  it('read the same of a record with everything', async (context) => {
    requireTools(context, 'rapper', 'serdi')
    const tracker = await newTracker()
    const { login } = await fillRecord(tracker)
    await tracker.tasks.create({ title: 'Elsewhere', namespace: 'elsewhere', blockedBy: [login.id] })
    await expectAgreement(tracker, way)
  })

  it('read the same of hostile texts', async (context) => {
    requireTools(context, 'rapper', 'serdi')
    const tracker = await newTracker()
    for (const text of HOSTILE) await fillWith(tracker, text.slice(0, 150))
    await expectAgreement(tracker, way)
  })

  it('read the same of any history', async (context) => {
    requireTools(context, 'rapper', 'serdi')
    await fc.assert(
      fc.asyncProperty(histories, (history) =>
        inMemory(async (tracker) => {
          await play(tracker, history)
          await expectAgreement(tracker, way)
        }),
      ),
      { numRuns: 5 },
    )
  })

  it.skipIf(!isThere)('read the same of real data', async (context) => {
    requireTools(context, 'rapper', 'serdi')
    const tracker = await newTracker()
    await importBeads(tracker, join(DATA, 'provenance'))
    await expectAgreement(tracker, way)
  })
})

describe.each(['summary', 'full'] as const)('all formats of detail %s', (detail) => {
  it('say the same, but for the graph that it is said in', async () => {
    const clock = new Clock()
    const tracker = await newTracker(clock)
    const { login } = await fillRecord(tracker)
    clock.stop()
    await tracker.tasks.create({ title: 'Elsewhere', namespace: 'elsewhere', blockedBy: [login.id] })
    const read = async (format: (typeof FORMATS)[number]) =>
      new Parser({ format }).parse(await documentOf(tracker, { format, detail }))
    const [turtle, ntriples, nquads, trig] = await Promise.all(FORMATS.map(read))
    const terms = ({ subject, predicate, object }: Quad) =>
      [subject, predicate, object].map(({ value }) => value).join(' ')
    expect(ntriples!.map(terms)).toEqual(turtle!.map(terms))
    expect(nquads!.map((quad) => `${terms(quad)} ${quad.graph.value}`).sort()).toEqual(
      trig!.map((quad) => `${terms(quad)} ${quad.graph.value}`).sort(),
    )
    // The graphs themselves are described where there are graphs.
    const graphs = new Set(trig!.map(({ graph }) => graph.value))
    expect(graphs.size).toBe(3)
    const merged = trig!.filter(({ subject }) => !graphs.has(subject.value))
    expect(merged.map(terms).sort()).toEqual(turtle!.map(terms).sort())
  })
})

/** What breaks careless writers; U+FFFE and U+FFFF are left out, which Raptor cannot read. */
const HOSTILE = [
  '"""',
  "'''",
  '\\',
  '\\"',
  '\\u0000',
  '\\n',
  '"@en',
  '"^^<http://www.w3.org/2001/XMLSchema#integer>',
  '> . <http://evil> <http://evil> <http://evil> . <',
  '. } @prefix prov: <http://evil#> .',
  'prov:Entity',
  '_:b0',
  '[]',
  '#',
  'é',
  'e\u0301',
  '\u202E\u05D0\u05D1\u202C',
  '👩‍👩‍👧‍👦😀',
  'a\u2028b\u2029c\ufeffd',
  `${Array.from({ length: 31 }, (_, i) => String.fromCharCode(i + 1)).join('')}\u007f`,
  "'; DROP TABLE tasks; --",
  '<script>alert(1)</script>',
  '{{ 7 * 7 }} %s %n <%= 1 %>',
]

const hostile = fc
  .oneof(
    { weight: 2, arbitrary: fc.constantFrom(...HOSTILE) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }) },
  )
  // What the commands refuse: U+0000, and texts that say nothing.
  .map((text) => `${text.replaceAll('\0', '')}.`)

/** A label may hold no control characters. */
function labelOf(text: string): string {
  return text
    .replace(/[\p{Cc}\s]/gu, '_')
    .slice(0, 150)
    .replace(/[\ud800-\udbff]$/, '')
}

/** Writes a text into every field that takes one. */
async function fillWith(tracker: Tracker, text: string) {
  const word = labelOf(text)
  const human = await tracker.agents.registerHuman({ name: text, contact: text })
  const bot = await tracker.agents.registerMl({
    role: 'worker',
    provider: word,
    model: word,
    name: text,
    version: word,
    parameters: { [word]: text },
  })
  const software = await tracker.agents.registerSoftware({ name: text, version: word, source: word })
  const organization = await tracker.agents.registerOrganization({ name: text, url: word })
  const t = tracker.as(human.id)
  const task = await t.tasks.create({
    title: text,
    description: text,
    notes: text,
    labels: [word],
    externalRefs: [{ system: word, id: word, url: word }],
  })
  const held = await t.tasks.create({ title: text, parent: task.id })
  await t.tasks.hold(held.id, { reason: text })
  const comment = await t.tasks.addComment(task.id, { body: text })
  const artifact = await t.artifacts.add({ iri: word, kind: word, label: text, mediaType: word, digest: word })
  const activity = await t.activities.start({ notes: text, used: [artifact.id] })
  await t.activities.end(activity.id, { failed: text })
  await t.tasks.close(task.id, { reason: text })
  return { word, human, bot, software, organization, task, held, comment, artifact, activity }
}

describe('any text in any field', () => {
  it('comes back code unit for code unit', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const tracker = await openTracker({
          path: ':memory:',
          namespace: 'shop',
          now: () => CLOCK,
          modelRegistry: anyModel,
        })
        try {
          const nodes = await fillWith(tracker, text)
          const { word } = nodes
          const graph = new Graph(await turtleOf(tracker))
          const iri = (id: string) => `urn:uuid:${id.slice(-36)}`
          const value = (node: { id: string }, property: string) => graph.one(iri(node.id), property)
          for (const property of ['dcterms:title', 'dcterms:description', 'pt:notes', 'pt:closeReason']) {
            expect(value(nodes.task, property)).toBe(text)
          }
          expect(value(nodes.task, 'pt:label')).toBe(word)
          expect(value(nodes.held, 'pt:holdReason')).toBe(text)
          expect(value(nodes.human, 'foaf:name')).toBe(text)
          expect(value(nodes.human, 'pt:contact')).toBe(text)
          expect(value(nodes.software, 'pt:source')).toBe(word)
          expect(value(nodes.organization, 'pt:url')).toBe(word)
          expect(value(nodes.comment, 'prov:value')).toBe(text)
          expect(value(nodes.artifact, 'pt:iri')).toBe(word)
          expect(value(nodes.artifact, 'rdfs:label')).toBe(text)
          expect(value(nodes.activity, 'pt:failure')).toBe(text)
          const reference = graph.one(iri(nodes.task.id), 'pt:externalReference')!
          expect(graph.one(reference, 'dcterms:identifier')).toBe(word)
          const model = graph.one(iri(nodes.bot.id), 'pt:usesModel')!
          expect(graph.one(model, 'pt:provider')).toBe(word)
          expect(graph.one(model, 'pt:version')).toBe(word)
          expect(JSON.parse(graph.one(model, 'pt:parameters')!)).toEqual({ [word]: text })
          expect(graph.one(model, 'pt:version')).toBe(word)
          expect(JSON.parse(graph.one(model, 'pt:parameters')!)).toEqual({ [word]: text })
          expect(graph.undescribed()).toEqual([])
          expect(graph.instances('pt:Task').sort()).toEqual([iri(nodes.task.id), iri(nodes.held.id)].sort())
        } finally {
          await tracker.close()
        }
      }),
      { numRuns: 60 },
    )
  })

  it('is refused on input where RDF cannot carry it', async () => {
    const tracker = await newTracker()
    for (const title of ['a\0b', 'a\ud800']) {
      await expect(tracker.tasks.create({ title })).rejects.toThrow(/title/)
    }
    expect(await tracker.tasks.find('x--019b8000-0000-7000-8000-000000000001' as TaskId)).toBeUndefined()
  })
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { RELATION_KINDS, RELATIONS, type RelationDefinition, type Tracker } from '../src/index.js'
import { EVENT_VERSIONS } from '../src/log/event.js'
import { Graph } from './turtle-graph.js'
import { fillRecord, newTracker } from './turtle-record.js'
import { documentOf } from './turtle-tools.js'

const concepts = readFileSync(new URL('../CONCEPTS.md', import.meta.url), 'utf8')

function rowOf(kind: keyof typeof RELATIONS): string {
  const definition: RelationDefinition = RELATIONS[kind]
  const from = definition.domain.join(', ')
  const to = definition.sameKind ? 'the same kind' : definition.range.join(', ')
  const cycles = [definition.waits && 'waiting', definition.acyclic].filter(Boolean).join(', ')
  return `| ${kind} | ${from} → ${to} | ${definition.property} | ${cycles} | ${definition.readiness ?? ''} |`
}

test('the relation table of CONCEPTS.md says what the registry says', () => {
  const table = /<!-- relations -->\n([\s\S]*?)\n<!-- \/relations -->/.exec(concepts)![1]!.split('\n').slice(2)
  expect(table).toEqual(RELATION_KINDS.map(rowOf))
})

test('CONCEPTS.md names every type of event', () => {
  for (const type of Object.keys(EVENT_VERSIONS)) expect(concepts).toContain(`\`${type}\``)
})

test('the conformance table of CONCEPTS.md names every property and class of an export of everything, and no other', async () => {
  const table = /<!-- rdf -->\n([\s\S]*?)\n<!-- \/rdf -->/.exec(concepts)![1]!
  const cells = table.split('\n').map((row) => row.split('|').map((cell) => cell.trim()))
  const tracker = await newTracker()
  await fillRecord(tracker)
  // What a column says of the document in one detail is there, and what is there is said of it or of the summary.
  const summary = await termsOf(tracker, 'summary')
  const full = await termsOf(tracker, 'full')
  const [inSummary, inFull] = [2, 3].map((column) => new Set(cells.flatMap((row) => namesIn(row[column] ?? ''))))
  expect([...inSummary!].sort()).toEqual([...summary].sort())
  expect(
    [...new Set([...inFull!, ...inSummary!])].filter((name) => !full.has(name) && !GONE_IN_FULL.has(name)),
  ).toEqual([])
  expect([...full].filter((name) => !inFull!.has(name) && !inSummary!.has(name))).toEqual([])
})

/** What only the task itself has, which tells nothing of its state in full. */
const GONE_IN_FULL = new Set(['dcterms:modified'])

/** The properties and classes of a document in TriG, which holds all that any format does. */
async function termsOf(tracker: Tracker, detail: 'summary' | 'full'): Promise<Set<string>> {
  const graph = new Graph(await documentOf(tracker, { format: 'trig', detail }))
  return new Set(graph.terms().filter((name) => name !== 'rdf:type'))
}

function namesIn(cell: string): string[] {
  const spans = [...cell.matchAll(/`([^`]+)`/g)].map(([, span]) => span!)
  return spans.flatMap((span) => span.match(/\b(?:prov|pt|dcterms|foaf|rdfs):[A-Za-z]+\b/g) ?? [])
}

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EXPORT_PREFIXES } from '../src/export/prefixes.js'
import { PT } from '../src/export/provtrail-terms.js'
import { RELATION_KINDS, relationDefinition } from '../src/record/relations/registry.js'
import { Graph } from './turtle-graph.js'
import { fillRecord, newTracker } from './turtle-record.js'
import { rapperTriplesOf, requireTools, serdiTriplesOf, triplesOf, turtleOf } from './turtle-tools.js'

const document = readFileSync(new URL('../provtrail.ttl', import.meta.url), 'utf8')
const graph = new Graph(document)
const described = new Set(
  graph.quads.map((quad) => quad.subject.value).filter((iri) => iri.startsWith(EXPORT_PREFIXES.pt)),
)
const isClass = (iri: string) => graph.all(iri, 'rdf:type').includes('rdfs:Class')

describe('provtrail.ttl', () => {
  it('describes exactly the terms that an export can hold', () => {
    expect([...described].sort()).toEqual(
      Object.values(PT)
        .map((term) => term.value)
        .sort(),
    )
  })

  it('describes every term of an export of everything, and every property of the registry', async () => {
    const tracker = await newTracker()
    await fillRecord(tracker)
    const used = new Set(
      [...new Graph(await turtleOf(tracker)).quads, ...new Graph(await turtleOf(tracker, { detail: 'full' })).quads]
        .flatMap((quad) => [quad.predicate.value, quad.object.termType === 'NamedNode' ? quad.object.value : ''])
        .filter((iri) => iri.startsWith(EXPORT_PREFIXES.pt)),
    )
    expect([...used].filter((iri) => !described.has(iri))).toEqual([])
    expect([...described].filter((iri) => !used.has(iri))).toEqual([])
    const properties = RELATION_KINDS.map((kind) => relationDefinition(kind).property).filter((name) =>
      name.startsWith('pt:'),
    )
    for (const name of properties) expect(described).toContain(EXPORT_PREFIXES.pt + name.slice('pt:'.length))
  })

  it('says of each term what it is called and what it means', () => {
    for (const term of described) {
      expect(graph.one(term, 'rdfs:label'), term).toBeTruthy()
      expect(graph.one(term, 'rdfs:comment'), term).toMatch(/\.$|…$/)
    }
  })

  it('says of each class what it is a kind of, and of each property what it joins', () => {
    for (const term of described) {
      if (isClass(term)) expect(graph.all(term, 'rdfs:subClassOf').length, term).toBeGreaterThan(0)
      else {
        expect(graph.one(term, 'rdfs:domain'), term).toBeTruthy()
        expect(graph.one(term, 'rdfs:range'), term).toBeTruthy()
      }
    }
    expect(graph.all('pt:Task', 'rdfs:subClassOf')).toEqual(['prov:Entity', 'prov:Plan'])
    expect(graph.all('pt:discoveredFrom', 'rdfs:subPropertyOf')).toEqual(['prov:wasInfluencedBy'])
    expect(graph.all('pt:blockedBy', 'rdfs:subPropertyOf')).toEqual([])
  })

  it('is read alike by three parsers', (context) => {
    requireTools(context, 'rapper', 'serdi')
    expect(rapperTriplesOf(document)).toEqual(triplesOf(document))
    expect(serdiTriplesOf(document)).toEqual(triplesOf(document))
  })
})

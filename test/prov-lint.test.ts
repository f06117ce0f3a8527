import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Parser } from 'n3'
import { describe, expect, it } from 'vitest'
import { flawOfIri } from '../src/prov/iri.js'
import { flawOf, lint, type Rule } from './prov-lint.js'

const PREFIXES = `
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix x: <https://example.org/> .
`

/** A document that is in order, with every form that the lint looks at. */
const SOUND = `${PREFIXES}
x:task a prov:Entity, prov:Plan .
x:one a prov:Entity ; prov:specializationOf x:task ;
  prov:generatedAtTime "2026-01-05T09:00:00.000Z"^^xsd:dateTime ;
  prov:wasGeneratedBy x:work ; prov:qualifiedGeneration x:generation ;
  prov:invalidatedAtTime "2026-01-05T11:00:00.000+01:00"^^xsd:dateTime ;
  prov:wasInvalidatedBy x:work ; prov:qualifiedInvalidation x:invalidation .
x:generation a prov:Generation ; prov:activity x:work ; prov:hadRole x:draft ;
  prov:atTime "2026-01-05T10:00:00.000+01:00"^^xsd:dateTime .
x:invalidation a prov:Invalidation ; prov:activity x:work ; prov:atTime "2026-01-05T10:00:00.000Z"^^xsd:dateTime .
x:two a prov:Entity ; prov:specializationOf x:task ; prov:wasRevisionOf x:one ; prov:qualifiedRevision x:revision ;
  prov:wasAttributedTo x:bot ; prov:value "two" .
x:revision a prov:Revision ; prov:entity x:one ; prov:hadActivity x:work .
x:work a prov:Activity ; prov:used x:one ; prov:qualifiedUsage x:usage ;
  prov:wasAssociatedWith x:bot ; prov:qualifiedAssociation x:association ;
  prov:startedAtTime "2026-01-05T09:00:00.000Z"^^xsd:dateTime ; prov:endedAtTime "2026-01-05T10:00:00.000Z"^^xsd:dateTime .
x:usage a prov:Usage ; prov:entity x:one ; prov:atTime "2026-01-05T09:30:00.000Z"^^xsd:dateTime .
x:association a prov:Association ; prov:agent x:bot ; prov:hadRole x:draft ; prov:hadPlan x:task .
x:bot a prov:Agent, prov:SoftwareAgent ; prov:actedOnBehalfOf x:ada ; prov:qualifiedDelegation x:delegation ;
  prov:qualifiedInfluence x:influence .
x:influence a prov:Delegation ; prov:agent x:ada .
x:delegation a prov:Delegation ; prov:agent x:ada ; prov:hadActivity x:work .
x:ada a prov:Person, prov:Entity ; rdfs:label "Ada" .
x:draft a prov:Role .
x:all a prov:Bundle .
x:all { x:two prov:value "second" . }
`

const findings = (document: string) => lint(new Parser({ format: 'trig' }).parse(document))

/** What each rule is for: a change of the sound document, and whom it is then about. */
const BREACHES: readonly (readonly [rule: Rule, before: string, after: string, about: string])[] = [
  ['unknown term', 'prov:value "two"', 'prov:worth "two"', 'x:two'],
  ['unknown term', 'x:draft a prov:Role', 'x:draft a prov:Role, prov:Part', 'x:draft'],
  ['unknown term', 'prov:value "two"', 'x:kind prov:value', 'x:two'],
  ['unknown term', 'prov:value "two"', 'prov:toString "two"', 'x:two'],
  ['domain', 'x:ada a prov:Person, prov:Entity ;', 'x:ada a prov:Person ; prov:value "Ada" ;', 'x:ada'],
  [
    'domain',
    'x:delegation a prov:Delegation ;',
    'x:delegation a prov:Delegation ; prov:hadRole x:draft ;',
    'x:delegation',
  ],
  ['domain', 'x:usage a prov:Usage ;', 'x:usage a prov:Usage ; prov:hadActivity x:work ;', 'x:usage'],
  ['domain', 'x:draft a prov:Role', 'x:draft a prov:Role . x:nothing prov:used x:one', 'x:nothing'],
  ['range', 'prov:hadPlan x:task', 'prov:hadPlan x:one', 'x:association'],
  ['range', 'prov:wasAttributedTo x:bot', 'prov:wasAttributedTo "bot"', 'x:two'],
  ['range', 'prov:value "two"', 'prov:value x:one', 'x:two'],
  ['range', 'prov:generatedAtTime "2026-01-05T09:00:00.000Z"^^xsd:dateTime', 'prov:generatedAtTime "today"', 'x:one'],
  ['disjoint classes', 'x:one a prov:Entity', 'x:one a prov:Entity, prov:Activity', 'x:one'],
  ['disjoint classes', 'x:task a prov:Entity, prov:Plan', 'x:task a prov:Plan, prov:Activity', 'x:task'],
  ['disjoint classes', 'x:usage a prov:Usage', 'x:usage a prov:Usage, prov:Entity', 'x:usage'],
  ['time', '"2026-01-05T09:30:00.000Z"', '"2026-01-05T09:30:00.000"', 'x:usage'],
  ['time', '"2026-01-05T09:30:00.000Z"', '"2026-13-05T09:30:00.000Z"', 'x:usage'],
  ['start after end', 'endedAtTime "2026-01-05T10', 'endedAtTime "2026-01-05T08', 'x:work'],
  ['event outside of its activity', '"2026-01-05T09:30:00.000Z"', '"2026-01-05T08:59:59.999Z"', 'x:work'],
  ['event outside of its activity', '"2026-01-05T09:30:00.000Z"', '"2026-01-05T10:00:00.001Z"', 'x:work'],
  ['event outside of its activity', 'startedAtTime "2026-01-05T09:00', 'startedAtTime "2026-01-05T09:01', 'x:one'],
  ['used before its generation', '"2026-01-05T09:30:00.000Z"', '"2026-01-05T08:59:59.999Z"', 'x:work'],
  ['used after its invalidation', '"2026-01-05T09:30:00.000Z"', '"2026-01-05T10:00:00.001Z"', 'x:work'],
  ['used after its invalidation', 'startedAtTime "2026-01-05T09:00', 'startedAtTime "2026-01-05T10:01', 'x:work'],
  ['used after its invalidation', 'startedAtTime "2026-01-05T09:00', 'startedAtTime "2026-01-05T10:01', 'x:two'],
  [
    'specialization after invalidation',
    'x:task a prov:Entity, prov:Plan',
    'x:task a prov:Entity, prov:Plan ; prov:invalidatedAtTime "2026-01-05T08:59:59.999Z"^^xsd:dateTime',
    'x:one',
  ],
  [
    'specialization after invalidation',
    'x:task a prov:Entity, prov:Plan',
    'x:task a prov:Entity, prov:Plan ; prov:invalidatedAtTime "2026-01-05T09:59:59.999Z"^^xsd:dateTime',
    'x:one',
  ],
  [
    'informed by what was later',
    'x:draft a prov:Role',
    'x:draft a prov:Role . x:work prov:wasInformedBy [ prov:startedAtTime "2026-01-05T10:00:00.001Z"^^xsd:dateTime ]',
    'x:work',
  ],
  ['generation after invalidation', 'T11:00:00.000+01:00', 'T09:59:00.000+01:00', 'x:one'],
  ['qualified form', 'prov:wasGeneratedBy x:work ;', '', 'x:one'],
  ['qualified form', 'prov:wasInvalidatedBy x:work ;', '', 'x:one'],
  ['qualified form', 'prov:wasRevisionOf x:one', 'prov:wasDerivedFrom x:one', 'x:two'],
  ['qualified form', 'prov:used x:one ;', 'prov:used x:two ;', 'x:work'],
  ['qualified form', 'prov:wasAssociatedWith x:bot ;', '', 'x:work'],
  ['qualified form', 'prov:actedOnBehalfOf x:ada ;', '', 'x:bot'],
  ['qualified form', 'prov:Delegation ; prov:agent x:ada ;', 'prov:Delegation ;', 'x:bot'],
  ['qualified form', 'prov:Usage ; prov:entity x:one ;', 'prov:Usage ; prov:entity x:one, x:two ;', 'x:work'],
  ['qualified form', '"2026-01-05T10:00:00.000+01:00"', '"2026-01-05T09:30:00.000Z"', 'x:one'],
  ['qualified form', 'T11:00:00.000+01:00', 'T12:00:00.000+01:00', 'x:one'],
  [
    'qualified form',
    'x:influence a prov:Delegation ; prov:agent x:ada',
    'x:influence a prov:Delegation ; prov:agent x:bot',
    'x:bot',
  ],
  ['owner', 'prov:qualifiedUsage x:usage ;', '', 'x:usage'],
  [
    'owner',
    'prov:specializationOf x:task ; prov:wasRevisionOf',
    'prov:qualifiedRevision x:revision . x:three a prov:Entity ; prov:qualifiedRevision x:revision ; prov:wasRevisionOf',
    'x:revision',
  ],
  ['illegal IRI', 'x:draft a prov:Role', 'x:draft a prov:Role . <http://[::1> a prov:Role', 'http://[::1'],
  ['blank node', 'x:draft a prov:Role', 'x:draft a prov:Role . [] a prov:Role', ''],
  ['undescribed', 'prov:value "two"', 'x:seeAlso x:elsewhere', 'x:elsewhere'],
  ['graph', 'x:all a prov:Bundle', 'x:all a prov:Entity', 'x:all'],
  ['graph', 'x:all a prov:Bundle .', 'x:all { x:all a prov:Bundle }', 'x:all'],
  ['cycle', 'x:one a prov:Entity', 'x:one a prov:Entity ; prov:wasDerivedFrom x:two', 'x:one'],
  ['cycle', 'x:task a prov:Entity', 'x:task a prov:Entity ; prov:specializationOf x:two', 'x:task'],
  ['cycle', 'x:task a prov:Entity', 'x:task a prov:Entity ; prov:wasDerivedFrom x:task', 'x:task'],
]

describe('the lint', () => {
  it('finds nothing in a sound document', () => {
    expect(findings(SOUND)).toEqual([])
    expect(findings('')).toEqual([])
  })

  it.each(BREACHES)('finds %s where %j becomes %j', (rule, before, after, about) => {
    expect(SOUND.split(before).length, 'the change is clear').toBeGreaterThan(1)
    const found = findings(SOUND.replace(before, after)).filter((finding) => finding.rule === rule)
    const names = found.map((finding) => finding.about.replace('https://example.org/', 'x:'))
    if (about === '') expect(names).toHaveLength(1)
    else expect(names).toContain(about)
  })

  it('has a breach of every rule in its tests', () => {
    const rules: Record<Rule, true> = {
      'unknown term': true,
      domain: true,
      range: true,
      'disjoint classes': true,
      time: true,
      'start after end': true,
      'generation after invalidation': true,
      'event outside of its activity': true,
      'used before its generation': true,
      'used after its invalidation': true,
      'specialization after invalidation': true,
      'informed by what was later': true,
      'qualified form': true,
      owner: true,
      'illegal IRI': true,
      'blank node': true,
      undescribed: true,
      graph: true,
      cycle: true,
    }
    expect(new Set(BREACHES.map(([rule]) => rule))).toEqual(new Set(Object.keys(rules)))
  })
})

describe('its reading of RFC 3987', () => {
  it.each([
    'https://example.org',
    'https://example.org/a/b?c=d/e?f#g/h?i',
    'http://user:pass@[2001:db8::1]:8080/',
    'http://[v1.a:b]/',
    'urn:uuid:019b8000-0000-7000-8000-000000000001',
    'http://例え.jp/ü/😀?\u{E000}',
    "x:!$&'()*+,;=:@-._~%C3%A9",
    'x:',
  ])('takes %s, as the exporter does', (iri) => {
    expect(flawOf(iri)).toBeUndefined()
    expect(flawOfIri(iri)).toBeUndefined()
  })

  it.each([
    '',
    'a/b',
    '1x:a',
    'http://example.org/a b',
    'http://example.org/a> <x',
    'http://example.org/{a}',
    'http://example.org/\\',
    'http://example.org/\n',
    'http://example.org/\u202E',
    'http://example.org/\ud800',
    'http://example.org/\ufffe',
    'http://example.org/\u{E000}',
    'http://example.org/%zz',
    'http://example.org/a#b#c',
    'http://example.org/[a]',
    'http://[::1',
  ])('refuses %j, as the exporter does', (iri) => {
    expect(flawOf(iri)).toBeDefined()
    expect(flawOfIri(iri)).toBeDefined()
  })
})

const DATA = resolve(process.env.PROVTRAIL_DATA ?? '../shared/data', 'prov/turtle')
const isThere = existsSync(DATA)
if (!isThere && process.env.PROVTRAIL_DATA_REQUIRED === '1') throw new Error(`the test data is missing: ${DATA}`)
if (!isThere) console.warn(`skipped, as the test data is missing: ${DATA}`)

describe.skipIf(!isThere)("others' PROV-O documents", () => {
  it('hold no term that the lint does not know', () => {
    const files = readdirSync(DATA).filter((file) => file.endsWith('.ttl'))
    const unknown = files.flatMap((file) => {
      const quads = new Parser({ baseIRI: 'https://example.org/' }).parse(readFileSync(join(DATA, file), 'utf8'))
      return lint(quads)
        .filter(({ rule }) => rule === 'unknown term')
        .map(({ message }) => `${file}: ${message}`)
    })
    expect(files.length).toBeGreaterThan(200)
    expect(unknown).toEqual([])
  })
})

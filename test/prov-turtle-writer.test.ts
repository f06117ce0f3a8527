import { Parser } from 'n3'
import { describe, expect, it } from 'vitest'
import { UnwritableTermError } from '../src/errors.js'
import { PREFIXES } from '../src/prov/prefixes.js'
import { Iri, Literal, parsePrefixedName } from '../src/prov/terms.js'
import { TurtleWriter } from '../src/prov/turtle-writer.js'
import { PROV, RDF, RDFS } from '../src/prov/vocabularies.js'
import { rapperTriplesOf, requireTools, serdiTriplesOf, triplesOf } from './turtle-tools.js'

type Statement = [Iri, Iri, Iri | Literal]

function write(...statements: Statement[]): string {
  const writer = new TurtleWriter(PREFIXES)
  for (const [subject, predicate, object] of statements) writer.write(subject, predicate, object)
  writer.end()
  return writer.take()
}

const a = Iri.parse('https://example.org/a')
const b = Iri.parse('https://example.org/b')

describe('TurtleWriter', () => {
  it('writes prefixes first, one subject a block, blank lines between them', () => {
    const text = write(
      [a, RDF.type, PROV.Entity],
      [a, RDF.type, PROV.Plan],
      [a, RDFS.label, Literal.text('A "b"')],
      [a, PROV.generatedAtTime, Literal.dateTime('2026-01-05T09:00:00.000Z')],
      [b, RDF.type, PROV.Agent],
      [b, PROV.value, Literal.integer(7)],
    )
    const prefixes = Object.entries(PREFIXES).map(([prefix, iri]) => `@prefix ${prefix}: <${iri}>.\n`)
    expect(text).toBe(`${prefixes.join('')}
<https://example.org/a> a prov:Entity, prov:Plan;
    rdfs:label "A \\"b\\"";
    prov:generatedAtTime "2026-01-05T09:00:00.000Z"^^xsd:dateTime.

<https://example.org/b> a prov:Agent;
    prov:value "7"^^xsd:integer.
`)
  })

  it('writes a document without statements', () => {
    expect(triplesOf(write())).toEqual([])
  })

  it.each(Object.keys(PREFIXES))('does not take an IRI with the scheme %s for a prefixed name', (prefix) => {
    const iri = Iri.parse(`${prefix}:Entity`)
    const [quad] = new Parser().parse(write([iri, PROV.value, iri]))
    expect(quad?.subject.value).toBe(`${prefix}:Entity`)
    expect(quad?.object.value).toBe(`${prefix}:Entity`)
  })

  it('writes in full what is no plain local name', () => {
    const iri = Iri.term(PREFIXES, 'foaf', 'lead%20dev')
    expect(write([a, PROV.hadRole, iri])).toContain('<http://xmlns.com/foaf/0.1/lead%20dev>')
    expect(() => Iri.term(PREFIXES, 'foaf', 'lead dev')).toThrow(UnwritableTermError)
  })

  it.each([
    ['no vocabulary', {}],
    ['another vocabulary', { x: 'https://example.org/other#', xsd: 'https://example.org/other#' }],
  ])('writes a term in full where its prefix stands for %s', (_, prefixes) => {
    const term = Iri.term({ x: 'https://example.org/x#' }, 'x', 'Thing')
    const writer = new TurtleWriter(prefixes)
    writer.write(term, term, term)
    writer.write(term, term, Literal.integer(7))
    writer.end()
    const quads = new Parser().parse(writer.take())
    expect(quads.map(({ subject, predicate }) => [subject.value, predicate.value])).toEqual([
      [term.value, term.value],
      [term.value, term.value],
    ])
    expect(quads.map(({ object }) => (object.termType === 'Literal' ? object.datatype.value : object.value))).toEqual([
      term.value,
      `${PREFIXES.xsd}integer`,
    ])
  })

  it('writes rdf:type as `a` only where that is allowed', () => {
    expect(new Parser().parse(write([a, RDF.type, RDF.type]))[0]?.object.value).toBe(`${PREFIXES.rdf}type`)
  })

  it.each(['https://example.org/> <https://example.org/x', 'relative', '', 'x:\ud800', 'x: '])(
    'cannot be given %j as an IRI',
    (text) => {
      expect(() => Iri.parse(text)).toThrow(UnwritableTermError)
    },
  )

  it('appends to an IRI only what cannot break it', () => {
    expect(a.append('Z-._~9').value).toBe('https://example.org/aZ-._~9')
    for (const text of ['>', ' ', '/', '%', '#', 'é', '\n', 'a\n'])
      expect(() => a.append(text)).toThrow(UnwritableTermError)
  })

  it.each(['\0', 'a\ud800', '\udc00\ud800', 'x\udfff'])('cannot be given %j as a text', (text) => {
    expect(() => Literal.text(text)).toThrow(UnwritableTermError)
    expect(() => Literal.json(text)).toThrow(UnwritableTermError)
    expect(() => Literal.anyUri(text)).toThrow(UnwritableTermError)
  })

  it('cannot be given times and integers that are none', () => {
    expect(() => Literal.dateTime('2026-01-05T09:00:00Z')).toThrow(UnwritableTermError)
    expect(() => Literal.dateTime('2026-01-05T09:00:00.000Z"')).toThrow(UnwritableTermError)
    expect(() => Literal.integer(0.5)).toThrow(UnwritableTermError)
    expect(() => parsePrefixedName(PREFIXES, 'nobody:x')).toThrow(UnwritableTermError)
    expect(() => parsePrefixedName(PREFIXES, 'toString')).toThrow(UnwritableTermError)
  })

  it('throws what goes wrong inside of n3, which only calls back', () => {
    const broken = Object.create(Literal.text('x'), {
      value: {
        get: () => {
          throw new Error('broken')
        },
      },
    }) as Literal
    const writer = new TurtleWriter(PREFIXES)
    expect(() => writer.write(a, PROV.value, broken)).toThrow('broken')
    expect(() => writer.end()).toThrow('broken')
  })

  it('brings every character back through three parsers', (context) => {
    requireTools(context, 'rapper', 'serdi')
    const texts = [
      ...Array.from({ length: 0x2ff }, (_, i) => `<${String.fromCharCode(i + 1)}>`),
      '"""\'\'\'\\u0041\\\\',
      'é',
      'e\u0301',
      '\u202Eשלום\u202C',
      '👩‍👩‍👧‍👦 😀',
      '\u2028\u2029\ufeff\u0085',
      '\ud7ff\ue000\u{10000}\u{10ffff}\ufdd0\u{1fffe}',
      '\r\n\r',
      '',
    ]
    const text = write(
      ...texts.map((value, i): Statement => [Iri.parse(`x:${i}`), PROV.value, Literal.text(value)]),
      ...texts.map((value, i): Statement => [Iri.parse(`y:${i}`), PROV.value, Literal.json(value)]),
    )
    const read = new Parser().parse(text).map((quad) => quad.object.value)
    expect(read).toEqual([...texts, ...texts])
    expect(rapperTriplesOf(text)).toEqual(triplesOf(text))
    expect(serdiTriplesOf(text)).toEqual(triplesOf(text))
  })

  it('keeps U+FFFE and U+FFFF, which Raptor drops', (context) => {
    requireTools(context, 'serdi')
    const text = write([a, PROV.value, Literal.text('x\ufffe\uffffy')])
    expect(new Parser().parse(text)[0]?.object.value).toBe('x\ufffe\uffffy')
    expect(serdiTriplesOf(text)).toEqual(triplesOf(text))
  })

  it('brings IRIs back through three parsers', (context) => {
    requireTools(context, 'rapper', 'serdi')
    const iris = [
      'http://x',
      'HTTP://X/a',
      'http://x//a//',
      'http://x/?',
      'http://x/#',
      'http:a',
      'x:',
      'http://ü/\u{20000}',
    ]
    const text = write(...iris.map((iri, i): Statement => [Iri.parse(iri), PROV.value, Literal.integer(i)]))
    expect(new Parser().parse(text).map((quad) => quad.subject.value)).toEqual(iris)
    expect(rapperTriplesOf(text)).toEqual(triplesOf(text))
    expect(serdiTriplesOf(text)).toEqual(triplesOf(text))
  })
})

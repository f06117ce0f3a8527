import fc from 'fast-check'
import { Parser } from 'n3'
import { describe, expect, it } from 'vitest'
import { EXPORT_PREFIXES } from '../src/export/prefixes.js'
import type { DocumentWriter } from '../src/prov/document-writer.js'
import { flawOfIri } from '../src/prov/iri.js'
import { NQuadsWriter } from '../src/prov/nquads-writer.js'
import { NTriplesWriter } from '../src/prov/ntriples-writer.js'
import { Iri, Literal } from '../src/prov/terms.js'
import { TrigWriter } from '../src/prov/trig-writer.js'
import { TurtleWriter } from '../src/prov/turtle-writer.js'
import { PROV, RDF, RDFS } from '../src/prov/vocabularies.js'
import { rapperTriplesOf, requireTools, serdiTriplesOf, triplesOf } from './turtle-tools.js'

const WRITERS = {
  turtle: () => new TurtleWriter(EXPORT_PREFIXES),
  ntriples: () => new NTriplesWriter(),
  nquads: () => new NQuadsWriter(),
  trig: () => new TrigWriter(EXPORT_PREFIXES),
}
type Format = keyof typeof WRITERS
const FORMATS = Object.keys(WRITERS) as Format[]

type Statement = readonly [subject: Iri, predicate: Iri, object: Iri | Literal]
/** Statements of one graph; `undefined` is the default graph. */
type Stretch = readonly [graph: Iri | undefined, ...statements: Statement[]]

function write(format: Format, ...stretches: Stretch[]): string {
  const writer: DocumentWriter = WRITERS[format]()
  for (const [graph, ...statements] of stretches) {
    writer.enterGraph(graph)
    for (const statement of statements) writer.write(...statement)
  }
  writer.end()
  return writer.take()
}

/** What a document of the statements must say. */
function meaning(format: Format, stretches: readonly Stretch[]): string[] {
  const { hasGraphs } = WRITERS[format]()
  const termOf = (term: Iri | Literal) =>
    term.termType === 'NamedNode' ? `<${term.value}>` : JSON.stringify([term.value, term.datatype.value])
  const lines = stretches.flatMap(([graph, ...statements]) =>
    statements.map((terms) => [...terms.map(termOf), hasGraphs && graph ? graph.value : ''].join(' ')),
  )
  return [...new Set(lines)].sort()
}

/** What n3 reads, in the same words. */
function reading(format: Format, text: string): string[] {
  const lines = new Parser({ format }).parse(text).map(({ subject, predicate, object, graph }) => {
    const value =
      object.termType === 'Literal' ? JSON.stringify([object.value, object.datatype.value]) : `<${object.value}>`
    return [`<${subject.value}>`, `<${predicate.value}>`, value, graph.value].join(' ')
  })
  return [...new Set(lines)].sort()
}

const a = Iri.parse('https://example.org/a')
const b = Iri.parse('https://example.org/b')
const g = Iri.parse('https://example.org/g')
const h = Iri.parse('https://example.org/h')
const about = (subject: Iri): Statement[] => [
  [subject, RDF.type, PROV.Entity],
  [subject, RDF.type, PROV.Plan],
  [subject, RDFS.label, Literal.text('A "b"\n')],
  [subject, RDFS.label, Literal.text('é 😀')],
  [subject, PROV.generatedAtTime, Literal.dateTime('2026-01-05T09:00:00.000Z')],
]

describe('TrigWriter', () => {
  const header = Object.entries(EXPORT_PREFIXES).map(([prefix, iri]) => `@prefix ${prefix}: <${iri}>.\n`)

  it('indents the blocks of a graph, with blank lines between them and between graphs', () => {
    expect(
      write(
        'trig',
        [undefined, ...about(a)],
        [g, ...about(a), ...about(b)],
        [h, ...about(b)],
        [undefined, ...about(b)],
      ),
    ).toBe(`${header.join('')}
<https://example.org/a> a prov:Entity, prov:Plan;
    rdfs:label "A \\"b\\"\\n", "é \\U0001f600";
    prov:generatedAtTime "2026-01-05T09:00:00.000Z"^^xsd:dateTime.

<https://example.org/g> {
    <https://example.org/a> a prov:Entity, prov:Plan;
        rdfs:label "A \\"b\\"\\n", "é \\U0001f600";
        prov:generatedAtTime "2026-01-05T09:00:00.000Z"^^xsd:dateTime.

    <https://example.org/b> a prov:Entity, prov:Plan;
        rdfs:label "A \\"b\\"\\n", "é \\U0001f600";
        prov:generatedAtTime "2026-01-05T09:00:00.000Z"^^xsd:dateTime
}

<https://example.org/h> {
    <https://example.org/b> a prov:Entity, prov:Plan;
        rdfs:label "A \\"b\\"\\n", "é \\U0001f600";
        prov:generatedAtTime "2026-01-05T09:00:00.000Z"^^xsd:dateTime
}

<https://example.org/b> a prov:Entity, prov:Plan;
    rdfs:label "A \\"b\\"\\n", "é \\U0001f600";
    prov:generatedAtTime "2026-01-05T09:00:00.000Z"^^xsd:dateTime.
`)
  })

  it('begins with a graph where nothing precedes it', () => {
    expect(write('trig', [g, [a, PROV.used, b]])).toBe(`${header.join('')}
<https://example.org/g> {
    <https://example.org/a> prov:used <https://example.org/b>
}
`)
  })

  it('leaves no trace of a graph that nothing is written in, and stays in one that is entered again', () => {
    const one: Statement = [a, PROV.used, b]
    const other: Statement = [b, PROV.used, a]
    const again = Iri.parse(g.value)
    expect(write('trig', [h], [g, one], [undefined], [again, other], [g, one], [h])).toBe(
      write('trig', [g, one, other, one]),
    )
    expect(write('trig', [h], [undefined, one])).toBe(write('turtle', [undefined, one]))
  })

  it('does not take the IRI of a graph for a prefixed name', () => {
    const iri = Iri.parse('prov:Bundle')
    const [quad] = new Parser({ format: 'trig' }).parse(write('trig', [iri, [iri, PROV.used, iri]]))
    expect(quad?.graph.value).toBe('prov:Bundle')
    expect(quad?.subject.value).toBe('prov:Bundle')
  })

  it('declares more prefixes wherever it is, and writes IRIs in full', () => {
    const writer = new TrigWriter({ prov: EXPORT_PREFIXES.prov })
    writer.declare({})
    writer.declare({ x: 'https://example.org/' })
    writer.write(b, PROV.used, a)
    writer.enterGraph(g)
    writer.write(a, PROV.used, b)
    writer.declare({ y: 'https://example.com/' })
    writer.write(a, PROV.used, b)
    writer.enterGraph(undefined)
    writer.declare({ z: 'https://example.net/' })
    writer.write(a, PROV.used, b)
    writer.end()
    expect(writer.take()).toBe(`@prefix prov: <http://www.w3.org/ns/prov#>.

@prefix x: <https://example.org/>.

<https://example.org/b> prov:used <https://example.org/a>.

<https://example.org/g> {
    <https://example.org/a> prov:used <https://example.org/b>
}
@prefix y: <https://example.com/>.

<https://example.org/g> {
    <https://example.org/a> prov:used <https://example.org/b>
}
@prefix z: <https://example.net/>.

<https://example.org/a> prov:used <https://example.org/b>.
`)
    const lines = new NQuadsWriter()
    lines.declare({ x: 'https://example.org/' })
    expect(lines.take()).toBe('')
  })

  it('writes what Turtle writes where there is one graph', () => {
    expect(write('trig', [undefined, ...about(a), ...about(b)])).toBe(
      write('turtle', [undefined, ...about(a), ...about(b)]),
    )
  })
})

describe('NTriplesWriter and NQuadsWriter', () => {
  const statements: Statement[] = [
    [a, RDF.type, PROV.Entity],
    [a, RDFS.label, Literal.text('\0\b\t\n\u000b\f\r\u001f "\\\' \u007f\u0080\u2028é😀\ufffe'.slice(1))],
    [a, PROV.value, Literal.integer(-7)],
    [a, PROV.value, Literal.json('{"a":"\\n"}')],
    [Iri.parse('https://ü.example/\u{20000}'), PROV.used, Iri.parse('prov:x')],
  ]
  /** RDF 1.2 N-Triples §4: short escapes where there are any, \u for other controls, everything else as it is. */
  const lines = [
    '<https://example.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/prov#Entity>',
    '<https://example.org/a> <http://www.w3.org/2000/01/rdf-schema#label> "\\b\\t\\n\\u000B\\f\\r\\u001F \\"\\\\\' \\u007F\u0080\u2028é😀\\uFFFE"',
    '<https://example.org/a> <http://www.w3.org/ns/prov#value> "-7"^^<http://www.w3.org/2001/XMLSchema#integer>',
    '<https://example.org/a> <http://www.w3.org/ns/prov#value> "{\\"a\\":\\"\\\\n\\"}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>',
    '<https://ü.example/\u{20000}> <http://www.w3.org/ns/prov#used> <prov:x>',
  ]

  it('write canonical lines', () => {
    expect(write('ntriples', [undefined, ...statements])).toBe(lines.map((line) => `${line} .\n`).join(''))
    expect(write('nquads', [undefined, ...statements])).toBe(lines.map((line) => `${line} .\n`).join(''))
  })

  it('write the graph at the end of the line, or nowhere', () => {
    const stretches: Stretch[] = [
      [g, ...statements],
      [undefined, ...statements],
    ]
    const inGraph = lines.map((line) => `${line} <https://example.org/g> .\n`).join('')
    const outside = lines.map((line) => `${line} .\n`).join('')
    expect(write('nquads', ...stretches)).toBe(inGraph + outside)
    expect(write('ntriples', ...stretches)).toBe(outside + outside)
  })
})

const iri = fc
  .oneof(
    fc.constantFrom(
      'prov:Entity',
      'rdf:type',
      'x:',
      'http://x',
      'HTTP://X/a',
      'http:a',
      'urn:uuid:1',
      'https://e.org/?#',
    ),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc
      .string({ unit: fc.constantFrom(..."aZ09-._~:@!$&'()*+,;=/?#%41üß\u{20000}\u{1F600}") })
      .map((text) => `x:${text}`),
  )
  .filter((text) => flawOfIri(text) === undefined)
  .map((text) => Iri.parse(text))

const text = fc
  .oneof(
    fc.constantFrom(
      '',
      '"',
      '"""',
      '\\',
      '\\u0041',
      '\r\n',
      '"@en',
      '"^^<http://www.w3.org/2001/XMLSchema#integer>',
      '> . <http://evil> <http://evil> "} .',
      '} <urn:evil> {',
      '\u2028\u2029\ufeff\u0085',
      '\u202E\u05D0\u202C 👩‍👩‍👧‍👦',
      String.fromCharCode(...Array.from({ length: 0x7f }, (_, i) => i + 1)),
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
  )
  // U+0000 is refused, and Raptor drops U+FFFE and U+FFFF.
  .map((value) => value.replace(/[\0\ufffe\uffff]/g, '.'))

const object: fc.Arbitrary<Iri | Literal> = fc.oneof(
  iri,
  text.map(Literal.text),
  text.map(Literal.json),
  text.map(Literal.anyUri),
  fc.maxSafeInteger().map(Literal.integer),
  fc.constant(Literal.dateTime('2026-01-05T09:00:00.000Z')),
  fc.constant(PROV.Entity),
)
const predicate = fc.oneof(fc.constantFrom(RDF.type, RDFS.label, PROV.used, PROV.value), iri)
const subject = fc.oneof(fc.constantFrom(a, b), iri)
const statement: fc.Arbitrary<Statement> = fc.tuple(subject, predicate, object)
const stretch: fc.Arbitrary<Stretch> = fc
  .tuple(fc.option(fc.oneof(fc.constantFrom(g, h), iri), { nil: undefined }), fc.array(statement, { maxLength: 6 }))
  .map(([graph, statements]) => [graph, ...statements])
const stretches = fc.array(stretch, { maxLength: 5 })

describe.each(FORMATS)('any statements in %s', (format) => {
  it('are read back by n3', () => {
    fc.assert(
      fc.property(stretches, (written) => {
        expect(reading(format, write(format, ...written))).toEqual(meaning(format, written))
      }),
      { numRuns: 300 },
    )
  })

  it('are read by rapper and serdi as by n3', (context) => {
    requireTools(context, 'rapper', 'serdi')
    fc.assert(
      fc.property(stretches, (written) => {
        const document = write(format, ...written)
        const quads = triplesOf(document, format)
        expect(rapperTriplesOf(document, format)).toEqual(quads)
        expect(serdiTriplesOf(document, format)).toEqual(quads)
      }),
      { numRuns: 40 },
    )
  })

  it('come in pieces', () => {
    const writer: DocumentWriter = WRITERS[format]()
    const pieces: string[] = []
    for (let i = 0; i < 2_000; i++) {
      writer.write(Iri.parse(`x:${i}`), PROV.value, Literal.integer(i))
      if (writer.full) pieces.push(writer.take())
    }
    writer.end()
    pieces.push(writer.take())
    expect(pieces.length).toBeGreaterThan(1)
    expect(new Parser({ format }).parse(pieces.join(''))).toHaveLength(2_000)
  })

  it('end: nothing can be written after that', () => {
    const writer: DocumentWriter = WRITERS[format]()
    writer.end()
    expect(() => writer.write(a, PROV.used, b)).toThrow('closed')
  })
})

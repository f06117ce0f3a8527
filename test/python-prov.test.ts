import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { Parser, type Quad, type Term } from 'n3'
import { beforeEach, describe, expect, it, type TestContext } from 'vitest'
import { type ExportOptions, importBeads } from '../src/index.js'
import { CLASSES, PROPERTIES, QUALIFIED_FORMS, superclasses } from './prov-o.js'
import { histories } from './support/histories.js'
import { play } from './support/play.js'
import { inMemory } from './support/trackers.js'
import { fillRecord, newTracker } from './turtle-record.js'
import { documentOf } from './turtle-tools.js'

const PYTHON = '/usr/bin/python3'
const LOADER = fileURLToPath(new URL('python/load-prov.py', import.meta.url))
const PROV = 'http://www.w3.org/ns/prov#'
const X = 'https://example.org/'
const RDF_TYPE = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type'
const RDFS_LABEL = 'http://www.w3.org/2000/01/rdf-schema#label'

/** Debian's python3-prov, not one of a virtual environment, in which it might be another. */
function requirePythonProv(context: TestContext): void {
  if (spawnSync(PYTHON, ['-c', 'import prov, rdflib']).status === 0) return
  const message = 'prov not found in Python; on Debian: apt-get install python3-prov python3-rdflib'
  if (process.env.PROVTRAIL_TOOLS_REQUIRED === '1') throw new Error(message)
  console.warn(`skipped, as ${message}`)
  context.skip(message)
}

/** What Python's prov holds of one statement of PROV-DM, with the names of PROV-DM for its parts. */
interface Held {
  readonly type: string
  readonly id: string | null
  readonly attributes: readonly (readonly [name: string, value: { readonly iri?: string; readonly value?: string }])[]
}
interface Loaded {
  readonly error?: string
  readonly records: readonly Held[]
  readonly bundles: Readonly<Record<string, readonly Held[]>>
}

/**
 * Loads documents in one go. It reads a graph in the order of a hash table, so that what it makes of a document can depend
 * on the seed of the hashes.
 */
function load(documents: readonly string[], format: 'turtle' | 'trig' | 'nt' | 'nquads', seed = 0): Loaded[] {
  const folder = mkdtempSync(join(tmpdir(), 'provtrail-python-'))
  try {
    const files = documents.map((document, i) => {
      writeFileSync(join(folder, `${i}`), document)
      return join(folder, `${i}`)
    })
    const env = { ...process.env, PYTHONHASHSEED: String(seed), PYTHONDONTWRITEBYTECODE: '1' }
    return execFileSync(PYTHON, [LOADER, format, ...files], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What PROV-DM calls the two ends of a relation, by the class of PROV-O that qualifies it. */
const ENDS: Readonly<Record<string, readonly [subject: string, object: string]>> = {
  Generation: ['entity', 'activity'],
  Usage: ['activity', 'entity'],
  Communication: ['informed', 'informant'],
  Invalidation: ['entity', 'activity'],
  Derivation: ['generatedEntity', 'usedEntity'],
  Attribution: ['entity', 'agent'],
  Association: ['activity', 'agent'],
  Delegation: ['delegate', 'responsible'],
  Influence: ['influencee', 'influencer'],
  Specialization: ['specificEntity', 'generalEntity'],
  Alternate: ['alternate1', 'alternate2'],
  Membership: ['collection', 'entity'],
}

/** What becomes of the properties of PROV-O that PROV-DM has other words for, or none but a relation. */
const RELATIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.values(QUALIFIED_FORMS).map(({ plain, type }) => [plain, type])),
  specializationOf: 'Specialization',
  alternateOf: 'Alternate',
  hadMember: 'Membership',
}
const ATTRIBUTES: Readonly<Record<string, string>> = {
  startedAtTime: 'startTime',
  endedAtTime: 'endTime',
  atTime: 'time',
  hadRole: 'role',
  hadPlan: 'plan',
  hadActivity: 'activity',
}
const INFLUENCERS = ['entity', 'activity', 'agent', 'influencer']
const SUBTYPES_OF_DERIVATION = ['Revision', 'Quotation', 'PrimarySource']

/** The records that were loaded, asked whether they hold what a statement says. */
class Records {
  readonly #byId = new Map<string, Held[]>()
  readonly #relations = new Set<string>()

  constructor({ records, bundles }: Loaded) {
    for (const record of [records, ...Object.values(bundles)].flat()) {
      if (record.id !== null) this.#byId.set(record.id, [...(this.#byId.get(record.id) ?? []), record])
      const type = record.type.slice(PROV.length)
      const [subject, object] = ENDS[type] ?? []
      if (subject === undefined || object === undefined) continue
      for (const one of valuesOf(record, PROV + subject)) {
        for (const other of valuesOf(record, PROV + object)) {
          const types = ['', ...valuesOf(record, `${PROV}type`)]
          for (const subtype of types) this.#relations.add([type, subtype, one, other].join(' '))
          if (type === 'Alternate') this.#relations.add([type, '', other, one].join(' '))
        }
      }
    }
  }

  holds({ subject, predicate, object }: Quad): boolean {
    const id = subject.value
    const name = predicate.value.startsWith(PROV) ? predicate.value.slice(PROV.length) : undefined
    if (predicate.value === RDF_TYPE) return this.#isA(id, object.value)
    if (name === undefined || !Object.hasOwn(PROPERTIES, name)) {
      return this.#has(id, predicate.value === RDFS_LABEL ? `${PROV}label` : predicate.value, object)
    }
    if (Object.hasOwn(RELATIONS, name)) return this.#relates(RELATIONS[name]!, id, object.value)
    if (Object.hasOwn(QUALIFIED_FORMS, name)) return this.#ends(object.value, 0, subject)
    if (INFLUENCERS.includes(name)) return this.#ends(id, 1, object)
    return this.#has(id, PROV + (ATTRIBUTES[name] ?? name), object)
  }

  /** Relations between things that the document does not relate. */
  inventions(quads: readonly Quad[]): string[] {
    const stated = new Set(
      quads.flatMap(({ subject, predicate, object }) => {
        const name = RELATIONS[predicate.value.replace(PROV, '')]
        const ends = [subject.value, object.value]
        return name === undefined
          ? []
          : [ends, ends.toReversed()].map(([one, other]) => `${baseOf(name)} ${one} ${other}`)
      }),
    )
    return [...this.#relations]
      .map((relation) => relation.split(' '))
      .map(([type, , one, other]) => `${type} ${one} ${other}`)
      .filter((relation) => !stated.has(relation))
  }

  /** Whether a relation with a name of its own has this end. */
  #ends(id: string, end: 0 | 1, value: Term): boolean {
    return (this.#byId.get(id) ?? []).some((record) => {
      const name = ENDS[record.type.slice(PROV.length)]?.[end]
      return name !== undefined && valuesOf(record, PROV + name).includes(value.value)
    })
  }

  #isA(id: string, type: string): boolean {
    const records = this.#byId.get(id) ?? []
    return records.some((record) => record.type === type || valuesOf(record, `${PROV}type`).includes(type))
  }

  #relates(name: string, subject: string, object: string): boolean {
    const type = baseOf(name)
    const subtype = SUBTYPES_OF_DERIVATION.includes(name) ? PROV + name : ''
    return this.#relations.has([type, subtype, subject, object].join(' '))
  }

  #has(id: string, name: string, value: Term): boolean {
    return (this.#byId.get(id) ?? []).some((record) => valuesOf(record, name).includes(normal(value)))
  }
}

function valuesOf({ attributes }: Held, wanted: string): string[] {
  return attributes.filter(([name]) => name === wanted).map(([, { iri, value = '' }]) => iri ?? normal({ value }))
}

/** A moment is the same in every notation. */
function normal({ value }: { readonly value: string }): string {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)$/.test(value)
  return isTime ? new Date(value).toISOString() : value
}

/** The class that Python's prov has a record for: a Person is an Agent, a Revision a Derivation. */
function baseOf(name: string): string {
  if (!Object.hasOwn(CLASSES, name)) return name
  return superclasses(name).find((one) => Object.hasOwn(ENDS, one)) ?? name
}

/** What a document says and Python's prov does not hold, and what it holds that the document does not say. */
function differences(document: string, loaded: Loaded, format: ExportOptions['format'] = 'turtle'): string[] {
  if (loaded.error !== undefined) return [loaded.error]
  const quads = new Parser({ format }).parse(document)
  const records = new Records(loaded)
  return [
    ...quads.filter((quad) => !records.holds(quad)).map((quad) => `lost: ${wordsOf(quad)}`),
    ...records.inventions(quads).map((relation) => `invented: ${relation}`),
  ]
}

function wordsOf({ subject, predicate, object }: Quad): string {
  return [subject, predicate, object].map(({ value }) => value.replace(PROV, 'prov:').replace(X, 'x:')).join(' ')
}

const DATA = resolve(process.env.PROVTRAIL_DATA ?? '../shared/data', 'beads')
const isThere = existsSync(DATA)
if (!isThere && process.env.PROVTRAIL_DATA_REQUIRED === '1') throw new Error(`the test data is missing: ${DATA}`)
if (!isThere) console.warn(`skipped, as the test data is missing: ${DATA}`)

beforeEach((context) => requirePythonProv(context))

/** The names that rdflib has for formats. */
const FORMATS = { turtle: 'turtle', trig: 'trig', ntriples: 'nt', nquads: 'nquads' } as const

describe.each(['summary', 'full'] as const)("Python's prov, of detail %s,", (detail) => {
  it.each([0, 1, 2, 3])('holds a record with everything, read in order %i', async (seed) => {
    const tracker = await newTracker()
    await fillRecord(tracker)
    const document = await documentOf(tracker, { format: 'turtle', detail })
    const [loaded] = load([document], 'turtle', seed)
    expect(differences(document, loaded!)).toEqual([])
  })

  it.each(['trig', 'ntriples'] as const)('holds a record with everything in %s', async (format) => {
    const tracker = await newTracker()
    await fillRecord(tracker)
    const document = await documentOf(tracker, { format, detail })
    const [loaded] = load([document], FORMATS[format])
    expect(differences(document, loaded!, format)).toEqual([])
  })

  it.each([0, 1, 2, 3])('holds a bundle for each namespace, read in order %i', async (seed) => {
    const tracker = await newTracker()
    const { login, bot, work, prompt } = await fillRecord(tracker)
    for (const namespace of ['elsewhere', 'https://example.org/other', 'https://example.org/third']) {
      const links = { blockedBy: [login.id], owner: bot.id, generatedBy: work.id, derivedFrom: [prompt.id] }
      await tracker.as(bot.id).tasks.create({ title: 'Elsewhere', namespace, ...links })
    }
    const whole = await documentOf(tracker, { format: 'trig', detail })
    const part = await documentOf(tracker, { format: 'trig', detail, namespace: 'elsewhere' })
    const [all, some] = load([whole, part], 'trig', seed)
    expect(differences(whole, all!, 'trig')).toEqual([])
    expect(Object.keys(all!.bundles)).toHaveLength(4)
    expect(differences(part, some!, 'trig')).toEqual([])
    expect(Object.keys(some!.bundles)).toHaveLength(1)
  })

  it('holds any history', async () => {
    const documents: string[] = []
    for (const history of fc.sample(histories, { numRuns: 15, seed: 7 })) {
      await inMemory(async (tracker) => {
        await play(tracker, history)
        documents.push(await documentOf(tracker, { format: 'turtle', detail }))
      })
    }
    for (const [i, loaded] of load(documents, 'turtle').entries()) {
      expect(differences(documents[i]!, loaded)).toEqual([])
    }
  })

  it.skipIf(!isThere)('holds real data', async () => {
    const tracker = await newTracker()
    await importBeads(tracker, join(DATA, 'provenance'))
    const document = await documentOf(tracker, { format: 'turtle', detail })
    const [loaded] = load([document], 'turtle')
    expect(differences(document, loaded!)).toEqual([])
  })
})

/**
 * What Python's prov 2.0.0 cannot read, or reads without holding it. The exports keep clear of all of it; the day that
 * it can be read, one of these fails, and what keeps clear of it may go.
 */
interface Trap {
  readonly what: string
  /** What the exports say so that nothing is lost. */
  readonly instead: string
  readonly document: string
  /** What becomes of it, in some order of reading at least. */
  readonly outcome: string
  readonly format?: 'trig' | 'nquads'
}

const TRAPS: readonly Trap[] = [
  {
    what: 'a revision without a qualified form',
    instead: 'prov:qualifiedRevision beside prov:wasRevisionOf',
    document: 'x:b a prov:Entity ; prov:wasRevisionOf x:a . x:a a prov:Entity .',
    outcome: 'lost: x:b prov:wasRevisionOf x:a',
  },
  {
    what: 'a primary source without a qualified form',
    instead: 'prov:wasDerivedFrom, and no prov:hadPrimarySource',
    document: 'x:b a prov:Entity ; prov:hadPrimarySource x:a . x:a a prov:Entity .',
    outcome: 'lost: x:b prov:hadPrimarySource x:a',
  },
  {
    what: 'a thing with types of which none is prov:Entity, prov:Activity or prov:Agent',
    instead: 'a role is a prov:Entity too',
    document: 'x:worker a prov:Role .',
    outcome: "KeyError: 'https://example.org/worker'",
  },
  {
    what: 'a thing that only has a special type',
    instead: 'each type with those above it: prov:Agent, prov:Person; prov:Entity, prov:Bundle',
    document: 'x:ada a prov:Person .',
    outcome: "KeyError: 'https://example.org/ada'",
  },
  {
    what: 'a property of another vocabulary that has the word "qualified" in it',
    instead: 'pt:blocking, and not pt:qualifiedBlocking',
    document: 'x:task a prov:Entity ; x:qualifiedBlocking x:blocking . x:blocking a prov:Entity .',
    outcome: 'IndexError: list index out of range',
  },
  {
    what: 'an IRI that ends in none of the characters of a name',
    instead: 'the IRI of an artifact as a value (xsd:anyURI)',
    document: 'x:file a prov:Entity ; x:iri <https://example.com/> .',
    outcome: "ValueError: Can't split 'https://example.com/'",
  },
  {
    what: 'qualified delegations from one agent to several',
    instead: 'prov:qualifiedInfluence, of which prov:qualifiedDelegation is a sub-property',
    document: `x:bot a prov:Agent ; prov:actedOnBehalfOf x:ada, x:ben ; prov:qualifiedDelegation x:one, x:two .
      x:ada a prov:Agent . x:ben a prov:Agent .
      x:one a prov:Delegation ; prov:agent x:ada . x:two a prov:Delegation ; prov:agent x:ben .`,
    outcome: 'ProvException: Cannot have more than one value for attribute prov:responsible',
  },
  {
    what: 'qualified associations of one activity with several agents',
    instead: 'one agent for each activity',
    document: `x:work a prov:Activity ; prov:wasAssociatedWith x:ada, x:ben ; prov:qualifiedAssociation x:one, x:two .
      x:ada a prov:Agent . x:ben a prov:Agent .
      x:one a prov:Association ; prov:agent x:ada . x:two a prov:Association ; prov:agent x:ben .`,
    outcome: 'lost: x:two prov:agent x:ben',
  },
  {
    what: 'what one graph says of a thing that has its types in another',
    instead: 'everything about a thing in one graph',
    document: 'x:task a prov:Entity . x:graph a prov:Entity, prov:Bundle . x:graph { x:task x:status "open" }',
    outcome: 'lost: x:task x:status open',
    format: 'trig',
  },
  {
    what: 'the name of a graph that is under no declared prefix',
    instead: 'a prefix for each namespace in TriG; N-Quads has none, so there it depends on the order of reading',
    document: `<urn:a#1> <${RDF_TYPE}> <${PROV}Entity> <urn:b#2> .`,
    outcome: 'ProvException: The provided identifier "urn:b#2" is not valid',
    format: 'nquads',
  },
]

describe('what Python loses, and the exports keep clear of:', () => {
  for (const { what, document, outcome, format = 'turtle' } of TRAPS) {
    it(what, () => {
      const text = format === 'nquads' ? document : `@prefix prov: <${PROV}> . @prefix x: <${X}> . ${document}`
      const outcomes: string[] = []
      for (let seed = 0; seed < 32 && !outcomes.includes(outcome); seed++) {
        outcomes.push(...differences(text, load([text], format, seed)[0]!, format))
      }
      expect(outcomes).toContain(outcome)
    })
  }

  it('is held in the shape that the exports have instead', () => {
    const text = `@prefix prov: <${PROV}> . @prefix x: <${X}> .
      x:b a prov:Entity ; prov:wasRevisionOf x:a ; prov:qualifiedRevision x:r . x:a a prov:Entity .
      x:r a prov:Revision ; prov:entity x:a .
      x:bot a prov:Agent ; prov:actedOnBehalfOf x:ada, x:ben ; prov:qualifiedInfluence x:one, x:two .
      x:ada a prov:Agent, prov:Person . x:ben a prov:Agent .
      x:one a prov:Delegation ; prov:agent x:ada . x:two a prov:Delegation ; prov:agent x:ben .`
    for (const seed of [0, 1, 2, 3]) expect(differences(text, load([text], 'turtle', seed)[0]!)).toEqual([])
  })
})

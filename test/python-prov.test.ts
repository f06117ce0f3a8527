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

/**
 * What Python's prov 2.0.0 loses and could hold, with the reason; every one of them is seen to be lost below.
 */
interface Gap {
  readonly what: string
  readonly why: string
  /** Whether a statement falls into it. */
  readonly of: (quad: Quad, document: readonly Quad[]) => boolean
}

const GAPS: readonly Gap[] = []

function lossesOf(document: string, loaded: Loaded, format: ExportOptions['format']): string[] {
  expect(loaded.error).toBeUndefined()
  const quads = new Parser({ format }).parse(document)
  const records = new Records(loaded)
  const lost = quads.filter((quad) => !records.holds(quad))
  return lost.filter((quad) => !GAPS.some((gap) => gap.of(quad, quads))).map(wordsOf)
}

function wordsOf({ subject, predicate, object }: Quad): string {
  return [subject.value, predicate.value, object.value].join(' ')
}

beforeEach((context) => requirePythonProv(context))

describe.each(['summary', 'full'] as const)("Python's prov loses nothing, in detail %s,", (detail) => {
  it.each([0, 1, 2])('of a record with everything, read in order %i', async (seed) => {
    const tracker = await newTracker()
    await fillRecord(tracker)
    const document = await documentOf(tracker, { format: 'turtle', detail })
    const [loaded] = load([document], 'turtle', seed)
    expect(lossesOf(document, loaded!, 'turtle')).toEqual([])
  })

  it('of any history', async () => {
    const documents: string[] = []
    for (const history of fc.sample(histories, { numRuns: 10, seed: 7 })) {
      await inMemory(async (tracker) => {
        await play(tracker, history)
        documents.push(await documentOf(tracker, { format: 'turtle', detail }))
      })
    }
    for (const [i, loaded] of load(documents, 'turtle').entries()) {
      expect(lossesOf(documents[i]!, loaded, 'turtle')).toEqual([])
    }
  })
})

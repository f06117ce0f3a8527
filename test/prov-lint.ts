import type { Quad, Term } from 'n3'
import {
  CLASSES,
  DISJOINT,
  formOf,
  OTHER_TERMS,
  PROPERTIES,
  type Property,
  QUALIFIED_FORMS,
  superclasses,
} from './prov-o.js'

/** What a document can get wrong. */
export type Rule =
  | 'unknown term'
  | 'domain'
  | 'range'
  | 'disjoint classes'
  | 'time'
  | 'start after end'
  | 'generation after invalidation'
  | 'event outside of its activity'
  | 'used before its generation'
  | 'used after its invalidation'
  | 'specialization after invalidation'
  | 'informed by what was later'
  | 'qualified form'
  | 'owner'
  | 'illegal IRI'
  | 'blank node'
  | 'undescribed'
  | 'graph'
  | 'cycle'

/** One thing that is wrong with a document. */
export interface Finding {
  readonly rule: Rule
  readonly about: string
  readonly message: string
}

/** A node, and the property that tells a time of it. */
type TimeOfNode = readonly [node: string, property: string]

const PROV = 'http://www.w3.org/ns/prov#'
const RDF_TYPE = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type'
const XSD_DATE_TIME = 'http://www.w3.org/2001/XMLSchema#dateTime'

/** What is wrong with a PROV-O document; named graphs are read as one, but for what they must say of themselves. */
export function lint(quads: readonly Quad[]): Finding[] {
  return new Lint(quads).run()
}

class Lint {
  readonly #quads: readonly Quad[]
  readonly #findings = new Map<string, Finding>()
  /** Objects by subject and predicate. */
  readonly #objects = new Map<string, Map<string, Term[]>>()
  readonly #flaws = new Map<string, { readonly flaw: string | undefined }>()
  /** The PROV classes of a subject, with those above them. */
  readonly #classes = new Map<string, Set<string>>()

  constructor(quads: readonly Quad[]) {
    this.#quads = quads
    for (const { subject, predicate, object } of quads) {
      const about = entry(this.#objects, subject.value, () => new Map<string, Term[]>())
      entry(about, predicate.value, (): Term[] => []).push(object)
      if (predicate.value !== RDF_TYPE) continue
      const classes = entry(this.#classes, subject.value, () => new Set<string>())
      const name = provName(object.value)
      if (name !== undefined) for (const one of superclasses(name)) classes.add(one)
    }
  }

  run(): Finding[] {
    for (const quad of this.#quads) {
      this.#lintTerms(quad)
      this.#lintStatement(quad)
    }
    for (const [subject, classes] of this.#classes) this.#lintClasses(subject, classes)
    for (const subject of this.#objects.keys()) {
      this.#lintTimes(subject)
      this.#lintOrder(subject)
    }
    this.#lintQualifiedForms()
    this.#lintGraphs()
    for (const properties of [
      ['wasDerivedFrom', 'wasRevisionOf', 'wasQuotedFrom', 'hadPrimarySource'],
      ['specializationOf'],
    ]) {
      this.#lintCycles(properties)
    }
    return [...this.#findings.values()]
  }

  #find(rule: Rule, about: string, message: string): void {
    entry(this.#findings, `${rule} ${about} ${message}`, () => ({ rule, about, message }))
  }

  #all(subject: string, name: string): Term[] {
    return this.#objects.get(subject)?.get(PROV + name) ?? []
  }

  #flawOf(iri: string): string | undefined {
    return entry(this.#flaws, iri, () => ({ flaw: flawOf(iri) })).flaw
  }

  #is(iri: string, classes: readonly string[]): boolean {
    const known = this.#classes.get(iri)
    return known !== undefined && classes.some((name) => known.has(name))
  }

  /** Each term on its own: legal, known, and described. */
  #lintTerms({ subject, predicate, object, graph }: Quad): void {
    for (const term of [subject, predicate, object, graph]) {
      if (term.termType === 'BlankNode') this.#find('blank node', term.value, 'a node without a name')
      const flaw = term.termType === 'NamedNode' ? this.#flawOf(term.value) : undefined
      if (flaw !== undefined) this.#find('illegal IRI', term.value, flaw)
    }
    const property = provName(predicate.value)
    if (property !== undefined && !Object.hasOwn(PROPERTIES, property) && !OTHER_TERMS.includes(property)) {
      this.#find('unknown term', subject.value, `prov:${property} is no property of PROV-O`)
    }
    const value = object.termType === 'NamedNode' ? provName(object.value) : undefined
    if (value !== undefined && predicate.value === RDF_TYPE && !Object.hasOwn(CLASSES, value)) {
      this.#find('unknown term', subject.value, `prov:${value} is no class of PROV-O`)
    }
    if (value !== undefined && predicate.value !== RDF_TYPE && !Object.hasOwn(CLASSES, value)) {
      this.#find('unknown term', subject.value, `prov:${value} is none of PROV-O`)
    }
    if (predicate.value !== RDF_TYPE && object.termType === 'NamedNode' && !this.#objects.has(object.value)) {
      this.#find('undescribed', object.value, `is referred to by ${subject.value} and not described`)
    }
  }

  #lintStatement({ subject, predicate, object }: Quad): void {
    const name = provName(predicate.value)
    const property = name === undefined || !Object.hasOwn(PROPERTIES, name) ? undefined : PROPERTIES[name]
    if (property === undefined) return
    if (!this.#is(subject.value, property.domain)) {
      this.#find('domain', subject.value, `has prov:${name}, and is no ${property.domain.join(' or ')}`)
    }
    const isInRange = this.#isInRange(object, property)
    if (!isInRange) this.#find('range', subject.value, `prov:${name} leads to ${object.value}, which is out of range`)
    if (isInRange && property.range.includes('xsd:dateTime') && Number.isNaN(timeOf(object))) {
      this.#find('time', subject.value, `prov:${name} is ${object.value}, no time with a zone`)
    }
  }

  #isInRange(object: Term, { kind, range }: Property): boolean {
    if (kind === 'object') return object.termType !== 'Literal' && this.#is(object.value, range)
    if (object.termType !== 'Literal') return false
    return !range.includes('xsd:dateTime') || object.datatype.value === XSD_DATE_TIME
  }

  #lintClasses(subject: string, classes: ReadonlySet<string>): void {
    for (const [one, other] of DISJOINT) {
      if (classes.has(one) && classes.has(other)) this.#find('disjoint classes', subject, `is both ${one} and ${other}`)
    }
  }

  /** Whether a time of one node is after that of another. */
  #isAfter([one, property]: TimeOfNode, [other, otherProperty]: TimeOfNode): boolean {
    const times = this.#all(other, otherProperty).map(timeOf)
    return this.#all(one, property).some((time) => times.some((otherTime) => timeOf(time) > otherTime))
  }

  /** What one node says of the times of another. */
  #lintOrder(subject: string): void {
    const ends = (about: string, name: string) => this.#all(about, name).map(({ value }) => value)
    // Constraints 37 (generation-precedes-usage) and 38 (usage-precedes-invalidation).
    const usages: [entity: string, ...at: TimeOfNode][] = ends(subject, 'qualifiedUsage').flatMap((node) =>
      ends(node, 'entity').map((entity) => [entity, node, 'atTime'] as [string, ...TimeOfNode]),
    )
    for (const [entity, ...at] of usages) {
      if (this.#isAfter([entity, 'generatedAtTime'], at))
        this.#find('used before its generation', subject, `by when it was used, ${entity} was not there`)
    }
    // An activity used what it derived something from (inference 11), and no usage is before its start (constraint 33).
    for (const entity of ends(subject, 'used')) usages.push([entity, subject, 'startedAtTime'])
    for (const node of [...ends(subject, 'qualifiedDerivation'), ...ends(subject, 'qualifiedRevision')]) {
      for (const entity of ends(node, 'entity')) {
        for (const activity of ends(node, 'hadActivity')) usages.push([entity, activity, 'startedAtTime'])
      }
    }
    for (const [entity, ...at] of usages) {
      if (this.#isAfter(at, [entity, 'invalidatedAtTime']))
        this.#find('used after its invalidation', subject, `by when it was used, ${entity} was no more`)
    }
    // Constraint 46 (specialization-invalidation-ordering), and with 36 what is generated is so before.
    for (const general of ends(subject, 'specializationOf')) {
      for (const name of ['generatedAtTime', 'invalidatedAtTime']) {
        if (this.#isAfter([subject, name], [general, 'invalidatedAtTime']))
          this.#find('specialization after invalidation', subject, `by its prov:${name}, ${general} was no more`)
      }
    }
    // Constraint 35 (wasInformedBy-ordering).
    for (const informant of ends(subject, 'wasInformedBy')) {
      if (this.#isAfter([informant, 'startedAtTime'], [subject, 'endedAtTime']))
        this.#find('informed by what was later', subject, `ended before ${informant} began`)
    }
  }

  #lintTimes(subject: string): void {
    const time = (about: string, name: string) => this.#all(about, name).map(timeOf)
    const isAfter = (times: number[], others: number[]) => times.some((one) => others.some((other) => one > other))
    // Constraint 30 (start-precedes-end).
    if (isAfter(time(subject, 'startedAtTime'), time(subject, 'endedAtTime')))
      this.#find('start after end', subject, 'prov:startedAtTime is after prov:endedAtTime')
    // Constraint 36 (generation-precedes-invalidation).
    if (isAfter(time(subject, 'generatedAtTime'), time(subject, 'invalidatedAtTime')))
      this.#find('generation after invalidation', subject, 'prov:generatedAtTime is after prov:invalidatedAtTime')
    // Constraints 33 (usage-within-activity) and 34 (generation-within-activity).
    for (const { value: node } of [
      ...this.#all(subject, 'qualifiedUsage'),
      ...this.#all(subject, 'qualifiedGeneration'),
    ]) {
      const activities = this.#is(node, ['Usage']) ? [subject] : this.#all(node, 'activity').map(({ value }) => value)
      const at = time(node, 'atTime')
      for (const activity of activities) {
        if (isAfter(time(activity, 'startedAtTime'), at) || isAfter(at, time(activity, 'endedAtTime')))
          this.#find('event outside of its activity', subject, `${node} was not while ${activity} was`)
      }
    }
  }

  #lintQualifiedForms(): void {
    const ownersByNode = new Map<string, Set<string>>()
    for (const [owner, about] of this.#objects) {
      for (const [predicate, nodes] of about) {
        const name = provName(predicate)
        if (name === undefined || !Object.hasOwn(QUALIFIED_FORMS, name)) continue
        for (const node of nodes) {
          entry(ownersByNode, node.value, () => new Set<string>()).add(`${owner} ${name}`)
          this.#lintQualifiedForm(owner, name, node.value)
        }
      }
    }
    for (const [node, classes] of this.#classes) {
      const owners = ownersByNode.get(node)?.size ?? 0
      if (classes.has('Influence') && owners !== 1)
        this.#find('owner', node, `qualifies ${owners} relations and not one`)
    }
  }

  #lintQualifiedForm(owner: string, name: string, node: string): void {
    const special = name === 'qualifiedInfluence' ? formOf(this.#classes.get(node) ?? new Set()) : undefined
    const { plain, influencer, ownersTime } = special ?? QUALIFIED_FORMS[name]!
    const influencers = this.#all(node, influencer)
    // Who or what did it need not be known of an event; of anything else there is nothing to qualify then.
    const mayLack = ['Generation', 'Invalidation', 'Start', 'End'].some((event) => this.#is(node, [event]))
    if (influencers.length > 1 || (influencers.length === 0 && !mayLack)) {
      this.#find('qualified form', owner, `${node} has ${influencers.length} prov:${influencer} and not one`)
    }
    const plainValues = this.#all(owner, plain).map(({ value }) => value)
    for (const { value } of influencers) {
      if (!plainValues.includes(value))
        this.#find('qualified form', owner, `prov:${name} without prov:${plain} ${value}`)
    }
    const times = ownersTime === undefined ? [] : this.#all(owner, ownersTime).map(timeOf)
    for (const time of this.#all(node, 'atTime')) {
      if (times.length > 0 && !times.includes(timeOf(time))) {
        this.#find('qualified form', owner, `prov:${ownersTime} is not the prov:atTime ${time.value} of ${node}`)
      }
    }
    if (ownersTime !== undefined && this.#all(node, 'atTime').length > 1) {
      this.#find('qualified form', owner, `${node} has more than one prov:atTime`)
    }
  }

  /** A graph is a bundle (PROV-DM 5.4), which is said outside of it. */
  #lintGraphs(): void {
    const inDefault = this.#quads.filter(({ graph }) => graph.termType === 'DefaultGraph')
    const bundles = new Set(
      inDefault
        .filter(({ predicate, object }) => predicate.value === RDF_TYPE && object.value === `${PROV}Bundle`)
        .map(({ subject }) => subject.value),
    )
    for (const { graph } of this.#quads) {
      if (graph.termType !== 'DefaultGraph' && !bundles.has(graph.value)) {
        this.#find('graph', graph.value, 'is no prov:Bundle in the default graph')
      }
    }
  }

  /** Takes away, again and again, what leads nowhere: what stays goes round. */
  #lintCycles(names: readonly string[]): void {
    const targets = new Map<string, Set<string>>()
    for (const subject of this.#objects.keys()) {
      const ends = names.flatMap((name) => this.#all(subject, name)).map(({ value }) => value)
      if (ends.length > 0) targets.set(subject, new Set(ends))
    }
    for (let before = -1; before !== targets.size; ) {
      before = targets.size
      for (const [subject, ends] of targets) {
        for (const end of ends) if (!targets.has(end)) ends.delete(end)
        if (ends.size === 0) targets.delete(subject)
      }
    }
    for (const subject of targets.keys()) this.#find('cycle', subject, `prov:${names[0]} leads back to it`)
  }
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

function provName(iri: string): string | undefined {
  return iri.startsWith(PROV) && iri.length > PROV.length ? iri.slice(PROV.length) : undefined
}

/** NaN for what is no xsd:dateTime with a time zone. */
function timeOf({ value }: Term): number {
  const isTime = /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value)
  return isTime ? Date.parse(value) : Number.NaN
}

/** The parts of an IRI as RFC 3986, appendix B, takes it apart. */
const PARTS = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/su

/**
 * What is wrong with an IRI by RFC 3987, read character by character. It shares nothing with the exporter's own check, so
 * that one mistake is not made twice.
 */
export function flawOf(iri: string): string | undefined {
  const [, scheme, authority, path = '', query, fragment] = PARTS.exec(iri) ?? []
  if (scheme === undefined || !/^[a-z][a-z0-9+.-]*$/i.test(scheme)) return 'has no scheme'
  if (authority === undefined && path.startsWith('//')) return 'has a path that looks like a host'
  const host = authority?.replace(/^.*@/s, '').replace(/:\d*$/, '') ?? ''
  const isLiteral = /^\[[0-9a-f:.]+\]$/i.test(host) || /^\[v[0-9a-f]+\.[^[\]/]+\]$/i.test(host)
  const parts: [part: string | undefined, delimiters: string][] = [
    [isLiteral ? authority?.replace(host, '') : authority, ':@'],
    [path, ':@/'],
    [query?.replace(PRIVATE, ''), ':@/?'],
    [fragment, ':@/?'],
  ]
  for (const [part = '', delimiters] of parts) {
    const wrong = [...part.replace(/%[0-9a-f]{2}/gi, '')].find((character) => !mayStand(character, delimiters))
    if (wrong !== undefined) return `holds ${JSON.stringify(wrong)}`
  }
  return undefined
}

/** What a query may hold and nothing else (RFC 3987 §2.2, iprivate). */
const PRIVATE = /[\u{E000}-\u{F8FF}\u{F0000}-\u{FFFFD}\u{100000}-\u{10FFFD}]/gu

function mayStand(character: string, delimiters: string): boolean {
  const code = character.codePointAt(0)!
  if (code < 0x80) return /[A-Za-z0-9]/.test(character) || `-._~!$&'()*+,;=${delimiters}`.includes(character)
  const isNone = /[\p{Surrogate}\p{Noncharacter_Code_Point}\p{Private_Use}]/u.test(character)
  const isControl = code < 0xa0 || (code >= 0xfff0 && code <= 0xffff) || (code >= 0xe0000 && code <= 0xe0fff)
  const isBidirectional = /[\p{Bidi_Control}]/u.test(character) && !/[\u061C\u2066-\u2069]/.test(character)
  return !isNone && !isControl && !isBidirectional
}

import { UnwritableTermError } from '../errors.js'
import { flawOfIri } from './iri.js'
import { PREFIXES, type Prefixes } from './prefixes.js'

/**
 * An absolute, legal IRI; there is no other way to have one, so that writers need not check.
 *
 * It is a NamedNode as RDF/JS defines it. Only terms of the vocabularies have a prefixed name: an IRI of the record that
 * looks like one, such as `prov:x`, is never taken for it.
 */
export class Iri {
  readonly termType = 'NamedNode'
  readonly value: string
  /** How documents that declare its prefix for the same vocabulary abbreviate it. */
  readonly prefixedName: string | undefined

  private constructor(value: string, prefixedName?: string) {
    this.value = value
    this.prefixedName = prefixedName
  }

  /** @throws {UnwritableTermError} the text is no absolute, legal IRI; see {@link flawOfIri}. */
  static parse(text: string): Iri {
    const flaw = flawOfIri(text)
    if (flaw !== undefined) throw new UnwritableTermError(text, flaw)
    return new Iri(text)
  }

  /**
   * A term of one of the vocabularies in `prefixes`. Where the local name is more than letters, digits, `-` and `_`, it
   * is written in full.
   *
   * @throws {UnwritableTermError} the local name makes the IRI illegal.
   */
  static term<Known extends Prefixes>(prefixes: Known, prefix: keyof Known & string, localName: string): Iri {
    const { value } = Iri.parse(prefixes[prefix] + localName)
    return new Iri(value, /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(localName) ? `${prefix}:${localName}` : undefined)
  }

  /**
   * This IRI with letters, digits, `.`, `_`, `~` and `-` appended, without the cost of checking all of it again.
   *
   * The caller has seen to it that this IRI does not end in an authority.
   *
   * @throws {UnwritableTermError} anything else is to be appended.
   */
  append(unreserved: string): Iri {
    if (!/^[\w.~-]*$/.test(unreserved))
      throw new UnwritableTermError(unreserved, 'is no part of an IRI that can be appended')
    return new Iri(this.value + unreserved)
  }

  equals(other: { readonly termType: string; readonly value: string } | null | undefined): boolean {
    return other?.termType === 'NamedNode' && other.value === this.value
  }
}

/**
 * `prov:used` as a term.
 *
 * @throws {UnwritableTermError} its prefix is none of `prefixes`, or its local name makes the IRI illegal.
 */
export function parsePrefixedName(prefixes: Prefixes, name: string): Iri {
  const colon = name.indexOf(':')
  const prefix = name.slice(0, colon)
  if (colon < 0 || !Object.hasOwn(prefixes, prefix)) throw new UnwritableTermError(name, 'begins with no known prefix')
  return Iri.term(prefixes, prefix, name.slice(colon + 1))
}

/** The terms of a vocabulary by their local names. */
export function vocabulary<Known extends Prefixes, const Name extends string>(
  prefixes: Known,
  prefix: keyof Known & string,
  names: readonly Name[],
): Readonly<Record<Name, Iri>> {
  return Object.fromEntries(names.map((name) => [name, Iri.term(prefixes, prefix, name)])) as Record<Name, Iri>
}

/** What no RDF document carries: U+0000 (XML Schema 1.1-2 §3.3.1) and lone surrogates (RDF 1.1 Concepts §3.3). */
const MAYBE_UNSPEAKABLE = /[\0\ud800-\udfff]/
const UNSPEAKABLE = /[\0\p{Surrogate}]/u
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
/** Terms of XML Schema that literals have as datatypes. */
export const XSD = vocabulary(PREFIXES, 'xsd', ['string', 'integer', 'dateTime', 'anyURI'])
const RDF_JSON = Iri.term(PREFIXES, 'rdf', 'JSON')

/** A literal without a language: a Literal as RDF/JS defines it. Made by the functions below, which check its text. */
export class Literal {
  readonly termType = 'Literal'
  readonly language = ''
  readonly value: string
  readonly datatype: Iri

  private constructor(value: string, datatype: Iri) {
    this.value = value
    this.datatype = datatype
  }

  /** A text, code unit for code unit. @throws {UnwritableTermError} it holds U+0000 or a lone surrogate. */
  static text(value: string): Literal {
    return new Literal(carriable(value), XSD.string)
  }

  /** A JSON text (rdf:JSON, JSON-LD 1.1 §10.2). @throws {UnwritableTermError} it holds what no text may hold. */
  static json(value: string): Literal {
    return new Literal(carriable(value), RDF_JSON)
  }

  /** An IRI that is told and names no node (xsd:anyURI). @throws {UnwritableTermError} it holds what no text may hold. */
  static anyUri(value: string): Literal {
    return new Literal(carriable(value), XSD.anyURI)
  }

  /** @throws {UnwritableTermError} the number is no safe integer. */
  static integer(value: number): Literal {
    if (!Number.isSafeInteger(value)) throw new UnwritableTermError(String(value), 'is no integer')
    return new Literal(String(value), XSD.integer)
  }

  /** A time in UTC with milliseconds. @throws {UnwritableTermError} it is written differently. */
  static dateTime(value: string): Literal {
    if (!TIMESTAMP.test(value)) throw new UnwritableTermError(value, 'is no time in UTC with milliseconds')
    return new Literal(value, XSD.dateTime)
  }

  equals(
    other:
      | { readonly termType: string; readonly value: string; readonly datatype?: { readonly value: string } }
      | null
      | undefined,
  ): boolean {
    return other?.termType === 'Literal' && other.value === this.value && other.datatype?.value === this.datatype.value
  }
}

function carriable(text: string): string {
  if (MAYBE_UNSPEAKABLE.test(text) && UNSPEAKABLE.test(text)) {
    throw new UnwritableTermError(text, 'holds U+0000 or a lone surrogate')
  }
  return text
}

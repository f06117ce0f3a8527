/** What a text must be to stand between `<` and `>` and name the same thing to every reader. */

// RFC 3987 §2.2, `ucschar` and `iprivate`.
const UCSCHAR =
  '\\u{A0}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFEF}' +
  Array.from({ length: 13 }, (_, i) => `\\u{${(i + 1).toString(16)}0000}-\\u{${(i + 1).toString(16)}FFFD}`).join('') +
  '\\u{E1000}-\\u{EFFFD}'
const IPRIVATE = '\\u{E000}-\\u{F8FF}\\u{F0000}-\\u{FFFFD}\\u{100000}-\\u{10FFFD}'
const IUNRESERVED = `A-Za-z0-9\\-._~${UCSCHAR}`
const SUB_DELIMS = "!$&'()*+,;="
const PCHAR = `${IUNRESERVED}${SUB_DELIMS}:@`

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/
const IP_LITERAL = `\\[(?:[0-9A-Fa-f:.]+|v[0-9A-Fa-f]+\\.[A-Za-z0-9\\-._~${SUB_DELIMS}:]+)\\]`
const AUTHORITY = `(?:${any(`${IUNRESERVED}${SUB_DELIMS}:`)}@)?(?:${IP_LITERAL}|${any(IUNRESERVED + SUB_DELIMS)})(?::\\d*)?`
const HIERARCHICAL_PART = `(?:\\/\\/${AUTHORITY}(?:\\/${any(`${PCHAR}\\/`)})?|(?!\\/\\/)${any(`${PCHAR}\\/`)})`
const QUERY = any(`${PCHAR}\\/?${IPRIVATE}`)
const FRAGMENT = any(`${PCHAR}\\/?`)
const AFTER_SCHEME = new RegExp(`^${HIERARCHICAL_PART}(?:\\?${QUERY})?(?:#${FRAGMENT})?$`, 'u')

// biome-ignore lint/suspicious/noControlCharactersInRegex: Turtle's IRIREF production names them.
const NOT_IN_IRIREF = /[\u0000-\u0020<>"{}|^`\\]/
const BIDI_FORMATTING = /[\u200E\u200F\u202A-\u202E]/
const DOT_SEGMENT = /^[^?#]*?[/:]\.\.?(?:[/?#]|$)/

function any(characters: string): string {
  return `(?:[${characters}]|%[0-9A-Fa-f]{2})*`
}

/**
 * What keeps a text from being written as an IRI, as the end of a sentence that begins with it; `undefined` for a text
 * that is an absolute IRI which every reader takes for the same one.
 *
 * Legal is what RFC 3987 §2.2 and the production IRIREF of Turtle (§6.5) both allow, without the bidirectional
 * formatting characters of RFC 3987 §4.1. Segments `.` and `..` are refused too: RFC 3986 §5.2.4 has readers remove them,
 * which some do and some do not.
 */
export function flawOfIri(text: string): string | undefined {
  if (/\p{Surrogate}/u.test(text)) return 'holds a lone surrogate'
  const scheme = SCHEME.exec(text)
  if (scheme === null) return 'is relative: it begins with no scheme'
  const illegal = NOT_IN_IRIREF.exec(text) ?? BIDI_FORMATTING.exec(text)
  if (illegal !== null) return `holds U+${codePoint(illegal[0])}, which no IRI may hold`
  if (!AFTER_SCHEME.test(text.slice(scheme[0].length))) return 'is not an IRI by RFC 3987'
  if (DOT_SEGMENT.test(text)) return 'has a segment "." or "..", which readers resolve differently'
  return undefined
}

function codePoint(character: string): string {
  return character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
}

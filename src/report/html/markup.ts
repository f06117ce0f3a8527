import { TURNS } from '../../text/unturned.js'
import { escapeOf } from '../picture/escape-xml.js'

/** HTML that may stand in a page as it is: made by {@link html}, or vouched for by {@link trusted}. */
export class Markup {
  readonly #text: string

  /** @internal Only this file makes markup of text. */
  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

/** What {@link html} takes between its pieces: `undefined`, `false` and the empty array stand for nothing. */
export type Content = string | number | Markup | undefined | false | readonly Content[]

/** Whether nothing would stand in the page. */
export function isEmpty(content: Content): boolean {
  return textOf(content) === ''
}

/**
 * HTML of a template. Every interpolation is escaped, for text and for attributes in quotes alike; only
 * {@link Markup} stands as it is. An attribute must therefore be in quotes.
 */
export function html(pieces: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  let text = pieces[0]!
  for (let index = 0; index < contents.length; index++) text += textOf(contents[index]) + pieces[index + 1]!
  return new Markup(text)
}

/** Text that is HTML already: of this library's own making, never of a record's. */
export function trusted(text: string): Markup {
  return new Markup(text)
}

/** Markup of pieces one after another. */
export function join(pieces: readonly Content[], separator: Content = ''): Markup {
  const between = textOf(separator)
  return new Markup(pieces.map(textOf).join(between))
}

/**
 * A value as JSON within a script element: no character in it ends the element, opens a comment, or is a line
 * separator, which scripts before ES2019 do not take (HTML, "Restrictions for contents of script elements").
 */
export function jsonInScript(value: unknown): Markup {
  const text = JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return new Markup(text)
}

/**
 * Text of a record, kept apart from the direction of the text around it. A character that turns the direction is kept
 * apart from the rest as well, so that it turns nothing, and the style of the page shows which it is. ASCII has but one
 * direction, and stands as it is: a page of thousands of rows has thousands of elements fewer.
 */
export function bdi(text: string): Content {
  if (isAscii(text)) return text
  if (!TURNS.test(text)) return html`<bdi>${text}</bdi>`
  return text.split(TURNS).map((part, index) => {
    if (part === '') return ''
    if (index % 2 === 0) return html`<bdi>${part}</bdi>`
    return html`<bdi class="turn" data-code="U+${part.charCodeAt(0).toString(16).toUpperCase()}">${part}</bdi>`
  })
}

function isAscii(text: string): boolean {
  return !/[^\t\n\r -~]/.test(text)
}

/**
 * A link where the address is one to follow, by http, https or mailto; text where it is anything else, such as
 * `javascript:`, `data:` or a relative address.
 */
export function link(address: string, text: string = address): Content {
  if (!isFollowable(address)) return bdi(text)
  return html`<a class="out" href="${address}" rel="noopener noreferrer nofollow">${bdi(text)}</a>`
}

function isFollowable(address: string): boolean {
  // What a browser strips before it reads the scheme must not be what makes an address look harmless.
  if (/[\p{Cc}\p{Zl}\p{Zp}\s]/u.test(address)) return false
  return URL.canParse(address) && ['http:', 'https:', 'mailto:'].includes(new URL(address).protocol)
}

function textOf(content: Content): string {
  if (content === undefined || content === false) return ''
  if (content instanceof Markup) return content.toString()
  if (typeof content === 'object') return content.map(textOf).join('')
  return escaped(String(content))
}

/**
 * The text with the characters escaped that mean something in HTML. What HTML does not have at all is replaced: NUL
 * and lone surrogates by U+FFFD, and a carriage return is written as a reference, since parsers turn it into a newline.
 */
function escaped(text: string): string {
  return text
    .replace(/\0|\p{Surrogate}/gu, '\uFFFD')
    .replace(/[&<>"']/g, escapeOf)
    .replaceAll('\r', '&#13;')
}

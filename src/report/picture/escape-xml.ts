const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * The text for content and quoted attributes of XML and HTML. Control characters, lone surrogates and noncharacters, most
 * of which XML 1.0 does not have (§2.2), become U+FFFD; line ends and tabs are references, which parsers leave as they are.
 */
export function escapeXml(text: string): string {
  return text
    .replace(/[\t\n\r\u2028\u2029]|[\p{Cc}\p{Surrogate}\uFFFE\uFFFF]/gu, (character) =>
      /\s/.test(character) && character !== '\v' && character !== '\f' ? `\0${character.charCodeAt(0)};` : '\uFFFD',
    )
    .replace(/[&<>"']/g, escapeOf)
    .replaceAll('\0', '&#')
}

/** One of the five characters that mean something in XML and HTML, as a reference. */
export function escapeOf(character: string): string {
  return ESCAPES[character]!
}

import { escapeMarkdown } from '../../text/escape-markdown.js'

/**
 * A link with this text where the address is one of http or https; otherwise the text alone. Nothing else that a record
 * holds becomes a link: not `javascript:`, not `data:`, and not what only a forge would resolve.
 */
export function markdownLink(text: string, address: string): string {
  const shown = escapeMarkdown(text)
  const target = targetOf(address)
  return target === undefined ? shown : `[${shown}](<${target}>)`
}

function targetOf(address: string): string | undefined {
  if (/[\p{Cc}\s]/u.test(address) || !URL.canParse(address)) return undefined
  const { protocol, href } = new URL(address)
  if (protocol !== 'http:' && protocol !== 'https:') return undefined
  return href.replace(/[<>\\|`[\]()*_~$"']/g, (character) =>
    /[_~()*]/.test(character) ? character : `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

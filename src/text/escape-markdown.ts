import { unturned } from './unturned.js'

/**
 * A text as Markdown that reads as the text: on one line, and nothing in it is markup, a link, HTML, the border of a
 * table cell, a mention that would call somebody, or a reference that would close an issue. Characters that turn the
 * direction of writing are replaced.
 *
 * CommonMark with GitHub's tables, strikethrough, links, mentions, references and mathematics. An underscore within a word is left
 * as it is, since it is no emphasis there.
 */
export function escapeMarkdown(text: string): string {
  return unturned(text)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replace(/[\\`*[\]|~$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&')
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/^(?:[#>=+-]|\d+(?=[.)]))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`))
    .replace(/:(?=\/\/)|(?<=\bwww)\./gi, '\\$&')
    .replace(/@(?=[\p{L}\p{N}])|#(?=\d)|\bGH-(?=\d)/giu, '$&\u2060')
}

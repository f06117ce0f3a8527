import { unturned } from './text/unturned.js'

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

/** The widest column whose cells are padded to line up. */
const MAX_PADDING = 60

/** A table of cells that are Markdown already; columns of numbers stand to the right. */
export function tableOf(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = headers.map((header, index) => {
    const cells = rows.map((row) => row[index] ?? '')
    const isNumeric = cells.length > 0 && cells.every((cell) => /^\d+$/.test(cell))
    return { isNumeric, width: Math.min(MAX_PADDING, Math.max(3, ...[header, ...cells].map(({ length }) => length))) }
  })
  const lineOf = (cells: readonly string[]) => {
    const padded = columns.map(({ isNumeric, width }, index) => {
      const cell = cells[index] ?? ''
      return isNumeric ? cell.padStart(width) : cell.padEnd(width)
    })
    return `| ${padded.join(' | ')} |`
  }
  const rule = columns.map(({ isNumeric, width }) => `${'-'.repeat(width - Number(isNumeric))}${isNumeric ? ':' : ''}`)
  return [lineOf(headers), lineOf(rule), ...rows.map(lineOf)].join('\n')
}

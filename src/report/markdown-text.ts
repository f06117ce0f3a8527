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

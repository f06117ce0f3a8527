import type { BeadsIssue } from './records.js'
import type { Report } from './report.js'

/**
 * The notes of a task: those of the issue, then its other texts under headings, then every field that nobody else took,
 * one a line, under a heading of their own.
 */
export function composeNotes(issue: BeadsIssue, fullTitle: string, report: Report): string {
  const { fields } = issue
  const sections = [
    fields.text('notes'),
    section('Title', fullTitle),
    section('Design', fields.text('design')),
    section('Acceptance criteria', fields.text('acceptance_criteria')),
    section('Beads', listRest(issue, report)),
  ]
  return sections.filter((text) => text !== '').join('\n\n')
}

function section(heading: string, text: string): string {
  return text.trim() === '' ? '' : `## ${heading}\n\n${text}`
}

function listRest({ fields, id }: BeadsIssue, report: Report): string {
  const lines: string[] = []
  for (const [name, value] of fields.rest()) {
    const text = show(value)
    const shortName = name.slice(0, 100)
    if (text === undefined) report.unmapped('field', shortName, 'not kept: it is nested too deeply', id)
    else {
      report.unmapped('field', shortName, 'a line in the notes', id)
      lines.push(`- ${shortName}: ${text}`)
    }
  }
  return lines.join('\n')
}

/** A value on one line; `undefined` for one that JSON.stringify runs out of stack on. */
function show(value: unknown): string | undefined {
  if (typeof value === 'string' && !/[\r\n]/.test(value)) return value
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

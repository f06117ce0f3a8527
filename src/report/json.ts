import type { Report } from './report-format.js'

/** A report as JSON, with the fields that its type names and in their order. */
export function reportJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`
}

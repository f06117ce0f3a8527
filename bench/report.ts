import { cpus } from 'node:os'
import Database from 'better-sqlite3'
import { type Bar, isMet, type Result } from './benchmark.js'

/** The table that is printed. */
export function tableOf(results: readonly Result[]): string {
  const rows = results.map((result) => [
    result.what,
    measureOf(result),
    result.bar === undefined ? '' : barOf(result.bar, result.unit),
    verdictOf(result),
    result.absolute,
  ])
  const all = [['what', 'measured', 'bar', '', 'figures'], ...rows]
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** One line of progress. */
export function lineOf(result: Result): string {
  return `${result.what}: ${measureOf(result)} ${verdictOf(result)} (${result.absolute})`
}

function measureOf({ measured, unit }: Result): string {
  return `${measured >= 100 ? measured.toFixed(0) : measured.toPrecision(3)} ${unit}`
}

function barOf(bar: Bar, unit: string): string {
  const [sign, value] = 'atLeast' in bar ? ['≥', bar.atLeast] : 'atMost' in bar ? ['≤', bar.atMost] : ['<', bar.below]
  return `${sign} ${value} ${unit}`
}

function verdictOf(result: Result): string {
  const met = isMet(result)
  return met === undefined ? '' : met ? 'met' : 'MISSED'
}

/** What `results.json` holds. */
export function documentOf(results: readonly Result[], setupMs: Readonly<Record<string, number>>, tookMs: number) {
  const db = new Database(':memory:')
  const sqlite = db.prepare('SELECT sqlite_version()').pluck().get() as string
  db.close()
  return {
    date: new Date().toISOString(),
    node: process.version,
    sqlite,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    tookSeconds: Math.round(tookMs / 1_000),
    setupMs: mapValues(setupMs, Math.round),
    results: results.map(({ bar, series, ...result }) => ({
      ...result,
      measured: rounded(result.measured),
      bar: bar ?? null,
      met: isMet({ ...result, series, ...(bar && { bar }) }) ?? null,
      series: mapValues(series, ({ median, worst, runs }) => ({
        median: rounded(median),
        worst: rounded(worst),
        runs: runs.map(rounded),
      })),
    })),
  }
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
}

/** Four digits are more than such figures repeat to. */
function rounded(value: number): number {
  return Number(value.toPrecision(4))
}

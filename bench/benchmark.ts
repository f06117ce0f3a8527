import type { Fixtures } from './fixtures.js'
import type { Series } from './measure.js'

/** What a measurement has to reach. */
export type Bar = { readonly atLeast: number } | { readonly atMost: number } | { readonly below: number }

/** One line of the table. */
export interface Result {
  /** What was measured, over what where it is a ratio. */
  readonly what: string
  readonly measured: number
  readonly unit: '×' | 'ms' | 'MB'
  /** Absent where the figure is only printed. */
  readonly bar?: Bar
  /** The figures behind it, in words. */
  readonly absolute: string
  /** Every run of every side, in `seriesUnit`. */
  readonly series: Readonly<Record<string, Series>>
  readonly seriesUnit: string
}

/** What the benchmarks of one run share. */
export interface Context {
  readonly fixtures: Fixtures
  /** A path in the folder of this run at which there is no file yet. */
  newPath(name: string): string
  /** The size that the bar asks for, or a tenth of it in a quick run. */
  size(full: number): number
  /** How often something is measured: as often as asked, or a third of it in a quick run. */
  rounds(full: number): number
}

/** Measurements that belong together. */
export interface Benchmark {
  /** What `--only` looks in. */
  readonly name: string
  run(context: Context): Promise<readonly Result[]>
}

export function isMet(result: Result): boolean | undefined {
  const { bar, measured } = result
  if (bar === undefined) return undefined
  if ('atLeast' in bar) return measured >= bar.atLeast
  return 'atMost' in bar ? measured <= bar.atMost : measured < bar.below
}

/** Says a duration with as many digits as matter. */
export function inWords(milliseconds: number): string {
  if (milliseconds >= 1_000) return `${(milliseconds / 1_000).toFixed(2)} s`
  return `${milliseconds.toPrecision(3)} ms`
}

/** Says how often a second something is done. */
export function rateInWords(count: number, milliseconds: number): string {
  return `${Math.round((count / milliseconds) * 1_000).toLocaleString('en-US')}/s`
}

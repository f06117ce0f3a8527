import { copyFileSync } from 'node:fs'
import type { Benchmark, Context, Result } from './benchmark.js'
import { inWords, rateInWords } from './benchmark.js'
import { Child } from './child.js'
import type { Window, Work, WritingReport } from './child-writing.js'
import { interleave, type Series, seriesOf } from './measure.js'

const PROCESSES = 8
const WINDOW_MS = 3_000
const LIMIT_MS = 60_000

export const processes: Benchmark = {
  name: 'processes',
  run: async (context) => compare(context, 'create', 'creating', context.newPath('shared')),
}

export const processesClaiming: Benchmark = {
  name: 'claims, processes',
  async run(context) {
    const path = context.newPath('claimed')
    copyFileSync((await context.fixtures.flat(100_000)).path, path)
    return compare(context, 'claim', 'claiming and completing', path)
  },
}

/** Several processes that do the same on one file, beside one that is alone, and several without a file. */
async function compare(context: Context, work: Work, doing: string, path: string): Promise<Result[]> {
  const crowds: WritingReport[][] = []
  const spinners: WritingReport[][] = []
  const series = await interleave(context.rounds(5), {
    alone: async () => timesOf(await runTogether(work, path, 1)),
    together: async () => {
      const reports = await runTogether(work, path, PROCESSES)
      crowds.push(reports)
      return timesOf(reports)
    },
    'without a file': async () => {
      const reports = await runTogether('compute', undefined, PROCESSES)
      spinners.push(reports)
      return timesOf(reports)
    },
  })
  // The first round is not counted.
  const counted = crowds.slice(1)
  const longestStalls = (rounds: readonly WritingReport[][]) =>
    seriesOf(rounds.map((reports) => Math.max(...reports.map((report) => report.longestStallMs))))
  const waits = seriesOf(counted.map((reports) => Math.max(...reports.map((report) => report.longestWaitMs))))
  const stalls = longestStalls(counted)
  const floor = longestStalls(spinners.slice(1))
  const shares = seriesOf(counted.map((reports) => shareOf(reports)))
  const title = `${PROCESSES} processes ${doing} on one file`
  const worst = (what: string, values: Series) => ({
    what: `${title}: ${what}`,
    measured: values.worst,
    absolute: `the worst of ${values.runs.length} runs, median ${values.median.toPrecision(3)}`,
    series: { [what]: values },
    seriesUnit: 'of each run',
  })
  return [
    {
      what: `${title}, together / one alone`,
      measured: series.together.median / series.alone.median,
      unit: '×',
      bar: { atLeast: 0.5 },
      absolute: `${rateInWords(series.together.median, WINDOW_MS)}, alone ${rateInWords(series.alone.median, WINDOW_MS)}`,
      series,
      seriesUnit: `times in ${inWords(WINDOW_MS)}`,
    },
    { ...worst('longest wait', waits), unit: 'ms', bar: { below: 1_000 } },
    { ...worst('largest share / smallest', shares), unit: '×', bar: { atMost: 3 } },
    {
      ...worst('longest stall of an event loop', stalls),
      absolute: `the worst of ${stalls.runs.length} runs, median ${inWords(stalls.median)}; of processes that only compute: worst ${inWords(floor.worst)}, median ${inWords(floor.median)}`,
      unit: 'ms',
      bar: { atMost: 50 },
      series: { 'longest stall': stalls, 'of processes that only compute': floor },
    },
  ]
}

/** Starts so many processes, which do their work again and again in one window of time. */
async function runTogether(work: Work, path: string | undefined, count: number): Promise<WritingReport[]> {
  const args = path === undefined ? [work] : [work, path]
  const children = Array.from({ length: count }, () => new Child('./child-writing.ts', args, LIMIT_MS))
  try {
    await Promise.all(children.map((child) => child.receive()))
    const from = Date.now() + 200
    const window: Window = { from, to: from + WINDOW_MS }
    for (const child of children) child.send(window)
    return await Promise.all(children.map((child) => child.receive<WritingReport>()))
  } finally {
    for (const child of children) child.kill()
  }
}

function timesOf(reports: readonly WritingReport[]): number {
  return reports.reduce((sum, { times }) => sum + times, 0)
}

function shareOf(reports: readonly WritingReport[]): number {
  const times = reports.map((report) => report.times)
  return Math.max(...times) / Math.min(...times)
}

import type { Benchmark } from './benchmark.js'
import { inWords, rateInWords } from './benchmark.js'
import { Child } from './child.js'
import type { CreatingReport, Window } from './child-creating.js'
import { interleave, type Series, seriesOf } from './measure.js'

const PROCESSES = 8
const WINDOW_MS = 3_000
const LIMIT_MS = 60_000

export const processes: Benchmark = {
  name: 'processes',
  async run(context) {
    const path = context.newPath('shared')
    const crowds: CreatingReport[][] = []
    const series = await interleave(context.rounds(5), {
      alone: async () => sumOfCreates(await runTogether(path, 1)),
      together: async () => {
        const reports = await runTogether(path, PROCESSES)
        crowds.push(reports)
        return sumOfCreates(reports)
      },
    })
    // The first round was not counted.
    const counted = crowds.slice(1)
    const waits = seriesOf(counted.map((reports) => Math.max(...reports.map((report) => report.longestWaitMs))))
    const stalls = seriesOf(counted.map((reports) => Math.max(...reports.map((report) => report.longestStallMs))))
    const shares = seriesOf(counted.map((reports) => shareOf(reports)))
    return [
      {
        what: `${PROCESSES} processes creating on one file, together / one alone`,
        measured: series.together.median / series.alone.median,
        unit: '×',
        bar: { atLeast: 0.5 },
        absolute: `${rateInWords(series.together.median, WINDOW_MS)}, alone ${rateInWords(series.alone.median, WINDOW_MS)}`,
        series,
        seriesUnit: `creates in ${inWords(WINDOW_MS)}`,
      },
      { ...worst('longest wait', waits), unit: 'ms', bar: { below: 1_000 } },
      { ...worst('largest share / smallest', shares), unit: '×', bar: { atMost: 3 } },
      { ...worst('longest stall of an event loop', stalls), unit: 'ms', bar: { atMost: 50 } },
    ]
  },
}

function worst(what: string, values: Series) {
  return {
    what: `${PROCESSES} processes creating on one file: ${what}`,
    measured: values.worst,
    absolute: `the worst of ${values.runs.length} runs, median ${values.median.toPrecision(3)}`,
    series: { [what]: values },
    seriesUnit: 'of each run',
  }
}

/** Starts so many processes, and lets them create tasks one after another in one window of time. */
async function runTogether(path: string, count: number): Promise<CreatingReport[]> {
  const children = Array.from({ length: count }, () => new Child('./child-creating.ts', [path], LIMIT_MS))
  try {
    await Promise.all(children.map((child) => child.receive()))
    const from = Date.now() + 200
    const window: Window = { from, to: from + WINDOW_MS }
    for (const child of children) child.send(window)
    return await Promise.all(children.map((child) => child.receive<CreatingReport>()))
  } finally {
    for (const child of children) child.kill()
  }
}

function sumOfCreates(reports: readonly CreatingReport[]): number {
  return reports.reduce((sum, { creates }) => sum + creates, 0)
}

function shareOf(reports: readonly CreatingReport[]): number {
  const creates = reports.map((report) => report.creates)
  return Math.max(...creates) / Math.min(...creates)
}

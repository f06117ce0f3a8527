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
    const spinners: CreatingReport[][] = []
    const series = await interleave(context.rounds(5), {
      alone: async () => sumOfCreates(await runTogether(path, 1)),
      together: async () => {
        const reports = await runTogether(path, PROCESSES)
        crowds.push(reports)
        return sumOfCreates(reports)
      },
      'without a file': async () => {
        const reports = await runTogether(undefined, PROCESSES)
        spinners.push(reports)
        return sumOfCreates(reports)
      },
    })
    // The first round is not counted.
    const counted = crowds.slice(1)
    const longestStalls = (rounds: readonly CreatingReport[][]) =>
      seriesOf(rounds.map((reports) => Math.max(...reports.map((report) => report.longestStallMs))))
    const waits = seriesOf(counted.map((reports) => Math.max(...reports.map((report) => report.longestWaitMs))))
    const stalls = longestStalls(counted)
    const floor = longestStalls(spinners.slice(1))
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
      {
        ...worst('longest stall of an event loop', stalls),
        absolute: `the worst of ${stalls.runs.length} runs, median ${inWords(stalls.median)}; of processes that only compute: worst ${inWords(floor.worst)}, median ${inWords(floor.median)}`,
        unit: 'ms',
        bar: { atMost: 50 },
        series: { 'longest stall': stalls, 'of processes that only compute': floor },
      },
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

/** Starts so many processes, which create tasks one after another in one window of time, or only compute. */
async function runTogether(path: string | undefined, count: number): Promise<CreatingReport[]> {
  const children = Array.from(
    { length: count },
    () => new Child('./child-creating.ts', path === undefined ? [] : [path], LIMIT_MS),
  )
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

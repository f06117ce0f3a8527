import { EventEmitter } from 'node:events'
import type { Readable } from 'node:stream'
import { Parser, type Quad, Writer } from 'n3'
import { exportProv, type Tracker } from 'provtrail'
import type { Benchmark } from './benchmark.js'
import { inWords, rateInWords } from './benchmark.js'
import { Child } from './child.js'
import type { ExportingReport } from './child-exporting.js'
import { interleave, timed } from './measure.js'
import { openBenchTracker } from './open-bench-tracker.js'

const LIMIT_MS = 120_000

export const turtle: Benchmark = {
  name: 'turtle',
  async run(context) {
    const size = context.size(100_000)
    const { path } = await context.fixtures.layered(size)
    await using tracker = await openBenchTracker(path)
    const document: string[] = []
    for await (const chunk of exportProv(tracker, { format: 'turtle' })) document.push(chunk)
    let quads = 0
    const series = await interleave(context.rounds(5), {
      export: () => timed(() => exportAll(tracker)),
      'n3 Writer': async () => {
        const written = writeWithN3(document)
        quads = written.quads
        return written.took
      },
    })
    return [
      {
        what: `Turtle of ${size} tasks / n3's Writer given the same quads, rate`,
        measured: series['n3 Writer'].median / series.export.median,
        unit: '×',
        bar: { atLeast: 0.5 },
        absolute: `${quads.toLocaleString('en-US')} quads, ${rateInWords(quads, series.export.median)}, n3 ${rateInWords(quads, series['n3 Writer'].median)}; ${inWords(series.export.median)}`,
        series,
        seriesUnit: 'ms',
      },
    ]
  },
}

async function exportAll(tracker: Tracker): Promise<number> {
  let length = 0
  for await (const chunk of exportProv(tracker, { format: 'turtle' })) length += chunk.length
  return length
}

/**
 * How long n3's Writer takes for the quads of a document, with its prefixes. Only the writing counts, not the parsing: the
 * quads come in batches, so that the baseline is not slowed down by keeping millions of them in memory.
 */
function writeWithN3(document: readonly string[]): { quads: number; took: number } {
  const prefixes: Record<string, string> = {}
  let batch: Quad[] = []
  let writer: Writer | undefined
  let length = 0
  let quads = 0
  let took = 0
  const sink = {
    write(chunk: string, _encoding: string, done?: () => void) {
      length += chunk.length
      done?.()
    },
    end(done?: () => void) {
      done?.()
    },
  }
  const input = new EventEmitter()
  new Parser().parse(
    input as Readable,
    (error, quad) => {
      if (error) throw error
      if (quad) batch.push(quad)
    },
    (prefix, { value }) => {
      prefixes[prefix] = value
    },
  )
  const write = () => {
    const startedAt = performance.now()
    writer ??= new Writer(sink, { prefixes })
    for (const quad of batch) writer.addQuad(quad)
    took += performance.now() - startedAt
    quads += batch.length
    batch = []
  }
  for (const chunk of document) {
    input.emit('data', chunk)
    write()
  }
  input.emit('end')
  write()
  took += timeOf(() => writer?.end())
  if (length === 0) throw new Error('nothing was written')
  return { quads, took }
}

function timeOf(work: () => void): number {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}

export const turtleMemory: Benchmark = {
  name: 'turtle memory',
  async run(context) {
    const size = context.size(100_000)
    const small = await context.fixtures.layered(size / 10)
    const large = await context.fixtures.layered(size)
    const series = await interleave(context.rounds(5), {
      [`${size / 10} tasks`]: () => peakOfExport(small.path),
      [`${size} tasks`]: () => peakOfExport(large.path),
    })
    const [ofSmall, ofLarge] = Object.values(series)
    return [
      {
        what: `growth of the peak memory of that export from ${size / 10} to ${size} tasks`,
        measured: ofLarge!.median - ofSmall!.median,
        unit: 'MB',
        bar: { atMost: 48 },
        absolute: `${ofSmall!.median.toFixed(1)} MB to ${ofLarge!.median.toFixed(1)} MB`,
        series,
        seriesUnit: 'MB',
      },
    ]
  },
}

/** The largest that a process of its own grew to, in MB. */
async function peakOfExport(path: string): Promise<number> {
  const child = new Child('./child-exporting.ts', [path], LIMIT_MS)
  try {
    return (await child.receive<ExportingReport>()).peakMb
  } finally {
    child.kill()
  }
}

import { EventEmitter } from 'node:events'
import type { Readable } from 'node:stream'
import { Parser, type Quad, Writer } from 'n3'
import { type ExportOptions, exportProv, type Tracker } from 'provtrail'
import type { Benchmark, Context, Result } from './benchmark.js'
import { inWords, rateInWords } from './benchmark.js'
import { Child } from './child.js'
import type { ExportingReport } from './child-exporting.js'
import { interleave, timed } from './measure.js'
import { openBenchTracker } from './open-bench-tracker.js'

const LIMIT_MS = 120_000

type Detail = NonNullable<ExportOptions['detail']>

/** How many tasks the rate is measured with: in full, each is told some five times as long. */
const RATE_SIZE = { summary: 100_000, full: 20_000 }

/** What is exported: the layered file in summary, and the one that was worked through in full. */
const FIXTURES = {
  summary: (context: Context, size: number) => context.fixtures.layered(size),
  full: (context: Context, size: number) => context.fixtures.worked(size),
}

export const turtle: Benchmark = {
  name: 'turtle',
  run: async (context) => [await measureRate(context, 'summary'), await measureRate(context, 'full')],
}

async function measureRate(context: Context, detail: Detail): Promise<Result> {
  const size = context.size(RATE_SIZE[detail])
  const { path } = await FIXTURES[detail](context, size)
  await using tracker = await openBenchTracker(path)
  const document: string[] = []
  for await (const chunk of exportProv(tracker, { format: 'turtle', detail })) document.push(chunk)
  let quads = 0
  const series = await interleave(context.rounds(5), {
    export: () => timed(() => exportAll(tracker, detail)),
    'n3 Writer': async () => {
      const written = writeWithN3(document)
      quads = written.quads
      return written.took
    },
  })
  const [ours, n3] = [series.export.median, series['n3 Writer'].median]
  return {
    what: `${titleOf(detail)} of ${size} tasks / n3's Writer given the same quads, rate`,
    measured: n3 / ours,
    unit: '×',
    bar: { atLeast: 0.5 },
    absolute: `${quads.toLocaleString('en-US')} quads, ${rateInWords(quads, ours)}, n3 ${rateInWords(quads, n3)}; ${inWords(ours)}`,
    series,
    seriesUnit: 'ms',
  }
}

function titleOf(detail: Detail): string {
  return detail === 'full' ? 'Turtle in full' : 'Turtle'
}

async function exportAll(tracker: Tracker, detail: Detail): Promise<number> {
  let length = 0
  for await (const chunk of exportProv(tracker, { format: 'turtle', detail })) length += chunk.length
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

/** How much more memory ten times the tasks may take, in MB. */
const GROWTH_MB = { summary: 48, full: 64 }

export const turtleMemory: Benchmark = {
  name: 'turtle memory',
  run: async (context) => [await measureMemory(context, 'summary'), await measureMemory(context, 'full')],
}

async function measureMemory(context: Context, detail: Detail): Promise<Result> {
  const size = context.size(100_000)
  const small = await FIXTURES[detail](context, size / 10)
  const large = await FIXTURES[detail](context, size)
  const series = await interleave(context.rounds(5), {
    [`${size / 10} tasks`]: () => peakOfExport(small.path, detail),
    [`${size} tasks`]: () => peakOfExport(large.path, detail),
  })
  const [ofSmall, ofLarge] = Object.values(series)
  return {
    what: `${titleOf(detail)}: growth of its peak memory from ${size / 10} to ${size} tasks`,
    measured: ofLarge!.median - ofSmall!.median,
    unit: 'MB',
    bar: { atMost: GROWTH_MB[detail] },
    absolute: `${ofSmall!.median.toFixed(1)} MB to ${ofLarge!.median.toFixed(1)} MB`,
    series,
    seriesUnit: 'MB',
  }
}

/** The largest that a process of its own grew to, in MB. */
async function peakOfExport(path: string, detail: Detail): Promise<number> {
  const child = new Child('./child-exporting.ts', [path, detail], LIMIT_MS)
  try {
    return (await child.receive<ExportingReport>()).peakMb
  } finally {
    child.kill()
  }
}

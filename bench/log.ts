import { createHash } from 'node:crypto'
import { copyFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { openTracker } from 'provtrail'
import { type Benchmark, type Context, inWords, type Result, rateInWords } from './benchmark.js'
import { Child } from './child.js'
import type { VerifyingReport } from './child-verifying.js'
import { interleave, timed } from './measure.js'
import { openBenchTracker } from './open-bench-tracker.js'

const LIMIT_MS = 300_000
/** How much more memory ten times the events may take, in MB. */
const GROWTH_MB = 48

export const logVerify: Benchmark = {
  name: 'log.verify',
  async run(context) {
    const events = context.size(1_000_000)
    const { path } = await context.fixtures.manyEvents(events)
    await using tracker = await openTracker({ path, readOnly: true })
    const { seq } = await tracker.log.head()
    const series = await interleave(context.rounds(3), {
      verify: () =>
        timed(async () => {
          const verification = await tracker.log.verify()
          if (!verification.ok || verification.checked !== seq) throw new Error('the log should be as it was written')
        }),
      'reading and hashing': () => timed(() => hashRows(path, seq)),
    })
    const [ours, bare] = [series.verify.median, series['reading and hashing'].median]
    return [
      {
        what: `log.verify of ${seq} events / reading the same rows and hashing their bytes, rate`,
        measured: bare / ours,
        unit: '×',
        bar: { atLeast: 0.3 },
        absolute: `${rateInWords(seq, ours)}, reading and hashing ${rateInWords(seq, bare)}; ${inWords(ours)}`,
        series,
        seriesUnit: 'ms',
      },
      await measureMemory(context, events),
    ]
  },
}

/** Reads every row of the log past the library, and takes one SHA-256 over all of it: the least that looking at it can cost. */
function hashRows(path: string, expected: number): void {
  const db = new Database(path, { readonly: true })
  try {
    let rows = 0
    const hash = createHash('sha256')
    const select = db.prepare<[], unknown[]>('SELECT * FROM events ORDER BY seq').raw()
    for (const row of select.iterate()) {
      hash.update(row.join('\n'))
      rows++
    }
    if (rows !== expected || hash.digest().length !== 32) throw new Error(`${rows} rows were read`)
  } finally {
    db.close()
  }
}

async function measureMemory(context: Context, events: number): Promise<Result> {
  const small = await context.fixtures.manyEvents(events / 10)
  const large = await context.fixtures.manyEvents(events)
  const series = await interleave(context.rounds(3), {
    few: () => peakOfVerifying(small.path),
    many: () => peakOfVerifying(large.path),
  })
  return {
    what: `log.verify: growth of its peak memory from ${events / 10} to ${events} events`,
    measured: series.many.median - series.few.median,
    unit: 'MB',
    bar: { atMost: GROWTH_MB },
    absolute: `${series.few.median.toFixed(1)} MB to ${series.many.median.toFixed(1)} MB`,
    series,
    seriesUnit: 'MB',
  }
}

/** The largest that a process of its own grew to, in MB. */
async function peakOfVerifying(path: string): Promise<number> {
  const child = new Child('./child-verifying.ts', [path], LIMIT_MS)
  try {
    return (await child.receive<VerifyingReport>()).peakMb
  } finally {
    child.kill()
  }
}

export const logRebuild: Benchmark = {
  name: 'log.rebuild',
  async run(context) {
    const events = context.size(100_000)
    const { path } = await context.fixtures.manyEvents(events)
    const copy = context.newPath('rebuilt')
    copyFileSync(path, copy)
    await using tracker = await openBenchTracker(copy)
    const { seq } = await tracker.log.head()
    let writing = 0
    const series = await interleave(context.rounds(3), {
      rebuild: () =>
        timed(async () => {
          if ((await tracker.log.rebuild()) !== seq) throw new Error('all of the log should be replayed')
        }),
      // The same events are written anew each time, by commands of which thousands are given at once.
      writing: () => timed(() => context.fixtures.writeEvents(context.newPath(`written-${++writing}`), events)),
    })
    return [
      {
        what: `log.rebuild of ${seq} events / the live writes that made them, rate`,
        measured: series.writing.median / series.rebuild.median,
        unit: '×',
        bar: { atLeast: 1 },
        absolute: `${rateInWords(seq, series.rebuild.median)}, writing ${rateInWords(seq, series.writing.median)}; ${inWords(series.rebuild.median)}`,
        series,
        seriesUnit: 'ms',
      },
    ]
  },
}

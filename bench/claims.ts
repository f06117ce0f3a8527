import { copyFileSync } from 'node:fs'
import { openTracker, type Tracker } from 'provtrail'
import { Bare } from './bare.js'
import { type Benchmark, type Context, inWords, type Result, rateInWords } from './benchmark.js'
import type { Fixture } from './fixtures.js'
import { interleave, timed } from './measure.js'
import { NAMESPACE } from './open-bench-tracker.js'

const CALLS = 50
const TTL_MS = 60_000

/** A copy of a file, which others have yet to read, opened by somebody with a clock that can be moved. */
async function openCopy(context: Context, { path }: Fixture) {
  const copy = context.newPath('claims')
  copyFileSync(path, copy)
  let offset = 0
  const tracker = await openTracker({
    path: copy,
    namespace: NAMESPACE,
    durability: 'normal',
    maxClaims: 1_000,
    now: () => Date.now() + offset,
  })
  const { id } = await tracker.agents.registerSoftware({ name: 'Worker' })
  const later = (ms: number) => {
    offset += ms
  }
  return { tracker, worker: tracker.as(id), later }
}

export const claimsNext: Benchmark = {
  name: 'claims.next',
  async run(context) {
    const size = context.size(100_000)
    const small = context.size(1_000)
    const alone = await context.fixtures.flat(small)
    return [
      await compareNext(context, await context.fixtures.flat(size), alone, `${size} ready tasks / on ${small}`),
      await compareNext(
        context,
        await context.fixtures.mostlyBlocked(size, small),
        alone,
        `${small} ready among ${size} tasks / ${small} of ${small}`,
      ),
    ]
  },
}

async function compareNext(context: Context, large: Fixture, small: Fixture, of: string): Promise<Result> {
  const [many, few] = [await openCopy(context, large), await openCopy(context, small)]
  const series = await interleave(context.rounds(21), {
    many: () => timeOfNext(many.worker),
    few: () => timeOfNext(few.worker),
  })
  await Promise.all([many.tracker.close(), few.tracker.close()])
  return {
    what: `claims.next, ${of}`,
    measured: series.many.median / series.few.median,
    unit: '×',
    bar: { atMost: 2 },
    absolute: `${inWords(series.many.median)}, ${inWords(series.few.median)}`,
    series,
    seriesUnit: 'ms',
  }
}

/** How long one claim takes; those that were made are given back. */
async function timeOfNext(worker: Tracker): Promise<number> {
  const tokens: string[] = []
  const took = await timed(async () => {
    for (let call = 0; call < CALLS; call++) tokens.push((await worker.claims.next())!.token)
  })
  for (const token of tokens) await worker.claims.release(token)
  return took / CALLS
}

export const claimsCycle: Benchmark = {
  name: 'claims, one by one',
  async run(context) {
    const count = context.size(500)
    const rounds = context.rounds(15)
    const { tracker, worker, later } = await openCopy(context, await context.fixtures.flat(context.size(20_000)))
    const bare = await Bare.open(context.newPath('bare'), 'Task 0')
    const series = await interleave(rounds, {
      // The clock goes on by so much that the heartbeat has something to write.
      claims: () => timed(() => cycle(worker, count, () => later(TTL_MS * 0.6))),
      'with silent heartbeats': () => timed(() => cycle(worker, count, () => undefined)),
      bare: async () => bare.time(3 * count),
    })
    bare.close()
    await tracker.close()
    const result = (side: 'claims' | 'with silent heartbeats', what: string) => ({
      what: `claims.next, heartbeat, complete${what}, one awaited after another / three bare transactions, rate`,
      measured: series.bare.median / series[side].median,
      unit: '×' as const,
      bar: { atLeast: 0.5 },
      absolute: `${rateInWords(count, series[side].median)}, bare ${rateInWords(count, series.bare.median)}`,
      series,
      seriesUnit: `ms for ${count}`,
    })
    return [result('claims', ''), result('with silent heartbeats', ' (the heartbeat early enough to write nothing)')]
  },
}

async function cycle(worker: Tracker, count: number, work: () => void): Promise<void> {
  for (let task = 0; task < count; task++) {
    const { token } = (await worker.claims.next({ ttlMs: TTL_MS }))!
    work()
    await worker.claims.heartbeat(token)
    await worker.claims.complete(token, { outcome: 'done' })
  }
}

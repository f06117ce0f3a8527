import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { Parser } from 'n3'
import { describe, expect, it } from 'vitest'
import { type ExportOptions, importBeads, type Tracker } from '../src/index.js'
import { type Finding, lint, type Rule } from './prov-lint.js'
import { Choice, histories } from './support/histories.js'
import { play } from './support/play.js'
import { inMemory } from './support/trackers.js'
import { fillRecord as fillWithEveryEvent, RICH_OPTIONS, steadyClock } from './support-store/rich-record.js'
import { fillRecord, newTracker } from './turtle-record.js'
import { documentOf } from './turtle-tools.js'

const DETAILS = ['summary', 'full'] as const
const FORMATS = ['turtle', 'ntriples', 'nquads', 'trig'] as const
const WAYS = DETAILS.flatMap((detail) => FORMATS.map((format) => ({ detail, format })))

async function findingsOf(tracker: Tracker, options: ExportOptions): Promise<Finding[]> {
  return lint(new Parser({ format: options.format }).parse(await documentOf(tracker, options)))
}

/** All but what callers said wrongly themselves: how long activities were, and in which order; that goes out as it was said. */
async function flawsOf(tracker: Tracker, options: ExportOptions): Promise<Finding[]> {
  const saidSo: readonly Rule[] = ['start after end', 'informed by what was later']
  return (await findingsOf(tracker, options)).filter(({ rule }) => !saidSo.includes(rule))
}

describe.each(WAYS)('nothing is wrong with the $format of detail $detail', (way) => {
  it('of any history', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), async (history, seed) => {
        await inMemory(async (tracker) => {
          const nodes = await play(tracker, history)
          expect(await flawsOf(tracker, way)).toEqual([])
          const choice = new Choice(seed)
          const { namespace } = await tracker.tasks.get(choice.of(nodes.tasks))
          expect(await flawsOf(tracker, { ...way, scope: { namespace } })).toEqual([])
          expect(await flawsOf(tracker, { ...way, scope: { lineageOf: [choice.of(nodes.all)] } })).toEqual([])
        })
      }),
      { numRuns: 15 },
    )
  })

  it('of a record with everything', async () => {
    const tracker = await newTracker()
    await fillRecord(tracker)
    expect(await findingsOf(tracker, way)).toEqual([])
  })

  it('of a record with every type of event', async () => {
    const tracker = await newTracker({ ...RICH_OPTIONS, now: steadyClock() })
    await fillWithEveryEvent(tracker)
    expect(await findingsOf(tracker, way)).toEqual([])
  })

  it('of a record without anything', async () => {
    expect(await findingsOf(await newTracker(), way)).toEqual([])
  })
})

const DATA = resolve(process.env.PROVTRAIL_DATA ?? '../shared/data', 'beads')
const isThere = existsSync(DATA)
if (!isThere && process.env.PROVTRAIL_DATA_REQUIRED === '1') throw new Error(`the test data is missing: ${DATA}`)
if (!isThere) console.warn(`skipped, as the test data is missing: ${DATA}`)

describe.skipIf(!isThere)('nothing is wrong with the export of real data', () => {
  it.each(['beads/issues.jsonl', 'provenance'])(
    'of %s',
    async (source) => {
      const tracker = await newTracker()
      await importBeads(tracker, join(DATA, source))
      for (const way of WAYS) expect(await findingsOf(tracker, way), JSON.stringify(way)).toEqual([])
    },
    120_000,
  )
})

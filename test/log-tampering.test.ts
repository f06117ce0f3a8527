import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LogImportError, openTracker, ProvtrailError, type Tracker } from '../src/index.js'
import { exported, historiesWithRedactions, playAndRedact } from './support/log-text.js'
import { Clock, freshPath, NAMESPACE } from './support/trackers.js'
import { type EventRow, eventRows, putEventRows } from './support-store/forge.js'
import { tamper } from './support-store/raw.js'
import { refusalOf } from './support-store/refusal.js'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')

interface Place {
  readonly event: number
  readonly column: number
  readonly byte: number
  readonly flip: number
}

const place: fc.Arbitrary<Place> = fc.record({
  event: fc.nat(),
  column: fc.nat(),
  byte: fc.nat(),
  flip: fc.integer({ min: 1, max: 255 }),
})

async function openFile(): Promise<Tracker> {
  return openTracker({ path: freshPath(), namespace: NAMESPACE, durability: 'normal', now: new Clock().now })
}

describe('in any log', () => {
  test('a byte changed in any column of any event is found there', async () => {
    const columnsSeen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        historiesWithRedactions,
        fc.array(place, { minLength: 25, maxLength: 25 }),
        async (what, places) => {
          await using tracker = await openFile()
          await playAndRedact(tracker, what)
          await tracker.log.seal({ privateKey })
          const rows = eventRows(tracker.path)
          for (const { event, column, byte, flip } of places) {
            const row = rows[event % rows.length]!
            const columns = Object.keys(row).filter((name) => name !== 'seq' && row[name] !== null)
            const name = columns[column % columns.length]!
            columnsSeen.add(name)
            const bytes = Buffer.from(`${row[name]}`)
            if (typeof row[name] !== 'number' && bytes.length > 0) bytes[byte % bytes.length]! ^= flip
            tamper(tracker.path, (db) => {
              const value = typeof row[name] === 'number' ? 'CAST(? AS INTEGER) + 1' : 'CAST(? AS TEXT)'
              db.prepare(`UPDATE events SET "${name}" = ${value} WHERE seq = ?`).run(bytes, row.seq)
            })
            const finding = await tracker.log.verify({ publicKey })
            // Of an empty text there is no byte to change.
            if (row[name] !== '')
              expect(finding, `${name} of event ${row.seq}`).toMatchObject({ ok: false, seq: row.seq })
            tamper(tracker.path, (db) => {
              db.prepare(`UPDATE events SET "${name}" = ? WHERE seq = ?`).run(row[name], row.seq)
            })
          }
          expect(await tracker.log.verify({ publicKey })).toMatchObject({ ok: true, checked: rows.length })
        },
      ),
      { numRuns: 12 },
    )
    expect(columnsSeen.size).toBeGreaterThan(11)
  })

  test('an event deleted, two swapped, a number changed or the tail cut is found, with the right number', async () => {
    await fc.assert(
      fc.asyncProperty(historiesWithRedactions, fc.nat(), fc.nat(), async (what, first, second) => {
        await using tracker = await openFile()
        await playAndRedact(tracker, what)
        await tracker.log.seal({ privateKey })
        const rows = eventRows(tracker.path)
        const noted = { seq: rows.length, digest: rows.at(-1)!.digest as string }
        const findingOf = (changed: readonly EventRow[], options: object = {}) => {
          putEventRows(tracker.path, changed)
          return tracker.log.verify(options)
        }
        const one = (first % (rows.length - 1)) + 1
        const other = (second % (rows.length - 1)) + 1
        // The last one leaves no gap behind: that is the tail, below.
        expect(await findingOf(rows.filter(({ seq }) => seq !== one))).toMatchObject({ ok: false, seq: one })
        const moved = rows.map((row) => (row.seq === one ? { ...row, seq: rows.length + 1 } : row))
        expect(await findingOf(moved)).toMatchObject({ ok: false, seq: one })
        const swap = ({ seq, ...row }: EventRow): EventRow => ({
          ...row,
          seq: seq === one ? other : seq === other ? one : seq!,
        })
        if (one !== other) {
          expect(await findingOf(rows.map(swap))).toMatchObject({ ok: false, seq: Math.min(one, other) })
        }
        const cut = rows.slice(0, one)
        expect(await findingOf(cut, { expect: noted })).toMatchObject({ ok: false, seq: one + 1 })
        // Where a redaction was cut off, data is missing that nothing accounts for any more.
        const orphan = cut.find(
          ({ seq, data }) =>
            data === null && !cut.some(({ type, subject }) => type === 'log.redacted' && subject === `test#${seq}`),
        )
        expect(await findingOf(cut, { publicKey })).toMatchObject({ ok: false, seq: orphan?.seq ?? one + 1 })
        expect(await findingOf(rows, { publicKey, expect: noted })).toMatchObject({ ok: true })
      }),
      { numRuns: 12 },
    )
  })
})

describe('in any exported log', () => {
  /** The refusal of a replica that has nothing, or the first events, and keeps just what it has. */
  async function refusalOfImport(bytes: Buffer | string, known: string): Promise<ProvtrailError> {
    await using replica = await openTracker({ path: ':memory:', namespace: NAMESPACE })
    await replica.log.importEvents([known])
    const before = [await replica.log.head(), await replica.log.snapshot()].map((it) => ({ ...it, capturedAt: '' }))
    const refusal = await refusalOf(replica.log.importEvents([bytes]))
    expect([await replica.log.head(), await replica.log.snapshot()].map((it) => ({ ...it, capturedAt: '' }))).toEqual(
      before,
    )
    expect(await replica.log.verify({ state: true })).toMatchObject({ ok: true })
    return refusal
  }

  test('a byte changed in any line is found there, and nothing of it is written', async () => {
    await fc.assert(
      fc.asyncProperty(
        historiesWithRedactions,
        fc.array(place, { minLength: 15, maxLength: 15 }),
        fc.boolean(),
        async (what, places, later) => {
          await using source = await openFile()
          await source.tasks.create({ title: 'early' })
          const { seq } = await source.log.head()
          const known = await exported(source)
          await playAndRedact(source, what)
          await source.log.seal({ privateKey })
          const bytes = Buffer.from(await exported(source, later ? { after: seq } : {}))
          const after = later ? seq : 0
          const lines = bytes.toString().trimEnd().split('\n')
          const ends = lines.map((line) => Buffer.byteLength(line) + 1)
          for (const { event, byte, flip } of places) {
            const index = event % lines.length
            const start = ends.slice(0, index).reduce((sum, length) => sum + length, 0)
            const changed = Buffer.from(bytes)
            changed[start + (byte % ends[index]!)]! ^= flip
            const refusal = await refusalOfImport(changed, known)
            const which = `byte ${byte % ends[index]!} of ${lines[index]}`
            // The first line says where all goes; what it says is found to be wrong here or there.
            if (index === 0) expect(refusal, which).toBeInstanceOf(ProvtrailError)
            else {
              expect(refusal, which).toBeInstanceOf(LogImportError)
              expect(refusal, which).toMatchObject({ line: index + 1, seq: after + index })
            }
          }
        },
      ),
      { numRuns: 10 },
    )
  })

  test('a line deleted, two swapped, one twice or the tail cut is found, with the right number', async () => {
    await fc.assert(
      fc.asyncProperty(historiesWithRedactions, fc.nat(), fc.nat(), fc.nat(), async (what, first, second, byte) => {
        await using source = await openFile()
        await playAndRedact(source, what)
        const text = await exported(source)
        const lines = text.trimEnd().split('\n')
        const one = (first % (lines.length - 1)) + 1
        const other = (second % (lines.length - 1)) + 1
        const joined = (some: readonly string[]) => some.map((line) => `${line}\n`).join('')
        const refusals: [string, number][] = [
          [joined(lines.filter((_, index) => index !== one)), one],
          [joined(lines.slice(0, one)), one],
          [joined([...lines.slice(0, one + 1), lines[one]!, ...lines.slice(one + 1)]), one + 1],
          [joined([...lines, lines[one]!]), lines.length],
          [joined([...lines.slice(0, one), '', ...lines.slice(one)]), one],
        ]
        if (one !== other) {
          const swapped = [...lines]
          swapped[one] = lines[other]!
          swapped[other] = lines[one]!
          refusals.push([joined(swapped), Math.min(one, other)])
        }
        const cut = byte % (text.length - 1)
        const whole = text.slice(0, cut).split('\n').length - 1
        if (whole > 0) refusals.push([text.slice(0, cut), text[cut] === '\n' ? whole + 1 : whole])
        for (const [changed, seq] of refusals) {
          const refusal = await refusalOfImport(
            changed,
            `${joined([`{"after":0,"format":"provtrail-log","head":{"digest":"${'0'.repeat(64)}","seq":0},"namespace":"test","version":1}`])}`,
          )
          expect(refusal).toBeInstanceOf(LogImportError)
          expect(refusal).toMatchObject({ seq, line: seq + 1 })
        }
        // Only the end of the last line may be missing.
        await using replica = await openTracker({ path: ':memory:', namespace: NAMESPACE })
        expect((await replica.log.importEvents([text.slice(0, -1)])).head).toEqual(await source.log.head())
      }),
      { numRuns: 12 },
    )
  })
})

import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { documentOf } from '../src/export/document.js'
import { exportProv, InvalidInputError, openTracker, type Tracker, TrackerClosedError } from '../src/index.js'
import type { SqlValue } from '../src/store/store.js'
import { snapshotOf } from '../src/tracker.js'
import { Graph } from './turtle-graph.js'
import { fillRecord, NAMESPACE, newTracker, uuid } from './turtle-record.js'
import { turtleOf } from './turtle-tools.js'

describe('exportProv', () => {
  it.each([
    [{ format: 'rdf' }, 'format'],
    [{}, 'format'],
    [{ format: 'turtle', detail: 'most' }, 'detail'],
    [{ format: 'turtle', scope: {} }, 'scope'],
    [{ format: 'turtle', scope: { partOf: 'x' } }, 'scope'],
    [{ format: 'turtle', scope: { lineageOf: [] } }, 'scope'],
    [{ format: 'turtle', scope: { lineageOf: `a--${uuid(1)}`, depth: -1 } }, 'depth'],
    [{ format: 'turtle', scope: { namespace: 'a' }, namespace: 'a' }, 'namespace'],
    [{ format: 'turtle', onProgress: 1 }, 'onProgress'],
    [{ format: 'turtle', signal: {} }, 'signal'],
    [{ format: 'turtle', namespace: 'a b' }, 'namespace'],
    [{ format: 'turtle', baseIri: 'relative/' }, 'baseIri'],
    [{ format: 'turtle', baseIri: '' }, 'baseIri'],
    [{ format: 'turtle', baseIri: 'https://example.org/>' }, 'baseIri'],
    [{ format: 'turtle', baseIri: 'https://example.org' }, 'host name'],
    [{ format: 'turtle', baseIri: 'https://example.org:80' }, 'baseIri'],
    [{ format: 'turtle', baseIri: 'https://example.org/a%' }, 'baseIri'],
    [{ format: 'turtle', baseIri: 'urn:\ud800' }, 'surrogate'],
    [{ format: 'turtle', baseIri: 7 }, 'baseIri'],
    [undefined, 'object'],
    [null, 'object'],
  ])('refuses %j at once', async (options, word) => {
    const tracker = await newTracker()
    const call = () => exportProv(tracker, options as never)
    expect(call).toThrow(InvalidInputError)
    expect(call).toThrow(word)
  })

  it('refuses a tracker that is closed, or is none', async () => {
    const tracker = await newTracker()
    await tracker.close()
    await expect(exportProv(tracker, { format: 'turtle' }).next()).rejects.toThrow(TrackerClosedError)
    await expect(exportProv({} as Tracker, { format: 'turtle' }).next()).rejects.toThrow(InvalidInputError)
  })

  it('shows the record as it was when the first piece was asked for', async () => {
    const tracker = await newTracker()
    const t = tracker.as((await tracker.agents.registerHuman({ name: 'Ada' })).id)
    const tasks = await Promise.all(Array.from({ length: 300 }, (_, i) => t.tasks.create({ title: `Task ${i}` })))
    const before = await turtleOf(tracker)
    const pieces = exportProv(tracker, { format: 'turtle' })
    let text = (await pieces.next()).value ?? ''
    await t.tasks.update(tasks[299]!.id, { title: 'Changed' })
    await t.tasks.create({ title: 'New' })
    for await (const piece of pieces) text += piece
    expect(text).toBe(before)
  })

  it('gives pieces of some 32 KB, and cuts what one long text makes too long', async () => {
    const tracker = await newTracker()
    const t = tracker.as((await tracker.agents.registerHuman({ name: 'Ada' })).id)
    await Promise.all(Array.from({ length: 500 }, (_, i) => t.tasks.create({ title: `Task ${i}` })))
    await t.tasks.create({ title: 'Long', description: '😀\n'.repeat(100_000) })
    const lengths: number[] = []
    for await (const piece of exportProv(tracker, { format: 'turtle' })) lengths.push(piece.length)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(64 * 1024)
    expect(lengths.filter((length) => length < 16 * 1024).length).toBeLessThanOrEqual(2)
    expect(new Graph(await turtleOf(tracker)).quads.some((quad) => quad.object.value.length === 300_000)).toBe(true)
  })

  it('cuts between characters', async () => {
    const tracker = await newTracker()
    const namespace = `urn:x:${'😀'.repeat(250)}`
    const used = await Promise.all(
      Array.from({ length: 400 }, (_, i) => tracker.artifacts.add({ iri: `x:${i}`, namespace })),
    )
    await tracker.activities.start({ used: used.map((artifact) => artifact.id) })
    let pieces = 0
    for await (const piece of exportProv(tracker, { format: 'turtle' })) {
      expect(piece).not.toMatch(/\p{Surrogate}/u)
      pieces++
    }
    expect(pieces).toBeGreaterThan(5)
  })

  const descriptors = () =>
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)]
      } catch {
        return []
      }
    })

  it.runIf(process.platform === 'linux')('lets go of the file when it is over, stopped early or failed', async () => {
    const tracker = await newTracker()
    await fillRecord(tracker)
    const open = () => descriptors().filter((file) => file.startsWith(tracker.path)).length
    await turtleOf(tracker)
    const before = open()
    for await (const _ of exportProv(tracker, { format: 'turtle' })) {
      expect(open()).toBeGreaterThan(before)
      break
    }
    expect(open()).toBe(before)
    const pieces = exportProv(tracker, { format: 'turtle' })
    await pieces.next()
    await expect(pieces.throw(new Error('the consumer failed'))).rejects.toThrow('the consumer failed')
    expect(open()).toBe(before)
    await exportProv(tracker, { format: 'turtle' }).return()
    expect(open()).toBe(before)
  })

  it.runIf(process.platform === 'linux')('ends with the reason of its signal, and lets go of the file', async () => {
    const tracker = await newTracker()
    await addTasks(tracker, 1_000)
    const open = () => descriptors().filter((file) => file.startsWith(tracker.path)).length
    await turtleOf(tracker)
    const before = open()
    const over = AbortSignal.abort(new Error('too late'))
    await expect(exportProv(tracker, { format: 'turtle', signal: over }).next()).rejects.toThrow('too late')
    for (const detail of ['summary', 'full'] as const) {
      const controller = new AbortController()
      const pieces = exportProv(tracker, { format: 'turtle', detail, signal: controller.signal })
      await pieces.next()
      expect(open()).toBeGreaterThan(before)
      controller.abort(new Error('enough'))
      await setTimeout(10)
      expect(open()).toBe(before)
      await expect(pieces.next()).rejects.toThrow('enough')
    }
    const controller = new AbortController()
    const onProgress = () => controller.abort('a word')
    await expect(turtleOf(tracker, { onProgress, signal: controller.signal })).rejects.toBe('a word')
    expect(open()).toBe(before)
    const kept = new AbortController()
    await turtleOf(tracker, { signal: kept.signal })
    kept.abort()
  })

  it('works on a record in memory and on one that is open for reading only', async () => {
    const tracker = await newTracker()
    await fillRecord(tracker)
    const reader = await openTracker({ path: tracker.path, readOnly: true })
    expect(await turtleOf(reader)).toBe(await turtleOf(tracker))
    await reader.close()
    const memory = await openTracker({ path: ':memory:', namespace: NAMESPACE })
    await memory.tasks.create({ title: 'x' })
    expect(new Graph(await turtleOf(memory)).instances('pt:Task')).toHaveLength(1)
    await memory.close()
  })

  it('lets others have their turn', async () => {
    const tracker = await newTracker()
    await addTasks(tracker, 10_000)
    await turtleOf(tracker)
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const started = performance.now()
    await turtleOf(tracker)
    const elapsed = performance.now() - started
    clearInterval(timer)
    expect(turns).toBeGreaterThan(elapsed / 40)
  })

  it('reads no further than it is asked to', async () => {
    const tracker = await newTracker()
    await addTasks(tracker, 3_000)
    const snapshot = await snapshotOf(tracker, 'test')
    let readings = 0
    const counting = {
      get: snapshot.get.bind(snapshot),
      all: snapshot.all.bind(snapshot),
      rows: <R extends readonly SqlValue[]>(sql: string, ...values: SqlValue[]) => {
        readings++
        return snapshot.rows<R>(sql, ...values)
      },
    }
    const pieces = documentOf(counting, { format: 'turtle' })
    await pieces.next()
    const before = readings
    await setTimeout(50)
    expect(readings).toBe(before)
    for await (const _ of pieces);
    expect(readings).toBeGreaterThan(before)
    await snapshot.close()
  })

  it('throws, and lets go of the file, where it was made to hold what RDF cannot carry', async () => {
    const tracker = await newTracker()
    await tracker.tasks.create({ title: 'x' })
    const db = new Database(tracker.path)
    db.prepare("UPDATE tasks SET title = 'a' || char(0) || 'b'").run()
    db.close()
    await expect(turtleOf(tracker)).rejects.toThrow(/U\+0000/)
  })
})

/** Many tasks at once, a few hundred a commit. */
async function addTasks(tracker: Tracker, count: number): Promise<void> {
  const t = tracker.as((await tracker.agents.registerHuman({ name: 'Ada' })).id)
  for (let done = 0; done < count; done += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, i) => t.tasks.create({ title: `Task ${done + i}` })))
  }
}

import { describe, expect, it } from 'vitest'
import { documentOf } from '../src/export/document.js'
import { type ExportProgress, exportProv, InvalidInputError, NotFoundError, type TaskId } from '../src/index.js'
import { resolveScope } from '../src/record/lineage/resolve-scope.js'
import type { SqlValue } from '../src/store/store.js'
import { snapshotOf, type Tracker } from '../src/tracker.js'
import { Graph } from './turtle-graph.js'
import { Clock, fillRecord, newTracker, uuid } from './turtle-record.js'
import { turtleOf } from './turtle-tools.js'

const DETAILS = ['summary', 'full'] as const
const iri = (node: { readonly id: string }) => node.id.replace('--', '#')

describe.each(DETAILS)('a scope, in detail %s', (detail) => {
  it('limits the document to a task and its parts, and strangers to type, id and label', async () => {
    const tracker = await newTracker()
    const { epic, login, schema, ada } = await fillRecord(tracker)
    const graph = new Graph(await turtleOf(tracker, { detail, scope: { partOf: epic.id } }))
    expect(graph.all(iri(login), 'dcterms:isPartOf')).toEqual([iri(epic)])
    expect(graph.one(iri(login), 'dcterms:title')).toBe('Implement login')
    for (const stranger of [schema, ada]) {
      expect(graph.about(iri(stranger)).filter((line) => !line.startsWith('rdf:type'))).toEqual([
        `dcterms:identifier ${stranger.id}`,
        `rdfs:label ${stranger === schema ? 'User table' : 'Ada'}`,
      ])
    }
    expect(graph.undescribed()).toEqual([])
    expect(graph.instances('pt:Artifact')).toEqual([])
  })

  it('limits the document to a lineage', async () => {
    const tracker = await newTracker()
    const { patch, prompt, work, bot, ci, polish } = await fillRecord(tracker)
    const graph = new Graph(await turtleOf(tracker, { detail, scope: { lineageOf: patch.id, direction: 'origins' } }))
    expect(graph.one(iri(patch), 'pt:kind')).toBe('commit')
    expect(graph.one(iri(prompt), 'pt:kind')).toBe('prompt')
    expect(graph.one(iri(work), 'pt:phase')).toBe('worker_slices')
    expect(graph.one(iri(bot), 'foaf:name')).toBe('bot')
    for (const node of [ci, polish]) expect(graph.about(iri(node))).toEqual([])
    expect(graph.undescribed()).toEqual([])
  })

  it('tells of its nodes what the whole document tells', async () => {
    const clock = new Clock()
    const tracker = await newTracker(clock)
    const { epic, login, polish } = await fillRecord(tracker)
    clock.stop()
    const whole = new Graph(await turtleOf(tracker, { detail }))
    const part = new Graph(await turtleOf(tracker, { detail, scope: { lineageOf: [epic.id, polish.id], depth: 1 } }))
    for (const task of [epic, login, polish]) expect(part.about(iri(task))).toEqual(whole.about(iri(task)))
  })

  it('of a namespace is what the option `namespace` is short for', async () => {
    const clock = new Clock()
    const tracker = await newTracker(clock)
    await fillRecord(tracker)
    clock.stop()
    const task = await tracker.tasks.create({ title: 'Elsewhere', namespace: 'elsewhere' })
    const text = await turtleOf(tracker, { detail, scope: { namespace: 'elsewhere' } })
    expect(text).toBe(await turtleOf(tracker, { detail, namespace: 'elsewhere' }))
    expect(text).toContain(task.id)
  })

  it('costs what is in it, whatever else there is', async () => {
    const tracker = await newTracker()
    const { epic } = await fillRecord(tracker)
    const readBefore = await rowsReadFor(tracker, epic.id)
    const t = tracker.as((await tracker.agents.registerHuman({ name: 'Grace' })).id)
    await Promise.all(Array.from({ length: 4_000 }, (_, i) => t.tasks.create({ title: `Task ${i}` })))
    await t.tasks.update(epic.id, { notes: 'Late.' })
    expect(await rowsReadFor(tracker, epic.id)).toBeLessThan(readBefore + 30)
  })

  async function rowsReadFor(tracker: Tracker, task: TaskId): Promise<number> {
    const snapshot = await snapshotOf(tracker, 'test')
    let read = 0
    const counting = {
      get: snapshot.get.bind(snapshot),
      all: snapshot.all.bind(snapshot),
      async rows<R extends readonly SqlValue[]>(sql: string, ...values: SqlValue[]) {
        const rows = await snapshot.rows<R>(sql, ...values)
        read += rows.length
        return rows
      },
    }
    const scope = await resolveScope(snapshot, { partOf: task })
    const occasion = { namespace: tracker.namespace, at: '2026-01-05T09:00:00.000Z', request: '' }
    for await (const _ of documentOf(counting, { format: 'turtle', scope, ...(detail === 'full' && { occasion }) }));
    await snapshot.close()
    return read
  }
})

describe('a scope', () => {
  it('that names nothing is refused', async () => {
    const tracker = await newTracker()
    const { ada } = await fillRecord(tracker)
    const missing = `shop--${uuid(1)}` as TaskId
    await expect(turtleOf(tracker, { scope: { partOf: missing } })).rejects.toThrow(NotFoundError)
    await expect(turtleOf(tracker, { scope: { lineageOf: [ada.id, missing] } })).rejects.toThrow(NotFoundError)
    await expect(turtleOf(tracker, { scope: { partOf: ada.id as never } })).rejects.toThrow(NotFoundError)
    expect(() => exportProv(tracker, { format: 'turtle', scope: { namespace: 'a' }, namespace: 'a' })).toThrow(
      InvalidInputError,
    )
  })
})

describe.each(DETAILS)('progress, in detail %s', (detail) => {
  it('is told from nothing to everything', async () => {
    const tracker = await newTracker()
    const { epic } = await fillRecord(tracker)
    await Promise.all(Array.from({ length: 2_500 }, (_, i) => tracker.tasks.create({ title: `Task ${i}` })))
    const told: ExportProgress[] = []
    await turtleOf(tracker, { detail, onProgress: (progress) => told.push(progress) })
    const total = told[0]!.total
    expect(total).toBeGreaterThan(2_500)
    expect(told[0]).toEqual({ done: 0, total })
    expect(told.at(-1)).toEqual({ done: total, total })
    expect(told.map(({ done }) => done)).toEqual([...new Set(told.map(({ done }) => done))].sort((a, b) => a - b))
    expect(told.length).toBeGreaterThan(5)
    const toldOfScope: ExportProgress[] = []
    await turtleOf(tracker, {
      detail,
      scope: { partOf: epic.id },
      onProgress: (progress) => toldOfScope.push(progress),
    })
    expect(toldOfScope).toEqual([
      { done: 0, total: 2 },
      { done: 2, total: 2 },
    ])
  })

  it('ends the export with what it throws', async () => {
    const tracker = await newTracker()
    await fillRecord(tracker)
    const onProgress = () => {
      throw new Error('enough')
    }
    await expect(turtleOf(tracker, { detail, onProgress })).rejects.toThrow('enough')
  })
})

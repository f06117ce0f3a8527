import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importBeads } from '../src/index.js'
import { Graph } from './turtle-graph.js'
import { newTracker } from './turtle-record.js'
import { turtleOf } from './turtle-tools.js'

const DATA = resolve(process.env.PROVTRAIL_DATA ?? '../shared/data', 'beads')
const isThere = existsSync(DATA)
if (!isThere && process.env.PROVTRAIL_DATA_REQUIRED === '1') throw new Error(`the test data is missing: ${DATA}`)
if (!isThere) console.warn(`skipped, as the test data is missing: ${DATA}`)

describe.skipIf(!isThere)('the Turtle of real data', () => {
  it.each(['beads/issues.jsonl', 'provenance'])('of %s is closed and complete', async (source) => {
    const tracker = await newTracker()
    await importBeads(tracker, join(DATA, source))
    const text = await turtleOf(tracker)
    const graph = new Graph(text)
    expect(graph.undescribed()).toEqual([])
    expect(graph.instances('pt:Task')).toHaveLength((await tracker.tasks.list({ limit: 1 })).total)
    expect(graph.instances('prov:Agent')).toHaveLength((await tracker.agents.list({ limit: 1 })).total)
    expect(graph.instances('pt:Task').length).toBeGreaterThan(100)
    for (const task of (await tracker.tasks.list({ limit: 1_000 })).items) {
      const iri = task.id.replace('--', '#')
      expect(graph.one(iri, 'dcterms:title')).toBe(task.title)
      expect(graph.one(iri, 'dcterms:description') ?? '').toBe(task.description)
      expect(graph.all(iri, 'pt:label')).toEqual([...task.labels])
      expect(graph.one(iri, 'pt:status')).toBe(task.status)
    }
  })

  for (const source of ['beads/issues.jsonl', 'provenance']) {
    it(`of ${source} tells in full what each task is, in its last revision`, async () => {
      const tracker = await newTracker()
      await importBeads(tracker, join(DATA, source))
      const graph = new Graph(await turtleOf(tracker, { detail: 'full' }))
      expect(graph.undescribed()).toEqual([])
      const revisions = graph.instances('pt:TaskRevision')
      const lastByTask = new Map<string, { readonly revision: string; readonly number: number }>()
      for (const revision of revisions) {
        const task = graph.one(revision, 'prov:specializationOf')!
        const number = Number(graph.one(revision, 'pt:revision'))
        if (number > (lastByTask.get(task)?.number ?? 0)) lastByTask.set(task, { revision, number })
      }
      const tasks = (await tracker.tasks.list({ limit: 1_000 })).items
      expect(revisions.length).toBeGreaterThan(tasks.length)
      for (const task of tasks) {
        const last = lastByTask.get(task.id.replace('--', '#'))
        expect(last?.number).toBe(task.revision)
        expect(graph.one(last!.revision, 'pt:status')).toBe(task.status)
      }
    })
  }
})

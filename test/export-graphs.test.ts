import { Parser } from 'n3'
import { describe, expect, it } from 'vitest'
import type { NodeId } from '../src/index.js'
import { Clock, fillRecord, NAMESPACE, newTracker } from './turtle-record.js'
import { documentOf } from './turtle-tools.js'

const BUNDLE = 'http://www.w3.org/ns/prov#Bundle'
const LABEL = 'http://www.w3.org/2000/01/rdf-schema#label'
const TYPE = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type'

describe('the named graphs of a document', () => {
  const namespaces = ['a word', 'https://example.org/other', 'urn:team:1', 'a/b#c'].map((text) =>
    text.replace(' ', '-'),
  )

  async function exported(detail: 'summary' | 'full', format: 'trig' | 'nquads' = 'trig') {
    const tracker = await newTracker()
    const { login } = await fillRecord(tracker)
    const tasks = []
    for (const namespace of namespaces) {
      tasks.push(await tracker.tasks.create({ title: `In ${namespace}`, namespace, blockedBy: [login.id] }))
    }
    const quads = new Parser({ format }).parse(await documentOf(tracker, { format, detail }))
    const graphOf = (node: { readonly id: NodeId }) =>
      quads.find((quad) => quad.object.value === node.id && quad.object.termType === 'Literal')?.graph.value
    return { tracker, tasks, login, quads, graphOf }
  }

  it.each(['summary', 'full'] as const)('hold the nodes of one namespace each, in detail %s', async (detail) => {
    const { tasks, login, quads, graphOf } = await exported(detail)
    const graphs = [login, ...tasks].map(graphOf)
    expect(new Set(graphs).size).toBe(namespaces.length + 1)
    expect(graphs).not.toContain('')
    for (const [i, namespace] of [NAMESPACE, ...namespaces].entries()) {
      const about = quads.filter((quad) => quad.subject.value === graphs[i])
      expect(about.map((quad) => quad.graph.value)).toEqual(['', '', ''])
      expect(about.find((quad) => quad.predicate.value === LABEL)?.object.value).toBe(namespace)
      expect(about.some((quad) => quad.predicate.value === TYPE && quad.object.value === BUNDLE)).toBe(true)
    }
  })

  it.each(['summary', 'full'] as const)('tell each subject in one place, in detail %s', async (detail) => {
    const { quads } = await exported(detail)
    const graphBySubject = new Map<string, string>()
    for (const { subject, graph } of quads) {
      expect(graphBySubject.get(subject.value) ?? graph.value).toBe(graph.value)
      graphBySubject.set(subject.value, graph.value)
    }
  })

  it.each(['summary', 'full'] as const)('say together what Turtle says, in detail %s', async (detail) => {
    const clock = new Clock()
    const tracker = await newTracker(clock)
    await fillRecord(tracker)
    clock.stop()
    const triplesOf = async (format: 'turtle' | 'trig' | 'nquads' | 'ntriples') =>
      new Set(
        new Parser({ format })
          .parse(await documentOf(tracker, { format, detail }))
          .map(({ subject, predicate, object }) => JSON.stringify([subject, predicate, object])),
      )
    const turtle = await triplesOf('turtle')
    expect(await triplesOf('ntriples')).toEqual(turtle)
    const trig = await triplesOf('trig')
    expect(await triplesOf('nquads')).toEqual(trig)
    expect([...turtle].filter((triple) => !trig.has(triple))).toEqual([])
    expect([...trig].filter((triple) => !turtle.has(triple))).toHaveLength(3)
  })
})

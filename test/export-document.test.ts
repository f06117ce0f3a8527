import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AgentId, type NodeId, openTracker, type TaskId, type Tracker } from '../src/index.js'
import { Graph } from './turtle-graph.js'
import { CLOCK, fillRecord, NAMESPACE, newTracker, uuid } from './turtle-record.js'
import { turtleOf } from './turtle-tools.js'

const HEADER = `@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>.
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#>.
@prefix xsd: <http://www.w3.org/2001/XMLSchema#>.
@prefix prov: <http://www.w3.org/ns/prov#>.
@prefix dcterms: <http://purl.org/dc/terms/>.
@prefix foaf: <http://xmlns.com/foaf/0.1/>.
@prefix pt: <https://w3id.org/provtrail#>.
@prefix role: <https://w3id.org/provtrail/role#>.
@prefix model: <https://w3id.org/provtrail/model#>.
`

describe('the document', () => {
  it('of an empty record is its prefixes', async () => {
    expect(await turtleOf(await newTracker())).toBe(`${HEADER}\n`)
  })

  it('has one block a subject, prefixes first, and reads like one written by hand', async () => {
    const tracker = await newTracker({ namespace: 'shop', now: () => CLOCK })
    const ada = await tracker.agents.registerHuman({ name: 'Ada', id: `shop--${uuid(1)}` as AgentId })
    await tracker.as(ada.id).tasks.create({ title: 'Login', id: `shop--${uuid(2)}` as TaskId, labels: ['b', 'a'] })
    const text = await turtleOf(tracker)
    expect(text.split('\n\n').slice(0, 2).join('\n\n')).toBe(`${HEADER}
<urn:uuid:${uuid(1)}> a prov:Agent, prov:Person;
    dcterms:identifier "shop--${uuid(1)}";
    rdfs:label "Ada";
    foaf:name "Ada";
    pt:registeredAt "2026-01-05T09:00:00.000Z"^^xsd:dateTime.`)
    expect(text.split('\n\n').at(-1)).toBe(`<urn:uuid:${uuid(2)}> a prov:Entity, prov:Plan, pt:Task;
    dcterms:identifier "shop--${uuid(2)}";
    dcterms:title "Login";
    pt:status "open";
    pt:priority "medium";
    pt:type "task";
    pt:phase "unscoped";
    pt:revision "1"^^xsd:integer;
    pt:label "a", "b";
    prov:generatedAtTime "2026-01-05T09:00:00.000Z"^^xsd:dateTime;
    dcterms:modified "2026-01-05T09:00:00.000Z"^^xsd:dateTime;
    prov:wasAttributedTo <urn:uuid:${uuid(1)}>.
`)
  })

  it('has no subject twice', async () => {
    const tracker = await newTracker()
    await fillRecord(tracker)
    const subjects = new Graph(await turtleOf(tracker)).quads.map((quad) => quad.subject.value)
    const blocks = subjects.filter((subject, i) => subject !== subjects[i - 1])
    expect(new Set(blocks).size).toBe(blocks.length)
  })

  it('is the same for the same record, and after a rebuild', async () => {
    const tracker = await newTracker()
    await fillRecord(tracker)
    const text = await turtleOf(tracker)
    expect(await turtleOf(tracker)).toBe(text)
    await tracker.log.rebuild()
    expect(await turtleOf(tracker)).toBe(text)
  })

  it('does not depend on the order in which the record was written', async () => {
    const nodes = [...Array(16).keys()]
    const links = nodes
      .slice(0, 12)
      .flatMap((i) => nodes.slice(0, i).map((j) => [i, j] as const))
      .filter(([i, j]) => (i * 7 + j) % 3 === 0)
    for (const j of [1, 5, 9, 13]) links.push([15, j])
    const written = async (nodeOrder: readonly number[], linkOrder: readonly (readonly [number, number])[]) => {
      const tracker = await openTracker({ path: ':memory:', namespace: NAMESPACE, now: () => CLOCK })
      try {
        const id = (n: number) => `${NAMESPACE}--${uuid(n)}`
        const agent = await tracker.agents.registerHuman({ name: 'Ada', id: id(99) as AgentId })
        const t = tracker.as(agent.id)
        for (const n of nodeOrder) {
          await t.tasks.create({ title: `Task ${n}`, id: id(n) as TaskId, attributedTo: agent.id })
        }
        for (const [i, j] of linkOrder) {
          const kind = (['blocked_by', 'related', 'supersedes', 'derived_from'] as const)[(i + j) % 4]!
          await t.relations.add(
            id(i) as TaskId,
            kind,
            id(j) as TaskId,
            kind === 'blocked_by' && i % 2 ? { gate: 'failed' } : {},
          )
          if (i % 3 === 0) await t.tasks.addLabel(id(i) as TaskId, `to ${j}`)
        }
        return await turtleOf(tracker)
      } finally {
        await tracker.close()
      }
    }
    const expected = await written(nodes, links)
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(nodes, { minLength: nodes.length }),
        fc.shuffledSubarray(links, { minLength: links.length }),
        async (nodeOrder, linkOrder) => {
          expect(await written(nodeOrder, linkOrder)).toBe(expected)
        },
      ),
      { numRuns: 10 },
    )
  })

  it('holds every node of a long record, in order', async () => {
    const tracker = await newTracker({ now: () => CLOCK })
    const t = tracker.as((await tracker.agents.registerHuman({ name: 'Ada' })).id)
    const tasks = await Promise.all(Array.from({ length: 2_345 }, (_, i) => t.tasks.create({ title: `Task ${i}` })))
    const graph = new Graph(await turtleOf(tracker))
    expect(graph.instances('pt:Task')).toEqual(tasks.map((task) => task.id.replace('--', '#')).sort())
    expect(graph.undescribed()).toEqual([])
  })

  it('describes whatever it refers to', async () => {
    const tracker = await newTracker()
    await fillRecord(tracker)
    expect(new Graph(await turtleOf(tracker)).undescribed()).toEqual([])
  })
})

describe('namespace', () => {
  async function twoNamespaces(tracker: Tracker) {
    const { login, bot, prompt, work, comment } = await fillRecord(tracker)
    const other = 'https://example.org/other'
    const task = await tracker.tasks.create({
      title: 'Elsewhere',
      namespace: other,
      owner: bot.id,
      blockedBy: [login.id],
      derivedFrom: [prompt.id, comment.id],
      generatedBy: work.id,
    })
    return { other, task, login, bot, prompt, work, comment }
  }

  it('limits the document to its nodes, and says type, id and label of others that they refer to', async () => {
    const tracker = await newTracker()
    const { other, task, login, bot, prompt, work, comment } = await twoNamespaces(tracker)
    const graph = new Graph(await turtleOf(tracker, { namespace: other }))
    const about = (id: NodeId) => graph.about(id.replace('--', '#'))
    expect(about(task.id)).toContain(`pt:blockedBy ${login.id.replace('--', '#')}`)
    expect(about(login.id)).toEqual([
      'rdf:type prov:Entity',
      'rdf:type prov:Plan',
      'rdf:type pt:Task',
      `dcterms:identifier ${login.id}`,
      'rdfs:label Implement login',
    ])
    expect(about(bot.id)).toEqual([
      'rdf:type prov:Agent',
      'rdf:type prov:SoftwareAgent',
      'rdf:type pt:AIAgent',
      `dcterms:identifier ${bot.id}`,
      'rdfs:label bot',
    ])
    expect(about(prompt.id)).toContain('rdfs:label https://example.org/prompts/1')
    expect(about(work.id)).toEqual([
      'rdf:type prov:Activity',
      `dcterms:identifier ${work.id}`,
      'rdfs:label worker_slices',
    ])
    expect(about(comment.id)).toContain('rdfs:label comment')
    expect(graph.undescribed()).toEqual([])
    expect(graph.instances('pt:Task')).toHaveLength(2)
  })

  it('takes references from either side along', async () => {
    const tracker = await newTracker()
    const { other, login } = await twoNamespaces(tracker)
    const task = await tracker.tasks.create({ title: 'Better', namespace: other })
    await tracker.relations.add(task.id, 'supersedes', login.id)
    const graph = new Graph(await turtleOf(tracker, { namespace: NAMESPACE }))
    expect(graph.one(login.id.replace('--', '#'), 'dcterms:isReplacedBy')).toBe(task.id.replace('--', '#'))
    expect(graph.about(task.id.replace('--', '#'))).toHaveLength(5)
    expect(graph.undescribed()).toEqual([])
  })

  it('that nothing is in gives an empty document', async () => {
    const tracker = await newTracker()
    await fillRecord(tracker)
    expect(await turtleOf(tracker, { namespace: 'nobody' })).toBe(`${HEADER}\n`)
  })
})

describe('the IRI of a node', () => {
  it.each([
    ['https://example.org/shop', `https://example.org/shop#${uuid(1)}`],
    ['urn:example:shop', `urn:example:shop#${uuid(1)}`],
    ['prov:x', `prov:x#${uuid(1)}`],
    ['task:foo', `task:foo#${uuid(1)}`],
    ['pt:a--b', `pt:a--b#${uuid(1)}`],
    ['https://例え.jp/ü', `https://例え.jp/ü#${uuid(1)}`],
    ['https://example.org/a?b=c', `https://example.org/a?b=c#${uuid(1)}`],
    ['shop', `urn:uuid:${uuid(1)}`],
    ['a/b#c', `urn:uuid:${uuid(1)}`],
    ['https://example.org/>.<x', `urn:uuid:${uuid(1)}`],
    ['https://example.org/{team}', `urn:uuid:${uuid(1)}`],
    ['C:\\work', `urn:uuid:${uuid(1)}`],
    ['https://example.org/%zz', `urn:uuid:${uuid(1)}`],
    ['file:///a/../b', `urn:uuid:${uuid(1)}`],
    ['http://[::1', `urn:uuid:${uuid(1)}`],
  ])('in the namespace %s is %s', async (namespace, iri) => {
    const tracker = await newTracker({ namespace })
    const task = await tracker.tasks.create({ title: 'x', id: `${namespace}--${uuid(1)}` as TaskId })
    const graph = new Graph(await turtleOf(tracker))
    expect(graph.instances('pt:Task')).toEqual([iri])
    const identifiers = graph.quads.filter(
      (quad) => quad.subject.value === iri && quad.predicate.value.endsWith('identifier'),
    )
    expect(identifiers.map((quad) => quad.object.value)).toEqual([task.id])
    expect(graph.undescribed()).toEqual([])
  })

  it.each(['https://example.org/work/', 'prov:', 'urn:x:', 'https://example.org/?id=', 'https://example.org/#'])(
    'begins with the base %s where the namespace is no IRI',
    async (baseIri) => {
      const tracker = await newTracker({ namespace: 'shop' })
      await tracker.tasks.create({ title: 'x', id: `shop--${uuid(1)}` as TaskId })
      const graph = new Graph(await turtleOf(tracker, { baseIri }))
      expect(graph.instances('pt:Task')).toEqual([baseIri + uuid(1)])
    },
  )
})

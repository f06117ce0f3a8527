import { describe, expect, it } from 'vitest'
import { type NodeId, parseId, type Tracker } from '../src/index.js'
import { Graph } from './turtle-graph.js'
import { fillRecord, newTracker } from './turtle-record.js'
import { turtleOf } from './turtle-tools.js'

function iri(node: { readonly id: NodeId }): string {
  const { namespace, uuid } = parseId(node.id)
  return `${namespace}#${uuid}`
}

/** The local name of the datatype of an artifact's pt:iri. */
function typeOfIri(graph: Graph, artifact: { readonly id: NodeId }): string | undefined {
  const { object } = graph.quads.find(
    ({ subject, predicate }) => subject.value === iri(artifact) && predicate.value.endsWith('#iri'),
  )!
  return object.termType === 'Literal' ? object.datatype.value.split('#')[1] : undefined
}

async function exported(tracker: Tracker): Promise<Graph> {
  return new Graph(await turtleOf(tracker))
}

describe('the Turtle of a record', () => {
  it('describes a task with all of its fields', async () => {
    const tracker = await newTracker()
    const { login, bot, ada, epic, schema, old } = await fillRecord(tracker)
    const graph = await exported(tracker)
    const task = await tracker.tasks.get(login.id)
    const refs = graph.all(iri(login), 'pt:externalReference')
    const revision = graph.one(iri(login), 'prov:qualifiedRevision')!
    expect(graph.about(iri(login))).toEqual([
      'rdf:type prov:Entity',
      'rdf:type prov:Plan',
      'rdf:type pt:Task',
      'rdf:type pt:Feature',
      `dcterms:identifier ${login.id}`,
      'dcterms:title Implement login',
      'dcterms:description As a user …',
      'pt:notes Ask Ada.',
      'pt:status open',
      'pt:priority high',
      'pt:type feature',
      'pt:phase impl_plan',
      `pt:revision ${task.revision}`,
      'pt:label auth',
      'pt:label web',
      `prov:generatedAtTime ${task.createdAt}`,
      `dcterms:modified ${task.updatedAt}`,
      `dcterms:isPartOf ${iri(epic)}`,
      `dcterms:replaces ${iri(old)}`,
      `prov:qualifiedRevision ${revision}`,
      `prov:wasAttributedTo ${iri(ada)}`,
      `prov:wasDerivedFrom ${iri(old)}`,
      `prov:wasRevisionOf ${iri(old)}`,
      `pt:blockedBy ${iri(schema)}`,
      ...refs.map((ref) => `pt:externalReference ${ref}`),
      `pt:owner ${iri(bot)}`,
    ])
    expect(refs.map((ref) => graph.about(ref)).sort()).toEqual([
      ['rdf:type prov:Entity', 'rdf:type pt:ExternalReference', 'pt:system beads', 'dcterms:identifier bd-1'],
      [
        'rdf:type prov:Entity',
        'rdf:type pt:ExternalReference',
        'pt:system github',
        'dcterms:identifier acme/shop#17',
        'pt:url https://github.com/acme/shop/issues/17',
      ],
    ])
  })

  it('says how a task was closed, and why one is on hold', async () => {
    const tracker = await newTracker()
    const { schema, fallback } = await fillRecord(tracker)
    const graph = await exported(tracker)
    expect(graph.one(iri(schema), 'pt:status')).toBe('closed')
    expect(graph.one(iri(schema), 'pt:outcome')).toBe('completed')
    expect(graph.one(iri(schema), 'pt:closeReason')).toBe('Done.')
    expect(graph.one(iri(schema), 'pt:closedAt')).toBe((await tracker.tasks.get(schema.id)).closedAt)
    expect(graph.all(iri(schema), 'rdf:type')).toContain('pt:Chore')
    expect(graph.one(iri(fallback), 'pt:status')).toBe('blocked')
    expect(graph.one(iri(fallback), 'pt:holdReason')).toBe('Not yet.')
    expect(graph.all(iri(fallback), 'rdf:type')).toEqual(['prov:Entity', 'prov:Plan', 'pt:Task'])
  })

  it('invalidates what is superseded, at the time when that was said first', async () => {
    const tracker = await newTracker()
    const { login, old, copy } = await fillRecord(tracker)
    const [first] = (await tracker.relations.list(login.id, { kind: 'supersedes' })).items
    await tracker.relations.add(copy.id, 'supersedes', old.id)
    const graph = await exported(tracker)
    expect(graph.all(iri(old), 'dcterms:isReplacedBy')).toEqual([iri(login), iri(copy)].sort())
    expect(graph.one(iri(old), 'prov:invalidatedAtTime')).toBe(first?.createdAt)
    expect(graph.about(graph.one(iri(old), 'prov:qualifiedInvalidation')!)).toEqual([
      'rdf:type prov:Invalidation',
      `prov:atTime ${first?.createdAt}`,
      'prov:hadRole role:superseded',
    ])
    expect(graph.about(graph.one(iri(login), 'prov:qualifiedRevision')!)).toEqual([
      'rdf:type prov:Revision',
      `prov:entity ${iri(old)}`,
      `dcterms:created ${first?.createdAt}`,
    ])
    expect(graph.one(iri(login), 'prov:qualifiedRevision')).not.toBe(graph.one(iri(copy), 'prov:qualifiedRevision'))
  })

  it('writes blocking as pt:blockedBy, qualified only where the gate is not the default one', async () => {
    const tracker = await newTracker()
    const { login, fallback } = await fillRecord(tracker)
    const graph = await exported(tracker)
    expect(graph.one(iri(fallback), 'pt:blockedBy')).toBe(iri(login))
    expect(graph.all(iri(fallback), 'prov:wasDerivedFrom')).toEqual([])
    expect(graph.about(graph.one(iri(fallback), 'pt:blocking')!)).toEqual([
      'rdf:type prov:Entity',
      'rdf:type pt:Blocking',
      `pt:blocker ${iri(login)}`,
      'pt:gate failed',
      `dcterms:created ${(await tracker.relations.list(fallback.id, { kind: 'blocked_by' })).items[0]?.createdAt}`,
    ])
    expect(graph.instances('pt:Blocking')).toHaveLength(1)
  })

  it('writes the other relations between tasks', async () => {
    const tracker = await newTracker()
    const { login, fallback, old, schema, copy, epic, work } = await fillRecord(tracker)
    const graph = await exported(tracker)
    expect(graph.one(iri(fallback), 'dcterms:relation')).toBe(iri(epic))
    expect(graph.one(iri(old), 'pt:discoveredFrom')).toBe(iri(schema))
    expect(graph.one(iri(copy), 'prov:alternateOf')).toBe(iri(login))
    expect(graph.one(iri(copy), 'prov:wasGeneratedBy')).toBe(iri(work))
  })

  it('describes activities with qualified associations', async () => {
    const tracker = await newTracker()
    const { work, review, bot, ada, login, prompt } = await fillRecord(tracker)
    const graph = await exported(tracker)
    const stored = await tracker.activities.get(work.id)
    const association = graph.one(iri(work), 'prov:qualifiedAssociation')!
    const usages = graph.all(iri(work), 'prov:qualifiedUsage')
    const model = graph.one(iri(bot), 'pt:usesModel')!
    expect(graph.about(iri(work))).toEqual([
      'rdf:type prov:Activity',
      `dcterms:identifier ${work.id}`,
      'pt:phase worker_slices',
      `pt:stage ${stored.stage}`,
      'pt:notes First slice.',
      `prov:startedAtTime ${stored.startedAt}`,
      `prov:endedAtTime ${stored.endedAt}`,
      'pt:failure Out of tokens.',
      `prov:qualifiedAssociation ${association}`,
      ...usages.map((usage) => `prov:qualifiedUsage ${usage}`),
      `prov:used ${iri(prompt)}`,
      `prov:used ${model}`,
      `prov:wasAssociatedWith ${iri(bot)}`,
    ])
    expect(graph.about(association)).toEqual([
      'rdf:type prov:Association',
      `prov:agent ${iri(bot)}`,
      'prov:hadRole role:worker',
      `prov:hadPlan ${iri(login)}`,
    ])
    const [used] = (await tracker.relations.list(work.id, { kind: 'used' })).items
    expect(usages.map((usage) => graph.about(usage)).sort()).toEqual([
      ['rdf:type prov:Usage', `prov:entity ${iri(prompt)}`, `prov:atTime ${used?.createdAt}`],
      ['rdf:type prov:Usage', `prov:entity ${model}`, 'prov:hadRole role:model'],
    ])
    expect(graph.one(iri(review), 'prov:wasInformedBy')).toBe(iri(work))
    expect(graph.one(iri(review), 'prov:endedAtTime')).toBeUndefined()
    expect(graph.about(graph.one(iri(review), 'prov:qualifiedAssociation')!)).toEqual([
      'rdf:type prov:Association',
      `prov:agent ${iri(ada)}`,
    ])
    expect(graph.about('role:worker')).toEqual(['rdf:type prov:Entity', 'rdf:type prov:Role', 'rdfs:label worker'])
  })

  it('describes agents of every kind, and the models that they use', async () => {
    const tracker = await newTracker()
    const { acme, ada, ci, bot, work, critic } = await fillRecord(tracker)
    const graph = await exported(tracker)
    const delegation = graph.one(iri(bot), 'prov:qualifiedDelegation')!
    const plain = 'https://w3id.org/provtrail/model#anthropic/claude-opus-4-6'
    const model = graph.one(iri(bot), 'pt:usesModel')!
    expect(graph.about(iri(bot))).toEqual([
      'rdf:type prov:Agent',
      'rdf:type prov:SoftwareAgent',
      'rdf:type pt:AIAgent',
      `dcterms:identifier ${bot.id}`,
      'rdfs:label bot',
      'foaf:name bot',
      'pt:role role:worker',
      `pt:usesModel ${model}`,
      'pt:capability typescript',
      `pt:registeredAt ${bot.createdAt}`,
      `prov:actedOnBehalfOf ${iri(ada)}`,
      `prov:qualifiedDelegation ${delegation}`,
    ])
    expect(graph.about(delegation).slice(0, 3)).toEqual([
      'rdf:type prov:Delegation',
      `prov:agent ${iri(ada)}`,
      `prov:hadActivity ${iri(work)}`,
    ])
    expect(model.startsWith(`${plain}/`)).toBe(true)
    expect(graph.about(model)).toEqual([
      'rdf:type prov:Entity',
      'rdf:type pt:AIModel',
      'dcterms:identifier claude-opus-4-6',
      'rdfs:label claude-opus-4-6 2026-01',
      'pt:provider anthropic',
      'pt:version 2026-01',
      'pt:parameters {"stop":["\\""],"temperature":0.5}',
      `prov:specializationOf ${plain}`,
    ])
    expect(graph.about(plain)).toEqual([
      'rdf:type prov:Entity',
      'rdf:type pt:AIModel',
      'dcterms:identifier claude-opus-4-6',
      'rdfs:label claude-opus-4-6',
      'pt:provider anthropic',
    ])
    expect(graph.one(iri(critic), 'pt:usesModel')).toBe('https://w3id.org/provtrail/model#google/gemini-3')
    expect(graph.about(iri(ada)).slice(0, 6)).toEqual([
      'rdf:type prov:Agent',
      'rdf:type prov:Person',
      `dcterms:identifier ${ada.id}`,
      'rdfs:label Ada',
      'foaf:name Ada',
      'pt:contact ada@example.org',
    ])
    expect(graph.all(iri(ci), 'rdf:type')).toEqual(['prov:Agent', 'prov:SoftwareAgent'])
    expect(graph.one(iri(ci), 'pt:version')).toBe('4.2')
    expect(graph.one(iri(ci), 'pt:source')).toBe('https://example.org/ci')
    expect(graph.all(iri(acme), 'rdf:type')).toEqual(['prov:Agent', 'prov:Organization'])
    expect(graph.one(iri(acme), 'pt:url')).toBe('https://acme.example')
  })

  it('writes a delegation for two activities and altogether with three qualified nodes', async () => {
    const tracker = await newTracker()
    const { bot, ada, review } = await fillRecord(tracker)
    await tracker.agents.delegate(bot.id, ada.id, { activity: review.id })
    await tracker.agents.delegate(bot.id, ada.id)
    const graph = await exported(tracker)
    expect(graph.all(iri(bot), 'prov:actedOnBehalfOf')).toEqual([iri(ada)])
    expect(graph.all(iri(bot), 'prov:qualifiedDelegation')).toHaveLength(3)
    const statements = graph.quads.map((quad) => JSON.stringify(quad))
    expect(new Set(statements).size).toBe(statements.length)
  })

  it('writes the delegations of an agent with two responsibles as influences', async () => {
    const tracker = await newTracker()
    const { ci, acme, ada } = await fillRecord(tracker)
    const graph = await exported(tracker)
    expect(graph.all(iri(ci), 'prov:actedOnBehalfOf')).toEqual([iri(acme), iri(ada)].sort())
    expect(graph.all(iri(ci), 'prov:qualifiedDelegation')).toEqual([])
    const influences = graph.all(iri(ci), 'prov:qualifiedInfluence')
    expect(influences.map((influence) => graph.all(influence, 'rdf:type'))).toEqual([
      ['prov:Delegation'],
      ['prov:Delegation'],
    ])
    expect(influences.map((influence) => graph.one(influence, 'prov:agent')).sort()).toEqual(
      [iri(acme), iri(ada)].sort(),
    )
  })

  it('tells the IRI of an artifact as one where it is one, and as a text where it is not', async () => {
    const tracker = await newTracker()
    const { prompt, patch, vague, work, bot } = await fillRecord(tracker)
    const graph = await exported(tracker)
    const generation = graph.one(iri(patch), 'prov:qualifiedGeneration')!
    expect(graph.about(iri(patch))).toEqual([
      'rdf:type prov:Entity',
      'rdf:type pt:Artifact',
      `dcterms:identifier ${patch.id}`,
      'rdfs:label Login',
      'pt:iri git:9f2c',
      'pt:kind commit',
      'pt:digest sha256:00',
      `pt:registeredAt ${patch.createdAt}`,
      `prov:generatedAtTime ${patch.createdAt}`,
      `prov:qualifiedGeneration ${generation}`,
      `prov:wasAttributedTo ${iri(bot)}`,
      `prov:wasDerivedFrom ${iri(prompt)}`,
      `prov:wasGeneratedBy ${iri(work)}`,
    ])
    expect(graph.about(generation)).toEqual([
      'rdf:type prov:Generation',
      `prov:activity ${iri(work)}`,
      `prov:atTime ${patch.createdAt}`,
    ])
    expect(graph.one(iri(prompt), 'pt:mediaType')).toBe('text/plain')
    expect(typeOfIri(graph, patch)).toBe('anyURI')
    expect(typeOfIri(graph, vague)).toBe('string')
    expect(graph.one(iri(vague), 'pt:iri')).toBe('a file <somewhere>')
  })

  it.each([
    ['file:///a/b', 'anyURI'],
    ['https://example.org/', 'anyURI'],
    ['x:\u{20000}', 'anyURI'],
    ['prov:Entity', 'anyURI'],
    ['/relative', 'string'],
    ['a b', 'string'],
    ['x:>', 'string'],
    ['file:///a/../b', 'string'],
    ['\u202e', 'string'],
  ])('tells the IRI %s as %s, and of nothing that it names', async (text, type) => {
    const tracker = await newTracker()
    const artifact = await tracker.artifacts.add({ iri: text })
    await tracker.artifacts.add({ iri: text })
    const graph = await exported(tracker)
    expect(graph.one(iri(artifact), 'pt:iri')).toBe(text)
    expect(typeOfIri(graph, artifact)).toBe(type)
    expect(graph.quads.filter((quad) => quad.subject.value === text)).toEqual([])
  })

  it('describes comments as entities', async () => {
    const tracker = await newTracker()
    const { comment, login, bot } = await fillRecord(tracker)
    const graph = await exported(tracker)
    expect(graph.about(iri(comment))).toEqual([
      'rdf:type prov:Entity',
      'rdf:type pt:Comment',
      `dcterms:identifier ${comment.id}`,
      'prov:value Looks good.',
      `prov:generatedAtTime ${comment.createdAt}`,
      `prov:wasAttributedTo ${iri(bot)}`,
      `pt:commentOn ${iri(login)}`,
    ])
  })

  it('gives words of a vocabulary of the file legal terms', async () => {
    const tracker = await newTracker({ vocabulary: { taskTypes: ['Übung <1>'], roles: ['lead dev'], phases: ['π'] } })
    const bot = await tracker.agents.registerMl({ role: 'lead dev', provider: 'p q', model: 'm/n' })
    const task = await tracker.tasks.create({ title: 'x', type: 'Übung <1>' })
    const graph = await exported(tracker)
    expect(graph.one(iri(task), 'pt:type')).toBe('Übung <1>')
    expect(graph.one(iri(task), 'pt:phase')).toBe('π')
    expect(graph.one(iri(bot), 'pt:role')).toBe('https://w3id.org/provtrail/role#lead%20dev')
    expect(graph.about('https://w3id.org/provtrail/role#lead%20dev')).toEqual([
      'rdf:type prov:Entity',
      'rdf:type prov:Role',
      'rdfs:label lead dev',
    ])
    expect(graph.one('https://w3id.org/provtrail/model#p%20q/m%2Fn', 'pt:provider')).toBe('p q')
  })

  it('has times only where PROV puts them, with milliseconds and Z', async () => {
    const tracker = await newTracker()
    await fillRecord(tracker)
    const graph = await exported(tracker)
    const activities = new Set(graph.instances('prov:Activity'))
    for (const { subject, predicate, object } of graph.quads) {
      if (/(started|ended)AtTime$/.test(predicate.value)) expect(activities).toContain(subject.value)
      if (object.termType === 'Literal' && object.datatype.value.endsWith('#dateTime')) {
        expect(object.value).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      }
    }
  })

  it('has as many qualified nodes as relations that they qualify', async () => {
    const tracker = await newTracker()
    await fillRecord(tracker)
    for (const detail of ['summary', 'full'] as const) {
      const graph = new Graph(await turtleOf(tracker, { detail }))
      const uses = graph.quads.filter((quad) => /#(qualified|externalReference$|blocking$)/.test(quad.predicate.value))
      expect(new Set(uses.map((quad) => quad.object.value)).size).toBe(uses.length)
    }
    const graph = await exported(tracker)
    const count = (property: string) => new Set(graph.quads.filter(graph.says(property))).size
    expect(Object.fromEntries(QUALIFYING.map((property) => [property, count(property)]))).toEqual({
      'prov:qualifiedAssociation': 20,
      'prov:qualifiedDelegation': 2,
      'prov:qualifiedGeneration': 8,
      'prov:qualifiedInfluence': 2,
      'prov:qualifiedInvalidation': 4,
      'prov:qualifiedRevision': 4,
      'prov:qualifiedUsage': 13,
      'pt:blocking': 1,
      'pt:externalReference': 3,
    })
  })

  it('tells when something was generated only where it was while the activity went on', async () => {
    const tracker = await newTracker()
    const early = await tracker.tasks.create({ title: 'There before' })
    const work = await tracker.activities.start()
    const known = await tracker.artifacts.add({ iri: 'urn:known' })
    const during = await tracker.artifacts.add({ iri: 'urn:during', generatedBy: work.id })
    const task = await tracker.tasks.create({ title: 'Found' })
    await tracker.relations.add(task.id, 'generated_by', work.id)
    await tracker.relations.add(early.id, 'generated_by', work.id)
    await tracker.activities.end(work.id, { generated: [known.id] })
    const after = await tracker.artifacts.add({ iri: 'urn:after', generatedBy: work.id })
    const graph = await exported(tracker)
    const timeOf = (node: { id: NodeId }) => graph.one(iri(node), 'prov:generatedAtTime')
    const qualifiedTimeOf = (node: { id: NodeId }) => {
      const qualified = graph.one(iri(node), 'prov:qualifiedGeneration')
      return qualified && graph.one(qualified, 'prov:atTime')
    }
    for (const node of [early, known, during, task, after]) {
      expect(graph.one(iri(node), 'prov:wasGeneratedBy')).toBe(iri(work))
    }
    expect([timeOf(known), qualifiedTimeOf(known)]).toEqual([known.createdAt, known.createdAt])
    expect([timeOf(during), qualifiedTimeOf(during)]).toEqual([during.createdAt, during.createdAt])
    expect([timeOf(task), qualifiedTimeOf(task)]).toEqual([task.createdAt, task.createdAt])
    expect([timeOf(early), qualifiedTimeOf(early)]).toEqual([early.createdAt, undefined])
    expect([timeOf(after), qualifiedTimeOf(after)]).toEqual([undefined, undefined])
  })

  it('tells one generation of what several activities generated', async () => {
    const tracker = await newTracker()
    const [first, second] = [await tracker.activities.start(), await tracker.activities.start()]
    const plan = await tracker.artifacts.add({ iri: 'urn:plan' })
    await tracker.relations.add(plan.id, 'generated_by', first.id, { at: first.startedAt })
    await tracker.relations.add(plan.id, 'generated_by', second.id, { at: second.startedAt })
    const graph = await exported(tracker)
    expect(graph.all(iri(plan), 'prov:wasGeneratedBy')).toEqual([iri(first), iri(second)].sort())
    expect(graph.one(iri(plan), 'prov:generatedAtTime')).toBe(first.startedAt)
    expect(graph.one(graph.one(iri(plan), 'prov:qualifiedGeneration')!, 'prov:activity')).toBe(iri(first))
  })

  it('tells when something was used only where it was while the activity went on', async () => {
    const tracker = await newTracker()
    const [one, two] = [await tracker.artifacts.add({ iri: 'urn:1' }), await tracker.artifacts.add({ iri: 'urn:2' })]
    const work = await tracker.activities.start({ used: [one.id] })
    await tracker.activities.end(work.id)
    await tracker.relations.add(work.id, 'used', two.id)
    const graph = await exported(tracker)
    expect(graph.all(iri(work), 'prov:used')).toEqual([iri(one), iri(two)].sort())
    expect(graph.about(graph.one(iri(work), 'prov:qualifiedUsage')!)).toEqual([
      'rdf:type prov:Usage',
      `prov:entity ${iri(one)}`,
      `prov:atTime ${work.startedAt}`,
    ])
  })

  it('does not tell when something was superseded where that was before it was there', async () => {
    const tracker = await newTracker()
    const [old, better] = [
      await tracker.tasks.create({ title: 'Old' }),
      await tracker.tasks.create({ title: 'Better' }),
    ]
    await tracker.relations.add(better.id, 'supersedes', old.id, { at: '2020-01-01T00:00:00.000Z' })
    const graph = await exported(tracker)
    expect(graph.one(iri(old), 'prov:invalidatedAtTime')).toBeUndefined()
    expect(graph.about(graph.one(iri(old), 'prov:qualifiedInvalidation')!)).toEqual([
      'rdf:type prov:Invalidation',
      'prov:hadRole role:superseded',
    ])
  })
})

const QUALIFYING = [
  'prov:qualifiedAssociation',
  'prov:qualifiedDelegation',
  'prov:qualifiedGeneration',
  'prov:qualifiedInfluence',
  'prov:qualifiedInvalidation',
  'prov:qualifiedRevision',
  'prov:qualifiedUsage',
  'pt:blocking',
  'pt:externalReference',
]

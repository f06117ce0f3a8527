import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { v5 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { LIBRARY } from '../src/export/library.js'
import { NamedUuids } from '../src/export/named-uuids.js'
import { SeqSet } from '../src/export/seq-set.js'
import {
  type ActivityId,
  type LogEvent,
  type NodeId,
  openTracker,
  parseId,
  type Task,
  type Tracker,
} from '../src/index.js'
import { flawOfIri } from '../src/prov/iri.js'
import { all } from './support/answers.js'
import { bound, Choice, commands, histories, Nodes } from './support/histories.js'
import type { History } from './support/play.js'
import { expectRefusal } from './support/refusals.js'
import { Graph } from './turtle-graph.js'
import { CLOCK, fillRecord, NAMESPACE, newTracker } from './turtle-record.js'
import { turtleOf } from './turtle-tools.js'

function iri(node: { readonly id: NodeId } | NodeId): string {
  const { namespace, uuid: own } = parseId(typeof node === 'string' ? node : node.id)
  return flawOfIri(namespace) === undefined ? `${namespace}#${own}` : `urn:uuid:${own}`
}

async function exported(tracker: Tracker): Promise<Graph> {
  return new Graph(await turtleOf(tracker, { detail: 'full' }))
}

/** The revisions of a task, first to last. */
function revisionsOf(graph: Graph, task: Pick<Task, 'id'>): string[] {
  return graph.quads
    .filter(graph.says('prov:specializationOf'))
    .filter((quad) => quad.object.value === iri(task))
    .map((quad) => quad.subject.value)
    .sort((a, b) => Number(graph.one(a, 'pt:revision')) - Number(graph.one(b, 'pt:revision')))
}

describe('a task in full', () => {
  it('has its states as revisions, and none of them itself', async () => {
    const tracker = await newTracker()
    const { polish, critic, epic, ada, review } = await fillRecord(tracker)
    const graph = await exported(tracker)
    const [first, second, third] = revisionsOf(graph, polish)
    expect(graph.about(iri(polish))).toEqual([
      'rdf:type prov:Entity',
      'rdf:type prov:Plan',
      'rdf:type pt:Task',
      'rdf:type pt:Chore',
      `dcterms:identifier ${polish.id}`,
      'dcterms:title Polish the form',
      'dcterms:description Its colours, and its words.',
      'pt:notes Before Friday.',
      'pt:priority low',
      'pt:type chore',
      'pt:phase worker_slices',
      'pt:label css',
      `prov:generatedAtTime ${polish.createdAt}`,
      `prov:wasAttributedTo ${iri(ada)}`,
      `pt:externalReference ${graph.one(iri(polish), 'pt:externalReference')}`,
    ])
    const secondAt = graph.one(second!, 'prov:generatedAtTime')
    expect(graph.about(first!)).toEqual([
      'rdf:type prov:Entity',
      'rdf:type pt:TaskRevision',
      'pt:revision 1',
      'dcterms:title Polish',
      'pt:status open',
      'pt:priority medium',
      'pt:type task',
      'pt:phase unscoped',
      'pt:label ui',
      `prov:generatedAtTime ${polish.createdAt}`,
      `prov:invalidatedAtTime ${secondAt}`,
      `prov:qualifiedGeneration ${graph.one(first!, 'prov:qualifiedGeneration')}`,
      `prov:qualifiedInvalidation ${graph.one(first!, 'prov:qualifiedInvalidation')}`,
      `prov:specializationOf ${iri(polish)}`,
      `prov:wasAttributedTo ${iri(ada)}`,
      `prov:wasGeneratedBy ${iri(review)}`,
      `prov:wasInvalidatedBy ${iri(review)}`,
      `pt:owner ${iri(critic)}`,
    ])
    expect(graph.about(second!)).toEqual([
      'rdf:type prov:Entity',
      'rdf:type pt:TaskRevision',
      'pt:revision 2',
      'dcterms:title Polish the form',
      'dcterms:description Its colours, and its words.',
      'pt:notes Before Friday.',
      'pt:status in_progress',
      'pt:priority low',
      'pt:type chore',
      'pt:phase worker_slices',
      ...[
        'title',
        'description',
        'notes',
        'status',
        'priority',
        'type',
        'phase',
        'owner',
        'parent',
        'externalRefs',
      ].map((field) => `pt:changed ${field}`),
      `prov:generatedAtTime ${secondAt}`,
      `prov:invalidatedAtTime ${graph.one(third!, 'prov:generatedAtTime')}`,
      `dcterms:isPartOf ${iri(epic)}`,
      `prov:qualifiedGeneration ${graph.one(second!, 'prov:qualifiedGeneration')}`,
      `prov:qualifiedInvalidation ${graph.one(second!, 'prov:qualifiedInvalidation')}`,
      `prov:qualifiedRevision ${graph.one(second!, 'prov:qualifiedRevision')}`,
      `prov:specializationOf ${iri(polish)}`,
      `prov:wasAttributedTo ${iri(ada)}`,
      `prov:wasDerivedFrom ${first}`,
      `prov:wasGeneratedBy ${iri(review)}`,
      `prov:wasInvalidatedBy ${graph.one(third!, 'prov:wasGeneratedBy')}`,
      `prov:wasRevisionOf ${first}`,
      `pt:externalReference ${graph.one(second!, 'pt:externalReference')}`,
    ])
    expect(graph.about(graph.one(second!, 'prov:qualifiedRevision')!)).toEqual([
      'rdf:type prov:Revision',
      `prov:entity ${first}`,
      `prov:hadActivity ${iri(review)}`,
    ])
    expect(graph.about(graph.one(first!, 'prov:qualifiedInvalidation')!)).toEqual([
      'rdf:type prov:Invalidation',
      `prov:activity ${iri(review)}`,
      `prov:atTime ${secondAt}`,
    ])
  })

  it('says of each change what it changed, whatever command made it', async () => {
    const tracker = await newTracker()
    const { polish, schema } = await fillRecord(tracker)
    const graph = await exported(tracker)
    const changes = revisionsOf(graph, polish).map((revision) => [
      graph.all(revision, 'pt:changed').join(' '),
      graph.one(revision, 'pt:status'),
    ])
    expect(changes.slice(2)).toEqual([
      ['labels', 'in_progress'],
      ['labels', 'in_progress'],
      ['blockedBy', 'in_progress'],
      ['blockedBy', 'in_progress'],
      ['parent', 'in_progress'],
      ['holdReason status', 'blocked'],
      ['holdReason status', 'open'],
      ['closeReason closedAt outcome status', 'closed'],
      ['closeReason closedAt outcome status', 'open'],
    ])
    const [, , labelled, relabelled, blocked, unblocked] = revisionsOf(graph, polish)
    expect(graph.all(labelled!, 'pt:label')).toEqual(['css', 'ui'])
    expect(graph.all(relabelled!, 'pt:label')).toEqual(['css'])
    expect(graph.one(blocked!, 'pt:blockedBy')).toBe(iri(schema))
    expect(graph.one(graph.one(blocked!, 'pt:blocking')!, 'pt:gate')).toBe('completed')
    expect(graph.all(unblocked!, 'pt:blockedBy')).toEqual([])
  })

  it('is told to the end, however often it changed', async () => {
    const tracker = await newTracker()
    const task = await tracker.tasks.create({ title: 'Title 1' })
    const other = await tracker.tasks.create({ title: 'Other' })
    for (let i = 2; i <= 20; i++) await tracker.tasks.update(task.id, { title: `Title ${i}` })
    await Promise.all(
      Array.from({ length: 1_100 }, (_, i) => tracker.tasks.update(task.id, { title: `Title ${i + 21}` })),
    )
    await tracker.tasks.update(other.id, { title: 'Last' })
    const graph = await exported(tracker)
    const revisions = revisionsOf(graph, task)
    expect(revisions.map((revision) => graph.one(revision, 'dcterms:title'))).toEqual(
      Array.from({ length: 1_120 }, (_, i) => `Title ${i + 1}`),
    )
    expect(revisionsOf(graph, other)).toHaveLength(2)
    expect(graph.undescribed()).toEqual([])
  })

  it('does not say when a revision ended that by the times was over before it began', async () => {
    const tracker = await newTracker()
    const task = await tracker.tasks.create({ title: 'x' })
    await tracker.tasks.update(task.id, { title: 'z' }, { at: '2020-01-01T00:00:00.000Z' })
    const graph = await exported(tracker)
    const [first, last] = revisionsOf(graph, task)
    expect(graph.one(last!, 'prov:generatedAtTime')).toBe('2020-01-01T00:00:00.000Z')
    expect(graph.one(first!, 'prov:wasInvalidatedBy')).toBe(graph.one(last!, 'prov:wasGeneratedBy'))
    expect(graph.one(first!, 'prov:invalidatedAtTime')).toBeUndefined()
    expect(graph.one(first!, 'prov:qualifiedInvalidation')).toBeUndefined()
  })

  it('tells nothing of what was erased, and that there was something', async () => {
    const tracker = await newTracker()
    const task = await tracker.tasks.create({ title: 'Call Grace', labels: ['secret'] })
    await tracker.tasks.addLabel(task.id, 'private')
    await tracker.tasks.update(task.id, { title: 'Call Grace again' })
    await tracker.tasks.update(task.id, { title: 'Call' })
    const events = (await tracker.log.events({ subject: task.id })).items
    for (const event of events.slice(0, 3)) await tracker.log.redact(event.seq, { reason: 'A name.' })
    const text = await turtleOf(tracker, { detail: 'full' })
    expect(text).not.toMatch(/Grace|secret|private/)
    const graph = new Graph(text)
    const revisions = revisionsOf(graph, task)
    expect(revisions.map((revision) => graph.one(revision, 'dcterms:title'))).toEqual([
      '[redacted]',
      undefined,
      '[redacted]',
      'Call',
    ])
    expect(revisions.map((revision) => graph.all(revision, 'pt:changed'))).toEqual([
      [],
      ['labels'],
      ['title'],
      ['title'],
    ])
  })
})

describe('what made something', () => {
  it('is a transaction where no activity was named, one for each of those who acted in it', async () => {
    const tracker = await newTracker()
    const { ada, bot, acme } = await fillRecord(tracker)
    const tasks = await tracker.transaction(
      async (t) =>
        [
          await t.as(ada.id).tasks.create({ title: 'One', at: '2026-02-01T10:00:00Z' }),
          await t.as(bot.id).tasks.create({ title: 'Two', at: '2026-02-01T10:00:30Z' }),
          await t.as(ada.id).tasks.create({ title: 'Three', at: '2026-02-01T09:00:00Z' }),
          await t.as(ada.id).tasks.create({ title: 'Four', at: '2026-02-01T11:00:00Z' }),
          await t.as(acme.id).artifacts.add({ iri: 'urn:contract' }),
        ] as const,
    )
    const graph = await exported(tracker)
    const [one, two, three] = tasks
      .slice(0, 3)
      .map((task) => graph.one(revisionsOf(graph, task as Task)[0]!, 'prov:wasGeneratedBy'))
    expect(three).toBe(one)
    expect(two).not.toBe(one)
    const [event] = (await tracker.log.events({ subject: tasks[0]!.id })).items
    expect(graph.about(one!)).toEqual([
      'rdf:type prov:Activity',
      'rdf:type pt:Transaction',
      `dcterms:identifier ${event?.transaction}`,
      'prov:startedAtTime 2026-02-01T09:00:00.000Z',
      'prov:endedAtTime 2026-02-01T11:00:00.000Z',
      `prov:wasAssociatedWith ${iri(ada)}`,
    ])
    expect(graph.about(graph.one(two!, 'prov:qualifiedAssociation')!)).toEqual([
      'rdf:type prov:Association',
      `prov:agent ${iri(bot)}`,
      'prov:hadRole role:worker',
    ])
    expect(graph.about(two!)).toContain(`dcterms:identifier ${event?.transaction}`)
    const parts = graph
      .instances('pt:Transaction')
      .filter((part) => graph.one(part, 'dcterms:identifier') === event?.transaction)
    expect(parts.sort()).toEqual([one, two].sort())
  })

  it('is told alike in a part of the record', async () => {
    const tracker = await newTracker()
    await Promise.all(Array.from({ length: 1_500 }, (_, i) => tracker.tasks.create({ title: `Before ${i}` })))
    const [first, , last] = await tracker.transaction(async (t) => [
      await t.tasks.create({ title: 'First', at: '2026-02-01T10:00:00Z' }),
      ...(await Promise.all(Array.from({ length: 40 }, (_, i) => t.tasks.create({ title: `Within ${i}` })))),
      await t.tasks.create({ title: 'Last', at: '2026-02-03T10:00:00Z' }),
    ])
    await Promise.all(Array.from({ length: 1_500 }, (_, i) => tracker.tasks.create({ title: `After ${i}` })))
    const end = await tracker.tasks.create({ title: 'End' })
    const whole = await exported(tracker)
    for (const task of [first!, last!, end]) {
      const part = new Graph(await turtleOf(tracker, { detail: 'full', scope: { partOf: task.id } }))
      const maker = part.one(revisionsOf(part, task)[0]!, 'prov:wasGeneratedBy')!
      expect(part.instances('pt:Transaction')).toEqual([maker])
      expect(part.about(maker)).toEqual(whole.about(maker))
    }
    expect(whole.instances('pt:Transaction')).toHaveLength(3_002)
  })

  it('is the activity of a comment too, but where the record names another as what generated it', async () => {
    const tracker = await newTracker()
    const { remark, comment, review, work, polish } = await fillRecord(tracker)
    const other = await tracker.within(review.id).tasks.addComment(polish.id, { body: 'By the way …' })
    await tracker.relations.add(other.id, 'generated_by', work.id)
    const graph = await exported(tracker)
    expect(graph.one(iri(remark), 'prov:wasGeneratedBy')).toBe(iri(review))
    expect(graph.about(graph.one(iri(remark), 'prov:qualifiedGeneration')!)).toEqual([
      'rdf:type prov:Generation',
      `prov:activity ${iri(review)}`,
      `prov:atTime ${remark.createdAt}`,
    ])
    expect(graph.all(graph.one(iri(comment), 'prov:wasGeneratedBy')!, 'rdf:type')).toContain('pt:Transaction')
    expect(graph.one(iri(other), 'prov:wasGeneratedBy')).toBe(iri(work))
    const summary = new Graph(await turtleOf(tracker))
    expect(summary.one(iri(remark), 'prov:wasGeneratedBy')).toBeUndefined()
  })

  it('is not brought together with a time at which it was over', async () => {
    const tracker = await newTracker()
    const work = await tracker.activities.start()
    const task = await tracker.tasks.create({ title: 'x' })
    await tracker.activities.end(work.id)
    await tracker.within(work.id).tasks.update(task.id, { title: 'y' })
    const comment = await tracker.within(work.id).tasks.addComment(task.id, { body: 'Late.' })
    const graph = await exported(tracker)
    const [before, late] = revisionsOf(graph, task)
    for (const node of [late!, iri(comment)]) {
      expect(graph.one(node, 'prov:wasGeneratedBy')).toBe(iri(work))
      expect(graph.one(node, 'prov:generatedAtTime')).toBeDefined()
      expect(graph.one(node, 'prov:qualifiedGeneration')).toBeUndefined()
    }
    expect(graph.one(before!, 'prov:wasInvalidatedBy')).toBe(iri(work))
    expect(graph.one(before!, 'prov:qualifiedInvalidation')).toBeUndefined()
  })

  it('is the activity of a derivation, unless another one generated what is derived', async () => {
    const tracker = await newTracker()
    const { verdict, better, patch, review, work } = await fillRecord(tracker)
    const other = await tracker
      .within(review.id)
      .artifacts.add({ iri: 'urn:other', derivedFrom: [patch.id], generatedBy: work.id })
    const graph = await exported(tracker)
    expect(graph.about(graph.one(iri(verdict), 'prov:qualifiedDerivation')!)).toEqual([
      'rdf:type prov:Derivation',
      `prov:entity ${iri(patch)}`,
      `prov:hadActivity ${iri(review)}`,
    ])
    const [superseded] = (await tracker.relations.list(better.id, { kind: 'supersedes' })).items
    expect(graph.about(graph.one(iri(better), 'prov:qualifiedRevision')!)).toEqual([
      'rdf:type prov:Revision',
      `prov:entity ${iri(verdict)}`,
      `prov:hadActivity ${iri(review)}`,
      `dcterms:created ${superseded?.createdAt}`,
    ])
    expect(graph.one(iri(verdict), 'prov:wasInvalidatedBy')).toBe(iri(review))
    expect(graph.about(graph.one(iri(verdict), 'prov:qualifiedInvalidation')!)).toEqual([
      'rdf:type prov:Invalidation',
      `prov:activity ${iri(review)}`,
      `prov:atTime ${superseded?.createdAt}`,
      'prov:hadRole role:superseded',
    ])
    expect(graph.one(iri(other), 'prov:wasDerivedFrom')).toBe(iri(patch))
    expect(graph.one(iri(other), 'prov:qualifiedDerivation')).toBeUndefined()
  })
})

describe('the document itself', () => {
  it('is a bundle with its time, by this version of the library', async () => {
    const tracker = await newTracker({ now: () => CLOCK })
    await tracker.tasks.create({ title: 'x' })
    const graph = await exported(tracker)
    const [document] = graph.instances('prov:Bundle')
    const software = graph.one(document!, 'prov:wasAttributedTo')!
    expect(graph.about(document!)).toEqual([
      'rdf:type prov:Entity',
      'rdf:type prov:Bundle',
      `rdfs:label Export of ${NAMESPACE}`,
      'prov:generatedAtTime 2026-01-05T09:00:00.000Z',
      `prov:wasAttributedTo ${software}`,
    ])
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    expect(LIBRARY.version).toBe(version)
    expect(graph.about(software)).toEqual([
      'rdf:type prov:Agent',
      'rdf:type prov:SoftwareAgent',
      `rdfs:label provtrail ${version}`,
      `pt:version ${version}`,
    ])
  })

  it('has another name at another time, of another state, and of another part', async () => {
    let now = CLOCK
    const tracker = await newTracker({ now: () => now })
    const task = await tracker.tasks.create({ title: 'x' })
    const nameOf = async (namespace?: string) =>
      new Graph(await turtleOf(tracker, { detail: 'full', ...(namespace && { namespace }) })).instances(
        'prov:Bundle',
      )[0]
    const names = [await nameOf(), await nameOf(NAMESPACE)]
    await tracker.tasks.update(task.id, { title: 'y' })
    names.push(await nameOf())
    now++
    names.push(await nameOf())
    expect(new Set(names).size).toBe(4)
    expect(await nameOf()).toBe(names[3])
  })

  it('is not there in summary', async () => {
    const tracker = await newTracker()
    await fillRecord(tracker)
    expect(new Graph(await turtleOf(tracker)).instances('prov:Bundle')).toEqual([])
  })
})

/** Carries a history out, now and then within an activity. */
async function play(tracker: Tracker, history: History): Promise<void> {
  const nodes = new Nodes()
  nodes.agents.push((await tracker.agents.registerHuman({ name: 'Ada' })).id)
  nodes.tasks.push((await tracker.tasks.create({ title: 'Task 0' })).id)
  nodes.activities.push((await tracker.activities.start()).id)
  nodes.entities.push(nodes.tasks[0]!)
  for (const { moves, together } of history) {
    const carryOut = async (t: Parameters<typeof bound>[0]) => {
      for (const { command, seed } of moves) {
        const choice = new Choice(seed)
        try {
          await commands[command]!(bound(t, nodes, choice), nodes, choice)
        } catch (error) {
          expectRefusal(error)
        }
      }
    }
    if (together) await tracker.transaction(carryOut).catch(expectRefusal)
    else await carryOut(tracker)
  }
}

/** The events that raised the revision of a task, in order: those that a fold of the log gives. */
async function eventsOf(tracker: Tracker, task: Task): Promise<LogEvent[]> {
  const events = await all<LogEvent>((page) => tracker.log.events({ ...page, subject: task.id }))
  return events.filter(
    ({ type, data }) =>
      !['comment.added', 'evidence.added', 'claim.renewed'].includes(type) &&
      (type !== 'review.recorded' || data?.becomes !== undefined) &&
      (!type.startsWith('relation.') || data?.kind === 'parent' || data?.kind === 'blocked_by'),
  )
}

describe('over any history', () => {
  it('revisions tell what happened', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        let now = CLOCK
        const tracker = await openTracker({ path: ':memory:', namespace: 'test', now: () => (now += 1000) })
        try {
          await play(tracker, history)
          const graph = await exported(tracker)
          expect(graph.undescribed()).toEqual([])
          for (const task of await all<Task>((page) => tracker.tasks.list(page))) {
            expectRevisions(graph, task, await eventsOf(tracker, task))
          }
        } finally {
          await tracker.close()
        }
      }),
      { numRuns: 40 },
    )
  })

  it('the same log and time give the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        let now = CLOCK
        const tracker = await openTracker({ path: ':memory:', namespace: 'test', now: () => now++ })
        try {
          await play(tracker, history)
          now = CLOCK
          const text = await turtleOf(tracker, { detail: 'full' })
          await tracker.log.rebuild()
          now = CLOCK
          expect(await turtleOf(tracker, { detail: 'full' })).toBe(text)
        } finally {
          await tracker.close()
        }
      }),
      { numRuns: 15 },
    )
  })
})

/** The activity that an event names, or is part of itself. */
function makerOf({ type, activity, data }: LogEvent): ActivityId | undefined {
  if (type === 'review.recorded') return data?.review as ActivityId
  return /^claim\.(acquired|completed|released)$/.test(type) ? (data?.attempt as ActivityId) : activity
}

const LITERALS = {
  title: 'dcterms:title',
  description: 'dcterms:description',
  notes: 'pt:notes',
  status: 'pt:status',
  outcome: 'pt:outcome',
  closeReason: 'pt:closeReason',
  holdReason: 'pt:holdReason',
  forced: 'pt:forced',
  notBefore: 'pt:notBefore',
  snoozedUntil: 'pt:snoozedUntil',
  dueAt: 'pt:dueAt',
  priority: 'pt:priority',
  type: 'pt:type',
  phase: 'pt:phase',
  closedAt: 'pt:closedAt',
} as const

function expectRevisions(graph: Graph, task: Task, events: readonly LogEvent[]): void {
  const revisions = revisionsOf(graph, task)
  expect(revisions.map((revision) => graph.one(revision, 'pt:revision'))).toEqual(
    Array.from({ length: task.revision }, (_, i) => String(i + 1)),
  )
  expect(events).toHaveLength(task.revision)
  expect(graph.one(revisions.at(-1)!, 'pt:status')).toBe(task.status)
  revisions.forEach((revision, i) => {
    const { actor, at, transaction } = events[i]!
    const activity = makerOf(events[i]!)
    expect(graph.all(revision, 'prov:wasRevisionOf')).toEqual(i === 0 ? [] : [revisions[i - 1]])
    expect(graph.one(revision, 'prov:wasAttributedTo')).toBe(iri(actor))
    expect(graph.one(revision, 'prov:generatedAtTime')).toBe(at)
    const maker = graph.one(revision, 'prov:wasGeneratedBy')!
    expectMaker(graph, maker, { activity, actor, transaction })
    expect(graph.all(revision, 'prov:wasInvalidatedBy')).toEqual(
      revisions.slice(i + 1, i + 2).map((next) => graph.one(next, 'prov:wasGeneratedBy')),
    )
    expectAgreement(graph, revision, maker, at)
  })
  // The last that was told of a field is what it is.
  for (const [field, property] of Object.entries(LITERALS)) {
    const last = revisions.findLast((revision, i) => i === 0 || graph.all(revision, 'pt:changed').includes(field))!
    expect(graph.one(last, property) ?? '', field).toBe(task[field as keyof typeof LITERALS] ?? '')
  }
  const lastOf = (field: string) =>
    revisions.findLast((revision, i) => i === 0 || graph.all(revision, 'pt:changed').includes(field))!
  expect(graph.all(lastOf('labels'), 'pt:label')).toEqual([...task.labels].sort())
  expect(graph.one(lastOf('owner'), 'pt:owner')).toBe(task.owner && iri(task.owner))
  expect(graph.one(lastOf('parent'), 'dcterms:isPartOf')).toBe(task.parent && iri(task.parent))
  expect(graph.all(lastOf('requires'), 'pt:requiresCapability')).toEqual(task.requires?.capabilities ?? [])
  const contract = graph.one(lastOf('contract'), 'pt:contract')
  expect(contract && graph.one(contract, 'pt:version')).toBe(task.contractVersion?.toString())
  expect(contract).toBe(graph.one(iri(task), 'pt:contract'))
  expect(graph.all(lastOf('externalRefs'), 'pt:externalReference')).toHaveLength(task.externalRefs.length)
  expect(graph.all(lastOf('blockedBy'), 'pt:blockedBy')).toEqual(graph.all(iri(task), 'pt:blockedBy'))
}

function expectMaker(
  graph: Graph,
  maker: string,
  { activity, actor, transaction }: { activity: ActivityId | undefined; actor: NodeId; transaction: string },
): void {
  if (activity !== undefined) {
    expect(maker).toBe(iri(activity))
    return
  }
  expect(graph.all(maker, 'rdf:type')).toEqual(['prov:Activity', 'pt:Transaction'])
  expect(graph.one(maker, 'prov:wasAssociatedWith')).toBe(iri(actor))
  expect(graph.one(maker, 'dcterms:identifier')).toBe(transaction)
}

/** What the qualified forms of a revision say is what the plain ones say. */
function expectAgreement(graph: Graph, revision: string, maker: string, at: string): void {
  const generation = graph.one(revision, 'prov:qualifiedGeneration')
  if (generation !== undefined) {
    expect(graph.one(generation, 'prov:activity')).toBe(maker)
    expect(graph.one(generation, 'prov:atTime')).toBe(at)
  } else expect(graph.all(maker, 'rdf:type')).not.toContain('pt:Transaction')
  const invalidation = graph.one(revision, 'prov:qualifiedInvalidation')
  if (invalidation !== undefined) {
    expect(graph.one(invalidation, 'prov:activity')).toBe(graph.one(revision, 'prov:wasInvalidatedBy'))
    expect(graph.one(invalidation, 'prov:atTime')).toBe(graph.one(revision, 'prov:invalidatedAtTime'))
  }
}

describe('what the export is made with', () => {
  it('makes uuids of names as the package uuid does', () => {
    const nameSpace = '5b0b3a5e-6d1f-4c57-8f0e-3f2f4b1a9c64'
    const uuids = new NamedUuids(nameSpace)
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'grapheme', maxLength: 3_000, size: 'max' })), (name) => {
        expect(uuids.of(name)).toBe(v5(name, nameSpace))
      }),
    )
  })

  it('keeps sets of numbers', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 50_000 })),
        fc.integer({ min: 1, max: 60_000 }),
        (seqs, from) => {
          const set = new SeqSet()
          for (const seq of seqs) set.add(seq)
          const least = Math.min(...seqs.filter((seq) => seq >= from))
          expect(set.from(from)).toBe(Number.isFinite(least) ? least : undefined)
          expect(set.has(from)).toBe(seqs.includes(from))
        },
      ),
    )
  })
})

import { Parser } from 'n3'
import { describe, expect, it } from 'vitest'
import { type EntityId, type NodeId, parseId, type TaskId, type Tracker } from '../src/index.js'
import { lint } from './prov-lint.js'
import { Graph } from './turtle-graph.js'
import { CLOCK, newTracker } from './turtle-record.js'
import { documentOf, rapperTriplesOf, requireTools, triplesOf, turtleOf } from './turtle-tools.js'

const DETAILS = ['summary', 'full'] as const
const WAYS = DETAILS.flatMap((detail) =>
  (['turtle', 'ntriples', 'nquads', 'trig'] as const).map((format) => ({ format, detail })),
)

const iri = ({ id }: { readonly id: NodeId }) => {
  const { namespace, uuid } = parseId(id)
  return `${namespace}#${uuid}`
}

/** A clock that stands until it is told how many minutes to go on, or back. */
class Minutes {
  #time = CLOCK
  readonly now = (): number => this.#time

  pass(minutes: number): void {
    this.#time += minutes * 60_000
  }

  /** The moment so many minutes from now. */
  in(minutes: number): string {
    return new Date(this.#time + minutes * 60_000).toISOString()
  }
}

async function begin() {
  const clock = new Minutes()
  const tracker = await newTracker({ now: clock.now })
  return { clock, tracker }
}

type Make = (name: string) => Promise<{ readonly id: EntityId }>

/** How each kind of entity is made that has an id. */
const MAKERS: { readonly [Kind: string]: (tracker: Tracker) => Promise<Make> } = {
  task: async (t) => (title) => t.tasks.create({ title }),
  artifact: async (t) => {
    const work = await t.activities.start()
    return (name) => t.artifacts.add({ iri: `urn:${name}`, generatedBy: work.id })
  },
  comment: async (t) => {
    const task = await t.tasks.create({ title: 'x' })
    return (body) => t.tasks.addComment(task.id, { body })
  },
  decision: async (t) => (title) => t.decisions.record({ title, rationale: 'So.' }),
  learning: async (t) => (title) => t.learnings.record({ title, rationale: 'So.' }),
  evidence: async (t) => {
    const task = await t.tasks.create({ title: 'x' })
    return (kind) => t.evidence.add(task.id, { kind, iri: `urn:${kind}` })
  },
}

/** What of a replacement is told at the old node: by what, that it was, and since when. */
function endOf(graph: Graph, old: { readonly id: NodeId }) {
  const invalidation = graph.one(iri(old), 'prov:qualifiedInvalidation')!
  return {
    by: graph.all(iri(old), 'dcterms:isReplacedBy'),
    role: graph.one(invalidation, 'prov:hadRole'),
    times: [...graph.all(iri(old), 'prov:invalidatedAtTime'), ...graph.all(invalidation, 'prov:atTime')],
  }
}

type Later = (tracker: Tracker, clock: Minutes, old: EntityId) => Promise<unknown>

/** What is recorded after something was superseded, and whether it leaves room for the time of that. */
const LATER: readonly (readonly [what: string, isTimed: boolean, later: Later])[] = [
  ['nothing', true, async () => {}],
  [
    'it is used by an activity that begins then',
    false,
    async (t, _, old) => t.relations.add((await t.activities.start()).id, 'used', old),
  ],
  [
    'it is used then by an activity that began before',
    false,
    async (t, clock, old) => t.relations.add((await t.activities.start({ at: clock.in(-60) })).id, 'used', old),
  ],
  [
    'somebody says that an activity used it that has ended',
    true,
    async (t, clock, old) => {
      const { id } = await t.activities.start({ at: clock.in(-60) })
      await t.activities.end(id, { at: clock.in(-50) })
      await t.relations.add(id, 'used', old)
    },
  ],
  [
    'something is derived from it within an activity that begins then',
    false,
    async (t, _, old) => {
      const derived = await t.artifacts.add({ iri: 'urn:derived' })
      await t.within((await t.activities.start()).id).relations.add(derived.id, 'derived_from', old)
    },
  ],
  [
    'something is derived from it, nobody knows by what',
    true,
    async (t, _, old) => t.artifacts.add({ iri: 'urn:derived', derivedFrom: [old] }),
  ],
  [
    'an activity that begins then is said to have generated it',
    false,
    async (t, _, old) => t.relations.add(old, 'generated_by', (await t.activities.start()).id),
  ],
]

describe.each(Object.entries(MAKERS))('a %s that is superseded', (_, makerOf) => {
  it.each(LATER)('is so from then on, or at some time: %s', async (_, isTimed, later) => {
    const { clock, tracker } = await begin()
    const make = await makerOf(tracker)
    const old = await make('old')
    clock.pass(10)
    const better = await make('new')
    await tracker.relations.add(better.id, 'supersedes', old.id)
    const at = clock.in(0)
    clock.pass(10)
    await later(tracker, clock, old.id)
    for (const detail of DETAILS) {
      const graph = new Graph(await turtleOf(tracker, { detail }))
      expect(endOf(graph, old), detail).toEqual({
        by: [iri(better)],
        role: 'role:superseded',
        times: isTimed ? [at, at] : [],
      })
      expect(lint(graph.quads)).toEqual([])
    }
  })
})

describe('a task that is superseded', () => {
  const supersede = async () => {
    const { clock, tracker } = await begin()
    const [old, better] = [await tracker.tasks.create({ title: 'Old' }), await tracker.tasks.create({ title: 'New' })]
    clock.pass(10)
    await tracker.relations.add(better.id, 'supersedes', old.id)
    const at = clock.in(0)
    clock.pass(10)
    return { tracker, old, better, at }
  }

  it.each<[what: string, change: (tracker: Tracker, old: TaskId) => Promise<unknown>]>([
    ['renamed', (t, old) => t.tasks.update(old, { title: 'Older' })],
    ['closed', (t, old) => t.tasks.close(old, { outcome: 'cancelled' })],
    ['labelled', (t, old) => t.tasks.addLabel(old, 'old')],
    ['blocked', async (t, old) => t.relations.add(old, 'blocked_by', (await t.tasks.create({ title: 'x' })).id)],
  ])('is not told when, where it was %s afterwards: its revisions are specializations of it', async (_, change) => {
    const { tracker, old } = await supersede()
    await change(tracker, old.id)
    for (const detail of DETAILS) {
      const graph = new Graph(await turtleOf(tracker, { detail }))
      expect(endOf(graph, old).times).toEqual([])
      expect(lint(graph.quads)).toEqual([])
    }
  })

  it('is told when, where what followed did not change it', async () => {
    const { tracker, old, better, at } = await supersede()
    await tracker.relations.add(old.id, 'related', better.id)
    await tracker.relations.remove(old.id, 'related', better.id)
    await tracker.tasks.addComment(old.id, { body: 'See the other one.' })
    for (const detail of DETAILS) {
      expect(endOf(new Graph(await turtleOf(tracker, { detail })), old).times).toEqual([at, at])
    }
  })

  it('is not told when, though the change that followed was erased', async () => {
    const { tracker, old, better } = await supersede()
    await tracker.relations.add(old.id, 'blocked_by', (await tracker.tasks.create({ title: 'x' })).id)
    await tracker.log.redact((await tracker.log.head()).seq, { reason: 'A name.' })
    const graph = new Graph(await turtleOf(tracker, { detail: 'full' }))
    expect(endOf(graph, old)).toMatchObject({ by: [iri(better)], times: [] })
    expect(lint(graph.quads)).toEqual([])
  })
})

describe.each(DETAILS)('in detail %s', (detail) => {
  it('what is superseded says the same in a part of the record, in which what came later is not', async () => {
    const { clock, tracker } = await begin()
    const old = await tracker.decisions.record({ title: 'Old', rationale: 'So.' })
    clock.pass(10)
    await tracker.decisions.supersede(old.id, { title: 'New', rationale: 'So.' })
    clock.pass(10)
    const { id } = await tracker.activities.start({ namespace: 'elsewhere' })
    await tracker.relations.add(id, 'used', old.id)
    const whole = new Graph(await turtleOf(tracker, { detail }))
    expect(whole.all(iri(old), 'prov:invalidatedAtTime')).toEqual([])
    for (const scope of [{ namespace: tracker.namespace }, { lineageOf: [old.id], depth: 0 }]) {
      const part = new Graph(await turtleOf(tracker, { detail, scope }))
      expect(part.instances('prov:Usage')).toEqual([])
      expect(part.about(iri(old))).toEqual(whole.about(iri(old)))
    }
  })

  it('what was used has no time of that where it was recorded later, unless it may have been there', async () => {
    const { clock, tracker } = await begin()
    const { id } = await tracker.activities.start()
    clock.pass(10)
    const [task, file, made] = [
      await tracker.tasks.create({ title: 'x' }),
      await tracker.artifacts.add({ iri: 'urn:file' }),
      await tracker.artifacts.add({ iri: 'urn:made', generatedBy: (await tracker.activities.start()).id }),
    ]
    const used = [task, file, made]
    for (const one of used) await tracker.relations.add(id, 'used', one.id, { at: clock.in(-5) })
    const graph = new Graph(await turtleOf(tracker, { detail }))
    expect(graph.all(iri({ id }), 'prov:used')).toEqual(used.map(iri).sort())
    const usages = graph.all(iri({ id }), 'prov:qualifiedUsage')
    expect(usages.map((usage) => graph.one(usage, 'prov:entity'))).toEqual([iri(file)])
    expect(lint(graph.quads)).toEqual([])
  })
})

it('a revision and a contract name no activity that they were derived by, where that did not go on then', async () => {
  const { clock, tracker } = await begin()
  const task = await tracker.tasks.create({ title: 'x', contract: { criteria: [] } })
  clock.pass(10)
  const within = tracker.within((await tracker.activities.start()).id)
  await within.contracts.revise(task.id, { criteria: [], requiredEvidence: ['a'] }, { reason: 'So.', at: clock.in(-5) })
  const graph = new Graph(await turtleOf(tracker, { detail: 'full' }))
  const revisions = graph.instances('prov:Revision')
  expect(revisions).toHaveLength(1)
  expect(graph.all(revisions[0]!, 'prov:hadActivity')).toEqual([])
  expect(lint(graph.quads)).toEqual([])
})

/** A task that a review decides on, and the workers at it. */
async function contracted(tracker: Tracker) {
  const contract = { criteria: [], completionPolicy: 'review', retry: { maxAttempts: 9 } } as const
  const task = await tracker.tasks.create({ title: 'x', contract })
  const worker = await tracker.agents.registerHuman({ name: 'Ann' })
  return { task, workers: tracker.as(worker.id) }
}

/** A task that fails, is to be changed, and is done at last; a decision is used before and after another took its place. */
async function tellStory(tracker: Tracker, clock: Minutes): Promise<void> {
  const { task, workers } = await contracted(tracker)
  const decision = await tracker.decisions.record({ title: 'By SMS', rationale: 'Fast.', attachTo: task.id })
  const old = await tracker.tasks.create({ title: 'Old' })
  for (const outcome of ['failed', 'pending_review', 'pending_review'] as const) {
    clock.pass(5)
    const { token, activity } = await workers.claims.claim(task.id)
    await workers.relations.add(activity, 'used', decision.id)
    clock.pass(5)
    const stopReason = outcome === 'failed' ? ({ stopReason: 'provider_unavailable' } as const) : {}
    await workers.claims.complete(token, { outcome, ...stopReason, artifacts: [{ iri: `urn:${clock.now()}` }] })
    clock.pass(5)
    if (outcome === 'failed') {
      await tracker.decisions.supersede(decision.id, { title: 'By mail', rationale: 'Sure.' })
      await tracker.relations.add(task.id, 'supersedes', old.id)
      await tracker.contracts.revise(task.id, { ...task.contract!, requiredEvidence: [] }, { reason: 'So.' })
    } else {
      const verdict = (await tracker.reviews.list({ task: task.id })).items.length === 0 ? 'request_changes' : 'approve'
      await tracker.reviews.record(task.id, { verdict })
    }
  }
  await tracker.tasks.update(old.id, { title: 'Older' })
  clock.pass(5)
  await tracker.tasks.close(old.id, { outcome: 'cancelled' })
}

describe.each(WAYS)('in $format, detail $detail,', (way) => {
  it('a story in which things are used and changed after they were superseded is in order', async (context) => {
    requireTools(context, 'rapper')
    const { clock, tracker } = await begin()
    await tellStory(tracker, clock)
    const text = await documentOf(tracker, way)
    expect(lint(new Parser({ format: way.format }).parse(text))).toEqual([])
    expect(rapperTriplesOf(text, way.format)).toEqual(triplesOf(text, way.format))
  })

  it('a clock that was put back between claims, submissions and reviews contradicts nothing', async (context) => {
    requireTools(context, 'rapper')
    const { clock, tracker } = await begin()
    const { task, workers } = await contracted(tracker)
    const first = await workers.claims.claim(task.id)
    clock.pass(-60)
    await workers.claims.release(first.token)
    const { token } = await workers.claims.claim(task.id)
    const learnings = [{ title: 'The clock is wrong', rationale: 'It went back.' }]
    await workers.claims.complete(token, { outcome: 'done', artifacts: [{ iri: 'urn:a' }], learnings })
    clock.pass(-60)
    await tracker.reviews.record(task.id, { verdict: 'approve' })
    const text = await documentOf(tracker, way)
    expect(lint(new Parser({ format: way.format }).parse(text))).toEqual([])
    expect(rapperTriplesOf(text, way.format)).toEqual(triplesOf(text, way.format))
  })
})

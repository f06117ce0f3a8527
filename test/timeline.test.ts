import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AgentId, type NodeId, NotFoundError, newTaskId, type Task, type Tracker } from '../src/index.js'
import { readStory } from '../src/report/timeline/read-timeline.js'
import { timeline } from '../src/report/timeline/timeline.js'
import type { TimelineEntry } from '../src/report/timeline/timeline-entry.js'
import { requireTracker } from '../src/tracker.js'
import { Choice, commands, histories, Nodes } from './support/histories.js'
import { expectRefusal } from './support/refusals.js'
import { inMemory, open } from './support/trackers.js'

/** Every event of a record. */
async function eventsOf(tracker: Tracker) {
  const events = []
  for (let after = 0; ; ) {
    const { items } = await tracker.log.events({ after, limit: 1_000 })
    if (items.length === 0) return events
    events.push(...items)
    after = items.at(-1)!.seq
  }
}

/** The story of everything in a record, also of the file itself. */
async function wholeStory(tracker: Tracker): Promise<TimelineEntry[]> {
  const subjects = (await eventsOf(tracker)).map(({ subject }) => subject)
  return requireTracker(tracker, 'test').read((reader) => readStory(reader, { subjects }))
}

/** The sentences of what `work` adds to the log. */
async function told(tracker: Tracker, work: () => Promise<unknown>): Promise<string[]> {
  const { seq } = await tracker.log.head()
  await work()
  return (await wholeStory(tracker)).filter((entry) => entry.seq > seq).map(({ sentence }) => sentence)
}

const isNode = (subject: string) => /--[0-9a-f-]{36}$/.test(subject)

describe('the timeline of any history', () => {
  test('has exactly the events about the nodes that it is asked for, in order, each with one clean sentence', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), async (history, seed) =>
        inMemory(async (tracker) => {
          const nodes = new Nodes()
          nodes.agents.push((await tracker.agents.registerHuman({ name: 'Ada' })).id)
          nodes.tasks.push((await tracker.tasks.create({ title: 'Task 0' })).id)
          nodes.activities.push((await tracker.activities.start()).id)
          nodes.entities.push(nodes.tasks[0]!, (await tracker.artifacts.add({ iri: 'urn:a' })).id)
          for (const { command, seed } of history.flatMap(({ moves }) => moves)) {
            const choice = new Choice(seed)
            const actor = choice.rarely(3) ? undefined : choice.of(nodes.agents)
            const acting = actor === undefined ? tracker : tracker.as(actor)
            const t = choice.rarely(3) ? acting.within(choice.of(nodes.activities)) : acting
            await commands[command]!(t, nodes, choice).catch(expectRefusal)
          }
          const choice = new Choice(seed)
          const { seq } = await tracker.log.head()
          for (let times = 0; times < 5; times++) {
            await tracker.log.redact(choice.of(Array.from({ length: seq }, (_, index) => index + 1)), { reason: 'no' })
          }
          const events = (await eventsOf(tracker)).filter(({ subject }) => isNode(subject))
          const all = [...new Set(events.map(({ subject }) => subject as NodeId))]
          for (const ids of [all, all.filter(() => choice.rarely(2)), [...all, ...all].reverse(), []]) {
            const entries = await requireTracker(tracker, 'test').read((reader) => readStory(reader, { subjects: ids }))
            const wanted = events.filter(({ subject }) => ids.includes(subject as NodeId))
            expect(entries.map(({ sentence: _, actorName, data, erased, ...entry }) => entry)).toEqual(
              wanted.map(({ seq, type, at, actor, activity, subject }) => ({
                ...{ seq, type, at, actor, subject },
                ...(activity !== undefined && { activity }),
              })),
            )
            expect(entries.map(({ erased }) => erased)).toEqual(
              wanted.map(({ data }) => (data === undefined ? true : undefined)),
            )
          }
          for (const { sentence } of await wholeStory(tracker)) {
            expect(sentence).toMatch(/^[^\n\r]*[^.\s]\.$/)
            expect(sentence).not.toMatch(/undefined|\[object|NaN|null|--[0-9a-f]{8}-/)
          }
          for (const id of all) {
            const story = await timeline(tracker, id, { includeDescendants: true })
            const seqs = story.map(({ seq }) => seq)
            expect(seqs).toEqual([...new Set(seqs)].sort((one, other) => one - other))
            const own = events.filter(({ subject }) => subject === id).map(({ seq }) => seq)
            expect(seqs).toEqual(expect.arrayContaining(own))
          }
        }),
      ),
      { numRuns: 40 },
    )
  })
})

/** A record to tell of: Ada acts, Ben and a worker are there too. */
async function cast() {
  const file = await open()
  const ada = (await file.agents.registerHuman({ name: 'Ada' })).id
  const ben = (await file.agents.registerHuman({ name: 'Ben' })).id
  const tracker = file.as(ada)
  const worker = (await tracker.agents.registerMl({ role: 'worker', provider: 'anthropic', model: 'claude-opus-4-6' }))
    .id
  return { file, tracker, ada, ben, worker }
}

type Cast = Awaited<ReturnType<typeof cast>> & { readonly login: Task; readonly table: Task }

interface Case {
  readonly sentences: readonly string[]
  readonly work: (cast: Cast) => Promise<unknown>
}

const CASES: Record<string, Case> = {
  'a person is registered': {
    work: ({ tracker }) => tracker.agents.registerHuman({ name: 'Eve' }),
    sentences: ['Ada registered the person Eve.'],
  },
  'a name that ends in a full stop': {
    work: ({ tracker }) => tracker.agents.registerOrganization({ name: 'ACME Inc.' }),
    sentences: ['Ada registered the organization ACME Inc.'],
  },
  'a program is registered': {
    work: ({ tracker }) => tracker.agents.registerSoftware({ name: 'linter' }),
    sentences: ['Ada registered the program linter.'],
  },
  'a model is registered under a name': {
    work: ({ tracker }) =>
      tracker.agents.registerMl({ role: 'reviewer', provider: 'anthropic', model: 'claude-opus-4-6', name: 'Opus' }),
    sentences: ['Ada registered the model Opus (reviewer).'],
  },
  'an agent acts on behalf of another': {
    work: ({ tracker, worker, ada }) => tracker.agents.delegate(worker, ada),
    sentences: ['Ada stated that claude-opus-4-6 (worker) acts on behalf of Ada.'],
  },
  'an agent acts on behalf of another within an activity': {
    async work({ tracker, worker, ada, table }) {
      const { id } = await tracker.activities.start({ agent: worker, task: table.id })
      await tracker.agents.delegate(worker, ada, { activity: id })
      await tracker.relations.remove(worker, 'acted_on_behalf_of', ada)
    },
    sentences: [
      'claude-opus-4-6 (worker) started work on "Add the user table" (recorded by Ada).',
      'Ada stated that claude-opus-4-6 (worker) acts on behalf of Ada in the work of claude-opus-4-6 (worker) on "Add the user table".',
      'Ada withdrew the statement that claude-opus-4-6 (worker) acts on behalf of Ada.',
    ],
  },
  'a task is created': {
    work: ({ tracker }) => tracker.tasks.create({ title: 'Write the "docs"\nand more' }),
    sentences: ['Ada created the task "Write the "docs" and more".'],
  },
  'a task is created with all that it comes from': {
    async work({ tracker, login, table, ben, worker }) {
      const { id } = await tracker.activities.start({ agent: worker, task: table.id, phase: 'code_review' })
      await tracker.tasks.create({
        title: 'New',
        owner: ben,
        parent: login.id,
        blockedBy: [table.id],
        derivedFrom: [table.id],
        generatedBy: id,
        attributedTo: worker,
      })
    },
    sentences: [
      'claude-opus-4-6 (worker) started work on "Add the user table" (code review) (recorded by Ada).',
      'Ada created the task "New", owned by Ben, waiting for "Add the user table", as part of "Implement login", ' +
        'derived from "Add the user table", made by the work of claude-opus-4-6 (worker) on "Add the user table" (code review), ' +
        'attributed to claude-opus-4-6 (worker).',
    ],
  },
  'many blockers': {
    async work({ tracker }) {
      const blockers = []
      for (let n = 1; n <= 6; n++) blockers.push((await tracker.tasks.create({ title: `${n}` })).id)
      await tracker.tasks.create({ title: 'Last', blockedBy: blockers })
    },
    sentences: [
      ...[1, 2, 3, 4, 5, 6].map((n) => `Ada created the task "${n}".`),
      'Ada created the task "Last", waiting for "1", "2", "3" and 3 more.',
    ],
  },
  'a task is closed with a reason': {
    work: ({ tracker, table, worker }) =>
      tracker.as(worker).tasks.close(table.id, { reason: 'The migration is merged.' }),
    sentences: ['claude-opus-4-6 (worker) closed "Add the user table" as completed: The migration is merged.'],
  },
  'reasons that would not end a sentence well': {
    async work({ tracker, table }) {
      await tracker.tasks.close(table.id, { reason: 'Done!\n', outcome: 'failed' })
      await tracker.tasks.reopen(table.id, { reason: '...' })
      await tracker.tasks.close(table.id, { reason: ' \n' })
      await tracker.tasks.reopen(table.id)
      await tracker.tasks.close(table.id, { reason: 'x'.repeat(500), outcome: 'cancelled' })
    },
    sentences: [
      'Ada closed "Add the user table" as failed: "Done!".',
      'Ada reopened "Add the user table": "...".',
      'Ada closed "Add the user table" as completed.',
      'Ada reopened "Add the user table".',
      `Ada closed "Add the user table" as cancelled: "${'x'.repeat(119)}…".`,
    ],
  },
  'a hold': {
    async work({ tracker, table }) {
      await tracker.tasks.hold(table.id, { reason: 'no access yet' })
      await tracker.tasks.unhold(table.id)
    },
    sentences: ['Ada put "Add the user table" on hold: no access yet.', 'Ada took "Add the user table" off hold.'],
  },
  labels: {
    async work({ tracker, table }) {
      await tracker.tasks.addLabel(table.id, 'db')
      await tracker.tasks.removeLabel(table.id, 'db')
    },
    sentences: [
      'Ada added the label "db" to "Add the user table".',
      'Ada removed the label "db" from "Add the user table".',
    ],
  },
  comments: {
    async work({ tracker, table, ben }) {
      await tracker.tasks.addComment(table.id, { body: 'Looks\n\ngood. ' })
      await tracker.tasks.addComment(table.id, { body: 'Ship it', author: ben, at: '2025-12-31T10:00:00Z' })
      await tracker.tasks.addComment(table.id, { body: `${'x'.repeat(118)}👩‍💻 and more` })
    },
    sentences: [
      'Ada commented on "Add the user table": "Looks good".',
      'Ben commented on "Add the user table" (recorded by Ada on 2026-01-05): "Ship it".',
      `Ada commented on "Add the user table": "${'x'.repeat(118)}👩‍💻…".`,
    ],
  },
  'times that differ from the time of recording': {
    async work({ tracker, table }) {
      await tracker.tasks.close(table.id, { at: '2026-01-05T08:15:00Z', reason: 'late' })
      await tracker.tasks.reopen(table.id, { at: '2026-01-05T09:00:59Z' })
    },
    sentences: [
      'Ada closed "Add the user table" as completed (recorded at 09:00): late.',
      'Ada reopened "Add the user table".',
    ],
  },
  'activities and artifacts': {
    async work({ tracker, table, worker }) {
      const t = tracker.as(worker)
      const first = await t.activities.start({ phase: 'request', used: [table.id], notes: 'Reading on.' })
      const other = await t.activities.start({ task: table.id, phase: 'worker_slices', informedBy: [first.id] })
      const commit = await t.artifacts.add({ iri: 'git:abc', kind: 'commit', generatedBy: other.id })
      const patch = await tracker.artifacts.add({
        iri: 'git:def',
        label: 'patch',
        derivedFrom: [commit.id],
        attributedTo: worker,
      })
      await t.activities.end(other.id, { generated: [patch.id], notes: 'All done.' })
      await tracker.activities.end(first.id, { failed: 'no time', notes: 'sorry', stage: 'blocked' })
      await t.activities.end((await t.activities.start()).id, { stage: 'blocked' })
    },
    sentences: [
      'claude-opus-4-6 (worker) started an activity (request), using "Add the user table": Reading on.',
      'claude-opus-4-6 (worker) started work on "Add the user table" (worker slices), informed by the work of claude-opus-4-6 (worker) (request).',
      'claude-opus-4-6 (worker) added the artifact "git:abc" (commit), made by the work of claude-opus-4-6 (worker) on "Add the user table" (worker slices).',
      'Ada added the artifact "patch", derived from "git:abc", attributed to claude-opus-4-6 (worker).',
      'claude-opus-4-6 (worker) finished work on "Add the user table", making "patch": All done.',
      'claude-opus-4-6 (worker) ended an activity, which failed (recorded by Ada): no time (sorry).',
      'claude-opus-4-6 (worker) started an activity.',
      'claude-opus-4-6 (worker) ended an activity (blocked).',
    ],
  },
  'what happens within an activity': {
    async work({ tracker, table, login, worker, ada }) {
      const own = await tracker.activities.start({ task: login.id })
      const others = await tracker.activities.start({ agent: worker, task: login.id, phase: 'code_review' })
      const loose = await tracker.activities.start({ agent: ada })
      await tracker.within(own.id).tasks.addLabel(table.id, 'a')
      await tracker.within(own.id).tasks.close(login.id, { reason: 'Done.' })
      await tracker.within(others.id).tasks.addLabel(table.id, 'b')
      await tracker.within(loose.id).tasks.addLabel(table.id, 'c')
      await tracker.within(own.id).activities.end(own.id)
    },
    sentences: [
      'Ada started work on "Implement login".',
      'claude-opus-4-6 (worker) started work on "Implement login" (code review) (recorded by Ada).',
      'Ada started an activity.',
      'Ada added the label "a" to "Add the user table", while working on "Implement login".',
      'Ada closed "Implement login" as completed, while working on it: Done.',
      'Ada added the label "b" to "Add the user table", during the work of claude-opus-4-6 (worker) on "Implement login" (code review).',
      'Ada added the label "c" to "Add the user table", during an activity.',
      'Ada finished work on "Implement login".',
    ],
  },
  relations: {
    async work({ tracker, table, login, worker, ben }) {
      const { relations } = tracker
      const [a, b] = [login.id, table.id]
      const activity = (await tracker.activities.start({ task: a })).id
      const other = (await tracker.activities.start()).id
      const comment = (await tracker.tasks.addComment(a, { body: 'x' })).id
      await relations.add(a, 'blocked_by', b, { gate: 'completed' })
      await relations.remove(a, 'blocked_by', b)
      await relations.add(a, 'blocked_by', b)
      await relations.add(a, 'parent', b).catch(() => relations.remove(a, 'blocked_by', b))
      await relations.add(a, 'parent', b)
      await relations.remove(a, 'parent', b)
      await relations.add(a, 'derived_from', b)
      await relations.add(a, 'related', b)
      await relations.add(a, 'discovered_from', b)
      await relations.add(a, 'duplicate_of', b)
      await relations.add(comment, 'derived_from', b)
      await relations.add(a, 'generated_by', other)
      await relations.add(a, 'attributed_to', ben)
      await relations.add(activity, 'used', b)
      await relations.add(activity, 'informed_by', other)
      await relations.add(worker, 'acted_on_behalf_of', ben)
      await relations.remove(a, 'related', b)
      await relations.add((await tracker.tasks.create({ title: 'New' })).id, 'supersedes', a)
    },
    sentences: [
      'Ada started work on "Implement login".',
      'Ada started an activity.',
      'Ada commented on "Implement login": "x".',
      'Ada made "Implement login" wait for "Add the user table" to be closed as completed.',
      'Ada released "Implement login" from waiting for "Add the user table".',
      'Ada made "Implement login" wait for "Add the user table".',
      'Ada released "Implement login" from waiting for "Add the user table".',
      'Ada made "Implement login" part of "Add the user table".',
      'Ada took "Implement login" out of "Add the user table".',
      'Ada stated that "Implement login" was derived from "Add the user table".',
      'Ada stated that "Implement login" is related to "Add the user table".',
      'Ada stated that "Implement login" was discovered from "Add the user table".',
      'Ada stated that "Implement login" is a duplicate of "Add the user table".',
      'Ada stated that the comment of Ada on "Implement login" was derived from "Add the user table".',
      'Ada stated that "Implement login" was made by the work of Ada.',
      'Ada stated that "Implement login" is attributed to Ben.',
      'Ada stated that the work of Ada on "Implement login" used "Add the user table".',
      'Ada stated that the work of Ada on "Implement login" was informed by the work of Ada.',
      'Ada stated that claude-opus-4-6 (worker) acts on behalf of Ben.',
      'Ada withdrew the statement that "Implement login" is related to "Add the user table".',
      'Ada created the task "New".',
      'Ada stated that "New" supersedes "Implement login".',
    ],
  },
}

describe('each type of event', () => {
  test.each(Object.entries(CASES))('is told as a person would: %s', async (_name, { work, sentences }) => {
    const record = await cast()
    const login = await record.tracker.tasks.create({ title: 'Implement login' })
    const table = await record.tracker.tasks.create({ title: 'Add the user table' })
    expect(await told(record.tracker, () => work({ ...record, login, table }))).toEqual(sentences)
  })

  test('is told, the file itself included', async () => {
    const file = await open({ vocabulary: { phases: ['a'], taskTypes: ['b'] } })
    await file.tasks.create({ title: 'A' })
    await file.log.redact(3, { reason: 'It names a person.' })
    await file.log.redact(4, { reason: 'So did this.' })
    const story = await wholeStory(file)
    expect(story.map(({ sentence }) => sentence)).toEqual([
      'provtrail registered itself.',
      "provtrail defined the file's own phases and task types.",
      'provtrail created the task "[redacted]"; what it said was erased.',
      'provtrail erased what event 3 said; what it said was erased.',
      'provtrail erased what event 4 said: So did this.',
    ])
  })
})

type Change = Parameters<Tracker['tasks']['update']>[1]

describe('an update', () => {
  const FIELDS: readonly (readonly [change: (agents: { ada: AgentId; ben: AgentId }) => Change, told: string])[] = [
    [() => ({ title: 'B' }), 'renamed "A" to "B"'],
    [() => ({ status: 'in_review' }), 'moved "A" from open to in review'],
    [() => ({ priority: 'high' }), 'raised the priority of "A" from medium to high'],
    [() => ({ priority: 'backlog' }), 'lowered the priority of "A" from medium to backlog'],
    [() => ({ type: 'bug' }), 'changed the type of "A" from task to bug'],
    [() => ({ phase: 'code_review' }), 'changed the phase of "A" from unscoped to code review'],
    [({ ada }) => ({ owner: ada }), 'claimed "A"'],
    [({ ben }) => ({ owner: ben }), 'gave "A" to Ben'],
    [() => ({ labels: ['x', 'y'] }), 'added the labels "x" and "y" to "A"'],
    [
      () => ({ externalRefs: [{ system: 'github', id: 'a/b#1' }] }),
      'set the external references of "A" to github a/b#1',
    ],
    [() => ({ description: 'd' }), 'wrote the description of "A"'],
    [() => ({ notes: 'n' }), 'wrote the notes of "A"'],
    [() => ({ title: 'B', priority: 'high' }), 'renamed "A" to "B" and raised its priority from medium to high'],
  ]

  test.each(FIELDS)('tells what it changed: %#', async (change, expected) => {
    const { tracker, ada, ben } = await cast()
    const task = await tracker.tasks.create({ title: 'A' })
    expect(await told(tracker, () => tracker.tasks.update(task.id, change({ ada, ben })))).toEqual([`Ada ${expected}.`])
  })

  test('tells all that it changed, and what is cleared', async () => {
    const { tracker, ada, ben } = await cast()
    const parent = await tracker.tasks.create({ title: 'P' })
    const other = await tracker.tasks.create({ title: 'Q' })
    const { id } = await tracker.tasks.create({
      title: 'A',
      owner: ada,
      labels: ['a', 'b'],
      notes: 'n',
      parent: parent.id,
    })
    await tracker.tasks.update(id, { externalRefs: [{ system: 's', id: '1' }], description: 'd' })
    const sentences = await told(tracker, async () => {
      await tracker.tasks.update(id, {
        title: 'B',
        status: 'in_progress',
        owner: ben,
        parent: other.id,
        labels: ['b', 'c'],
        notes: 'm',
      })
      await tracker.tasks.update(id, {
        owner: null,
        parent: null,
        labels: null,
        notes: null,
        externalRefs: null,
        description: null,
      })
      await tracker.tasks.update(id, { parent: parent.id })
    })
    expect(sentences).toEqual([
      'Ada renamed "A" to "B", moved it from open to in progress, passed it from Ada to Ben, moved it from "P" to "Q", ' +
        'added the label "c" to it and removed the label "a" from it and changed its notes.',
      'Ada took "B" away from Ben, took it out of "Q", removed the labels "b" and "c" from it, ' +
        'removed its external references, cleared its description and cleared its notes.',
      'Ada made "B" part of "P".',
    ])
  })

  test('calls a task by the title that it had then', async () => {
    const { tracker } = await cast()
    const one = await tracker.tasks.create({ title: 'One' })
    const sentences = await told(tracker, async () => {
      const other = await tracker.tasks.create({ title: 'Other', parent: one.id })
      await tracker.tasks.update(one.id, { title: 'One renamed' })
      await tracker.relations.add(other.id, 'related', one.id)
      await tracker.tasks.close(one.id)
    })
    expect(sentences).toEqual([
      'Ada created the task "Other", as part of "One".',
      'Ada renamed "One" to "One renamed".',
      'Ada stated that "Other" is related to "One renamed".',
      'Ada closed "One renamed" as completed.',
    ])
  })
})

test('what was erased is said to be so, and what was kept of it is told', async () => {
  const { tracker, worker } = await cast()
  const { seq } = await tracker.log.head()
  const { id } = await tracker.tasks.create({ title: 'A', labels: ['x'] })
  await tracker.tasks.update(id, {
    title: 'B',
    priority: 'high',
    labels: ['y'],
    externalRefs: [{ system: 's', id: '1' }],
    notes: 'n',
  })
  await tracker.tasks.addComment(id, { body: 'secret' })
  await tracker.tasks.addLabel(id, 'secret')
  await tracker.tasks.removeLabel(id, 'secret')
  await tracker.tasks.hold(id, { reason: 'secret' })
  await tracker.tasks.unhold(id)
  await tracker.tasks.close(id, { reason: 'secret' })
  const activity = await tracker.activities.start({ agent: worker, task: id, notes: 'secret' })
  await tracker.activities.end(activity.id, { failed: 'secret', notes: 'secret' })
  await tracker.artifacts.add({ iri: 'secret', label: 'secret' })
  const head = await tracker.log.head()
  for (let erased = seq + 1; erased <= head.seq; erased++) await tracker.log.redact(erased, { reason: 'secret' })
  const story = (await wholeStory(tracker)).filter((entry) => entry.seq > seq && entry.seq <= head.seq)
  expect(story.every(({ erased }) => erased)).toBe(true)
  expect(JSON.stringify(story)).not.toContain('secret')
  expect(story.map(({ sentence }) => sentence)).toEqual([
    'Ada created the task "[redacted]"; what it said was erased.',
    'Ada renamed "[redacted]", raised its priority from medium to high, changed its labels, changed its external references and wrote its notes; what it said was erased.',
    'Ada commented on "[redacted]"; what it said was erased.',
    'Ada added a label to "[redacted]"; what it said was erased.',
    'Ada removed a label from "[redacted]"; what it said was erased.',
    'Ada put "[redacted]" on hold; what it said was erased.',
    'Ada took "[redacted]" off hold.',
    'Ada closed "[redacted]" as completed; what it said was erased.',
    'claude-opus-4-6 (worker) started work on "[redacted]" (recorded by Ada); what it said was erased.',
    'claude-opus-4-6 (worker) ended work on "[redacted]", which failed (recorded by Ada); what it said was erased.',
    'Ada added the artifact "[redacted]"; what it said was erased.',
  ])
})

test('what an erased update changed is not guessed from what is left of it', async () => {
  const { tracker } = await cast()
  const { id } = await tracker.tasks.create({ title: 'A', labels: ['x'] })
  await tracker.tasks.update(id, { title: 'B', labels: ['x', 'y'] })
  const { seq } = await tracker.log.head()
  await tracker.log.redact(seq, { reason: 'no' })
  expect((await timeline(tracker, id)).at(-1)!.sentence).toBe(
    'Ada renamed "A" and changed its labels; what it said was erased.',
  )
})

describe('timeline', () => {
  test('tells the story of a task, and with includeDescendants of its parts at any level', async () => {
    const { tracker, worker } = await cast()
    const epic = await tracker.tasks.create({ title: 'Epic' })
    const part = await tracker.tasks.create({ title: 'Part', parent: epic.id })
    const step = await tracker.tasks.create({ title: 'Step', parent: part.id })
    await tracker.tasks.create({ title: 'Unrelated' })
    const activity = await tracker.activities.start({ agent: worker, task: step.id })
    const artifact = await tracker.artifacts.add({ iri: 'urn:a', generatedBy: activity.id })
    await tracker.tasks.addComment(epic.id, { body: 'hm' })
    await tracker.tasks.close(part.id)
    const subjects = async (id: NodeId, options?: { includeDescendants?: boolean }) =>
      (await timeline(tracker, id, options)).map(({ subject, type }) => [type, subject])
    expect(await subjects(epic.id)).toEqual([
      ['task.created', epic.id],
      ['comment.added', epic.id],
    ])
    expect(await subjects(epic.id, { includeDescendants: true })).toEqual([
      ['task.created', epic.id],
      ['task.created', part.id],
      ['task.created', step.id],
      ['activity.started', activity.id],
      ['artifact.added', artifact.id],
      ['comment.added', epic.id],
      ['task.closed', part.id],
    ])
    expect(await subjects(step.id)).toEqual([
      ['task.created', step.id],
      ['activity.started', activity.id],
      ['artifact.added', artifact.id],
    ])
  })

  test('tells the stories of activities, artifacts, comments and agents', async () => {
    const { tracker, ada, worker } = await cast()
    const task = await tracker.tasks.create({ title: 'Task' })
    const activity = await tracker.activities.start({ agent: worker, task: task.id })
    const within = tracker.within(activity.id)
    const bug = await within.tasks.create({ title: 'Bug' })
    const made = await tracker.tasks.create({ title: 'Made', generatedBy: activity.id })
    const artifact = await tracker.artifacts.add({ iri: 'urn:a' })
    const comment = await tracker.tasks.addComment(task.id, { body: 'hm' })
    await tracker.tasks.addComment(task.id, { body: 'another' })
    await tracker.activities.end(activity.id, { generated: [artifact.id] })
    await tracker.relations.add(artifact.id, 'derived_from', comment.id)
    await tracker.agents.delegate(worker, ada)
    await tracker.tasks.close(made.id)
    const types = async (id: NodeId) => (await timeline(tracker, id)).map(({ subject, type }) => [type, subject])
    expect(await types(activity.id)).toEqual([
      ['activity.started', activity.id],
      ['task.created', bug.id],
      ['task.created', made.id],
      ['artifact.added', artifact.id],
      ['activity.ended', activity.id],
      ['relation.added', artifact.id],
    ])
    expect(await types(artifact.id)).toEqual([
      ['artifact.added', artifact.id],
      ['activity.ended', activity.id],
      ['relation.added', artifact.id],
    ])
    expect(await types(comment.id)).toEqual([
      ['comment.added', task.id],
      ['relation.added', artifact.id],
    ])
    expect(await types(worker)).toEqual([
      ['agent.registered', worker],
      ['activity.started', activity.id],
      ['activity.ended', activity.id],
      ['relation.added', worker],
    ])
    expect(await types(ada)).toEqual([
      ['agent.registered', ada],
      ['relation.added', worker],
    ])
  })

  test('refuses what is not there', async () => {
    const { tracker } = await cast()
    await expect(timeline(tracker, newTaskId('test'))).rejects.toThrow(NotFoundError)
    await expect(timeline(tracker, 'nothing' as NodeId)).rejects.toThrow('id')
    await expect(timeline(tracker, newTaskId('test'), { includeDescendants: 1 } as never)).rejects.toThrow(
      'includeDescendants',
    )
    await expect(timeline(tracker, newTaskId('test'), { depth: 1 } as never)).rejects.toThrow('depth')
  })
})

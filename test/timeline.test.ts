import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AgentId, type NodeId, NotFoundError, newTaskId, type Task, type Tracker } from '../src/index.js'
import { lineage } from '../src/report/lineage/read-lineage.js'
import { projectReport } from '../src/report/project/build-project-report.js'
import { readStory } from '../src/report/timeline/read-timeline.js'
import { timeline } from '../src/report/timeline/timeline.js'
import type { TimelineEntry } from '../src/report/timeline/timeline-entry.js'
import { requireTracker } from '../src/tracker.js'
import { Choice, commands, histories, Nodes } from './support/histories.js'
import { expectRefusal } from './support/refusals.js'
import { inMemory, open } from './support/trackers.js'
import { fillRecord, RICH_OPTIONS } from './support-store/rich-record.js'

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
  claims: {
    async work({ tracker, table, login, worker, ben }) {
      const w = tracker.as(worker)
      const first = await w.claims.claim(table.id, { ttlMs: 600_000 })
      await w.claims.renew(first.token, { ttlMs: 86_400_000 })
      await w.claims.release(first.token, { reason: 'No access yet.' })
      await w.claims.claim(table.id)
      await tracker.as(ben).claims.reset(table.id, { reason: 'It hangs' })
      const third = await w.claims.claim(table.id)
      await w.claims.complete(third.token, { outcome: 'blocked', blockedBy: [login.id], summary: 'Needs a login.' })
    },
    sentences: [
      'claude-opus-4-6 (worker) claimed "Add the user table" until 09:10.',
      'claude-opus-4-6 (worker) extended the lease on "Add the user table" until 2026-01-06 09:00.',
      'claude-opus-4-6 (worker) gave "Add the user table" back, which left it open: No access yet.',
      'claude-opus-4-6 (worker) claimed "Add the user table" as attempt 2, until 09:05.',
      'Ben took "Add the user table" away from claude-opus-4-6 (worker), which left it open: It hangs.',
      'claude-opus-4-6 (worker) claimed "Add the user table" as attempt 3, until 09:05.',
      'claude-opus-4-6 (worker) made "Add the user table" wait for "Implement login".',
      'claude-opus-4-6 (worker) stopped working on "Add the user table", which is blocked on "Implement login", which left it open: Needs a login.',
    ],
  },
  'a claim that somebody else shows the token of': {
    async work({ tracker, table, worker }) {
      const { token } = await tracker.as(worker).claims.claim(table.id)
      await tracker.claims.complete(token, { outcome: 'failed', stopReason: { reason: 'other', text: 'Coffee' } })
    },
    sentences: [
      'claude-opus-4-6 (worker) claimed "Add the user table" until 09:05.',
      'claude-opus-4-6 (worker) failed at "Add the user table", which closed it as failed (recorded by Ada): Coffee.',
    ],
  },
  'what ends a claim from outside, by force or not': {
    async work({ tracker, table, login, worker }) {
      await tracker.as(worker).claims.claim(table.id)
      await tracker.tasks.close(table.id, { force: true, reason: 'The fair is over' })
      await tracker.claims.claim(login.id)
      await tracker.tasks.update(login.id, { status: 'open', notes: 'n' })
      await tracker.tasks.reopen(table.id)
      await tracker.as(worker).claims.claim(table.id)
      await tracker.tasks.hold(table.id, { force: true, reason: 'Wait' })
      await tracker.tasks.unhold(table.id)
      await tracker.as(worker).claims.claim(table.id)
      await tracker.tasks.update(table.id, { status: 'in_review' }, { force: true, reason: 'Good enough' })
    },
    sentences: [
      'claude-opus-4-6 (worker) claimed "Add the user table" until 09:05.',
      'Ada closed "Add the user table" as completed by force, which ended the claim of claude-opus-4-6 (worker): The fair is over.',
      'Ada claimed "Implement login" until 09:05.',
      'Ada moved "Implement login" from in progress to open and wrote its notes, which ended the claim of Ada.',
      'Ada reopened "Add the user table".',
      'claude-opus-4-6 (worker) claimed "Add the user table" as attempt 2, until 09:05.',
      'Ada put "Add the user table" on hold by force, which ended the claim of claude-opus-4-6 (worker): Wait.',
      'Ada took "Add the user table" off hold.',
      'claude-opus-4-6 (worker) claimed "Add the user table" as attempt 3, until 09:05.',
      'Ada moved "Add the user table" by force from in progress to in review, which ended the claim of claude-opus-4-6 (worker): Good enough.',
    ],
  },
  'contracts, submissions and reviews': {
    async work({ tracker, worker, ben, ada }) {
      const criteria = ['a', 'b'].map((id) => ({ id, text: id, required: true }))
      const { id } = await tracker.tasks.create({
        title: 'New',
        dueAt: '2026-02-01T12:00:00Z',
        notBefore: '2026-01-05T08:00:00Z',
        requires: { role: 'worker' },
        contract: { criteria, completionPolicy: { quorum: 2 } },
      })
      const w = tracker.as(worker)
      const submit = async () =>
        w.claims.complete((await w.claims.claim(id)).token, {
          outcome: 'pending_review',
          criteria: [
            {
              id: 'a',
              status: 'met',
              evidence: ['test_report', 'log'].map((kind, index) => ({ kind, iri: `urn:${index + 1}` })),
            },
            { id: 'b', status: 'waived', waiver: { reason: 'no time', by: ada } },
          ],
          artifacts: [{ iri: 'urn:made' }],
        })
      await submit()
      await tracker.as(ben).reviews.record(id, { verdict: 'approve' })
      await tracker.reviews.record(id, { verdict: 'reject', comment: 'B matters.' })
      await tracker.contracts.revise(id, { criteria, completionPolicy: { quorum: 3 } }, { reason: 'Too little' })
    },
    sentences: [
      'Ada created the task "New", under a contract, requiring the role worker, not before 08:00, due 2026-02-01 12:00.',
      'claude-opus-4-6 (worker) claimed "New" until 09:05.',
      'claude-opus-4-6 (worker) added the artifact "urn:made", made by attempt 1 of claude-opus-4-6 (worker) on "New".',
      'claude-opus-4-6 (worker) added evidence (test report) about "New": urn:1.',
      'claude-opus-4-6 (worker) added evidence (log) about "New": urn:2.',
      'claude-opus-4-6 (worker) handed in "New" for review, making "urn:made", upon 2 pieces of evidence, with "b" waived by Ada (no time), which moved it to review.',
      'Ben approved the work of claude-opus-4-6 (worker) on "New".',
      'Ada rejected the work of claude-opus-4-6 (worker) on "New", which left it open: B matters.',
      'Ada revised the contract of "New", now version 2 (policy from a quorum of 2 to a quorum of 3): Too little.',
    ],
  },
  'decisions, learnings and evidence': {
    async work({ tracker, table, worker }) {
      const made = await tracker.artifacts.add({ iri: 'urn:log' })
      const old = await tracker.decisions.record({
        title: 'Use UUIDs',
        rationale: 'Everybody does.',
        attachTo: table.id,
      })
      const { id } = await tracker.as(worker).activities.start({ task: table.id })
      const t = tracker.as(worker).within(id)
      await t.decisions.supersede(old.id, {
        title: 'Use numbers',
        rationale: 'They are short.',
        validFrom: '2026-02-01T00:00:00Z',
        evidence: [{ kind: 'bench', artifact: made.id, summary: 'Twice as fast' }],
      })
      await t.learnings.record({ title: 'Measure first', rationale: 'We did not' })
    },
    sentences: [
      'Ada added the artifact "urn:log".',
      'Ada decided "Use UUIDs" for "Add the user table": Everybody does.',
      'claude-opus-4-6 (worker) started work on "Add the user table".',
      'claude-opus-4-6 (worker) decided "Use numbers" for "Add the user table", in place of the decision "Use UUIDs", valid from 2026-02-01 00:00, upon 1 piece of evidence, while working on "Add the user table": They are short.',
      'claude-opus-4-6 (worker) added evidence (bench) about the decision "Use numbers", which is "urn:log", while working on "Add the user table": Twice as fast.',
      'claude-opus-4-6 (worker) learned "Measure first", while working on "Add the user table": We did not.',
    ],
  },
  'what agents can': {
    async work({ tracker, worker, ada }) {
      await tracker.agents.setCapabilities(worker, ['sql', 'css'])
      await tracker.agents.setCapabilities(worker, [])
      await tracker.agents.setCapabilities(ada, ['law'])
    },
    sentences: [
      'Ada set the capabilities of claude-opus-4-6 (worker) to "css" and "sql".',
      'Ada cleared the capabilities of claude-opus-4-6 (worker).',
      'Ada set their own capabilities to "law".',
    ],
  },
  'a seal': {
    async work({ tracker }) {
      const { privateKey } = generateKeyPairSync('ed25519')
      await tracker.log.seal({ privateKey })
    },
    sentences: ['Ada sealed the log up to event 6.'],
  },
  'why a relation came and went': {
    async work({ tracker, login, table }) {
      const proof = await tracker.evidence.add(table.id, { kind: 'log', iri: 'urn:1' })
      await tracker.relations.add(login.id, 'related', table.id, { reason: 'Same table', evidence: [proof.id] })
      await tracker.relations.remove(login.id, 'related', table.id, { reason: 'It was another.' })
    },
    sentences: [
      'Ada added evidence (log) about "Add the user table": urn:1.',
      'Ada stated that "Implement login" is related to "Add the user table", upon 1 piece of evidence: Same table.',
      'Ada withdrew the statement that "Implement login" is related to "Add the user table": It was another.',
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
    [({ ada }) => ({ owner: ada }), 'took "A" on'],
    [({ ben }) => ({ owner: ben }), 'gave "A" to Ben'],
    [() => ({ labels: ['x', 'y'] }), 'added the labels "x" and "y" to "A"'],
    [
      () => ({ externalRefs: [{ system: 'github', id: 'a/b#1' }] }),
      'set the external references of "A" to github a/b#1',
    ],
    [() => ({ dueAt: '2026-01-05T17:30:00Z' }), 'set the due time of "A" to 17:30'],
    [() => ({ notBefore: '2026-02-01T00:00:00Z' }), 'held "A" back until 2026-02-01 00:00'],
    [() => ({ snoozedUntil: '2026-01-06T09:00:00Z' }), 'snoozed "A" until 2026-01-06 09:00'],
    [
      () => ({ requires: { role: 'reviewer', capabilities: ['sql', 'css'] } }),
      'set the requirements of "A" to the role reviewer and the capabilities "css" and "sql"',
    ],
    [() => ({ requires: { capabilities: ['sql'] } }), 'set the requirements of "A" to the capability "sql"'],
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

  test('tells what is cleared of its times and requirements', async () => {
    const { tracker } = await cast()
    const { id } = await tracker.tasks.create({
      title: 'A',
      dueAt: '2026-02-01T00:00:00Z',
      notBefore: '2026-01-06T00:00:00Z',
      snoozedUntil: '2026-01-07T00:00:00Z',
      requires: { role: 'worker' },
    })
    const cleared = { dueAt: null, notBefore: null, snoozedUntil: null, requires: null }
    expect(await told(tracker, () => tracker.tasks.update(id, cleared))).toEqual([
      'Ada removed the due time of "A", let it start at any time, woke it and lifted its requirements.',
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

test('nothing that was erased is left in any report, whatever the event was', async () => {
  const tracker = await open(RICH_OPTIONS)
  const record = await fillRecord(tracker, (field) => `zq-${field.replaceAll(' ', '-')}`)
  const said = async () => {
    const reports: unknown[] = [await wholeStory(tracker), await projectReport(tracker)]
    for (const { id } of [record.contracted, record.task, record.ada]) reports.push(await lineage(tracker, id))
    return JSON.stringify(reports)
  }
  const before = new Set((await said()).match(/zq-[a-z-]+/g))
  expect(before.size).toBeGreaterThan(50)
  const { seq } = await tracker.log.head()
  for (let erased = 1; erased <= seq; erased++) {
    const { type } = (await tracker.log.events({ after: erased - 1, limit: 1 })).items[0]!
    if (type !== 'vocabulary.defined') await tracker.log.redact(erased, { reason: 'asked to' }).catch(expectRefusal)
  }
  expect([...new Set((await said()).match(/zq-[a-z-]+/g))]).toEqual([])
  for (const { sentence } of await wholeStory(tracker)) {
    expect(sentence).not.toMatch(/undefined|\[object|NaN|null|--[0-9a-f]{8}-/)
  }
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

  test('tells the stories of attempts, reviews, decisions and evidence, also where what they said was erased', async () => {
    const { tracker, ada, ben, worker } = await cast()
    const contract = { criteria: [], completionPolicy: 'review' } as const
    const task = await tracker.tasks.create({ title: 'Task', contract })
    const w = tracker.as(worker)
    const first = await w.claims.claim(task.id)
    await w.claims.release(first.token, { reason: 'no time' })
    const second = await w.claims.claim(task.id)
    await w.claims.complete(second.token, { outcome: 'done' })
    const { review } = await tracker.as(ben).reviews.record(task.id, { verdict: 'approve', comment: 'Fine' })
    const old = await tracker.decisions.record({ title: 'Old', rationale: 'So.', attachTo: task.id })
    const newer = await w.decisions.supersede(old.id, { title: 'New', rationale: 'Otherwise.' })
    const proof = await w.evidence.add(newer.id, { kind: 'log', iri: 'urn:1' })
    const other = await tracker.tasks.create({ title: 'Other' })
    await w.claims.claim(other.id)
    const { seq } = await tracker.log.head()
    for (let erased = 4; erased <= seq; erased++) await tracker.log.redact(erased, { reason: 'no' })
    const types = async (id: NodeId) => (await timeline(tracker, id)).map(({ subject, type }) => [type, subject])
    expect(await types(first.activity)).toEqual([
      ['claim.acquired', task.id],
      ['claim.released', task.id],
    ])
    expect(await types(second.activity)).toEqual([
      ['claim.acquired', task.id],
      ['claim.completed', task.id],
      ['review.recorded', task.id],
    ])
    expect(await types(review.id)).toEqual([['review.recorded', task.id]])
    expect(await types(old.id)).toEqual([
      ['decision.recorded', old.id],
      ['decision.recorded', newer.id],
    ])
    expect(await types(proof.id)).toEqual([['evidence.added', newer.id]])
    expect((await types(task.id)).map(([type]) => type)).toEqual([
      'task.created',
      'claim.acquired',
      'claim.released',
      'claim.acquired',
      'claim.completed',
      'review.recorded',
      'decision.recorded',
      'decision.recorded',
      'evidence.added',
    ])
    expect(await types(worker)).toEqual([
      ['agent.registered', worker],
      ['claim.acquired', task.id],
      ['claim.released', task.id],
      ['claim.acquired', task.id],
      ['claim.completed', task.id],
      ['review.recorded', task.id],
      ['decision.recorded', newer.id],
      ['evidence.added', newer.id],
      ['claim.acquired', other.id],
    ])
    expect(await types(ben)).toEqual([
      ['agent.registered', ben],
      ['review.recorded', task.id],
    ])
    expect((await types(ada)).map(([type]) => type)).toEqual(['agent.registered', 'decision.recorded'])
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

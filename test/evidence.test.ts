import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  AlreadyExistsError,
  type EvidenceId,
  IdempotencyConflictError,
  InvalidInputError,
  type NewEvidence,
  type NodeId,
  NotFoundError,
  newEvidenceId,
  type TaskId,
} from '../src/index.js'
import { all } from './support/answers.js'
import { refusal } from './support/refusals.js'
import { inMemory, NAMESPACE, open } from './support/trackers.js'

const REPORT = { kind: 'test_report', iri: 'https://ci.example/1' }

describe('evidence.add', () => {
  test('needs a kind and an IRI, and is of the namespace of what it is about', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task', namespace: 'elsewhere' })
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const evidence = await tracker.as(ada.id).evidence.add(task.id, REPORT)
    expect(evidence).toEqual({
      id: expect.stringMatching(/^elsewhere--/),
      namespace: 'elsewhere',
      subject: task.id,
      agent: ada.id,
      ...REPORT,
      summary: '',
      createdAt: expect.stringMatching(/^2026-01-05T09:00/),
    })
    expect(await tracker.evidence.get(evidence.id)).toEqual(evidence)
  })

  test('takes everything that evidence can have', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task' })
    const { id: artifact } = await tracker.artifacts.add({ iri: 'file:log.txt' })
    const id = newEvidenceId('mine')
    const given = { kind: 'log', artifact, summary: 'All\ngreen', digest: 'sha256:00', id }
    const evidence = await tracker.evidence.add(task.id, { ...given, at: '2026-01-01T01:00:00+01:00' })
    expect(evidence).toMatchObject({ ...given, namespace: 'mine', createdAt: '2026-01-01T00:00:00.000Z' })
    expect(await tracker.evidence.get(id)).toEqual(evidence)
  })

  test('is about a node of any kind, other evidence included', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task' })
    const subjects: NodeId[] = [
      task.id,
      (await tracker.agents.registerHuman({ name: 'Ada' })).id,
      (await tracker.activities.start()).id,
      (await tracker.artifacts.add({ iri: 'urn:a' })).id,
      (await tracker.tasks.addComment(task.id, { body: 'comment' })).id,
      (await tracker.decisions.record({ title: 'decision', rationale: 'why' })).id,
      (await tracker.learnings.record({ title: 'learning', rationale: 'why' })).id,
      (await tracker.evidence.add(task.id, REPORT)).id,
    ]
    for (const subject of subjects) {
      const evidence = await tracker.evidence.add(subject, { kind: 'note', iri: 'urn:note' })
      expect(evidence.subject).toBe(subject)
      expect((await tracker.evidence.list({ subject, kind: 'note' })).items).toEqual([evidence])
    }
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  })

  test('writes nothing for the same again, whoever brings it and however late', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task' })
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const first = await tracker.evidence.add(task.id, REPORT)
    const { seq } = await tracker.log.head()
    expect(await tracker.as(ada.id).evidence.add(task.id, { ...REPORT, summary: '' })).toEqual(first)
    expect(await tracker.evidence.add(task.id, { ...REPORT, id: first.id, at: '2020-01-01T00:00:00Z' })).toEqual(first)
    expect((await tracker.log.head()).seq).toBe(seq)
  })

  test('takes what differs in one field, or in what it is about, for something else', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task' })
    const other = await tracker.tasks.create({ title: 'other' })
    const { id: artifact } = await tracker.artifacts.add({ iri: REPORT.iri })
    const all = [
      await tracker.evidence.add(task.id, REPORT),
      await tracker.evidence.add(other.id, REPORT),
      await tracker.evidence.add(task.id, { ...REPORT, kind: 'log' }),
      await tracker.evidence.add(task.id, { ...REPORT, iri: 'https://ci.example/2' }),
      await tracker.evidence.add(task.id, { kind: REPORT.kind, artifact }),
      await tracker.evidence.add(task.id, { ...REPORT, summary: 'green' }),
      await tracker.evidence.add(task.id, { ...REPORT, digest: 'sha256:00' }),
      await tracker.evidence.add(task.id, { ...REPORT, id: newEvidenceId(NAMESPACE) }),
    ]
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    // Without an id the oldest of those that say the same is meant.
    expect(await tracker.evidence.add(task.id, REPORT)).toEqual(all[0])
  })

  test('refuses other content, or another subject, under the same id', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task' })
    const other = await tracker.tasks.create({ title: 'other' })
    const { id } = await tracker.evidence.add(task.id, REPORT)
    const before = await tracker.log.head()
    const error = await refusal<AlreadyExistsError>(tracker.evidence.add(task.id, { ...REPORT, digest: 'x', id }))
    expect(error).toBeInstanceOf(AlreadyExistsError)
    expect(error).toMatchObject({ id, kind: 'evidence' })
    expect(error.message).toContain('says something else')
    expect(await refusal(tracker.evidence.add(other.id, { ...REPORT, id }))).toBeInstanceOf(AlreadyExistsError)
    const taken = task.id as string as EvidenceId
    expect(await refusal(tracker.evidence.add(task.id, { ...REPORT, id: taken }))).toMatchObject({ kind: 'task' })
    expect(await tracker.log.head()).toEqual(before)
  })

  test('refuses what does not exist, and what points at nothing or at two things', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task' })
    const { id: artifact } = await tracker.artifacts.add({ iri: 'urn:a' })
    const missing = newEvidenceId(NAMESPACE)
    const before = await tracker.log.head()
    expect(await refusal(tracker.evidence.add(missing, REPORT))).toBeInstanceOf(NotFoundError)
    expect(await refusal(tracker.evidence.get(task.id as string as EvidenceId))).toBeInstanceOf(NotFoundError)
    const notAnArtifact = task.id as string as typeof artifact
    expect(await refusal(tracker.evidence.add(task.id, { kind: 'a', artifact: notAnArtifact }))).toBeInstanceOf(
      NotFoundError,
    )
    const wrong: unknown[] = [
      { kind: 'a' },
      { ...REPORT, artifact },
      { iri: 'urn:a' },
      { ...REPORT, kind: 'a\nb' },
      { ...REPORT, digest: '' },
      { ...REPORT, more: 1 },
      { ...REPORT, subject: task.id },
    ]
    for (const given of wrong) {
      const error = await refusal(tracker.evidence.add(task.id, given as NewEvidence))
      expect(error, JSON.stringify(given)).toBeInstanceOf(InvalidInputError)
    }
    expect(await tracker.log.head()).toEqual(before)
  })

  test('gives the first result again for the same idempotency key', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task' })
    const first = await tracker.evidence.add(task.id, { ...REPORT, idempotencyKey: 'key' })
    expect(await tracker.evidence.add(task.id, { ...REPORT, idempotencyKey: 'key' })).toEqual(first)
    const other = tracker.evidence.add(task.id, { ...REPORT, kind: 'log', idempotencyKey: 'key' })
    expect(await refusal(other)).toBeInstanceOf(IdempotencyConflictError)
    expect((await tracker.evidence.list()).total).toBe(1)
  })

  test('adds one, however many bring the same at the same time', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task' })
    const added = await Promise.all(Array.from({ length: 20 }, () => tracker.evidence.add(task.id, REPORT)))
    expect(new Set(added.map(({ id }) => id)).size).toBe(1)
    expect((await tracker.evidence.list()).total).toBe(1)
  })
})

describe('a command that is decided twice', () => {
  test('draws no other ids for what it brings', async () => {
    let uuids = 0
    let salts = 0
    let failingAt = Number.POSITIVE_INFINITY
    const opened = await open({
      newUuid: () => `0194a000-0000-7000-8000-${String(++uuids).padStart(12, '0')}`,
      newSalt: () => (++salts === failingAt ? 'too short' : '0'.repeat(32)),
    })
    const ada = await opened.agents.registerHuman({ name: 'Ada' })
    const tracker = opened.as(ada.id)
    const task = await tracker.tasks.create({ title: 'task' })
    const before = uuids
    // The third event of the shared commit fails, so that both commands are carried out again, each by itself.
    failingAt = salts + 3
    const [evidence, decision] = await Promise.all([
      tracker.evidence.add(task.id, REPORT),
      tracker.decisions.record({ title: 'decision', rationale: 'why', evidence: [REPORT] }),
    ])
    expect(salts).toBe(failingAt + 1)
    // Three nodes and three events.
    expect(uuids).toBe(before + 6)
    expect(await tracker.evidence.get(evidence.id)).toEqual(evidence)
    expect(await tracker.decisions.get(decision.id)).toEqual(decision)
  })
})

describe('evidence.list', () => {
  test('tells evidence by subject and kind, in the order in which it was added', async () => {
    const tracker = await open()
    const tasks: TaskId[] = []
    for (const title of ['one', 'two', 'three']) tasks.push((await tracker.tasks.create({ title })).id)
    const added = []
    for (const kind of ['log', 'test_report']) {
      for (const task of tasks)
        added.push(await tracker.evidence.add(task, { kind, iri: 'urn:x', at: '2020-01-01T00:00:00Z' }))
    }
    expect(await all((page) => tracker.evidence.list(page), 2)).toEqual(added)
    const found = await tracker.evidence.list({ subject: [tasks[2]!, tasks[0]!], kind: ['log', 'none'] })
    expect(found).toEqual({ items: [added[0], added[2]], total: 2 })
    expect(await tracker.evidence.list({ subject: [] })).toEqual({ items: [], total: 0 })
  })
})

describe('erasing', () => {
  test('takes where the proof is and what it says, and leaves its kind and what it is about', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task' })
    const evidence = await tracker.evidence.add(task.id, {
      kind: 'test_report',
      iri: 'urn:zq-iri',
      summary: 'zq-summary',
      digest: 'zq-digest',
    })
    const { seq } = await tracker.log.head()
    await tracker.log.redact(seq, { reason: 'private' })
    const { digest: _, ...rest } = evidence
    expect(await tracker.evidence.get(evidence.id)).toEqual({ ...rest, iri: '[redacted]', summary: '' })
    expect(JSON.stringify(await tracker.log.events())).not.toContain('zq-')
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  })
})

describe('any evidence', () => {
  const given = fc.record({
    subject: fc.nat(1),
    kind: fc.constantFrom('a', 'a', 'a', 'b'),
    iri: fc.constantFrom('urn:a', 'urn:a', 'urn:a', 'urn:b'),
    summary: fc.constantFrom(undefined, '', 's'),
    digest: fc.constantFrom(undefined, 'd'),
    id: fc.constantFrom(undefined, 0, 1),
  })

  test('is there once for each content, as a list of what was said tells', async () => {
    let known = 0
    let refused = 0
    await fc.assert(
      fc.asyncProperty(fc.array(given, { minLength: 4, maxLength: 12 }), async (moves) => {
        await inMemory(async (tracker) => {
          const subjects = [
            (await tracker.tasks.create({ title: 'one' })).id,
            (await tracker.tasks.create({ title: 'two' })).id,
          ]
          const ids = [newEvidenceId(NAMESPACE), newEvidenceId(NAMESPACE)]
          const said: { content: string; id: EvidenceId }[] = []
          for (const move of moves) {
            const { subject, id: which, ...fields } = move
            const content = JSON.stringify([
              subject,
              fields.kind,
              fields.iri,
              fields.summary ?? '',
              fields.digest ?? null,
            ])
            const id = which === undefined ? undefined : ids[which]!
            const twin = said.find((one) => one.content === content && (id === undefined || one.id === id))
            const isTaken = twin === undefined && said.some((one) => one.id === id)
            const adding = tracker.evidence.add(subjects[subject]!, {
              kind: fields.kind,
              iri: fields.iri,
              ...(fields.summary !== undefined && { summary: fields.summary }),
              ...(fields.digest !== undefined && { digest: fields.digest }),
              ...(id !== undefined && { id }),
            })
            if (isTaken) {
              refused++
              expect(await refusal(adding)).toBeInstanceOf(AlreadyExistsError)
              continue
            }
            const evidence = await adding
            if (twin === undefined) said.push({ content, id: evidence.id })
            else {
              known++
              expect(evidence.id).toBe(twin.id)
            }
            if (id !== undefined) expect(evidence.id).toBe(id)
          }
          expect((await tracker.evidence.list()).items.map(({ id }) => id)).toEqual(said.map(({ id }) => id))
          expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
        })
      }),
      { numRuns: 60 },
    )
    expect(known).toBeGreaterThan(10)
    expect(refused).toBeGreaterThan(10)
  })
})

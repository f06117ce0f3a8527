import { describe, expect, it } from 'vitest'
import { type NodeId, newActivityId, parseId, type Tracker } from '../src/index.js'
import { all } from './support/answers.js'
import { Graph } from './turtle-graph.js'
import { CLOCK, Clock, fillRecord, newTracker } from './turtle-record.js'
import { turtleOf } from './turtle-tools.js'

type Options = Parameters<typeof turtleOf>[1]

const iri = (node: { readonly id: NodeId } | NodeId) => {
  const { namespace, uuid } = parseId(typeof node === 'string' ? node : node.id)
  return namespace.includes(':') ? `${namespace}#${uuid}` : `urn:uuid:${uuid}`
}

async function exported(tracker: Tracker, options: Options = {}): Promise<Graph> {
  return new Graph(await turtleOf(tracker, options))
}

/** What is said of a node, without the properties whose values the test looks at by themselves. */
function about(graph: Graph, subject: string, ...without: string[]): string[] {
  return graph.about(subject).filter((line) => !without.some((property) => line.startsWith(`${property} `)))
}

/** The submission of an attempt. */
function submissionOf(graph: Graph, attempt: NodeId): string {
  const [submission] = graph
    .instances('pt:Submission')
    .filter((one) => graph.one(one, 'prov:wasGeneratedBy') === iri(attempt))
  return submission!
}

/** The versions of the contract of a task, as the last one tells them. */
function contractsOf(graph: Graph, task: NodeId): string[] {
  const versions: string[] = []
  for (let one = graph.one(iri(task), 'pt:contract'); one !== undefined; one = graph.one(one, 'prov:wasRevisionOf')) {
    versions.unshift(one)
  }
  return versions
}

function revisionsOf(graph: Graph, task: NodeId): string[] {
  return graph
    .instances('pt:TaskRevision')
    .filter((one) => graph.one(one, 'prov:specializationOf') === iri(task))
    .sort((a, b) => Number(graph.one(a, 'pt:revision')) - Number(graph.one(b, 'pt:revision')))
}

describe('an attempt', () => {
  it('is an activity that says how it ended, and why', async () => {
    const tracker = await newTracker()
    const { attempts } = await fillRecord(tracker)
    const graph = await exported(tracker)
    expect(
      attempts.map(({ activity }) => [
        graph.all(iri(activity), 'rdf:type').join(' '),
        graph.one(iri(activity), 'pt:attemptNumber'),
        graph.one(iri(activity), 'pt:endedBy'),
        graph.one(iri(activity), 'pt:reason'),
      ]),
    ).toEqual([
      ['prov:Activity pt:Attempt', '1', 'expired', undefined],
      ['prov:Activity pt:Attempt', '2', 'completed', undefined],
      ['prov:Activity pt:Attempt', '3', 'released', 'Out of budget.'],
      ['prov:Activity pt:Attempt', '4', 'reset', 'It hangs.'],
      ['prov:Activity pt:Attempt', '5', 'completed', undefined],
      ['prov:Activity pt:Attempt', '6', 'completed', undefined],
      ['prov:Activity pt:Attempt', '1', 'closed', undefined],
    ])
  })

  it('whose lease ran out ended when it did, whenever that was found', async () => {
    const tracker = await newTracker()
    const { attempts } = await fillRecord(tracker)
    const graph = await exported(tracker)
    const [{ activity, expiresAt }] = attempts as [(typeof attempts)[number]]
    expect(graph.one(iri(activity), 'prov:endedAtTime')).toBe(expiresAt)
    expect(graph.one(iri(activity), 'pt:leaseUntil')).toBe(expiresAt)
  })

  it('that goes on has a lease and no end', async () => {
    const tracker = await newTracker()
    const task = await tracker.tasks.create({ title: 'x' })
    const { activity, expiresAt, token } = await tracker.claims.claim(task.id)
    const renewed = await tracker.claims.renew(token)
    const graph = await exported(tracker)
    expect(renewed.expiresAt > expiresAt).toBe(true)
    expect(graph.one(iri(activity), 'pt:leaseUntil')).toBe(renewed.expiresAt)
    for (const property of ['pt:endedBy', 'prov:endedAtTime', 'pt:reason']) {
      expect(graph.all(iri(activity), property)).toEqual([])
    }
  })

  it('was informed by the one before', async () => {
    const tracker = await newTracker()
    const { attempts } = await fillRecord(tracker)
    const graph = await exported(tracker)
    const chain = attempts.slice(0, 6).map(({ activity }) => graph.all(iri(activity), 'prov:wasInformedBy'))
    expect(chain).toEqual([[], ...attempts.slice(0, 5).map(({ activity }) => [iri(activity)])])
  })

  it('has its task as a plan, and the contract that it was judged by, or found', async () => {
    const tracker = await newTracker()
    const { attempts, limits, bot, forced } = await fillRecord(tracker)
    const graph = await exported(tracker)
    const plansOf = (attempt: NodeId) =>
      graph
        .all(iri(attempt), 'prov:qualifiedAssociation')
        .map((association) => {
          expect(graph.all(association, 'prov:hadRole').length).toBeLessThan(2)
          return graph.one(association, 'prov:hadPlan')!
        })
        .sort()
    const [first, second] = contractsOf(graph, limits.id)
    const expected = [first, first, second, second, second, second].map((contract) => [iri(limits), contract].sort())
    expect(attempts.slice(0, 6).map(({ activity }) => plansOf(activity))).toEqual(expected)
    expect(plansOf(attempts[6]!.activity)).toEqual([iri(forced), ...contractsOf(graph, forced.id)].sort())
    expect(graph.all(iri(attempts[0]!.activity), 'prov:wasAssociatedWith')).toEqual([iri(bot)])
  })

  it('has the contract that its submission was judged by, where that was revised meanwhile', async () => {
    const tracker = await newTracker()
    const task = await tracker.tasks.create({ title: 'x', contract: { criteria: [] } })
    const { token, activity } = await tracker.claims.claim(task.id)
    await tracker.contracts.revise(task.id, { criteria: [], requiredEvidence: ['log'] }, { reason: 'To be sure.' })
    const plans = (graph: Graph) =>
      graph
        .all(iri(activity), 'prov:qualifiedAssociation')
        .map((association) => graph.one(graph.one(association, 'prov:hadPlan')!, 'pt:version'))
        .filter((version) => version !== undefined)
    expect(plans(await exported(tracker))).toEqual(['1'])
    await tracker.claims.complete(token, { outcome: 'done', evidence: [{ kind: 'log', iri: 'urn:log' }] })
    expect(plans(await exported(tracker))).toEqual(['2'])
  })
})

describe('a submission', () => {
  it('is an entity that the attempt generated, with what it says and what it names', async () => {
    const tracker = await newTracker()
    const { attempts, bot, ada } = await fillRecord(tracker)
    const graph = await exported(tracker)
    const { activity } = attempts[4]!
    const submission = submissionOf(graph, activity)
    const endedAt = graph.one(iri(activity), 'prov:endedAtTime')
    expect(about(graph, submission, 'pt:criterionResult', 'dcterms:hasPart', 'pt:evidence')).toEqual([
      'rdf:type prov:Entity',
      'rdf:type pt:Submission',
      'pt:outcome done',
      'dcterms:description A limiter.',
      'pt:output {"limit":10,"unit":"s"}',
      `prov:generatedAtTime ${endedAt}`,
      `prov:qualifiedGeneration ${graph.one(submission, 'prov:qualifiedGeneration')}`,
      `prov:wasAttributedTo ${iri(bot)}`,
      `prov:wasGeneratedBy ${iri(activity)}`,
    ])
    expect(graph.about(graph.one(submission, 'prov:qualifiedGeneration')!)).toEqual([
      'rdf:type prov:Generation',
      `prov:activity ${iri(activity)}`,
      `prov:atTime ${endedAt}`,
    ])
    const parts = graph.all(submission, 'dcterms:hasPart')
    expect(parts.map((part) => graph.one(part, 'pt:iri') ?? graph.one(part, 'dcterms:title')).sort()).toEqual([
      'Ten a second',
      'urn:limiter',
    ])
    for (const part of parts) expect(graph.one(part, 'prov:wasGeneratedBy')).toBe(iri(activity))
    expect(graph.all(submission, 'pt:evidence').map((one) => graph.one(one, 'pt:iri'))).toEqual(['urn:log:1'])
    const results = graph
      .all(submission, 'pt:criterionResult')
      .map((result) => [
        graph.one(graph.one(result, 'pt:criterion')!, 'dcterms:identifier'),
        graph.one(result, 'pt:result'),
        graph.all(result, 'pt:evidence').map((one) => graph.one(one, 'pt:iri')),
        graph.one(result, 'pt:waivedBy'),
        graph.one(result, 'pt:reason'),
      ])
    expect(results.sort()).toEqual([
      ['fast', 'met', ['urn:test:1'], undefined, undefined],
      ['pretty', 'not_met', [], undefined, undefined],
      ['safe', 'waived', [], iri(ada), 'The review shows it.'],
    ])
  })

  it('of work that failed says why', async () => {
    const tracker = await newTracker()
    const { attempts } = await fillRecord(tracker)
    const graph = await exported(tracker)
    const submission = submissionOf(graph, attempts[1]!.activity)
    expect(graph.one(submission, 'pt:outcome')).toBe('failed')
    expect(graph.one(submission, 'pt:stopReason')).toBe('environment_broken')
    expect(graph.one(submission, 'pt:stopText')).toBe('No network.')
    expect(graph.one(iri(attempts[1]!.activity), 'pt:failure')).toBe('environment broken: No network.')
  })

  it('is there for attempts that were completed, and for no other', async () => {
    const tracker = await newTracker()
    const { attempts } = await fillRecord(tracker)
    const graph = await exported(tracker)
    expect(attempts.map(({ activity }) => submissionOf(graph, activity) !== undefined)).toEqual([
      false,
      true,
      false,
      false,
      true,
      true,
      false,
    ])
  })
})

describe('a review', () => {
  it('is an activity that used the submission', async () => {
    const tracker = await newTracker()
    const { changes, approval, attempts, ada } = await fillRecord(tracker)
    const graph = await exported(tracker)
    for (const [{ review }, attempt, verdict] of [
      [changes, attempts[4]!, 'request_changes'],
      [approval, attempts[5]!, 'approve'],
    ] as const) {
      expect(graph.all(iri(review), 'rdf:type')).toEqual(['prov:Activity', 'pt:Review'])
      expect(graph.one(iri(review), 'pt:verdict')).toBe(verdict)
      expect(graph.one(iri(review), 'prov:wasAssociatedWith')).toBe(iri(ada))
      expect(graph.one(iri(review), 'prov:wasInformedBy')).toBe(iri(attempt.activity))
      const submission = submissionOf(graph, attempt.activity)
      expect(graph.one(iri(review), 'prov:used')).toBe(submission)
      expect(graph.about(graph.one(iri(review), 'prov:qualifiedUsage')!)).toEqual([
        'rdf:type prov:Usage',
        `prov:entity ${submission}`,
        `prov:atTime ${review.createdAt}`,
        'prov:hadRole role:review-subject',
      ])
    }
    expect(graph.one(iri(changes.review), 'dcterms:description')).toBe('Say what it counts.')
    expect(graph.all(iri(approval.review), 'pt:evidence').map((one) => graph.one(one, 'pt:kind'))).toEqual([
      'screenshot',
    ])
  })
})

describe('a contract', () => {
  it('is a plan in every version, each a revision of the one before', async () => {
    const tracker = await newTracker()
    const { limits, ada, report } = await fillRecord(tracker)
    const graph = await exported(tracker)
    const [first, second, ...others] = contractsOf(graph, limits.id) as [string, string]
    expect(others).toEqual([])
    const revisedAt = graph.one(second, 'prov:generatedAtTime')
    expect(about(graph, second, 'pt:criterion', 'prov:qualifiedRevision')).toEqual([
      'rdf:type prov:Entity',
      'rdf:type prov:Plan',
      'rdf:type pt:Contract',
      'pt:version 2',
      'pt:reason It guards the whole shop.',
      'pt:outputSchema {"required":["limit"],"type":"object"}',
      'pt:requiresEvidence test_report',
      'pt:completionPolicy quorum',
      'pt:quorum 2',
      'pt:retry {"backoffMs":1,"maxAttempts":9}',
      `prov:generatedAtTime ${revisedAt}`,
      `dcterms:replaces ${first}`,
      `prov:wasAttributedTo ${iri(ada)}`,
      `prov:wasDerivedFrom ${first}`,
      `prov:wasRevisionOf ${first}`,
      `pt:evidence ${iri(report)}`,
    ])
    expect(graph.about(graph.one(second, 'prov:qualifiedRevision')!)).toEqual([
      'rdf:type prov:Revision',
      `prov:entity ${first}`,
      `dcterms:created ${revisedAt}`,
    ])
    expect(graph.one(first, 'prov:generatedAtTime')).toBe(limits.createdAt)
    expect(graph.one(first, 'prov:invalidatedAtTime')).toBe(revisedAt)
    expect(graph.one(first, 'dcterms:isReplacedBy')).toBe(second)
    expect(graph.about(graph.one(first, 'prov:qualifiedInvalidation')!)).toEqual([
      'rdf:type prov:Invalidation',
      `prov:atTime ${revisedAt}`,
      'prov:hadRole role:superseded',
    ])
  })

  it('has its criteria, told apart by version', async () => {
    const tracker = await newTracker()
    const { limits } = await fillRecord(tracker)
    const graph = await exported(tracker)
    const criteria = contractsOf(graph, limits.id).map((contract) => graph.all(contract, 'pt:criterion'))
    expect(new Set(criteria.flat()).size).toBe(6)
    const told = criteria[0]!.map((criterion) => about(graph, criterion, 'rdf:type'))
    expect(told.sort((a, b) => (a[0]! < b[0]! ? -1 : 1))).toEqual([
      [
        'dcterms:identifier fast',
        'dcterms:description It answers within 10 ms.',
        'pt:obligation required',
        'pt:verification measure',
      ],
      ['dcterms:identifier pretty', 'dcterms:description Its code is short.', 'pt:obligation optional'],
      [
        'dcterms:identifier safe',
        'dcterms:description Nobody gets round it.',
        'pt:obligation required',
        'pt:verification review',
      ],
    ])
  })

  it('says in full what made it, and what took its place', async () => {
    const tracker = await newTracker()
    const work = await tracker.activities.start()
    const task = await tracker.tasks.create({ title: 'x', contract: { criteria: [] } })
    await tracker
      .within(work.id)
      .contracts.revise(task.id, { criteria: [], requiredEvidence: ['a'] }, { reason: 'So.' })
    const graph = await exported(tracker, { detail: 'full' })
    const [first, second] = contractsOf(graph, task.id) as [string, string]
    expect(graph.all(graph.one(first, 'prov:wasGeneratedBy')!, 'rdf:type')).toContain('pt:Transaction')
    expect(graph.one(second, 'prov:wasGeneratedBy')).toBe(iri(work))
    expect(graph.one(first, 'prov:wasInvalidatedBy')).toBe(iri(work))
    expect(graph.one(graph.one(second, 'prov:qualifiedRevision')!, 'prov:hadActivity')).toBe(iri(work))
    expect(graph.one(graph.one(first, 'prov:qualifiedInvalidation')!, 'prov:activity')).toBe(iri(work))
    expect(revisionsOf(graph, task.id).map((revision) => graph.one(revision, 'pt:contract'))).toEqual([first, second])
  })

  it('that was revised at an earlier time is replaced without a time', async () => {
    const tracker = await newTracker()
    const task = await tracker.tasks.create({ title: 'x', contract: { criteria: [] } })
    const at = new Date(CLOCK - 60_000).toISOString()
    await tracker.contracts.revise(task.id, { criteria: [], requiredEvidence: ['a'] }, { reason: 'So.', at })
    const graph = await exported(tracker)
    const [first, second] = contractsOf(graph, task.id) as [string, string]
    expect(graph.one(second, 'prov:generatedAtTime')).toBe(at)
    expect(graph.all(first, 'prov:invalidatedAtTime')).toEqual([])
    expect(graph.all(graph.one(first, 'prov:qualifiedInvalidation')!, 'prov:atTime')).toEqual([])
  })
})

describe('a decision or learning', () => {
  it('is an entity with its reasons, valid from a time of its own', async () => {
    const tracker = await newTracker()
    const { bucket, window, lesson, limits, ada } = await fillRecord(tracker)
    const graph = await exported(tracker)
    expect(about(graph, iri(bucket), 'prov:qualifiedInvalidation')).toEqual([
      'rdf:type prov:Entity',
      'rdf:type pt:Decision',
      `dcterms:identifier ${bucket.id}`,
      'dcterms:title A token bucket',
      'pt:rationale It allows bursts.',
      'pt:alternative A sliding window',
      'pt:alternative None',
      'pt:validFrom 2026-01-01T00:00:00.000Z',
      `prov:generatedAtTime ${bucket.createdAt}`,
      `prov:invalidatedAtTime ${window.validFrom}`,
      `dcterms:isReplacedBy ${iri(window)}`,
      `prov:wasAttributedTo ${iri(ada)}`,
      `pt:attachedTo ${iri(limits)}`,
    ])
    expect(graph.one(iri(window), 'prov:wasRevisionOf')).toBe(iri(bucket))
    expect(graph.all(iri(lesson), 'rdf:type')).toEqual(['prov:Entity', 'pt:Learning'])
    expect(graph.all(iri(lesson), 'pt:attachedTo')).toEqual([])
  })

  it.each([
    ['later', '2026-03-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    ['before it was recorded', '2025-12-24T00:00:00.000Z', undefined],
  ])('ends when what supersedes it becomes valid: %s', async (_, validFrom, endsAt) => {
    const tracker = await newTracker()
    const old = await tracker.learnings.record({
      title: 'Old',
      rationale: 'So.',
      validFrom: '2025-12-01T00:00:00.000Z',
    })
    const next = await tracker.learnings.supersede(old.id, { title: 'New', rationale: 'So.', validFrom })
    for (const detail of ['summary', 'full'] as const) {
      const graph = await exported(tracker, { detail })
      expect(graph.one(iri(old), 'prov:invalidatedAtTime')).toBe(endsAt)
      expect(graph.one(graph.one(iri(old), 'prov:qualifiedInvalidation')!, 'prov:atTime')).toBe(endsAt)
      expect(graph.one(iri(next), 'pt:validFrom')).toBe(validFrom)
    }
  })

  it('says in full what it was recorded by, unless an attempt brought it', async () => {
    const tracker = await newTracker()
    const { bucket, attempts, ada, report } = await fillRecord(tracker)
    const graph = await exported(tracker, { detail: 'full' })
    for (const node of [bucket, report]) {
      const maker = graph.one(iri(node), 'prov:wasGeneratedBy')!
      expect(graph.all(maker, 'rdf:type')).toEqual(['prov:Activity', 'pt:Transaction'])
      expect(graph.one(maker, 'prov:wasAssociatedWith')).toBe(iri(ada))
      expect(graph.one(graph.one(iri(node), 'prov:qualifiedGeneration')!, 'prov:atTime')).toBe(node.createdAt)
    }
    const [learned] = graph.all(submissionOf(graph, attempts[1]!.activity), 'dcterms:hasPart')
    expect(graph.all(learned!, 'prov:wasGeneratedBy')).toEqual([iri(attempts[1]!.activity)])
  })
})

describe('evidence', () => {
  it('names its subject, and points at an IRI or an artifact', async () => {
    const tracker = await newTracker()
    const { report, limits, bucket, patch, ada } = await fillRecord(tracker)
    const graph = await exported(tracker)
    expect(graph.about(iri(report))).toEqual([
      'rdf:type prov:Entity',
      'rdf:type pt:Evidence',
      `dcterms:identifier ${report.id}`,
      'pt:kind incident',
      'pt:iri https://example.org/incident/1',
      'dcterms:description A flood.',
      `prov:generatedAtTime ${report.createdAt}`,
      `prov:wasAttributedTo ${iri(ada)}`,
      `pt:evidenceFor ${iri(limits)}`,
    ])
    const [benchmark] = bucket.evidence
    expect(graph.one(iri(benchmark!), 'pt:evidenceFor')).toBe(iri(bucket))
    expect(graph.one(iri(benchmark!), 'pt:pointsAt')).toBe(iri(patch))
    expect(graph.one(iri(benchmark!), 'pt:digest')).toBe('sha256:11')
  })
})

describe('a task', () => {
  it('says when it may start and is due, and what it asks of those who claim it', async () => {
    const tracker = await newTracker()
    const task = await tracker.tasks.create({
      title: 'x',
      notBefore: '2026-02-01T00:00:00.000Z',
      snoozedUntil: '2026-02-02T00:00:00.000Z',
      dueAt: '2026-02-03T00:00:00.000Z',
      requires: { role: 'worker', capabilities: ['sql', 'css'] },
    })
    const summary = await exported(tracker)
    expect(summary.one(iri(task), 'pt:notBefore')).toBe('2026-02-01T00:00:00.000Z')
    expect(summary.one(iri(task), 'pt:snoozedUntil')).toBe('2026-02-02T00:00:00.000Z')
    const full = await exported(tracker, { detail: 'full' })
    expect(full.all(iri(task), 'pt:notBefore')).toEqual([])
    const [revision] = revisionsOf(full, task.id)
    expect(full.one(revision!, 'pt:notBefore')).toBe('2026-02-01T00:00:00.000Z')
    for (const [graph, subject] of [
      [summary, iri(task)],
      [full, iri(task)],
      [full, revision!],
    ] as const) {
      expect(graph.one(subject, 'pt:dueAt')).toBe('2026-02-03T00:00:00.000Z')
      expect(graph.one(subject, 'pt:requiresRole')).toBe('role:worker')
      expect(graph.all(subject, 'pt:requiresCapability')).toEqual(['css', 'sql'])
    }
  })

  it('that was forced says why, for as long as it stands so', async () => {
    const tracker = await newTracker()
    const { forced } = await fillRecord(tracker)
    expect((await exported(tracker)).one(iri(forced), 'pt:forced')).toBe('The auditor has left.')
    await tracker.tasks.reopen(forced.id, { reason: 'There is a new one.' })
    expect((await exported(tracker)).all(iri(forced), 'pt:forced')).toEqual([])
    const full = await exported(tracker, { detail: 'full' })
    const [closed, reopened] = revisionsOf(full, forced.id).slice(-2) as [string, string]
    expect(full.one(closed, 'pt:forced')).toBe('The auditor has left.')
    expect(full.all(reopened, 'pt:changed')).toContain('forced')
    expect(full.one(reopened, 'pt:reason')).toBe('There is a new one.')
  })

  it('that moves on after it was forced says so as a change, though the command did not name it', async () => {
    const tracker = await newTracker()
    const task = await tracker.tasks.create({ title: 'x', contract: { criteria: [], completionPolicy: 'review' } })
    await tracker.tasks.update(task.id, { status: 'in_review' }, { force: true, reason: 'Now.' })
    await tracker.tasks.update(task.id, { status: 'open' })
    const full = await exported(tracker, { detail: 'full' })
    const revisions = revisionsOf(full, task.id).slice(1)
    expect(revisions.map((one) => full.one(one, 'pt:forced'))).toEqual(['Now.', undefined])
    expect(revisions.map((one) => full.all(one, 'pt:changed'))).toEqual(Array(2).fill(['forced', 'status']))
  })

  it('has revisions that its attempts and reviews made, and that whoever took a claim away did', async () => {
    const tracker = await newTracker()
    const { limits, attempts, changes, ada, bot } = await fillRecord(tracker)
    const graph = await exported(tracker, { detail: 'full' })
    const story = revisionsOf(graph, limits.id).map((revision) => {
      const maker = graph.one(revision, 'prov:wasGeneratedBy')!
      const index = attempts.findIndex(({ activity }) => iri(activity) === maker)
      const isReview = graph.all(maker, 'rdf:type').includes('pt:Review')
      return [
        graph.one(revision, 'pt:status'),
        index >= 0 ? `attempt ${index + 1}` : isReview ? 'review' : 'transaction',
        graph.one(revision, 'prov:wasAttributedTo') === iri(bot) ? 'bot' : 'human',
      ].join(', ')
    })
    expect(story).toEqual([
      'open, transaction, human',
      'in_progress, attempt 1, bot',
      'open, transaction, bot',
      'in_progress, attempt 2, bot',
      'open, attempt 2, bot',
      'open, transaction, human',
      'in_progress, attempt 3, bot',
      'open, attempt 3, bot',
      'in_progress, attempt 4, bot',
      'open, transaction, human',
      'in_progress, attempt 5, bot',
      'in_review, attempt 5, bot',
      'open, review, human',
      'in_progress, attempt 6, bot',
      'in_review, attempt 6, bot',
      'closed, review, human',
    ])
    const byReview = revisionsOf(graph, limits.id).find(
      (revision) => graph.one(revision, 'prov:wasGeneratedBy') === iri(changes.review),
    )!
    expect(graph.one(byReview, 'prov:wasAttributedTo')).toBe(iri(ada))
    for (const revision of revisionsOf(graph, limits.id)) {
      const generation = graph.one(revision, 'prov:qualifiedGeneration')!
      expect(graph.one(generation, 'prov:activity')).toBe(graph.one(revision, 'prov:wasGeneratedBy'))
      expect(graph.one(generation, 'prov:atTime')).toBe(graph.one(revision, 'prov:generatedAtTime'))
    }
  })

  it('says in full why its plan was changed, and on what evidence', async () => {
    const tracker = await newTracker()
    const { forced, report, window, attempts } = await fillRecord(tracker)
    const graph = await exported(tracker, { detail: 'full' })
    const changes = revisionsOf(graph, forced.id).filter((one) => graph.all(one, 'pt:changed').includes('blockedBy'))
    expect(changes.map((one) => graph.one(one, 'pt:reason'))).toEqual(['It reads the table.', 'It does not.'])
    expect(changes.map((one) => graph.all(one, 'pt:evidence'))).toEqual([[iri(report)], []])
    const usages = graph.all(iri(attempts[4]!.activity), 'prov:qualifiedUsage')
    const usage = usages.find((one) => graph.one(one, 'prov:entity') === iri(window))!
    expect(graph.one(usage, 'pt:reason')).toBe('It says how.')
  })
})

describe.each(['summary', 'full'] as const)('in detail %s', (detail) => {
  it('a scope describes submissions, contracts and criteria that lie outside of it by type and label', async () => {
    const tracker = await newTracker({ namespace: 'shop' })
    const contract = {
      criteria: [{ id: 'works', text: 'It works.', required: true }],
      completionPolicy: 'review',
    } as const
    const task = await tracker.tasks.create({ title: 'x', namespace: 'plans', contract })
    const [ada, ben] = [
      await tracker.agents.registerHuman({ name: 'Ada' }),
      await tracker.agents.registerHuman({ name: 'Ben' }),
    ]
    const { token, activity } = await tracker.as(ada.id).claims.claim(task.id)
    await tracker.as(ada.id).claims.complete(token, { outcome: 'done', criteria: [{ id: 'works', status: 'met' }] })
    const id = newActivityId('shop')
    await tracker.as(ben.id).reviews.record(task.id, { verdict: 'approve', id })
    const graph = await exported(tracker, { detail, namespace: 'shop' })
    expect(graph.undescribed()).toEqual([])
    const submission = graph.one(iri(id), 'prov:used')!
    expect(graph.about(submission)).toEqual(['rdf:type prov:Entity', 'rdf:type pt:Submission', 'rdfs:label Submission'])
    const other = await exported(tracker, { detail, scope: { lineageOf: activity, depth: 0 } })
    expect(other.undescribed()).toEqual([])
    const [stranger] = other.instances('pt:Contract')
    expect(other.about(stranger!)).toEqual([
      'rdf:type prov:Entity',
      'rdf:type prov:Plan',
      'rdf:type pt:Contract',
      'rdfs:label Contract 1',
    ])
    expect(other.instances('pt:Criterion').map((one) => other.about(one).at(-1))).toEqual(['rdfs:label works'])
  })

  it('what was erased is not there, and what was not stays', async () => {
    const tracker = await newTracker()
    const { attempts, limits, bucket, report, forced } = await fillRecord(tracker)
    const before = await exported(tracker, { detail })
    const events = await all((page) => tracker.log.events(page))
    for (const { seq, type } of events) {
      if (/^(claim|contract|review|decision|learning|evidence|relation|task)\./.test(type)) {
        await tracker.log.redact(seq, { reason: 'Secret.' })
      }
    }
    const text = await turtleOf(tracker, { detail })
    for (const secret of [
      'No network',
      'Could not measure',
      'A limiter',
      '"limit\\":10',
      'The review shows it',
      'Say what it counts',
      'Out of budget',
      'It hangs',
      'It guards the whole shop',
      'It answers within',
      'A token bucket',
      'It allows bursts',
      'A sliding window',
      'A flood',
      'incident/1',
      'It reads the table',
      'It says how',
      'The auditor has left',
    ]) {
      expect(text).not.toContain(secret)
    }
    const graph = new Graph(text)
    expect(graph.undescribed()).toEqual([])
    for (const type of [
      'pt:Attempt',
      'pt:Submission',
      'pt:Review',
      'pt:Contract',
      'pt:Criterion',
      'pt:Decision',
      'pt:Evidence',
    ]) {
      expect(graph.instances(type)).toEqual(before.instances(type))
    }
    for (const property of ['dcterms:hasPart', 'pt:evidence', 'pt:criterionResult']) {
      const submission = submissionOf(graph, attempts[4]!.activity)
      expect(graph.all(submission, property)).toEqual(before.all(submission, property))
    }
    expect(graph.one(iri(bucket), 'dcterms:title')).toBe('[redacted]')
    expect(graph.one(iri(report), 'pt:kind')).toBe('incident')
    expect(contractsOf(graph, limits.id)).toHaveLength(2)
    if (detail === 'summary') expect(graph.one(iri(forced), 'pt:forced')).toBe('[redacted]')
  })

  it('a rebuilt record gives the same bytes', async () => {
    const clock = new Clock()
    const tracker = await newTracker(clock)
    await fillRecord(tracker)
    clock.stop()
    const text = await turtleOf(tracker, { detail })
    await tracker.log.rebuild()
    expect(await turtleOf(tracker, { detail })).toBe(text)
  })
})

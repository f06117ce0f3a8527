import { createPrivateKey } from 'node:crypto'
import {
  type AgentId,
  deterministicId,
  type EventType,
  type OpenOptions,
  type Submission,
  type TaskId,
  type Tracker,
} from '../../src/index.js'

/** How a file is opened that `fillRecord` fills: with words of its own, so that its log says so. */
export const RICH_OPTIONS = {
  namespace: 'https://example.org/rich',
  vocabulary: { phases: ['plan', 'do', 'check'] },
} satisfies Partial<OpenOptions>

/** A clock that never stands still, so that two runs write the same. */
export function steadyClock(): () => number {
  let time = Date.parse('2026-01-05T09:00:00.000Z')
  return () => time++
}

/** Nodes of a record that `fillRecord` has filled. */
export type RichRecord = Awaited<ReturnType<typeof fillRecord>>

/**
 * Fills a record with every type of event, some of them within an activity, at least one row in every table and every kind of relation.
 *
 * Every free text is `mark(field)`: no two are the same, and none of them stands anywhere else.
 */
export async function fillRecord(tracker: Tracker, mark: (field: string) => string = (field) => `the ${field}`) {
  const ada = await tracker.agents.registerHuman({ name: mark('human name'), contact: mark('human contact') })
  const bot = await tracker.agents.registerMl({
    role: 'worker',
    provider: 'anthropic',
    model: 'claude-opus-4-6',
    name: mark('ml name'),
    version: mark('ml version'),
    parameters: { prompt: mark('ml parameters') },
  })
  const tool = await tracker.agents.registerSoftware({
    name: mark('software name'),
    version: mark('software version'),
    source: `https://example.org/${mark('software source')}`,
  })
  const team = await tracker.agents.registerOrganization({
    name: mark('organization name'),
    url: `https://example.org/${mark('organization url')}`,
  })
  const t = tracker.as(ada.id)
  const epic = await t.tasks.create({ title: mark('epic title'), type: 'epic', phase: 'plan' })
  const blocker = await t.tasks.create({ title: mark('blocker title') })
  const activity = await t.activities.start({
    agent: bot.id,
    task: blocker.id,
    notes: mark('start notes'),
    used: [epic.id],
  })
  const within = t.within(activity.id)
  const artifact = await within.artifacts.add({
    iri: `https://example.org/${mark('artifact iri')}`,
    kind: 'commit',
    label: mark('artifact label'),
    mediaType: 'text/plain',
    digest: mark('artifact digest'),
    generatedBy: activity.id,
    attributedTo: bot.id,
  })
  const task = await t.tasks.create({
    title: mark('task title'),
    description: mark('task description'),
    notes: mark('task notes'),
    type: 'feature',
    priority: 'high',
    phase: 'do',
    owner: ada.id,
    labels: [mark('task label'), mark('other task label')],
    parent: epic.id,
    blockedBy: [{ task: blocker.id, gate: 'completed' }],
    externalRefs: [{ system: 'tracker', id: mark('ref id'), url: `https://example.org/${mark('ref url')}` }],
    generatedBy: activity.id,
    derivedFrom: [artifact.id],
  })
  const other = await t.tasks.create({
    id: deterministicId<TaskId>(tracker.namespace, 'other'),
    title: mark('other title'),
  })
  const twin = await t.tasks.create({ title: mark('twin title') })
  await t.tasks.update(other.id, {
    title: mark('updated title'),
    description: mark('updated description'),
    notes: mark('updated notes'),
    priority: 'critical',
    owner: bot.id,
    labels: [mark('updated label')],
    externalRefs: [
      { system: 'tracker', id: mark('updated ref id'), url: `https://example.org/${mark('updated ref url')}` },
    ],
    parent: epic.id,
  })
  await t.tasks.update(other.id, { owner: null, parent: null })
  await t.tasks.update(task.id, { status: 'in_progress' }, { idempotencyKey: 'key-1' })
  await t.tasks.addLabel(task.id, mark('added label'))
  await t.tasks.addLabel(task.id, mark('removed label'))
  await t.tasks.removeLabel(task.id, mark('removed label'))
  await t.tasks.hold(task.id, { reason: mark('hold reason') })
  await t.tasks.unhold(task.id)
  await t.tasks.hold(other.id, { reason: mark('lasting hold reason') })
  await t.tasks.close(twin.id, { reason: mark('early close reason'), outcome: 'cancelled' })
  await t.tasks.reopen(twin.id, { reason: mark('reopen reason') })
  await t.tasks.close(blocker.id, { reason: mark('close reason'), outcome: 'failed', at: '2026-01-04T08:00:00Z' })
  const comment = await within.tasks.addComment(task.id, { body: mark('comment body'), author: bot.id })
  await t.relations.add(twin.id, 'duplicate_of', task.id)
  await t.relations.add(other.id, 'related', task.id)
  await t.relations.remove(other.id, 'related', task.id)
  await within.relations.add(other.id, 'discovered_from', task.id)
  await t.relations.add(epic.id, 'supersedes', other.id)
  await t.relations.add(other.id, 'blocked_by', twin.id)
  await t.agents.delegate(bot.id, ada.id, { activity: activity.id })
  await t.agents.delegate(ada.id, team.id)
  const next = await t.activities.start({ informedBy: [activity.id], phase: 'check', notes: mark('next notes') })
  await t.activities.end(activity.id, {
    notes: mark('end notes'),
    failed: mark('failure'),
    generated: [comment.id],
    idempotencyKey: 'key-2',
  })
  await t.transaction(async (inner) => {
    await inner.tasks.addLabel(epic.id, mark('epic label'))
    await inner.tasks.update(epic.id, { priority: 'low' })
  })
  const coordinated = await coordinate(tracker, { ada: ada.id, bot: bot.id }, mark)
  await t.log.redact((await t.log.head()).seq, { reason: mark('redaction reason') })
  await t.log.seal({ privateKey: SEAL_KEY })
  return { ada, bot, tool, team, epic, blocker, task, other, twin, activity, next, artifact, comment, ...coordinated }
}

/** An Ed25519 key from a seed of zeros (RFC 8410, section 7), so that two runs write the same. */
const SEAL_KEY = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32)]),
  format: 'der',
  type: 'pkcs8',
})

/** Claims that end in every way, submissions, reviews, contracts, decisions and what proves them. */
async function coordinate(
  tracker: Tracker,
  { ada, bot }: { readonly ada: AgentId; readonly bot: AgentId },
  mark: (field: string) => string,
) {
  const t = tracker.as(ada)
  const bots = tracker.as(bot)
  const proof = (field: string) => ({
    kind: 'report',
    iri: `https://example.org/${mark(`${field} iri`)}`,
    summary: mark(`${field} summary`),
    digest: mark(`${field} digest`),
  })
  await t.agents.setCapabilities(bot, ['typescript'])
  const contracted = await t.tasks.create({
    title: mark('contracted title'),
    notBefore: '2026-01-05T08:00:00Z',
    snoozedUntil: '2026-01-05T08:30:00Z',
    dueAt: '2026-02-01T00:00:00Z',
    requires: { role: 'worker', capabilities: ['typescript'] },
    contract: {
      criteria: [
        { id: 'works', text: mark('criterion text'), required: true, verification: 'test' },
        { id: 'pretty', text: mark('waived criterion text'), required: true },
      ],
      outputSchema: { type: 'object', description: mark('schema description') },
      requiredEvidence: ['report'],
      completionPolicy: 'review',
      retry: { maxAttempts: 5, backoffMs: 1, multiplier: 2 },
    },
  })
  const evidence = await t.evidence.add(contracted.id, proof('evidence'))
  await t.contracts.revise(
    contracted.id,
    { ...contracted.contract!, requiredEvidence: ['report', 'measurement'] },
    { reason: mark('contract reason'), evidence: [evidence.id] },
  )
  const claim = () => bots.claims.claim(contracted.id, { ttlMs: 600_000 })
  const released = await claim()
  await bots.claims.renew(released.token, { ttlMs: 700_000 })
  await bots.claims.release(released.token, { reason: mark('release reason') })
  await claim()
  await t.claims.reset(contracted.id, { reason: mark('reset reason') })
  const failed = await claim()
  await bots.claims.complete(failed.token, {
    outcome: 'failed',
    summary: mark('failed summary'),
    stopReason: { reason: 'other', text: mark('stop text') },
  })
  await t.tasks.update(contracted.id, { notBefore: null })
  // The clock has moved on when the lease is looked at.
  await bots.claims.claim(contracted.id, { ttlMs: 1 })
  await t.tasks.addLabel(contracted.id, mark('late label'))
  const submission = (name: string): Submission => ({
    outcome: 'done',
    summary: mark(`${name} summary`),
    output: { answer: mark(`${name} output`) },
    criteria: [
      { id: 'works', status: 'met', evidence: [proof(`${name} criterion`)] },
      { id: 'pretty', status: 'waived', waiver: { reason: mark(`${name} waiver`), by: ada } },
    ],
    evidence: [{ ...proof(`${name} measurement`), kind: 'measurement' }],
    artifacts: [{ iri: `https://example.org/${mark(`${name} product`)}`, label: mark(`${name} product label`) }],
    decisions: [
      {
        title: mark(`${name} decision title`),
        rationale: mark(`${name} decision rationale`),
        alternatives: [mark(`${name} decision alternative`)],
        evidence: [proof(`${name} decision evidence`)],
      },
    ],
    learnings: [{ title: mark(`${name} learning title`), rationale: mark(`${name} learning rationale`) }],
  })
  const first = await claim()
  await bots.claims.complete(first.token, submission('first'))
  await t.reviews.record(contracted.id, {
    verdict: 'request_changes',
    comment: mark('review comment'),
    evidence: [proof('review evidence')],
  })
  const second = await claim()
  await bots.claims.complete(second.token, submission('second'))
  const { review } = await t.reviews.record(contracted.id, { verdict: 'approve', comment: mark('approval comment') })
  const decision = await t.decisions.record({
    title: mark('decision title'),
    rationale: mark('decision rationale'),
    alternatives: [mark('decision alternative')],
  })
  const successor = await t.decisions.supersede(decision.id, {
    title: mark('successor title'),
    rationale: mark('successor rationale'),
  })
  const learning = await t.learnings.record({
    title: mark('learning title'),
    rationale: mark('learning rationale'),
    attachTo: contracted.id,
  })
  const claimed = await t.tasks.create({ title: mark('claimed title') })
  await bots.claims.claim(claimed.id)
  await t.tasks.close(claimed.id, { outcome: 'cancelled', force: true, reason: mark('force reason') })
  await t.relations.add(claimed.id, 'related', contracted.id, { reason: mark('relation reason') })
  return { contracted, evidence, decision, successor, learning, review, claimed }
}

/** Every type of event that there is. */
export const EVENT_TYPES: readonly EventType[] = [
  'activity.ended',
  'activity.started',
  'agent.registered',
  'agent.updated',
  'artifact.added',
  'claim.acquired',
  'claim.completed',
  'claim.expired',
  'claim.released',
  'claim.renewed',
  'claim.reset',
  'comment.added',
  'contract.revised',
  'decision.recorded',
  'evidence.added',
  'label.added',
  'label.removed',
  'learning.recorded',
  'log.redacted',
  'log.sealed',
  'relation.added',
  'relation.removed',
  'review.recorded',
  'task.closed',
  'task.created',
  'task.held',
  'task.reopened',
  'task.unheld',
  'task.updated',
  'vocabulary.defined',
]

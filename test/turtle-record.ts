import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import {
  type Activity,
  type Agent,
  type Artifact,
  anyModel,
  type Contract,
  type OpenOptions,
  openTracker,
  type Task,
  type Tracker,
} from '../src/index.js'

export const NAMESPACE = 'https://example.org/shop'
export const CLOCK = Date.parse('2026-01-05T09:00:00.000Z')

/** A clock that goes on by a second a reading until it is stopped, so that documents of one moment can be compared. */
export class Clock {
  #step = 1_000
  #time = CLOCK
  readonly now = (): number => (this.#time += this.#step)

  stop(): void {
    this.#step = 0
  }
}

/** The `n`th uuid of a series that sorts as it is counted. */
export function uuid(n: number): string {
  return `019b8000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}

/** A tracker on a new file, both gone when the test is over. */
export async function newTracker(options: Partial<OpenOptions> = {}): Promise<Tracker> {
  const folder = mkdtempSync(join(tmpdir(), 'provtrail-export-'))
  const tracker = await openTracker({
    path: join(folder, 'work.db'),
    namespace: NAMESPACE,
    durability: 'normal',
    modelRegistry: anyModel,
    now: new Clock().now,
    ...options,
  })
  onTestFinished(async () => {
    await tracker.close()
    rmSync(folder, { recursive: true })
  })
  return tracker
}

/** A record with every kind of node, relation and field. The clock must go on. */
export async function fillRecord(tracker: Tracker) {
  const acme = await tracker.agents.registerOrganization({ name: 'ACME', url: 'https://acme.example' })
  const ada = await tracker.agents.registerHuman({ name: 'Ada', contact: 'ada@example.org' })
  const ci = await tracker.agents.registerSoftware({ name: 'ci', version: '4.2', source: 'https://example.org/ci' })
  const bot = await tracker.agents.registerMl({
    role: 'worker',
    provider: 'anthropic',
    model: 'claude-opus-4-6',
    name: 'bot',
    version: '2026-01',
    parameters: { temperature: 0.5, stop: ['"'] },
  })
  const t = tracker.as(ada.id)
  const epic = await t.tasks.create({ title: 'Export epic', type: 'epic', phase: 'request' })
  const schema = await t.tasks.create({ title: 'User table', type: 'chore', priority: 'low' })
  const login = await t.tasks.create({
    title: 'Implement login',
    description: 'As a user …',
    type: 'feature',
    priority: 'high',
    phase: 'impl_plan',
    owner: bot.id,
    labels: ['web', 'auth'],
    parent: epic.id,
    blockedBy: [schema.id],
    notes: 'Ask Ada.',
    externalRefs: [
      { system: 'github', id: 'acme/shop#17', url: 'https://github.com/acme/shop/issues/17' },
      { system: 'beads', id: 'bd-1' },
    ],
  })
  const fallback = await t.tasks.create({ title: 'Plan B', blockedBy: [{ task: login.id, gate: 'failed' }] })
  const old = await t.tasks.create({ title: 'Implement sign-in', type: 'bug' })
  const work = await t.activities.start({
    agent: bot.id,
    task: login.id,
    phase: 'worker_slices',
    notes: 'First slice.',
  })
  const review = await t.activities.start({ agent: ada.id, phase: 'code_review', informedBy: [work.id] })
  const prompt = await t.artifacts.add({
    iri: 'https://example.org/prompts/1',
    kind: 'prompt',
    mediaType: 'text/plain',
  })
  const patch = await t.artifacts.add({
    iri: 'git:9f2c',
    kind: 'commit',
    label: 'Login',
    digest: 'sha256:00',
    generatedBy: work.id,
    derivedFrom: [prompt.id],
    attributedTo: bot.id,
  })
  const vague = await t.artifacts.add({ iri: 'a file <somewhere>' })
  const comment = await t.tasks.addComment(login.id, { body: 'Looks good.', author: bot.id })
  await t.relations.add(work.id, 'used', prompt.id)
  await t.relations.add(login.id, 'supersedes', old.id)
  await t.relations.add(fallback.id, 'related', epic.id)
  await t.relations.add(old.id, 'discovered_from', schema.id)
  const copy = await t.tasks.create({ title: 'Implement login again', generatedBy: work.id })
  await t.relations.add(copy.id, 'duplicate_of', login.id)
  await t.agents.delegate(bot.id, ada.id, { activity: work.id })
  await t.agents.delegate(ada.id, acme.id)
  await t.agents.delegate(ci.id, acme.id)
  await t.agents.delegate(ci.id, ada.id)
  await t.tasks.hold(fallback.id, { reason: 'Not yet.' })
  await t.tasks.close(schema.id, { reason: 'Done.', outcome: 'completed' })
  await t.activities.end(work.id, { failed: 'Out of tokens.' })
  return {
    ...(await reviewWork(t, { review, epic, schema, patch })),
    ...(await coordinate(tracker, { ada, ci, bot, schema, patch })),
    acme,
    ada,
    ci,
    bot,
    epic,
    schema,
    login,
    fallback,
    old,
    copy,
    work,
    review,
    prompt,
    patch,
    vague,
    comment,
  }
}

/** What is done within a review: a task that goes through every change there is, and a verdict that is thought over. */
async function reviewWork(
  t: Tracker,
  { review, epic, schema, patch }: { review: Activity; epic: Task; schema: Task; patch: Artifact },
) {
  const critic = await t.agents.registerMl({ role: 'reviewer', provider: 'google', model: 'gemini-3' })
  const reading = await t.activities.start({ agent: critic.id, informedBy: [review.id] })
  const within = t.within(review.id)
  const polish = await within.tasks.create({ title: 'Polish', labels: ['ui'], owner: critic.id })
  await within.tasks.update(polish.id, {
    title: 'Polish the form',
    description: 'Its colours, and its words.',
    notes: 'Before Friday.',
    status: 'in_progress',
    priority: 'low',
    type: 'chore',
    phase: 'worker_slices',
    owner: null,
    parent: epic.id,
    externalRefs: [{ system: 'beads', id: 'bd-2' }],
  })
  await t.tasks.addLabel(polish.id, 'css')
  await t.tasks.removeLabel(polish.id, 'ui')
  await t.relations.add(polish.id, 'blocked_by', schema.id, { gate: 'completed' })
  await t.relations.remove(polish.id, 'blocked_by', schema.id)
  await t.relations.remove(polish.id, 'parent', epic.id)
  await t.tasks.hold(polish.id, { reason: 'Friday is a holiday.' })
  await within.tasks.unhold(polish.id)
  await within.tasks.close(polish.id, { reason: 'Too dear.', outcome: 'cancelled' })
  await within.tasks.reopen(polish.id)
  const remark = await within.tasks.addComment(polish.id, { body: 'Mind the contrast.' })
  const verdict = await within.artifacts.add({ iri: 'urn:verdict:1', derivedFrom: [patch.id] })
  const better = await within.artifacts.add({ iri: 'urn:verdict:2' })
  await within.relations.add(better.id, 'supersedes', verdict.id)
  return { critic, reading, polish, remark, verdict, better }
}

const CONTRACT = {
  criteria: [
    { id: 'fast', text: 'It answers within 10 ms.', verification: 'measure', required: true },
    { id: 'safe', text: 'Nobody gets round it.', verification: 'review', required: true },
    { id: 'pretty', text: 'Its code is short.', required: false },
  ],
  outputSchema: { type: 'object', required: ['limit'] },
  requiredEvidence: ['test_report'],
  retry: { maxAttempts: 9, backoffMs: 1 },
} as const satisfies Contract

/** A task that takes attempts of every end, and what is decided and learned on the way. */
async function coordinate(
  tracker: Tracker,
  { ada, ci, bot, schema, patch }: { ada: Agent; ci: Agent; bot: Agent; schema: Task; patch: Artifact },
) {
  const ben = await tracker.agents.registerHuman({ name: 'Ben', capabilities: ['security', 'review'] })
  const [t, worker] = [tracker.as(ada.id), tracker.as(bot.id)]
  await t.agents.setCapabilities(bot.id, ['typescript'])
  const past = { notBefore: '2025-12-01T00:00:00.000Z', snoozedUntil: '2025-12-24T00:00:00.000Z' }
  const limits = await t.tasks.create({
    title: 'Limit the rate',
    ...past,
    dueAt: '2026-02-01T00:00:00.000Z',
    requires: { role: 'worker', capabilities: ['typescript'] },
    contract: CONTRACT,
  })
  const report = await t.evidence.add(limits.id, {
    kind: 'incident',
    iri: 'https://example.org/incident/1',
    summary: 'A flood.',
  })
  const first = await worker.claims.claim(limits.id, { ttlMs: 1 })
  const second = await worker.claims.claim(limits.id)
  await worker.claims.complete(second.token, {
    outcome: 'failed',
    stopReason: { reason: 'environment_broken', text: 'No network.' },
    summary: 'Could not measure.',
    learnings: [{ title: 'Measure locally', rationale: 'The network is slow.' }],
  })
  await t.contracts.revise(
    limits.id,
    { ...CONTRACT, completionPolicy: { quorum: 2 } },
    { reason: 'It guards the whole shop.', evidence: [report.id] },
  )
  const third = await worker.claims.claim(limits.id)
  await worker.claims.release(third.token, { reason: 'Out of budget.' })
  const fourth = await worker.claims.claim(limits.id)
  await t.claims.reset(limits.id, { reason: 'It hangs.' })
  const bucket = await t.decisions.record({
    title: 'A token bucket',
    rationale: 'It allows bursts.',
    alternatives: ['A sliding window', 'None'],
    attachTo: limits.id,
    validFrom: '2026-01-01T00:00:00.000Z',
    evidence: [{ kind: 'benchmark', artifact: patch.id, digest: 'sha256:11' }],
  })
  const window = await t.decisions.supersede(bucket.id, { title: 'A sliding window', rationale: 'Bursts hurt.' })
  const lesson = await t.learnings.record({ title: 'Floods come at noon', rationale: 'As the incident shows.' })
  const fifth = await worker.claims.claim(limits.id)
  await worker.relations.add(fifth.activity, 'used', window.id, { reason: 'It says how.' })
  await worker.claims.complete(fifth.token, {
    outcome: 'done',
    summary: 'A limiter.',
    output: { limit: 10, unit: 's' },
    criteria: [
      { id: 'fast', status: 'met', evidence: [{ kind: 'test_report', iri: 'urn:test:1' }] },
      { id: 'safe', status: 'waived', waiver: { reason: 'The review shows it.', by: ada.id } },
      { id: 'pretty', status: 'not_met' },
    ],
    artifacts: [{ iri: 'urn:limiter' }],
    evidence: [{ kind: 'log', iri: 'urn:log:1', summary: 'No error.' }],
    decisions: [{ title: 'Ten a second', rationale: 'More than anybody needs.' }],
  })
  const changes = await t.reviews.record(limits.id, { verdict: 'request_changes', comment: 'Say what it counts.' })
  const sixth = await worker.claims.claim(limits.id)
  await worker.claims.complete(sixth.token, {
    outcome: 'done',
    output: { limit: 10 },
    criteria: [
      { id: 'fast', status: 'met' },
      { id: 'safe', status: 'met' },
    ],
    evidence: [{ kind: 'test_report', iri: 'urn:test:1' }],
  })
  const approval = await t.reviews.record(limits.id, {
    verdict: 'approve',
    evidence: [{ kind: 'screenshot', iri: 'urn:screen:1' }],
  })
  await tracker.as(ben.id).reviews.record(limits.id, { verdict: 'approve', comment: 'Fine.' })
  const forced = await t.tasks.create({ title: 'Audit it', contract: { criteria: [], completionPolicy: 'human' } })
  await t.relations.add(forced.id, 'blocked_by', schema.id, { reason: 'It reads the table.', evidence: [report.id] })
  await t.relations.remove(forced.id, 'blocked_by', schema.id, { reason: 'It does not.' })
  const seventh = await tracker.as(ci.id).claims.claim(forced.id, { ttlMs: 600_000 })
  await t.tasks.close(forced.id, { force: true, reason: 'The auditor has left.' })
  const knowledge = { bucket, window, lesson, report }
  return {
    ben,
    limits,
    attempts: [first, second, third, fourth, fifth, sixth, seventh],
    changes,
    approval,
    forced,
    ...knowledge,
  }
}

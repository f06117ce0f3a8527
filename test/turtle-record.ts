import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import {
  type Activity,
  type Artifact,
  anyModel,
  type OpenOptions,
  openTracker,
  type Task,
  type Tracker,
} from '../src/index.js'

export const NAMESPACE = 'https://example.org/shop'
export const CLOCK = Date.parse('2026-01-05T09:00:00.000Z')

/** The `n`th uuid of a series that sorts as it is counted. */
export function uuid(n: number): string {
  return `019b8000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}

/** A tracker on a new file, both gone when the test is over. */
export async function newTracker(options: Partial<OpenOptions> = {}): Promise<Tracker> {
  const folder = mkdtempSync(join(tmpdir(), 'provtrail-export-'))
  let time = CLOCK
  const tracker = await openTracker({
    path: join(folder, 'work.db'),
    namespace: NAMESPACE,
    durability: 'normal',
    modelRegistry: anyModel,
    now: () => (time += 1000),
    ...options,
  })
  onTestFinished(async () => {
    await tracker.close()
    rmSync(folder, { recursive: true })
  })
  return tracker
}

/** A record with every kind of node, relation and field. */
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

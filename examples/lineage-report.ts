// Where did this pull request come from? People and models write an exporter; then its lineage becomes a report.
// Takes a folder to keep the Turtle, the Markdown, the HTML and the SVG in.
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { exportProv, lineage, openTracker, renderReport } from 'provtrail'

// A clock that goes on by five minutes with each reading, so that the story takes a working day.
let time = Date.parse('2026-01-05T09:00:00Z')
const now = () => {
  time += 5 * 60_000
  return time
}
const tracker = await openTracker({ path: ':memory:', namespace: 'https://example.org/atlas', now })

// Who takes part, and on whose behalf.
const acme = await tracker.agents.registerOrganization({ name: 'Example Maps Ltd' })
const alice = await tracker.agents.registerHuman({ name: 'Alice' })
const [architect, worker, reviewer] = await Promise.all([
  tracker.agents.registerMl({ name: 'Architect', role: 'architect', provider: 'anthropic', model: 'claude-opus-4-6' }),
  tracker.agents.registerMl({ name: 'Worker', role: 'worker', provider: 'google', model: 'gemini-2.5-pro' }),
  tracker.agents.registerMl({ name: 'Reviewer', role: 'reviewer', provider: 'anthropic', model: 'claude-opus-4-6' }),
])
await tracker.agents.delegate(alice.id, acme.id)
for (const { id } of [architect, reviewer]) await tracker.agents.delegate(id, alice.id)
await tracker.agents.delegate(worker.id, architect.id)

// Alice asks for something.
const request = await tracker.as(alice.id).tasks.create({
  title: 'Export the atlas as GeoJSON',
  type: 'epic',
  phase: 'request',
})

// The architect makes two proposals, the second of which supersedes the first, and plans the work.
const architects = tracker.as(architect.id)
const plan = await architects.activities.during(
  { task: request.id, phase: 'propose', used: [request.id] },
  async (activity, t) => {
    const proposal = (number: number, label: string) =>
      t.artifacts.add({
        iri: `https://example.org/atlas/proposals/${number}.md`,
        kind: 'proposal',
        label,
        generatedBy: activity.id,
        derivedFrom: [request.id],
        attributedTo: architect.id,
      })
    const first = await proposal(1, 'Proposal 1: one big file')
    const second = await proposal(2, 'Proposal 2: one file a region')
    await t.relations.add(second.id, 'supersedes', first.id)
    const encode = await t.tasks.create({
      title: 'Encode a region',
      parent: request.id,
      generatedBy: activity.id,
      derivedFrom: [second.id],
    })
    const write = await t.tasks.create({
      title: 'Write one file a region',
      parent: request.id,
      blockedBy: [encode.id],
      generatedBy: activity.id,
      derivedFrom: [second.id],
    })
    return { activity, proposal: second, encode, write }
  },
)

// The worker does both tasks, and finds a bug on the way.
const workers = tracker.as(worker.id)
const encoder = await workers.activities.during(
  { task: plan.encode.id, phase: 'worker_slices', used: [plan.proposal.id], informedBy: [plan.activity.id] },
  async (activity, t) => {
    await t.tasks.update(plan.encode.id, { status: 'in_progress' })
    const bug = await t.tasks.create({
      title: 'Regions that cross the antimeridian are torn apart',
      type: 'bug',
      priority: 'high',
      generatedBy: activity.id,
    })
    await t.relations.add(bug.id, 'discovered_from', plan.encode.id)
    const commit = await t.artifacts.add({
      iri: 'https://example.org/atlas/commit/4c1e',
      kind: 'commit',
      label: 'Encode regions',
      generatedBy: activity.id,
      derivedFrom: [plan.proposal.id],
      attributedTo: worker.id,
    })
    await t.tasks.close(plan.encode.id, { reason: 'All regions encode.' })
    return { activity, bug, commit }
  },
)
const pullRequest = await workers.activities.during(
  { task: plan.write.id, phase: 'worker_slices', used: [encoder.commit.id], informedBy: [encoder.activity.id] },
  async (activity, t) => {
    await t.tasks.update(plan.write.id, { status: 'in_review' })
    return t.artifacts.add({
      iri: 'https://example.org/atlas/pull/12',
      kind: 'pull request',
      label: 'Pull request 12',
      generatedBy: activity.id,
      derivedFrom: [encoder.commit.id],
      attributedTo: worker.id,
    })
  },
)

// The reviewer accepts it; the bug stays open.
await tracker
  .as(reviewer.id)
  .activities.during({ task: plan.write.id, phase: 'code_review', used: [pullRequest.id] }, async (activity, t) => {
    await t.artifacts.add({
      iri: 'https://example.org/atlas/pull/12#review',
      kind: 'review',
      label: 'Review: accepted',
      generatedBy: activity.id,
      derivedFrom: [pullRequest.id],
      attributedTo: reviewer.id,
    })
    await t.tasks.addComment(plan.write.id, { body: 'Good. The antimeridian is a task of its own.' })
    await t.tasks.close(plan.write.id, { reason: 'Reviewed and merged.' })
  })

// Where did the pull request come from, and what did it lead to?
const story = await lineage(tracker, 'https://example.org/atlas/pull/12')
for (const node of story.nodes.filter(({ distance }) => distance < 2)) {
  const { kind, label, reachedBy } = node
  console.log(reachedBy === undefined ? `${kind} "${label}"` : `  ${reachedBy.kind}: ${kind} "${label}"`)
}
console.log(`${story.nodes.length} nodes, ${story.relations.length} relations. What nobody said:`)
for (const gap of story.gaps) console.log(`  ${gap.sentence}`)
console.log('How it began:')
for (const entry of story.timeline.filter(({ type }) => type === 'task.created')) console.log(`  ${entry.sentence}`)

const given = process.argv[2]
const folder = given ?? (await mkdtemp(join(tmpdir(), 'provtrail-')))
await mkdir(folder, { recursive: true })
await pipeline(
  Readable.from(exportProv(tracker, { format: 'turtle', detail: 'full', scope: { lineageOf: story.root } })),
  createWriteStream(join(folder, 'lineage.ttl')),
)
for (const [format, name] of [
  ['markdown', 'lineage.md'],
  ['html', 'lineage.html'],
  ['svg', 'lineage.svg'],
] as const) {
  await writeFile(join(folder, name), await renderReport(story, { format, title: 'Lineage of pull request 12' }))
}
console.log('Written: lineage.ttl, lineage.md, lineage.html, lineage.svg')
if (given === undefined) await rm(folder, { recursive: true })
await tracker.close()

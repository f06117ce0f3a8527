// Where did this pull request come from, and what did the request lead to? The lineage becomes a report.
// Takes a folder to keep the Turtle, the Markdown, the HTML and the SVG in.
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { byArtifact, exportProv, lineage, openTracker, renderReport } from 'provtrail'

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
  tracker.agents.registerMl({ role: 'architect', provider: 'anthropic', model: 'claude-opus-4-6' }),
  tracker.agents.registerMl({ role: 'worker', provider: 'google', model: 'gemini-2.5-pro', version: '2026-01' }),
  tracker.agents.registerMl({ role: 'reviewer', provider: 'anthropic', model: 'claude-opus-4-6' }),
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

// Who and what stands behind the pull request?
const { tasks, agents } = await byArtifact(tracker, pullRequest.iri)
console.log('Tasks behind it:', tasks.map(({ label }) => label).join('; '))
console.log('Agents behind it:', agents.map(({ label }) => label).join('; '))

// What did Alice's request lead to?
const story = await lineage(tracker, request.id)
console.log(
  `Her request led to ${story.nodes.length - 1} nodes, by ${story.relations.length} relations. What nobody said:`,
)
for (const gap of story.gaps) console.log(`  ${gap.sentence}`)
console.log('How its tasks came about:')
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
  await writeFile(join(folder, name), await renderReport(story, { format }))
}
console.log('Written: lineage.ttl, lineage.md, lineage.html, lineage.svg')
if (given === undefined) await rm(folder, { recursive: true })
await tracker.close()

// Prints:
// Tasks behind it: Write one file a region; Export the atlas as GeoJSON; Encode a region
// Agents behind it: gemini-2.5-pro (worker); claude-opus-4-6 (architect); Alice; Example Maps Ltd
// Her request led to 18 nodes, by 49 relations. What nobody said:
//   claude-opus-4-6 (architect) does not say which version of its model it is.
//   claude-opus-4-6 (reviewer) does not say which version of its model it is.
// How its tasks came about:
//   Alice created the task "Export the atlas as GeoJSON".
//   claude-opus-4-6 (architect) created the task "Encode a region", as part of "Export the atlas as GeoJSON", derived from "Proposal 2: one file a region", while working on "Export the atlas as GeoJSON".
//   claude-opus-4-6 (architect) created the task "Write one file a region", waiting for "Encode a region", as part of "Export the atlas as GeoJSON", derived from "Proposal 2: one file a region", while working on "Export the atlas as GeoJSON".
//   gemini-2.5-pro (worker) created the task "Regions that cross the antimeridian are torn apart", while working on "Encode a region".
// Written: lineage.ttl, lineage.md, lineage.html, lineage.svg

// A project's Beads issues become a record: what is ready, why is the rest not, and what does it look like as PROV-O?
// Takes the path of your own Beads data (a JSONL file, or a folder of one file a table) in place of examples/data.
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { exportProv, importBeads, openTracker } from 'provtrail'

const source = process.argv[2] ?? fileURLToPath(new URL('data', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'provtrail-'))
const tracker = await openTracker({ path: join(folder, 'work.db'), namespace: 'https://example.org/project' })

const result = await importBeads(tracker, source)
const { tasks, relations, comments, agents } = result.imported
console.log(
  `${relative('', source) || '.'}: ${tasks} tasks, ${relations} relations, ${comments} comments, ${agents} agents.`,
)
console.log(`Tombstones: ${result.tombstones}. Skipped: ${result.skipped.length}. Warnings: ${result.warnings.length}.`)
for (const { kind, value, became, count } of result.unmapped) console.log(`  ${count} × ${kind} ${value}: ${became}`)
for (const kind of new Set(result.skipped.map((skip) => skip.kind))) {
  const skips = result.skipped.filter((skip) => skip.kind === kind)
  console.log(`  ${skips.length} × skipped ${kind}, such as: ${skips[0]?.reason}`)
}

const ready = await tracker.tasks.ready({ limit: 5 })
console.log(`\n${ready.total} tasks are ready. First:`)
for (const task of ready.items) console.log(`  ${task.priority.padEnd(8)} ${task.externalRefs[0]?.id}  ${task.title}`)

const blocked = await tracker.tasks.blocked({ limit: 5 })
console.log(`\n${blocked.total} tasks are blocked. First:`)
for (const task of blocked.items) console.log(`  ${(await tracker.tasks.explain(task.id)).sentence}`)

const verification = await tracker.log.verify({ state: true })
console.log(verification.ok ? `\nThe log holds: ${verification.checked} events.` : `\nBroken: ${verification.reason}.`)

const turtle = join(folder, 'work.ttl')
await pipeline(Readable.from(exportProv(tracker, { format: 'turtle' })), createWriteStream(turtle))
await tracker.close()
const { size } = await stat(turtle)
console.log(`Its PROV-O in Turtle has ${size.toLocaleString('en')} bytes.`)
if (process.argv[2] === undefined) await rm(folder, { recursive: true })
else console.log(`The record is ${tracker.path}, the Turtle ${turtle}.`)

// Prints:
// examples/data: 20 tasks, 22 relations, 4 comments, 5 agents.
// Tombstones: 1. Skipped: 0. Warnings: 0.
//   4 × field comments.id: not kept: a row number of Beads
//   1 × field due_at: a line in the notes
//   1 × field ephemeral: label beads:ephemeral
//   2 × field owner: label beads:owner:ada@example.org; the task is owned by the assignee
//   2 × field updated_at: not kept: nothing that is known happened then
//   1 × status hooked: in_progress, label beads:status:hooked
//
// 5 tasks are ready. First:
//   critical tide-2.3  Read the wind forecast
//   critical tide-b1  Times are an hour late once the clocks change
//   medium   tide-1.5  Spell harbour names in Gaelic and English
//   medium   tide-c1  Renew the certificate of the old site
//   backlog  tide-f1  A dark page for the night watch
//
// 8 tasks are blocked. First:
//   "Publish tide tables for the north coast" is not ready: its part "Predict high and low water" is not closed; its part "Show one harbour on a page" is not closed; its part "Print a year on one sheet" is not closed; its part "Spell harbour names in Gaelic and English" is not closed.
//   "Show one harbour on a page" is not ready: it waits for "Predict high and low water" to be closed; it waits for "Times are an hour late once the clocks change" to be closed.
//   "Warn of storm surges" is not ready: its part "Agree on the marks with the harbour masters" is not closed; its part "Send alerts by e-mail" is not closed; its part "Read the wind forecast" is not closed; its part "Send a test alert to everyone" is not closed.
//   "Agree on the marks with the harbour masters" is not ready: it is on hold.
//   "Send alerts by e-mail" is not ready: it waits for "Agree on the marks with the harbour masters" to be closed.
//
// The log holds: 60 events.
// Its PROV-O in Turtle has 28,437 bytes.

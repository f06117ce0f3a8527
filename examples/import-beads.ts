// A project's Beads issues become a record: what is ready, why is the rest not, and what does it look like as PROV-O?
// Takes the path of your own Beads data (a JSONL file, or a folder of one file a table) in place of examples/data.
import { createWriteStream } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
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
console.log(`Imported ${tasks} tasks, ${relations} relations, ${comments} comments and ${agents} agents from`)
console.log(`${relative('', source) || '.'}: ${result.tombstones} tombstones, ${result.skipped.length} skipped,`)
console.log(`${result.unmapped.length} kinds of thing without a counterpart, ${result.warnings.length} warnings.`)

const ready = await tracker.tasks.ready({ limit: 5 })
console.log(`\n${ready.total} tasks are ready. First:`)
for (const task of ready.items) console.log(`  ${task.priority.padEnd(8)} ${task.externalRefs[0]?.id}  ${task.title}`)

const blocked = await tracker.tasks.blocked({ limit: 5 })
console.log(`\n${blocked.total} tasks are blocked. First:`)
for (const task of blocked.items) console.log(`  ${(await tracker.tasks.explain(task.id)).sentence}`)

const verification = await tracker.log.verify({ state: true })
console.log(`\nThe log ${verification.ok ? `holds: ${verification.checked} events` : `is broken: ${verification.reason}`}.`)

const turtle = join(folder, 'work.ttl')
await pipeline(Readable.from(exportProv(tracker, { format: 'turtle' })), createWriteStream(turtle))
await tracker.close()
if (process.argv[2] !== undefined) console.log(`The record is ${tracker.path}; its PROV-O is ${turtle}.`)

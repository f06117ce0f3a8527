import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { beadsWorkload } from './beads.js'
import { type Context, inWords, type Result } from './benchmark.js'
import { claimsCycle, claimsNext } from './claims.js'
import { contextAmongOthers } from './context.js'
import { addBetweenLadders, addBetweenRandomTasks, addForFreshTask } from './cycles.js'
import { Fixtures } from './fixtures.js'
import { graphAnalyses, graphCycles, graphMemory } from './graph.js'
import { lineageAmongOthers } from './lineage.js'
import { logRebuild, logVerify } from './log.js'
import { processes, processesClaiming } from './processes.js'
import { ready } from './ready.js'
import { render } from './render.js'
import { documentOf, lineOf, tableOf } from './report.js'
import { turtle, turtleMemory } from './turtle.js'
import { ancestors, closeBlocker } from './walks.js'
import { createAtOnce, createOneByOne } from './writes.js'

const BENCHMARKS = [
  createOneByOne,
  createAtOnce,
  ready,
  claimsNext,
  claimsCycle,
  // They count on the layered record as it was made; those after them add to it.
  graphAnalyses,
  graphMemory,
  addForFreshTask,
  addBetweenLadders,
  addBetweenRandomTasks,
  ancestors,
  closeBlocker,
  lineageAmongOthers,
  logVerify,
  logRebuild,
  contextAmongOthers,
  graphCycles,
  turtle,
  turtleMemory,
  render,
  processes,
  processesClaiming,
  beadsWorkload,
]

const { values: options } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean' } } })
const chosen = BENCHMARKS.filter(({ name }) => name.includes(options.only ?? ''))
if (chosen.length === 0) {
  console.error(
    `No benchmark is named like "${options.only}". There are: ${BENCHMARKS.map(({ name }) => name).join('; ')}`,
  )
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'provtrail-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

let files = 0
const newPath = (name: string) => join(folder, `${name}-${++files}.db`)
const context: Context = {
  fixtures: new Fixtures(newPath),
  newPath,
  size: (full) => (options.quick ? full / 10 : full),
  rounds: (full) => (options.quick ? Math.ceil(full / 3) : full),
}

const startedAt = performance.now()
const results: Result[] = []
for (const benchmark of chosen) {
  for (const result of await benchmark.run(context)) {
    results.push(result)
    console.log(lineOf(result))
  }
}
const tookMs = performance.now() - startedAt
const { setupMs } = context.fixtures

console.log(`\n${tableOf(results)}\n`)
for (const [name, took] of Object.entries(setupMs)) console.log(`Setting up "${name}" took ${inWords(took)}.`)
console.log(`All of it took ${inWords(tookMs)}.`)
if (options.quick) {
  console.log(
    'This was a quick run, at a tenth of the size: its figures say nothing about the bars. results.json is as it was.',
  )
} else if (options.only !== undefined) {
  console.log('Not all benchmarks were run: results.json is as it was.')
} else {
  const file = new URL('./results.json', import.meta.url)
  writeFileSync(file, `${JSON.stringify(documentOf(results, setupMs, tookMs), null, 2)}\n`)
  console.log('The figures are in bench/results.json.')
}

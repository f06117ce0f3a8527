// Two workers and a reviewer on one file. One worker is killed in the middle of its work, and the other takes over.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type AgentId, lineage, openTracker, renderReport, toAgentId } from 'provtrail'

const TTL_MS = 3_000

// A worker is a process of its own: this file again, with the record and its agent as arguments.
const [path, agent, isSlow] = process.argv.slice(2)
if (path !== undefined) await work(path, toAgentId(agent!), isSlow === 'slow')
else await supervise()

/** Claims the first task that is ready, works on it, and hands it in. */
async function work(path: string, actor: AgentId, isSlow: boolean): Promise<void> {
  await using tracker = await openTracker({ path, actor })
  let claimed = await tracker.claims.next({ ttlMs: TTL_MS })
  process.send!(claimed === null ? 'finds nothing to do' : `claims "${claimed.task.title}"`)
  while (claimed === null) {
    await setTimeout(100)
    claimed = await tracker.claims.next({ ttlMs: TTL_MS })
  }
  // Work that takes longer than its lease says that it goes on. This worker is killed at it.
  while (isSlow) {
    await setTimeout(TTL_MS / 4)
    await tracker.claims.heartbeat(claimed.token)
  }
  // What an agent reads when it begins: the task, its contract, and what became of earlier attempts.
  const { markdown } = await tracker.context(claimed.task.id)
  await tracker.claims.complete(claimed.token, {
    outcome: 'done',
    summary: markdown.includes('expired') ? 'Written anew: nothing was left of the first attempt.' : 'Written.',
    criteria: [{ id: 'tests', status: 'met', evidence: [{ kind: 'test_report', iri: 'urn:example:run-7' }] }],
    artifacts: [{ iri: 'urn:example:commit-4c1e', kind: 'commit', label: 'Commit 4c1e' }],
    decisions: [{ title: 'Codes are good for five minutes', rationale: 'People switch to their mail and back.' }],
  })
}

/** Asks for the work, has it done by two workers, reviews it, and prints the report. */
async function supervise(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'provtrail-'))
  const path = join(folder, 'work.db')
  const tracker = await openTracker({ path, namespace: 'https://example.org/shop' })
  const model = { provider: 'anthropic', model: 'claude-opus-4-6', version: '2026-01' }
  const ann = await tracker.agents.registerMl({ role: 'worker', name: 'Ann', ...model })
  const bob = await tracker.agents.registerMl({ role: 'worker', name: 'Bob', ...model })
  const rae = await tracker.agents.registerHuman({ name: 'Rae' })
  const task = await tracker.as(rae.id).tasks.create({
    title: 'Log in with a one-time code',
    contract: {
      criteria: [{ id: 'tests', text: 'The tests pass.', verification: 'test', required: true }],
      requiredEvidence: ['test_report'],
      completionPolicy: 'review',
      retry: { maxAttempts: 3 },
    },
  })

  // Ann claims the task, so that there is nothing for Bob; then she is killed.
  const anns = start(path, ann.id, 'slow')
  console.log('Ann', (await once(anns, 'message'))[0])
  const bobs = start(path, bob.id)
  console.log('Bob', (await once(bobs, 'message'))[0])
  anns.kill('SIGKILL')
  await once(anns, 'exit')
  console.log('Ann is killed')

  // Nobody sweeps up: when her lease has run out, the task is ready again, and Bob takes over.
  await once(bobs, 'exit')
  console.log('Bob hands in; the task is', (await tracker.tasks.get(task.id)).status)

  // Bob may not review his own work; Rae may.
  const own = tracker.as(bob.id).reviews.record(task.id, { verdict: 'approve' })
  console.log('Bob approves:', await own.catch(({ code }) => code))
  const { task: done } = await tracker.as(rae.id).reviews.record(task.id, { verdict: 'approve', comment: 'Good.' })
  console.log('Rae approves:', done.status, done.outcome)
  for (const { attempt, endedBy, outcome, summary } of (await tracker.runs.list({ task: task.id })).items) {
    console.log(`Attempt ${attempt}:`, endedBy, outcome ?? '-', summary ?? '-')
  }

  // The story of the task is in its lineage; times, and how often a lease was extended, differ from run to run.
  const report = await renderReport(await lineage(tracker, task.id), { format: 'markdown' })
  for (const heading of ['What to look into', 'Timeline']) {
    const [section] = report.match(new RegExp(`## ${heading}\n\n(- .*\n)+`))!
    const alike = section.replaceAll(/(\d{4}-\d\d-\d\d )?\d\d:\d\d/g, '…')
    console.log(alike.replaceAll(/- .* extended the lease on .*\n/g, ''))
  }
  await tracker.close()
  await rm(folder, { recursive: true })
}

function start(...args: string[]): ChildProcess {
  return fork(fileURLToPath(import.meta.url), args)
}

// Prints:
// Ann claims "Log in with a one-time code"
// Bob finds nothing to do
// Ann is killed
// Bob hands in; the task is in_review
// Bob approves: REVIEWER_NOT_ALLOWED
// Rae approves: closed completed
// Attempt 1: expired - -
// Attempt 2: completed done Written anew: nothing was left of the first attempt.
// ## What to look into
//
// - The lease of the activity "attempt 1: Log in with a one-time code" ran out, and what became of the work is not known.
//
// ## Timeline
//
// - … provtrail registered the model Ann (worker).
// - … provtrail registered the model Bob (worker).
// - … provtrail registered the person Rae.
// - … Rae created the task "Log in with a one-time code", under a contract.
// - … Ann (worker) claimed "Log in with a one-time code" until ….
// - … The lease of Ann (worker) on "Log in with a one-time code" ran out at …, which left it open (recorded by Bob (worker)).
// - … Bob (worker) claimed "Log in with a one-time code" as attempt 2, until ….
// - … Bob (worker) added the artifact "Commit 4c1e" (commit), made by attempt 2 of Bob (worker) on "Log in with a one-time code".
// - … Bob (worker) added evidence (test report) about "Log in with a one-time code": urn:example:run-7.
// - … Bob (worker) decided "Codes are good for five minutes" for "Log in with a one-time code", in attempt 2 of Bob (worker) on "Log in with a one-time code": People switch to their mail and back.
// - … Bob (worker) handed in "Log in with a one-time code" as done, making "Commit 4c1e", upon 1 piece of evidence, which moved it to review: Written anew: nothing was left of the first attempt.
// - … Rae approved the work of Bob (worker) on "Log in with a one-time code", which closed it as completed: Good.

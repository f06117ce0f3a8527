// A person and a model share the work on a login page: who is waiting for what, and what came of it?
import { exportProv, openTracker } from 'provtrail'

const tracker = await openTracker({ path: ':memory:', namespace: 'https://example.org/shop' })

const ada = await tracker.agents.registerHuman({ name: 'Ada', contact: 'ada@example.org' })
const bot = await tracker.agents.registerMl({ role: 'worker', provider: 'anthropic', model: 'claude-opus-4-6' })
await tracker.agents.delegate(bot.id, ada.id)

// Ada plans: every event names her.
const adas = tracker.as(ada.id)
const login = await adas.tasks.create({ title: 'Implement login', type: 'feature', priority: 'high' })
const table = await adas.tasks.create({ title: 'Add the user table' })
await adas.relations.add(login.id, 'blocked_by', table.id)

for (const task of (await tracker.tasks.ready()).items) console.log(`"${task.title}" is ready.`)
console.log((await tracker.tasks.explain(login.id)).sentence)

// The model works on what is ready, and says what it made.
const bots = tracker.as(bot.id)
await bots.activities.during({ task: table.id, used: [table.id], phase: 'worker_slices' }, async (activity) => {
  await bots.artifacts.add({ iri: 'https://example.org/shop/commit/9f2c', kind: 'commit', generatedBy: activity.id })
  await bots.tasks.close(table.id, { reason: 'The migration is merged.' })
})
console.log((await tracker.tasks.explain(login.id)).sentence)

// The log holds what happened, and can be checked; the record leaves as PROV-O.
console.log('verified:', await tracker.log.verify({ state: true }))
let turtle = ''
for await (const chunk of exportProv(tracker, { format: 'turtle' })) turtle += chunk
console.log('Turtle:', turtle.includes('prov:wasAssociatedWith'))
await tracker.close()

// Prints:
// "Add the user table" is ready.
// "Implement login" is not ready: it waits for "Add the user table" to be closed.
// "Implement login" is ready.
// verified: { ok: true, checked: 11 }
// Turtle: true

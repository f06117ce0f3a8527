import { copyFileSync } from 'node:fs'
import { type NewTask, newTaskId, openTracker, type TaskId, type Tracker } from 'provtrail'
import { addBusyTask } from './busy-task.js'
import { timed } from './measure.js'
import { NAMESPACE, openBenchTracker } from './open-bench-tracker.js'
import { Random } from './random.js'

/** A file that was filled through the public commands, and the tasks in it, oldest first. */
export interface Fixture {
  readonly path: string
  readonly ids: readonly TaskId[]
}

type Draft = Omit<NewTask, 'title' | 'id'>

/** Draws up the tasks of a fixture, oldest first: a task may name those before it. */
type Plan = (ids: readonly TaskId[]) => Iterable<Draft>

/** How many commands are given at once. */
const BATCH = 2_000

const LAYERS = 100
const BLOCKERS = 3
const STEPS = 11

/** Files that several benchmarks read. Each is made when it is first asked for. */
export class Fixtures {
  readonly #newPath: (name: string) => string
  readonly #made = new Map<string, Promise<Fixture>>()
  /** How long making each took, in milliseconds. */
  readonly setupMs: Record<string, number> = {}

  constructor(newPath: (name: string) => string) {
    this.#newPath = newPath
  }

  /** 100 layers; each task is blocked by three random tasks of the layer before: as many relations as three a task. */
  layered(size: number): Promise<Fixture> {
    return this.#make('layered', size, function* (ids) {
      const random = new Random(1)
      const width = Math.ceil(size / LAYERS)
      for (let task = 0; task < size; task++) {
        const layer = Math.floor(task / width)
        // The second to fourth layers have one blocker more a task, in place of those that the first has none of.
        const blockers = layer === 0 ? 0 : layer <= BLOCKERS ? BLOCKERS + 1 : BLOCKERS
        yield { blockedBy: random.sample(ids.slice((layer - 1) * width, layer * width), blockers) }
      }
    })
  }

  /**
   * The layered file, worked through: each task was begun and closed, so that it has three revisions; every tenth within
   * an activity of its own, which made something and left a comment.
   */
  worked(size: number): Promise<Fixture> {
    return this.#once(`worked, ${size.toLocaleString('en-US')} tasks`, async (path) => {
      const layered = await this.layered(size)
      copyFileSync(layered.path, path)
      await using tracker = await openBenchTracker(path)
      const agent = await tracker.agents.registerHuman({ name: 'Ada' })
      const ada = tracker.as(agent.id)
      for (let start = 0; start < size; start += BATCH) {
        await Promise.all(layered.ids.slice(start, start + BATCH).map((id, i) => work(ada, id, i % 10 === 0)))
      }
      return layered.ids
    })
  }

  /** Each task is blocked by the one before. */
  chain(size: number): Promise<Fixture> {
    return this.#make('chain', size, function* (ids) {
      for (let task = 0; task < size; task++) yield task === 0 ? {} : { blockedBy: [ids[task - 1]!] }
    })
  }

  /** Each task is blocked by the one before and by the ten before that. */
  dense(size: number): Promise<Fixture> {
    return this.#make('dense', size, function* (ids) {
      for (let task = 0; task < size; task++) yield { blockedBy: ids.slice(Math.max(0, task - STEPS), task) }
    })
  }

  /**
   * As many open tasks, of which only the newest are ready. One task in progress blocks half of the others itself, and the
   * rest through their epics: 100 blocked epics with features, and tasks under these.
   */
  mostlyBlocked(size: number, ready: number): Promise<Fixture> {
    const epics = Math.ceil(size / 1_000)
    return this.#make('mostly blocked', size + 1, function* (ids) {
      const blocker = ids[0]!
      yield {}
      for (let epic = 0; epic < epics; epic++) yield { type: 'epic', blockedBy: [blocker] }
      const inherited = Math.floor((size - ready) / 2) - epics
      for (let task = 0; task < inherited; task++) {
        // Every tenth is a feature of an epic, and the nine after it are its tasks.
        const parent = task % 10 === 0 ? ids[1 + ((task / 10) % epics)]! : ids[1 + epics + task - (task % 10)]!
        yield { parent }
      }
      for (let task = inherited + epics; task < size - ready; task++) yield { blockedBy: [blocker] }
      for (let task = 0; task < ready; task++) yield {}
    })
  }

  /** Tasks that have nothing to do with one another. */
  flat(size: number): Promise<Fixture> {
    return this.#make('flat', size, function* () {
      for (let task = 0; task < size; task++) yield {}
    })
  }

  /** Two ladders of diamonds, each from its top down: a task blocks two, which both block the next. */
  ladders(diamonds: number): Promise<Fixture> {
    const ladder = 3 * diamonds + 1
    return this.#make('ladders', 2 * ladder, function* (ids) {
      for (let task = 0; task < 2 * ladder; task++) {
        const start = task < ladder ? 0 : ladder
        const step = task - start
        if (step === 0) yield {}
        else if (step % 3 === 0) yield { blockedBy: [ids[task - 1]!, ids[task - 2]!] }
        else yield { blockedBy: [ids[task - (step % 3)]!] }
      }
    })
  }

  /** A task, an epic, and as many descendants of the epic: features, each with 99 tasks. */
  epic(descendants: number): Promise<Fixture> {
    return this.#make('epic', descendants + 2, function* (ids) {
      const [blocker, epic] = ids
      yield {}
      yield { type: 'epic', blockedBy: [blocker!] }
      for (let task = 0; task < descendants; task++) {
        yield task % 100 === 0 ? { type: 'feature', parent: epic! } : { parent: ids[2 + task - (task % 100)]! }
      }
    })
  }

  /** A log of at least so many events, in the middle of which is all that there is about a busy task, the first of `ids`. */
  manyEvents(events: number): Promise<Fixture> {
    const label = `log, ${events.toLocaleString('en-US')} events`
    return this.#once(label, (path) => this.writeEvents(path, events))
  }

  /** Writes such a log, by commands of which thousands are given at once. */
  async writeEvents(path: string, events: number): Promise<readonly TaskId[]> {
    await using tracker = await openTracker({ path, namespace: NAMESPACE, durability: 'normal', maxClaims: 1_000_000 })
    const worker = await tracker.agents.registerSoftware({ name: 'Worker' })
    const others = await tracker.agents.registerSoftware({ name: 'Others' })
    await writeOthers(tracker.as(others.id), Math.floor(events / 2))
    const busy = await addBusyTask(tracker, worker.id)
    await writeOthers(tracker.as(others.id), events)
    return [busy]
  }

  #make(name: string, size: number, plan: Plan): Promise<Fixture> {
    const label = `${name}, ${size.toLocaleString('en-US')} tasks`
    return this.#once(label, (path) => fill(path, label, size, plan))
  }

  #once(label: string, make: (path: string) => Promise<readonly TaskId[]>): Promise<Fixture> {
    let fixture = this.#made.get(label)
    if (fixture === undefined) {
      fixture = this.#timed(label, make)
      this.#made.set(label, fixture)
    }
    return fixture
  }

  async #timed(label: string, make: (path: string) => Promise<readonly TaskId[]>): Promise<Fixture> {
    const path = this.#newPath('fixture')
    let ids: readonly TaskId[] = []
    this.setupMs[label] = await timed(async () => {
      ids = await make(path)
    })
    return { path, ids }
  }
}

async function fill(path: string, label: string, size: number, plan: Plan): Promise<readonly TaskId[]> {
  const ids = Array.from({ length: size }, () => newTaskId(NAMESPACE))
  await using tracker = await openBenchTracker(path)
  let batch: Promise<unknown>[] = []
  let task = 0
  for (const draft of plan(ids)) {
    batch.push(tracker.tasks.create({ ...draft, id: ids[task]!, title: `Task ${task}` }))
    task++
    if (batch.length === BATCH) {
      await Promise.all(batch)
      batch = []
    }
  }
  await Promise.all(batch)
  if (task !== size) throw new Error(`${label}: ${task} tasks were made`)
  return ids
}

async function work(tracker: Tracker, task: TaskId, isRecorded: boolean): Promise<void> {
  const activity = isRecorded ? await tracker.activities.start({ task, phase: 'worker_slices' }) : undefined
  const t = activity === undefined ? tracker : tracker.within(activity.id)
  await t.tasks.update(task, { status: 'in_progress' })
  if (activity !== undefined) {
    const { id } = await t.artifacts.add({ iri: `git:${task.slice(-12)}`, kind: 'commit' })
    await t.tasks.addComment(task, { body: 'Half of it is there.' })
    await t.activities.end(activity.id, { generated: [id] })
  }
  await t.tasks.close(task, { reason: 'Done.' })
}

/** Fills a log up to so many events: tasks, labels, changes, and some are claimed and completed. */
async function writeOthers(tracker: Tracker, until: number): Promise<void> {
  for (;;) {
    const { seq } = await tracker.log.head()
    if (seq >= until) return
    // Three events a task, and two more for some.
    const count = Math.min(BATCH, Math.ceil((until - seq) / 3))
    await Promise.all(Array.from({ length: count }, (_, n) => writeOther(tracker, seq + n, n % 20 === 0)))
  }
}

async function writeOther(tracker: Tracker, number: number, isClaimed: boolean): Promise<void> {
  const id = newTaskId(NAMESPACE)
  // They are carried out in the order in which they are given.
  const commands: Promise<unknown>[] = [
    tracker.tasks.create({ id, title: `Other ${number}` }),
    tracker.tasks.addLabel(id, 'other'),
    tracker.tasks.update(id, { priority: 'low' }),
  ]
  if (isClaimed) {
    const claiming = tracker.claims.claim(id)
    commands.push(claiming.then(({ token }) => tracker.claims.complete(token, { outcome: 'done' })))
  }
  await Promise.all(commands)
}

import { type AgentId, type ArtifactId, type LineageOptions, lineage, type Tracker } from 'provtrail'
import { type Benchmark, type Context, inWords } from './benchmark.js'
import { interleave, timed } from './measure.js'
import { openBenchTracker } from './open-bench-tracker.js'
import { Random } from './random.js'

const CALLS = 10
/** How many commands are given at once. */
const BATCH = 2_000

const OPTIONS: LineageOptions = { depth: 10 }
const ROOT = 'urn:bench:release'
/** What the release was made of was made of what was made of …: so many times, each time of so many artifacts. */
const STAGES = 6
const WIDTH = 40
const USED = 3

export const lineageAmongOthers: Benchmark = {
  name: 'lineage',
  async run(context) {
    const others = context.size(100_000)
    await using large = await fill(context, others)
    await using small = await fill(context, 0)
    const [amongOthers, alone] = await Promise.all([outlineOf(large), outlineOf(small)])
    if (amongOthers !== alone) throw new Error('both records should hold the same lineage')
    const series = await interleave(context.rounds(21), {
      'among others': () => timeOfOne(large),
      alone: () => timeOfOne(small),
    })
    const { nodes, relations } = await lineage(small, ROOT, OPTIONS)
    return [
      {
        what: `lineage to depth 10 among ${others} tasks and ${others} activities / where there is nothing else`,
        measured: series['among others'].median / series.alone.median,
        unit: '×',
        bar: { atMost: 2 },
        absolute: `${nodes.length} nodes, ${relations.length} relations: ${inWords(series['among others'].median)}, alone ${inWords(series.alone.median)}`,
        series,
        seriesUnit: 'ms',
      },
    ]
  },
}

async function timeOfOne(tracker: Tracker): Promise<number> {
  const took = await timed(async () => {
    for (let call = 0; call < CALLS; call++) await lineage(tracker, ROOT, OPTIONS)
  })
  return took / CALLS
}

/** What a lineage consists of, whatever ids its nodes have. */
async function outlineOf(tracker: Tracker): Promise<string> {
  const { nodes, relations, timeline, gaps, truncated } = await lineage(tracker, ROOT, OPTIONS)
  if (nodes.length < 400) throw new Error(`only ${nodes.length} nodes were found`)
  return JSON.stringify([
    nodes.map(({ label, distance, reachedBy }) => [label, distance, reachedBy?.kind]),
    relations.map(({ kind }) => kind).sort(),
    timeline.map(({ sentence }) => sentence),
    gaps.map(({ sentence }) => sentence),
    truncated.map(({ reason, omitted }) => [reason, omitted]),
  ])
}

/**
 * A release, and everything that it was made of; half of the others come before it, and half after. They are the work of the
 * same agent, and every tenth uses something that the release was made of.
 */
async function fill(context: Context, others: number): Promise<Tracker> {
  const tracker = await openBenchTracker(context.newPath('lineage'))
  const took = await timed(async () => {
    const person = await tracker.agents.registerHuman({ name: 'Ada' })
    const agent = await tracker.agents.registerMl({ role: 'worker', provider: 'anthropic', model: 'claude-opus-4-6' })
    await tracker.agents.delegate(agent.id, person.id)
    await addOthers(tracker, agent.id, others / 2, [])
    const made = await addRelease(tracker, agent.id)
    await addOthers(tracker, agent.id, others / 2, made)
  })
  if (others > 0) {
    context.fixtures.setupMs[`lineage, ${others.toLocaleString('en-US')} other tasks and activities`] = took
  }
  return tracker
}

async function addRelease(tracker: Tracker, agent: AgentId): Promise<ArtifactId[]> {
  const random = new Random(1)
  const all: ArtifactId[] = []
  let before: ArtifactId[] = []
  for (let stage = 0; stage < STAGES; stage++) {
    const made: ArtifactId[] = []
    for (let part = 0; part < WIDTH; part++) {
      const used = stage === 0 ? [] : random.sample(before, USED)
      made.push(await make(tracker, agent, `urn:bench:${stage}:${part}`, used))
    }
    before = made
    all.push(...made)
  }
  await make(tracker, agent, ROOT, before)
  return all
}

async function make(tracker: Tracker, agent: AgentId, iri: string, used: ArtifactId[]): Promise<ArtifactId> {
  const task = await tracker.tasks.create({ title: `Make ${iri}` })
  const activity = await tracker.activities.start({ agent, task: task.id, used })
  const { id } = await tracker.artifacts.add({ iri, generatedBy: activity.id })
  await tracker.activities.end(activity.id)
  return id
}

async function addOthers(tracker: Tracker, agent: AgentId, count: number, made: readonly ArtifactId[]): Promise<void> {
  for (let start = 0; start < count; start += BATCH) {
    await Promise.all(
      Array.from({ length: Math.min(BATCH, count - start) }, async (_, index) => {
        const other = start + index
        const { id } = await tracker.tasks.create({ title: `Other ${other}` })
        const used = other % 10 === 0 && made.length > 0 ? [made[other % made.length]!] : []
        await tracker.activities.start({ agent, task: id, used })
      }),
    )
  }
}

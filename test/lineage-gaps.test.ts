import { describe, expect, test } from 'vitest'
import {
  type ActivityId,
  type Gap,
  type LineageOptions,
  lineage,
  type NodeId,
  projectReport,
  type Tracker,
} from '../src/index.js'
import { modelOf } from './support/lineage-model.js'
import { Clock, open } from './support/trackers.js'
import { fillRecord, RICH_OPTIONS } from './support-store/rich-record.js'

/** The gaps in the lineage of a node, as `kind node`. */
async function gapsOf(tracker: Tracker, id: NodeId, options?: LineageOptions): Promise<string[]> {
  return (await lineage(tracker, id, options)).gaps.map(({ kind, node }) => `${kind} ${node}`)
}

async function openWithAda(now?: () => number) {
  const tracker = await open(now && { now })
  const ada = await tracker.agents.registerHuman({ name: 'Ada' })
  return { tracker: tracker.as(ada.id), ada }
}

const ML = { role: 'worker', provider: 'anthropic', model: 'claude-opus-4-6' } as const

describe('the gaps of a lineage', () => {
  test('are none where everything is known', async () => {
    const { tracker } = await openWithAda()
    const bot = await tracker.agents.registerMl({ ...ML, version: '2026-01-05' })
    const task = await tracker.tasks.create({ title: 'Work' })
    const activity = await tracker.activities.start({ agent: bot.id, task: task.id })
    const file = await tracker.artifacts.add({ iri: 'urn:a', generatedBy: activity.id })
    await tracker.activities.end(activity.id)
    await tracker.tasks.close(task.id)
    expect(await gapsOf(tracker, task.id)).toEqual([])
    expect(await gapsOf(tracker, file.id)).toEqual([])
  })

  test('are an activity that has not ended', async () => {
    const { tracker } = await openWithAda()
    const activity = await tracker.activities.start({ phase: 'landing' })
    expect((await lineage(tracker, activity.id)).gaps).toEqual<Gap[]>([
      { kind: 'activity_without_end', node: activity.id, sentence: 'The activity "landing" has not ended.' },
    ])
    await tracker.activities.end(activity.id, { failed: 'no time' })
    expect(await gapsOf(tracker, activity.id)).toEqual([])
  })

  test('are a task without a known author', async () => {
    const { tracker, ada } = await openWithAda()
    const task = await tracker.tasks.create({ title: 'Work' })
    expect(await gapsOf(tracker, task.id)).toEqual([])
    await tracker.relations.remove(task.id, 'attributed_to', ada.id)
    expect((await lineage(tracker, task.id)).gaps).toEqual<Gap[]>([
      {
        kind: 'task_without_attribution',
        node: task.id,
        sentence: 'No author is known for the task "Work".',
      },
    ])
  })

  test('are an artifact that nothing is known to have made', async () => {
    const { tracker } = await openWithAda()
    const source = await tracker.artifacts.add({ iri: 'urn:source' })
    const copy = await tracker.artifacts.add({ iri: 'urn:copy', label: 'The copy', derivedFrom: [source.id] })
    const { gaps } = await lineage(tracker, copy.id)
    expect(gaps).toEqual<Gap[]>([
      {
        kind: 'artifact_without_origin',
        node: source.id,
        sentence: 'No activity is known to have made the artifact "urn:source".',
      },
      {
        kind: 'artifact_without_origin',
        node: copy.id,
        sentence: 'No activity is known to have made the artifact "The copy".',
      },
    ])
  })

  test('are a model without a version', async () => {
    const { tracker } = await openWithAda()
    const bot = await tracker.agents.registerMl(ML)
    const program = await tracker.agents.registerSoftware({ name: 'linter' })
    await tracker.agents.delegate(bot.id, program.id)
    expect((await lineage(tracker, bot.id)).gaps).toEqual<Gap[]>([
      {
        kind: 'model_without_version',
        node: bot.id,
        sentence: 'claude-opus-4-6 (worker) does not say which version of its model it is.',
      },
    ])
  })

  test('are a closed task that no activity is known to have worked on', async () => {
    const { tracker } = await openWithAda()
    const [closed, worked, within, reopened] = await Promise.all(
      ['closed', 'worked', 'within', 'reopened'].map((title) => tracker.tasks.create({ title })),
    )
    const activity = await tracker.activities.start({ task: worked!.id })
    await tracker.activities.end(activity.id)
    for (const task of [closed, worked, reopened]) await tracker.tasks.close(task!.id)
    await tracker.within(activity.id).tasks.close(within!.id)
    await tracker.tasks.reopen(reopened!.id)
    expect((await lineage(tracker, closed!.id)).gaps).toEqual<Gap[]>([
      {
        kind: 'closed_without_activity',
        node: closed!.id,
        sentence: 'The task "closed" is closed, and no activity is known to have worked on it.',
      },
    ])
    for (const task of [worked, within, reopened]) expect(await gapsOf(tracker, task!.id)).toEqual([])
  })

  test('are an attempt whose lease ran out, which has ended for all that', async () => {
    const clock = new Clock()
    const tracker = await open({ now: clock.now })
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const t = tracker.as(ada.id)
    const task = await t.tasks.create({ title: 'Work' })
    const { activity } = await t.claims.claim(task.id, { ttlMs: 60_000 })
    expect(await gapsOf(tracker, task.id)).toEqual([`activity_without_end ${activity}`])
    clock.set('2026-01-05T12:00:00.000Z')
    const again = await t.claims.claim(task.id)
    const { gaps } = await lineage(tracker, task.id)
    expect(gaps).toEqual<Gap[]>([
      {
        kind: 'activity_without_end',
        node: again.activity,
        sentence: 'The activity "attempt 2: Work" has not ended.',
      },
      {
        kind: 'lease_ran_out',
        node: activity,
        sentence: 'The lease of the activity "attempt 1: Work" ran out, and what became of the work is not known.',
      },
    ])
    await t.claims.complete(again.token, { outcome: 'done' })
    expect(await gapsOf(tracker, task.id)).toEqual([`lease_ran_out ${activity}`])
  })

  test('are not a task that a submission or a review closed: its attempts have worked on it', async () => {
    const { tracker, ada } = await openWithAda()
    const bot = await tracker.agents.registerMl({ ...ML, version: '2026-01-05' })
    const done = await tracker.tasks.create({ title: 'Done' })
    const judged = await tracker.tasks.create({
      title: 'Judged',
      contract: { criteria: [], completionPolicy: 'review' },
    })
    const t = tracker.as(bot.id)
    for (const task of [done, judged]) {
      await t.claims.complete((await t.claims.claim(task.id)).token, { outcome: 'done' })
    }
    await tracker.as(ada.id).reviews.record(judged.id, { verdict: 'approve' })
    for (const { id } of [done, judged]) {
      expect((await tracker.tasks.get(id)).status).toBe('closed')
      expect(await gapsOf(tracker, id)).toEqual([])
    }
  })

  test('are a task whose status stands as it was forced, until it is changed again', async () => {
    const { tracker } = await openWithAda()
    const task = await tracker.tasks.create({ title: 'Work', contract: { criteria: [], completionPolicy: 'review' } })
    await tracker.tasks.close(task.id, { force: true, reason: 'The deadline.' })
    const forced = {
      kind: 'forced',
      node: task.id,
      sentence: 'The status of the task "Work" was changed by force, round its contract or a claim: The deadline.',
    } as const
    expect((await lineage(tracker, task.id)).gaps).toContainEqual(forced)
    await tracker.tasks.reopen(task.id)
    expect(await gapsOf(tracker, task.id)).toEqual([])
  })

  test('are an activity that used a decision or learning which has been superseded since', async () => {
    const clock = new Clock()
    const { tracker, ada } = await openWithAda(clock.now)
    const t = tracker.as(ada.id)
    const old = await t.decisions.record({ title: 'Use passwords', rationale: 'Everybody knows them.' })
    const lesson = await t.learnings.record({ title: 'Test first', rationale: 'It is faster.' })
    const { id } = await t.activities.start({ phase: 'landing', used: [old.id, lesson.id] })
    await t.activities.end(id)
    expect(await gapsOf(tracker, id)).toEqual([])
    clock.set('2026-01-05T10:30:00.000Z')
    await t.decisions.supersede(old.id, { title: 'Use passkeys', rationale: 'They cannot be phished.' })
    expect((await lineage(tracker, id)).gaps).toEqual<Gap[]>([
      {
        kind: 'superseded_since',
        node: id,
        sentence:
          'The activity "landing" used the decision "Use passwords", which stood then and is superseded as of 2026-01-05 10:30.',
      },
    ])
    await t.learnings.supersede(lesson.id, { title: 'Types first', rationale: 'Faster still.' })
    expect((await lineage(tracker, id)).gaps.map(({ sentence }) => sentence)).toEqual([
      'The activity "landing" used the decision "Use passwords", which stood then and is superseded as of 2026-01-05 10:30.',
      'The activity "landing" used the learning "Test first", which stood then and is superseded as of 2026-01-05 10:30.',
    ])
    const report = await projectReport(tracker)
    expect(report.gaps).toEqual((await lineage(tracker, id)).gaps)
  })

  /** When the use is stated, within the activity or not; when the decision is superseded, and from when on. */
  test.each([
    ['before the activity began', { start: 10, superseded: 9, used: 10 }, 'which had been superseded 1 h before.'],
    [
      'in the same moment, before it',
      { start: 10, superseded: 10, used: 10 },
      'which had been superseded just before.',
    ],
    ['in the same moment, after it', { start: 10, superseded: 10.5, used: 10 }, 'superseded as of 2026-01-05 10:00.'],
    [
      'while it was under way, before the use',
      { start: 8, superseded: 9, used: 10 },
      'had been superseded 1 h before.',
    ],
    [
      'while it was under way, after the use',
      { start: 8, superseded: 10, used: 9 },
      'superseded as of 2026-01-05 10:00.',
    ],
    [
      'while it was under way, the use being stated later',
      { start: 8, superseded: 9, end: 10, used: 11 },
      'stood then and is superseded as of 2026-01-05 09:00.',
    ],
    [
      'before, from a time on that had not come',
      { start: 10, superseded: 9, used: 10, validFrom: 20 },
      'stood then and is superseded as of 2026-01-05 20:00.',
    ],
  ])(
    'tell whether what was used had been superseded: %s',
    async (_when, { start, superseded, used, ...more }, told) => {
      const { end, validFrom }: { end?: number; validFrom?: number } = more
      const at = (hour: number) => `2026-01-05T${String(Math.floor(hour)).padStart(2, '0')}:00:00.000Z`
      let time = Date.parse(at(7))
      const { tracker } = await openWithAda(() => time)
      const old = await tracker.decisions.record({ title: 'Old', rationale: 'So.' })
      let id: ActivityId | undefined
      const supersede = () =>
        tracker.decisions.supersede(old.id, {
          title: 'New',
          rationale: 'So.',
          ...(validFrom !== undefined && { validFrom: at(validFrom) }),
        })
      const steps: readonly (readonly [number | undefined, () => Promise<unknown>])[] = [
        [superseded, supersede],
        [start, async () => (id = (await tracker.activities.start({ phase: 'landing' })).id)],
        [end, () => tracker.activities.end(id!)],
        [used, () => tracker.relations.add(id!, 'used', old.id)],
      ]
      for (const [hour, step] of steps.filter(([hour]) => hour !== undefined).sort(([a], [b]) => a! - b!)) {
        time = Date.parse(at(hour!))
        await step()
      }
      const [gap] = (await lineage(tracker, id!)).gaps.filter(({ kind }) => kind.startsWith('superseded'))
      expect(gap!.sentence).toMatch(/^The activity "landing" used the decision "Old", /)
      expect(gap!.sentence).toContain(told)
      expect(gap!.kind).toBe(told.includes('had been') ? 'superseded' : 'superseded_since')
      expect((await projectReport(tracker)).gaps).toContainEqual(gap)
    },
  )

  test('are what was erased, of a task and of a comment, and the names are what is left of them', async () => {
    const { tracker } = await openWithAda()
    const task = await tracker.tasks.create({ title: 'Secret' })
    const seq = (await tracker.log.head()).seq
    const comment = await tracker.tasks.addComment(task.id, { body: 'Also secret' })
    const open = await tracker.tasks.create({ title: 'Open' })
    await tracker.relations.add(open.id, 'derived_from', task.id)
    await tracker.log.redact(seq, { reason: 'asked to' })
    await tracker.log.redact(seq + 1, { reason: 'asked to' })
    const { nodes, gaps } = await lineage(tracker, open.id)
    expect(nodes.map(({ label }) => label)).not.toContain('Secret')
    expect(gaps).toEqual<Gap[]>([
      {
        kind: 'erased',
        node: task.id,
        sentence: 'Part of what was written about the task "[redacted]" has been erased.',
      },
    ])
    expect(await gapsOf(tracker, task.id)).toEqual([`erased ${task.id}`, `erased ${comment.id}`])
    // The task is not there, and what was erased of it is no gap of its comment.
    const alone = await lineage(tracker, comment.id, { direction: 'effects' })
    expect(alone.gaps.map(({ node }) => node)).toEqual([comment.id])
    expect(alone.timeline.map(({ erased, subject }) => [erased, subject])).toContainEqual([true, task.id])
  })

  test('are judged by the record, not by what the lineage goes as far as', async () => {
    const { tracker, ada } = await openWithAda()
    const task = await tracker.tasks.create({ title: 'Work' })
    const activity = await tracker.activities.start({ agent: ada.id, task: task.id })
    const file = await tracker.artifacts.add({ iri: 'urn:a', generatedBy: activity.id })
    await tracker.tasks.close(task.id)
    for (const { id } of [task, file]) {
      expect(await gapsOf(tracker, id, { depth: 0 })).toEqual([])
      expect(await gapsOf(tracker, id, { maxNodes: 1 })).toEqual([])
      expect(await gapsOf(tracker, id, { kinds: [] })).toEqual([])
    }
  })

  test('are all told of a record with gaps everywhere, kind by kind, in order of age', async () => {
    const { tracker, ada } = await openWithAda()
    const bot = await tracker.agents.registerMl(ML)
    const root = await tracker.tasks.create({ title: 'Root' })
    const expected: Record<Gap['kind'], NodeId[]> = {
      activity_without_end: [],
      task_without_attribution: [],
      artifact_without_origin: [],
      model_without_version: [bot.id],
      closed_without_activity: [],
      lease_ran_out: [],
      forced: [],
      superseded: [],
      superseded_since: [],
      erased: [],
    }
    for (let turn = 0; turn < 600; turn++) {
      const task = await tracker.tasks.create({ title: `Task ${turn}`, derivedFrom: [root.id] })
      await tracker.relations.remove(task.id, 'attributed_to', ada.id)
      await tracker.tasks.close(task.id)
      const activity = await tracker.activities.start({ agent: bot.id, used: [task.id] })
      const file = await tracker.artifacts.add({ iri: `urn:${turn}`, derivedFrom: [task.id] })
      expected.activity_without_end.push(activity.id)
      expected.task_without_attribution.push(task.id)
      expected.closed_without_activity.push(task.id)
      expected.artifact_without_origin.push(file.id)
    }
    const { gaps, nodes } = await lineage(tracker, root.id, { maxNodes: 10_000 })
    expect(nodes).toHaveLength(1_803)
    expect(gaps.map(({ kind, node }) => [kind, node])).toEqual(
      Object.entries(expected).flatMap(([kind, ids]) => ids.map((id) => [kind, id])),
    )
  })

  test('are in a project report what they are in the lineage of each of its nodes', async () => {
    const tracker = await open(RICH_OPTIONS)
    await fillRecord(tracker)
    const stray = await tracker.tasks.create({ title: 'Elsewhere', namespace: 'elsewhere' })
    await tracker.tasks.close(stray.id)
    const { ids } = await modelOf(tracker)
    for (const { seq, type } of (await tracker.log.events({ limit: 1_000 })).items) {
      if (seq % 5 === 0 || type === 'comment.added') await tracker.log.redact(seq, { reason: 'asked to' })
    }
    const told: string[] = []
    for (const id of ids) told.push(...(await gapsOf(tracker, id, { depth: 0 })))
    const { gaps, gapsTotal } = await projectReport(tracker)
    expect(gaps.map(({ kind, node }) => `${kind} ${node}`).sort()).toEqual(told.sort())
    expect(gapsTotal).toBe(told.length)
    expect(told.filter((gap) => gap.startsWith('erased')).length).toBeGreaterThan(5)
    for (const kind of ['lease_ran_out', 'forced']) expect(told.filter((gap) => gap.startsWith(kind))).toHaveLength(1)
    const here = await projectReport(tracker, { namespace: 'elsewhere' })
    expect(here.gaps.map(({ kind, node }) => `${kind} ${node}`).sort()).toEqual(
      told.filter((gap) => gap.includes(' elsewhere--')),
    )
  })
})

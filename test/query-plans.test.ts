import { rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { byArtifact, exportProv, type LineageOptions, lineage, openTracker, type Tracker } from '../src/index.js'
import { newFolder } from './support-store/folder.js'
import { fillRecord, RICH_OPTIONS, type RichRecord } from './support-store/rich-record.js'

/*
 * What SQLite does to answer a query is read from the statements that the library prepares: they are written down while
 * public queries run, and explained on a connection of their own.
 */

let written: Set<string> | undefined
const prepare = Database.prototype.prepare

/** The statements that run while `work` does, and that no tracker has prepared before. */
async function statementsOf(path: string, work: (tracker: Tracker) => Promise<unknown>): Promise<string[]> {
  // A tracker prepares each text once, so each call gets one that has prepared nothing yet.
  const tracker = await openTracker({ path })
  const statements = new Set<string>()
  written = statements
  try {
    await work(tracker)
  } finally {
    written = undefined
    await tracker.close()
  }
  return [...statements].filter((sql) => !/^(BEGIN|COMMIT|ROLLBACK|PRAGMA|SELECT count\(\*\) FROM settings)/i.test(sql))
}

describe('the plan of', () => {
  const folder = newFolder()
  const path = join(folder, 'work.db')
  let record: RichRecord
  let db: Database.Database

  beforeAll(async () => {
    Database.prototype.prepare = function (this: Database.Database, sql: string) {
      written?.add(sql)
      return prepare.call(this, sql)
    } as typeof prepare
    await using tracker = await openTracker({ path, ...RICH_OPTIONS })
    record = await fillRecord(tracker)
    db = new Database(path)
  })
  afterAll(() => {
    Database.prototype.prepare = prepare
    db.close()
    rmSync(folder, { recursive: true })
  })

  function planOf(sql: string, on = db): string[] {
    const statement = on.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    // Plans do not depend on what is bound, but every parameter wants a value.
    const parameters = sql.replace(/'[^']*'/g, '').split('?').length - 1
    return (statement.all(...Array(parameters).fill(null)) as { detail: string }[]).map(({ detail }) => detail)
  }

  async function plansOf(work: (tracker: Tracker) => Promise<unknown>): Promise<{ sql: string; plan: string[] }[]> {
    return (await statementsOf(path, work)).map((sql) => ({ sql, plan: planOf(sql) }))
  }

  /** Queries that must not read more than they answer: with each, the indexes that they go along. */
  const narrow: Record<string, { ask: (t: Tracker, r: RichRecord) => Promise<unknown>; indexes: RegExp[] }> = {
    'tasks.ready': { ask: (t) => t.tasks.ready({ limit: 50 }), indexes: [/\btasks_ready\b/] },
    'tasks.ready, a later page': {
      ask: async (t) => {
        const { nextCursor } = await t.tasks.ready({ limit: 1 })
        if (nextCursor !== undefined) await t.tasks.ready({ limit: 1, cursor: nextCursor })
      },
      indexes: [/\btasks_ready\b/],
    },
    'tasks.ready, oldest first': { ask: (t) => t.tasks.ready({ sort: 'oldest' }), indexes: [/\btasks_ready_by_age\b/] },
    'tasks.ready, newest first': { ask: (t) => t.tasks.ready({ sort: 'newest' }), indexes: [/\btasks_ready_by_age\b/] },
    'tasks.blocked': { ask: (t) => t.tasks.blocked({ limit: 50 }), indexes: [/\btasks_blocked\b/] },
    'tasks.overdue': { ask: (t) => t.tasks.overdue({ limit: 50 }), indexes: [/\btasks_by_due\b/] },
    'tasks.list': { ask: (t) => t.tasks.list({ limit: 50 }), indexes: [/\btasks_by_age\b/] },
    'tasks.list by status': { ask: (t) => t.tasks.list({ status: 'open' }), indexes: [/\btasks_by_status\b/] },
    'tasks.findByExternalRef': {
      ask: (t) => t.tasks.findByExternalRef('tracker', 'the ref id'),
      indexes: [/\bexternal_refs_by_id\b/],
    },
    'tasks.comments': { ask: (t, { task }) => t.tasks.comments(task.id), indexes: [/\bcomments_by_task\b/] },
    'tasks.explain': {
      ask: (t, { contracted }) => t.tasks.explain(contracted.id),
      indexes: [/\brelations_by_target\b/, /\battempts_by_task\b/, /\breviews_by_attempt\b/],
    },
    'artifacts.findByIri': {
      ask: (t) => t.artifacts.findByIri('https://example.org/the artifact iri'),
      indexes: [/\bartifacts_by_iri\b/],
    },
    'evidence.list of a subject': {
      ask: (t, { task }) => t.evidence.list({ subject: task.id }),
      indexes: [/\bevidence_by_subject\b/],
    },
    'decisions.list': { ask: (t) => t.decisions.list(), indexes: [/\bknowledge_by_age\b/] },
    'decisions.list of a task': {
      ask: (t, { contracted }) => t.decisions.list({ attachedTo: contracted.id }),
      indexes: [/\bknowledge_by_task\b/],
    },
    'decisions.list, as it was known': {
      ask: (t) => t.decisions.list({ validAt: '2026-01-01T00:00:00Z', knownAt: '2026-01-01T00:00:00Z' }),
      indexes: [/\bknowledge_by_age\b/, /\bsupersessions_by_later\b/],
    },
    knowledge: {
      ask: (t, { contracted }) => t.knowledge(contracted.id),
      indexes: [/\bknowledge_by_task\b/, /\bknowledge_by_namespace\b/],
    },
    context: {
      ask: (t, { contracted }) => t.context(contracted.id),
      indexes: [
        /\battempts_by_task\b/,
        /\breviews_by_(attempt|task)\b/,
        /\bactivities_by_task\b/,
        /\bcomments_by_task\b/,
        /\bevidence_by_subject\b/,
        /\bknowledge_by_task\b/,
      ],
    },
    'claims.list': { ask: (t) => t.claims.list(), indexes: [/\battempts_live\b/] },
    'claims.list of an agent': {
      ask: (t, { bot }) => t.claims.list({ agent: bot.id }),
      indexes: [/\battempts_live\b/],
    },
    'runs.list of a task': {
      ask: (t, { contracted }) => t.runs.list({ task: contracted.id }),
      indexes: [/\battempts_by_task\b/],
    },
    'runs.list of an agent': {
      ask: (t, { bot }) => t.runs.list({ agent: bot.id }),
      indexes: [/\bactivities_by_agent\b/],
    },
    'log.events': { ask: (t) => t.log.events({ limit: 50 }), indexes: [] },
    'log.events of a subject': {
      ask: (t, { task }) => t.log.events({ subject: task.id }),
      indexes: [/\bevents_by_subject\b/],
    },
    'log.events of a subject, later ones': {
      ask: (t, { task }) => t.log.events({ subject: task.id, after: 3 }),
      indexes: [/\bevents_by_subject\b/],
    },
    'log.events of an activity': {
      ask: (t, { activity }) => t.log.events({ activity: activity.id }),
      indexes: [/\bevents_by_activity\b/],
    },
    'log.events of an activity, later ones': {
      ask: (t, { activity }) => t.log.events({ activity: activity.id, after: 3 }),
      indexes: [/\bevents_by_activity\b/],
    },
    'log.head': { ask: (t) => t.log.head(), indexes: [] },
    lineage: {
      ask: (t, r) => everyLineage(t, r, {}),
      indexes: [
        /\brelations_by_target\b/,
        /\bactivities_by_(agent|task)\b/,
        /\bcomments_by_(author|task)\b/,
        /\breviews_by_attempt\b/,
        /\bknowledge_by_(agent|task)\b/,
        /\bevidence_by_(agent|subject|artifact)\b/,
      ],
    },
    'lineage, cut short': {
      ask: (t, r) => everyLineage(t, r, { depth: 2, maxNodes: 1 }),
      indexes: [/\brelations_by_target\b/],
    },
    'lineage along some kinds': {
      ask: (t, r) => everyLineage(t, r, { kinds: ['attributed_to', 'generated_by', 'had_plan'], maxNodes: 2 }),
      indexes: [/\brelations_by_target\b/],
    },
    byArtifact: {
      ask: (t) => byArtifact(t, 'https://example.org/the artifact iri'),
      indexes: [/\bartifacts_by_iri\b/],
    },
  }

  const sorting = /TEMP B-TREE FOR (?!DISTINCT)/
  // comments of one task, relations of one task, versions of one artifact: what is sorted is what is answered.
  // lineage and byArtifact: the events of the nodes that they answer with are sorted.
  // evidence, knowledge, context: that of one node, or of one page.
  // claims.list and runs.list: the claims that are live, the runs of one task or agent.
  const sorts = [
    'claims.list',
    'claims.list of an agent',
    'runs.list of a task',
    'runs.list of an agent',
    'evidence.list of a subject',
    'decisions.list',
    'decisions.list of a task',
    'decisions.list, as it was known',
    'knowledge',
    'context',
    'tasks.explain',
    'artifacts.findByIri',
    'lineage',
    'lineage, cut short',
    'lineage along some kinds',
    'byArtifact',
  ]

  test.each(Object.keys(narrow))('%s goes along its indexes, and sorts nothing', async (name) => {
    const { ask, indexes } = narrow[name]!
    const plans = await plansOf((tracker) => ask(tracker, record))
    expect(plans.length).toBeGreaterThan(0)
    const text = plans.map(({ plan }) => plan.join('\n')).join('\n')
    for (const index of indexes) expect(text).toMatch(index)
    if (!sorts.includes(name)) expect(text).not.toMatch(sorting)
    for (const { sql, plan } of plans) {
      const scans = plan.filter((step) => /^SCAN/.test(step) && !/json_each|VIRTUAL TABLE/.test(step))
      // A list that is not filtered is as long as its table, and the log is read along its key.
      const allowed = [
        /\btasks_(ready|ready_by_age|blocked)\b/,
        ...(name.startsWith('tasks.list') ? [/\btasks_by_age\b/, /SCAN t$/] : []),
      ]
      if (name === 'claims.list') allowed.push(/^SCAN p USING (COVERING )?INDEX attempts_live$/)
      if (name === 'log.events' || name === 'log.head') allowed.push(/^SCAN events/)
      // The tasks that a task is part of, what holds for it, and what its activities made: as much as is answered.
      if (name === 'knowledge' || name === 'context') allowed.push(/^SCAN (CONSTANT ROW|up|h|w)$/)
      // How far the log went, and what of erased events was kept.
      if (sql.includes('ORDER BY seq DESC LIMIT 1')) allowed.push(/^SCAN events$/)
      if (sql.includes("type = 'log.redacted'")) allowed.push(/^SCAN events USING INDEX events_redactions$/)
      expect(
        scans.filter((step) => !allowed.some((pattern) => pattern.test(step))),
        sql,
      ).toEqual([])
    }
  })

  test.each([
    ['that was never analysed', []],
    ['in which little is ready', [1_000, 1_000]],
    ['in which everything is ready', [100_000, 100_000]],
  ] as const)(
    'tasks.ready and claims.next go along the ready tasks and sort nothing, in a file %s',
    async (_name, [ready, byAge]) => {
      const statements = await statementsOf(path, async (tracker) => {
        for (const sort of ['priority', 'oldest', 'newest'] as const) {
          for (const filter of [
            {},
            { includeInProgress: true },
            { priority: 'high' as const },
            { type: ['feature', 'bug'] },
            { labelsAll: ['a'], labelsAny: ['b', 'c'] },
            { owner: record.ada.id },
            { parent: record.epic.id },
            { namespace: tracker.namespace },
            { text: 'the' },
            { createdAfter: '2026-01-01T00:00:00Z', updatedBefore: '2027-01-01T00:00:00Z' },
          ]) {
            await tracker.tasks.ready({ sort, limit: 10, ...filter })
            const { includeInProgress: _, ...claimable } = { includeInProgress: false, ...filter }
            const requires = { role: 'worker', capabilities: ['typescript'] }
            for (const asked of [{}, { requires }]) {
              const claimed = await tracker.claims.next({ sort, ...claimable, ...asked })
              if (claimed !== null) await tracker.claims.release(claimed.token)
            }
          }
        }
      })
      const analysed = new Database(join(folder, `analysed-${ready ?? 0}.db`))
      analysed.exec(
        db
          .prepare("SELECT group_concat(sql, ';') FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'trigger'")
          .pluck()
          .get() as string,
      )
      if (ready !== undefined) {
        analysed.exec('ANALYZE')
        const note = analysed.prepare('INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)')
        note.run('tasks', 'tasks_ready', `${ready} ${ready / 5} 20 1 1 1 1 1`)
        note.run('tasks', 'tasks_ready_by_age', `${byAge} 100 1 1 1 1 1`)
        note.run('tasks', 'tasks_by_age', '100000 1')
        note.run('tasks', 'tasks_by_status', '100000 50000 1')
        note.run('tasks', 'tasks_by_owner', '100000 5000 1')
        note.run('nodes', 'sqlite_autoindex_nodes_1', '200000 1')
        note.run('task_labels', 'task_labels_by_label', '1000 10 1')
        note.run('relations', 'relations_by_target', '300000 3 3 1')
        analysed.exec('ANALYZE sqlite_schema')
      }
      const plans = statements
        .map((sql) => ({ sql, plan: planOf(sql, analysed) }))
        .filter(({ sql }) => /FROM tasks t INDEXED BY tasks_ready/.test(sql))
      analysed.close()
      expect(plans.length).toBeGreaterThan(60)
      for (const { sql, plan } of plans) {
        const steps = plan.filter((step) => /^(SCAN|SEARCH) t\b/.test(step))
        expect(steps, sql).toHaveLength(1)
        expect(steps[0], sql).toMatch(/ USING (COVERING )?INDEX tasks_ready(_by_age)?\b/)
        expect(plan.join('\n'), sql).not.toMatch(sorting)
      }
    },
  )

  test('no query scans the nodes, the relations or the events to find one of them', async () => {
    const plans = await plansOf((tracker) => everyQuery(tracker, record))
    const scans = plans.flatMap(({ sql, plan }) =>
      plan.filter((step) => /^SCAN (n|nodes|r|relations|events)\b/.test(step)).map((step) => `${step}: ${sql}`),
    )
    // Lists of everything, and the counts of them; a verification compares whole tables.
    const whole = /SELECT \* FROM|FROM (events|relations r|agents a|artifacts f|activities v|tasks t)|FROM nodes/
    expect(scans.filter((scan) => !whole.test(scan))).toEqual([])
  })

  test('what one command reads and writes never depends on how much there is', async () => {
    const plans = await plansOf(async (tracker) => {
      const t = tracker.as(record.ada.id)
      const one = await t.tasks.create({
        title: 'one',
        idempotencyKey: 'plans-1',
        labels: ['a'],
        externalRefs: [{ system: 's', id: '1' }],
      })
      const two = await t.tasks.create({ title: 'two', blockedBy: [one.id], parent: record.epic.id })
      await t.relations.add(record.twin.id, 'blocked_by', two.id)
      await t.relations.remove(record.twin.id, 'blocked_by', two.id)
      await t.relations.add(two.id, 'derived_from', one.id)
      await t.tasks.update(two.id, { title: 'two again', labels: ['b'], parent: null })
      await t.tasks.addLabel(two.id, 'c')
      await t.tasks.addComment(two.id, { body: 'hello' })
      await t.tasks.close(one.id)
      await t.tasks.reopen(one.id)
      await t.agents.registerHuman({ name: 'Ada', reuse: true })
      await t.agents.registerHuman({ name: 'Ada', reuse: true })
      const activity = await t.activities.start({ used: [one.id] })
      await t.activities.end(activity.id, { generated: [two.id] })
      await t.artifacts.add({ iri: 'https://example.org/b', generatedBy: activity.id })
      await t.tasks.update(record.epic.id, { notBefore: '2026-01-05T10:00:00Z', dueAt: '2026-01-05T10:00:00Z' })
      await t.agents.setCapabilities(record.ada.id, ['sql'])
      const claimed = await t.claims.next({ ttlMs: 600_000 })
      await t.claims.heartbeat(claimed!.token)
      await t.claims.complete(claimed!.token, { outcome: 'done' })
    })
    const scans = plans.flatMap(({ sql, plan }) =>
      plan
        .filter((step) => /^SCAN/.test(step) && !/json_each|VIRTUAL TABLE|CONSTANT ROW/.test(step))
        .map((step) => `${step}: ${sql}`),
    )
    // The end of the log is looked for from its end; what a recursion has found is read as it comes.
    const allowed = [
      /^SCAN events: SELECT seq, digest FROM events ORDER BY seq DESC LIMIT 1$/,
      /^SCAN a(ffected)?\b/,
      // What a task that is closed frees: as many as wait for it.
      /^SCAN (candidates|released|opened|[cop])\b/,
      // The first of the ready tasks.
      /^SCAN t USING INDEX tasks_ready: SELECT t\.key FROM tasks t INDEXED BY tasks_ready .* LIMIT 1$/s,
    ]
    expect(scans.filter((scan) => !allowed.some((pattern) => pattern.test(scan)))).toEqual([])
  })

  test('some public query uses each index of the schema', async () => {
    const indexes = db
      .prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name")
      .pluck()
      .all() as string[]
    expect(indexes.length).toBeGreaterThan(15)
    const plans = await plansOf((tracker) => everyQuery(tracker, record))
    const text = plans.map(({ plan }) => plan.join('\n')).join('\n')
    const unused = indexes.filter((index) => !new RegExp(`\\b${index}\\b`).test(text))
    // That a task has one parent is a rule, which this index enforces.
    expect(unused.filter((index) => index !== 'relations_one_parent')).toEqual([])
  })
})

/** The lineage of a node of each kind, which together go along every way that there is. */
async function everyLineage(tracker: Tracker, record: RichRecord, options: LineageOptions): Promise<void> {
  const { task, ada, activity, artifact, comment, contracted, review, decision, learning, evidence } = record
  const nodes = [task, ada, activity, artifact, comment, contracted, review, decision, learning, evidence]
  for (const id of [...nodes.map((node) => node.id), review.attempt]) await lineage(tracker, id, options)
}

/** Every public query, with every filter that has an index. */
async function everyQuery(tracker: Tracker, record: RichRecord): Promise<void> {
  const { task, epic, ada, bot, activity } = record
  await tracker.tasks.get(task.id)
  await tracker.tasks.list()
  await tracker.tasks.list({ status: 'open' })
  await tracker.tasks.list({ status: ['open', 'closed'] })
  await tracker.tasks.list({ owner: ada.id })
  await tracker.tasks.list({ parent: epic.id })
  await tracker.tasks.list({ labelsAny: ['a'] })
  await tracker.tasks.list({ labelsAll: ['a'] })
  for (const sort of ['priority', 'oldest', 'newest', 'due'] as const) {
    await tracker.tasks.list({ sort })
    await tracker.tasks.ready({ sort })
    await tracker.tasks.blocked({ sort })
  }
  await tracker.tasks.overdue()
  await tracker.tasks.explain(task.id)
  await tracker.claims.list({ agent: bot.id })
  await tracker.claims.next({ idempotencyKey: 'every-claim' })
  await tracker.runs.list({ task: task.id })
  await tracker.runs.list({ agent: bot.id })
  await tracker.contracts.list(task.id)
  await tracker.reviews.list({ task: task.id })
  await tracker.reviews.list({ reviewer: ada.id })
  await tracker.evidence.list({ subject: task.id })
  await tracker.decisions.list()
  await tracker.learnings.list()
  await tracker.knowledge(task.id)
  await tracker.context(task.id)
  await tracker.tasks.ancestors(task.id)
  await tracker.tasks.descendants(task.id)
  await tracker.tasks.dependencyTree(task.id)
  await tracker.tasks.comments(task.id)
  await tracker.tasks.findByExternalRef('tracker', 'x')
  for (const direction of ['in', 'out', 'both'] as const) await tracker.relations.list(task.id, { direction })
  await tracker.agents.get(ada.id)
  await tracker.agents.list({ kind: 'human' })
  await tracker.agents.registerHuman({ name: 'the human name', contact: 'the human contact', reuse: true })
  await tracker.activities.get(activity.id)
  await tracker.activities.list({ agent: bot.id })
  await tracker.activities.list({ task: task.id })
  await tracker.activities.list({ open: true })
  await tracker.artifacts.findByIri('https://example.org/a')
  await tracker.artifacts.list({ kind: 'commit' })
  await everyLineage(tracker, record, {})
  await tracker.log.events()
  await tracker.log.events({ subject: task.id })
  await tracker.log.events({ activity: activity.id })
  await tracker.log.events({ type: 'log.redacted' })
  await tracker.log.head()
  await tracker.log.verify({ state: true })
  await tracker.tasks.create({ title: 'one', idempotencyKey: 'every-query' })
  for await (const _ of exportProv(tracker, { format: 'turtle' }));
}

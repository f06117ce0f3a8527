import fc from 'fast-check'
import {
  type ActivityId,
  type AgentId,
  type Contract,
  type DecisionId,
  type EntityId,
  type EvidenceId,
  GATES,
  type Json,
  type LearningId,
  type NodeId,
  OUTCOMES,
  PRIORITIES,
  RELATION_KINDS,
  ROLES,
  STAGES,
  STATUSES,
  SUBMISSION_OUTCOMES,
  TASK_TYPES,
  type TaskId,
  type Tracker,
  type TransactionTracker,
  VERDICTS,
} from '../../src/index.js'

/** What a history has brought forth so far, by kind. */
export class Nodes {
  readonly tasks: TaskId[] = []
  readonly agents: AgentId[] = []
  readonly activities: ActivityId[] = []
  readonly entities: EntityId[] = []
  readonly evidence: EvidenceId[] = []
  readonly decisions: DecisionId[] = []
  readonly learnings: LearningId[] = []
  /** Of those claims, the latest last, that their holders have not ended themselves. */
  readonly claims: { readonly token: string; readonly task: TaskId }[] = []

  get all(): NodeId[] {
    return [...this.tasks, ...this.agents, ...this.activities, ...this.entities]
  }

  get #lists(): unknown[][] {
    const { tasks, agents, activities, entities, evidence, decisions, learnings, claims } = this
    return [tasks, agents, activities, entities, evidence, decisions, learnings, claims]
  }

  /** Forgets, when it is called, what came after. */
  mark(): () => void {
    const before = this.#lists.map((list) => [...list])
    return () => {
      for (const [index, list] of this.#lists.entries()) list.splice(0, list.length, ...before[index]!)
    }
  }
}

/** Picks, for one command, among what there is: the same for the same seed (mulberry32). */
export class Choice {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  #draw(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  of<Value>(values: readonly Value[]): Value {
    return values[this.#draw() % values.length]!
  }

  /** One in so many times. */
  rarely(times: number): boolean {
    return this.#draw() % times === 0
  }

  /** A field that is given half of the time, and only where there is something to choose from. */
  maybe<Field extends string, Value>(field: Field, values: readonly Value[]): { [F in Field]?: Value } {
    if (values.length === 0 || !this.rarely(2)) return {}
    return { [field]: this.of(values) } as { [F in Field]?: Value }
  }

  some<Value>(values: readonly Value[]): Value[] {
    return values.length === 0 ? [] : [...new Set([this.of(values), this.of(values)])]
  }
}

const TEXTS = ['', 'plain', 'é e\u0301 "quoted" \\ \n', '😀', "'; DROP TABLE tasks;--"]
const LABELS = ['a', 'b', 'é', '😀', 'constructor']
const TIMES = ['2026-01-05T09:00:00Z', '2019-12-31T23:59:59.999+01:00', '2031-01-01T00:00:00.000Z']
const KEYS = ['key 1', 'key 2', 'key 3', 'key 4']

const KINDS = ['test_report', 'log']
const CAPABILITIES = ['css', 'sql']
const CONTRACTS: readonly Contract[] = [
  { criteria: [] },
  { criteria: [{ id: 'works', text: 'It works.', verification: 'test', required: true }], requiredEvidence: ['log'] },
  { criteria: [{ id: 'looks', text: 'It looks good.', required: false }], completionPolicy: 'review' },
  { criteria: [], retry: { maxAttempts: 2, backoffMs: 5 }, outputSchema: { type: 'number' } },
  { criteria: [], completionPolicy: { quorum: 2 } },
]

type Command = (t: Tracker | TransactionTracker, nodes: Nodes, choice: Choice) => Promise<unknown>

const common = (choice: Choice) => ({
  ...(choice.rarely(5) && { at: choice.of(TIMES) }),
  ...(choice.rarely(9) && { idempotencyKey: choice.of(KEYS) }),
})
const onTask = (choice: Choice) => ({
  ...common(choice),
  ...(choice.rarely(8) && { expectedRevision: choice.of([1, 2, 3]) }),
})

const forced = (choice: Choice) => (choice.rarely(3) ? { force: true, reason: 'It must be.' } : {})

/** Every command that changes a record, with what it needs picked among what there is. */
export const commands: Record<string, Command> = {
  async 'tasks.create'(t, nodes, choice) {
    const task = await t.tasks.create({
      title: `Task ${nodes.tasks.length}`,
      ...choice.maybe('description', TEXTS),
      ...choice.maybe('notes', TEXTS),
      ...choice.maybe('type', TASK_TYPES),
      ...choice.maybe('priority', PRIORITIES),
      ...choice.maybe('owner', nodes.agents),
      ...choice.maybe('parent', nodes.tasks),
      ...choice.maybe('namespace', ['elsewhere', 'https://example.org/shop']),
      ...choice.maybe('generatedBy', nodes.activities),
      ...choice.maybe('attributedTo', nodes.agents),
      labels: choice.some(LABELS),
      blockedBy: choice.some(nodes.tasks).map((task) => ({ task, gate: choice.of(GATES) })),
      derivedFrom: choice.some(nodes.entities),
      externalRefs: choice.some(['1', '2']).map((id) => ({ system: 'beads', id })),
      ...choice.maybe('contract', CONTRACTS),
      ...(choice.rarely(4) && choice.maybe('notBefore', TIMES)),
      ...(choice.rarely(4) && choice.maybe('requires', [{ capabilities: CAPABILITIES }, { role: 'worker' }])),
      ...common(choice),
    })
    nodes.tasks.push(task.id)
    nodes.entities.push(task.id)
    return task
  },
  'tasks.update': (t, nodes, choice) =>
    t.tasks.update(
      choice.of(nodes.tasks),
      {
        ...choice.maybe('title', ['Renamed', 'Task 1']),
        ...choice.maybe('description', [null, ...TEXTS]),
        ...choice.maybe('notes', [null, ...TEXTS]),
        ...choice.maybe('priority', PRIORITIES),
        ...choice.maybe('owner', [null, ...nodes.agents]),
        ...choice.maybe('parent', [null, ...nodes.tasks]),
        ...choice.maybe('status', STATUSES.slice(0, 3) as ('open' | 'in_progress' | 'in_review')[]),
        ...choice.maybe('labels', [null, ['b', 'a'], ['😀']]),
        ...choice.maybe('externalRefs', [null, [{ system: 'beads', id: '2', url: 'https://b.example' }]]),
        ...choice.maybe('notBefore', [null, ...TIMES.slice(0, 2)]),
        ...choice.maybe('snoozedUntil', [null, ...TIMES]),
        ...choice.maybe('dueAt', [null, ...TIMES]),
        ...choice.maybe('requires', [null, null, { capabilities: CAPABILITIES.slice(1) }]),
      },
      { ...onTask(choice), ...forced(choice) },
    ),
  'tasks.close': (t, nodes, choice) =>
    t.tasks.close(choice.of(nodes.tasks), {
      ...choice.maybe('reason', TEXTS),
      ...choice.maybe('outcome', OUTCOMES),
      ...onTask(choice),
      ...forced(choice),
    }),
  'tasks.reopen': (t, nodes, choice) =>
    t.tasks.reopen(choice.of(nodes.tasks), { ...choice.maybe('reason', TEXTS), ...onTask(choice) }),
  'tasks.hold': (t, nodes, choice) => t.tasks.hold(choice.of(nodes.tasks), { reason: 'not now', ...onTask(choice) }),
  'tasks.unhold': (t, nodes, choice) => t.tasks.unhold(choice.of(nodes.tasks), onTask(choice)),
  'tasks.addLabel': (t, nodes, choice) => t.tasks.addLabel(choice.of(nodes.tasks), choice.of(LABELS), onTask(choice)),
  'tasks.removeLabel': (t, nodes, choice) =>
    t.tasks.removeLabel(choice.of(nodes.tasks), choice.of(LABELS), onTask(choice)),
  async 'tasks.addComment'(t, nodes, choice) {
    const body = choice.of(TEXTS)
    const author = choice.maybe('author', nodes.agents)
    const comment = await t.tasks.addComment(choice.of(nodes.tasks), { body, ...author, ...common(choice) })
    nodes.entities.push(comment.id)
    return comment
  },
  'relations.add': (t, nodes, choice) => {
    const kind = choice.of(RELATION_KINDS)
    const isBetweenTasks = !choice.rarely(3)
    const [source, target] = isBetweenTasks
      ? [choice.of(nodes.tasks), choice.of(nodes.tasks)]
      : [choice.of(nodes.all), choice.of(nodes.all)]
    const gate = kind === 'blocked_by' ? choice.maybe('gate', GATES) : {}
    const why = choice.maybe('reason', ['They belong together.'])
    return t.relations.add(source, kind, target, {
      ...gate,
      ...why,
      evidence: choice.some(nodes.evidence),
      ...common(choice),
    })
  },
  async 'relations.remove'(t, nodes, choice) {
    const { items } = await t.relations.list(choice.of(nodes.all))
    const relation = items.length > 0 ? choice.of(items) : undefined
    return (
      relation &&
      t.relations.remove(relation.source, relation.kind, relation.target, {
        ...choice.maybe('reason', ['They do not.']),
        ...common(choice),
      })
    )
  },
  async 'agents.register'(t, nodes, choice) {
    const { agents } = t
    const options = { ...common(choice), ...choice.maybe('reuse', [true]) }
    const parameters: Record<string, Json>[] = [{ temperature: 0.5 }, { stop: ['x', { y: null }] }]
    const agent = await choice.of([
      () =>
        agents.registerHuman({ name: choice.of(['Ada', 'Ben']), ...choice.maybe('contact', ['a@b.c']), ...options }),
      () =>
        agents.registerMl({
          role: choice.of(ROLES),
          provider: 'anthropic',
          model: 'claude-opus-4-6',
          ...choice.maybe('parameters', parameters),
          ...options,
        }),
      () => agents.registerSoftware({ name: 'linter', ...choice.maybe('source', ['urn:a']), ...options }),
      () => agents.registerOrganization({ name: 'ACME', ...choice.maybe('url', ['urn:b']), ...options }),
    ])()
    if (!nodes.agents.includes(agent.id)) nodes.agents.push(agent.id)
    return agent
  },
  'agents.delegate': (t, nodes, choice) =>
    t.agents.delegate(choice.of(nodes.agents), choice.of(nodes.agents), {
      ...choice.maybe('activity', nodes.activities),
      ...common(choice),
    }),
  async 'activities.start'(t, nodes, choice) {
    const activity = await t.activities.start({
      ...choice.maybe('agent', nodes.agents),
      ...choice.maybe('task', nodes.tasks),
      ...choice.maybe('stage', STAGES),
      ...choice.maybe('notes', TEXTS),
      ...choice.maybe('id', nodes.activities),
      used: choice.some(nodes.entities),
      informedBy: choice.some(nodes.activities),
      ...common(choice),
    })
    if (!nodes.activities.includes(activity.id)) nodes.activities.push(activity.id)
    return activity
  },
  'activities.end': (t, nodes, choice) =>
    t.activities.end(choice.of(nodes.activities), {
      ...choice.maybe('stage', STAGES),
      ...choice.maybe('notes', TEXTS),
      ...choice.maybe('failed', ['no time']),
      generated: choice.some(nodes.entities),
      ...common(choice),
    }),
  async 'artifacts.add'(t, nodes, choice) {
    const artifact = await t.artifacts.add({
      iri: choice.of(['urn:a', 'urn:b', 'not one']),
      ...choice.maybe('kind', ['commit', 'file']),
      ...choice.maybe('label', ['A', 'B']),
      ...choice.maybe('generatedBy', nodes.activities),
      ...choice.maybe('attributedTo', nodes.agents),
      derivedFrom: choice.some(nodes.entities),
      ...common(choice),
    })
    nodes.entities.push(artifact.id)
    return artifact
  },
  'agents.setCapabilities': (t, nodes, choice) =>
    t.agents.setCapabilities(choice.of(nodes.agents), choice.some(CAPABILITIES), common(choice)),
  async 'claims.claim'(t, nodes, choice) {
    const claim = choice.rarely(2)
      ? await t.claims.claim(choice.of(nodes.tasks), lease(choice))
      : await t.claims.next(lease(choice))
    if (claim === null) return undefined
    nodes.claims.push({ token: claim.token, task: claim.task.id })
    if (!nodes.activities.includes(claim.activity)) nodes.activities.push(claim.activity)
    return claim.activity
  },
  async 'claims.keep'(t, nodes, choice) {
    const claim = nodes.claims.at(-1)
    if (claim === undefined) return undefined
    return choice.rarely(2) ? t.claims.heartbeat(claim.token) : t.claims.renew(claim.token, lease(choice))
  },
  async 'claims.end'(t, nodes, choice) {
    const claim = nodes.claims.pop()
    if (claim === undefined) return undefined
    if (choice.rarely(2)) return t.claims.reset(claim.task, { reason: 'It takes too long.' })
    return t.claims.release(claim.token, choice.maybe('reason', ['No time.']))
  },
  async 'claims.complete'(t, nodes, choice) {
    const claim = nodes.claims.pop()
    if (claim === undefined) return undefined
    const { contract } = await t.tasks.get(claim.task)
    const outcome = choice.of([...SUBMISSION_OUTCOMES, 'done' as const])
    const { task } = await t.claims.complete(claim.token, {
      outcome,
      output: choice.rarely(5) ? { a: [null, 'é'] } : 7,
      ...choice.maybe('summary', TEXTS),
      criteria: (contract?.criteria ?? []).map(({ id, required }) => ({
        id,
        status: required ? 'met' : choice.of(['met', 'not_met']),
        evidence: [{ kind: 'log', iri: 'urn:log' }],
      })),
      artifacts: [{ iri: 'urn:made', namespace: choice.of(['elsewhere', 'test']) }],
      ...choice.maybe('decisions', [[{ title: 'Go left', rationale: 'It is shorter.' }]]),
      ...(outcome === 'blocked' && { blockedBy: choice.some(nodes.tasks) }),
      ...(outcome === 'failed' && { stopReason: 'timed_out' }),
    })
    return task
  },
  'contracts.revise': (t, nodes, choice) =>
    t.contracts.revise(choice.of(nodes.tasks), choice.of(CONTRACTS), {
      reason: 'We know more.',
      evidence: choice.some(nodes.evidence),
      ...onTask(choice),
    }),
  async 'reviews.record'(t, nodes, choice) {
    const { items } = await t.tasks.list({ status: 'in_review' })
    const task = choice.rarely(4) || items.length === 0 ? choice.of(nodes.tasks) : choice.of(items).id
    const runs = await t.runs.list({ task })
    const others = nodes.agents.filter((agent) => !runs.items.some((run) => run.agent === agent))
    const reviewer = choice.of(others.length === 0 ? nodes.agents : others)
    return t.as(reviewer).reviews.record(task, {
      verdict: choice.of(VERDICTS),
      ...choice.maybe('comment', TEXTS),
      evidence: choice.some(KINDS).map((kind) => ({ kind, iri: 'urn:seen' })),
      ...onTask(choice),
    })
  },
  async 'evidence.add'(t, nodes, choice) {
    const { id } = await t.evidence.add(choice.of(nodes.all), {
      kind: choice.of(KINDS),
      iri: choice.of(['urn:a', 'not one']),
      ...choice.maybe('summary', TEXTS),
      ...common(choice),
    })
    if (!nodes.evidence.includes(id)) nodes.evidence.push(id)
    if (!nodes.entities.includes(id)) nodes.entities.push(id)
    return id
  },
  async 'decisions.record'(t, nodes, choice) {
    const decision = { title: 'Go right', rationale: choice.of(TEXTS.slice(1)), ...knowledge(nodes, choice) }
    const { id } =
      nodes.decisions.length > 0 && choice.rarely(2)
        ? await t.decisions.supersede(choice.of(nodes.decisions), decision)
        : await t.decisions.record(decision)
    if (!nodes.decisions.includes(id)) nodes.decisions.push(id)
    if (!nodes.entities.includes(id)) nodes.entities.push(id)
    return id
  },
  async 'learnings.record'(t, nodes, choice) {
    const learning = { title: 'Left is longer', rationale: choice.of(TEXTS.slice(1)), ...knowledge(nodes, choice) }
    const { id } =
      nodes.learnings.length > 0 && choice.rarely(2)
        ? await t.learnings.supersede(choice.of(nodes.learnings), learning)
        : await t.learnings.record(learning)
    if (!nodes.learnings.includes(id)) nodes.learnings.push(id)
    if (!nodes.entities.includes(id)) nodes.entities.push(id)
    return id
  },
}

function lease(choice: Choice) {
  return {
    ...(choice.rarely(4) && { ttlMs: choice.of([1, 5]) }),
    ...(choice.rarely(9) && { idempotencyKey: choice.of(KEYS) }),
  }
}

function knowledge(nodes: Nodes, choice: Choice) {
  return {
    alternatives: choice.some(['Stay', 'Go back']),
    ...choice.maybe('attachTo', nodes.tasks),
    ...choice.maybe('validFrom', TIMES),
    evidence: choice.some(KINDS).map((kind) => ({ kind, iri: 'urn:known' })),
    ...common(choice),
  }
}

/** The tracker, now and then by somebody else or within an activity. */
export function bound(t: Tracker | TransactionTracker, nodes: Nodes, choice: Choice): Tracker | TransactionTracker {
  const acting = choice.rarely(3) ? t : t.as(choice.of(nodes.agents))
  return choice.rarely(3) ? acting.within(choice.of(nodes.activities)) : acting
}

/** One command of a history. */
export interface Move {
  readonly command: string
  readonly seed: number
}

const move: fc.Arbitrary<Move> = fc.record({
  command: fc.constantFrom(
    ...Object.keys(commands),
    'tasks.create',
    'tasks.update',
    'relations.add',
    'relations.add',
    'claims.claim',
    'claims.complete',
    'reviews.record',
  ),
  seed: fc.nat(),
})

/** Histories: commands on their own, and transactions of several, of which some fail at their end. */
export const histories = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: move.map((one) => ({ moves: [one], fails: false, together: false })) },
    {
      weight: 1,
      arbitrary: fc.record({
        moves: fc.array(move, { minLength: 1, maxLength: 6 }),
        fails: fc.boolean(),
        together: fc.constant(true),
      }),
    },
  ),
  { minLength: 15, maxLength: 60, size: 'max' },
)

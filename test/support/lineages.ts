import type {
  Activity,
  ActivityId,
  Agent,
  AgentId,
  Artifact,
  ArtifactId,
  CommentId,
  Decision,
  DecisionId,
  Evidence,
  EvidenceId,
  Learning,
  LearningId,
  NodeId,
  Review,
  Run,
  Task,
  TaskId,
  Verdict,
} from '../../src/index.js'
import type { EventType } from '../../src/log/event.js'
import type { LineageKind, LineageRelation } from '../../src/record/lineage/lineage-relation.js'
import type { Gap, Lineage, LineageNode, Truncation } from '../../src/report/lineage/lineage.js'
import type { TimelineEntry } from '../../src/report/timeline/timeline-entry.js'

const NAMESPACE = 'test'
const START = Date.parse('2026-01-05T09:00:00.000Z')

type Fields = LineageNode extends infer Node ? (Node extends { fields: infer F } ? F : never) : never

/** Makes lineages by hand, for tests of what draws them: nothing of this was in a record. */
export class LineageBuilder {
  readonly #nodes: {
    id: NodeId
    kind: LineageNode['kind']
    label: string
    fields: Fields
    run?: Run
    review?: Review
  }[] = []
  readonly #relations: LineageRelation[] = []
  readonly #timeline: TimelineEntry[] = []
  readonly #gaps: Gap[] = []
  readonly #truncated: Truncation[] = []
  #count = 0
  #now = START

  /** Lets time pass. */
  wait(minutes: number): this {
    this.#now += minutes * 60_000
    return this
  }

  person(name: string): AgentId {
    return this.agent({ kind: 'human', name, contact: `${name.toLowerCase().replace(/\W+/g, '.')}@example.org` }, name)
  }

  model(role: string, name: string, version?: string): AgentId {
    return this.agent(
      { kind: 'ml', role, model: { provider: 'anthropic', name }, ...(version ? { version } : {}) },
      `${name} (${role})`,
    )
  }

  agent(fields: object, label: string): AgentId {
    const id = this.#id<AgentId>()
    const whole = { id, namespace: NAMESPACE, createdAt: this.#at(), capabilities: [], ...fields } as unknown as Agent
    this.#nodes.push({ id, kind: 'agent', label, fields: whole })
    return id
  }

  task(title: string, actor: AgentId, fields: Partial<Task> = {}): TaskId {
    const id = this.#id<TaskId>()
    const at = this.#at()
    const whole: Task = {
      id,
      namespace: NAMESPACE,
      title,
      description: '',
      status: 'open',
      priority: 'medium',
      type: 'task',
      phase: 'unscoped',
      notes: '',
      labels: [],
      externalRefs: [],
      revision: 1,
      createdAt: at,
      updatedAt: at,
      ...fields,
    }
    this.#nodes.push({ id, kind: 'task', label: title, fields: whole })
    this.relate(id, 'attributed_to', actor)
    this.event('task.created', actor, id, `${this.#label(actor)} created "${title}".`)
    return id
  }

  artifact(iri: string, fields: Partial<Artifact> = {}): ArtifactId {
    const id = this.#id<ArtifactId>()
    const whole: Artifact = { id, namespace: NAMESPACE, iri, createdAt: this.#at(), ...fields }
    this.#nodes.push({ id, kind: 'artifact', label: fields.label ?? iri, fields: whole })
    return id
  }

  comment(task: TaskId, author: AgentId, body: string): CommentId {
    const id = this.#id<CommentId>()
    this.#nodes.push({
      id,
      kind: 'comment',
      label: body,
      fields: { id, task, author, body, createdAt: this.#at() },
    })
    this.relate(id, 'comment_on', task)
    this.relate(id, 'attributed_to', author)
    this.event('comment.added', author, task, `${this.#label(author)} commented on "${this.#label(task)}".`)
    return id
  }

  /** An activity of so many minutes; without them it has not ended. */
  activity(agent: AgentId, minutes?: number, fields: Partial<Activity> = {}): ActivityId {
    const id = this.#id<ActivityId>()
    const startedAt = this.#at()
    const end = minutes === undefined ? {} : { endedAt: new Date(this.#now + minutes * 60_000).toISOString() }
    const whole: Activity = {
      id,
      namespace: NAMESPACE,
      agent,
      phase: 'worker_slices',
      stage: minutes === undefined ? 'in_progress' : 'complete',
      notes: '',
      startedAt,
      ...end,
      ...fields,
    }
    const label = fields.notes || `${whole.phase} by ${this.#label(agent)}`
    this.#nodes.push({ id, kind: 'activity', label, fields: whole })
    this.relate(id, 'associated_with', agent)
    if (fields.task) this.relate(id, 'had_plan', fields.task)
    this.event('activity.started', agent, id, `${this.#label(agent)} started ${label}.`)
    if (minutes !== undefined) {
      this.wait(minutes)
      const sentence = fields.failure === undefined ? 'ended' : `failed at ${label}: ${fields.failure}`
      this.event('activity.ended', agent, id, `${this.#label(agent)} ${fields.failure ? sentence : `ended ${label}`}.`)
    }
    return id
  }

  /** An attempt at a task, which took ten minutes. */
  attempt(task: TaskId, agent: AgentId, attempt: number, end: Partial<Run>): ActivityId {
    const id = this.activity(agent, 10, { task, notes: `attempt ${attempt}: ${this.#label(task)}` })
    const node = this.#nodes.find((other) => other.id === id)!
    const { startedAt, endedAt } = node.fields as Activity
    node.run = {
      task,
      activity: id,
      agent,
      attempt,
      startedAt,
      ...(endedAt && { endedAt }),
      durationMs: 600_000,
      ...end,
    }
    return id
  }

  /** A review of an attempt. */
  review(attempt: ActivityId, reviewer: AgentId, verdict: Verdict, comment: string): ActivityId {
    const { task } = this.#nodes.find((other) => other.id === attempt)!.fields as Activity
    const id = this.activity(reviewer, 0, { task: task!, phase: 'review', notes: `review: ${this.#label(task!)}` })
    const createdAt = this.#at()
    this.#nodes.find((other) => other.id === id)!.review = {
      ...{ id, task: task!, attempt, reviewer, verdict, comment, evidence: [], createdAt },
    }
    return this.relate(id, 'judged', attempt) && id
  }

  /** A decision or learning for a task. */
  knowledge(kind: 'decision' | 'learning', title: string, agent: AgentId, fields: Partial<Decision | Learning> = {}) {
    const id = this.#id<DecisionId & LearningId>()
    const at = this.#at()
    const whole = {
      ...{ kind, id, namespace: NAMESPACE, agent, title, rationale: '', alternatives: [], evidence: [] },
      ...{ validFrom: at, createdAt: at, recordedAt: at },
      ...fields,
    } as Decision | Learning
    this.#nodes.push({ id, kind, label: title, fields: whole })
    this.relate(id, 'attributed_to', agent)
    if (whole.attachedTo) this.relate(id, 'attached_to', whole.attachedTo)
    this.event(`${kind}.recorded`, agent, id, `${this.#label(agent)} wrote down "${title}".`)
    return id
  }

  /** One decision takes the place of another. */
  supersede(newer: DecisionId, old: DecisionId): this {
    const node = this.#nodes.find((other) => other.id === old)!
    node.fields = { ...(node.fields as Decision), supersededBy: newer, validTo: this.#at() }
    return this.relate(newer, 'supersedes', old)
  }

  evidence(subject: NodeId, agent: AgentId, fields: Partial<Evidence>): EvidenceId {
    const id = this.#id<EvidenceId>()
    const createdAt = this.#at()
    const whole = { id, namespace: NAMESPACE, subject, agent, kind: 'log', summary: '', createdAt, ...fields }
    this.#nodes.push({ id, kind: 'evidence', label: whole.summary || whole.iri || whole.kind, fields: whole })
    this.relate(id, 'attributed_to', agent).relate(id, 'evidence_for', subject)
    if (whole.artifact) this.relate(id, 'points_at', whole.artifact)
    return id
  }

  relate(source: NodeId, kind: LineageKind, target: NodeId): this {
    this.#relations.push({ source, kind, target, createdAt: this.#at() })
    return this
  }

  event(type: EventType, actor: AgentId, subject: NodeId, sentence: string): this {
    this.#timeline.push({
      seq: this.#timeline.length + 1,
      type,
      at: this.#at(),
      actor,
      actorName: this.#label(actor),
      subject,
      sentence,
      data: {},
    })
    return this
  }

  gap(kind: Gap['kind'], node: NodeId, sentence: string): this {
    this.#gaps.push({ kind, node, sentence })
    return this
  }

  cut(node: NodeId, reason: Truncation['reason'], omitted: number): this {
    this.#truncated.push({ node, reason, omitted })
    return this
  }

  /** What can be reached from the root in any direction, nearest first. */
  build(root: NodeId): Lineage {
    const reached = new Map<NodeId, object>([[root, { distance: 0 }]])
    const adjacent = new Map<NodeId, LineageRelation[]>()
    for (const relation of this.#relations) {
      for (const end of [relation.source, relation.target]) {
        const relations = adjacent.get(end)
        if (relations) relations.push(relation)
        else adjacent.set(end, [relation])
      }
    }
    const order: NodeId[] = [root]
    const distances = new Map<NodeId, number>([[root, 0]])
    for (const from of order) {
      for (const relation of adjacent.get(from) ?? []) {
        const to = relation.source === from ? relation.target : relation.source
        if (distances.has(to)) continue
        const distance = distances.get(from)! + 1
        distances.set(to, distance)
        reached.set(to, { distance, direction: to === relation.target ? 'origin' : 'effect', reachedBy: relation })
        order.push(to)
      }
    }
    const byId = new Map(this.#nodes.map((node) => [node.id, node]))
    return {
      kind: 'lineage',
      root,
      direction: 'both',
      nodes: order.map((id) => ({ ...byId.get(id)!, ...reached.get(id) }) as LineageNode),
      relations: this.#relations,
      timeline: this.#timeline,
      gaps: this.#gaps,
      truncated: this.#truncated,
      head: { seq: this.#timeline.length, digest: '0'.repeat(64) },
    }
  }

  #id<Id extends NodeId>(): Id {
    this.#count++
    return `${NAMESPACE}--01900000-0000-7000-8000-${this.#count.toString(16).padStart(12, '0')}` as Id
  }

  #at(): string {
    return new Date(this.#now).toISOString()
  }

  #label(id: NodeId): string {
    return this.#nodes.find((node) => node.id === id)?.label ?? id
  }
}

/** One task, made by one person. */
export function smallLineage(): Lineage {
  const story = new LineageBuilder()
  const ada = story.person('Ada Lovelace')
  const task = story.task('Add the user table', ada, { priority: 'high' })
  return story.build(task)
}

/** A request, two proposals of which one is superseded, work, a failure, a review, and a bug found on the way. */
export function storyLineage(): Lineage {
  const story = new LineageBuilder()
  const ada = story.person('Ada Lovelace')
  const architect = story.model('architect', 'claude-opus-4-6', '2026-01')
  const worker = story.model('worker', 'claude-sonnet-4-5')
  const reviewer = story.model('reviewer', 'gpt-5', '2025-11')
  const ci = story.agent(
    { kind: 'software', name: 'GitHub Actions', version: '2.321', source: 'https://github.com/actions/runner' },
    'GitHub Actions',
  )
  for (const model of [architect, worker, reviewer]) story.relate(model, 'acted_on_behalf_of', ada)
  const request = story.task('Let customers sign in with a passkey', ada, {
    type: 'feature',
    priority: 'high',
    phase: 'request',
    status: 'in_review',
    owner: ada,
    labels: ['auth', 'customers'],
    description: 'Passwords are the first cause of tickets.\n\nPasskeys on all platforms that we support.',
    externalRefs: [{ system: 'github', id: 'acme/shop#17', url: 'https://github.com/acme/shop/issues/17' }],
  })
  const prompt = story.artifact('urn:sha256:5be0…1c', { kind: 'prompt', label: 'Prompt of the request' })
  story.wait(25)
  const design = story.activity(architect, 42, { phase: 'propose', notes: 'Propose two designs', task: request })
  story.relate(design, 'used', prompt)
  const first = story.artifact('https://docs.example.org/passkeys/proposal-1', {
    kind: 'document',
    label: 'Proposal 1: redirect to an identity provider',
    mediaType: 'text/markdown',
  })
  const second = story.artifact('https://docs.example.org/passkeys/proposal-2', {
    kind: 'document',
    label: 'Proposal 2: WebAuthn of our own',
    mediaType: 'text/markdown',
  })
  story.relate(first, 'generated_by', design).relate(second, 'generated_by', design)
  story.relate(second, 'supersedes', first).relate(first, 'attributed_to', architect)
  story.wait(130)
  story.comment(request, ada, 'Proposal 2 it is: no third party sees who signs in.')
  const table = story.task('Add the credential table', architect, {
    status: 'closed',
    outcome: 'completed',
    parent: request,
    phase: 'worker_slices',
    closedAt: '2026-01-06T10:00:00.000Z',
    closeReason: 'Merged.',
    revision: 4,
  })
  const ceremony = story.task('Registration and sign-in ceremonies', architect, {
    status: 'closed',
    outcome: 'completed',
    parent: request,
    phase: 'worker_slices',
    priority: 'high',
    closedAt: '2026-01-07T16:00:00.000Z',
    revision: 5,
  })
  const recovery = story.task('Recovery for lost devices', architect, {
    status: 'blocked',
    parent: request,
    holdReason: 'Legal must say which proofs of identity we may keep.',
  })
  for (const child of [table, ceremony, recovery])
    story.relate(child, 'parent', request).relate(child, 'derived_from', second)
  story.relate(ceremony, 'blocked_by', table).relate(recovery, 'blocked_by', ceremony)
  story.wait(15 * 60)
  const build = story.activity(worker, 55, { notes: 'Write the migration', task: table })
  story.relate(build, 'used', second).relate(build, 'informed_by', design)
  const migration = story.artifact('git:9f2c41d', { kind: 'commit', label: '9f2c41d Add the credential table' })
  story.relate(migration, 'generated_by', build).relate(migration, 'attributed_to', worker)
  story.event(
    'task.closed',
    worker,
    table,
    'claude-sonnet-4-5 (worker) closed "Add the credential table" as completed.',
  )
  story.wait(20)
  const failed = story.activity(worker, 95, {
    notes: 'Build the ceremonies, first try',
    task: ceremony,
    stage: 'in_progress',
    failure: 'The challenge was not bound to the session.',
  })
  story.relate(failed, 'used', migration)
  const bug = story.task('Session cookie survives sign-out', worker, { type: 'bug', priority: 'critical' })
  story.relate(bug, 'discovered_from', ceremony)
  story.wait(240)
  const again = story.activity(worker, 150, { notes: 'Build the ceremonies, second try', task: ceremony })
  story.relate(again, 'informed_by', failed).relate(again, 'used', migration)
  const commit = story.artifact('https://github.com/acme/shop/commit/41ab77e', {
    kind: 'commit',
    label: '41ab77e Sign in with a passkey',
    digest: 'sha1:41ab77e0c0ffee',
  })
  story.relate(commit, 'generated_by', again).relate(commit, 'derived_from', migration)
  const run = story.activity(ci, 12, { phase: 'code_review', notes: 'Run the tests' })
  const log = story.artifact('https://ci.example.org/runs/8812/log', {
    kind: 'log',
    label: 'Log of run 8812',
    mediaType: 'text/plain',
  })
  story.relate(run, 'used', commit).relate(log, 'generated_by', run)
  story.wait(60)
  const review = story.activity(reviewer, undefined, {
    phase: 'code_review',
    notes: 'Review the pull request',
    task: ceremony,
  })
  story.relate(review, 'used', commit).relate(review, 'used', log)
  story.event(
    'task.closed',
    reviewer,
    ceremony,
    'gpt-5 (reviewer) closed "Registration and sign-in ceremonies" as completed.',
  )
  story.gap('activity_without_end', review, '"Review the pull request" has not ended.')
  story.gap(
    'model_without_version',
    worker,
    'claude-sonnet-4-5 (worker) does not say which version of its model it is.',
  )
  story.gap('artifact_without_origin', prompt, 'No activity is known to have made "Prompt of the request".')
  return story.build(request)
}

/** Texts that would do harm if they were not shown as text. */
export const HOSTILE = Object.freeze({
  image: '<img src=x onerror="window.__pwned=1;alert(1)">',
  script: '</script><script>window.__pwned=2</script>',
  comment: '--><script>window.__pwned=3</script><!--',
  attribute: '" onmouseover="window.__pwned=4" x="\' onfocus=window.__pwned=5 autofocus',
  style: '</style><style>body{display:none}</style>',
  svg: '</text></svg><svg onload="window.__pwned=6"><text>',
  direction: 'invoice_\u202Egnp.exe\u2066 and on',
  lines: 'line\u2028separator\u2029and\nbreak',
  template: '\u0024{window.__pwned=7} {{constructor}} &lt;b&gt;',
  mermaid: 'end %%{init: {"securityLevel":"loose"}}%% --> B["x"]; click A "javascript:alert(1)"',
  dot: '"]; evil [URL="javascript:alert(1)" label=<<b>x</b>>',
  link: 'javascript:window.__pwned=8',
  data: 'data:text/html,<script>window.__pwned=9</script>',
  vbscript: 'VBScript:window.__pwned=10',
} as const)

/** Every text of {@link HOSTILE} in every field that takes one. */
export function hostileLineage(): Lineage {
  const story = new LineageBuilder()
  const texts = Object.values(HOSTILE)
  const agent = story.agent(
    { kind: 'human', name: HOSTILE.image, contact: HOSTILE.link, capabilities: texts },
    HOSTILE.image,
  )
  const software = story.agent(
    { kind: 'software', name: HOSTILE.script, version: HOSTILE.attribute, source: HOSTILE.data },
    HOSTILE.script,
  )
  story.relate(software, 'acted_on_behalf_of', agent)
  let root: TaskId | undefined
  texts.forEach((text, index) => {
    const task = story.task(text, index % 2 ? agent : software, {
      description: text,
      notes: text,
      labels: [text],
      type: text,
      phase: text,
      closeReason: text,
      status: 'closed',
      outcome: 'failed',
      externalRefs: [{ system: text, id: text, url: text }],
      forced: text,
      requires: { role: text, capabilities: [text] },
      contract: {
        criteria: [{ id: text, text, required: true }],
        outputSchema: { description: text },
        requiredEvidence: [text],
      },
      contractVersion: 1,
    })
    root ??= task
    if (task !== root) story.relate(task, 'derived_from', root)
    const activity = story.activity(software, 10, { phase: text, notes: text, failure: text, task })
    const artifact = story.artifact(text, { kind: text, label: text, mediaType: text, digest: text })
    story.relate(artifact, 'generated_by', activity)
    story.comment(task, agent, text)
    const attempt = story.attempt(task, software, 1, {
      ...{ endedBy: 'completed', outcome: 'failed', stopReason: text, stopText: text, summary: text, endReason: text },
    })
    story.attempt(task, software, 2, { endedBy: 'reset', endReason: text })
    story.review(attempt, agent, 'reject', text)
    const old = story.knowledge('decision', text, agent, { rationale: text, alternatives: [text], attachedTo: task })
    const newer = story.knowledge('decision', text, agent, { rationale: text })
    story.supersede(newer, old)
    story.knowledge('learning', text, agent, { rationale: text, alternatives: [text], attachedTo: task })
    story.evidence(task, agent, { kind: text, iri: text, summary: text, digest: text })
    story.evidence(newer, agent, { kind: text, artifact })
    story.gap('closed_without_activity', task, `"${text}" is closed, and no activity is known to have worked on it.`)
  })
  return story.build(root!)
}

/** About so many nodes: tasks that wait for one another, with activities, commits and comments. */
export function largeLineage(count: number): Lineage {
  const story = new LineageBuilder()
  const ada = story.person('Ada Lovelace')
  const workers = Array.from({ length: 12 }, (_, index) => story.model('worker', `claude-${index + 1}`, '2026-01'))
  for (const worker of workers) story.relate(worker, 'acted_on_behalf_of', ada)
  const root = story.task('Move the shop to the new platform', ada, { type: 'epic', status: 'in_progress' })
  const tasks: TaskId[] = []
  let made = 14
  for (let index = 0; made < count; index++) {
    const worker = workers[(index * 7) % workers.length]!
    const done = index % 5 !== 4
    const task = story.task(`Slice ${index + 1}: move part ${(index * 31) % 97} of the catalogue`, ada, {
      parent: root,
      ...(done ? { status: 'closed', outcome: index % 11 === 3 ? 'failed' : 'completed' } : {}),
    })
    story.relate(task, 'parent', root)
    if (index > 0) story.relate(task, 'blocked_by', tasks[Math.floor(index / 2)] ?? tasks[0]!)
    tasks.push(task)
    const activity = story.activity(worker, 5 + ((index * 13) % 50), { task, notes: `Attempt at slice ${index + 1}` })
    const commit = story.artifact(`git:${(index * 2_654_435_761).toString(16).padStart(10, '0')}`, { kind: 'commit' })
    story.relate(commit, 'generated_by', activity)
    made += 3
    if (index % 3 === 0) {
      story.comment(task, ada, `Looks good so far, note ${index}.`)
      made++
    }
    story.wait(3)
  }
  story.cut(root, 'max_nodes', 1_234)
  return story.build(root)
}

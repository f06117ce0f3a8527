import fc from 'fast-check'
import {
  type AgentId,
  GATES,
  type Gate,
  OUTCOMES,
  type Outcome,
  PRIORITIES,
  type Priority,
  type Reason,
  type Status,
  type TaskId,
  type Tracker,
} from '../../src/index.js'

/** A relation between tasks, which are numbers here: their place in the order of creation. */
export interface ModelRelation {
  readonly source: number
  readonly kind: 'blocked_by' | 'parent' | 'supersedes' | 'duplicate_of' | 'derived_from' | 'related'
  readonly target: number
  readonly gate?: Gate
}

/** Times of a task, in minutes since the beginning. */
interface Times {
  readonly notBefore?: number | null
  readonly snoozedUntil?: number | null
  readonly dueAt?: number | null
}

/** How often a task may be tried, and how many minutes it waits after a failure. */
interface ModelRetry {
  readonly maxAttempts: number
  readonly wait: number
}

/** One command on tasks. Numbers beyond the last task count round. */
export type Step =
  | {
      readonly verb: 'create'
      readonly priority: Priority
      readonly parent?: number | undefined
      readonly blockers: readonly { readonly task: number; readonly gate: Gate }[]
      readonly times?: Times
      readonly retry?: ModelRetry | undefined
    }
  | ({ readonly verb: 'add' | 'remove' } & ModelRelation)
  | { readonly verb: 'move'; readonly task: number; readonly parent: number | null }
  | { readonly verb: 'close'; readonly task: number; readonly outcome: Outcome }
  | { readonly verb: 'reopen' | 'hold' | 'unhold'; readonly task: number }
  | { readonly verb: 'status'; readonly task: number; readonly status: 'open' | 'in_progress' | 'in_review' }
  | TimedStep

/** One command that turns on the time, or the time itself: it goes on, or back. */
type TimedStep =
  | { readonly verb: 'wait'; readonly minutes: number }
  | { readonly verb: 'plan'; readonly task: number; readonly times: Times }
  | { readonly verb: 'claim'; readonly task: number; readonly minutes: number; readonly isOther: boolean }
  | { readonly verb: 'release' | 'fail'; readonly task: number }

interface ModelTask {
  readonly priority: Priority
  readonly createdAt: number
  readonly retry: ModelRetry | undefined
  readonly times: { -readonly [Field in keyof Times]: number | undefined }
  status: Status
  outcome?: Outcome | undefined
  /** Of the claim that has not ended. */
  lease?: { readonly until: number; readonly isOther: boolean } | undefined
  /** Somebody has claimed it at some time. */
  wasClaimed: boolean
  /** Attempts that count. */
  spent: number
}

/** A reason of `tasks.explain`, with numbers for tasks. */
export interface ModelReason extends Pick<Reason, 'kind' | 'gate' | 'impossible' | 'until'> {
  readonly task?: number
  readonly via?: number
}

type Arrow = readonly [from: string, to: string]

const number = fc.nat({ max: 9 })
const gate = fc.constantFrom(...GATES)
const relation = fc
  .record({
    source: number,
    kind: fc.constantFrom<ModelRelation['kind']>(
      'blocked_by',
      'blocked_by',
      'blocked_by',
      'parent',
      'parent',
      'parent',
      'supersedes',
      'duplicate_of',
      'derived_from',
      'related',
    ),
    target: number,
    gate,
  })
  .map(({ gate: given, ...rest }): ModelRelation => (rest.kind === 'blocked_by' ? { ...rest, gate: given } : rest))

/** Commands that meddle with what holds tasks back, in any order and on any of a few tasks. */
export const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      verb: fc.constant('create' as const),
      priority: fc.constantFrom(...PRIORITIES),
      parent: fc.option(number, { nil: undefined }),
      blockers: fc.uniqueArray(fc.record({ task: number, gate }), { maxLength: 2, selector: ({ task }) => task % 3 }),
    }),
  },
  { weight: 7, arbitrary: relation.map((added): Step => ({ verb: 'add', ...added })) },
  { weight: 1, arbitrary: relation.map((removed): Step => ({ verb: 'remove', ...removed })) },
  {
    weight: 2,
    arbitrary: fc.record({
      verb: fc.constant('move' as const),
      task: number,
      parent: fc.option(number, { nil: null, freq: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      verb: fc.constant('close' as const),
      task: number,
      outcome: fc.constantFrom(...OUTCOMES),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      verb: fc.constantFrom('reopen' as const, 'hold' as const, 'unhold' as const),
      task: number,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      verb: fc.constant('status' as const),
      task: number,
      status: fc.constantFrom('open' as const, 'in_progress' as const, 'in_review' as const),
    }),
  },
)

const minute = fc.integer({ min: 0, max: 90 })
const times = fc.record(
  {
    notBefore: fc.option(minute, { freq: 2 }),
    snoozedUntil: fc.option(minute, { freq: 2 }),
    dueAt: fc.option(minute, { freq: 2 }),
  },
  { requiredKeys: [] },
)

/** The same, and commands that turn on the time, on a clock that moves, mostly on. */
export const timedSteps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: steps },
  {
    weight: 1,
    arbitrary: fc.record({
      verb: fc.constant('create' as const),
      priority: fc.constantFrom(...PRIORITIES),
      parent: fc.option(number, { nil: undefined }),
      blockers: fc.constant([]),
      times,
      retry: fc.option(fc.record({ maxAttempts: fc.integer({ min: 1, max: 3 }), wait: fc.constantFrom(0, 5, 20) }), {
        nil: undefined,
        freq: 3,
      }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ verb: fc.constant('plan' as const), task: number, times }) },
  {
    weight: 3,
    arbitrary: fc.record({
      verb: fc.constant('wait' as const),
      minutes: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 12 }) }, fc.integer({ min: -20, max: 0 })),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      verb: fc.constant('claim' as const),
      task: number,
      minutes: fc.integer({ min: 1, max: 15 }),
      isOther: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ verb: fc.constantFrom('release' as const, 'fail' as const, 'fail' as const), task: number }),
  },
)

const START = Date.parse('2026-01-05T09:00:00.000Z')

/** A number of minutes as a time of the record. */
export function timeOf(minutes: number): string {
  return new Date(START + minutes * 60_000).toISOString()
}

/** What a history needs besides the tracker, where time plays a part in it. */
export class World {
  /** The clock that the tracker is to be opened with; in minutes, it is `minutes`. */
  readonly now = (): number => START + this.minutes * 60_000
  minutes = 0
  /** The one that claims tasks, where the tracker's own actor does not. */
  other: AgentId | undefined
  /** Of the last claim on each task. */
  readonly tokens = new Map<number, string>()
}

/** The step with every number brought into the range of the tasks that there are. */
export function within(step: Step, count: number): Step {
  const bring = (given: number) => given % count
  switch (step.verb) {
    case 'create': {
      const blockers = new Map(step.blockers.map(({ task, gate }) => [bring(task), gate]))
      return {
        ...step,
        parent: step.parent === undefined ? undefined : bring(step.parent),
        blockers: [...blockers].map(([task, gate]) => ({ task, gate })),
      }
    }
    case 'add':
    case 'remove':
      return { ...step, source: bring(step.source), target: bring(step.target) }
    case 'move':
      return { ...step, task: bring(step.task), parent: step.parent === null ? null : bring(step.parent) }
    case 'wait':
      return step
    default:
      return { ...step, task: bring(step.task) }
  }
}

function fieldsOf(times: Times = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(times).flatMap(([field, time]) => (typeof time === 'number' ? [[field, timeOf(time)]] : [])),
  )
}

/** Carries out a step; `ids` are those of the tasks, and grow. */
export async function perform(
  tracker: Tracker,
  ids: TaskId[],
  step: Step,
  world: World = new World(),
): Promise<unknown> {
  const { tasks, relations } = tracker
  const id = (task: number) => ids[task]!
  switch (step.verb) {
    case 'create': {
      const task = await tasks.create({
        title: `Task ${ids.length}`,
        priority: step.priority,
        ...(step.parent !== undefined && { parent: id(step.parent) }),
        blockedBy: step.blockers.map((blocker) => ({ task: id(blocker.task), gate: blocker.gate })),
        ...fieldsOf(step.times),
        ...(step.retry !== undefined && {
          contract: {
            criteria: [],
            retry: { maxAttempts: step.retry.maxAttempts, backoffMs: step.retry.wait * 60_000 },
          },
        }),
      })
      ids.push(task.id)
      return task
    }
    case 'add':
      return relations.add(
        id(step.source),
        step.kind,
        id(step.target),
        step.gate === undefined ? undefined : { gate: step.gate },
      )
    case 'remove':
      return relations.remove(id(step.source), step.kind, id(step.target))
    case 'move':
      return tasks.update(id(step.task), { parent: step.parent === null ? null : id(step.parent) })
    case 'close':
      return tasks.close(id(step.task), { outcome: step.outcome })
    case 'reopen':
      return tasks.reopen(id(step.task))
    case 'hold':
      return tasks.hold(id(step.task), { reason: 'not now' })
    case 'unhold':
      return tasks.unhold(id(step.task))
    case 'status':
      return tasks.update(id(step.task), { status: step.status })
    case 'wait':
      world.minutes += step.minutes
      // A clock is known to have moved once it has been read.
      return tasks.ready({ limit: 1 })
    case 'plan': {
      const cleared = Object.fromEntries(Object.keys(step.times).map((field) => [field, null]))
      return tasks.update(id(step.task), { ...cleared, ...fieldsOf(step.times) })
    }
    case 'claim': {
      const claimant = step.isOther ? tracker.as(world.other!) : tracker
      const { token } = await claimant.claims.claim(id(step.task), { ttlMs: step.minutes * 60_000 })
      world.tokens.set(step.task, token)
      return token
    }
    case 'release':
    case 'fail': {
      const token = world.tokens.get(step.task)
      if (token === undefined) return undefined
      if (step.verb === 'release') return tracker.claims.release(token)
      return tracker.claims.complete(token, { outcome: 'failed', stopReason: 'timed_out' })
    }
  }
}

/** Tasks and what they wait for, in plain memory and the slow way: every answer is worked out from the relations. */
export class TaskModel {
  readonly tasks: ModelTask[] = []
  relations: ModelRelation[] = []
  /** In minutes: what the clock says, and the latest that it ever said, by which leases go. */
  clock = 0
  now = 0

  /** Does what the command should do: `done`, `nothing` where nothing changes, or the code of the refusal. */
  apply(step: Step): string {
    switch (step.verb) {
      case 'create':
        return this.#create(step)
      case 'add':
        return this.#add(step)
      case 'remove':
        return this.#remove(step)
      case 'move':
        return this.#move(step)
      case 'wait':
        this.clock += step.minutes
        this.now = Math.max(this.now, this.clock)
        return 'nothing'
      case 'plan':
        return plan(this.tasks[step.task]!, step.times)
      case 'claim':
        if (this.reasons(step.task).length > 0) return 'NOT_CLAIMABLE'
        return this.#touch(step.task, (task) => {
          task.status = 'in_progress'
          task.lease = { until: this.now + step.minutes, isOther: step.isOther }
          task.wasClaimed = true
          return 'done'
        })
      case 'release':
      case 'fail':
        return this.#giveUp(step)
      default:
        return this.#touch(step.task, (task) => this.#change(task, step))
    }
  }

  /** A lease that has run out is settled by whatever moves the task, also to where that leaves it. */
  #touch(number: number, change: (task: ModelTask) => string): string {
    const task = this.tasks[number]!
    const before = { ...task, times: { ...task.times } }
    const hasRunOut = this.#hasRunOut(task)
    if (hasRunOut) this.#spend(task, 0)
    // The end of the last attempt is written down before what it makes impossible is refused.
    const isOver = hasRunOut && task.status === 'closed'
    const outcome = change(task)
    if (outcome === 'nothing' && hasRunOut) return 'done'
    if (outcome !== 'done' && !isOver) this.tasks[number] = before
    return outcome
  }

  #hasRunOut(task: ModelTask): boolean {
    return task.lease !== undefined && task.lease.until <= this.now
  }

  /** An attempt that counts is over: the task is open again while any is left. */
  #spend(task: ModelTask, wait: number): void {
    task.lease = undefined
    task.spent++
    const isLast = task.retry !== undefined && task.spent >= task.retry.maxAttempts
    task.status = isLast ? 'closed' : 'open'
    if (isLast) task.outcome = 'failed'
    else if (wait > 0) task.times.notBefore = Math.max(task.times.notBefore ?? 0, this.now + wait)
  }

  #giveUp({ verb, task: number }: Extract<Step, { verb: 'release' | 'fail' }>): string {
    const task = this.tasks[number]!
    if (!task.wasClaimed) return 'nothing'
    if (task.lease === undefined) return 'CLAIM_LOST'
    if (verb === 'release') {
      if (this.#hasRunOut(task)) return 'CLAIM_EXPIRED'
      task.lease = undefined
      task.status = 'open'
    } else {
      this.#spend(task, task.retry?.wait ?? 0)
      // What says nothing of retries is not retried.
      if (task.retry === undefined) Object.assign(task, { status: 'closed', outcome: 'failed' })
    }
    return 'done'
  }

  #create({ parent, blockers, priority, times, retry }: Extract<Step, { verb: 'create' }>): string {
    const source = this.tasks.length
    const born: ModelRelation[] = blockers.map(({ task, gate }) => ({ source, kind: 'blocked_by', target: task, gate }))
    if (parent !== undefined) born.push({ source, kind: 'parent', target: parent })
    if (this.#closesCycle([...this.relations, ...born])) return 'CYCLE_DETECTED'
    this.relations.push(...born)
    const task: ModelTask = {
      status: 'open',
      priority,
      createdAt: this.clock,
      retry,
      times: {},
      wasClaimed: false,
      spent: 0,
    }
    plan(task, times ?? {})
    this.tasks.push(task)
    return 'done'
  }

  #add(step: ModelRelation): string {
    const { source, kind, target } = step
    if (source === target) return 'RELATION_DOMAIN'
    const stored = this.#find(step)
    if (stored !== undefined) return stored.gate === step.gate ? 'nothing' : 'GATE_CONFLICT'
    if (kind === 'parent' && this.parentOf(source) !== undefined) return 'ALREADY_HAS_PARENT'
    const added = { source, kind, target, ...(step.gate !== undefined && { gate: step.gate }) }
    if (this.#closesCycle([...this.relations, added])) return 'CYCLE_DETECTED'
    this.relations.push(added)
    return 'done'
  }

  #remove(step: ModelRelation): string {
    if (step.source === step.target) return 'RELATION_DOMAIN'
    const stored = this.#find(step)
    if (stored === undefined) return 'nothing'
    this.relations = this.relations.filter((relation) => relation !== stored)
    return 'done'
  }

  #move({ task, parent }: Extract<Step, { verb: 'move' }>): string {
    const before = this.parentOf(task)
    if (before === (parent ?? undefined)) return 'nothing'
    if (parent === task) return 'RELATION_DOMAIN'
    const moved = this.moved(task, parent)
    if (this.#closesCycle(moved)) return 'CYCLE_DETECTED'
    this.relations = moved
    return 'done'
  }

  /** The relations as they are once a task has another parent. */
  moved(task: number, parent: number | null): ModelRelation[] {
    const rest = this.relations.filter(({ source, kind }) => source !== task || kind !== 'parent')
    return parent === null ? rest : [...rest, { source: task, kind: 'parent', target: parent }]
  }

  #change(task: ModelTask, step: Extract<Step, { verb: 'close' | 'reopen' | 'hold' | 'unhold' | 'status' }>): string {
    // A change of status ends a claim of one's own, and is refused against one of somebody else.
    const { lease } = task
    const moves = ['open', 'in_progress', 'in_review'].includes(task.status)
    switch (step.verb) {
      case 'close':
        if (task.status === 'closed') return 'ALREADY_CLOSED'
        if (lease?.isOther) return 'TASK_CLAIMED'
        task.lease = undefined
        task.status = 'closed'
        task.outcome = step.outcome
        return 'done'
      case 'reopen':
        if (task.status !== 'closed') return 'ILLEGAL_TRANSITION'
        task.status = 'open'
        task.outcome = undefined
        return 'done'
      case 'hold':
        if (!moves) return 'ILLEGAL_TRANSITION'
        if (lease?.isOther) return 'TASK_CLAIMED'
        task.lease = undefined
        task.status = 'blocked'
        return 'done'
      case 'unhold':
        if (task.status !== 'blocked') return 'ILLEGAL_TRANSITION'
        task.status = 'open'
        return 'done'
      case 'status':
        if (task.status === step.status) return 'nothing'
        if (!moves) return 'ILLEGAL_TRANSITION'
        if (lease?.isOther) return 'TASK_CLAIMED'
        task.lease = undefined
        task.status = step.status
        return 'done'
    }
  }

  #find({ source, kind, target }: ModelRelation): ModelRelation | undefined {
    return this.relations.find((one) => one.source === source && one.kind === kind && one.target === target)
  }

  #closesCycle(relations: readonly ModelRelation[]): boolean {
    return hasCycle(waitingOf(relations, this.tasks.length + 1)) || hasCycle(derivationsOf(relations))
  }

  parentOf(task: number): number | undefined {
    return this.relations.find(({ source, kind }) => kind === 'parent' && source === task)?.target
  }

  /** Everything that keeps a task from being ready. */
  reasons(task: number): ModelReason[] {
    const reasons: ModelReason[] = []
    const { status, lease, retry, spent } = this.tasks[task]!
    const hasRunOut = this.#hasRunOut(this.tasks[task]!)
    if (status === 'blocked') reasons.push({ kind: 'hold' })
    else if (lease !== undefined && !hasRunOut) reasons.push({ kind: 'claimed', until: timeOf(lease.until) })
    else if (status !== 'open' && !hasRunOut) reasons.push({ kind: 'status' })
    if (retry !== undefined && spent + Number(hasRunOut) >= retry.maxAttempts) reasons.push({ kind: 'exhausted' })
    reasons.push(...this.#untimely(task))
    for (const gate of this.#openGates(task)) reasons.push({ kind: 'gate', ...gate })
    for (let via = this.parentOf(task); via !== undefined; via = this.parentOf(via)) {
      if (this.tasks[via]!.status === 'blocked') reasons.push({ kind: 'inherited_hold', via })
      for (const gate of this.#openGates(via)) reasons.push({ kind: 'inherited_gate', via, ...gate })
      const above = via
      reasons.push(...this.#untimely(via).map((reason) => ({ ...reason, via: above })))
    }
    for (const { source, kind, target } of this.relations) {
      if (kind === 'supersedes' && target === task) reasons.push({ kind: 'superseded', task: source })
      if (kind === 'duplicate_of' && source === task) reasons.push({ kind: 'duplicate', task: target })
      if (kind === 'parent' && target === task && this.tasks[source]!.status !== 'closed') {
        reasons.push({ kind: 'child', task: source })
      }
    }
    return reasons
  }

  #untimely(task: number): ModelReason[] {
    const { notBefore = 0, snoozedUntil = 0 } = this.tasks[task]!.times
    const reasons: ModelReason[] = []
    if (notBefore > this.now) reasons.push({ kind: 'not_before', until: timeOf(notBefore) })
    if (snoozedUntil > this.now) reasons.push({ kind: 'snoozed', until: timeOf(snoozedUntil) })
    return reasons
  }

  #openGates(task: number): Pick<ModelReason, 'task' | 'gate' | 'impossible'>[] {
    return this.relations.flatMap(({ source, kind, target, gate }) => {
      if (source !== task || kind !== 'blocked_by') return []
      const blocker = this.tasks[target]!
      const isOver = blocker.status === 'closed'
      if (isOver && (gate === 'closed' || gate === blocker.outcome)) return []
      return [{ task: target, gate: gate!, ...(isOver && { impossible: true as const }) }]
    })
  }

  /** The tasks that are ready, most urgent first, then oldest. */
  ready(): number[] {
    return this.#byUrgency((task) => this.reasons(task).length === 0)
  }

  /** The tasks that are ready, and those in progress that nothing holds back, whoever works on them. */
  readyOrRunning(): number[] {
    return this.#byUrgency((task) => {
      const isRunning = this.tasks[task]!.status === 'in_progress'
      const running = ['status', 'claimed', 'exhausted']
      return this.reasons(task).every(({ kind }) => isRunning && running.includes(kind))
    })
  }

  /** The tasks that are open, their lease having run out or not, or on hold, and not ready. */
  blocked(): number[] {
    return this.#byUrgency((task) => this.isOpen(task) && this.reasons(task).length > 0)
  }

  /** Whether a task is open, for want of a lease that runs, or on hold. */
  isOpen(task: number): boolean {
    const { status } = this.tasks[task]!
    return status === 'open' || status === 'blocked' || this.#hasRunOut(this.tasks[task]!)
  }

  /** The tasks that should be closed by now, the longest overdue first. */
  overdue(): number[] {
    const isOverdue = (task: number) => this.tasks[task]!.status !== 'closed' && this.#dueAt(task) < this.now
    return this.#sorted(isOverdue, (task) => [this.#dueAt(task), this.#createdAt(task)])
  }

  /** All tasks, what is due first first. */
  byDueAt(): number[] {
    return this.#sorted(
      () => true,
      (task) => [this.#dueAt(task), this.#rank(task), this.#createdAt(task)],
    )
  }

  #dueAt(task: number): number {
    return this.tasks[task]!.times.dueAt ?? 1_000_000
  }

  #rank(task: number): number {
    return PRIORITIES.indexOf(this.tasks[task]!.priority)
  }

  #createdAt(task: number): number {
    return this.tasks[task]!.createdAt
  }

  #byUrgency(wanted: (task: number) => boolean): number[] {
    return this.#sorted(wanted, (task) => [this.#rank(task), this.#createdAt(task)])
  }

  #sorted(wanted: (task: number) => boolean, by: (task: number) => readonly number[]): number[] {
    return [...this.tasks.keys()].filter(wanted).sort((one, other) => {
      const others = by(other)
      return by(one).reduce((order, value, index) => order || value - others[index]!, 0) || one - other
    })
  }
}

/** Gives a task times, or takes them away. */
function plan(task: ModelTask, times: Times): string {
  let outcome = 'nothing'
  for (const field of ['notBefore', 'snoozedUntil', 'dueAt'] as const) {
    const given = times[field]
    if (given === undefined || (given ?? undefined) === task.times[field]) continue
    task.times[field] = given ?? undefined
    outcome = 'done'
  }
  return outcome
}

const gates = (task: number) => `gates of ${task}`
const finished = (task: number) => `${task} finished`

/** Which moment waits for which: the definition of waiting, word by word. */
function waitingOf(relations: readonly ModelRelation[], count: number): Arrow[] {
  const own = Array.from({ length: count }, (_, task): Arrow => [finished(task), gates(task)])
  const drawn = relations.flatMap(({ source, kind, target }): Arrow[] => {
    switch (kind) {
      case 'blocked_by':
        return [[gates(source), finished(target)]]
      case 'parent':
        return [
          [gates(source), gates(target)],
          [finished(target), finished(source)],
        ]
      case 'supersedes':
        return [[finished(target), finished(source)]]
      case 'duplicate_of':
        return [[finished(source), finished(target)]]
      default:
        return []
    }
  })
  return [...own, ...drawn]
}

/** What comes from what. */
export function derivationsOf(relations: readonly ModelRelation[]): Arrow[] {
  return relations
    .filter(({ kind }) => kind === 'derived_from' || kind === 'supersedes')
    .map(({ source, target }) => [String(source), String(target)])
}

/** Whether arrows go round: takes away, again and again, what no arrow leaves. */
export function hasCycle(arrows: readonly Arrow[]): boolean {
  let rest = arrows
  for (;;) {
    const leaving = new Set(rest.map(([from]) => from))
    const kept = rest.filter(([, to]) => leaving.has(to))
    if (kept.length === rest.length) return rest.length > 0
    rest = kept
  }
}

/** Whether a path of tasks is a cycle of waiting: from some moment of the first, along arrows, back to the same moment. */
export function isCycleOfWaiting(path: readonly number[], relations: readonly ModelRelation[], count: number): boolean {
  const arrows = waitingOf(relations, count)
  const moments = (task: number) => [gates(task), finished(task)]
  return moments(path[0]!).some((start) => {
    let reached = new Set([start])
    for (const [index, task] of path.entries()) {
      if (index > 0) {
        const here = new Set(moments(task))
        reached = new Set(arrows.filter(([from, to]) => reached.has(from) && here.has(to)).map(([, to]) => to))
      }
      if (reached.has(finished(task))) reached.add(gates(task))
    }
    return reached.has(start)
  })
}

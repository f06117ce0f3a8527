import fc from 'fast-check'
import {
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

/** One command on tasks. Numbers beyond the last task count round. */
export type Step =
  | {
      readonly verb: 'create'
      readonly priority: Priority
      readonly parent?: number | undefined
      readonly blockers: readonly { readonly task: number; readonly gate: Gate }[]
    }
  | ({ readonly verb: 'add' | 'remove' } & ModelRelation)
  | { readonly verb: 'move'; readonly task: number; readonly parent: number | null }
  | { readonly verb: 'close'; readonly task: number; readonly outcome: Outcome }
  | { readonly verb: 'reopen' | 'hold' | 'unhold'; readonly task: number }
  | { readonly verb: 'status'; readonly task: number; readonly status: 'open' | 'in_progress' | 'in_review' }

interface ModelTask {
  readonly priority: Priority
  status: Status
  outcome?: Outcome | undefined
}

/** A reason of `tasks.explain`, with numbers for tasks. */
export interface ModelReason extends Pick<Reason, 'kind' | 'gate' | 'impossible'> {
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
    default:
      return { ...step, task: bring(step.task) }
  }
}

/** Carries out a step; `ids` are those of the tasks, and grow. */
export async function perform(tracker: Tracker, ids: TaskId[], step: Step): Promise<unknown> {
  const { tasks, relations } = tracker
  const id = (task: number) => ids[task]!
  switch (step.verb) {
    case 'create': {
      const task = await tasks.create({
        title: `Task ${ids.length}`,
        priority: step.priority,
        ...(step.parent !== undefined && { parent: id(step.parent) }),
        blockedBy: step.blockers.map((blocker) => ({ task: id(blocker.task), gate: blocker.gate })),
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
  }
}

/** Tasks and what they wait for, in plain memory and the slow way: every answer is worked out from the relations. */
export class TaskModel {
  readonly tasks: ModelTask[] = []
  relations: ModelRelation[] = []

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
      default:
        return this.#change(step)
    }
  }

  #create({ parent, blockers, priority }: Extract<Step, { verb: 'create' }>): string {
    const source = this.tasks.length
    const born: ModelRelation[] = blockers.map(({ task, gate }) => ({ source, kind: 'blocked_by', target: task, gate }))
    if (parent !== undefined) born.push({ source, kind: 'parent', target: parent })
    if (this.#closesCycle([...this.relations, ...born])) return 'CYCLE_DETECTED'
    this.relations.push(...born)
    this.tasks.push({ status: 'open', priority })
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

  #change(step: Extract<Step, { verb: 'close' | 'reopen' | 'hold' | 'unhold' | 'status' }>): string {
    const task = this.tasks[step.task]!
    const moves = ['open', 'in_progress', 'in_review'].includes(task.status)
    switch (step.verb) {
      case 'close':
        if (task.status === 'closed') return 'ALREADY_CLOSED'
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
        task.status = 'blocked'
        return 'done'
      case 'unhold':
        if (task.status !== 'blocked') return 'ILLEGAL_TRANSITION'
        task.status = 'open'
        return 'done'
      case 'status':
        if (task.status === step.status) return 'nothing'
        if (!moves) return 'ILLEGAL_TRANSITION'
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
    const { status } = this.tasks[task]!
    if (status === 'blocked') reasons.push({ kind: 'hold' })
    else if (status !== 'open') reasons.push({ kind: 'status' })
    for (const gate of this.#openGates(task)) reasons.push({ kind: 'gate', ...gate })
    for (let via = this.parentOf(task); via !== undefined; via = this.parentOf(via)) {
      if (this.tasks[via]!.status === 'blocked') reasons.push({ kind: 'inherited_hold', via })
      for (const gate of this.#openGates(via)) reasons.push({ kind: 'inherited_gate', via, ...gate })
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

  /** The tasks that are ready or, but for being in progress, would be. */
  readyOrRunning(): number[] {
    return this.#byUrgency((task) => {
      const reasons = this.reasons(task)
      const { status } = this.tasks[task]!
      return reasons.length === (status === 'in_progress' ? 1 : 0)
    })
  }

  /** The tasks that are open or on hold, and not ready. */
  blocked(): number[] {
    return this.#byUrgency((task) => {
      const { status } = this.tasks[task]!
      return (status === 'open' || status === 'blocked') && this.reasons(task).length > 0
    })
  }

  #byUrgency(wanted: (task: number) => boolean): number[] {
    const rank = (task: number) => PRIORITIES.indexOf(this.tasks[task]!.priority)
    return [...this.tasks.keys()].filter(wanted).sort((one, other) => rank(one) - rank(other) || one - other)
  }
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

import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AgentId,
  type Contract,
  GATES,
  NotClaimableError,
  OUTCOMES,
  openTracker,
  type Status,
  type TaskId,
  type Tracker,
  VERDICTS,
} from '../src/index.js'
import { all } from './support/answers.js'
import { ClaimModel, type ModelAgent, type ModelClaim, type ModelContract } from './support/claim-model.js'
import { HandClock } from './support/hand-clock.js'
import { expectRefusal } from './support/refusals.js'

/** How many histories, and how long each may be. */
const HISTORIES = 1_000
/** Opening a file takes longer than a history: some follow one another in one, each with tasks of its own. */
const HISTORIES_A_FILE = 8
const SHORTEST = 12
const LONGEST = 24

const MAX_CLAIMS = 2
const GRACE_MS = 30_000
const TTLS = [10_000, 60_000]

const PEOPLE: readonly ModelAgent[] = [
  { isHuman: true, capabilities: ['gpu'] },
  { isHuman: true, capabilities: [] },
  { isHuman: false, role: 'worker', capabilities: ['gpu'] },
  { isHuman: false, role: 'reviewer', capabilities: [] },
]
/** Those who never work, and try what can be claimed: each task is one for the first or the second of them. */
const PROBERS: readonly ModelAgent[] = [
  { isHuman: true, capabilities: ['gpu'] },
  { isHuman: false, role: 'worker', capabilities: ['gpu'] },
]

const REQUIREMENTS = [undefined, undefined, { role: 'worker' }, { role: 'human' }, { capabilities: ['gpu'] }]
const POLICIES = ['self', 'self', 'review', 'human', { quorum: 2 }] as const
const RETRIES = [
  undefined,
  { maxAttempts: 1, backoffMs: 0, multiplier: 1 },
  { maxAttempts: 2, backoffMs: 5_000, multiplier: 1 },
  { maxAttempts: 3, backoffMs: 5_000, multiplier: 4 },
]
const CRITERION = { id: 'green', text: 'The tests pass.', required: true }

/** Picks one of several by any number. */
function pick<Value>(values: readonly Value[], by: number): Value {
  return values[by % values.length]!
}

/** Some work more than others, so that they come to have as many claims as they may. */
function agentBy(number: number): number {
  return pick([0, 0, 0, 0, 1, 1, 2, 2, 3], number)
}

function contractOf({ policy, hasCriterion, retry }: ModelContract): Contract {
  return {
    criteria: hasCriterion ? [CRITERION] : [],
    completionPolicy: policy,
    ...(retry !== undefined && { retry }),
  }
}

/** The record beside the model, and what the things of the model are called in it. */
class Real {
  readonly clock = new HandClock()
  tracker!: Tracker
  /** How many it has been through. */
  histories = 0
  readonly #bound = new Map<AgentId, Tracker>()
  #path: string
  readonly agents: AgentId[] = []
  readonly probers: AgentId[] = []
  readonly ids: TaskId[] = []
  readonly tokens = new Map<ModelClaim, string>()

  constructor(path: string) {
    this.#path = path
  }

  async begin(): Promise<void> {
    await this.open()
    const register = async ({ isHuman, role, capabilities }: ModelAgent, name: string) => {
      const { agents } = this.tracker
      if (isHuman) return (await agents.registerHuman({ name, capabilities })).id
      const model = { provider: 'anthropic', model: 'claude-opus-4-6' }
      return (await agents.registerMl({ role: role!, ...model, name, capabilities })).id
    }
    for (const [n, agent] of PEOPLE.entries()) this.agents.push(await register(agent, `Agent ${n}`))
    for (const [n, agent] of PROBERS.entries()) this.probers.push(await register(agent, `Prober ${n}`))
  }

  /** The same record in another file, and the same agents. */
  async copy(path: string): Promise<Real> {
    copyFileSync(this.#path, path)
    const copy = new Real(path)
    copy.agents.push(...this.agents)
    copy.probers.push(...this.probers)
    await copy.open()
    return copy
  }

  async open(): Promise<void> {
    this.#bound.clear()
    this.tracker = await openTracker({
      path: this.#path,
      namespace: 'test',
      durability: 'normal',
      now: this.clock.now,
      maxClaims: MAX_CLAIMS,
      renewalGraceMs: GRACE_MS,
    })
  }

  /** Goes on with a copy of what is in the file at this moment, as a process that is killed leaves it. */
  async crash(): Promise<void> {
    const left = `${this.#path}x`
    for (const end of ['', '-wal']) copyFileSync(`${this.#path}${end}`, `${left}${end}`)
    await this.end()
    this.#path = left
  }

  /** Closes every task, so that those of the next history are the only ones to be worked on. */
  async putAway(): Promise<void> {
    const { tasks } = this.tracker
    // Leases that leave no further attempt are over then.
    await this.tracker.as(this.probers[0]!).claims.next({ text: 'nothing has this in it' })
    for (const id of this.ids) {
      const { status } = await tasks.get(id)
      if (status !== 'closed') await tasks.close(id, { outcome: 'cancelled', force: true, reason: 'over' })
    }
    this.ids.length = 0
    this.tokens.clear()
  }

  /** Closes the file and removes it. */
  async end(): Promise<void> {
    await this.tracker.close()
    for (const end of ['', '-wal', '-shm']) rmSync(`${this.#path}${end}`, { force: true })
  }

  as(agent: number): Tracker {
    const id = this.agents[agent]!
    const bound = this.#bound.get(id) ?? this.tracker.as(id)
    this.#bound.set(id, bound)
    return bound
  }
}

const UNDO = new Error('undo')

/** What a command of a history is made of: each reads as many of the numbers as it needs. */
type Numbers = readonly number[]
type Step = (model: ClaimModel, real: Real, numbers: Numbers) => Promise<void>

/** What came up in all histories together, so that the test can tell that it tested something. */
const seen = new Map<string, number>()

function note(what: string): void {
  seen.set(what, (seen.get(what) ?? 0) + 1)
}

/** That the record answers as the model does: with a result, or a refusal of this name that changes nothing of its own. */
async function expectSame<Result>(
  name: string,
  real: Real,
  expected: string | undefined,
  doing: () => Promise<Result>,
): Promise<Result | undefined> {
  const before = await real.tracker.log.head()
  let answer: string | undefined
  let result: Result | undefined
  try {
    result = await doing()
  } catch (error) {
    expectRefusal(error)
    answer = error.code
  }
  if (expected !== undefined) {
    // A lease that ran out on the last attempt is written down before what that makes impossible is refused.
    const { items } = await real.tracker.log.events({ after: before.seq })
    expect(
      items.filter(({ type }) => type !== 'claim.expired'),
      `${name} is refused and writes`,
    ).toEqual([])
    if (items.length > 0) note('a refusal after the end of the last attempt')
  }
  expect(answer, name).toBe(expected === 'NOTHING_NEW' ? undefined : expected)
  note(`${name}: ${expected ?? 'done'}`)
  return result
}

const steps: Record<string, Step> = {
  async create(model, real, [a, b, c, d, e, f]) {
    const count = model.tasks.length
    const parent = count > 0 && a! % 4 === 0 ? b! % count : undefined
    const blocker = count > 0 && c! % 3 === 0 ? d! % count : undefined
    const blockers = blocker === undefined || blocker === parent ? [] : [{ task: blocker, gate: pick(GATES, e!) }]
    const requires = pick(REQUIREMENTS, f!)
    const retry = pick(RETRIES, b!)
    const contract: ModelContract | undefined =
      d! % 3 === 0
        ? undefined
        : { policy: pick(POLICIES, e!), hasCriterion: c! % 2 === 0, ...(retry !== undefined && { retry }) }
    const notBefore = f! % 7 === 0 ? real.clock.time + 20_000 : 0
    try {
      const task = await real.tracker.tasks.create({
        title: 'Work',
        ...(parent !== undefined && { parent: real.ids[parent]! }),
        blockedBy: blockers.map(({ task, gate }) => ({ task: real.ids[task]!, gate })),
        ...(requires !== undefined && { requires }),
        ...(contract !== undefined && { contract: contractOf(contract) }),
        ...(notBefore > 0 && { notBefore: new Date(notBefore).toISOString() }),
      })
      real.ids.push(task.id)
      model.create({ createdAt: real.clock.time, parent, blockers, requires, contract, notBefore })
    } catch (error) {
      // Which tasks would wait for one another is not what this is about.
      expect(error).toMatchObject({ code: 'CYCLE_DETECTED' })
    }
  },

  async claim(model, real, [a, b, c]) {
    const ready = model.ready()
    const task = ready.length > 0 && a! % 4 > 0 ? pick(ready, a!) : a! % model.tasks.length
    const agent = agentBy(b!)
    const ttlMs = pick(TTLS, c!)
    const expected = model.claim(task, agent, ttlMs)
    const claimed = await expectSame('claim', real, expected, () =>
      real.as(agent).claims.claim(real.ids[task]!, { ttlMs }),
    )
    if (claimed !== undefined) takenAsExpected(model, real, claimed)
  },

  async next(model, real, [a, b]) {
    const agent = agentBy(a!)
    const ttlMs = pick(TTLS, b!)
    const { refused, task } = model.next(agent, ttlMs)
    const before = await real.tracker.log.head()
    const claimed = await expectSame('next', real, refused, () => real.as(agent).claims.next({ ttlMs, sort: 'oldest' }))
    if (refused !== undefined) return
    expect(claimed?.task.id).toBe(task === undefined ? undefined : real.ids[task])
    if (claimed === null && (await real.tracker.log.head()).seq > before.seq)
      note('next: null, after it settled leases')
    if (claimed) takenAsExpected(model, real, claimed)
  },

  async heartbeat(model, real, [a, b]) {
    await withToken('heartbeat', model, real, a!, (claim) => ({
      expected: model.heartbeat(claim),
      doing: async (token) => {
        const held = await real.as(agentBy(b!)).claims.heartbeat(token)
        expect(held.expiresAt).toBe(new Date(claim.expiresAt).toISOString())
      },
    }))
  },

  async renew(model, real, [a, b, c]) {
    const ttlMs = pick(TTLS, b!)
    await withToken('renew', model, real, a!, (claim) => ({
      expected: model.renew(claim, ttlMs),
      doing: async (token) => {
        const held = await real.as(agentBy(c!)).claims.renew(token, { ttlMs })
        expect(held).toMatchObject({ expiresAt: new Date(claim.expiresAt).toISOString(), attempt: claim.number })
      },
    }))
  },

  async release(model, real, [a]) {
    await withToken('release', model, real, a!, (claim) => ({
      expected: model.release(claim),
      doing: (token) => real.tracker.claims.release(token, { reason: 'x' }),
    }))
  },

  async complete(model, real, [a, b, c, d]) {
    await withToken('complete', model, real, a!, (claim) => {
      const outcome = pick(['done', 'pending_review', 'failed', 'done'] as const, b!)
      const by = agentBy(d!)
      const { contract } = model.tasks[claim.task]!
      const isMet = c! % 4 > 0
      const criteria = contract?.hasCriterion === true && isMet ? [{ id: CRITERION.id, status: 'met' as const }] : []
      return {
        expected: model.complete(claim, outcome, { isMet, by }),
        name: `complete ${outcome}`,
        doing: (token) =>
          real.as(by).claims.complete(token, {
            outcome,
            criteria,
            ...(outcome === 'failed' && { stopReason: 'verification_failed' }),
          }),
      }
    })
  },

  async block(model, real, [a, b, c]) {
    const claim =
      model.claims.findLast(({ end }) => end === undefined) ?? model.claims[a! % Math.max(model.claims.length, 1)]
    if (claim === undefined) return
    const blocker = { task: b! % model.tasks.length, gate: pick(GATES, c!) }
    const given = { outcome: 'blocked' as const, blockedBy: [{ ...blocker, task: real.ids[blocker.task]! }] }
    try {
      await real.as(claim.agent).claims.complete(real.tokens.get(claim)!, given)
    } catch (error) {
      expectRefusal(error)
      if (['CYCLE_DETECTED', 'GATE_CONFLICT', 'RELATION_DOMAIN'].includes(error.code)) return
      expect(model.complete(claim, 'blocked', { isMet: true, by: claim.agent, blocker })).toBe(error.code)
      return
    }
    expect(model.complete(claim, 'blocked', { isMet: true, by: claim.agent, blocker })).toBe(undefined)
    note('complete blocked: done')
  },

  async reset(model, real, [a, b]) {
    const task = a! % model.tasks.length
    const doing = () => real.as(agentBy(b!)).claims.reset(real.ids[task]!, { reason: 'x' })
    await expectSame('reset', real, model.reset(task), doing)
  },

  async review(model, real, [a, b, c]) {
    const inReview = [...model.tasks.keys()].filter((task) => model.tasks[task]!.status === 'in_review')
    const task = inReview.length > 0 && c! % 8 > 0 ? pick(inReview, a!) : a! % model.tasks.length
    const agent = agentBy(b!)
    const verdict = pick(VERDICTS, c!)
    const doing = () => real.as(agent).reviews.record(real.ids[task]!, { verdict })
    await expectSame(`review ${verdict}`, real, model.review(task, agent, verdict), doing)
  },

  async close(model, real, [a, b, c]) {
    const task = a! % model.tasks.length
    const agent = agentBy(b!)
    const outcome = pick(OUTCOMES, c!)
    const force = c! % 5 === 0 ? { force: true, reason: 'It must be.' } : {}
    const expected = model.close(task, agent, outcome, 'force' in force)
    await expectSame('close', real, expected, () => real.as(agent).tasks.close(real.ids[task]!, { outcome, ...force }))
  },

  async move(model, real, [a, b, c]) {
    const task = a! % model.tasks.length
    const agent = agentBy(b!)
    const to = pick(['open', 'in_progress', 'in_review', 'blocked'] as const, c!)
    const force = b! % 5 === 0 ? { force: true, reason: 'It must be.' } : {}
    const { tasks } = real.as(agent)
    const id = real.ids[task]!
    await expectSame(`move to ${to}`, real, model.move(task, agent, to, 'force' in force), () =>
      to === 'blocked' ? tasks.hold(id, { reason: 'x', ...force }) : tasks.update(id, { status: to }, force),
    )
  },

  async unhold(model, real, [a]) {
    const task = a! % model.tasks.length
    await expectSame('unhold', real, model.unhold(task), () => real.tracker.tasks.unhold(real.ids[task]!))
  },

  async reopen(model, real, [a]) {
    const task = a! % model.tasks.length
    await expectSame('reopen', real, model.reopen(task), () => real.tracker.tasks.reopen(real.ids[task]!))
  },

  async touch(model, real, [a, b]) {
    const task = a! % model.tasks.length
    const id = real.ids[task]!
    const { seq } = await real.tracker.log.head()
    if (b! % 2 === 0) await real.tracker.tasks.update(id, { title: `Touched after ${seq}` })
    else await real.tracker.tasks.addLabel(id, `after ${seq}`)
  },

  async revise(model, real, [a, b, c]) {
    const task = a! % model.tasks.length
    const retry = pick(RETRIES, b!)
    const hasCriterion = model.tasks[task]!.contract?.hasCriterion ?? false
    const contract = { policy: pick(POLICIES, c!), hasCriterion, ...(retry !== undefined && { retry }) }
    const expected = model.revise(task, contract)
    await expectSame('revise', real, expected, () =>
      real.tracker.contracts.revise(real.ids[task]!, contractOf(contract), { reason: 'x' }),
    )
  },

  /** The clock goes on, or jumps back. */
  async jump(_, real, [a, b]) {
    real.clock.move(
      pick([1_000, 5_001, 9_999, 10_000, 20_000, 31_000, 60_000, 100_000, -15_000, -70_000], a! * 12 + b!),
    )
  },

  /** The process is gone; another one opens the file, whose clock may be another. */
  async crash(model, real, [a]) {
    await real.crash()
    real.clock.move(pick([0, 0, 15_000, -15_000], a!))
    await real.open()
    model.crash(real.clock.time)
    note('crash')
  },
}

/** That the claim which was made is the one that the model expects. */
function takenAsExpected(
  model: ClaimModel,
  real: Real,
  claimed: { token: string; attempt: number; expiresAt: string },
): void {
  const claim = model.claims.at(-1)!
  real.tokens.set(claim, claimed.token)
  expect(claimed).toMatchObject({ attempt: claim.number, expiresAt: new Date(claim.expiresAt).toISOString() })
}

/** Does something with a token: mostly of a claim that has not ended, and now and then of one that has. */
async function withToken(
  name: string,
  model: ClaimModel,
  real: Real,
  by: number,
  plan: (claim: ModelClaim) => {
    expected: string | undefined
    doing: (token: string) => Promise<unknown>
    name?: string
  },
): Promise<void> {
  const open = model.claims.filter(({ end }) => end === undefined)
  const candidates = open.length > 0 && by % 5 > 0 ? open : model.claims
  if (candidates.length === 0) return
  const claim = pick(candidates, by)
  const planned = plan(claim)
  await expectSame(planned.name ?? name, real, planned.expected, () => planned.doing(real.tokens.get(claim)!))
}

/** Whether a command finds something that it is about. */
function isUseful(name: string, model: Readonly<ClaimModel>): boolean {
  const isAny = (status: Status) => model.tasks.some((task) => task.status === status)
  if (name === 'claim') return model.ready().length > 0
  if (name === 'next') {
    return model.ready().length > 0 || model.claims.some((claim) => claim.end === undefined && !model.isLive(claim))
  }
  if (['heartbeat', 'renew', 'release', 'complete', 'block', 'reset'].includes(name)) {
    return model.claims.some(({ end }) => end === undefined)
  }
  if (name === 'review') return isAny('in_review')
  if (name === 'reopen') return isAny('closed')
  return name !== 'unhold' || isAny('blocked')
}

/** One command of a history. */
class Command implements fc.AsyncCommand<ClaimModel, Real> {
  readonly #name: string
  readonly #numbers: Numbers

  constructor(name: string, numbers: Numbers) {
    this.#name = name
    this.#numbers = numbers
  }

  /** Whether to run it: now and then also where nothing can come of it but a refusal. */
  check(model: Readonly<ClaimModel>): boolean {
    if (['create', 'jump', 'crash'].includes(this.#name)) return true
    return model.tasks.length > 0 && (this.#numbers[5]! % 12 === 0 || isUseful(this.#name, model))
  }

  async run(model: ClaimModel, real: Real): Promise<void> {
    model.see(real.clock.time)
    await steps[this.#name]!(model, real, this.#numbers)
    model.see(real.clock.time)
    await expectReady(model, real)
  }

  toString(): string {
    return `${this.#name}(${this.#numbers.join(', ')})`
  }
}

/** After every command: what is ready, and that no task has two claims and no agent too many. */
async function expectReady(model: ClaimModel, real: Real): Promise<void> {
  const { items } = await real.tracker.tasks.ready({ sort: 'oldest', limit: 1_000 })
  expect(items.map(({ id }) => real.ids.indexOf(id))).toEqual(model.ready())
  const claims = (await real.tracker.claims.list({ limit: 1_000 })).items
  expect(new Set(claims.map(({ task }) => task)).size).toBe(claims.length)
  const open = model.claims.filter(({ end }) => end === undefined)
  expect(claims.map(({ task, attempt, expired }) => [real.ids.indexOf(task), attempt, expired])).toEqual(
    open.map((claim) => [claim.task, claim.number, !model.isLive(claim)]),
  )
  for (const agent of real.agents) {
    expect(claims.filter((claim) => claim.agent === agent && !claim.expired).length).toBeLessThanOrEqual(MAX_CLAIMS)
  }
}

/** Tries to claim every task, each in a transaction that is undone: what is ready can be claimed, and nothing else. */
async function expectClaimable(model: ClaimModel, real: Real): Promise<void> {
  for (const [task, id] of real.ids.entries()) {
    const prober = real.probers[model.tasks[task]!.requires?.role === 'worker' ? 1 : 0]!
    const isReady = model.isReady(task)
    const trying = real.tracker.transaction(async (t) => {
      await t.as(prober).claims.claim(id)
      throw UNDO
    })
    const failure = await trying.catch((error: unknown) => error)
    const { ready, reasons } = await real.tracker.tasks.explain(id)
    expect(ready).toBe(isReady)
    expect(reasons.length > 0).toBe(!isReady)
    if (isReady) {
      expect(failure).toBe(UNDO)
    } else {
      expect(failure).toBeInstanceOf(NotClaimableError)
      expect((failure as NotClaimableError).reasons).toEqual(reasons)
    }
  }
}

/** When a history is over: every task and every run as in the model, and the laws that the issue names. */
async function expectLaws(model: ClaimModel, real: Real): Promise<void> {
  const { tracker, ids } = real
  await expectClaimable(model, real)
  for (const [index, { status, outcome }] of model.tasks.entries()) {
    const task = await tracker.tasks.get(real.ids[index]!)
    expect({ status: task.status, outcome: task.outcome }).toEqual({ status, outcome })
  }
  const runs = await all((page) => tracker.runs.list({ task: ids, ...page }))
  const ends = model.claims.map(({ task, agent, number, end }) => [real.ids[task], real.agents[agent], number, end])
  expect(runs.map(({ task, agent, attempt, endedBy }) => [task, agent, attempt, endedBy])).toEqual(ends)
  await expectBoundedAttempts(real)
  await expectOthersApproved(real)
  const head = await tracker.log.head()
  expect(await tracker.log.verify({ state: true, expect: head })).toEqual({ ok: true, checked: head.seq })
}

/** By the log alone: when an attempt began, fewer had counted than the contract of that moment allowed. */
async function expectBoundedAttempts({ tracker, ids }: Real): Promise<void> {
  const limits = new Map<string, number>()
  const spent = new Map<string, number>()
  for (const { type, subject, data } of await all((page) => tracker.log.events({ subject: ids, ...page }))) {
    if (type === 'task.created' || type === 'contract.revised') {
      const { contract } = data as { contract?: Contract }
      limits.set(subject, contract?.retry?.maxAttempts ?? Number.POSITIVE_INFINITY)
    } else if (type === 'claim.acquired') {
      expect(spent.get(subject) ?? 0).toBeLessThan(limits.get(subject)!)
    } else if (data?.costs === true) {
      spent.set(subject, (spent.get(subject) ?? 0) + 1)
    }
  }
}

async function expectOthersApproved({ tracker, ids }: Real): Promise<void> {
  const runs = await all((page) => tracker.runs.list({ task: ids, ...page }))
  for (const { task, attempt, reviewer, verdict } of await all((page) =>
    tracker.reviews.list({ task: ids, ...page }),
  )) {
    if (verdict !== 'approve') continue
    const until = runs.findIndex(({ activity }) => activity === attempt)
    const workers = runs.slice(0, until + 1).filter((run) => run.task === task)
    expect(workers.map(({ agent }) => agent)).not.toContain(reviewer)
    note('an approval')
  }
}

const WEIGHTS: Record<string, number> = {
  create: 1,
  claim: 8,
  next: 5,
  complete: 8,
  review: 8,
  jump: 4,
  crash: 1,
  touch: 1,
  hold: 1,
  unhold: 1,
}

const numbers = fc.array(fc.nat(239), { minLength: 6, maxLength: 6 })
const creation = numbers.map((given) => new Command('create', given))
const command = fc.oneof(
  ...Object.keys(steps).map((name) => ({
    weight: WEIGHTS[name] ?? 2,
    arbitrary: numbers.map((given) => new Command(name, given)),
  })),
)
/** A few tasks, and what becomes of them. */
const histories = fc
  .noBias(
    fc.tuple(
      fc.array(creation, { minLength: 1, maxLength: 5, size: 'max' }),
      fc.array(command, { minLength: SHORTEST, maxLength: LONGEST, size: 'max' }),
    ),
  )
  .map((parts) => parts.flat())

test(`${HISTORIES} random histories obey the model: replay equals live, and every law holds`, async () => {
  // What is written is gone after the test: memory will do, where there is a file system of it.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'provtrail-laws-'))
  let files = 0
  try {
    const template = new Real(join(folder, 'template.db'))
    await template.begin()
    await template.tracker.close()
    let real: Real | undefined
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        real ??= await template.copy(join(folder, `${++files}.db`))
        const shared = real
        // Whatever goes wrong, nobody else meets what it leaves.
        real = undefined
        const model = new ClaimModel(PEOPLE, MAX_CLAIMS, GRACE_MS)
        model.see(shared.clock.time)
        try {
          await fc.asyncModelRun(() => ({ model, real: shared }), history)
          await expectLaws(model, shared)
        } catch (error) {
          await shared.end()
          throw error
        }
        if (++shared.histories < HISTORIES_A_FILE) {
          await shared.putAway()
          // What this process has seen of the time, it has seen.
          shared.clock.time = model.now
          real = shared
        } else {
          await shared.end()
        }
      }),
      { numRuns: HISTORIES },
    )
    await real?.end()
  } finally {
    rmSync(folder, { recursive: true })
  }
  if (process.env.SEEN)
    console.log(
      [...seen]
        .sort()
        .map((one) => one.join(' '))
        .join('; '),
    )
  for (const what of EXPECTED) expect(seen.get(what) ?? 0, what).toBeGreaterThan(0)
}, 300_000)

const EXPECTED = [
  'an approval',
  'claim: CLAIM_LIMIT',
  'claim: NOT_CLAIMABLE',
  'claim: done',
  'close: CONTRACT_NOT_MET',
  'close: TASK_CLAIMED',
  'complete blocked: done',
  'complete done: CLAIM_LOST',
  'complete done: CONTRACT_NOT_MET',
  'complete done: done',
  'complete failed: done',
  'crash',
  'heartbeat: CLAIM_EXPIRED',
  'heartbeat: CLAIM_LOST',
  'heartbeat: done',
  'next: CLAIM_LIMIT',
  'next: done',
  'next: null, after it settled leases',
  'release: CLAIM_EXPIRED',
  'release: done',
  'renew: CLAIM_EXPIRED',
  'renew: CLAIM_LOST',
  'renew: done',
  'reset: done',
  'review approve: REVIEWER_NOT_ALLOWED',
  'review approve: done',
  'review reject: done',
  'review request_changes: done',
  'revise: POLICY_LOOSENED',
  'revise: done',
]

import type { CompletionPolicy, Gate, Outcome, Status, Verdict } from '../../src/index.js'

/*
 * What the rules of claims, contracts, reviews and retries say, in the plainest way: objects in memory that know nothing of
 * events, tables or transactions. Tests carry out the same commands on a record, which must come to the same.
 */

/** Somebody who works or judges; the index of the agent in the model and in the record. */
export interface ModelAgent {
  readonly isHuman: boolean
  readonly role?: string
  readonly capabilities: readonly string[]
}

interface ModelRequirements {
  readonly role?: string
  readonly capabilities?: readonly string[]
}

export interface ModelContract {
  readonly policy: CompletionPolicy
  /** The one criterion of the contract, which is required. */
  readonly hasCriterion: boolean
  readonly retry?: { readonly maxAttempts: number; readonly backoffMs: number; readonly multiplier: number }
}

/** A claim, from its start on; `end` once the record says how it ended. */
export interface ModelClaim {
  readonly task: number
  readonly agent: number
  readonly number: number
  ttlMs: number
  expiresAt: number
  end?: 'completed' | 'released' | 'reset' | 'expired' | 'closed'
  /** What was handed in with it, and whether that counts for a review still. */
  submission?: { isGood: boolean; approvers: Set<number>; by: number }
}

export interface ModelTask {
  readonly createdAt: number
  readonly parent: number | undefined
  readonly blockers: { task: number; gate: Gate }[]
  readonly requires: ModelRequirements | undefined
  contract: ModelContract | undefined
  status: Status
  outcome: Outcome | undefined
  notBefore: number
  /** Attempts that count. */
  spent: number
  readonly claims: ModelClaim[]
}

/** What a refusal is called, or that there is none. */
export type Answer = string | undefined

const STRICTNESS = ['self', 'review', 'quorum']

export class ClaimModel {
  readonly tasks: ModelTask[] = []
  readonly claims: ModelClaim[] = []
  readonly #agents: readonly ModelAgent[]
  readonly #maxClaims: number
  readonly #graceMs: number
  /** The latest time that the process has seen. */
  #now = 0

  constructor(agents: readonly ModelAgent[], maxClaims: number, graceMs: number) {
    this.#agents = agents
    this.#maxClaims = maxClaims
    this.#graceMs = graceMs
  }

  get now(): number {
    return this.#now
  }

  /** The clock shows this time; within a process that goes forward only. */
  see(time: number): void {
    this.#now = Math.max(this.#now, time)
  }

  /** The process is gone: another one knows only what its own clock shows. */
  crash(time: number): void {
    this.#now = time
  }

  create(task: Pick<ModelTask, 'createdAt' | 'parent' | 'blockers' | 'requires' | 'contract' | 'notBefore'>): void {
    this.tasks.push({ ...task, status: 'open', outcome: undefined, spent: 0, claims: [] })
  }

  openClaim(task: ModelTask): ModelClaim | undefined {
    return task.claims.find(({ end }) => end === undefined)
  }

  isLive(claim: ModelClaim): boolean {
    return claim.end === undefined && claim.expiresAt > this.#now
  }

  liveClaims(agent: number): ModelClaim[] {
    return this.claims.filter((claim) => claim.agent === agent && this.isLive(claim))
  }

  isReady(index: number): boolean {
    const task = this.tasks[index]!
    const claim = this.openClaim(task)
    const isOpen =
      task.status === 'open' || (task.status === 'in_progress' && claim !== undefined && !this.isLive(claim))
    // A lease that ran out is an attempt that counts, though nobody has written it down yet.
    const spent = task.spent + (task.status === 'in_progress' ? 1 : 0)
    const isLeft = task.contract?.retry === undefined || spent < task.contract.retry.maxAttempts
    return isOpen && isLeft && !this.#isHindered(index)
  }

  #isHindered(index: number): boolean {
    if (this.tasks.some(({ parent, status }) => parent === index && status !== 'closed')) return true
    if (this.#hasClosedGate(index) || this.tasks[index]!.notBefore > this.#now) return true
    for (let above = this.tasks[index]!.parent; above !== undefined; above = this.tasks[above]!.parent) {
      const { status, notBefore } = this.tasks[above]!
      if (this.#hasClosedGate(above) || status === 'blocked' || notBefore > this.#now) return true
    }
    return false
  }

  #hasClosedGate(index: number): boolean {
    return this.tasks[index]!.blockers.some(({ task, gate }) => {
      const { status, outcome } = this.tasks[task]!
      return !(status === 'closed' && (gate === 'closed' || gate === outcome))
    })
  }

  /** The oldest first, by the clock that may have jumped back, and of one time in their order. */
  ready(): number[] {
    const createdAt = (index: number) => this.tasks[index]!.createdAt
    const ready = [...this.tasks.keys()].filter((index) => this.isReady(index))
    return ready.sort((one, other) => createdAt(one) - createdAt(other) || one - other)
  }

  fits(index: number, agent: number): boolean {
    const { role, capabilities = [] } = this.tasks[index]!.requires ?? {}
    const { isHuman, role: own, capabilities: able } = this.#agents[agent]!
    const hasRole = role === undefined || (role === 'human' ? isHuman : role === own)
    return hasRole && capabilities.every((word) => able.includes(word))
  }

  claim(index: number, agent: number, ttlMs: number): Answer {
    if (!this.isReady(index)) return 'NOT_CLAIMABLE'
    if (this.liveClaims(agent).length >= this.#maxClaims) return 'CLAIM_LIMIT'
    if (!this.fits(index, agent)) return 'NOT_CLAIMABLE'
    this.#settle(this.tasks[index]!)
    this.#take(index, agent, ttlMs)
    return undefined
  }

  /** The task that the agent gets, or `undefined` for none. */
  next(agent: number, ttlMs: number): { readonly refused: Answer; readonly task?: number } {
    if (this.liveClaims(agent).length >= this.#maxClaims) return { refused: 'CLAIM_LIMIT' }
    for (const task of this.tasks) {
      if (task.contract?.retry !== undefined && task.spent + 1 >= task.contract.retry.maxAttempts) this.#settle(task)
    }
    const first = this.ready().find((index) => this.fits(index, agent))
    if (first === undefined) return { refused: undefined }
    this.#settle(this.tasks[first]!)
    this.#take(first, agent, ttlMs)
    return { refused: undefined, task: first }
  }

  #take(index: number, agent: number, ttlMs: number): void {
    const task = this.tasks[index]!
    const claim = { task: index, agent, number: task.claims.length + 1, ttlMs, expiresAt: this.#now + ttlMs }
    task.claims.push(claim)
    this.claims.push(claim)
    turn(task, 'in_progress')
  }

  heartbeat(claim: ModelClaim): Answer {
    if (claim.end !== undefined) return 'CLAIM_LOST'
    if (!this.isLive(claim)) return 'CLAIM_EXPIRED'
    if ((claim.expiresAt - this.#now) * 2 < claim.ttlMs) claim.expiresAt = this.#now + claim.ttlMs
    return undefined
  }

  renew(claim: ModelClaim, ttlMs: number): Answer {
    if (claim.end !== undefined) return 'CLAIM_LOST'
    if (!this.isLive(claim)) {
      if (this.#now - claim.expiresAt > this.#graceMs) return 'CLAIM_EXPIRED'
      if (this.liveClaims(claim.agent).length >= this.#maxClaims) return 'CLAIM_LIMIT'
    }
    claim.ttlMs = ttlMs
    claim.expiresAt = this.#now + ttlMs
    return undefined
  }

  release(claim: ModelClaim): Answer {
    if (claim.end !== undefined) return 'CLAIM_LOST'
    if (!this.isLive(claim)) return 'CLAIM_EXPIRED'
    claim.end = 'released'
    this.#back(this.tasks[claim.task]!)
    return undefined
  }

  complete(
    claim: ModelClaim,
    outcome: 'done' | 'pending_review' | 'failed' | 'blocked',
    given: {
      readonly isMet: boolean
      /** Who shows the token. */
      readonly by: number
      readonly blocker?: { readonly task: number; readonly gate: Gate }
    },
  ): Answer {
    const task = this.tasks[claim.task]!
    if (claim.end !== undefined) return 'CLAIM_LOST'
    const isGood = outcome === 'done' || outcome === 'pending_review'
    if (isGood && task.contract?.hasCriterion === true && !given.isMet) return 'CONTRACT_NOT_MET'
    claim.end = 'completed'
    claim.submission = { isGood, approvers: new Set(), by: given.by }
    if (outcome === 'failed') this.#spend(task, true)
    else if (outcome === 'blocked') {
      const { blocker } = given
      if (!task.blockers.some((known) => known.task === blocker!.task)) task.blockers.push(blocker!)
      this.#back(task)
    } else if (outcome === 'done' && (task.contract?.policy ?? 'self') === 'self') turn(task, 'closed', 'completed')
    else turn(task, 'in_review')
    return undefined
  }

  reset(index: number): Answer {
    const task = this.tasks[index]!
    const claim = this.openClaim(task)
    if (claim === undefined) return 'NOT_CLAIMED'
    if (this.#settle(task)) return undefined
    claim.end = 'reset'
    this.#back(task)
    return undefined
  }

  /** What is to be judged, if anything. */
  submissionInReview(task: ModelTask): ModelClaim['submission'] {
    if (task.status !== 'in_review') return undefined
    const last = task.claims.at(-1)?.submission
    return last?.isGood === true ? last : undefined
  }

  review(index: number, agent: number, verdict: Verdict): Answer {
    const task = this.tasks[index]!
    const submission = this.submissionInReview(task)
    if (submission === undefined) return 'NOTHING_TO_REVIEW'
    if (task.claims.some((claim) => claim.agent === agent || claim.submission?.by === agent))
      return 'REVIEWER_NOT_ALLOWED'
    const policy = task.contract?.policy ?? 'self'
    if (verdict === 'approve') {
      if (policy === 'human' && !this.#agents[agent]!.isHuman) return 'REVIEWER_NOT_ALLOWED'
      submission.approvers.add(agent)
      if (submission.approvers.size >= (typeof policy === 'object' ? policy.quorum : 1))
        turn(task, 'closed', 'completed')
      return undefined
    }
    submission.isGood = false
    if (verdict === 'reject') this.#spend(task, false)
    else this.#back(task)
    return undefined
  }

  close(index: number, agent: number, outcome: Outcome, isForced: boolean): Answer {
    return this.#change(index, (task, claim) => {
      if (task.status === 'closed') return 'ALREADY_CLOSED'
      const obstacle = this.#obstacle(task, claim, agent, outcome === 'completed' && this.#isUnmet(task))
      if (obstacle !== undefined && !isForced) return obstacle
      if (claim !== undefined) claim.end = 'closed'
      turn(task, 'closed', outcome)
      return undefined
    })
  }

  /** Moves a task between open, in_progress and in_review, or puts it on hold. */
  move(index: number, agent: number, to: 'open' | 'in_progress' | 'in_review' | 'blocked', isForced: boolean): Answer {
    return this.#change(index, (task, claim) => {
      if (task.status === 'closed' || task.status === 'blocked') return 'ILLEGAL_TRANSITION'
      if (task.status === to) return 'NOTHING_NEW'
      const isPast =
        task.contract !== undefined &&
        (to === 'in_review' ? this.#isUnmet(task) : this.submissionInReview(task) !== undefined)
      const obstacle = this.#obstacle(task, claim, agent, isPast)
      if (obstacle !== undefined && !isForced) return obstacle
      if (claim !== undefined) claim.end = 'closed'
      const isTakenBack = isUnderWay(task) && (to === 'open' || to === 'blocked')
      if (isTakenBack && this.#isExhausted(task)) turn(task, 'closed', 'failed')
      else turn(task, to)
      // What was handed in before is not judged again.
      const last = task.claims.at(-1)?.submission
      if (to === 'in_review' && last !== undefined) last.isGood = false
      return undefined
    })
  }

  #obstacle(task: ModelTask, claim: ModelClaim | undefined, agent: number, isUnmet: boolean): Answer {
    if (claim !== undefined && claim.agent !== agent) return 'TASK_CLAIMED'
    return isUnmet && task.contract !== undefined ? 'CONTRACT_NOT_MET' : undefined
  }

  #isUnmet(task: ModelTask): boolean {
    const { policy = 'self', hasCriterion = false } = task.contract ?? {}
    return policy !== 'self' || (hasCriterion && this.submissionInReview(task) === undefined)
  }

  unhold(index: number): Answer {
    return this.#turnFrom(index, 'blocked')
  }

  reopen(index: number): Answer {
    return this.#turnFrom(index, 'closed')
  }

  #turnFrom(index: number, from: Status): Answer {
    return this.#change(index, (task) => {
      if (task.status !== from) return 'ILLEGAL_TRANSITION'
      turn(task, 'open')
      return undefined
    })
  }

  revise(index: number, contract: ModelContract): Answer {
    if (JSON.stringify(this.tasks[index]!.contract) === JSON.stringify(contract)) return 'NOTHING_NEW'
    const task = this.tasks[index]!
    const from = task.contract?.policy ?? 'self'
    const hasBegun = task.claims.length > 0 || isUnderWay(task)
    if (hasBegun && !isAsStrict(from, contract.policy)) return 'POLICY_LOOSENED'
    const wasExhausted = this.#isExhausted(task)
    task.contract = contract
    const isIdle = task.status === 'open' || task.status === 'blocked'
    if (isIdle && !wasExhausted && this.#isExhausted(task)) turn(task, 'closed', 'failed')
    return undefined
  }

  /** Does something to a task whose lease, if it has run out, is over; a refusal leaves everything as it was. */
  #change(index: number, work: (task: ModelTask, claim: ModelClaim | undefined) => Answer): Answer {
    const task = this.tasks[index]!
    const claim = this.openClaim(task)
    const before = { status: task.status, outcome: task.outcome, spent: task.spent }
    const isSettled = this.#settle(task)
    // The end of the last attempt is written down before anything that it makes impossible is refused.
    const isClosed = isSettled && task.status === 'closed'
    const answer = work(task, this.openClaim(task))
    if (answer === 'NOTHING_NEW' && isSettled && !isClosed) return undefined
    if (answer !== undefined && isSettled && !isClosed) {
      Object.assign(task, before)
      delete claim!.end
    }
    return answer
  }

  /** A lease that has run out ends its claim, and counts. */
  #settle(task: ModelTask): boolean {
    const claim = this.openClaim(task)
    if (claim === undefined || this.isLive(claim)) return false
    claim.end = 'expired'
    this.#spend(task, false)
    return true
  }

  #isExhausted({ contract, spent }: ModelTask): boolean {
    return contract?.retry !== undefined && spent >= contract.retry.maxAttempts
  }

  /** It comes back at no cost, unless its contract leaves no attempt any more. */
  #back(task: ModelTask): void {
    if (this.#isExhausted(task)) turn(task, 'closed', 'failed')
    else turn(task, 'open')
  }

  /** One more attempt that counts; without a rule for retries a failure is the end, and nothing else is. */
  #spend(task: ModelTask, isFailure: boolean): void {
    const retry = task.contract?.retry
    task.spent++
    if (retry === undefined ? isFailure : task.spent >= retry.maxAttempts) {
      turn(task, 'closed', 'failed')
      return
    }
    turn(task, 'open')
    if (isFailure && retry!.backoffMs > 0)
      task.notBefore = this.#now + retry!.backoffMs * retry!.multiplier ** (task.spent - 1)
  }
}

function isUnderWay({ status }: ModelTask): boolean {
  return status === 'in_progress' || status === 'in_review'
}

function turn(task: ModelTask, status: Status, outcome?: Outcome): void {
  task.status = status
  task.outcome = outcome
}

/** self < review < quorum of any size, in its order; who asks for a human may ask for nothing else, after that. */
function isAsStrict(from: CompletionPolicy, to: CompletionPolicy): boolean {
  if (from === 'human' || to === 'human') return from === to || from === 'self'
  const rank = (policy: CompletionPolicy) =>
    typeof policy === 'object' ? 10 * STRICTNESS.length + policy.quorum : STRICTNESS.indexOf(policy)
  return rank(to) >= rank(from)
}

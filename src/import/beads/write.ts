import {
  AlreadyClosedError,
  AlreadyExistsError,
  AlreadyHasParentError,
  CycleDetectedError,
  GateConflictError,
  IdempotencyConflictError,
  IllegalTransitionError,
  InvalidInputError,
  NotFoundError,
  ProvtrailError,
  RelationDomainError,
  StaleRevisionError,
} from '../../errors.js'
import { groupBy } from '../../group-by.js'
import { inChunks } from './in-chunks.js'
import type { Report } from './report.js'
import type { BeadsImportProgress } from './result.js'
import type { Step } from './steps.js'

const PHASES: readonly Step['phase'][] = ['tasks', 'changes', 'labels', 'relations', 'comments', 'status']

/** Refusals that concern one thing of the source: it is reported, and the rest goes on. */
const REFUSALS = [
  InvalidInputError,
  NotFoundError,
  IdempotencyConflictError,
  StaleRevisionError,
  IllegalTransitionError,
  RelationDomainError,
  AlreadyHasParentError,
  CycleDetectedError,
  GateConflictError,
]

/** Refusals that say that somebody else, such as another import, has just done the same. */
const DONE_ALREADY = [AlreadyExistsError, AlreadyClosedError]

/** What carrying out steps needs. */
export interface WriteOptions {
  /** Count, and carry out nothing. */
  readonly dryRun: boolean
  readonly report: Report
  readonly onProgress: (progress: BeadsImportProgress) => void
}

/**
 * Carries out the steps, phase by phase and round by round, in their order within each.
 *
 * @throws {ProvtrailError} something happened that is not about a thing of the source, such as a full disk.
 */
export async function carryOut(steps: readonly Step[], { dryRun, report, onProgress }: WriteOptions): Promise<void> {
  const byPhase = groupBy(steps, ({ phase }) => phase)
  for (const phase of PHASES) {
    const total = byPhase.get(phase)?.length ?? 0
    let before = 0
    const rounds = [...groupBy(byPhase.get(phase) ?? [], ({ round }) => round)].sort(([one], [other]) => one - other)
    for (const [, round] of rounds) {
      const work = async (step: Step): Promise<void> => {
        if (!dryRun && !(await isDone(step, report))) return
        step.count?.(report)
        report.changed.add(step.issue)
      }
      await inChunks(round, work, (done) => onProgress({ phase, done: before + done, total }))
      before += round.length
    }
  }
}

async function isDone(step: Step, report: Report): Promise<boolean> {
  try {
    await step.run()
    return true
  } catch (error) {
    if (!(error instanceof ProvtrailError)) throw error
    const isMadeAlready = step.phase === 'tasks' && error instanceof IdempotencyConflictError
    if (isMadeAlready || DONE_ALREADY.some((refusal) => error instanceof refusal)) {
      if (step.phase === 'tasks') report.known.add(step.issue)
      return false
    }
    if (!REFUSALS.some((refusal) => error instanceof refusal)) throw error
    const reason = step.label === undefined ? error.message : `${step.label}: ${error.message}`
    const { file, line } = step.place
    report.skip({ kind: step.what, id: step.issue, file, line, reason })
    return false
  }
}

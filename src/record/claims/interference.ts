import { ContractNotMetError, type MissingObligation, TaskClaimedError } from '../../errors.js'
import type { Reader } from '../../store/store.js'
import type { Outcome, Status } from '../../vocabulary.js'
import type { Circumstances } from '../command.js'
import { missingToComplete, missingToMove } from '../contracts/guards.js'
import type { Interference } from '../tasks/apply-event.js'
import type { ForceOptions, Task } from '../tasks/task.js'
import { type Attempt, findOpenClaim } from './attempt-rows.js'

/** A change of status that does not come from the holder of a claim. */
interface Move extends ForceOptions {
  readonly to: Status
  readonly outcome?: Outcome
}

/**
 * What a change of status by `tasks.update`, `tasks.close` or `tasks.hold` ends and overrides, as its event tells it: the
 * claim on the task, and where it is forced a claim of somebody else or a contract. A lease that has run out is settled already.
 *
 * @throws {TaskClaimedError} somebody else has claimed the task, and it is not forced.
 * @throws {ContractNotMetError} its contract asks for more, and it is not forced.
 */
export async function interfere(
  reader: Reader,
  key: number,
  task: Task,
  move: Move,
  { actor }: Circumstances,
): Promise<Interference> {
  const claim = task.status === 'in_progress' ? await findOpenClaim(reader, key) : undefined
  const obstacle = await findObstacle(reader, key, task, move, claim?.agent === actor ? undefined : claim)
  if (obstacle !== undefined && move.force !== true) throw obstacle
  return {
    ...(claim !== undefined && { attempt: claim.activity }),
    ...(obstacle !== undefined && { forced: true, reason: move.reason! }),
  }
}

async function findObstacle(
  reader: Reader,
  key: number,
  task: Task,
  move: Move,
  othersClaim: Attempt | undefined,
): Promise<TaskClaimedError | ContractNotMetError | undefined> {
  if (othersClaim !== undefined) {
    const { agent, activity, expiresAt } = othersClaim
    return new TaskClaimedError(task.id, agent, activity, expiresAt)
  }
  const missing = await missingFor(reader, key, task, move)
  return missing.length === 0 ? undefined : new ContractNotMetError(task.id, missing)
}

async function missingFor(
  reader: Reader,
  key: number,
  task: Task,
  { to, outcome }: Move,
): Promise<MissingObligation[]> {
  if (to !== 'closed') return missingToMove(reader, key, task, to)
  return outcome === 'completed' ? missingToComplete(reader, key, task) : []
}

import { ContractNotMetError, TaskClaimedError } from '../../errors.js'
import type { Reader } from '../../store/store.js'
import type { Outcome, Status } from '../../vocabulary.js'
import type { Circumstances } from '../command.js'
import { refuseMove, refuseUnmet } from '../contracts/guards.js'
import type { Interference } from '../tasks/apply-event.js'
import type { ForceOptions, Task } from '../tasks/task.js'
import { findOpenClaim } from './attempt-rows.js'

/** A change of status that does not come from the holder of a claim. */
interface Move extends ForceOptions {
  readonly to: Status
  readonly outcome?: Outcome
}

/**
 * What a change of status does to a claim and to a contract. A lease that has run out is settled already.
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
  const obstacle =
    claim !== undefined && claim.agent !== actor
      ? new TaskClaimedError(task.id, claim.agent, claim.activity, claim.expiresAt)
      : await unmetContract(reader, key, task, move)
  if (obstacle !== undefined && move.force !== true) throw obstacle
  return {
    ...(claim !== undefined && { attempt: claim.activity }),
    ...(obstacle !== undefined && { forced: true, reason: move.reason! }),
  }
}

async function unmetContract(
  reader: Reader,
  key: number,
  task: Task,
  { to, outcome }: Move,
): Promise<ContractNotMetError | undefined> {
  try {
    if (to !== 'closed') await refuseMove(reader, key, task, to)
    else if (outcome === 'completed') await refuseUnmet(reader, key, task)
    return undefined
  } catch (error) {
    if (error instanceof ContractNotMetError) return error
    throw error
  }
}

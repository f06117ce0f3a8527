import { agentNames } from '../../record/agents/agent-names.js'
import type { Reader } from '../../store/store.js'
import { taskTitles } from './names.js'
import type { ForcedChange } from './project-report.js'
import type { TaskMove } from './task-log.js'

/** The changes by force among what happened to tasks, the newest first, under the names of now. */
export async function readForcedChanges(reader: Reader, moves: readonly TaskMove[]): Promise<readonly ForcedChange[]> {
  const titles = await taskTitles(
    reader,
    moves.map(({ task }) => task),
  )
  const names = await agentNames(
    reader,
    moves.map(({ actor }) => actor),
  )
  return moves.toReversed().map(({ task, actor, at, status, outcome, reason }) => ({
    task,
    title: titles.get(task)!,
    at,
    agent: actor,
    agentName: names.get(actor)!,
    status,
    ...(outcome !== undefined && { outcome }),
    reason: reason!,
  }))
}

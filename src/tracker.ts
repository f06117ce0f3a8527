import type { AgentId } from './ids.js'
import type { Log } from './log/log.js'
import type { ModelRegistry } from './models/registry.js'
import type { Activities } from './record/activities/activity.js'
import type { Agents } from './record/agents/agent.js'
import type { Artifacts } from './record/artifacts/artifact.js'
import type { Relations } from './record/relations/relation.js'
import type { Tasks } from './record/tasks/task.js'
import type { Vocabulary } from './vocabulary.js'

/** Commands and queries on one record, by one actor. */
export interface Groups {
  readonly tasks: Tasks
  readonly relations: Relations
  readonly agents: Agents
  readonly activities: Activities
  readonly artifacts: Artifacts
}

/** What `transaction` passes to its callback: everything that can be part of one commit. */
export interface TransactionTracker extends Groups {
  /** The same transaction, with another actor. */
  as(actor: AgentId): TransactionTracker
}

/** A record of work in one file. */
export interface Tracker extends Groups, AsyncDisposable {
  readonly path: string
  /** Where nodes go that are made without a namespace; fixed when the file was made. */
  readonly namespace: string
  readonly vocabulary: Vocabulary
  readonly models: ModelRegistry
  readonly log: Log
  /** The same record, with another actor: every event names who brought it about. */
  as(actor: AgentId): Tracker
  transaction<Result>(work: (t: TransactionTracker) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

import type { ActivityId, AgentId, TaskId } from '../../ids.js'
import type { EventData, EventType } from '../../log/event.js'
import { readRedactions } from '../../log/read-events.js'
import { namespaceOf } from '../../record/nodes.js'
import { REDACTED } from '../../record/redacted.js'
import { Pacer } from '../../store/pacer.js'
import type { Reader } from '../../store/store.js'
import type { Outcome, Status } from '../../vocabulary.js'

/** An event that changes where a task stands. */
export interface TaskMove {
  readonly seq: number
  readonly type: EventType
  readonly task: TaskId
  readonly actor: AgentId
  readonly at: string
  /** Where the task stands after it. */
  readonly status: Status
  /** How it ended, where it is closed after it. */
  readonly outcome?: Outcome
  /** Why, where that was said or may have been erased. */
  readonly reason?: string
  /** The attempt that ended by it, or that was judged. */
  readonly attempt?: ActivityId
  /** Who judged it. */
  readonly reviewer?: AgentId
  /** It went round a contract or a claim. */
  readonly forced?: true
}

/** How many events are read at once. */
const WINDOW = 1_000

/** The types of event that can change where a task stands. */
const MOVES = [
  'task.created',
  'task.updated',
  'task.closed',
  'task.reopened',
  'task.held',
  'task.unheld',
  'claim.acquired',
  'claim.completed',
  'claim.released',
  'claim.reset',
  'claim.expired',
  'review.recorded',
  'contract.revised',
] as const satisfies readonly EventType[]

/** Where an event leads a task that does not say so itself. */
const STATUS_AFTER: { readonly [Type in EventType]?: Status } = {
  'task.created': 'open',
  'task.closed': 'closed',
  'task.reopened': 'open',
  'task.held': 'blocked',
  'task.unheld': 'open',
}

type MoveRow = readonly [
  seq: number,
  type: EventType,
  subject: string,
  actor: string,
  at: string,
  erased: number,
  status: string | null,
  outcome: string | null,
  reason: string | null,
  attempt: string | null,
  forced: number | null,
  reviewer: string | null,
]

/** What is kept of an erased move. */
interface KeptMove {
  readonly status?: string
  readonly outcome?: string
  readonly becomes?: { readonly status: string; readonly outcome?: string }
  readonly attempt?: string
  readonly forced?: true
  readonly reviewer?: string
}

/** Why it came so: a reason, what stopped the work, what a reviewer said, or a rule. */
const REASON = `CASE type WHEN 'task.reopened' THEN NULL ELSE coalesce(
  data ->> '$.reason',
  data ->> '$.submission.stopText',
  replace(data ->> '$.submission.stopReason', '_', ' '),
  data ->> '$.comment',
  data ->> '$.becomes.closeReason') END`

/** Every event that changes where a task stands, in order of the log, read in windows. */
export async function* taskMoves(reader: Reader, namespace: string | undefined): AsyncGenerator<TaskMove> {
  const pacer = new Pacer()
  let redactions: ReadonlyMap<number, EventData> | undefined
  for (let after = 0; ; ) {
    const rows = await reader.rows<MoveRow>(
      `SELECT seq, type, subject, actor, at, data IS NULL, coalesce(data ->> '$.becomes.status', data ->> '$.status'),
         coalesce(data ->> '$.becomes.outcome', data ->> '$.outcome'), ${REASON}, data ->> '$.attempt', data ->> '$.forced',
         data ->> '$.reviewer'
       FROM events
       WHERE seq > ? AND type IN (${MOVES.map((type) => `'${type}'`).join(', ')})
       ORDER BY seq LIMIT ${WINDOW}`,
      after,
    )
    for (const [seq, type, subject, actor, at, erased, ...fields] of rows) {
      after = seq
      if (namespace !== undefined && namespaceOf(subject) !== namespace) continue
      let [status, outcome, reason, attempt, forced, reviewer] = fields
      if (erased === 1) {
        redactions ??= await readRedactions(reader)
        const kept = redactions.get(seq) as KeptMove | undefined
        status = kept?.becomes?.status ?? kept?.status ?? null
        outcome = kept?.becomes?.outcome ?? kept?.outcome ?? null
        attempt = kept?.attempt ?? null
        forced = kept?.forced === true ? 1 : null
        reviewer = kept?.reviewer ?? null
        // Whether one was given is not known any more.
        reason = REDACTED
      }
      const stands = STATUS_AFTER[type] ?? status
      if (stands === null) continue
      yield {
        seq,
        type,
        task: subject as TaskId,
        actor: actor as AgentId,
        at,
        status: stands as Status,
        ...(outcome !== null && { outcome: outcome as Outcome }),
        ...(reason !== null && { reason }),
        ...(attempt !== null && { attempt: attempt as ActivityId }),
        ...(forced === 1 && { forced: true }),
        ...(reviewer !== null && { reviewer: reviewer as AgentId }),
      }
    }
    if (rows.length < WINDOW) return
    await pacer.turn()
  }
}

import type { AgentId, TaskId } from '../../ids.js'
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
  /** Of `task.closed`. */
  readonly outcome?: Outcome
  /** Of `task.closed`, where one was given or may have been erased. */
  readonly reason?: string
}

/** How many events are read at once. */
const WINDOW = 1_000

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
]

/** Every event that changes where a task stands, in order of the log, read in windows. */
export async function* taskMoves(reader: Reader, namespace: string | undefined): AsyncGenerator<TaskMove> {
  const pacer = new Pacer()
  let redactions: ReadonlyMap<number, EventData> | undefined
  for (let after = 0; ; ) {
    const rows = await reader.rows<MoveRow>(
      `SELECT seq, type, subject, actor, at, data IS NULL, data ->> '$.status', data ->> '$.outcome',
         CASE type WHEN 'task.closed' THEN data ->> '$.reason' END
       FROM events
       WHERE seq > ? AND type IN ('task.created', 'task.updated', 'task.closed', 'task.reopened', 'task.held', 'task.unheld')
       ORDER BY seq LIMIT ${WINDOW}`,
      after,
    )
    for (const [seq, type, subject, actor, at, erased, ...fields] of rows) {
      after = seq
      if (namespace !== undefined && namespaceOf(subject) !== namespace) continue
      let [status, outcome, reason] = fields
      if (erased === 1) {
        redactions ??= await readRedactions(reader)
        const kept = redactions.get(seq) as { status?: string; outcome?: string } | undefined
        status = kept?.status ?? null
        outcome = kept?.outcome ?? null
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
        ...(type === 'task.closed' && reason !== null && { reason }),
      }
    }
    if (rows.length < WINDOW) return
    await pacer.turn()
  }
}

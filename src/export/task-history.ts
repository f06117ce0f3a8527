import { chunksOf } from '../chunks.js'
import type { EventData } from '../log/event.js'
import { contentOf } from '../log/event-row.js'
import { nameOf } from '../record/nodes.js'
import { TASK_EVENT_TYPES, type TaskChange } from '../record/tasks/apply-event.js'
import type { Reader } from '../store/store.js'
import type { ExportContext, Making } from './export-context.js'
import { IN_WINDOW, type NodeWindow, WINDOW, WINDOW_ORDER } from './windows.js'

/** How many tasks are read at once, and how many events of each to begin with; further ones are read page by page. */
const TASKS_AT_ONCE = 50
const FIRST_EVENTS = 20
const PAGE = 500

const CHANGES = `(${TASK_EVENT_TYPES.map((type) => `'${type}'`).join(', ')})`

type EventRow = readonly [
  subject: string,
  seq: number,
  type: string,
  version: number,
  data: string | null,
  at: string,
  transaction: string,
  actor: string,
  activity: string | null,
  startedAt: string | null,
  endedAt: string | null,
]

const COLUMNS = `e.subject, e.seq, e.type, e.version, e.data, e.at, e."transaction", e.actor, e.activity,
  a.started_at, a.ended_at`

/** An event with the activity that it names. */
const EVENTS = 'events e LEFT JOIN nodes m ON m.uuid = substr(e.activity, -36) LEFT JOIN activities a ON a.key = m.key'

const FIRST = `SELECT ${COLUMNS} FROM ${WINDOW} CROSS JOIN ${EVENTS}
  WHERE ${IN_WINDOW} AND e.seq IN (
    SELECT s.seq FROM events s WHERE s.subject = n.namespace || '--' || n.uuid AND s.type IN ${CHANGES}
    ORDER BY s.seq LIMIT ${FIRST_EVENTS}
  )
  ORDER BY ${WINDOW_ORDER}, e.seq`

const FURTHER = `SELECT ${COLUMNS} FROM ${EVENTS}
  WHERE e.subject = ? AND e.seq > ? AND e.type IN ${CHANGES}
  ORDER BY e.seq LIMIT ${PAGE}`

/** An event that changed a task, and how it came about. */
export interface Change {
  readonly event: TaskChange
  readonly making: Making
}

/** Reads the events that changed the tasks of a window, along an index: what is held at once is bounded. */
export class TaskHistories {
  readonly #context: ExportContext
  readonly #reader: Reader

  constructor(context: ExportContext) {
    this.#context = context
    this.#reader = context.reader
  }

  /** The events of one task after the other, in the order of the window, in pieces of a length; each piece is of one task. */
  async *of(window: NodeWindow): AsyncGenerator<readonly Change[]> {
    for (const keys of chunksOf(JSON.parse(window.keys) as number[], TASKS_AT_ONCE)) {
      const rows = await this.#reader.rows<[...EventRow]>(FIRST, JSON.stringify(keys))
      for (let start = 0; start < rows.length; ) {
        const [subject] = rows[start]!
        let end = start + 1
        while (rows[end]?.[0] === subject) end++
        yield await this.#changes(rows.slice(start, end))
        if (end - start === FIRST_EVENTS) yield* this.#further(subject, rows[end - 1]![1])
        start = end
      }
    }
  }

  async *#further(subject: string, seq: number): AsyncGenerator<readonly Change[]> {
    for (let after = seq; ; ) {
      const rows = await this.#reader.rows<[...EventRow]>(FURTHER, subject, after)
      if (rows.length > 0) yield await this.#changes(rows)
      if (rows.length < PAGE) return
      after = rows.at(-1)![1]
    }
  }

  /** What was erased is replaced by what was kept of it. */
  async #changes(rows: readonly EventRow[]): Promise<readonly Change[]> {
    const kept = rows.some((row) => row[4] === null) ? await this.#context.keptBySeq() : undefined
    return this.#attributed(rows.map((row) => toChange(row, kept)))
  }

  /** With the attempts and reviews that did what their events tell, whose times are read together. */
  async #attributed(changes: readonly Change[]): Promise<readonly Change[]> {
    const makers = changes.map(({ event }) => madeBy(event))
    const ids = makers.filter((id) => id !== undefined)
    if (ids.length === 0) return changes
    const rows = await this.#reader.rows<[uuid: string, startedAt: string, endedAt: string | null]>(
      `SELECT n.uuid, a.started_at, a.ended_at
       FROM json_each(?) k CROSS JOIN nodes n CROSS JOIN activities a
       WHERE n.uuid = k.value AND a.key = n.key`,
      JSON.stringify([...new Set(ids.map((id) => nameOf(id).uuid))]),
    )
    const timesByUuid = new Map(rows.map(([uuid, startedAt, endedAt]) => [uuid, { startedAt, endedAt }]))
    return changes.map((change, i) => {
      const activity = makers[i]
      const times = activity === undefined ? undefined : timesByUuid.get(nameOf(activity).uuid)
      if (activity === undefined || times === undefined) return change
      return { ...change, making: { ...change.making, activity, ...times } }
    })
  }
}

/**
 * The attempt or review that an event is part of, and which therefore made what it led to. A claim that somebody else took
 * away, or whose lease was found to have run out, did not do that itself.
 */
function madeBy({ type, data }: TaskChange): string | undefined {
  switch (type) {
    case 'claim.acquired':
    case 'claim.completed':
    case 'claim.released':
      return data.attempt as string
    case 'review.recorded':
      return data.review as string
    default:
      return undefined
  }
}

function toChange(row: EventRow, keptBySeq: ReadonlyMap<number, EventData> | undefined): Change {
  const [subject, seq, word, version, text, at, transaction, actor, activity, startedAt, endedAt] = row
  const { type, data } = contentOf({ seq, type: word, version, data: text })
  return {
    event: { type, subject, at, data: data ?? keptBySeq?.get(seq) ?? {} },
    making: { seq, transaction, actor, activity, startedAt, endedAt },
  }
}

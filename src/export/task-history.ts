import type { EventData } from '../log/event.js'
import { EVENT_COLUMNS, type EventRow } from '../log/event-row.js'
import { type ReadableEvent, readRedactions, toReadable } from '../log/read-events.js'
import type { Reader } from '../store/store.js'
import type { Making } from './export-context.js'
import { chunksOf, IN_WINDOW, type NodeWindow, WINDOW } from './windows.js'

/** How many tasks are read at once, and how many events of each to begin with; further ones are read page by page. */
const TASKS = 50
const FIRST_EVENTS = 20
const PAGE = 500

/** The types of event that can change a task. */
const CHANGES = `('task.created', 'task.updated', 'task.closed', 'task.reopened', 'task.held', 'task.unheld',
  'label.added', 'label.removed', 'relation.added', 'relation.removed')`

/** An event with the activity that it names. */
const EVENTS = 'events LEFT JOIN nodes ON uuid = substr(activity, -36) LEFT JOIN activities a ON a.key = nodes.key'
const COLUMNS = `${EVENT_COLUMNS}, started_at, ended_at`

const FIRST = `SELECT ${COLUMNS} FROM (
    SELECT k.key AS place, n.namespace || '--' || n.uuid AS changed FROM ${WINDOW} WHERE ${IN_WINDOW}
  ) CROSS JOIN ${EVENTS}
  WHERE seq IN (
    SELECT s.seq FROM events s WHERE s.subject = changed AND s.type IN ${CHANGES} ORDER BY s.seq LIMIT ${FIRST_EVENTS}
  )
  ORDER BY place, seq`

const FURTHER = `SELECT ${COLUMNS} FROM ${EVENTS}
  WHERE subject = ? AND seq > ? AND type IN ${CHANGES}
  ORDER BY seq LIMIT ${PAGE}`

interface ChangeRow extends EventRow {
  readonly started_at: string | null
  readonly ended_at: string | null
}

/** An event that changed a task, and how it came about. */
export interface Change {
  readonly event: ReadableEvent
  readonly making: Making
}

/** Reads the events that changed the tasks of a window, along an index: what is held at once is bounded. */
export class TaskHistories {
  readonly #reader: Reader
  #kept: ReadonlyMap<number, EventData> | undefined

  constructor(reader: Reader) {
    this.#reader = reader
  }

  /** The events of one task after the other, in the order of the window, in pieces of a length; each piece is of one task. */
  async *of(window: NodeWindow): AsyncGenerator<readonly Change[]> {
    for (const keys of chunksOf(JSON.parse(window.keys) as number[], TASKS)) {
      const rows = await this.#reader.all<ChangeRow>(FIRST, JSON.stringify(keys))
      for (let start = 0; start < rows.length; ) {
        const { subject } = rows[start]!
        let end = start + 1
        while (rows[end]?.subject === subject) end++
        yield await this.#readable(rows.slice(start, end))
        if (end - start === FIRST_EVENTS) yield* this.#further(subject, rows[end - 1]!.seq)
        start = end
      }
    }
  }

  async *#further(subject: string, seq: number): AsyncGenerator<readonly Change[]> {
    for (let after = seq; ; ) {
      const rows = await this.#reader.all<ChangeRow>(FURTHER, subject, after)
      if (rows.length > 0) yield await this.#readable(rows)
      if (rows.length < PAGE) return
      after = rows.at(-1)!.seq
    }
  }

  /** What was erased is replaced by what was kept of it, which is looked up once. */
  async #readable(rows: readonly ChangeRow[]): Promise<readonly Change[]> {
    if (rows.some((row) => row.data === null)) this.#kept ??= await readRedactions(this.#reader)
    return rows.map((row) => ({ event: toReadable(row, this.#kept), making: makingOf(row) }))
  }
}

function makingOf(row: ChangeRow): Making {
  const { seq, transaction, actor, activity, started_at: startedAt, ended_at: endedAt } = row
  return { seq, transaction, actor, activity, startedAt, endedAt }
}

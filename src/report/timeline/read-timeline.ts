import type { NodeId } from '../../ids.js'
import { EVENT_COLUMNS, type EventRow } from '../../log/event-row.js'
import { toReadable } from '../../log/read-events.js'
import { Pacer } from '../../store/pacer.js'
import type { Reader } from '../../store/store.js'
import { isToldByBefore, readBefore } from './before.js'
import { Names } from './names.js'
import { mentioned, sentenceOf } from './sentences.js'
import type { TimelineEntry } from './timeline-entry.js'

/** How many nodes, or events, are read at once. */
const BATCH = 500

/** Which events a story is made of: those about some nodes, those within some activities, and some by their number. */
export interface StorySources {
  readonly subjects: readonly string[]
  readonly activities?: readonly string[]
  readonly seqs?: readonly number[]
}

/** Every event of these sources, each once, in order of the log. */
export async function readStory(reader: Reader, sources: StorySources): Promise<TimelineEntry[]> {
  const rowBySeq = new Map<number, EventRow>()
  const gather = async (condition: string, values: readonly (string | number)[]) => {
    const distinct = [...new Set(values)]
    for (let first = 0; first < distinct.length; first += BATCH) {
      const rows = await reader.all<EventRow>(
        `SELECT ${EVENT_COLUMNS} FROM events WHERE ${condition} IN (SELECT value FROM json_each(?)) ORDER BY seq`,
        JSON.stringify(distinct.slice(first, first + BATCH)),
      )
      for (const row of rows) rowBySeq.set(row.seq, row)
    }
  }
  await gather('subject', sources.subjects)
  await gather('activity', sources.activities ?? [])
  await gather('seq', sources.seqs ?? [])
  return toEntries(
    reader,
    [...rowBySeq.values()].sort((one, other) => one.seq - other.seq),
  )
}

async function toEntries(reader: Reader, rows: readonly EventRow[]): Promise<TimelineEntry[]> {
  const names = new Names(reader)
  const pacer = new Pacer()
  const entries: TimelineEntry[] = []
  const redactions = () => names.redactions()
  const changed = new Set(rows.flatMap((row) => (isToldByBefore(row) ? [row.subject] : [])))
  const before = await readBefore(reader, [...changed], redactions)
  for (let first = 0; first < rows.length; first += BATCH) {
    const batch = rows.slice(first, first + BATCH)
    const kept = batch.some((row) => row.data === null) ? await redactions() : undefined
    const events = batch.map((row) => toReadable(row, kept))
    const tasks = events.flatMap(({ seq }) => before.get(seq) ?? [])
    await pacer.turn()
    await names.learn([
      ...events.flatMap(mentioned),
      ...tasks.flatMap(({ owner, parent }) => [owner, parent].filter((id) => id !== undefined)),
    ])
    for (const [index, event] of events.entries()) {
      const task = before.get(event.seq)
      const erased = batch[index]!.data === null
      entries.push({
        seq: event.seq,
        type: event.type,
        at: event.at,
        actor: event.actor,
        actorName: names.of(event.actor, event.seq),
        ...(event.activity !== undefined && { activity: event.activity }),
        subject: event.subject as NodeId,
        sentence: sentenceOf({ event, erased, names, ...(task !== undefined && { before: task }) }),
        data: event.data,
        ...(erased && { erased }),
      })
    }
  }
  return entries
}

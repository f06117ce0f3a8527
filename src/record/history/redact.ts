import { EventNotFoundError } from '../../errors.js'
import type { LogEvent } from '../../log/event.js'
import { EVENT_COLUMNS, type EventRow, toEvent } from '../../log/event-row.js'
import type { Redaction } from '../../log/read-events.js'
import type { Reader, Writer } from '../../store/store.js'
import type { Command } from '../command.js'
import { eraseText } from '../evolve.js'

/** Decides `log.redact`: what of the event outlives its erasure. One that was erased already is left as it is. */
export function redactEvent(namespace: string, input: { seq: number; reason: string }): Command<boolean> {
  return {
    operation: 'log.redact',
    input,
    async decide(reader) {
      const event = await readEvent(reader, input.seq)
      const { data } = event
      if (data === undefined) return { events: [], result: () => false }
      const redaction: Redaction = {
        seq: event.seq,
        reason: input.reason,
        kept: await eraseText({ ...event, data }, reader),
      }
      return {
        events: [
          {
            type: 'log.redacted',
            subject: redactionSubject(namespace, event.seq),
            data: redaction,
          },
        ],
        result: () => true,
      }
    },
    repeat: async () => true,
  }
}

/** What a redaction is about: the event, which no id names. `verify` reads the number here, where nothing can erase it. */
function redactionSubject(namespace: string, seq: number): string {
  return `${namespace}#${seq}`
}

/** @throws {EventNotFoundError} there is no such event. */
export async function readEvent(reader: Reader, seq: number): Promise<LogEvent> {
  const row = await reader.get<EventRow>(`SELECT ${EVENT_COLUMNS} FROM events WHERE seq = ?`, seq)
  if (row === undefined) throw new EventNotFoundError(seq)
  return toEvent(row)
}

/** Nulls the data and the salt of an event: all that the log's trigger allows. */
export async function eraseData(writer: Writer, seq: number): Promise<void> {
  await writer.run('UPDATE events SET data = NULL, salt = NULL WHERE seq = ?', seq)
}

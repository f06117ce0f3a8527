import type { EventData } from '../log/event.js'
import type { ReadableEvent } from '../log/read-events.js'
import type { Awaitable, Reader, Writer } from '../store/store.js'

/** What one type of event does to the state, and what of it outlives an erasure. */
export interface EventDefinition {
  /** A function of the event and the state alone: the same for live writes and for replay. */
  readonly evolve: (writer: Writer, event: ReadableEvent) => Promise<void>
  /** The data without free text. What a replay needs to give a whole record must stay. */
  readonly erase: (data: EventData, event: ReadableEvent, reader: Reader) => Awaitable<EventData>
}

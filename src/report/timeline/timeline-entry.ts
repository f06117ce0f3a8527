import type { ActivityId, AgentId, NodeId } from '../../ids.js'
import type { EventData, EventType } from '../../log/event.js'

/** One event as a person tells it. */
export interface TimelineEntry {
  /** Its place in the log. */
  readonly seq: number
  readonly type: EventType
  /** When it was so. */
  readonly at: string
  readonly actor: AgentId
  /** What people call the actor. */
  readonly actorName: string
  /** The activity under which it happened, where one was named. */
  readonly activity?: ActivityId
  readonly subject: NodeId
  /** What happened, in one English sentence, such as `Ada closed "Add the user table" as completed.` */
  readonly sentence: string
  /** What was kept of it, where it was erased. */
  readonly data: EventData
  /** There where the data of the event was erased. */
  readonly erased?: true
}

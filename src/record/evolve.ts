import type { EventData, EventType } from '../log/event.js'
import type { ReadableEvent } from '../log/read-events.js'
import type { Awaitable, Reader, Writer } from '../store/store.js'
import { ACTIVITY_EVENTS } from './activities/events.js'
import { AGENT_EVENTS } from './agents/events.js'
import { ARTIFACT_EVENTS } from './artifacts/events.js'
import { CLAIM_EVENTS } from './claims/events.js'
import { CONTRACT_EVENTS } from './contracts/events.js'
import type { EventDefinition } from './event-definition.js'
import { EVIDENCE_EVENTS } from './evidence/events.js'
import { KNOWLEDGE_EVENTS } from './knowledge/events.js'
import { REDACTED } from './redacted.js'
import { RELATION_EVENTS } from './relations/events.js'
import { REVIEW_EVENTS } from './reviews/events.js'
import { COMMENT_EVENTS, TASK_EVENTS } from './tasks/events.js'
import { VOCABULARY_EVENTS } from './vocabulary-events.js'

const EVENT_DEFINITIONS: Record<EventType, EventDefinition> = {
  ...ACTIVITY_EVENTS,
  ...AGENT_EVENTS,
  ...ARTIFACT_EVENTS,
  ...COMMENT_EVENTS,
  ...RELATION_EVENTS,
  ...TASK_EVENTS,
  ...VOCABULARY_EVENTS,
  ...CLAIM_EVENTS,
  ...CONTRACT_EVENTS,
  ...EVIDENCE_EVENTS,
  ...KNOWLEDGE_EVENTS,
  ...REVIEW_EVENTS,
  'log.sealed': { evolve: async () => undefined, erase: (data) => data },
  'log.redacted': { evolve: async () => undefined, erase: (data) => ({ ...data, reason: REDACTED }) },
}

/** Carries an event over into the state tables. */
export function evolve(writer: Writer, event: ReadableEvent): Promise<void> {
  return EVENT_DEFINITIONS[event.type].evolve(writer, event)
}

/** What is kept of an event's data when its text is erased. */
export function eraseText(event: ReadableEvent, reader: Reader): Awaitable<EventData> {
  return EVENT_DEFINITIONS[event.type].erase(event.data, event, reader)
}

import type { ActivityId, AgentId, EntityId, TaskId } from '../../ids.js'
import type { ReadableEvent } from '../../log/read-events.js'
import type { Phase, Stage } from '../../vocabulary.js'
import type { EventDefinition } from '../event-definition.js'
import { insertNode, keyOf, namespaceOf } from '../nodes.js'
import { redactTexts } from '../redacted.js'
import { type BornRelation, insertBornRelations, insertRelation } from '../relations/relation-rows.js'
import type { Activity } from './activity.js'

/** Data of `activity.started`. */
export type ActivityStarted = {
  readonly agent: AgentId
  readonly phase: Phase
  readonly stage: Stage
  readonly notes: string
  readonly task?: TaskId
  /** What it used, and which activities informed it. */
  readonly relations: readonly BornRelation[]
}

/** Data of `activity.ended`. */
export type ActivityEnded = {
  readonly stage: Stage
  readonly notes?: string
  readonly failure?: string
  /** The entities that it generated. */
  readonly generated: readonly EntityId[]
}

/** An activity as it is after one more event about it. */
export function applyActivityEvent(before: Activity | undefined, event: ReadableEvent): Activity {
  if (event.type === 'activity.started') {
    const { relations: _, ...fields } = event.data as unknown as ActivityStarted
    const id = event.subject as ActivityId
    return { id, namespace: namespaceOf(id), ...fields, startedAt: event.at }
  }
  if (event.type !== 'activity.ended') return before!
  const { generated: _, ...fields } = event.data as unknown as ActivityEnded
  return { ...before!, ...fields, endedAt: event.at }
}

/** `activity.started` and `activity.ended`. */
export const ACTIVITY_EVENTS = {
  'activity.started': {
    async evolve(writer, event) {
      const activity = applyActivityEvent(undefined, event)
      await insertNode(writer, event.seq, 'activity', activity.id)
      await writer.run(
        'INSERT INTO activities (key, agent, task, phase, stage, notes, started_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
        event.seq,
        await keyOf(writer, activity.agent),
        activity.task === undefined ? null : await keyOf(writer, activity.task),
        activity.phase,
        activity.stage,
        activity.notes,
        activity.startedAt,
      )
      await insertBornRelations(writer, event.seq, (event.data as unknown as ActivityStarted).relations, event)
    },
    erase: (data) => redactTexts(data, ['notes']),
  },
  'activity.ended': {
    async evolve(writer, event) {
      const key = await keyOf(writer, event.subject)
      const { stage, notes, failure, generated } = event.data as unknown as ActivityEnded
      await writer.run(
        'UPDATE activities SET stage = ?, notes = coalesce(?, notes), ended_at = ?, failure = ? WHERE key = ?',
        stage,
        notes ?? null,
        event.at,
        failure ?? null,
        key,
      )
      for (const entity of generated) {
        const source = await keyOf(writer, entity)
        await insertRelation(writer, { source, kind: 'generated_by', target: key }, event)
      }
    },
    erase: (data) => redactTexts(data, ['notes', 'failure']),
  },
} satisfies Record<string, EventDefinition>

import { ActivityEndedError, RelationDomainError } from '../../errors.js'
import { type ActivityId, type EntityId, newActivityId } from '../../ids.js'
import type { EventData } from '../../log/event.js'
import { type ReadableEvent, readSubjectEvents } from '../../log/read-events.js'
import type { Reader } from '../../store/store.js'
import type { Stage } from '../../vocabulary.js'
import { findNode, requireFree, requireNode } from '../nodes.js'
import type { CommandOptions } from '../options.js'
import { defaultWord } from '../per-vocabulary.js'
import type { BornRelation } from '../relations/relation-rows.js'
import { findStoredRelation } from '../relations/relation-rows.js'
import type { Command, Session } from '../session.js'
import type { Activity, NewActivity } from './activity.js'
import { readActivity } from './activity-rows.js'
import { type ActivityEnded, type ActivityStarted, applyActivityEvent } from './events.js'

const ENTITIES = ['task', 'artifact', 'comment'] as const

/** Decides `activities.start`. */
export function startActivity(session: Session, input: NewActivity): Command<Activity> {
  const { namespace, vocabulary, newUuid } = session.settings
  const id = input.id ?? newActivityId(input.namespace ?? namespace, newUuid)
  return {
    operation: 'activities.start',
    input,
    options: input,
    async decide(reader, { actor }) {
      const existing = await findNode(reader, id)
      if (existing?.kind === 'activity') {
        const activity = await readActivity(reader, existing.key)
        return { events: [], result: () => activity }
      }
      await requireFree(reader, id)
      if (input.agent !== undefined) await requireNode(reader, input.agent, ['agent'])
      if (input.task !== undefined) await requireNode(reader, input.task, ['task'])
      const data: ActivityStarted = {
        agent: input.agent ?? actor,
        phase: input.phase ?? defaultWord(vocabulary.phases, 'unscoped'),
        stage: input.stage ?? 'in_progress',
        notes: input.notes ?? '',
        ...(input.task !== undefined && { task: input.task }),
        relations: await relationsOf(reader, id, input),
      }
      return {
        events: [{ type: 'activity.started', subject: id, data: data as unknown as EventData }],
        result: ([written]) => applyActivityEvent(undefined, written!),
      }
    },
    repeat: activityAsWritten,
  }
}

async function relationsOf(reader: Reader, id: ActivityId, input: NewActivity): Promise<BornRelation[]> {
  const used = [...new Set(input.used)]
  for (const entity of used) await requireNode(reader, entity, ENTITIES)
  const informedBy = [...new Set(input.informedBy)]
  for (const activity of informedBy) {
    if (activity === id) {
      throw new RelationDomainError('informed_by', id, id, 'a node cannot be related to itself')
    }
    await requireNode(reader, activity, ['activity'])
  }
  return [
    ...used.map((target): BornRelation => ({ kind: 'used', target })),
    ...informedBy.map((target): BornRelation => ({ kind: 'informed_by', target })),
  ]
}

/** What `activities.end` takes, as its schema gives it back. */
interface EndInput {
  readonly id: ActivityId
  readonly stage?: Stage
  readonly notes?: string
  readonly generated?: readonly EntityId[]
  readonly failed?: string
}

/** Decides `activities.end`. */
export function endActivity(input: EndInput, options: CommandOptions): Command<Activity> {
  const { id, notes, failed } = input
  return {
    operation: 'activities.end',
    input,
    options,
    async decide(reader) {
      const { key } = await requireNode(reader, id, ['activity'])
      const activity = await readActivity(reader, key)
      if (activity.endedAt !== undefined) throw new ActivityEndedError(id, activity.endedAt)
      const data: ActivityEnded = {
        stage: input.stage ?? (failed === undefined ? 'complete' : activity.stage),
        ...(notes !== undefined && { notes }),
        ...(failed !== undefined && { failure: failed }),
        generated: await newlyGenerated(reader, key, input.generated ?? []),
      }
      return {
        events: [{ type: 'activity.ended', subject: id, data: data as unknown as EventData }],
        result: ([written]) => applyActivityEvent(activity, written!),
      }
    },
    repeat: activityAsWritten,
  }
}

/** The entities that exist and are not known to come from the activity already. */
async function newlyGenerated(reader: Reader, activity: number, entities: readonly EntityId[]): Promise<EntityId[]> {
  const generated: EntityId[] = []
  for (const entity of new Set(entities)) {
    const { key } = await requireNode(reader, entity, ENTITIES)
    if ((await findStoredRelation(reader, key, 'generated_by', activity)) === undefined) generated.push(entity)
  }
  return generated
}

async function activityAsWritten(reader: Reader, written: readonly ReadableEvent[]): Promise<Activity> {
  const last = written.at(-1)!
  const events = await readSubjectEvents(reader, last.subject, last.seq)
  return events.reduce<Activity | undefined>((activity, event) => applyActivityEvent(activity, event), undefined)!
}

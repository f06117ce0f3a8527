import { ActivityEndedError, ActivityOfClaimError } from '../../errors.js'
import { type ActivityId, type EntityId, type NodeId, newActivityId } from '../../ids.js'
import { type ReadableEvent, readSubjectEvents } from '../../log/read-events.js'
import type { Reader } from '../../store/store.js'
import type { Stage } from '../../vocabulary.js'
import { findAttempt } from '../claims/attempt-rows.js'
import type { Command } from '../command.js'
import { findNode, requireFree, requireNode } from '../nodes.js'
import { defaultWord } from '../per-vocabulary.js'
import { relationDefinition } from '../relations/registry.js'
import { type BornRelation, findStoredRelation } from '../relations/relation-rows.js'
import { requireTarget } from '../relations/targets.js'
import type { Session } from '../session.js'
import type { Activity, NewActivity } from './activity.js'
import { readActivity } from './activity-rows.js'
import { type ActivityEnded, type ActivityStarted, applyActivityEvent } from './events.js'

/** Decides `activities.start`. */
export function startActivity(session: Session, input: NewActivity): Command<Activity> {
  const { namespace, vocabulary, newUuid } = session.settings
  const id = input.id ?? newActivityId(input.namespace ?? namespace, newUuid)
  return {
    operation: 'activities.start',
    input,
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
        relations: await relationsAtBirth(reader, id, input),
      }
      return {
        events: [{ type: 'activity.started', subject: id, data: data }],
        result: ([written]) => applyActivityEvent(undefined, written!),
      }
    },
    repeat: activityAsWritten,
  }
}

async function relationsAtBirth(reader: Reader, id: ActivityId, input: NewActivity): Promise<BornRelation[]> {
  const relations: BornRelation[] = []
  const add = async (kind: BornRelation['kind'], targets: readonly NodeId[] | undefined) => {
    for (const target of new Set(targets)) {
      await requireTarget(reader, id, kind, target)
      relations.push({ kind, target })
    }
  }
  await add('used', input.used)
  await add('informed_by', input.informedBy)
  return relations
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
export function endActivity(input: EndInput): Command<Activity> {
  const { id, notes, failed } = input
  return {
    operation: 'activities.end',
    input,
    async decide(reader) {
      const { key } = await requireNode(reader, id, ['activity'])
      const activity = await readActivity(reader, key)
      if (activity.endedAt !== undefined) throw new ActivityEndedError(id, activity.endedAt)
      if ((await findAttempt(reader, key)) !== undefined) throw new ActivityOfClaimError(id)
      const data: ActivityEnded = {
        stage: input.stage ?? (failed === undefined ? 'complete' : activity.stage),
        ...(notes !== undefined && { notes }),
        ...(failed !== undefined && { failure: failed }),
        generated: await newlyGenerated(reader, key, input.generated ?? []),
      }
      return {
        events: [{ type: 'activity.ended', subject: id, data: data }],
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
    const { key } = await requireNode(reader, entity, relationDefinition('generated_by').domain)
    if ((await findStoredRelation(reader, key, 'generated_by', activity)) === undefined) generated.push(entity)
  }
  return generated
}

async function activityAsWritten(reader: Reader, written: readonly ReadableEvent[]): Promise<Activity> {
  const last = written.at(-1)!
  const events = await readSubjectEvents(reader, last.subject, last.seq)
  return events.reduce<Activity | undefined>((activity, event) => applyActivityEvent(activity, event), undefined)!
}

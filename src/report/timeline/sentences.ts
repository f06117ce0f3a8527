import type { ActivityId, AgentId, NodeId, TaskId } from '../../ids.js'
import type { EventType, LogEvent } from '../../log/event.js'
import type { ReadableEvent, Redaction } from '../../log/read-events.js'
import type { ActivityEnded, ActivityStarted } from '../../record/activities/events.js'
import type { AgentData } from '../../record/agents/agent-rows.js'
import type { ArtifactAdded } from '../../record/artifacts/artifact-rows.js'
import { RELATION_KINDS, type RelationKind } from '../../record/relations/registry.js'
import type { BornRelation, RelationData } from '../../record/relations/relation-rows.js'
import type { TaskCreated, TaskUpdated } from '../../record/tasks/apply-event.js'
import { toComment } from '../../record/tasks/events.js'
import type { Task } from '../../record/tasks/task.js'
import type { Gate } from '../../vocabulary.js'
import { AGENT_WORDS, words } from '../text/words.js'
import { updateClause } from './changes.js'
import type { Names } from './names.js'
import { ending, quotation, quoted, someOf, stopped } from './wording.js'

/** What a sentence is made from. */
export interface Telling {
  /** With what was kept of its data, where that was erased. */
  readonly event: ReadableEvent
  readonly erased: boolean
  readonly names: Names
  /** The task as it was before; there for `task.updated`. */
  readonly before?: Task
}

/** A sentence without its subject: what was done, and the words that were said about it, ready to stand at the end. */
interface Deed {
  readonly clause: string
  readonly said?: string
  /** Who did it, which may be another than the actor, who brought it into the record; default: the actor. */
  readonly doer?: AgentId
}

interface Told<Data> {
  readonly data: Data
  readonly event: ReadableEvent
  readonly erased: boolean
  readonly before: Task | undefined
  /** What a node was called then. */
  readonly name: (id: NodeId) => string
  readonly names: Names
}

/** The data of each type of event. */
interface DataByType {
  'activity.ended': ActivityEnded
  'activity.started': ActivityStarted
  'agent.registered': AgentData
  'artifact.added': ArtifactAdded
  'comment.added': { readonly body: string }
  'label.added': { readonly label?: string }
  'label.removed': { readonly label?: string }
  'log.redacted': Redaction
  'relation.added': RelationData
  'relation.removed': RelationData
  'task.closed': { readonly outcome: string; readonly reason?: string }
  'task.created': TaskCreated
  'task.held': { readonly reason: string }
  'task.reopened': { readonly reason?: string }
  'task.unheld': object
  'task.updated': TaskUpdated
  'vocabulary.defined': object
}

/** How each type of event is told. */
const DEEDS: { readonly [Type in EventType]: (told: Told<DataByType[Type]>) => string | Deed } = {
  'activity.started': ({ data, name }) => {
    const { agent, task, phase, notes, relations } = data
    const step = phase === 'unscoped' ? '' : ` (${words(phase)})`
    const work = `${task === undefined ? 'an activity' : `work on ${name(task)}`}${step}`
    return { doer: agent, clause: `started ${work}${originsOf(relations, name)}`, ...saying(notes) }
  },
  'activity.ended': ({ data, event, name, names }) => {
    const { stage, failure, notes, generated } = data
    const activity = names.activity(event.subject as ActivityId)
    const work = activity?.task === undefined ? 'an activity' : `work on ${name(activity.task)}`
    const made = generated.length === 0 ? '' : `, making ${someOf(generated.map(name))}`
    const how = failure !== undefined ? ', which failed' : stage === 'complete' ? '' : ` (${words(stage)})`
    const verb = failure === undefined && stage === 'complete' ? 'finished' : 'ended'
    return {
      clause: `${verb} ${work}${how}${made}`,
      ...(activity !== undefined && { doer: activity.agent }),
      ...saying(failure === undefined ? notes : notes ? `${failure} (${notes})` : failure),
    }
  },
  'agent.registered': ({ data, event, name }) =>
    event.actor === event.subject
      ? 'registered itself'
      : `registered the ${AGENT_WORDS[data.kind]} ${name(event.subject as AgentId)}`,
  'artifact.added': ({ data, event, name }) => {
    const kind = data.kind === undefined ? '' : ` (${data.kind.replace(/\s+/g, ' ')})`
    return `added the artifact ${name(event.subject as NodeId)}${kind}${originsOf(data.relations, name, event)}`
  },
  'comment.added': ({ data, event, name }) => {
    const { author, task } = toComment(event)
    return {
      doer: author,
      clause: `commented on ${name(task)}`,
      said: quotation(data.body),
    }
  },
  'label.added': ({ data, event, name }) =>
    `added ${data.label === undefined ? 'a label' : `the label ${quoted(data.label)}`} to ${name(event.subject as TaskId)}`,
  'label.removed': ({ data, event, name }) =>
    `removed ${data.label === undefined ? 'a label' : `the label ${quoted(data.label)}`} from ${name(event.subject as TaskId)}`,
  'log.redacted': ({ data }) => ({ clause: `erased what event ${data.seq} said`, ...saying(data.reason) }),
  'relation.added': ({ data, name }) => RELATION_DEEDS[data.kind](data, name, true),
  'relation.removed': ({ data, name }) => RELATION_DEEDS[data.kind](data, name, false),
  'task.closed': ({ data, event, name }) => ({
    clause: `closed ${name(event.subject as TaskId)} as ${data.outcome}`,
    ...saying(data.reason),
  }),
  'task.created': ({ data, event, name }) => {
    const owner = data.owner === undefined ? '' : `, owned by ${name(data.owner)}`
    return `created the task ${name(event.subject as TaskId)}${owner}${originsOf(data.relations, name, event)}`
  },
  'task.held': ({ data, event, name }) => ({
    clause: `put ${name(event.subject as TaskId)} on hold`,
    ...saying(data.reason),
  }),
  'task.reopened': ({ data, event, name }) => ({
    clause: `reopened ${name(event.subject as TaskId)}`,
    ...saying(data.reason),
  }),
  'task.unheld': ({ event, name }) => `took ${name(event.subject as TaskId)} off hold`,
  'task.updated': ({ data, event, name, erased, before }) =>
    updateClause(data, { name, actor: event.actor, before: before!, erased }),
  'vocabulary.defined': ({ data }) => `defined the file's own ${someOf(Object.keys(data).map(wordsOf))}`,
}

type Name = (id: NodeId) => string

/** How a relation of each kind is told when it is added and when it is removed. */
const RELATION_DEEDS: Record<RelationKind, (relation: RelationData, name: Name, added: boolean) => string> = {
  blocked_by: ({ source, target, gate }, name, added) =>
    added
      ? `made ${name(source)} wait for ${name(target)}${gateClause(gate)}`
      : `released ${name(source)} from waiting for ${name(target)}`,
  parent: ({ source, target }, name, added) =>
    added ? `made ${name(source)} part of ${name(target)}` : `took ${name(source)} out of ${name(target)}`,
  derived_from: stating('was derived from'),
  supersedes: stating('supersedes'),
  duplicate_of: stating('is a duplicate of'),
  discovered_from: stating('was discovered from'),
  related: stating('is related to'),
  generated_by: stating('was made by'),
  attributed_to: stating('is attributed to'),
  used: stating('used'),
  informed_by: stating('was informed by'),
  acted_on_behalf_of: stating('acts on behalf of'),
}

function stating(verb: string) {
  return ({ source, target, activity }: RelationData, name: Name, added: boolean): string => {
    const within = activity === undefined ? '' : ` in ${name(activity)}`
    return `${added ? 'stated' : 'withdrew the statement'} that ${name(source)} ${verb} ${name(target)}${within}`
  }
}

function gateClause(gate: Gate | undefined): string {
  return gate === undefined || gate === 'closed' ? '' : ` to be closed as ${gate}`
}

/** How the relations that something is born with are told. */
const ORIGINS: Record<RelationKind, string> = {
  parent: 'as part of',
  blocked_by: 'waiting for',
  derived_from: 'derived from',
  supersedes: 'superseding',
  duplicate_of: 'a duplicate of',
  discovered_from: 'discovered from',
  related: 'related to',
  generated_by: 'made by',
  attributed_to: 'attributed to',
  used: 'using',
  informed_by: 'informed by',
  acted_on_behalf_of: 'on behalf of',
}

/** The relations that something is born with; that it comes from the actor and the activity of its event need not be said. */
function originsOf(relations: readonly BornRelation[], name: Name, event?: LogEvent): string {
  return RELATION_KINDS.map((kind) => {
    const targets = relations.filter(
      ({ kind: found, target }) => found === kind && target !== event?.actor && target !== event?.activity,
    )
    return targets.length === 0 ? '' : `, ${ORIGINS[kind]} ${someOf(targets.map(({ target }) => name(target)))}`
  }).join('')
}

function wordsOf(field: string): string {
  return words(field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`))
}

function saying(text: string | undefined): { readonly said?: string } {
  return text === undefined || text.trim() === '' ? {} : { said: ending(text) }
}

/** Types of event that hold nothing which an erasure takes away. */
const WITHOUT_TEXT: readonly EventType[] = ['relation.added', 'relation.removed', 'task.unheld', 'vocabulary.defined']

/** What happened, in one English sentence on one line; what somebody wrote stands at its end. */
export function sentenceOf({ event, erased, names, before }: Telling): string {
  const name = (id: NodeId) => names.of(id, event.seq)
  const tell = DEEDS[event.type] as (told: Told<unknown>) => string | Deed
  const told = tell({ data: event.data, event, erased, before, name, names })
  const deed: Deed = typeof told === 'string' ? { clause: told } : told
  const doer = deed.doer ?? event.actor
  return stopped(
    [
      `${name(doer)} ${deed.clause}`,
      whileOf(event, doer, name, names),
      recording(event, doer, name),
      deed.said === undefined || erased ? '' : `: ${deed.said}`,
      erased && !WITHOUT_TEXT.includes(event.type) ? '; what it said was erased' : '',
    ].join(''),
  )
}

/** The activity under which it happened; what belongs to the activity itself need not say so. */
function whileOf(event: ReadableEvent, doer: AgentId, name: Name, names: Names): string {
  if (event.activity === undefined || event.activity === event.subject) return ''
  const activity = names.activity(event.activity)
  if (activity === undefined || activity.agent !== doer) return `, during ${name(event.activity)}`
  if (activity.task === undefined)
    return `, during an activity${activity.phase === 'unscoped' ? '' : ` (${words(activity.phase)})`}`
  return activity.task === event.subject ? ', while working on it' : `, while working on ${name(activity.task)}`
}

const MINUTE = '2026-01-05T09:00'.length
const DAY = '2026-01-05'.length

/** Who wrote it down, where that was another, and when, where that was not within the minute in which it was so. */
function recording({ actor, at, recordedAt }: LogEvent, doer: AgentId, name: Name): string {
  const by = actor === doer ? '' : ` by ${name(actor)}`
  if (at.slice(0, MINUTE) === recordedAt.slice(0, MINUTE)) return by === '' ? '' : ` (recorded${by})`
  const isSameDay = at.slice(0, DAY) === recordedAt.slice(0, DAY)
  const when = isSameDay ? `at ${recordedAt.slice(DAY + 1, MINUTE)}` : `on ${recordedAt.slice(0, DAY)}`
  return ` (recorded${by} ${when})`
}

/** The nodes that have to be named to tell an event. */
export function mentioned(event: ReadableEvent): string[] {
  const { id, agent, author, task, owner, parent, source, target, activity, generated, relations } =
    event.data as Record<string, unknown>
  return [
    event.actor,
    event.subject,
    event.activity,
    ...[id, agent, author, task, owner, parent, source, target, activity, generated].flat(),
    ...((relations ?? []) as readonly BornRelation[]).map((relation) => relation.target),
  ].filter((value) => typeof value === 'string')
}

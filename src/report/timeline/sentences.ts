import type { ActivityId, AgentId, EvidenceId, NodeId, TaskId } from '../../ids.js'
import type { EventType, LogEvent } from '../../log/event.js'
import type { ReadableEvent, Redaction } from '../../log/read-events.js'
import type { ActivityEnded, ActivityStarted } from '../../record/activities/events.js'
import type { AgentData } from '../../record/agents/agent-rows.js'
import type { ArtifactAdded } from '../../record/artifacts/artifact-rows.js'
import type {
  ClaimAcquired,
  ClaimCompleted,
  ClaimExpired,
  ClaimGivenUp,
  ClaimRenewed,
} from '../../record/claims/events.js'
import type { Contract } from '../../record/contracts/contract.js'
import type { ContractRevised } from '../../record/contracts/events.js'
import type { EvidenceAdded } from '../../record/evidence/evidence-rows.js'
import type { KnowledgeRecorded } from '../../record/knowledge/knowledge-rows.js'
import { REDACTED } from '../../record/redacted.js'
import { RELATION_KINDS, type RelationKind } from '../../record/relations/registry.js'
import type { BornRelation, ChangeReason, RelationData } from '../../record/relations/relation-rows.js'
import type { ReviewRecorded } from '../../record/reviews/events.js'
import type { Interference, TaskClosed, TaskCreated, TaskUpdated } from '../../record/tasks/apply-event.js'
import { toComment } from '../../record/tasks/events.js'
import type { Task } from '../../record/tasks/task.js'
import type { TaskTransition } from '../../record/tasks/transition.js'
import type { Gate, SubmissionOutcome, Verdict } from '../../vocabulary.js'
import { contractChanges } from '../lineage/contract-changes.js'
import { counted } from '../text/counted.js'
import { AGENT_WORDS, words } from '../text/words.js'
import { requirementWords, updateClause } from './changes.js'
import type { Names } from './names.js'
import { ending, momentAsOf, quotation, quoted, someOf, stopped } from './wording.js'

/** What a sentence is made from. */
export interface Telling {
  /** With what was kept of its data, where that was erased. */
  readonly event: ReadableEvent
  readonly erased: boolean
  readonly names: Names
  /** The task as it was before; there for what `isToldByBefore`. */
  readonly before?: Task
}

/** A sentence without its subject: what was done, and the words that were said about it, ready to stand at the end. */
interface Deed {
  readonly clause: string
  readonly said?: string
  /** Who did it, which may be another than the actor, who brought it into the record; default: the actor. */
  readonly doer?: AgentId
  /** What the sentence is about, where nobody did it. */
  readonly about?: string
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
  'agent.updated': { readonly capabilities: readonly string[] }
  'artifact.added': ArtifactAdded
  'claim.acquired': ClaimAcquired
  'claim.completed': ClaimCompleted
  'claim.expired': ClaimExpired
  'claim.released': ClaimGivenUp
  'claim.renewed': ClaimRenewed
  'claim.reset': ClaimGivenUp
  'comment.added': { readonly body: string }
  'contract.revised': ContractRevised
  'decision.recorded': KnowledgeRecorded
  'evidence.added': EvidenceAdded
  'label.added': { readonly label?: string }
  'label.removed': { readonly label?: string }
  'learning.recorded': KnowledgeRecorded
  'log.redacted': Redaction
  'log.sealed': { readonly seq: number }
  'relation.added': RelationData & ChangeReason
  'relation.removed': RelationData & ChangeReason
  'review.recorded': ReviewRecorded
  'task.closed': TaskClosed
  'task.created': TaskCreated
  'task.held': Interference
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
  'agent.updated': ({ data, event, name, erased }) => {
    const whose =
      event.actor === event.subject ? 'their own capabilities' : `the capabilities of ${name(event.subject as AgentId)}`
    const { capabilities } = data
    if (erased) return `changed ${whose}`
    return capabilities.length === 0 ? `cleared ${whose}` : `set ${whose} to ${someOf(capabilities.map(quoted))}`
  },
  'artifact.added': ({ data, event, name }) => {
    const kind = data.kind === undefined ? '' : ` (${data.kind.replace(/\s+/g, ' ')})`
    return `added the artifact ${name(event.subject as NodeId)}${kind}${originsOf(data.relations, name, event)}`
  },
  'claim.acquired': ({ data, event, name }) => {
    const { agent, number, expiresAt, phase } = data
    const step = phase === 'unscoped' ? '' : ` (${words(phase)})`
    const attempt = number === 1 ? '' : ` as attempt ${number},`
    const until = `until ${momentAsOf(expiresAt, event.at)}`
    return { doer: agent, clause: `claimed ${name(event.subject as TaskId)}${step}${attempt} ${until}` }
  },
  'claim.completed': (told) => {
    const { data, event, name } = told
    const { submission, becomes, freed = [] } = data
    const { outcome, blockedBy = [], stopReason, stopText, summary } = submission
    const waits = blockedBy.length === 0 ? '' : ` on ${someOf(blockedBy.map(({ task }) => name(task)))}`
    const why = stopReason === undefined || stopReason === 'other' ? '' : ` (${words(stopReason)})`
    return {
      ...holderOf(told),
      clause: [
        `${SUBMISSION_WORDS[outcome](name(event.subject as TaskId))}${waits}${why}`,
        showing(submission, name, told.before?.contract),
        transitionWords(becomes, event, name, freed),
      ].join(''),
      ...saying([stopText, summary].filter((text) => text).join('; ')),
    }
  },
  'claim.expired': ({ data, event, name, names }) => {
    const holder = names.activity(data.attempt)?.agent
    const whose = holder === undefined ? '' : ` of ${name(holder)}`
    return {
      about: `the lease${whose} on ${name(event.subject as TaskId)}`,
      clause: `ran out at ${momentAsOf(data.expiredAt, event.at)}${transitionWords(data.becomes, event, name, data.freed)}`,
    }
  },
  'claim.released': (told) => ({
    ...holderOf(told),
    clause: `gave ${told.name(told.event.subject as TaskId)} back${transitionWords(told.data.becomes, told.event, told.name)}`,
    ...saying(told.data.reason),
  }),
  'claim.renewed': (told) => ({
    ...holderOf(told),
    clause: `extended the lease on ${told.name(told.event.subject as TaskId)} until ${momentAsOf(told.data.expiresAt, told.event.at)}`,
  }),
  'claim.reset': ({ data, event, name, names }) => {
    const holder = names.activity(data.attempt)?.agent
    const whom = holder === undefined ? 'its holder' : name(holder)
    return {
      clause: `took ${name(event.subject as TaskId)} away from ${whom}${transitionWords(data.becomes, event, name)}`,
      ...saying(data.reason),
    }
  },
  'comment.added': ({ data, event, name }) => {
    const { author, task } = toComment(event)
    return {
      doer: author,
      clause: `commented on ${name(task)}`,
      said: quotation(data.body),
    }
  },
  'contract.revised': ({ data, event, name, before }) => {
    const task = name(event.subject as TaskId)
    const former = before?.contract
    const what =
      data.version === 1 ? `gave ${task} a contract` : `revised the contract of ${task}, now version ${data.version}`
    const changes = former === undefined ? [] : contractChanges(former, data.contract)
    return {
      clause: [
        what,
        changes.length === 0 ? '' : ` (${changes.join(', ')})`,
        data.evidence.length === 0 ? '' : `, upon ${someOf(data.evidence.map(name))}`,
      ].join(''),
      ...saying(data.reason),
    }
  },
  'decision.recorded': (told) => recorded('decided', told),
  'evidence.added': ({ data, event, name }) => {
    const { agent, kind, artifact } = data
    const where = artifact === undefined ? '' : `, which is ${name(artifact)}`
    return {
      doer: agent,
      clause: `added evidence (${kindWords(kind)}) about ${name(event.subject as NodeId)}${where}`,
      ...saying(data.summary || data.iri),
    }
  },
  'label.added': ({ data, event, name }) =>
    `added ${data.label === undefined ? 'a label' : `the label ${quoted(data.label)}`} to ${name(event.subject as TaskId)}`,
  'label.removed': ({ data, event, name }) =>
    `removed ${data.label === undefined ? 'a label' : `the label ${quoted(data.label)}`} from ${name(event.subject as TaskId)}`,
  'learning.recorded': (told) => recorded('learned', told),
  'log.redacted': ({ data }) => ({ clause: `erased what event ${data.seq} said`, ...saying(data.reason) }),
  'log.sealed': ({ data }) => `sealed the log up to event ${data.seq}`,
  'relation.added': ({ data, name }) => ({
    clause: `${RELATION_DEEDS[data.kind](data, name, true)}${upon(data.evidence)}`,
    ...saying(data.reason),
  }),
  'relation.removed': ({ data, name }) => ({
    clause: `${RELATION_DEEDS[data.kind](data, name, false)}${upon(data.evidence)}`,
    ...saying(data.reason),
  }),
  'review.recorded': ({ data, event, name, names }) => {
    const { reviewer, attempt, verdict, comment, becomes, freed } = data
    const worker = names.activity(attempt)?.agent
    const whose = worker === undefined ? '' : ` of ${name(worker)}`
    return {
      doer: reviewer,
      clause: `${VERDICT_WORDS[verdict](`the work${whose} on ${name(event.subject as TaskId)}`)}${upon(data.evidence)}${transitionWords(becomes, event, name, freed)}`,
      ...saying(comment),
    }
  },
  'task.closed': ({ data, event, name, names }) => ({
    clause: `closed ${name(event.subject as TaskId)} as ${data.outcome}${interfering(data, name, names)}`,
    ...saying(data.reason),
  }),
  'task.created': ({ data, event, name }) => {
    const owner = data.owner === undefined ? '' : `, owned by ${name(data.owner)}`
    return `created the task ${name(event.subject as TaskId)}${owner}${originsOf(data.relations, name, event)}${terms(data, event)}`
  },
  'task.held': ({ data, event, name, names }) => ({
    clause: `put ${name(event.subject as TaskId)} on hold${interfering(data, name, names)}`,
    ...saying(data.reason),
  }),
  'task.reopened': ({ data, event, name }) => ({
    clause: `reopened ${name(event.subject as TaskId)}`,
    ...saying(data.reason),
  }),
  'task.unheld': ({ event, name }) => `took ${name(event.subject as TaskId)} off hold`,
  'task.updated': ({ data, event, name, names, erased, before }) => ({
    clause: `${updateClause(data, { name, actor: event.actor, at: event.at, before: before!, erased, forced: data.forced === true })}${endedClaim(data, name, names)}`,
    ...saying(data.reason),
  }),
  'vocabulary.defined': ({ data }) => `defined the file's own ${someOf(Object.keys(data).map(wordsOf))}`,
}

type Name = (id: NodeId) => string

/** How a submission of each outcome is told. */
const SUBMISSION_WORDS: Record<SubmissionOutcome, (task: string) => string> = {
  done: (task) => `handed in ${task} as done`,
  pending_review: (task) => `handed in ${task} for review`,
  failed: (task) => `failed at ${task}`,
  blocked: (task) => `stopped working on ${task}, which is blocked`,
}

/** How a review of each verdict is told. */
const VERDICT_WORDS: Record<Verdict, (work: string) => string> = {
  approve: (work) => `approved ${work}`,
  reject: (work) => `rejected ${work}`,
  request_changes: (work) => `asked for changes to ${work}`,
}

/** Who held the claim that an event is about: whoever shows the token acts for them. */
function holderOf({ data, names }: Told<{ readonly attempt: ActivityId }>): { readonly doer?: AgentId } {
  const holder = names.activity(data.attempt)?.agent
  return holder === undefined ? {} : { doer: holder }
}

/** What came with a submission: what was made, what it rests on, and what of the contract was let pass. */
function showing(
  { artifacts = [], evidence = [], criteria = [] }: ClaimCompleted['submission'],
  name: Name,
  contract: Contract | undefined,
): string {
  const called = (id: string) => quoted(contract?.criteria.find((criterion) => criterion.id === id)?.text ?? id)
  const unmet = criteria.flatMap(({ id, status }) => (status === 'not_met' ? [called(id)] : []))
  const waived = criteria.flatMap(({ id, waiver }) =>
    waiver === undefined ? [] : [`${called(id)} waived by ${name(waiver.by)}${whyWaived(waiver.reason)}`],
  )
  return [
    artifacts.length === 0 ? '' : `, making ${someOf(artifacts.map(name))}`,
    upon([...new Set([...evidence, ...criteria.flatMap((criterion) => criterion.evidence ?? [])])]),
    unmet.length === 0 ? '' : `, with ${someOf(unmet)} not met`,
    waived.length === 0 ? '' : `, with ${someOf(waived)}`,
  ].join('')
}

/** Why somebody let a criterion pass; that it was erased is said of the whole event. */
function whyWaived(reason: string): string {
  return reason === REDACTED ? '' : ` (${ending(reason)})`
}

/** The evidence that came with something. */
function upon(evidence: readonly EvidenceId[] = []): string {
  return evidence.length === 0 ? '' : `, upon ${counted(evidence.length, 'evidence')}`
}

/** What an event led its task to, and which tasks became ready by that. */
function transitionWords(
  transition: TaskTransition | undefined,
  { at }: LogEvent,
  name: Name,
  freed: readonly TaskId[] = [],
): string {
  const readied = freed.length === 0 ? '' : ` and freed ${someOf(freed.map(name))}`
  switch (transition?.status) {
    case 'closed':
      return `, which closed it as ${transition.outcome}${readied}`
    case 'in_review':
      return `, which moved it to review${readied}`
    case 'open': {
      const wait = transition.notBefore === undefined ? '' : `, not before ${momentAsOf(transition.notBefore, at)}`
      return `, which left it open${wait}${readied}`
    }
    default:
      return ''
  }
}

/** What a change of status from outside did to a contract and to a claim. */
function interfering(data: Interference, name: Name, names: Names): string {
  return `${data.forced ? ' by force' : ''}${endedClaim(data, name, names)}`
}

function endedClaim({ attempt }: Interference, name: Name, names: Names): string {
  if (attempt === undefined) return ''
  const holder = names.activity(attempt)?.agent
  return `, which ended the claim${holder === undefined ? '' : ` of ${name(holder)}`}`
}

/** What a task was created with that governs when, by whom and how it is to be done. */
function terms({ contract, requires, notBefore, snoozedUntil, dueAt }: TaskCreated, { at }: LogEvent): string {
  const timed = (words: string, time: string | undefined) =>
    time === undefined ? '' : `, ${words} ${momentAsOf(time, at)}`
  return [
    contract === undefined ? '' : ', under a contract',
    requires === undefined ? '' : `, requiring ${requirementWords(requires)}`,
    timed('not before', notBefore),
    timed('snoozed until', snoozedUntil),
    timed('due', dueAt),
  ].join('')
}

/** That somebody decided or learned something. */
function recorded(verb: string, { data, event, name }: Told<KnowledgeRecorded>): Deed {
  const { agent, title, rationale, attachedTo, validFrom, relations, evidence } = data
  const place = attachedTo === undefined ? '' : ` for ${name(attachedTo)}`
  const isDated = validFrom.slice(0, MINUTE) !== event.at.slice(0, MINUTE)
  const since = isDated ? `, valid from ${momentAsOf(validFrom, event.at)}` : ''
  const namesOf = (kind: RelationKind) =>
    relations
      .filter((relation) => relation.kind === kind && relation.target !== event.activity)
      .map(({ target }) => name(target))
  const [replaced, within] = [namesOf('supersedes'), namesOf('generated_by')]
  return {
    doer: agent,
    clause: [
      `${verb} ${quoted(title)}${place}`,
      replaced.length === 0 ? '' : `, in place of ${someOf(replaced)}`,
      `${since}${upon(evidence)}`,
      within.length === 0 ? '' : `, in ${someOf(within)}`,
    ].join(''),
    ...saying(rationale),
  }
}

/** A kind of evidence as a person writes it. */
function kindWords(kind: string): string {
  return words(kind.replace(/\s+/g, ' '))
}

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
const WITHOUT_TEXT: readonly EventType[] = [
  'claim.acquired',
  'claim.expired',
  'claim.renewed',
  'log.sealed',
  'task.unheld',
  'vocabulary.defined',
]

/** What happened, in one English sentence on one line; what somebody wrote stands at its end. */
export function sentenceOf({ event, erased, names, before }: Telling): string {
  const name = (id: NodeId) => names.of(id, event.seq)
  const tell = DEEDS[event.type] as (told: Told<unknown>) => string | Deed
  const told = tell({ data: event.data, event, erased, before, name, names })
  const deed: Deed = typeof told === 'string' ? { clause: told } : told
  const doer = deed.about === undefined ? (deed.doer ?? event.actor) : undefined
  const beginning = doer === undefined ? deed.about!.replace(/^./, (letter) => letter.toUpperCase()) : name(doer)
  return stopped(
    [
      `${beginning} ${deed.clause}`,
      whileOf(event, doer, name, names),
      recording(event, doer, name),
      deed.said === undefined || erased ? '' : `: ${deed.said}`,
      erased && !WITHOUT_TEXT.includes(event.type) ? '; what it said was erased' : '',
    ].join(''),
  )
}

/** The activity under which it happened; what belongs to the activity itself need not say so. */
function whileOf(event: ReadableEvent, doer: AgentId | undefined, name: Name, names: Names): string {
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
function recording({ actor, at, recordedAt }: LogEvent, doer: AgentId | undefined, name: Name): string {
  const by = actor === doer ? '' : ` by ${name(actor)}`
  if (at.slice(0, MINUTE) === recordedAt.slice(0, MINUTE)) return by === '' ? '' : ` (recorded${by})`
  const isSameDay = at.slice(0, DAY) === recordedAt.slice(0, DAY)
  const when = isSameDay ? `at ${recordedAt.slice(DAY + 1, MINUTE)}` : `on ${recordedAt.slice(0, DAY)}`
  return ` (recorded${by} ${when})`
}

/** The nodes that have to be named to tell an event. */
export function mentioned(event: ReadableEvent): string[] {
  const { relations = [], submission, ...data } = event.data as Mentioning
  const { id, agent, author, task, owner, parent, source, target, activity, generated } = data
  const { attempt, reviewer, attachedTo, artifact, freed } = data
  return [
    event.actor,
    event.subject,
    event.activity,
    ...[id, agent, author, task, owner, parent, source, target, activity, generated].flat(),
    ...[attempt, reviewer, attachedTo, artifact, freed, submission?.artifacts].flat(),
    ...(submission?.blockedBy ?? []).map((blocker) => blocker.task),
    ...(submission?.criteria ?? []).map(({ waiver }) => waiver?.by),
    ...relations.map((relation) => relation.target),
    ...(event.type === 'contract.revised' ? (data.evidence as readonly string[]) : []),
  ].filter((value) => typeof value === 'string')
}

/** What of the data of events names nodes. */
type Mentioning = Readonly<Record<string, unknown>> & {
  readonly relations?: readonly BornRelation[]
  readonly submission?: ClaimCompleted['submission']
}

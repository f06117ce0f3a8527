import type { AgentId } from '../../ids.js'
import { counted } from '../../report/text/counted.js'
import { durationOf } from '../../report/text/duration.js'
import type { Run } from '../claims/claim.js'
import type { CompletionPolicy, Contract, RetryPolicy } from '../contracts/contract.js'
import type { Evidence } from '../evidence/evidence.js'
import type { Inherited } from '../knowledge/knowledge.js'
import type { Review } from '../reviews/review.js'
import type { Comment, Task } from '../tasks/task.js'
import type { TaskContext } from './context.js'
import {
  code,
  type Entry,
  type FittedDocument,
  fitDocument,
  inline,
  iriCode,
  isShortened,
  isShortenedIri,
  type Section,
} from './document.js'

/** What there is to tell of a task, before it is written down. */
export type ContextData = Omit<TaskContext, 'markdown' | 'cut'>

/** How much more there is of each list than was read; of knowledge, at the distance of the last one and beyond it. */
export type Unread = Readonly<
  Record<
    | 'parents'
    | 'blockers'
    | 'attempts'
    | 'reviews'
    | 'comments'
    | 'olderKnowledge'
    | 'fartherKnowledge'
    | 'evidence'
    | 'artifacts',
    number
  >
>

type Names = ReadonlyMap<AgentId, string>

/** The document on a task, in so many code units, and what did not fit or was not read. */
export function writeContext(context: ContextData, unread: Unread, names: Names, maxChars: number): FittedDocument {
  const { markdown, cut } = fitDocument(context.task.title, sectionsOf(context, unread, names), maxChars)
  const titles = [
    ...[...context.parents, context.previous, context.next, ...context.blockers.map(({ task }) => task)],
    ...context.knowledge.map(({ item }) => item),
  ].flatMap((item) => (item === undefined ? [] : [item.title]))
  const labels = context.artifacts.flatMap(({ label }) => label ?? [])
  const iris = [...context.artifacts, ...context.evidence].flatMap(({ iri }) => iri ?? [])
  const isCut = [...titles, ...labels, ...names.values()].some((text) => isShortened(text)) || iris.some(isShortenedIri)
  return { markdown, cut: isCut ? [...cut, 'Long titles, labels, names and IRIs are shortened.'] : cut }
}

/** The sections of the document, the most important first. */
function sectionsOf(context: ContextData, unread: Unread, names: Names): Section[] {
  const { task, contract, attempts, reviews, knowledge } = context
  const lastReviews = new Map(reviews.map((review) => [review.attempt, review]))
  const neighbours = [
    ...(context.previous === undefined ? [] : [{ line: `Before it: ${named(context.previous)}` }]),
    ...(context.next === undefined ? [] : [{ line: `After it: ${named(context.next)}` }]),
  ]
  const shownReviews = new Set(attempts.map(({ activity }) => lastReviews.get(activity)))
  return [
    { weight: 4, ...inOrder(factsOf(task, names)) },
    { heading: 'Description', weight: 6, ...inOrder(textEntry(task.description)) },
    { heading: 'Notes', weight: 2, ...inOrder(textEntry(task.notes)) },
    {
      heading: 'Contract',
      weight: 5,
      ...inOrder(contract === undefined ? [] : contractEntries(contract, task.contractVersion)),
    },
    {
      heading: 'Earlier attempts',
      weight: 6,
      ...newest(
        attempts.map((run) => attemptEntry(run, lastReviews.get(run.activity), names)),
        unread.attempts,
      ),
    },
    {
      heading: 'Blocked by',
      weight: 4,
      ...newest(
        context.blockers.map((blocker) => blockerEntry(blocker, names)),
        unread.blockers,
      ),
    },
    {
      heading: 'Other reviews',
      weight: 1,
      ...newest(
        reviews.filter((review) => !shownReviews.has(review)).map((review) => reviewEntry(review, attempts, names)),
        unread.reviews,
      ),
    },
    {
      heading: 'Comments',
      weight: 3,
      ...newest(
        context.comments.map((comment) => commentEntry(comment, names)),
        unread.comments,
      ),
    },
    { heading: 'Decisions and learnings', weight: 4, ...nearestAndNewest(knowledge, task, unread) },
    {
      heading: 'Evidence',
      weight: 2,
      ...newest(
        context.evidence.map((evidence) => evidenceEntry(evidence, names)),
        unread.evidence,
      ),
    },
    {
      heading: 'Part of',
      weight: 2,
      ...inOrder(
        context.parents.map((parent) => ({ line: named(parent), texts: [{ text: parent.description }] })),
        unread.parents,
        'the farthest',
      ),
    },
    { heading: 'Before and after', weight: 1, ...inOrder(neighbours) },
    { heading: 'Artifacts', weight: 1, ...newest(context.artifacts.map(artifactEntry), unread.artifacts) },
  ]
}

type List = Pick<Section, 'entries' | 'unread' | 'byNeed' | 'leastNeeded'>

/** A list of which the first are needed most. */
function inOrder(entries: readonly Entry[], more = 0, leastNeeded = 'the last'): List {
  return { entries, unread: [{ before: entries.length, count: more }], byNeed: [...entries.keys()], leastNeeded }
}

/** A list, oldest first, of which the newest are needed most. */
function newest(entries: readonly Entry[], more: number): List {
  const byNeed = [...entries.keys()].reverse()
  return { entries, unread: [{ before: 0, count: more }], byNeed, leastNeeded: 'the oldest' }
}

/** What holds for a task, nearest first and then oldest first: the nearest are needed most, and of these the newest. */
function nearestAndNewest(knowledge: readonly Inherited[], task: Task, unread: Unread): List {
  const distanceAt = (index: number) => knowledge[index]!.distance
  const farthest = knowledge.at(-1)?.distance
  const isOneDistance = unread.fartherKnowledge === 0 && knowledge[0]?.distance === farthest
  return {
    entries: knowledge.map((item) => knowledgeEntry(item, task)),
    unread: [
      { before: knowledge.findIndex(({ distance }) => distance === farthest), count: unread.olderKnowledge },
      { before: knowledge.length, count: unread.fartherKnowledge },
    ],
    byNeed: [...knowledge.keys()].sort((a, b) => distanceAt(a) - distanceAt(b) || b - a),
    leastNeeded: isOneDistance ? 'the oldest' : 'the farthest, and of those the oldest',
  }
}

function textEntry(text: string): Entry[] {
  return text.trim() === '' ? [] : [{ texts: [{ text }] }]
}

function stateOf({ status, outcome }: Task): string {
  return outcome === undefined ? status : `${status} (${outcome})`
}

function named(task: Task): string {
  return `**${inline(task.title)}** (${code(task.id)}), ${stateOf(task)}`
}

function words(values: readonly string[]): string {
  return values.map((value) => inline(value)).join(', ')
}

function factsOf(task: Task, names: Names): Entry[] {
  const { requires } = task
  const line = (name: string, value: string | undefined): Entry[] =>
    value === undefined || value === '' ? [] : [{ line: `${name}: ${value}` }]
  const reason = (name: string, text: string | undefined): Entry[] =>
    text === undefined || text === '' ? [] : [{ line: `${name}:`, texts: [{ text }] }]
  return [
    ...line('Id', code(task.id)),
    ...line('Status', stateOf(task)),
    ...line('Kind', `${inline(task.type)}, priority ${task.priority}, phase ${inline(task.phase)}`),
    ...line('Due', task.dueAt),
    ...line('Not before', task.notBefore),
    ...line('Snoozed until', task.snoozedUntil),
    ...line('Owner', task.owner && nameOf(task.owner, names)),
    ...line('Required role', requires?.role && inline(requires.role)),
    ...line('Required capabilities', requires?.capabilities && words(requires.capabilities)),
    ...line('Labels', words(task.labels)),
    ...task.externalRefs.map(({ system, id, url }) => ({
      line: `In ${inline(system)}: ${code(id)}${url === undefined ? '' : ` (${code(url)})`}`,
    })),
    ...reason('On hold because', task.holdReason),
    ...reason('Closed because', task.closeReason),
    ...reason('Its status was forced because', task.forced),
  ]
}

function contractEntries(contract: Contract, version: number | undefined): Entry[] {
  const { criteria, requiredEvidence = [], outputSchema, retry } = contract
  return [
    { line: `Version ${version ?? 1}; ${policyWords(contract.completionPolicy ?? 'self')}` },
    ...(retry === undefined ? [] : [{ line: retryWords(retry) }]),
    ...(requiredEvidence.length === 0
      ? []
      : [{ line: `Evidence of each kind is required: ${words(requiredEvidence)}` }]),
    ...criteria.map(({ id, text, verification, required }) => ({
      line: `Criterion ${code(id)}, ${required ? 'required' : 'optional'}${verification === undefined ? '' : `, shown by ${verification}`}:`,
      texts: [{ text }],
    })),
    ...(outputSchema === undefined
      ? []
      : [{ line: 'The output must fit this JSON Schema:', texts: [{ text: JSON.stringify(outputSchema, null, 1) }] }]),
  ]
}

function policyWords(policy: CompletionPolicy): string {
  if (typeof policy === 'object') return `completed when ${policy.quorum} others approve`
  return POLICY_WORDS[policy]
}

const POLICY_WORDS = {
  self: 'completed when whoever works on it says so',
  review: 'completed when somebody else approves',
  human: 'completed when a human who did not work on it approves',
}

function retryWords({ maxAttempts, backoffMs = 0, multiplier = 1 }: RetryPolicy): string {
  const wait = backoffMs === 0 ? '' : `, with a wait of ${durationOf(backoffMs)} after the first failure`
  const growth = multiplier === 1 || wait === '' ? '' : `, times ${multiplier} after each further one`
  return `${counted(maxAttempts, 'attempt')} at most${wait}${growth}`
}

function nameOf(agent: AgentId, names: Names): string {
  return inline(names.get(agent)!)
}

function verdictWords({ verdict, reviewer, createdAt }: Review, names: Names): string {
  return `**${verdict}** by ${nameOf(reviewer, names)}, ${createdAt}`
}

function attemptEntry(run: Run, review: Review | undefined, names: Names): Entry {
  const end = run.outcome ?? run.endedBy ?? 'ended'
  const stop = run.stopReason === undefined ? '' : `, because of ${inline(run.stopReason)}`
  const judged = review === undefined ? '' : `; its last review: ${verdictWords(review, names)}`
  return {
    line: `Attempt ${run.attempt} by ${nameOf(run.agent, names)}, ${run.startedAt} to ${run.endedAt ?? 'now'}: **${end}**${stop}${judged}`,
    texts: [
      { name: 'Review', text: review?.comment ?? '' },
      { name: 'Why it stopped', text: run.stopText ?? run.endReason ?? '' },
      { name: 'Summary', text: run.summary ?? '' },
    ],
  }
}

function blockerEntry({ task, gate, run, output, review }: TaskContext['blockers'][number], names: Names): Entry {
  const end = run?.outcome === undefined ? '' : `**${run.outcome}** by ${nameOf(run.agent, names)}`
  const result = end === '' ? '' : `; its last submission: ${end}`
  const stop = run?.stopReason === undefined ? '' : `, because of ${inline(run.stopReason)}`
  const judged = review === undefined ? '' : `; the last review of that: ${verdictWords(review, names)}`
  return {
    line: `${named(task)}; gate: ${gate}${result}${stop}${judged}`,
    texts: [
      { name: 'Review', text: review?.comment ?? '' },
      { name: 'Closed because', text: task.closeReason ?? '' },
      { name: 'Why it stopped', text: run?.stopText ?? '' },
      { name: 'Summary', text: run?.summary ?? '' },
      { name: 'Output', text: output === undefined ? '' : JSON.stringify(output, null, 1) },
    ],
  }
}

function reviewEntry(review: Review, attempts: readonly Run[], names: Names): Entry {
  const run = attempts.find(({ activity }) => activity === review.attempt)
  const subject = run === undefined ? 'An earlier attempt' : `Attempt ${run.attempt}`
  return { line: `${subject}: ${verdictWords(review, names)}`, texts: [{ text: review.comment }] }
}

function commentEntry({ author, createdAt, body }: Comment, names: Names): Entry {
  return { line: `${nameOf(author, names)}, ${createdAt}`, texts: [{ text: body }] }
}

function evidenceEntry({ kind, iri, artifact, agent, createdAt, summary, id }: Evidence, names: Names): Entry {
  const place = iri !== undefined ? iriCode(iri) : `artifact ${code(artifact!)}`
  return {
    line: `**${inline(kind)}** by ${nameOf(agent, names)}, ${createdAt}: ${place} (${code(id)})`,
    texts: [{ text: summary }],
  }
}

function knowledgeEntry({ item, from }: Inherited, task: Task): Entry {
  const place = from === undefined ? 'for the namespace' : from === task.id ? 'for this task' : `for ${code(from)}`
  const superseded = item.validTo === undefined ? '' : ` until ${item.validTo}`
  return {
    line: `${item.kind === 'decision' ? 'Decision' : 'Learning'} **${inline(item.title)}** (${code(item.id)}), ${place}, since ${item.validFrom}${superseded}`,
    texts: [{ text: item.rationale }, { name: 'Alternatives', text: item.alternatives.join('\n') }],
  }
}

function artifactEntry({ iri, kind, label, digest, id }: TaskContext['artifacts'][number]): Entry {
  const notes = [kind, label, digest].filter((word) => word !== undefined).map((word) => inline(word))
  return { line: [iriCode(iri), ...notes, code(id)].join(', ') }
}

import type { AgentId } from '../../ids.js'
import type { CompletionPolicy, Contract, RetryPolicy } from '../contracts/contract.js'
import type { Inherited } from '../knowledge/knowledge.js'
import type { Task } from '../tasks/task.js'
import type { TaskContext } from './context.js'
import { code, type Entry, type FittedDocument, fitDocument, inline, isShortened, type Section } from './document.js'

/** What there is to tell of a task, before it is written down. */
export type ContextData = Omit<TaskContext, 'markdown' | 'cut'>

/** Of which lists there is more than was read, and how much. */
export type Unread = Partial<
  Record<'parents' | 'blockers' | 'attempts' | 'reviews' | 'knowledge' | 'artifacts', number>
>

/** The document on a task, in so many code units, and what did not fit or was not read. */
export function writeContext(context: ContextData, unread: Unread, maxChars: number): FittedDocument {
  const { markdown, cut } = fitDocument(context.task.title, sectionsOf(context, unread), maxChars)
  const lines = [
    ...[...context.parents, context.previous, context.next, ...context.blockers.map(({ task }) => task)],
    ...context.knowledge.map(({ item }) => item),
  ].flatMap((item) => (item === undefined ? [] : [item.title]))
  const labels = context.artifacts.flatMap(({ label }) => label ?? [])
  const isCut = [...lines, ...labels].some((text) => isShortened(text))
  return { markdown, cut: isCut ? [...cut, 'Long titles and labels are shortened.'] : cut }
}

/** The sections of the document, the most important first. */
function sectionsOf(context: ContextData, unread: Unread): Section[] {
  const { task, contract } = context
  const neighbours = [
    ...(context.previous === undefined ? [] : [{ line: `Before it: ${named(context.previous)}` }]),
    ...(context.next === undefined ? [] : [{ line: `After it: ${named(context.next)}` }]),
  ]
  const list = (
    heading: string,
    entries: readonly Entry[],
    weight: number,
    options: { readonly unread?: number; readonly drop?: 'first' | 'last' } = {},
  ): Section => ({ heading, entries, weight, unread: options.unread ?? 0, drop: options.drop ?? 'last' })
  return [
    { entries: factsOf(task), unread: 0, weight: 4, drop: 'last' },
    list('Description', textEntry(task.description), 6),
    list('Notes', textEntry(task.notes), 2),
    list('Contract', contract === undefined ? [] : contractEntries(contract, task.contractVersion), 5),
    list('Blocked by', context.blockers.map(blockerEntry), 4, { unread: unread.blockers ?? 0 }),
    list('Earlier attempts', context.attempts.map(attemptEntry), 4, { unread: unread.attempts ?? 0, drop: 'first' }),
    list(
      'Reviews',
      context.reviews.map((review) => reviewEntry(review, context)),
      3,
      { unread: unread.reviews ?? 0, drop: 'first' },
    ),
    list(
      'Decisions and learnings',
      context.knowledge.map((item) => knowledgeEntry(item, task)),
      4,
      { unread: unread.knowledge ?? 0 },
    ),
    list(
      'Part of',
      context.parents.map((parent) => ({ line: named(parent), texts: [{ text: parent.description }] })),
      2,
      { unread: unread.parents ?? 0 },
    ),
    list('Before and after', neighbours, 1),
    list('Artifacts', context.artifacts.map(artifactEntry), 1, { unread: unread.artifacts ?? 0, drop: 'first' }),
  ]
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

function factsOf(task: Task): Entry[] {
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
    ...line('Owner', task.owner && code(task.owner)),
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

function retryWords({ maxAttempts, backoffMs, multiplier }: RetryPolicy): string {
  const wait = backoffMs === undefined ? '' : `, with a wait of ${backoffMs} ms after the first failure`
  const growth = multiplier === undefined || wait === '' ? '' : `, times ${multiplier} after each further one`
  return `${maxAttempts} attempts at most${wait}${growth}`
}

function blockerEntry({ task, gate, run, output }: TaskContext['blockers'][number]): Entry {
  const result = run?.outcome === undefined ? '' : `; its last submission: ${run.outcome}`
  return {
    line: `${named(task)}; gate: ${gate}${result}`,
    texts: [
      { name: 'Closed because', text: task.closeReason ?? '' },
      { name: 'Summary', text: run?.summary ?? '' },
      { name: 'Output', text: output === undefined ? '' : JSON.stringify(output, null, 1) },
    ],
  }
}

function by(agent: AgentId): string {
  return `by ${code(agent)}`
}

function attemptEntry(run: TaskContext['attempts'][number]): Entry {
  const end = run.outcome ?? run.endedBy ?? 'ended'
  const stop = run.stopReason === undefined ? '' : `, because of ${inline(run.stopReason)}`
  return {
    line: `Attempt ${run.attempt} ${by(run.agent)}, ${run.startedAt} to ${run.endedAt ?? 'now'}: **${end}**${stop}`,
    texts: [
      { name: 'Why it stopped', text: run.stopText ?? run.endReason ?? '' },
      { name: 'Summary', text: run.summary ?? '' },
    ],
  }
}

function reviewEntry(
  { verdict, reviewer, createdAt, comment, attempt }: TaskContext['reviews'][number],
  { attempts }: ContextData,
): Entry {
  const run = attempts.find(({ activity }) => activity === attempt)
  const subject = run === undefined ? '' : ` of attempt ${run.attempt}`
  return { line: `**${verdict}**${subject} ${by(reviewer)}, ${createdAt}`, texts: [{ text: comment }] }
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
  return { line: [code(iri), ...notes, code(id)].join(', ') }
}

import type { AgentId, NodeId } from '../../ids.js'
import type { Interference, TaskUpdated } from '../../record/tasks/apply-event.js'
import type { ExternalRef, Task, TaskRequirements } from '../../record/tasks/task.js'
import { PRIORITIES, type Priority } from '../../vocabulary.js'
import { listed } from '../text/listed.js'
import { shorten } from '../text/shorten.js'
import { words } from '../text/words.js'
import { momentAsOf, quoted, someOf } from './wording.js'

/** How the task is called in a clause: by its title where it is named first, and by a pronoun after that. */
interface Called {
  readonly it: string
  its(noun: string): string
}

/** What a clause is made from: how things are called, the fields as they were, and what became of them. */
interface Change {
  readonly name: (id: NodeId) => string
  readonly actor: AgentId
  readonly at: string
  readonly before: Task
  readonly erased: boolean
  readonly forced: boolean
}

type Changed = Omit<TaskUpdated, keyof Interference>

type Clause<Field extends keyof Changed> = (
  after: Exclude<Changed[Field], undefined>,
  change: Change,
  called: Called,
) => string

/** What is told of each field that an update can change, in the order in which it is told. */
const CLAUSES: { readonly [Field in keyof Required<Changed>]: Clause<Field> } = {
  title: (after, { before, erased }, { it }) =>
    erased ? `renamed ${it}` : `renamed ${it === 'it' ? it : quoted(before.title)} to ${quoted(after)}`,
  status: (after, { before, forced }, { it }) =>
    `moved ${it}${forced ? ' by force' : ''} from ${words(before.status)} to ${words(after)}`,
  priority: (after, { before }, { its }) =>
    `${isMoreUrgent(after, before.priority) ? 'raised' : 'lowered'} ${its('priority')} from ${before.priority} to ${after}`,
  type: (after, { before }, { its }) => `changed ${its('type')} from ${words(before.type)} to ${words(after)}`,
  phase: (after, { before }, { its }) => `changed ${its('phase')} from ${words(before.phase)} to ${words(after)}`,
  owner: (after, { before, name, actor }, { it }) => {
    if (after === null) return `took ${it} away from ${before.owner === undefined ? 'its owner' : name(before.owner)}`
    if (before.owner !== undefined) return `passed ${it} from ${name(before.owner)} to ${name(after)}`
    return after === actor ? `took ${it} on` : `gave ${it} to ${name(after)}`
  },
  parent: (after, { before, name }, { it }) => {
    if (after === null) return `took ${it} out of ${before.parent === undefined ? 'its parent' : name(before.parent)}`
    if (before.parent !== undefined) return `moved ${it} from ${name(before.parent)} to ${name(after)}`
    return `made ${it} part of ${name(after)}`
  },
  labels: (after, { before, erased }, { it, its }) => {
    const added = after.filter((label) => !before.labels.includes(label))
    const removed = before.labels.filter((label) => !after.includes(label))
    if (erased || added.length + removed.length === 0) return `changed ${its('labels')}`
    return [
      ...(added.length > 0 ? [`added ${labelsOf(added)} to ${it}`] : []),
      ...(removed.length > 0 ? [`removed ${labelsOf(removed)} from ${added.length > 0 ? 'it' : it}`] : []),
    ].join(' and ')
  },
  externalRefs: (after, { erased }, { its }) => {
    if (erased) return `changed ${its('external references')}`
    return after.length === 0
      ? `removed ${its('external references')}`
      : `set ${its('external references')} to ${someOf(after.map(referenceOf))}`
  },
  dueAt: (after, { at }, { its }) =>
    after === null ? `removed ${its('due time')}` : `set ${its('due time')} to ${momentAsOf(after, at)}`,
  notBefore: (after, { at }, { it }) =>
    after === null ? `let ${it} start at any time` : `held ${it} back until ${momentAsOf(after, at)}`,
  snoozedUntil: (after, { at }, { it }) =>
    after === null ? `woke ${it}` : `snoozed ${it} until ${momentAsOf(after, at)}`,
  requires: (after, _change, { its }) =>
    after === null ? `lifted ${its('requirements')}` : `set ${its('requirements')} to ${requirementWords(after)}`,
  description: (after, { before }, { its }) => `${writing(before.description, after)} ${its('description')}`,
  notes: (after, { before }, { its }) => `${writing(before.notes, after)} ${its('notes')}`,
}

/** Every field that an update changed, as one clause such as `renamed "A" to "B" and raised its priority from low to high`. */
export function updateClause(data: TaskUpdated, change: Change): string {
  const first: Called = { it: quoted(change.before.title), its: (noun) => `the ${noun} of ${first.it}` }
  const later: Called = { it: 'it', its: (noun) => `its ${noun}` }
  const clauses: string[] = []
  for (const field of Object.keys(CLAUSES) as (keyof Changed)[]) {
    if (data[field] === undefined) continue
    const clause = CLAUSES[field] as (after: unknown, change: Change, called: Called) => string
    clauses.push(clause(data[field], change, clauses.length === 0 ? first : later))
  }
  const last = clauses.pop() ?? `updated ${first.it}`
  return clauses.length === 0 ? last : `${clauses.join(', ')} and ${last}`
}

/** What a task asks of those who claim it, such as `the role reviewer and the capability "gpu"`. */
export function requirementWords({ role, capabilities = [] }: TaskRequirements): string {
  const able = capabilities.length === 1 ? 'capability' : 'capabilities'
  return listed([
    ...(role === undefined ? [] : [`the role ${words(role)}`]),
    ...(capabilities.length === 0 ? [] : [`the ${able} ${someOf(capabilities.map(quoted))}`]),
  ])
}

function isMoreUrgent(one: Priority, other: Priority): boolean {
  return PRIORITIES.indexOf(one) < PRIORITIES.indexOf(other)
}

function labelsOf(labels: readonly string[]): string {
  return `the label${labels.length === 1 ? '' : 's'} ${someOf(labels.map(quoted))}`
}

function referenceOf({ system, id }: ExternalRef): string {
  return shorten(`${system} ${id}`, 80)
}

function writing(before: string, after: string): string {
  if (after === '') return 'cleared'
  return before === '' ? 'wrote' : 'changed'
}

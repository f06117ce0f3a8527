import { deterministicId, type TaskId } from '../../ids.js'
import type { LogEvent } from '../../log/event.js'
import { TASK_EVENT_TYPES } from '../../record/tasks/apply-event.js'
import type { ExternalRef } from '../../record/tasks/task.js'
import type { Tracker } from '../../tracker.js'
import { inChunks } from './in-chunks.js'
import type { Moment } from './moment.js'
import { relationKeyOf } from './stored.js'

/** How a task stood after the last import that changed its status. */
export interface PastStatus {
  readonly status: string
  readonly reason: string | undefined
  readonly outcome: string | undefined
  /** When it was closed, as the record has it, and as the source said it. */
  readonly closedAt: string | undefined
  readonly claimedAt: string | undefined
}

/** The aspect that any change may have been about: the event has been erased. */
const ANY = '*'

/** Idempotency keys of what imports write: `beads-import-{uuid}@{updated_at of the issue}@{time the source said}`. */
const MARK = /^(beads-(?:import|event)-[0-9a-f-]{36})@([^@]*)@([^@]*)$/

/** The mark of an event that is written for an issue; `identity` is the same only for the same change. */
export function markOf(identity: string, updatedAt: Moment | undefined, claimed: Moment | undefined): string {
  return `${identity}@${updatedAt?.iso ?? ''}@${claimed?.iso ?? ''}`
}

/** The identity of a change to a task after so many events of the log. */
export function identityOf(task: TaskId, lastSeq: number, ...change: string[]): string {
  return `beads-import-${deterministicId('beads', task, String(lastSeq), ...change).slice(-36)}`
}

/** What imports wrote of a task, told from what was done here by their marks in the log. */
export class TaskPast {
  lastSeq = 0
  /** The latest time that an event of the task has. */
  lastAt = ''
  /** Whether anything was done here. */
  isTouched = false
  /** Whether texts that an import wrote were erased, so that nobody knows what they were. */
  isErased = false
  /** The newest `updated_at` of the issue that was imported. */
  updatedAt = ''
  /** The fields as imports left them. */
  readonly fields = new Map<string, unknown>()
  status: PastStatus | undefined
  /** The labels that imports added, and those that were added here. */
  readonly labels = new Set<string>()
  readonly labelsOfOurs = new Set<string>()
  parent: string | undefined
  /** The gates, `closed` where there is none, by relation that imports added; and the relations that were added here. */
  readonly gateByRelation = new Map<string, string>()
  readonly relationsOfOurs = new Set<string>()
  /** The status changes of the audit trail that were imported. */
  readonly statusChanges = new Set<string>()
  readonly #changedHere = new Map<string, string>()

  /** When a field, the status, or a relation was last changed here; empty if never. */
  changedHere(aspect: string): string {
    return later(this.#changedHere.get(aspect) ?? '', this.#changedHere.get(ANY) ?? '')
  }

  /** Takes the next event in. */
  apply(event: LogEvent): void {
    const mark = MARK.exec(event.idempotencyKey ?? '')
    this.lastSeq = event.seq
    this.lastAt = later(this.lastAt, event.at)
    if (mark === null) {
      this.isTouched = true
    } else {
      this.statusChanges.add(mark[1]!)
      this.updatedAt = later(this.updatedAt, mark[2]!)
    }
    const isOurs = mark === null
    if (event.data === undefined) this.#applyErased(event, isOurs)
    if (event.type.startsWith('relation.')) this.#applyRelation(event, isOurs)
    else if (event.type.startsWith('label.')) this.#applyLabel(event, isOurs)
    else if (event.type === 'task.created' || event.type === 'task.updated') this.#applyFields(event, isOurs)
    else this.#applyStatus(event, isOurs, mark?.[3] || event.at)
  }

  #applyErased(event: LogEvent, isOurs: boolean): void {
    if (isOurs) this.#note(ANY, event)
    else this.isErased = true
  }

  #applyFields({ data = {}, ...event }: LogEvent, isOurs: boolean): void {
    for (const [field, value] of Object.entries(data)) {
      if (isOurs) this.#note(field, event)
      else if (field !== 'status') this.fields.set(field, value)
    }
    const isCreation = event.type === 'task.created'
    if (!isOurs && (isCreation || typeof data.status === 'string')) this.#stand(isCreation ? 'open' : `${data.status}`)
    if (Array.isArray(data.labels)) {
      const labels = data.labels as string[]
      const before = [...this.labels, ...this.labelsOfOurs]
      for (const label of before) if (!labels.includes(label)) this.labelsOfOurs.delete(label)
      for (const label of labels) {
        if (!isOurs) this.labels.add(label)
        else if (!before.includes(label)) this.labelsOfOurs.add(label)
      }
    }
    if (Array.isArray(data.relations) && isOurs) {
      for (const { kind, target } of data.relations as { kind: 'parent'; target: TaskId }[]) {
        this.relationsOfOurs.add(relationKeyOf({ source: event.subject as TaskId, kind, target }))
      }
    }
    if (typeof data.parent === 'string') {
      this.#relate('parent', event.subject, data.parent, 'closed', isOurs)
    } else if (data.parent === null && !isOurs) this.parent = undefined
  }

  #applyStatus({ type, data = {}, ...event }: LogEvent, isOurs: boolean, claimedAt: string): void {
    if (isOurs) {
      this.#note('status', event)
      return
    }
    const reason = typeof data.reason === 'string' ? data.reason : undefined
    if (type === 'task.closed') {
      const outcome = typeof data.outcome === 'string' ? data.outcome : undefined
      this.status = { status: 'closed', reason, outcome, closedAt: event.at, claimedAt }
    } else this.#stand(type === 'task.held' ? 'blocked' : 'open', type === 'task.held' ? reason : undefined)
  }

  #stand(status: string, reason?: string): void {
    this.status = { status, reason, outcome: undefined, closedAt: undefined, claimedAt: undefined }
  }

  #applyLabel({ type, data }: LogEvent, isOurs: boolean): void {
    const label = data?.label
    if (typeof label !== 'string') return
    if (type === 'label.removed') {
      this.labelsOfOurs.delete(label)
      if (!isOurs) this.labels.delete(label)
    } else if (isOurs) {
      this.labelsOfOurs.add(label)
    } else {
      this.labels.add(label)
    }
  }

  #applyRelation({ type, data = {}, ...event }: LogEvent, isOurs: boolean): void {
    const { kind, target, gate } = data
    if (typeof kind !== 'string' || typeof target !== 'string') return
    const key = relationKeyOf({ source: event.subject as TaskId, kind: kind as 'parent', target: target as TaskId })
    if (isOurs) this.#note(kind === 'parent' ? 'parent' : key, event)
    if (type === 'relation.added') {
      this.#relate(kind, event.subject, target, typeof gate === 'string' ? gate : 'closed', isOurs)
      return
    }
    this.relationsOfOurs.delete(key)
    if (isOurs) return
    this.gateByRelation.delete(key)
    if (kind === 'parent') this.parent = undefined
  }

  #relate(kind: string, source: string, target: string, gate: string, isOurs: boolean): void {
    const key = relationKeyOf({ source: source as TaskId, kind: kind as 'parent', target: target as TaskId })
    if (isOurs) {
      this.relationsOfOurs.add(key)
      return
    }
    this.relationsOfOurs.delete(key)
    this.gateByRelation.set(key, gate)
    if (kind === 'parent') this.parent = target
  }

  #note(aspect: string, { at }: { readonly at: string }): void {
    this.#changedHere.set(aspect, later(this.#changedHere.get(aspect) ?? '', at))
  }

  /** Whether references of the source are as an import left them. */
  hasRefs(refs: readonly ExternalRef[]): boolean {
    const left = (this.fields.get('externalRefs') ?? []) as readonly ExternalRef[]
    return refs.every(({ system, id, url }) => left.some((r) => r.system === system && r.id === id && r.url === url))
  }
}

/** The later of two times as the record writes them. */
export function later(one: string, other: string): string {
  return one > other ? one : other
}

/** The pasts of tasks, read from the log when they are asked for, each once. */
export class Pasts {
  readonly #tracker: Tracker
  readonly #pastByTask = new Map<TaskId, Promise<TaskPast>>()

  constructor(tracker: Tracker) {
    this.#tracker = tracker
  }

  of(task: TaskId): Promise<TaskPast> {
    const known = this.#pastByTask.get(task)
    if (known !== undefined) return known
    const past = this.#read(task)
    this.#pastByTask.set(task, past)
    return past
  }

  /** Reads many at once. */
  async prepare(tasks: readonly TaskId[]): Promise<void> {
    const read = async (task: TaskId): Promise<void> => {
      await this.of(task)
    }
    await inChunks(tasks, read, () => {})
  }

  async #read(subject: TaskId): Promise<TaskPast> {
    const past = new TaskPast()
    let cursor: string | undefined
    do {
      const options = { subject, type: TASK_EVENT_TYPES, limit: 1_000, ...(cursor === undefined ? {} : { cursor }) }
      const page = await this.#tracker.log.events(options)
      for (const event of page.items) past.apply(event)
      cursor = page.nextCursor
    } while (cursor !== undefined)
    return past
  }
}

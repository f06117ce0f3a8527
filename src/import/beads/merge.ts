import type { TaskId } from '../../ids.js'
import type { Moment } from './moment.js'
import { identityOf, later, markOf, type TaskPast } from './past.js'
import type { BeadsIssue } from './records.js'
import type { Report } from './report.js'

/** Options of a command that an import gives. */
interface Written {
  readonly at?: string
  readonly idempotencyKey: string
}

/**
 * What an issue says now against what the last import left of its task and against what is here: what changed on one
 * side only stands, and of what changed on both sides the newer, with a warning.
 */
export class Merge {
  #saidStale = false

  constructor(
    readonly task: TaskId,
    readonly past: TaskPast,
    readonly issue: BeadsIssue,
    readonly report: Report,
  ) {}

  /** Whether something of the source is to be written, which is not as it is here. What is left out is reported. */
  takes(what: string, aspect: string, isSourceAsBefore: boolean, isHereAsBefore: boolean): boolean {
    const { updatedAt } = this.issue
    if (updatedAt !== undefined && updatedAt.iso < this.past.updatedAt) return this.#refuseStale(updatedAt.iso)
    if (isSourceAsBefore) return false
    if (isHereAsBefore) return true
    const here = this.past.changedHere(aspect)
    const isNewer = updatedAt !== undefined && updatedAt.iso > here
    const [since, outcome] = [
      updatedAt === undefined ? 'at a time it does not say' : `at ${updatedAt.iso}`,
      isNewer ? 'what Beads says, the newer, was taken' : 'what is here stays',
    ]
    const reason = `${what} was changed here${here === '' ? '' : ` at ${here}`} and in Beads ${since}: ${outcome}`
    this.report.warn('both_changed', this.issue.id, this.issue.line, reason)
    return isNewer
  }

  #refuseStale(updatedAt: string): false {
    if (!this.#saidStale) {
      const reason = `this is its state of ${updatedAt}; that of ${this.past.updatedAt} was imported before, and stays`
      this.report.warn('older', this.issue.id, this.issue.line, reason)
    }
    this.#saidStale = true
    return false
  }

  /** Something that an import is about to change in its own name, and not before the last change of the task. */
  now(moment: Moment | undefined, ...change: string[]): Written {
    return this.#written(moment === undefined ? undefined : later(moment.iso, this.past.lastAt), moment, change)
  }

  /** The same for what has a time of its own, which stays as long as nothing was done here. */
  dated(moment: Moment | undefined, ...change: string[]): Written {
    return this.past.isTouched ? this.now(moment, ...change) : this.#written(moment?.iso, moment, change)
  }

  #written(at: string | undefined, claimed: Moment | undefined, change: string[]): Written {
    const identity = identityOf(this.task, this.past.lastSeq, ...change)
    const idempotencyKey = markOf(identity, this.issue.updatedAt, claimed)
    return at === undefined ? { idempotencyKey } : { at, idempotencyKey }
  }
}

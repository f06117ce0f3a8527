import type { ActivityId, AgentId, TaskId } from '../../ids.js'
import type { LogHead } from '../../log/event.js'
import type { CompletionPolicy } from '../../record/contracts/contract.js'
import type { Outcome, Status } from '../../vocabulary.js'
import type { Gap } from '../lineage/lineage.js'

/** What `projectReport` takes besides the tracker. */
export interface ProjectReportOptions {
  /** Only tasks, activities and artifacts of this namespace, and whoever worked on them. */
  readonly namespace?: string
  /** Count what happened at this time or later: ISO 8601 with a time zone, such as `2026-01-05T09:00:00Z`; default: all of it. */
  readonly since?: string
}

/** How the tasks of a project fared in one week, which begins on Monday, in UTC. */
export interface WeekOfWork {
  /** The Monday, such as `2026-01-05`. */
  readonly week: string
  readonly created: number
  /** By how they ended. */
  readonly closed: Readonly<Record<Outcome, number>>
  readonly reopened: number
}

/** How long tasks stayed in one status, over the stays that ended or still last. */
export interface TimeInStatus {
  readonly status: Exclude<Status, 'closed'>
  /** Stays in it; a task that came back counts twice. */
  readonly stays: number
  readonly medianMs: number
  readonly longestMs: number
  readonly totalMs: number
}

/** What one agent did. */
export interface AgentAtWork {
  readonly agent: AgentId
  readonly name: string
  /** The agents that it acted on behalf of, nearest first. */
  readonly onBehalfOf: readonly { readonly agent: AgentId; readonly name: string }[]
  readonly activities: number
  /** As many of these as failed, and of the attempts as were rejected in the period. */
  readonly failedActivities: number
  /** Time in activities that have ended. */
  readonly activeMs: number
  readonly tasksCreated: number
  readonly tasksClosed: number
  readonly artifactsMade: number
}

/** A task with the name that a report shows. */
export interface NamedTask {
  readonly task: TaskId
  readonly title: string
}

/** A task that waits, and why: the sentence of `tasks.explain`. */
export interface WaitingTask extends NamedTask {
  readonly sentence: string
}

/** A claim that has not ended. */
export interface ClaimAtWork extends NamedTask {
  readonly activity: ActivityId
  readonly agent: AgentId
  readonly agentName: string
  /** Which attempt at the task it is. */
  readonly attempt: number
  readonly startedAt: string
  readonly expiresAt: string
  /** The lease has run out, which no write has found yet. */
  readonly expired: boolean
}

/** A task in review. */
export interface ReviewWaitedFor extends NamedTask {
  /** Who handed it in, and when; absent where there is no submission to judge. */
  readonly agent?: AgentId
  readonly agentName?: string
  readonly submittedAt?: string
  readonly policy: CompletionPolicy
  /** By how many it is approved, and by how many it has to be. */
  readonly approvals: number
  readonly approvalsNeeded: number
}

/** A task that should be closed by now. */
export interface OverdueTask extends NamedTask {
  readonly dueAt: string
  readonly status: Status
}

/** A change of status that went round a contract or a claim. */
export interface ForcedChange extends NamedTask {
  readonly at: string
  readonly agent: AgentId
  readonly agentName: string
  /** Where the task stood then. */
  readonly status: Status
  readonly outcome?: Outcome
  readonly reason: string
}

/**
 * Something that went wrong, and the reason that was given. A lease that ran out is the failure of an activity, and so is an
 * attempt that was rejected, when it was.
 */
export interface Failure {
  readonly kind: 'activity' | 'task'
  readonly id: ActivityId | TaskId
  readonly name: string
  readonly at: string
  /** Whose work it was. */
  readonly agent: AgentId
  readonly agentName: string
  /** Who rejected the work, where that is what happened; the reason is their comment then. */
  readonly rejectedBy?: AgentId
  readonly rejectedByName?: string
  /** Empty where none was stated. */
  readonly reason: string
}

/** How a project stands, and how it came there. */
export interface ProjectReport {
  readonly kind: 'project'
  readonly namespace?: string
  readonly since?: string
  readonly head: LogHead
  /** The latest time that an event names, up to which stays that last are counted; absent in an empty record. */
  readonly asOf?: string
  /** What time it was by the clock of the tracker: what is ready, claimed and overdue turns on it. */
  readonly now: string
  /** Tasks by status, as they are now. */
  readonly tasks: Readonly<Record<Status, number>>
  /** Tasks that can be worked on now. */
  readonly ready: number
  /** Week after week, oldest first; stretches of more than a year in which nothing happened are left out. */
  readonly throughput: readonly WeekOfWork[]
  readonly timeInStatus: readonly TimeInStatus[]
  /** The busiest first. */
  readonly agents: readonly AgentAtWork[]
  /** Who works on what, the longest first; at most 50 of `claimsTotal`. */
  readonly claims: readonly ClaimAtWork[]
  readonly claimsTotal: number
  /** What is in review, oldest task first; at most 50 of `reviewsTotal`. */
  readonly reviews: readonly ReviewWaitedFor[]
  readonly reviewsTotal: number
  /** The longest overdue first; at most 50 of `overdueTotal`. */
  readonly overdue: readonly OverdueTask[]
  readonly overdueTotal: number
  /** What is not ready and why, most urgent first; at most 50 of `waitingTotal`. */
  readonly waiting: readonly WaitingTask[]
  readonly waitingTotal: number
  /** The longest chain of tasks that must be done one after another. */
  readonly criticalPath: readonly NamedTask[]
  /** Newest first. */
  readonly failures: readonly Failure[]
  /** Every change of status by force, also where the task has moved on: newest first. */
  readonly forced: readonly ForcedChange[]
  /** What the record does not know; at most 100 of `gapsTotal`. */
  readonly gaps: readonly Gap[]
  readonly gapsTotal: number
}

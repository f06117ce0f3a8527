import type { ActivityId, AgentId, TaskId } from '../../ids.js'
import type { LogHead } from '../../log/event.js'
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

/** Something that went wrong, and the reason that was given. */
export interface Failure {
  readonly kind: 'activity' | 'task'
  readonly id: ActivityId | TaskId
  readonly name: string
  readonly at: string
  readonly agent: AgentId
  readonly agentName: string
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
  /** Tasks by status, as they are now. */
  readonly tasks: Readonly<Record<Status, number>>
  /** Tasks that can be worked on now. */
  readonly ready: number
  /** Week after week, oldest first; stretches of more than a year in which nothing happened are left out. */
  readonly throughput: readonly WeekOfWork[]
  readonly timeInStatus: readonly TimeInStatus[]
  /** The busiest first. */
  readonly agents: readonly AgentAtWork[]
  /** What is not ready and why, most urgent first; at most 50 of `waitingTotal`. */
  readonly waiting: readonly WaitingTask[]
  readonly waitingTotal: number
  /** The longest chain of tasks that must be done one after another. */
  readonly criticalPath: readonly NamedTask[]
  /** Newest first. */
  readonly failures: readonly Failure[]
  /** What the record does not know; at most 100 of `gapsTotal`. */
  readonly gaps: readonly Gap[]
  readonly gapsTotal: number
}

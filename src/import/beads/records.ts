import type { Fields } from './fields.js'
import type { Moment } from './moment.js'

/** Where something stands in the source. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** One issue, tombstones included. */
export interface BeadsIssue extends Place {
  readonly id: string
  readonly title: string
  readonly createdAt: Moment | undefined
  readonly updatedAt: Moment | undefined
  /** All other fields, until somebody takes them. */
  readonly fields: Fields
}

/** `issue` depends on `dependsOn`, in one of Beads' senses of the word. */
export interface BeadsDependency extends Place {
  readonly issue: string
  readonly dependsOn: string
  readonly type: string
  readonly createdAt: Moment | undefined
  readonly createdBy: string
}

/** A label of an issue, as it is written there. */
export interface BeadsLabel extends Place {
  readonly issue: string
  readonly label: string
}

/** A comment on an issue. */
export interface BeadsComment extends Place {
  readonly issue: string
  readonly author: string
  readonly text: string
  readonly createdAt: Moment | undefined
}

/** One entry of the audit trail that the newer layout keeps. */
export interface BeadsEvent extends Place {
  readonly id: string
  readonly issue: string
  readonly type: string
  readonly actor: string
  readonly newValue: string
  readonly comment: string
  readonly createdAt: Moment | undefined
}

/** Everything that was read, in the order of the source. */
export interface BeadsData {
  readonly issueById: ReadonlyMap<string, BeadsIssue>
  readonly dependencies: readonly BeadsDependency[]
  readonly labels: readonly BeadsLabel[]
  readonly comments: readonly BeadsComment[]
  readonly events: readonly BeadsEvent[]
}

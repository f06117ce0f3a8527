import type { ActivityId, AgentId, EvidenceId, NodeId } from '../../ids.js'
import type { LogHead } from '../../log/event.js'
import type { Activity } from '../../record/activities/activity.js'
import type { Agent } from '../../record/agents/agent.js'
import type { Artifact } from '../../record/artifacts/artifact.js'
import type { Run } from '../../record/claims/claim.js'
import type { Contract } from '../../record/contracts/contract.js'
import type { Evidence } from '../../record/evidence/evidence.js'
import type { Decision, Learning } from '../../record/knowledge/knowledge.js'
import type { LineageKind, LineageRelation } from '../../record/lineage/lineage-relation.js'
import type { LineageDirection } from '../../record/lineage/walk.js'
import type { Review } from '../../record/reviews/review.js'
import type { Comment, Task } from '../../record/tasks/task.js'
import type { CriterionStatus, Verdict } from '../../vocabulary.js'
import type { TimelineEntry } from '../timeline/timeline-entry.js'

/** What `lineage` takes besides the tracker and the node. */
export interface LineageOptions {
  /** Default: `both`. */
  readonly direction?: LineageDirection
  /** 0 or more steps; default: all of them. */
  readonly depth?: number
  /** Follow relations of these kinds only. */
  readonly kinds?: readonly LineageKind[]
  /** The most nodes to return, the root included: 1 to 100,000; default: 1,000. */
  readonly maxNodes?: number
}

/** Where a node of a lineage lies: how it was reached, and by how many steps at least. */
interface Reached {
  readonly id: NodeId
  /** What a person calls it: title, name, label, IRI. */
  readonly label: string
  /** Steps from the root: 0 for the root itself. */
  readonly distance: number
  /** Absent on the root. Who bears the responsibility for an effect, and the decisions that it used, are origins of it. */
  readonly direction?: 'origin' | 'effect'
  /** The relation by which it was reached first; absent on the root. */
  readonly reachedBy?: LineageRelation
}

/** What a reviewer said of the submission of an attempt. */
export interface Judgement {
  readonly review: ActivityId
  readonly reviewer: AgentId
  readonly reviewerName: string
  readonly verdict: Verdict
  readonly comment: string
}

/** What a submission says of one criterion of the contract that it was judged by. */
export interface CriterionOutcome {
  readonly id: string
  /** What the criterion asks for; absent where the contract does not have it. */
  readonly text?: string
  readonly status: CriterionStatus
  readonly evidence: readonly EvidenceId[]
  /** Who let it pass, and why. */
  readonly waiver?: { readonly reason: string; readonly by: AgentId; readonly byName: string }
}

/** The change of status that ended an attempt: by its holder, or by somebody else, who forced it. */
export interface CutOff {
  readonly how: 'closed' | 'held' | 'moved'
  readonly by: AgentId
  readonly byName: string
  readonly byHolder: boolean
  readonly reason?: string
}

/** One version of a contract, under the names of those who have to do with it. */
export interface ContractRevision {
  /** 1, 2, 3 … */
  readonly version: number
  readonly contract: Contract
  readonly agent: AgentId
  readonly agentName: string
  /** Why it was revised; absent for the first, which the task was created with. */
  readonly reason?: string
  readonly evidence: readonly { readonly evidence: EvidenceId; readonly name: string }[]
  readonly createdAt: string
}

/** What kind of node something is, and its fields. */
export type NodeFields =
  | {
      readonly kind: 'task'
      readonly fields: Task
      /** Every version of its contract, oldest first, where there is more than one. */
      readonly contracts?: readonly ContractRevision[]
    }
  | { readonly kind: 'artifact'; readonly fields: Artifact }
  | { readonly kind: 'comment'; readonly fields: Comment }
  | { readonly kind: 'agent'; readonly fields: Agent }
  | {
      readonly kind: 'activity'
      readonly fields: Activity
      /** There where a claim started it: which attempt it is, and how it came out. */
      readonly run?: Run
      /** There where it is an attempt that was judged: by whom and how, in the order of the reviews. */
      readonly judgements?: readonly Judgement[]
      /** There where it is an attempt whose submission says something of criteria. */
      readonly criteria?: readonly CriterionOutcome[]
      /** There where it is an attempt that a change of status ended. */
      readonly cutOff?: CutOff
      /** There where it is a review: what it says, and the number of the attempt that it judges. */
      readonly review?: Review
      readonly judged?: number
    }
  | { readonly kind: 'decision'; readonly fields: Decision }
  | { readonly kind: 'learning'; readonly fields: Learning }
  | { readonly kind: 'evidence'; readonly fields: Evidence }

/** A node of a lineage, with its fields. */
export type LineageNode = Reached & NodeFields

/** A node of one kind. */
export type NodeOf<Kind extends LineageNode['kind']> = Extract<LineageNode, { kind: Kind }>

/**
 * Something to look into: what the record does not know and a reader would want to, or what went round a rule.
 *
 * - `activity_without_end`: an activity has not ended
 * - `task_without_attribution`: no author is known for a task
 * - `artifact_without_origin`: no activity is known to have made an artifact
 * - `model_without_version`: an ML agent does not say which version of its model it is
 * - `closed_without_activity`: a task is closed, and no activity is known to have worked on it
 * - `lease_ran_out`: the lease of an attempt ran out, and what became of the work is not known
 * - `forced`: the status of a task stands as somebody changed it by force, round a contract or a claim
 * - `superseded`: an activity used a decision or learning that something had taken the place of by then
 * - `superseded_since`: an activity used a decision or learning that stood then, and that something has taken the place of
 *   since: no fault, but what rests on it may have to be looked at again
 * - `erased`: data of an event about it was erased
 */
export interface Gap {
  readonly kind:
    | 'activity_without_end'
    | 'task_without_attribution'
    | 'artifact_without_origin'
    | 'model_without_version'
    | 'closed_without_activity'
    | 'lease_ran_out'
    | 'forced'
    | 'superseded'
    | 'superseded_since'
    | 'erased'
  readonly node: NodeId
  /** The same in one English sentence. */
  readonly sentence: string
}

/**
 * A node whose relations were not all followed: `omitted` of them lead to nodes that are left out.
 *
 * `depth`: all of these are further away than was asked for. `max_nodes`: there was no room for some. Of the root, the
 * other artifacts with its IRI are counted too where there was no room for them.
 */
export interface Truncation {
  readonly node: NodeId
  readonly reason: 'depth' | 'max_nodes'
  readonly omitted: number
}

/** Everything that something came from or led to. */
export interface Lineage {
  readonly kind: 'lineage'
  readonly root: NodeId
  readonly direction: LineageDirection
  /** The root, then the others nearest first. */
  readonly nodes: readonly LineageNode[]
  /** The relations that were followed, both ends of which are in `nodes`, each once. */
  readonly relations: readonly LineageRelation[]
  /** What happened to the nodes, in order of the log. */
  readonly timeline: readonly TimelineEntry[]
  readonly gaps: readonly Gap[]
  /** Empty where everything is here. */
  readonly truncated: readonly Truncation[]
  /** How far the log went when it was read. */
  readonly head: LogHead
}

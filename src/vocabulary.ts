/**
 * The words that a record is written with.
 *
 * Priorities, statuses, outcomes, gates, agent kinds, stages and what claims, submissions and reviews say are fixed: rules of
 * the library turn on them. Phases, roles, task types and stop reasons belong to the team that works: the lists here are
 * defaults that a file replaces with a {@link Vocabulary} of its own.
 */

/**
 * How urgent a task is, most urgent first; of two tasks that are ready, the one that stands earlier here is offered
 * first. `backlog` is for work that is wanted at no particular time.
 */
export const PRIORITIES = Object.freeze(['critical', 'high', 'medium', 'low', 'backlog'] as const)

/** One of {@link PRIORITIES}. */
export type Priority = (typeof PRIORITIES)[number]

/**
 * Where a task stands.
 *
 * - `open`: nobody works on it.
 * - `in_progress`: somebody works on it.
 * - `in_review`: the work is done and somebody judges it.
 * - `blocked`: somebody has put it on hold. A task that merely waits for another one is not `blocked` in this sense;
 *   that is computed from its relations.
 * - `closed`: it is over, with one of {@link OUTCOMES}; it can be reopened.
 */
export const STATUSES = Object.freeze(['open', 'in_progress', 'in_review', 'blocked', 'closed'] as const)

/** One of {@link STATUSES}. */
export type Status = (typeof STATUSES)[number]

/**
 * How work came out.
 *
 * - `completed`: what was asked for is there.
 * - `failed`: it was tried and is not.
 * - `cancelled`: it is no longer wanted.
 */
export const OUTCOMES = Object.freeze(['completed', 'failed', 'cancelled'] as const)

/** One of {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number]

/**
 * What a task that is blocked by another one waits for.
 *
 * - `closed`: the blocker is over, however it came out.
 * - `completed`: the blocker came out as `completed`.
 * - `failed`: the blocker came out as `failed`; for the plan B that is needed only then.
 */
export const GATES = Object.freeze(['closed', 'completed', 'failed'] as const)

/** One of {@link GATES}. */
export type Gate = (typeof GATES)[number]

/**
 * What kinds of work there are, unless the file says otherwise: a defect to mend, something new for users, a plain piece
 * of work, a large one that is split into children, and upkeep that users do not see.
 */
export const TASK_TYPES = Object.freeze(['bug', 'feature', 'task', 'epic', 'chore'] as const)

/** One of {@link TASK_TYPES}, or a word of the file's own vocabulary. */
export type TaskType = (typeof TASK_TYPES)[number] | (string & {})

/** What an id names: the kinds of node that a record holds. */
export const NODE_KINDS = Object.freeze([
  'task',
  'agent',
  'activity',
  'artifact',
  'comment',
  'decision',
  'learning',
  'evidence',
] as const)

/** One of {@link NODE_KINDS}. */
export type NodeKind = (typeof NODE_KINDS)[number]

/**
 * What an agent is, after the agent types of PROV-O (https://www.w3.org/TR/prov-o/#Agent): `human` is a prov:Person,
 * `ml` (a model in a role) and `software` (any other program) are prov:SoftwareAgent, `organization` is a
 * prov:Organization.
 */
export const AGENT_KINDS = Object.freeze(['human', 'ml', 'software', 'organization'] as const)

/** One of {@link AGENT_KINDS}. */
export type AgentKind = (typeof AGENT_KINDS)[number]

/**
 * The function that an agent has in an activity (prov:hadRole), unless the file says otherwise: the person who asks and
 * accepts, who designs, who hands out work, who does it, who judges it.
 */
export const ROLES = Object.freeze(['human', 'architect', 'supervisor', 'worker', 'reviewer'] as const)

/** One of {@link ROLES}, or a word of the file's own vocabulary. */
export type Role = (typeof ROLES)[number] | (string & {})

/**
 * How a claim came to its end.
 *
 * - `completed`: its holder handed in a submission.
 * - `released`: its holder gave it back.
 * - `reset`: somebody else took it away.
 * - `expired`: its lease ran out.
 * - `closed`: its task was closed, put on hold or moved meanwhile.
 */
export const CLAIM_ENDS = Object.freeze(['completed', 'released', 'reset', 'expired', 'closed'] as const)

/** One of {@link CLAIM_ENDS}. */
export type ClaimEnd = (typeof CLAIM_ENDS)[number]

/**
 * What a submission says of the work.
 *
 * - `done`: what was asked for is there.
 * - `pending_review`: it is there as far as its maker can tell, and others are to judge it.
 * - `failed`: it was tried and is not.
 * - `blocked`: it cannot go on before other tasks.
 */
export const SUBMISSION_OUTCOMES = Object.freeze(['done', 'pending_review', 'failed', 'blocked'] as const)

/** One of {@link SUBMISSION_OUTCOMES}. */
export type SubmissionOutcome = (typeof SUBMISSION_OUTCOMES)[number]

/** Why work stopped, unless the file says otherwise; `other` is said in a text. */
export const STOP_REASONS = Object.freeze([
  'provider_unavailable',
  'verification_failed',
  'requirements_unclear',
  'budget_exhausted',
  'timed_out',
  'environment_broken',
  'other',
] as const)

/** One of {@link STOP_REASONS}, or a word of the file's own vocabulary. */
export type StopReason = (typeof STOP_REASONS)[number] | (string & {})

/** What a reviewer says of a submission. */
export const VERDICTS = Object.freeze(['approve', 'reject', 'request_changes'] as const)

/** One of {@link VERDICTS}. */
export type Verdict = (typeof VERDICTS)[number]

/** How it is shown that a criterion of a contract is met. */
export const VERIFICATION_METHODS = Object.freeze(['test', 'review', 'measure', 'manual'] as const)

/** One of {@link VERIFICATION_METHODS}. */
export type VerificationMethod = (typeof VERIFICATION_METHODS)[number]

/** What a submission says of a criterion. */
export const CRITERION_STATUSES = Object.freeze(['met', 'not_met', 'waived'] as const)

/** One of {@link CRITERION_STATUSES}. */
export type CriterionStatus = (typeof CRITERION_STATUSES)[number]

/** How far an activity has come within its phase. `blocked` means that it cannot go on. */
export const STAGES = Object.freeze(['not_started', 'in_progress', 'blocked', 'complete'] as const)

/** One of {@link STAGES}. */
export type Stage = (typeof STAGES)[number]

/**
 * The steps from a wish to landed work, in their order, unless the file says otherwise: the wish is heard (`request`),
 * questioned (`elicit`), answered with a plan (`propose`) that is judged (`review`), accepted by users (`plan_uat`) and
 * decided (`ratify`); it goes to those who build it (`handoff`), who plan (`impl_plan`), work (`worker_slices`) and are
 * judged (`code_review`); users accept the result (`impl_uat`) and it is merged (`landing`). `unscoped` is for work
 * outside of that process. UAT is user acceptance testing.
 */
export const PHASES = Object.freeze([
  'request',
  'elicit',
  'propose',
  'review',
  'plan_uat',
  'ratify',
  'handoff',
  'impl_plan',
  'worker_slices',
  'code_review',
  'impl_uat',
  'landing',
  'unscoped',
] as const)

/** One of {@link PHASES}, or a word of the file's own vocabulary. */
export type Phase = (typeof PHASES)[number] | (string & {})

/** The words that a file allows for what teams name differently. */
export interface Vocabulary {
  /** Steps of the process, in their order. */
  readonly phases: readonly string[]
  /** Functions that agents have. */
  readonly roles: readonly string[]
  /** Kinds of work. */
  readonly taskTypes: readonly string[]
  /** Why work stopped: {@link STOP_REASONS} and words of the file's own. */
  readonly stopReasons: readonly string[]
}

/** The vocabulary of a file that names none: {@link PHASES}, {@link ROLES}, {@link TASK_TYPES} and {@link STOP_REASONS}. */
export const DEFAULT_VOCABULARY: Vocabulary = Object.freeze({
  phases: PHASES,
  roles: ROLES,
  taskTypes: TASK_TYPES,
  stopReasons: STOP_REASONS,
})

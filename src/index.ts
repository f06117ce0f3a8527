export {
  ActivityEndedError,
  ActivityOfClaimError,
  AgentKindMismatchError,
  AlreadyClosedError,
  AlreadyExistsError,
  AlreadyHasParentError,
  AlreadySupersededError,
  CannotOpenError,
  ClaimExpiredError,
  ClaimLimitError,
  ClaimLostError,
  ContractNotMetError,
  CorruptFileError,
  CycleDetectedError,
  DiskFullError,
  EmptyLogError,
  EventNotFoundError,
  FileLockedError,
  GateConflictError,
  IdempotencyConflictError,
  IllegalTransitionError,
  ImportError,
  type InputIssue,
  InvalidIdError,
  InvalidInputError,
  InvalidNamespaceError,
  InvalidTokenError,
  LayoutError,
  LogDivergedError,
  LogGapError,
  LogImportError,
  LogNamespaceError,
  MissingDependencyError,
  type MissingObligation,
  NamespaceMismatchError,
  NotAProvtrailFileError,
  NotClaimableError,
  NotClaimedError,
  NotFoundError,
  NothingToReviewError,
  PolicyLoosenedError,
  ProvtrailError,
  ReadOnlyError,
  RelationDomainError,
  ReviewerNotAllowedError,
  SchemaVersionError,
  StaleRevisionError,
  StorageError,
  TaskClaimedError,
  TrackerClosedError,
  TrackerInTransactionError,
  TransactionClosedError,
  UnknownModelError,
  UnreadableEventError,
  UnwritableTermError,
  VocabularyMismatchError,
} from './errors.js'
export type { ExportProgress } from './export/export-context.js'
export { type ExportDetail, type ExportOptions, exportProv } from './export/export-prov.js'
export { type Bottleneck, type BottleneckOptions, bottlenecks } from './graph/bottlenecks.js'
export { type CriticalPath, type CriticalPathOptions, criticalPath } from './graph/critical-path.js'
export { findCycles } from './graph/find-cycles.js'
export { type Impact, impact } from './graph/impact.js'
export {
  TASK_RELATION_KINDS,
  type TaskEdge,
  type TaskGraph,
  type TaskGraphOptions,
  type TaskRelationKind,
  taskGraph,
} from './graph/task-graph.js'
export type { WaitingInput } from './graph/waiting.js'
export { type Waves, waves } from './graph/waves.js'
export {
  type ActivityId,
  type AgentId,
  type ArtifactId,
  type CommentId,
  type DecisionId,
  deterministicId,
  type EntityId,
  type EvidenceId,
  type IdParts,
  type LearningId,
  type NodeId,
  newActivityId,
  newAgentId,
  newArtifactId,
  newCommentId,
  newDecisionId,
  newEvidenceId,
  newLearningId,
  newTaskId,
  newUuid,
  parseActivityId,
  parseAgentId,
  parseArtifactId,
  parseCommentId,
  parseDecisionId,
  parseEvidenceId,
  parseId,
  parseLearningId,
  parseTaskId,
  type TaskId,
  toActivityId,
  toAgentId,
  toArtifactId,
  toCommentId,
  toDecisionId,
  toEvidenceId,
  toLearningId,
  toTaskId,
} from './ids.js'
export { importBeads } from './import/beads/import-beads.js'
export type {
  BeadsImportOptions,
  BeadsImportPhase,
  BeadsImportProgress,
  BeadsImportResult,
  BeadsSkipped,
  BeadsUnmapped,
  BeadsWarning,
} from './import/beads/result.js'
export type { Json } from './json.js'
export type { EventData, EventType, LogEvent, LogHead, Verification } from './log/event.js'
export type { SealKey } from './log/seal.js'
export type { LogSource } from './log/split-lines.js'
export type { Model } from './models/model.js'
export {
  anyModel,
  createModelRegistry,
  defaultModelRegistry,
  extendModelRegistry,
  type ModelRegistry,
} from './models/registry.js'
export { defaultNamespace, namespaceFromDirectory, namespaceFromGitRemote } from './namespace.js'
export { type OpenOptions, openTracker } from './open-tracker.js'
export type { Page, PageOptions } from './page.js'
export type {
  Activities,
  Activity,
  ActivityEnd,
  ActivityListOptions,
  NewActivity,
} from './record/activities/activity.js'
export type {
  Agent,
  AgentListOptions,
  Agents,
  HumanAgent,
  MlAgent,
  NewHuman,
  NewMl,
  NewOrganization,
  NewSoftware,
  OrganizationAgent,
  RegisterOptions,
  SoftwareAgent,
} from './record/agents/agent.js'
export type { Artifact, ArtifactListOptions, Artifacts, NewArtifact } from './record/artifacts/artifact.js'
export type {
  Claim,
  Claimed,
  ClaimListOptions,
  ClaimOptions,
  Claims,
  Completion,
  CriterionResult,
  NextOptions,
  Run,
  RunListOptions,
  Runs,
  Submission,
} from './record/claims/claim.js'
export type { BlockerResult, ContextOptions, ReadContext, TaskContext } from './record/context/context.js'
export type {
  CompletionPolicy,
  Contract,
  Contracts,
  ContractVersion,
  Criterion,
  RetryPolicy,
} from './record/contracts/contract.js'
export type { Evidence, EvidenceGroup, EvidenceListOptions, NewEvidence } from './record/evidence/evidence.js'
export type {
  EventListOptions,
  ExportEventsOptions,
  Log,
  LogImport,
  LogSnapshot,
  RecordState,
  Seal,
  SnapshotOptions,
  SubscribeOptions,
  VerifyOptions,
} from './record/history/log.js'
export type {
  Decision,
  Decisions,
  Inherited,
  Knowledge,
  KnowledgeListOptions,
  KnowledgeOptions,
  Learning,
  Learnings,
  NewKnowledge,
} from './record/knowledge/knowledge.js'
export {
  FIELD_RELATIONS,
  LINEAGE_KINDS,
  type LineageKind,
  type LineageRelation,
} from './record/lineage/lineage-relation.js'
export type { Scope } from './record/lineage/scope.js'
export type { LineageDirection } from './record/lineage/walk.js'
export type { CommandOptions, RevisionOptions } from './record/options.js'
export {
  type Moment,
  RELATION_KINDS,
  RELATIONS,
  type RelationDefinition,
  type RelationKind,
  type Wait,
} from './record/relations/registry.js'
export type { Relation, RelationChangeOptions, RelationListOptions, Relations } from './record/relations/relation.js'
export type { NewReview, Review, Reviewed, ReviewListOptions, Reviews } from './record/reviews/review.js'
export type {
  BlockedOptions,
  Blocker,
  Comment,
  Dependency,
  Explanation,
  ExternalRef,
  ForceOptions,
  NewTask,
  OneOf,
  OverdueOptions,
  ReadyOptions,
  Reason,
  Task,
  TaskAtDistance,
  TaskChanges,
  TaskFilter,
  TaskListOptions,
  TaskRequirements,
  TaskSort,
  Tasks,
  WalkOptions,
} from './record/tasks/task.js'
export { byArtifact, type Makers, type MakersOptions } from './report/lineage/by-artifact.js'
export type {
  ContractRevision,
  CriterionOutcome,
  CutOff,
  Gap,
  Judgement,
  Lineage,
  LineageNode,
  LineageOptions,
  NodeFields,
  Truncation,
} from './report/lineage/lineage.js'
export { lineage } from './report/lineage/read-lineage.js'
export { projectReport } from './report/project/build-project-report.js'
export type {
  AgentAtWork,
  ClaimAtWork,
  Failure,
  ForcedChange,
  NamedTask,
  OverdueTask,
  ProjectReport,
  ProjectReportOptions,
  ReviewWaitedFor,
  TimeInStatus,
  WaitingTask,
  WeekOfWork,
} from './report/project/project-report.js'
export { renderReport } from './report/render-report.js'
export type {
  LineageFormat,
  LineageRenderOptions,
  ProjectFormat,
  ProjectRenderOptions,
  RenderProgress,
  RenderSettings,
  Report,
} from './report/report-format.js'
export { type TimelineOptions, timeline } from './report/timeline/timeline.js'
export type { TimelineEntry } from './report/timeline/timeline-entry.js'
export type { Durability } from './store/store.js'
export type { Groups, Tracker, TransactionTracker } from './tracker.js'
export {
  AGENT_KINDS,
  type AgentKind,
  CLAIM_ENDS,
  type ClaimEnd,
  CRITERION_STATUSES,
  type CriterionStatus,
  DEFAULT_VOCABULARY,
  GATES,
  type Gate,
  NODE_KINDS,
  type NodeKind,
  OUTCOMES,
  type Outcome,
  PHASES,
  type Phase,
  PRIORITIES,
  type Priority,
  ROLES,
  type Role,
  STAGES,
  STATUSES,
  STOP_REASONS,
  type Stage,
  type Status,
  type StopReason,
  SUBMISSION_OUTCOMES,
  type SubmissionOutcome,
  TASK_TYPES,
  type TaskType,
  VERDICTS,
  VERIFICATION_METHODS,
  type Verdict,
  type VerificationMethod,
  type Vocabulary,
} from './vocabulary.js'

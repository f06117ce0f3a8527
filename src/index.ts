export {
  ActivityEndedError,
  AgentKindMismatchError,
  AlreadyClosedError,
  AlreadyExistsError,
  AlreadyHasParentError,
  CannotOpenError,
  CorruptFileError,
  CycleDetectedError,
  DiskFullError,
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
  LayoutError,
  MissingDependencyError,
  NamespaceMismatchError,
  NotAProvtrailFileError,
  NotFoundError,
  ProvtrailError,
  ReadOnlyError,
  RelationDomainError,
  SchemaVersionError,
  StaleRevisionError,
  StorageError,
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
  deterministicId,
  type EntityId,
  type IdParts,
  type NodeId,
  newActivityId,
  newAgentId,
  newArtifactId,
  newCommentId,
  newTaskId,
  newUuid,
  parseActivityId,
  parseAgentId,
  parseArtifactId,
  parseCommentId,
  parseId,
  parseTaskId,
  type TaskId,
  toActivityId,
  toAgentId,
  toArtifactId,
  toCommentId,
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
export type { EventListOptions, Log, VerifyOptions } from './log/log.js'
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
export type { Relation, RelationListOptions, Relations } from './record/relations/relation.js'
export type {
  BlockedOptions,
  Blocker,
  Comment,
  Dependency,
  Explanation,
  ExternalRef,
  NewTask,
  OneOf,
  ReadyOptions,
  Reason,
  Task,
  TaskAtDistance,
  TaskChanges,
  TaskFilter,
  TaskListOptions,
  TaskSort,
  Tasks,
  WalkOptions,
} from './record/tasks/task.js'
export { byArtifact, type Makers, type MakersOptions } from './report/lineage/by-artifact.js'
export type {
  Gap,
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
  Failure,
  NamedTask,
  ProjectReport,
  ProjectReportOptions,
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
  type Stage,
  type Status,
  TASK_TYPES,
  type TaskType,
  type Vocabulary,
} from './vocabulary.js'

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
  VocabularyMismatchError,
} from './errors.js'
export { type ExportOptions, exportProv } from './export/export-prov.js'
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

import { describe, expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import type {
  Activities,
  ActivityEnd,
  ActivityId,
  ActivityListOptions,
  AgentId,
  AgentListOptions,
  Agents,
  ArtifactListOptions,
  Artifacts,
  BlockedOptions,
  ClaimListOptions,
  ClaimOptions,
  Claims,
  Decisions,
  EntityId,
  EventListOptions,
  EvidenceGroup,
  EvidenceListOptions,
  Groups,
  KnowledgeListOptions,
  Learnings,
  NewActivity,
  NewArtifact,
  NewHuman,
  NewMl,
  NewOrganization,
  NewReview,
  NewSoftware,
  NewTask,
  NextOptions,
  NodeId,
  OpenOptions,
  OverdueOptions,
  ReadyOptions,
  RelationKind,
  RelationListOptions,
  Relations,
  ReviewListOptions,
  RevisionOptions,
  RunListOptions,
  Status,
  Submission,
  Task,
  TaskChanges,
  TaskId,
  TaskListOptions,
  Tasks,
  Tracker,
  TransactionTracker,
  VerifyOptions,
  WalkOptions,
} from '../src/index.js'
import type { activitySchemas } from '../src/record/activities/schema.js'
import type { agentSchemas } from '../src/record/agents/schema.js'
import type { artifactSchemas } from '../src/record/artifacts/schema.js'
import type { claimSchemas } from '../src/record/claims/schema.js'
import type { evidenceSchemas } from '../src/record/evidence/schema.js'
import type { logSchemas } from '../src/record/history/schema.js'
import type { decisionSchemas, learningSchemas } from '../src/record/knowledge/schema.js'
import type { relationSchemas } from '../src/record/relations/schema.js'
import type { reviewSchemas } from '../src/record/reviews/schema.js'
import type { taskSchemas } from '../src/record/tasks/schema.js'

/** A type without `readonly`, which schemas do not say, and with ids of every kind as texts. */
type Plain<T> = T extends string
  ? T extends TaskId | AgentId | ActivityId | EntityId
    ? string
    : T
  : T extends number | boolean | null | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? Plain<Item>[]
      : { -readonly [Field in keyof T]: Plain<T[Field]> }

/** What a schema takes. */
type Input<Schema extends z.ZodType> = Plain<z.input<Schema>>

/** Whether each of two types can stand for the other, and neither knows a field that the other does not. */
type Agree<One, Other> = [Plain<One>] extends [Other]
  ? [Other] extends [Plain<One>]
    ? [keyof Plain<One>] extends [keyof Other]
      ? [keyof Other] extends [keyof Plain<One>]
        ? true
        : 'the schema knows a field more'
      : 'the type knows a field more'
    : 'the schema takes more than the type'
  : 'the type takes more than the schema'

type Task_ = ReturnType<typeof taskSchemas>
type Agent_ = ReturnType<typeof agentSchemas>
type Activity_ = ReturnType<typeof activitySchemas>
type Artifact_ = typeof artifactSchemas
type Relation_ = typeof relationSchemas
type Log_ = typeof logSchemas
type Claim_ = ReturnType<typeof claimSchemas>
type Review_ = typeof reviewSchemas
type Evidence_ = typeof evidenceSchemas
type Decision_ = typeof decisionSchemas
type Learning_ = typeof learningSchemas

/** The arguments of a method as one object: those before the last by name. */
type With<Named, Options> = Named & NonNullable<Options>
type Flat<T> = { [Field in keyof T]: T[Field] }

describe('the public types and the schemas agree', () => {
  test('on tasks', () => {
    type Id = { id: TaskId }
    expectTypeOf<Agree<NewTask, Input<Task_['create']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<TaskListOptions, Input<Task_['list']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<ReadyOptions, Input<Task_['ready']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<BlockedOptions, Input<Task_['blocked']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<OverdueOptions, Input<Task_['overdue']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<Flat<With<Id, WalkOptions>>, Input<Task_['walk']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<Flat<With<Id, Parameters<Tasks['close']>[1]>>, Input<Task_['close']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<Flat<With<Id, Parameters<Tasks['reopen']>[1]>>, Input<Task_['reopen']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<Flat<With<Id, Parameters<Tasks['hold']>[1]>>, Input<Task_['hold']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<Flat<With<Id, RevisionOptions>>, Input<Task_['unhold']>>>().toEqualTypeOf<true>()
    type Labelled = With<Id & { label: string }, Parameters<Tasks['addLabel']>[2]>
    expectTypeOf<Agree<Flat<Labelled>, Input<Task_['label']>>>().toEqualTypeOf<true>()
    type Commented = { id: TaskId; comment: Flat<Parameters<Tasks['addComment']>[1]> }
    expectTypeOf<Agree<Commented, Input<Task_['addComment']>>>().toEqualTypeOf<true>()
    // The schema takes every status, so that a wrong move is told from a misspelt word.
    type Changes = Flat<Omit<TaskChanges, 'status'> & { readonly status?: Status }>
    expectTypeOf<
      Agree<Flat<With<Id & { changes: Changes }, Parameters<Tasks['update']>[2]>>, Input<Task_['update']>>
    >().toEqualTypeOf<true>()
  })

  test('on agents', () => {
    expectTypeOf<Agree<NewHuman, Input<Agent_['registerHuman']>>>().toEqualTypeOf<true>()
    expectTypeOf<
      Agree<Omit<NewMl, 'parameters'>, Omit<Input<Agent_['registerMl']>, 'parameters'>>
    >().toEqualTypeOf<true>()
    expectTypeOf<NewMl['parameters']>().toExtend<z.input<Agent_['registerMl']>['parameters']>()
    expectTypeOf<Agree<NewSoftware, Input<Agent_['registerSoftware']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<NewOrganization, Input<Agent_['registerOrganization']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<AgentListOptions, Input<Agent_['list']>>>().toEqualTypeOf<true>()
    type Capable = With<{ id: AgentId; capabilities: readonly string[] }, Parameters<Agents['setCapabilities']>[2]>
    expectTypeOf<Agree<Flat<Capable>, Input<Agent_['setCapabilities']>>>().toEqualTypeOf<true>()
    type Delegated = With<{ delegate: AgentId; responsible: AgentId }, Parameters<Agents['delegate']>[2]>
    expectTypeOf<Agree<Flat<Delegated>, Input<Agent_['delegate']>>>().toEqualTypeOf<true>()
  })

  test('on activities', () => {
    expectTypeOf<Agree<NewActivity, Input<Activity_['start']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<Flat<With<{ id: ActivityId }, ActivityEnd>>, Input<Activity_['end']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<ActivityListOptions, Input<Activity_['list']>>>().toEqualTypeOf<true>()
  })

  test('on artifacts', () => {
    expectTypeOf<Agree<NewArtifact, Input<Artifact_['add']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<ArtifactListOptions, Input<Artifact_['list']>>>().toEqualTypeOf<true>()
  })

  test('on relations', () => {
    type Ends = { source: NodeId; kind: RelationKind; target: NodeId }
    expectTypeOf<
      Agree<Flat<With<Ends, Parameters<Relations['add']>[3]>>, Input<Relation_['add']>>
    >().toEqualTypeOf<true>()
    expectTypeOf<
      Agree<Flat<With<Ends, Parameters<Relations['remove']>[3]>>, Input<Relation_['remove']>>
    >().toEqualTypeOf<true>()
    expectTypeOf<
      Agree<Flat<With<{ id: NodeId }, RelationListOptions>>, Input<Relation_['list']>>
    >().toEqualTypeOf<true>()
  })

  test('on claims', () => {
    type Token = { token: string }
    type OnTask = { task: TaskId }
    expectTypeOf<Agree<NextOptions, Input<Claim_['next']>>>().toEqualTypeOf<true>()
    expectTypeOf<
      Agree<Flat<With<OnTask, Parameters<Claims['claim']>[1]>>, Input<Claim_['claim']>>
    >().toEqualTypeOf<true>()
    expectTypeOf<Agree<Flat<With<Token, ClaimOptions>>, Input<Claim_['heartbeat']>>>().toEqualTypeOf<true>()
    expectTypeOf<
      Agree<Flat<With<Token, Parameters<Claims['renew']>[1]>>, Input<Claim_['renew']>>
    >().toEqualTypeOf<true>()
    expectTypeOf<
      Agree<Flat<With<Token, Parameters<Claims['release']>[1]>>, Input<Claim_['release']>>
    >().toEqualTypeOf<true>()
    expectTypeOf<
      Agree<Flat<With<OnTask, Parameters<Claims['reset']>[1]>>, Input<Claim_['reset']>>
    >().toEqualTypeOf<true>()
    // The types of JSON and of schemas are as deep as anybody likes: of the rest of a submission the fields are compared.
    expectTypeOf<keyof Submission>().toEqualTypeOf<keyof Input<Claim_['complete']>['submission']>()
    expectTypeOf<
      Agree<Omit<Submission, 'output'>, Omit<Input<Claim_['complete']>['submission'], 'output'>>
    >().toEqualTypeOf<true>()
    expectTypeOf<Agree<ClaimListOptions, Input<Claim_['list']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<RunListOptions, Input<Claim_['runs']>>>().toEqualTypeOf<true>()
  })

  test('on reviews, evidence, decisions and learnings', () => {
    expectTypeOf<Agree<Flat<With<{ task: TaskId }, NewReview>>, Input<Review_['record']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<ReviewListOptions, Input<Review_['list']>>>().toEqualTypeOf<true>()
    type Added = Flat<With<{ subject: NodeId }, Parameters<EvidenceGroup['add']>[1]>>
    expectTypeOf<Agree<Added, Input<Evidence_['add']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<EvidenceListOptions, Input<Evidence_['list']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<Flat<Parameters<Decisions['record']>[0]>, Input<Decision_['record']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<Flat<Parameters<Learnings['record']>[0]>, Input<Learning_['record']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<KnowledgeListOptions, Input<Decision_['list']>>>().toEqualTypeOf<true>()
  })

  test('on the log', () => {
    expectTypeOf<Agree<EventListOptions, Input<Log_['events']>>>().toEqualTypeOf<true>()
    expectTypeOf<Agree<VerifyOptions, Input<Log_['verify']>>>().toEqualTypeOf<true>()
  })
})

describe('the types of the library', () => {
  test('tell ids of different kinds apart, and from texts', () => {
    expectTypeOf<TaskId>().toExtend<string>()
    expectTypeOf<string>().not.toExtend<TaskId>()
    expectTypeOf<AgentId>().not.toExtend<TaskId>()
    expectTypeOf<TaskId>().toExtend<NodeId>()
    expectTypeOf<TaskId>().toExtend<EntityId>()
    expectTypeOf<AgentId>().not.toExtend<EntityId>()
  })

  test('let an update set no status that has a verb of its own', () => {
    expectTypeOf<NonNullable<TaskChanges['status']>>().toEqualTypeOf<'open' | 'in_progress' | 'in_review'>()
  })

  test('have every method give a promise', () => {
    type Answers<Group> = {
      [Method in keyof Group]: Group[Method] extends (...given: never[]) => infer Answer ? Answer : never
    }
    type AllPromises<Group> = Answers<Group>[keyof Group] extends Promise<unknown> ? true : false
    expectTypeOf<AllPromises<Tasks>>().toEqualTypeOf<true>()
    expectTypeOf<AllPromises<Agents>>().toEqualTypeOf<true>()
    expectTypeOf<AllPromises<Activities>>().toEqualTypeOf<true>()
    expectTypeOf<AllPromises<Artifacts>>().toEqualTypeOf<true>()
    expectTypeOf<AllPromises<Relations>>().toEqualTypeOf<true>()
    expectTypeOf<AllPromises<Claims>>().toEqualTypeOf<true>()
    expectTypeOf<AllPromises<Decisions>>().toEqualTypeOf<true>()
  })

  test('give a task back from every verb on tasks', () => {
    type Verb = 'create' | 'get' | 'update' | 'close' | 'reopen' | 'hold' | 'unhold' | 'addLabel' | 'removeLabel'
    expectTypeOf<ReturnType<Tasks[Verb]>>().toEqualTypeOf<Promise<Task>>()
    expectTypeOf<ReturnType<Tasks['find']>>().toEqualTypeOf<Promise<Task | undefined>>()
    expectTypeOf<ReturnType<Tasks['labels']>>().toExtend<Promise<readonly string[]>>()
  })

  test('have a transaction offer what can be part of one commit, and no more', () => {
    expectTypeOf<TransactionTracker>().toExtend<Groups>()
    expectTypeOf<Tracker>().toExtend<Groups & AsyncDisposable>()
    expectTypeOf<keyof TransactionTracker>().toEqualTypeOf<keyof Groups | 'as' | 'within'>()
    const work = async (t: TransactionTracker) => (await t.tasks.list()).total
    expectTypeOf<ReturnType<Tracker['transaction']>>().toEqualTypeOf<Promise<unknown>>()
    expectTypeOf((tracker: Tracker) => tracker.transaction(work)).returns.toEqualTypeOf<Promise<number>>()
  })

  test('tell agents apart by their kind', () => {
    type Agent = Awaited<ReturnType<Agents['get']>>
    expectTypeOf<Extract<Agent, { kind: 'ml' }>['model']>().toEqualTypeOf<{
      readonly provider: string
      readonly name: string
    }>()
    expectTypeOf<Extract<Agent, { kind: 'human' }>>().toEqualTypeOf<Awaited<ReturnType<Agents['getHuman']>>>()
  })

  test('need nothing but a path to open a record', () => {
    expectTypeOf<{ path: string }>().toExtend<OpenOptions>()
    expectTypeOf<Record<never, never>>().not.toExtend<OpenOptions>()
  })
})

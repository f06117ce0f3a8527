import type { EventType } from '../log/event.js'
import { type Iri, Literal } from '../prov/terms.js'
import { PROV, RDF } from '../prov/vocabularies.js'
import { idOf, type NodeName, nameOf } from '../record/nodes.js'
import type { BornRelation, RelationData } from '../record/relations/relation-rows.js'
import { applyTaskEvent, type TaskChange } from '../record/tasks/apply-event.js'
import type { Task } from '../record/tasks/task.js'
import type { Gate } from '../vocabulary.js'
import { referToContract } from './contracts.js'
import type { ExportContext } from './export-context.js'
import { liesWithinMaking, qualifyGeneration } from './generation.js'
import { Links } from './links.js'
import { linkEvidence } from './named-evidence.js'
import { PT } from './provtrail-terms.js'
import { blockingStatements, propertyOfKind } from './relations.js'
import { TASK_FIELDS, type TaskField, writeTaskFields } from './task-fields.js'
import { type Change, TaskHistories } from './task-history.js'
import { linkExternalRef, writeLabels, writeRequirements } from './tasks.js'
import type { NodeWindow } from './windows.js'

/** The fields of a revision that one literal tells each. */
const LITERALS = [...TASK_FIELDS, 'closedAt'] as const
/** What a revision can tell that it changed, in this order: the fields of a task, and what blocks it. */
const FIELDS = [...LITERALS, 'labels', 'owner', 'parent', 'blockedBy', 'externalRefs', 'requires', 'contract'] as const
type Field = (typeof FIELDS)[number]

/** A task that blocks another, and since when. */
interface Blocker {
  readonly gate: Gate
  readonly createdAt: string
}

/** A state of a task: what it says, how it came about, and what of it is new. */
interface Revision {
  readonly iri: Iri
  readonly task: Task
  readonly event: TaskChange
  readonly actor: string
  readonly maker: Iri
  /** Whether its time is one at which what made it went on. */
  readonly isTimed: boolean
  readonly changed: readonly Field[]
  readonly blockers: ReadonlyMap<string, Blocker>
}

/** Writes each state of the tasks of these windows, with what made it and what took its place. */
export async function* writeRevisions(context: ExportContext, windows: readonly NodeWindow[]): AsyncGenerator<void> {
  if (!context.isFull) return
  const { writer, progress } = context
  const histories = new TaskHistories(context)
  for (const window of windows) {
    let history: RevisionWriter | undefined
    for await (const changes of histories.of(window)) {
      const { subject } = changes[0]!.event
      if (subject !== history?.subject) {
        history?.end()
        history = new RevisionWriter(context, subject)
        yield
      }
      for (const change of changes) {
        history.add(change)
        if (writer.full) yield
      }
    }
    history?.end()
    progress.add(window.count)
    yield
  }
}

/** Writes the revisions of one task, each as the next one becomes known. */
class RevisionWriter {
  readonly subject: string
  readonly #context: ExportContext
  readonly #node: NodeName
  readonly #task: Iri
  readonly #blockers = new Map<string, Blocker>()
  #before: Revision | undefined
  #last: Revision | undefined

  constructor(context: ExportContext, subject: string) {
    this.subject = subject
    this.#context = context
    this.#node = nameOf(subject)
    this.#task = context.nodeIris.of(this.#node.namespace, this.#node.uuid)
  }

  add({ event, making }: Change): void {
    const before = this.#last?.task
    const task = applyTaskEvent(before, event)
    if (task.revision === before?.revision) return
    this.#keepBlockers(event)
    const changed = before === undefined ? [] : changesOf(before, task, event)
    const revision: Revision = {
      iri: this.#context.nodeIris.qualified(PT.TaskRevision, this.#node, String(task.revision)),
      task,
      event,
      actor: making.actor,
      maker: this.#context.maker(making),
      isTimed: liesWithinMaking(event.at, making),
      changed,
      blockers: changed.includes('blockedBy') || before === undefined ? new Map(this.#blockers) : NONE,
    }
    if (this.#last !== undefined) this.#write(this.#last, revision)
    this.#before = this.#last
    this.#last = revision
  }

  /** Writes the last revision, which nothing has taken the place of. */
  end(): void {
    if (this.#last !== undefined) this.#write(this.#last, undefined)
  }

  #keepBlockers(event: TaskChange): void {
    if (event.type === 'task.created') {
      for (const relation of event.data.relations as unknown as readonly BornRelation[]) this.#keep(relation, event.at)
      return
    }
    const relation = event.data as unknown as RelationData
    if (event.type === 'relation.added') this.#keep(relation, event.at)
    else if (event.type === 'relation.removed') this.#blockers.delete(relation.target)
  }

  #keep({ kind, target, gate }: BornRelation, createdAt: string): void {
    if (kind === 'blocked_by') this.#blockers.set(target, { gate: gate ?? 'closed', createdAt })
  }

  #write(revision: Revision, next: Revision | undefined): void {
    const { writer } = this.#context
    const { iri, task, event } = revision
    writer.write(iri, RDF.type, PROV.Entity)
    writer.write(iri, RDF.type, PT.TaskRevision)
    const told = task.revision === 1 ? FIELDS : revision.changed
    writeTaskFields(writer, iri, task, ['revision', ...literalsOf(told)])
    if (told.includes('labels')) writeLabels(this.#context, iri, task.labels)
    if (told.includes('requires') && task.requires !== undefined) writeRequirements(this.#context, iri, task.requires)
    if (EXPLAINED.has(event.type) && typeof event.data.reason === 'string') {
      writer.write(iri, PT.reason, Literal.text(event.data.reason))
    }
    for (const field of revision.changed) writer.write(iri, PT.changed, Literal.text(field))
    writer.write(iri, PROV.generatedAtTime, Literal.dateTime(event.at))
    if (endsAt(revision, next)) writer.write(iri, PROV.invalidatedAtTime, Literal.dateTime(next.event.at))
    const links = new Links()
    links.add(PROV.specializationOf, this.#task)
    links.add(PROV.wasAttributedTo, this.#context.referTo(revision.actor))
    if (EXPLAINED.has(event.type)) linkEvidence(this.#context, links, event.data.evidence)
    this.#linkFields(links, revision, told)
    this.#linkGeneration(links, revision)
    if (this.#before !== undefined) this.#linkRevision(links, revision, this.#before)
    if (next !== undefined) this.#linkInvalidation(links, revision, next)
    links.write(writer, iri)
  }

  #linkFields(links: Links, { task, blockers }: Revision, told: readonly Field[]): void {
    const context = this.#context
    const state = String(task.revision)
    if (told.includes('owner') && task.owner !== undefined) links.add(PT.owner, context.referTo(task.owner))
    if (told.includes('parent') && task.parent !== undefined)
      links.add(propertyOfKind('parent'), context.referTo(task.parent))
    if (told.includes('externalRefs')) {
      for (const ref of task.externalRefs) linkExternalRef(context, links, this.#node, ref, state)
    }
    if (told.includes('contract') && task.contractVersion !== undefined) {
      links.add(PT.contract, referToContract(context, this.#node, task.contractVersion))
    }
    for (const [id, { gate, createdAt }] of blockers) {
      const blocker = context.referTo(id)
      links.add(propertyOfKind('blocked_by'), blocker)
      if (gate === 'closed') continue
      links.qualify(PT.blocking, {
        iri: this.#madeUp(PT.blocking, id, state),
        type: PROV.Entity,
        statements: blockingStatements(blocker, gate, createdAt),
      })
    }
  }

  #linkGeneration(links: Links, { task, event, maker, isTimed }: Revision): void {
    links.add(PROV.wasGeneratedBy, maker)
    if (!isTimed) return
    const iri = this.#madeUp(PROV.qualifiedGeneration, String(task.revision))
    qualifyGeneration(links, { iri, by: maker, at: event.at })
  }

  /** What did not go on at the time of a revision cannot have used the one before until then (PROV-CONSTRAINTS, inference 11). */
  #linkRevision(links: Links, { task, maker, isTimed }: Revision, before: Revision): void {
    links.add(PROV.wasRevisionOf, before.iri)
    links.add(PROV.wasDerivedFrom, before.iri)
    if (!isTimed) return
    links.qualify(PROV.qualifiedRevision, {
      iri: this.#madeUp(PROV.qualifiedRevision, String(task.revision)),
      type: PROV.Revision,
      statements: [
        [PROV.entity, before.iri],
        [PROV.hadActivity, maker],
      ],
    })
  }

  #linkInvalidation(links: Links, revision: Revision, next: Revision): void {
    const { maker, event, isTimed } = next
    links.add(PROV.wasInvalidatedBy, maker)
    if (!isTimed || !endsAt(revision, next)) return
    links.qualify(PROV.qualifiedInvalidation, {
      iri: this.#madeUp(PROV.qualifiedInvalidation, String(revision.task.revision)),
      type: PROV.Invalidation,
      statements: [
        [PROV.activity, maker],
        [PROV.atTime, Literal.dateTime(event.at)],
      ],
    })
  }

  /** A task's own qualified nodes never end in the number of a revision, so no two relations share one. */
  #madeUp(property: Iri, ...parts: string[]): Iri {
    return this.#context.nodeIris.madeUp(
      this.#node.namespace,
      property,
      PT.TaskRevision.value,
      idOf(this.#node),
      ...parts,
    )
  }
}

/**
 * Whether it is known when the next revision took the place of one: what is entered later can have been so earlier, and
 * then the times give another order than the log.
 */
function endsAt({ event }: Revision, next: Revision | undefined): next is Revision {
  return next !== undefined && next.event.at >= event.at
}

const NONE: ReadonlyMap<string, Blocker> = new Map()

function literalsOf(fields: readonly Field[]): TaskField[] {
  // A revision without its status would say too little of where the task stood.
  const literals = LITERALS.filter((field) => fields.includes(field))
  return literals.includes('status') ? literals : ['status', ...literals]
}

/** Why these were, no field of the task tells. */
const EXPLAINED: ReadonlySet<EventType> = new Set<EventType>([
  'relation.added',
  'relation.removed',
  'task.reopened',
  'claim.released',
  'claim.reset',
])

/** The fields that an event changed, in their order. What was erased may have changed without being another. */
function changesOf(before: Task, after: Task, event: TaskChange): readonly Field[] {
  switch (event.type) {
    case 'task.updated':
      return FIELDS.filter((field) => Object.hasOwn(event.data, field) || isOther(before, after, field))
    case 'label.added':
    case 'label.removed':
      return ['labels']
    case 'relation.added':
    case 'relation.removed':
      return [(event.data as unknown as RelationData).kind === 'parent' ? 'parent' : 'blockedBy']
    default:
      return FIELDS.filter((field) => isOther(before, after, field))
  }
}

function isOther(before: Task, after: Task, field: Field): boolean {
  return field !== 'blockedBy' && before[field] !== after[field]
}

import { type ActivityId, type AgentId, newDecisionId, newLearningId, type TaskId } from '../../ids.js'
import type { NewEvent } from '../../log/append.js'
import type { Reader } from '../../store/store.js'
import { uuidFor } from '../draws.js'
import { planEvidence } from '../evidence/plan-evidence.js'
import { Born, namespaceOf, requireNode } from '../nodes.js'
import type { BornRelation } from '../relations/relation-rows.js'
import type { Session } from '../session.js'
import type { NewKnowledge } from './knowledge.js'
import type { IdOf, KnowledgeKind, KnowledgeRecorded } from './knowledge-rows.js'

/** Who records it when, within what. */
export interface KnowledgePlanOptions<Kind extends KnowledgeKind> {
  readonly actor: AgentId
  /** When it was so, as the events will say: since then it is valid, unless it says otherwise. */
  readonly at: string
  /** The activity that it comes from. */
  readonly generatedBy: ActivityId | undefined
  /** The task that it is attached to where it names neither task nor namespace. */
  readonly attachTo?: TaskId | undefined
  /** That of the ids of items that name neither task nor namespace, without `attachTo`; that of the file unless told. */
  readonly namespace?: string
  /** What it takes the place of. */
  readonly supersedes?: IdOf<Kind>
  /** What the command brings into being before, which evidence may name; what is planned here is added to it. */
  readonly born?: Born
}

/** The events that record the items, each before its evidence, and the ids, in the order given. */
export interface KnowledgePlan<Kind extends KnowledgeKind> {
  readonly events: readonly NewEvent[]
  readonly ids: readonly IdOf<Kind>[]
}

/**
 * Decides what decisions or learnings, brought by a command, add to the record; the events go before the command's own.
 *
 * @throws {NotFoundError} a task that one is attached to, or an artifact of the evidence, does not exist.
 * @throws {AlreadyExistsError} the uuid of an id is taken, within the command as well.
 */
export async function planKnowledge<Kind extends KnowledgeKind>(
  reader: Reader,
  session: Session,
  kind: Kind,
  given: readonly NewKnowledge<IdOf<Kind>>[],
  options: KnowledgePlanOptions<Kind>,
): Promise<KnowledgePlan<Kind>> {
  const { actor, at, generatedBy, supersedes, born = new Born() } = options
  const events: NewEvent[] = []
  const ids: IdOf<Kind>[] = []
  for (const one of given) {
    const named = one.attachTo !== undefined || one.namespace !== undefined
    const attachedTo = named ? one.attachTo : options.attachTo
    if (attachedTo !== undefined) await requireNode(reader, attachedTo, ['task'])
    const home = attachedTo === undefined ? (options.namespace ?? session.settings.namespace) : namespaceOf(attachedTo)
    const makeId = kind === 'decision' ? newDecisionId : newLearningId
    const id = (one.id ?? makeId(one.namespace ?? home, () => uuidFor(one, session.settings))) as IdOf<Kind>
    await born.add(reader, id, kind)
    const relations: BornRelation[] = []
    if (supersedes !== undefined) relations.push({ kind: 'supersedes', target: supersedes })
    if (generatedBy !== undefined) relations.push({ kind: 'generated_by', target: generatedBy })
    const evidence = await planEvidence(reader, session, id, one.evidence ?? [], { actor, born })
    const data: KnowledgeRecorded = {
      agent: actor,
      alternatives: one.alternatives ?? [],
      ...(attachedTo !== undefined && { attachedTo }),
      evidence: evidence.ids,
      rationale: one.rationale,
      relations,
      title: one.title,
      validFrom: one.validFrom ?? at,
    }
    events.push({ type: `${kind}.recorded`, subject: id, data }, ...evidence.events)
    ids.push(id)
  }
  return { events, ids }
}

import { type Iri, Literal } from '../prov/terms.js'
import { PROV } from '../prov/vocabularies.js'
import { idOf, type NodeName } from '../record/nodes.js'
import type { ExportContext, Making } from './export-context.js'
import type { Links } from './links.js'
import type { NodeRelations } from './relations.js'

/** When an entity was generated, and the activities that did so then. */
export interface Generation {
  readonly at: string
  readonly activities: readonly NodeName[]
}

/**
 * The generation of an entity, as far as its time is known: it lies within the activity's start and end.
 *
 * What comes about in the record was generated when it did. Of anything else it is known that it was there when the
 * activity was named, and when it was recorded: the earlier of the two. An entity is generated once: where several
 * activities are named, all at one moment (PROV-CONSTRAINTS, constraint 39), so only the earliest is told.
 */
export function generationOf(
  { qualified }: NodeRelations,
  generatedAt: string | undefined,
  existedBy: string | undefined,
): Generation | undefined {
  let generation: { at: string; activities: NodeName[] } | undefined
  for (const { kind, namespace, uuid, createdAt, startedAt, endedAt } of qualified) {
    if (kind !== 'generated_by') continue
    const at = generatedAt ?? (existedBy !== undefined && existedBy < createdAt ? existedBy : createdAt)
    if (!liesWithin(at, startedAt, endedAt) || (generation !== undefined && at > generation.at)) continue
    if (generation?.at !== at) generation = { at, activities: [] }
    generation.activities.push({ namespace, uuid })
  }
  return generation
}

/** Whether a time lies within an activity, which may still go on. */
export function liesWithin(at: string, startedAt: string | null, endedAt: string | null): boolean {
  return startedAt !== null && at >= startedAt && (endedAt === null || at <= endedAt)
}

/**
 * Whether a time lies within what made something: an activity that is named can have ended before, where what it did was
 * entered late, and then who made it and when are two things known, and not one.
 */
export function liesWithinMaking(at: string, { activity, startedAt, endedAt }: Making): boolean {
  return activity === null || liesWithin(at, startedAt, endedAt)
}

/** Adds the qualified form of each of its prov:wasGeneratedBy. */
export function linkGeneration(context: ExportContext, links: Links, node: NodeName, generation: Generation): void {
  const { at, activities } = generation
  for (const activity of activities) {
    const by = context.refer(activity.namespace, activity.uuid)
    const iri = context.nodeIris.qualified(PROV.qualifiedGeneration, node, idOf(activity))
    qualifyGeneration(links, { iri, by, at })
  }
}

/** Adds a prov:qualifiedGeneration of this name: by which activity, and when. */
export function qualifyGeneration(
  links: Links,
  { iri, by, at }: { readonly iri: Iri; readonly by: Iri; readonly at: string },
): void {
  links.qualify(PROV.qualifiedGeneration, {
    iri,
    type: PROV.Generation,
    statements: [
      [PROV.activity, by],
      [PROV.atTime, Literal.dateTime(at)],
    ],
  })
}

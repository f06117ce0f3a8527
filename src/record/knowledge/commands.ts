import { AlreadySupersededError, InvalidInputError } from '../../errors.js'
import type { Command } from '../command.js'
import { namespaceOf, requireNode } from '../nodes.js'
import type { CommandOptions } from '../options.js'
import type { Session } from '../session.js'
import type { NewKnowledge } from './knowledge.js'
import { type IdOf, type ItemOf, type KnowledgeKind, knowledgeAsRecorded, readKnowledge } from './knowledge-rows.js'
import { planKnowledge } from './plan-knowledge.js'

/** Decides `decisions.record` and `learnings.record`. */
export function recordKnowledge<Kind extends KnowledgeKind>(
  session: Session,
  kind: Kind,
  input: NewKnowledge<IdOf<Kind>> & CommandOptions,
): Command<ItemOf<Kind>> {
  return {
    operation: `${kind}s.record`,
    input,
    async decide(reader, { actor, at, activity }) {
      const { events } = await planKnowledge(reader, session, kind, [input], { actor, at, generatedBy: activity })
      return { events, result: ([written]) => knowledgeAsRecorded<Kind>(written!) }
    },
    repeat: async (_reader, [written]) => knowledgeAsRecorded<Kind>(written!),
  }
}

/** Decides `decisions.supersede` and `learnings.supersede`. */
export function supersedeKnowledge<Kind extends KnowledgeKind>(
  session: Session,
  kind: Kind,
  earlier: IdOf<Kind>,
  successor: NewKnowledge<IdOf<Kind>> & CommandOptions,
): Command<ItemOf<Kind>> {
  const operation = `${kind}s.supersede`
  const input = { ...successor, supersedes: earlier }
  return {
    operation,
    input,
    async decide(reader, { actor, at, activity }) {
      const { key } = await requireNode(reader, earlier, [kind])
      const before = await readKnowledge<Kind>(reader, key)
      if (before.supersededBy !== undefined) throw new AlreadySupersededError(earlier, before.supersededBy)
      if ((successor.validFrom ?? at) < before.validFrom) {
        const message = `must not be before ${before.validFrom}, since when "${before.title.slice(0, 100)}" is valid`
        throw new InvalidInputError(operation, [{ field: 'validFrom', message }])
      }
      const { events } = await planKnowledge(reader, session, kind, [successor], {
        actor,
        at,
        generatedBy: activity,
        attachTo: before.attachedTo,
        namespace: namespaceOf(earlier),
        supersedes: earlier,
      })
      return { events, result: ([written]) => knowledgeAsRecorded<Kind>(written!) }
    },
    repeat: async (_reader, [written]) => knowledgeAsRecorded<Kind>(written!),
  }
}

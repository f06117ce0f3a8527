import type { NodeId } from '../../ids.js'
import { NODE_KINDS } from '../../vocabulary.js'
import type { Command } from '../command.js'
import { keyOf, requireNode } from '../nodes.js'
import type { CommandOptions } from '../options.js'
import type { Session } from '../session.js'
import type { Evidence, NewEvidence } from './evidence.js'
import { evidenceAsAdded, readEvidence } from './evidence-rows.js'
import { planEvidence } from './plan-evidence.js'

/** Decides `evidence.add`. */
export function addEvidence(
  session: Session,
  input: NewEvidence & CommandOptions & { readonly subject: NodeId },
): Command<Evidence> {
  return {
    operation: 'evidence.add',
    input,
    async decide(reader, { actor }) {
      await requireNode(reader, input.subject, NODE_KINDS)
      const { events, ids } = await planEvidence(reader, session, input.subject, [input], { actor })
      return {
        events,
        result: async ([written], after) =>
          written === undefined ? readEvidence(after, await keyOf(after, ids[0]!)) : evidenceAsAdded(written),
      }
    },
    repeat: async (_reader, [written]) => evidenceAsAdded(written!),
  }
}

import { agentName } from '../../record/agents/agent-name.js'
import { shorten } from '../text/shorten.js'
import { words } from '../text/words.js'
import type { NodeFields } from './lineage.js'
import { proofOf } from './proof.js'

/** How much of a comment its label repeats, in characters as people see them. */
const COMMENT_LENGTH = 60

/**
 * What a person calls a node: its title, name, label or IRI; of a comment how it begins, of an activity its phase and the
 * title of the task that was its plan, where that is told, with the number of an attempt, also of one that it reviews; of
 * evidence what it shows.
 */
export function labelOf(node: NodeFields, plan?: string): string {
  switch (node.kind) {
    case 'task':
      return node.fields.title
    case 'artifact':
      return node.fields.label ?? node.fields.iri
    case 'comment':
      return shorten(node.fields.body, COMMENT_LENGTH)
    case 'agent':
      return agentName(node.fields)
    case 'activity':
      return labelOfActivity(node, plan)
    case 'decision':
    case 'learning':
      return node.fields.title
    case 'evidence':
      return proofOf(node.fields)
  }
}

type ActivityFields = Extract<NodeFields, { kind: 'activity' }>

function labelOfActivity({ fields, run, judged }: ActivityFields, plan: string | undefined): string {
  const { phase } = fields
  const phaseWords = phase === 'unscoped' ? undefined : words(phase)
  const step =
    judged !== undefined
      ? `review of attempt ${judged}`
      : [phaseWords, run && `attempt ${run.attempt}`].filter(Boolean).join(', ')
  return plan === undefined ? step || 'work' : `${step || 'work'}: ${plan}`
}

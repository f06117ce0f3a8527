import type { Activity } from '../../record/activities/activity.js'
import type { Agent } from '../../record/agents/agent.js'
import { shorten } from '../text/shorten.js'
import { words } from '../text/words.js'
import type { NodeFields } from './lineage.js'

/** How much of a comment its label repeats, in characters as people see them. */
const COMMENT_LENGTH = 60

/**
 * What a person calls a node: its title, name, label or IRI; of a comment how it begins, of an activity its phase and the
 * title of the task that was its plan, where that is told.
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
      return labelOfAgent(node.fields)
    case 'activity':
      return labelOfActivity(node.fields, plan)
  }
}

function labelOfAgent(agent: Agent): string {
  return agent.kind === 'ml' ? `${agent.name ?? agent.model.name} (${agent.role})` : agent.name
}

function labelOfActivity({ phase }: Activity, plan: string | undefined): string {
  const step = phase === 'unscoped' ? 'work' : words(phase)
  return plan === undefined ? step : `${step}: ${plan}`
}

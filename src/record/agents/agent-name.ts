import type { Agent } from './agent.js'

/** What a person calls an agent; a model without a name goes by the name of the model. */
export function agentName(agent: Agent): string {
  return agent.kind === 'ml' ? `${agent.name ?? agent.model.name} (${agent.role})` : agent.name
}

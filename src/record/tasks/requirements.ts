import type { Agent } from '../agents/agent.js'
import type { Condition } from '../paging.js'
import type { TaskRequirements } from './task.js'

/**
 * That what the task `t` requires is met by the agent of this key, or by one that is not registered yet; the same as
 * {@link meets}.
 *
 * Only humans meet the role `human`, and all of them do, whatever a model is registered as.
 */
export function fitCondition(agentKey: number | undefined): Condition {
  return {
    sql: `(t.required_role IS NULL OR t.required_role = (
        SELECT CASE kind WHEN 'human' THEN 'human' ELSE nullif(role, 'human') END FROM agents WHERE key = ?))
      AND (t.required_capabilities IS NULL OR NOT EXISTS (
        SELECT 1 FROM json_each(t.required_capabilities) required
        WHERE required.value NOT IN (SELECT had.value FROM agents a, json_each(a.capabilities) had WHERE a.key = ?)))`,
    // No node has the key 0.
    values: [agentKey ?? 0, agentKey ?? 0],
  }
}

/** That the task `t` requires this role, and these capabilities at least: none where nothing is asked. */
export function asksCondition(requires: TaskRequirements | undefined): Condition[] {
  const { role, capabilities = [] } = requires ?? {}
  const asks: Condition[] = []
  if (role !== undefined) asks.push({ sql: 't.required_role = ?', values: [role] })
  if (capabilities.length > 0) {
    asks.push({
      sql: `NOT EXISTS (SELECT 1 FROM json_each(?) asked
          WHERE asked.value NOT IN (SELECT value FROM json_each(t.required_capabilities)))`,
      values: [JSON.stringify(capabilities)],
    })
  }
  return asks
}

/** Whether an agent, or one that is not registered yet, meets what a task requires. */
export function meets(requires: TaskRequirements | undefined, agent: Agent | undefined): boolean {
  const { role, capabilities = [] } = requires ?? {}
  const had = agent?.capabilities ?? []
  return (role === undefined || role === roleOf(agent)) && capabilities.every((one) => had.includes(one))
}

/** The role that counts: `human` is no word that a model could give itself. */
function roleOf(agent: Agent | undefined): string | undefined {
  if (agent?.kind === 'human') return 'human'
  return agent?.kind === 'ml' && agent.role !== 'human' ? agent.role : undefined
}

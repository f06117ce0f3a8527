import type { Reader } from '../../store/store.js'
import type { Role } from '../../vocabulary.js'
import type { Condition } from '../paging.js'
import type { TaskRequirements } from './task.js'

/** Only humans have the role `human`, and all of them do, whatever a model is registered as. */
const ROLE_FITS = `(t.required_role IS NULL OR t.required_role = (
  SELECT CASE kind WHEN 'human' THEN 'human' ELSE nullif(role, 'human') END FROM agents WHERE key = ?))`

const LACKED_CAPABILITIES = `SELECT required.value FROM json_each(t.required_capabilities) required
  WHERE required.value NOT IN (SELECT had.value FROM agents a, json_each(a.capabilities) had WHERE a.key = ?)`

/** That what the task `t` requires is met by the agent of this key, or by one that is not registered yet. */
export function fitCondition(agentKey: number | undefined): Condition {
  return {
    sql: `${ROLE_FITS} AND (t.required_capabilities IS NULL OR NOT EXISTS (${LACKED_CAPABILITIES}))`,
    values: agentValues(agentKey),
  }
}

/** No node has the key 0. */
function agentValues(agentKey = 0): [number, number] {
  return [agentKey, agentKey]
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

/**
 * What the task of this key requires that the agent of that key, or one that is not registered yet, does not have;
 * `undefined` where it fits.
 */
export async function findLack(
  reader: Reader,
  task: number,
  agentKey: number | undefined,
): Promise<TaskRequirements | undefined> {
  const row = await reader.get<{ role: Role | null; capabilities: string }>(
    `SELECT CASE WHEN ${ROLE_FITS} THEN NULL ELSE t.required_role END AS role,
       (SELECT json_group_array(value) FROM (${LACKED_CAPABILITIES})) AS capabilities
     FROM tasks t WHERE t.key = ?`,
    ...agentValues(agentKey),
    task,
  )
  const { role, capabilities: lacked } = row!
  const capabilities: string[] = JSON.parse(lacked)
  if (role === null && capabilities.length === 0) return undefined
  return { ...(role !== null && { role }), ...(capabilities.length > 0 && { capabilities }) }
}

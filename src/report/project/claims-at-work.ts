import { agentNames } from '../../record/agents/agent-names.js'
import { ATTEMPT_COLUMNS, ATTEMPTS, type AttemptRow, toRun } from '../../record/claims/lists.js'
import type { Reader } from '../../store/store.js'
import type { Period } from './period.js'
import type { ClaimAtWork } from './project-report.js'

/** How many claims a report shows. */
const CLAIMS_SHOWN = 50

/** The claims that have not ended, the longest first, and how many there are. */
export async function readClaims(
  reader: Reader,
  { namespace }: Period,
  now: string,
): Promise<{ readonly claims: readonly ClaimAtWork[]; readonly claimsTotal: number }> {
  const live = 'p.ended_at IS NULL AND t.namespace = coalesce(?, t.namespace)'
  const rows = await reader.all<AttemptRow & { readonly title: string }>(
    `SELECT ${ATTEMPT_COLUMNS}, k.title FROM ${ATTEMPTS} JOIN tasks k ON k.key = p.task WHERE ${live} ORDER BY p.key LIMIT ?`,
    namespace ?? null,
    CLAIMS_SHOWN,
  )
  const [[total]] = (await reader.rows<[number]>(
    `SELECT count(*) FROM ${ATTEMPTS} WHERE ${live}`,
    namespace ?? null,
  )) as [[number]]
  const runs = rows.map(toRun)
  const names = await agentNames(
    reader,
    runs.map(({ agent }) => agent),
  )
  const claims = runs.map(({ task, activity, agent, attempt, startedAt }, index) => {
    const { title, expires_at: expiresAt } = rows[index]!
    const agentName = names.get(agent)!
    return { task, title, activity, agent, agentName, attempt, startedAt, expiresAt, expired: expiresAt <= now }
  })
  return { claims, claimsTotal: total }
}

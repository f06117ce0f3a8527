import { chunksOf } from '../../chunks.js'
import type { ActivityId, AgentId } from '../../ids.js'
import { toId } from '../../record/nodes.js'
import { KEYS_OF_IDS } from '../../record/paging.js'
import type { Reader } from '../../store/store.js'

/** How many nodes are named at once. */
const BATCH = 500

/** The titles that these tasks have now. */
export async function taskTitles(reader: Reader, tasks: Iterable<string>): Promise<ReadonlyMap<string, string>> {
  const titles = new Map<string, string>()
  for (const some of chunksOf([...new Set(tasks)], BATCH)) {
    const rows = await reader.rows<[namespace: string, uuid: string, title: string]>(
      `SELECT n.namespace, n.uuid, t.title FROM tasks t JOIN nodes n ON n.key = t.key WHERE t.key IN (${KEYS_OF_IDS})`,
      JSON.stringify(some),
    )
    for (const [namespace, uuid, title] of rows) titles.set(toId(namespace, uuid), title)
  }
  return titles
}

/** Whose attempts these were. */
export async function holdersOf(
  reader: Reader,
  attempts: Iterable<ActivityId>,
): Promise<ReadonlyMap<ActivityId, AgentId>> {
  const holders = new Map<ActivityId, AgentId>()
  for (const some of chunksOf([...new Set(attempts)], BATCH)) {
    const rows = await reader.rows<[namespace: string, uuid: string, agentNamespace: string, agentUuid: string]>(
      `SELECT n.namespace, n.uuid, g.namespace, g.uuid FROM attempts p JOIN nodes n ON n.key = p.key
       JOIN nodes g ON g.key = p.agent WHERE p.key IN (${KEYS_OF_IDS})`,
      JSON.stringify(some),
    )
    for (const [namespace, uuid, agentNamespace, agentUuid] of rows) {
      holders.set(toId(namespace, uuid), toId(agentNamespace, agentUuid))
    }
  }
  return holders
}

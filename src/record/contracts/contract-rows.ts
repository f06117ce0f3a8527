import type { AgentId, TaskId } from '../../ids.js'
import { toId } from '../nodes.js'
import type { ContractVersion } from './contract.js'

/** A row of `CONTRACTS`. */
export interface ContractRow {
  readonly task: number
  readonly version: number
  readonly contract: string
  readonly task_namespace: string
  readonly task_uuid: string
  readonly agent_namespace: string
  readonly agent_uuid: string
  readonly reason: string | null
  readonly evidence: string
  readonly created_at: string
}

export const CONTRACT_COLUMNS = `c.task, c.version, c.contract, n.namespace AS task_namespace, n.uuid AS task_uuid,
  g.namespace AS agent_namespace, g.uuid AS agent_uuid, c.reason, c.evidence, c.created_at`

export const CONTRACTS = `contracts c
  JOIN nodes n ON n.key = c.task
  JOIN nodes g ON g.key = c.agent`

export function toContractVersion(row: ContractRow): ContractVersion {
  return {
    task: toId<TaskId>(row.task_namespace, row.task_uuid),
    version: row.version,
    contract: JSON.parse(row.contract),
    agent: toId<AgentId>(row.agent_namespace, row.agent_uuid),
    ...(row.reason !== null && { reason: row.reason }),
    evidence: JSON.parse(row.evidence),
    createdAt: row.created_at,
  }
}

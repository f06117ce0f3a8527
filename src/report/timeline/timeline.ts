import { z } from 'zod'
import { chunksOf } from '../../chunks.js'
import type { NodeId } from '../../ids.js'
import { nodeId, validate, withOptions } from '../../input.js'
import type { EventData, EventType } from '../../log/event.js'
import { readRedactions } from '../../log/read-events.js'
import { keysOfParts } from '../../record/lineage/resolve-scope.js'
import { idsOf, type NodeRow, requireNode, toId } from '../../record/nodes.js'
import type { Reader } from '../../store/store.js'
import { requireTracker, type Tracker } from '../../tracker.js'
import { NODE_KINDS, type NodeKind } from '../../vocabulary.js'
import { readStory, type StorySources } from './read-timeline.js'
import type { TimelineEntry } from './timeline-entry.js'

/** What `timeline` takes besides the tracker and the node. */
export interface TimelineOptions {
  /** Also the stories of the tasks that are part of the task, at any level; means nothing for other nodes. */
  readonly includeDescendants?: boolean
}

const inputSchema = z.strictObject({ id: nodeId, includeDescendants: z.boolean().optional() })

/**
 * The story of a node, in the order of the log, each entry with one English sentence:
 *
 * - of a task: its events and comments, claims, reviews and contracts, the activities whose plan it is, the artifacts that
 *   these made, and the decisions and learnings that are attached to it
 * - of an activity: its events, those of the claim or the review that it is, what happened within it, and the making of
 *   what it made
 * - of an artifact, a comment, a decision, a learning or a piece of evidence: its events, the evidence about it, and what
 *   joined it to other nodes
 * - of an agent: the events about it, those of its activities and claims, what it decided, learned and showed, and who came
 *   to act on its behalf
 *
 * A task is called by the title that it had then, everything else by its name. Relations that were removed again are
 * there where they start from a node of the story. Cost grows with the story, not with the log.
 *
 * @throws {NotFoundError} nothing has this id.
 */
export async function timeline(
  tracker: Tracker,
  id: NodeId,
  options?: TimelineOptions,
): Promise<readonly TimelineEntry[]> {
  const input = validate('timeline', inputSchema, withOptions('timeline', { id }, options))
  return requireTracker(tracker, 'timeline').read(async (reader) => {
    const node = await requireNode(reader, input.id, NODE_KINDS)
    return readStory(reader, await SOURCES[node.kind](reader, node, input.includeDescendants ?? false))
  })
}

/** The events that make up the story of a node of each kind. A node's key is the number of the event that made it. */
const SOURCES: Record<NodeKind, (reader: Reader, node: NodeRow, includeDescendants: boolean) => Promise<StorySources>> =
  {
    async task(reader, { key }, includeDescendants) {
      const tasks = includeDescendants ? [...(await keysOfParts(reader, key))] : [key]
      const activities = await keysAmong(reader, 'SELECT key FROM activities WHERE task', tasks)
      const made = await keysAmong(reader, MADE, activities)
      const artifacts = await keysAmong(reader, 'SELECT key FROM artifacts WHERE key', made)
      const knowledge = await keysAmong(reader, 'SELECT key FROM knowledge WHERE attached_to', tasks)
      return { subjects: await idsAmong(reader, [...tasks, ...activities, ...artifacts, ...knowledge]) }
    },
    async activity(reader, { key }) {
      const made = await keysOf(reader, "SELECT source FROM relations WHERE target = ? AND kind = 'generated_by'", key)
      const artifacts = await keysAmong(reader, 'SELECT key FROM artifacts WHERE key', made)
      const [id, ...ids] = await idsAmong(reader, [key, ...artifacts])
      return { subjects: [id!, ...ids], activities: [id!], seqs: [key, ...made, ...(await claimEvents(reader, [key]))] }
    },
    artifact: joined,
    comment: joined,
    decision: joined,
    learning: joined,
    evidence: joined,
    async agent(reader, { key }) {
      const activities = await keysOf(reader, 'SELECT key FROM activities WHERE agent = ?', key)
      const delegations = "SELECT added FROM relations WHERE target = ? AND kind = 'acted_on_behalf_of'"
      const knowledge = await keysOf(reader, 'SELECT key FROM knowledge WHERE agent = ?', key)
      return {
        subjects: await idsAmong(reader, [key, ...activities, ...knowledge]),
        seqs: [
          ...activities,
          ...(await claimEvents(reader, activities)),
          ...(await keysOf(reader, 'SELECT key FROM evidence WHERE agent = ?', key)),
          ...(await keysOf(reader, delegations, key)),
        ],
      }
    },
  }

const MADE = "SELECT source FROM relations WHERE kind = 'generated_by' AND target"
/** How many keys are looked up at once. */
const BATCH = 500

/**
 * The numbers of the events of the claims that started these activities, where one did. They are about the task, and found
 * among its events: those that were written from the claim to its end and the judgement of what came of it.
 */
async function claimEvents(reader: Reader, activities: readonly number[]): Promise<number[]> {
  const found: number[] = []
  let redactions: ReadonlyMap<number, EventData> | undefined
  for (const some of chunksOf(activities, BATCH)) {
    const rows = await reader.rows<[seq: number, attempt: string, named: string | null, erased: number]>(
      `SELECT e.seq, n.namespace || '--' || n.uuid, e.data ->> '$.attempt', e.data IS NULL
       FROM attempts p JOIN nodes n ON n.key = p.key JOIN nodes t ON t.key = p.task
         JOIN events e ON e.subject = t.namespace || '--' || t.uuid AND e.seq > p.key
       WHERE p.key IN (SELECT value FROM json_each(?)) AND e.type IN (${OF_CLAIMS.map((type) => `'${type}'`).join(', ')})`,
      JSON.stringify(some),
    )
    for (const [seq, attempt, named, erased] of rows) {
      if (erased === 1) redactions ??= await readRedactions(reader)
      if ((erased === 1 ? redactions!.get(seq)?.attempt : named) === attempt) found.push(seq)
    }
  }
  return found
}

/** The types of event that name an attempt which was there before them. */
const OF_CLAIMS = [
  'claim.completed',
  'claim.expired',
  'claim.released',
  'claim.renewed',
  'claim.reset',
  'review.recorded',
  'task.closed',
  'task.held',
  'task.updated',
] as const satisfies readonly EventType[]

async function joined(reader: Reader, { key, namespace, uuid }: NodeRow): Promise<StorySources> {
  const out = await keysOf(reader, 'SELECT added FROM relations WHERE source = ?', key)
  const back = await keysOf(reader, 'SELECT added FROM relations WHERE target = ?', key)
  return { subjects: [toId(namespace, uuid)], seqs: [key, ...out, ...back] }
}

async function keysOf(reader: Reader, sql: string, key: number): Promise<number[]> {
  return (await reader.rows<[number]>(sql, key)).map(([found]) => found)
}

async function keysAmong(reader: Reader, sql: string, keys: readonly number[]): Promise<number[]> {
  const found: number[] = []
  for (let first = 0; first < keys.length; first += BATCH) {
    const batch = JSON.stringify(keys.slice(first, first + BATCH))
    for (const [key] of await reader.rows<[number]>(`${sql} IN (SELECT value FROM json_each(?))`, batch))
      found.push(key)
  }
  return found
}

async function idsAmong(reader: Reader, keys: readonly number[]): Promise<string[]> {
  const ids: string[] = []
  for (let first = 0; first < keys.length; first += BATCH) {
    for (const id of await idsOf(reader, keys.slice(first, first + BATCH))) if (id !== undefined) ids.push(id)
  }
  return ids
}

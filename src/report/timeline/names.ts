import type { ActivityId, AgentId, NodeId, TaskId } from '../../ids.js'
import type { EventData } from '../../log/event.js'
import { readRedactions } from '../../log/read-events.js'
import type { Activity } from '../../record/activities/activity.js'
import { ACTIVITIES, ACTIVITY_COLUMNS, type ActivityRow, toActivity } from '../../record/activities/activity-rows.js'
import { AGENT_COLUMNS, AGENTS, type AgentRow, toAgent } from '../../record/agents/agent-rows.js'
import { ARTIFACT_COLUMNS, ARTIFACTS, type ArtifactRow, toArtifact } from '../../record/artifacts/artifact-rows.js'
import { EVIDENCE, EVIDENCE_COLUMNS, type EvidenceRow, toEvidence } from '../../record/evidence/evidence-rows.js'
import { toId } from '../../record/nodes.js'
import { KEYS_OF_IDS } from '../../record/paging.js'
import type { Reader } from '../../store/store.js'
import { labelOf } from '../lineage/label.js'
import { proofOf } from '../lineage/proof.js'
import { shorten } from '../text/shorten.js'
import { words } from '../text/words.js'
import { quoted } from './wording.js'

/** How much of the name of an agent is told. */
const NAME_LENGTH = 80
/** How many nodes are looked up at once. */
const BATCH = 500

/** The title that a task bore from an event on. */
interface Title {
  readonly seq: number
  readonly title: string
}

/** An activity, and what of a claim or a review it is. */
interface Work extends Activity {
  /** The number of the attempt. */
  readonly attempt?: number
  /** The attempt that it judged. */
  readonly judged?: ActivityId
}

interface WorkRow extends ActivityRow {
  readonly attempt: number | null
  readonly judged_namespace: string | null
  readonly judged_uuid: string | null
}

interface KnowledgeRow {
  readonly kind: 'decision' | 'learning'
  readonly namespace: string
  readonly uuid: string
  readonly title: string
}

interface CommentRow {
  readonly namespace: string
  readonly uuid: string
  readonly author_namespace: string
  readonly author_uuid: string
  readonly task_namespace: string
  readonly task_uuid: string
}

/**
 * What people call the nodes that events speak of. A task is called by the title that it had when the event happened:
 * a later one would tell of something that was not so yet.
 */
export class Names {
  readonly #reader: Reader
  readonly #known = new Set<string>()
  readonly #agents = new Map<string, string>()
  readonly #artifacts = new Map<string, string>()
  readonly #others = new Map<string, string>()
  readonly #activities = new Map<string, Work>()
  readonly #comments = new Map<string, { readonly author: AgentId; readonly task: TaskId }>()
  readonly #titles = new Map<string, Title[]>()
  #redactions: ReadonlyMap<number, EventData> | undefined

  constructor(reader: Reader) {
    this.#reader = reader
  }

  /** What was kept of the events that were erased, by `seq`. */
  async redactions(): Promise<ReadonlyMap<number, EventData>> {
    this.#redactions ??= await readRedactions(this.#reader)
    return this.#redactions
  }

  /** Looks up the nodes that are not known yet, and those that are needed to name them. */
  async learn(ids: Iterable<string>): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => !this.#known.has(id))
    for (const id of unknown) this.#known.add(id)
    for (let first = 0; first < unknown.length; first += BATCH) {
      await this.#learnBatch(unknown.slice(first, first + BATCH))
    }
  }

  /** The activity with this id. */
  activity(id: ActivityId): Work | undefined {
    return this.#activities.get(id)
  }

  /** The title of a task as it was after the event `seq`. */
  title(id: TaskId, seq: number): string | undefined {
    return this.#titles.get(id)?.findLast((title) => title.seq <= seq)?.title
  }

  /** What a node is called in a sentence about the event `seq`. */
  of(id: NodeId, seq: number): string {
    const title = this.title(id as TaskId, seq)
    if (title !== undefined) return quoted(title)
    const activity = this.#activities.get(id)
    if (activity !== undefined) return this.#activityName(activity, seq)
    const comment = this.#comments.get(id)
    if (comment !== undefined) return `the comment of ${this.of(comment.author, seq)} on ${this.of(comment.task, seq)}`
    return this.#agents.get(id) ?? this.#artifacts.get(id) ?? this.#others.get(id) ?? quoted(id)
  }

  #activityName({ agent, task, phase, attempt, judged }: Work, seq: number): string {
    const plan = task === undefined ? '' : ` on ${this.of(task, seq)}`
    const step = phase === 'unscoped' ? '' : ` (${words(phase)})`
    if (judged !== undefined) return `the review of ${this.of(agent, seq)}${plan}`
    const what = attempt === undefined ? 'the work' : `attempt ${attempt}`
    return `${what} of ${this.of(agent, seq)}${plan}${step}`
  }

  async #learnBatch(ids: readonly string[]): Promise<void> {
    const reader = this.#reader
    const json = JSON.stringify(ids)
    for (const row of await reader.all<AgentRow>(
      `SELECT ${AGENT_COLUMNS} FROM ${AGENTS} WHERE a.key IN (${KEYS_OF_IDS})`,
      json,
    )) {
      const agent = toAgent(row)
      this.#agents.set(agent.id, shorten(labelOf({ kind: 'agent', fields: agent }), NAME_LENGTH))
    }
    for (const row of await reader.all<ArtifactRow>(
      `SELECT ${ARTIFACT_COLUMNS} FROM ${ARTIFACTS} WHERE f.key IN (${KEYS_OF_IDS})`,
      json,
    )) {
      const artifact = toArtifact(row)
      this.#artifacts.set(artifact.id, quoted(labelOf({ kind: 'artifact', fields: artifact })))
    }
    await this.#learnTitles(json)
    const needed: string[] = []
    for (const row of await reader.all<WorkRow>(
      `SELECT ${ACTIVITY_COLUMNS}, p.number AS attempt, j.namespace AS judged_namespace, j.uuid AS judged_uuid
       FROM ${ACTIVITIES} LEFT JOIN attempts p ON p.key = v.key LEFT JOIN reviews w ON w.key = v.key
         LEFT JOIN nodes j ON j.key = w.attempt
       WHERE v.key IN (${KEYS_OF_IDS})`,
      json,
    )) {
      const activity = toActivity(row)
      this.#activities.set(activity.id, {
        ...activity,
        ...(row.attempt !== null && { attempt: row.attempt }),
        ...(row.judged_uuid !== null && { judged: toId<ActivityId>(row.judged_namespace!, row.judged_uuid) }),
      })
      needed.push(activity.agent, ...(activity.task === undefined ? [] : [activity.task]))
    }
    for (const { kind, namespace, uuid, title } of await reader.all<KnowledgeRow>(
      `SELECT k.kind, n.namespace, n.uuid, k.title FROM knowledge k JOIN nodes n ON n.key = k.key
       WHERE k.key IN (${KEYS_OF_IDS})`,
      json,
    )) {
      this.#others.set(toId(namespace, uuid), `the ${kind} ${quoted(title)}`)
    }
    for (const row of await reader.all<EvidenceRow>(
      `SELECT ${EVIDENCE_COLUMNS} FROM ${EVIDENCE} WHERE e.key IN (${KEYS_OF_IDS})`,
      json,
    )) {
      const fields = toEvidence(row)
      this.#others.set(fields.id, `the evidence ${quoted(proofOf(fields))}`)
    }
    for (const row of await reader.all<CommentRow>(
      `SELECT n.namespace, n.uuid, a.namespace AS author_namespace, a.uuid AS author_uuid,
         t.namespace AS task_namespace, t.uuid AS task_uuid
       FROM comments c JOIN nodes n ON n.key = c.key JOIN nodes a ON a.key = c.author JOIN nodes t ON t.key = c.task
       WHERE c.key IN (${KEYS_OF_IDS})`,
      json,
    )) {
      const author = toId<AgentId>(row.author_namespace, row.author_uuid)
      const task = toId<TaskId>(row.task_namespace, row.task_uuid)
      this.#comments.set(toId(row.namespace, row.uuid), { author, task })
      needed.push(author, task)
    }
    await this.learn(needed)
  }

  async #learnTitles(ids: string): Promise<void> {
    const rows = await this.#reader.rows<[seq: number, subject: string, title: string | null, erased: number]>(
      `SELECT seq, subject, json_extract(data, '$.title'), data IS NULL FROM events
       WHERE subject IN (SELECT value FROM json_each(?)) AND type IN ('task.created', 'task.updated') ORDER BY seq`,
      ids,
    )
    for (const [seq, subject, stored, erased] of rows) {
      const title = erased === 1 ? (await this.redactions()).get(seq)?.title : stored
      if (typeof title !== 'string') continue
      const titles = this.#titles.get(subject)
      if (titles === undefined) this.#titles.set(subject, [{ seq, title }])
      else titles.push({ seq, title })
    }
  }
}

import type { NodeId } from '../../ids.js'
import { propertyOf } from '../../record/lineage/lineage-relation.js'
import { escapeMarkdown } from '../../text/escape-markdown.js'
import { activityMs, activityResult, resultBy, turnedDownBy } from '../lineage/activity-result.js'
import { contractChanges } from '../lineage/contract-changes.js'
import { contractSentences } from '../lineage/contract-sentences.js'
import type { Lineage, LineageNode, NodeOf } from '../lineage/lineage.js'
import { MARK_WORDS } from '../lineage/mark.js'
import { truncationSentences } from '../lineage/truncation-sentences.js'
import { lineageTitle } from '../lineage-title.js'
import { tableOf } from '../markdown-text.js'
import { pictureMermaid } from '../mermaid.js'
import { pictureOf } from '../picture/picture-of.js'
import { counted, countedByKind, numberText } from '../text/counted.js'
import { durationOf } from '../text/duration.js'
import { listed } from '../text/listed.js'
import { momentOf } from '../text/moment.js'
import { shorten } from '../text/shorten.js'
import { AGENT_WORDS, GAPS_HEADING, LEFT_OUT_HEADING, NO_GAPS, statusWords, words } from '../text/words.js'
import { markdownLink } from './markdown-link.js'

/** Beyond so many shapes a forge shows a picture too small to read. */
const MAX_SHAPES = 60
/** The most rows of a table and entries of a list. */
const ROWS_SHOWN = 500
const MAX_LABEL = 100

const DIRECTIONS = {
  origins: 'Everything that it came from',
  effects: 'Everything that it led to',
  both: 'Everything that it came from and led to',
} as const

/** A lineage as Markdown that reads well as it is and on a forge; what comes from the record is escaped. */
export function lineageMarkdown(lineage: Lineage, title?: string): string {
  const names = new Names(lineage)
  const sections = [
    `# ${escapeMarkdown(lineageTitle(lineage, title))}`,
    summaryOf(lineage, names),
    ...pictureSection(lineage),
    ...listSection(
      GAPS_HEADING,
      lineage.gaps.length === 0 ? [NO_GAPS] : lineage.gaps.map(({ sentence }) => escapeMarkdown(sentence)),
    ),
    ...listSection(LEFT_OUT_HEADING, truncationSentences(lineage)),
    ...tableSection(lineage, 'task', 'Tasks', ['Task', 'Status', 'Priority', 'Owner', 'Created', 'Closed'], (task) => [
      statusOf(task),
      task.fields.priority,
      names.of(task.fields.owner),
      momentOf(task.fields.createdAt),
      optional(task.fields.closedAt, momentOf),
    ]),
    ...tableSection(lineage, 'artifact', 'Artifacts', ['Artifact', 'Kind', 'IRI', 'Added'], ({ fields }) => [
      escapeMarkdown(fields.kind ?? ''),
      markdownLink(shorten(fields.iri, MAX_LABEL), fields.iri),
      momentOf(fields.createdAt),
    ]),
    ...tableSection(
      lineage,
      'activity',
      'Activities',
      ['Activity', 'Agent', 'Task', 'Started', 'Lasted', 'Result'],
      (activity) => [
        names.of(activity.fields.agent),
        names.of(activity.fields.task),
        momentOf(activity.fields.startedAt),
        optional(activityMs(activity.fields), durationOf),
        resultOf(activity),
      ],
    ),
    ...listSection(
      'Criteria',
      lineage.nodes.flatMap((node) => criteriaEntries(node, names)),
    ),
    ...knowledgeSection(lineage, 'decision', 'Decisions', names),
    ...knowledgeSection(lineage, 'learning', 'Learnings', names),
    ...tableSection(
      lineage,
      'evidence',
      'Evidence',
      ['Evidence', 'Kind', 'About', 'Points at', 'Brought by', 'Added'],
      ({ fields }) => [
        escapeMarkdown(shorten(words(fields.kind), MAX_LABEL)),
        names.of(fields.subject),
        fields.artifact === undefined
          ? optional(fields.iri, (iri) => markdownLink(shorten(iri, MAX_LABEL), iri))
          : names.of(fields.artifact),
        names.of(fields.agent),
        momentOf(fields.createdAt),
      ],
    ),
    ...listSection(
      'Contracts',
      lineage.nodes.flatMap((node) => contractEntries(node, names)),
    ),
    ...tableSection(lineage, 'agent', 'Agents', ['Agent', 'Kind', 'Model or version'], ({ fields }) => [
      AGENT_WORDS[fields.kind],
      escapeMarkdown(
        fields.kind === 'ml'
          ? [`${fields.model.provider}/${fields.model.name}`, fields.version].filter(Boolean).join(' ')
          : fields.kind === 'software'
            ? (fields.version ?? '')
            : '',
      ),
    ]),
    ...tableSection(lineage, 'comment', 'Comments', ['Comment', 'On', 'Author', 'At'], ({ fields }) => [
      names.of(fields.task),
      names.of(fields.author),
      momentOf(fields.createdAt),
    ]),
    ...relationsSection(lineage, names),
    ...listSection(
      'Timeline',
      lineage.timeline.map(({ at, sentence }) => `${momentOf(at)} ${escapeMarkdown(shorten(sentence, 300))}`),
    ),
    `Made by Provtrail from event ${lineage.head.seq} of the log. Times are UTC; relations point from the later to the earlier.`,
  ]
  return `${sections.join('\n\n')}\n`
}

/** Where a task stands, and why where that was forced. */
function statusOf({ fields }: NodeOf<'task'>): string {
  const status = fields.outcome ?? statusWords(fields.status)
  return fields.forced === undefined
    ? status
    : `${status} ${MARK_WORDS.forced}: ${escapeMarkdown(shorten(fields.forced, MAX_LABEL))}`
}

/** How an activity ended, by whom, and what was said of it. */
function resultOf(activity: NodeOf<'activity'>): string {
  const { run } = activity
  const result = escapeMarkdown(shorten(`${activityResult(activity)}${resultBy(activity)}`, MAX_LABEL))
  const said = saidOf(activity)
  // What turned the work down comes first, and does not stand for what was handed in.
  const handedIn =
    turnedDownBy(activity) !== undefined && run?.summary
      ? ` (handed in: ${escapeMarkdown(shorten(run.summary, MAX_LABEL))})`
      : ''
  return `${result}${said ? `: ${escapeMarkdown(shorten(said, MAX_LABEL))}` : ''}${handedIn}`
}

function saidOf(activity: NodeOf<'activity'>): string | undefined {
  const { fields, run, review, cutOff } = activity
  if (run === undefined) return review?.comment ?? fields.failure
  const turnedDown = turnedDownBy(activity)
  if (turnedDown !== undefined) return turnedDown.comment
  if (run.endedBy === 'expired') return undefined
  return fields.failure ?? cutOff?.reason ?? run.endReason ?? run.summary
}

/** What the submission of an attempt says of each criterion. */
function criteriaEntries(node: LineageNode, names: Names): string[] {
  if (node.kind !== 'activity' || node.criteria === undefined) return []
  const outcomes = node.criteria.map(({ id, text = id, status, evidence, waiver }) => {
    const by = waiver === undefined ? '' : ` by ${escapeMarkdown(shorten(waiver.byName, MAX_LABEL))}`
    const why = waiver === undefined ? '' : ` (${escapeMarkdown(shorten(waiver.reason, MAX_LABEL))})`
    const proof = evidence.length === 0 ? '' : ` (${listed(evidence.map((piece) => names.of(piece)))})`
    return `\n  - ${words(status)}${by}: ${escapeMarkdown(shorten(text, 300))}${why}${proof}`
  })
  return [`${names.of(node.id)}${outcomes.join('')}`]
}

function knowledgeSection(lineage: Lineage, kind: 'decision' | 'learning', heading: string, names: Names): string[] {
  const headers = [heading.slice(0, -1), 'Why', 'By', 'Holds for', 'Valid from', 'Until', 'Superseded by']
  return tableSection(lineage, kind, heading, headers, ({ fields }) => [
    escapeMarkdown(shorten(fields.rationale, MAX_LABEL)),
    names.of(fields.agent),
    fields.attachedTo === undefined
      ? escapeMarkdown(shorten(fields.namespace, MAX_LABEL))
      : names.of(fields.attachedTo),
    momentOf(fields.validFrom),
    optional(fields.validTo, momentOf),
    names.of(fields.supersededBy),
  ])
}

/** What the contract of a task asks for, if it has one, and how it came to that. */
function contractEntries(node: LineageNode, names: Names): string[] {
  if (node.kind !== 'task' || node.fields.contract === undefined) return []
  const { contract, contractVersion } = node.fields
  const terms = contractSentences(contract).map((sentence) => `\n  - ${escapeMarkdown(shorten(sentence, 300))}`)
  const versions = (node.contracts ?? []).map((revision, index, all) => {
    const { version, agentName, createdAt, reason, evidence } = revision
    const changes = index === 0 ? [] : contractChanges(all[index - 1]!.contract, revision.contract)
    const what = changes.length === 0 ? '' : ` (${escapeMarkdown(shorten(changes.join(', '), 300))})`
    const proof =
      evidence.length === 0
        ? ''
        : `, upon ${escapeMarkdown(shorten(listed(evidence.map(({ name }) => name)), MAX_LABEL))}`
    const why = reason === undefined ? '' : `: ${escapeMarkdown(shorten(reason, MAX_LABEL))}`
    return `\n  - Version ${version} by ${escapeMarkdown(shorten(agentName, MAX_LABEL))}, ${momentOf(createdAt)}${what}${proof}${why}`
  })
  return [`${names.of(node.id)}, version ${contractVersion}${[...terms, ...versions].join('')}`]
}

/** What nodes are called in the tables. */
class Names {
  readonly #nodeById: ReadonlyMap<NodeId, LineageNode>

  constructor(lineage: Lineage) {
    this.#nodeById = new Map(lineage.nodes.map((node) => [node.id, node]))
  }

  /** The name as Markdown; the id where the node is not part of the lineage, and nothing for nothing. */
  of(id: NodeId | undefined): string {
    return id === undefined ? '' : escapeMarkdown(shorten(this.#nodeById.get(id)?.label ?? id, MAX_LABEL))
  }

  kindOf(id: NodeId): string {
    return this.#nodeById.get(id)?.kind ?? 'node'
  }
}

function summaryOf(lineage: Lineage, names: Names): string {
  const times = lineage.timeline.map(({ at }) => at).sort()
  const period = times.length === 0 ? '' : `, from ${momentOf(times[0]!)} to ${momentOf(times.at(-1)!)}`
  const others = lineage.nodes.filter(({ id }) => id !== lineage.root)
  const what =
    others.length === 0
      ? 'nothing is known'
      : `${countedByKind(others.map(({ kind }) => kind))} in ${counted(lineage.relations.length, 'relation')}`
  return `The ${names.kindOf(lineage.root)} **${names.of(lineage.root)}**. ${DIRECTIONS[lineage.direction]}${period}: ${what}.`
}

function pictureSection(lineage: Lineage): string[] {
  const picture = pictureOf(lineage)
  if (picture.nodes.length > MAX_SHAPES || picture.nodes.length < 2) return []
  return ['## Picture', `\`\`\`mermaid\n${pictureMermaid(picture)}\`\`\``]
}

function listSection(heading: string, entries: readonly string[]): string[] {
  if (entries.length === 0) return []
  return [
    `## ${heading}`,
    entries
      .slice(0, ROWS_SHOWN)
      .map((entry) => `- ${entry}`)
      .join('\n'),
    ...moreThan(entries),
  ]
}

function tableSection<Kind extends LineageNode['kind']>(
  lineage: Lineage,
  kind: Kind,
  heading: string,
  headers: readonly string[],
  cellsOf: (node: NodeOf<Kind>) => readonly string[],
): string[] {
  const nodes = lineage.nodes.filter((node): node is NodeOf<Kind> => node.kind === kind)
  if (nodes.length === 0) return []
  const rows = nodes
    .slice(0, ROWS_SHOWN)
    .map((node) => [escapeMarkdown(shorten(node.label, MAX_LABEL)), ...cellsOf(node)])
  return [`## ${heading}`, tableOf(headers, rows), ...moreThan(nodes)]
}

function relationsSection({ relations }: Lineage, names: Names): string[] {
  if (relations.length === 0) return []
  const rows = relations
    .slice(0, ROWS_SHOWN)
    .map(({ source, kind, target }) => [names.of(source), propertyOf(kind), names.of(target)])
  return ['## Relations', tableOf(['From', 'Property', 'To'], rows), ...moreThan(relations)]
}

function moreThan(all: readonly unknown[]): string[] {
  return all.length > ROWS_SHOWN ? [`${numberText(all.length - ROWS_SHOWN)} more are not listed.`] : []
}

/** A value as text; nothing for nothing. */
function optional<Value>(value: Value | undefined, toText: (value: Value) => string): string {
  return value === undefined ? '' : toText(value)
}

import type { NodeId } from '../../ids.js'
import type { LineageRelation } from '../../record/lineage/lineage-relation.js'
import { activityMs, activityResult, resultBy, turnedDownBy, VERDICT_WORDS } from '../lineage/activity-result.js'
import { contractChanges } from '../lineage/contract-changes.js'
import { contractSentences } from '../lineage/contract-sentences.js'
import type { ContractRevision, CriterionOutcome, Judgement, Lineage, LineageNode, NodeOf } from '../lineage/lineage.js'
import { MARK_WORDS } from '../lineage/mark.js'
import { counted } from '../text/counted.js'
import { durationOf } from '../text/duration.js'
import { shorten } from '../text/shorten.js'
import { AGENT_WORDS, statusWords, words } from '../text/words.js'
import { requirementWords } from '../timeline/changes.js'
import { bdi, type Content, html, isEmpty, join, link, type Markup } from './markup.js'
import { anchorOf, MAX_NAME, type NodeNames } from './node-names.js'
import { RELATION_WORDS } from './relation-words.js'
import { badge, prose, time } from './wording.js'

interface Column<Node> {
  readonly name: string
  readonly cell: (node: Node) => Content
}

/** What is in the rows of one kind: columns, and fields that a reader unfolds. */
interface Table<Node> {
  readonly section: string
  readonly name: string
  readonly columns: readonly Column<Node>[]
  /** Kinds of relation that a column tells: these are not said again. */
  readonly shown: readonly LineageRelation['kind'][]
  readonly fields: (node: Node) => readonly (readonly [name: string, value: Content])[]
}

/** The tables of a lineage's page, one for each kind of node that is in it. */
export function nodeTables(
  lineage: Lineage,
  names: NodeNames,
): readonly { id: string; name: string; markup: Markup }[] {
  const relationsBySource = new Map<NodeId, LineageRelation[]>()
  for (const relation of lineage.relations) {
    const relations = relationsBySource.get(relation.source)
    if (relations) relations.push(relation)
    else relationsBySource.set(relation.source, [relation])
  }
  const context: Context = { lineage, names, relationsOf: (id) => relationsBySource.get(id) ?? [] }
  return TABLE_ORDER.map((kind) => sectionOf(kind, context)).filter((table) => table !== undefined)
}

/** The kinds of nodes, in the order in which their tables stand. */
export const TABLE_ORDER = [
  'task',
  'artifact',
  'activity',
  'decision',
  'learning',
  'evidence',
  'agent',
  'comment',
] as const

type TableMaker<Kind extends LineageNode['kind']> = (context: Context) => Table<NodeOf<Kind>>

const TABLES: { readonly [Kind in LineageNode['kind']]: TableMaker<Kind> } = {
  task: taskTable,
  artifact: artifactTable,
  activity: activityTable,
  decision: (context) => ({ ...knowledgeTable(context, 'Decided by'), section: 'decisions', name: 'Decisions' }),
  learning: (context) => ({ ...knowledgeTable(context, 'Learned by'), section: 'learnings', name: 'Learnings' }),
  evidence: evidenceTable,
  agent: agentTable,
  comment: commentTable,
}

function sectionOf<Kind extends LineageNode['kind']>(kind: Kind, context: Context) {
  return section(kind, (TABLES[kind] as TableMaker<Kind>)(context), context)
}

interface Context {
  readonly lineage: Lineage
  readonly names: NodeNames
  readonly relationsOf: (id: NodeId) => readonly LineageRelation[]
}

function section<Kind extends LineageNode['kind']>(
  kind: Kind,
  table: Table<NodeOf<Kind>>,
  context: Context,
): { id: string; name: string; markup: Markup } | undefined {
  const rows: Markup[] = []
  context.lineage.nodes.forEach((node, index) => {
    if (node.kind === kind) rows.push(row(node as NodeOf<Kind>, index, table, context))
  })
  if (rows.length === 0) return undefined
  const markup = html`<section id="${table.section}" class="card" aria-labelledby="${table.section}-heading" data-filter>
<h2 id="${table.section}-heading">${table.name} <span class="count">${counted(rows.length, kind)}</span></h2>
<table class="nodes">
<thead><tr><th scope="col">${table.name.replace(/s$/, '').replace(/ie$/, 'y')}</th>${table.columns.map((column) => html`<th scope="col">${column.name}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table>
</section>
`
  return { id: table.section, name: table.name, markup }
}

function row<Node extends LineageNode>(node: Node, index: number, table: Table<Node>, context: Context): Markup {
  const anchor = anchorOf(node.id)
  const cells = table.columns.map(({ name, cell }) => {
    const content = cell(node)
    return isEmpty(content)
      ? html`<td data-label="${name}" class="none">–</td>`
      : html`<td data-label="${name}">${content}</td>`
  })
  const fields = table.fields(node).filter(([, value]) => !isEmpty(value))
  return html`<tr id="${anchor}" data-node="${index}" data-kind="${node.kind}"><th scope="row"><a class="pick" href="#${anchor}">${bdi(node.label)}</a>${
    node.distance === 0 && html` <span class="badge" data-tone="root">root</span>`
  }<details><summary>More</summary><dl>${[...fields, ...placeOf(node, context)].map(
    ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`,
  )}</dl>${relations(node, table, context)}</details></th>${cells}</tr>
`
}

function placeOf(node: LineageNode, { names }: Context): readonly (readonly [string, Content])[] {
  const id = ['Id', html`<code>${bdi(node.id)}</code>`] as const
  if (node.reachedBy === undefined) return [id]
  const { source, kind, target } = node.reachedBy
  const [forth, back] = RELATION_WORDS[kind]
  const [words, before] = source === node.id ? [forth, target] : [back, source]
  const side = node.direction === 'origin' ? 'an origin' : 'an effect'
  return [
    id,
    ['Reached', html`as ${side}, in ${counted(node.distance, 'step')}: it ${words} ${names.reference(before)}`],
  ]
}

/** What the node says of others, as PROV does: from the later to the earlier. */
function relations<Node extends LineageNode>(
  node: Node,
  { shown }: Table<Node>,
  { relationsOf, names }: Context,
): Content {
  const byKind = new Map<LineageRelation['kind'], LineageRelation[]>()
  for (const relation of relationsOf(node.id)) {
    if (shown.includes(relation.kind)) continue
    const same = byKind.get(relation.kind)
    if (same) same.push(relation)
    else byKind.set(relation.kind, [relation])
  }
  if (byKind.size === 0) return undefined
  return html`<dl class="relations">${[...byKind].map(
    ([kind, same]) =>
      html`<dt>${RELATION_WORDS[kind][0]}</dt><dd>${join(
        same.map((relation) => [
          names.reference(relation.target),
          relation.gate !== undefined && relation.gate !== 'closed' && ` (until ${relation.gate})`,
        ]),
        ', ',
      )}</dd>`,
  )}</dl>`
}

function taskTable({ names }: Context): Table<NodeOf<'task'>> {
  return {
    section: 'tasks',
    name: 'Tasks',
    shown: [],
    columns: [
      {
        name: 'Status',
        cell: ({ fields }) => [
          badge(fields.outcome ?? statusWords(fields.status), fields.outcome ?? fields.status),
          fields.forced !== undefined && [' ', badge(MARK_WORDS.forced, 'forced')],
        ],
      },
      { name: 'Priority', cell: ({ fields }) => fields.priority },
      { name: 'Type', cell: ({ fields }) => bdi(words(fields.type)) },
      { name: 'Phase', cell: ({ fields }) => bdi(words(fields.phase)) },
      { name: 'Owner', cell: ({ fields }) => fields.owner && names.reference(fields.owner) },
      { name: 'Created', cell: ({ fields }) => time(fields.createdAt) },
      { name: 'Closed', cell: ({ fields }) => fields.closedAt && time(fields.closedAt) },
    ],
    fields: ({ fields, contracts }) => [
      ['Description', prose(fields.description)],
      ['Notes', prose(fields.notes)],
      ['Close reason', fields.closeReason !== fields.forced && prose(fields.closeReason)],
      ['On hold', prose(fields.holdReason)],
      ['By force', prose(fields.forced)],
      ['Not before', fields.notBefore && time(fields.notBefore)],
      ['Snoozed until', fields.snoozedUntil && time(fields.snoozedUntil)],
      ['Due', fields.dueAt && time(fields.dueAt)],
      ['Requires', fields.requires && bdi(requirementWords(fields.requires))],
      [
        'Contract',
        fields.contract && [
          `version ${fields.contractVersion}`,
          html`<ul class="terms">${contractSentences(fields.contract).map((sentence) => html`<li>${bdi(sentence)}</li>`)}</ul>`,
        ],
      ],
      [
        'Its versions',
        contracts && html`<ul class="terms">${contracts.map((...at) => revisionItem(names, ...at))}</ul>`,
      ],
      [
        'Labels',
        join(
          fields.labels.map((label) => html`<span class="label">${bdi(label)}</span>`),
          ' ',
        ),
      ],
      [
        'Elsewhere',
        fields.externalRefs.length > 0 &&
          join(
            fields.externalRefs.map(({ system, id, url }) => [
              bdi(system),
              ' ',
              url === undefined ? bdi(id) : link(url, id),
              url !== undefined && !/^(https?|mailto):/i.test(url) && [' ', bdi(url)],
            ]),
            ', ',
          ),
      ],
      ['Updated', html`${time(fields.updatedAt)}, revision ${fields.revision}`],
    ],
  }
}

function artifactTable({ names, relationsOf }: Context): Table<NodeOf<'artifact'>> {
  return {
    section: 'artifacts',
    name: 'Artifacts',
    shown: ['generated_by'],
    columns: [
      { name: 'Kind', cell: ({ fields }) => fields.kind && bdi(fields.kind) },
      { name: 'Where', cell: ({ fields }) => html`<span class="iri">${link(fields.iri)}</span>` },
      { name: 'Made by', cell: ({ id }) => targets(relationsOf(id), 'generated_by', names) },
      { name: 'Added', cell: ({ fields }) => time(fields.createdAt) },
    ],
    fields: ({ fields }) => [
      ['Media type', fields.mediaType && bdi(fields.mediaType)],
      ['Digest', fields.digest && html`<code>${bdi(fields.digest)}</code>`],
    ],
  }
}

function activityTable({ names }: Context): Table<NodeOf<'activity'>> {
  return {
    section: 'activities',
    name: 'Activities',
    shown: ['associated_with', 'had_plan'],
    columns: [
      { name: 'Agent', cell: ({ fields }) => names.reference(fields.agent) },
      { name: 'Phase', cell: ({ fields }) => bdi(words(fields.phase)) },
      {
        name: 'Result',
        cell: (node) => [badge(activityResult(node)), bdi(resultBy(node)), turnedDownComment(node)],
      },
      { name: 'Task', cell: ({ fields }) => fields.task && names.reference(fields.task) },
      { name: 'Started', cell: ({ fields }) => time(fields.startedAt) },
      {
        name: 'Lasted',
        cell: ({ fields }) => lasted(activityMs(fields)),
      },
    ],
    fields: ({ fields, label, run, review, judgements, criteria, cutOff }) => [
      ['Failure', run?.stopReason === undefined && prose(fields.failure)],
      ['Stopped because', run?.stopReason && bdi(words(run.stopReason))],
      ['In words', prose(run?.stopText)],
      ['Summary', prose(run?.summary)],
      ['Ended because', prose(run?.endReason)],
      ['Ended by', cutOff && !cutOff.byHolder && [reference(cutOff.by, cutOff.byName, names), prose(cutOff.reason)]],
      ['Its reason', cutOff?.byHolder && prose(cutOff.reason)],
      [
        'Criteria',
        criteria && html`<ul class="terms">${criteria.map((outcome) => criterionItem(outcome, names))}</ul>`,
      ],
      [
        'Reviews',
        judgements && html`<ul class="terms">${judgements.map((judgement) => judgementItem(judgement, names))}</ul>`,
      ],
      ['Comment', prose(review?.comment)],
      ['Notes', fields.notes !== label && prose(fields.notes)],
      ['Stage', words(fields.stage)],
      ['Ended', fields.endedAt && time(fields.endedAt)],
    ],
  }
}

/** How much of a comment stands beside a result; the whole of it is among the fields. */
const COMMENT_BESIDE = 100

function turnedDownComment(node: NodeOf<'activity'>): Content {
  const comment = turnedDownBy(node)?.comment
  return comment && html`<div>${bdi(shorten(comment, COMMENT_BESIDE))}</div>`
}

/** A link to a node where it is part of the page, and else its name. */
function reference(id: NodeId, name: string, names: NodeNames): Content {
  return names.indexOf(id) === undefined ? bdi(shorten(name, MAX_NAME)) : names.reference(id)
}

function criterionItem({ id, text = id, status, evidence, waiver }: CriterionOutcome, names: NodeNames): Markup {
  const proof = evidence.map((piece) => names.reference(piece))
  return html`<li>${badge(status)} ${bdi(text)}${proof.length > 0 && [' (', join(proof, ', '), ')']}${
    waiver !== undefined && html`<div>by ${reference(waiver.by, waiver.byName, names)}: ${bdi(waiver.reason)}</div>`
  }</li>`
}

function judgementItem({ reviewer, reviewerName, verdict, comment }: Judgement, names: NodeNames): Markup {
  return html`<li>${badge(VERDICT_WORDS[verdict])} by ${reference(reviewer, reviewerName, names)}${prose(comment)}</li>`
}

function revisionItem(
  names: NodeNames,
  { version, contract, agent, agentName, reason, evidence, createdAt }: ContractRevision,
  index: number,
  all: readonly ContractRevision[],
): Markup {
  const changes = index === 0 ? [] : contractChanges(all[index - 1]!.contract, contract)
  const proof = evidence.map((piece) => reference(piece.evidence, piece.name, names))
  return html`<li>Version ${version} by ${reference(agent, agentName, names)}, ${time(createdAt)}${
    changes.length > 0 && [' (', bdi(changes.join(', ')), ')']
  }${proof.length > 0 && [', upon ', join(proof, ', ')]}${prose(reason)}</li>`
}

function lasted(ms: number | undefined): Content {
  return ms === undefined ? undefined : durationOf(ms)
}

function agentTable({ lineage, names, relationsOf }: Context): Table<NodeOf<'agent'>> {
  const activities = new Map<NodeId, number>()
  for (const node of lineage.nodes) {
    if (node.kind === 'activity') activities.set(node.fields.agent, (activities.get(node.fields.agent) ?? 0) + 1)
  }
  return {
    section: 'agents',
    name: 'Agents',
    shown: ['acted_on_behalf_of'],
    columns: [
      { name: 'Kind', cell: ({ fields }) => AGENT_WORDS[fields.kind] },
      { name: 'Model or version', cell: ({ fields }) => modelOf(fields) },
      { name: 'On behalf of', cell: ({ id }) => targets(relationsOf(id), 'acted_on_behalf_of', names) },
      { name: 'Activities here', cell: ({ id }) => String(activities.get(id) ?? 0) },
    ],
    fields: ({ fields }) => [
      ['Role', fields.kind === 'ml' && bdi(words(fields.role))],
      ['Contact', fields.kind === 'human' && fields.contact && bdi(fields.contact)],
      ['Source', fields.kind === 'software' && fields.source && link(fields.source)],
      ['Address', fields.kind === 'organization' && fields.url && link(fields.url)],
      [
        'Parameters',
        fields.kind === 'ml' && fields.parameters && html`<code>${bdi(JSON.stringify(fields.parameters))}</code>`,
      ],
      ['Can', fields.capabilities.length > 0 && bdi(fields.capabilities.join(', '))],
      ['Registered', time(fields.createdAt)],
    ],
  }
}

function modelOf(fields: NodeOf<'agent'>['fields']): Content {
  if (fields.kind === 'ml') {
    return [bdi(`${fields.model.provider} ${fields.model.name}`), fields.version && [', ', bdi(fields.version)]]
  }
  return fields.kind === 'software' && fields.version ? bdi(fields.version) : undefined
}

function knowledgeTable(
  { names }: Context,
  by: string,
): Pick<Table<NodeOf<'decision'> | NodeOf<'learning'>>, 'shown' | 'columns' | 'fields'> {
  return {
    shown: ['attributed_to', 'attached_to'],
    columns: [
      { name: by, cell: ({ fields }) => names.reference(fields.agent) },
      {
        name: 'Holds for',
        cell: ({ fields }) =>
          fields.attachedTo === undefined ? bdi(fields.namespace) : names.reference(fields.attachedTo),
      },
      { name: 'Valid from', cell: ({ fields }) => time(fields.validFrom) },
      { name: 'Until', cell: ({ fields }) => fields.validTo && time(fields.validTo) },
      {
        name: 'Superseded by',
        cell: ({ fields }) =>
          fields.supersededBy && [badge(MARK_WORDS.superseded), ' ', names.reference(fields.supersededBy)],
      },
    ],
    fields: ({ fields }) => [
      ['Rationale', prose(fields.rationale)],
      [
        'Alternatives',
        fields.alternatives.length > 0 &&
          html`<ul class="terms">${fields.alternatives.map((alternative) => html`<li>${bdi(alternative)}</li>`)}</ul>`,
      ],
      ['Recorded', time(fields.recordedAt)],
    ],
  }
}

function evidenceTable({ names }: Context): Table<NodeOf<'evidence'>> {
  return {
    section: 'evidence',
    name: 'Evidence',
    shown: ['attributed_to', 'evidence_for', 'points_at'],
    columns: [
      { name: 'Kind', cell: ({ fields }) => bdi(words(fields.kind)) },
      { name: 'About', cell: ({ fields }) => names.reference(fields.subject) },
      {
        name: 'Points at',
        cell: ({ fields }) =>
          fields.artifact === undefined
            ? fields.iri && html`<span class="iri">${link(fields.iri)}</span>`
            : names.reference(fields.artifact),
      },
      { name: 'Brought by', cell: ({ fields }) => names.reference(fields.agent) },
      { name: 'Added', cell: ({ fields }) => time(fields.createdAt) },
    ],
    fields: ({ fields, label }) => [
      ['Summary', fields.summary !== label && prose(fields.summary)],
      ['Digest', fields.digest && html`<code>${bdi(fields.digest)}</code>`],
    ],
  }
}

function commentTable({ names }: Context): Table<NodeOf<'comment'>> {
  return {
    section: 'comments',
    name: 'Comments',
    shown: ['comment_on', 'attributed_to'],
    columns: [
      { name: 'On', cell: ({ fields }) => names.reference(fields.task) },
      { name: 'Author', cell: ({ fields }) => names.reference(fields.author) },
      { name: 'Written', cell: ({ fields }) => time(fields.createdAt) },
    ],
    fields: ({ fields, label }) => [['Text', fields.body !== label && prose(fields.body)]],
  }
}

function targets(relations: readonly LineageRelation[], kind: LineageRelation['kind'], names: NodeNames): Content {
  const found = relations.filter((relation) => relation.kind === kind)
  return found.length === 0
    ? undefined
    : join(
        found.map((relation) => names.reference(relation.target)),
        ', ',
      )
}

import { setTimeout } from 'node:timers/promises'
import type { LineageKind } from '../../record/lineage/lineage-relation.js'
import type { Lineage } from '../lineage/lineage.js'
import { TRUNCATION_REASONS } from '../lineage/truncation-sentences.js'
import { lineageTitle } from '../lineage-title.js'
import { drawPicture } from '../picture/draw-picture.js'
import { layOut } from '../picture/lay-out.js'
import type { Picture } from '../picture/picture.js'
import { pictureOf } from '../picture/picture-of.js'
import type { RenderSettings } from '../report-format.js'
import { counted, numberText } from '../text/counted.js'
import { shorten } from '../text/shorten.js'
import { GAPS_HEADING, NO_GAPS } from '../text/words.js'
import { gapList } from './gap-list.js'
import { bdi, html, type Markup, trusted } from './markup.js'
import { anchorOf, MAX_NAME, NodeNames } from './node-names.js'
import { nodeTables, TABLE_ORDER } from './node-tables.js'
import { page } from './page.js'
import type { PageGraph } from './page-graph.js'
import { pictureSection } from './picture-section.js'
import { RELATION_WORDS } from './relation-words.js'
import { timelineSection } from './timeline-section.js'
import { time } from './wording.js'

/**
 * A lineage as one HTML document that needs no network and opens from disk: the picture, what is to be looked into,
 * the timeline by agent, and a table for each kind of node. All of it stands in the document; scripts add search and
 * selection.
 *
 * @throws {MissingDependencyError} the optional dependency that lays the picture out is not installed.
 */
export async function lineageHtml(lineage: Lineage, settings: RenderSettings = {}): Promise<string> {
  const picture = pictureOf(lineage, settings)
  const layout = layOut(picture, settings)
  // It is awaited last, as its thread works while the rest is written, which may fail before.
  layout.catch(() => undefined)
  const names = new NodeNames(lineage)
  const tables = nodeTables(lineage, names)
  const gaps = gapsSection(lineage, names)
  const timeline = timelineSection(lineage, names)
  const data = graphOf(lineage, picture)
  const places = await layout
  // A signal whose time has come while the rest was written is heard first.
  await setTimeout(0)
  settings.signal?.throwIfAborted()
  settings.onProgress?.({ phase: 'draw', done: 0, total: 1 })
  const drawing = drawPicture(picture, places)
  settings.onProgress?.({ phase: 'draw', done: 1, total: 1 })
  return page({
    title: lineageTitle(lineage, settings.title),
    overline: 'Lineage',
    summary: summaryOf(lineage, tables),
    sections: [
      ['picture', 'Picture'],
      ['gaps', GAPS_HEADING],
      ['timeline', 'Timeline'],
      ...tables.map(({ id, name }) => [id, name] as const),
    ],
    searchLabel: 'Titles, names, addresses …',
    main: [pictureSection(picture, trusted(drawing)), gaps, timeline, tables.map(({ markup }) => markup)],
    footer: html`<p>Made by Provtrail from the record as it stood at event ${lineage.head.seq} of its log, digest <code>${lineage.head.digest.slice(0, 16)}</code>. Times are UTC.</p>`,
    data,
    scripts: ['selection', 'search', 'picture-view', 'timeline-view', 'print'],
  })
}

const DIRECTION_WORDS = {
  origins: 'came from',
  effects: 'led to',
  both: 'came from and led to',
} as const

function summaryOf(lineage: Lineage, tables: readonly { id: string; name: string }[]): Markup {
  const root = lineage.nodes[0]!
  const counts = new Map<string, number>()
  for (const { kind } of lineage.nodes) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const times = lineage.timeline.map(({ at }) => at).sort()
  const kinds = TABLE_ORDER.filter((kind) => counts.has(kind))
  return html`<p class="lede">What the ${root.kind} <a href="#${anchorOf(root.id)}">${bdi(shorten(root.label, 200))}</a> ${DIRECTION_WORDS[lineage.direction]}${
    times.length > 0 && [', ', period(times[0]!, times.at(-1)!)]
  }.</p>
<ul class="tiles">${kinds.map(
    (kind, index) =>
      html`<li data-kind="${kind}"><a href="#${tables[index]!.id}"><b>${numberText(counts.get(kind)!)}</b> ${
        counts.get(kind) === 1 ? kind : tables[index]!.name.toLowerCase()
      }</a></li>`,
  )}${
    lineage.gaps.length > 0 &&
    html`<li data-kind="gap"><a href="#gaps"><b>${numberText(lineage.gaps.length)}</b> to look into</a></li>`
  }</ul>
`
}

function period(first: string, last: string): Markup {
  return first.slice(0, 16) === last.slice(0, 16) ? html`at ${time(first)}` : html`from ${time(first)} to ${time(last)}`
}

function gapsSection(lineage: Lineage, names: NodeNames): Markup {
  const { gaps, truncated } = lineage
  return html`<section id="gaps" class="card" aria-labelledby="gaps-heading" data-filter>
<h2 id="gaps-heading">${GAPS_HEADING}${gaps.length > 0 && html` <span class="count">${counted(gaps.length, 'point')}</span>`}</h2>
${gaps.length === 0 ? html`<p>${NO_GAPS}</p>` : gapList(gaps, (id) => names.indexOf(id))}${
  truncated.length > 0 &&
  html`<details class="cuts"${truncated.length <= 5 && html` open`}><summary>${counted(truncated.length, 'node')} with relations that are not shown</summary>
<ul>${truncated.map(
    ({ node, reason, omitted }) =>
      html`<li>${names.reference(node)}: ${counted(omitted, 'relation')} not followed, ${TRUNCATION_REASONS[reason]}.</li>`,
  )}</ul></details>
`
}</section>
`
}

function graphOf(lineage: Lineage, picture: Picture): PageGraph {
  const shapeById = new Map<string, string>()
  for (const { key, id, members } of picture.nodes) {
    for (const member of members ?? []) shapeById.set(member, key)
    if (id !== undefined) shapeById.set(id, key)
  }
  const indexById = new Map(lineage.nodes.map(({ id }, index) => [id, index]))
  const kinds: LineageKind[] = []
  const relations = lineage.relations.flatMap(({ source, kind, target }): [number, number, number][] => {
    const [from, to] = [indexById.get(source), indexById.get(target)]
    if (from === undefined || to === undefined) return []
    let position = kinds.indexOf(kind)
    if (position < 0) position = kinds.push(kind) - 1
    return [[from, position, to]]
  })
  const nodes = lineage.nodes.map(({ id, label, kind, reachedBy }) => {
    const before = reachedBy && (reachedBy.source === id ? reachedBy.target : reachedBy.source)
    const shape = shapeById.get(id)
    return {
      anchor: anchorOf(id),
      label: shorten(label, MAX_NAME),
      kind,
      ...(shape === undefined ? {} : { shape }),
      from: (before && indexById.get(before)) ?? -1,
    }
  })
  return { nodes, words: kinds.map((kind) => RELATION_WORDS[kind]), relations }
}

import type { AgentId } from '../../ids.js'
import { unturned } from '../../text/unturned.js'
import { activityMs, activityResult, hasFailed } from '../lineage/activity-result.js'
import type { Lineage, NodeOf } from '../lineage/lineage.js'
import { counted } from '../text/counted.js'
import { durationOf } from '../text/duration.js'
import { momentOf } from '../text/moment.js'
import { shorten } from '../text/shorten.js'
import { html, type Markup } from './markup.js'
import { anchorOf, MAX_NAME, type NodeNames } from './node-names.js'
import { TimeAxis } from './time-axis.js'

const HEAD = 22
const BAR = 18
const BAR_STEP = 21
const MARKS = 14
const LANE_GAP = 10
const AXIS = 26
/** More activities at once than this share the last row of a lane. */
const MOST_ROWS = 12
/** Events nearer to one another than this part of the width, in percent, are one mark. */
const MARK_STEP = 0.75
/** A bar narrower than this, in percent, bears no text. */
const TEXT_FROM = 5

/** A bar narrower than this, in percent, is drawn 4 pixels wide, so that it can be seen and hit. */
const LEAST_WIDTH = 0.4

interface Lane {
  readonly agent: AgentId
  readonly name: string
  readonly activities: { readonly node: NodeOf<'activity'>; readonly index: number }[]
  readonly events: { readonly at: number; readonly subject: number | undefined }[]
}

/**
 * What each agent did, as a lane on an axis of time: activities as bars, events as dots. The width is that of the page:
 * positions are percentages. `undefined` where there is nothing to show.
 *
 * The same stands in the list of events and in the table of activities, so nothing is lost without the picture.
 */
export function timelineLanes(lineage: Lineage, names: NodeNames): Markup | undefined {
  const lanes = lanesOf(lineage, names)
  if (lanes.length === 0) return undefined
  const [from, to] = span(lanes)
  // A little room at both ends, for the marks there and for what has not ended.
  const room = Math.max((to - from) / 60, 30_000)
  const axis = new TimeAxis(from - room, to + room)
  let y = AXIS
  const drawn = lanes.map((lane) => {
    const { markup, height } = draw(lane, y, axis, to, names)
    y += height
    return markup
  })
  const ticks = axis.ticks()
  return html`<div class="scroll lanes" tabindex="0" role="region" aria-label="Timeline by agent, drawn">
<svg class="timeline" role="group" aria-label="${counted(lanes.length, 'lane')}, one for each agent" width="100%" height="${y}">
<g class="axis" aria-hidden="true">${ticks.map(
    ({ at, label }) =>
      html`<line x1="${at}%" x2="${at}%" y1="${AXIS - 8}" y2="${y}"></line><text x="${at}%" y="12" dx="3">${label}</text>`,
  )}</g>
${drawn}</svg>
</div>
`
}

function lanesOf(lineage: Lineage, names: NodeNames): readonly Lane[] {
  const lanes = new Map<AgentId, Lane>()
  const laneOf = (agent: AgentId, name: string): Lane => {
    let lane = lanes.get(agent)
    if (lane === undefined) {
      lane = { agent, name, activities: [], events: [] }
      lanes.set(agent, lane)
    }
    return lane
  }
  for (const { actor, actorName, subject, at } of lineage.timeline) {
    laneOf(actor, actorName).events.push({ at: Date.parse(at), subject: names.indexOf(subject) })
  }
  lineage.nodes.forEach((node, index) => {
    if (node.kind === 'activity')
      laneOf(node.fields.agent, names.find(node.fields.agent)?.label ?? node.fields.agent).activities.push({
        node,
        index,
      })
  })
  for (const { activities } of lanes.values()) activities.sort((a, b) => startOf(a.node) - startOf(b.node))
  return [...lanes.values()]
}

function startOf(node: NodeOf<'activity'>): number {
  return Date.parse(node.fields.startedAt)
}

function span(lanes: readonly Lane[]): [from: number, to: number] {
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  const include = (ms: number): void => {
    from = Math.min(from, ms)
    to = Math.max(to, ms)
  }
  for (const { activities, events } of lanes) {
    for (const { at } of events) include(at)
    for (const { node } of activities) {
      include(startOf(node))
      if (node.fields.endedAt !== undefined) include(Date.parse(node.fields.endedAt))
    }
  }
  return [from, to]
}

function draw(
  lane: Lane,
  top: number,
  axis: TimeAxis,
  to: number,
  names: NodeNames,
): { markup: Markup; height: number } {
  const index = names.indexOf(lane.agent)
  const name = unturned(lane.name)
  const said = [counted(lane.activities.length, 'activity'), counted(lane.events.length, 'event')].join(', ')
  const ends: number[] = []
  const bars = lane.activities.map((activity) => {
    const start = startOf(activity.node)
    const end = activity.node.fields.endedAt === undefined ? to : Date.parse(activity.node.fields.endedAt)
    let row = ends.findIndex((free) => free <= start)
    if (row < 0) row = Math.min(ends.length, MOST_ROWS - 1)
    ends[row] = Math.max(ends[row] ?? start, end)
    return bar(activity, top + HEAD + row * BAR_STEP, axis.at(start), axis.at(end))
  })
  const marksTop = top + HEAD + ends.length * BAR_STEP
  const height = HEAD + ends.length * BAR_STEP + (lane.events.length > 0 ? MARKS : 0) + LANE_GAP
  const markup = html`<g class="lane" role="group" aria-label="${shorten(name, MAX_NAME)}: ${said}">
<line class="rule" x1="0" x2="100%" y1="${top + 1}" y2="${top + 1}"></line>
<text class="lane-name" x="0" y="${top + 16}"${index !== undefined && html` data-node="${index}"`}>${shorten(name, 60)}<tspan class="lane-note" dx="8">${said}</tspan></text>
${bars}<g class="marks" aria-hidden="true">${marks(lane, axis).map(
    ({ x, count, subjects }) =>
      html`<circle cx="${x}%" cy="${marksTop + 5}" r="${radius(count)}"${
        subjects.length > 0 && html` data-node="${subjects.join(' ')}"`
      }>${count > 1 && html`<title>${count} events</title>`}</circle>`,
  )}</g>
</g>
`
  return { markup, height }
}

function bar({ node, index }: Lane['activities'][number], y: number, x: number, end: number): Markup {
  const { startedAt } = node.fields
  const ms = activityMs(node.fields)
  const state = hasFailed(node) ? 'failed' : ms === undefined ? 'open' : 'done'
  const lasted = ms === undefined ? 'has not ended' : durationOf(ms)
  const width = Math.round((end - x) * 100) / 100
  const label = unturned(shorten(node.label, 80))
  const text = `${label}: ${state === 'failed' ? `${activityResult(node)}, ` : ''}${momentOf(startedAt)}, ${lasted}`
  return html`<a class="bar ${state}" href="#${anchorOf(node.id)}" data-node="${index}" aria-label="${text}"><title>${text}</title><rect x="${x}%" y="${y}" width="${width < LEAST_WIDTH ? '4' : `${width}%`}" height="${BAR}" rx="${width < LEAST_WIDTH ? 1 : 3}"></rect>${
    width >= TEXT_FROM &&
    html`<svg x="${x}%" y="${y}" width="${width}%" height="${BAR}"><text x="6" y="13">${label}</text></svg>`
  }</a>
`
}

interface Mark {
  readonly x: number
  count: number
  readonly subjects: number[]
}

/** One mark for all events that would lie on one another. */
function marks(lane: Lane, axis: TimeAxis): readonly Mark[] {
  const byPlace = new Map<number, Mark>()
  for (const { at, subject } of lane.events) {
    const place = Math.round(axis.at(at) / MARK_STEP)
    let mark = byPlace.get(place)
    if (mark === undefined) {
      mark = { x: axis.at(at), count: 0, subjects: [] }
      byPlace.set(place, mark)
    }
    mark.count++
    if (subject !== undefined && !mark.subjects.includes(subject)) mark.subjects.push(subject)
  }
  return [...byPlace.values()]
}

function radius(count: number): number {
  return Math.round(Math.min(3 + Math.log2(count) / 2, 6) * 10) / 10
}

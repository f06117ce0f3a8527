import type { LineageNode } from '../lineage/lineage.js'
import type { Mark } from '../lineage/mark.js'

/** The shapes of PROV's own diagrams (https://www.w3.org/2011/prov/wiki/Diagrams): ellipse, rectangle, house. */
export type ProvShape = 'entity' | 'activity' | 'agent'

/** The colours of the same diagrams, and a darker one of each for the line. */
export const PROV_COLOURS: Readonly<Record<ProvShape, { readonly fill: string; readonly stroke: string }>> = {
  entity: { fill: '#FFFC87', stroke: '#87842E' },
  activity: { fill: '#9FB1FC', stroke: '#4A5BA8' },
  agent: { fill: '#FED37F', stroke: '#976A14' },
}

/** The line of a shape that is marked: red for what went wrong, broken for what holds no more. */
export const MARK_LINES: Readonly<Record<Mark, { readonly stroke: string; readonly isBroken: boolean }>> = {
  forced: { stroke: '#B3261E', isBroken: false },
  failed: { stroke: '#B3261E', isBroken: false },
  expired: { stroke: '#B3261E', isBroken: true },
  superseded: { stroke: '#87842E', isBroken: true },
}

/** The shape whose line a mark changes. */
export const MARKED_SHAPES: Readonly<Record<Mark, ProvShape>> = {
  forced: 'entity',
  failed: 'activity',
  expired: 'activity',
  superseded: 'entity',
}

/** The colour of text upon them. */
export const INK = '#1B1C22'

/** What in PROV each kind of node is. */
export const SHAPE_BY_KIND: Readonly<Record<LineageNode['kind'], ProvShape>> = {
  task: 'entity',
  artifact: 'entity',
  comment: 'entity',
  decision: 'entity',
  learning: 'entity',
  evidence: 'entity',
  activity: 'activity',
  agent: 'agent',
}

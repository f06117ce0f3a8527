import type { LineageNode } from '../lineage/lineage.js'

/** The shapes of PROV's own diagrams (https://www.w3.org/2011/prov/wiki/Diagrams): ellipse, rectangle, house. */
export type ProvShape = 'entity' | 'activity' | 'agent'

/** The colours of the same diagrams, and a darker one of each for the line. */
export const PROV_COLOURS: Readonly<Record<ProvShape, { readonly fill: string; readonly stroke: string }>> = {
  entity: { fill: '#FFFC87', stroke: '#87842E' },
  activity: { fill: '#9FB1FC', stroke: '#4A5BA8' },
  agent: { fill: '#FED37F', stroke: '#976A14' },
}

/** The colour of text upon them. */
export const INK = '#1B1C22'

/** What in PROV each kind of node is. */
export const SHAPE_BY_KIND: Readonly<Record<LineageNode['kind'], ProvShape>> = {
  task: 'entity',
  artifact: 'entity',
  comment: 'entity',
  activity: 'activity',
  agent: 'agent',
}

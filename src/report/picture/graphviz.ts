import { isResponsibility } from './edge-kind.js'
import { PROPERTY_SIZE } from './edge-labels.js'
import type { Figure } from './figure.js'
import { isDeep } from './is-deep.js'
import type { Layout, PlacedNode, Point, Route } from './layout.js'
import type { Picture } from './picture.js'
import { widthOf } from './text-size.js'
import { toTenth } from './to-tenth.js'

/** Graphviz measures positions in points, and sizes in inches of 72 points. A point is a pixel here. */
const POINTS_PER_INCH = 72
const MARGIN = 12
/** Beyond so many arrows, Graphviz spends less time on having few of them cross. */
const FEW_EDGES = 150

/**
 * What Graphviz has to know of a picture: keys, sizes and arrows, and no text of the record.
 *
 * Causes stand to the left of their effects, or above them where a long chain would not fit into the width of a page. Who
 * is responsible must not pull everything that they did together, so those arrows weigh nothing.
 */
export function toDot(picture: Picture, figureByKey: ReadonlyMap<string, Figure>): string {
  const widestLabel = Math.max(0, ...picture.edges.map(({ label }) => widthOf(label, PROPERTY_SIZE)))
  const direction = isDeep(picture)
    ? 'rankdir=BT, nodesep=0.35, ranksep=0.65'
    : `rankdir=RL, nodesep=0.2, ranksep=${inches(widestLabel + 34)}`
  const effort = picture.edges.length > FEW_EDGES ? 'mclimit=0.5, ' : ''
  const lines = [
    'digraph {',
    `graph [${direction}, ${effort}nslimit=4, nslimit1=4]`,
    'node [label="", fixedsize=true, shape=box]',
    'edge [arrowsize=0.7]',
  ]
  for (const { key, shape } of picture.nodes) {
    const { width, height } = figureByKey.get(key)!
    const size = `width=${inches(width)}, height=${inches(height)}`
    lines.push(`${key} [${size}${shape === 'entity' ? ', shape=ellipse' : ''}]`)
  }
  for (const { key, source, target, label } of picture.edges) {
    lines.push(`${source} -> ${target} [id=${key}${isResponsibility(label) ? ', weight=0' : ''}]`)
  }
  lines.push('}')
  return lines.join('\n')
}

interface GraphvizGraph {
  readonly bb: string
  readonly objects?: readonly { readonly name: string; readonly pos: string }[]
  readonly edges?: readonly { readonly id: string; readonly pos: string }[]
}

/** The layout that Graphviz's JSON tells of, with y downwards. */
export function toLayout(json: string, figureByKey: ReadonlyMap<string, Figure>): Layout {
  const graph: GraphvizGraph = JSON.parse(json)
  const [left, bottom, right, top] = graph.bb.split(',').map(Number) as [number, number, number, number]
  const toPoint = (text: string): Point => {
    const [x, y] = text.split(',').map(Number) as [number, number]
    return { x: toTenth(x - left + MARGIN), y: toTenth(top - y + MARGIN) }
  }
  const nodeByKey = new Map<string, PlacedNode>()
  for (const { name, pos } of graph.objects ?? []) nodeByKey.set(name, { ...toPoint(pos), ...figureByKey.get(name)! })
  const routeByKey = new Map<string, Route>()
  for (const { id, pos } of graph.edges ?? []) {
    const [head, ...rest] = pos.split(' ')
    const points = rest.map(toPoint)
    routeByKey.set(id, { points, tip: toPoint(head!.replace(/^e,/, '')) })
  }
  return {
    width: Math.ceil(right - left + 2 * MARGIN),
    height: Math.ceil(top - bottom + 2 * MARGIN),
    nodeByKey,
    routeByKey,
  }
}

function inches(points: number): string {
  return (points / POINTS_PER_INCH).toFixed(3)
}

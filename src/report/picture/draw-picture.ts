import { shorten } from '../text/shorten.js'
import { edgeKindOf } from './edge-kind.js'
import { PROPERTY_SIZE, placeEdgeLabels } from './edge-labels.js'
import { escapeXml } from './escape-xml.js'
import { LABEL_SIZE, NOTE_SIZE, ROOF, STACK } from './figure.js'
import type { Layout, PlacedNode, Point, Route } from './layout.js'
import type { Picture, PictureEdge, PictureNode } from './picture.js'
import { INK, MARK_LINES, PROV_COLOURS } from './prov-look.js'
import { toTenth } from './to-tenth.js'

/** Fonts about as wide as what text is measured by. */
export const FONTS = '"Helvetica Neue", Helvetica, Arial, "Liberation Sans", Roboto, "Segoe UI", sans-serif'

const ARROWS = {
  work: 'stroke="#50556A"',
  plan: 'stroke="#8A8FA3"',
  responsibility: 'stroke="#B08A45" stroke-dasharray="4 3"',
} as const
const HEADS = { work: '#50556A', plan: '#8A8FA3', responsibility: '#B08A45' } as const
const MAX_TITLE = 300
/** How wide the line of a shape is that is marked. */
const MARK_WIDTH = 2

/**
 * The picture as one `<svg>` element, to stand in an HTML page or a document of its own.
 *
 * Colours are attributes, so that the style of a page can have others by class: `node` with `entity`, `activity` or
 * `agent`, `group`, `root`, `forced`, `expired`, `superseded`; `edge` with `work`, `plan` or `responsibility`; `line`, `head`, `label`, `note`, `property`.
 * It holds no style, no script, no id and no link.
 */
export function drawPicture(picture: Picture, layout: Layout): string {
  const name = `${picture.title}: ${picture.nodes.length} shapes and ${picture.edges.length} arrows, from the later to the earlier`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="picture" role="img" aria-label="${escapeXml(shorten(name, MAX_TITLE))}" width="${layout.width}" height="${layout.height}" viewBox="0 0 ${layout.width} ${layout.height}" font-family="${escapeXml(FONTS)}">`,
    drawContent(picture, layout),
    '</svg>',
  ].join('\n')
}

/** What stands within the `<svg>` element: arrows, then shapes over them, then the words on the arrows. */
export function drawContent(picture: Picture, layout: Layout): string {
  const labelByKey = new Map(picture.nodes.map(({ key, label }) => [key, shorten(label, MAX_TITLE)]))
  const places = placeEdgeLabels(picture, layout)
  const roofs = new Set(picture.nodes.filter(({ shape }) => shape === 'agent').map(({ key }) => key))
  const edges = picture.edges.map((edge) => drawEdge(edge, layout, places.get(edge.key), labelByKey, roofs))
  const nodes = picture.nodes.map((node) => drawNode(node, layout.nodeByKey.get(node.key)!))
  return [
    `<g class="edges" fill="none" stroke-width="1.2" font-size="${PROPERTY_SIZE}">`,
    ...edges,
    '</g>',
    `<g class="nodes" stroke-width="1.2" font-size="${LABEL_SIZE}" text-anchor="middle">`,
    ...nodes,
    '</g>',
  ].join('\n')
}

function drawEdge(
  { key, source, target, label }: PictureEdge,
  layout: Layout,
  place: Point | undefined,
  labelByKey: ReadonlyMap<string, string>,
  roofs: ReadonlySet<string>,
): string {
  const route = layout.routeByKey.get(key)
  if (route === undefined) return ''
  const kind = edgeKindOf(label)
  const title = `${labelByKey.get(source)} ${label} ${labelByKey.get(target)}`
  const text =
    place === undefined
      ? ''
      : `<text class="property" x="${place.x}" y="${toTenth(place.y + PROPERTY_SIZE * 0.35)}" text-anchor="middle" fill="#50556A" stroke="none">${escapeXml(label)}</text>`
  return `<g class="edge ${kind}" data-source="${source}" data-target="${target}"><title>${escapeXml(title)}</title><path class="line" ${ARROWS[kind]} d="${roofs.has(source) ? fromRoof(route, layout.nodeByKey.get(source)!) : ''}${splineOf(route)}"/><path class="head" fill="${HEADS[kind]}" d="${headOf(route)}"/>${text}</g>`
}

function splineOf({ points }: Route): string {
  const [start, ...rest] = points.map(({ x, y }) => `${x} ${y}`)
  return `M${start}C${rest.join(' ')}`
}

/** From the slope of a house's roof up to where the arrow begins, as for Graphviz the roof is flat. */
function fromRoof({ points }: Route, { x, y, width, height }: PlacedNode): string {
  const start = points[0]!
  const slope = y - height / 2 + (ROOF * Math.abs(start.x - x)) / (width / 2)
  return start.y < slope && Math.abs(start.x - x) < width / 2 - 1 ? `M${start.x} ${toTenth(slope)}V${start.y}` : ''
}

/** A triangle from where the spline ends to the tip. */
function headOf({ points, tip }: Route): string {
  const end = points.at(-1)!
  const [dx, dy] = [tip.x - end.x, tip.y - end.y]
  const length = Math.hypot(dx, dy) || 1
  const [nx, ny] = [(-dy / length) * 3.4, (dx / length) * 3.4]
  return `M${toTenth(end.x + nx)} ${toTenth(end.y + ny)}L${tip.x} ${tip.y}L${toTenth(end.x - nx)} ${toTenth(end.y - ny)}Z`
}

function drawNode(node: PictureNode, place: PlacedNode): string {
  const { fill, stroke: plain } = PROV_COLOURS[node.shape]
  const line = node.mark && MARK_LINES[node.mark]
  const stroke = line?.stroke ?? plain
  const classes = ['node', node.shape, node.members && 'group', node.isRoot && 'root', node.mark]
    .filter(Boolean)
    .join(' ')
  const id = node.id === undefined ? '' : ` data-id="${escapeXml(node.id)}"`
  const title = [shorten(node.label, MAX_TITLE), node.note, ...(node.isRoot ? ['the root'] : [])]
    .filter(Boolean)
    .join(' · ')
  const behind = node.members ? [2 * STACK, STACK].map((by) => shapeOf(node.shape, place, by)) : []
  const texts = place.lines.map(({ text, part, y }) => {
    const note = part === 'note' ? ` font-size="${NOTE_SIZE}" fill-opacity="0.8"` : ''
    const weight = part === 'label' && node.isRoot ? ' font-weight="600"' : ''
    return `<text class="${part}" x="${place.x}" y="${toTenth(place.y + y)}" fill="${INK}" stroke="none"${note}${weight}>${escapeXml(text)}</text>`
  })
  const width = node.isRoot ? ' stroke-width="2.6"' : line === undefined ? '' : ` stroke-width="${MARK_WIDTH}"`
  const broken = line?.isBroken ? ' stroke-dasharray="5 3"' : ''
  return `<g class="${classes}" data-key="${node.key}"${id} fill="${fill}" stroke="${stroke}"${width}${broken}><title>${escapeXml(title)}</title>${behind.join('')}${shapeOf(node.shape, place, 0)}${texts.join('')}</g>`
}

/** The outline of a shape, moved to the lower right by so much. */
function shapeOf(shape: PictureNode['shape'], place: PlacedNode, by: number): string {
  const { width, height } = place
  const [x, y] = [place.x + by, place.y + by]
  const [left, top, right, bottom] = [x - width / 2, y - height / 2, x + width / 2, y + height / 2].map(toTenth)
  switch (shape) {
    case 'entity':
      return `<ellipse cx="${toTenth(x)}" cy="${toTenth(y)}" rx="${width / 2}" ry="${height / 2}"/>`
    case 'activity':
      return `<rect x="${left}" y="${top}" width="${width}" height="${height}"/>`
    case 'agent':
      return `<path d="M${left} ${bottom}V${toTenth(top! + ROOF)}L${toTenth(x)} ${top}L${right} ${toTenth(top! + ROOF)}V${bottom}Z"/>`
  }
}

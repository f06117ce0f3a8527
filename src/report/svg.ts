import type { Lineage } from './lineage/lineage.js'
import { MARK_LEGEND, marksAmong } from './lineage/mark.js'
import { drawContent, FONTS } from './picture/draw-picture.js'
import { escapeXml } from './picture/escape-xml.js'
import { layOut } from './picture/lay-out.js'
import type { Picture } from './picture/picture.js'
import { pictureOf } from './picture/picture-of.js'
import { MARK_LINES, MARKED_SHAPES, PROV_COLOURS, type ProvShape } from './picture/prov-look.js'
import { breakText, widthOf } from './picture/text-size.js'
import type { RenderSettings } from './report-format.js'

const STYLE = `
.picture { color-scheme: light dark; }
.paper { fill: #fff; }
.heading, .legend text { fill: #1b1c22; }
.cut { fill: #565b6b; }
.property { paint-order: stroke; stroke: #fff; stroke-width: 3px; stroke-linejoin: round; }
@media (prefers-color-scheme: dark) {
  .paper { fill: #16181d; }
  .heading, .legend text { fill: #e9eaf0; }
  .cut { fill: #a7acbb; }
  .property { fill: #c3c7d4; stroke: #16181d; }
  .work .line { stroke: #a9aec0; }
  .work .head { fill: #a9aec0; }
  .plan .line { stroke: #737990; }
  .plan .head { fill: #737990; }
  .responsibility .line { stroke: #a98748; }
  .responsibility .head { fill: #a98748; }
}
`
const MARGIN = 16
const HEADING_SIZE = 17
const CUT_SIZE = 12
const MIN_WIDTH = 560

/**
 * A lineage as an SVG document that needs nothing else, light or dark as its reader has it: heading, picture, legend, and a
 * sentence for each thing that is not drawn.
 *
 * @throws {MissingDependencyError} the optional dependency that lays the picture out is not installed.
 * @throws {LayoutError} the picture could not be laid out.
 */
export async function lineageSvg(lineage: Lineage, settings: RenderSettings = {}): Promise<string> {
  const { signal, onProgress } = settings
  const picture = pictureOf(lineage, settings)
  const layout = await layOut(picture, settings)
  signal?.throwIfAborted()
  onProgress?.({ phase: 'draw', done: 0, total: 1 })
  const width = Math.max(MIN_WIDTH, layout.width + 2 * MARGIN)
  const textWidth = width - 2 * MARGIN
  let y = MARGIN
  const parts: string[] = []
  const write = (texts: readonly string[], className: string, size: number, more = '') => {
    for (const text of texts) {
      y += Math.round(size * 1.4)
      parts.push(
        `<text class="${className}" x="${MARGIN}" y="${y}" font-size="${size}"${more}>${escapeXml(text)}</text>`,
      )
    }
  }
  write(
    breakText(picture.title, { fontSize: HEADING_SIZE * 1.05, maxWidth: textWidth, maxLines: 2 }),
    'heading',
    HEADING_SIZE,
    ' font-weight="600"',
  )
  y += 10
  parts.push(
    `<g transform="translate(${Math.round((width - layout.width) / 2)} ${y})">`,
    drawContent(picture, layout),
    '</g>',
  )
  y += layout.height + 8
  const legend = legendAt(y, textWidth, picture)
  parts.push(legend.markup)
  y += legend.height
  for (const cut of picture.cuts) {
    write(breakText(cut, { fontSize: CUT_SIZE, maxWidth: textWidth, maxLines: 3 }), 'cut', CUT_SIZE)
  }
  const height = y + MARGIN
  onProgress?.({ phase: 'draw', done: 1, total: 1 })
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" class="picture" role="img" aria-labelledby="title description" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escapeXml(FONTS)}">
<title id="title">${escapeXml(picture.title)}</title>
<desc id="description">${picture.nodes.length} shapes and ${picture.edges.length} arrows, which point from the later to the earlier.</desc>
<style>${STYLE}</style>
<rect class="paper" fill="#fff" width="${width}" height="${height}"/>
${parts.join('\n')}
</svg>
`
}

const KEYS = [
  [
    `<ellipse cx="15" cy="8" rx="14" ry="8" ${paintOf('entity')}/>`,
    'entity: task, artifact, comment, decision, learning, evidence',
  ],
  [`<rect x="1" width="28" height="16" ${paintOf('activity')}/>`, 'activity'],
  [`<path d="M2 16V6L15 0L28 6V16Z" ${paintOf('agent')}/>`, 'agent'],
  [
    '<g class="edge work"><path class="line" d="M0 8H22" stroke="#50556A"/><path class="head" d="M22 4.5L30 8L22 11.5Z" fill="#50556A"/></g>',
    'from the later to what it came from',
  ],
  [
    '<g class="edge responsibility"><path class="line" d="M0 8H22" stroke="#B08A45" stroke-dasharray="4 3"/><path class="head" d="M22 4.5L30 8L22 11.5Z" fill="#B08A45"/></g>',
    'to who is responsible',
  ],
] as const

function paintOf(shape: ProvShape): string {
  const { fill, stroke } = PROV_COLOURS[shape]
  return `fill="${fill}" stroke="${stroke}"`
}

function keysOf(picture: Picture): readonly (readonly [key: string, text: string])[] {
  return [
    ...KEYS,
    ...marksAmong(picture.nodes).map((mark) => {
      const { stroke, isBroken } = MARK_LINES[mark]
      const broken = isBroken ? ' stroke-dasharray="5 3"' : ''
      const shape =
        MARKED_SHAPES[mark] === 'entity'
          ? '<ellipse cx="15" cy="8" rx="14" ry="7"'
          : '<rect x="1" y="1" width="28" height="14"'
      const key = `${shape} fill="none" stroke="${stroke}" stroke-width="2"${broken}/>`
      return [key, MARK_LEGEND[mark]] as const
    }),
  ]
}

/** The legend below a picture, in as many rows as it needs. */
function legendAt(top: number, width: number, picture: Picture): { markup: string; height: number } {
  let x = MARGIN
  let y = top
  const items = keysOf(picture).map(([key, text]) => {
    const itemWidth = 38 + widthOf(text, CUT_SIZE)
    if (x > MARGIN && x + itemWidth > MARGIN + width) {
      x = MARGIN
      y += 24
    }
    const item = `<g transform="translate(${Math.round(x)} ${y})">${key}<text x="38" y="12.5">${text}</text></g>`
    x += itemWidth + 22
    return item
  })
  return { markup: `<g class="legend" font-size="${CUT_SIZE}">${items.join('')}</g>`, height: y + 24 - top }
}

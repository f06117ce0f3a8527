import type { PictureNode } from './picture.js'
import { breakText, widthOf } from './text-size.js'
import { toTenth } from './to-tenth.js'

/** One line of text in a shape. */
interface TextLine {
  readonly text: string
  readonly part: 'label' | 'note'
  /** Of its baseline, from the middle of the shape downwards. */
  readonly y: number
}

/** How large a shape is, and the text in it. */
export interface Figure {
  readonly width: number
  readonly height: number
  readonly lines: readonly TextLine[]
}

export const LABEL_SIZE = 13
export const NOTE_SIZE = 11
/** How high the roof of a house is. */
export const ROOF = 12
/** How far the shapes of a group stand out behind one another. */
export const STACK = 4

const LABEL_STEP = 16
const NOTE_STEP = 14
const WIDEST = { entity: 168, activity: 176, agent: 176 } as const
/** How much wider bold text is. */
const BOLD = 1.08
/** From the top of a line to its baseline, in sizes of the font. */
const ASCENT = 0.8

/** The size of a node, made from the text in it. */
export function figureOf(node: PictureNode): Figure {
  const labelSize = node.isRoot ? LABEL_SIZE * BOLD : LABEL_SIZE
  const label = breakText(node.label, { fontSize: labelSize, maxWidth: WIDEST[node.shape], maxLines: 3 })
  const note = breakText(node.note, { fontSize: NOTE_SIZE, maxWidth: WIDEST[node.shape], maxLines: 1 })
  const textHeight = label.length * LABEL_STEP + note.length * NOTE_STEP
  const shift = node.shape === 'agent' ? ROOF / 2 - 1 : 0
  let top = shift - textHeight / 2
  const boxes: Box[] = []
  const lines: TextLine[] = []
  for (const [texts, part, size, step] of [
    [label, 'label', labelSize, LABEL_STEP],
    [note, 'note', NOTE_SIZE, NOTE_STEP],
  ] as const) {
    for (const text of texts) {
      lines.push({ text, part, y: toTenth(top + step / 2 + size * (ASCENT / 2 - 0.05)) })
      boxes.push({ width: widthOf(text, size), top, bottom: top + step })
      top += step
    }
  }
  const { width, height } =
    node.shape === 'entity' ? ellipseAtoTenth(boxes, textHeight) : boxAtoTenth(node, boxes, textHeight)
  return { width: Math.ceil(width), height: Math.ceil(height), lines }
}

interface Box {
  readonly width: number
  readonly top: number
  readonly bottom: number
}

function boxAtoTenth(node: PictureNode, boxes: readonly Box[], textHeight: number): { width: number; height: number } {
  const widest = Math.max(0, ...boxes.map(({ width }) => width))
  return {
    width: Math.max(64, widest + 22),
    height: Math.max(34, textHeight + 14) + (node.shape === 'agent' ? ROOF - 2 : 0),
  }
}

/** The ellipse of that height in which the corners of every line lie. */
function ellipseAtoTenth(boxes: readonly Box[], textHeight: number): { width: number; height: number } {
  const ry = Math.max(18, textHeight / 2 + 9 + textHeight / 12)
  let rx = 34
  for (const { width, top, bottom } of boxes) {
    const y = Math.max(Math.abs(top), Math.abs(bottom)) - 2
    rx = Math.max(rx, (width / 2 + 5) / Math.sqrt(1 - Math.min(0.96, (y / ry) ** 2)))
  }
  return { width: 2 * rx, height: 2 * ry }
}

import type { Layout, Point, Route } from './layout.js'
import type { Picture } from './picture.js'
import { widthOf } from './text-size.js'

/** The size of the font of a label on an arrow. */
export const PROPERTY_SIZE = 10
/** Where along an arrow a label may stand, best first. */
const SHARES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82]
const CELL = 64

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/**
 * Where the label of each arrow stands: at the middle of its way, or as near to it as no shape and no other label is. An
 * arrow whose label has room nowhere is left out.
 */
export function placeEdgeLabels(picture: Picture, layout: Layout): Map<string, Point> {
  const taken = new Boxes()
  for (const { x, y, width, height } of layout.nodeByKey.values()) {
    taken.add({ left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 })
  }
  const places = new Map<string, Point>()
  for (const { key, label } of picture.edges) {
    const route = layout.routeByKey.get(key)
    if (route === undefined) continue
    const width = widthOf(label, PROPERTY_SIZE)
    for (const share of SHARES) {
      const { x, y } = pointAt(route, share)
      const box = { left: x - width / 2, right: x + width / 2, top: y - 6, bottom: y + 6 }
      const isOutside = box.left < 0 || box.top < 0 || box.right > layout.width || box.bottom > layout.height
      if (isOutside || taken.overlaps(box)) continue
      taken.add(box)
      places.set(key, { x, y })
      break
    }
  }
  return places
}

/** Boxes by the cells of a grid that they touch. */
class Boxes {
  readonly #byCell = new Map<string, Box[]>()

  add(box: Box): void {
    for (const cell of cellsOf(box)) {
      const boxes = this.#byCell.get(cell)
      if (boxes) boxes.push(box)
      else this.#byCell.set(cell, [box])
    }
  }

  overlaps(box: Box): boolean {
    for (const cell of cellsOf(box)) {
      for (const other of this.#byCell.get(cell) ?? []) {
        const apart =
          other.right <= box.left || box.right <= other.left || other.bottom <= box.top || box.bottom <= other.top
        if (!apart) return true
      }
    }
    return false
  }
}

function* cellsOf({ left, top, right, bottom }: Box): Generator<string> {
  for (let column = Math.floor(left / CELL); column <= Math.floor(right / CELL); column++) {
    for (let row = Math.floor(top / CELL); row <= Math.floor(bottom / CELL); row++) yield `${column} ${row}`
  }
}

/** The point at a share of the length of a spline, whose pieces are taken for as long as their chords. */
function pointAt({ points }: Route, share: number): Point {
  const pieces: { readonly first: number; readonly length: number }[] = []
  let total = 0
  for (let first = 0; first + 3 < points.length; first += 3) {
    const [from, to] = [points[first]!, points[first + 3]!]
    const length = Math.hypot(to.x - from.x, to.y - from.y)
    pieces.push({ first, length })
    total += length
  }
  let rest = share * total
  for (const { first, length } of pieces) {
    if (rest <= length || first + 6 >= points.length) return bezier(points, first, length === 0 ? 0.5 : rest / length)
    rest -= length
  }
  return points[0]!
}

function bezier(points: readonly Point[], first: number, t: number): Point {
  const [a, b, c, d] = [points[first]!, points[first + 1]!, points[first + 2]!, points[first + 3]!]
  const u = 1 - t
  const at = (axis: 'x' | 'y') =>
    Math.round((u ** 3 * a[axis] + 3 * u * u * t * b[axis] + 3 * u * t * t * c[axis] + t ** 3 * d[axis]) * 10) / 10
  return { x: at('x'), y: at('y') }
}
